"""Rotary positions (arXiv 2104.09864) and YaRN (arXiv 2309.00071) with DeepSeek's mscale.

DeepSeek turns ADJACENT pairs (x0, x1), (x2, x3), ...; Qwen turns halves (x0, x_{W/2}), ...
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from thinkling.models.config import Rope, Yarn


@dataclass(frozen=True, slots=True)
class Rotation:
    """Every token's angles as the tables that turn by them: all fp32, first axis T."""

    turn: Tensor
    """cos + i sin [T, width / 2], complex: for adjacent pairs."""
    cos2: Tensor
    """cos twice [T, width]: for pairs of halves."""
    sin2: Tensor
    """-sin, then sin [T, width]."""

    def adjacent(self, x: Tensor) -> Tensor:
        """Turn the adjacent pairs of the last axis of x [T, ..., width]."""
        pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)).contiguous())
        return torch.view_as_real(pairs * self._beside(x, self.turn)).flatten(-2).to(x.dtype)

    def halves(self, x: Tensor) -> Tensor:
        """Turn the pairs (i, i + width / 2) of the last axis of x [T, ..., width]."""
        full = x.float()
        # Whole heads and not halves: long inner loops, and no halves to put together again.
        exchanged = torch.roll(full, x.shape[-1] // 2, -1)
        return torch.addcmul(full * self._beside(x, self.cos2), exchanged, self._beside(x, self.sin2)).to(
            x.dtype
        )

    def _beside(self, x: Tensor, table: Tensor) -> Tensor:
        return table.view((x.shape[0],) + (1,) * (x.dim() - 2) + (-1,))


class RotaryPositions(nn.Module):
    """Positions [T] to a `Rotation` for heads of `width`."""

    frequency: Tensor

    def __init__(self, config: Rope, width: int) -> None:
        super().__init__()
        self.register_buffer("frequency", frequencies(config, width), persistent=False)
        self.multiplier = 1.0 if config.yarn is None else _cos_sin_multiplier(config.yarn)

    def forward(self, positions_T: Tensor) -> Rotation:
        angles = positions_T.float()[:, None] * self.frequency[None, :]
        cos, sin = angles.cos() * self.multiplier, angles.sin() * self.multiplier
        return Rotation(torch.complex(cos, sin), torch.cat((cos, cos), -1), torch.cat((-sin, sin), -1))


def frequencies(config: Rope, width: int) -> Tensor:
    """Radians per position for each of the width / 2 pairs, YaRN applied.

    YaRN keeps fast pairs, divides slow ones by the factor, and blends linearly in between.
    """
    # Worked out on the CPU whatever the default device is: it is small, and exact either way.
    index = torch.arange(0, width, 2, dtype=torch.float32, device="cpu")
    plain = 1.0 / config.theta ** (index / width)
    if config.yarn is None:
        return plain
    low, high = yarn_range(config.yarn, config.theta, width)
    pairs = torch.arange(width // 2, dtype=torch.float32, device="cpu")
    ramp = ((pairs - low) / (high - low)).clamp(0, 1)
    return plain * (1 - ramp) + plain / config.yarn.factor * ramp


def yarn_range(yarn: Yarn, theta: float, width: int) -> tuple[float, float]:
    """First and last pair of the blend: 10 and 23 for DeepSeek-V3."""

    def pair_turning(times: float) -> float:
        return width * math.log(yarn.original_length / (times * 2 * math.pi)) / (2 * math.log(theta))

    low = max(math.floor(pair_turning(yarn.beta_fast)), 0)
    high = min(math.ceil(pair_turning(yarn.beta_slow)), width - 1)
    return (low, high + 0.001) if low == high else (low, high)


def yarn_mscale(factor: float, mscale: float) -> float:
    """0.1 * mscale * ln(factor) + 1."""
    return 1.0 if factor <= 1 else 0.1 * mscale * math.log(factor) + 1.0


def attention_scale(config: Rope, query_width: int) -> float:
    """query_width^-0.5, times mscale^2 under YaRN (V3 inference code): 0.13523 for R1."""
    scale = query_width**-0.5
    if config.yarn is None or not config.yarn.mscale_all_dim:
        return scale
    return scale * yarn_mscale(config.yarn.factor, config.yarn.mscale_all_dim) ** 2


def _cos_sin_multiplier(yarn: Yarn) -> float:
    """1 where mscale equals mscale_all_dim, as in every DeepSeek release: then only the scale changes."""
    if not yarn.mscale_all_dim or not yarn.mscale:
        return yarn_mscale(yarn.factor, 1.0)
    return yarn_mscale(yarn.factor, yarn.mscale) / yarn_mscale(yarn.factor, yarn.mscale_all_dim)
