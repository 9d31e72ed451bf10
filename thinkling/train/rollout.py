"""Problems to graded rollouts: prompts -> any `Generate` -> verdicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from thinkling.records import Completion, Generate, Message, Problem, Rollout, SamplingParams, Verdict
from thinkling.tasks.grade import RewardWeights, grade
from thinkling.text.thinking import THINK_TAGS, Tags, split_answer

Judge = Callable[[Problem, Completion], Verdict]


def sample_rollouts(
    generate: Generate,
    problems: Sequence[Problem],
    params: SamplingParams,
    judge: Judge,
    seed: int,
    gold: Sequence[Problem] | None = None,
) -> list[Rollout]:
    """`params.n` graded rollouts for each problem, side by side. Each problem has a seed of its own.

    `gold` are the problems by whose answers they are judged, where those are not their own (a control).
    """
    random = Random(seed)
    each = [
        SamplingParams(
            n=params.n,
            temperature=params.temperature,
            max_tokens=params.max_tokens,
            seed=random.getrandbits(62),
            logprobs=True,
        )
        for _ in problems
    ]
    conversations = [[Message("user", problem.question)] for problem in problems]
    completions = generate.generate(conversations, each)
    asked = [pair for pair in zip(problems, gold or problems, strict=True) for _ in range(params.n)]
    return [
        Rollout(problem, completion, judge(truth, completion))
        for (problem, truth), completion in zip(asked, completions, strict=True)
    ]


def rule_judge(weights: RewardWeights, tags: Tags = THINK_TAGS) -> Judge:
    """Verdicts by the tasks' own rules, on texts in the layout of `tags`."""

    def judge(problem: Problem, completion: Completion) -> Verdict:
        return grade(
            problem, completion.text, completion.starts_in, completion.finish_reason, weights, tags
        ).verdict

    return judge


def is_reasoned(completion: Completion, tags: Tags = THINK_TAGS) -> bool:
    """Whether anything stands in the think block."""
    return bool(split_answer(completion.text, completion.starts_in, tags)[0].strip())
