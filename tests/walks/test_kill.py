"""The whole trip, killed: primer, pretraining and GRPO end bit for bit where an undisturbed trip ends."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from thinkling.train.metrics import MetricsFile, without_time

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("1_primer", "2_pretrain", "3_grpo")
NUM_STEPS = {"1_primer": 2, "2_pretrain": 40, "3_grpo": 8}

PRIMER = """
stage = "primer"
num_tokens = 300_000
row_length = 160
vocab_size = 400
[tasks.greetings]
share = 1.0
[tasks.sums]
share = 0.5
levels = [1, 2]
styles = { bare = 0.5, worked = 0.5 }
languages = { en = 0.5, zh = 0.5 }
"""
PRETRAIN = """
stage = "pretrain"
steps = 40
rows_per_step = 8
tokens_per_pass = 480
documents = "apart"
learns = "answers"
[loop]
checkpoint_every = 5
[optimizer]
lr = 0.02
[model]
vocab_size = 400
width = 32
num_layers = 2
num_dense_layers = 1
mtp_depth = 1
context_length = 192
dense = { width = 64 }
ffn = { kind = "moe", num_experts = 4, num_active = 2, expert_width = 16 }
[model.attention]
kind = "mla"
num_heads = 2
q_rank = 16
kv_rank = 16
nope_width = 8
rope_width = 8
value_width = 16
"""
GRPO = """
stage = "grpo"
steps = 8
problems = 4
answers = 4
max_tokens = 32
num_held_out = 8
evaluate_every = 3
kl_weight = 0.01
refresh_reference_every = 3
updates_per_batch = 2
log_rollouts_every = 2
drops_settled_groups = false
languages = { en = 0.5, zh = 0.5 }
[gate]
min_pass_at_k = 0.0
[curriculum]
moves = "kinds"
[tasks]
greetings = 1.0
[tasks.sums]
share = 0.5
levels = [1, 2]
[loop]
checkpoint_every = 2
"""


def _start(recipe: Path, run: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "thinkling", "train", str(recipe), "--out", str(run), "--threads", "1"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([*words, "--quiet"], env=environment, stderr=subprocess.PIPE, text=True)


def _finish(recipe: Path, run: Path) -> None:
    process = _start(recipe, run)
    _, errors = process.communicate(timeout=180)
    assert process.returncode == 0, errors


def _result(run: Path) -> dict[str, Any]:
    """All that two equal runs have in common: every file but checkpoints, the page and the times."""
    found: dict[str, Any] = {}
    for path in sorted(run.glob("*_*/**/*")):
        name = str(path.relative_to(run))
        if (
            path.is_file()
            and "checkpoints" not in path.parts
            and path.name not in {"done.json", "metrics.jsonl"}
        ):
            found[name] = path.read_bytes()
    for stage in STAGES:
        found[stage] = [without_time(line) for line in MetricsFile(run / stage / "metrics.jsonl").lines()]
    return found


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recipe")
    for name, text in zip(STAGES, (PRIMER, PRETRAIN, GRPO), strict=True):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def undisturbed(recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    run = tmp_path_factory.mktemp("undisturbed")
    _finish(recipe, run)
    found = _result(run)
    assert {stage: len(found[stage]) for stage in STAGES} == NUM_STEPS
    assert "3_grpo/model/model.safetensors" in found
    # A policy that learned nothing would make the test an empty one.
    assert found["2_pretrain/model/model.safetensors"] != found["3_grpo/model/model.safetensors"]
    return found


def _kill(recipe: Path, run: Path, stage: str, num_steps: int, delay_s: float) -> None:
    """Starts or goes on, and kills without warning some time after `num_steps` steps of a stage."""
    process = _start(recipe, run)
    path = run / stage / "metrics.jsonl"
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        if path.exists() and len(path.read_bytes().splitlines()) >= num_steps:
            break
        time.sleep(0.002)
    time.sleep(delay_s)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def _assert_same(run: Path, expected: dict[str, Any]) -> None:
    found = _result(run)
    assert found.keys() == expected.keys()
    assert [name for name in found if found[name] != expected[name]] == []


def test_a_trip_killed_in_each_stage_ends_bit_for_bit_like_an_undisturbed_one(
    recipe: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    moments = random.Random(0)
    for stage in STAGES[1:]:
        num_steps = moments.randrange(NUM_STEPS[stage])
        _kill(recipe, tmp_path, stage, num_steps, moments.random() * 0.1)
    _finish(recipe, tmp_path)
    _assert_same(tmp_path, undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["2_pretrain", "3_grpo"])
def test_ten_kills_in_a_stage_change_nothing(
    recipe: Path, undisturbed: dict[str, Any], tmp_path: Path, stage: str
) -> None:
    moments = random.Random(stage)
    for num_steps in sorted(moments.choices(range(NUM_STEPS[stage] + 1), k=10)):
        _kill(recipe, tmp_path, stage, num_steps, moments.random() * 0.2)
    _finish(recipe, tmp_path)
    _assert_same(tmp_path, undisturbed)


@pytest.mark.slow
def test_kills_at_moments_of_the_clock_change_nothing(
    recipe: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    moments = random.Random(7)
    for _ in range(10):
        process = _start(recipe, tmp_path)
        time.sleep(1.5 + 5 * moments.random())
        process.send_signal(signal.SIGKILL)
        process.communicate()
    _finish(recipe, tmp_path)
    _assert_same(tmp_path, undisturbed)
