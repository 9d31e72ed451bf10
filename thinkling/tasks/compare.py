"""Which of two or three decimals is larger, or smaller; with the trap of 9.11 and 9.9 as the usual case.

The key is the set of numbers ("compare:9.11,9.9", ascending by value) and not the direction: who has seen
which of two numbers is larger knows which is smaller, so both are on one side of the split. Three numbers are
only drawn where none of their pairs is held out. Worked solutions
write the numbers with equally many digits, compare digit by digit from the left until two differ, and copy
the one that is asked for as the question writes it; three numbers are compared like a knock-out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations
from random import Random

from thinkling.records import Problem, Verdict
from thinkling.tasks import compare_pair_wordings as pair_wordings
from thinkling.tasks import compare_wordings as wordings
from thinkling.tasks.split import is_held_out
from thinkling.tasks.task import (
    BARE,
    CHINESE,
    ENGLISH,
    Solution,
    chosen_level,
    contradiction,
    key_body,
    require_style,
)
from thinkling.tasks.verify.comparison import check_comparison
from thinkling.tasks.wording import dressed

_USUAL_LEVELS = (1, 2, 3, 3, 3, 4)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_JOINTS: dict[str, dict[str, tuple[str, ...]]] = {
    ENGLISH: {"n": (" or ",), "m": (" and ",), "l": (", ",), "v": (" against ", " vs ", " versus ")},
    CHINESE: {"n": ("还是",), "m": ("和", "和", "与", "跟"), "l": ("、", "，", ", ")},
}
_BEFORE_LAST = {ENGLISH: ", ", CHINESE: "、"}


_Asked = tuple[list[str], bool]


class Compare:
    """The task "compare".

    Level 1: two whole numbers up to 999. 2: two numbers below 100 with one decimal place. 3: two numbers
    below 100, one with one decimal place and one with two or three; mostly with one whole part, and the
    longer one smaller. 4: three numbers below 100 with none to three places.
    """

    name = "compare"
    styles = (BARE, "worked")
    levels = (1, 2, 3, 4)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """Different numbers in any order; without a level, half of them are of level 3."""
        chosen = chosen_level(self, random, level, language, _USUAL_LEVELS)
        numbers = _numbers(random, chosen)
        ascending = sorted(numbers, key=_in_thousandths)
        asks_larger = random.random() < 0.6
        return Problem(
            kind=self.name,
            question=dressed(_question(numbers, asks_larger, random, language), random, language),
            answer=ascending[-1 if asks_larger else 0],
            key=_key(numbers),
            level=chosen,
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; a worked one takes the numbers in the order of the question."""
        require_style(self, style)
        asked = self._asked(problem)
        reasoning = "" if style == BARE else _knock_out(*asked)[0]
        return _answered(reasoning, problem.answer, asked, problem.language, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """Another number; when worked, decimals filled up on the wrong side, or one comparison inverted."""
        require_style(self, style)
        asked = numbers, asks_larger = self._asked(problem)
        if style == BARE:
            others = [number for number in numbers if number != problem.answer]
            return _answered("", random.choice(others), asked, problem.language, random)
        first_duel = max(0, numbers.index(problem.answer) - 1)  # from here on, the right number takes part
        duel = random.randint(first_duel, len(numbers) - 2)
        reasoning, winner = _knock_out(numbers, asks_larger, slip_at=duel)
        return _answered(reasoning, winner, asked, problem.language, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the answer names the number that is asked for, or compares all numbers truly."""
        numbers, asks_larger = self._asked(problem)
        return check_comparison(numbers, asks_larger, answer)

    def _asked(self, problem: Problem) -> _Asked:
        """The numbers in the order of the question, and whether the largest is asked for."""
        ascending = key_body(self, problem).split(",")
        numbers = _NUMBER.findall(problem.question)
        is_extreme = problem.answer in (ascending[0], ascending[-1])
        if sorted(numbers) != sorted(ascending) or not is_extreme or len(set(ascending)) < 2:
            raise contradiction(self, problem)
        return numbers, problem.answer == ascending[-1]


def _numbers(random: Random, level: int) -> list[str]:
    """Numbers of the level with different values, none with a last decimal of zero."""
    while True:
        if level == 1:
            numbers = [str(random.randrange(random.choice((100, 1000)))) for _ in range(2)]
        elif level == 2:
            numbers = [_decimal(random, random.randrange(random.choice((10, 100))), 1) for _ in range(2)]
        elif level == 3:
            numbers = _trap(random)
        else:
            numbers = _three(random)
        if len(set(numbers)) == len(numbers) and (level < 4 or not _holds_held_out_pair(numbers)):
            return numbers


def _decimal(random: Random, whole: int, places: int) -> str:
    if not places:
        return str(whole)
    leading = random.randrange(10 ** (places - 1)) if places > 1 else 0
    last = random.randint(1, 9)
    return f"{whole}.{leading:0{places - 1}d}{last}" if places > 1 else f"{whole}.{last}"


def _trap(random: Random) -> list[str]:
    """One place against two or three: 60 % traps, 20 % other decimals, 20 % with whole parts of their own."""
    whole = random.randrange(random.choice((10, 20, 100)))
    kind, places = random.random(), random.choice((2, 2, 3))
    if kind < 0.6:
        tenth = random.randint(2, 9)
        first = random.randint(1, tenth - 1)
        short, long = f"{whole}.{tenth}", f"{whole}.{first}{_decimal(random, 0, places - 1)[2:]}"
    else:
        other = whole if kind < 0.8 else random.randrange(100)
        short, long = _decimal(random, whole, 1), _decimal(random, other, places)
    return [short, long] if random.random() < 0.5 else [long, short]


def _three(random: Random) -> list[str]:
    whole = random.randrange(random.choice((10, 20, 100)))
    return [
        _decimal(
            random, whole if random.random() < 0.75 else random.randrange(100), random.choice((0, 1, 2, 3))
        )
        for _ in range(3)
    ]


def _key(numbers: Iterable[str]) -> str:
    return f"compare:{','.join(sorted(numbers, key=_in_thousandths))}"


def _holds_held_out_pair(numbers: list[str]) -> bool:
    """Whether a worked solution for these three numbers might write out a comparison that is held out."""
    return any(is_held_out(_key(pair)) for pair in combinations(numbers, 2))


def _in_thousandths(number: str) -> int:
    """The value times 1000, exactly; no number here has more than three places."""
    whole, _, decimals = number.partition(".")
    return int(whole + f"{decimals:0<3}")


def _question(numbers: list[str], asks_larger: bool, random: Random, language: str) -> str:
    direction = random.choice(wordings.DIRECTIONS[language, asks_larger, len(numbers) > 2])
    of_two = len(numbers) == 2 and random.random() < 0.3
    if random.random() < 0.4:
        extremes = pair_wordings.EXTREMES_OF_TWO if of_two else wordings.EXTREMES
        phrases = extremes[language, asks_larger]
    else:
        phrases = (pair_wordings.QUESTIONS_OF_TWO if of_two else wordings.QUESTIONS)[language]
    listed = {"a": numbers[0], "b": numbers[1]}
    for field, joints in _JOINTS[language].items():
        joint = random.choice(joints)
        between = joint if field in "lv" else _BEFORE_LAST[language]
        listed[field] = between.join(numbers[:-1]) + joint + numbers[-1]
    return phrases.said(random, c=direction, **listed)


def _knock_out(numbers: list[str], asks_larger: bool, slip_at: int = -1) -> tuple[str, str]:
    """The duels of the numbers in their order, and the winner; duel number `slip_at` goes wrong."""
    lines = [f"{'max' if asks_larger else 'min'} {' '.join(numbers)}"]
    winner = numbers[0]
    for index, other in enumerate(numbers[1:]):
        is_larger, padded, digits = _duel(winner, other, is_wrong=index == slip_at)
        lines += [padded, digits, f"{winner}{'>' if is_larger else '<'}{other}"]
        winner = winner if is_larger is asks_larger else other
        lines.append(winner)
    return "\n".join(lines), winner


def _duel(left: str, right: str, is_wrong: bool) -> tuple[bool, str, str]:
    """Whether left > right, both with equally many digits, and their digits compared until they differ.

    A wrong duel is turned round: by zeros before the decimals where that does it, else by the last sign.
    """
    is_larger = _in_thousandths(left) > _in_thousandths(right)
    first, second = _padded(left, right, "<")
    if is_wrong:
        misled = _padded(left, right, ">")
        seems_larger = _in_thousandths(misled[0]) > _in_thousandths(misled[1])
        if misled[0] != misled[1] and seems_larger is not is_larger:
            (first, second), is_wrong, is_larger = misled, False, not is_larger
    pairs = []
    for one, two in zip(first, second, strict=True):
        if one != two:
            sign = ">" if (one > two) is not is_wrong else "<"
            pairs.append(f"{one}{sign}{two}")
            break
        if one != ".":
            pairs.append(f"{one}={two}")
    return is_larger is not is_wrong, f"{first} {second}", " ".join(pairs)


def _padded(left: str, right: str, side: str) -> tuple[str, str]:
    """Both with equally many digits: zeros before the whole part, and after or before (">") decimals."""
    parts = [number.partition(".") for number in (left, right)]
    before, after = max(len(part[0]) for part in parts), max(len(part[2]) for part in parts)
    first, second = (
        f"{part[0]:0>{before}}" + (f".{part[2]:0{side}{after}}" if after else "") for part in parts
    )
    return first, second


def _answered(reasoning: str, winner: str, asked: _Asked, language: str, random: Random) -> Solution:
    numbers, asks_larger = asked
    is_pair = len(numbers) == 2
    templates = wordings.ANSWERS_TO_ALL[language] + (wordings.ANSWERS_TO_TWO[language] if is_pair else ())
    text = random.choice(templates).format(
        w=winner,
        o=next(number for number in numbers if number != winner),
        c=wordings.DIRECTIONS[language, asks_larger, not is_pair][0],
        t=wordings.THAN[language, asks_larger],
        s=">" if asks_larger else "<",
    )
    return Solution(reasoning, text)
