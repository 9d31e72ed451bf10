"""Everyday problems read back from their English questions alone, in another way than the tasks do."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.tasks.calendar_meaning import calendar_asked
from tests.tasks.clock_meaning import clock_asked
from tests.tasks.puzzle_meaning import puzzle_read
from tests.tasks.spelling_meaning import spelling_meaning
from tests.tasks.story_meaning import story_meaning
from thinkling.records import Problem

_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
DATE = re.compile(rf"\b({_MONTH})[a-z]* (\d+)|(\d+) ({_MONTH})", re.IGNORECASE)


def _calendar(problem: Problem) -> tuple[str, ...]:
    """Friday is 4 days after Monday, whichever of the three is asked for; going back is another matter."""
    asked = calendar_asked(problem.question)
    if asked.form != "count":
        return (asked.form, str(asked.names[0]), f"{asked.amount:+d}")
    if asked.names:
        return ("day", str(asked.names[0]), f"{asked.answer:+d}")
    dates = {((a or d).lower(), b or c) for a, b, c, d in DATE.findall(problem.question)}
    if len({month for month, _ in dates}) == 2:
        return ("dates", *sorted(map(" ".join, dates)))
    return ("dates", *sorted(re.findall(r"\d+", problem.question), key=int))


def _clock(problem: Problem) -> tuple[str, ...]:
    return tuple(map(str, clock_asked(problem.question)))


def _puzzles(problem: Problem) -> tuple[str, ...]:
    """The order alone: who knows it knows every place in it."""
    pairs, _ = puzzle_read(problem.question)
    assert len(pairs) == problem.level + 1, (problem, pairs)
    return tuple(sorted(map(">".join, pairs)))


def _sorting(problem: Problem) -> tuple[str, ...]:
    """The set alone: who has seen it sorted one way knows it the other way."""
    return tuple(sorted(re.findall(r"\d+", problem.question), key=int))


def _spelling(problem: Problem) -> tuple[str, ...]:
    """The word alone: who has seen it spelled knows its letters."""
    return (spelling_meaning(problem)[2],)


MEANINGS: dict[str, Callable[[Problem], tuple[str, ...]]] = {
    "calendar": _calendar,
    "clock": _clock,
    "puzzles": _puzzles,
    "sorting": _sorting,
    "spelling": _spelling,
    "stories": story_meaning,
}
