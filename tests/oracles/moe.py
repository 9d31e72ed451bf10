"""The mixture of experts with plain loops over tokens and experts (DeepSeek-V3, equations 12 to 16)."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from thinkling.models.config import MoE as Shape
from thinkling.models.moe import MoE, Plan


def choose(scores: list[float], bias: list[float] | None, shape: Shape) -> list[int]:
    """The experts of one token: best groups by two best scores (one without bias), then best experts."""
    ranked = scores if bias is None else [s + b for s, b in zip(scores, bias, strict=True)]
    size = shape.num_experts // shape.num_groups
    groups = [ranked[i * size : (i + 1) * size] for i in range(shape.num_groups)]
    worth = [sum(sorted(group, reverse=True)[: 1 if bias is None else 2]) for group in groups]
    kept = sorted(range(shape.num_groups), key=lambda g: -worth[g])[: shape.num_active_groups]
    reachable = [e for e in range(shape.num_experts) if e // size in kept]
    return sorted(reachable, key=lambda e: -ranked[e])[: shape.num_active]


def swiglu(x: Tensor, gate_up: Tensor, down: Tensor) -> Tensor:
    """W_down (silu(W_gate x) * W_up x) of one vector."""
    gate, up = (gate_up @ x).chunk(2)
    return down @ (F.silu(gate) * up)


def mixture(moe: MoE, x_TD: Tensor) -> Tensor:
    """What the layer gives, differentiable in everything but the choice."""
    shape, experts, rows = moe.router.config, moe.experts, []
    bias = moe.router.correction_bias
    for x in x_TD:
        logits = moe.router.weight @ x
        scores = logits.sigmoid() if shape.scoring == "sigmoid" else logits.softmax(0)
        chosen = choose(scores.tolist(), None if bias is None else bias.tolist(), shape)
        total = sum((scores[e] for e in chosen), start=torch.tensor(0.0)) if shape.is_normalized else 1.0
        y = torch.zeros_like(x)
        for e in chosen:
            y = y + shape.scale * scores[e] / total * swiglu(x, experts.gate_up[e], experts.down[e])
        if moe.shared is not None:
            y = y + swiglu(x, moe.shared.gate_up.weight, moe.shared.down.weight)
        rows.append(y)
    return torch.stack(rows)


def sequence_balance(scores: list[list[list[float]]], num_active: int) -> float:
    """Equations 17 to 20, the mean over sequences; `scores[b][t]` are the affinities of one token."""
    losses = []
    for tokens in scores:
        num_experts, length = len(tokens[0]), len(tokens)
        loss = 0.0
        for i in range(num_experts):
            visits = sum(i in sorted(range(num_experts), key=lambda e: -s[e])[:num_active] for s in tokens)
            frequency = num_experts / (num_active * length) * visits
            probability = math.fsum(s[i] / math.fsum(s) for s in tokens) / length
            loss += frequency * probability
        losses.append(loss)
    return math.fsum(losses) / len(losses)


def is_used(plan: Plan) -> Tensor:
    """Which slots hold a token's row and not padding: bool [slots]."""
    used = torch.zeros(len(plan.token), dtype=torch.bool)
    for slot in plan.slot_TA.flatten().tolist():
        used[slot] = True
    return used
