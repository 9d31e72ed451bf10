"""Several layers in one product: what each says alone, their gradients, and weights that stay theirs."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor

from thinkling.models.config import GQA as Shape
from thinkling.models.dense import Dense
from thinkling.models.gqa import GQA
from thinkling.models.linear import Linear, SideBySide, set_compute_dtype, settle


def three(has_bias: bool = False, compute: torch.dtype | None = None) -> list[Linear]:
    generator = torch.Generator().manual_seed(0)
    layers = [Linear(32, size, has_bias) for size in (48, 16, 16)]
    with torch.no_grad():
        for one in layers:
            one.compute = compute
            for parameter in one.parameters():
                parameter.normal_(generator=generator)
    return layers


X = torch.randn(40, 32, generator=torch.Generator().manual_seed(1))


def gradients(outputs: tuple[Tensor, ...], layers: list[Linear], x: Tensor) -> list[Tensor]:
    total = sum((one * torch.arange(one.numel()).view_as(one).cos()).sum() for one in outputs)
    assert isinstance(total, Tensor)
    return list(torch.autograd.grad(total, [x, *(one.weight for one in layers)]))


@pytest.mark.parametrize("dtype", [None, torch.bfloat16])
def test_it_says_and_learns_what_the_layers_say_and_learn(dtype: torch.dtype | None) -> None:
    layers, both = three(compute=dtype), SideBySide()
    assert both.fits(*layers)
    x = X.clone().requires_grad_()
    together, alone = both(x, *layers), tuple(one(x) for one in layers)
    for mine, other in zip(together, alone, strict=True):
        torch.testing.assert_close(mine, other)
    for mine, other in zip(gradients(together, layers, x), gradients(alone, layers, x), strict=True):
        torch.testing.assert_close(mine, other, rtol=2e-2 if dtype else 1e-4, atol=0.2 if dtype else 1e-3)


@pytest.mark.parametrize("dtype", [None, torch.bfloat16])
def test_a_step_of_the_optimizer_is_seen_at_once(dtype: torch.dtype | None) -> None:
    layers, both = three(compute=dtype), SideBySide()
    with torch.inference_mode():
        before = both(X, *layers)
    parameters = [one.weight for one in layers]
    assert all(isinstance(one, torch.nn.Parameter) for one in parameters)
    for one in parameters:
        one.grad = torch.ones_like(one)
    torch.optim.SGD(parameters, lr=1.0).step()
    with torch.inference_mode():
        for mine, old, layer in zip(both(X, *layers), before, layers, strict=True):
            assert not torch.equal(mine, old)
            torch.testing.assert_close(mine, layer(X))


def test_weights_that_are_put_in_anothers_place_are_found() -> None:
    layers = three()
    both = SideBySide()
    both(X, *layers)
    layers[1].weight.data = torch.zeros_like(layers[1].weight)
    found = both(X, *layers)
    assert not found[1].any() and found[0].any()
    layers[2].weight = torch.nn.Parameter(torch.zeros(16, 32))
    assert not both(X, *layers)[2].any()


def attention() -> GQA:
    config = Shape(num_heads=3, num_kv_heads=1, head_width=16, has_qk_norm=True)
    layer = GQA(config, 32, 1e-6)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for one in layer.beside_layers():
            assert isinstance(one, Linear)
            one.weight.normal_(generator=generator)
    return layer


def test_a_deep_copy_learns_for_itself() -> None:
    layer = attention()
    settle(layer)
    before = layer.beside(X, *layer.beside_layers())
    other = copy.deepcopy(layer)
    with torch.no_grad():
        for one in other.beside_layers():
            assert isinstance(one, Linear)
            one.weight.zero_()
    assert not any(one.any() for one in other.beside(X, *other.beside_layers()))
    for mine, old in zip(layer.beside(X, *layer.beside_layers()), before, strict=True):
        assert torch.equal(mine, old)


def test_once_settled_weights_do_not_move() -> None:
    layer = attention()
    settle(layer)
    places = [one.data_ptr() for one in layer.parameters()]
    layer.beside(X, *layer.beside_layers())
    assert [one.data_ptr() for one in layer.parameters()] == places


def test_a_layer_in_anothers_place_is_the_one_that_is_used() -> None:
    layer = attention()
    settle(layer)
    layer.q = torch.nn.Identity()
    assert not layer.beside.fits(*layer.beside_layers())


def test_a_weight_that_is_changed_before_the_backward_pass_is_noticed() -> None:
    layers = three()
    both = SideBySide()
    y = both(X.clone().requires_grad_(), *layers)[0]
    with torch.no_grad():
        layers[0].weight.add_(1)
    with pytest.raises(RuntimeError, match="modified"):
        y.sum().backward()


def test_layers_with_biases_or_in_other_precisions_are_left_alone() -> None:
    both = SideBySide()
    assert not both.fits(*three(has_bias=True))
    assert not both.fits(three()[0], torch.nn.Identity())
    assert not both.fits(*(one.to(torch.bfloat16) for one in three()))
    mixed = three()
    mixed[1].compute = torch.bfloat16
    assert not both.fits(*mixed)


def test_a_dense_layer_in_bf16_rounds_nothing_twice() -> None:
    """What stays in bf16 between its products would have been rounded by the second one."""
    generator = torch.Generator().manual_seed(0)
    layer = Dense(32, 48)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.normal_(0, 0.2, generator=generator)
    set_compute_dtype(layer, torch.bfloat16)
    x = X.clone().requires_grad_()
    y = layer(x)
    (grad,) = torch.autograd.grad(y.sum(), x)
    gate, up = (x.bfloat16().float() @ layer.gate_up.weight.bfloat16().float().t()).chunk(2, -1)
    expected = torch.nn.functional.silu(gate) * up @ layer.down.weight.bfloat16().float().t()
    (other,) = torch.autograd.grad(expected.sum(), x)
    assert y.dtype == grad.dtype == torch.float32
    torch.testing.assert_close(y, expected, rtol=0.05, atol=0.05)
    torch.testing.assert_close(grad, other, rtol=0.05, atol=0.1)
