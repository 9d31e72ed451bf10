"""Sums and differences of 2 to 4 terms up to 99, with running totals that never fall below zero.

The key does not know the order of the terms ("sums:3+12-5"); level 0 is tiny (two one-digit terms, "2+2").
Worked solutions keep a running total and add tens and units apart: 47+86 is 47+80=127, then 127+6=133.
"""

from __future__ import annotations

import re
from random import Random

from thinkling.records import Problem, Verdict
from thinkling.tasks.scratch import Plan, Scratch, near, worked, worked_with_slip
from thinkling.tasks.task import (
    BARE,
    ENGLISH,
    Solution,
    key_body,
    require_language,
    require_level,
    require_style,
)
from thinkling.tasks.verify.number import check_number

_EXPRESSION_QUESTIONS = (
    "What's {e}?",
    "What's {e}?",
    "What is {e}?",
    "what is {e}?",
    "What's the result of {e}?",
    "How much is {e}?",
    "Compute {e}.",
    "Calculate {e}.",
    "Please calculate {e}.",
    "Can you work out {e}?",
    "Work out {e}.",
    "Evaluate {e}.",
    "Tell me {e}.",
    "Solve {e}.",
    "{e}?",
    "{e}",
    "{e} = ?",
    "Do you know what {e} is?",
    "I need to know {e}.",
)
_SUM_QUESTIONS = (
    "Add {terms}.",
    "Please add {terms}.",
    "What is the sum of {terms}?",
    "What's the sum of {terms}?",
    "Find the sum of {terms}.",
    "Add up {terms}.",
    "What do you get if you add {terms}?",
    "How much are {terms} together?",
)
_DIFFERENCE_QUESTIONS = (
    "Subtract {b} from {a}.",
    "Take {b} away from {a}.",
    "What is the difference between {a} and {b}?",
    "What is {a} take away {b}?",
    "What remains if you take {b} from {a}?",
    "How much is {a} less {b}?",
)
_SIGNS = ((("+", "-")), ((" + ", " - ")), ((" plus ", " minus ")))
_ANSWERS = ("{result}", "{result}", "{result}", "The answer is {result}.", "The result is {result}.")
_NUM_TERMS = {0: 2, 1: 2, 2: 3, 3: 4}
_SIGNED = re.compile(r"[+-]?\d+", re.ASCII)


class Sums:
    """The task "sums". Level 0: two terms up to 9; levels 1, 2, 3: two, three, four terms up to 99."""

    name = "sums"
    styles = (BARE, "worked")
    levels = (0, 1, 2, 3)
    languages = (ENGLISH,)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """Terms whose running totals stay at zero or above; without a level, half of them have two terms."""
        require_level(self, level)
        require_language(self, language)
        chosen = random.choice((0, 1, 1, 2, 3)) if level is None else level
        terms = _terms(random, chosen)
        while chosen == 1 and max(map(abs, terms)) <= 9:  # two such terms are level 0
            terms = _terms(random, chosen)
        return Problem(
            kind=self.name,
            question=_question(terms, random),
            answer=str(sum(terms)),
            key=f"sums:{_canonical(terms)}",
            level=chosen,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; a worked one follows the order of the question where it is an expression."""
        require_style(self, style)
        terms = self._terms(problem)
        reasoning = "" if style == BARE else worked(_plan(terms))[0]
        return _answered(reasoning, sum(terms), random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A result that is off by one digit, or one wrong running total that is carried through."""
        require_style(self, style)
        terms = self._terms(problem)
        if style == BARE:
            return _answered("", near(sum(terms), random), random)
        return _answered(*worked_with_slip(_plan(terms), random), random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the one number that the answer gives is the result."""
        return check_number(problem, answer)

    def _terms(self, problem: Problem) -> list[int]:
        """The signed terms as the question orders them, or as the key does where the words hide the order."""
        body = key_body(self, problem)
        text = problem.question.replace(" plus ", "+").replace(" minus ", "-")
        text = text.replace(" + ", "+").replace(" - ", "-")
        asked = [int(term) for term in _SIGNED.findall(text)]
        if asked and _canonical(asked) == body:
            return asked
        return [int(term) for term in _SIGNED.findall(body)]


def _terms(random: Random, level: int) -> list[int]:
    largest = 9 if level == 0 else 99
    terms = [random.randint(0 if level == 0 else 1, largest)]
    while len(terms) < _NUM_TERMS[level]:
        total, term = sum(terms), random.randint(0 if level == 0 else 1, largest)
        if random.random() < 0.5:
            terms.append(term)
        elif term <= total:
            terms.append(-term)
        elif len(terms) == 1:
            terms = [term, -total]
    return terms


def _canonical(terms: list[int]) -> str:
    """Added terms ascending, then subtracted ones ascending: "3+12-5"."""
    added = sorted(term for term in terms if term >= 0)
    taken = sorted(-term for term in terms if term < 0)
    return "+".join(map(str, added)) + "".join(f"-{term}" for term in taken)


def _question(terms: list[int], random: Random) -> str:
    in_words = random.random() < 0.25
    if in_words and all(term >= 0 for term in terms):
        listed = ", ".join(map(str, terms[:-1])) + f" and {terms[-1]}"
        return random.choice(_SUM_QUESTIONS).format(terms=listed)
    if in_words and len(terms) == 2 and terms[1] < 0:
        return random.choice(_DIFFERENCE_QUESTIONS).format(a=terms[0], b=-terms[1])
    plus, minus = random.choice(_SIGNS)
    expression = str(terms[0]) + "".join(
        plus + str(term) if term >= 0 else minus + str(-term) for term in terms[1:]
    )
    return random.choice(_EXPRESSION_QUESTIONS).format(e=expression)


def _plan(terms: list[int]) -> Plan:
    return lambda scratch: _running_total(scratch, terms)


def _running_total(scratch: Scratch, terms: list[int]) -> int:
    total = terms[0]
    for term in terms[1:]:
        write = scratch.plus if term >= 0 else scratch.minus
        tens, units = divmod(abs(term), 10)
        if tens:
            total = write(total, 10 * tens)
        if units or not tens:
            total = write(total, units)
    return total


def _answered(reasoning: str, result: int, random: Random) -> Solution:
    return Solution(reasoning, random.choice(_ANSWERS).format(result=result))
