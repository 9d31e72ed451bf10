"""Rotary positions: what is turned, by how much, and DeepSeek's YaRN numbers."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from thinkling.errors import ModelError
from thinkling.models.config import Rope, Yarn
from thinkling.models.families.family import read_rope
from thinkling.models.presets import DEEPSEEK_V2_LITE, DEEPSEEK_V3
from thinkling.models.rope import (
    RotaryPositions,
    attention_scale,
    frequencies,
    yarn_mscale,
    yarn_range,
)

R1 = DEEPSEEK_V3.rope
R1_WIDTH = 64
TURNS = {"adjacent": "adjacent", "halves": "halves"}


def test_yarn_numbers_of_r1() -> None:
    assert isinstance(R1.scaling, Yarn)
    assert yarn_range(R1.scaling, R1.theta, R1_WIDTH) == (10, 23)
    assert yarn_mscale(40.0, 1.0) == pytest.approx(1.3688879, abs=1e-7)
    assert attention_scale(R1, 192) == pytest.approx(0.1352338, abs=1e-7)
    assert RotaryPositions(R1, R1_WIDTH).multiplier == 1.0


def test_attention_scale_without_yarn_is_the_plain_one() -> None:
    assert attention_scale(Rope(), 192) == 192**-0.5
    assert attention_scale(Rope(scaling=Yarn(mscale_all_dim=0.0)), 192) == 192**-0.5
    assert attention_scale(Rope(scaling=Yarn(factor=1.0)), 192) == 192**-0.5


def test_v2_lite_multiplies_by_the_mscale_of_0_707() -> None:
    mscale = 0.1 * 0.707 * math.log(40) + 1
    assert attention_scale(DEEPSEEK_V2_LITE.rope, 192) == pytest.approx(192**-0.5 * mscale**2)
    assert RotaryPositions(DEEPSEEK_V2_LITE.rope, 64).multiplier == 1.0


def test_yarn_keeps_fast_pairs_divides_slow_ones_and_blends_between() -> None:
    plain, slowed = frequencies(Rope(), R1_WIDTH), frequencies(R1, R1_WIDTH)
    torch.testing.assert_close(plain, torch.tensor([10_000 ** (-2 * j / 64) for j in range(32)]))
    assert torch.equal(slowed[:11], plain[:11])
    torch.testing.assert_close(slowed[23:], plain[23:] / 40)
    for j in range(10, 24):
        share = (j - 10) / 13
        expected = float(plain[j]) * (1 - share) + float(plain[j]) / 40 * share
        assert float(slowed[j]) == pytest.approx(expected, rel=1e-6)


def test_equal_ends_of_the_blend_do_not_divide_by_zero() -> None:
    yarn = Yarn(factor=4.0, original_length=8, beta_fast=1.0, beta_slow=1.0)
    low, high = yarn_range(yarn, 1e30, 64)
    assert high > low and torch.isfinite(frequencies(Rope(theta=1e30, scaling=yarn), 64)).all()
    short = Yarn(factor=4.0, original_length=4)
    assert yarn_range(short, 10_000.0, 8)[0] == 0
    assert torch.isfinite(frequencies(Rope(scaling=short), 8)).all()


def turned(how: str, x: Tensor, position: int, rope: Rope) -> Tensor:
    rotation = RotaryPositions(rope, x.shape[-1])(torch.tensor([position]))
    return getattr(rotation, how)(x[None])[0]


@given(position=st.integers(0, 5000), seed=st.integers(0, 999), num_pairs=st.integers(1, 16))
@settings(max_examples=30, deadline=None, derandomize=True, database=None)
def test_adjacent_pairs_turn_as_complex_numbers(position: int, seed: int, num_pairs: int) -> None:
    x = torch.randn(3, 2 * num_pairs, generator=torch.Generator().manual_seed(seed))
    angle = position * frequencies(Rope(), 2 * num_pairs)
    as_complex = torch.view_as_complex(x.unflatten(-1, (-1, 2))) * torch.polar(torch.ones_like(angle), angle)
    torch.testing.assert_close(
        turned("adjacent", x, position, Rope()),
        torch.view_as_real(as_complex).flatten(-2),
        rtol=1e-4,
        atol=1e-5,
    )


def test_halves_turn_as_rotate_half() -> None:
    x = torch.randn(3, 12, generator=torch.Generator().manual_seed(0))
    angle = (17 * frequencies(Rope(), 12)).repeat(2)
    rotate_half = torch.cat((-x[:, 6:], x[:, :6]), -1)
    torch.testing.assert_close(
        turned("halves", x, 17, Rope()), x * angle.cos() + rotate_half * angle.sin(), rtol=1e-5, atol=1e-6
    )


def test_the_two_layouts_differ_by_a_permutation_only() -> None:
    x = torch.randn(5, 16, generator=torch.Generator().manual_seed(1))
    evens_then_odds = [*range(0, 16, 2), *range(1, 16, 2)]
    adjacent = turned("adjacent", x, 29, R1)[:, evens_then_odds]
    torch.testing.assert_close(turned("halves", x[:, evens_then_odds], 29, R1), adjacent)


@pytest.mark.parametrize("how", TURNS)
@given(query=st.integers(0, 300), key=st.integers(0, 300), shift=st.integers(0, 300), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None, derandomize=True, database=None)
def test_scores_depend_on_relative_positions_only(
    how: str, query: int, key: int, shift: int, seed: int
) -> None:
    q, k = torch.randn(2, 1, 32, generator=torch.Generator().manual_seed(seed))
    here = turned(how, q, query, R1) @ turned(how, k, key, R1).T
    there = turned(how, q, query + shift, R1) @ turned(how, k, key + shift, R1).T
    torch.testing.assert_close(here, there, rtol=1e-3, atol=2e-3)


@pytest.mark.parametrize("how", TURNS)
def test_turning_keeps_lengths_and_position_zero_changes_nothing(how: str) -> None:
    x = torch.randn(4, 32, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(turned(how, x, 4321, R1).norm(dim=-1), x.norm(dim=-1))
    assert torch.equal(turned(how, x, 0, R1), x)


@pytest.mark.parametrize("how", TURNS)
def test_every_token_turns_by_its_own_position_in_every_shape(how: str) -> None:
    positions = torch.tensor([3, 0, 90])
    rotation = RotaryPositions(R1, 8)(positions)
    x = torch.randn(3, 2, 8, generator=torch.Generator().manual_seed(3))
    whole = getattr(rotation, how)(x)
    for t, position in enumerate(positions.tolist()):
        torch.testing.assert_close(whole[t], turned(how, x[t], position, R1))
    flat = getattr(rotation, how)(x[:, 0])
    torch.testing.assert_close(flat, whole[:, 0])
    assert getattr(rotation, how)(x.bfloat16()).dtype == torch.bfloat16


def read(scaling: dict[str, object]) -> Rope:
    return read_rope({"max_position_embeddings": 32768, "rope_theta": 1e6, "rope_scaling": scaling}, "qwen3")


def test_the_yarn_of_r1_0528_qwen3_8b_leaves_cos_and_sin_alone() -> None:
    """Its attn_factor is one over the usual multiplier."""
    released: dict[str, object] = {
        "rope_type": "yarn",
        "factor": 4.0,
        "original_max_position_embeddings": 32768,
        "attn_factor": 0.8782488562869419,
    }
    assert RotaryPositions(read(released), 128).multiplier == pytest.approx(1.0, abs=1e-9)
    del released["attn_factor"]
    assert RotaryPositions(read(released), 128).multiplier == pytest.approx(0.1 * math.log(4) + 1)


def test_a_first_length_that_is_not_named_is_the_models_own() -> None:
    found = read({"type": "yarn", "factor": 4.0}).scaling
    assert isinstance(found, Yarn) and found.original_length == 32768
    with pytest.raises(ModelError, match="no 'factor'"):
        read({"type": "yarn"})
    inner = read({"rope_type": "linear", "factor": 2.0, "rope_theta": 500.0})
    assert inner.theta == 500.0
