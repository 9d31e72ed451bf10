"""What held-out problems say before and after a stage: pass@1, how often it reasons, how long it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from statistics import fmean

from thinkling.records import Generate, Problem, Rollout, SamplingParams
from thinkling.tasks.registry import task_named
from thinkling.tasks.split import sample_problems
from thinkling.text.thinking import Tags, split_answer
from thinkling.train.curriculum import Practices
from thinkling.train.rollout import Judge, sample_rollouts
from thinkling.train.rollout_log import Measurement, read_measurements, write_measurements

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
        """The levels that are practised, each as often."""
        levels = self.practices.kinds[kind].levels or (None,)
        each = -(-self.count // len(levels))
        found = [
            sample_problems(task_named(kind), each, PROBLEMS_SEED, True, level, language) for level in levels
        ]
        # Level after level, one each, so that cutting to the count leaves all levels.
        return [one for some in zip_longest(*found) for one in some if one is not None][: self.count]

    def _answers(self, rollouts: list[Rollout]) -> Answers:
        right = [one.verdict.is_correct for one in rollouts if one.verdict.is_scored]
        texts = [one.completion.text for one in rollouts]
        return Answers(
            fmean(right) if right else 0.0,
            fmean(bool(split_answer(text, "undecided", self.tags)[0].strip()) for text in texts),
            fmean(len(one.completion.ids) for one in rollouts),
            len(right),
        )

    def write(
        self,
        folder: Path,
        before: Mapping[str, Answers] | None = None,
        after: Mapping[str, Answers] | None = None,
    ) -> None:
        """Write what was measured; what is not given stays as it was written."""
        earlier = {one.name: one for one in read_measurements(folder)}
        rows = []
        for title, field, is_share in _ROWS:
            for name in self._names():
                title_of_kind = f"{name}, {title}"
                old = earlier.get(title_of_kind)
                rows.append(
                    Measurement(
                        name=title_of_kind,
                        before=getattr(before[name], field) if before else old and old.before,
                        after=getattr(after[name], field) if after else old and old.after,
                        num_problems=(after or before or {})[name].num_scored,
                        is_share=is_share,
                    )
                )
        own = {row.name for row in rows}
        write_measurements(folder, [*rows, *(one for name, one in earlier.items() if name not in own)])


_ROWS = (
    ("pass@1, held out", "pass_at_1", True),
    ("answers with reasoning, held out", "reasoned_share", True),
    ("tokens of an answer, held out", "response_length", False),
)


def mean_pass_at_1(found: Mapping[str, Answers]) -> float:
    """The mean over kinds."""
    return fmean(one.pass_at_1 for one in found.values())
