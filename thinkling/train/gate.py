"""Refuses reinforcement that cannot begin: a policy that is never right has nothing to choose from.

Group relative advantages are zero where all answers are wrong. So before the first step a few training
problems of each kind are answered k times, and pass@k, the share of problems with a right one among them,
has to reach a floor.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from thinkling.config import Record
from thinkling.errors import TrainingError
from thinkling.records import Generate, Problem, SamplingParams
from thinkling.tasks.passrate import wilson_interval
from thinkling.train.rollout import Judge, sample_rollouts
from thinkling.train.rollout_log import Measurement, write_measurements


class GateSettings(Record):
    """When reinforcement may start."""

    min_pass_at_k: float = Field(0.1, ge=0, le=1)
    """Least pass@k, the mean over the kinds; 0 measures nothing."""
    num_problems: int = Field(24, ge=1)
    """Training problems of each kind that are tried; k is the number of answers in a group."""


def pass_at_k(
    generate: Generate, problems: Sequence[Problem], params: SamplingParams, judge: Judge, seed: int
) -> dict[str, float]:
    """The share of problems of each kind with a right answer among `params.n`."""
    rollouts = sample_rollouts(generate, problems, params, judge, seed)
    found: dict[str, list[bool]] = {}
    for i, problem in enumerate(problems):
        group = rollouts[i * params.n : (i + 1) * params.n]
        found.setdefault(problem.kind, []).append(any(one.verdict.is_correct for one in group))
    return {kind: sum(right) / len(right) for kind, right in found.items()}


def write_gate(folder: Path, rates: dict[str, float], k: int, settings: GateSettings) -> None:
    """What the gate saw, among the stage's measurements."""
    count = settings.num_problems
    rows = [
        Measurement(
            name=f"{kind}, pass@{k}, training",
            before=rate,
            num_problems=count,
            before_interval=wilson_interval(round(rate * count), count),
        )
        for kind, rate in rates.items()
    ]
    write_measurements(folder, rows)


def refuse_hopeless_start(rates: dict[str, float], k: int, settings: GateSettings) -> None:
    """Raises TrainingError where the mean pass@k is below the floor, with the figure of every kind."""
    mean = sum(rates.values()) / len(rates)
    if mean >= settings.min_pass_at_k:
        return
    each = ", ".join(f"{kind} {rate:.0%}" for kind, rate in rates.items())
    raise TrainingError(
        f"reinforcement cannot start: pass@{k} is {mean:.1%} ({each}), the gate asks for "
        f"{settings.min_pass_at_k:.0%}. Where no answer is right there is nothing to choose.",
        "pretrain longer or on more worked solutions, practise easier levels, or lower gate.min_pass_at_k",
    )
