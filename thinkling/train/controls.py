"""Control experiments: rewards that know nothing of the answer must teach nothing.

If a policy improves under them, then something else than its right answers was rewarded (a format, a length,
a leak), and the gain of the real run cannot be believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Literal

from thinkling.records import Completion, Problem, Verdict
from thinkling.tasks.registry import task_named
from thinkling.tasks.split import sample_training
from thinkling.train.rollout import Judge

Control = Literal["random_rewards", "shuffled_answers"]
"""random_rewards: a coin for every answer. shuffled_answers: judged by another problem of the same kind."""


def controlled_judge(control: Control | None, judge: Judge, seed: int) -> Judge:
    """The judge that a step listens to; `seed` is the step's, so that a resumed run tosses the same coins."""
    if control != "random_rewards":
        return judge
    random = Random(f"coins/{seed}")

    def toss(problem: Problem, completion: Completion) -> Verdict:
        is_heads = random.random() < 0.5
        return Verdict(float(is_heads), is_heads, "random reward")

    return toss


def gold_problems(
    control: Control | None, problems: Sequence[Problem], seed: int
) -> Sequence[Problem] | None:
    """By whose answers the problems are judged; None where by their own.

    Under shuffled answers each is judged by a freshly drawn problem of its kind, level and language. Where an
    answer fits another problem only by chance (a product) nearly nothing is rewarded then; where answers are
    few (a count of letters) the frequent ones are.
    """
    if control != "shuffled_answers":
        return None
    random = Random(f"gold/{seed}")
    return [sample_training(task_named(one.kind), random, one.level, one.language) for one in problems]
