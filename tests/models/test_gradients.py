"""Hand-written gradients equal those of plain autograd, to numerical precision."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from tests.oracles.moe import is_used
from thinkling.models.dense import Dense, SwiGLU
from thinkling.models.moe import Gather, GroupedLinear, Spread, plan_slots
from thinkling.models.norm import FewPasses, RMSNorm


def doubles(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=generator).requires_grad_()


EXPERTS = torch.tensor([[0, 3], [3, 1], [0, 1], [3, 0], [1, 3]])
PLAN = plan_slots(EXPERTS, 5)


@pytest.mark.parametrize("shape", [(3, 6), (2, 3, 6), (1, 1)])
@pytest.mark.parametrize("has_weight", [True, False])
def test_gradient_of_the_norm(shape: tuple[int, ...], has_weight: bool) -> None:
    x, weight = doubles(*shape), doubles(shape[-1], seed=1) if has_weight else None
    assert torch.autograd.gradcheck(lambda *given: FewPasses.apply(*given, 1e-3), (x, weight))


@pytest.mark.parametrize("shape", [(3, 8), (2, 3, 4)])
def test_gradient_of_swiglu(shape: tuple[int, ...]) -> None:
    assert torch.autograd.gradcheck(SwiGLU.apply, (doubles(*shape),))


def test_gradient_of_spreading_tokens_over_slots() -> None:
    """Slots that only pad are not read by anyone, so their gradient does not count."""
    used = is_used(PLAN).double()[:, None]
    assert torch.autograd.gradcheck(
        lambda x: Spread.apply(x, PLAN.token, PLAN.slot_TA) * used, (doubles(5, 3),)
    )


def test_gradient_of_gathering_slots() -> None:
    inputs = (doubles(len(PLAN.token), 3), doubles(5, 2, seed=1))
    assert torch.autograd.gradcheck(lambda y, weights: Gather.apply(y, weights, PLAN), inputs)


@pytest.mark.parametrize("ends", [[3, 3, 8], [0, 0, 0], [10, 10, 10], [1, 2, 3], [2, 6, 10]])
def test_gradient_of_the_grouped_product_with_idle_experts_and_a_tail(ends: list[int]) -> None:
    bounds = torch.tensor(ends, dtype=torch.int32)
    x, weight = doubles(10, 3), doubles(3, 4, 3, seed=1)
    assert torch.autograd.gradcheck(lambda x, w: GroupedLinear.apply(x, w, bounds), (x, weight))


def plain_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    return x * (x.square().mean(-1, keepdim=True) + eps).rsqrt() * weight


def test_the_norm_equals_its_formula_in_fp32() -> None:
    norm = RMSNorm(16, 1e-5)
    with torch.no_grad():
        norm.weight.normal_(1.0, 0.3)
    for scale in (1e-3, 1.0, 1e3):
        x = torch.randn(7, 2, 16) * scale
        torch.testing.assert_close(norm(x), plain_norm(x, norm.weight, 1e-5))
        torch.testing.assert_close(norm(x), F.rms_norm(x, (16,), norm.weight, 1e-5))


@pytest.mark.parametrize("stored", [torch.float32, torch.bfloat16])
def test_the_norm_of_bf16_is_bf16_with_statistics_in_fp32(stored: torch.dtype) -> None:
    norm = RMSNorm(64, 1e-6)
    with torch.no_grad():
        norm.weight.normal_(1.0, 0.3)
    norm.to(stored)
    x = torch.randn(9, 64).bfloat16()
    y = norm(x)
    assert y.dtype == torch.bfloat16
    exact = plain_norm(x.double(), norm.weight.double(), 1e-6)
    assert ((y.double() - exact).abs() <= 2**-7 * exact.abs()).all()


def test_dense_is_the_formula_of_swiglu() -> None:
    layer = Dense(6, 10)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.normal_(0.0, 0.5)
    x = torch.randn(5, 6)
    gate, up = layer.gate_up.weight[:10], layer.gate_up.weight[10:]
    torch.testing.assert_close(layer(x), (F.silu(x @ gate.T) * (x @ up.T)) @ layer.down.weight.T)
