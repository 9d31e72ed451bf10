"""Everyday problems read back from their English questions alone, in another way than the tasks do."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.tasks.calendar_meaning import calendar_asked
from tests.tasks.clock_meaning import clock_asked
from thinkling.records import Problem


def _calendar(problem: Problem) -> tuple[str, ...]:
    """Friday is 4 days after Monday, whichever of the three is asked for; going back is another matter."""
    asked = calendar_asked(problem.question)
    if asked.form != "count":
        return (asked.form, str(asked.names[0]), f"{asked.amount:+d}")
    if asked.names:
        return ("day", str(asked.names[0]), f"{asked.answer:+d}")
    month = set(re.findall(r"[A-Z][a-z]{2}(?=[a-z]* \d)|(?<=\d )[A-Z][a-z]{2}", problem.question))
    days = re.findall(r"\d+", problem.question)
    return ("dates", *(sorted(month) if len(month) == 2 else ()), *sorted(days, key=int))


def _clock(problem: Problem) -> tuple[str, ...]:
    return tuple(map(str, clock_asked(problem.question)))


_N = r"(red|blue|green|white|black|yellow|brown|[A-Z][a-z]{2,3})"
_MORE = "(?:taller|older|faster|stronger|heavier|richer|bigger|longer|newer)"
_LESS = "(?:shorter|younger|slower|weaker|lighter|poorer|smaller|OLDER)"
_IS_FIRST_AHEAD = {
    f"{_N} is {_MORE} than {_N}": True,
    f"{_N} is {_LESS} than {_N}": False,
    f"ompared with {_N}, {_N} is {_MORE}": False,
    f"ompared with {_N}, {_N} is {_LESS}": True,
    f"{_N} is not as [a-z]+ as {_N}": False,
    f"ext to {_N}, {_N} is the {_MORE}": False,
    f"{_N} [a-z]+(?: here)? (?:before|earlier than|ahead of|in front of) {_N}": True,
    f"{_N} [a-z]+(?: here)? (?:after|later than|behind) {_N}": False,
    f"{_N} (?:is|stands|is placed|is found) (?:to the )?left of {_N}": True,
    f"{_N} (?:is|stands|is placed|is found) (?:to the )?right of {_N}": False,
    f"o the right of {_N} is {_N}": True,
    f"o the left of {_N} is {_N}": False,
}


def _puzzles(problem: Problem) -> tuple[str, ...]:
    text = re.sub(r"\b[Tt]he ([a-z]+) (?:box|ball|car|book|cup|bag|boat|stone)\b", r"\1", problem.question)
    if text != problem.question:
        text = text.replace("older", "OLDER")  # of things, the newest comes first
    pairs = [
        ">".join(pair if is_first_ahead else pair[::-1])
        for pattern, is_first_ahead in _IS_FIRST_AHEAD.items()
        for pair in re.findall(pattern, text)
    ]
    assert len(pairs) == problem.level + 1, (problem, pairs)
    return (*sorted(pairs), problem.answer)


_NUM_FREE = {"sum_remainder": 2, "groups_left_shared": 2, "groups_more_left": 2, "left_more": 0}


def _stories(problem: Problem) -> tuple[str, ...]:
    """Form and numbers; those that may change places in any order, so that a key cannot tell them apart."""
    _, form, listed = problem.key.split(":")
    numbers = listed.split(",")
    asked = re.findall(r"\d+", problem.question)
    assert all(asked.count(number) >= numbers.count(number) for number in numbers), problem
    assert len(asked) - len(numbers) in (0, 1), problem
    free = _NUM_FREE.get(form, len(numbers))
    return (form, *sorted(numbers[:free]), *numbers[free:], problem.answer)


MEANINGS: dict[str, Callable[[Problem], tuple[str, ...]]] = {
    "calendar": _calendar,
    "clock": _clock,
    "puzzles": _puzzles,
    "stories": _stories,
}
