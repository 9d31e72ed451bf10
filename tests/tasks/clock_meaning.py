"""Questions about times of day read from their text alone, in English and in Chinese.

Times become C and E in their order, the span T; then the words around them tell the direction.
"""

from __future__ import annotations

import re

_TIME = re.compile(
    r"(凌晨|上午|中午|下午|晚上)?(\d+)(?::(\d\d)(?: ([ap])m)?|点(?:(\d+)分(?!钟))?)"  # "13:20", "下午1点20分"
)
_HALF_AN_HOUR = re.compile(r"half an hour|半小时")
_SPAN = re.compile(r"(\d+)(?: hours?|小时)(?:(?: and)? ?(\d+)(?: minutes?|分钟))?|(\d+)(?: minutes?|分钟)")
_BACKWARDS = re.compile(
    r"(?<!c )\bt (?:before|ago(?! it was c)|earlier|sooner|early)"
    r"|minus t|c - t|(?:take|subtract) t from c|back t from c"
    r"|counting back|after a trip of t|(?:ended|was over|done|ready) at c after t|of t ends at c"
    r"|for t and was there at c|in t it will be c|that was set for t rang at c|took t and was over at c"
    r"|came out at c after t|in t the clock will show c|will be c in t|for t and (?:ended|stopped) at c"
    r"|at c after sleeping for t|back t from c|t back from c|of t ended at c|t long and ended at c"
    r"|waited for t|need t to get ready|takes t, and i want to be there at c|^c, t earlier"
    r"|c的?(?:之前|以前|前)t|t(?:前|之前|以前)(?:是[几什]|显示)|c(?:结束|到达|到家|烤好)|c减|c-t"
    r"|(?:往前|倒着)算t|倒推t|往回推t|早到了t|再过t就是c|比c早t|c的t前"
    r"|提前t|c(?:醒来|做完|煮好|停的)|还有t就到c|要c到|往前推t|t以前是[几什]"
)
_FORWARDS = re.compile(
    r"t (?:after|later|late|more|from now|in the past)|(?:in|after|plus|\+|add|lasts|takes|goes on for) t"
    r"|needs t|of t (?:starts|begins) at c|travels for t|(?:walk|drive) for t|at c for t|for t at c|on for t"
    r"|forward t|at c and took t|delayed by t|(?:put off|postponed) by t|t ago it was c|c t ago|runs t from c"
    r"|(?:wait|let) t|for t from c on|is t long|runs for t|t on from c|t to wait"
    r"|c的?(?:之后|过后|再过|以后|后)t|过t|t(?:后|之后)|c(?:开始|出发|出门|放进)|c加|c\+t|晚了t|t前是c|往后t"
    r"|t以后|再?等t|再加t|推迟t|c(?:睡着|启动)"
)
_LATER_IS_FIRST = re.compile(
    r"minutes (?:before|earlier than) c is e|is c later than e|comes at c\. it is e|(?:until|be) c if it is e"
    r"|at c and it is e|c比e晚|车c来|(?:上课|开会)，现在是?e"
)
_EARLIER_IS_FIRST = re.compile(
    r"from c (?:to|until|till) e|after c is e|it is c|it's c|\bc to e|at c and (?:ends|arrives) at e"
    r"|(?:from|beginning at) c,? |due at c came at e|than e is c"
    r"|between c and e|at c and [a-z ]+ at e|c and then e|c until e|from c until it comes at e"
    r"|at c, but my friend came at e|starting at c"
    r"|c到e|从c[到算睡走等读烤]|是c，(?:再过|过|还有)|c之后|c比e早|c开始，e结束|c出发，e到达|本来c到，结果e"
    r"|c[和与]e|现在c，e|c睡着，e|c开[门灯]，e|从c[做打停]|约好c见面|c再过|c至e"
)


def clock_asked(question: str) -> tuple[int, ...]:
    """Minutes of the right answer last, before them what is given; an AssertionError for no one direction."""
    text = question.lower()
    times = [_minutes(match) for match in _TIME.finditer(text)]
    letters = iter("ce")
    text = _TIME.sub(lambda match: next(letters), _HALF_AN_HOUR.sub("30 minutes", text))
    spans = list(_SPAN.finditer(text))
    if not spans:
        assert len(times) == 2, question
        is_reversed = bool(_LATER_IS_FIRST.search(text))
        assert is_reversed or _EARLIER_IS_FIRST.search(text), (question, text)
        return (*times, times[0] - times[1] if is_reversed else times[1] - times[0])
    assert len(spans) == len(times) == 1, (question, text)
    hours, minutes, minutes_alone = spans[0].groups()
    span = int(hours or 0) * 60 + int(minutes or minutes_alone or 0)
    text = text[: spans[0].start()] + "t" + text[spans[0].end() :]
    is_backwards = bool(_BACKWARDS.search(text))
    assert is_backwards or _FORWARDS.search(text), (question, text)
    return times[0], span, (times[0] + (-span if is_backwards else span)) % (24 * 60)


def _minutes(match: re.Match[str]) -> int:
    part, digits, minute, half, spoken = match.groups()
    hour = int(digits)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif part in ("中午", "下午", "晚上") and hour < 12:
        hour += 12
    return hour * 60 + int(minute or spoken or 0)
