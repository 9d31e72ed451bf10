"""Ordering puzzles: three to five persons or things, what is said of pairs, and who has some place.

Every statement is about neighbours in the order, so the order is unique. The key knows the pairs
("puzzles:Ann>Bob,Bob>Cid"), not the relation, the order of the statements or the language, nor the place that
is asked for: the answer has it. Worked: the statements as pairs in the order of the question, joined into a
chain (to the right while a pair goes on there, then to the left), then the answer.
"""

from __future__ import annotations

import re
from itertools import pairwise
from random import Random

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict
from thinkling.tasks.people import CHINESE_NAMES, ENGLISH_NAMES, STEMS, dressed_with_names, names_for
from thinkling.tasks.puzzle_relations import PERSONS, THINGS, Relation
from thinkling.tasks.puzzle_wordings import COLOURS, FRAMES, NOUNS, WHICH, WHO
from thinkling.tasks.task import BARE, CHINESE, ENGLISH, Solution, chosen_level, key_body, require_style
from thinkling.tasks.verify.choice import Choices, check_choice

_THING_SHARE = 0.25
_NUMS_OF_NAMES = (3, 4, 5)
_PLACES_OF_LEVEL = {
    1: ("first", "last", "middle"),
    2: ("first", "last", "second", "second last"),
    3: ("first", "last", "middle", "second", "second last"),
}
_CHOICES = Choices(
    {name: (name,) for name in (*ENGLISH_NAMES, *CHINESE_NAMES, *STEMS)}
    | {english: (english, chinese) for english, chinese in zip(*COLOURS.values(), strict=True)}
)
_IN_CHINESE = dict(zip(*COLOURS.values(), strict=True))
_FROM_CHINESE = {chinese: english for english, chinese in _IN_CHINESE.items()}
_TOLD = re.compile(
    "|".join(
        (*ENGLISH_NAMES, *CHINESE_NAMES, *STEMS, *_FROM_CHINESE, *(f"(?<=he ){name}" for name in _IN_CHINESE))
    )
)
_ANSWERS = {
    ENGLISH: ("{r}", "{r}", "{r}", "{r}", "{r}.", "It is {r}.", "The answer is {r}."),
    CHINESE: ("{r}", "{r}", "{r}", "{r}", "{r}。", "是{r}。", "答案是{r}。"),
}
Pair = tuple[str, str]


class Puzzles:
    """The task "puzzles". Levels 1, 2, 3: three, four, five persons or things."""

    name = "puzzles"
    styles = (BARE, "worked", "short")
    levels = (1, 2, 3)
    languages = (ENGLISH, CHINESE)

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """A quarter of the puzzles order coloured things; without a level every number is as likely."""
        chosen = chosen_level(self, random, level, language)
        is_of_things = random.random() < _THING_SHARE
        if is_of_things:
            names = random.sample(COLOURS[ENGLISH], chosen + 2)
        else:
            names = names_for(random, chosen + 2, language)
        place = random.choice(_PLACES_OF_LEVEL[chosen])
        pairs = list(pairwise(names))
        random.shuffle(pairs)
        asked = (_asked_of_things if is_of_things else _asked_of_persons)(pairs, place, random, language)
        return Problem(
            kind=self.name,
            question=dressed_with_names(asked, random, language),
            answer=_label(names[_index(place, len(names))], language),
            key=f"puzzles:{','.join(sorted(map('>'.join, pairs)))}",
            level=chosen,
            language=language,
        )

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution; "worked" joins the pairs one by one, "short" writes the whole chain at once."""
        require_style(self, style)
        order, place = self._order(problem)
        reasoning = "" if style == BARE else _written(problem, order, order, place, style)
        return _answered(reasoning, order[_index(place, len(order))], problem, random)

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """Another name, or a chain in which the answer and its neighbour are exchanged."""
        require_style(self, style)
        order, place = self._order(problem)
        index = _index(place, len(order))
        if style == BARE:
            return _answered("", random.choice([*order[:index], *order[index + 1 :]]), problem, random)
        other = index - 1 if index and (index == len(order) - 1 or random.random() < 0.5) else index + 1
        wrong = list(order)
        wrong[index], wrong[other] = wrong[other], wrong[index]
        return _answered(_written(problem, order, wrong, place, style), wrong[index], problem, random)

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Right where the answer states the one name."""
        return check_choice(problem, answer, _CHOICES, may_repeat=False)

    def _order(self, problem: Problem) -> tuple[list[str], str]:
        """The names from first to last, and the place that is asked for."""
        pairs = key_body(self, problem).split(",")
        following = dict(pair.split(">", 1) for pair in pairs if ">" in pair)
        starts = following.keys() - set(following.values())
        order = list(starts) if len(starts) == 1 else [""]
        while order[-1] in following:
            order.append(following[order[-1]])
        name = _FROM_CHINESE.get(problem.answer, problem.answer)
        if len(order) not in _NUMS_OF_NAMES or name not in order:
            raise TaskError(
                f"the key {problem.key!r} names no order of which {problem.answer!r} is a part.",
                "draw problems with Puzzles.sample",
            )
        index = order.index(name)
        return order, next(
            place for place in _PLACES_OF_LEVEL[len(order) - 2] if _index(place, len(order)) == index
        )


