"""Writes the search of the task "countdown": which steps are tried, in which order, and how they look.

A line takes two of three numbers and then tries what may make the target with the third. For 17 of 9, 4, 2:

    17: 9 4 2
    9+2=11 11+4=15 11*4=44
    9-2=7 7+4=11 7*4=28
    9*2=18 18-4=14
    4+2=6 9+6=15 9*6=54
    4-2=2 9+2=11 9*2=18
    4*2=8 9+8=17
    9+(4*2)=17

Pairs come in a random order, each with + - * / in this order and the larger number first, so that one line
tells the next; the first result that equals the target (copied to the top) ends the search, and the last
line puts its steps together. Two numbers need no first step.

Four numbers are no honest search: one pair becomes one number, by a step that is known to lead to the target
(none that fails is shown), and the search is among the three that are left. A search is written whole or not
at all: one that grows beyond MOST_CHARACTERS is begun anew with the pairs in another order (about one in
sixty with three numbers, one in twenty-five with four), so the longest ones are a little rarer than chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import NamedTuple

MOST_CHARACTERS = 200
"""No search that is written is longer; with the question around it, it fits a row of 256 tokens."""
LARGEST_TARGET = 100
"""Targets go from 1 to this; no last step is written whose result is larger."""
LARGEST_STEP = 999
"""No earlier step is taken whose result is larger."""
_TRIES = 12


class Step(NamedTuple):
    """One operation: `left` is not the smaller one, and the result is a whole number not below zero."""

    left: int
    sign: str
    right: int
    result: int

    def equation(self) -> str:
        """The step as it is written: "20-6=14"."""
        return f"{self.left}{self.sign}{self.right}={self.result}"


Route = tuple[Step, ...]
"""Steps that use every number once, and every result but the last."""


class Line(NamedTuple):
    """One line of a search: a first step, where there is one, and the last steps that are tried after it."""

    opening: Route
    endings: Route

    def text(self) -> str:
        """The steps, parted by spaces."""
        return " ".join(step.equation() for step in (*self.opening, *self.endings))


class Found(NamedTuple):
    """A search as it is written, and the expression that it ends with."""

    text: str
    expression: str


@lru_cache(maxsize=1 << 15)
def steps(first: int, second: int) -> tuple[Step, ...]:
    """All operations on two numbers, in the order + - * /."""
    large, small = (first, second) if first >= second else (second, first)
    found = [
        Step(large, "+", small, large + small),
        Step(large, "-", small, large - small),
        Step(large, "*", small, large * small),
    ]
    if small and large % small == 0:
        found.append(Step(large, "/", small, large // small))
    return tuple(found)


def _last_steps(first: int, second: int, target: int | None) -> Route:
    """What may make the target of two numbers: + and * for a larger one, - and / for a smaller one."""
    if target is None:
        return steps(first, second)
    large = max(first, second)
    signs = "+*" if target > large else "-/" if target < large else "+-*/"
    return tuple(
        step for step in steps(first, second) if step.sign in signs and 0 < step.result <= LARGEST_TARGET
    )


def _pairs(numbers: tuple[int, ...]) -> list[tuple[int, int, tuple[int, ...]]]:
    """Each two of the numbers with those that remain; what looks the same comes once."""
    found: dict[tuple[int, int], tuple[int, ...]] = {}
    for place, first in enumerate(numbers):
        for other in range(place + 1, len(numbers)):
            second = numbers[other]
            pair = (first, second) if first >= second else (second, first)
            found.setdefault(pair, numbers[:place] + numbers[place + 1 : other] + numbers[other + 1 :])
    return [(first, second, rest) for (first, second), rest in found.items()]


def _blocks(numbers: tuple[int, ...], target: int | None, random: Random) -> Iterator[list[Line]]:
    """The whole search among two or three numbers, a list of lines for each pair, in a random order.

    Without a target every last step is written.
    """
    if len(numbers) == 2:
        yield [Line((), _last_steps(*numbers, target))]
        return
    chosen = _pairs(numbers)
    random.shuffle(chosen)
    for first, second, (third,) in chosen:
        block = [
            Line((step,), _last_steps(step.result, third, target))
            for step in steps(first, second)
            if step.result <= LARGEST_STEP
        ]
        yield [line for line in block if line.endings]


def _openings(numbers: tuple[int, ...], random: Random) -> Iterator[tuple[Route, tuple[int, ...]]]:
    """What comes before a search among three numbers, and the three: nothing, or one step of four numbers."""
    if len(numbers) < 4:
        yield (), numbers
        return
    chosen = [(step, rest) for first, second, rest in _pairs(numbers) for step in steps(first, second)]
    random.shuffle(chosen)
    for step, rest in chosen:
        yield (step,), (step.result, *rest)


def hits(numbers: tuple[int, ...], target: int, random: Random) -> Iterator[Route]:
    """Every route to the target, in a random order of first steps."""
    for opening, left in _openings(numbers, random):
        for block in _blocks(left, target, random):
            for line in block:
                yield from ((*opening, *line.opening, step) for step in line.endings if step.result == target)


def formula(route: Route) -> str:
    """The route as one expression, with brackets around every step but the last: "(20-6)*3"."""
    texts: dict[int, list[str]] = {}
    text = ""
    for step in route:
        operands = [
            texts[value].pop() if texts.get(value) else str(value) for value in (step.left, step.right)
        ]
        text = operands[0] + step.sign + operands[1]
        texts.setdefault(step.result, []).append(f"({text})")
    return text


def draw(numbers: tuple[int, ...], random: Random) -> Route | None:
    """Random steps to a target that is allowed, or None where they lead nowhere."""
    left, route = list(numbers), []
    while len(left) > 1:
        random.shuffle(left)
        largest = LARGEST_TARGET if len(left) == 2 else LARGEST_STEP
        allowed = [step for step in steps(left.pop(), left.pop()) if 0 < step.result <= largest]
        if not allowed:
            return None
        route.append(random.choice(allowed))
        left.append(route[-1].result)
    return tuple(route)


def search(numbers: tuple[int, ...], target: int, random: Random) -> Found | None:
    """A true search up to its first hit, or None where the target cannot be reached."""
    for _ in range(_TRIES):
        found = _searched(numbers, target, random)
        if found is None or len(found.text) <= MOST_CHARACTERS:
            return found
    return short_search(numbers, target, random)


def _searched(numbers: tuple[int, ...], target: int, random: Random) -> Found | None:
    for opening, left in _openings(numbers, random):
        written: list[list[Line]] = []
        for block in _blocks(left, target, random):
            hit = _until_hit(block, target)
            written.append(hit or block)
            if hit:
                return _written(numbers, target, opening, written)
    return None


def short_search(numbers: tuple[int, ...], target: int, random: Random) -> Found | None:
    """Only the right line, or None where the target cannot be reached."""
    for route in hits(numbers, target, random):
        opening = route[: max(0, len(numbers) - 3)]
        return _written(numbers, target, opening, [[Line(route[len(opening) : -1], route[-1:])]])
    return None


def false_search(numbers: tuple[int, ...], target: int, random: Random, is_short: bool = False) -> Found:
    """A search that overlooks every hit and ends with a wrong result, which it takes for the target."""
    for _ in range(_TRIES):
        found = _false(numbers, target, random, is_short)
        if len(found.text) <= MOST_CHARACTERS:
            return found
    return _false(numbers, target, random, is_short=True)


def _false(numbers: tuple[int, ...], target: int, random: Random, is_short: bool) -> Found:
    opening, left = next(_openings(numbers, random))
    missed = _misses(left, target, target, random) or _misses(left, target, None, random)
    ends = [(place, index) for place, line in enumerate(missed) for index in range(len(line.endings))]
    few = random.sample(ends, min(3, len(ends)))
    place, index = min(few, key=lambda end: abs(missed[end[0]].endings[end[1]].result - target))
    last = missed[place].endings[index]
    endings = (*missed[place].endings[:index], last._replace(result=target))
    final = Line(missed[place].opening, endings[-1:] if is_short else endings)
    before = [] if is_short else [[line] for line in missed[:place]]
    return _written(numbers, target, opening, [*before, [final]])


def wrong_expression(numbers: tuple[int, ...], target: int, random: Random) -> str:
    """An expression of all the numbers that makes something else, the nearest of a few."""
    routes = [route for route in (draw(numbers, random) for _ in range(6)) if route is not None]
    wrong = [route for route in routes if route[-1].result != target]
    if not wrong:
        return ("+" if sum(numbers) != target else "-").join(map(str, numbers))
    return formula(min(wrong, key=lambda route: abs(route[-1].result - target)))


def _until_hit(block: list[Line], target: int) -> list[Line]:
    """The lines up to the first last step that makes the target; nothing where none does."""
    for place, line in enumerate(block):
        for index, step in enumerate(line.endings, 1):
            if step.result == target:
                return [*block[:place], Line(line.opening, line.endings[:index])]
    return []


def _misses(left: tuple[int, ...], target: int, aim: int | None, random: Random) -> list[Line]:
    """The lines of a whole search for `aim` without what makes the target."""
    lines = [line for block in _blocks(left, aim, random) for line in block]
    missed = [Line(line.opening, tuple(s for s in line.endings if s.result != target)) for line in lines]
    return [line for line in missed if line.endings]


def _written(numbers: tuple[int, ...], target: int, opening: Route, tried: list[list[Line]]) -> Found:
    """The lines below what is asked, and the last last step put together with those before it."""
    head = [_asked(target, numbers)]
    for step in opening:
        rest = list(numbers)
        rest.remove(step.left)
        rest.remove(step.right)
        head += [step.equation(), _asked(target, (step.result, *rest))]
    last = tried[-1][-1]
    expression = formula((*opening, *last.opening, last.endings[-1]))
    lines = [line.text() for block in tried for line in block]
    return Found("\n".join((*head, *lines, f"{expression}={target}")), expression)


def _asked(target: int, numbers: tuple[int, ...]) -> str:
    return f"{target}: {' '.join(map(str, numbers))}"
