"""Two-digit multiplication: both factors from 11 to 99; the key does not know their order.

Worked styles are one equation a line. "split" cuts the second factor into tens and units (3 lines, about 35
tokens); "digits" needs only the table of one-digit products and three sums (about 65 tokens).
"""

from __future__ import annotations

import re
from random import Random

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks.scratch import Plan, Scratch, near, worked, worked_with_slip
from thinkling.tasks.task import (
    BARE,
    ENGLISH,
    Solution,
    key_body,
    require_language,
    require_level,
    require_style,
)
from thinkling.tasks.verify.number import check_number

_QUESTIONS = (
    "What's {a} times {b}?",
    "What is {a} times {b}?",
    "What is {a} multiplied by {b}?",
    "What's {a} multiplied by {b}?",
    "what is {a} * {b}?",
    "What is {a} * {b}?",
    "What's {a}*{b}?",
    "What is {a} x {b}?",
    "What's {a} x {b}?",
    "How much is {a} times {b}?",
    "How much is {a} * {b}?",
    "Compute {a} * {b}.",
    "Compute {a} times {b}.",
    "Calculate {a} * {b}.",
    "Calculate {a} times {b}.",
    "Calculate the product of {a} and {b}.",
    "What is the product of {a} and {b}?",
    "Find the product of {a} and {b}.",
    "Multiply {a} by {b}.",
    "Multiply {a} and {b}.",
    "Please multiply {a} by {b}.",
    "Can you multiply {a} by {b}?",
    "Could you tell me what {a} times {b} is?",
    "Tell me {a} times {b}.",
    "I need {a} times {b}.",
    "{a} times {b}?",
    "{a} * {b} = ?",
    "{a} * {b}",
    "{a}*{b}",
    "{a} x {b} = ?",
    "Work out {a} times {b}.",
    "Solve {a} * {b}.",
)
_ANSWERS = ("{product}", "{product}", "{a} * {b} = {product}", "The answer is {product}.")
_LARGEST = {1: 29, 2: 59, 3: 99}
_SMALLEST = 11
_FACTOR = re.compile(r"\d+", re.ASCII)


class Multiply:
    """The task "multiply". Levels go by the larger factor: 1 up to 29, 2 up to 59, 3 up to 99."""

    name = "multiply"
    styles = (BARE, "split", "digits")
    levels = (1, 2, 3)
    languages = (ENGLISH,)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """Two factors, uniform from 11 to 99 without a level; each order is its own wording of one key."""
        require_level(self, level)
        require_language(self, language)
        largest = _LARGEST[level or 3]
        floor = _LARGEST.get(level - 1, 0) if level else 0
        first, second = random.randint(_SMALLEST, largest), random.randint(_SMALLEST, largest)
        while max(first, second) <= floor:
            first, second = random.randint(_SMALLEST, largest), random.randint(_SMALLEST, largest)
        return Problem(
            kind=self.name,
            question=random.choice(_QUESTIONS).format(a=first, b=second),
            answer=str(first * second),
            key=f"multiply:{min(first, second)}x{max(first, second)}",
            level=next(step for step in self.levels if max(first, second) <= _LARGEST[step]),
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution in one of the styles; the factors keep the order of the question."""
        require_style(self, style)
        first, second = self._factors(problem)
        reasoning = "" if style == BARE else worked(_plan(first, second, style))[0]
        return _answered(reasoning, first, second, first * second, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A near miss without reasoning, or a worked solution with one wrong step that is carried through."""
        require_style(self, style)
        first, second = self._factors(problem)
        if style == BARE:
            return _answered("", first, second, _near_miss(first, second, random), random)
        reasoning, product = worked_with_slip(_plan(first, second, style), random)
        return _answered(reasoning, first, second, product, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the one number that the answer gives is the product."""
        return check_number(problem, answer)

    def _factors(self, problem: Problem) -> tuple[int, int]:
        found = [int(digits) for digits in _FACTOR.findall(problem.question)]
        if key_body(self, problem) != "x".join(map(str, sorted(found))):
            raise TaskError(
                f"the question {problem.question!r} does not ask what the key {problem.key!r} says.",
                "draw problems with Multiply.sample",
            )
        return found[0], found[1]


def _plan(first: int, second: int, style: str) -> Plan:
    if style == "split":
        return lambda scratch: _split(scratch, first, second)
    return lambda scratch: _digits(scratch, first, second)


def _split(scratch: Scratch, first: int, second: int) -> int:
    tens, units = second - second % 10, second % 10
    product = scratch.times(first, tens)
    if not units:
        return product
    return scratch.plus(product, scratch.times(first, units))


def _digits(scratch: Scratch, first: int, second: int) -> int:
    """Hundreds, then the two cross products, then units; products with a zero are left out."""
    (first_tens, first_units), (second_tens, second_units) = divmod(first, 10), divmod(second, 10)
    product = 100 * scratch.times(first_tens, second_tens)
    pairs = ((first_tens, second_units), (first_units, second_tens))
    crosses = [scratch.times(left, right) for left, right in pairs if left and right]
    units = scratch.times(first_units, second_units) if first_units and second_units else 0
    if len(crosses) == 2:
        crosses = [scratch.plus(*crosses)]
    if crosses:
        product = scratch.plus(product, 10 * crosses[0])
    return scratch.plus(product, units) if units else product


def _answered(reasoning: str, first: int, second: int, product: int, random: Random) -> Solution:
    return Solution(reasoning, random.choice(_ANSWERS).format(a=first, b=second, product=product))


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
