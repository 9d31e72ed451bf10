"""Families of number sequences: how they are drawn, which of them fit, and the worked lines that go on.

A sequence is a list of whole numbers with one place to fill: the last one ("what comes next") or one in the
middle. A draw is only used where all families that fit the other numbers agree on what belongs there.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from random import Random

Terms = list[int]
_NO_GAP = -9
"""A place that is no neighbour of any."""


def add(random: Random, count: int, least: int = 1, most: int = 10) -> Terms:
    """Counting up in steps of `least` to `most`, from 0 to 50."""
    start, step = random.randint(0, 50), random.randint(least, most)
    return [start + step * index for index in range(count)]


def add_much(random: Random, count: int) -> Terms:
    """Counting up in steps of 11 to 30."""
    return add(random, count, 11, 30)


def take(random: Random, count: int) -> Terms:
    """Counting down in steps of 1 to 12, to 0 to 40."""
    end, step = random.randint(0, 40), random.randint(1, 12)
    return [end + step * index for index in reversed(range(count))]


def times(random: Random, count: int) -> Terms:
    """Multiplied by 2 (from 1 to 12), by 3 (from 1 to 4), or by 4 or 5 (from 1 or 2) each time."""
    ratio = random.choice((2, 2, 2, 3, 3, 4, 5))
    count = min(count, 5) if ratio > 2 else count
    start = random.randint(1, {2: 12, 3: 4}.get(ratio, 2))
    return [start * ratio**index for index in range(count)]


def over(random: Random, count: int) -> Terms:
    """Divided by 2 (down to 1 to 12) or by 3 (down to 1 to 4) each time."""
    ratio = random.choice((2, 2, 2, 3))
    count = min(count, 5) if ratio > 2 else count
    end = random.randint(1, {2: 12, 3: 4}[ratio])
    return [end * ratio**index for index in reversed(range(count))]


def alternate(random: Random, count: int) -> Terms:
    """Two steps in turn, up to 12 each; one of them may go down by less than the other goes up."""
    first, second = random.sample(range(1, 13), 2)
    kind = random.random()
    if kind < 0.35:
        first, second = max(first, second), -min(first, second)
    elif kind < 0.5:
        first, second = -min(first, second), max(first, second)
    terms = [random.randint(max(0, -first), 30)]
    for index in range(count - 1):
        terms.append(terms[-1] + (second if index % 2 else first))
    return terms


def grow(random: Random, count: int) -> Terms:
    """Steps that grow by 1 to 4 each time: 1, 2, 4, 7, 11. One in four is a run of squares from 0 to 8 on."""
    if random.random() < 0.25:
        root = random.randint(0, 8)
        return [number * number for number in range(root, root + count)]
    start, step, growth = random.randint(0, 20), random.randint(1, 6), random.randint(1, 4)
    return [start + step * index + growth * index * (index - 1) // 2 for index in range(count)]


def pair(random: Random, count: int) -> Terms:
    """Each number is the sum of the two before it; the first two are from 1 to 12."""
    terms = [random.randint(1, 12), random.randint(1, 12)]
    while len(terms) < count:
        terms.append(terms[-2] + terms[-1])
    return terms


def _differences(terms: Terms) -> Terms:
    return [right - left for left, right in pairwise(terms)]


def _pair_known(terms: Terms, blank: int) -> tuple[int, int]:
    """Two neighbours of which none is the blank."""
    return (terms[0], terms[1]) if blank > 1 else (terms[-2], terms[-1])


def fits_add(terms: Terms) -> bool:
    """One step all along."""
    return len(set(_differences(terms))) == 1


def fits_times(terms: Terms) -> bool:
    """One whole factor, or one whole divisor, from each number to the next."""
    if not all(terms):
        return False
    first, second = terms[0], terms[1]
    return all(left * second == right * first for left, right in pairwise(terms)) and (
        second % first == 0 or first % second == 0
    )


def fits_alternate(terms: Terms) -> bool:
    """Every second step is the same."""
    steps = _differences(terms)
    return len(set(steps[::2])) == 1 and len(set(steps[1::2])) == 1


def fits_grow(terms: Terms) -> bool:
    """The steps form a sequence with one step of its own."""
    return fits_add(_differences(terms))


def fits_pair(terms: Terms) -> bool:
    """Each number is the sum of the two before."""
    return all(terms[i] == terms[i - 2] + terms[i - 1] for i in range(2, len(terms)))


def _fill_add(terms: Terms, blank: int) -> int:
    left, right = _pair_known(terms, blank)
    return terms[blank - 1] + right - left


def _fill_times(terms: Terms, blank: int) -> int:
    left, right = _pair_known(terms, blank)
    return terms[blank - 1] * right // left if left else 0


def _fill_alternate(terms: Terms, blank: int) -> int:
    """The step to the blank is the one two before, or two after at the beginning."""
    other = blank - 2 if blank > 2 else blank + 2
    return terms[blank - 1] + terms[other] - terms[other - 1]


def _fill_grow(terms: Terms, blank: int) -> int:
    steps = [(i, terms[i + 1] - terms[i]) for i in range(len(terms) - 1) if blank not in (i, i + 1)]
    (low, first), (high, last) = steps[0], steps[-1]
    return terms[blank - 1] + first + (last - first) * (blank - 1 - low) // (high - low)


def _fill_pair(terms: Terms, blank: int) -> int:
    return terms[blank - 2] + terms[blank - 1] if blank > 1 else terms[2] - terms[0]


_FAMILIES: tuple[tuple[Callable[[Terms, int], int], Callable[[Terms], bool]], ...] = (
    (_fill_add, fits_add),
    (_fill_grow, fits_grow),
    (_fill_alternate, fits_alternate),
    (_fill_times, fits_times),
    (_fill_pair, fits_pair),
)


def is_unambiguous(terms: Terms, blank: int) -> bool:
    """Whether every family that fits the numbers around the blank puts there what stands there."""
    for fill, fits in _FAMILIES:
        value = fill(terms, blank)
        if value != terms[blank] and fits([*terms[:blank], value, *terms[blank + 1 :]]):
            return False
    return True


def _signed(numbers: Terms, blank: int) -> str:
    """Steps with their signs; those beside the blank are not known."""
    return " ".join("_" if blank in (i, i + 1) else f"{step:+d}" for i, step in enumerate(numbers))


def _shown(terms: Terms, blank: int) -> tuple[Terms, int]:
    """The numbers as far as the question goes, and the place of the gap in them (none before the end)."""
    return (terms[:blank], _NO_GAP) if blank == len(terms) - 1 else (terms, blank)


def stepped(terms: Terms, blank: int) -> list[str]:
    """Two lines: the numbers, and the steps from each to the next."""
    shown, hidden = _shown(terms, blank)
    numbers = " ".join("_" if i == hidden else str(term) for i, term in enumerate(shown))
    return [numbers, _signed(_differences(shown), hidden)]


def explained(terms: Terms, blank: int) -> tuple[list[str], str]:
    """The numbers, their steps and what is seen in them, and the left side of the last sum ("11+5").

    Of multiplied numbers only the factors are written: their steps are differences of large numbers, which
    nobody sees at once.
    """
    shown, hidden = _shown(terms, blank)
    is_next = hidden == _NO_GAP
    lines, steps = stepped(terms, blank), _differences(shown)
    before = terms[blank - 1]
    if fits_add(terms):
        return lines, f"{before}{terms[1] - terms[0]:+d}"
    if fits_grow(terms) and is_next:
        growth = steps[1] - steps[0]
        lines += [_signed(_differences(steps), hidden), f"{steps[-1]}{growth:+d}={steps[-1] + growth}"]
        return lines, f"{before}{steps[-1] + growth:+d}"
    if fits_alternate(terms):
        return lines, f"{before}{terms[blank] - before:+d}"
    if fits_times(terms):
        sign, ratio = ("*", terms[1] // terms[0]) if terms[1] > terms[0] else ("/", terms[0] // terms[1])
        ratios = ["_" if hidden in (i, i + 1) else f"{sign}{ratio}" for i in range(len(steps))]
        return [lines[0], " ".join(ratios)], f"{before}{sign}{ratio}"
    sums = [
        f"{shown[i - 2]}+{shown[i - 1]}={shown[i]}"
        for i in range(2, len(shown))
        if hidden not in (i, i - 1, i - 2)
    ]
    last = f"{terms[blank - 2]}+{before}" if blank > 1 else f"{terms[2]}-{before}"
    return [*lines, *([" ".join(sums)] if sums else [])], last
