"""What a step's rollouts say, before anything is learned from them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from thinkling.records import Rollout
from thinkling.text.thinking import THINK_TAGS, Tags, read_block, split_answer

Group = Sequence[Rollout]


def is_settled(group: Group) -> bool:
    """Whether all scored answers are right, or all are wrong: by correctness, never by shaped reward."""
    verdicts = {one.verdict.is_correct for one in group if one.verdict.is_scored}
    return len(verdicts) < 2


def group_statistics(groups: Sequence[Group], tags: Tags = THINK_TAGS) -> dict[str, float]:
    """Means over the rollouts of some groups, named as in `thinkling.train.metrics`."""
    rollouts = [one for group in groups for one in group]
    texts = [one.completion.text for one in rollouts]
    scored = [one.verdict for one in rollouts if one.verdict.is_scored]
    right = [[one.verdict.is_correct for one in group if one.verdict.is_scored] for group in groups]
    return {
        "reward": fmean(verdict.reward for verdict in scored) if scored else 0.0,
        "accuracy": fmean(verdict.is_correct for verdict in scored) if scored else 0.0,
        "format_share": fmean(not read_block(text, "undecided", tags).fault for text in texts),
        "reasoned_share": fmean(bool(split_answer(text, "undecided", tags)[0].strip()) for text in texts),
        "response_length": fmean(len(one.completion.ids) for one in rollouts),
        "truncated_share": fmean(one.completion.finish_reason == "length" for one in rollouts),
        "all_right_share": fmean(bool(one) and all(one) for one in right),
        "all_wrong_share": fmean(not any(one) for one in right),
        "unscored_share": 1 - len(scored) / len(rollouts),
    }
