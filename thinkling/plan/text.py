"""Answers as lines for people: the verdict, every figure with its formula and inputs, what would help."""

from __future__ import annotations

from collections.abc import Sequence

from thinkling.plan.estimate import Answer, Figure
from thinkling.plan.hardware import Device
from thinkling.plan.quantities import written
from thinkling.plan.reproduce import Reproduction
from thinkling.plan.rows import Row


def answer_text(answer: Answer, *, is_brief: bool = False) -> str:
    """The answer; `is_brief` leaves formulas and inputs out."""
    lines = [answer.verdict, ""]
    width = max((len(figure.name) for figure in answer.figures), default=0)
    for figure in answer.figures:
        lines += _figure_lines(figure, width, is_brief)
    if answer.ways:
        lines += [
            "",
            "What would help, the cheapest first:"
            if has_enough(answer)
            else "What would help, though none is enough alone:",
        ]
        lines += [f"  {'+' if way.is_enough else '-'} {way.action}: {way.effect}" for way in answer.ways]
    if answer.assumptions and not is_brief:
        lines += ["", "Assumed (low, expected, high):"]
        lines += [
            f"  {one.name}: {one.low:g}, {one.expected:g}, {one.high:g}. {one.source}"
            for one in dict.fromkeys(answer.assumptions)
        ]
    lines += ["", *answer.notes] if answer.notes else []
    return "\n".join(lines)


def has_enough(answer: Answer) -> bool:
    """Whether one of the ways is enough alone."""
    return any(way.is_enough for way in answer.ways)


def _figure_lines(figure: Figure, width: int, is_brief: bool) -> list[str]:
    line = f"{figure.name:<{width}}  {written(figure.value, figure.unit)}"
    if not figure.is_exact:
        low, high = written(figure.range.low, figure.unit), written(figure.range.high, figure.unit)
        line += f"  ({low} to {high}; {figure.range.dominated_by} decides most)"
    if is_brief:
        return [line]
    lines = [line, f"    = {figure.formula}"]
    if figure.inputs:
        inputs = (f"{one.name} {written(one.value, one.unit)}" for one in figure.inputs)
        lines.append("      " + ", ".join(inputs))
    return lines


def devices_text(devices: Sequence[Device]) -> str:
    """The table of devices, the source under each."""
    lines = []
    for one in devices:
        fp8 = f", {one.fp8_peak / 1e12:g} in FP8" if one.fp8_peak else ""
        rent = f", {written(one.rent, 'dollars')} an hour" if one.rent else ""
        price = f", {written(one.price, 'dollars')} to buy" if one.price else ""
        lines += [
            f"{one.name:<12} {written(one.memory_bytes, 'bytes')}, {one.bandwidth / 1e9:,.0f} GB/s, "
            f"{one.bf16_peak / 1e12:g} TFLOP/s in BF16{fp8}, {one.watts:g} W{rent}{price}",
            f"             {one.source}; {one.prices_from}",
        ]
    return "\n".join(lines)


def reproduction_text(found: Reproduction) -> str:
    """The three groups as tables, sources and explanations under each row that has them."""
    lines = ["Identities: exact, or to the rounding that was published", ""]
    for row in found.identities:
        verdict = "ok " if row.holds else "NO "
        lines += [
            f"{verdict} {row.name}: {written(row.published, row.unit)} published, "
            f"{written(row.computed.expected, row.unit)} computed",
            f"      = {row.formula}   [{row.source}]",
        ]
    lines += ["", "Forecasts: one set of assumptions for all, no number of a row's own", ""]
    for row in found.forecasts:
        verdict = "ok " if row.holds else "NO "
        inputs = ", ".join(f"{one.name} {written(one.value, one.unit)}" for one in row.inputs)
        lines += [
            f"{verdict} {row.name}: {_forecast(row)}",
            f"      = {row.formula}   [{row.source}]",
            f"      {inputs}",
        ]
    lines += ["", "Disputed, popular or missed", ""]
    for row in found.disputed:
        ours = written(row.computed.expected, row.unit)
        lines += [
            f"  {row.name}: {written(row.published, row.unit)} said, {ours} computed   [{row.source}]",
            f"      {row.explanation}",
        ]
    lines += [
        "",
        "Every identity and every forecast holds." if found.has_held else "Something does not hold.",
    ]
    return "\n".join(lines)


def _forecast(row: Row) -> str:
    low, high = written(row.computed.low), written(row.computed.high)
    return (
        f"{written(row.published)} published, {written(row.computed.expected)} expected ({row.error:+.1%}), "
        f"{low} to {high} (a factor of {row.computed.width:.2f}; {row.computed.dominated_by} decides most)"
    )
