"""Group relative policy optimisation (DeepSeekMath, arXiv 2402.03300; DeepSeek-R1, equations 1 to 3).

For each prompt G answers are sampled. An answer's advantage is its reward against its group, the same for all
its tokens:

    A_i    = (r_i - mean r) / std r                        group_advantages
    loss_t = -min(rho_t A, clip(rho_t, 1 - low, 1 + high) A) + beta k3_t      grpo_terms
    loss   = sum_t w_t loss_t                              token_weights

Variants differ in words: GRPO divides by the std and weighs tokens per answer, Dr. GRPO (arXiv 2503.20783)
does not divide and weighs by a constant, DAPO (arXiv 2503.14476) weighs per token and clips higher above.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

# A group whose std is below this differs only by rounding.
SMALLEST_STD = 1e-3

Normalization = Literal["answer", "token", "constant"]


def group_advantages(reward_PG: Tensor, is_scored_PG: Tensor, divides_by_std: bool) -> Tensor:
    """Advantage of every answer against its group [P, G].

    Unscored answers are left out of mean and std and get 0. A group of equal rewards gets exactly 0.
    """
    scored = is_scored_PG.float()
    count_P1 = scored.sum(1, keepdim=True).clamp(min=1)
    # Chosen and not multiplied: what was not scored may carry any number, and NaN * 0 is NaN.
    known_PG = torch.where(is_scored_PG, reward_PG, 0.0)
    mean_P1 = known_PG.sum(1, keepdim=True) / count_P1
    centered_PG = (known_PG - mean_P1) * scored
    if divides_by_std:
        std_P1 = (centered_PG.square().sum(1, keepdim=True) / count_P1).sqrt()
        centered_PG = centered_PG / std_P1.clamp(min=SMALLEST_STD)
    low = torch.where(is_scored_PG, reward_PG, torch.inf).amin(1, keepdim=True)
    high = torch.where(is_scored_PG, reward_PG, -torch.inf).amax(1, keepdim=True)
    return centered_PG.masked_fill(low >= high, 0.0)


def token_weights(answer_T: Tensor, num_answers: int, per: Normalization, constant: int) -> Tensor:
    """Weight of each answer token [T]; `answer_T` numbers the answer a token belongs to.

    "answer": every answer weighs the same, so its tokens weigh 1 / (O |o_i|) (GRPO). "token": every token of
    the batch weighs the same (DAPO). "constant": 1 / (O * constant), whatever the lengths (Dr. GRPO).
    """
    if per == "answer":
        length_O = torch.bincount(answer_T, minlength=num_answers).float()
        return 1.0 / (num_answers * length_O[answer_T])
    if per == "token":
        return torch.full_like(answer_T, 1.0 / max(1, len(answer_T)), dtype=torch.float32)
    return torch.full_like(answer_T, 1.0 / (num_answers * constant), dtype=torch.float32)


def grpo_terms(
    logp_T: Tensor, sampled_logp_T: Tensor, advantage_T: Tensor, clip_low: float, clip_high: float
) -> Tensor:
    """-min(rho A, clip(rho, 1 - low, 1 + high) A) of each token, with rho = p / p_sampled."""
    ratio_T = (logp_T - sampled_logp_T).exp()
    clipped_T = ratio_T.clamp(1 - clip_low, 1 + clip_high)
    return -torch.minimum(ratio_T * advantage_T, clipped_T * advantage_T)


def k3(logp_T: Tensor, reference_logp_T: Tensor) -> Tensor:
    """Schulman's k3 estimate of KL(p, reference): p_ref / p - ln(p_ref / p) - 1, unbiased, never negative."""
    difference_T = reference_logp_T - logp_T
    return difference_T.exp() - difference_T - 1
