"""Conversion gives the numbers that loading gives, in a folder that everybody reads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.oracles.small_models import DENSE, LLAMA, MIXTURE, V2, random_model
from tests.weights.test_fp8 import loaded, write_fp8
from thinkling.errors import ModelError, WeightsError
from thinkling.weights.convert import convert
from thinkling.weights.read import load_model
from thinkling.weights.write import save_model

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = {
    "mixture": MIXTURE,
    "V2": V2,
    "dense": DENSE,
    "Llama, tied": LLAMA.model_copy(update={"is_tied": True}),
}


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_a_converted_model_loads_to_the_same_numbers(name: str, dtype: torch.dtype, tmp_path: Path) -> None:
    save_model(random_model(CONFIGS[name]), tmp_path / "source")
    (tmp_path / "source" / "tokenizer.json").write_text("{}")
    (tmp_path / "source" / "optimizer.pt").write_text("not part of a model")
    told: list[int] = []
    done = convert(
        tmp_path / "source", tmp_path / "new", dtype, 9000, lambda name, number, count: told.append(number)
    )
    expected, found = load_model(tmp_path / "source", dtype), load_model(tmp_path / "new", dtype)
    assert found.config == expected.config
    for key, tensor in loaded(expected).items():
        assert torch.equal(loaded(found)[key], tensor)
    shards = sorted((tmp_path / "new").glob("*.safetensors"))
    assert len(shards) == done.num_shards > 1 and told == list(range(1, done.num_tensors + 1))
    assert {path.name for path in (tmp_path / "new").iterdir() if path not in shards} == {
        *("config.json", "generation_config.json", "model.safetensors.index.json", "tokenizer.json")
    }
    index = json.loads((tmp_path / "new" / "model.safetensors.index.json").read_text())
    stored = {key: tensor for path in shards for key, tensor in load_file(path).items()}
    assert index["weight_map"].keys() == stored.keys()
    assert index["metadata"]["total_size"] == done.num_bytes == sum(x.nbytes for x in stored.values())
    assert {x.dtype for key, x in stored.items() if "correction_bias" not in key} == {dtype}


def test_fp8_becomes_what_others_read(tmp_path: Path) -> None:
    expected = write_fp8(tmp_path / "source", (12, 20))
    convert(tmp_path / "source", tmp_path / "new", torch.float32)
    stored = load_file(tmp_path / "new" / "model.safetensors")
    assert stored.keys() == expected.keys()
    assert all(torch.equal(stored[key], tensor) for key, tensor in expected.items())
    assert "quantization_config" not in json.loads((tmp_path / "new" / "config.json").read_text())


def test_nothing_is_written_over_and_half_a_conversion_is_no_model(tmp_path: Path) -> None:
    save_model(random_model(DENSE), tmp_path / "source")
    with pytest.raises(ModelError, match="is not empty"):
        convert(tmp_path / "source", tmp_path / "source", torch.float32)

    def stop(name: str, number: int, count: int) -> None:
        if number == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert(tmp_path / "source", tmp_path / "half", torch.float32, 9000, stop)
    with pytest.raises(ModelError, match=r"config\.json does not exist"):
        load_model(tmp_path / "half")


def test_a_damaged_model_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    save_model(random_model(DENSE), tmp_path / "source")
    path = tmp_path / "source" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(WeightsError):
        convert(tmp_path / "source", tmp_path / "new", torch.float32)
    assert not (tmp_path / "new").exists()


def test_the_verb(tmp_path: Path) -> None:
    save_model(random_model(DENSE), tmp_path / "source")
    words = ["convert", str(tmp_path / "source"), str(tmp_path / "new"), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "thinkling", *words], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["tensors"] == len(load_file(tmp_path / "new" / "model.safetensors"))
    assert "tensors" in done.stderr
    again = subprocess.run(
        [sys.executable, "-m", "thinkling", *words], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert again.returncode == 2 and "is not empty" in again.stderr
