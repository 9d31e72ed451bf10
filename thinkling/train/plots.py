"""Metrics as inline SVG for the report: one plot for each group, in the colours of the page around it.

The only file that imports matplotlib.
"""

from __future__ import annotations

import html
import io
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from thinkling.train.metrics import METRICS, describe, show

# Colours that matplotlib writes and the page replaces by its own, light or dark.
INK, GRID = "#010203", "#040506"
LINES = ("#0a0b01", "#0a0b02", "#0a0b03", "#0a0b04")
PAGE_COLOURS = {INK: "currentColor", GRID: "var(--grid)"} | {
    line: f"var(--line-{number})" for number, line in enumerate(LINES, start=1)
}
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "thinkling",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GRID,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": GRID,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
MAX_POINTS = 1500


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot and what to say below it: (label, last value, meaning) of each line."""

    svg: str
    captions: list[tuple[str, str, str]]


def plot_groups(lines: Sequence[Mapping[str, Any]]) -> list[Plot]:
    """A plot for each group of metrics in the lines of a `metrics.jsonl`, in the table's order."""
    names = [name for name in METRICS if any(name in line for line in lines)]
    names += sorted({name for line in lines for name in line} - {*names, "step"})
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(describe(name).group, []).append(name)
    return [_plot(members, lines) for members in groups.values()]


def _plot(names: Sequence[str], lines: Sequence[Mapping[str, Any]]) -> Plot:
    captions = []
    with rc_context(STYLE):
        figure = Figure(figsize=(4.6, 2.3), layout="constrained")
        axes = figure.add_subplot()
        for name, colour in zip(names, itertools.cycle(LINES), strict=False):
            points = [(line["step"], line[name]) for line in lines if name in line]
            _draw(axes, points, colour, describe(name).label)
            captions.append((describe(name).label, show(name, points[-1][1]), describe(name).meaning))
        axes.grid(axis="y", linewidth=0.6)
        axes.set_xlabel("step")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        if describe(names[0]).format.endswith("%"):
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
        if len(captions) > 1:
            axes.legend(frameon=False, fontsize=8)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return Plot(_inline(file.getvalue(), ", ".join(label for label, _, _ in captions)), captions)


def _draw(axes: Axes, points: Sequence[tuple[int, float]], colour: str, label: str) -> None:
    """The values faintly and their moving average strongly; few values are drawn as they are."""
    stride = -(-len(points) // MAX_POINTS)
    steps = [step for step, _ in points]
    values = [value for _, value in points]
    smooth = _smooth(values)
    if len(points) < 20:
        axes.plot(steps, values, color=colour, linewidth=1.4, marker="o", markersize=3, label=label)
        return
    axes.plot(steps[::stride], values[::stride], color=colour, linewidth=0.7, alpha=0.35)
    axes.plot(steps[::stride], smooth[::stride], color=colour, linewidth=1.4, label=label)


def _smooth(values: Sequence[float]) -> list[float]:
    """An exponential average over about an eightieth of the run."""
    keep = 1 - 1 / max(1.0, len(values) / 80)
    found: list[float] = []
    for value in values:
        found.append(value if not found else keep * found[-1] + (1 - keep) * value)
    return found


def _inline(svg: str, title: str) -> str:
    """matplotlib's file as an element of a page: no prolog, no addresses, no ids that repeat, our colours."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg)
    svg = re.sub(r'\sid="[A-Za-z0-9.]+_\d+"', "", svg)
    for ours, theirs in PAGE_COLOURS.items():
        svg = svg.replace(ours, theirs)
    return svg.replace("<svg", f'<svg role="img" aria-label="{html.escape(title)}"', 1)
