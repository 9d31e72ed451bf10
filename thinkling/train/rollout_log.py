"""Rollouts that a person can read, and what a stage measured before and after: files of its folder.

rollouts/step_00000020.jsonl    one rollout a line: question, expected answer, text, verdict
practice.json                   what was practised lately, and how well
held_out/before.jsonl           the same for the held-out problems, before the stage and after it
measurements.json               [{"name": ..., "before": 0.41, "after": 0.68, "num_problems": 512}]
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from thinkling.config import Record
from thinkling.errors import CheckpointError
from thinkling.records import Rollout
from thinkling.train.checkpoint import write_whole
from thinkling.train.curriculum import Practised

ROLLOUTS = "rollouts"
HELD_OUT = "held_out"
PRACTICE = "practice.json"
MEASUREMENTS = "measurements.json"


Interval = tuple[float, float]
When = Literal["before", "after"]
Row = TypeVar("Row", bound=Record)


class Measurement(Record):
    """One quantity before and after a stage; None where it was not measured."""

    name: str
    """What was measured, for a reader: "two-digit multiplication, pass@1, held out"."""
    before: float | None = None
    """At the start of the stage."""
    after: float | None = None
    """At its end."""
    num_problems: int = Field(0, ge=0)
    """How many problems it is the mean of."""
    is_share: bool = True
    """Whether it is written as a percentage."""
    before_interval: Interval | None = None
    """The 95 % interval of `before`, where there is one."""
    after_interval: Interval | None = None
    """That of `after`."""
    change_interval: Interval | None = None
    """That of `after` less `before`; narrower than the two suggest, because the problems are the same."""

    @property
    def change(self) -> float | None:
        """`after` less `before`."""
        return None if self.before is None or self.after is None else self.after - self.before


def write_rollouts(folder: Path, step: int, rollouts: Sequence[Rollout]) -> Path:
    """Writes the rollouts of a step below the stage's `folder`, replacing those of an earlier try."""
    path = folder / ROLLOUTS / f"step_{step:08d}.jsonl"
    _write_lines(path, rollouts)
    return path


def write_held_out(folder: Path, when: When, rollouts: Sequence[Rollout]) -> None:
    """Writes the answers to the held-out problems below the stage's `folder`."""
    _write_lines(folder / HELD_OUT / f"{when}.jsonl", rollouts)


def read_held_out(folder: Path, when: When) -> list[dict[str, Any]]:
    """What `write_held_out` wrote, line by line; nothing where it did not. Raises CheckpointError."""
    path = folder / HELD_OUT / f"{when}.jsonl"
    if not path.exists():
        return []
    try:
        return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
    except ValueError:
        raise CheckpointError(f"{path} cannot be understood.", "remove it; it feeds the report") from None


def _write_lines(path: Path, rollouts: Sequence[Rollout]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, "".join(json.dumps(_readable(one), ensure_ascii=False) + "\n" for one in rollouts))


def _readable(rollout: Rollout) -> dict[str, Any]:
    problem, completion, verdict = rollout.problem, rollout.completion, rollout.verdict
    return {
        "kind": problem.kind,
        "question": problem.question,
        "expected": problem.answer,
        "text": completion.text,
        "num_tokens": len(completion.ids),
        "finish_reason": completion.finish_reason,
        "reward": verdict.reward,
        "is_correct": verdict.is_correct,
        "is_scored": verdict.is_scored,
        "reason": verdict.reason,
    }


def read_samples(folder: Path, num_samples: int) -> list[dict[str, Any]]:
    """Some rollouts of the last step that wrote any: right and wrong ones in turn, each with its `step`."""
    paths = sorted((folder / ROLLOUTS).glob("step_*.jsonl"))
    if not paths:
        return []
    step = int(paths[-1].stem.removeprefix("step_"))
    found = [json.loads(line) | {"step": step} for line in paths[-1].read_text("utf-8").split("\n") if line]
    right = [one for one in found if one["is_correct"]]
    wrong = [one for one in found if not one["is_correct"]]
    return _different(right, (num_samples + 1) // 2) + _different(wrong, num_samples // 2)


def _different(samples: Sequence[dict[str, Any]], num_samples: int) -> list[dict[str, Any]]:
    """The first rollout of each question, up to a number."""
    first: dict[str, dict[str, Any]] = {}
    for one in samples:
        first.setdefault(one["question"], one)
    return list(first.values())[:num_samples]


def write_practice(folder: Path, table: Sequence[Practised]) -> None:
    """Writes how every kind, level and language stands, in place of what stood there."""
    rows = [one.model_dump(exclude_none=True) for one in table]
    write_whole(folder / PRACTICE, json.dumps(rows, indent=1) + "\n")


def read_practice(folder: Path) -> list[Practised]:
    """The latest table; nothing where the stage practises nothing. Raises CheckpointError if damaged."""
    return _read_rows(folder / PRACTICE, TypeAdapter(list[Practised]))


def write_measurements(folder: Path, measurements: Sequence[Measurement]) -> None:
    """Writes what a stage measured; the report shows it as the table of before and after."""
    rows = [one.model_dump(exclude_none=True) for one in measurements]
    write_whole(folder / MEASUREMENTS, json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


def read_measurements(folder: Path) -> list[Measurement]:
    """What a stage measured; nothing where it measured nothing. Raises CheckpointError for a damaged file."""
    return _read_rows(folder / MEASUREMENTS, TypeAdapter(list[Measurement]))


def _read_rows(path: Path, rows: TypeAdapter[list[Row]]) -> list[Row]:
    if not path.exists():
        return []
    try:
        return rows.validate_json(path.read_bytes())
    except ValidationError:
        raise CheckpointError(
            f"{path} cannot be understood.", "remove it; it only feeds the report"
        ) from None
