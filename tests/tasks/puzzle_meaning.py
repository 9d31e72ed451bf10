"""Ordering puzzles read from their questions alone, in both languages: the pairs, and who is right."""

from __future__ import annotations

import re

_COLOURS = "red|blue|green|white|black|yellow|brown"
_N = rf"({_COLOURS}|[A-Z][a-z]{{2,3}}|小[明红华丽刚军芳美强兰东梅雨林龙]|[甲乙丙丁戊红蓝绿白黑黄棕])"
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
    f"{_N}比{_N}(?:高|大|快|重|长|先)": True,
    f"{_N}比{_N}(?:矮|小|慢|轻|短|后)": False,
    f"{_N}(?:没有|不如){_N}(?:高|大|快|重|长)": False,
    f"和{_N}相比，{_N}更(?:高|大|快|重|长)": False,
    f"和{_N}相比，{_N}更(?:矮|小|慢|轻|短)": True,
    f"{_N}在{_N}之前到|{_N}排在{_N}前面|{_N}到得比{_N}早|{_N}在{_N}的?左边|{_N}的右边是{_N}": True,
    f"{_N}在{_N}之后到|{_N}排在{_N}后面|{_N}到得比{_N}晚|{_N}在{_N}的?右边|{_N}的左边是{_N}": False,
}
_FROM_THE_END = {  # the place that is asked for, counted from the end of the order
    r"second last|last but one|second from the right|second [A-Z]+est"
    r"|第二[矮小慢轻短]|倒数第二|右起第二": -2,
    r"second from the left|second [a-z]+est\b|\bsecond\b|第二[高大快重长]|第二个到|左起第二": 1,
    r"\b[A-Z]+est\b|\blast\b|latest|rightmost|furthest right|right end"
    r"|最[矮小慢轻短]|最后|最晚|最右": -1,
    r"\b(?!honest)[a-z]{3,6}est\b|\bfirst\b|leftmost|furthest left|left end"
    r"|最[高大快重长]|第一个到|最先|最早|最左": 0,
}
_ENGLISH_OF = dict(zip("红蓝绿白黑黄棕", _COLOURS.split("|"), strict=True))


def puzzle_read(question: str) -> tuple[list[tuple[str, str]], str]:
    """The pairs in the order of the question, who comes before whom, and the name that is asked for."""
    text = re.sub(rf"\b[Tt]he ({_COLOURS}) (?:box|ball|car|book|cup|bag|boat|stone)\b", r"\1", question)
    if text != question:  # of things, the newest comes first
        text = text.replace("older", "OLDER").replace("oldest", "OLDest")
    text = re.sub("([红蓝绿白黑黄棕])色?的?(?:盒子|球|箱子|瓶子|杯子|包|气球|石头)", r"\1", text)
    found = []
    for pattern, is_first_ahead in _IS_FIRST_AHEAD.items():
        for match in re.finditer(pattern, text):
            first, second = (name for name in match.groups() if name)
            found.append((match.start(), (first, second) if is_first_ahead else (second, first)))
    pairs = [(_ENGLISH_OF.get(a, a), _ENGLISH_OF.get(b, b)) for _, (a, b) in sorted(found)]
    text = re.sub(r"\b(short|young|slow|weak|light|poor|small)est\b", lambda m: f"{m[1].upper()}est", text)
    return pairs, _asked(text, _ordered(pairs))


def _ordered(pairs: list[tuple[str, str]]) -> list[str]:
    before = {second: first for first, second in pairs}
    (last,) = {name for pair in pairs for name in pair} - set(before.values())
    order = [last]
    while order[0] in before:
        order.insert(0, before[order[0]])
    return order


def _asked(text: str, order: list[str]) -> str:
    for pattern, place in _FROM_THE_END.items():
        if re.search(pattern, text):
            return order[place]
    assert re.search(r"in the middle|中间", text), text
    return order[len(order) // 2]
