"""DeepSeekMoE with auxiliary-loss-free balance (DeepSeek-V3, equations 12 to 16; V2's router too).

    y = shared(x) + sum over chosen experts i of g_i FFN_i(x)

The routed experts are stacked tensors. A token's row is copied once for each expert it visits, rows of one
expert lie side by side, and every expert multiplies its own slice: no token is dropped and no row is padded
beyond a multiple of sixteen (which keeps a row's arithmetic independent of its neighbours).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thinkling.models import config as shapes
from thinkling.models.dense import Dense, swiglu
from thinkling.models.linear import CastCopy, Product
from thinkling.models.product import product

ROWS = 16
"""Every expert's slice is a multiple of this many rows: a product of 8, or of 17, sums in another order."""


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a layer's tokens went: affinities [T, E], chosen experts [T, A] and their weights [T, A]."""

    scores_TE: Tensor
    experts_TA: Tensor
    weights_TA: Tensor


class Router(nn.Module):
    """Scores in fp32, a bias that only selects, group-limited top-k."""

    correction_bias: Tensor | None

    def __init__(self, config: shapes.MoE, width: int) -> None:
        super().__init__()
        self.config = config
        self.weight = nn.Parameter(torch.empty(config.num_experts, width))
        bias = torch.zeros(config.num_experts) if config.has_correction_bias else None
        self.register_buffer("correction_bias", bias)

    def forward(self, x_TD: Tensor) -> Routing:
        logits_TE = F.linear(x_TD.float(), self.weight.float())
        is_sigmoid = self.config.scoring == "sigmoid"
        scores_TE = logits_TE.sigmoid() if is_sigmoid else logits_TE.softmax(-1)
        experts_TA = choose_experts(scores_TE.detach(), self.correction_bias, self.config)
        weights_TA = scores_TE.gather(1, experts_TA)
        if self.config.is_normalized:
            weights_TA = weights_TA / (weights_TA.sum(-1, keepdim=True) + 1e-20)
        return Routing(scores_TE, experts_TA, weights_TA * self.config.scale)


def choose_experts(scores_TE: Tensor, bias_E: Tensor | None, config: shapes.MoE) -> Tensor:
    """The experts each token visits [T, A]: best groups first, then best experts within them.

    V3 ranks a group by the sum of its two best biased scores, V2 (no bias) by its best score. Weights come
    from the unbiased scores, elsewhere.
    """
    ranked_TE = scores_TE if bias_E is None else scores_TE + bias_E
    if config.num_active_groups < config.num_groups:
        grouped = ranked_TE.unflatten(-1, (config.num_groups, -1))
        num_best = 1 if bias_E is None else min(2, grouped.shape[-1])
        group_score = grouped.topk(num_best, -1).values.sum(-1)
        kept = group_score.topk(config.num_active_groups, -1, sorted=False).indices
        is_dropped = torch.ones_like(group_score, dtype=torch.bool).scatter(-1, kept, False)
        ranked_TE = grouped.masked_fill(is_dropped[..., None], -torch.inf).flatten(-2)
    return ranked_TE.topk(config.num_active, -1, sorted=False).indices


@dataclass(frozen=True, slots=True)
class Plan:
    """Which row of the expert-sorted buffer (slots) holds which token, worked out without leaving the device.

    `token` [slots]: the token copied into each slot (0 in padding slots, whose results nobody reads);
    `slot_TA`: the slot of each token's a-th expert; `ends` [E]: where each expert's slice ends.
    """

    token: Tensor
    slot_TA: Tensor
    ends: Tensor


