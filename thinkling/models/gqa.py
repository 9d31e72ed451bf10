"""Grouped-query attention: Llama's, with biases Qwen2's, with normalised queries and keys Qwen3's."""

from __future__ import annotations

from torch import Tensor, nn

from thinkling.models import config as shapes
from thinkling.models.attend import Attend
from thinkling.models.linear import Linear
from thinkling.models.norm import RMSNorm
from thinkling.models.rope import Rotation


class GQA(nn.Module):
    """H query heads share K key-value heads."""

    def __init__(self, config: shapes.GQA, width: int, norm_eps: float) -> None:
        super().__init__()
        self.config = config
        self.q = Linear(width, config.num_heads * config.head_width, config.has_qkv_bias)
        self.k = Linear(width, config.num_kv_heads * config.head_width, config.has_qkv_bias)
        self.v = Linear(width, config.num_kv_heads * config.head_width, config.has_qkv_bias)
        self.q_norm = RMSNorm(config.head_width, norm_eps) if config.has_qk_norm else nn.Identity()
        self.k_norm = RMSNorm(config.head_width, norm_eps) if config.has_qk_norm else nn.Identity()
        self.o = Linear(config.num_heads * config.head_width, width)
        self.scale = config.head_width**-0.5

    def forward(self, layer: int, x_TD: Tensor, rotation: Rotation, attend: Attend) -> Tensor:
        head = (-1, self.config.head_width)
        q_THW = rotation.halves(self.q_norm(self.q(x_TD).unflatten(-1, head)))
        k_TKW = rotation.halves(self.k_norm(self.k(x_TD).unflatten(-1, head)))
        v_TKW = self.v(x_TD).unflatten(-1, head)
        return self.o(attend.gqa(layer, q_THW, k_TKW, v_TKW, self.scale).flatten(1))
