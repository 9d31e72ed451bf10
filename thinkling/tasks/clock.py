"""Times of day: hours and minutes after or before a time, and the minutes from one time to a later one.

Times are written in 24 hours ("14:05"); questions may also say "2:05 pm" or 下午2点5分. The key knows the
times and the span alone ("clock:13:20+0:45", "clock:9:05-2:00", "clock:9:50..12:20"). Worked: hours first,
then minutes with their carry; from one time to another by way of the next full hour.
"""

from __future__ import annotations

import re
from random import Random

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks.clock_steps import worked
from thinkling.tasks.clock_wordings import AFTER, BEFORE, BETWEEN
from thinkling.tasks.scratch import near
from thinkling.tasks.task import BARE, CHINESE, ENGLISH, Solution, chosen_level, key_body, require_style
from thinkling.tasks.verify.moment import HOURS_OF_DAY, MINUTES_OF_HOUR, check_moment, moment
from thinkling.tasks.verify.number import MAX_CHARACTERS, check_number
from thinkling.tasks.wording import dressed

_DAY = HOURS_OF_DAY * MINUTES_OF_HOUR
_AFTER, _BEFORE, _BETWEEN = "+", "-", ".."
_SIGNS = (_AFTER, _AFTER, _BEFORE, _BETWEEN)
_ANSWERS = {
    "moment": {
        ENGLISH: ("{r}", "{r}", "{r}", "{r}.", "It is {r}.", "The answer is {r}."),
        CHINESE: ("{r}", "{r}", "{r}", "{r}。", "是{r}。", "答案是{r}。"),
    },
    "minutes": {
        ENGLISH: ("{r}", "{r}", "{r}", "{r} minutes", "{r} minutes.", "The answer is {r}."),
        CHINESE: ("{r}", "{r}", "{r}", "{r}分钟", "{r}分钟。", "答案是{r}。"),
    },
}
_BODY = re.compile(r"(\d{1,2}):(\d{2})([+-]|\.\.)(\d{1,2}):(\d{2})", re.ASCII)
_HOURS_AND_MINUTES = re.compile(
    r"(\d{1,2}) ?(?:hours?|个?小时)(?:,? and)? ?(\d{1,2}) ?(?:minutes?|分钟|分)", re.ASCII | re.IGNORECASE
)
_HOURS = re.compile(r"(?<![\d.])(\d{1,3})() ?(?:hours?|个?小时)", re.ASCII | re.IGNORECASE)
TimesAndSign = tuple[int, str, int]
"""A time, a sign, and a span or a later time, both in minutes."""


