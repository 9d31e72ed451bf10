"""Grouped-query attention: Llama's, with biases Qwen2's, with normalised queries and keys Qwen3's."""

from __future__ import annotations

from typing import cast

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
        self.q: nn.Module = Linear(width, config.num_heads * config.head_width, config.has_qkv_bias)
        self.k: nn.Module = Linear(width, config.num_kv_heads * config.head_width, config.has_qkv_bias)
        self.v: nn.Module = Linear(width, config.num_kv_heads * config.head_width, config.has_qkv_bias)
        self.q_norm = RMSNorm(config.head_width, norm_eps) if config.has_qk_norm else nn.Identity()
        self.k_norm = RMSNorm(config.head_width, norm_eps) if config.has_qk_norm else nn.Identity()
        self.o = Linear(config.num_heads * config.head_width, width)
        self.qkv: nn.Module | None = None
        """The three in one product, for inference (`thinkling.models.fuse`)."""
        self.scale = config.head_width**-0.5

    def forward(self, layer: int, x_TD: Tensor, rotation: Rotation, attend: Attend) -> Tensor:
        q_THW, k_TKW, v_TKW = self._heads(x_TD)
        q_THW, k_TKW = rotation.halves(self.q_norm(q_THW)), rotation.halves(self.k_norm(k_TKW))
        return self.o(attend.gqa(layer, q_THW, k_TKW, v_TKW, self.scale).flatten(1))

    def _heads(self, x_TD: Tensor) -> tuple[Tensor, ...]:
        """Queries [T, H, W], keys and values [T, K, W]."""
        width, num_kv_heads = self.config.head_width, self.config.num_kv_heads
        if self.qkv is None:
            return tuple(one(x_TD).unflatten(-1, (-1, width)) for one in (self.q, self.k, self.v))
        heads = self.qkv(x_TD).unflatten(-1, (-1, width))
        return cast("tuple[Tensor, ...]", heads.split((self.config.num_heads, num_kv_heads, num_kv_heads), 1))