def _asked_of_persons(pairs: list[Pair], place: str, random: Random, language: str) -> str:
    relation = random.choice(PERSONS[language])
    question = WHO[language].said(random, p=random.choice(relation.titles[place]))
    return _framed(
        [_told(relation, first, second, random) for first, second in pairs],
        question,
        relation,
        random,
        language,
    )


def _asked_of_things(pairs: list[Pair], place: str, random: Random, language: str) -> str:
    relation, noun = random.choice(THINGS[language]), random.choice(NOUNS[language])
    title = random.choice(relation.titles[place])
    shown = "the {} {}" if language == ENGLISH else random.choice(("{}{}", "{}色的{}"))
    named = [[shown.format(_label(name, language), noun) for name in pair] for pair in pairs]
    question = WHICH[language].said(random, p=title, n=noun)
    return _framed(
        [_told(relation, first, second, random) for first, second in named],
        question,
        relation,
        random,
        language,
    )


def _told(relation: Relation, first: str, second: str, random: Random) -> str:
    return relation.statements.said(random, a=first, b=second)


def _framed(told: list[str], question: str, relation: Relation, random: Random, language: str) -> str:
    """Statements, scene and question as one text."""
    if language == CHINESE:
        joined = random.choice(("，", "，", "。", "；")).join(told) + "。"
    else:
        joined = _listed(told) if random.random() < 0.3 else ". ".join(map(_capitalised, told)) + "."
    scene = random.choice(relation.scenes)
    return FRAMES[language].said(random, s=joined, q=question, c=scene)


def _listed(told: list[str]) -> str:
    """The statements as one sentence."""
    last = ", and " if len(told) == 2 else ", "
    return f"{_capitalised(', '.join(told[:-1]))}{last}{told[-1]}."


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]


def _index(place: str, count: int) -> int:
    return {"first": 0, "last": count - 1, "middle": count // 2, "second": 1, "second last": count - 2}[place]


def _label(name: str, language: str) -> str:
    """How texts in this language show a name: colours are translated, names of persons are not."""
    return _IN_CHINESE.get(name, name) if language == CHINESE else name


def _asked_pairs(problem: Problem, order: list[str]) -> list[Pair]:
    """The pairs in the order in which the question tells them. Raises TaskError where it tells others."""
    pairs = list(pairwise(order))
    told = [_FROM_CHINESE.get(name, name) for name in _TOLD.findall(problem.question)]
    by_names = {frozenset(pair): pair for pair in pairs}
    found = [by_names.get(frozenset(told[start : start + 2])) for start in range(0, len(told), 2)]
    known = [pair for pair in found if pair]
    if sorted(known) != sorted(pairs):
        raise TaskError(
            f"the question {problem.question!r} does not tell the pairs of the key {problem.key!r}.",
            "draw problems with Puzzles.sample",
        )
    return known


def _written(problem: Problem, order: list[str], shown: list[str], place: str, style: str) -> str:
    """The pairs, the growing chain in the order `shown`, and the answer."""
    pairs = _asked_pairs(problem, order)
    lines = [">".join(pair) for pair in pairs]
    first, last = (order.index(name) for name in pairs[0])
    while style == "worked" and last - first < len(order) - 2:
        first, last = (first, last + 1) if last < len(order) - 1 else (first - 1, last)
        present = order[first : last + 1]
        lines.append(">".join(name for name in shown if name in present))
    lines.append(">".join(shown))
    lines.append(f"{place}: {shown[_index(place, len(shown))]}")
    text = "\n".join(lines)
    if problem.language == CHINESE and order[0] in _IN_CHINESE:
        for english, chinese in _IN_CHINESE.items():
            text = text.replace(english, chinese)
    return text


def _answered(reasoning: str, name: str, problem: Problem, random: Random) -> Solution:
    said = random.choice(_ANSWERS[problem.language]).format(r=_label(name, problem.language))
    return Solution(reasoning, said)
