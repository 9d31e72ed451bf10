"""Grouped-query attention: Llama's, with biases Qwen2's, with normalised queries and keys Qwen3's."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from thinkling.kernels import heads as kernels
from thinkling.models import config as shapes
from thinkling.models.attend import Attend
from thinkling.models.linear import Attention, Linear
from thinkling.models.norm import RMSNorm
from thinkling.models.rope import Rotation


class GQA(Attention):
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
        self.compiled_heads: Callable[[Tensor, Rotation], tuple[Tensor, Tensor, Tensor]] | None = None
        """`heads`, compiled, where somebody asked for that (`thinkling.models.compiled`)."""
        self.scale = config.head_width**-0.5
        self._norm_eps = norm_eps

    def forward(self, layer: int, x_TD: Tensor, rotation: Rotation, attend: Attend) -> Tensor:
        q_THW, k_TKW, v_TKW = (self.compiled_heads or self.heads)(x_TD, rotation)
        return self.o(attend.gqa(layer, q_THW, k_TKW, v_TKW, self.scale).flatten(1))

    def beside_layers(self) -> tuple[nn.Module, ...]:
        """Queries, keys and values."""
        return self.q, self.k, self.v

    def heads(self, x_TD: Tensor, rotation: Rotation) -> tuple[Tensor, Tensor, Tensor]:
        """Queries [T, H, W] and keys [T, K, W], turned, and values [T, K, W]."""
        shape = self.config
        if self.qkv is None and not self.beside.fits(*self.beside_layers()):
            q, k, v = (one(x_TD).unflatten(-1, (-1, shape.head_width)) for one in self.beside_layers())
            return self._turned(q, k, v, rotation)
        rows = self._together(x_TD) if self.qkv is None else self.qkv(x_TD)
        if kernels.takes_heads(rows, shape.head_width) and self._has_fp32_norms():
            how = kernels.Turned(
                rotation.cos2, rotation.sin2, shape.num_heads, shape.num_kv_heads, self._norm_eps
            )
            return kernels.heads(rows, _weight_of(self.q_norm), _weight_of(self.k_norm), how)
        sizes = (shape.num_heads, shape.num_kv_heads, shape.num_kv_heads)
        q, k, v = rows.unflatten(-1, (-1, shape.head_width)).split(sizes, 1)
        return self._turned(q, k, v, rotation)

    def _together(self, x_TD: Tensor) -> Tensor:
        return self.beside.together(x_TD, *self.beside_layers())

    def _has_fp32_norms(self) -> bool:
        weight = _weight_of(self.q_norm)
        return weight is None or weight.dtype == torch.float32

    def _turned(self, q: Tensor, k: Tensor, v: Tensor, rotation: Rotation) -> tuple[Tensor, Tensor, Tensor]:
        return rotation.halves(self.q_norm(q)), rotation.halves(self.k_norm(k)), v


def _weight_of(norm: nn.Module) -> Tensor | None:
    return norm.weight if isinstance(norm, RMSNorm) else None