def plan_slots(experts_TA: Tensor, num_experts: int) -> Plan:
    """Sort (token, expert) pairs by expert, each expert's slice padded to a multiple of ROWS."""
    num_tokens, num_active = experts_TA.shape
    flat = experts_TA.flatten()
    order = flat.argsort(stable=True)
    counts = torch.bincount(flat, minlength=num_experts)
    padded = (counts + ROWS - 1) // ROWS * ROWS
    ends = padded.cumsum(0)
    shift = (ends - padded) - (counts.cumsum(0) - counts)
    slots = torch.arange(len(flat), device=flat.device) + shift[flat[order]]
    # The size must not depend on the routing, so leave room for every expert's padding.
    num_slots = -(-num_tokens * num_active // ROWS) * ROWS + num_experts * ROWS
    token = flat.new_zeros(num_slots).index_copy_(0, slots, order // num_active)
    slot_TA = torch.empty_like(flat).index_copy_(0, order, slots).view(num_tokens, num_active)
    return Plan(token, slot_TA, ends.to(torch.int32))


class Spread(torch.autograd.Function):
    """Copy tokens into slots; backwards, a token gathers its slots' gradients (no scattered additions)."""

    @staticmethod
    def forward(ctx: Any, x_TD: Tensor, token: Tensor, slot_TA: Tensor) -> Tensor:
        ctx.save_for_backward(slot_TA)
        return x_TD.index_select(0, token)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (slot_TA,) = ctx.saved_tensors
        return grad.index_select(0, slot_TA.flatten()).unflatten(0, slot_TA.shape).sum(1), None, None


class Gather(torch.autograd.Function):
    """Weighted sum of a token's slots; backwards, a slot reads the gradient of its token."""

    @staticmethod
    def forward(ctx: Any, y: Tensor, weights_TA: Tensor, plan: Plan) -> Tensor:
        y_TAD = y.index_select(0, plan.slot_TA.flatten()).unflatten(0, plan.slot_TA.shape)
        ctx.save_for_backward(y_TAD, weights_TA)
        ctx.plan = plan
        return (y_TAD * weights_TA[..., None]).sum(1)

    @staticmethod
    def backward(ctx: Any, grad_TD: Tensor) -> tuple[Tensor, Tensor, None]:
        y_TAD, weights_TA = ctx.saved_tensors
        plan = ctx.plan
        weight = torch.zeros_like(plan.token, dtype=torch.float32)
        weight.index_copy_(0, plan.slot_TA.flatten(), weights_TA.flatten().float())
        grad_y = grad_TD.index_select(0, plan.token) * weight[:, None].to(grad_TD.dtype)
        grad_weights_TA = torch.einsum("tad,td->ta", y_TAD, grad_TD.to(y_TAD.dtype))
        return grad_y.to(y_TAD.dtype), grad_weights_TA.to(weights_TA.dtype), None


class Experts(Product):
    """All routed experts of a layer as two stacked tensors: gate_up [E, 2F, D] and down [E, D, F]."""

    def __init__(self, config: shapes.MoE, width: int) -> None:
        super().__init__()
        self.gate_up = nn.Parameter(torch.empty(config.num_experts, 2 * config.expert_width, width))
        self.down = nn.Parameter(torch.empty(config.num_experts, width, config.expert_width))
        self._casts = (CastCopy(), CastCopy())

    def forward(self, x_TD: Tensor, routing: Routing) -> Tensor:
        gate_up = self._casts[0].of(self.gate_up, self.compute)
        down = self._casts[1].of(self.down, self.compute)
        plan = plan_slots(routing.experts_TA, len(gate_up))
        x = Spread.apply(x_TD.to(gate_up.dtype), plan.token, plan.slot_TA)
        y = grouped_linear(swiglu(grouped_linear(x, gate_up, plan.ends)), down, plan.ends)
        return Gather.apply(y, routing.weights_TA.to(y.dtype), plan)


def grouped_linear(x: Tensor, weight: Tensor, ends: Tensor) -> Tensor:
    """Row i of x times the matrix of its group: weight [E, out, in]; group e is x[ends[e-1]:ends[e]]."""
    if x.is_cuda:
        return torch._grouped_mm(x, weight.transpose(1, 2), offs=ends)
    return GroupedLinear.apply(x, weight, ends)


class GroupedLinear(torch.autograd.Function):
    """The loop over experts that a CPU wants, into one buffer (rows after the last group stay zero)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, ends: Tensor) -> Tensor:
        bounds = ends.tolist()
        ctx.save_for_backward(x, weight)
        ctx.bounds = bounds
        y = x.new_empty(len(x), weight.shape[1])
        for expert, rows in _slices(bounds):
            product(x[rows], weight[expert].t(), y[rows])
        y[bounds[-1] :].zero_()
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        x, weight = ctx.saved_tensors
        grad_x = torch.empty_like(x)
        grad_weight = torch.zeros_like(weight)
        for expert, rows in _slices(ctx.bounds):
            product(grad[rows], weight[expert], grad_x[rows])
            product(grad[rows].t(), x[rows], grad_weight[expert])
        grad_x[ctx.bounds[-1] :].zero_()
        return grad_x, grad_weight, None


def _slices(bounds: list[int]) -> list[tuple[int, slice]]:
    starts = [0, *bounds[:-1]]
    return [(e, slice(a, b)) for e, (a, b) in enumerate(zip(starts, bounds, strict=True)) if b > a]


class MoE(nn.Module):
    """Shared experts (one SwiGLU of n times the width) plus the routed ones."""

    def __init__(self, config: shapes.MoE, width: int) -> None:
        super().__init__()
        self.router = Router(config, width)
        self.experts = Experts(config, width)
        self.shared = Dense(width, config.num_shared * config.expert_width) if config.num_shared else None

    def forward(self, x_TD: Tensor) -> tuple[Tensor, Routing]:
        routing = self.router(x_TD)
        y_TD = self.experts(x_TD, routing)
        if self.shared is not None:
            y_TD = y_TD + self.shared(x_TD)
        return y_TD, routing
