"""One page about a model on devices: what it is, where it fits, how fast it is, what each stage costs. No
scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from thinkling.models.config import ModelConfig
from thinkling.plan.describe import answer_count
from thinkling.plan.estimate import Answer, Figure, Range
from thinkling.plan.fit import answer_serving, fit_serving
from thinkling.plan.hardware import Device
from thinkling.plan.memory import Serving, serving_figures
from thinkling.plan.named import NamedModel
from thinkling.plan.plots import Bar, bars, line
from thinkling.plan.quantities import written
from thinkling.plan.reinforce import Reinforcement, engine_devices
from thinkling.plan.reproduce import reproduce
from thinkling.plan.rows import Row
from thinkling.plan.speed import Service, answer_service, speed_by
from thinkling.plan.train_time import Training
from thinkling.plan.training_memory import TrainingMemory, training_figures
from thinkling.plan.work import (
    Generation,
    answer_data,
    answer_evaluation,
    answer_pretraining,
    answer_reinforcement,
)

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2 { line-height: 1.2; } table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
td, th { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8884; }
small, figcaption { opacity: .75; } figure { margin: 1.5rem 0; } svg { width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: currentColor; } svg .name { text-anchor: end; }
svg .tick { text-anchor: middle; } svg .small { font-size: 11px; }
.range { stroke: currentColor; stroke-width: 2; } .limit { stroke: #d33; stroke-dasharray: 4 3; }
.grid { stroke: #8883; } .line { fill: none; stroke: #4269d0; stroke-width: 2; }
.band { fill: #4269d0; opacity: .18; } .dot { fill: #4269d0; }
"""
_CONTEXTS = (1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072)


@dataclass(frozen=True, slots=True)
class Subject:
    """What the page is about."""

    model: NamedModel
    device: Device
    num_devices: int
    format: str
    tokens: float
    """Tokens of pretraining."""


def report_page(subject: Subject) -> str:
    """The page as HTML. Raises ConfigError where the devices do not hold the model."""
    model, device = subject.model, subject.device
    config = model.config
    longest = max(1, min(16_384, config.context_length - 256))
    run = Reinforcement(
        512, 1000, min(4000, longest / 2), longest, subject.num_devices, format=subject.format
    )
    engine = engine_devices(config, device, run)
    context = min(4096, config.context_length)
    serving = Serving(subject.format, context=context, batch=16 * engine, num_devices=engine)
    stages = _stages(subject, run)
    answers = [
        answer_count(model, serving.context),
        answer_serving(model, serving, device.memory_bytes),
        answer_service(model, device, Service(serving)),
        *stages.values(),
    ]
    parts = [
        f"<h1>{escape(model.name)} on {subject.num_devices} x {escape(device.name)}</h1>",
        f"<p>Arithmetic from the model's configuration; {escape(device.source)}; "
        f"{escape(device.prices_from)}. "
        "A bar or band shows the range of what is assumed.</p>",
        _cost_plot(stages, device),
        _memory_plot(config, serving, device),
        _training_memory_plot(config, device),
        _context_plot(config, device, Service(serving)),
        *(_section(answer) for answer in answers),
        _reproduction(),
    ]
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<title>Plan: "
        f"{escape(model.name)}</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _stages(subject: Subject, run: Reinforcement) -> dict[str, Answer]:
    """The stages of the R1 recipe for this model: pretraining, reinforcement, data for students,
    evaluation."""
    model, device, number = subject.model, subject.device, subject.num_devices
    is_fp8 = subject.format == "fp8" and device.fp8_peak is not None
    training = Training(subject.tokens, min(4096, model.config.context_length), is_fp8, num_devices=number)
    longest = max(1, model.config.context_length - 256)
    data = Generation(800_000, 1, min(5355, longest), format=subject.format, num_devices=number)
    exam = Generation(500, 16, min(8000, longest), format=subject.format, num_devices=number)
    return {
        "pretraining": answer_pretraining(model, device, training),
        "reinforcement": answer_reinforcement(model, device, run),
        "data for students": answer_data(model, device, data),
        "evaluation": answer_evaluation(model, device, exam, None),
    }


def _cost_plot(stages: dict[str, Answer], device: Device) -> str:
    """Dollars by stage, or hours where no price is known."""
    rows = []
    for name, answer in stages.items():
        found = [one for one in answer.figures if one.name == "rent"]
        found = found or [one for one in answer.figures if one.name.startswith("device hours")]
        rows.append(Bar(name, ((name, found[0].value),), found[0].range))
    unit = "dollars" if device.rent is not None else "hours"
    return bars(f"Cost by stage, {unit}", rows, lambda value: written(value, unit))


def _memory_plot(config: ModelConfig, serving: Serving, device: Device) -> str:
    """Bytes on one device while serving, by format."""
    rows = []
    for format_ in ("bf16", "fp8", "int8", "int4"):
        figures = serving_figures(config, replace(serving, format=format_))
        rows.append(Bar(f"serving in {format_}", _parts(figures), figures[-1].range))
    limit = (device.name, device.memory_bytes)
    title = f"Memory of each of {serving.num_devices} devices while serving {serving.batch} conversations"
    return bars(title, rows, _bytes, limit)


