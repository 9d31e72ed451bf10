"""What a whole rollout earns: accuracy by the task's rule, and format by R1-Zero's contract.

DeepSeek-R1 (arXiv 2501.12948, section 2.2.2) adds the two. Accuracy reads only the answer region, as a person
would see it; format asks for one closed think block and an answer. A truncated answer earns nothing and is
called truncated; a grader that breaks leaves the rollout unscored, which is neither right nor wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from thinkling.config import Record
from thinkling.errors import ThinklingError
from thinkling.records import FinishReason, Problem, StartsIn, Verdict
from thinkling.tasks.registry import task_named
from thinkling.text.thinking import THINK_TAGS, Tags, read_block, split_answer

MAX_CHARACTERS = 200_000
"""A longer text is not searched for tags: it breaks the format and is wrong."""

TRUNCATED = "truncated"
"""The reason of a verdict on a text that ended for want of tokens."""


class RewardWeights(Record):
    """What the parts of a reward are worth. Decide by correctness, not by this sum, which groups to keep."""

    accuracy: float = Field(1.0, ge=0)
    """For an answer that the task's rule finds right."""
    format: float = Field(0.1, ge=0)
    """For exactly one closed think block before an answer that is not empty."""


@dataclass(frozen=True, slots=True)
class Graded:
    """The verdict on a rollout, with `reward` the weighted sum, and what else was seen."""

    verdict: Verdict
    has_format: bool
    is_truncated: bool
    is_reasoned: bool
    """Whether anything stands in the think block."""


def grade(
    problem: Problem,
    text: str,
    starts_in: StartsIn = "undecided",
    finish_reason: FinishReason = "stop",
    weights: RewardWeights | None = None,
    tags: Tags = THINK_TAGS,
) -> Graded:
    """Grade what the model wrote after a prompt that ends in `starts_in`. Never raises for any text.

    An aborted text, an unknown task and a grader that raises give a verdict with `is_scored` False.
    """
    weights = weights or RewardWeights()
    if len(text) > MAX_CHARACTERS:
        return Graded(Verdict(0.0, False, "text too long"), False, finish_reason == "length", False)
    reasoning, answer = split_answer(text, starts_in, tags)
    is_reasoned = bool(reasoning.strip())
    if finish_reason == "abort":
        return Graded(Verdict(0.0, False, "aborted", is_scored=False), False, False, is_reasoned)
    if finish_reason == "length":
        return Graded(Verdict(0.0, False, TRUNCATED), False, True, is_reasoned)
    fault = read_block(text, starts_in, tags).fault
    judged = _judge(problem, answer)
    if not judged.is_scored:
        return Graded(judged, not fault, False, is_reasoned)
    reward = weights.accuracy * judged.reward + weights.format * (not fault)
    reason = f"{judged.reason}; {fault}" if fault else judged.reason
    return Graded(Verdict(reward, judged.is_correct, reason), not fault, False, is_reasoned)


def _judge(problem: Problem, answer: str) -> Verdict:
    """The task's own verdict; whatever goes wrong in it is reported and not counted."""
    try:
        return task_named(problem.kind).check(problem, answer)
    except ThinklingError as error:
        return Verdict(0.0, False, f"unscored: {error.message}", is_scored=False)
    except Exception as error:  # a task from outside may break in any way
        return Verdict(0.0, False, f"unscored: {type(error).__name__}: {error}", is_scored=False)
