"""Attention by our own kernels: `attend` for whole documents in training, `decode` for one token a row.

All tensors are fp32 on a CPU.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from thinkling.kernels.library import library
from thinkling.kernels.tensors import LANES, num_threads, reads

LONGEST_DOCUMENT = 2048
"""Longer ones are stock attention's: a kernel keeps all scores of 32 queries in the caches."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Documents as the kernel takes them. Every row is in one of them.

    `table` [documents, 4]: first row, length, first row of the prefix, its length. Documents
    [edges[g], edges[g + 1]) share a prefix, which is the last of them, or are one that has none.
    """

    table: np.ndarray
    edges: np.ndarray

    @property
    def num_rows(self) -> int:
        """Rows of all documents."""
        return int(self.table[:, 1].sum())


def attend(q_THW: Tensor, k_TKW: Tensor, v_TKU: Tensor, runs: Runs, scale: float) -> Tensor:
    """Causal attention of every run to itself and to all of its prefix; returns [T, H, U]. Differentiable."""
    assert runs.num_rows == len(q_THW) == len(k_TKW) == len(v_TKU), "documents cover every row"
    mixed: Tensor = _Attend.apply(q_THW, k_TKW, v_TKU, runs, scale)
    return mixed


class _Attend(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, q_THW: Tensor, k_TKW: Tensor, v_TKU: Tensor, runs: Runs, scale: float) -> Tensor:
        q, k, v = (x.contiguous() for x in (q_THW, k_TKW, v_TKU))
        mixed, log_sum = q.new_empty(*q.shape[:2], v.shape[2]), q.new_empty(q.shape[:2])
        table = runs.table
        library().thinkling_attend(
            *(x.data_ptr() for x in (q, k, v, mixed, log_sum)),
            table.ctypes.data,
            len(table),
            *_shape(q, k, v, scale),
        )
        ctx.save_for_backward(q, k, v, mixed, log_sum)
        ctx.runs, ctx.scale = runs, scale
        return mixed

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_THU: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, mixed, log_sum = ctx.saved_tensors
        grad = grad_THU.contiguous()
        found = [torch.empty_like(x) for x in (q, k, v)]
        table, edges = ctx.runs.table, ctx.runs.edges
        library().thinkling_attend_backward(
            *(x.data_ptr() for x in (q, k, v, mixed, grad, log_sum, *found)),
            table.ctypes.data,
            edges.ctypes.data,
            len(edges) - 1,
            *_shape(q, k, v, ctx.scale),
        )
        return (*found, None, None)


def _shape(q: Tensor, k: Tensor, v: Tensor, scale: float) -> tuple[Any, ...]:
    return (q.shape[1], k.shape[1], q.shape[2], v.shape[2], scale, torch.get_num_threads())


@dataclass(frozen=True, slots=True)
class Past:
    """Where each of B rows finds its past: pages [all], its first page among them [B], its length [B].

    All of them int64, each in one piece.
    """

    pages: np.ndarray
    first_page: np.ndarray
    lengths: np.ndarray
    num_positions: int
    """All lengths together."""

    def __post_init__(self) -> None:
        assert len(self.lengths) and self.lengths.min() >= 1, "attention to nothing is not defined"


@dataclass(frozen=True, slots=True)
class Entries:
    """One layer of a cache [slots, numbers]: keys of `kv_heads` heads, and values from `value_offset` on."""

    layer: Tensor
    kv_heads: int
    value_width: int
    value_offset: int


def can_decode(q_BHW: Tensor, entries: Entries, tokens_per_page: int) -> bool:
    """Whether the kernel takes heads and pages of these sizes."""
    fits = q_BHW.shape[2] % LANES == 0 and entries.value_width % LANES == 0 and tokens_per_page == LANES
    return fits and reads(q_BHW, entries.layer)


def decode(q_BHW: Tensor, entries: Entries, past: Past, scale: float) -> Tensor:
    """Attention of one query a row over its past; returns [B, H, U]. No gradient."""
    q = q_BHW.contiguous()
    num_rows, num_heads, key_width = q.shape
    mixed = q.new_empty(num_rows, num_heads, entries.value_width)
    library().thinkling_decode(
        q.data_ptr(),
        entries.layer.data_ptr(),
        past.pages.ctypes.data,
        past.first_page.ctypes.data,
        past.lengths.ctypes.data,
        mixed.data_ptr(),
        num_rows,
        num_heads,
        entries.kv_heads,
        key_width,
        entries.value_width,
        entries.layer.shape[1],
        entries.value_offset,
        scale,
        num_threads(past.num_positions * num_heads * key_width),
    )
    return mixed
