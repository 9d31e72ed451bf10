"""How much fewer bits change a model: nothing where nothing changes, more where fewer bits are left."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.oracles.small_models import DENSE, random_model
from tests.test_llm import save, sized
from thinkling.drift import measure_drift
from thinkling.weights.convert import convert


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = sized(DENSE, context_length=1024)
    return save(random_model(config.model_copy(update={"width": 64})), tmp_path_factory.mktemp("model"))


def test_fewer_bits_change_more(folder: Path, tmp_path: Path) -> None:
    for kind in ("int8", "int4"):
        convert(folder, tmp_path / kind, torch.float32, quantization=kind)
    same, eight, four = (
        measure_drift(folder, changed) for changed in (folder, tmp_path / "int8", tmp_path / "int4")
    )
    assert (same.mean_kl, same.same_best) == (pytest.approx(0, abs=1e-6), 1)
    assert same.mean_kl < eight.mean_kl < four.mean_kl / 4
    assert eight.mean_kl <= eight.high_kl
    assert 0.5 < four.same_best < eight.same_best <= 1
    assert same.num_prompts == 16 and same.dtype == "fp32"
    assert same.num_positions > 16 * 48


def test_the_verb_measures_what_it_wrote(folder: Path, tmp_path: Path) -> None:
    words = ["convert", str(folder), str(tmp_path / "4"), "--quantize", "int4", "--measure"]
    done = subprocess.run(
        [sys.executable, "-m", "thinkling", *words, "--json"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    drift = json.loads(done.stdout)["drift"]
    assert 0 < drift["mean_kl"] <= drift["high_kl"] < 5
