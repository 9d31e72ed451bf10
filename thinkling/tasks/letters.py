"""Count a letter in a word: English words, and made-up ones that no model has memorised.

A worked solution spells the word with a running count: the r's of "berry" are `b0 e0 r1 r2 y2`.
"""

from __future__ import annotations

from random import Random
from string import ascii_lowercase

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks import letters_wordings
from thinkling.tasks.task import BARE, CHINESE, ENGLISH, Solution, chosen_level, key_body, require_style
from thinkling.tasks.verify.number import check_number
from thinkling.tasks.wording import dressed
from thinkling.tasks.words import LEVELS, word_of_level


class Letters:
    """The task "letters". Levels 1, 2, 3: words of 4 to 5, 6 to 7, 8 to 10 letters."""

    name = "letters"
    styles = (BARE, "worked")
    levels = LEVELS
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """Half of the words are English; nine times in ten the letter stands in the word, often repeated."""
        chosen = chosen_level(self, random, level, language)
        word = word_of_level(random, chosen)
        if random.random() < 0.9:
            letter = max(random.choice(word), random.choice(word), key=word.count)
        else:
            letter = random.choice(ascii_lowercase)
        question = letters_wordings.QUESTIONS[language].said(random, c=letter, w=word)
        return Problem(
            kind=self.name,
            question=dressed(question, random, language),
            answer=str(word.count(letter)),
            key=f"letters:{letter}:{word}",
            level=chosen,
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; a worked one spells the word with a running count."""
        require_style(self, style)
        letter, word = self._letter_and_word(problem)
        if style == BARE:
            return _answered("", word.count(letter), problem, random)
        return _answered(*_spell(letter, word), problem, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A count off by one, or one letter of the spelling miscounted (and the count carried on so)."""
        require_style(self, style)
        letter, word = self._letter_and_word(problem)
        if style == BARE:
            count = word.count(letter)
            wrong = count - 1 if count and random.random() < 0.5 else count + 1
            return _answered("", wrong, problem, random)
        return _answered(*_spell(letter, word, slip_at=random.randrange(len(word))), problem, random)

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


def _answered(reasoning: str, count: int, problem: Problem, random: Random) -> Solution:
    _, letter, word = problem.key.split(":")
    text = random.choice(letters_wordings.ANSWERS[problem.language]).format(
        n=count,
        c=letter,
        w=word,
        s=letter if count == 1 else f"{letter}'s",
        are="is" if count == 1 else "are",
    )
    return Solution(reasoning, text)
