"""A scratch pad for worked arithmetic: one equation a line, and at most one of them wrong on purpose.

Every later equation uses the value that an earlier one wrote, so a slip is carried through consistently, as a
person would. `thinkling.tasks.ledger` splits larger steps into these.
"""

from __future__ import annotations

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

    def minus(self, left: int, right: int, unit: int = 1) -> int:
        """Write left-right=result and return what was written; a slip is a whole number of units."""
        return self._write(left, "-", right, left - right, unit)

    def note(self, line: str) -> None:
        """Write a line that is no equation, and so never slips."""
        self.lines.append(line)

    def _write(self, left: int, sign: str, right: int, result: int, unit: int = 1) -> int:
        if self.num_equations == self._slip_at:
            result = self._slipped(result, unit)
        self.num_equations += 1
        self.lines.append(f"{left}{sign}{right}={result}")
        return result

    def _slipped(self, result: int, unit: int) -> int:
        if unit == 1:
            return near(result, self._random)
        return result + unit if result <= unit or self._random.random() < 0.5 else result - unit


def near(value: int, random: Random) -> int:
    """A wrong value close to `value`, on the same side of zero: one digit off by one or two."""
    places = len(str(abs(value)))
    off = int(f"{random.choice((1, 1, 2))}{'0' * random.randrange(places)}")
    if value < 0:
        return value - off
    return value - off if value > off and random.random() < 0.5 else value + off
