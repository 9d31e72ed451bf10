"""Several layers in one product: what each says alone, their gradients, and weights that stay theirs."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor

from thinkling.models.dense import Dense
from thinkling.models.linear import Linear, SideBySide, set_compute_dtype, settle


def three(has_bias: bool = False) -> list[Linear]:
    generator = torch.Generator().manual_seed(0)
    layers = [Linear(32, size, has_bias) for size in (48, 16, 16)]
    with torch.no_grad():
        for one in layers:
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
    layers = three()
    both = SideBySide(*layers)
    for one in layers:
        one.compute = dtype
    assert both.fits()
    x = X.clone().requires_grad_()
    together, alone = both(x), tuple(one(x) for one in layers)
    for mine, other in zip(together, alone, strict=True):
        torch.testing.assert_close(mine, other)
    for mine, other in zip(gradients(together, layers, x), gradients(alone, layers, x), strict=True):
        torch.testing.assert_close(mine, other, rtol=2e-2 if dtype else 1e-4, atol=0.2 if dtype else 1e-3)


@pytest.mark.parametrize("dtype", [None, torch.bfloat16])
def test_a_step_of_the_optimizer_is_seen_at_once(dtype: torch.dtype | None) -> None:
    layers = three()
    both = SideBySide(*layers)
    for one in layers:
        one.compute = dtype
    with torch.inference_mode():
        before = both(X)
    parameters = [one.weight for one in layers]
    assert all(isinstance(one, torch.nn.Parameter) for one in parameters)
    torch.optim.SGD(parameters, lr=1.0)  # holds the same tensors, wherever they lie
    for one in parameters:
        one.grad = torch.ones_like(one)
    torch.optim.SGD(parameters, lr=1.0).step()
    with torch.inference_mode():
        for mine, old, layer in zip(both(X), before, layers, strict=True):
            assert not torch.equal(mine, old)
            torch.testing.assert_close(mine, layer(X))


def test_weights_that_are_put_in_anothers_place_are_found() -> None:
    layers = three()
    both = SideBySide(*layers)
    both(X)
    layers[1].weight.data = torch.zeros_like(layers[1].weight)
    found = both(X)
    assert not found[1].any() and found[0].any()
    layers[2].weight = torch.nn.Parameter(torch.zeros(16, 32))
    assert not both(X)[2].any()


def test_a_deep_copy_learns_for_itself() -> None:
    model = torch.nn.ModuleList(three())
    model.append(SideBySide(*list(model)))
    before = model[3](X)
    other = copy.deepcopy(model)
    with torch.no_grad():
        for one in list(other)[:3]:
            one.weight.zero_()
    assert not any(one.any() for one in other[3](X))
    for mine, old in zip(model[3](X), before, strict=True):
        assert torch.equal(mine, old)


def test_once_settled_weights_do_not_move() -> None:
    model = torch.nn.ModuleList(three())
    model.append(SideBySide(*list(model)))
    settle(model)
    places = [one.data_ptr() for one in model.parameters()]
    model[3](X)
    assert [one.data_ptr() for one in model.parameters()] == places


def test_layers_with_biases_or_in_other_precisions_are_left_alone() -> None:
    assert not SideBySide(*three(has_bias=True)).fits()
    assert not SideBySide(three()[0], torch.nn.Identity()).fits()
    assert not SideBySide(*(one.to(torch.bfloat16) for one in three())).fits()


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
