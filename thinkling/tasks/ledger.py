"""A scratch pad for everyday sums: steps that a small model can take, and slips that never cancel out.

Two-digit terms are added in tens and units, products of two digits are split likewise, and divisions are read
off the table. Every line is one equation, as in `thinkling.tasks.scratch`.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from thinkling.tasks.scratch import Scratch


class Ledger(Scratch):
    """A scratch pad whose steps are small."""

    def add(self, total: int, term: int) -> int:
        """Write total+term, in tens and units where the term has both."""
        for part in _parts(term):
            total = self.plus(total, part)
        return total

    def take(self, total: int, term: int) -> int:
        """Write total-term, in tens and units where the term has both."""
        for part in _parts(term):
            total = self.minus(total, part)
        return total

    def product(self, left: int, right: int) -> int:
        """Write left*right, split at the tens of the larger factor where it has units too."""
        small, large = min(left, right), max(left, right)
        tens, units = large - large % 10, large % 10
        if small <= 1 or not tens or not units:
            return self.times(left, right)
        return self.add(self.times(small, tens), self.times(small, units))

    def over(self, dividend: int, divisor: int) -> int:
        """Write dividend/divisor; after a slip the quotient is the whole part."""
        return self._write(dividend, "/", divisor, dividend // divisor)

    def remainder(self, number: int, divisor: int, chunks: tuple[int, ...] = ()) -> int:
        """Take multiples of `divisor` away, the largest of `chunks` first, until less than it is left."""
        for chunk in chunks:
            if number >= chunk:
                number = self.minus(number, chunk)
        return self.minus(number, number - number % divisor) if number >= divisor else number


LedgerPlan = Callable[[Ledger], int]


def written(plan: LedgerPlan) -> tuple[list[str], int]:
    """The lines of `plan` and its result."""
    ledger = Ledger()
    result = plan(ledger)
    return ledger.lines, result


def written_with_slip(plan: LedgerPlan, random: Random) -> tuple[list[str], int]:
    """The lines and the result of `plan` after one wrong equation that makes the result wrong too.

    The place is drawn among all equations; one whose slip cancels out (in a quotient) or falls below zero
    gives way to another, and at last to the last equation, which gives the result.
    """
    right_lines, right = written(plan)
    last = len(right_lines) - 1
    for slip_at in (random.randint(0, last), random.randint(0, last), last):
        ledger = Ledger(random, slip_at)
        result = plan(ledger)
        if result != right and not any("=-" in line for line in ledger.lines):
            break
    return ledger.lines, result


def _parts(term: int) -> tuple[int, ...]:
    """The tens and the units of `term`, or the whole of it where adding it is one simple step."""
    tens, units = term - term % 10, term % 10
    if not tens or not units:
        return (term,)
    return tens, units
