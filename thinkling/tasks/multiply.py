"""Multiplication of two numbers, usually of two digits each; the key does not know their order.

Worked styles are one equation a line. "split" cuts one factor into hundreds, tens and units (about 35
characters for two digits, 65 for three by two); "digits" needs only the table of one-digit products and sums
(about 65 and 110). "columns" needs no number above 180: it copies the factors, then makes one digit
of the result after the other from the right, with the carry, and writes after ">" what stands so far.
"""

from __future__ import annotations

import re
from random import Random

from thinkling.records import Problem, Verdict
from thinkling.tasks import arithmetic_wordings, multiply_wordings
from thinkling.tasks.ledger import LedgerPlan, written, written_with_slip
from thinkling.tasks.scratch import Scratch, near
from thinkling.tasks.task import (
    BARE,
    CHINESE,
    ENGLISH,
    Solution,
    contradiction,
    key_body,
    require_language,
    require_level,
    require_style,
)
from thinkling.tasks.verify.number import check_number
from thinkling.tasks.wording import dressed

_UNUSUAL = {0: ((2, 9), (2, 9)), 4: ((100, 999), (11, 99))}
_SMALLEST = 11
_LARGEST = {1: 29, 2: 59, 3: 99}
_EXPRESSION_SHARE = 0.5
_FACTOR = re.compile(r"\d+", re.ASCII)


class Multiply:
    """The task "multiply".

    Levels 1, 2, 3 have two-digit factors from 11, the larger one up to 29, 59, 99; together they are the
    usual mixture. Only when asked for: level 0, both factors from 2 to 9, and level 4, a factor from 100 to
    999 and one from 11 to 99.
    """

    name = "multiply"
    styles = (BARE, "split", "digits", "columns")
    levels = (0, 1, 2, 3, 4)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """Two factors, uniform from 11 to 99 without a level; each order is its own wording of one key."""
        require_level(self, level)
        require_language(self, language)
        first, second = _drawn(random, level)
        return Problem(
            kind=self.name,
            question=dressed(_question(first, second, random, language), random, language),
            answer=str(first * second),
            key=f"multiply:{min(first, second)}x{max(first, second)}",
            level=_level(first, second),
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution in one of the styles; the factors keep the order of the question."""
        require_style(self, style)
        first, second = self._factors(problem)
        reasoning = "" if style == BARE else "\n".join(written(_plan(first, second, style))[0])
        return _answered(reasoning, first * second, problem, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A near miss without reasoning, or a worked solution with one wrong step that is carried through."""
        require_style(self, style)
        first, second = self._factors(problem)
        if style == BARE:
            return _answered("", _near_miss(first, second, random), problem, random)
        lines, product = written_with_slip(_plan(first, second, style), random)
        return _answered("\n".join(lines), product, problem, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the one number that the answer gives is the product."""
        return check_number(problem, answer)

    def _factors(self, problem: Problem) -> tuple[int, int]:
        found = [int(digits) for digits in _FACTOR.findall(problem.question)]
        if key_body(self, problem) != "x".join(map(str, sorted(found))):
            raise contradiction(self, problem)
        return found[0], found[1]


def _drawn(random: Random, level: int | None) -> tuple[int, int]:
    if level in _UNUSUAL:
        first, second = (random.randint(*limits) for limits in _UNUSUAL[level])
        return (first, second) if random.random() < 0.5 else (second, first)
    largest = _LARGEST[level or 3]
    floor = _LARGEST.get(level - 1, 0) if level else 0
    while True:
        first, second = random.randint(_SMALLEST, largest), random.randint(_SMALLEST, largest)
        if max(first, second) > floor:
            return first, second


def _level(first: int, second: int) -> int:
    larger = max(first, second)
    if larger < _SMALLEST:
        return 0
    return next((level for level, largest in _LARGEST.items() if larger <= largest), 4)


def _question(first: int, second: int, random: Random, language: str) -> str:
    if random.random() >= _EXPRESSION_SHARE:
        return multiply_wordings.QUESTIONS[language].said(random, a=first, b=second)
    expression = random.choice(multiply_wordings.EXPRESSIONS[language]).format(a=first, b=second)
    return arithmetic_wordings.QUESTIONS[language].said(random, e=expression)


def _plan(first: int, second: int, style: str) -> LedgerPlan:
    write = {"split": _split, "digits": _digits, "columns": _columns}[style]
    return lambda scratch: write(scratch, first, second)


def _split(scratch: Scratch, first: int, second: int) -> int:
    """The second factor, or the one of three digits, is cut into hundreds, tens and units."""
    if first > 99:
        first, second = second, first
    product = 0
    for place, digit in _places(second)[::-1]:
        if digit:
            part = scratch.times(first, digit * 10**place)
            product = scratch.plus(product, part) if product else part
    return product


def _digits(scratch: Scratch, first: int, second: int) -> int:
    """Hundreds, then the two cross products, then units; products with a zero are left out."""
    product = 0
    for place in range(len(f"{first}{second}") - 2, -1, -1):
        pairs = [pair for pair in _pairs(first, second, place) if all(pair)]
        crosses = [scratch.times(left, right) for left, right in pairs]
        if not crosses:
            continue
        total = scratch.plus(*crosses) if len(crosses) == 2 else crosses[0]
        product = scratch.plus(product, total * 10**place) if product else total * 10**place
    return product


def _columns(scratch: Scratch, first: int, second: int) -> int:
    """From the right: the products that meet in a column, their sum, the carry; then the digits so far."""
    scratch.note(f"{first}*{second}")
    written, carry, last = 0, 0, len(f"{first}{second}") - 2
    for place in range(last + 1):
        crosses = [scratch.times(left, right) for left, right in _pairs(first, second, place)]
        total = scratch.plus(*crosses) if len(crosses) == 2 else crosses[0]
        if place:
            total = scratch.plus(total, carry)
        digits = total if place == last else total % 10
        written, carry = written + digits * 10**place, total // 10
        scratch.note(f">{written:0{place + 1}}")
    return written


def _places(number: int) -> list[tuple[int, int]]:
    """The places of a number with their digits, units first: [(0, 5), (1, 4), (2, 3)] for 345."""
    return [(place, int(digit)) for place, digit in enumerate(reversed(str(number)))]


def _pairs(first: int, second: int, place: int) -> list[tuple[int, int]]:
    """The digits of the two factors whose products count 10**place, from the left of the first factor."""
    second_digits = dict(_places(second))
    return [
        (digit, second_digits[place - own])
        for own, digit in reversed(_places(first))
        if place - own in second_digits
    ]


def _answered(reasoning: str, product: int, problem: Problem, random: Random) -> Solution:
    factors = " * ".join(_FACTOR.findall(problem.question))
    return Solution(reasoning, arithmetic_wordings.answered(problem, factors, product, random))


def _near_miss(first: int, second: int, random: Random) -> int:
    """A wrong product as a hasty person gives it: one factor off by one, or one digit off."""
    kind = random.random()
    if kind < 0.3:
        return first * (second + random.choice((-1, 1)))
    if kind < 0.5:
        return (first + random.choice((-1, 1))) * second
    if kind < 0.8:
        return max(1, first * second + 10 * random.choice((-9, -6, -4, -3, -2, -1, 1, 2, 3, 4, 6, 9)))
    return near(first * second, random)
