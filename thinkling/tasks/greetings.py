"""Small talk: hello, how are you, who are you, thanks, goodbye. Answered at once, without thinking.

There is no one right answer, so a rule decides: the answer is short, states one of the expressions that
belong to the matter in the language of the question, and states none of another matter or language; only a
greeting may come before. So no one answer fits two matters. What is asked or denied is not stated. The split
is over the wording, whatever its punctuation and capitals ("greetings:how:hello how are you").
"""

from __future__ import annotations

import re
from random import Random

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks.greetings_wordings import AFTER_GREETING, ENDS, GREETING_BACK, MATTERS
from thinkling.tasks.task import (
    BARE,
    CHINESE,
    ENGLISH,
    Solution,
    key_body,
    require_language,
    require_level,
    require_style,
)

MAX_CHARACTERS = 200
"""A longer answer is refused unread."""
MAX_WORDS = 30
"""Small talk is short."""
MAX_IDEOGRAPHS = 60
"""Small talk in Chinese is short, too."""


_NAMES = tuple(MATTERS[ENGLISH])
_GREETABLE = frozenset({"how", "who", "able", "nice"})
_ASKING = re.compile(
    r"^(?:(?:and )?(?:who|what(?! a pleasure)|which|how|are|is|am|do|did|can|could|may)\b|you okay)"
    r"|^everything"
    r"|is anybody there"
    r"|^(?!告诉我|说说|我想知道|给我看看).*(?:吗|什么|谁|怎|哪|如何|好不好|可好|还好吧|些)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^,.!?;:，。！？；：、\n]+[?？]?")
_DENIAL = re.compile(
    r"\b(?:not|never|cannot|nor|neither)\b|n't\b|\bno\b(?! (?:problem|worries|need|trouble)\b)|[不没非别]"
)
_ECHOED = frozenset({"hello", "bye"})
"""Matters that are well answered by the same words."""
_NOT_WORD = re.compile(r"[^a-z0-9'\u4e00-\u9fff ]+")
_IDEOGRAPH = re.compile(r"[\u4e00-\u9fff]")


class Greetings:
    """The task "greetings". One level, 0: nothing to think about."""

    name = "greetings"
    styles = (BARE,)
    levels = (0,)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """A matter, one of its wordings, and half of the time a greeting before it, where one is fitting."""
        require_level(self, level)
        require_language(self, language)
        matters = MATTERS[language]
        name = random.choice(_NAMES)
        wording = _early(matters[name].questions, random)
        end = random.choice(ENDS[language, bool(_ASKING.search(wording))])
        if name in _GREETABLE and random.random() < 0.5:
            greeting = _early(matters["hello"].questions, random)
            wording = greeting + random.choice(AFTER_GREETING[language]) + wording
        if random.random() < 0.1:
            wording = wording.lower()
        return Problem(
            kind=self.name,
            question=wording + end,
            answer=matters[name].answers[0],
            key=f"greetings:{name}:{_plain(wording)}",
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """One of the matter's answers; who was greeted greets back."""
        require_style(self, style)
        name, matters = self._matter(problem), MATTERS[problem.language]
        answer = random.choice(matters[name].answers)
        is_greeted = name in _GREETABLE and _plain(problem.question) not in _ALONE[problem.language]
        return Solution("", GREETING_BACK[problem.language] + answer if is_greeted else answer)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """An answer to another matter."""
        require_style(self, style)
        own = self._matter(problem)
        other = random.choice([name for name in _NAMES if name != own])
        return Solution("", random.choice(MATTERS[problem.language][other].answers))

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where a short answer states an expression of this matter alone, but for a greeting."""
        name = self._matter(problem)
        if len(answer) > MAX_CHARACTERS or len(answer.split()) > MAX_WORDS:
            return Verdict(0.0, False, "answer too long")
        if len(_IDEOGRAPH.findall(answer)) > MAX_IDEOGRAPHS:
            return Verdict(0.0, False, "answer too long")
        plain = _plain(answer)
        if not plain:
            return Verdict(0.0, False, "empty answer")
        if plain == _plain(problem.question) and name not in _ECHOED:
            return Verdict(0.0, False, "echo of the question")
        stated, denied = _stated_and_denied(answer, problem.language)
        if name not in stated or name in denied:
            return Verdict(0.0, False, "a denial" if name in denied else "not an answer to that")
        if stated - {name, "hello"} or ("hello" in stated and name not in (*_GREETABLE, "hello")):
            return Verdict(0.0, False, "answers too many things at once")
        return Verdict(1.0, True, "right")

    def _matter(self, problem: Problem) -> str:
        name = key_body(self, problem).partition(":")[0]
        if name not in _NAMES or problem.language not in self.languages:
            raise TaskError(f"the key {problem.key!r} names no known matter.", f"one of {', '.join(_NAMES)}")
        return name


def _early(wordings: tuple[str, ...], random: Random) -> str:
    """One of the wordings; the first ones, which people use most, are drawn more often."""
    return wordings[int(len(wordings) * random.random() ** 2)]


def _plain(text: str) -> str:
    """Lower case words with single spaces between them."""
    return " ".join(_NOT_WORD.sub(" ", text.lower().replace("\u2019", "'")).split())


def _stated_and_denied(answer: str, language: str) -> tuple[set[str], set[str]]:
    """The matters whose expressions stand in a clause that is no question, by whether a denial precedes them.

    An expression of another language counts as a matter of its own.
    """
    stated: set[str] = set()
    denied: set[str] = set()
    for clause in _CLAUSE.findall(answer):
        if clause.endswith(("?", "？")):
            continue
        padded = f" {_plain(clause)} "
        for expression, matter in _MATTER_OF[language].items():
            start = padded.find(expression)
            if start >= 0:
                (denied if _DENIAL.search(padded, 0, start) else stated).add(matter)
    return stated, denied


def _matters_by_expression(language: str) -> dict[str, str]:
    """Every expression with its matter, between spaces where it is English."""
    found: dict[str, str] = {}
    for other in (language, *(MATTERS.keys() - {language})):
        for name, matter in MATTERS[other].items():
            for expression in matter.expressions:
                text = f" {expression} " if expression.isascii() else expression
                found.setdefault(text, name if other == language else f"{name} in another language")
    return found


_MATTER_OF = {language: _matters_by_expression(language) for language in MATTERS}
_ALONE = {
    language: frozenset(_plain(question) for matter in matters.values() for question in matter.questions)
    for language, matters in MATTERS.items()
}
"""Every wording without a greeting before it."""
