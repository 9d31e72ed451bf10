"""Weights packed for the bf16 units of a processor: what they mean, and that neighbours do not matter."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.oracles.small_models import DENSE, LLAMA, MIXTURE, QWEN2, V2, random_model
from thinkling.models import packed as packing
from thinkling.models.attend import Causal
from thinkling.models.hold import PACKED, is_exact, num_bytes
from thinkling.models.integer import WholeLinear
from thinkling.models.packed import PackedLinear, can_pack
from thinkling.models.quantize import int8_codes
from thinkling.models.transformer import Transformer
from thinkling.weights.read import load_model, run_bytes
from thinkling.weights.write import save_model

FAMILIES = {"mixture": MIXTURE, "V2": V2, "Qwen3": DENSE, "Qwen2": QWEN2, "Llama": LLAMA}
pytestmark = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available() or not torch.cpu._is_avx512_supported(),
    reason="the library packs bf16 on processors with AVX-512 only",
)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def filled(weight_NK: Tensor, *sizes: int, bias: Tensor | None = None) -> PackedLinear:
    layer = PackedLinear(
        weight_NK.shape[1], len(weight_NK), None if bias is None else torch.nn.Parameter(bias)
    )
    for part in weight_NK.split(sizes or len(weight_NK)):
        layer.fill(part)
    return layer


@pytest.mark.parametrize("num_rows", [1, 2, 3, 16, 70])
@torch.inference_mode()
def test_a_product_is_that_of_the_rounded_numbers(num_rows: int) -> None:
    weight, x, bias = normal(50, 70), normal(num_rows, 70, seed=1), normal(50, seed=2)
    found = filled(weight, bias=bias)(x)
    expected = x.bfloat16().float() @ weight.bfloat16().float().t()
    torch.testing.assert_close(found - bias, expected, rtol=2**-8, atol=2e-2)
    assert found.dtype == torch.float32


@pytest.mark.parametrize("piece", [70 * 9, 70 * 50, 2**25])
@torch.inference_mode()
def test_rows_come_in_any_portions(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "PIECE", piece)
    weight, x = normal(50, 70), normal(4, 70, seed=1)
    whole = filled(weight)
    assert torch.equal(filled(weight, 1, 12, 3, 34)(x), whole(x))
    parts = [PackedLinear(70, size, is_part=True) for size in (20, 25, 5)]
    for part, rows in zip(parts, weight.split((20, 25, 5)), strict=True):
        part.fill(rows[:3])
        part.fill(rows[3:])
    assert torch.equal(PackedLinear.joined(parts)(x), whole(x))
    codes = int8_codes(weight)
    from_codes = PackedLinear(70, 50)
    from_codes.take(codes)
    assert torch.equal(from_codes(x), filled(codes.floats_NK)(x))


@pytest.mark.skipif(not can_pack(), reason="bf16 is not fast here, so nobody packs it")
@pytest.mark.parametrize("shape", [(96, 64), (1000, 1536), (300, 2048)])
@torch.inference_mode()
def test_a_row_is_the_same_in_any_company_to_the_last_bit(shape: tuple[int, int]) -> None:
    layer, x = filled(normal(*shape)), normal(300, shape[1], seed=1)
    whole = layer(x)
    for num_rows in (1, 2, 3, 7, 16, 33, 100, 299):
        assert torch.equal(layer(x[-num_rows:]), whole[-num_rows:]), num_rows


def logits(model: Transformer, ids: Tensor) -> Tensor:
    return model.logits(model(ids, torch.arange(len(ids)), Causal([len(ids)])).states_TD)


@pytest.mark.parametrize("name", FAMILIES)
@torch.inference_mode()
def test_a_packed_model_says_what_its_rounded_weights_say(name: str, tmp_path: Path) -> None:
    save_model(random_model(FAMILIES[name]), tmp_path)
    found = load_model(tmp_path, torch.bfloat16, with_mtp=False, quantization=PACKED)
    ids = torch.randint(0, 40, (30,), generator=torch.Generator().manual_seed(4))
    rounded = random_model(FAMILIES[name]).to(torch.bfloat16).float()
    ours, theirs = logits(found, ids), logits(rounded, ids)
    has_router = name in ("mixture", "V2")  # where rounding may send a token elsewhere
    likeness = torch.cosine_similarity(ours.flatten(), theirs.flatten(), 0)
    assert likeness > (0.9 if has_router else 0.999)
    assert isinstance(found.head, WholeLinear)  # logits are no numbers of bf16
    whole = load_model(tmp_path, torch.bfloat16, quantization=PACKED)
    assert num_bytes(whole) == run_bytes(tmp_path, torch.bfloat16, PACKED)
    assert is_exact(found) != has_router
