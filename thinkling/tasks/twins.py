"""Which keys of different kinds ask one and the same fact: the split decides about facts, not about keys.

"12x = 168", "12 * ? = 168", "168 / 12", "14 rows of 12 chairs" and "12 times 14" are one fact: they share a
home, "multiply:12x14". Three numbers a*b=c are one fact whichever of them is asked for, and so are a+b=c.
Longer problems have a home as chains ("stories:groups_more:3,4,5" is "chains:5+3*4"), or only themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_NUMBERS = re.compile(r"[0-9]+", re.ASCII)
_TWO_TERMS = re.compile(r"([0-9]+)([+-])([0-9]+)", re.ASCII)
_DIVISION = re.compile(r"([0-9]+)/([0-9]+)", re.ASCII)
_EQUATION = re.compile(r"(?:x([+-])|([0-9]+)-x|([0-9]+)x|x/)([0-9]*)=([0-9]+)", re.ASCII)
_PAIR_GAME = re.compile(r"([0-9]+),([0-9]+)=([0-9]+)", re.ASCII)


def home_key(key: str) -> str:
    """The key that stands for the fact which this one asks; itself where no other kind asks the same.

    Only spelling is looked at: a key that names no problem of its kind is its own home.
    """
    kind, _, body = key.partition(":")
    home = _HOMES.get(kind)
    return (home(body) if home else None) or key


def _sum(first: int, second: int) -> str:
    return f"sums:{min(first, second)}+{max(first, second)}"


def _product(first: int, second: int) -> str:
    return f"multiply:{min(first, second)}x{max(first, second)}"


def _quotient(dividend: int, divisor: int) -> str:
    """An exact quotient is a product asked backwards; one with a remainder stays a division."""
    if divisor and dividend % divisor == 0:
        return _product(divisor, dividend // divisor)
    return f"divide:{dividend}/{divisor}"


def _of_sums(body: str) -> str | None:
    match = _TWO_TERMS.fullmatch(body)
    if not match or match[2] == "+":
        return None
    whole, part = int(match[1]), int(match[3])
    return _sum(part, whole - part) if part <= whole else None


def _of_divide(body: str) -> str | None:
    match = _DIVISION.fullmatch(body)
    return _quotient(int(match[1]), int(match[2])) if match else None


def _of_equations(body: str) -> str | None:
    """Only what is solved by one operation: x+a=c, x-a=c, a-x=c, ax=c, x/a=c."""
    match = _EQUATION.fullmatch(body)
    if not match:
        return None
    sign, whole, factor, second, right = match.groups()
    result = int(right)
    if whole:
        return _sum(result, int(whole) - result) if not second and result <= int(whole) else None
    if factor:
        return _quotient(result, int(factor)) if not second else None
    if not second:
        return None
    if not sign:
        return _product(int(second), result)
    part = int(second)
    return _sum(part, result - part if sign == "+" else result)


def _of_countdown(body: str) -> str | None:
    """Two numbers and what they make are a fact; more numbers are a search."""
    match = _PAIR_GAME.fullmatch(body)
    if not match:
        return None
    small, large, target = int(match[1]), int(match[2]), int(match[3])
    if small + large == target:
        return _sum(small, large)
    if large - small == target:
        return _sum(small, target)
    if small * large == target:
        return _product(small, large)
    return _product(small, target) if small * target == large else None


_STORIES: dict[str, Callable[..., str]] = {
    "sum": _sum,
    "left": lambda a, b: _sum(b, a - b),
    "product": _product,
    "quotient": _quotient,
    "remainder": _quotient,
    "sum_three": lambda a, b, c: f"sums:{a}+{b}+{c}",
    "left_two": lambda a, b, c: f"sums:{a}-{b}-{c}",
    "left_more": lambda a, b, c: f"sums:{min(a, c)}+{max(a, c)}-{b}",
    "sum_three_left": lambda a, b, c, d: f"sums:{a}+{b}+{c}-{d}",
    "more_together": lambda a, b: f"sums:{min(a, b)}+{a}+{max(a, b)}",
    "fewer_together": lambda a, b: f"sums:{a}+{a}-{b}",
    "groups_more": lambda a, b, c: f"chains:{c}+{a}*{b}",
    "groups_left": lambda a, b, c: f"chains:{a}*{b}-{c}",
    "change": lambda a, b, c: f"chains:{a}-{b}*{c}",
    "shared_sum": lambda a, b, c: f"chains:({a}+{b})/{c}",
    "shared_left": lambda a, b, c: f"chains:({a}-{b})/{c}",
    "sum_groups": lambda a, b, c: f"chains:{c}*({a}+{b})",
    "two_groups": lambda a, b, c, d: f"chains:{a}*{b}+{c}*{d}",
    "change_two": lambda a, b, c, d: f"chains:{a}-{d}-{b}*{c}",
    "groups_left_shared": lambda a, b, c, d: f"chains:({a}*{b}-{c})/{d}",
    "groups_more_left": lambda a, b, c, d: f"chains:{c}+{a}*{b}-{d}",
}
"""The home of every form of story but the one that a chain cannot say; its numbers as `Form.canonical`."""


def _of_stories(body: str) -> str | None:
    form, _, listed = body.partition(":")
    home = _STORIES.get(form)
    numbers = [int(number) for number in _NUMBERS.findall(listed)]
    return home(*numbers) if home and len(numbers) == home.__code__.co_argcount else None


_HOMES: dict[str, Callable[[str], str | None]] = {
    "sums": _of_sums,
    "divide": _of_divide,
    "equations": _of_equations,
    "countdown": _of_countdown,
    "stories": _of_stories,
}
