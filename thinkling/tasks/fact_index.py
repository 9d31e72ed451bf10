"""The facts as records, by relation and subject, and their wordings by number: the tables made ready.

Reading order: `fact_tables` (what is true), `fact_wordings` (how it is asked), here, then the task `facts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase

from thinkling.tasks import fact_tables as tables
from thinkling.tasks.fact_wordings import DIRECT, FRAMES, PHRASES
from thinkling.tasks.task import CHINESE, ENGLISH


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known about one thing: by language, the words for the wordings, and the right answers."""

    subject: str
    words: dict[str, dict[str, str]]
    answers: dict[str, tuple[str, ...]]


def _lines(table: str) -> list[list[str]]:
    return [line.split("|") for line in table.strip().split("\n")]


def _pairs(table: str) -> list[Fact]:
    return [
        Fact(
            subject=about,
            words={
                ENGLISH: {"x": about, "a": f"{'an' if about[0] in 'aeiou' else 'a'} {about}"},
                CHINESE: {"x": chinese},
            },
            answers={ENGLISH: tuple(answer.split("/")), CHINESE: tuple(chinese_answer.split("/"))},
        )
        for about, chinese, answer, chinese_answer in _lines(table)
    ]


def _counts(table: str) -> list[Fact]:
    found = []
    for unit, whole, chinese_unit, chinese_whole, digits in _lines(table):
        english, chinese = tables.NUMBERS[int(digits)]
        words = [text for text in english.split("/") if text != whole]  # "a dozen" eggs are no answer
        found.append(
            Fact(
                subject=f"{unit} of {whole}",
                words={ENGLISH: {"u": unit, "w": whole}, CHINESE: {"u": chinese_unit, "w": chinese_whole}},
                answers={
                    ENGLISH: (digits, *words),
                    CHINESE: (digits, *chinese.split("/")),
                },
            )
        )
    return found


def _neighbours(step: int) -> list[Fact]:
    """The letters that stand `step` places on."""
    found = []
    for index, letter in enumerate(ascii_uppercase):
        if 0 <= index + step < len(ascii_uppercase):
            words, other = {"x": letter}, (ascii_uppercase[index + step],)
            found.append(Fact(letter, {ENGLISH: words, CHINESE: words}, {ENGLISH: other, CHINESE: other}))
    return found


def _translations() -> list[Fact]:
    """English asks for Chinese, and Chinese for English."""
    found = []
    for english, chinese in _lines(tables.WORDS):
        ours, theirs = tuple(english.split("/")), tuple(chinese.split("/"))
        words = {ENGLISH: {"x": ours[0]}, CHINESE: {"x": theirs[0]}}
        found.append(Fact(ours[0], words, {ENGLISH: theirs, CHINESE: ours}))
    return found


FACTS: dict[str, dict[str, Fact]] = {
    relation: {fact.subject: fact for fact in facts}
    for relation, facts in {
        "units": _counts(tables.UNITS),
        "parts": _counts(tables.PARTS),
        "colour": _pairs(tables.COLOURS),
        "capital": _pairs(tables.CAPITALS),
        "opposite": _pairs(tables.OPPOSITES),
        "plural": _pairs(tables.PLURALS),
        "sound": _pairs(tables.SOUNDS),
        "after": _neighbours(1),
        "before": _neighbours(-1),
        "word": _translations(),
    }.items()
}
"""All facts by relation and subject."""

WORDINGS: dict[tuple[str, str], tuple[str, ...]] = {
    (relation, language): (
        *(
            frame.replace("{p}", phrase)
            for phrase in PHRASES[relation][language]
            for frame in FRAMES[language]
        ),
        *direct,
    )
    for relation, languages in DIRECT.items()
    for language, direct in languages.items()
}
"""All wordings by relation and language; a key holds the index."""


def wording_of(fact: Fact, relation: str, language: str, index: int) -> str:
    """The question about `fact` in wording number `index`, with a capital letter where it begins."""
    question = WORDINGS[relation, language][index].format(**fact.words[language])
    return question[:1].upper() + question[1:]
