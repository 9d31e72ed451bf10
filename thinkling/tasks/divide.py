"""Whole-number division, exact or with a remainder; the key knows the two numbers ("divide:857/6").

Worked solutions are long division, a line for every digit of the quotient. With 857 / 6:

    857/6
    8: 1*6=6 8-6=2
    25: 4*6=24 25-24=1
    17: 2*6=12 17-12=5
    142 r 5

A divisor of two digits has its multiples written first: "1:24 2:48 3:72", up to nine times.
"""

from __future__ import annotations

import re
from random import Random

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks import arithmetic_wordings
from thinkling.tasks.divide_wordings import ANSWERS, ANSWERS_WITH_REMAINDER, EXACT, WITH_REMAINDER
from thinkling.tasks.scratch import near
from thinkling.tasks.task import BARE, CHINESE, ENGLISH, Solution, chosen_level, key_body, require_style
from thinkling.tasks.verify.division import check_division
from thinkling.tasks.wording import dressed

_USUAL_LEVELS = (0, 1, 1, 2, 2, 3)
_REMAINDER_SHARE = 0.5
_REMAINDER_SIGN = " r "
_REST = 0
_BODY = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,2})")


class Divide:
    """The task "divide". Level 0: the table, exact, up to 81 / 9. 1: two digits by one digit.

    2: three digits by one. 3: three digits by two, exact. At levels 1 and 2 half of the questions ask for
    quotient and remainder (which may be 0); the others are exact, with a quotient of two digits or more.
    """

    name = "divide"
    styles = (BARE, "worked", "short")
    levels = (0, 1, 2, 3)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """A division; without a level, those by one digit are twice as likely as the others."""
        chosen = chosen_level(self, random, level, language, _USUAL_LEVELS)
        with_remainder = chosen in (1, 2) and random.random() < _REMAINDER_SHARE
        dividend, divisor = _drawn(random, chosen, with_remainder)
        question = _question(dividend, divisor, with_remainder, random, language)
        quotient, remainder = divmod(dividend, divisor)
        return Problem(
            kind=self.name,
            question=dressed(question, random, language),
            answer=f"{quotient}{_REMAINDER_SIGN}{remainder}" if with_remainder else str(quotient),
            key=f"divide:{dividend}/{divisor}",
            level=chosen,
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; "short" finds each digit and its rest at once: "25/6=4 r 1"."""
        require_style(self, style)
        dividend, divisor = self._division(problem)
        if style == BARE:
            return _answered(problem, [], divmod(dividend, divisor), random)
        lines, result = _long_division(dividend, divisor, style == "short")
        return _answered(problem, lines, result, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A quotient or remainder that is a little off, or a wrong digit or rest that is carried through."""
        require_style(self, style)
        dividend, divisor = self._division(problem)
        right = divmod(dividend, divisor)
        if style == BARE:
            return _answered(problem, [], _near_miss(problem, right, divisor, random), random)
        place = random.randrange(len(str(right[0])))
        if random.random() < 0.5:
            lines, result = _long_division(dividend, divisor, style == "short", (place, _REST))
            if result[0] != right[0] or (_asks_remainder(problem) and result != right):
                return _answered(problem, lines, result, random)
        lines, result = _long_division(dividend, divisor, style == "short", (place, random.choice((-1, 1))))
        return _answered(problem, lines, result, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the answer is the quotient, with the remainder unless there is none (or it is 0)."""
        return check_division(problem, *self._division(problem), answer)

    def _division(self, problem: Problem) -> tuple[int, int]:
        found = _BODY.fullmatch(key_body(self, problem))
        if not found:
            raise TaskError(f"the key {problem.key!r} names no division.", "draw problems with Divide.sample")
        return int(found[1]), int(found[2])


def _drawn(random: Random, level: int, with_remainder: bool) -> tuple[int, int]:
    """Dividend and divisor of a level."""
    if level == 0:
        divisor = random.randint(1, 9)
        return divisor * random.randint(1, 9), divisor
    smallest, largest = (10, 99) if level == 1 else (100, 999)
    divisor = random.randint(11, 99) if level == 3 else random.randint(2, 9)
    if with_remainder:
        return random.randint(smallest, largest), divisor
    fewest = 10 if level == 1 else -(-smallest // divisor)
    return divisor * random.randint(fewest, largest // divisor), divisor


def _question(dividend: int, divisor: int, with_remainder: bool, random: Random, language: str) -> str:
    if divisor == 1:  # nobody splits anything into one part
        return arithmetic_wordings.QUESTIONS[language].said(random, e=f"{dividend} / {divisor}")
    phrases = (WITH_REMAINDER if with_remainder else EXACT)[language]
    return phrases.said(random, a=dividend, b=divisor)


def _asks_remainder(problem: Problem) -> bool:
    return _REMAINDER_SIGN in problem.answer


def _long_division(
    dividend: int, divisor: int, is_short: bool = False, slip: tuple[int, int] | None = None
) -> tuple[list[str], tuple[int, int]]:
    """The lines, and the quotient and remainder that they lead to.

    A `slip` is the place of a digit of the quotient, and what is wrong there: 1 or -1 for the digit, _REST
    for what remains.
    """
    lines = [f"{dividend}/{divisor}"]
    if divisor > 9 and not is_short:
        lines.append(" ".join(f"{times}:{times * divisor}" for times in range(1, 10)))
    quotient, rest = "", 0
    for figure in str(dividend):
        part = 10 * rest + int(figure)
        digit, rest = divmod(part, divisor)
        if not digit and not quotient:
            continue
        said, product = digit, digit * divisor
        if slip and slip[0] == len(quotient):
            said, rest = _slipped(digit, rest, divisor, slip[1])
        quotient += str(said)
        if is_short:
            lines.append(f"{part}/{divisor}={said}{_REMAINDER_SIGN}{rest}")
        else:
            lines.append(f"{part}: {said}*{divisor}={product} {part}-{product}={rest}")
    return lines, (int(quotient), rest)


def _slipped(digit: int, rest: int, divisor: int, off: int) -> tuple[int, int]:
    """A wrong digit from 1 to 9, or a wrong rest that is still less than the divisor."""
    if off == _REST:
        return digit, rest + 1 if rest + 1 < divisor else max(0, rest - 1)
    return digit + off if 1 <= digit + off <= 9 else digit - off if digit else 1, rest


def _near_miss(problem: Problem, right: tuple[int, int], divisor: int, random: Random) -> tuple[int, int]:
    """A quotient that is off by one or in one digit, or a wrong remainder."""
    quotient, remainder = right
    if _asks_remainder(problem) and random.random() < 0.5:
        return quotient, (remainder + random.randrange(1, divisor)) % divisor
    if random.random() < 0.5:
        return quotient + 1 if quotient < 2 or random.random() < 0.5 else quotient - 1, remainder
    return near(quotient, random), remainder


def _answered(problem: Problem, lines: list[str], result: tuple[int, int], random: Random) -> Solution:
    """The result as the question asks for it: the last line of a reasoning, and the answer."""
    dividend, _, divisor = problem.key.partition(":")[2].partition("/")
    fields = {"a": dividend, "b": divisor, "q": result[0], "r": result[1]}
    asks_remainder = _asks_remainder(problem)
    if lines:
        last = f"{result[0]}{_REMAINDER_SIGN}{result[1]}" if asks_remainder else str(result[0])
        lines = [*lines, last]
    phrases = (ANSWERS_WITH_REMAINDER if asks_remainder else ANSWERS)[problem.language]
    return Solution("\n".join(lines), phrases.said(random, **fields))
