"""How the engine attends: `Read` takes pieces of prompts into the cache, `Decode` adds one token a row.

Reading expands MLA's latents as training does. Decode absorbs: the H heads of a row are H queries against the
one cached latent, so the cache is read once for all heads. Scores and values are mixed in the cache's
precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from thinkling.engine.batch import DecodeBatch
from thinkling.engine.pages import PAGE
from thinkling.engine.pool import PageTable, Pool
from thinkling.engine.reading import Block, ReadBatch
from thinkling.kernels import attention as kernels
from thinkling.models.attend import LatentAttention, of_one_width, whole_keys


class Read:
    """Pieces of prompts: every token is written to the cache, then each block attends to what is there."""

    def __init__(self, pool: Pool, batch: ReadBatch) -> None:
        device = pool.layers.device
        self._pool = pool
        self._slots_T = torch.from_numpy(batch.slots).to(device)
        self._blocks = [BlockOnDevice.of(block, pool) for block in batch.blocks]

    def gqa(self, layer: int, q_THW: Tensor, k_TKW: Tensor, v_TKW: Tensor, scale: float) -> Tensor:
        self._pool.write(layer, self._slots_T, torch.cat((k_TKW.flatten(1), v_TKW.flatten(1)), 1))
        mixed = torch.zeros_like(q_THW)
        for block in self._blocks:
            past = self._pool.view_or_gather(layer, block.pages)
            k, v = past.unflatten(2, (2, k_TKW.shape[1], -1)).to(q_THW.dtype).unbind(2)
            block.attend(q_THW, k, v, scale, mixed)
        return mixed

    def mla(self, layer: int, given: LatentAttention) -> Tensor:
        self._pool.write(layer, self._slots_T, torch.cat((given.latent_TC, given.rope_TR), 1))
        widths = (given.latent_TC.shape[1], given.rope_TR.shape[1])
        q_THW = torch.cat((given.q_nope_THN, given.q_rope_THR), -1)
        mixed = None
        for block in self._blocks:
            past = self._pool.view_or_gather(layer, block.pages).to(given.latent_TC.dtype)
            latent, rope = past.split(widths, -1)
            k_nope, v = (x.unflatten(0, past.shape[:2]) for x in given.up.expand(latent.flatten(0, 1)))
            k = whole_keys(k_nope, rope)
            if mixed is None:
                mixed = v.new_zeros(len(q_THW), *v.shape[2:])
            block.attend(q_THW, k, v, given.scale, mixed)
        assert mixed is not None
        return mixed


@dataclass(slots=True)
class BlockOnDevice:
    """A block with its causal mask, and the places of those of its queries that are no padding."""

    rows: Tensor
    is_padded: bool
    real: Tensor
    pages: PageTable
    mask: Tensor

    @classmethod
    def of(cls, block: Block, pool: Pool) -> BlockOnDevice:
        device = pool.layers.device
        num_queries = block.rows.shape[1]
        last = block.start + torch.arange(num_queries, device=device)[:, None]
        is_ahead = torch.arange(block.key_length, device=device) > last
        mask = torch.zeros(is_ahead.shape, device=device).masked_fill_(is_ahead, -torch.inf)
        flat = block.rows.reshape(-1)
        real = np.flatnonzero(flat >= 0)
        return cls(
            torch.from_numpy(np.maximum(block.rows, 0)).to(device),
            len(real) < len(flat),
            torch.from_numpy(real).to(device),
            PageTable(block.pages, device),
            mask,
        )

    def attend(self, q_THW: Tensor, k: Tensor, v: Tensor, scale: float, mixed: Tensor) -> None:
        """Attention of the block's queries over k and v [B, S, heads, width], into its rows of `mixed`."""
        q = q_THW.index_select(0, self.rows.flatten()).unflatten(0, self.rows.shape)
        width = v.shape[-1]
        if self.mask.dtype != q.dtype:
            self.mask = self.mask.to(q.dtype)
        q, k, v = of_one_width(q, k, v)
        found = F.scaled_dot_product_attention(
            q.transpose(1, 2),
            k.transpose(1, 2),
            v.transpose(1, 2),
            attn_mask=self.mask,
            scale=scale,
            enable_gqa=q.shape[2] != k.shape[2],
        )
        flat = found.transpose(1, 2).flatten(0, 1)[..., :width]
        rows = self.rows.flatten()
        if self.is_padded:
            rows, flat = rows.index_select(0, self.real), flat.index_select(0, self.real)
        mixed.index_copy_(0, rows, flat.to(mixed.dtype))


