"""Control experiments: rewards that know nothing of the answer must teach nothing.

If a policy improves under them, then something else than its right answers was rewarded (a format, a length,
a leak), and the gain of the real run cannot be believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Literal

from thinkling.records import Completion, Problem, Verdict
from thinkling.train.rollout import Judge

Control = Literal["random_rewards", "shuffled_answers"]
"""random_rewards: a coin for every answer. shuffled_answers: judged by another problem of the same kind."""


def controlled_judge(control: Control | None, judge: Judge) -> Judge:
    """The judge that training listens to."""
    return _toss if control == "random_rewards" else judge


def gold_problems(control: Control | None, problems: Sequence[Problem]) -> Sequence[Problem] | None:
    """By whose answers the problems are judged; None where by their own.

    Under shuffled answers every problem of a step gets the next one's of its kind; one that is alone of its
    kind keeps its own, and so do two with equal answers.
    """
    if control != "shuffled_answers":
        return None
    of_kind: dict[str, list[int]] = {}
    for number, problem in enumerate(problems):
        of_kind.setdefault(problem.kind, []).append(number)
    gold = list(problems)
    for numbers in of_kind.values():
        for number, other in zip(numbers, numbers[1:] + numbers[:1], strict=True):
            gold[number] = problems[other]
    return gold


def _toss(problem: Problem, completion: Completion) -> Verdict:
    """Heads or tails, a function of question and answer alone, so that a resumed run tosses the same."""
    digest = sha256(f"{problem.question}\0{completion.text}".encode()).digest()
    is_heads = digest[0] < 128
    return Verdict(float(is_heads), is_heads, "random reward")
