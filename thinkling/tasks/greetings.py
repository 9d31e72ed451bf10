"""Small talk: hello, how are you, who are you, thanks, goodbye. Answered at once, without thinking.

There is no one right answer, so a rule decides: the answer is short, holds one of the expressions that belong
to the matter in the language of the question, and does not try to be an answer to everything. The split is
over the wording, whatever its punctuation and capitals ("greetings:how:hello how are you").
"""

from __future__ import annotations

import re
from random import Random

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks.greetings_wordings import AFTER_GREETING, ENDS, GREETING_BACK, MATTERS, Matter
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
MAX_MATTERS = 2
"""An answer that holds the expressions of more matters than this answers none of them."""


_NAMES = tuple(MATTERS[ENGLISH])
_GREETABLE = frozenset({"how", "who", "able", "nice"})
_ASKING = re.compile(
    r"^(?:(?:and )?(?:who|what|which|how|are|is|am|do|did|can|could|may|have)\b|you okay|everything)"
    r"|吗|什么|谁|怎|哪|如何|好不好|可好|些",
    re.IGNORECASE,
)
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
        """Right where a short answer holds an expression of the matter, and not those of many others."""
        name = self._matter(problem)
        if len(answer) > MAX_CHARACTERS or len(answer.split()) > MAX_WORDS:
            return Verdict(0.0, False, "answer too long")
        if len(_IDEOGRAPH.findall(answer)) > MAX_IDEOGRAPHS:
            return Verdict(0.0, False, "answer too long")
        plain = _plain(answer)
        if not plain:
            return Verdict(0.0, False, "empty answer")
        held = {
            (language, matter)
            for language, matters in MATTERS.items()
            for matter in matters
            if _holds(plain, matters[matter])
        }
        if len({matter for _, matter in held}) > MAX_MATTERS:
            return Verdict(0.0, False, "answers too many things at once")
        if (problem.language, name) not in held:
            return Verdict(0.0, False, "not an answer to that")
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


def _holds(plain: str, matter: Matter) -> bool:
    """Whether one of the matter's expressions stands in the text; English ones stand between spaces."""
    padded = f" {plain} "
    return any(
        (f" {expression} " if expression.isascii() else expression) in padded
        for expression in matter.expressions
    )


_ALONE = {
    language: frozenset(_plain(question) for matter in matters.values() for question in matter.questions)
    for language, matters in MATTERS.items()
}
"""Every wording without a greeting before it."""
