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


def is_same_document(ids_BS: Tensor, ahead: int, begin_id: int) -> Tensor:
    """1 for each position whose token `ahead` later belongs to the same document of its row [B * S]."""
    number_BS = (ids_BS == begin_id).cumsum(1)
    is_same_BS = torch.zeros_like(ids_BS, dtype=torch.float32)
    is_same_BS[:, :-ahead] = (number_BS[:, ahead:] == number_BS[:, :-ahead]).float()
    return is_same_BS.flatten()


def is_last_answer(ids_BS: Tensor, begins_id: int, end_id: int, document_id: int) -> Tensor:
    """1 for each token that an assistant says last in its document [B * S], the end token included.

    Rows hold whole documents, each begun by `document_id`. An assistant speaks from the token after
    `begins_id` to the next `end_id`. Earlier answers stand in a conversation without their thinking, and
    would teach to leave it out.
    """
    begun_BS = (ids_BS == begins_id).cumsum(1)
    ended_BS = (ids_BS == end_id).cumsum(1)
    # Both marks are counted where they stand: the opening one is not said, the closing one is.
    is_open_BS = (begun_BS > ended_BS) | (ids_BS == end_id)
    document_BS = (ids_BS == document_id).cumsum(1)
    most = torch.zeros(len(ids_BS), ids_BS.shape[1] + 1, dtype=torch.int64, device=ids_BS.device)
    most.scatter_reduce_(1, document_BS, begun_BS, "amax")
    is_last_BS = begun_BS == most.gather(1, document_BS)
    return (is_open_BS & is_last_BS & (ids_BS != begins_id)).flatten().float()


def next_token_terms(logits_TV: Tensor, targets_T: Tensor) -> Tensor:
    """Cross-entropy of each token in nats [T], fp32."""
    return F.cross_entropy(logits_TV, targets_T, reduction="none")
