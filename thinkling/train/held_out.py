"""pass@1 on held-out problems, before and after a stage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from thinkling.records import Generate, SamplingParams
from thinkling.tasks.registry import task_named
from thinkling.tasks.split import sample_problems
from thinkling.train.rollout import Judge, sample_rollouts
from thinkling.train.rollout_log import Measurement, read_measurements, write_measurements

PROBLEMS_SEED, SAMPLING_SEED = 0, 1
"""The same problems and the same noise for every run, so that runs can be compared."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """`count` held-out problems of each kind, answered once each at temperature 1."""

    kinds: tuple[str, ...]
    count: int
    max_tokens: int
    judge: Judge

    def rates(self, generate: Generate) -> dict[str, float]:
        """pass@1 of each kind: the share answered rightly, of those that could be judged."""
        tasks = [task_named(kind) for kind in self.kinds]
        problems = [
            p for task in tasks for p in sample_problems(task, self.count, PROBLEMS_SEED, held_out=True)
        ]
        params = SamplingParams(max_tokens=self.max_tokens)
        rollouts = sample_rollouts(generate, problems, params, self.judge, SAMPLING_SEED)
        rates = {}
        for kind in self.kinds:
            right = [r.verdict.is_correct for r in rollouts if r.problem.kind == kind and r.verdict.is_scored]
            rates[kind] = sum(right) / max(1, len(right))
        return rates

    def write(
        self, folder: Path, before: dict[str, float] | None = None, after: dict[str, float] | None = None
    ) -> None:
        """Write what was measured; what is not given stays as it was written."""
        earlier = {one.name: one for one in read_measurements(folder)}
        rows = []
        for kind in self.kinds:
            name = f"{kind}, pass@1, held out"
            old = earlier.get(name)
            rows.append(
                Measurement(
                    name=name,
                    before=before[kind] if before else old and old.before,
                    after=after[kind] if after else old and old.after,
                    num_problems=self.count,
                )
            )
        write_measurements(folder, rows)
