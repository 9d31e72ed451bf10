"""Which of the things that an answer mentions does it state? The part that choices and times of day share.

A mention stands for a value. What the question gave may be repeated as a reference ("3 days after Monday",
"taller than Bob", "比乙高", "Monday + 3") or before an announcer of the result ("=", "is", "gives", "是");
everything else that is mentioned is stated, and an answer states exactly one value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from thinkling.tasks.verify.number import Refusal

MAX_CHARACTERS = 400
"""A longer answer region is refused unread."""

# Linear-time patterns: no nested repetition, and each looks at a few characters beside one mention.
_ANNOUNCER = re.compile(
    r"=|＝|->|→|\b(?:is|are|was|be|becomes|equals|gives|makes|makes it)\b|等于|成为|是|为", re.IGNORECASE
)
_REFERENCE_BEFORE = re.compile(
    r"(?:\b(?:after|before|than|from|since|to|of|past|plus|beside|behind|following)|[+比从自离距在])"
    r"\s?(?:an?\s|the\s)?$",
    re.IGNORECASE,
)
_REFERENCE_AFTER = re.compile(r"\s?(?:[+\u2212-]|plus\b|minus\b|[的之往再加减过起前后以])", re.IGNORECASE)
_DENIAL = re.compile(r"(?:\b(?:not|never|no|nor)|n't|不是|并非|不)\s?(?:an?\s|the\s)?$", re.IGNORECASE)
_CLOSES = re.compile(r"[=＝是]|\bis\b", re.IGNORECASE)
_SHORTEST_ECHO = 3
_NOT_TEXT = re.compile(r"[^a-z0-9\u4e00-\u9fff]+")
_NEAR = 14


@dataclass(frozen=True, slots=True)
class Mention:
    """The value that `text[start:end]` stands for."""

    value: str
    start: int
    end: int


def unreadable(text: str) -> Refusal | None:
    """Why `text` is refused before it is read, if it is."""
    if len(text) > MAX_CHARACTERS:
        return Refusal("answer too long")
    return None if text.strip() else Refusal("empty answer")


def without_echo(text: str, question: str) -> str | Refusal:
    """What `text` says; a Refusal where it repeats the question, whatever the punctuation and capitals.

    Of an expression that is repeated and then closed ("Monday + 3 days = Thursday") what closes it counts.
    """
    plain = _plain(question)
    if len(plain) <= _SHORTEST_ECHO or plain not in _plain(text):
        return text
    for sign in _CLOSES.finditer(text):
        if _plain(text[: sign.start()]) == plain and _plain(text[sign.end() :]):
            return text[sign.end() :]
    return Refusal("echo of the question")


def only_stated(
    text: str, mentions: Sequence[Mention], given: Collection[str], may_repeat: bool = True
) -> str | Refusal:
    """The one value that `text` states, or a Refusal. `given` are the values that the question gave.

    Where `may_repeat`, a given value may also stand before the last announcer ("if today is Monday, it is
    Friday then"). A text that denies a value, mentions several without an announcer, or announces two is
    refused.
    """
    if any(_DENIAL.search(text, max(0, mention.start - _NEAR), mention.start) for mention in mentions):
        return Refusal("a denial instead of an answer")
    stated = [m for m in mentions if m.value not in given or not _is_reference(text, m)]
    values = {mention.value for mention in stated}
    if not values:
        return Refusal("nothing found that could be the answer")
    if len(values) == 1:
        return values.pop()
    return _announced(text, stated, given if may_repeat else ())


def _is_reference(text: str, mention: Mention) -> bool:
    if _REFERENCE_AFTER.match(text, mention.end):
        return True
    return bool(_REFERENCE_BEFORE.search(text, max(0, mention.start - _NEAR), mention.start))


def _announced(text: str, stated: list[Mention], given: Collection[str]) -> str | Refusal:
    """The value after the last announcer, where nothing that was said before speaks against it."""
    last = max((match.end() for match in _ANNOUNCER.finditer(text)), default=0)
    if not last:
        return Refusal("several answers found")
    final = {mention.value for mention in stated if mention.start >= last}
    if len(final) != 1:
        return Refusal("several answers found" if final else "nothing stated after the last announcer")
    (value,) = final
    if any(mention.value != value and mention.value not in given for mention in stated):
        return Refusal("several answers found")
    return value


def _plain(text: str) -> str:
    return _NOT_TEXT.sub("", text.lower())
