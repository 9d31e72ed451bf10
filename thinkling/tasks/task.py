"""What a kind of problem can do: draw one, write a solution, slip on purpose, and check an answer by rule.

The same `Task` serves the primer corpus (`solve`, `slip`), training by reinforcement (`sample`, `check`) and
evaluation (`sample` over held-out keys, `check`), so the three can never disagree about what a problem is.
A task writes plain text: the tags around a reasoning belong to `thinkling.text`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol, runtime_checkable

from thinkling.errors import TaskError
from thinkling.records import Problem, Verdict

BARE = "bare"
"""The style every task can write: an answer without reasoning."""
ENGLISH, CHINESE = "en", "zh"
"""The languages of the house, as `Problem.language` writes them."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What an assistant says: `reasoning` for the inside of the think block (may be empty), and `answer`."""

    reasoning: str
    answer: str


@runtime_checkable
class Task(Protocol):
    """A kind of problem. Every method is a pure function of its arguments and of the given `random`."""

    @property
    def name(self) -> str:
        """The word before the colon of every key, for example "multiply"."""

    @property
    def styles(self) -> tuple[str, ...]:
        """The styles that `solve` and `slip` can write; "bare" is among them."""

    @property
    def levels(self) -> tuple[int, ...]:
        """The difficulties that `sample` can draw, easiest first; a problem of level 0 needs no thinking."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that a question can be put in; "en" is among them."""

    def sample(self, random: Random, level: int | None = None, language: str = ENGLISH) -> Problem:
        """A problem of `level`, or of the task's usual mixture, with its question in `language`.

        The key does not depend on the language. Raises TaskError for a level or a language it lacks.
        """

    def solve(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A right solution in the problem's language. Raises TaskError for a style it cannot write."""

    def slip(self, problem: Problem, random: Random, style: str = BARE) -> Solution:
        """A plausible wrong solution: a near miss, or one wrong step whose result is carried through.

        Raises TaskError for a style it cannot write.
        """

    def check(self, problem: Problem, answer: str) -> Verdict:
        """Judge an answer region (untrusted plain text). Reward 1.0 or 0.0, and why in a few words."""


def require_level(task: Task, level: int | None) -> None:
    """Raise TaskError unless `level` is None or one that the task can draw."""
    if level is not None and level not in task.levels:
        raise TaskError(
            f"task {task.name!r} has no level {level}.", f"choose among {', '.join(map(str, task.levels))}"
        )


def require_language(task: Task, language: str) -> None:
    """Raise TaskError unless the task can put its questions in `language`."""
    if language not in task.languages:
        raise TaskError(
            f"task {task.name!r} has no questions in {language!r}.",
            f"choose among {', '.join(task.languages)}",
        )


def chosen_level(
    task: Task, random: Random, level: int | None, language: str, usual: Sequence[int] | None = None
) -> int:
    """`level`, or one of the `usual` ones (all, if none are given) where it is None.

    Raises TaskError for a level or a language that the task lacks.
    """
    require_level(task, level)
    require_language(task, language)
    return random.choice(usual or task.levels) if level is None else level


def require_style(task: Task, style: str) -> None:
    """Raise TaskError unless the task can write `style`."""
    if style not in task.styles:
        raise TaskError(
            f"task {task.name!r} has no style {style!r}.", f"choose among {', '.join(task.styles)}"
        )


def contradiction(task: Task, problem: Problem) -> TaskError:
    """The error of a problem whose question and key do not belong together."""
    return TaskError(
        f"the question {problem.question!r} does not ask what the key {problem.key!r} says.",
        f"draw problems with {type(task).__name__}.sample",
    )


def key_body(task: Task, problem: Problem) -> str:
    """What follows "name:" in the problem's key. Raises TaskError for a problem of another task."""
    name, colon, body = problem.key.partition(":")
    if name != task.name or not colon:
        raise TaskError(
            f"problem {problem.key!r} is not a problem of task {task.name!r}.",
            "pass each problem to the task that is named before the colon of its key",
        )
    return body
