"""What the primer corpus is made of: which tasks, in which styles, and how often a solution is wrong.

The primer teaches a tiny model to speak, and leaves reinforcement something to choose from: bare guesses that
are mostly wrong beside worked answers that are mostly right (arXiv 2504.07912: reinforcement sharpens one of
the ways that pretraining offers). No problem of the held-out split is ever drawn, and none whose solution
works out a reserved fact on its way.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable
from itertools import accumulate
from random import Random
from typing import Annotated

from pydantic import Field, model_validator

from thinkling.config import Record
from thinkling.records import Message, Problem
from thinkling.tasks.registry import TASKS, task_named
from thinkling.tasks.split import sample_training, shows_reserved_step
from thinkling.tasks.strangers import reworded
from thinkling.tasks.task import BARE, ENGLISH, Solution

Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class TaskShare(Record):
    """How one task appears. A problem of level 0 needs no thinking: its answers are always bare and right."""

    share: float = Field(gt=0)
    """Conversations about this task, relative to the shares of the others."""
    styles: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=lambda: {BARE: 1.0})
    """How often each style is written, relative to the others."""
    levels: tuple[int, ...] = ()
    """Levels that are drawn, each as often; left out: the task's usual mixture."""
    languages: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=lambda: {ENGLISH: 1.0})
    """How often each language is asked in, relative to the others."""
    strangers: Share = 0.0
    """Share of the questions put in words that are not the task's own (`thinkling.tasks.strangers`)."""
    wrong_share_bare: Share = 0.0
    """Share of the bare answers that are wrong: near misses."""
    wrong_share_worked: Share = 0.0
    """Share of the other answers in which one step is wrong and carried through."""


def _usual_tasks() -> dict[str, TaskShare]:
    return {
        "multiply": TaskShare(
            share=0.5, styles={BARE: 0.6, "split": 0.4}, wrong_share_bare=0.7, wrong_share_worked=0.05
        ),
        "letters": TaskShare(
            share=0.2, styles={BARE: 0.5, "worked": 0.5}, wrong_share_bare=0.4, wrong_share_worked=0.05
        ),
        "sums": TaskShare(
            share=0.15, styles={BARE: 0.5, "worked": 0.5}, wrong_share_bare=0.4, wrong_share_worked=0.05
        ),
        "sorting": TaskShare(
            share=0.05, styles={BARE: 0.5, "worked": 0.5}, wrong_share_bare=0.2, wrong_share_worked=0.05
        ),
        "greetings": TaskShare(share=0.1),
    }


class PrimerRecipe(Record):
    """The primer corpus, completely: the same recipe gives the same bytes."""

    num_tokens: Count = 8_000_000
    """Tokens of all documents together, padding not counted; the last document may go over it."""
    row_length: int = Field(256, ge=16)
    """Tokens in one packed row; at least the longest document."""
    vocab_size: Count = 1024
    """Most tokens in the vocabulary, if a tokenizer is trained."""
    seed: int = Field(0, ge=0, lt=2**63)
    """Every conversation follows from it."""
    tasks: dict[str, TaskShare] = Field(default_factory=_usual_tasks, min_length=1)
    """The tasks by name."""
    earlier_turns: tuple[Share, ...] = (0.05,)
    """Shares of conversations that have one, two, ... exchanges of any kind before the last question."""
    rows_per_shard: Count = 16_384
    """Rows in one file."""

    @model_validator(mode="after")
    def _styles_can_be_written(self) -> PrimerRecipe:
        for name, mix in self.tasks.items():
            if not sum(mix.styles.values()) or not sum(mix.languages.values()):
                raise ValueError(f"the styles or languages of task {name!r} have no share at all")
            if name in TASKS:
                _refuse_what_it_lacks(name, "style", mix.styles, TASKS[name].styles)
                _refuse_what_it_lacks(name, "level", mix.levels, TASKS[name].levels)
                _refuse_what_it_lacks(name, "language", mix.languages, TASKS[name].languages)
        if sum(self.earlier_turns) > 1:
            raise ValueError("the shares of earlier_turns are more than 1 in all")
        return self


