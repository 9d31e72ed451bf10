"""Weekdays and months some time after or before another; the days from one weekday or date to a later one.

The key knows the form and its numbers ("calendar:day:1+17" is Monday and 17 days, "calendar:month:3-5",
"calendar:within:3-20" inside a month, "calendar:across:3/25-4/7"). How many days Friday comes after Monday is
the fact that Friday is 4 days after Monday, so both have the key "calendar:day:1+4"; the answer tells them
apart.
Worked: multiples of 7 or 12 are taken away, then days are counted on one by one and months by their number.
"""

from __future__ import annotations

import re
from random import Random

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks.almanac import (
    MONTH_CHOICES,
    MONTH_LENGTHS,
    MONTH_WORDS,
    MONTHS,
    NUM_MONTHS,
    NUM_WEEKDAYS,
    WEEKDAY_CHOICES,
    WEEKDAY_WORDS,
    WEEKDAYS,
    dated,
    span_of_time,
)
from thinkling.tasks.calendar_steps import worked
from thinkling.tasks.calendar_wordings import AFTER, BEFORE, DATES, SPAN
from thinkling.tasks.scratch import near
from thinkling.tasks.task import BARE, CHINESE, ENGLISH, Solution, chosen_level, key_body, require_style
from thinkling.tasks.verify.choice import check_choice
from thinkling.tasks.verify.number import MAX_CHARACTERS, Refusal, check_number
from thinkling.tasks.verify.stated import without_echo
from thinkling.tasks.wording import dressed

_FORMS = {
    1: ("day", "day", "month", "span"),
    2: ("day", "day", "month", "within"),
    3: ("day", "day", "month", "across"),
}
_AMOUNTS = {1: (1, 6), 2: (7, 30), 3: (31, 99)}
_MODULUS = {"day": NUM_WEEKDAYS, "month": NUM_MONTHS}
_NAMES = {"day": WEEKDAYS, "month": MONTHS}
_WORDS: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {"day": WEEKDAY_WORDS, "month": MONTH_WORDS}
_ASKED = {
    ("day", ENGLISH): ("day", "day", "weekday", "day of the week"),
    ("month", ENGLISH): ("month",),
    ("day", CHINESE): ("星期几", "星期几", "周几", "礼拜几"),
    ("month", CHINESE): ("几月", "几月", "几月份", "哪个月"),
}
_ANSWERS = {
    "name": {
        ENGLISH: ("{r}", "{r}", "{r}", "{r}.", "It is {r}.", "The answer is {r}."),
        CHINESE: ("{r}", "{r}", "{r}", "{r}。", "是{r}。", "答案是{r}。"),
    },
    "count": {
        ENGLISH: ("{r}", "{r}", "{r}", "{r} days", "{r} days.", "The answer is {r}."),
        CHINESE: ("{r}", "{r}", "{r}", "{r}天", "{r}天。", "答案是{r}。"),
    },
}
_BODY = re.compile(
    r"(?P<form>day|month):(?P<start>\d{1,2})(?P<amount>[+-]\d{1,2})"
    r"|within:(?P<first>\d{1,2})-(?P<last>\d{1,2})"
    r"|across:(?P<month>\d{1,2})/(?P<from>\d{1,2})-\d{1,2}/(?P<to>\d{1,2})",
    re.ASCII,
)
FormAndNumbers = tuple[str, tuple[int, ...]]
"""A form and its numbers: (start, signed amount), (first, last), or (month, first day, last day)."""


