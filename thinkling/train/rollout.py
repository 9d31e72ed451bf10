"""Problems to graded rollouts: prompts -> any `Generate` -> verdicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from thinkling.records import Completion, Generate, Message, Problem, Rollout, SamplingParams, Verdict
from thinkling.tasks.grade import RewardWeights, grade
from thinkling.tasks.registry import task_named
from thinkling.tasks.split import sample_training
from thinkling.text.thinking import THINK_TAGS, Tags

Judge = Callable[[Problem, Completion], Verdict]


class ProblemSource:
    """Training problems: kinds by their shares; step s always gives the same problems."""

    def __init__(self, shares: dict[str, float], seed: int) -> None:
        self._tasks = [task_named(name) for name in shares]
        self._shares = list(shares.values())
        self._seed = seed

    def problems(self, step: int, draw: int, count: int) -> list[Problem]:
        """`count` training problems for draw `draw` of a step."""
        random = Random(f"{self._seed}:{step}:{draw}")
        tasks = random.choices(self._tasks, self._shares, k=count)
        return [sample_training(task, random) for task in tasks]


def sample_rollouts(
    generate: Generate, problems: Sequence[Problem], params: SamplingParams, judge: Judge, seed: int
) -> list[Rollout]:
    """`params.n` graded rollouts for each problem, side by side. Each problem has a seed of its own."""
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
    asked = [problem for problem in problems for _ in range(params.n)]
    return [
        Rollout(problem, completion, judge(problem, completion))
        for problem, completion in zip(asked, completions, strict=True)
    ]


def rule_judge(weights: RewardWeights, tags: Tags = THINK_TAGS) -> Judge:
    """Verdicts by the tasks' own rules, on texts in the layout of `tags`."""

    def judge(problem: Problem, completion: Completion) -> Verdict:
        return grade(problem, completion.text, "undecided", completion.finish_reason, weights, tags).verdict

    return judge
