"""What a question about the letters of a word asks, read back from the question alone."""

from __future__ import annotations

import re

from thinkling.records import Problem

_BACKWARDS = re.compile(
    r"backward|revers|back to front|turn around|flip|right to left|end to the start|from back"
    r"|the last letter to the first|at the end and|turn W around|turned around"
    r"|倒过来|反过来|倒着|反着|倒序|反向|颠倒|倒写|反写|从后往前|从最后"
    r"|反转|翻转|由后向前|从尾到头写|从右|从后到前"
)
_LENGTH = re.compile(
    r"how many letters|how long|length|number of letters|count the letters|letter count"
    r"|how many (?:boxes|squares)"
    r"|多长|长度|字母数|个数|[几多]少?个字母|字母总数|占[几多]"
)
_WORDS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINAL = re.compile(
    rf"\b(?:(\d+)(?:st|nd|rd|th)|({'|'.join(_WORDS)}|last|final))\b"
    r"|第(?:(\d+)|([一二三四五六七八九十]))个|(最后一个|倒数第一个)"
)
_START = re.compile(r"\b(?:start|begin(?:ning)?)s?\b|开头|开始|首字母")
_END = re.compile(r"\bends?\b|结尾|结束|末尾")


def spelling_meaning(problem: Problem) -> tuple[str, ...]:
    """What is asked, of which letter, and the word, which only the key tells from the words around it."""
    word = problem.key.split(":")[1]
    text = problem.question.lower()
    assert re.search(rf"(?<![a-z]){word}(?![a-z])", text), problem
    text = re.sub(rf"(?<![a-z]){word}(?![a-z])", "W", text)
    if _BACKWARDS.search(text):
        return "back", "", word
    if _LENGTH.search(text):
        return "length", "", word
    place = _place(text, len(word))
    return ("letter", str(place), word) if place else ("spell", "", word)


def _place(text: str, length: int) -> int:
    """The letter that is asked for, from 1; 0 where none is."""
    match = _ORDINAL.search(text)
    if not match:
        return 1 if _START.search(text) else length if _END.search(text) else 0
    digits, name, chinese_digits, chinese, last = match.groups()
    if last or name in ("last", "final"):
        return length
    if digits or chinese_digits:
        return int(digits or chinese_digits)
    return _WORDS.index(name) + 1 if name else "一二三四五六七八九十".index(chinese) + 1