class Calendar:
    """The task "calendar". Levels go by the amount: 1 up to 6 (or weekday to weekday), 2 from 7 to 30 (or
    dates of one month), 3 from 31 to 99 (or dates of two neighbouring months).
    """

    name = "calendar"
    styles = (BARE, "worked")
    levels = (1, 2, 3)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """Half of the problems ask for a weekday; without a level every level is as likely."""
        chosen = chosen_level(self, random, level, language)
        form, numbers = _drawn(random, chosen)
        return Problem(
            kind=self.name,
            question=dressed(_question(form, numbers, random, language), random, language),
            answer=_named(form, _result(form, numbers), language),
            key=f"calendar:{_body(form, numbers)}",
            level=chosen,
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; a worked one reduces the amount, then counts on or calculates."""
        require_style(self, style)
        form, numbers = self._facts(problem)
        if style == BARE:
            return _answered("", form, _result(form, numbers), problem, random)
        lines, result = worked(form, numbers, problem.language)
        return _answered("\n".join(lines), form, result, problem, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A neighbour of the right answer, or one wrong equation or a day left out, carried through."""
        require_style(self, style)
        form, numbers = self._facts(problem)
        if style == BARE:
            return _answered("", form, _near(form, _result(form, numbers), random), problem, random)
        lines, result = worked(form, numbers, problem.language, random)
        return _answered("\n".join(lines), form, result, problem, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the answer states the one weekday, month or number of days."""
        form, _ = self._facts(problem)
        if form in _NAMES:
            return check_choice(problem, answer, WEEKDAY_CHOICES if form == "day" else MONTH_CHOICES)
        if len(answer) > MAX_CHARACTERS:
            return Verdict(0.0, False, "answer too long")
        said = without_echo(answer, problem.question)
        if isinstance(said, Refusal):
            return Verdict(0.0, False, said.reason)
        return check_number(problem, said)

    def _facts(self, problem: Problem) -> FormAndNumbers:
        match = _BODY.fullmatch(key_body(self, problem))
        if not match:
            raise TaskError(
                f"the key {problem.key!r} names no calendar problem.", "draw problems with Calendar.sample"
            )
        if match["form"]:
            start, amount = int(match["start"]), int(match["amount"])
            if match["form"] == "day" and problem.answer.isdigit():
                return "span", (start, _result("day", (start, amount)))
            return match["form"], (start, amount)
        if match["first"]:
            return "within", (int(match["first"]), int(match["last"]))
        return "across", (int(match["month"]), int(match["from"]), int(match["to"]))


def _drawn(random: Random, level: int) -> FormAndNumbers:
    form = random.choice(_FORMS[level])
    if form in _MODULUS:
        amount = random.randint(*_AMOUNTS[level])
        return form, (random.randint(1, _MODULUS[form]), amount if random.random() < 0.6 else -amount)
    if form == "span":
        first = random.randint(1, NUM_WEEKDAYS)
        return form, (first, 1 + (first + random.randrange(NUM_WEEKDAYS - 1)) % NUM_WEEKDAYS)
    if form == "within":
        first = random.randint(1, 27)
        return form, (first, random.randint(first + 1, 28))
    month = random.choice((1, 3, 4, 5, 6, 7, 8, 9, 10, 11))  # February's length needs a year
    return form, (month, random.randint(11, MONTH_LENGTHS[month - 1] - 1), random.randint(1, 28))


def _body(form: str, numbers: tuple[int, ...]) -> str:
    if form in _MODULUS:
        return f"{form}:{numbers[0]}{numbers[1]:+d}"
    if form == "across":
        month, first, last = numbers
        return f"across:{month}/{first}-{month + 1}/{last}"
    if form == "span":
        return _body("day", (numbers[0], _result(form, numbers)))
    return f"within:{numbers[0]}-{numbers[1]}"


def _question(form: str, numbers: tuple[int, ...], random: Random, language: str) -> str:
    if form in _MODULUS:
        start, amount = numbers
        return (AFTER if amount > 0 else BEFORE)[language].said(
            random,
            k=random.choice(_ASKED[form, language]),
            d=random.choice(_WORDS[form][language][start - 1]),
            t=span_of_time(form, abs(amount), random, language),
            on="on" if form == "day" else "in",
        )
    if form == "span":
        names = [random.choice(WEEKDAY_WORDS[language][number - 1]) for number in numbers]
        return SPAN[language].said(random, d=names[0], e=names[1])
    months = (numbers[0], numbers[0] + 1) if form == "across" else (random.randint(1, NUM_MONTHS),) * 2
    first, last = dated(months, (numbers[-2], numbers[-1]), random, language)
    return DATES[language].said(random, d=first, e=last)


def _result(form: str, numbers: tuple[int, ...]) -> int:
    """A number of days, or the number of a weekday or month, from 1."""
    if form in _MODULUS:
        return (sum(numbers) - 1) % _MODULUS[form] + 1
    if form == "across":
        return MONTH_LENGTHS[numbers[0] - 1] - numbers[1] + numbers[2]
    return (numbers[1] - numbers[0]) % NUM_WEEKDAYS if form == "span" else numbers[1] - numbers[0]


def _named(form: str, result: int, language: str) -> str:
    return _NAMES[form][language][result - 1] if form in _NAMES else str(result)


def _near(form: str, result: int, random: Random) -> int:
    """A wrong result: a neighbouring weekday or month, or a number that is a little off."""
    if form in _MODULUS:
        return (result - 1 + random.choice((-2, -1, -1, 1, 1, 2))) % _MODULUS[form] + 1
    return near(result, random)


def _answered(reasoning: str, form: str, result: int, problem: Problem, random: Random) -> Solution:
    answers = _ANSWERS["name" if form in _NAMES else "count"][problem.language]
    answer = random.choice(answers).format(r=_named(form, result, problem.language))
    answer = answer.replace("days", "day") if result == 1 else answer
    if "night" in problem.question or "几晚" in problem.question:
        answer = answer.replace("day", "night").replace("天", "晚")
    return Solution(reasoning, answer)
