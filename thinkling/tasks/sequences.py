"""The next, or a missing, number of a sequence: steps, factors, alternating and growing steps, sums of two.

The key is the sequence itself, by its first five numbers with the asked one in its place
("sequences:1,2,4,7,11"): how many are shown, and which one is asked for, is another wording of it. Worked
solutions copy the numbers, write the steps (or the factors) from each to the next, what is seen in them, and
the last sum.
"""

from __future__ import annotations

import re
from random import Random

from thinkling.records import Problem, Verdict
from thinkling.tasks import sequence_families as families
from thinkling.tasks import sequence_wordings as wordings
from thinkling.tasks.scratch import near
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
from thinkling.tasks.verify.number import MAX_CHARACTERS, check_number
from thinkling.tasks.wording import dressed

_NUM_IN_KEY = 5
_MISSING_LEVEL = 4
_DRAWS = {
    1: (families.add,),
    2: (families.take, families.take, families.add_much, families.times, families.over),
    3: (families.alternate, families.grow, families.grow, families.pair),
    4: (families.add, families.add, families.take, families.times, families.over, families.pair),
}
_MISREAD_SHARE = 0.5
_NUMBER = re.compile(r"\d+", re.ASCII)
_NOT_COUNTING = re.compile(r"下一|一个")


class Sequences:
    """The task "sequences": 4 or 5 numbers are shown, of alternating steps 5 or 6.

    Level 1: counting up from 0 to 50 by 1 to 10. 2: counting down by 1 to 12, up by 11 to 30, multiplying
    by 2 to 5, dividing by 2 or 3. 3: two steps in turn, steps that grow, squares, sums of the two before.
    4: one number is missing inside (4 or 5 are shown), of all but alternating and growing steps.
    """

    name = "sequences"
    styles = (BARE, "worked")
    levels = (1, 2, 3, 4)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """A sequence with only one sensible answer; without a level each level is as likely."""
        chosen = chosen_level(self, random, level, language)
        while True:
            draw = random.choice(_DRAWS[chosen])
            terms = draw(random, random.randint(5, 6) + (draw is families.alternate))
            blank = random.randint(1, len(terms) - 2) if chosen == _MISSING_LEVEL else len(terms) - 1
            if families.is_unambiguous(terms, blank):
                break
        return Problem(
            kind=self.name,
            question=dressed(_question(terms, blank, random, language), random, language),
            answer=str(terms[blank]),
            key=f"sequences:{','.join(map(str, terms[:_NUM_IN_KEY]))}",
            level=chosen,
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; a worked one ends with the sum (or product) that gives the number."""
        require_style(self, style)
        terms, blank = self._terms(problem)
        if style == BARE:
            return _answered("", terms[blank], problem, random)
        lines, last = families.explained(terms, blank)
        return _answered("\n".join([*lines, f"{last}={terms[blank]}"]), terms[blank], problem, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """The last step taken once more, whatever the steps before, or a near miss in the last sum."""
        require_style(self, style)
        terms, blank = self._terms(problem)
        lines, last = families.explained(terms, blank)
        wrong = near(terms[blank], random)
        before = terms[blank - 1]
        step = before - terms[blank - 2] if blank > 1 else terms[-1] - terms[-2]
        if (
            before + step not in (terms[blank], before)
            and before + step >= 0
            and random.random() < _MISREAD_SHARE
        ):
            wrong, last, lines = before + step, f"{before}{step:+d}", families.stepped(terms, blank)
        reasoning = "" if style == BARE else "\n".join([*lines, f"{last}={wrong}"])
        return _answered(reasoning, wrong, problem, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the one number that the answer gives belongs there; the whole list is no answer."""
        plain = answer if len(answer) > MAX_CHARACTERS else _NOT_COUNTING.sub("", answer)
        return check_number(problem, plain)

    def _terms(self, problem: Problem) -> tuple[list[int], int]:
        """All numbers with the asked one in its place, and that place."""
        known = key_body(self, problem).split(",")
        shown = _NUMBER.findall(problem.question)
        blank = next(
            (i for i, pair in enumerate(zip(shown, known, strict=False)) if pair[0] != pair[1]), len(shown)
        )
        shown.insert(blank, problem.answer)
        if shown[:_NUM_IN_KEY] != known or len(shown) < _NUM_IN_KEY or not 0 < blank < len(shown):
            raise contradiction(self, problem)
        return list(map(int, shown)), blank


def _question(terms: list[int], blank: int, random: Random, language: str) -> str:
    joint = random.choice(wordings.JOINTS[language])
    words = [str(term) for term in terms]
    if blank < len(terms) - 1:
        words[blank] = random.choice(wordings.GAPS[language])
        return random.choice(wordings.MISSING[language]).format(d=joint.join(words))
    shown = joint.join(words[:-1])
    goes_on = random.choice(wordings.GOES_ON[language])
    if joint == " ":
        goes_on = goes_on if goes_on[0] in " .…" else f" {goes_on}"
    return random.choice(wordings.NEXT[language]).format(s=shown, d=shown + joint.rstrip() + goes_on)


def _answered(reasoning: str, value: int, problem: Problem, random: Random) -> Solution:
    is_missing = problem.level == _MISSING_LEVEL
    answers = (wordings.MISSING_ANSWERS if is_missing else wordings.ANSWERS)[problem.language]
    return Solution(reasoning, random.choice(answers).format(v=value))
