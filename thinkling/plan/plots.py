"""Bars and lines as SVG, to stand in a page as they are: no scripts, no styles from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from thinkling.plan.estimate import Range

WIDTH, BAR, GAP, LEFT, RIGHT = 760, 22, 10, 190, 120
_LINE_HEIGHT, _BOTTOM, _TOP = 260, 40, 16
COLOURS = ("#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#a463f2", "#9c6b4e", "#97bbf5")

Write = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of parts, and the range of their sum where it is not exact."""

    name: str
    parts: tuple[tuple[str, float], ...]
    bounds: Range | None = None

    @property
    def total(self) -> float:
        """The length of the bar."""
        return sum(size for _, size in self.parts)


def bars(title: str, rows: Sequence[Bar], write: Write, limit: tuple[str, float] | None = None) -> str:
    """Horizontal bars of parts, their sums written behind them, and a line at `limit` (what it is, where)."""
    ends = [row.bounds.high if row.bounds else row.total for row in rows]
    longest = max([*ends, *([limit[1]] if limit else [])], default=0.0) or 1.0
    scale = (WIDTH - LEFT - RIGHT) / longest
    names = list(dict.fromkeys(name for row in rows for name, _ in row.parts))
    colours = {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(names)}
    height = _TOP + len(rows) * (BAR + GAP) + 24 * (1 + len(names) // 5)
    shapes: list[str] = []
    for number, row in enumerate(rows):
        shapes += _bar(row, _TOP + number * (BAR + GAP), scale, colours, write)
    bottom = _TOP + len(rows) * (BAR + GAP)
    if limit is not None:
        x = LEFT + limit[1] * scale
        shapes.append(f'<line x1="{x:.1f}" y1="4" x2="{x:.1f}" y2="{bottom}" class="limit"/>')
        shapes.append(f'<text x="{x + 4:.1f}" y="12" class="small">{escape(limit[0])}</text>')
    shapes += _legend(names, colours, bottom + 16) if len(names) > 1 else []
    return _figure(title, height, shapes)


def _bar(row: Bar, top: float, scale: float, colours: dict[str, str], write: Write) -> list[str]:
    middle = top + BAR / 2 + 4
    shapes = [f'<text x="{LEFT - 8}" y="{middle:.0f}" class="name">{escape(row.name)}</text>']
    x = float(LEFT)
    for name, size in row.parts:
        length = max(0.0, size * scale)
        said = escape(f"{name}: {write(size)}")
        colour = colours[name]
        shapes.append(
            f'<rect x="{x:.1f}" y="{top}" width="{length:.2f}" height="{BAR}" '
            f'fill="{colour}"><title>{said}</title></rect>'
        )
        x += length
    end = x
    if row.bounds is not None:
        low, high = LEFT + row.bounds.low * scale, LEFT + row.bounds.high * scale
        y = top + BAR / 2
        shapes.append(f'<line x1="{low:.1f}" y1="{y}" x2="{high:.1f}" y2="{y}" class="range"/>')
        end = max(end, high)
    shapes.append(f'<text x="{end + 6:.1f}" y="{middle:.0f}">{escape(write(row.total))}</text>')
    return shapes


def _legend(names: Sequence[str], colours: dict[str, str], top: float) -> list[str]:
    shapes = []
    for number, name in enumerate(names):
        x, y = 10 + (number % 5) * 148, top + (number // 5) * 20
        shapes.append(f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{colours[name]}"/>')
        shapes.append(f'<text x="{x + 15}" y="{y}" class="small">{escape(name)}</text>')
    return shapes


def line(title: str, points: Sequence[tuple[float, Range]], axes: tuple[str, str], write: Write) -> str:
    """A line with its range as a band over a logarithmic axis. `points` rise in x; y begins at zero."""
    right, bottom = WIDTH - 30, _LINE_HEIGHT - _BOTTOM
    left = 90
    first, last = math.log(points[0][0]), math.log(points[-1][0])
    highest = max(found.high for _, found in points) * 1.05 or 1.0

    def place(x: float, y: float) -> tuple[float, float]:
        across = (math.log(x) - first) / ((last - first) or 1.0)
        return left + across * (right - left), bottom - y / highest * (bottom - _TOP)

    upper = [place(x, found.high) for x, found in points]
    lower = [place(x, found.low) for x, found in reversed(points)]
    middle = [place(x, found.expected) for x, found in points]
    shapes = [
        f'<polygon points="{_points(upper + lower)}" class="band"/>',
        f'<polyline points="{_points(middle)}" class="line"/>',
    ]
    for step in range(5):
        value = highest * step / 4
        y = place(points[0][0], value)[1]
        shapes.append(f'<line x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" class="grid"/>')
        shapes.append(f'<text x="{left - 6}" y="{y + 4:.1f}" class="name">{escape(write(value))}</text>')
    for x, found in points:
        across, y = place(x, found.expected)
        said = escape(
            f"{x:,.0f} {axes[0]}: {write(found.expected)} ({write(found.low)} to {write(found.high)})"
        )
        shapes.append(
            f'<circle cx="{across:.1f}" cy="{y:.1f}" r="4" class="dot"><title>{said}</title></circle>'
        )
        shapes.append(f'<text x="{across:.1f}" y="{bottom + 16}" class="tick">{x:,.0f}</text>')
    shapes.append(
        f'<text x="{(left + right) / 2:.0f}" y="{_LINE_HEIGHT - 6}" class="tick">{escape(axes[0])}</text>'
    )
    return _figure(f"{title} ({axes[1]})", _LINE_HEIGHT, shapes)


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _figure(title: str, height: float, shapes: Sequence[str]) -> str:
    inner = "\n".join(shapes)
    label = escape(title)
    return (
        f'<figure><figcaption>{label}</figcaption>\n<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'aria-label="{label}">\n{inner}\n</svg></figure>'
    )
