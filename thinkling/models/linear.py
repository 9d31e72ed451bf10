"""A linear layer with full-precision weights and a chosen precision for its product."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Product(nn.Module):
    """A layer whose matrix products have a precision of their own; None is that of the weights."""

    compute: torch.dtype | None = None


class Linear(Product):
    """y = x W^T. The weight keeps its own dtype; the product is computed in `compute` (None: the weight's).

    Trainer and sampler share one module: while gradients are recorded the cast is part of the graph,
    otherwise a cast copy is kept until the weight changes, so that decoding does not cast at every step.
    """

    def __init__(self, num_in: int, num_out: int) -> None:
        super().__init__()
        self.weight: Tensor = nn.Parameter(torch.empty(num_out, num_in))
        self._cast = CastCopy()

    def matrix(self) -> Tensor:
        """The weight in the precision of the product."""
        return self._cast.of(self.weight, self.compute)

    def forward(self, x: Tensor) -> Tensor:
        weight = self.matrix()
        return F.linear(x.to(weight.dtype), weight)


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
        # The version counter rises with every in-place change (an optimizer step, a load). The address tells
        # a weight put in another's place, and a deep copy, which counts for itself.
        made_of = (weight.data_ptr(), weight._version, weight.device, dtype)
        if self._copy is None or self._made_of != made_of:
            self._copy, self._made_of = weight.detach().to(dtype), made_of
        return self._copy


def set_compute_dtype(model: nn.Module, dtype: torch.dtype | None) -> None:
    """Choose the precision of every matrix product in `model` (the router and the norms stay in fp32)."""
    for module in model.modules():
        if isinstance(module, Product):
            module.compute = dtype
