"""What a step's rollouts say, before anything is learned from them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from thinkling.records import Rollout
from thinkling.text.thinking import THINK_TAGS, Tags, read_block
from thinkling.train.rollout import is_reasoned

Group = Sequence[Rollout]


def is_settled(group: Group) -> bool:
    """Whether all scored answers are right, or all are wrong: by correctness, never by shaped reward."""
    verdicts = {one.verdict.is_correct for one in group if one.verdict.is_scored}
    return len(verdicts) < 2


def group_statistics(groups: Sequence[Group], tags: Tags = THINK_TAGS) -> dict[str, float]:
    """Means over the rollouts of some groups, named as in `thinkling.train.metrics`."""
    rollouts = [one for group in groups for one in group]
    completions = [one.completion for one in rollouts]
    scored = [one.verdict for one in rollouts if one.verdict.is_scored]
    right = [[one.verdict.is_correct for one in group if one.verdict.is_scored] for group in groups]
    return {
        "reward": fmean(verdict.reward for verdict in scored) if scored else 0.0,
        "accuracy": fmean(verdict.is_correct for verdict in scored) if scored else 0.0,
        "format_share": fmean(not read_block(one.text, one.starts_in, tags).fault for one in completions),
        "reasoned_share": fmean(is_reasoned(one, tags) for one in completions),
        "response_length": fmean(len(one.ids) for one in completions),
        "truncated_share": fmean(one.finish_reason == "length" for one in completions),
        "all_right_share": fmean(bool(one) and all(one) for one in right),
        "all_wrong_share": fmean(not any(one) for one in right),
        "unscored_share": 1 - len(scored) / len(rollouts),
    }
