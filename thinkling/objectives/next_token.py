"""Next-token prediction, with DeepSeek-V3's multi-token prediction beside it (equations 24 and 25).

    L = sum_i w_i CE(logits_i, t_{i+1})  +  lambda sum_i w'_i CE(mtp_logits_i, t_{i+2})

Both sums are divided by the same number of tokens.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def targets_ahead(ids_BS: Tensor, ahead: int, pad_id: int) -> tuple[Tensor, Tensor]:
    """What each position of fixed-length rows predicts `ahead` tokens later, and whether it counts.

    Returns ids [B * S] and weights [B * S] (1 or 0): nothing is predicted across the end of a row, and
    padding is no target.
    """
    ids = torch.full_like(ids_BS, pad_id)
    ids[:, :-ahead] = ids_BS[:, ahead:]
    return ids.flatten(), (ids != pad_id).flatten().float()


def next_token_terms(logits_TV: Tensor, targets_T: Tensor) -> Tensor:
    """Cross-entropy of each token in nats [T], fp32."""
    return F.cross_entropy(logits_TV, targets_T, reduction="none")
