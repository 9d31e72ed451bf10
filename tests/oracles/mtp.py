"""Multi-token prediction of depth 1 with one pass over each prefix (DeepSeek-V3, equations 21 to 23)."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.oracles.mla import rms_norm
from thinkling.models.attend import Causal
from thinkling.models.transformer import Transformer


def look_ahead(model: Transformer, ids: list[int], next_ids: list[int]) -> Tensor:
    """State i read off a prefix of i + 1 tokens; the release concatenates [embedding of t_{i+1} ; state]."""
    assert model.mtp is not None
    mtp, eps = model.mtp, model.config.norm_eps
    states = []
    for length in range(1, len(ids) + 1):
        hidden = model(torch.tensor(ids[:length]), torch.arange(length), Causal([length]))
        merged = []
        for i in range(length):
            ahead = rms_norm(model.embedding.weight[next_ids[i]], mtp.embedding_norm.weight, eps)
            state = rms_norm(hidden.states_TD[i], mtp.hidden_norm.weight, eps)
            merged.append(mtp.merge.weight @ torch.cat((ahead, state)))
        rotation = model.positions(torch.arange(length))
        out, _ = mtp.block(torch.stack(merged), rotation, Causal([length]))
        states.append(rms_norm(out[-1], mtp.norm.weight, eps))
    return torch.stack(states)
