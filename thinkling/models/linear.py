"""A linear layer with full-precision weights and a chosen precision for its product."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thinkling.models.product import has_fast_bf16, prefers_onednn, product


class Product(nn.Module):
    """A layer whose matrix products have a precision of their own; None is that of the weights."""

    compute: torch.dtype | None = None


class Linear(Product):
    """y = x W^T + b. Weights keep their own dtype; the product is computed in `compute` (None: the weight's).

    Trainer and sampler share one module: while gradients are recorded the cast is part of the graph,
    otherwise a cast copy is kept until the weight changes, so that decoding does not cast at every step.
    """

    def __init__(self, num_in: int, num_out: int, has_bias: bool = False) -> None:
        super().__init__()
        self.weight: Tensor = nn.Parameter(torch.empty(num_out, num_in))
        self.bias = nn.Parameter(torch.empty(num_out)) if has_bias else None
        self._cast = CastCopy()

    def matrix(self) -> Tensor:
        """The weight in the precision of the product: in bf16, or rounded to it."""
        return self._rounded() if self._rounds() else self._cast.of(self.weight, self.compute)

    def _rounds(self) -> bool:
        is_cast = self.compute == torch.bfloat16 and self.weight.dtype == torch.float32
        return is_cast and self.weight.device.type == "cpu"

    def _rounded(self) -> Tensor:
        """The weight rounded to bf16, no gradient recorded: as bf16, or as fp32 numbers."""
        return self._cast.rounded(self.weight, is_kept_in_fp32=not has_fast_bf16())

    def forward(self, x: Tensor) -> Tensor:
        if self._rounds():
            return self._with_bias(ProductOnCpu.apply(x, self.weight, self._rounded()))
        weight = self._cast.of(self.weight, self.compute)
        if weight.dtype == torch.float32 and weight.device.type == "cpu" and prefers_onednn():
            return self._with_bias(ProductOnCpu.apply(x.float(), weight, weight))
        bias = None if self.bias is None else self.bias.to(weight.dtype)
        return F.linear(x.to(weight.dtype), weight, bias)

    def _with_bias(self, y: Tensor) -> Tensor:
        return y if self.bias is None else y + self.bias


class Head(Linear):
    """The layer that reads logits from states. With weights in fp32 a CPU never rounds them:
    log-probabilities come from there (what rounding does to RL: MiniMax-M1, arXiv 2506.13585, 3.2)."""

    def _rounded(self) -> Tensor:
        return self._cast.rounded(self.weight, is_kept_in_fp32=True)


class ProductOnCpu(torch.autograd.Function):
    """x W^T and its gradients for tensors in fp32, by `thinkling.models.product`.

    `held` is the weight as it is multiplied: itself, or rounded to bf16; then what meets it is rounded too.
    In bf16 it goes to units for that, which round the result. As fp32 numbers it goes to fp32 units, where
    these are faster: a product of two bf16 numbers is exact in fp32, so only the rounding of the result is
    left out (decisions 5 and 10).
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, held: Tensor) -> Tensor:
        ctx.is_rounded = held is not weight
        x = _rounded_like(held, x) if ctx.is_rounded else x
        ctx.save_for_backward(x, held)
        return product(x.flatten(0, -2), held.t()).view(*x.shape[:-1], len(held)).float()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        x, held = ctx.saved_tensors
        rows = grad.flatten(0, -2)
        if ctx.is_rounded:
            rows = _rounded_like(held, rows)
        grad_weight = product(rows.t(), x.flatten(0, -2)).float()
        return product(rows, held).view_as(x).float(), grad_weight, None


def _rounded_like(weight: Tensor, x: Tensor) -> Tensor:
    """x rounded to bf16, in the dtype of `weight`."""
    return x.bfloat16().to(weight.dtype)


class CastCopy:
    """Keeps one cast copy of a weight for as long as the weight is unchanged."""

    def __init__(self) -> None:
        self._copy: Tensor | None = None
        self._made_of: tuple[object, ...] = ()

    def of(self, weight: Tensor, dtype: torch.dtype | None) -> Tensor:
        """`weight` in `dtype`: differentiable where gradients are recorded, cached where not."""
        if dtype is None or weight.dtype == dtype:
            return weight
        if torch.is_grad_enabled() and weight.requires_grad:
            return weight.to(dtype)
        return self._kept(weight, dtype)

    def rounded(self, weight: Tensor, *, is_kept_in_fp32: bool) -> Tensor:
        """`weight` rounded to bf16, no gradient recorded."""
        return self._kept(weight, torch.float32 if is_kept_in_fp32 else torch.bfloat16)

    def _kept(self, weight: Tensor, dtype: torch.dtype) -> Tensor:
        # The version counter rises with every in-place change (an optimizer step, a load). The address tells
        # a weight put in another's place, and a deep copy, which counts for itself.
        made_of = (weight.data_ptr(), weight._version, weight.device, dtype)
        if self._copy is None or self._made_of != made_of:
            # Made while sampling, read while training: a tensor born in inference mode could not be.
            with torch.inference_mode(False), torch.no_grad():
                weight = weight.detach()
                copy = weight.bfloat16().float() if dtype == torch.float32 else weight.to(dtype)
            self._copy, self._made_of = copy, made_of
        return self._copy


def set_compute_dtype(model: nn.Module, dtype: torch.dtype | None) -> None:
    """Choose the precision of every matrix product in `model` (the router and the norms stay in fp32)."""
    for module in model.modules():
        if isinstance(module, Product):
            module.compute = dtype
