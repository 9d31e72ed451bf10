"""Puts layers that hold their weights for inference in place of float ones, and counts what they take."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod
from typing import cast

import torch
from torch import Tensor, nn

from thinkling.models.dense import swiglu
from thinkling.models.embedding import WideEmbedding
from thinkling.models.gqa import GQA
from thinkling.models.held import HeldLinear
from thinkling.models.integer import WholeLinear, has_integer_units
from thinkling.models.linear import Head, Linear, Product
from thinkling.models.moe import Experts, Router, Routing
from thinkling.models.packed import PackedLinear
from thinkling.models.quantize import QUANTIZERS
from thinkling.models.transformer import Transformer

PACKED = "bf16"
"""Beside the quantizers: matrices in bf16, packed."""

Make = Callable[..., HeldLinear]
"""A layer of so many numbers in and out, with a bias or None, whole or a part."""


class HeldExperts(nn.Module):
    """All routed experts of a layer, each two matrices: gate_up [2F, D] and down [D, F]."""

    def __init__(self, num_experts: int, width: int, expert_width: int, make: Make) -> None:
        super().__init__()

        def layers(num_in: int, num_out: int) -> nn.ModuleList:
            return nn.ModuleList(make(num_in, num_out) for _ in range(num_experts))

        self.gate_up, self.down = layers(width, 2 * expert_width), layers(expert_width, width)

    def forward(self, x_TD: Tensor, routing: Routing) -> Tensor:
        num_active = routing.experts_TA.shape[1]
        order = routing.experts_TA.flatten().argsort(stable=True)
        counts = torch.bincount(routing.experts_TA.flatten(), minlength=len(self.down)).tolist()
        y = x_TD.new_empty(len(order), x_TD.shape[1])
        for expert, rows in enumerate(order.split(counts)):
            if len(rows):
                x = x_TD.index_select(0, rows // num_active)
                y.index_copy_(0, rows, self.down[expert](swiglu(self.gate_up[expert](x))))
        weights_TA = routing.weights_TA.to(y.dtype)
        return (y.unflatten(0, weights_TA.shape) * weights_TA[..., None]).sum(1)


Fills = dict[tuple[str, int | None], HeldLinear]
"""Who takes the rows of which weight, by its name; of stacked experts, by the expert's number too."""


def hold(model: Transformer, kind: str) -> Fills:
    """Put layers of a `kind` in place of the float ones: PACKED, or a quantizer's. Who takes which weight.

    Left as they are: the embedding, the router, and MLA's up-projection, of which decoding needs the numbers
    themselves. With PACKED the output head is held in whole numbers of sixteen bits: logits rounded to bf16
    would be equal where they are not.
    """
    make = _making(kind)
    fills: Fills = {}
    for name, module in list(model.named_modules()):
        if type(module) in (Linear, Head):
            num_out, num_in = module.weight.shape
            is_part = name.endswith((".q", ".k", ".v")) and isinstance(_parent(model, name), GQA)
            of_head = _making("int16") if kind == PACKED and type(module) is Head else make
            layer = of_head(num_in, num_out, module.bias, is_part=is_part)
            model.set_submodule(name, layer)
            fills[f"{name}.weight", None] = layer
        elif isinstance(module, Experts):
            num_experts, width, expert_width = module.down.shape
            experts = HeldExperts(num_experts, width, expert_width, make)
            model.set_submodule(name, experts)
            for expert in range(num_experts):
                fills[f"{name}.gate_up", expert] = cast("HeldLinear", experts.gate_up[expert])
                fills[f"{name}.down", expert] = cast("HeldLinear", experts.down[expert])
    vocab_size, width = model.embedding.weight.shape
    model.set_submodule("embedding", WideEmbedding(vocab_size, width, device="meta"))
    return fills


def _making(kind: str) -> Make:
    return PackedLinear if kind == PACKED else partial(WholeLinear, quantizer=QUANTIZERS[kind])


def _parent(model: nn.Module, name: str) -> nn.Module:
    return model.get_submodule(name.rpartition(".")[0])


def num_weights(model: nn.Module) -> int:
    """Weights in any form."""
    storages = {one.untyped_storage().data_ptr(): one for one in model.parameters()}
    floats = sum(one.untyped_storage().nbytes() // one.itemsize for one in storages.values())
    layers = (module for module in model.modules() if isinstance(module, HeldLinear))
    return floats + sum(prod(layer.shape) for layer in layers)


def num_bytes(model: Transformer) -> int:
    """Memory of the weights in the form in which they are used; of a model on "meta", what it will be."""
    if model.embedding.weight.is_meta:
        floats = sum(one.nbytes for one in (*model.parameters(), *model.buffers()))
    else:
        storages = [one.untyped_storage() for one in (*model.parameters(), *model.buffers())]
        floats = sum({one.data_ptr(): one.nbytes() for one in storages}.values())
    return floats + sum(module.num_bytes for module in model.modules() if isinstance(module, HeldLinear))


def is_exact(model: nn.Module) -> bool:
    """Whether rows can be multiplied in any company: all products are those of held layers."""
    kinds = {type(module) for module in model.modules()}
    is_float = any(issubclass(kind, Product | Router) for kind in kinds)
    return not is_float and (has_integer_units() or WholeLinear not in kinds)
