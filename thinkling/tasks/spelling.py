"""Spell a word, spell it backwards, name one of its letters, or say how many there are.

The key names the word alone ("spelling:berry"): who has seen it spelled knows its third letter and how it
reads backwards. Where letters are counted the same word may be spelled on the way: a fact that is a step
there, as every fact may be. What is asked is read from the question and its answer. Every worked solution
numbers the letters, `b1 e2 r3 r4 y5`, as far as it needs them; backwards it then writes them down again in
falling order.
"""

from __future__ import annotations

import re
from random import Random

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks import spelling_wordings as wordings
from thinkling.tasks.task import BARE, CHINESE, ENGLISH, Solution, chosen_level, key_body, require_style
from thinkling.tasks.verify.number import Refusal, check_number
from thinkling.tasks.verify.spelled import read_spelled
from thinkling.tasks.wording import dressed
from thinkling.tasks.words import LEVELS, word_of_level

_ASKED = ("spell", "spell", "spell", "back", "back", "letter", "letter", "letter", "length", "length")
_NUMBER_OF_ORDINAL = {
    ordinal: number
    for ordinals in wordings.ORDINALS.values()
    for number, both in enumerate(ordinals, 1)
    for ordinal in both
}
_ORDINAL = re.compile(
    rf"\b(?:{'|'.join(o for o in _NUMBER_OF_ORDINAL if o.isascii())})\b"
    rf"|{'|'.join(o for o in _NUMBER_OF_ORDINAL if not o.isascii())}"
)
_BEGINNING = re.compile(r"\b(?:start|begin)|开头|开始|首字母")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


