"""How many answers were right, with the interval that says how sure that is."""

from __future__ import annotations

import math
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
