"""Keeping experts evenly busy (DeepSeek-V3, section 2.1.2).

Auxiliary-loss-free: after each optimizer step, every layer's selection bias moves by a fixed `rate` towards
an even load. The sequence-wise loss (equations 17 to 20) only guards against a single sequence that uses few
experts.
"""

from __future__ import annotations

import torch
from torch import Tensor


def expert_load(experts_TA: Tensor, num_experts: int) -> Tensor:
    """How many tokens each expert received [E], fp32."""
    return torch.bincount(experts_TA.flatten(), minlength=num_experts).float()


def bias_step(load_E: Tensor, rate: float) -> Tensor:
    """Change of the selection bias [E]: +rate for underloaded experts, -rate for overloaded ones."""
    return rate * torch.sign(load_E.mean() - load_E)


def max_violation(load_E: Tensor) -> float:
    """(busiest - mean) / mean: 0 is perfect balance (MaxVio of arXiv 2408.15664)."""
    mean = load_E.mean()
    return float((load_E.max() - mean) / mean)


def sequence_balance_loss(
    scores_TE: Tensor, num_active: int, sequence_T: Tensor, num_sequences: int
) -> Tensor:
    """sum_i f_i P_i of each sequence, summed over sequences; each is 1 at perfect balance.

    `sequence_T` numbers the sequence of a token; tokens numbered `num_sequences` are padding. f_i counts how
    often expert i is among the best of the UNBIASED scores, P_i is its mean normalised score.
    """
    num_experts = scores_TE.shape[1]
    chosen = scores_TE.topk(num_active, -1, sorted=False).indices
    is_chosen = torch.zeros_like(scores_TE).scatter_(1, chosen, 1.0)
    share_TE = scores_TE / scores_TE.sum(-1, keepdim=True)
    length = torch.bincount(sequence_T, minlength=num_sequences + 1).clamp(min=1)[:, None]
    empty = scores_TE.new_zeros(num_sequences + 1, num_experts)
    frequency = empty.index_add(0, sequence_T, is_chosen) / length * (num_experts / num_active)
    probability = empty.index_add(0, sequence_T, share_TE) / length
    return (frequency.detach() * probability)[:num_sequences].sum()
