"""The optimizer: Muon for the hidden matrices, AdamW for everything else (or AdamW for all).

Muon (K. Jordan and others, 2024) makes the momentum of a matrix nearly orthogonal before it is applied, so
that every direction of the matrix moves equally far. The update is scaled by 0.2 * sqrt(max(rows, columns)),
the rule of Moonlight (arXiv 2502.16982, equation 4): its entries then have the root mean square of a usual
AdamW update, so both halves can share one learning rate and one weight decay. Stacked experts
[E, rows, columns] are E matrices.

Embedding, head, router, norms and biases are AdamW's. Weight decay is decoupled, and for matrices only.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from thinkling.config import Record
from thinkling.errors import CheckpointError, TrainingError
from thinkling.models.product import fast_products

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Jordan's quintic a x + b x^3 + c x^5: singular values go quickly to about 0.7 to 1.2, not exactly to 1."""

NOT_HIDDEN = ("embedding", "head", "router")
"""A matrix with one of these in its dotted name is read or written by single tokens or single experts."""

Share = Annotated[float, Field(ge=0, le=1)]


class OptimizerSettings(Record):
    """How weights follow their gradients."""

    kind: Literal["muon", "adamw"] = "muon"
    """muon: Muon for hidden matrices and AdamW for the rest; adamw: AdamW for all."""
    lr: float = Field(3e-3, gt=0)
    """Peak learning rate."""
    adamw_lr: float | None = Field(None, gt=0)
    """Peak learning rate of what AdamW updates beside Muon; left out: the same as lr."""
    momentum: float = Field(0.95, ge=0, lt=1)
    """Muon's momentum (Nesterov)."""
    num_iterations: int = Field(5, ge=1, le=10)
    """Newton-Schulz iterations of an update."""
    beta1: float = Field(0.9, ge=0, lt=1)
    """AdamW's average of gradients."""
    beta2: float = Field(0.95, ge=0, lt=1)
    """AdamW's average of squared gradients."""
    epsilon: float = Field(1e-8, gt=0)
    """AdamW's guard against division by zero."""
    weight_decay: float = Field(0.1, ge=0)
    """Share of a matrix taken away each step, times the learning rate."""
    max_grad_norm: float = Field(1.0, gt=0)
    """Gradients are scaled down to this global norm."""
    warmup_steps: int = Field(0, ge=0)
    """Steps in which the learning rate rises from nothing to its peak."""
    decay: Literal["constant", "linear", "cosine"] = "linear"
    """How the learning rate falls at the end."""
    decay_share: Share = 0.5
    """Share of all steps in which it falls."""
    final_share: Share = 0.0
    """Share of the peak that it falls towards."""


def learning_rate_share(step: int, num_steps: int, settings: OptimizerSettings) -> float:
    """The learning rate of step 0, 1, ..., num_steps - 1 as a share of its peak: warm up, hold, fall."""
    rise = min(1.0, (step + 1) / settings.warmup_steps) if settings.warmup_steps else 1.0
    num_decay = round(settings.decay_share * num_steps)
    done = (step - (num_steps - num_decay)) / num_decay if num_decay else 0.0
    if settings.decay == "constant" or done <= 0:
        return rise
    left = 1 - done if settings.decay == "linear" else (1 + math.cos(math.pi * done)) / 2
    return rise * (settings.final_share + (1 - settings.final_share) * left)


def is_hidden_matrix(name: str, parameter: Tensor) -> bool:
    """Whether Muon updates it: a matrix or a stack of matrices between the embedding and the head."""
    return parameter.dim() in (2, 3) and not set(NOT_HIDDEN) & set(name.split("."))


def orthogonalize(matrices: Tensor, num_iterations: int) -> Tensor:
    """Newton-Schulz on a stack [n, rows, columns], rows <= columns: makes the rows nearly orthonormal."""
    a, b, c = NEWTON_SCHULZ
    x: Tensor = matrices / torch.linalg.matrix_norm(matrices, keepdim=True).clamp_min(1e-20)
    with fast_products():
        for _ in range(num_iterations):
            gram = torch.bmm(x, x.mT)
            polynomial = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
            x = torch.baddbmm(x, polynomial, x, beta=a)
    return x


