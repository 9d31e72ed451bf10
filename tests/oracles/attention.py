"""Attention the slow way: every document alone, every query with a loop over heads and over its own past."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from thinkling.models.attend import LatentAttention


def causal_attention(q: Tensor, k: Tensor, v: Tensor, lengths: Sequence[int], scale: float) -> Tensor:
    """Grouped-query attention of [T, H, W], [T, K, W] and [T, K, U]."""
    group = q.shape[1] // k.shape[1]
    mixed = q.new_zeros(*q.shape[:2], v.shape[2])
    start = 0
    for length in lengths:
        for t in range(start, start + length):
            for head in range(q.shape[1]):
                past = slice(start, t + 1)
                share = (k[past, head // group] @ q[t, head] * scale).softmax(0)
                mixed[t, head] = share @ v[past, head // group]
        start += length
    return mixed


class Absorbed:
    """An `Attend` whose queries meet the latents themselves, as decoding does, without a cache."""

    def __init__(self, lengths: Sequence[int]) -> None:
        self.lengths = lengths

    def gqa(self, layer: int, q_THW: Tensor, k_TKW: Tensor, v_TKW: Tensor, scale: float) -> Tensor:
        return causal_attention(q_THW, k_TKW, v_TKW, self.lengths, scale)

    def mla(self, layer: int, given: LatentAttention) -> Tensor:
        query = torch.cat((given.up.absorb_query(given.q_nope_THN), given.q_rope_THR), -1)
        key = torch.cat((given.latent_TC, given.rope_TR), -1)[:, None]
        mixed = causal_attention(query, key, given.latent_TC[:, None], self.lengths, given.scale)
        return given.up.project_value(mixed)