def _refuse_what_it_lacks(name: str, what: str, asked: Iterable[object], known: tuple[object, ...]) -> None:
    for one in asked:
        if one not in known:
            raise ValueError(f"task {name!r} has no {what} {one!r}, only {', '.join(map(str, known))}")


class Mixture:
    """Draws conversations by a recipe's shares. Raises TaskError for a task that there is not."""

    def __init__(self, recipe: PrimerRecipe) -> None:
        self.names = tuple(recipe.tasks)
        self._tasks = [task_named(name) for name in self.names]
        self._mixes = list(recipe.tasks.values())
        self._bounds = list(accumulate(mix.share for mix in self._mixes))
        self._styles = [(list(mix.styles), list(accumulate(mix.styles.values()))) for mix in self._mixes]
        self._languages = [
            (list(mix.languages), list(accumulate(mix.languages.values()))) for mix in self._mixes
        ]
        self._indices = range(len(self.names))
        self._by_language = {
            one: self._asked_in(one)
            for one in {language for names, _ in self._languages for language in names}
        }
        self._earlier_bounds = list(accumulate(recipe.earlier_turns))

    def conversation(self, random: Random) -> tuple[int, list[Message]]:
        """One conversation, and which of `names` its last question belongs to."""
        index = random.choices(self._indices, cum_weights=self._bounds)[0]
        problem, solution = self._exchange(index, random)
        messages = [
            Message("user", problem.question),
            Message("assistant", solution.answer, reasoning=solution.reasoning),
        ]
        if self._earlier_bounds:
            messages = [*self._earlier(problem.language, random), *messages]
        return index, messages

    def _asked_in(self, language: str) -> tuple[list[int], list[float]]:
        """The tasks that are asked in a language, and the running sums of their shares."""
        found = [i for i in self._indices if self._mixes[i].languages.get(language)]
        return found, list(accumulate(self._mixes[i].share for i in found))

    def _earlier(self, language: str, random: Random) -> list[Message]:
        """Exchanges of any kind, as a chat shows them later: without their thinking."""
        # Beyond the last bound lie conversations with nothing before.
        count = (bisect(self._earlier_bounds, random.random()) + 1) % (len(self._earlier_bounds) + 1)
        indices, bounds = self._by_language[language]
        messages = []
        for _ in range(count):
            index = random.choices(indices, cum_weights=bounds)[0]
            problem, solution = self._exchange(index, random, language)
            messages += [Message("user", problem.question), Message("assistant", solution.answer)]
        return messages

    def _exchange(self, index: int, random: Random, language: str | None = None) -> tuple[Problem, Solution]:
        while True:
            problem = self._problem(index, random, language)
            solution = self._solution(index, problem, random)
            if not shows_reserved_step(solution.reasoning):
                return problem, solution

    def _problem(self, index: int, random: Random, language: str | None) -> Problem:
        levels = self._mixes[index].levels
        if language is None:
            names, bounds = self._languages[index]
            # No number is drawn where there is nothing to choose.
            language = names[0] if len(names) == 1 else random.choices(names, cum_weights=bounds)[0]
        level = random.choice(levels) if levels else None
        problem = sample_training(self._tasks[index], random, level, language)
        share = self._mixes[index].strangers
        return reworded(problem, random) if share and random.random() < share else problem

    def _solution(self, index: int, problem: Problem, random: Random) -> Solution:
        task, mix = self._tasks[index], self._mixes[index]
        if problem.level == 0:
            return task.solve(problem, random, BARE)
        names, bounds = self._styles[index]
        style = random.choices(names, cum_weights=bounds)[0]
        wrong_share = mix.wrong_share_bare if style == BARE else mix.wrong_share_worked
        write = task.slip if random.random() < wrong_share else task.solve
        return write(problem, random, style)
