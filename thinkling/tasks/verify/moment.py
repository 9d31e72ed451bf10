"""Read the one time of day that an answer region states, in minutes after midnight.

Natural forms are read: "14:05", "2:05 pm", "2 p.m.", "noon", "14点5分", "下午2点半". A time without am or pm
is one of 24 hours; but where the question names a half of the day ("1:20 pm", 下午) and the answer none,
"2:05" may mean 14:05. Times that the question gave may be referred to ("45 minutes after 13:20 is 14:05").
"""

from __future__ import annotations

import re

from thinkling.records import Problem, Verdict
from thinkling.tasks.verify.number import Refusal
from thinkling.tasks.verify.stated import Mention, only_stated, unreadable, without_echo

MINUTES_OF_HOUR, HOURS_OF_DAY = 60, 24
_IMPOSSIBLE = "no time of day"

_MOMENT = re.compile(
    r"(?P<part>上午|早上|早晨|凌晨|下午|晚上|傍晚|中午|半夜)?(?<![\d:.])(?P<hour>\d{1,2})"
    r"(?:[:：](?P<minute>\d{2})(?![\d:])|(?P<mark>[点时])(?:钟|整|(?P<half>半)|(?P<spoken>\d{1,2})分?(?!\d))?"
    r"|(?=\s?[ap]\.?m\b))"
    r"(?:\s?(?P<half_day>[ap])\.?m\b)?"
    r"|\b(?P<word>noon|midnight)\b",
    re.ASCII | re.IGNORECASE,
)
_EVENING = frozenset(("下午", "晚上", "傍晚", "中午"))
_NIGHT = frozenset(("晚上", "半夜", "凌晨"))


def moment(minutes: int) -> str:
    """Minutes after midnight in the house's form: "14:05"."""
    hour, minute = divmod(minutes % (HOURS_OF_DAY * MINUTES_OF_HOUR), MINUTES_OF_HOUR)
    return f"{hour}:{minute:02d}"


def read_moment(text: str, question: str = "") -> str | Refusal:
    """The one time that `text` states, as `moment` writes it, or a Refusal with the reason. Never raises."""
    refusal = unreadable(text)
    if refusal:
        return refusal
    said = without_echo(text, question)
    if isinstance(said, Refusal):
        return said
    given = {mention.value for mention in _mentions(question)}
    if _is_in_halves(question) and not _is_in_halves(said):
        given |= {_on_a_dial(value) for value in given}
    return only_stated(said, _mentions(said), given)


def check_moment(problem: Problem, answer: str) -> Verdict:
    """Compare the time that `answer` states with `problem.answer`. Reward 1.0 or 0.0."""
    found = read_moment(answer, problem.question)
    if isinstance(found, Refusal):
        return Verdict(0.0, False, found.reason)
    may_be_halved = _is_in_halves(problem.question) and not _is_in_halves(answer)
    if found == problem.answer or (may_be_halved and found == _on_a_dial(problem.answer)):
        return Verdict(1.0, True, "right")
    return Verdict(0.0, False, f"{found} found, {problem.answer} expected")


def _is_in_halves(text: str) -> bool:
    """Whether some time in `text` is told with its half or part of the day."""
    return any(match["part"] or match["half_day"] or match["word"] for match in _MOMENT.finditer(text))


def _on_a_dial(time: str) -> str:
    """The time as a clock face of twelve hours shows it: "14:05" as "2:05", "0:05" as "12:05"."""
    hour, colon, minute = time.partition(":")
    return f"{(int(hour) - 1) % 12 + 1}{colon}{minute}" if hour.isdigit() else time


def _mentions(text: str) -> list[Mention]:
    return [Mention(_value(match), match.start(), match.end()) for match in _MOMENT.finditer(text)]


def _value(match: re.Match[str]) -> str:
    if match["word"]:
        return moment(12 * MINUTES_OF_HOUR if match["word"].lower() == "noon" else 0)
    hour = int(match["hour"])
    minute = 30 if match["half"] else int(match["minute"] or match["spoken"] or 0)
    half_day, part = (match["half_day"] or "").lower(), match["part"]
    if minute >= MINUTES_OF_HOUR or hour > HOURS_OF_DAY or (half_day and not 1 <= hour <= 12):
        return _IMPOSSIBLE
    if half_day:
        hour = hour % 12 + (12 if half_day == "p" else 0)
    elif part in _EVENING and hour < 12 and (part != "中午" or hour < 3):
        hour += 12
    elif part in _NIGHT and hour == 12:
        hour = 0
    return moment(hour * MINUTES_OF_HOUR + minute)
