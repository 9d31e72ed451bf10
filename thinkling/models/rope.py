"""Rotary positions (arXiv 2104.09864) and their extensions: YaRN (arXiv 2309.00071), Llama 3.1's, linear.

DeepSeek turns ADJACENT pairs (x0, x1), (x2, x3), ...; Qwen and Llama turn halves (x0, x_{W/2}), ...
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from thinkling.models.config import LinearScaling, Llama3, Rope, Yarn


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
        yarn = config.scaling
        self.multiplier = _cos_sin_multiplier(yarn) if isinstance(yarn, Yarn) else 1.0

    def forward(self, positions_T: Tensor) -> Rotation:
        angles = positions_T.float()[:, None] * self.frequency[None, :]
        cos, sin = angles.cos() * self.multiplier, angles.sin() * self.multiplier
        return Rotation(torch.complex(cos, sin), torch.cat((cos, cos), -1), torch.cat((-sin, sin), -1))


def frequencies(config: Rope, width: int) -> Tensor:
    """Radians per position for each of the width / 2 pairs, the context extension applied."""
    # Worked out on the CPU whatever the default device is: it is small, and exact either way.
    index = torch.arange(0, width, 2, dtype=torch.float32, device="cpu")
    plain = 1.0 / config.theta ** (index / width)
    scaling = config.scaling
    if scaling is None:
        return plain
    if isinstance(scaling, LinearScaling):
        return plain / scaling.factor
    slowed = _llama3_slowed(scaling, plain) if isinstance(scaling, Llama3) else _yarn_slowed(config, width)
    return plain * (1 - slowed) + plain / scaling.factor * slowed


def _yarn_slowed(config: Rope, width: int) -> Tensor:
    """0 for fast pairs, 1 for slow ones, linear in the pair's number in between."""
    assert isinstance(config.scaling, Yarn)
    low, high = yarn_range(config.scaling, config.theta, width)
    pairs = torch.arange(width // 2, dtype=torch.float32, device="cpu")
    return ((pairs - low) / (high - low)).clamp(0, 1)


def _llama3_slowed(llama3: Llama3, frequency: Tensor) -> Tensor:
    """0 for fast pairs, 1 for slow ones, linear in their turns within the original length in between."""
    turns = llama3.original_length * frequency / (2 * math.pi)
    kept = (turns - llama3.low_freq_factor) / (llama3.high_freq_factor - llama3.low_freq_factor)
    return 1 - kept.clamp(0, 1)


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
    yarn = config.scaling
    if not isinstance(yarn, Yarn) or not yarn.mscale_all_dim:
        return scale
    return scale * yarn_mscale(yarn.factor, yarn.mscale_all_dim) ** 2


def _cos_sin_multiplier(yarn: Yarn) -> float:
    """1 where mscale equals mscale_all_dim, as in every DeepSeek release: then only the scale changes."""
    if yarn.attention_factor is not None:
        return yarn.attention_factor
    if not yarn.mscale_all_dim or not yarn.mscale:
        return yarn_mscale(yarn.factor, 1.0)
    return yarn_mscale(yarn.factor, yarn.mscale) / yarn_mscale(yarn.factor, yarn.mscale_all_dim)
