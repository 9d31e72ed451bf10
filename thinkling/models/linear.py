"""A linear layer with full-precision weights and a chosen precision for its product."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


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
        return self._cast.rounded(self.weight) if self._rounds() else self._cast.of(self.weight, self.compute)

    def _rounds(self) -> bool:
        is_cast = self.compute == torch.bfloat16 and self.weight.dtype == torch.float32
        return is_cast and self.weight.device.type == "cpu" and not has_fast_bf16()

    def forward(self, x: Tensor) -> Tensor:
        weight = self.matrix()
        if self._rounds():
            product = RoundedProduct.apply(x, self.weight, weight)
            return product if self.bias is None else product + self.bias
        bias = None if self.bias is None else self.bias.to(weight.dtype)
        return F.linear(x.to(weight.dtype), weight, bias)


@cache
def has_fast_bf16() -> bool:
    """Whether this processor has a tile unit; without one it multiplies bf16 at half the speed of fp32."""
    return torch.cpu._is_amx_tile_supported()


class RoundedProduct(torch.autograd.Function):
    """A bf16 product on fp32 units: operands rounded to bf16, sums and result in fp32.

    The product of two bf16 numbers is exact in fp32, so only the rounding of the result is left out. Twice as
    fast as the library's bf16 product where there is no unit for that.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, rounded_weight: Tensor) -> Tensor:
        rounded_x = x.bfloat16().float()
        ctx.save_for_backward(rounded_x, rounded_weight)
        return F.linear(rounded_x, rounded_weight)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        rounded_x, rounded_weight = ctx.saved_tensors
        rounded = grad.bfloat16().float()
        grad_weight = rounded.flatten(0, -2).t() @ rounded_x.flatten(0, -2)
        return rounded @ rounded_weight, grad_weight, None


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

    def rounded(self, weight: Tensor) -> Tensor:
        """`weight` rounded to bf16 but held in fp32, no gradient recorded."""
        return self._kept(weight, torch.float32)

    def _kept(self, weight: Tensor, dtype: torch.dtype) -> Tensor:
        # The version counter rises with every in-place change (an optimizer step, a load). The address tells
        # a weight put in another's place, and a deep copy, which counts for itself.
        made_of = (weight.data_ptr(), weight._version, weight.device, dtype)
        if self._copy is None or self._made_of != made_of:
            weight = weight.detach()
            copy = weight.bfloat16().float() if dtype == torch.float32 else weight.to(dtype)
            self._copy, self._made_of = copy, made_of
        return self._copy


def set_compute_dtype(model: nn.Module, dtype: torch.dtype | None) -> None:
    """Choose the precision of every matrix product in `model` (the router and the norms stay in fp32)."""
    for module in model.modules():
        if isinstance(module, Product):
            module.compute = dtype
