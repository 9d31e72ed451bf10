"""Stories read back from their questions alone: which number plays which part, told by order and by cues.

In most stories numbers come in the order of events, so the first is the whole, the next what happens to it.
The others are known by a cue in their words. No template of the task is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from thinkling.records import Problem

FORMULAS: dict[str, Callable[..., Fraction]] = {
    "sum": lambda a, b: a + b,
    "left": lambda a, b: a - b,
    "product": lambda a, b: a * b,
    "quotient": lambda a, b: a / b,
    "sum_three": lambda a, b, c: a + b + c,
    "left_two": lambda a, b, c: a - b - c,
    "left_more": lambda a, b, c: a - b + c,
    "groups_more": lambda a, b, c: a * b + c,
    "groups_left": lambda a, b, c: a * b - c,
    "change": lambda a, b, c: a - b * c,
    "shared_sum": lambda a, b, c: (a + b) / c,
    "shared_left": lambda a, b, c: (a - b) / c,
    "remainder": lambda a, b: a % b,
    "more_together": lambda a, b: a + a + b,
    "fewer_together": lambda a, b: a + a - b,
    "sum_groups": lambda a, b, c: (a + b) * c,
    "two_groups": lambda a, b, c, d: a * b + c * d,
    "change_two": lambda a, b, c, d: a - b * c - d,
    "groups_left_shared": lambda a, b, c, d: (a * b - c) / d,
    "groups_more_left": lambda a, b, c, d: a * b + c - d,
    "sum_three_left": lambda a, b, c, d: a + b + c - d,
    "sum_remainder": lambda a, b, c: (a + b) % c,
}
"""The numbers of every form in the order of events, and what is asked about them."""

_CUES = {
    "left": (
        r"has (?P<b>\d+) .* and \w+ has (?P<a>\d+)\b.* fewer",
        r"(?P<b>\d+) of the (?P<a>\d+)",
        r"有(?P<b>\d+)\D*，\D*有(?P<a>\d+)\D*少多少",
    ),
    "quotient": (
        r"(?P<b>\d+) \w+ cost (?P<a>\d+)",
        r"reads (?P<b>\d+) .* for (?P<a>\d+) pages",
        r"(?P<b>\d+)\D+一共(?P<a>\d+)元",
        r"每天看(?P<b>\d+)页\D*(?P<a>\d+)页",
        r"用(?P<b>\d+)小时骑了(?P<a>\d+)",
    ),
    "change": (
        r"(?P<b>\d+) \w+ at (?P<c>\d+) dollars each are paid with (?P<a>\d+)",
        r"costs (?P<c>\d+) .* has (?P<a>\d+) dollars and buys (?P<b>\d+)",
        r"买(?P<b>\d+)\D*，每\D*(?P<c>\d+)元，付了(?P<a>\d+)",
        r"一\D+(?P<c>\d+)元，\D*拿(?P<a>\d+)元买了(?P<b>\d+)",
    ),
    "sum_groups": (
        r"(?P<c>\d+) \w+, each with (?P<a>\d+) red and (?P<b>\d+)",
        r"(?P<c>\d+) groups of (?P<a>\d+) boys and (?P<b>\d+)",
        r"有(?P<c>\d+)\D+，每\D有(?P<a>\d+)\D+(?P<b>\d+)",
    ),
    "change_two": (r"买(?P<b>\d+)\D*，每\D*(?P<c>\d+)元，再买\D*(?P<d>\d+)元\D*付了(?P<a>\d+)",),
}
_ASIDE = re.compile(
    r"[^.:!?]*\b(?:corner has|degrees outside|has the number|clock strikes|has \d+ (?:cousins|cats|hats|keys)"
    r"|sun sets|birds (?:sit|fly)|sleeps in room|radio plays)\b[^.]*\. ?"
    r"|[^。：，！？]*(?:街角的房子|外面气温|的号码是|分钟太阳|家有\d+只猫|收音机里|只鸟|住在\d+号)[^。]*。"
)


def story_numbers(problem: Problem) -> tuple[str, list[int]]:
    """The form (from the key) and the numbers of the question, each in its part."""
    form = problem.key.split(":")[1]
    text = _ASIDE.sub("", problem.question)
    for cue in _CUES.get(form, ()):
        match = re.search(cue, text)
        if match:
            return form, [int(match[letter]) for letter in sorted(match.groupdict())]
    return form, [int(digits) for digits in re.findall(r"\d+", text)]


def story_meaning(problem: Problem) -> tuple[str, ...]:
    """The numbers, and the value of the same form with other numbers: alike only for the same problem."""
    form, numbers = story_numbers(problem)
    value = FORMULAS[form](*map(Fraction, numbers))
    assert value == int(problem.answer), (problem, numbers)
    if form in ("remainder", "sum_remainder"):
        return (form, *map(str, sorted(numbers[:-1])), str(numbers[-1]))
    if len(numbers) == 2 and form not in ("more_together", "fewer_together"):
        return (form, *map(str, sorted(numbers)))
    moved = FORMULAS[form](*(Fraction(number**3 + 7 * number + 11) for number in numbers))
    repeated = numbers[:1] if form in ("more_together", "fewer_together") else []
    return (*sorted(map(str, [*numbers, *repeated])), str(moved))
