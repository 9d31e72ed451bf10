"""Count a letter in a word: English words, and made-up ones that no model has memorised.

A worked solution spells the word with a running count: the r's of "berry" are `b0 e0 r1 r2 y2`.
"""

from __future__ import annotations

from random import Random
from string import ascii_lowercase

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
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
from thinkling.tasks.words import LONGEST, SHORTEST, WORDS, pseudo_word

_QUESTIONS = (
    "How many {c}'s are in {w}?",
    "How many {c}'s are in {w}?",
    "How many {c}'s are there in {w}?",
    "How many {c}'s are in the word {w}?",
    "How many {c}'s does {w} have?",
    "How many {c}'s does the word {w} contain?",
    "how many {c}'s in {w}?",
    "how many {c}'s are in {w}",
    "How many {c} are in {w}?",
    'How many {c}\'s are in "{w}"?',
    "How many times does {c} appear in {w}?",
    "How many times does the letter {c} appear in {w}?",
    'How many times does the letter "{c}" appear in "{w}"?',
    "How often does the letter {c} occur in {w}?",
    "How often does {c} occur in the word {w}?",
    "How many letters {c} are in {w}?",
    "Count the {c}'s in {w}.",
    "Count the {c}'s in the word {w}.",
    "Count the letter {c} in {w}.",
    "Please count the {c}'s in {w}.",
    "Can you count the {c}'s in {w}?",
    "Tell me how many {c}'s are in {w}.",
    "What is the number of {c}'s in {w}?",
    "Find the number of {c}'s in {w}.",
    "In {w}, how many {c}'s are there?",
    "{w}: how many {c}'s?",
)
_ANSWERS = ("{n}", "{n}", "{n}", "The answer is {n}.")
_LENGTHS = {1: (SHORTEST, 5), 2: (6, 7), 3: (8, LONGEST)}
_WORDS_OF_LEVEL = {
    level: tuple(word for word in WORDS if shortest <= len(word) <= longest)
    for level, (shortest, longest) in _LENGTHS.items()
}


class Letters:
    """The task "letters". Levels 1, 2, 3: words of 4 to 5, 6 to 7, 8 to 10 letters."""

    name = "letters"
    styles = (BARE, "worked")
    levels = (1, 2, 3)
    languages = (ENGLISH,)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """Half of the words are English; nine times in ten the letter stands in the word."""
        require_level(self, level)
        require_language(self, language)
        chosen = random.choice(self.levels) if level is None else level
        if random.random() < 0.5:
            word = random.choice(_WORDS_OF_LEVEL[chosen])
        else:
            word = pseudo_word(random, *_LENGTHS[chosen])
        letter = random.choice(word) if random.random() < 0.9 else random.choice(ascii_lowercase)
        return Problem(
            kind=self.name,
            question=random.choice(_QUESTIONS).format(c=letter, w=word),
            answer=str(word.count(letter)),
            key=f"letters:{letter}:{word}",
            level=chosen,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; a worked one spells the word with a running count."""
        require_style(self, style)
        letter, word = self._letter_and_word(problem)
        if style == BARE:
            return _answered("", word.count(letter), random)
        return _answered(*_spell(letter, word), random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A count off by one, or one letter of the spelling miscounted (and the count carried on so)."""
        require_style(self, style)
        letter, word = self._letter_and_word(problem)
        if style == BARE:
            count = word.count(letter)
            return _answered("", count - 1 if count and random.random() < 0.5 else count + 1, random)
        return _answered(*_spell(letter, word, slip_at=random.randrange(len(word))), random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the one number that the answer gives is the count."""
        return check_number(problem, answer)

    def _letter_and_word(self, problem: Problem) -> tuple[str, str]:
        letter, _, word = key_body(self, problem).partition(":")
        if len(letter) != 1 or not word:
            raise TaskError(
                f"the key {problem.key!r} names no letter and word.", "draw it with Letters.sample"
            )
        return letter, word


def _spell(letter: str, word: str, slip_at: int = -1) -> tuple[str, int]:
    """The spelling with its running count; at `slip_at` a hit is missed, or a miss is counted."""
    count = 0
    parts = []
    for index, character in enumerate(word):
        count += (character == letter) != (index == slip_at)
        parts.append(f"{character}{count}")
    return " ".join(parts), count


def _answered(reasoning: str, count: int, random: Random) -> Solution:
    return Solution(reasoning, random.choice(_ANSWERS).format(n=count))
