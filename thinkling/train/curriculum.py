"""Which problems come next: kinds by their shares, and levels where the policy is neither sure nor lost.

Reinforcement learns from groups with right and wrong answers in them, and a group of answers that are right
with probability p differs within itself most often near p = 1/2 (arXiv 2512.07783 calls it the edge of
competence). With a curriculum, a level is drawn in proportion to 4 p (1 - p), p being its recent pass rate,
and never less often than `floor` allows, so that an easy one is not forgotten and a hard one is tried again.
Kinds and languages keep their shares, unless the curriculum may move those too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from random import Random
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from thinkling.config import Record
from thinkling.errors import TaskError
from thinkling.records import Problem, Rollout
from thinkling.tasks.registry import task_named
from thinkling.tasks.split import sample_training
from thinkling.tasks.strangers import reworded
from thinkling.tasks.task import ENGLISH

Positive = Annotated[float, Field(gt=0)]
Cell = tuple[str, int | None, str]
"""Kind, level (None: the task's usual mixture) and language."""


class Practice(Record):
    """How one kind of problem is practised."""

    share: Positive = 1.0
    """How often, relative to the other kinds."""
    levels: tuple[int, ...] = ()
    """The levels that are drawn; left out: the usual mixture, or with a curriculum all that take thinking."""


class Practised(Record):
    """How one cell stands after a step."""

    kind: str
    level: int | None = None
    """None: the task's usual mixture."""
    language: str
    share: float
    """How often it is drawn, of all cells."""
    pass_rate: float | None = None
    """Right answers lately; None where it was not tried yet."""


class CurriculumSettings(Record):
    """How levels follow the pass rates."""

    floor: float = Field(0.15, gt=0, le=1)
    """Weight of a level that is always right, or always wrong; one that is right half the time weighs 1."""
    moves: Literal["levels", "kinds"] = "levels"
    """What gives way to what: levels of one kind to each other, or kinds and languages too."""
    memory: float = Field(0.9, ge=0, lt=1)
    """What an answer still counts one step later, in the pass rate."""


class Practices(Record):
    """Everything that decides which problems are drawn."""

    kinds: dict[str, Practice]
    languages: dict[str, Positive] = Field({ENGLISH: 1.0}, min_length=1)
    curriculum: CurriculumSettings | None = None
    strangers: float = Field(0.0, ge=0, le=1)
    """Share of the questions put in words that are not the tasks' own (`thinkling.tasks.strangers`)."""

    @model_validator(mode="after")
    def _tasks_have_them(self) -> Practices:
        for name, practice in self.kinds.items():
            try:
                task = task_named(name)
            except TaskError as error:
                raise ValueError(str(error)) from error
            for level in practice.levels:
                if level not in task.levels:
                    raise ValueError(f"task {name!r} has no level {level}, only {task.levels}")
            for language in self.languages:
                if language not in task.languages:
                    raise ValueError(f"task {name!r} has no questions in {language!r}")
        return self


class ProblemSource:
    """Training problems. Step s gives the same problems wherever the same answers were noted before it."""

    def __init__(self, practices: Practices, seed: int) -> None:
        self._curriculum, self._strangers = practices.curriculum, practices.strangers
        self._seed = seed
        self._prior: dict[Cell, float] = {}
        self._counts: dict[Cell, tuple[float, float]] = {}
        total = sum(practices.languages.values())
        for name, practice in practices.kinds.items():
            levels = self._levels(name, practice)
            for level in levels:
                for language, weight in practices.languages.items():
                    share = practice.share / len(levels) * weight / total
                    self._prior[name, level, language] = share

    def _levels(self, name: str, practice: Practice) -> tuple[int | None, ...]:
        if practice.levels:
            return practice.levels
        if self._curriculum is None:
            return (None,)
        levels = task_named(name).levels
        return tuple(level for level in levels if level) or levels

    def problems(self, step: int, draw: int, count: int) -> list[Problem]:
        """`count` training problems for draw `draw` of a step."""
        random = Random(f"{self._seed}:{step}:{draw}")
        weights = self.weights()
        cells = random.choices(list(weights), list(weights.values()), k=count)
        return [self._drawn(cell, random) for cell in cells]

    def _drawn(self, cell: Cell, random: Random) -> Problem:
        name, level, language = cell
        problem = sample_training(task_named(name), random, level, language)
        # No number is drawn where there is nothing to choose.
        is_reworded = self._strangers and random.random() < self._strangers
        return reworded(problem, random) if is_reworded else problem

    def some_of_each_kind(self, count: int) -> list[Problem]:
        """`count` training problems of every kind, levels and languages as they come at the start."""
        random = Random(f"{self._seed}:gate")
        found = []
        for kind in dict.fromkeys(name for name, _, _ in self._prior):
            cells = {cell: share for cell, share in self._prior.items() if cell[0] == kind}
            chosen = random.choices(list(cells), list(cells.values()), k=count)
            found += [self._drawn(cell, random) for cell in chosen]
        return found

    def weights(self) -> dict[Cell, float]:
        """How often each cell is drawn now, relative to the others."""
        if self._curriculum is None:
            return self._prior
        moved = {cell: share * self._edge(cell) for cell, share in self._prior.items()}
        if self._curriculum.moves == "kinds":
            return moved
        wanted: dict[tuple[str, str], float] = defaultdict(float)
        found: dict[tuple[str, str], float] = defaultdict(float)
        for (kind, level, language), share in self._prior.items():
            wanted[kind, language] += share
            found[kind, language] += moved[kind, level, language]
        return {
            (kind, level, language): weight * wanted[kind, language] / found[kind, language]
            for (kind, level, language), weight in moved.items()
        }

    def _edge(self, cell: Cell) -> float:
        assert self._curriculum is not None
        rate = self.pass_rate(cell)
        return max(self._curriculum.floor, 4 * rate * (1 - rate))

    def pass_rate(self, cell: Cell) -> float:
        """The recent share of right answers; 1/2 for a cell that was not tried."""
        num_right, num_seen = self._counts.get(cell, (0.0, 0.0))
        return (num_right + 1) / (num_seen + 2)

    def note(self, rollouts: Iterable[Rollout]) -> None:
        """Count the scored answers of one step."""
        memory = (self._curriculum or CurriculumSettings()).memory
        counts = {cell: (right * memory, seen * memory) for cell, (right, seen) in self._counts.items()}
        for one in rollouts:
            problem = one.problem
            cell: Cell = (problem.kind, problem.level, problem.language)
            if cell not in self._prior:
                cell = (problem.kind, None, problem.language)
            if one.verdict.is_scored and cell in self._prior:
                right, seen = counts.get(cell, (0.0, 0.0))
                counts[cell] = (right + one.verdict.is_correct, seen + 1)
        self._counts = counts

    def table(self) -> list[Practised]:
        """What is practised now, and how well."""
        weights = self.weights()
        total = sum(weights.values())
        # Without a memory nothing is left of what was tried in earlier steps only.
        rates = {cell: right / seen for cell, (right, seen) in self._counts.items() if seen}
        return [
            Practised(
                kind=cell[0],
                level=cell[1],
                language=cell[2],
                share=weight / total,
                pass_rate=rates.get(cell),
            )
            for cell, weight in weights.items()
        ]

    def state(self) -> list[list[Any]]:
        """What a resume needs, as JSON: kind, level, language, right answers, answers."""
        return [[*cell, *numbers] for cell, numbers in self._counts.items()]

    def restore(self, state: Iterable[list[Any]]) -> None:
        """Go on from `state()`."""
        self._counts = {(row[0], row[1], row[2]): (row[3], row[4]) for row in state}


def practices(
    tasks: Mapping[str, float | Practice],
    languages: dict[str, float],
    curriculum: CurriculumSettings | None,
    strangers: float = 0.0,
) -> Practices:
    """The settings of a recipe as one record; a bare number is a share."""
    kinds = {
        name: Practice(share=one) if isinstance(one, float | int) else one for name, one in tasks.items()
    }
    return Practices(kinds=kinds, languages=languages, curriculum=curriculum, strangers=strangers)
