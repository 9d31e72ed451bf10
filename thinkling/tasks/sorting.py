"""Sort 3 to 6 different numbers up to 99, ascending or descending.

The key knows the set and the direction ("sorting:up:3,9,14"), never the order of the question. Worked
solutions insert one number at a time into the sorted list, one list a line.
"""

from __future__ import annotations

import re
from random import Random

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks.task import (
    BARE,
    ENGLISH,
    Solution,
    key_body,
    require_language,
    require_level,
    require_style,
)
from thinkling.tasks.verify.sequence import check_sequence

_UP = (
    "Sort {n} in ascending order.",
    "Sort these numbers in ascending order: {n}.",
    "Sort these numbers: {n}.",
    "Sort {n}.",
    "Please sort {n}.",
    "Sort {n} from smallest to largest.",
    "Sort these numbers from smallest to largest: {n}",
    "Put {n} in order.",
    "Put these numbers in ascending order: {n}.",
    "Arrange {n} from smallest to largest.",
    "Arrange these numbers in ascending order: {n}",
    "Order {n} from low to high.",
    "List {n} from smallest to biggest.",
    "Can you sort {n}?",
    "What is {n} in ascending order?",
)
_DOWN = (
    "Sort {n} in descending order.",
    "Sort these numbers in descending order: {n}.",
    "Please sort {n} in descending order.",
    "Sort {n} from largest to smallest.",
    "Sort these numbers from largest to smallest: {n}",
    "Put {n} in descending order.",
    "Put these numbers in descending order: {n}.",
    "Arrange {n} from largest to smallest.",
    "Arrange these numbers in descending order: {n}",
    "Order {n} from high to low.",
    "List {n} from biggest to smallest.",
    "Can you sort {n} in reverse?",
    "What is {n} in descending order?",
)
_ANSWERS = ("{n}", "{n}", "{n}", "Sorted: {n}")
_FEWEST, _MOST = 3, 6
_NUMBER = re.compile(r"\d+", re.ASCII)


class Sorting:
    """The task "sorting". Levels 1, 2, 3, 4 sort 3, 4, 5, 6 numbers."""

    name = "sorting"
    styles = (BARE, "worked")
    levels = (1, 2, 3, 4)
    languages = (ENGLISH,)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """Different numbers from 0 to 99; without a level every length is as likely."""
        require_level(self, level)
        require_language(self, language)
        count = random.randint(_FEWEST, _MOST) if level is None else level + _FEWEST - 1
        numbers = random.sample(range(100), count)
        is_up = random.random() < 0.6
        listed = ", ".join(map(str, numbers))
        if random.random() < 0.2:
            listed = ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}"
        ascending = sorted(numbers)
        return Problem(
            kind=self.name,
            question=random.choice(_UP if is_up else _DOWN).format(n=listed),
            answer=",".join(map(str, ascending if is_up else ascending[::-1])),
            key=f"sorting:{'up' if is_up else 'down'}:{','.join(map(str, ascending))}",
            level=count - _FEWEST + 1,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; a worked one inserts the numbers in the order of the question."""
        require_style(self, style)
        numbers, is_up = self._numbers(problem)
        lines, result = _insert_all(numbers, is_up)
        return _answered("" if style == BARE else lines, result, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """Two neighbours exchanged, or one number inserted one place off (and the list carried on so)."""
        require_style(self, style)
        numbers, is_up = self._numbers(problem)
        if style == BARE:
            result = sorted(numbers, reverse=not is_up)
            place = random.randrange(len(result) - 1)
            result[place], result[place + 1] = result[place + 1], result[place]
            return _answered("", result, random)
        lines, result = _insert_all(numbers, is_up, slip_at=random.randrange(1, len(numbers)))
        return _answered(lines, result, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the answer is the sorted list and nothing else."""
        return check_sequence(problem, answer)

    def _numbers(self, problem: Problem) -> tuple[list[int], bool]:
        direction, _, body = key_body(self, problem).partition(":")
        numbers = [int(digits) for digits in _NUMBER.findall(problem.question)]
        if ",".join(map(str, sorted(numbers))) != body or direction not in ("up", "down"):
            raise TaskError(
                f"the question {problem.question!r} does not ask what the key {problem.key!r} says.",
                "draw problems with Sorting.sample",
            )
        return numbers, direction == "up"


def _insert_all(numbers: list[int], is_up: bool, slip_at: int = -1) -> tuple[str, list[int]]:
    """One list a line, each with one number more; number `slip_at` goes one place off."""
    line: list[int] = []
    lines = []
    for index, number in enumerate(numbers):
        place = next((p for p, other in enumerate(line) if (number < other) == is_up), len(line))
        if index == slip_at:
            place = place - 1 if place else 1
        line.insert(place, number)
        lines.append(" ".join(map(str, line)))
    return "\n".join(lines), line


def _answered(reasoning: str, result: list[int], random: Random) -> Solution:
    return Solution(reasoning, random.choice(_ANSWERS).format(n=", ".join(map(str, result))))
