"""Folders in DeepSeek's FP8 layout load to the product of numbers and block scales, exactly."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from tests.oracles.small_models import MIXTURE, random_model
from thinkling.errors import ModelError, WeightsError
from thinkling.models.families import family_of
from thinkling.models.transformer import Transformer
from thinkling.weights.read import load_model
from thinkling.weights.write import save_model

WHOLE = "model.safetensors"
UNSCALED = ("embed_tokens", "lm_head", "norm", "mlp.gate.", "eh_proj", "shared_head", "correction_bias")
WEIGHT = "model.layers.0.self_attn.o_proj.weight"


def dequantized(weight: Tensor, scale: Tensor, block: tuple[int, int]) -> Tensor:
    """One number after the other."""
    rows = [
        [float(weight[r, c]) * float(scale[r // block[0], c // block[1]]) for c in range(weight.shape[1])]
        for r in range(weight.shape[0])
    ]
    return torch.tensor(rows)


def quantized(weight: Tensor, block: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Each block divided by its largest number / 448, and that divisor."""
    rows, columns = (-(-size // step) for size, step in zip(weight.shape, block, strict=True))
    scale = torch.empty(rows, columns)
    small = torch.empty(weight.shape, dtype=torch.float8_e4m3fn)
    for i in range(rows):
        for j in range(columns):
            part = (slice(i * block[0], (i + 1) * block[0]), slice(j * block[1], (j + 1) * block[1]))
            scale[i, j] = weight[part].abs().max() / 448
            small[part] = (weight[part] / scale[i, j]).to(torch.float8_e4m3fn)
    return small, scale


def write_fp8(folder: Path, block: tuple[int, int]) -> dict[str, Tensor]:
    """A folder in the released layout; returns what each stored name must load to."""
    save_model(random_model(MIXTURE), folder)
    expected = load_file(folder / WHOLE)
    stored: dict[str, Tensor] = {}
    for name, weight in list(expected.items()):
        if any(part in name for part in UNSCALED):
            stored[name] = weight
            continue
        stored[name], stored[f"{name}_scale_inv"] = quantized(weight, block)
        expected[name] = dequantized(stored[name], stored[f"{name}_scale_inv"], block)
    save_file(stored, folder / WHOLE)
    change_config(folder, weight_block_size=list(block))
    return expected


def change_config(folder: Path, **fields: Any) -> None:
    raw = json.loads((folder / "config.json").read_text())
    usual = {"activation_scheme": "dynamic", "fmt": "e4m3", "quant_method": "fp8"}
    raw["quantization_config"] = usual | raw.get("quantization_config", {}) | fields
    (folder / "config.json").write_text(json.dumps(raw))


def loaded(model: Transformer) -> dict[str, Tensor]:
    sources = dict(model.named_parameters()) | dict(model.named_buffers())
    places = family_of(model.config).places(model.config)
    return {n: sources[p.name][p.index] if p.index else sources[p.name] for n, p in places.items()}


# 8 x 8 leaves no rest in most widths, 12 x 20 leaves one nearly everywhere, 128 is wider than everything.
@pytest.mark.parametrize("block", [(8, 8), (12, 20), (128, 128)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_fp8_weights_are_multiplied_by_the_scale_of_their_block(
    block: tuple[int, int], dtype: torch.dtype, tmp_path: Path
) -> None:
    expected = write_fp8(tmp_path, block)
    found = loaded(load_model(tmp_path, dtype))
    assert found.keys() == expected.keys() and len(expected) == 97
    for name, tensor in found.items():
        kind = torch.float32 if name.endswith("correction_bias") else dtype
        assert torch.equal(tensor, expected[name].to(kind)), name


def test_the_mtp_layer_may_be_left_out_or_be_missing(tmp_path: Path) -> None:
    write_fp8(tmp_path, (8, 8))
    whole, without = load_model(tmp_path), load_model(tmp_path, with_mtp=False)
    assert whole.mtp is not None and without.mtp is None and without.config.mtp_depth == 0
    tensors = load_file(tmp_path / WHOLE)
    rest = {name: one for name, one in tensors.items() if not name.startswith("model.layers.2.")}
    save_file(rest, tmp_path / WHOLE)
    assert load_model(tmp_path).mtp is None
    one_of_them = "model.layers.2.eh_proj.weight"
    save_file(rest | {one_of_them: tensors[one_of_them]}, tmp_path / WHOLE)
    with pytest.raises(WeightsError, match=r"has no tensor 'model\.layers\.2"):
        load_model(tmp_path)


def test_a_layer_too_many_is_no_prediction_module(tmp_path: Path) -> None:
    save_model(random_model(MIXTURE.model_copy(update={"mtp_depth": 0})), tmp_path)
    tensors = load_file(tmp_path / WHOLE)
    save_file(tensors | {"model.layers.2.input_layernorm.weight": torch.ones(32)}, tmp_path / WHOLE)
    for with_mtp in (True, False):
        with pytest.raises(WeightsError, match="that this model does not have"):
            load_model(tmp_path, with_mtp=with_mtp)


def without_scale(tensors: dict[str, Tensor]) -> None:
    del tensors[f"{WEIGHT}_scale_inv"]


def with_short_scale(tensors: dict[str, Tensor]) -> None:
    tensors[f"{WEIGHT}_scale_inv"] = tensors[f"{WEIGHT}_scale_inv"][:-1].clone()


def with_useless_scale(tensors: dict[str, Tensor]) -> None:
    tensors["lm_head.weight_scale_inv"] = torch.ones(1, 1)


def with_infinite_scale(tensors: dict[str, Tensor]) -> None:
    tensors[f"{WEIGHT}_scale_inv"][0, 0] = float("inf")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without_scale, f"without '{WEIGHT}_scale_inv'"),
        (with_short_scale, r"has shape \[3, 2\], and the weight needs \[4, 2\]"),
        (with_useless_scale, "holds a tensor 'lm_head.weight_scale_inv' that this model does not have"),
        (with_infinite_scale, f"'{WEIGHT}' in .* holds NaN or infinity"),
    ],
)
def test_damaged_scales_are_named(
    change: Callable[[dict[str, Tensor]], None], message: str, tmp_path: Path
) -> None:
    write_fp8(tmp_path, (8, 8))
    tensors = load_file(tmp_path / WHOLE)
    change(tensors)
    save_file(tensors, tmp_path / WHOLE)
    with pytest.raises(WeightsError, match=message) as caught:
        load_model(tmp_path)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"quant_method": "gptq"}, "quantised by 'gptq'"),
        ({"fmt": "e5m2"}, "quantised by 'fp8' as 'e5m2'"),
        ({"weight_block_size": [128]}, r"weight_block_size = \[128\]"),
        ({"weight_block_size": [0, 128]}, r"weight_block_size = \[0, 128\]"),
        ({"weight_block_size": None}, "weight_block_size = None"),
    ],
)
def test_another_quantisation_is_refused_by_name(
    fields: dict[str, Any], message: str, tmp_path: Path
) -> None:
    write_fp8(tmp_path, (8, 8))
    change_config(tmp_path, **fields)
    with pytest.raises(ModelError, match=message) as caught:
        load_model(tmp_path)
    assert caught.value.hint
