"""Queries, keys and values out of one product: parted, normalised and turned in one pass, with the gradient.

For tensors in fp32 on a CPU.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from thinkling.kernels.library import library
from thinkling.kernels.tensors import LANES, num_threads, reads


@dataclass(frozen=True, slots=True)
class Turned:
    """How heads are made of rows: cos and sin [T, W] of a `Rotation`, numbers of heads, a norm's epsilon."""

    cos: Tensor
    sin: Tensor
    num_heads: int
    num_kv_heads: int
    eps: float


def takes_heads(x: Tensor, width: int) -> bool:
    """Whether the kernel can be used on rows x with heads so wide."""
    return width % (2 * LANES) == 0 and reads(x)


def heads(
    given: Tensor, q_weight: Tensor | None, k_weight: Tensor | None, how: Turned
) -> tuple[Tensor, Tensor, Tensor]:
    """Queries [T, H, W], keys and values [T, K, W] of rows [T, (H + 2 K) W].

    Weights are those of the norms of queries and keys [W], which a model may not have.
    """
    if torch.is_grad_enabled():
        found: tuple[Tensor, Tensor, Tensor] = _Heads.apply(given, q_weight, k_weight, how)
        return found
    return _heads(given.contiguous(), q_weight, k_weight, how)[:3]


def _heads(
    given: Tensor, q_weight: Tensor | None, k_weight: Tensor | None, how: Turned
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    num_rows, width = len(given), how.cos.shape[1]
    q = given.new_empty(num_rows, how.num_heads, width)
    k, v = given.new_empty(2, num_rows, how.num_kv_heads, width).unbind()
    scale = given.new_empty(num_rows, how.num_heads + how.num_kv_heads)
    library().thinkling_heads(
        given.data_ptr(),
        _pointer(q_weight),
        _pointer(k_weight),
        *(x.data_ptr() for x in (how.cos, how.sin, q, k, v, scale)),
        num_rows,
        how.num_heads,
        how.num_kv_heads,
        width,
        how.eps,
        num_threads(given.numel()),
    )
    return q, k, v, scale


def _pointer(x: Tensor | None) -> int | None:
    return None if x is None else x.data_ptr()


class _Heads(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, given: Tensor, q_weight: Tensor | None, k_weight: Tensor | None, how: Turned
    ) -> tuple[Tensor, Tensor, Tensor]:
        given = given.contiguous()
        q, k, v, scale = _heads(given, q_weight, k_weight, how)
        ctx.save_for_backward(given, q_weight, k_weight, scale)
        ctx.how = how
        return q, k, v

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        given, q_weight, k_weight, scale = ctx.saved_tensors
        how, width = ctx.how, ctx.how.cos.shape[1]
        whole = [one.contiguous() for one in grads]
        found, threads = torch.empty_like(given), num_threads(given.numel())
        parts = given.new_empty(threads, 2, width)
        library().thinkling_heads_backward(
            given.data_ptr(),
            _pointer(q_weight),
            _pointer(k_weight),
            *(x.data_ptr() for x in (how.cos, how.sin, scale, *whole)),
            found.data_ptr(),
            parts.data_ptr(),
            len(given),
            how.num_heads,
            how.num_kv_heads,
            width,
            threads,
        )
        if q_weight is None:
            return found, None, None, None
        return (found, *parts.sum(0).unbind(), None)
