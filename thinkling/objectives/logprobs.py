"""Log-probabilities and entropy of next-token distributions."""

from __future__ import annotations

import torch
from torch import Tensor


def logprobs_and_entropy(logits_TV: Tensor, ids_T: Tensor) -> tuple[Tensor, Tensor]:
    """log p(ids_T[i]) under row i of the logits, and that row's entropy in nats, detached; both [T]."""
    logp_TV = logits_TV.log_softmax(-1)
    with torch.no_grad():
        entropy_T = -(logp_TV.exp() * logp_TV).sum(-1)
    return logp_TV.gather(1, ids_T[:, None])[:, 0], entropy_T
