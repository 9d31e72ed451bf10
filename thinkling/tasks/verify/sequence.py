"""Read a list of whole numbers ("3, 5, 9") from an answer region. Nothing is evaluated."""

from __future__ import annotations

import re

from thinkling.records import Problem, Verdict
from thinkling.tasks.verify.number import Refusal

MAX_CHARACTERS = 400
"""A longer answer region is refused unread."""
MAX_ITEMS = 32
"""Numbers in one list."""
MAX_DIGITS = 9
"""Digits of one number."""

_ITEM = re.compile(r"-?\d+", re.ASCII)
_BETWEEN = re.compile(r"[\s,]+")


def read_sequence(text: str) -> tuple[int, ...] | Refusal:
    """The list after the last ":" of `text`, its items parted by commas or spaces, or a Refusal.

    Square or round brackets around the list and a full stop after it are allowed; any other word or sign is
    not, so a list inside a sentence, a second list, or an echo of the question is refused. Never raises.
    """
    if len(text) > MAX_CHARACTERS:
        return Refusal("answer too long")
    if not text.strip():
        return Refusal("empty answer")
    body = _without_brackets(text.rpartition(":")[2].strip().removesuffix(".").strip())
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
    for opening, closing in ("[]", "()"):
        if body.startswith(opening) and body.endswith(closing):
            return body[1:-1]
    return body
