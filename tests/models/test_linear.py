"""A linear layer keeps one cast copy of its weight, and never an outdated one."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from thinkling.models.linear import Head, Linear, ProductOnCpu, set_compute_dtype
from thinkling.models.moe import MoE


def layer_in_bf16() -> Linear:
    layer = Linear(8, 4)
    with torch.no_grad():
        layer.weight.normal_(generator=torch.Generator().manual_seed(0))
    set_compute_dtype(layer, torch.bfloat16)
    return layer


def assert_is_bf16_product(found: Tensor, x: Tensor, weight: Tensor) -> None:
    """Operands rounded to bf16, summed in full precision; the result may be rounded once more."""
    exact = x.bfloat16().double() @ weight.bfloat16().double().T
    torch.testing.assert_close(found.double(), exact, rtol=2**-8, atol=1e-6)


def by_optimizer(layer: Linear) -> None:
    optimizer = torch.optim.SGD([layer.weight], lr=1.0)
    layer(torch.ones(2, 8)).sum().backward()
    optimizer.step()


def by_copy(layer: Linear) -> None:
    layer.weight.copy_(torch.full((4, 8), 3.0))


def by_data(layer: Linear) -> None:
    layer.weight.data = torch.full((4, 8), 3.0)


def by_state(layer: Linear) -> None:
    layer.load_state_dict({"weight": torch.full((4, 8), 3.0)})


CHANGES: dict[str, Callable[[Linear], None]] = {
    "an optimizer step": by_optimizer,
    "a copy": by_copy,
    "another tensor": by_data,
    "a state dict": by_state,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_cached_copy_follows_the_weight(change: Callable[[Linear], None]) -> None:
    layer, x = layer_in_bf16(), torch.ones(2, 8)
    with torch.no_grad():
        before = layer(x)
        assert layer.matrix() is layer.matrix()
    if change is by_optimizer:
        change(layer)
    else:
        with torch.no_grad():
            change(layer)
    with torch.no_grad():
        assert_is_bf16_product(layer(x), x, layer.weight)
        assert not torch.equal(layer(x), before)


def test_a_deep_copy_does_not_answer_with_the_weight_of_its_original() -> None:
    """Even if its own weight has been changed as often as the original's."""
    layer, x = layer_in_bf16(), torch.ones(2, 8)
    with torch.no_grad():
        layer(x)
        twin = copy.deepcopy(layer)
        for _ in range(5):
            twin.weight.add_(1.0)
            assert torch.equal(twin.matrix().bfloat16(), twin.weight.bfloat16())


def test_gradients_flow_to_the_full_precision_weight() -> None:
    layer = layer_in_bf16()
    with torch.no_grad():
        layer(torch.ones(2, 8))
    layer(torch.ones(2, 8)).sum().backward()
    assert layer.weight.grad is not None and layer.weight.grad.dtype == torch.float32
    torch.testing.assert_close(layer.weight.grad, torch.full((4, 8), 2.0))


def test_gradients_are_products_of_rounded_operands() -> None:
    layer = layer_in_bf16()
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(5, 8, generator=generator, requires_grad=True)
    grad = torch.randn(5, 4, generator=generator)
    layer(x).backward(grad)
    assert x.grad is not None and layer.weight.grad is not None
    assert_is_bf16_product(x.grad, grad, layer.weight.detach().T)
    assert_is_bf16_product(layer.weight.grad, grad.T, x.detach().T)


def test_trainer_and_sampler_multiply_the_same_numbers() -> None:
    layer, x = layer_in_bf16(), torch.randn(16, 8)
    trained = layer(x)
    with torch.no_grad():
        assert torch.equal(layer(x), trained)


def test_choosing_a_precision_and_going_back_leaves_no_trace() -> None:
    layer, x = layer_in_bf16(), torch.randn(3, 8)
    set_compute_dtype(layer, None)
    with torch.no_grad():
        exact: Tensor = layer(x)
        set_compute_dtype(layer, torch.bfloat16)
        assert_is_bf16_product(layer(x), x, layer.weight)
        assert not torch.equal(layer(x), exact)
        set_compute_dtype(layer, torch.float16)
        assert layer(x).dtype == torch.float16
        set_compute_dtype(layer, None)
        assert torch.equal(layer(x), exact)


def test_every_product_of_a_model_takes_part() -> None:
    from tests.oracles.small_models import MIXTURE, random_model

    model = random_model(MIXTURE)
    set_compute_dtype(model, torch.bfloat16)
    parts = [module for module in model.modules() if hasattr(module, "compute")]
    assert all(module.compute == torch.bfloat16 for module in parts)
    assert sum(isinstance(module, MoE) for module in model.modules()) == 2


def test_a_copy_that_was_made_while_sampling_serves_training() -> None:
    layer = layer_in_bf16()
    with torch.inference_mode():
        layer(torch.ones(2, 8))
    layer(torch.ones(2, 8)).sum().backward()
    assert layer.weight.grad is not None


def test_a_cpu_does_not_round_logits() -> None:
    head, generator = Head(64, 8), torch.Generator().manual_seed(1)
    with torch.no_grad():
        head.weight.normal_(generator=generator)
        set_compute_dtype(head, torch.bfloat16)
        x = torch.randn(16, 64, generator=generator)
        exact = x.bfloat16().double() @ head.weight.bfloat16().double().T
        torch.testing.assert_close(head(x).double(), exact, rtol=1e-5, atol=1e-5)


def test_the_product_of_a_cpu_has_the_gradients_of_the_stock_layer() -> None:
    generator = torch.Generator().manual_seed(2)
    x = torch.randn(3, 5, 8, generator=generator, requires_grad=True)
    weight = torch.randn(4, 8, generator=generator, requires_grad=True)
    found, stock = ProductOnCpu.apply(x, weight, None, False, False, weight), F.linear(x, weight)
    grad = torch.randn(found.shape, generator=generator)
    torch.testing.assert_close(found, stock)
    for one, other in zip(*(torch.autograd.grad(y, (x, weight), grad) for y in (found, stock)), strict=True):
        torch.testing.assert_close(one, other)
