"""Read a letter, a word, or a word spelled letter by letter from an answer region. Nothing is evaluated."""

from __future__ import annotations

import re
from dataclasses import dataclass

from thinkling.tasks.verify.marks import with_plain_marks
from thinkling.tasks.verify.number import Refusal

MAX_CHARACTERS = 200
"""A longer answer region is refused unread."""

# Linear-time patterns: each alternative of a repetition starts with a character of its own.
_ANNOUNCER = re.compile(
    r"(?:(?:\b(?:is|as|spelled|spelt|reads|gives|becomes)\b|(?<![还或])是|[为:=])\s*)+",
    re.IGNORECASE | re.ASCII,
)
_DENIED = re.compile(r"(?:\bnot|n't|[不非没])\s*\Z", re.IGNORECASE)
_NOUN = re.compile(r"(?:(?:the )?(?:letter|word)\s|字母|单词)\s*", re.IGNORECASE)
_SPELLED = re.compile(r"[a-z](?:( ?[-,] ?| )[a-z](?:\1[a-z])*)?", re.ASCII)
_WORD = re.compile(r"[a-z]+", re.ASCII)
_CANDIDATE = re.compile(
    r"(?<![a-z])[a-z](?:[-, ]{1,2}[a-z](?![a-z])){2}|(?<![a-z'])[b-hj-z](?![a-z'])", re.ASCII
)
_WRAPPING = " \t\n\"'*`"


@dataclass(frozen=True, slots=True)
class Spelled:
    """The `letters` in lower case, and what stands between them: "-", ",", " ", or "" in a word."""

    letters: str
    between: str


def read_spelled(text: str) -> Spelled | Refusal:
    """The letters that `text` consists of, or that follow its one announcer (":", "is", "spelled", "是").

    Between the letters stands nothing, or everywhere the same dash, comma or space. Any other word beside
    them, a second answer, or a denial is answered with a Refusal. Never raises.
    """
    if len(text) > MAX_CHARACTERS:
        return Refusal("answer too long")
    plain = with_plain_marks(text).lower().strip()
    if not plain:
        return Refusal("empty answer")
    *before, tail = _ANNOUNCER.split(plain)
    if len(before) > 1 or (before and _CANDIDATE.search(before[0])):
        return Refusal("several answers found")
    if before and _DENIED.search(before[0]):
        return Refusal("a denial instead of an answer")
    body = tail.strip(_WRAPPING).rstrip(".!").strip(_WRAPPING)
    body = _NOUN.sub("", body, count=1).strip(_WRAPPING) if _NOUN.match(body) else body
    if _WORD.fullmatch(body):
        return Spelled(body, "")
    match = _SPELLED.fullmatch(body)
    if not match:
        return Refusal("not a letter, a word or a spelled word")
    return Spelled("".join(_WORD.findall(body)), match[1].strip() or " ")
