"""Simple facts that need no thinking: numbers of days and legs, colours, capitals, opposites, plurals, words.

A model that never saw a fact cannot know it, so holding out facts would measure luck. The key therefore holds
the fact and the number of its wording ("facts:capital:France:3"): every fact is taught, in most of its
wordings, and a held-out problem is a known fact asked in a way in which it was not asked before. The same
number in the other language is another text of the same key, held out with it.
"""

from __future__ import annotations

import re
from random import Random
from unicodedata import normalize

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks import fact_tables as tables
from thinkling.tasks.fact_index import FACTS, WORDINGS, Fact, wording_of
from thinkling.tasks.fact_wordings import TOLD
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
from thinkling.tasks.wording import dressed

MAX_CHARACTERS = 100
"""A longer answer is refused unread."""
MAX_WORDS = 24
"""English words and Chinese characters of one answer."""
_ECHO_WORDS = 3
"""An answer of this many words or more that stands in the question is an echo of it."""

_WORD = re.compile(r"[a-z0-9']+|[\u4e00-\u9fff]")
_DENIAL = re.compile(r"\?|？|\b(?:not|or|maybe)\b|n't|不是|没有|或|还是|-\d")
_COUNTED, _LETTERS = frozenset({"units", "parts"}), frozenset({"after", "before"})
_ARTICLE = re.compile(
    r" [ai](?= (?!(?:comes|is|stands|precedes|follows|goes|before|after|because|and)\b)[a-z0-9'])"
)
"""The words "a" and "I" where they are no letters of the alphabet."""
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))", re.ASCII)
_BEFORE = frozenset("是叫作做为有说读写成用文语词字案都约共要在")
_AFTER = frozenset("的是在就了呢啊吧呀哦嘛也叫声色市日")
"""Chinese characters that make no longer word of the answer beside them, as 果 does of 水 (water)."""
_SHADES = frozenset("深浅淡金鲜雪乌大嫩翠碧蔚湛天")
_ACCENTS = re.compile("[\u0300-\u036f]")


_PLACES = tuple((relation, subject) for relation, facts in FACTS.items() for subject in facts)


def _plain(text: str) -> str:
    """English words and Chinese characters in lower case, with single spaces between and around them."""
    text = _THOUSANDS.sub("", text.lower().replace("’", "'"))
    if not text.isascii():
        text = _ACCENTS.sub("", normalize("NFD", text))
    return f" {' '.join(_WORD.findall(text))} "


def _candidates(relation: str) -> tuple[str, ...]:
    """What may be meant as an answer of this relation, plain, longest first."""
    texts = {text for fact in FACTS[relation].values() for both in fact.answers.values() for text in both}
    if relation in _COUNTED:
        texts |= {text for both in tables.NUMBERS.values() for names in both for text in names.split("/")}
        texts |= set(tables.MORE_NUMBERS)
    if relation == "colour":
        texts |= set(tables.MORE_COLOURS)
    return tuple(sorted({_plain(text) for text in texts}, key=lambda plain: (-len(plain), plain)))


_CANDIDATES = {relation: _candidates(relation) for relation in FACTS}


class Facts:
    """The task "facts". One level, 0: known or not."""

    name = "facts"
    styles = (BARE,)
    levels = (0,)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """Each fact is as likely, and each of its wordings."""
        require_level(self, level)
        require_language(self, language)
        relation, subject = random.choice(_PLACES)
        fact, wordings = FACTS[relation][subject], WORDINGS[relation, language]
        index = random.randrange(len(wordings))
        return Problem(
            kind=self.name,
            question=dressed(wording_of(fact, relation, language, index), random, language),
            answer=fact.answers[language][0],
            key=f"facts:{relation}:{subject}:{index}",
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """The answer alone, or in a short sentence."""
        require_style(self, style)
        relation, fact = self._fact(problem)
        return Solution(
            "", _told(fact.answers[problem.language][0], relation, fact, problem.language, random)
        )

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """What is right for another fact of the relation."""
        require_style(self, style)
        relation, fact = self._fact(problem)
        right = {answer for both in fact.answers.values() for answer in both}
        others = list(FACTS[relation].values())
        start = random.randrange(len(others))
        for other in (*others[start:], *others[:start]):
            answer = other.answers[problem.language][0]
            if answer not in right:
                return Solution("", _told(answer, relation, fact, problem.language, random))
        raise AssertionError(relation)  # no relation has one answer only

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where a short answer holds a right expression and none of the relation's other answers.

        What is counted in ("a dozen") is passed over, and a part of a longer word is no answer.
        """
        relation, fact = self._fact(problem)
        if len(answer) > MAX_CHARACTERS:
            return Verdict(0.0, False, "answer too long")
        plain = _plain(answer)
        num_words = len(plain.split())
        if not num_words or num_words > MAX_WORDS:
            return Verdict(0.0, False, "answer too long" if num_words else "empty answer")
        if _DENIAL.search(answer.lower()):
            return Verdict(0.0, False, "a denial, a choice or a question")
        question = _plain(problem.question)
        if num_words >= _ECHO_WORDS and plain in question:
            return Verdict(0.0, False, "echo of the question")
        return _judged(plain, question, relation, fact, problem.language)

    def _fact(self, problem: Problem) -> tuple[str, Fact]:
        relation, _, rest = key_body(self, problem).partition(":")
        subject, _, index = rest.rpartition(":")
        fact = FACTS.get(relation, {}).get(subject)
        if fact is None or not index.isdigit():
            raise TaskError(
                f"the key {problem.key!r} names no known fact.", "draw problems with Facts.sample"
            )
        return relation, fact


def _told(answer: str, relation: str, fact: Fact, language: str, random: Random) -> str:
    if random.random() < 0.6:
        return answer
    text = random.choice(
        ("{v}.", *TOLD[relation][language]) if language == ENGLISH else TOLD[relation][language]
    )
    text = text.format(v=answer, **fact.words[language])
    return text[:1].upper() + text[1:]


def _judged(plain: str, question: str, relation: str, fact: Fact, language: str) -> Verdict:
    accepted = {_plain(text) for text in fact.answers[language]}
    rest = plain
    if relation in _COUNTED:
        rest = plain.replace(_plain(fact.words[language]["w"]), " / ")
    elif relation in _LETTERS:
        rest = _ARTICLE.sub("", plain)
    is_right = False
    for candidate in _CANDIDATES[relation]:
        if candidate not in rest:
            continue
        if candidate not in accepted:
            if candidate in question:
                continue
            return Verdict(0.0, False, "another answer")
        is_right = is_right or _is_whole(rest, candidate, relation, fact.words[language])
        rest = rest.replace(candidate, " / ")
    if relation in _COUNTED and any(word.isdigit() and f" {word} " not in question for word in rest.split()):
        return Verdict(0.0, False, "another number")
    return Verdict(1.0, True, "right") if is_right else Verdict(0.0, False, "not the answer")


def _is_whole(rest: str, candidate: str, relation: str, words: dict[str, str]) -> bool:
    """Whether no Chinese character beside the candidate makes a longer word of it."""
    if candidate.isascii():
        return True
    before, _, after = rest.partition(candidate)
    previous, following = before[-1:], after.replace(" ", "")
    fits = previous in _BEFORE or (relation == "colour" and previous in _SHADES)
    if relation in ("colour", "capital", "sound"):
        fits = fits or previous == words["x"][-1]
    unit = words.get("u", "")
    goes_on = following[:1] in _AFTER or bool(unit and following.startswith((unit[0], unit[1:] or unit)))
    return (fits or not _is_chinese(previous)) and (goes_on or not _is_chinese(following[:1]))


def _is_chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
