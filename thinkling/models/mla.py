"""Multi-head latent attention (DeepSeek-V3, arXiv 2412.19437, equations 1 to 11).

A token is remembered as one latent (C) and one rotated key (R) shared by all heads, nothing else. Attending
can expand latents into keys and values (training, prefill) or absorb the up-projections into query and output
(decoding, where reading the cache is what costs); `attend` chooses.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from thinkling.models import config as shapes
from thinkling.models.attend import Attend, LatentAttention
from thinkling.models.linear import Attention, Linear
from thinkling.models.norm import RMSNorm
from thinkling.models.rope import Rotation

# The releases build the two latent norms with this epsilon whatever `norm_eps` says.
LATENT_NORM_EPS = 1e-6


class MLA(Attention):
    """Latent attention with decoupled rotation; `q_rank` None projects queries directly (V2-Lite)."""

    def __init__(self, config: shapes.MLA, width: int, scale: float) -> None:
        super().__init__()
        self.config = config
        q_width = config.num_heads * (config.nope_width + config.rope_width)
        if config.q_rank is None:
            self.q: nn.Module = Linear(width, q_width)
        else:
            self.q = CompressedQuery(width, config.q_rank, q_width)
        self.kv_down = Linear(width, config.kv_rank + config.rope_width)
        self.kv_norm = RMSNorm(config.kv_rank, LATENT_NORM_EPS)
        self.kv_up = KeyValueUp(config)
        self.o = Linear(config.num_heads * config.value_width, width)
        self.scale = scale

    def forward(self, layer: int, x_TD: Tensor, rotation: Rotation, attend: Attend) -> Tensor:
        shape = self.config
        q, down = self._first_products(x_TD)
        q_nope_THN, q_rope_THR = q.unflatten(-1, (shape.num_heads, -1)).split(
            (shape.nope_width, shape.rope_width), -1
        )
        latent_TC, rope_TR = down.split((shape.kv_rank, shape.rope_width), -1)
        given = LatentAttention(
            q_nope_THN,
            rotation.adjacent(q_rope_THR),
            self.kv_norm(latent_TC),
            rotation.adjacent(rope_TR),
            self.kv_up,
            self.scale,
        )
        return self.o(attend.mla(layer, given).flatten(1))

    def beside_layers(self) -> tuple[nn.Module, ...]:
        """Queries and the latent."""
        return self.q, self.kv_down

    def _first_products(self, x_TD: Tensor) -> tuple[Tensor, Tensor]:
        layers = self.beside_layers()
        if self.beside.fits(*layers):
            q, down = self.beside(x_TD, *layers)
            return q, down
        return self.q(x_TD), self.kv_down(x_TD)


class CompressedQuery(nn.Module):
    """Queries through a narrow latent: q = W_uq RMSNorm(W_dq x) (equations 6 and 7)."""

    def __init__(self, width: int, rank: int, q_width: int) -> None:
        super().__init__()
        self.down = Linear(width, rank)
        self.norm = RMSNorm(rank, LATENT_NORM_EPS)
        self.up = Linear(rank, q_width)

    def forward(self, x_TD: Tensor) -> Tensor:
        return self.up(self.norm(self.down(x_TD)))


class KeyValueUp(Linear):
    """W_ukv: per head N rows make the unrotated key and U rows the value (equations 2 and 5)."""

    def __init__(self, config: shapes.MLA) -> None:
        super().__init__(config.kv_rank, config.num_heads * (config.nope_width + config.value_width))
        self.shape = config

    def expand(self, latent_SC: Tensor) -> tuple[Tensor, Tensor]:
        """Keys without rotation [S, H, N] and values [S, H, U]."""
        both = self(latent_SC).unflatten(-1, (self.shape.num_heads, -1))
        k_nope_SHN, v_SHU = both.split((self.shape.nope_width, self.shape.value_width), -1)
        return k_nope_SHN, v_SHU

    def absorb_query(self, q_nope_THN: Tensor) -> Tensor:
        """W_uk moved to the query's side: q . (W_uk c) = (q W_uk) . c; returns [T, H, C]."""
        key_HNC, _ = self._halves()
        return torch.einsum("thn,hnc->thc", q_nope_THN.to(key_HNC.dtype), key_HNC)

    def project_value(self, mixed_THC: Tensor) -> Tensor:
        """W_uv after attending: sum_s p_s (W_uv c_s) = W_uv (sum_s p_s c_s); returns [T, H, U]."""
        _, value_HUC = self._halves()
        return torch.einsum("thc,huc->thu", mixed_THC.to(value_HUC.dtype), value_HUC)

    def _halves(self) -> tuple[Tensor, Tensor]:
        both = self.matrix().unflatten(0, (self.shape.num_heads, -1))
        key_HNC, value_HUC = both.split((self.shape.nope_width, self.shape.value_width), 1)
        return key_HNC, value_HUC
