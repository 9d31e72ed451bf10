"""Names for stories and puzzles, and questions that keep them spelled as names."""

from __future__ import annotations

import re
from random import Random

from thinkling.tasks.task import ENGLISH
from thinkling.tasks.wording import dressed

ENGLISH_NAMES = (
    *("Ann", "Bob", "Cid", "Dan", "Eve", "Fay", "Gus", "Ida", "Jim", "Kim", "Leo", "Mia", "Ned"),
    *("Pam", "Ray", "Sam", "Tom", "Una", "Vic", "Zoe", "Amy", "Ben", "Joe", "Lily", "Max"),
)
"""Short names; none is the beginning of another."""
CHINESE_NAMES = (
    *("小明", "小红", "小华", "小丽", "小刚", "小军", "小芳", "小美"),
    *("小强", "小兰", "小东", "小梅", "小雨", "小林", "小龙"),
)
"""The names of Chinese schoolbooks."""
_FIRST_WORD = re.compile(r"[A-Za-z]+")
STEMS = ("甲", "乙", "丙", "丁", "戊")
"""The first heavenly stems, which Chinese puzzles use as English ones use A, B, C."""


def names_for(random: Random, count: int, language: str) -> list[str]:
    """Different names; Chinese questions have Chinese names, stems, or at times Latin ones."""
    if language == ENGLISH:
        return random.sample(ENGLISH_NAMES, count)
    kind = random.random()
    if kind < 0.5:
        return random.sample(CHINESE_NAMES, count)
    return random.sample(STEMS[: max(3, count)] if kind < 0.75 else ENGLISH_NAMES, count)


def dressed_with_names(question: str, random: Random, language: str) -> str:
    """The dressed question, whose first word keeps its capital where it is a name."""
    said = dressed(question, random, language)
    first = _FIRST_WORD.match(question)
    if not first or first[0] not in ENGLISH_NAMES:
        return said
    return re.sub(rf"(?<![A-Za-z]){first[0].lower()}(?![A-Za-z])", first[0], said, count=1)
