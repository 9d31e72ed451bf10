"""Questions about weekdays, months and dates read from their text alone, in English and in Chinese.

The names of days become D and E in their order, the span of time T, what is asked for K; then the words
around them tell the direction.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_CHINESE_DIGITS = "一二三四五六七八九十"
_EN_DAY = rf"\b(?:{'|'.join(f'{name}|{name[:3]}' for name in WEEKDAYS)})\b"
_EN_MONTH = rf"\b(?:{'|'.join(f'{name}|{name[:3]}' for name in MONTHS)})\b"
_ZH_DAY = r"(?:星期|礼拜|周)[一二三四五六日天]"
_ZH_MONTH = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])月"
_NAME = re.compile(
    rf"{_EN_MONTH} \d+|\d+ {_EN_MONTH}|{_EN_DAY}|{_EN_MONTH}|\d+月\d+[日号]|{_ZH_DAY}|{_ZH_MONTH}(?!份)"
)
_SPAN = re.compile(
    rf"(\d+|{'|'.join(_NUMBER_WORDS)}) (?:days?|months?)\b|(\d+|[两{_CHINESE_DIGITS}])(?:天|个月)"
)
_ASKED = re.compile(r"星期几|周几|礼拜几|几月份?|哪个月")

_BACKWARDS = re.compile(
    r"(?<!d was )\bt (?:before|ago(?! it was d)|earlier|sooner|back)\b|minus t|d - t"
    r"|back(?:wards)? (?:from|t from) d|t back"
    r"|t taken from d|will be d in t|in t (?:it will be|we will have) d"
    r"|precedes d|(?:take|subtract) t|after t of waiting it is d"
    r"|d的?(?:之前|以前|前)t|t(?:前|之前|以前)是k|d减去?t|d-t|(?:往前|倒着)数t|是t前(?:出发|离开|寄出)"
    r"|t后是d|上一次早t"
    r"|往前(?:推|t)|提前t|d，t前|过t就[是到]d|还有t(?:就是|才到)d|t前(?:开始|订)的|比d早t|倒推t|往回数t"
)
_FORWARDS = re.compile(
    r"t (?:after d|from now|later|more|passed|on\b)|(?:after|in|plus|add|let|wait) t|d \+ t|follows d by t"
    r"|t (?:forward|onwards|on) from d|(?:put off|postponed) by t|t added to d|d was t ago|t ago it was d"
    r"|ahead t from d|t ahead"
    r"|d的?(?:之后|以后|过后|后)t|d(?:再过|过|加上?|\+)t|(?:再过|过)t是k|t(?:后|之后)(?:是|会是)k|(?:往后|向后)数t"
    r"|t后(?:回来|返回|到达|送到)|t前是d|再等t"
    r"|t以后是k|往后(?:推|过|t)|推迟t|d，(?:再)?等t|t(?:后|之后)(?:结束|归还)|再加t|d，t后"
)
_LATER_IS_FIRST = re.compile(
    r"days (?:before|earlier than) (?:the next )?d\b|\bd (?:is|comes) how many days after"
    r"|does (?:the next )?d (?:follow|come after)|is on d, and (?:now )?it is|until d if"
    r"|days away if today is e|on d,? and today is|on d\. today is|how many days later d is than"
    r"|d在e之后|d之前[几多]|d比e晚|(?:考试|生日|比赛)是d"
    r"|(?:今天|现在)是?e"
)
_EARLIER_IS_FIRST = re.compile(
    r"after d (?:is |comes )?(?:the next )?e|\bit is d|today is d|\bit's d|if (?:today|it) is d|from d until"
    r"|on d and .* on (?:the next )?e|d plus how many days|to d to get to e|later than d is"
    r"|d is how many days before e|on d, and it came up on e|on d came on e|wait on d until it is e"
    r"|d之后[几多]|d再过[几多]|是d，(?:再过|还要过|过|[几多]|离|到)|d加上[几多]|我?d(?:出发|离开)|在d，要等到e"
    r"|d入住，e退房|d比e早|信d寄出|d种下"
    r"|from d, in how many|it is d|today, d, in|today: d"
    r"|on d; the .* on (?:the next )?e"
    r"|今天d|从d算起|d寄出，e收到|d要再过|d以后[几多]"
)


class Asked(NamedTuple):
    """The form ("day", "month", "count"), the numbers of the names, the signed span, and the right answer."""

    form: str
    names: tuple[int, ...]
    amount: int
    answer: int


def calendar_asked(question: str) -> Asked:
    """What the question asks and what is right; an AssertionError where its words tell no one direction."""
    text = re.sub(r"one more: |一下", "", question.lower())
    text = _ASKED.sub("k", text)
    names = _NAME.findall(text)
    letters = iter("de")
    text = _NAME.sub(lambda match: next(letters), text)
    span = _SPAN.search(text)
    if not span:
        assert len(names) == 2, question
        return _count(names, text, question)
    assert len(names) == 1, question
    text = _SPAN.sub("t", text, count=1)
    is_backwards = bool(_BACKWARDS.search(text))
    assert is_backwards or _FORWARDS.search(text), (question, text)
    amount = _number(span[1] or span[2]) * (-1 if is_backwards else 1)
    form, start = _place(names[0])
    return Asked(form, (start,), amount, (start - 1 + amount) % (7 if form == "day" else 12) + 1)


def _count(names: list[str], text: str, question: str) -> Asked:
    is_reversed = bool(_LATER_IS_FIRST.search(text))
    assert is_reversed or _EARLIER_IS_FIRST.search(text), (question, text)
    first, last = names[::-1] if is_reversed else names
    if not re.search(r"\d", first):
        days = (_place(first)[1], _place(last)[1])
        return Asked("count", days, 0, (days[1] - days[0]) % 7)
    return Asked("count", (), 0, (_date(last) - _date(first)).days)


def _number(word: str) -> int:
    if word.isascii() and word.isdigit():
        return int(word)
    if word in _NUMBER_WORDS:
        return _NUMBER_WORDS.index(word) + 1
    return 2 if word == "两" else _CHINESE_DIGITS.index(word) + 1


def _place(name: str) -> tuple[str, int]:
    """Whether a name is one of a day or of a month, and its number from 1."""
    if name.isascii():
        form, names = ("day", WEEKDAYS) if re.fullmatch(_EN_DAY, name) else ("month", MONTHS)
        return form, 1 + next(index for index, full in enumerate(names) if full.startswith(name))
    if not name.endswith("月"):
        return "day", "一二三四五六日".index(name[-1].replace("天", "日")) + 1
    digits = name[:-1]
    signs = (*_CHINESE_DIGITS, "十一", "十二")
    return "month", int(digits) if digits.isdigit() else signs.index(digits) + 1


def _date(name: str) -> date:
    """A day of a common year."""
    chinese = re.fullmatch(r"(\d+)月(\d+)[日号]", name)
    if chinese:
        return date(2023, int(chinese[1]), int(chinese[2]))
    month = re.search(r"[a-z]+", name)
    day = re.search(r"\d+", name)
    assert month and day
    return date(2023, _place(month[0])[1], int(day[0]))
