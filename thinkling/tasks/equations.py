"""Linear equations in one unknown with a whole solution, in symbols and as riddles about a number.

The key is the equation with the unknown called x ("equations:3x+4=19"), the sides and terms in one order, so
another name, order, wording or language is the same problem. Worked solutions write one transformation or one
result a line; "checked" ones then put the solution in.
"""

from __future__ import annotations

import re
from random import Random

from thinkling.records import Problem, Verdict
from thinkling.tasks.equation_steps import (
    Equation,
    checked,
    draw_equation,
    read_equation,
    solved,
    solved_with_slip,
    written,
)
from thinkling.tasks.equation_wordings import NAMES, SYMBOLS, can_be_words, in_symbols, in_words
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

_FORMS = {
    1: ("plus", "plus", "from"),
    2: ("times", "over"),
    3: ("linear",),
    4: ("both", "group"),
}
_LEVEL_OF = {form: level for level, forms in _FORMS.items() for form in forms}
_RIDDLE_SHARE = 0.3
_ANSWERS = {
    ENGLISH: ("{n} = {v}", "{n} = {v}", "{n}={v}", "{v}", "{n} is {v}.", "The solution is {n} = {v}."),
    CHINESE: ("{n} = {v}", "{n} = {v}", "{n}={v}", "{v}", "{n}等于{v}。", "方程的解是{n}={v}。"),
}
_RIDDLE_ANSWERS = {
    ENGLISH: ("{v}", "{v}", "The number is {v}.", "It is {v}.", "The answer is {v}."),
    CHINESE: ("{v}", "{v}", "这个数是{v}。", "是{v}。", "答案是{v}。"),
}
_NUMBER = re.compile(r"\d+", re.ASCII)
_NAME = re.compile(
    r"(?:\d(?: ?\* ?)?|[-+=(] ?)([a-z])(?![a-z])|(?<![a-z])([a-z])(?= ?[-+*/=])", re.ASCII | re.IGNORECASE
)
_NAMED = re.compile(r"(?<![a-z])([a-z])\s*(?:=|等于|是|is\b)", re.ASCII | re.IGNORECASE)
_UNFINISHED = re.compile(r"[-+/×÷·^*−]|\d ?[a-z](?![a-z])", re.ASCII | re.IGNORECASE)


class Equations:
    """The task "equations".

    Level 1: x + a = b, x - a = b, a - x = b; x and a up to 50. 2: ax = b and x/a = b; a up to 12, the other
    factor up to 15. 3: ax + b = c and ax - b = c; a up to 9, x up to 12, b up to 30. 4: ax + b = cx + d with
    such a and x, b up to 20 (or below zero); and a(x + b) = c with a up to 9 and a bracket up to 24.
    """

    name = "equations"
    styles = (BARE, "worked", "checked")
    levels = (1, 2, 3, 4)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """An equation with a solution from 1 on; without a level each level is as likely."""
        chosen = chosen_level(self, random, level, language)
        equation, solution = draw_equation(random.choice(_FORMS[chosen]), random)
        if random.random() < _RIDDLE_SHARE and can_be_words(equation):
            question = in_words(equation, random, language)
        else:
            name = random.choice(NAMES)
            symbols = in_symbols(equation, name, random)
            question = random.choice(SYMBOLS[language]).format(e=symbols, n=name)
        return Problem(
            kind=self.name,
            question=dressed(question, random, language),
            answer=str(solution),
            key=f"equations:{written(equation)}",
            level=chosen,
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; a worked one calls the unknown as the question does, or x."""
        require_style(self, style)
        equation = self._equation(problem)
        if style == BARE:
            return _answered("", int(problem.answer), problem, random)
        reasoning, value = solved(equation, _name(problem) or "x")
        if style == "checked":
            reasoning += "\n" + checked(equation, value)
        return _answered(reasoning, value, problem, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A near miss, or one wrong result that is carried through, and a check that is blind to it."""
        require_style(self, style)
        equation = self._equation(problem)
        if style == BARE:
            value = near(int(problem.answer), random)
            return _answered("", value, problem, random)
        reasoning, value = solved_with_slip(equation, _name(problem) or "x", random)
        if style == "checked":
            reasoning += "\n" + checked(equation, value)
        return _answered(reasoning, value, problem, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the only number of the answer is the solution: "5", "x = 5", "The solution is x=5."."""
        if len(answer) > MAX_CHARACTERS:
            return Verdict(0.0, False, "answer too long")
        plain = answer.replace("**", " ")
        if len(set(_NUMBER.findall(plain))) > 1:
            return Verdict(0.0, False, "several numbers found")
        if _UNFINISHED.search(plain):
            return Verdict(0.0, False, "expression without a result")
        asked = _name(problem)
        if asked and any(named.lower() != asked for named in _NAMED.findall(plain)):
            return Verdict(0.0, False, "another unknown")
        return check_number(problem, plain)

    def _equation(self, problem: Problem) -> Equation:
        form, numbers = equation = read_equation(key_body(self, problem))
        expected = [abs(number) for number in numbers]
        asked = sorted(map(int, _NUMBER.findall(problem.question)))
        if form == "both" and len(asked) == 3:
            expected.remove(1)  # the 1 of 1x, which is not written
        if asked != sorted(expected):
            raise contradiction(self, problem)
        return equation


def _name(problem: Problem) -> str:
    """What the question calls the unknown; empty in a riddle."""
    match = _NAME.search(problem.question)
    return (match[1] or match[2]).lower() if match else ""


def _answered(reasoning: str, value: int, problem: Problem, random: Random) -> Solution:
    name = _name(problem)
    answers = (_ANSWERS if name else _RIDDLE_ANSWERS)[problem.language]
    return Solution(reasoning, random.choice(answers).format(n=name, v=value))
