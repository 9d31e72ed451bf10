"""Folders in codes of 8 and 4 bits: packed and read again, whole and damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from tests.oracles.small_models import DENSE, LLAMA, MIXTURE, QWEN2, V2, random_model
from thinkling.errors import ModelError, WeightsError
from thinkling.models.attend import Causal
from thinkling.models.integer import WholeLinear
from thinkling.models.transformer import Transformer
from thinkling.weights.codes import CodeForm, pack, read_code_form, unpack, write_code_form
from thinkling.weights.convert import convert
from thinkling.weights.read import load_model, stored_quantization
from thinkling.weights.write import save_model

FAMILIES = {"mixture": MIXTURE, "V2": V2, "Qwen3": DENSE, "Qwen2": QWEN2, "Llama": LLAMA}
FAMILIES["tied"] = DENSE.model_copy(update={"is_tied": True})


@given(st.sampled_from([4, 8]), st.integers(1, 5), st.integers(1, 70), st.integers(0, 2**20))
def test_packed_codes_are_read_again(bits: int, rows: int, columns: int, seed: int) -> None:
    half = 2 ** (bits - 1)
    generator = torch.Generator().manual_seed(seed)
    codes = torch.randint(-half, half, (rows, columns), generator=generator).to(torch.int8)
    packed = pack(codes, bits)
    assert packed.dtype == torch.int32
    assert packed.shape == (rows, CodeForm(bits, None).num_packed(columns))
    assert torch.equal(unpack(packed, bits, columns), codes)
    # The definition: the first code in the lowest bits, half of the range added.
    first = int(packed[0, 0]) & (2**bits - 1)
    assert first == int(codes[0, 0]) + half


@pytest.mark.parametrize("form", [CodeForm(8, None), CodeForm(4, 32), CodeForm(4, 128)])
def test_a_form_is_read_as_it_is_written(form: CodeForm) -> None:
    assert read_code_form(json.loads(json.dumps(write_code_form(form, ["lm_head"])))) == form


def logits(model: Transformer) -> torch.Tensor:
    ids = torch.randint(0, 40, (30,), generator=torch.Generator().manual_seed(4))
    return model.logits(model(ids, torch.arange(30), Causal([30])).states_TD)


@pytest.mark.parametrize("kind", ["int8", "int4"])
@pytest.mark.parametrize("name", FAMILIES)
@torch.no_grad()
def test_a_saved_model_is_the_one_that_is_quantised_while_it_is_read(
    name: str, kind: str, tmp_path: Path
) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    save_model(random_model(FAMILIES[name]), source)
    convert(source, target, torch.float32, quantization=kind)
    assert stored_quantization(target) == kind
    assert stored_quantization(source) is None
    direct, saved = (load_model(folder, torch.float32, False, kind) for folder in (source, target))
    assert torch.equal(logits(direct), logits(saved))
    if not FAMILIES[name].is_tied:  # a tied head is in codes while it runs, and not in the folder
        floats = logits(load_model(target, torch.float32, False))
        torch.testing.assert_close(floats, logits(saved), rtol=0, atol=3e-3)


@torch.no_grad()
def test_from_eight_bits_to_four_and_back_to_floats(tmp_path: Path) -> None:
    save_model(random_model(QWEN2), tmp_path / "float")
    steps = (("float", "8", "int8"), ("8", "4", "int4"), ("4", "again", None), ("4", "more", "int8"))
    for source, target, kind in (*steps, ("4", "same", "int4")):
        convert(tmp_path / source, tmp_path / target, torch.float32, quantization=kind)
    floats = load_model(tmp_path / "again")
    assert torch.equal(logits(floats), logits(load_model(tmp_path / "4")))
    assert stored_quantization(tmp_path / "again") is None
    # Codes of four bits stay what they are where eight are asked for; the other way they are made anew.
    four, eight = (load_model(tmp_path / "4", None, False, kind) for kind in ("int4", "int8"))
    assert torch.equal(logits(four), logits(eight))
    fewer = load_model(tmp_path / "8", None, False, "int4")
    assert torch.equal(logits(fewer), logits(four))
    same = load_model(tmp_path / "same", None, False, "int4")
    assert torch.equal(logits(same), logits(four))
    more = load_model(tmp_path / "more", None, False, "int8")
    torch.testing.assert_close(logits(more), logits(four), rtol=0, atol=0.2)


@torch.no_grad()
def test_a_folder_of_others_is_read_and_converted(tmp_path: Path) -> None:
    """Groups of another size, codes down to -8, fp16 scales, a head in floats, an order that is none."""
    config = QWEN2.model_copy(update={"width": 64, "ffn": QWEN2.ffn.model_copy(update={"width": 80})})
    save_model(random_model(config), tmp_path / "float")
    convert(tmp_path / "float", tmp_path / "4", torch.bfloat16, quantization="int4")
    path, generator = tmp_path / "4" / "model.safetensors", torch.Generator().manual_seed(1)
    stored = load_file(path)
    for name in [name for name in stored if name.endswith("_packed")]:
        rows, columns = stored[name.replace("_packed", "_shape")].tolist()
        codes = torch.randint(-8, 8, (rows, columns), generator=generator).to(torch.int8)
        scale = torch.rand(rows, -(-columns // 16), generator=generator) * 0.02 + 0.001
        stored[name], stored[name.replace("_packed", "_scale")] = pack(codes, 4), scale.half()
    for end in ("_packed", "_scale", "_shape"):
        del stored[f"lm_head.weight{end}"]
    stored["lm_head.weight"] = torch.randn(config.vocab_size, 64, generator=generator).bfloat16()
    save_file(stored, path, metadata={"format": "pt"})
    raw = json.loads((tmp_path / "4" / "config.json").read_text())
    group = raw["quantization_config"]["config_groups"]["group_0"]["weights"]
    group |= {"group_size": 16, "actorder": "static"}
    raw["quantization_config"]["ignore"] = ["lm_head"]
    (tmp_path / "4" / "config.json").write_text(json.dumps(raw))
    exact = logits(load_model(tmp_path / "4"))
    for kind, most in (("int16", 0.1), ("int8", 0.2)):
        whole = load_model(tmp_path / "4", torch.float32, False, kind)
        assert (logits(whole) - exact).abs().max() < most * exact.abs().max()
    head = load_model(tmp_path / "4", torch.float32, False, "int16").head
    assert isinstance(head, WholeLinear) and head.num_bytes > 2 * head.shape[0] * head.shape[1]
    convert(tmp_path / "4", tmp_path / "8", torch.float32, quantization="int8")
    assert (logits(load_model(tmp_path / "8")) - exact).abs().max() < 0.2 * exact.abs().max()


def test_four_bits_take_about_a_quarter_of_bf16(tmp_path: Path) -> None:
    model = random_model(DENSE.model_copy(update={"width": 128, "vocab_size": 64}))
    save_model(model, tmp_path / "float", torch.bfloat16)
    found = convert(tmp_path / "float", tmp_path / "4", torch.bfloat16, quantization="int4")
    stored = load_file(tmp_path / "4" / "model.safetensors")
    assert found.num_bytes == sum(one.nbytes for one in stored.values())
    matrices = [name for name in stored if name.endswith("_packed")]
    weights = sum(stored[name.replace("_packed", "_shape")].prod().item() for name in matrices)
    codes = sum(stored[name].nbytes + stored[name.replace("_packed", "_scale")].nbytes for name in matrices)
    assert weights * 0.5 < codes <= weights * 0.6
    ignored = json.loads((tmp_path / "4" / "config.json").read_text())["quantization_config"]["ignore"]
    assert not ignored  # but for the embedding, which is no linear layer, everything is in codes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_model(random_model(QWEN2), tmp_path / "float")
    convert(tmp_path / "float", tmp_path / "4", torch.bfloat16, quantization="int4")
    return tmp_path / "4"


def change(folder: Path, name: str, tensor: torch.Tensor | None) -> None:
    path = folder / "model.safetensors"
    stored = load_file(path)
    stored.pop(name) if tensor is None else stored.update({name: tensor})
    save_file(stored, path, metadata={"format": "pt"})


WEIGHT = "model.layers.0.mlp.up_proj.weight"


@pytest.mark.parametrize(
    ("name", "tensor", "message"),
    [
        (f"{WEIGHT}_scale", None, "without '.*up_proj.weight_scale'"),
        (f"{WEIGHT}_shape", None, "comes without"),
        (f"{WEIGHT}_packed", None, "holds a tensor .* does not have|has no tensor"),
        (f"{WEIGHT}_scale", torch.ones(3, 3), "has shape"),
        (f"{WEIGHT}_shape", torch.tensor([7, 5]), "has shape"),
        (f"{WEIGHT}_shape", torch.tensor([2**60, -5]), "has shape"),
        (f"{WEIGHT}_shape", torch.tensor([40.0, 32.0]), "two whole numbers"),
        (f"{WEIGHT}_packed", torch.ones(3, 3, dtype=torch.int32), "is packed as I32"),
    ],
)
def test_damaged_codes_are_named(folder: Path, name: str, tensor: torch.Tensor | None, message: str) -> None:
    change(folder, name, tensor)
    for kind in (None, "int4"):
        with pytest.raises(WeightsError, match=message):
            load_model(folder, quantization=kind)


def test_a_scale_that_is_not_finite_is_named(folder: Path) -> None:
    scales = load_file(folder / "model.safetensors")[f"{WEIGHT}_scale"]
    scales[0, 0] = float("nan")
    change(folder, f"{WEIGHT}_scale", scales)
    for kind in (None, "int4"):
        with pytest.raises(WeightsError, match=r"weight_scale' .* holds NaN"):
            load_model(folder, quantization=kind)


@pytest.mark.parametrize(
    "fields",
    [
        {"format": "nvfp4-pack-quantized"},
        {"weights": {"num_bits": 3}},
        {"weights": {"num_bits": 4.0}},
        {"weights": {"symmetric": False}},
        {"weights": {"type": "float"}},
        {"weights": {"strategy": "block"}},
        {"weights": {"strategy": "group", "group_size": 0}},
        {"weights": {"actorder": "group"}},
        {"config_groups": {}},
        {"config_groups": []},
        {"config_groups": {"a": 1}},
    ],
)
def test_another_form_is_refused(fields: dict[str, Any]) -> None:
    config = write_code_form(CodeForm(4, 32), [])
    config["config_groups"]["group_0"]["weights"].update(fields.pop("weights", {}))
    with pytest.raises(ModelError, match="not supported"):
        read_code_form(config | fields)