def _training_memory_plot(config: ModelConfig, device: Device) -> str:
    """Bytes on one device while training on one: all weights, recomputed, adapters."""
    kinds = {
        "all weights": TrainingMemory(),
        "recomputed": TrainingMemory(has_recompute=True, logit_tokens=1024),
        "LoRA 16": TrainingMemory(has_recompute=True, logit_tokens=1024, lora_rank=16),
        "LoRA 16 on int4": TrainingMemory(
            has_recompute=True, logit_tokens=1024, lora_rank=16, base_format="int4"
        ),
    }
    rows = []
    for name, training in kinds.items():
        figures = training_figures(config, training)
        rows.append(Bar(name, _parts(figures), figures[-1].range))
    return bars("Memory of training on one device", rows, _bytes, (device.name, device.memory_bytes))


def _parts(figures: Sequence[Figure]) -> tuple[tuple[str, float], ...]:
    fixed = [(one.name, one.value) for one in figures[:-1]]
    runtime = figures[-1].value - sum(value for _, value in fixed)
    return (*fixed, ("runtime", runtime))


def _bytes(value: float) -> str:
    return written(value, "bytes")


def _context_plot(config: ModelConfig, device: Device, service: Service) -> str:
    """Dollars a million tokens against context where a rent is known, and speed."""
    known = tuple(one for one in _CONTEXTS if one <= config.context_length) or (config.context_length,)
    fits = (fit_serving(config, replace(service.serving, context=one), device.memory_bytes) for one in known)
    contexts = tuple(one for one, fit in zip(known, fits, strict=True) if fit.is_enough) or known[:1]
    speeds = speed_by(
        lambda serving, context: replace(serving, context=context), contexts, config, device, service
    )
    plots = [
        line(
            f"Speed of one of {service.serving.batch} conversations",
            speeds,
            ("tokens of context", "tokens a second"),
            written,
        )
    ]
    if device.rent is not None:
        hourly = device.rent * service.serving.num_devices / service.serving.batch
        costs: list[tuple[float, Range]] = [(x, speed.inverse(hourly / 3600 * 1e6)) for x, speed in speeds]
        axes = ("tokens of context", "dollars a million tokens")
        plots.insert(
            0, line("Cost of output against context", costs, axes, lambda value: written(value, "dollars"))
        )
    return "\n".join(plots)


def _section(answer: Answer) -> str:
    rows = "\n".join(_figure_row(figure) for figure in answer.figures)
    ways = "".join(f"<li>{escape(f'{way.action}: {way.effect}')}</li>" for way in answer.ways)
    notes = "".join(f"<p><small>{escape(note)}</small></p>" for note in answer.notes)
    helped = f"<p>What would help:</p><ul>{ways}</ul>" if ways else ""
    return (
        f"<h2>{escape(answer.question)}</h2>\n<p>{escape(answer.verdict)}</p>\n<table>{rows}</table>\n{helped}{notes}"
        f"{_assumed(answer)}"
    )


def _assumed(answer: Answer) -> str:
    if not answer.assumptions:
        return ""
    rows = "".join(
        f"<tr><td>{escape(one.name)}</td><td>{one.low:g}, {one.expected:g}, {one.high:g}</td>"
        f"<td>{escape(one.meaning)}<br><small>{escape(one.source)}</small></td></tr>"
        for one in dict.fromkeys(answer.assumptions)
    )
    return f"<details><summary>What is assumed</summary><table>{rows}</table></details>"


def _figure_row(figure: Figure) -> str:
    value = written(figure.value, figure.unit)
    bounds = ""
    if not figure.is_exact:
        low, high = (written(end, figure.unit) for end in (figure.range.low, figure.range.high))
        bounds = f"<br><small>{escape(f'{low} to {high}; {figure.range.dominated_by} decides most')}</small>"
    inputs = ", ".join(f"{one.name} {written(one.value, one.unit)}" for one in figure.inputs)
    return (
        f"<tr><td>{escape(figure.name)}</td><td>{escape(value)}{bounds}</td>"
        f"<td>= {escape(figure.formula)}<br><small>{escape(inputs)}</small></td></tr>"
    )


def _reproduction() -> str:
    found = reproduce()
    groups = (("identities", found.identities), ("forecasts", found.forecasts), ("disputed", found.disputed))
    tables = "".join(
        f"<h3>{name.capitalize()}</h3><table>{''.join(_published_row(row) for row in rows)}</table>"
        for name, rows in groups
    )
    return f"<h2>What was published, computed again</h2>{tables}"


def _published_row(row: Row) -> str:
    said, ours = written(row.published, row.unit), written(row.computed.expected, row.unit)
    if not row.is_exact:
        low, high = written(row.computed.low, row.unit), written(row.computed.high, row.unit)
        ours += f" ({row.error:+.1%}; {low} to {high})"
    told = f"<br>{escape(row.explanation)}" if row.explanation else ""
    return (
        f"<tr><td>{escape(row.name)}</td><td>{escape(said)}</td><td>{escape(ours)}</td>"
        f"<td><small>{escape(row.source)}{told}</small></td></tr>"
    )
