"""Norms and gates of rows in one pass over memory, each with its gradient.

For tensors in fp32 on a CPU; the last axis is a multiple of 16.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from thinkling.kernels.library import library
from thinkling.kernels.tensors import LANES, num_threads, reads


def takes_rows(x: Tensor, *others: Tensor) -> bool:
    """Whether the kernels can be used on the rows of x."""
    return x.shape[-1] % LANES == 0 and reads(x, *others)


def takes_halves(x: Tensor) -> bool:
    """Whether they can be used on both halves of its rows."""
    return x.shape[-1] % (2 * LANES) == 0 and reads(x)


def takes_rounded_gates(width: int) -> bool:
    """Whether `swiglu` can be used on bf16, with gates so wide, on this machine."""
    return width % LANES == 0 and not torch.compiler.is_compiling() and library() is not None


def norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """x / sqrt(mean(x^2) + eps) * weight over the last axis."""
    if torch.is_grad_enabled():
        return _Norm.apply(x, weight, eps)
    return _norm(x.contiguous(), weight, eps)[0]


def _norm(x: Tensor, weight: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    width = x.shape[-1]
    y, scale = torch.empty_like(x), x.new_empty(x.shape[:-1])
    library().thinkling_norm(
        x.data_ptr(), weight.data_ptr(), y.data_ptr(), scale.data_ptr(),
        scale.numel(), width, eps, num_threads(x.numel()),
    )  # fmt: skip
    return y, scale


class _Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, eps: float) -> Tensor:
        x = x.contiguous()
        y, scale = _norm(x, weight, eps)
        ctx.save_for_backward(x, weight, scale)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        x, weight, scale = ctx.saved_tensors
        grad, width, threads = grad.contiguous(), x.shape[-1], num_threads(x.numel())
        grad_x, parts = torch.empty_like(x), x.new_empty(threads, width)
        library().thinkling_norm_backward(
            *(one.data_ptr() for one in (grad, x, weight, scale, grad_x, parts)),
            scale.numel(),
            width,
            threads,
        )
        return grad_x, parts.sum(0), None


def swiglu(gate_up: Tensor) -> Tensor:
    """silu(first half) * second half, over the last axis; in fp32, or in bf16 for bf16."""
    if torch.is_grad_enabled():
        return _SwiGLU.apply(gate_up)
    return _swiglu(gate_up.contiguous())


def _swiglu(gate_up: Tensor) -> Tensor:
    width = gate_up.shape[-1] // 2
    y = gate_up.new_empty(*gate_up.shape[:-1], width)
    library_ = library()
    swiglu = library_.thinkling_swiglu_bf16 if _is_bf16(y) else library_.thinkling_swiglu
    swiglu(gate_up.data_ptr(), y.data_ptr(), y.numel() // width, width, num_threads(2 * y.numel()))
    return y


def _is_bf16(x: Tensor) -> bool:
    return x.dtype == torch.bfloat16


class _SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, gate_up: Tensor) -> Tensor:
        gate_up = gate_up.contiguous()
        ctx.save_for_backward(gate_up)
        return _swiglu(gate_up)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (gate_up,) = ctx.saved_tensors
        grad, found, width = grad.contiguous(), torch.empty_like(gate_up), gate_up.shape[-1] // 2
        library_ = library()
        backward = library_.thinkling_swiglu_backward
        if _is_bf16(grad):
            backward = library_.thinkling_swiglu_backward_bf16
        backward(
            *(one.data_ptr() for one in (grad, gate_up, found)),
            grad.numel() // width,
            width,
            num_threads(2 * grad.numel()),
        )
        return found
