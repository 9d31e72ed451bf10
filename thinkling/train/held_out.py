"""What held-out problems say before and after a stage: pass@1, how often it reasons, how long it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from statistics import fmean
from typing import Any

from thinkling.records import Generate, Problem, Rollout, SamplingParams
from thinkling.tasks.passrate import interval_of_mean, paired_interval, wilson_interval
from thinkling.tasks.registry import task_named
from thinkling.tasks.split import sample_problems
from thinkling.text.thinking import Tags
from thinkling.train.curriculum import Practices
from thinkling.train.rollout import Judge, is_reasoned, sample_rollouts
from thinkling.train.rollout_log import (
    Measurement,
    When,
    read_held_out,
    read_measurements,
    write_held_out,
    write_measurements,
)

PROBLEMS_SEED, SAMPLING_SEED = 0, 1
"""The same problems and the same noise for every run, so that runs can be compared."""


@dataclass(frozen=True, slots=True)
class Answers:
    """How the held-out problems of one kind were answered."""

    pass_at_1: float
    """Share answered rightly, of those that could be judged."""
    reasoned_share: float
    response_length: float
    """Mean tokens of an answer, reasoning included."""
    num_scored: int
    """How many could be judged."""
    rollouts: tuple[Rollout, ...]
    """The answers themselves."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """At most `count` held-out problems of each kind and language, answered once each at temperature 1."""

    practices: Practices
    count: int
    max_tokens: int
    judge: Judge
    tags: Tags

    def measure(self, generate: Generate) -> dict[str, Answers]:
        """By name: the kind, with its language where there are several."""
        problems = {name: self._problems(*one) for name, one in self._names().items()}
        params = SamplingParams(max_tokens=self.max_tokens)
        asked = [one for some in problems.values() for one in some]
        rollouts = iter(sample_rollouts(generate, asked, params, self.judge, SAMPLING_SEED))
        return {name: self._answers([next(rollouts) for _ in some]) for name, some in problems.items()}

    def _names(self) -> dict[str, tuple[str, str]]:
        languages = self.practices.languages
        is_one = len(languages) == 1
        return {
            kind if is_one else f"{kind} ({language})": (kind, language)
            for kind in self.practices.kinds
            for language in languages
        }

    def _problems(self, kind: str, language: str) -> list[Problem]:
        """The levels that the recipe names, each as often; without a list the task's usual mixture.

        A curriculum moves what is practised, and never what is measured.
        """
        levels = self.practices.kinds[kind].levels or (None,)
        each = -(-self.count // len(levels))
        found = [
            sample_problems(task_named(kind), each, PROBLEMS_SEED, True, level, language) for level in levels
        ]
        # Level after level, one each, so that cutting to the count leaves all levels.
        return [one for some in zip_longest(*found) for one in some if one is not None][: self.count]

    def _answers(self, rollouts: list[Rollout]) -> Answers:
        right = [one.verdict.is_correct for one in rollouts if one.verdict.is_scored]
        return Answers(
            fmean(right) if right else 0.0,
            fmean(is_reasoned(one.completion, self.tags) for one in rollouts),
            fmean(len(one.completion.ids) for one in rollouts),
            len(right),
            tuple(rollouts),
        )

    def write(self, folder: Path, when: When, found: Mapping[str, Answers]) -> None:
        """Write what was measured `before` or `after`; the other side stays as it was written."""
        write_held_out(folder, when, [one for answers in found.values() for one in answers.rollouts])
        earlier = {one.name: one for one in read_measurements(folder)}
        rows = []
        for title, field, is_share in _ROWS:
            for name, answers in found.items():
                row = earlier.get(f"{name}, {title}", Measurement(name=f"{name}, {title}", is_share=is_share))
                count = answers.num_scored if field == "pass_at_1" else len(answers.rollouts)
                rows.append(_with_side(row, when, getattr(answers, field), count))
        if when == "after":
            changes = _changes(read_held_out(folder, "before"), found)
            rows = [one.model_copy(update={"change_interval": changes.get(one.name)}) for one in rows]
        if len(found) > 1:
            rows.insert(0, _mean(rows[: len(found)]))
        own = {row.name for row in rows}
        write_measurements(folder, [*rows, *(one for name, one in earlier.items() if name not in own)])


def _with_side(row: Measurement, when: When, value: float, count: int) -> Measurement:
    interval = wilson_interval(round(value * count), count) if row.is_share else None
    return row.model_copy(update={when: value, f"{when}_interval": interval, "num_problems": count})


def _changes(before: list[dict[str, Any]], after: Mapping[str, Answers]) -> dict[str, tuple[float, float]]:
    """By row: the interval of the change, over problems that were judged both times."""
    earlier = {(one["kind"], one["question"]): one["is_correct"] for one in before if one["is_scored"]}
    found = {}
    for name, answers in after.items():
        pairs = [
            (earlier[one.problem.kind, one.problem.question], one.verdict.is_correct)
            for one in answers.rollouts
            if one.verdict.is_scored and (one.problem.kind, one.problem.question) in earlier
        ]
        if pairs:
            interval = paired_interval(pairs.count((False, True)), pairs.count((True, False)), len(pairs))
            found[f"{name}, {PASS_AT_1}"] = interval
    return found


def _mean(rows: list[Measurement]) -> Measurement:
    """The mean over kinds, each counting the same, of rows that are shares."""
    mean = Measurement(
        name=f"mean of {len(rows)}, {PASS_AT_1}", num_problems=sum(one.num_problems for one in rows)
    )
    for field in ("before", "after"):
        values = [getattr(one, field) for one in rows]
        if None not in values:
            mean = mean.model_copy(update={field: fmean(values)})
    for field in ("before", "after", "change"):
        values = [one.change if field == "change" else getattr(one, field) for one in rows]
        intervals = [getattr(one, f"{field}_interval") for one in rows]
        if None not in values and None not in intervals:
            mean = mean.model_copy(update={f"{field}_interval": interval_of_mean(values, intervals)})
    return mean


PASS_AT_1 = "pass@1, held out"
_ROWS = (
    (PASS_AT_1, "pass_at_1", True),
    ("answers with reasoning, held out", "reasoned_share", True),
    ("tokens of an answer, held out", "response_length", False),
)


def mean_pass_at_1(found: Mapping[str, Answers]) -> float:
    """The mean over kinds."""
    return fmean(one.pass_at_1 for one in found.values())
