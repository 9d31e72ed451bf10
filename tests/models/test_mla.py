"""Latent attention: expanded, absorbed and the paper's equations are one function."""

from __future__ import annotations

import pytest
import torch

from tests.oracles.attention import Absorbed
from tests.oracles.mla import latent_attention
from thinkling.models.attend import Causal
from thinkling.models.config import MLA as Shape
from thinkling.models.config import Rope, Yarn
from thinkling.models.mla import MLA
from thinkling.models.rope import RotaryPositions, attention_scale

LENGTHS = (7, 1, 5, 5)
ROPES = {"plain": Rope(), "yarn": Rope(scaling=Yarn(factor=8.0, original_length=32))}
SHAPES = {
    "direct query": Shape(num_heads=3, kv_rank=12, nope_width=10, rope_width=6, value_width=8),
    "compressed query": Shape(num_heads=2, q_rank=9, kv_rank=12, nope_width=4, rope_width=8, value_width=20),
}
POSITIONS = torch.cat([torch.arange(length) for length in LENGTHS])


def layer_of(shape: Shape, rope: Rope) -> MLA:
    generator = torch.Generator().manual_seed(3)
    layer = MLA(shape, 24, attention_scale(rope, shape.nope_width + shape.rope_width))
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.normal_(float(parameter.dim() == 1), 0.3, generator=generator)
    return layer


@pytest.mark.parametrize("rope", ROPES.values(), ids=ROPES)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@torch.no_grad()
def test_absorbed_and_expanded_attention_are_equations_1_to_11(shape: Shape, rope: Rope) -> None:
    layer = layer_of(shape, rope)
    x = torch.randn(sum(LENGTHS), 24, generator=torch.Generator().manual_seed(4))
    rotary = RotaryPositions(rope, shape.rope_width)
    expanded = layer(0, x, rotary(POSITIONS), Causal(LENGTHS))
    absorbed = layer(0, x, rotary(POSITIONS), Absorbed(LENGTHS))
    slow = latent_attention(shape, layer.state_dict(), x, LENGTHS, rotary.frequency, layer.scale)
    size = slow.abs().max()
    assert size > 0.1
    assert (expanded - slow).abs().max() <= 1e-5 * size
    assert (absorbed - slow).abs().max() <= 1e-5 * size


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_absorbed_and_expanded_attention_have_the_same_gradients(shape: Shape) -> None:
    layer = layer_of(shape, Rope())
    rotation = RotaryPositions(Rope(), shape.rope_width)(POSITIONS)
    x = torch.randn(sum(LENGTHS), 24, generator=torch.Generator().manual_seed(4), requires_grad=True)
    wanted = (x, *layer.parameters())
    probe = torch.randn(sum(LENGTHS), 24, generator=torch.Generator().manual_seed(5))
    pair = [
        torch.autograd.grad((layer(0, x, rotation, attend(LENGTHS)) * probe).sum(), wanted)
        for attend in (Causal, Absorbed)
    ]
    for mine, slow in zip(*pair, strict=True):
        torch.testing.assert_close(mine, slow, rtol=1e-4, atol=1e-4 * float(slow.abs().max()))


@torch.no_grad()
def test_only_the_latent_and_one_rotated_key_are_remembered_per_token() -> None:
    """What `attend` is given to remember are C + R numbers."""
    seen = {}

    class Spy(Causal):
        def mla(self, layer, given):  # type: ignore[no-untyped-def]
            seen["cached"] = torch.cat((given.latent_TC, given.rope_TR), 1).shape
            return super().mla(layer, given)

    shape = SHAPES["compressed query"]
    rotation = RotaryPositions(Rope(), shape.rope_width)(POSITIONS)
    layer_of(shape, Rope())(0, torch.randn(sum(LENGTHS), 24), rotation, Spy(LENGTHS))
    assert seen["cached"] == (sum(LENGTHS), shape.kv_rank + shape.rope_width)


@torch.no_grad()
def test_the_latent_norms_use_their_own_epsilon() -> None:
    layer = layer_of(SHAPES["compressed query"], Rope())
    assert layer.kv_norm.eps == layer.q.norm.eps == 1e-6
