"""Weights in eight and four bits: how far off, which scales, and the same numbers with one scale a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from thinkling.models.quantize import (
    BASE,
    FACTORS,
    GROUP,
    LARGEST,
    LARGEST_4,
    QUANTIZERS,
    Codes,
    int4_codes,
    int8_codes,
    int16_codes,
    rounded_up,
    whole_rows,
)

SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 140))


SEEDS = st.integers(0, 2**20)


def of_any_size(test: Callable[..., None]) -> Callable[..., None]:
    """Runs a test on weights of many shapes and sizes."""
    return settings(deadline=None)(given(SHAPES, SEEDS, st.sampled_from([1e-6, 1.0, 1e4]))(test))


def weights(shape: tuple[int, int], seed: int, size: float = 1.0) -> Tensor:
    """Rows and columns of very different sizes, and a row of zeros."""
    generator = torch.Generator().manual_seed(seed)
    weight = torch.randn(shape, generator=generator) * size
    weight *= torch.rand(shape[0], 1, generator=generator).mul(6).exp()
    weight *= torch.rand(1, shape[1], generator=generator)
    weight[-1] *= 0 if seed % 3 == 0 else 1
    return weight


@given(st.floats(1e-20, 1e20), st.integers(2, 8))
def test_rounding_up_keeps_so_many_bits_and_is_never_far(number: float, bits: int) -> None:
    exact = torch.tensor([number])
    found = rounded_up(exact, bits)
    assert exact <= found <= exact * (1 + 2.0 ** (1 - bits))
    fraction = found.frexp().mantissa * 2**bits
    assert fraction == fraction.round()
    assert torch.equal(rounded_up(found, bits), found)


@of_any_size
def test_eight_bits_miss_by_half_a_step(shape: tuple[int, int], seed: int, size: float) -> None:
    weight = weights(shape, seed, size)
    codes = int8_codes(weight)
    assert codes.codes_NK.abs().max() <= LARGEST
    assert ((codes.floats_NK - weight).abs() <= codes.scale_NG / 2 * 1.001).all()
    # The largest number of a row has one of the largest codes.
    assert (codes.scale_NG[:, 0] * 126 <= weight.abs().amax(1) * 1.001 + 1e-27).all()


@of_any_size
def test_sixteen_bits_miss_by_half_a_step_of_the_second_digit(
    shape: tuple[int, int], seed: int, size: float
) -> None:
    weight = weights(shape, seed, size)
    codes = int16_codes(weight)
    assert codes.low_NK is not None and codes.low_NK.abs().max() <= LARGEST
    room = codes.scale_NG / BASE / 2 * 1.01 + weight.abs() * 1e-6
    assert ((codes.floats_NK - weight).abs() <= room).all()


@of_any_size
def test_four_bits_choose_the_better_of_two_scales(shape: tuple[int, int], seed: int, size: float) -> None:
    weight = weights(shape, seed, size)
    codes = int4_codes(weight)
    assert codes.codes_NK.abs().max() <= LARGEST_4
    missed = (codes.floats_NK - weight).square()
    for group in range(codes.scale_NG.shape[1]):
        columns = slice(group * GROUP, (group + 1) * GROUP)
        part, scale = weight[:, columns], codes.scale_NG[:, group : group + 1]
        # The next larger scale would have been one of the two.
        peak = part.abs().amax(1, keepdim=True) / LARGEST_4
        plain = torch.maximum(scale, peak * (1 + 1 / FACTORS) + scale / FACTORS)
        worst = (plain / 2).square() * part.shape[1]
        assert (missed[:, columns].sum(1, keepdim=True) <= worst * 1.01 + 1e-50).all()


@given(SHAPES, SEEDS, st.sampled_from(["int8", "int4"]))
@settings(deadline=None)
def test_bf16_can_say_every_scale_and_a_row_can_do_with_one(
    shape: tuple[int, int], seed: int, name: str
) -> None:
    codes = QUANTIZERS[name].codes(weights(shape, seed))
    assert torch.equal(codes.scale_NG.bfloat16().float(), codes.scale_NG)
    rows = whole_rows(codes)
    whole_NK, scale_N = rows.codes_NK, rows.scale_N
    assert whole_NK.dtype == torch.int8
    assert whole_NK.abs().max() <= LARGEST
    assert torch.equal(whole_NK * scale_N[:, None], codes.floats_NK)


def test_codes_of_others_become_the_nearest_of_eight_bits() -> None:
    generator = torch.Generator().manual_seed(1)
    codes = torch.randint(-8, 8, (6, 128), generator=generator).to(torch.int8)
    given = Codes(codes, torch.rand(6, 4, generator=generator) + 0.1, 32)
    rows = whole_rows(given)
    whole_NK, scale_N = rows.codes_NK, rows.scale_N
    missed = (whole_NK * scale_N[:, None] - given.floats_NK).abs()
    assert (missed <= scale_N[:, None] / 2 * 1.001).all()


@of_any_size
def test_known_factors_give_what_would_be_found(shape: tuple[int, int], seed: int, size: float) -> None:
    codes = int4_codes(weights(shape, seed, size))
    known, found = whole_rows(codes), whole_rows(replace(codes, factor_NG=None))
    assert torch.equal(known.codes_NK, found.codes_NK)
    assert torch.equal(known.scale_N, found.scale_N)
