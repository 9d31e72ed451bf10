"""Read the one number that an answer region gives, as an exact fraction. Nothing is evaluated.

The value is the only number after the last "=" or after the last word that announces a result ("is",
"equals", "makes", "gives", or a Chinese one), before "is the answer", or else the only number of the whole
text. Chinese text and marks may stand around it, and a unit after it ("3个", "5 km"). An echo of the
question, an unfinished expression, two candidates ("168 or 169", "it is 168, it is 169"), a denied or vague
number ("not 168", "约168"), one that is a part of another ("168 thousand"), a number glued to other letters,
numerals other than 0-9 and a huge number are refused, with the reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from thinkling.records import Problem, Verdict
from thinkling.tasks.verify.marks import with_plain_marks

MAX_CHARACTERS = 400
"""A longer answer region is refused unread."""
MAX_DIGITS = 18
"""Digits of one number, fraction part included."""

# Linear-time patterns: no nested repetition, and the text is short by then.
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+", re.ASCII)
_ANNOUNCER = re.compile(
    r"=|\b(?:is|equals|makes|gives)\b|等于|(?<![还或])是|(?<!因)为|(?<![记觉])得[到出]?|[总合]?共|合计",
    re.IGNORECASE,
)
_COMPARISON = re.compile(r"[!<>] ?=")
_STEP_SIGNS = frozenset(
    ("+", "-", "*", "/", "x", "×", "·", "÷", "加", "加上", "减", "减去", "乘", "乘以", "除以")
)
_BEFORE = frozenset(" \t\n:([{$¥€£`\"'")
_AFTER = frozenset(" \t\n.,;:!?()]}$`\"'°℃")
_OPERATORS = frozenset("+*/^×·÷−<>|~%≠≈≤≥")
_UNIT = re.compile(r"(?:[cmk]m|k?g|ml|min)\b", re.ASCII)
_POWER_OF_UNIT = re.compile(r"(?<=m)[²³]")
_NAMES_THE_RESULT = re.compile(
    r"\s*(?:the|my|your) (?:(?:final|right|correct) )?"
    r"(?:answer|result|number|sum|total|difference|product|quotient)\s*[.!]?\s*",
    re.IGNORECASE,
)
_IDEOGRAPH = re.compile(r"[\u4e00-\u9fff]")
# What makes another value of a number that follows or precedes: denied, vague, ordinal, or only half said.
_SPOILT_BEFORE = re.compile(
    r"(?:\b(?:not|never|about|around|roughly|almost|nearly|at (?:least|most)|(?:more|less|fewer) than)|n't"
    r"|[不非没第约近]|没有|大概|可能|[超不]过|[大小多少低高]于|不[到足止]|[至最][少多]"
    r"|(?<!增)加上?|减去?|乘以?|除以?)\s*\Z",
    re.IGNORECASE,
)
_COMPARED_BEFORE = re.compile(
    r"(?:\b(?:approximately|close to|(?<!add )(?<!adds )(?<!sum )(?<!sums )(?<!comes )up to|(?<!left )over"
    r"|under|above|below|half(?: of)?|double|twice))\s*\Z",
    re.IGNORECASE,
)
_SPOILT_AFTER = re.compile(
    r"半|多少|几|吗|n't\b|\bhow (?:many|much)\b|\b(?:and|&) a (?:half|quarter|third)\b"
    r"|\A\s*(?:[多来余折成或加减乘除]|分之|左右|以[上下]|or (?:so|more|less|fewer)\b"
    r"|(?:hundred|thousand|million|billion|dozen)s?\b|squared\b|cubed\b)",
    re.IGNORECASE,
)
_DENIED = re.compile(r"n't\b|\b(?:not|never)\b|不|没", re.IGNORECASE)
_NEGATIVE = re.compile(r"(?:负|\b(?:minus|negative) )(?=\**\d)", re.ASCII | re.IGNORECASE)
_ONE_THAT_COUNTS_NOTHING = re.compile(r"一(?=[共起定])")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text was not read as an answer."""

    reason: str


