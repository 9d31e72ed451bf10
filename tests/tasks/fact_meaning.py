"""One-step problems of several kinds read as what they are about: two small numbers, and what they make.

"+ 29 66" stands for 29+66=95 whichever of the three is asked for, "* 12 14" for 12*14=168 likewise, and
"/ 52 7" for a division with a remainder.
"""

from __future__ import annotations

import re

from tests.tasks.chain_meaning import chain_meaning
from tests.tasks.story_meaning import story_meaning, story_numbers
from thinkling.records import Problem

KINDS = ("multiply", "divide", "sums", "equations", "stories", "countdown", "chains")
"""The kinds that may ask for one and the same fact."""


def fact_meaning(problem: Problem) -> tuple[str, ...]:
    """What is asked, the same for every kind; a problem of several steps as a chain or for itself."""
    numbers = [int(digits) for digits in re.findall(r"\d+", problem.question)]
    if problem.kind == "multiply":
        return _product(*numbers)
    if problem.kind == "divide":
        return _quotient(max(numbers), min(numbers))
    if problem.kind == "sums" and len(numbers) == 2:
        return _sum(numbers, int(problem.answer))
    if problem.kind == "equations" and len(numbers) == 2 and problem.level <= 2:
        return _sum(numbers, int(problem.answer)) if problem.level == 1 else _three(numbers, problem)
    if problem.kind == "countdown" and problem.level == 1:
        return _game(numbers, problem)
    if problem.kind == "stories":
        return _story(problem)
    if problem.kind == "chains":
        return chain_meaning(problem)
    if problem.kind == "sums":
        return _long_sum(problem)
    return (problem.kind, problem.key)


def _product(first: int, second: int) -> tuple[str, ...]:
    return ("*", str(min(first, second)), str(max(first, second)))


def _quotient(dividend: int, divisor: int) -> tuple[str, ...]:
    if dividend % divisor:
        return ("/", str(dividend), str(divisor))
    return _product(divisor, dividend // divisor)


def _sum(numbers: list[int], answer: int) -> tuple[str, ...]:
    small, middle, large = sorted([*numbers, answer])
    assert small + middle == large, (numbers, answer)
    return ("+", str(small), str(middle))


def _three(numbers: list[int], problem: Problem) -> tuple[str, ...]:
    small, middle, large = sorted([*numbers, int(problem.answer)])
    assert small * middle == large, problem
    return _product(small, middle)


def _game(numbers: list[int], problem: Problem) -> tuple[str, ...]:
    small, middle, large = sorted(numbers)
    if small + middle == large:  # where 2, 2 and 4 may be either, the sum is asked
        return _sum([small, middle], large)
    return _product(small, middle)


def _story(problem: Problem) -> tuple[str, ...]:
    form, numbers = story_numbers(problem)
    if form in ("sum", "left"):
        return _sum(numbers, int(problem.answer))
    if form == "product":
        return _product(*numbers)
    return _quotient(*numbers) if form in ("quotient", "remainder") else story_meaning(problem)


def _long_sum(problem: Problem) -> tuple[str, ...]:
    """The numbers, and the value with other numbers, as `chain_meaning` gives them."""
    signed = [int(term) for term in re.findall(r"[+-]?\d+", problem.key)]
    assert sum(signed) == int(problem.answer), problem
    moved = sum((abs(n) ** 3 + 7 * abs(n) + 11) * (1 if n >= 0 else -1) for n in signed)
    return (*sorted(str(abs(n)) for n in signed), str(moved))
