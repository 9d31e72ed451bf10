"""The one loop of every stage: steps, metrics, checkpoints, and an orderly stop.

    newest whole checkpoint -> step -> metrics.jsonl -> checkpoint -> ... -> finish -> done.json

A run killed at any moment and started again ends bit for bit where an undisturbed run ends: everything a step
reads is in the checkpoint, and `metrics.jsonl` is cut back to it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import torch

from thinkling.train import checkpoint as checkpoints
from thinkling.train import randomness
from thinkling.train.checkpoint import Checkpoint
from thinkling.train.display import Display
from thinkling.train.metrics import MetricsFile, refuse_non_finite
from thinkling.train.stage import CHECKPOINTS, DONE_FILE, METRICS_FILE, WARNINGS_FILE, LoopSettings, Stage


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a stage came: `is_done` False means that it was asked to stop and can go on."""

    is_done: bool
    num_steps: int


def is_done(folder: Path) -> bool:
    """Whether the stage of this folder has run to its end."""
    return (folder / DONE_FILE).exists()


def run_stage(stage: Stage, folder: Path, settings: LoopSettings, display: Display) -> Outcome:
    """Runs a stage to its end, or until SIGINT or SIGTERM asks it to stop after a step.

    Raises CheckpointError where every checkpoint is damaged, TrainingError where a number is not finite.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress = _resume(stage, folder, display)
    display.start(folder.name, stage.num_steps, progress.step)
    try:
        with StopRequest() as stop:
            for step in range(progress.step, stage.num_steps):
                _run_step(stage, step, progress, display)
                is_last = step + 1 == stage.num_steps
                if is_last or stop.is_asked or (step + 1) % settings.checkpoint_every == 0:
                    _save(stage, progress, settings.keep)
                if stop.is_asked:
                    return Outcome(False, step + 1)
        return _finish(stage, progress)
    finally:
        display.stop()


@dataclass(slots=True)
class _Progress:
    """Where the run stands: the next step, and the seconds of training so far."""

    folder: Path
    metrics: MetricsFile
    warnings: MetricsFile
    step: int = 0
    elapsed_s: float = 0.0


def _resume(stage: Stage, folder: Path, display: Display) -> _Progress:
    """Puts the newest whole checkpoint back, if there is one, and cuts `metrics.jsonl` to it."""
    checkpoints.clean(folder / CHECKPOINTS)
    progress = _Progress(folder, MetricsFile(folder / METRICS_FILE), MetricsFile(folder / WARNINGS_FILE))
    found = checkpoints.newest(folder / CHECKPOINTS, display.note)
    if found is not None:
        stage.restore(found.tensors, found.state["stage"])
        randomness.restore(found.random)
        progress.step = found.step
        progress.elapsed_s = found.state["elapsed_s"]
        num_threads = found.state["num_threads"]
        if num_threads != torch.get_num_threads():
            display.note(
                f"{folder.name}: begun with {num_threads} threads, going on with {torch.get_num_threads()}; "
                "the last bits of the result can differ."
            )
    progress.warnings.cut(progress.step)
    num_lines = progress.metrics.cut(progress.step)
    if num_lines < progress.step:
        display.note(f"{progress.metrics.path} has lost the metrics of {progress.step - num_lines} steps.")
    return progress


def _run_step(stage: Stage, step: int, progress: _Progress, display: Display) -> None:
    began = time.perf_counter()
    metrics = dict(stage.step(step))
    warnings = stage.warnings(metrics)
    step_s = time.perf_counter() - began
    refuse_non_finite(step, metrics)
    progress.step = step + 1
    progress.elapsed_s += step_s
    metrics |= {"step_s": round(step_s, 4), "elapsed_s": round(progress.elapsed_s, 3)}
    progress.metrics.append(step, metrics)
    display.update(step, metrics)
    for warning in warnings:
        progress.warnings.append(step, {"text": warning})
        display.note(f"{progress.folder.name}, step {step + 1}: {warning}")


def _save(stage: Stage, progress: _Progress, keep: int) -> None:
    # The metrics go to the disk first: a checkpoint must not know more steps than they do.
    progress.metrics.flush()
    progress.warnings.flush()
    state = {
        "stage": stage.state(),
        "elapsed_s": progress.elapsed_s,
        "num_threads": torch.get_num_threads(),
    }
    now = Checkpoint(progress.step, stage.tensors(), state, randomness.capture())
    checkpoints.save(progress.folder / CHECKPOINTS, now, keep)


def _finish(stage: Stage, progress: _Progress) -> Outcome:
    """Lets the stage write its result and marks it as done; a checkpoint of the last step exists by now."""
    try:
        stage.finish(progress.folder)
    except KeyboardInterrupt:
        return Outcome(False, progress.step)
    # What it vouches for is on the disk before `done.json` is.
    checkpoints.flush_files(progress.folder)
    lines = progress.metrics.lines()
    done: dict[str, Any] = {
        "stage": stage.name,
        "num_steps": stage.num_steps,
        "elapsed_s": round(progress.elapsed_s, 3),
        "metrics": lines[-1] if lines else {},
    }
    checkpoints.write_whole(progress.folder / DONE_FILE, json.dumps(done, indent=1) + "\n")
    return Outcome(True, stage.num_steps)


class StopRequest:
    """While entered, the first SIGINT or SIGTERM only sets `is_asked`; a second ends the process at once.

    Outside the main thread, where Python delivers no signals, it changes nothing.
    """

    SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.is_asked = False
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> StopRequest:
        if threading.current_thread() is threading.main_thread():
            self._previous = {number: signal.signal(number, self._note) for number in self.SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, previous in self._previous.items():
            signal.signal(number, previous)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.is_asked = True
        for one in self.SIGNALS:
            signal.signal(one, signal.SIG_DFL)
        # A second signal kills without a word, so the hidden cursor of the live display is shown again now.
        cursor = "\x1b[?25h" if sys.stderr.isatty() else ""
        os.write(2, f"{cursor}\nStopping after this step; once more leaves at once.\n".encode())