def read_number(text: str) -> Fraction | Refusal:
    """The final number of `text`, or a Refusal with the reason in a few words. Never raises for any text."""
    if len(text) > MAX_CHARACTERS:
        return Refusal("answer too long")
    if not text.strip():
        return Refusal("empty answer")
    plain = _POWER_OF_UNIT.sub("", _ONE_THAT_COUNTS_NOTHING.sub("", with_plain_marks(text)))
    plain = _NEGATIVE.sub("-", plain)
    if any(not character.isascii() and character.isnumeric() for character in plain):
        return Refusal("digits outside 0-9")
    if _COMPARISON.search(plain):
        return Refusal("comparison instead of a result")
    *before, tail = _ANNOUNCER.split(plain)
    if before and _NAMES_THE_RESULT.fullmatch(tail):  # "168 is the product"
        tail = before.pop()
        if _DENIED.search(tail):
            return Refusal("denied or vague number")
    if before and _SPOILT_BEFORE.search(before[-1]):
        return Refusal("denied or vague number")
    found = _final_number(tail)
    if isinstance(found, Fraction) and not all(_agrees(segment, found) for segment in before[1:]):
        return Refusal("several results found")
    return found


def check_number(problem: Problem, answer: str) -> Verdict:
    """Compare the number in `answer` with `problem.answer`. Reward 1.0 where they are equal, else 0.0."""
    found = read_number(answer)
    if isinstance(found, Refusal):
        return Verdict(0.0, False, found.reason)
    expected = Fraction(problem.answer)
    if found == expected:
        return Verdict(1.0, True, "right")
    return Verdict(0.0, False, f"{found} found, {expected} expected")


def _agrees(segment: str, final: Fraction) -> bool:
    """Whether an earlier announced segment is a step ("120 + 48") or the same number: no second answer."""
    spans = [match.span() for match in _NUMBER.finditer(segment)]
    if len(spans) == 1:
        return _final_number(segment) == final
    gaps = [segment[left[1] : right[0]].strip() for left, right in pairwise(spans)]
    return all(gap in _STEP_SIGNS for gap in gaps)


def _final_number(tail: str) -> Fraction | Refusal:
    bold = re.fullmatch(r"(.*)\*\*([^*]+)\*\*(.*)", tail, re.DOTALL)
    if bold:
        tail = " ".join(bold.groups())  # spaces, so that "1**68**" does not become 168
    return _only_number(tail)


def _only_number(tail: str) -> Fraction | Refusal:
    spans = [_without_trailing_commas(match) for match in _NUMBER.finditer(tail)]
    if not spans:
        return Refusal("no number found")
    if len(spans) > 1:
        return Refusal("several numbers found")
    start, end = spans[0]
    is_negative = start > 0 and tail[start - 1] == "-"
    left = tail[: start - 1] if is_negative else tail[:start]
    right = tail[end:]
    if not _may_stand_before(left) or not _may_stand_after(right):
        return Refusal("number glued to other text")
    if _SPOILT_BEFORE.search(left) or _COMPARED_BEFORE.search(left) or _SPOILT_AFTER.search(right):
        return Refusal("denied or vague number")
    if _has_operator(left) or _has_operator(right):
        return Refusal("expression without a result")
    return _value(tail[start:end], is_negative)


def _without_trailing_commas(match: re.Match[str]) -> tuple[int, int]:
    return match.start(), match.start() + len(match.group().rstrip(","))


def _may_stand_before(left: str) -> bool:
    return not left or left[-1] in _BEFORE or bool(_IDEOGRAPH.match(left[-1]))


def _may_stand_after(right: str) -> bool:
    if not right or right[0] in _AFTER or right.startswith(("\\)", "\\]")):
        return True
    return bool(_IDEOGRAPH.match(right[0])) or bool(_UNIT.match(right))


def _has_operator(text: str) -> bool:
    return not _OPERATORS.isdisjoint(text) or "-" in text.split()


def _value(digits: str, is_negative: bool) -> Fraction | Refusal:
    whole, _, decimals = digits.partition(".")
    if "," in whole and not _GROUPED.fullmatch(whole):
        return Refusal("several numbers found")
    whole = whole.replace(",", "")
    if len(whole) + len(decimals) > MAX_DIGITS:
        return Refusal("number too large")
    value = Fraction(int(whole + decimals), 10 ** len(decimals))
    return -value if is_negative else value
