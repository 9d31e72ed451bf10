"""A scratch pad whose steps a small model can take, and solutions written on it, right or with one slip.

Terms are added and taken away digit by digit, products of two digits by one are split at the tens, quotients
of two digits likewise, so that a line needs the tables and no more. Every line is one equation.
A plan is a function that writes its equations on a ledger and returns its result.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from thinkling.tasks.scratch import Scratch


class Ledger(Scratch):
    """A scratch pad whose steps are small."""

    def add(self, total: int, term: int) -> int:
        """Write total+term, in hundreds, tens and units where the term has them."""
        for part in _parts(term):
            total = self.plus(total, part)
        return total

    def take(self, total: int, term: int) -> int:
        """Write total-term, in hundreds, tens and units where the term has them."""
        for part in _parts(term):
            total = self.minus(total, part)
        return total

    def product(self, left: int, right: int) -> int:
        """Write left*right, the factor with tens split: 50*9=450, 9*9=81, 450+81=531; of two the right one.

        A round factor, and 0 and 1, are multiplied at once.
        """
        if right > 9 and right % 10 and left > 1 and (left <= 9 or left % 10):
            return self.plus(self.times(left, right - right % 10), self.times(left, right % 10))
        if left > 9 and left % 10 and 1 < right <= 9:
            return self.plus(self.times(left - left % 10, right), self.times(left % 10, right))
        return self.times(left, right)

    def over(self, dividend: int, divisor: int) -> int:
        """Write dividend/divisor, tens of the quotient first: 70/7=10, 84-70=14, 14/7=2, 10+2=12.

        After a slip the quotient is the whole part.
        """
        tens = dividend // divisor // 10 * 10
        if tens <= 0 or tens * divisor == dividend:
            return self._write(dividend, "/", divisor, dividend // divisor)
        first = self._write(tens * divisor, "/", divisor, tens)
        rest = self.minus(dividend, tens * divisor, unit=divisor)
        return self.plus(first, self._write(rest, "/", divisor, rest // divisor))

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
    trial = Ledger()
    right = plan(trial)
    last = trial.num_equations - 1
    for slip_at in (random.randint(0, last), random.randint(0, last), last):
        ledger = Ledger(random, slip_at)
        result = plan(ledger)
        if result != right and not any("=-" in line for line in ledger.lines):
            break
    return ledger.lines, result


def _parts(term: int) -> list[int]:
    """The hundreds, tens and units of `term` that are not zero; a lone zero stays."""
    units = term % 10
    if term < 100:
        return [term - units, units] if units and term > 9 else [term]
    tens = term % 100 - units
    return [part for part in (term - tens - units, tens, units) if part]
