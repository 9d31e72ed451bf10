"""Read the one expression that an answer region gives, as exact fractions. Nothing is evaluated by Python.

Whole numbers, the four operations and brackets: "(3+4)*5", "(3 + 4) × 5 = 35", "The answer is (3+4)*5.",
"答案是（3+4）×5＝35。". Powers, floor division, decimals, signs before a number, a bracket that multiplies
without a sign, two expressions and any other character are refused with the reason.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from thinkling.records import Verdict
from thinkling.tasks.verify.number import Refusal

MAX_CHARACTERS = 200
"""A longer answer region is refused unread."""
MAX_DIGITS = 4
"""Digits of one number."""
MAX_DEPTH = 8
"""Brackets within brackets."""
MAX_SIDES = 4
"""Sides of one chain of equalities: "(3+4)*5 = 7*5 = 35" has three."""

_TOKEN = re.compile(r"[0-9]+|[A-Za-z']+|[\u4e00-\u9fff]+|\S")
_SAME = str.maketrans("×·÷−－＋＝（）：，。", "**/--+=():,.")
_COMMANDS = (("\\times", "*"), ("\\cdot", "*"), ("\\div", "/"), ("\\(", " "), ("\\)", " "))
_WRAPPINGS = (("**", "**"), ("`", "`"), ("$$", "$$"), ("$", "$"), ("\\boxed{", "}"))
_EQUALITY_WORDS = frozenset({"equals", "is", "makes", "gives", "等于", "得", "得到", "就是"})
_ANNOUNCERS = frozenset({"is", "use", "try", "as", "with", "by", "be", "do", "write", "take", "have"})
_CHINESE_ANNOUNCERS = ("是", "为", "用", "成", "试", "得", "有", "算", "式")
_PRODUCT_SIGNS = frozenset("*/")
_SUM_SIGNS = frozenset("+-")


@dataclass(frozen=True, slots=True)
class Expression:
    """What an expression uses and what it makes."""

    numbers: tuple[int, ...]
    """Every number that stands in it, from left to right."""
    value: Fraction


class _Unreadable(Exception):
    """Found while reading; leaves this module as a Refusal."""


class _Read(NamedTuple):
    value: Fraction
    place: int


def read_expression(text: str) -> Expression | Refusal:
    """The expression of `text`, or a Refusal with the reason in a few words. Never raises for any text.

    A chain of equalities must be true; its first side counts, or the second of two after a lone number.
    """
    if len(text) > MAX_CHARACTERS:
        return Refusal("answer too long")
    try:
        sides = [_side(tokens) for tokens in _sides(_body(text))]
    except _Unreadable as found:
        return Refusal(str(found))
    if len({side.value for side in sides}) > 1:
        return Refusal("the sides are not equal")
    is_turned = len(sides) == 2 and len(sides[0].numbers) == 1
    return sides[1] if is_turned else sides[0]


def check_expression(numbers: tuple[int, ...], target: int, answer: str) -> Verdict:
    """Reward 1.0 where `answer` makes `target` and uses each of `numbers` exactly once, else 0.0."""
    found = read_expression(answer)
    if isinstance(found, Refusal):
        return Verdict(0.0, False, found.reason)
    if Counter(found.numbers) != Counter(numbers):
        used, given = (", ".join(map(str, sorted(some))) for some in (found.numbers, numbers))
        return Verdict(0.0, False, f"{used} used, {given} given")
    if found.value != target:
        return Verdict(0.0, False, f"{found.value} made, {target} expected")
    return Verdict(1.0, True, "right")


def _body(text: str) -> list[str]:
    """The tokens of the expression and its equalities, without announcement, wrapping and full stop."""
    plain = text.translate(_SAME)
    for command, sign in _COMMANDS:
        plain = plain.replace(command, sign)
    start = next((place for place, character in enumerate(plain) if character in "0123456789("), len(plain))
    before, body = plain[:start].rstrip(), plain[start:].rstrip(" \n.")
    opening = next((one for one, _ in _WRAPPINGS if before.endswith(one)), "")
    _refuse_prose(_TOKEN.findall(before.removesuffix(opening)))
    if opening:
        closing = dict(_WRAPPINGS)[opening]
        if not body.endswith(closing):
            raise _Unreadable("text around the expression")
        body = body.removesuffix(closing).rstrip(" \n.")
    return _TOKEN.findall(body)


def _refuse_prose(words: list[str]) -> None:
    """Words before an expression have to announce it: "The answer is", "One way:", "答案是"."""
    if not words:
        return
    last = words[-1]
    is_announcer = last in (":", ",") or last.lower() in _ANNOUNCERS or last.endswith(_CHINESE_ANNOUNCERS)
    if not is_announcer or not all(word in ":,." or word[0].isalpha() for word in words):
        raise _Unreadable("no expression found")


def _sides(tokens: list[str]) -> list[list[str]]:
    sides: list[list[str]] = [[]]
    for token in tokens:
        if token == "=" or token.lower() in _EQUALITY_WORDS:
            sides.append([])
        else:
            sides[-1].append("*" if token in ("x", "X") else token)
    if len(sides) > MAX_SIDES:
        raise _Unreadable("too many equalities")
    return sides


def _side(tokens: list[str]) -> Expression:
    value, place = _sum(tokens, 0, 0)
    if place < len(tokens):
        raise _Unreadable(f"{tokens[place][:12]!r} is not expected")
    return Expression(tuple(int(token) for token in tokens if token.isdigit()), value)


def _sum(tokens: list[str], place: int, depth: int) -> _Read:
    """Terms that are added and subtracted, from left to right."""
    value, place = _product(tokens, place, depth)
    while place < len(tokens) and tokens[place] in _SUM_SIGNS:
        term, after = _product(tokens, place + 1, depth)
        value = value + term if tokens[place] == "+" else value - term
        place = after
    return _Read(value, place)


def _product(tokens: list[str], place: int, depth: int) -> _Read:
    """Factors that are multiplied and divided, from left to right."""
    value, place = _atom(tokens, place, depth)
    while place < len(tokens) and tokens[place] in _PRODUCT_SIGNS:
        factor, after = _atom(tokens, place + 1, depth)
        if tokens[place] == "/" and not factor:
            raise _Unreadable("division by zero")
        value = value * factor if tokens[place] == "*" else value / factor
        place = after
    return _Read(value, place)


def _atom(tokens: list[str], place: int, depth: int) -> _Read:
    """A number, or a sum in brackets."""
    if place >= len(tokens):
        raise _Unreadable("a number is missing")
    token = tokens[place]
    if token == "(":
        return _bracket(tokens, place + 1, depth + 1)
    if not (token.isascii() and token.isdigit()):
        raise _Unreadable(f"{token[:12]!r} instead of a number")
    if len(token) > MAX_DIGITS:
        raise _Unreadable("number too large")
    if token[0] == "0" and token != "0":
        raise _Unreadable("a number begins with 0")
    return _Read(Fraction(int(token)), place + 1)


def _bracket(tokens: list[str], place: int, depth: int) -> _Read:
    if depth > MAX_DEPTH:
        raise _Unreadable("brackets too deep")
    value, place = _sum(tokens, place, depth)
    if place >= len(tokens) or tokens[place] != ")":
        raise _Unreadable("a bracket is not closed")
    return _Read(value, place + 1)
