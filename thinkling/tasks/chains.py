"""Chains of + - * / with precedence and brackets: "What is (8-3)*6+2?".

The key is a canonical chain: order of terms and factors, needless brackets, signs or words do not change it.
Worked solutions do one operation after another and write what is left of the chain behind it; an operation on
larger numbers takes several lines, as in `thinkling.tasks.ledger`:

    (8-3)*24+2*4
    8-3=5 5*24+2*4
    5*20=100
    5*4=20
    100+20=120 120+2*4
    2*4=8 120+8
    120+8=128
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks import arithmetic_wordings
from thinkling.tasks.chain_steps import (
    Operation,
    Tokens,
    canonical,
    in_turn,
    operate,
    operations,
    read_chains,
    worked_out,
)
from thinkling.tasks.chain_wordings import BEFORE_LAST, BETWEEN_ORDERS, IN_TURN, ORDERS, SIGNS
from thinkling.tasks.scratch import near
from thinkling.tasks.task import BARE, CHINESE, ENGLISH, Solution, chosen_level, key_body, require_style
from thinkling.tasks.verify.number import check_number
from thinkling.tasks.wording import dressed

_LARGEST = 999
_SIZES = {1: (2, 9), 2: (2, 20), 3: (3, 20), 4: (4, 30)}
_IN_TURN_SHARE = 0.3
_TOLD_SHARE = 0.6
_SIGN_CHOICES = "++--***/"


class _Part(NamedTuple):
    """A piece of a chain: its tokens, its value, and the sign that was used last."""

    tokens: Tokens
    value: int
    sign: str = ""


class Chains:
    """The task "chains": every result on the way is whole and from 0 to 999, and something is * or /.

    Level 1: two operations on numbers up to 9. 2: two, up to 20. 3: three, up to 20. 4: four, up to 30.
    One factor of a product has one digit; so has a divisor, and a dividend may be larger than said.
    """

    name = "chains"
    styles = (BARE, "worked", "short")
    levels = (1, 2, 3, 4)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """A chain, asked as an expression or told as orders; without a level each is as likely."""
        chosen = chosen_level(self, random, level, language)
        tokens, steps, turns = _drawn(random, *_SIZES[chosen])
        if turns and random.random() < _TOLD_SHARE:
            question = _told(tokens, turns, random, language)
        else:
            written = _written(tokens, random, language)
            question = arithmetic_wordings.QUESTIONS[language].said(random, e=written)
        return Problem(
            kind=self.name,
            question=dressed(question, random, language),
            answer=str(steps[-1].result),
            key=f"chains:{canonical(tokens)}",
            level=chosen,
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; "short" writes only what is left of the chain after each operation."""
        require_style(self, style)
        tokens, steps = self._asked(problem)
        return _answered(problem, tokens, steps, style, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A near miss or precedence ignored, or one operation with a wrong result that is carried through."""
        require_style(self, style)
        tokens, steps = self._asked(problem)
        if style == BARE and random.random() < 0.4:
            hasty = _without_precedence(tokens)
            if hasty is not None and hasty != steps[-1].result:
                return _answered(problem, tokens, [steps[-1]._replace(result=hasty)], style, random)
        places = [*random.sample(range(len(steps)), len(steps)), len(steps) - 1]
        for place in places:
            slipped = operations(tokens, (place, near(steps[place].result, random)))
            if slipped and slipped[-1].result != steps[-1].result:
                break
        return _answered(problem, tokens, slipped or steps, style, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the one number that the answer gives is the value of the chain."""
        return check_number(problem, answer)

    def _asked(self, problem: Problem) -> tuple[Tokens, list[Operation]]:
        """The chain as the question writes it, or else as the key does, and its operations."""
        body = key_body(self, problem)
        for text in (problem.question, body):
            for tokens in read_chains(text):
                steps = operations(tokens) if canonical(tokens) == body else None
                if steps:
                    return tokens, steps
        raise TaskError(f"the key {problem.key!r} names no chain.", "draw problems with Chains.sample")


def _drawn(
    random: Random, num_operations: int, largest: int
) -> tuple[Tokens, list[Operation], list[tuple[str, int]]]:
    """A chain, its operations, and where it goes in turn, its orders."""
    while True:  # about half of the draws have no product or too large a result
        turns: list[tuple[str, int]] = []
        if random.random() < _IN_TURN_SHARE:
            first = random.randint(2, largest)
            turns = _turns(random, first, num_operations, largest)
            tokens = in_turn(first, turns)
        else:
            tokens = _joined_up(random, num_operations, largest)
        if "*" in tokens or "/" in tokens:
            steps = operations(tokens)
            if steps and max(step.result for step in steps) <= _LARGEST:
                return tokens, steps, turns


def _turns(random: Random, value: int, num_operations: int, largest: int) -> list[tuple[str, int]]:
    """Orders that can be followed one after another, beginning with `value`."""
    turns = []
    for _ in range(num_operations):
        sign = random.choice(_SIGN_CHOICES)
        number = random.randint(2, 9 if sign in "*/" else largest)
        if not _is_fit(value, sign, number):
            sign = "+"
        turns.append((sign, number))
        value = operate(value, sign, number) or 0
    return turns


def _joined_up(random: Random, num_operations: int, largest: int) -> Tokens:
    """Numbers whose neighbours are joined in a random order."""
    numbers = [random.randint(1, largest) for _ in range(num_operations + 1)]
    parts = [_Part([str(number)], number) for number in numbers]
    while len(parts) > 1:
        place = random.randrange(len(parts) - 1)
        parts[place : place + 2] = [
            _joined(parts[place], random.choice(_SIGN_CHOICES), parts[place + 1], random)
        ]
    return parts[0].tokens


def _joined(left: _Part, sign: str, right: _Part, random: Random) -> _Part:
    """Two pieces made one, exchanged or with + instead of `sign` where that would not go."""
    if sign == "-" and left.value < right.value:
        left, right = right, left
    if sign == "/" and not left.sign and right.value <= 9:
        dividend = right.value * random.randint(2, 9)
        left = _Part([str(dividend)], dividend)
    if not _is_fit(left.value, sign, right.value):
        sign = "+"
    is_product = sign in ("*", "/")
    first = ["(", *left.tokens, ")"] if is_product and left.sign in ("+", "-") else left.tokens
    has_brackets = right.sign and (is_product or (sign == "-" and right.sign in ("+", "-")))
    second = ["(", *right.tokens, ")"] if has_brackets else right.tokens
    return _Part([*first, sign, *second], operate(left.value, sign, right.value) or 0, sign)


def _is_fit(left: int, sign: str, right: int) -> bool:
    """Whether the operation is small enough to be done at once, and its result whole and above zero."""
    if sign == "-":
        return left > right
    if sign == "*":
        return 2 <= min(left, right) <= 9 and max(left, right) <= 99
    return sign == "+" or (2 <= right <= 9 and right < left <= 99 and left % right == 0)


def _without_precedence(tokens: Tokens) -> int | None:
    """What a hasty person gets from left to right, or None where that does not go."""
    plain = [token for token in tokens if token not in "()"]
    value: int | None = int(plain[0])
    for place in range(1, len(plain), 2):
        value = None if value is None else operate(value, plain[place], int(plain[place + 1]))
    return value


def _written(tokens: Tokens, random: Random, language: str) -> str:
    signs = random.choice(SIGNS[language])
    return "".join(signs.get(token, token) for token in tokens)


def _told(tokens: Tokens, turns: list[tuple[str, int]], random: Random, language: str) -> str:
    """The orders in a row: "Start with 8, subtract 3, then multiply by 6. What do you get?"."""
    orders = ""
    for place, (sign, number) in enumerate(turns, 1):
        joints = (BEFORE_LAST if place == len(turns) else BETWEEN_ORDERS)[language]
        order = ORDERS[language][sign].said(random, n=number)
        if orders:
            orders += random.choice(joints) + order
        else:  # there is no result yet
            orders = order.replace("the result", "it").replace(" that", " it")
    first = next(token for token in tokens if token != "(")
    return IN_TURN[language].said(random, a=first, s=orders)


def _answered(
    problem: Problem, tokens: Tokens, steps: list[Operation], style: str, random: Random
) -> Solution:
    chain = "".join(tokens)
    answer = arithmetic_wordings.answered(problem, chain, steps[-1].result, random)
    if style == BARE:
        return Solution("", answer)
    lines = [chain]
    for step in steps:
        after = "".join(step.after)
        if style == "short":
            lines.append(after)
        else:
            lines += worked_out(step)
            lines[-1] += "" if step is steps[-1] else f" {after}"
    return Solution("\n".join(lines), answer)
