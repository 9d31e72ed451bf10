"""A scratch pad for worked arithmetic: one equation a line, and at most one of them wrong on purpose.

A plan is a function that writes its equations on a pad and returns its result. Every later equation uses the
value that an earlier one wrote, so a slip is carried through consistently, as a person would.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random


class Scratch:
    """Lines written so far; equation number `slip_at` (from 0) gets a wrong result."""

    def __init__(self, random: Random | None = None, slip_at: int = -1) -> None:
        self.lines: list[str] = []
        self.num_equations = 0
        self._random = random or Random(0)
        self._slip_at = slip_at

    def times(self, left: int, right: int) -> int:
        """Write left*right=result and return what was written."""
        return self._write(left, "*", right, left * right)

    def plus(self, left: int, right: int) -> int:
        """Write left+right=result and return what was written."""
        return self._write(left, "+", right, left + right)

    def minus(self, left: int, right: int) -> int:
        """Write left-right=result and return what was written."""
        return self._write(left, "-", right, left - right)

    def note(self, line: str) -> None:
        """Write a line that is no equation, and so never slips."""
        self.lines.append(line)

    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines)

    def _write(self, left: int, sign: str, right: int, result: int) -> int:
        if self.num_equations == self._slip_at:
            result = near(result, self._random)
        self.num_equations += 1
        self.lines.append(f"{left}{sign}{right}={result}")
        return result


Plan = Callable[[Scratch], int]


def worked(plan: Plan) -> tuple[str, int]:
    """The lines of `plan` and its result."""
    scratch = Scratch()
    result = plan(scratch)
    return scratch.text(), result


def worked_with_slip(plan: Plan, random: Random) -> tuple[str, int]:
    """The lines and the wrong result of `plan` after a slip in one equation, drawn uniformly.

    The plan must be additive in what it writes, so that one wrong value cannot cancel out.
    """
    trial = Scratch()
    plan(trial)
    scratch = Scratch(random, random.randrange(trial.num_equations))
    result = plan(scratch)
    return scratch.text(), result


def near(value: int, random: Random) -> int:
    """A wrong value close to `value`, on the same side of zero: one digit off by one or two."""
    places = len(str(abs(value)))
    off = int(f"{random.choice((1, 1, 2))}{'0' * random.randrange(places)}")
    if value < 0:
        return value - off
    return value - off if value > off and random.random() < 0.5 else value + off
