"""Sums and differences of 2 to 4 terms up to 99, with running totals that never fall below zero.

The key does not know the order of the terms ("sums:3+12-5"); level 0 is tiny (two one-digit terms, "2+2").
Worked solutions keep a running total and add tens and units apart: 47+86 is 47+80=127, then 127+6=133.
"""

from __future__ import annotations

import re
from random import Random

from thinkling.records import Problem, Verdict
from thinkling.tasks import arithmetic_wordings, sums_situations, sums_wordings
from thinkling.tasks.ledger import Ledger, LedgerPlan, written, written_with_slip
from thinkling.tasks.phrase import Phrases
from thinkling.tasks.scratch import near
from thinkling.tasks.task import BARE, CHINESE, ENGLISH, Solution, chosen_level, key_body, require_style
from thinkling.tasks.verify.number import check_number
from thinkling.tasks.wording import dressed

_NUM_TERMS = {0: 2, 1: 2, 2: 3, 3: 4}
_IN_WORDS_SHARE = 0.5
_SITUATION_SHARE = 0.5
_PAIR_SHARE = 0.7
_PLUS = re.compile(r" ?(?:\+|plus|加上?) ?")
_MINUS = re.compile(r" ?(?:-|minus|减去?) ?")
_SIGNED = re.compile(r"[+-]?\d+", re.ASCII)


class Sums:
    """The task "sums". Level 0: two terms up to 9; levels 1, 2, 3: two, three, four terms up to 99."""

    name = "sums"
    styles = (BARE, "worked")
    levels = (0, 1, 2, 3)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """Terms whose running totals stay at zero or above; without a level, half of them have two terms."""
        chosen = chosen_level(self, random, level, language, (0, 1, 1, 2, 3))
        terms = _terms(random, chosen)
        while chosen == 1 and max(map(abs, terms)) <= 9:  # two such terms are level 0
            terms = _terms(random, chosen)
        return Problem(
            kind=self.name,
            question=dressed(_question(terms, random, language), random, language),
            answer=str(sum(terms)),
            key=f"sums:{_canonical(terms)}",
            level=chosen,
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; a worked one follows the order of the question where it is an expression."""
        require_style(self, style)
        terms = self._terms(problem)
        reasoning = "" if style == BARE else "\n".join(written(_plan(terms))[0])
        return _answered(reasoning, sum(terms), problem, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A result that is off by one digit, or one wrong running total that is carried through."""
        require_style(self, style)
        terms = self._terms(problem)
        if style == BARE:
            return _answered("", near(sum(terms), random), problem, random)
        lines, result = written_with_slip(_plan(terms), random)
        return _answered("\n".join(lines), result, problem, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the one number that the answer gives is the result."""
        return check_number(problem, answer)

    def _terms(self, problem: Problem) -> list[int]:
        return _asked_terms(problem.question, key_body(self, problem))


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


def _asked_terms(question: str, body: str) -> list[int]:
    """The signed terms as the question orders them, or as the key does where the words hide the order."""
    text = _PLUS.sub("+", _MINUS.sub("-", question))
    asked = [int(term) for term in _SIGNED.findall(text)]
    return asked if _canonical(asked) == body else [int(term) for term in _SIGNED.findall(body)]


def _canonical(terms: list[int]) -> str:
    """Added terms ascending, then subtracted ones ascending: "3+12-5"."""
    added = sorted(term for term in terms if term >= 0)
    taken = sorted(-term for term in terms if term < 0)
    return "+".join(map(str, added)) + "".join(f"-{term}" for term in taken)


def _question(terms: list[int], random: Random, language: str) -> str:
    in_words = random.random() < _IN_WORDS_SHARE
    if in_words and all(term >= 0 for term in terms):
        between, before_last = random.choice(sums_wordings.LISTED[language])
        listed = between.join(map(str, terms[:-1])) + before_last + str(terms[-1])
        phrases = _sum_phrases(terms, random)[language]
        return phrases.said(random, terms=listed, a=terms[0], b=terms[1])
    if in_words and len(terms) == 2 and 0 < -terms[1] < terms[0]:  # nobody asks by how much 5 exceeds 5
        is_told = terms[1] < -1 and random.random() < _SITUATION_SHARE
        phrases = (sums_situations.DIFFERENCE_SITUATIONS if is_told else sums_wordings.DIFFERENCES)[language]
        return phrases.said(random, a=terms[0], b=-terms[1])
    expression = _expression(terms, *random.choice(sums_wordings.SIGNS[language]))
    return arithmetic_wordings.QUESTIONS[language].said(random, e=expression)


def _sum_phrases(terms: list[int], random: Random) -> dict[str, Phrases]:
    """Situations only where no term is 0 or 1: most count things, in the plural."""
    if min(terms) < 2 or random.random() >= _SITUATION_SHARE:
        return sums_wordings.SUMS
    is_pair = len(terms) == 2 and random.random() < _PAIR_SHARE
    return sums_situations.PAIR_SITUATIONS if is_pair else sums_situations.LISTED_SITUATIONS


def _expression(terms: list[int], plus: str, minus: str) -> str:
    signed = [f"{plus}{term}" if term >= 0 else f"{minus}{-term}" for term in terms[1:]]
    return str(terms[0]) + "".join(signed)


def _plan(terms: list[int]) -> LedgerPlan:
    return lambda ledger: _running_total(ledger, terms)


def _running_total(ledger: Ledger, terms: list[int]) -> int:
    total = terms[0]
    for term in terms[1:]:
        total = ledger.add(total, term) if term >= 0 else ledger.take(total, -term)
    return total


def _answered(reasoning: str, result: int, problem: Problem, random: Random) -> Solution:
    terms = _asked_terms(problem.question, problem.key.partition(":")[2])
    expression = _expression(terms, "+", "-")
    return Solution(reasoning, arithmetic_wordings.answered(problem, expression, result, random))
