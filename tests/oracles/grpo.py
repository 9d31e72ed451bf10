"""Group relative policy optimisation with python floats and loops (DeepSeekMath; Dr. GRPO; DAPO)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """What the variants differ in. `per`: answer (GRPO), token (DAPO), constant (Dr. GRPO)."""

    per: str
    constant: int
    clip_low: float
    clip_high: float
    beta: float


def advantages(rewards: Sequence[float], is_scored: Sequence[bool], divides_by_std: bool) -> list[float]:
    """Advantages of one group; what was not scored takes no part and gets 0."""
    known = [r for r, scored in zip(rewards, is_scored, strict=True) if scored]
    if not known or max(known) == min(known):
        return [0.0] * len(rewards)
    mean = math.fsum(known) / len(known)
    std = math.sqrt(math.fsum((r - mean) ** 2 for r in known) / len(known))
    divisor = max(std, 1e-3) if divides_by_std else 1.0
    return [(r - mean) / divisor if scored else 0.0 for r, scored in zip(rewards, is_scored, strict=True)]


def loss(
    new: Sequence[Sequence[float]],
    sampled: Sequence[Sequence[float]],
    reference: Sequence[Sequence[float]],
    advantage: Sequence[float],
    setting: Setting,
) -> float:
    """The loss of a batch: `new[o][t]` is the log-probability of token t of answer o under the policy now."""
    num_answers, num_tokens = len(new), sum(map(len, new))
    total = 0.0
    for o in range(num_answers):
        for t in range(len(new[o])):
            ratio = math.exp(new[o][t] - sampled[o][t])
            clipped = min(max(ratio, 1 - setting.clip_low), 1 + setting.clip_high)
            gain = min(ratio * advantage[o], clipped * advantage[o])
            quotient = math.exp(reference[o][t] - new[o][t])
            kl = quotient - math.log(quotient) - 1
            term = -gain + setting.beta * kl
            if setting.per == "answer":
                total += term / len(new[o]) / num_answers
            elif setting.per == "token":
                total += term / num_tokens
            else:
                total += term / setting.constant / num_answers
    return total
