"""The SwiGLU feed-forward layer (arXiv 2002.05202)."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from thinkling.models.linear import Linear


class Dense(nn.Module):
    """W_down (silu(W_gate x) * W_up x). Gate and up are one matrix: gate rows first."""

    def __init__(self, width: int, inner_width: int) -> None:
        super().__init__()
        self.gate_up = Linear(width, 2 * inner_width)
        self.down = Linear(inner_width, width)

    def forward(self, x_TD: Tensor) -> Tensor:
        return self.down(swiglu(self.gate_up(x_TD)))


def swiglu(gate_up: Tensor) -> Tensor:
    """silu(first half) * second half, over the last axis."""
    gate_TF, up_TF = gate_up.chunk(2, -1)
    return F.silu(gate_TF) * up_TF
