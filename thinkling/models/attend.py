"""How tokens of the packed row look at each other: the protocol, and the way training does it.

`Causal` serves training and scoring; the engine brings `Read` and `Decode`, which know a cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from thinkling.kernels import attention as kernels
from thinkling.kernels.tensors import reads

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

    With stock operators, neighbours of equal length are one batch and a view of the row, without a copy; so
    sort by length.
    """

    def __init__(self, lengths: Sequence[int]) -> None:
        self._lengths = lengths

    def gqa(self, layer: int, q_THW: Tensor, k_TKW: Tensor, v_TKW: Tensor, scale: float) -> Tensor:
        return self._attend(q_THW, k_TKW, v_TKW, scale)

    def mla(self, layer: int, given: LatentAttention) -> Tensor:
        k_nope_THN, v_THU = given.up.expand(given.latent_TC)
        q_THW = torch.cat((given.q_nope_THN, given.q_rope_THR), -1)
        return self._attend(q_THW, whole_keys(k_nope_THN, given.rope_TR), v_THU, given.scale)

    def _attend(self, q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
        if reads(q, k, v) and self._longest() <= kernels.LONGEST_DOCUMENT:
            return kernels.attend(q, k, v, self._runs, scale)
        return self.with_stock_operators(q, k, v, scale)

    def _longest(self) -> int:
        return max(self._lengths, default=0)

    @cached_property
    def _runs(self) -> kernels.Runs:
        length = np.array(self._lengths, np.int64)
        nothing = np.zeros_like(length)
        table = np.stack((np.cumsum(length) - length, length, nothing, nothing), 1)
        return kernels.Runs(table, np.arange(len(length) + 1))

    def with_stock_operators(self, q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
        """The slow twin of the kernel, and what other devices and precisions use."""
        mixed = self._stock(*of_one_width(q, k, v), scale)
        return mixed if mixed.shape[-1] == v.shape[-1] else mixed[..., : v.shape[-1]]

    def _stock(self, q_THW: Tensor, k_TKW: Tensor, v_TKW: Tensor, scale: float) -> Tensor:
        # Split and not sliced: the gradient of a slice is a whole tensor of zeros.
        equal = [(len(list(some)), length) for length, some in groupby(self._lengths)]
        sizes = [count * length for count, length in equal]
        parts = []
        pieces = zip(equal, *(x.split(sizes) for x in (q_THW, k_TKW, v_TKW)), strict=True)
        for run, *piece in pieces:
            q, k, v = (x.unflatten(0, run).transpose(1, 2) for x in piece)
            mixed = F.scaled_dot_product_attention(
                q, k, v, is_causal=True, scale=scale, enable_gqa=q.shape[1] != k.shape[1]
            )
            parts.append(mixed.transpose(1, 2).flatten(0, 1))
        return parts[0] if len(parts) == 1 else torch.cat(parts)


@dataclass(frozen=True, slots=True)
class Branches:
    """Documents that begin alike: with `length` rows from `start`, and then one of `ends` (start, length)."""

    start: int
    length: int
    ends: tuple[tuple[int, int], ...]


class Forked(Causal):
    """Documents that share a beginning: it stands in the row once, and every document attends to it.

    A group of answers to one prompt costs the prompt's arithmetic once. Stock attention sees whole documents
    all the same: `rows_S` lists, document after document, the row of every position, and documents are
    filled up to POSITIONS.
    """

    def __init__(self, groups: Sequence[Branches], device: str | torch.device = "cpu") -> None:
        documents = [
            (group.start, group.length, start, length) for group in groups for start, length in group.ends
        ]
        self._documents = sorted(documents, key=lambda one: one[1] + one[3])
        super().__init__([-(-(one[1] + one[3]) // POSITIONS) * POSITIONS for one in self._documents])
        self._groups, self._device = groups, device

    @cached_property
    def _runs(self) -> kernels.Runs:
        table, edges = [], [0]
        for group in self._groups:
            table += [(start, length, group.start, group.length) for start, length in group.ends]
            table.append((group.start, group.length, 0, 0))
            edges.append(len(table))
        return kernels.Runs(np.array(table, np.int64).reshape(-1, 4), np.array(edges, np.int64))

    def _stock(self, q_THW: Tensor, k_TKW: Tensor, v_TKW: Tensor, scale: float) -> Tensor:
        q, k, v = (self._spread(x) for x in (q_THW, k_TKW, v_TKW))
        mixed = super()._stock(q, k, v, scale)
        return _Pick.apply(mixed.flatten(1), self._places.first_T).view(q_THW.shape[0], *mixed.shape[1:])

    def _spread(self, x: Tensor) -> Tensor:
        places = self._places
        copies = _Spread.apply(x.flatten(1), places.rows_S, places.slots, places.starts_T)
        return copies.view(-1, *x.shape[1:])

    @cached_property
    def _places(self) -> Places:
        rows, is_real = np.zeros(sum(self._lengths), np.int64), np.zeros(sum(self._lengths), bool)
        at = 0
        for (first, shared, start, own), length in zip(self._documents, self._lengths, strict=True):
            rows[at : at + shared] = np.arange(first, first + shared)
            rows[at + shared : at + shared + own] = np.arange(start, start + own)
            is_real[at : at + shared + own] = True
            at += length
        rows_S = torch.from_numpy(rows).to(self._device)
        slots = torch.from_numpy(is_real).to(self._device).nonzero()[:, 0]
        of_row, order = rows_S[slots].sort(stable=True)
        count_T = torch.bincount(of_row)
        starts_T = count_T.cumsum(0) - count_T
        return Places(rows_S, slots[order], starts_T, slots[order][starts_T])


@dataclass(frozen=True, slots=True)
class Places:
    """The row of every position; the positions of every row, where each row's begin, and its first."""

    rows_S: Tensor
    slots: Tensor
    starts_T: Tensor
    first_T: Tensor


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
