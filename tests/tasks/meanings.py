"""Everyday problems read back from their English questions alone, in another way than the tasks do."""

from __future__ import annotations

import re
from collections.abc import Callable

from thinkling.records import Problem

_NUMBER_WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_WEEKDAY = re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:[a-z]*day)?\b", re.IGNORECASE)
_MONTH = re.compile(
    r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:[a-z]{0,4}ary|ch|il|e|y|ust|[a-z]*ber)?\b",
    re.IGNORECASE,
)
_BACKWARDS = re.compile(
    r"before|\bago\b|earlier|\bback\b|backwards|minus| - |sooner|away|subtract|precedes|waiting|ahead of"
)


def _numbers(text: str) -> tuple[str, ...]:
    in_digits = re.sub(r"\b[a-z]+\b", lambda match: _in_digits(match[0]), text.lower())
    return tuple(re.findall(r"\d+", in_digits))


def _in_digits(word: str) -> str:
    return str(_NUMBER_WORDS.index(word) + 1) if word in _NUMBER_WORDS else word


def _calendar(problem: Problem) -> tuple[str, ...]:
    text = re.sub(r"One more: ", "", problem.question)
    names = [name.lower() for name in _WEEKDAY.findall(text) + _MONTH.findall(text)]
    numbers = _numbers(text)
    assert names, problem
    if len(numbers) == 2:  # two dates; inside one month it does not matter which
        month = set(names) if len(set(names)) == 2 else set()
        return ("dates", *sorted(month), *numbers, problem.answer)
    if not numbers:
        return ("span", *sorted(names), problem.answer)
    assert len(numbers) == 1 and len(names) == 1, problem
    is_backwards = "later" not in text and bool(_BACKWARDS.search(text))
    return (*names, *numbers, "-" if is_backwards else "+", problem.answer)


def _clock(problem: Problem) -> tuple[str, ...]:
    text = problem.question.replace("half an hour", "30 minutes")
    times = [
        (int(hour) % 12 + 12 * (half == "pm") if half else int(hour)) * 60 + int(minute)
        for hour, minute, half in re.findall(r"(\d+):(\d\d)(?: ([ap]m))?", text)
    ]
    spans = [int(n) * (60 if unit == "hour" else 1) for n, unit in re.findall(r"(\d+) (hour|minute)", text)]
    assert len(times) == (1 if spans else 2), problem
    return (*map(str, times), str(sum(spans)), problem.answer)


MEANINGS: dict[str, Callable[[Problem], tuple[str, ...]]] = {"calendar": _calendar, "clock": _clock}
