"""RMSNorm (arXiv 1910.07467), with statistics in fp32."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thinkling.kernels import pointwise


class RMSNorm(nn.Module):
    """x / sqrt(mean(x^2) + eps) * weight over the last axis; the result has the dtype of x."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        if x.is_cuda:
            return F.rms_norm(x, self.weight.shape, self.weight.to(x.dtype), self.eps)
        if pointwise.takes_rows(x, self.weight):
            return pointwise.norm(x, self.weight, self.eps)
        if x.dtype == torch.float32 and self.weight.dtype == torch.float32:
            return self._normed(x, self.weight)
        normed = self._normed(x.float(), None).to(x.dtype)
        # A weight in fp32 must not lift the result to fp32: queries and keys meet values of x's dtype.
        return (self.weight * normed).to(x.dtype)

    def _normed(self, x: Tensor, weight: Tensor | None) -> Tensor:
        if torch.is_grad_enabled():
            return FewPasses.apply(x, weight, self.eps)
        return _few_passes(x, weight, self.eps)[0]  # a step of one token has no time for autograd's door


def _few_passes(x: Tensor, weight: Tensor | None, eps: float) -> tuple[Tensor, Tensor]:
    """The norm, and what every row was multiplied with."""
    square = torch.linalg.vector_norm(x, dim=-1, keepdim=True).square_()
    scale = square.div_(x.shape[-1]).add_(eps).rsqrt_()
    y = x * scale
    return (y if weight is None else y.mul_(weight)), scale


class FewPasses(torch.autograd.Function):
    """The norm in as few passes over memory as eager operators allow: half the composite's on a CPU."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor | None, eps: float) -> Tensor:
        y, scale = _few_passes(x, weight, eps)
        ctx.save_for_backward(x, weight, scale)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor | None, None]:
        x, weight, scale = ctx.saved_tensors
        normed = x * scale
        product = grad * normed
        grad_weight = None
        if weight is not None:
            grad_weight = product.flatten(0, -2).sum(0)
            share = torch.mv(product.flatten(0, -2), weight).view_as(scale)
            grad = grad * weight
        else:
            share = product.sum(-1, keepdim=True)
        share = share.div_(x.shape[-1])
        grad_x = torch.addcmul(grad, normed, share, value=-1).mul_(scale)
        return grad_x, grad_weight, None
