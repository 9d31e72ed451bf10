"""The loop: whatever stops a run, going on ends where an undisturbed run ends, bit for bit."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.train.toy_stage import ToyStage
from thinkling.errors import CheckpointError, TrainingError
from thinkling.train import checkpoint as checkpoints
from thinkling.train.checkpoint import TENSORS, steps_in
from thinkling.train.display import Quiet
from thinkling.train.loop import is_done, run_stage
from thinkling.train.metrics import MetricsFile, without_time
from thinkling.train.randomness import seed_everything
from thinkling.train.stage import LoopSettings

ROOT = Path(__file__).resolve().parents[2]
TOY = Path(__file__).with_name("toy_stage.py")
NUM_STEPS = 60


def _run(folder: Path, num_steps: int = NUM_STEPS, every: int = 7) -> None:
    torch.set_num_threads(1)
    seed_everything(5)
    assert run_stage(ToyStage(num_steps), folder, LoopSettings(checkpoint_every=every), Quiet()).is_done


def _start(folder: Path, step_s: float, num_steps: int = NUM_STEPS) -> subprocess.Popen[str]:
    words = [sys.executable, str(TOY), str(folder), str(num_steps), "7", str(step_s)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True)


def _result(folder: Path) -> dict[str, Any]:
    """All that two equal runs must have in common."""
    lines = [without_time(line) for line in MetricsFile(folder / "metrics.jsonl").lines()]
    weights, score = (folder / "model.safetensors").read_bytes(), (folder / "score.txt").read_text()
    return {"weights": weights, "score": score, "lines": lines}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("undisturbed")
    _run(folder)
    return _result(folder)


def _wait_for_steps(folder: Path, num_steps: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        path = folder / "metrics.jsonl"
        if path.exists() and len(path.read_bytes().splitlines()) >= num_steps:
            return
        time.sleep(0.002)


def _kill_until_done(folder: Path, num_kills: int, seed: int) -> None:
    """Kills the run at random moments, without warning, and starts it again; the last start ends it."""
    moments = random.Random(seed)
    marks = sorted(moments.sample(range(NUM_STEPS + 3), num_kills))
    for mark in marks:
        process = _start(folder, 0.01)
        _wait_for_steps(folder, mark, process)
        time.sleep(moments.random() * 0.03)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    process = _start(folder, 0.0)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors


def test_a_run_killed_at_random_moments_ends_bit_for_bit_like_an_undisturbed_one(
    tmp_path: Path, undisturbed: dict[str, Any]
) -> None:
    _kill_until_done(tmp_path, num_kills=2, seed=0)
    assert _result(tmp_path) == undisturbed


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_ten_kills_change_nothing(tmp_path: Path, undisturbed: dict[str, Any], seed: int) -> None:
    _kill_until_done(tmp_path, num_kills=10, seed=seed)
    assert _result(tmp_path) == undisturbed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_step_end_and_saves_it(
    tmp_path: Path, undisturbed: dict[str, Any], number: signal.Signals
) -> None:
    process = _start(tmp_path, 0.05)
    _wait_for_steps(tmp_path, 9, process)
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "once more leaves at once" in errors
    num_lines = len(MetricsFile(tmp_path / "metrics.jsonl").lines())
    assert steps_in(tmp_path / "checkpoints")[-1] == num_lines < NUM_STEPS
    _run(tmp_path)
    assert _result(tmp_path) == undisturbed


def test_a_second_signal_leaves_at_once(tmp_path: Path) -> None:
    process = _start(tmp_path, 2.0)
    _wait_for_steps(tmp_path, 1, process)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert any("once more leaves at once" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT
    assert len(MetricsFile(tmp_path / "metrics.jsonl").lines()) == 1


def test_a_damaged_newest_checkpoint_costs_steps_and_changes_nothing(
    tmp_path: Path, undisturbed: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    _stop_after(tmp_path, 21)
    path = tmp_path / "checkpoints" / "step_00000021" / TENSORS
    path.write_bytes(path.read_bytes()[:100])
    _run(tmp_path)
    assert f"{path} holds 100 bytes" in capsys.readouterr().err
    assert _result(tmp_path) == undisturbed


def test_only_damaged_checkpoints_stop_the_program_with_one_sentence(tmp_path: Path) -> None:
    _stop_after(tmp_path, 21)
    for step in steps_in(tmp_path / "checkpoints"):
        path = tmp_path / "checkpoints" / f"step_{step:08d}" / TENSORS
        path.write_bytes(b"")
    with pytest.raises(CheckpointError, match="step_00000021"):
        _run(tmp_path)
    process = _start(tmp_path, 0.0)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "Traceback" not in errors and "step_00000021" in errors and "Hint" in errors


@pytest.mark.parametrize(
    "tail", ["", '{"step": 21, "loss": 0.', "\x00\x00\x00", '{"step": 21, "loss": 1.0}\n' * 3]
)
def test_a_torn_or_overlong_metrics_file_is_cut_back_to_the_checkpoint(
    tmp_path: Path, undisturbed: dict[str, Any], tail: str
) -> None:
    _stop_after(tmp_path, 21)
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write(tail)
    _run(tmp_path)
    assert _result(tmp_path) == undisturbed


def test_lost_metrics_are_said_and_do_not_stop_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _stop_after(tmp_path, 21)
    (tmp_path / "metrics.jsonl").unlink()
    _run(tmp_path)
    assert "has lost the metrics of 21 steps" in capsys.readouterr().err


def test_numbers_that_are_not_finite_stop_the_run_before_they_are_saved(tmp_path: Path) -> None:
    class Exploding(ToyStage):
        def step(self, step: int) -> dict[str, float]:
            return super().step(step) | ({"loss": float("inf")} if step == 10 else {})

    seed_everything(5)
    with pytest.raises(TrainingError, match="loss is inf at step 10"):
        run_stage(Exploding(NUM_STEPS), tmp_path, LoopSettings(checkpoint_every=1), Quiet())
    assert steps_in(tmp_path / "checkpoints")[-1] == 10
    assert not is_done(tmp_path)


def test_a_kill_while_finishing_changes_nothing(tmp_path: Path, undisturbed: dict[str, Any]) -> None:
    class Torn(ToyStage):
        def finish(self, folder: Path) -> None:
            super().finish(folder)
            raise KeyboardInterrupt

    seed_everything(5)
    outcome = run_stage(Torn(NUM_STEPS), tmp_path, LoopSettings(checkpoint_every=7), Quiet())
    assert not outcome.is_done and not is_done(tmp_path)
    _run(tmp_path)
    assert is_done(tmp_path)
    assert _result(tmp_path) == undisturbed


def test_the_end_of_a_stage_is_marked_with_its_last_metrics(tmp_path: Path) -> None:
    _run(tmp_path, num_steps=3)
    done = json.loads((tmp_path / "done.json").read_text())
    assert done["num_steps"] == 3 and done["metrics"]["step"] == 2


def test_another_number_of_threads_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _stop_after(tmp_path, 21)
    torch.set_num_threads(2)
    try:
        seed_everything(5)
        run_stage(ToyStage(NUM_STEPS), tmp_path, LoopSettings(), Quiet())
    finally:
        torch.set_num_threads(1)
    assert "begun with 1 threads, going on with 2" in capsys.readouterr().err


def _stop_after(folder: Path, num_steps: int) -> None:
    """A run of NUM_STEPS that ends after the checkpoint of some step."""

    class Stopped(ToyStage):
        def step(self, step: int) -> dict[str, float]:
            if step == num_steps:
                raise RuntimeError("pulled the plug")
            return super().step(step)

    torch.set_num_threads(1)
    seed_everything(5)
    with pytest.raises(RuntimeError, match="pulled the plug"):
        run_stage(Stopped(NUM_STEPS), folder, LoopSettings(checkpoint_every=7), Quiet())


def test_what_a_stage_made_is_on_the_disk_before_it_is_called_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut could leave a stage that is done and a model that is torn."""
    flushed: list[Path] = []
    monkeypatch.setattr(checkpoints, "flush", flushed.append)
    monkeypatch.setattr(checkpoints, "write_whole", lambda path, text: flushed.append(path))
    _run(tmp_path, num_steps=3)
    end = flushed.index(tmp_path / "done.json")
    assert {tmp_path / "model.safetensors", tmp_path / "metrics.jsonl", tmp_path} <= set(flushed[:end])
