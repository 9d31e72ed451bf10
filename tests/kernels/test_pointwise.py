"""Norms, gates and heads against their formulas in fp64, with gradients."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.kernels.needed import needs_kernels
from thinkling.kernels import heads, pointwise
from thinkling.models.config import Rope
from thinkling.models.dense import swiglu
from thinkling.models.norm import FewPasses, RMSNorm
from thinkling.models.rope import RotaryPositions

pytestmark = needs_kernels
QUICK = settings(max_examples=30, deadline=None, derandomize=True, database=None)
ROWS, WIDTHS = st.integers(1, 70), st.sampled_from((16, 32, 48, 192))


def with_gradients(function: Callable[..., Tensor], *given: Tensor) -> list[Tensor]:
    inputs = [x.detach().clone().requires_grad_() for x in given]
    out = function(*inputs)
    grad = torch.randn(out.shape, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    return [out.detach(), *torch.autograd.grad(out, inputs, grad.to(out.dtype))]


def assert_like_fp64(ours: list[Tensor], exact: list[Tensor], tolerance: float = 1e-5) -> None:
    for mine, other in zip(ours, exact, strict=True):
        size = other.abs().max().item() + 1e-30
        assert (mine.double() - other).abs().max().item() <= tolerance * size


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@given(rows=ROWS, width=WIDTHS, size=st.sampled_from((1e-4, 1.0, 1e3)))
@QUICK
def test_the_norm(rows: int, width: int, size: float) -> None:
    x, weight = random(rows, width) * size, random(width, seed=1)

    def exact(x: Tensor, weight: Tensor) -> Tensor:
        return x / (x.square().mean(-1, keepdim=True) + 1e-6).sqrt() * weight

    ours = with_gradients(lambda x, w: pointwise.norm(x, w, 1e-6), x, weight)
    assert_like_fp64(ours, with_gradients(exact, x.double(), weight.double()), 1e-4)


@given(rows=ROWS, width=WIDTHS, size=st.sampled_from((0.1, 3.0, 200.0)))
@QUICK
def test_the_gate(rows: int, width: int, size: float) -> None:
    gate_up = random(rows, 2 * width) * size

    def exact(x: Tensor) -> Tensor:
        gate, up = x.chunk(2, -1)
        return F.silu(gate) * up

    assert_like_fp64(with_gradients(pointwise.swiglu, gate_up), with_gradients(exact, gate_up.double()), 2e-6)


@pytest.mark.parametrize("has_norms", [True, False])
@given(rows=ROWS, num=st.sampled_from(((1, 1), (6, 2), (3, 3))), width=st.sampled_from((32, 64, 128)))
@QUICK
def test_heads_out_of_one_product(has_norms: bool, rows: int, num: tuple[int, int], width: int) -> None:
    num_heads, num_kv_heads = num
    rotation = RotaryPositions(Rope(), width)(torch.arange(rows) * 5)
    how = heads.Turned(rotation.cos2, rotation.sin2, num_heads, num_kv_heads, 1e-6)
    given_ = random(rows, (num_heads + 2 * num_kv_heads) * width)
    weights = [random(width, seed=seed) for seed in (1, 2)] if has_norms else []

    def whole(parts: tuple[Tensor, ...]) -> Tensor:
        return torch.cat([one.flatten(1) for one in parts], 1)

    def ours(x: Tensor, *norms: Tensor) -> Tensor:
        assert heads.takes_heads(x, width)
        return whole(heads.heads(x, *(norms or (None, None)), how))

    def exact(x: Tensor, *norms: Tensor) -> Tensor:
        cos, sin = (table.double()[:, None, width // 2 :] for table in (rotation.cos2, rotation.sin2))
        *turned, v = x.unflatten(1, (-1, width)).split((num_heads, num_kv_heads, num_kv_heads), 1)
        found = []
        for place, one in enumerate(turned):
            if norms:
                one = one / (one.square().mean(-1, keepdim=True) + 1e-6).sqrt() * norms[place]
            a, b = one.chunk(2, -1)
            found.append(torch.cat((a * cos - b * sin, b * cos + a * sin), -1))
        return whole((*found, v))

    doubles = [one.double() for one in (given_, *weights)]
    assert_like_fp64(with_gradients(ours, given_, *weights), with_gradients(exact, *doubles), 1e-4)
    with torch.no_grad():
        torch.testing.assert_close(ours(given_, *weights).double(), exact(*doubles), rtol=1e-4, atol=1e-5)


def test_the_gate_in_bf16_is_that_of_the_rounded_numbers() -> None:
    gate_up = (random(50, 64) * 3).bfloat16()
    ours = with_gradients(pointwise.swiglu, gate_up)
    exact = with_gradients(pointwise.swiglu, gate_up.float())
    assert all(one.dtype == torch.bfloat16 for one in ours)
    assert torch.equal(ours[0], exact[0].bfloat16())
    torch.testing.assert_close(ours[1], exact[1].bfloat16(), rtol=1e-2, atol=1e-2)
    strange = torch.full((1, 64), torch.nan).bfloat16()
    assert pointwise.swiglu(strange).isnan().all()


def test_rows_that_lie_apart_are_read_right() -> None:
    x = random(6, 3, 64).transpose(0, 1)
    weight = random(64, seed=1)
    norm = RMSNorm(64, 1e-6)
    with torch.no_grad():
        norm.weight.copy_(weight)
        torch.testing.assert_close(norm(x), FewPasses.apply(x.contiguous(), weight, 1e-6))
        torch.testing.assert_close(swiglu(x[..., :32]), swiglu(x[..., :32].contiguous()))


@pytest.mark.parametrize("width", [8, 20, 100])
def test_other_widths_go_to_stock_operators(width: int) -> None:
    x = random(5, width)
    assert not pointwise.takes_rows(x)
    norm = RMSNorm(width, 1e-6)
    torch.testing.assert_close(norm(x), F.rms_norm(x, (width,), None, 1e-6))
    gate, up = x.chunk(2, -1)
    torch.testing.assert_close(swiglu(x), F.silu(gate) * up)


def test_gradients_do_not_depend_on_the_threads_but_in_their_last_bits() -> None:
    x, weight = random(4000, 64), random(64, seed=1)
    before, found = torch.get_num_threads(), []
    try:
        for count in (1, 2, 5):
            torch.set_num_threads(count)
            found.append(with_gradients(lambda x, w: pointwise.norm(x, w, 1e-6), x, weight))
    finally:
        torch.set_num_threads(before)
    for other in found[1:]:
        assert torch.equal(found[0][0], other[0]) and torch.equal(found[0][1], other[1])
        torch.testing.assert_close(found[0][2], other[2], rtol=1e-4, atol=1e-3)
