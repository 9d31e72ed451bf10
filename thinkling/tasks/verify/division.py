"""Read a quotient and a remainder from an answer region: "7 remainder 3", "52 / 7 = 7 r 3", "7余3", "7……3".

Words of sharing are read too: "7 each, 3 left over", "7 full boxes and 3 left", "每人7个，还剩3个".

The text has to be that pair and nothing else but an announcement, so an echo of the question, a denial, a
third number or a second pair is refused. Nothing is evaluated.
"""

from __future__ import annotations

import re
from dataclasses import replace

from thinkling.records import Problem, Verdict
from thinkling.tasks.verify.marks import with_plain_marks
from thinkling.tasks.verify.number import Refusal, check_number

MAX_CHARACTERS = 160
"""A longer answer region is refused unread."""

# Linear-time patterns: every repetition is bounded, and the text is short by then.
_ANNOUNCED = (
    r"(?:(?:the )?(?:final )?(?:answer|result)(?: is|:)? ?|(?:it|that|there) (?:is|are) |it's "
    r"|(?:答案|结果)[是为:]? ?)?"
)
_ASKED = (
    r"(?:(?P<dividend>[0-9]{1,6}) ?(?:/|÷|divided by|除以) ?(?P<divisor>[0-9]{1,6})(?![0-9]) ?"
    r"(?:=|is|equals|gives|等于|得|,)? ?)?"
)
_QUOTIENT = (
    r"(?:(?:the |a )?quotient(?: is| of|:| =)? ?|商[是为:=]? ?|each (?:gets |has )?"
    r"|(?:最多)?[能可有装]{1,2} ?|每[人份盒][是有得装]? ?)?"
    r"(?P<quotient>[0-9]{1,6})(?![0-9])"
    r"(?: each| times| (?:full )?boxes| whole (?P<divided_by>[0-9]{1,6})s"
    r"| ?[个盒份次](?P<contains>[0-9]{1,6})?)?"
)
_BETWEEN = (
    r"[,;.… ]{0,8}(?:(?:and|with|has|leaving|leaves) )?"
    r"(?P<label>(?:the |a )?remainder(?: is| of|:| =)? ?|rem\.? ?|r\.? ?|余数?[是为:=]? ?|还?[剩余]下?了? ?)?"
)
_REMAINDER = (
    r"(?P<remainder>[0-9]{1,6})(?![0-9])(?P<left> (?:is |are )?(?:left(?: over)?|remains?))?(?: ?[个盒份])?"
)
_PAIR = re.compile(_ANNOUNCED + _ASKED + _QUOTIENT + _BETWEEN + _REMAINDER + r" ?[.!]?")
_DOTS = re.compile(r"[0-9] ?(?:\.{3,6}|…{1,2}) ?[0-9]")
_UNFINISHED = re.compile(
    r"(?:\b(?:r|rem|with|(?<!no )(?<!without )(?<!without a )(?<!any )remainder)"
    r"|(?<!没有)(?<!无)(?<!剩)余)\W*\Z"
)
_NOTHING_LEFT = re.compile(
    r"\b(?:no|nothing|none|zero|without(?: an?y?)?)(?: [a-z]{1,12}){0,2} "
    r"(?:remainder|left(?: over)?|remains?|remaining)\b"
    r"|\bremainder (?:of |is |= ?|: ?)?(?:0|zero|none|nothing)\b"
    r"|(?:没有?|无|不)有?(?:任何)?(?:多?余[的数]?|剩余?下?)"
)
_SOMETHING_LEFT = re.compile(r"\b(?:remainder|rem|left|remains?|remaining)\b|[余剩]")
_SPACES = re.compile(r"\s+")


def read_division(text: str, dividend: int, divisor: int) -> tuple[int, int] | Refusal:
    """Quotient and remainder as `text` gives them for this division, or a Refusal. Never raises for any text.

    They have to be told apart by a word ("remainder", "r", "left over", "余", "剩") or by the dots of "7……3".
    """
    if len(text) > MAX_CHARACTERS:
        return Refusal("answer too long")
    plain = _plain(text)
    found = _PAIR.fullmatch(plain)
    if not found:
        return Refusal("no quotient and remainder found")
    if not (found["label"] or found["left"] or _DOTS.search(plain)):
        return Refusal("two numbers without a word for the remainder")
    said = [(found["dividend"], dividend)]
    said += [(found[name], divisor) for name in ("divisor", "divided_by", "contains")]
    if any(digits and int(digits) != number for digits, number in said):
        return Refusal("another division")
    return int(found["quotient"]), int(found["remainder"])


def check_division(problem: Problem, dividend: int, divisor: int, answer: str) -> Verdict:
    """Reward 1.0 for the right pair; where nothing remains, for the quotient alone as well; else 0.0."""
    expected = divmod(dividend, divisor)
    found = read_division(answer, dividend, divisor)
    if found == expected:
        return Verdict(1.0, True, "right")
    if isinstance(found, tuple):
        return Verdict(0.0, False, f"{found[0]} r {found[1]} found, {expected[0]} r {expected[1]} expected")
    if expected[1] or _UNFINISHED.search(answer[-MAX_CHARACTERS:]):
        return Verdict(0.0, False, found.reason)
    if _SOMETHING_LEFT.search(_NOTHING_LEFT.sub("", _plain(answer[:MAX_CHARACTERS]))):
        return Verdict(0.0, False, "a remainder where nothing remains")
    return check_number(replace(problem, answer=str(expected[0])), answer)


def _plain(text: str) -> str:
    return _SPACES.sub(" ", with_plain_marks(text).replace("**", " ")).strip().lower()
