"""Products of whole numbers: what they mean, how exact they are, and that neighbours do not matter."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.oracles.small_models import DENSE, LLAMA, MIXTURE, QWEN2, V2, random_model
from thinkling.models.attend import Causal
from thinkling.models.config import ModelConfig
from thinkling.models.fuse import fuse
from thinkling.models.integer import (
    BASE,
    ZERO,
    Digits,
    Int8Linear,
    Int8Matrix,
    num_weights,
)
from thinkling.models.quantize import LARGEST, int8_codes, whole_rows
from thinkling.models.transformer import Transformer
from thinkling.weights.read import load_model
from thinkling.weights.write import save_model

FAMILIES = {"mixture": MIXTURE, "V2": V2, "Qwen3": DENSE, "Qwen2": QWEN2, "Llama": LLAMA}
FAMILIES["tied"] = DENSE.model_copy(update={"is_tied": True})


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def int8_rows(weight: Tensor) -> tuple[Tensor, Tensor]:
    return whole_rows(int8_codes(weight))


def exact_product(x: Tensor, codes: Tensor, scale: Tensor) -> Tensor:
    return x.double() @ (codes.double() * scale.double()[:, None]).t()


@given(st.integers(1, 40), st.integers(1, 90), st.integers(1, 70), st.floats(1e-6, 1e6))
@settings(max_examples=60, deadline=None)
def test_a_product_is_that_of_the_codes_to_sixteen_bits(
    rows: int, num_in: int, num_out: int, size: float
) -> None:
    x = normal(rows, num_in) * size
    codes, scale = int8_rows(normal(num_out, num_in, seed=1))
    found = Int8Matrix(codes, scale).product(Digits.of(x)).double()
    # Each number of a token may be wrong by half a step of the second digit.
    most = x.abs().amax(1, keepdim=True).double() / (LARGEST * BASE * 2) * 1.01
    room = most * (codes.double().abs() * scale.double()[:, None]).sum(1) + 1e-6 * size
    assert ((found - exact_product(x, codes, scale)).abs() <= room).all()


@given(st.integers(2, 200), st.integers(1, 3000), st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_a_row_is_the_same_in_any_company_to_the_last_bit(rows: int, num_in: int, seed: int) -> None:
    x = normal(rows, num_in, seed=seed)
    matrix = Int8Matrix(*int8_rows(normal(24, num_in, seed=3)))
    crowd = matrix.product(Digits.of(x))
    for row in (0, rows // 2, rows - 1):
        assert torch.equal(matrix.product(Digits.of(x[row : row + 1]))[0], crowd[row])


def test_digits_say_the_token_again_and_the_library_does_what_the_definition_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x = normal(7, 33) * torch.tensor([1e-20, 1.0, 1e20, 0.0, 3.0, 1e-3, 7.0])[:, None]
    digits = Digits.of(x)
    high, low = (digits.bytes_.double() - ZERO).chunk(2)
    again = (high + low / BASE) * digits.scale_T1
    assert high.abs().max() <= LARGEST and low.abs().max() <= LARGEST
    assert ((again - x).abs().amax(1) <= x.abs().amax(1) * 2**-15).all()
    codes, scale = int8_rows(normal(20, 33, seed=2))
    fast = Int8Matrix(codes, scale).product(digits)
    monkeypatch.setattr("thinkling.models.integer.has_integer_units", lambda: False)
    slow = Int8Matrix(codes, scale).product(digits)
    assert ((fast - slow).abs().amax(1) <= 1e-5 * slow.abs().amax(1)).all()


def test_rows_come_in_any_portions() -> None:
    weight, x = normal(50, 16), normal(3, 16, seed=1)
    whole, parts = Int8Linear(16, 50), Int8Linear(16, 50)
    whole.fill(weight)
    for rows in weight.split(7):
        parts.fill(rows)
    assert torch.equal(whole(x), parts(x))


def logits(model: Transformer, ids: Tensor) -> Tensor:
    return model.logits(model(ids, torch.arange(len(ids)), Causal([len(ids)])).states_TD)


def rounded(config: ModelConfig) -> Transformer:
    """A float model with the weights that eight bits can say."""
    model = random_model(config)
    kept = ("embedding", "router", "kv_up", "norm", "bias")
    with torch.no_grad():
        head = model.head.weight.clone()
        for name, parameter in model.named_parameters():
            if not any(word in name for word in kept):
                codes, scale = int8_rows(parameter.flatten(0, -2))
                parameter.copy_((codes.float() * scale[:, None]).view(parameter.shape))
        if config.is_tied:
            codes, scale = int8_rows(head)
            model.head.weight = torch.nn.Parameter(codes.float() * scale[:, None])
    return model


@pytest.mark.parametrize("name", FAMILIES)
@torch.no_grad()
def test_fusing_changes_no_number_and_holds_nothing_twice(name: str, tmp_path: Path) -> None:
    model = random_model(FAMILIES[name])
    ids = torch.randint(0, 40, (30,), generator=torch.Generator().manual_seed(4))
    before, size = logits(model, ids), num_weights(model)
    save_model(model, tmp_path / "before")
    fuse(model)
    torch.testing.assert_close(logits(model, ids), before, rtol=0, atol=1e-5)
    assert num_weights(model) == size
    save_model(model, tmp_path / "after")
    first, second = (tmp_path / name / "model.safetensors" for name in ("before", "after"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("name", FAMILIES)
@torch.no_grad()
def test_a_model_in_eight_bits_says_what_its_rounded_weights_say(name: str, tmp_path: Path) -> None:
    save_model(random_model(FAMILIES[name]), tmp_path)
    found = load_model(tmp_path, torch.float32, with_mtp=False, quantization="int8")
    fuse(found)
    ids = torch.randint(0, 40, (30,), generator=torch.Generator().manual_seed(4))
    expected = logits(rounded(FAMILIES[name]), ids)
    torch.testing.assert_close(logits(found, ids), expected, rtol=0, atol=2e-3)
    assert not torch.equal(expected, logits(random_model(FAMILIES[name]), ids))