class Clock:
    """The task "clock". Level 1: full hours, or minutes within the hour; level 2: minutes into another hour;
    level 3: hours and minutes, also past midnight, and several hours from one time to another.
    """

    name = "clock"
    styles = (BARE, "worked")
    levels = (1, 2, 3)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """Half of the problems go forward, a quarter back, a quarter from one time to another."""
        chosen = chosen_level(self, random, level, language)
        sign = random.choice(_SIGNS)
        start, other = _drawn(random, chosen, sign)
        return Problem(
            kind=self.name,
            question=dressed(_question(random, (start, sign, other), language), random, language),
            answer=_said(_result((start, sign, other)), sign),
            key=f"clock:{moment(start)}{sign}{other // MINUTES_OF_HOUR}:{other % MINUTES_OF_HOUR:02d}",
            level=chosen,
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; a worked one copies times and span, then calculates hours and minutes apart."""
        require_style(self, style)
        facts = self._facts(problem)
        if style == BARE:
            return _answered("", facts, _result(facts), problem, random)
        lines, result = worked(*facts)
        return _answered("\n".join(lines), facts, result, problem, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A time or number a little off, or one wrong equation whose result is carried through."""
        require_style(self, style)
        facts = self._facts(problem)
        if style == BARE:
            return _answered("", facts, _near(facts, random), problem, random)
        lines, result = worked(*facts, random)
        return _answered("\n".join(lines), facts, result, problem, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the answer states the one time of day, or the one number of minutes.

        Where the question names a half of the day, a time of twelve hours may leave it out.
        """
        if self._facts(problem)[1] != _BETWEEN:
            return check_moment(problem, answer)
        if len(answer) > MAX_CHARACTERS:
            return Verdict(0.0, False, "answer too long")
        in_minutes = _HOURS_AND_MINUTES.sub(_in_minutes, answer, count=1)
        return check_number(problem, _HOURS.sub(_in_minutes, in_minutes, count=1))

    def _facts(self, problem: Problem) -> TimesAndSign:
        match = _BODY.fullmatch(key_body(self, problem))
        if not match:
            raise TaskError(f"the key {problem.key!r} names no times.", "draw problems with Clock.sample")
        hours, minutes, sign, other_hours, other_minutes = match.groups()
        start = int(hours) * MINUTES_OF_HOUR + int(minutes)
        return start, sign, int(other_hours) * MINUTES_OF_HOUR + int(other_minutes)


def _drawn(random: Random, level: int, sign: str) -> tuple[int, int]:
    """A time, and a span or a later time."""
    if sign == _BETWEEN:
        return _two_times(random, level)
    hour, minute = random.randrange(HOURS_OF_DAY), _minute(random)
    if level == 1 and random.random() < 0.5:
        hours = random.randint(1, 11)
        hour = random.randrange(HOURS_OF_DAY - hours) + (0 if sign == _AFTER else hours)
        return hour * MINUTES_OF_HOUR + minute, hours * MINUTES_OF_HOUR
    room = MINUTES_OF_HOUR - 1 - minute if sign == _AFTER else minute
    if level == 1:
        minute = minute if room else 30
        room = room or 29
        return hour * MINUTES_OF_HOUR + minute, random.randint(1, room)
    if room == MINUTES_OF_HOUR - 1:
        minute, room = 30, 29 if sign == _AFTER else 30
    span = random.randint(room + 1, MINUTES_OF_HOUR - 1)
    if level == 2:
        hour = max(1, min(hour, HOURS_OF_DAY - 2))
        return hour * MINUTES_OF_HOUR + minute, span
    if random.random() < 0.3:
        span = random.randint(1, MINUTES_OF_HOUR - 1)
    return hour * MINUTES_OF_HOUR + minute, random.randint(1, 9) * MINUTES_OF_HOUR + span


def _two_times(random: Random, level: int) -> tuple[int, int]:
    start = random.randint(6, 17) * MINUTES_OF_HOUR
    if level == 1:
        first = random.randrange(MINUTES_OF_HOUR - 5)
        return start + first, start + random.randint(first + 1, MINUTES_OF_HOUR - 1)
    first = _minute(random) or 45
    if level == 2:
        return start + first, start + MINUTES_OF_HOUR + random.randint(1, MINUTES_OF_HOUR - 1)
    return start + first, start + random.randint(2, 5) * MINUTES_OF_HOUR + _minute(random)


def _minute(random: Random) -> int:
    """A minute of the hour; most are multiples of five, as people like them."""
    return 5 * random.randrange(12) if random.random() < 0.6 else random.randrange(MINUTES_OF_HOUR)


def _question(random: Random, facts: TimesAndSign, language: str) -> str:
    start, sign, other = facts
    style = random.random()
    if sign == _BETWEEN:
        first, last = _clock(start, style, language), _clock(other, style, language)
        return BETWEEN[language].said(random, c=first, e=last)
    wordings = AFTER if sign == _AFTER else BEFORE
    return wordings[language].said(random, c=_clock(start, style, language), t=_span(random, other, language))


def _clock(minutes: int, style: float, language: str) -> str:
    """A time of day; `style` from 0 to 1 decides between 24 hours and the halves of the day."""
    hour, minute = divmod(minutes, MINUTES_OF_HOUR)
    if style < 0.6:
        return moment(minutes)
    if language == ENGLISH:
        return f"{(hour - 1) % 12 + 1}:{minute:02d} {'am' if hour < 12 else 'pm'}"
    spoken = f"{minute}分" if minute else ""
    if style < 0.8:
        return f"{hour}点{spoken}"
    parts = ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (HOURS_OF_DAY, "晚上"))
    part = next(name for end, name in parts if hour < end)
    return f"{part}{hour - 12 if hour > 12 else hour}点{spoken}"


def _span(random: Random, minutes: int, language: str) -> str:
    hour, minute = divmod(minutes, MINUTES_OF_HOUR)
    if language == CHINESE:
        if minutes == 30 and random.random() < 0.3:
            return "半小时"
        return f"{hour}小时" * bool(hour) + f"{minute}分钟" * bool(minute)
    if minutes == 30 and random.random() < 0.3:
        return "half an hour"
    hours = f"{hour} hour{'s' * (hour != 1)}"
    short = f"{minute} minute{'s' * (minute != 1)}"
    if not hour:
        return short
    return f"{hours}{random.choice((' and ', ' '))}{short}" if minute else hours


def _result(facts: TimesAndSign) -> int:
    start, sign, other = facts
    if sign == _BETWEEN:
        return other - start
    return (start + other if sign == _AFTER else start - other) % _DAY


def _near(facts: TimesAndSign, random: Random) -> int:
    """A wrong result: an hour or some minutes off."""
    if facts[1] == _BETWEEN:
        return near(_result(facts), random)
    return (_result(facts) + random.choice((-60, 60, -10, 10, -5, 5, -20, 20, -1, 1))) % _DAY


def _said(result: int, sign: str) -> str:
    return str(result) if sign == _BETWEEN else moment(result)


def _answered(reasoning: str, facts: TimesAndSign, result: int, problem: Problem, random: Random) -> Solution:
    answers = _ANSWERS["minutes" if facts[1] == _BETWEEN else "moment"][problem.language]
    answer = random.choice(answers).format(r=_said(result, facts[1]))
    return Solution(reasoning, answer.replace("minutes", "minute") if answer.startswith("1 ") else answer)


def _in_minutes(match: re.Match[str]) -> str:
    return f"{int(match[1]) * MINUTES_OF_HOUR + int(match[2] or 0)} minutes"
