"""How tokens of the packed row look at each other: the protocol, and the way training does it.

`Causal` serves training and scoring; the engine brings `Read` and `Decode`, which know a cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

POSITIONS = 8
"""Packed documents are filled up to a multiple of this, so that many are of equal length."""


class LatentUp(Protocol):
    """MLA's up-projection of the latent, expanded or absorbed (see `thinkling.models.mla`)."""

    def expand(self, latent_SC: Tensor) -> tuple[Tensor, Tensor]:
        """Keys without rotation [S, H, N] and values [S, H, U]."""
        ...

    def absorb_query(self, q_nope_THN: Tensor) -> Tensor:
        """Queries that meet the latent itself [T, H, C]."""
        ...

    def project_value(self, mixed_THC: Tensor) -> Tensor:
        """Attended latents to values [T, H, U]."""
        ...


@dataclass(frozen=True, slots=True)
class LatentAttention:
    """What MLA hands to `attend`: queries, the cached pair (latent, rope), the up-projection, the scale."""

    q_nope_THN: Tensor
    q_rope_THR: Tensor
    latent_TC: Tensor
    rope_TR: Tensor
    up: LatentUp
    scale: float


class Attend(Protocol):
    """Causal attention of the packed row for block `layer`."""

    def gqa(self, layer: int, q_THW: Tensor, k_TKW: Tensor, v_TKW: Tensor, scale: float) -> Tensor:
        """Grouped-query attention; returns [T, H, W]."""
        ...

    def mla(self, layer: int, given: LatentAttention) -> Tensor:
        """Latent attention; returns [T, H, U]."""
        ...


def whole_keys(k_nope: Tensor, rope: Tensor) -> Tensor:
    """MLA's keys [..., H, N + R]: every head's own part, and the rotated one [..., R] that all share."""
    shared = rope.unsqueeze(-2).expand(*k_nope.shape[:-1], -1)
    return torch.cat((k_nope, shared.to(k_nope.dtype)), -1)


def of_one_width(q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values padded with zeros to one width, which fused kernels want.

    What comes out of attention has to be cut to the values' own width.
    """
    missing = k.shape[-1] - v.shape[-1]
    if missing > 0:
        return q, k, F.pad(v, (0, missing))
    return (F.pad(q, (0, -missing)), F.pad(k, (0, -missing)), v) if missing else (q, k, v)


class Causal:
    """Each document attends to itself alone. `lengths` are the documents of the row, in order.

    Neighbours of equal length are one batch and a view of the row, without a copy; so sort by length.
    """

    def __init__(self, lengths: Sequence[int]) -> None:
        self.runs: list[tuple[int, int]] = []
        for length in lengths:
            if self.runs and self.runs[-1][1] == length:
                self.runs[-1] = (self.runs[-1][0] + 1, length)
            else:
                self.runs.append((1, length))

    def gqa(self, layer: int, q_THW: Tensor, k_TKW: Tensor, v_TKW: Tensor, scale: float) -> Tensor:
        return self._attend(q_THW, k_TKW, v_TKW, scale)

    def mla(self, layer: int, given: LatentAttention) -> Tensor:
        k_nope_THN, v_THU = given.up.expand(given.latent_TC)
        width = v_THU.shape[-1]
        q = torch.cat((given.q_nope_THN, given.q_rope_THR), -1)
        mixed = self._attend(*of_one_width(q, whole_keys(k_nope_THN, given.rope_TR), v_THU), given.scale)
        return mixed if mixed.shape[-1] == width else mixed[..., :width]

    def _attend(self, q_THW: Tensor, k_TKW: Tensor, v_TKW: Tensor, scale: float) -> Tensor:
        # Split and not sliced: the gradient of a slice is a whole tensor of zeros.
        sizes = [count * length for count, length in self.runs]
        parts = []
        pieces = zip(self.runs, *(x.split(sizes) for x in (q_THW, k_TKW, v_TKW)), strict=True)
        for run, *piece in pieces:
            q, k, v = (x.unflatten(0, run).transpose(1, 2) for x in piece)
            mixed = F.scaled_dot_product_attention(
                q, k, v, is_causal=True, scale=scale, enable_gqa=q.shape[1] != k.shape[1]
            )
            parts.append(mixed.transpose(1, 2).flatten(0, 1))
        return parts[0] if len(parts) == 1 else torch.cat(parts)


class Forked(Causal):
    """Documents that share a beginning: it stands in the row once, and every document attends to it.

    A group of answers to one prompt costs the prompt's arithmetic once, except for attention itself, which
    sees whole documents: `rows_S` lists, document after document, the row of every position. `is_real_S` is
    False where a document is only padded to its length.
    """

    def __init__(self, rows_S: Tensor, is_real_S: Tensor, lengths: Sequence[int]) -> None:
        super().__init__(lengths)
        self._rows_S = rows_S
        slots = is_real_S.nonzero()[:, 0]
        of_row, order = rows_S[slots].sort(stable=True)
        self._slots = slots[order]
        count_T = torch.bincount(of_row)
        self._starts_T = count_T.cumsum(0) - count_T
        self._first_T = self._slots[self._starts_T]

    def _attend(self, q_THW: Tensor, k_TKW: Tensor, v_TKW: Tensor, scale: float) -> Tensor:
        q, k, v = (self._spread(x) for x in (q_THW, k_TKW, v_TKW))
        mixed = super()._attend(q, k, v, scale)
        return _Pick.apply(mixed.flatten(1), self._first_T).view(q_THW.shape[0], *mixed.shape[1:])

    def _spread(self, x: Tensor) -> Tensor:
        copies = _Spread.apply(x.flatten(1), self._rows_S, self._slots, self._starts_T)
        return copies.view(-1, *x.shape[1:])


class _Spread(torch.autograd.Function):
    """Rows to every place where they are attended; a row's gradient is the sum over its places."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, rows_S: Tensor, slots: Tensor, starts_T: Tensor) -> Tensor:
        ctx.save_for_backward(slots, starts_T)
        return x.index_select(0, rows_S)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None, None]:
        # A sum over bags of rows is one fast pass; index_add, the gradient of index_select, goes row by row.
        slots, starts_T = ctx.saved_tensors
        return F.embedding_bag(slots, grad.contiguous(), starts_T, mode="sum"), None, None, None


class _Pick(torch.autograd.Function):
    """Some rows, none of them twice."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, rows: Tensor) -> Tensor:
        ctx.save_for_backward(rows)
        ctx.num_rows = len(x)
        return x.index_select(0, rows)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        (rows,) = ctx.saved_tensors
        return grad.new_zeros(ctx.num_rows, grad.shape[1]).index_copy_(0, rows, grad), None
