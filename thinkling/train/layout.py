"""How the rows of a batch lie in one packed row, and what attends to what.

Joined: rows as they are, every document attends to those before it in its row (DeepSeek-V3, section 4.1,
pretrains so). Apart: every document by itself and from position 0, as it will stand in a chat; documents of
similar length lie side by side, and what they attend to is as short as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from thinkling.models.attend import POSITIONS, Causal


@dataclass(frozen=True, slots=True)
class Layout:
    """A packed row. `source_T` says where in the flattened rows a token stood."""

    ids_T: Tensor
    positions_T: Tensor
    attend: Causal
    source_T: Tensor
    is_real_T: Tensor
    """1, and 0 for what only fills a row, or a document to its length."""
    sequence_T: Tensor
    """The sequence of a token: its row where they are joined, else its document; after all, padding."""
    num_sequences: int


def joined(ids_BS: Tensor, pad_id: int) -> Layout:
    """The rows one after the other."""
    num_rows, length = ids_BS.shape
    ids_T = ids_BS.flatten()
    is_real_T = ids_T != pad_id
    row_T = torch.arange(num_rows, device=ids_T.device).repeat_interleave(length)
    return Layout(
        ids_T,
        torch.arange(length, device=ids_T.device).repeat(num_rows),
        Causal([length] * num_rows),
        torch.arange(len(ids_T), device=ids_T.device),
        is_real_T.float(),
        torch.where(is_real_T, row_T, num_rows),
        num_rows,
    )


def apart(ids_BS: Tensor, begin_id: int, pad_id: int) -> Layout:
    """Whole documents, each of which starts with `begin_id`, sorted by length; row padding falls away."""
    flat = ids_BS.flatten().cpu().numpy()
    starts = np.flatnonzero(flat == begin_id)
    num_real_before = np.append(np.cumsum(flat != pad_id), 0)  # the last entry serves a start at 0
    lengths = np.diff(np.append(num_real_before[starts - 1], num_real_before[-2]))
    padded = -(-lengths // POSITIONS) * POSITIONS
    order = np.argsort(padded, kind="stable")
    starts, lengths, padded = starts[order], lengths[order], padded[order]
    positions = np.arange(padded.sum()) - np.repeat(np.cumsum(padded) - padded, padded)
    is_real = positions < np.repeat(lengths, padded)
    source = np.where(is_real, np.repeat(starts, padded) + positions, 0)
    device = ids_BS.device
    source_T = torch.from_numpy(source).to(device)
    is_real_T = torch.from_numpy(is_real).to(device)
    ids_T = ids_BS.flatten().index_select(0, source_T).masked_fill_(~is_real_T, pad_id)
    return Layout(
        ids_T,
        torch.from_numpy(positions).to(device),
        Causal(padded.tolist()),
        source_T,
        is_real_T.float(),
        torch.from_numpy(np.where(is_real, np.repeat(np.arange(len(padded)), padded), len(padded))).to(
            device
        ),
        len(padded),
    )
