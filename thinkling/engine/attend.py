"""How the engine attends: `Prefill` writes whole prompts into the cache, `Decode` reads it, one token a row.

Prefill expands MLA's latents as training does. Decode absorbs: the H heads of a row are H queries against the
one cached latent, so the cache is read once for all heads. Scores and values are mixed in the cache's
precision.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from thinkling.engine.batch import DecodeBatch
from thinkling.engine.pool import PageTable, Pool
from thinkling.models.attend import Causal, LatentAttention


class Prefill:
    """Causal attention within each prompt, remembered on the way."""

    def __init__(self, pool: Pool, slots_T: Tensor, lengths: tuple[int, ...]) -> None:
        self._pool, self._slots_T = pool, slots_T
        self._causal = Causal(lengths)

    def gqa(self, layer: int, q_THW: Tensor, k_TKW: Tensor, v_TKW: Tensor, scale: float) -> Tensor:
        self._pool.write(layer, self._slots_T, torch.cat((k_TKW.flatten(1), v_TKW.flatten(1)), 1))
        return self._causal.gqa(layer, q_THW, k_TKW, v_TKW, scale)

    def mla(self, layer: int, given: LatentAttention) -> Tensor:
        self._pool.write(layer, self._slots_T, torch.cat((given.latent_TC, given.rope_TR), 1))
        return self._causal.mla(layer, given)


@dataclass(frozen=True, slots=True)
class SpanOnDevice:
    """Rows [start, stop) that attend over equally many pages, with the mask of their lengths."""

    start: int
    stop: int
    pages: PageTable
    mask: Tensor


class Decode:
    """One new token per row against its cached past."""

    def __init__(self, pool: Pool, batch: DecodeBatch) -> None:
        device = pool.layers.device
        self._pool = pool
        self._slots_T = torch.from_numpy(batch.slots).to(device)
        lengths_T = torch.from_numpy(batch.lengths).to(device)
        self._spans = []
        for span in batch.spans:
            pages = PageTable(span.pages, device)
            positions = torch.arange(pages.shape[1] * pool.tokens_per_page, device=device)
            is_past = positions < lengths_T[span.start : span.stop, None]
            mask = torch.zeros(is_past.shape, dtype=pool.layers.dtype, device=device)
            mask.masked_fill_(~is_past, -torch.inf)
            self._spans.append(SpanOnDevice(span.start, span.stop, pages, mask[:, None, None, :]))

    def gqa(self, layer: int, q_THW: Tensor, k_TKW: Tensor, v_TKW: Tensor, scale: float) -> Tensor:
        num_heads, num_kv_heads = q_THW.shape[1], k_TKW.shape[1]
        self._pool.write(layer, self._slots_T, torch.cat((k_TKW.flatten(1), v_TKW.flatten(1)), 1))
        # The queries that share a key-value head are its rows.
        q = q_THW.to(self._pool.layers.dtype).unflatten(1, (num_kv_heads, num_heads // num_kv_heads))
        mixed = q.new_empty(q.shape)
        for span in self._spans:
            past = self._pool.view_or_gather(layer, span.pages)
            k, v = past.unflatten(2, (2, num_kv_heads, -1)).permute(2, 0, 3, 1, 4)
            mixed[span.start : span.stop] = F.scaled_dot_product_attention(
                q[span.start : span.stop], k, v, attn_mask=span.mask, scale=scale
            )
        return mixed.flatten(1, 2).to(v_TKW.dtype)

    def mla(self, layer: int, given: LatentAttention) -> Tensor:
        self._pool.write(layer, self._slots_T, torch.cat((given.latent_TC, given.rope_TR), 1))
        absorbed = given.up.absorb_query(given.q_nope_THN)
        q = torch.cat((absorbed, given.q_rope_THR), -1).to(self._pool.layers.dtype)
        latent_width = given.latent_TC.shape[1]
        mixed_THC = q.new_empty(*q.shape[:2], latent_width)
        for span in self._spans:
            past = self._pool.view_or_gather(layer, span.pages)[:, None]
            # Keys double as values; the rotated part of the mix is cut off.
            heads = F.scaled_dot_product_attention(
                q[span.start : span.stop, None], past, past, attn_mask=span.mask, scale=given.scale
            )
            mixed_THC[span.start : span.stop] = heads[:, 0, :, :latent_width]
        return given.up.project_value(mixed_THC)
