"""Log-probabilities and entropy of next-token distributions."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from thinkling.kernels import vocabulary as kernels
from thinkling.kernels.tensors import reads


def logprobs_and_entropy(logits_TV: Tensor, ids_T: Tensor) -> tuple[Tensor, Tensor]:
    """log p(ids_T[i]) under row i of the logits, and that row's entropy in nats, detached; both [T]."""
    if reads(logits_TV):
        return kernels.chosen(logits_TV, ids_T)
    logp_T, entropy_T = _Chosen.apply(logits_TV, ids_T)
    return logp_T, entropy_T


class _Chosen(torch.autograd.Function):
    """Keeps one tensor of the vocabulary's width; the stock operators keep or make four."""

    @staticmethod
    def forward(ctx: Any, logits_TV: Tensor, ids_T: Tensor) -> tuple[Tensor, Tensor]:
        logp_TV = logits_TV.log_softmax(-1)
        logp_T = logp_TV.gather(1, ids_T[:, None])[:, 0]
        p_TV = logp_TV.exp()
        entropy_T = -logp_TV.mul_(p_TV).sum(-1)
        ctx.save_for_backward(p_TV, ids_T)
        ctx.mark_non_differentiable(entropy_T)
        return logp_T, entropy_T

    @staticmethod
    def backward(ctx: Any, grad_T: Tensor, _: Tensor) -> tuple[Tensor, None]:
        """d log p_i / d logits_j = (i == j) - p_j."""
        p_TV, ids_T = ctx.saved_tensors
        grad_TV = p_TV * -grad_T[:, None]
        return grad_TV.scatter_add_(1, ids_T[:, None], grad_T[:, None]), None