class Optimizer:
    """One optimizer over named parameters. Every one of them must have a gradient when `step` is called."""

    def __init__(self, parameters: Mapping[str, Tensor], settings: OptimizerSettings) -> None:
        self.settings = settings
        self._parameters = dict(parameters)
        stacks: dict[tuple[int, int], list[Tensor]] = defaultdict(list)
        rest: list[Tensor] = []
        for name, one in self._parameters.items():
            if settings.kind == "muon" and is_hidden_matrix(name, one):
                rows, columns = one.shape[-2:]
                stacks[min(rows, columns), max(rows, columns)].append(one)
            else:
                rest.append(one)
        muon = [_MuonStack(shape, members, settings) for shape, members in stacks.items()]
        lr = settings.adamw_lr if settings.kind == "muon" and settings.adamw_lr is not None else settings.lr
        matrices = [one for one in rest if one.dim() > 1]
        vectors = [one for one in rest if one.dim() <= 1]
        adamw = [
            _AdamW("matrices", matrices, settings, lr, settings.weight_decay),
            _AdamW("vectors", vectors, settings, lr, 0.0),
        ]
        self._parts: list[_MuonStack | _AdamW] = [*muon, *adamw]

    @torch.no_grad()
    def step(self, share: float = 1.0) -> float:
        """One update at `share` of the peak learning rate; returns the gradient's norm before clipping.

        Raises TrainingError, and changes nothing, where the gradient is not finite.
        """
        missing = [name for name, one in self._parameters.items() if one.grad is None]
        assert not missing, f"parameters without a gradient: {missing[:3]}"
        gradients = _gradients(self._parameters.values())
        norm = float(torch.stack(torch._foreach_norm(gradients)).norm())
        if not math.isfinite(norm):
            raise TrainingError(
                f"the gradient's norm is {norm}.", "lower optimizer.lr, or raise optimizer.warmup_steps"
            )
        if norm > self.settings.max_grad_norm:
            torch._foreach_mul_(gradients, self.settings.max_grad_norm / norm)
        for part in self._parts:
            part.step(share)
        return norm

    def zero_grad(self) -> None:
        """Drops every gradient."""
        for parameter in self._parameters.values():
            parameter.grad = None

    def tensors(self) -> dict[str, Tensor]:
        """Everything a resume needs, by name (the tensors themselves and not copies)."""
        return {name: one for part in self._parts for name, one in part.tensors().items()}

    @torch.no_grad()
    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Puts an earlier run's `tensors()` back; raises CheckpointError where those are another model's."""
        own = self.tensors()
        given = {name: tuple(one.shape) for name, one in tensors.items()}
        if given != {name: tuple(one.shape) for name, one in own.items()}:
            raise CheckpointError(
                "the optimizer's state belongs to another model or other optimizer settings.",
                "train into another folder with --out",
            )
        for name, one in own.items():
            one.copy_(tensors[name])


def _gradients(parameters: Iterable[Tensor]) -> list[Tensor]:
    return [one.grad for one in parameters if one.grad is not None]


class _MuonStack:
    """All hidden matrices of one size, laid down (rows <= columns), with momentum [n, rows, columns]."""

    def __init__(self, shape: tuple[int, int], members: list[Tensor], settings: OptimizerSettings) -> None:
        self.settings = settings
        self._members = members
        self._name = f"muon.{shape[0]}x{shape[1]}.momentum"
        self._is_standing = [one.shape[-2] > one.shape[-1] for one in members]
        self._counts = [one.shape[0] if one.dim() == 3 else 1 for one in members]
        self._scale = 0.2 * math.sqrt(shape[1])
        self._momentum = torch.zeros(sum(self._counts), *shape, device=members[0].device)

    def step(self, share: float) -> None:
        settings = self.settings
        # One stack: many small products in one call is what a processor with few cores and a GPU both want.
        gradient = torch.cat(
            [
                self._as_stack(one, is_standing).float()
                for one, is_standing in zip(_gradients(self._members), self._is_standing, strict=True)
            ]
        )
        self._momentum.lerp_(gradient, 1 - settings.momentum)
        ahead = gradient.lerp_(self._momentum, settings.momentum)
        # fp32 products are the faster ones on the processors we measured; GPUs want bf16.
        update = orthogonalize(ahead.bfloat16() if ahead.is_cuda else ahead, settings.num_iterations)
        lr = settings.lr * share
        parts = torch.split(update, self._counts)
        for one, part, is_standing in zip(self._members, parts, self._is_standing, strict=True):
            one.mul_(1 - lr * settings.weight_decay)
            one.add_((part.mT if is_standing else part).view_as(one), alpha=-lr * self._scale)

    @staticmethod
    def _as_stack(matrix: Tensor, is_standing: bool) -> Tensor:
        stack = matrix if matrix.dim() == 3 else matrix[None]
        return stack.mT if is_standing else stack

    def tensors(self) -> dict[str, Tensor]:
        return {self._name: self._momentum}


class _AdamW:
    """AdamW (arXiv 1711.05101) in one fused pass over a list of parameters."""

    def __init__(
        self, name: str, members: list[Tensor], settings: OptimizerSettings, lr: float, weight_decay: float
    ) -> None:
        self.settings = settings
        self._name = name
        self._members = members
        self._lr = lr
        self._weight_decay = weight_decay
        self._average = [torch.zeros_like(one) for one in members]
        self._square = [torch.zeros_like(one) for one in members]
        self._num_steps = torch.zeros((), device=members[0].device if members else None)

    def step(self, share: float) -> None:
        if not self._members:
            return
        self._num_steps += 1
        torch._fused_adamw_(
            self._members,
            _gradients(self._members),
            self._average,
            self._square,
            [],
            [self._num_steps] * len(self._members),
            lr=self._lr * share,
            beta1=self.settings.beta1,
            beta2=self.settings.beta2,
            eps=self.settings.epsilon,
            weight_decay=self._weight_decay,
            amsgrad=False,
            maximize=False,
        )
        # The fused pass does not count as a change of the weights, and cast copies are kept until one.
        torch.autograd.graph.increment_version(self._members)

    def tensors(self) -> dict[str, Tensor]:
        if not self._members:
            return {}
        found = {f"adamw.{self._name}.num_steps": self._num_steps}
        for number, (average, square) in enumerate(zip(self._average, self._square, strict=True)):
            found[f"adamw.{self._name}.{number}.average"] = average
            found[f"adamw.{self._name}.{number}.square"] = square
        return found
