"""Word problems of one to three steps: buying, sharing, ages, distances, what is left, groups and remainders.

The key knows the mathematical form and its numbers ("stories:change:50,3,7"), not names, things, wording or
language. One story in five names a number that does not matter. Worked: one equation a line, with additions
and products split into steps of one digit.
"""

from __future__ import annotations

import re
from random import Random

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks import story_chinese, story_english
from thinkling.tasks.ledger import written, written_with_slip
from thinkling.tasks.people import dressed_with_names, names_for
from thinkling.tasks.phrase import Phrases
from thinkling.tasks.scratch import near
from thinkling.tasks.story_forms import FORMS, Form, Numbers
from thinkling.tasks.task import BARE, CHINESE, ENGLISH, Solution, chosen_level, key_body, require_style
from thinkling.tasks.verify.number import check_number

_ASIDE_SHARE, _LEAD_SHARE = 0.2, 0.15
_FORMS_OF_LEVEL = {
    level: tuple(name for name, form in FORMS.items() if form.level == level) for level in (1, 2, 3)
}
_WORDS = {ENGLISH: story_english, CHINESE: story_chinese}
_NUMBER = re.compile(r"\d+", re.ASCII)
_UNIT = {
    ENGLISH: re.compile(r"[Hh]ow many (?!are|do|does|more|fewer)([a-z]+)"),
    CHINESE: re.compile(r"(?:多少|几)(公里|厘米|[\u4e00-\u9fff])"),
}
_ANSWERS = {
    ENGLISH: ("{r}", "{r}", "{r} {u}", "{r} {u}.", "The answer is {r}."),
    CHINESE: ("{r}", "{r}", "{r}{u}", "{r}{u}。", "答案是{r}。"),
}


class Stories:
    """The task "stories". Levels 1, 2, 3: one, two, three steps of arithmetic."""

    name = "stories"
    styles = (BARE, "worked")
    levels = (1, 2, 3)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """One of the forms of the level, all as likely; without a level every level is as likely."""
        chosen = chosen_level(self, random, level, language)
        name = random.choice(_FORMS_OF_LEVEL[chosen])
        form = FORMS[name]
        numbers = form.draw(random)
        canonical = form.canonical(numbers)
        return Problem(
            kind=self.name,
            question=dressed_with_names(_told(name, numbers, random, language), random, language),
            answer=str(written(form.plan(numbers))[1]),
            key=f"stories:{name}:{','.join(map(str, canonical))}",
            level=chosen,
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; a worked one takes the numbers in the order of the story."""
        require_style(self, style)
        form, numbers = self._form(problem)
        lines, result = written(form.plan(numbers))
        return _answered("" if style == BARE else "\n".join(lines), result, problem, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A number a little off or a forgotten last step, or one wrong equation that is carried through."""
        require_style(self, style)
        form, numbers = self._form(problem)
        if style != BARE:
            lines, result = written_with_slip(form.plan(numbers), random)
            return _answered("\n".join(lines), result, problem, random)
        lines, right = written(form.plan(numbers))
        unfinished = int(lines[-2].rpartition("=")[2]) if len(lines) > 1 else right
        is_unfinished = unfinished != right and random.random() < 0.4
        return _answered("", unfinished if is_unfinished else near(right, random), problem, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the one number that the answer gives, with or without its unit, is the result."""
        return check_number(problem, answer)

    def _form(self, problem: Problem) -> tuple[Form, Numbers]:
        """The form, and its numbers in the order of the story."""
        name, _, listed = key_body(self, problem).partition(":")
        form = FORMS.get(name)
        parts = listed.split(",")
        if form is None or not all(_NUMBER.fullmatch(part) for part in parts):
            raise TaskError(f"the key {problem.key!r} names no story.", "draw problems with Stories.sample")
        asked = [int(digits) for digits in _NUMBER.findall(problem.question)]
        return form, form.as_asked(tuple(map(int, parts)), asked)


def _told(name: str, numbers: Numbers, random: Random, language: str) -> str:
    """The story with its names and things, and at times a sentence that does not matter."""
    words = _WORDS[language]
    names = names_for(random, 4, language)
    fields = dict(zip("abcd", numbers, strict=False)) | dict(zip("mnpz", names, strict=True))
    fields |= _things(random, language)
    wordings: Phrases = words.WORDINGS[name]
    lead = random.choice(words.LEADS) if random.random() < _LEAD_SHARE else ""
    if random.random() >= _ASIDE_SHARE:
        return wordings.said(random, i=lead, **fields)
    other = random.choice([number for number in range(2, 31) if number not in numbers])
    aside: str = words.ASIDES.said(random, x=other, z=names[3])
    if random.random() < 0.5:
        return aside + wordings.said(random, i=lead, **fields)
    return wordings.said(random, i=aside + lead, **fields)


def _things(random: Random, language: str) -> dict[str, str]:
    if language == CHINESE:
        thing, unit = random.choice(story_chinese.THINGS)
        return {"o": thing, "u": unit, "k": random.choice(story_chinese.CONTAINERS)}
    thing, container = random.choice(story_english.THINGS), random.choice(story_english.CONTAINERS)
    plural = "es" if container.endswith("x") else "s"
    return {"s": thing, "o": f"{thing}s", "h": container, "k": container + plural}


def _answered(reasoning: str, result: int, problem: Problem, random: Random) -> Solution:
    """The result with or without the unit that the question names."""
    match = _UNIT[problem.language].search(problem.question)
    said = random.choice(_ANSWERS[problem.language])
    unit = match[1] if match else ""
    if "{u}" in said and (not unit or (result == 1 and problem.language == ENGLISH)):
        return Solution(reasoning, str(result))
    return Solution(reasoning, said.format(r=result, u=unit))
