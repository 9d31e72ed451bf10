"""Numbers that say where they come from: a figure has a formula, inputs, a range, and what dominates the
range.

Every room of the plan answers with `Figure`s. `spread` is the one way to a range: each assumption is put to
its low and to its high value alone, and the deviations, taken as factors, are added in quadrature. That is
the range of independent errors; all of them at their worst at once would be wider and never happens.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field

Values = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is not known exactly: a number with the range that public measurements leave."""

    name: str
    low: float
    expected: float
    high: float
    meaning: str
    source: str


@dataclass(frozen=True, slots=True)
class Range:
    """A number between two bounds, and the assumption that moves it most."""

    low: float
    expected: float
    high: float
    dominated_by: str | None = None

    def holds(self, value: float) -> bool:
        """Whether `value` lies within the bounds."""
        return self.low <= value <= self.high

    @property
    def width(self) -> float:
        """The upper bound as a multiple of the lower one."""
        return self.high / self.low if self.low else math.inf

    def times(self, factor: float) -> Range:
        """The same in another unit. `factor` is above zero."""
        return Range(self.low * factor, self.expected * factor, self.high * factor, self.dominated_by)

    def product(self, other: Range) -> Range:
        """Both multiplied, their deviations taken as independent. Both are above zero."""
        expected = self.expected * other.expected
        fall = math.hypot(math.log(self.expected / self.low), math.log(other.expected / other.low))
        rise = math.hypot(math.log(self.high / self.expected), math.log(other.high / other.expected))
        wider = self if self.width >= other.width else other
        return Range(expected / math.exp(fall), expected, expected * math.exp(rise), wider.dominated_by)

    def inverse(self, numerator: float = 1.0) -> Range:
        """`numerator` divided by it: the bounds change places."""
        return Range(
            numerator / self.high, numerator / self.expected, numerator / self.low, self.dominated_by
        )


@dataclass(frozen=True, slots=True)
class Input:
    """A number that went into a formula, with its unit."""

    name: str
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One answer: its range, its unit, the formula in words and the numbers that went into it."""

    name: str
    range: Range
    unit: str
    formula: str
    inputs: tuple[Input, ...] = ()

    @property
    def value(self) -> float:
        """What is expected."""
        return self.range.expected

    @property
    def is_exact(self) -> bool:
        """Whether nothing had to be assumed."""
        return self.range.low == self.range.high

    def as_json(self) -> dict[str, object]:
        """The figure as an object of JSON."""
        return {
            "name": self.name,
            "value": self.range.expected,
            "low": self.range.low,
            "high": self.range.high,
            "unit": self.unit,
            "dominated_by": self.range.dominated_by,
            "formula": self.formula,
            "inputs": [asdict(one) for one in self.inputs],
        }


@dataclass(frozen=True, slots=True)
class Way:
    """Something that can be done about an answer, and what it would change."""

    action: str
    effect: str
    is_enough: bool
    """Whether this alone makes it fit."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question of the plan is answered with."""

    question: str
    verdict: str
    figures: tuple[Figure, ...]
    ways: tuple[Way, ...] = ()
    notes: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = field(default=())

    def figure(self, name: str) -> Figure:
        """The figure of that name. Raises KeyError."""
        for one in self.figures:
            if one.name == name:
                return one
        raise KeyError(name)

    def as_json(self) -> dict[str, object]:
        """The answer as an object of JSON."""
        return {
            "question": self.question,
            "verdict": self.verdict,
            "figures": [one.as_json() for one in self.figures],
            "ways": [asdict(one) for one in self.ways],
            "notes": list(self.notes),
            "assumptions": [asdict(one) for one in self.assumptions],
        }


def exact(value: float) -> Range:
    """A number that nothing had to be assumed for."""
    return Range(value, value, value)


def count(name: str, value: float, unit: str, formula: str, inputs: Iterable[Input] = ()) -> Figure:
    """A figure that nothing had to be assumed for."""
    return Figure(name, exact(value), unit, formula, tuple(inputs))


def expected_values(assumptions: Iterable[Assumption]) -> dict[str, float]:
    """Every assumption at what is expected of it, by name."""
    return {one.name: one.expected for one in assumptions}


def spread(compute: Callable[[Values], float], assumptions: Iterable[Assumption]) -> Range:
    """The range of `compute` (above zero) under what is assumed.

    low = expected x exp(-sqrt(sum of squared falls)), high with the rises; falls and rises are logarithms of
    what one assumption alone changes.
    """
    listed = tuple(assumptions)
    middle = expected_values(listed)
    expected = compute(middle)
    falls = rises = largest = 0.0
    dominating = None
    for one in listed:
        ends = [math.log(compute({**middle, one.name: end}) / expected) for end in (one.low, one.high)]
        fall, rise = min(0.0, *ends), max(0.0, *ends)
        falls, rises = falls + fall**2, rises + rise**2
        if rise - fall > largest:
            largest, dominating = rise - fall, one.name
    return Range(
        expected / math.exp(math.sqrt(falls)), expected, expected * math.exp(math.sqrt(rises)), dominating
    )