class Spelling:
    """The task "spelling". Levels 1, 2, 3: words of 4 to 5, 6 to 7, 8 to 10 letters, asked in any way."""

    name = "spelling"
    styles = (BARE, "worked")
    levels = LEVELS
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """Half of the words are English, the others made up; the questions are in `language`."""
        chosen = chosen_level(self, random, level, language)
        word = word_of_level(random, chosen)
        asked = random.choice(_ASKED)
        place = random.choice((1, len(word), random.randint(1, len(word)))) if asked == "letter" else 0
        between = random.choice(("-", "-", " ", "")) if asked == "spell" else ""
        if asked == "letter":
            question = _ask_letter(word, place, random, language)
        else:
            question = _ask(asked, word, between, random, language)
        return Problem(
            kind=self.name,
            question=dressed(question, random, language),
            answer=_answer(asked, place, list(word), between or "-"),
            key=f"spelling:{word}",
            level=chosen,
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; a worked one numbers the letters of the word."""
        require_style(self, style)
        asked, place, word = self._asked(problem)
        reasoning = "" if style == BARE else _numbered(asked, place, list(word))
        return _answered(reasoning, problem.answer, asked, problem, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """One letter left out, doubled or misread, or a neighbour of the letter that is asked for."""
        require_style(self, style)
        asked, place, word = self._asked(problem)
        letters = list(word)
        if asked == "letter" and random.random() < 0.5:
            beside = place - 1 if place == len(word) or (place > 1 and random.random() < 0.5) else place + 1
            if letters[beside - 1] != letters[place - 1]:
                reasoning = "" if style == BARE else _numbered(asked, beside, letters)
                return _answered(reasoning, letters[beside - 1], asked, problem, random)
        letters = _misspelled(letters, asked, place, random)
        reasoning = "" if style == BARE else _numbered(asked, place, letters)
        between = " " if " " in problem.answer else "-"
        return _answered(reasoning, _answer(asked, place, letters, between), asked, problem, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the letters and their order are, and what the question wants between them."""
        asked, _, word = self._asked(problem)
        question = problem.question.replace(word, "")  # a made-up word may hold "dash"
        if asked == "length":
            return check_number(problem, answer)
        found = read_spelled(answer)
        if isinstance(found, Refusal):
            return Verdict(0.0, False, found.reason)
        if asked == "spell" and not found.between:
            return Verdict(0.0, False, "not spelled out")
        if asked == "spell" and found.between != _wanted_between(question, found.between):
            return Verdict(0.0, False, "something else between the letters than was asked for")
        if found.letters != problem.answer.replace("-", "").replace(" ", ""):
            return Verdict(0.0, False, "other letters")
        return Verdict(1.0, True, "right")

    def _asked(self, problem: Problem) -> tuple[str, int, str]:
        """What is asked, which letter (0 where none in particular), and the word."""
        word, answer = key_body(self, problem), problem.answer
        place = _place(problem.question, word, answer) if len(answer) == 1 and answer.isalpha() else 0
        if place:
            return "letter", place, word
        for asked in ("length", "back", "spell"):
            if word and answer in {_answer(asked, 0, list(word), between) for between in ("-", " ")}:
                return asked, 0, word
        raise TaskError(
            f"the answer {answer!r} tells nothing about the word of the key {problem.key!r}.",
            "draw it with Spelling.sample",
        )


def _ask(asked: str, word: str, between: str, random: Random, language: str) -> str:
    if asked == "spell":
        how = random.choice(wordings.BETWEEN[language, between])
        return wordings.SPELL[language].said(random, w=word, s=how)
    phrases = wordings.BACKWARDS if asked == "back" else wordings.LENGTH
    return phrases[language].said(random, w=word)


def _ask_letter(word: str, place: int, random: Random, language: str) -> str:
    ordinal = random.choice(wordings.ORDINALS[language][place - 1])
    kind = random.random()
    if place == 1 and kind < 0.3:
        return wordings.FIRST_LETTER[language].said(random, w=word)
    if place == len(word) and kind < 0.3:
        return wordings.LAST_LETTER[language].said(random, w=word)
    if place == len(word) and kind < 0.8:
        ordinal = random.choice(wordings.LAST[language])
    return wordings.LETTER[language].said(random, w=word, k=ordinal)


def _answer(asked: str, place: int, letters: list[str], between: str) -> str:
    if asked == "spell":
        return between.join(letters)
    if asked == "back":
        return "".join(reversed(letters))
    return letters[place - 1] if asked == "letter" else str(len(letters))


def _numbered(asked: str, place: int, letters: list[str]) -> str:
    """The letters with their numbers up to `place`, or all; and for "back" once more in falling order."""
    numbered = [f"{letter}{number}" for number, letter in enumerate(letters[: place or None], 1)]
    line = " ".join(numbered)
    return f"{line}\n{' '.join(reversed(numbered))}" if asked == "back" else line


def _misspelled(letters: list[str], asked: str, place: int, random: Random) -> list[str]:
    """The letters with one left out, doubled or misread (never misread for a count, always for a letter)."""
    at = place - 1 if asked == "letter" else random.randrange(len(letters))
    kind = 2 if asked == "letter" else random.randrange(2 if asked == "length" else 3)
    other = random.choice(_ALPHABET.replace(letters[at], ""))
    return letters[:at] + [[], [letters[at]] * 2, [other]][kind] + letters[at + 1 :]


def _wanted_between(question: str, found: str) -> str:
    """What the question wants between the letters, or `found` where it does not say."""
    for between, names in wordings.NAMES_OF_BETWEEN.items():
        if any(name in question for name in names):
            return between
    return found


def _place(question: str, word: str, letter: str) -> int:
    """The place of the letter that the question asks for, from 1; 0 where it asks for no such letter.

    The word itself may be "last" or "final", so what does not fit the letter is passed over.
    """
    last = len(word)
    text = question.lower()
    named = [_NUMBER_OF_ORDINAL[ordinal] for ordinal in _ORDINAL.findall(text)]
    if named and not any(mark in text for mark in wordings.LAST[CHINESE]):
        places = named
    else:
        rest = re.sub(rf"(?<![a-z]){re.escape(word)}(?![a-z])", "", text)
        places = [1, last] if _BEGINNING.search(rest) else [last]
    return next((place for place in places if place <= last and word[place - 1] == letter), 0)


def _answered(reasoning: str, answer: str, asked: str, problem: Problem, random: Random) -> Solution:
    templates = wordings.ANSWERS[problem.language, asked]
    word = problem.key.removeprefix("spelling:")
    return Solution(reasoning, random.choice(templates).format(a=answer, w=word))
