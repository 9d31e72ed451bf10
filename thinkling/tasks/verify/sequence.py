"""Read a list of whole numbers ("3, 5, 9" or "3、5、9") from an answer region. Nothing is evaluated."""

from __future__ import annotations

import re

from thinkling.records import Problem, Verdict
from thinkling.tasks.verify.marks import with_plain_marks
from thinkling.tasks.verify.number import Refusal

MAX_CHARACTERS = 400
"""A longer answer region is refused unread."""
MAX_ITEMS = 32
"""Numbers in one list."""
MAX_DIGITS = 9
"""Digits of one number."""

_ITEM = re.compile(r"-?\d+", re.ASCII)
_ANNOUNCER = re.compile(r":|\bis\b|(?<![还或])是|为", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,]+(?:and(?=\s))?|[和与]", re.IGNORECASE)


def read_sequence(text: str) -> tuple[int, ...] | Refusal:
    """The list after the last ":", "is", "是" or "为" of `text`, its items parted by commas or spaces.

    Chinese marks do as well, and "and" or "和" before an item; brackets or ** around the list and a full
    stop after it are allowed. A list with any other word or sign in it, or an echo of the question, is
    answered with a Refusal. Never raises.
    """
    if len(text) > MAX_CHARACTERS:
        return Refusal("answer too long")
    if not text.strip():
        return Refusal("empty answer")
    *before, tail = _ANNOUNCER.split(with_plain_marks(text))
    if any(character.isdigit() for segment in before[1:] for character in segment):
        return Refusal("several lists found")
    body = _without_brackets(tail.strip().rstrip(".!").rstrip())
    items = [item for item in _BETWEEN.split(body) if item]
    if len(items) > MAX_ITEMS:
        return Refusal("too many numbers")
    if not items or not all(_ITEM.fullmatch(item) for item in items):
        return Refusal("not a list of numbers")
    if any(len(item) > MAX_DIGITS + 1 for item in items):
        return Refusal("number too large")
    return tuple(int(item) for item in items)


def check_sequence(problem: Problem, answer: str) -> Verdict:
    """Compare the list in `answer` with `problem.answer`, item by item. Reward 1.0 or 0.0."""
    found = read_sequence(answer)
    if isinstance(found, Refusal):
        return Verdict(0.0, False, found.reason)
    expected = tuple(int(item) for item in problem.answer.split(","))
    if found == expected:
        return Verdict(1.0, True, "right")
    if sorted(found) == sorted(expected):
        return Verdict(0.0, False, "right numbers in the wrong order")
    return Verdict(0.0, False, "not the numbers that were asked for")


def _without_brackets(body: str) -> str:
    for opening, closing in (("**", "**"), ("[", "]"), ("(", ")")):
        if body.startswith(opening) and body.endswith(closing) and len(body) > len(opening):
            return body[len(opening) : -len(closing)].strip().rstrip(".")
    return body
