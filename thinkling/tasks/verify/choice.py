"""Read the one choice among known words (weekdays, months, names) that an answer region states.

A choice may have several spellings ("Friday", "Fri", "星期五", "周五"). They are found whatever their case,
never inside a longer word or a longer Chinese numeral. Echoes, denials, dumps and two candidates are refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks.verify.number import Refusal
from thinkling.tasks.verify.stated import Mention, only_stated, unreadable, without_echo

_NUMERALS = "一二三四五六七八九十两百"
_WEEKDAY_ENDS = _NUMERALS + "日天"


class Choices:
    """A closed set of choices: each value with its spellings. Raises TaskError where two values share one."""

    def __init__(self, spellings: Mapping[str, Sequence[str]]) -> None:
        self._values: dict[str, str] = {}
        for value, words in spellings.items():
            for word in words:
                if self._values.setdefault(word.lower(), value) != value:
                    raise TaskError(
                        f"the spelling {word!r} stands for two choices.",
                        "give each choice spellings of its own",
                    )
        longest_first = sorted(self._values, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_bounded, longest_first)), re.IGNORECASE | re.ASCII)

    def mentions(self, text: str) -> list[Mention]:
        """Every choice that `text` names, in its order."""
        return [
            Mention(self._values[match.group().lower()], match.start(), match.end())
            for match in self._pattern.finditer(text)
        ]

    def value(self, word: str) -> str:
        """The choice that one spelling stands for. Raises TaskError for an unknown one."""
        if word.lower() not in self._values:
            raise TaskError(f"{word!r} is none of the choices.", "use one of the spellings that were given")
        return self._values[word.lower()]


def read_choice(text: str, choices: Choices, question: str = "", may_repeat: bool = True) -> str | Refusal:
    """The one choice that `text` states, or a Refusal with the reason in a few words. Never raises.

    Choices that `question` names may be referred to ("3 days after Monday is Thursday") and, where
    `may_repeat`, repeated before the result is announced ("from Monday on: it is Thursday").
    """
    refusal = unreadable(text)
    if refusal:
        return refusal
    said = without_echo(text, question)
    if isinstance(said, Refusal):
        return said
    given = {mention.value for mention in choices.mentions(question)}
    return only_stated(said, choices.mentions(said), given, may_repeat)


def check_choice(problem: Problem, answer: str, choices: Choices, may_repeat: bool = True) -> Verdict:
    """Compare the choice that `answer` states with `problem.answer`. Reward 1.0 or 0.0."""
    found = read_choice(answer, choices, problem.question, may_repeat)
    if isinstance(found, Refusal):
        return Verdict(0.0, False, found.reason)
    if found == choices.value(problem.answer):
        return Verdict(1.0, True, "right")
    return Verdict(0.0, False, f"{found} found, {problem.answer} expected")


def _bounded(word: str) -> str:
    """A pattern for `word` that no letter, digit or Chinese numeral makes longer."""
    before, after = "", ""
    if word[0].isascii():
        before = "(?<![A-Za-z0-9])"
    elif word[0] in _NUMERALS:
        before = f"(?<![{_NUMERALS}0-9])"
    if word[-1].isascii():
        after = "(?![A-Za-z0-9])"
    elif word[-1] in _WEEKDAY_ENDS:
        after = f"(?![{_WEEKDAY_ENDS}])"
    return f"{before}{re.escape(word)}{after}"
