"""Several products of one input in one: fewer and larger steps, for inference."""

from __future__ import annotations

from typing import cast

import torch
from torch import nn

from thinkling.models.gqa import GQA
from thinkling.models.held import HeldLinear
from thinkling.models.linear import Linear


@torch.no_grad()
def fuse(model: nn.Module) -> None:
    """Queries, keys and values of grouped-query attention become one product."""
    for module in model.modules():
        if not isinstance(module, GQA) or module.qkv is not None:
            continue
        if isinstance(module.q, HeldLinear):
            parts = cast("tuple[HeldLinear, ...]", (module.q, module.k, module.v))
            module.qkv = module.q.joined(parts)
            module.q = module.k = module.v = nn.Identity()
        else:
            module.qkv = _joined(cast("tuple[Linear, ...]", (module.q, module.k, module.v)))


def _joined(parts: tuple[Linear, ...]) -> Linear:
    """One layer; the weights of the parts become views of its own, so that nothing is held twice."""
    rows = [len(part.weight) for part in parts]
    whole = Linear(parts[0].weight.shape[1], sum(rows))
    whole.compute = parts[0].compute
    names = ("weight",) if parts[0].bias is None else ("weight", "bias")
    for name in names:
        joined = torch.cat([getattr(part, name) for part in parts])
        setattr(whole, name, nn.Parameter(joined))
        for part, own in zip(parts, joined.split(rows), strict=True):
            setattr(part, name, nn.Parameter(own))
    return whole
