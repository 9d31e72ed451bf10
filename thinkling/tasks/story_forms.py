"""The mathematics of word problems: each form with its numbers, its steps, and what may change places in it.

A form is what a key names ("stories:change:50,3,7": 50 - 3*7); names, things, wording and language are not
in it. The level is the number of steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from random import Random

from thinkling.tasks.ledger import Ledger, LedgerPlan

Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """`steps` works the numbers out; `swaps` names the slots whose numbers may be exchanged, in any order."""

    level: int
    draw: Callable[[Random], Numbers]
    steps: Callable[..., int]
    swaps: tuple[tuple[int, ...], ...] = ()
    are_pairs_alike: bool = False
    """The first two numbers and the last two may change places as pairs."""

    def canonical(self, numbers: Numbers) -> Numbers:
        """The numbers with those that may be exchanged in ascending order: what the key says."""
        ordered = list(numbers)
        for slots in self.swaps:
            for slot, number in zip(slots, sorted(numbers[slot] for slot in slots), strict=True):
                ordered[slot] = number
        if self.are_pairs_alike and ordered[2:] < ordered[:2]:
            ordered = ordered[2:] + ordered[:2]
        return tuple(ordered)

    def as_asked(self, canonical: Numbers, asked: list[int]) -> Numbers:
        """The numbers in the order of the question, as far as the form leaves them free."""
        if not self.swaps:
            return canonical
        relevant = [number for number in asked if number in canonical]
        for numbers in permutations(relevant, len(canonical)):
            if self.canonical(numbers) == canonical:
                return numbers
        return canonical

    def plan(self, numbers: Numbers) -> LedgerPlan:
        """The steps with these numbers filled in."""
        return lambda ledger: self.steps(ledger, *numbers)


def _two(random: Random, most: int) -> tuple[int, int]:
    return random.randint(2, most), random.randint(2, most)


def _draw_sum(random: Random) -> Numbers:
    return _two(random, 60)


def _draw_left(random: Random) -> Numbers:
    whole = random.randint(6, 99)
    return whole, random.randint(2, whole - 1)


def _draw_product(random: Random) -> Numbers:
    return random.randint(2, 9), random.randint(2, 12)


def _draw_quotient(random: Random) -> Numbers:
    parts, each = _draw_product(random)
    return parts * each, parts


def _draw_sum_three(random: Random) -> Numbers:
    return (*_two(random, 40), random.randint(2, 40))


def _draw_left_two(random: Random) -> Numbers:
    whole = random.randint(15, 99)
    first = random.randint(2, whole // 2)
    return whole, first, random.randint(2, whole - first - 1)


def _draw_left_more(random: Random) -> Numbers:
    return (*_draw_left(random), random.randint(2, 30))


def _draw_groups_more(random: Random) -> Numbers:
    return (*_draw_product(random), random.randint(2, 40))


def _draw_groups_left(random: Random) -> Numbers:
    groups, each = _draw_product(random)
    return groups, each, random.randint(2, max(2, groups * each - 1))


def _draw_change(random: Random) -> Numbers:
    count, price = _two(random, 9)
    return count * price + random.randint(1, 30), count, price


def _draw_shared_sum(random: Random) -> Numbers:
    parts = random.randint(2, 9)
    whole = parts * random.randint(2, 10)
    first = random.randint(2, whole - 2)
    return first, whole - first, parts


def _draw_shared_left(random: Random) -> Numbers:
    parts, taken = random.randint(2, 9), random.randint(2, 30)
    return parts * random.randint(2, 9) + taken, taken, parts


def _draw_remainder(random: Random) -> Numbers:
    each = random.randint(3, 9)
    return each * random.randint(2, 9) + random.randint(1, each - 1), each


def _draw_sum_groups(random: Random) -> Numbers:
    return (*_two(random, 9), random.randint(2, 9))


def _draw_fewer(random: Random) -> Numbers:
    first = random.randint(5, 50)
    return first, random.randint(2, first - 2)


def _draw_two_groups(random: Random) -> Numbers:
    return (*_two(random, 9), *_two(random, 9))


def _draw_change_two(random: Random) -> Numbers:
    (count, price), extra = _two(random, 9), random.randint(2, 20)
    return count * price + extra + random.randint(1, 30), count, price, extra


def _draw_groups_left_shared(random: Random) -> Numbers:
    groups, each, parts = random.randint(3, 9), random.randint(3, 9), random.randint(2, 7)
    shared = parts * random.randint(1, (groups * each - 2) // parts)
    return groups, each, groups * each - shared, parts


def _draw_groups_more_left(random: Random) -> Numbers:
    groups, each, more = _draw_groups_more(random)
    return groups, each, more, random.randint(2, groups * each + more - 1)


def _draw_sum_three_left(random: Random) -> Numbers:
    first, second, third = (random.randint(2, 30) for _ in range(3))
    return first, second, third, random.randint(2, first + second + third - 1)


def _draw_sum_remainder(random: Random) -> Numbers:
    whole, each = _draw_remainder(random)
    first = random.randint(2, whole - 2)
    return first, whole - first, each


def _left_over(ledger: Ledger, whole: int, each: int) -> int:
    return ledger.take(whole, ledger.times(each, whole // each))


FORMS: dict[str, Form] = {
    "sum": Form(1, _draw_sum, lambda pad, a, b: pad.add(a, b), ((0, 1),)),
    "left": Form(1, _draw_left, lambda pad, a, b: pad.take(a, b)),
    "product": Form(1, _draw_product, lambda pad, a, b: pad.product(a, b), ((0, 1),)),
    "quotient": Form(1, _draw_quotient, lambda pad, a, b: pad.over(a, b)),
    "sum_three": Form(2, _draw_sum_three, lambda pad, a, b, c: pad.add(pad.add(a, b), c), ((0, 1, 2),)),
    "left_two": Form(2, _draw_left_two, lambda pad, a, b, c: pad.take(pad.take(a, b), c), ((1, 2),)),
    "left_more": Form(2, _draw_left_more, lambda pad, a, b, c: pad.add(pad.take(a, b), c)),
    "groups_more": Form(2, _draw_groups_more, lambda pad, a, b, c: pad.add(pad.product(a, b), c), ((0, 1),)),
    "groups_left": Form(2, _draw_groups_left, lambda pad, a, b, c: pad.take(pad.product(a, b), c), ((0, 1),)),
    "change": Form(2, _draw_change, lambda pad, a, b, c: pad.take(a, pad.product(b, c)), ((1, 2),)),
    "shared_sum": Form(2, _draw_shared_sum, lambda pad, a, b, c: pad.over(pad.add(a, b), c), ((0, 1),)),
    "shared_left": Form(2, _draw_shared_left, lambda pad, a, b, c: pad.over(pad.take(a, b), c)),
    "remainder": Form(2, _draw_remainder, _left_over),
    "more_together": Form(2, _draw_sum, lambda pad, a, b: pad.add(pad.add(a, b), a)),
    "fewer_together": Form(2, _draw_fewer, lambda pad, a, b: pad.add(pad.take(a, b), a)),
    "sum_groups": Form(2, _draw_sum_groups, lambda pad, a, b, c: pad.product(pad.add(a, b), c), ((0, 1),)),
    "two_groups": Form(
        3,
        _draw_two_groups,
        lambda pad, a, b, c, d: pad.add(pad.product(a, b), pad.product(c, d)),
        ((0, 1), (2, 3)),
        are_pairs_alike=True,
    ),
    "change_two": Form(
        3,
        _draw_change_two,
        lambda pad, a, b, c, d: pad.take(a, pad.add(pad.product(b, c), d)),
        ((1, 2),),
    ),
    "groups_left_shared": Form(
        3,
        _draw_groups_left_shared,
        lambda pad, a, b, c, d: pad.over(pad.take(pad.product(a, b), c), d),
        ((0, 1),),
    ),
    "groups_more_left": Form(
        3,
        _draw_groups_more_left,
        lambda pad, a, b, c, d: pad.take(pad.add(pad.product(a, b), c), d),
        ((0, 1),),
    ),
    "sum_three_left": Form(
        3,
        _draw_sum_three_left,
        lambda pad, a, b, c, d: pad.take(pad.add(pad.add(a, b), c), d),
        ((0, 1, 2),),
    ),
    "sum_remainder": Form(
        3, _draw_sum_remainder, lambda pad, a, b, c: _left_over(pad, pad.add(a, b), c), ((0, 1),)
    ),
}
"""Every form by the name that keys use."""