@dataclass(frozen=True, slots=True)
class SpanOnDevice:
    """Rows [start, stop) that attend over equally many pages, with the mask of their lengths."""

    start: int
    stop: int
    pages: PageTable
    mask: Tensor


class Decode:
    """One new token per row against its cached past: by our kernel, which reads pages where they lie."""

    def __init__(self, pool: Pool, batch: DecodeBatch) -> None:
        self._pool, self._batch = pool, batch
        self._slots_T = torch.from_numpy(batch.slots).to(pool.layers.device)

    def gqa(self, layer: int, q_THW: Tensor, k_TKW: Tensor, v_TKW: Tensor, scale: float) -> Tensor:
        self._pool.write(layer, self._slots_T, torch.cat((k_TKW.flatten(1), v_TKW.flatten(1)), 1))
        _, num_kv_heads, width = k_TKW.shape
        entries = kernels.Entries(self._pool.layers[layer], num_kv_heads, width, num_kv_heads * width)
        q = q_THW.to(self._pool.layers.dtype)
        if kernels.can_decode(q, entries, PAGE):
            return kernels.decode(q, entries, self._past, scale).to(v_TKW.dtype)
        return self.gqa_with_stock_operators(layer, q, num_kv_heads, scale).to(v_TKW.dtype)

    def gqa_with_stock_operators(self, layer: int, q_THW: Tensor, num_kv_heads: int, scale: float) -> Tensor:
        """The slow twin of the kernel, and what other devices and precisions use; all is in the cache."""
        # The queries that share a key-value head are its rows.
        q = q_THW.unflatten(1, (num_kv_heads, q_THW.shape[1] // num_kv_heads))
        parts = []
        for span in self._spans:
            past = self._pool.view_or_gather(layer, span.pages)
            k, v = past.unflatten(2, (2, num_kv_heads, -1)).permute(2, 0, 3, 1, 4)
            own = q[span.start : span.stop]
            parts.append(F.scaled_dot_product_attention(own, k, v, attn_mask=span.mask, scale=scale))
        mixed = parts[0] if len(parts) == 1 else torch.cat(parts)
        return mixed.flatten(1, 2)

    def mla(self, layer: int, given: LatentAttention) -> Tensor:
        self._pool.write(layer, self._slots_T, torch.cat((given.latent_TC, given.rope_TR), 1))
        absorbed = given.up.absorb_query(given.q_nope_THN)
        q = torch.cat((absorbed, given.q_rope_THR), -1).to(self._pool.layers.dtype)
        # One head of keys for all queries, and keys double as values.
        entries = kernels.Entries(self._pool.layers[layer], 1, given.latent_TC.shape[1], 0)
        if kernels.can_decode(q, entries, PAGE):
            return given.up.project_value(kernels.decode(q, entries, self._past, given.scale))
        mixed_THC = self.mla_with_stock_operators(layer, q, given.latent_TC.shape[1], given.scale)
        return given.up.project_value(mixed_THC)

    def mla_with_stock_operators(self, layer: int, q: Tensor, latent_width: int, scale: float) -> Tensor:
        """The same for latents; `q` [T, H, C + R] meets them as they are."""
        mixed_THC = q.new_empty(*q.shape[:2], latent_width)
        for span in self._spans:
            past = self._pool.view_or_gather(layer, span.pages)[:, None]
            # The rotated part of the mix is cut off.
            heads = F.scaled_dot_product_attention(
                q[span.start : span.stop, None], past, past, attn_mask=span.mask, scale=scale
            )
            mixed_THC[span.start : span.stop] = heads[:, 0, :, :latent_width]
        return mixed_THC

    @cached_property
    def _past(self) -> kernels.Past:
        spans = self._batch.spans
        sizes = np.concatenate([np.full(len(one.pages), one.pages.shape[1]) for one in spans])
        pages = np.concatenate([one.pages.ravel() for one in spans])
        lengths = self._batch.lengths
        return kernels.Past(pages, np.cumsum(sizes) - sizes, lengths, int(lengths.sum()))

    @cached_property
    def _spans(self) -> list[SpanOnDevice]:
        pool, found = self._pool, []
        device = pool.layers.device
        lengths_T = torch.from_numpy(self._batch.lengths).to(device)
        for span in self._batch.spans:
            pages = PageTable(span.pages, device)
            positions = torch.arange(pages.shape[1] * pool.tokens_per_page, device=device)
            is_past = positions < lengths_T[span.start : span.stop, None]
            mask = torch.zeros(is_past.shape, dtype=pool.layers.dtype, device=device)
            mask.masked_fill_(~is_past, -torch.inf)
            found.append(SpanOnDevice(span.start, span.stop, pages, mask[:, None, None, :]))
        return found
