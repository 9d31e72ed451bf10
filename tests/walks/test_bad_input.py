"""Bad input, as a person would give it: one clear sentence, a hint, a non-zero exit, no traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PRIMER = """
stage = "primer"
num_tokens = 8_000
row_length = 160
vocab_size = 300
[tasks.greetings]
share = 1.0
"""
PRETRAIN = """
stage = "pretrain"
steps = 2
rows_per_step = 2
[loop]
checkpoint_every = 1
[model]
vocab_size = 300
width = 16
num_layers = 1
context_length = 160
ffn = { kind = "dense", width = 16 }
attention = { kind = "gqa", num_heads = 1, num_kv_heads = 1, head_width = 16 }
"""


def thinkling(*words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-m", "thinkling", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished tiny run; tests copy it before they break it."""
    recipe, run = tmp_path_factory.mktemp("recipe"), tmp_path_factory.mktemp("run")
    (recipe / "1_primer.toml").write_text(PRIMER, encoding="utf-8")
    (recipe / "2_pretrain.toml").write_text(PRETRAIN, encoding="utf-8")
    done = thinkling("train", str(recipe), "--out", str(run), "--quiet")
    assert done.returncode == 0, done.stderr
    shutil.copytree(recipe, run / "recipe")
    return run


def broken(run: Path, tmp_path: Path, *, is_unfinished: bool = False) -> Path:
    copy = tmp_path / "run"
    shutil.copytree(run, copy)
    shutil.rmtree(copy / "recipe")
    if is_unfinished:
        (copy / "2_pretrain" / "done.json").unlink()
    return copy


def assert_one_sentence(done: subprocess.CompletedProcess[str], *expected: str) -> None:
    assert done.returncode not in (0, 130), done.stdout
    assert "Traceback" not in done.stderr and "Traceback" not in done.stdout
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 2 and lines[1].startswith("Hint:"), done.stderr
    for words in expected:
        assert words in done.stderr, done.stderr


def test_an_unknown_recipe_key_is_named_with_its_file_and_the_nearest_key(run: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe"
    shutil.copytree(run / "recipe", recipe)
    path = recipe / "2_pretrain.toml"
    path.write_text(path.read_text("utf-8").replace("rows_per_step", "row_per_step"), "utf-8")
    done = thinkling("train", str(recipe), "--out", str(tmp_path / "out"))
    assert_one_sentence(done, "2_pretrain.toml", "row_per_step", "rows_per_step")


def test_a_missing_shard_of_the_corpus_is_named(run: Path, tmp_path: Path) -> None:
    copy = broken(run, tmp_path, is_unfinished=True)
    (copy / "1_primer" / "rows-00000.npy").unlink()
    assert_one_sentence(thinkling("train", str(copy)), "rows-00000.npy")


def test_truncated_checkpoints_are_named(run: Path, tmp_path: Path) -> None:
    copy = broken(run, tmp_path, is_unfinished=True)
    for path in (copy / "2_pretrain" / "checkpoints").glob("*/*.safetensors"):
        path.write_bytes(path.read_bytes()[:-100])
    done = thinkling("train", str(copy), "--quiet")
    assert done.returncode not in (0, 130) and "Traceback" not in done.stderr
    assert "safetensors" in done.stderr and "Hint:" in done.stderr


def test_a_prompt_longer_than_the_context_says_both_lengths(run: Path) -> None:
    model = run / "2_pretrain" / "model"
    done = thinkling("ask", "--model", str(model), "Hello there! " * 100)
    assert_one_sentence(done, "tokens, and the context holds 160")


def test_a_negative_temperature_is_refused(run: Path) -> None:
    model = run / "2_pretrain" / "model"
    done = thinkling("ask", "--model", str(model), "--temperature", "-1", "Hello")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "temperature" in done.stderr and "-1" in done.stderr


@pytest.mark.parametrize("damage", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_malformed_model_folder_is_named(run: Path, tmp_path: Path, damage: str) -> None:
    model = tmp_path / "model"
    shutil.copytree(run / "2_pretrain" / "model", model)
    path = model / damage
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert_one_sentence(thinkling("ask", "--model", str(model), "Hello"), damage)


def test_debug_shows_the_traceback(run: Path) -> None:
    done = thinkling("ask", "--debug", "--model", "nowhere", "Hello")
    assert done.returncode != 0 and "Traceback" in done.stderr
