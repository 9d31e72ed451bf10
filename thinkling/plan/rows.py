"""One published figure beside what the plan computes for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from thinkling.plan.estimate import Input, Range, exact

MAX_WIDTH = 1.6
"""A forecast whose bounds lie further apart says too little."""


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, where it was published, and ours."""

    name: str
    published: float
    computed: Range
    unit: str
    formula: str
    source: str
    tolerance: float = 0.0
    """How far an identity may be off: half of the last digit that was published."""
    inputs: tuple[Input, ...] = ()
    assumed: tuple[str, ...] = ()
    explanation: str = ""
    """Of a disputed figure: what it means and where it comes from."""

    @property
    def error(self) -> float:
        """How far the expected value is from the published one, as a share of it."""
        return self.computed.expected / self.published - 1.0

    @property
    def is_exact(self) -> bool:
        """Whether nothing was assumed."""
        return self.computed.low == self.computed.high

    @property
    def holds(self) -> bool:
        """An identity: equal within the tolerance. A forecast: within a range that is narrow enough."""
        if self.is_exact:
            return abs(self.computed.expected - self.published) <= self.tolerance
        return self.computed.holds(self.published) and self.computed.width <= MAX_WIDTH

    def as_json(self) -> dict[str, object]:
        """The row as an object of JSON."""
        return {
            "name": self.name,
            "published": self.published,
            "computed": self.computed.expected,
            "low": self.computed.low,
            "high": self.computed.high,
            "unit": self.unit,
            "error": self.error,
            "width": self.computed.width,
            "tolerance": self.tolerance,
            "holds": self.holds,
            "dominated_by": self.computed.dominated_by,
            "formula": self.formula,
            "inputs": [asdict(one) for one in self.inputs],
            "source": self.source,
            "explanation": self.explanation,
        }


def identity(name: str, published: float, value: float, unit: str, formula: str) -> Unsourced:
    """A row that has to come out exactly, once its source is given."""
    return Unsourced(name, published, value, unit, formula)


@dataclass(frozen=True, slots=True)
class Unsourced:
    """An identity without its source: call `sourced`."""

    name: str
    published: float
    value: float
    unit: str
    formula: str

    def sourced(self, source: str, tolerance: float = 0.0, explanation: str = "") -> Row:
        """The row, with where the figure was published and how it was rounded."""
        return Row(
            self.name,
            self.published,
            exact(self.value),
            self.unit,
            self.formula,
            source,
            tolerance=tolerance,
            explanation=explanation,
        )
