"""The SwiGLU feed-forward layer (arXiv 2002.05202)."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thinkling.kernels import pointwise
from thinkling.models.linear import Linear


class Dense(nn.Module):
    """W_down (silu(W_gate x) * W_up x). Gate and up are one matrix: gate rows first."""

    def __init__(self, width: int, inner_width: int) -> None:
        super().__init__()
        self.gate_up = Linear(width, 2 * inner_width)
        self.down = Linear(inner_width, width)

    def forward(self, x_TD: Tensor) -> Tensor:
        is_linear = isinstance(self.gate_up, Linear) and self.gate_up.gives_bf16()
        if is_linear and pointwise.takes_rounded_gates(self.down.weight.shape[1]):
            # Both products round what is between them anyway: it stays in bf16.
            return self.down(pointwise.swiglu(self.gate_up.as_rounded(x_TD)))
        return self.down(swiglu(self.gate_up(x_TD)))


def swiglu(gate_up: Tensor) -> Tensor:
    """silu(first half) * second half, over the last axis."""
    if pointwise.takes_halves(gate_up):
        return pointwise.swiglu(gate_up)
    if torch.is_grad_enabled():
        return SwiGLU.apply(gate_up)
    gate_TF, up_TF = gate_up.chunk(2, -1)
    return F.silu(gate_TF).mul_(up_TF)


class SwiGLU(torch.autograd.Function):
    """Writes both gradients into one buffer instead of padding and adding two halves."""

    @staticmethod
    def forward(ctx: Any, gate_up: Tensor) -> Tensor:
        ctx.save_for_backward(gate_up)
        gate_TF, up_TF = gate_up.chunk(2, -1)
        return F.silu(gate_TF).mul_(up_TF)

    @staticmethod
    def backward(ctx: Any, grad_TF: Tensor) -> Tensor:
        (gate_up,) = ctx.saved_tensors
        gate_TF, up_TF = gate_up.chunk(2, -1)
        grad_gate_up = torch.empty_like(gate_up)
        grad_gate_TF, grad_up_TF = grad_gate_up.chunk(2, -1)
        torch.mul(grad_TF, F.silu(gate_TF), out=grad_up_TF)
        torch.ops.aten.silu_backward(grad_TF * up_TF, gate_TF, grad_input=grad_gate_TF)
        return grad_gate_up
