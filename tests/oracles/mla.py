"""Latent attention straight from DeepSeek-V3's equations 1 to 11: one token and one head at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from thinkling.models.config import MLA


def rms_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """x / sqrt(mean(x^2) + eps) * weight of one vector."""
    return x / math.sqrt(float((x * x).mean()) + eps) * weight


def rotate_pairs(x: Tensor, position: int, frequency: Tensor) -> Tensor:
    """One vector turned as complex numbers x0 + i x1, x2 + i x3, ..."""
    turned = [
        complex(float(x[2 * j]), float(x[2 * j + 1])) * complex(math.cos(angle), math.sin(angle))
        for j, angle in enumerate(position * float(f) for f in frequency)
    ]
    return torch.tensor([part for z in turned for part in (z.real, z.imag)])


def latent_attention(
    shape: MLA, weights: dict[str, Tensor], x: Tensor, lengths: Sequence[int], frequency: Tensor, scale: float
) -> Tensor:
    """u_t of every token of the packed row; each document of `lengths` starts at position 0."""
    rows = []
    start = 0
    for length in lengths:
        rows += _document(shape, weights, x[start : start + length], frequency, scale)
        start += length
    return torch.stack(rows)


def _document(
    shape: MLA, weights: dict[str, Tensor], x: Tensor, frequency: Tensor, scale: float
) -> list[Tensor]:
    up = weights["kv_up.weight"].view(shape.num_heads, shape.nope_width + shape.value_width, shape.kv_rank)
    outputs: list[Tensor] = []
    latents: list[Tensor] = []
    rotated: list[Tensor] = []
    for position, h in enumerate(x):
        down = weights["kv_down.weight"] @ h
        latents.append(rms_norm(down[: shape.kv_rank], weights["kv_norm.weight"], 1e-6))  # (1)
        rotated.append(rotate_pairs(down[shape.kv_rank :], position, frequency))  # (3)
        query = _query(shape, weights, h)
        heads = []
        for head in range(shape.num_heads):
            w_uk, w_uv = up[head][: shape.nope_width], up[head][shape.nope_width :]
            q_rope = rotate_pairs(query[head][shape.nope_width :], position, frequency)  # (8)
            q = torch.cat((query[head][: shape.nope_width], q_rope))  # (9)
            keys = [torch.cat((w_uk @ c, r)) for c, r in zip(latents, rotated, strict=True)]  # (2, 4)
            share = torch.tensor([scale * float(q @ k) for k in keys]).softmax(0)
            values = [w_uv @ c for c in latents]  # (5)
            heads.append(sum(p * v for p, v in zip(share, values, strict=True)))  # (10)
        outputs.append(weights["o.weight"] @ torch.cat(heads))  # (11)
    return outputs


def _query(shape: MLA, weights: dict[str, Tensor], h: Tensor) -> Tensor:
    if shape.q_rank is None:
        query = weights["q.weight"] @ h
    else:
        latent = rms_norm(weights["q.down.weight"] @ h, weights["q.norm.weight"], 1e-6)  # (6)
        query = weights["q.up.weight"] @ latent  # (7)
    return query.view(shape.num_heads, shape.nope_width + shape.rope_width)
