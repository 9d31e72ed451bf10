"""Products of whole numbers: what they mean, how exact they are, and that neighbours do not matter."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.oracles.small_models import DENSE, LLAMA, MIXTURE, QWEN2, V2, random_model
from thinkling.models import integer
from thinkling.models.attend import Causal
from thinkling.models.config import ModelConfig
from thinkling.models.fuse import fuse
from thinkling.models.hold import num_weights
from thinkling.models.integer import (
    DIGIT,
    ZERO,
    Digits,
    WholeLinear,
    WholeMatrix,
)
from thinkling.models.quantize import BASE, LARGEST, QUANTIZERS, WholeRows, whole_rows
from thinkling.models.transformer import Transformer
from thinkling.weights.read import load_model
from thinkling.weights.write import save_model

FAMILIES = {"mixture": MIXTURE, "V2": V2, "Qwen3": DENSE, "Qwen2": QWEN2, "Llama": LLAMA}
KINDS = tuple(QUANTIZERS)
FAMILIES["tied"] = DENSE.model_copy(update={"is_tied": True})


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def rows_of(weight: Tensor, kind: str = "int8") -> WholeRows:
    return whole_rows(QUANTIZERS[kind].codes(weight))


def exact_product(x: Tensor, rows: WholeRows) -> Tensor:
    codes = rows.codes_NK.double()
    if rows.low_NK is not None:
        codes += rows.low_NK.double() / BASE
    return x.double() @ (codes * rows.scale_N.double()[:, None]).t()


@given(
    st.integers(1, 40), st.integers(1, 90), st.integers(1, 70), st.floats(1e-6, 1e6), st.sampled_from(KINDS)
)
@settings(max_examples=80, deadline=None)
def test_a_product_is_that_of_the_codes_to_sixteen_bits(
    num_rows: int, num_in: int, num_out: int, size: float, kind: str
) -> None:
    x = normal(num_rows, num_in) * size
    rows = rows_of(normal(num_out, num_in, seed=1), kind)
    found = WholeMatrix(rows).product(Digits.of(x)).double()
    # Each number of a token may be wrong by half a step of the second digit.
    step = x.abs().amax(1, keepdim=True).double() / LARGEST
    room = step / (DIGIT * 2) * 1.01 * (rows.codes_NK.double().abs() + 1).sum(1)
    if kind == "int16":  # and the product of second digits is left out
        room += step * num_in / 4
    assert ((found - exact_product(x, rows)).abs() <= room * rows.scale_N.double() + 1e-6 * size).all()


@given(st.integers(2, 200), st.integers(1, 3000), st.integers(0, 2**31), st.sampled_from(KINDS))
@settings(max_examples=25, deadline=None)
def test_a_row_is_the_same_in_any_company_to_the_last_bit(
    num_rows: int, num_in: int, seed: int, kind: str
) -> None:
    x = normal(num_rows, num_in, seed=seed)
    matrix = WholeMatrix(rows_of(normal(24, num_in, seed=3), kind))
    crowd = matrix.product(Digits.of(x))
    for row in (0, num_rows // 2, num_rows - 1):
        assert torch.equal(matrix.product(Digits.of(x[row : row + 1]))[0], crowd[row])


def test_digits_say_the_token_again_and_the_library_does_what_the_definition_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x = normal(7, 33) * torch.tensor([1e-20, 1.0, 1e20, 0.0, 3.0, 1e-3, 7.0])[:, None]
    digits = Digits.of(x)
    high, low = (digits.bytes_.double() - ZERO).chunk(2)
    again = (high + low / DIGIT) * digits.scale_T1
    assert high.abs().max() <= LARGEST
    assert ((again - x).abs().amax(1) <= x.abs().amax(1) * 2**-15.9).all()
    for kind in KINDS:
        rows = rows_of(normal(20, 33, seed=2), kind)
        fast = WholeMatrix(rows).product(digits)
        with monkeypatch.context() as patch:
            patch.setattr("thinkling.models.integer.has_integer_units", lambda: False)
            slow = WholeMatrix(rows).product(digits)
        assert ((fast - slow).abs().amax(1) <= 1e-5 * slow.abs().amax(1)).all()


@pytest.mark.parametrize("piece", [2**25, 200])
def test_rows_come_in_any_portions(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thinkling.models.integer.PIECE", piece)
    weight, x = normal(50, 16), normal(3, 16, seed=1)
    whole, parts = WholeLinear(16, 50), WholeLinear(16, 50)
    whole.fill(weight)
    for rows in weight.split(7):
        parts.fill(rows)
    assert torch.equal(whole(x), parts(x))


def logits(model: Transformer, ids: Tensor) -> Tensor:
    return model.logits(model(ids, torch.arange(len(ids)), Causal([len(ids)])).states_TD)


def rounded(config: ModelConfig, kind: str) -> Transformer:
    """A float model with the weights that so many bits can say."""
    model = random_model(config)
    kept = ("embedding", "router", "kv_up", "norm", "bias")
    with torch.no_grad():
        head = model.head.weight.clone()
        for name, parameter in model.named_parameters():
            if not any(word in name for word in kept):
                codes = QUANTIZERS[kind].codes(parameter.flatten(0, -2))
                parameter.copy_(codes.floats_NK.view(parameter.shape))
        if config.is_tied:
            model.head.weight = torch.nn.Parameter(QUANTIZERS[kind].codes(head).floats_NK)
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


def test_many_tokens_are_multiplied_a_part_at_a_time_to_the_same_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layer, x = WholeLinear(32, 50, nn.Parameter(normal(50, seed=2))), normal(200, 32, seed=1)
    layer.fill(normal(50, 32))
    with torch.inference_mode():
        whole = layer(x)
        monkeypatch.setattr(integer, "RESULTS_AT_ONCE", 70 * 50)
        assert torch.equal(layer(x), whole)
        assert torch.equal(layer(x[:69]), whole[:69])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FAMILIES)
@torch.no_grad()
def test_a_model_in_few_bits_says_what_its_rounded_weights_say(name: str, kind: str, tmp_path: Path) -> None:
    save_model(random_model(FAMILIES[name]), tmp_path)
    found = load_model(tmp_path, torch.float32, with_mtp=False, quantization=kind)
    fuse(found)
    ids = torch.randint(0, 40, (30,), generator=torch.Generator().manual_seed(4))
    expected = logits(rounded(FAMILIES[name], kind), ids)
    torch.testing.assert_close(logits(found, ids), expected, rtol=0, atol=2e-3)
    exact = logits(random_model(FAMILIES[name]), ids)
    if kind == "int16":  # bf16 weights would be further from the exact ones
        rough = random_model(FAMILIES[name]).to(torch.bfloat16).float()
        missed, by_bf16 = ((one - exact).square().mean() for one in (expected, logits(rough, ids)))
        assert missed < by_bf16 / 20
    else:
        assert not torch.equal(expected, exact)
