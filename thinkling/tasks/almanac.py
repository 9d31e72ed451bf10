"""Weekdays and months in English and Chinese: names, order, and how an answer may spell them."""

from __future__ import annotations

from random import Random

from thinkling.tasks.task import CHINESE, ENGLISH
from thinkling.tasks.verify.choice import Choices

NUM_WEEKDAYS, NUM_MONTHS = 7, 12
MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days of each month from January on, in a common year."""

_SIGNS = ("一", "二", "三", "四", "五", "六", "日")
_MONTH_SIGNS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
WEEKDAYS = {
    ENGLISH: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    CHINESE: tuple(f"星期{sign}" for sign in _SIGNS),
}
"""Weekdays from Monday on, as answers name them."""
MONTHS = {
    ENGLISH: (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    CHINESE: tuple(f"{number}月" for number in range(1, NUM_MONTHS + 1)),
}
"""Months from January on, as answers name them."""


def _weekday_spellings(index: int) -> tuple[str, ...]:
    english = WEEKDAYS[ENGLISH][index]
    signs = ("日", "天") if index == NUM_WEEKDAYS - 1 else (_SIGNS[index],)
    chinese = [f"{week}{sign}" for week in ("星期", "周", "礼拜", "週") for sign in signs]
    return (english, english[:3], *chinese)


def _month_spellings(index: int) -> tuple[str, ...]:
    english = MONTHS[ENGLISH][index]
    return (english, english[:3], f"{index + 1}月", f"{_MONTH_SIGNS[index]}月")


WEEKDAY_CHOICES = Choices({name: _weekday_spellings(index) for index, name in enumerate(WEEKDAYS[ENGLISH])})
"""Every weekday with its spellings in both languages."""
MONTH_CHOICES = Choices({name: _month_spellings(index) for index, name in enumerate(MONTHS[ENGLISH])})
"""Every month with its spellings in both languages."""
WEEKDAY_WORDS: dict[str, tuple[tuple[str, ...], ...]] = {
    ENGLISH: tuple((name, name, name, name, name[:3]) for name in WEEKDAYS[ENGLISH]),
    CHINESE: tuple(
        (f"星期{sign}", f"星期{sign}", f"周{sign}", f"礼拜{sign}")
        if sign != "日"
        else ("星期日", "星期天", "周日")
        for sign in _SIGNS
    ),
}
"""How questions may name each weekday; the usual names come more than once."""
MONTH_WORDS: dict[str, tuple[tuple[str, ...], ...]] = {
    ENGLISH: tuple((name, name, name, name[:3]) for name in MONTHS[ENGLISH]),
    CHINESE: tuple(
        (name, name, f"{sign}月") for name, sign in zip(MONTHS[CHINESE], _MONTH_SIGNS, strict=True)
    ),
}
"""How questions may name each month."""
_COUNTING_WORDS = {
    ENGLISH: ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    CHINESE: ("", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十"),
}
_SHARE_IN_WORDS = 0.15


def span_of_time(unit: str, amount: int, random: Random, language: str) -> str:
    """An amount of days or months as people write it: "17 days", "three months", "17天", "三个月"."""
    words = _COUNTING_WORDS[language]
    number = words[amount] if amount < len(words) and random.random() < _SHARE_IN_WORDS else str(amount)
    if language == CHINESE:
        return f"{number}天" if unit == "day" else f"{number}个月"
    return f"{number} {unit}" if amount == 1 else f"{number} {unit}s"


def dated(months: tuple[int, int], days: tuple[int, int], random: Random, language: str) -> tuple[str, str]:
    """Two dates in one style: "March 3" or "3 March", "3月3日" or "3月3号"."""
    if language == CHINESE:
        style = "{m}{d}日" if random.random() < 0.6 else "{m}{d}号"
    else:
        style = "{m} {d}" if random.random() < 0.8 else "{d} {m}"
    names = MONTHS[language]
    first, last = (style.format(m=names[month - 1], d=day) for month, day in zip(months, days, strict=True))
    return first, last
