"""How many answers were right, with the interval that says how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from thinkling.errors import TaskError


def wilson_interval(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval for a share (E. B. Wilson, 1927); z = 1.96 is 95 %. No trials give (0, 1).

    Unlike the normal interval it never leaves [0, 1] and stays honest at 0 and at `trials` successes.
    Raises TaskError unless 0 <= successes <= trials.
    """
    if not 0 <= successes <= trials:
        raise TaskError(f"{successes} successes in {trials} trials.", "count successes among the trials")
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    shrink = 1 + z * z / trials
    middle = (share + z * z / (2 * trials)) / shrink
    half = z / shrink * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == trials else min(1.0, middle + half)
    return low, high


def paired_interval(gained: int, lost: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """The interval of a change in the share right, on `trials` problems asked twice.

    `gained` were wrong and are right now, `lost` the other way; what stayed as it was says nothing. The Wald
    interval with half a problem added to each of the four cells (Agresti and Min, Statistics in Medicine 24,
    2005, section 4). No trials give (-1, 1). Raises TaskError for impossible counts.
    """
    if min(gained, lost) < 0 or gained + lost > trials:
        raise TaskError(
            f"{gained} gained and {lost} lost of {trials}.", "count problems that were asked both times"
        )
    if trials == 0:
        return -1.0, 1.0
    change = (gained - lost) / (trials + 2)
    half = z * math.sqrt((gained + lost + 1) / (trials + 2) - change * change) / math.sqrt(trials + 2)
    return max(-1.0, change - half), min(1.0, change + half)


def interval_of_mean(
    values: Sequence[float], intervals: Sequence[tuple[float, float]]
) -> tuple[float, float]:
    """Of the mean of independent values, each with its interval. Raises TaskError for none.

    Both sides are combined apart (MOVER: Zou and Donner, Statistics in Medicine 27, 2008), because the
    intervals of shares are not centred on them.
    """
    if not intervals or len(intervals) != len(values):
        raise TaskError("the mean of no intervals.", "give at least one, and a value with each")
    mean = sum(values) / len(values)
    below = math.hypot(*(value - low for value, (low, _) in zip(values, intervals, strict=True)))
    above = math.hypot(*(high - value for value, (_, high) in zip(values, intervals, strict=True)))
    return mean - below / len(values), mean + above / len(values)


@dataclass(frozen=True, slots=True)
class PassRate:
    """A share of right answers and its 95 % interval. Build it with `PassRate.of`."""

    correct: int
    total: int
    rate: float
    low: float
    high: float

    @classmethod
    def of(cls, correct: int, total: int) -> PassRate:
        """The pass rate of `correct` answers among `total`. Raises TaskError for impossible counts."""
        low, high = wilson_interval(correct, total)
        return cls(correct, total, correct / total if total else 0.0, low, high)

    def __str__(self) -> str:
        return f"{self.rate:.1%} [{self.low:.1%}, {self.high:.1%}] of {self.total}"
