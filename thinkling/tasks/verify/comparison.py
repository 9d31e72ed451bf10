"""Read which of some known numbers an answer names as the larger or smaller one. Nothing is evaluated.

The text is cut into clauses ("9.9, because 9.9 > 9.11"). A clause may name the number alone ("9.9 is
larger"), or compare all numbers truly ("9.11 is smaller than 9.9", "9.11 < 9.9"); every clause must be right.
Other numbers, a direction that contradicts the question, a denial, a question and a bare list are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from thinkling.records import Verdict

MAX_CHARACTERS = 200
"""A longer answer region is refused unread."""

# Linear-time patterns: repetitions are bounded or of one class, and the text is short by then.
_NUMBER = re.compile(r"(?<![\w.])\d{1,9}(?:\.\d{1,9})?(?!\w)", re.ASCII)
_ENOUGH = r"\d{1,9}(?:\.\d{1,9})?"
_LISTED = re.compile(
    rf"\b(?:of|between|among) ({_ENOUGH}(?:, {_ENOUGH}){{0,3}},? (?:and|or) {_ENOUGH})\b"
    rf"|(?:在|从)?({_ENOUGH}(?:[、,，] ?{_ENOUGH}){{0,3}}(?:和|与|跟){_ENOUGH})(?:之间|中|里)",
    re.ASCII,
)
_CLAUSE_END = re.compile(r"[;；,，。\n]|\.(?!\d)|\b(?:because|since|so|and|thus)\b|因为|所以|因此", re.ASCII)
_DENIAL = re.compile(
    r"\?|？|\b(?:not|no|never|neither|nor|cannot)\b|n't|不|没|非|并列|相等|\bequal", re.ASCII
)
_LARGER = re.compile(
    r">|\b(?:larger|bigger|greater|higher|more|largest|biggest|greatest|highest|max|maximum)\b|大", re.ASCII
)
_SMALLER = re.compile(r"<|\b(?:smaller|lower|less|lesser|smallest|lowest|least|min|minimum)\b|小", re.ASCII)
_THAN = re.compile(
    r"(?:>|<|大于|小于|(?:is )?(?:much )?(?:larger|bigger|greater|higher|more|smaller|lower|less) than)"
)
_CHINESE_THAN = re.compile(r"(?:更|要|还)?[大小]")
_OPERATORS = frozenset("+*/^×·÷−-<>|~%≥≤≠")


def check_comparison(numbers: Sequence[str], asks_larger: bool, answer: str) -> Verdict:
    """Whether `answer` names the largest (or smallest) of the different `numbers`. Reward 1.0 or 0.0."""
    fault = _fault([Fraction(number) for number in numbers], asks_larger, answer)
    return Verdict(0.0, False, fault) if fault else Verdict(1.0, True, "right")


def _fault(numbers: list[Fraction], asks_larger: bool, answer: str) -> str:
    """Why the answer is wrong; empty where it is right."""
    if len(answer) > MAX_CHARACTERS:
        return "answer too long"
    if not answer.strip():
        return "empty answer"
    text = answer.lower().replace("\u2019", "'").replace("**", " ").replace("大小", " ")
    if _DENIAL.search(text):
        return "a denial or a question"
    text = _LISTED.sub(lambda match: _without_all(match, numbers), text)
    num_right = 0
    for clause in _CLAUSE_END.split(text):
        fault = _clause_fault(clause.strip(), numbers, asks_larger)
        if fault:
            return fault
        num_right += any(character.isdigit() for character in clause)
    return "" if num_right else "no number found"


def _without_all(match: re.Match[str], numbers: list[Fraction]) -> str:
    """Nothing where the list holds just the numbers of the question, else the list as it is."""
    listed = [Fraction(digits) for digits in _NUMBER.findall(match[1] or match[2])]
    return " " if sorted(listed) == sorted(numbers) else match[0]


def _clause_fault(clause: str, numbers: list[Fraction], asks_larger: bool) -> str:
    matches = list(_NUMBER.finditer(clause))
    if any(character.isnumeric() for character in _NUMBER.sub("", clause).replace("一", "")):
        return "a number that cannot be read"
    found = [Fraction(match.group()) for match in matches]
    if not set(found) <= set(numbers):
        return "a number that was not asked about"
    if len(found) > 1:
        return _chain_fault(clause, matches, numbers)
    if (_SMALLER if asks_larger else _LARGER).search(clause):
        return "the other direction"
    if not _OPERATORS.isdisjoint(clause):
        return "expression instead of a number"
    if found and found[0] != (max(numbers) if asks_larger else min(numbers)):
        return "not the number that was asked for"
    return ""


def _chain_fault(clause: str, matches: list[re.Match[str]], numbers: list[Fraction]) -> str:
    """Whether all numbers are compared in one direction and truly: "a > b > c", "a is less than b"."""
    found = [Fraction(match.group()) for match in matches]
    if sorted(found) != sorted(numbers):
        return "several numbers found"
    before, after = clause[: matches[0].start()], clause[matches[-1].end() :].strip()
    gaps = [clause[left.end() : right.start()].strip() for left, right in pairwise(matches)]
    if _LARGER.search(before) or _SMALLER.search(before):
        return "two claims at once"
    if gaps == ["比"] and _CHINESE_THAN.fullmatch(after):
        says_larger = "大" in after
    elif after or not all(_THAN.fullmatch(gap) for gap in gaps):
        return "several numbers found"
    else:
        says_larger = bool(_LARGER.search(gaps[0]))
        if any(bool(_LARGER.search(gap)) is not says_larger for gap in gaps):
            return "two directions at once"
    if found != sorted(numbers, reverse=says_larger):
        return "a comparison that is not true"
    return ""
