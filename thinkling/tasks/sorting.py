"""Sort 3 to 6 different numbers up to 99, ascending or descending.

The key knows the set alone ("sorting:3,9,14"), never the order of the question, nor the direction: who has
seen the set sorted one way knows it the other way. "worked" inserts one number at a time into the sorted
list, one list a line. "select" copies the numbers with two digits each, behind "<" or ">" for the direction;
then it takes the next tens digit that is there, and in one line the numbers with these tens by their units.
So every step compares single digits, never whole numbers:

    < 14 03 27 09
    03 09
    14
    27
"""

from __future__ import annotations

import re
from itertools import groupby
from random import Random

from thinkling.records import Problem, Verdict
from thinkling.tasks import sorting_wordings as wordings
from thinkling.tasks.task import (
    BARE,
    CHINESE,
    ENGLISH,
    Solution,
    chosen_level,
    contradiction,
    key_body,
    require_style,
)
from thinkling.tasks.verify.sequence import check_sequence
from thinkling.tasks.wording import dressed

_FEWEST = 3
_UNDIRECTED_SHARE = 0.15
_NUMBER = re.compile(r"\d+", re.ASCII)


class Sorting:
    """The task "sorting". Levels 1, 2, 3, 4 sort 3, 4, 5, 6 numbers."""

    name = "sorting"
    styles = (BARE, "worked", "select")
    levels = (1, 2, 3, 4)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """Different numbers from 0 to 99; without a level every length is as likely."""
        count = chosen_level(self, random, level, language) + _FEWEST - 1
        numbers = random.sample(range(100), count)
        is_up = random.random() < 0.6
        ascending = sorted(numbers)
        return Problem(
            kind=self.name,
            question=dressed(_question(numbers, is_up, random, language), random, language),
            answer=",".join(map(str, ascending if is_up else ascending[::-1])),
            key=f"sorting:{','.join(map(str, ascending))}",
            level=count - _FEWEST + 1,
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; a worked one takes the numbers in the order of the question."""
        require_style(self, style)
        numbers, is_up = self._numbers(problem)
        result = sorted(numbers, reverse=not is_up)
        if style == BARE:
            return _answered("", result, problem.language, random)
        lines = _select(numbers, result, is_up) if style == "select" else _insert_all(numbers, is_up)[0]
        return _answered(lines, result, problem.language, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """Two neighbours exchanged, one number miscopied, or inserted one place off; and carried through."""
        require_style(self, style)
        numbers, is_up = self._numbers(problem)
        if style == "worked":
            lines, result = _insert_all(numbers, is_up, slip_at=random.randrange(1, len(numbers)))
            return _answered(lines, result, problem.language, random)
        if style == "select" and random.random() < 0.5:
            numbers = _miscopied(numbers, random)
            result = sorted(numbers, reverse=not is_up)
        else:
            result = sorted(numbers, reverse=not is_up)
            place = random.randrange(len(result) - 1)
            result[place], result[place + 1] = result[place + 1], result[place]
        lines = _select(numbers, result, is_up) if style == "select" else ""
        return _answered(lines, result, problem.language, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the answer is the sorted list and nothing else."""
        if answer.strip() == problem.question.strip():
            return Verdict(0.0, False, "an echo of the question")
        return check_sequence(problem, answer)

    def _numbers(self, problem: Problem) -> tuple[list[int], bool]:
        numbers = [int(digits) for digits in _NUMBER.findall(problem.question)]
        directions = [",".join(map(str, sorted(numbers, reverse=is_down))) for is_down in (False, True)]
        if key_body(self, problem) != directions[0] or problem.answer not in directions:
            raise contradiction(self, problem)
        return numbers, problem.answer == directions[0]


def _question(numbers: list[int], is_up: bool, random: Random, language: str) -> str:
    between, before_last = random.choice(wordings.LISTED[language])
    listed = between.join(map(str, numbers[:-1])) + before_last + str(numbers[-1])
    if is_up and random.random() < _UNDIRECTED_SHARE:
        return wordings.UNDIRECTED[language].said(random, n=listed)
    direction = random.choice(wordings.DIRECTIONS[language, is_up])
    order = random.choice(wordings.ORDERS[language, is_up])
    return wordings.QUESTIONS[language].said(random, n=listed, d=direction, o=order)


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


def _select(numbers: list[int], result: list[int], is_up: bool) -> str:
    """The numbers as asked with two digits each, then `result`, in one line while the tens stay the same."""
    lines = [" ".join(["<" if is_up else ">", *(f"{number:02d}" for number in numbers)])]
    lines += [
        " ".join(f"{number:02d}" for number in same_tens)
        for _, same_tens in groupby(result, key=lambda number: number // 10)
    ]
    return "\n".join(lines)


def _miscopied(numbers: list[int], random: Random) -> list[int]:
    """The numbers with one of them changed to one that is not there."""
    place = random.randrange(len(numbers))
    changed = next(
        other for step in (1, 10, 2, 20, 3, 30, 4) if (other := (numbers[place] + step) % 100) not in numbers
    )
    return [*numbers[:place], changed, *numbers[place + 1 :]]


def _answered(reasoning: str, result: list[int], language: str, random: Random) -> Solution:
    listed = wordings.JOINED[language].join(map(str, result))
    return Solution(reasoning, random.choice(wordings.ANSWERS[language]).format(n=listed))
