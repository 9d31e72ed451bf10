"""Runs a recipe: its stages in order, each in its own folder, from wherever an earlier start was stopped.

check the folder against the recipe -> per stage: seed, build, `loop.run_stage`, report -> summary.json
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from thinkling.config import read_toml, suggestion
from thinkling.errors import ConfigError, TrainingError
from thinkling.kernels.library import build as build_kernels
from thinkling.train import checkpoint as checkpoints
from thinkling.train.checkpoint import write_whole
from thinkling.train.display import Display
from thinkling.train.loop import is_done, run_stage
from thinkling.train.metrics import MetricsFile
from thinkling.train.randomness import seed_everything
from thinkling.train.recipe import Recipe, RecipeStage, stages_of_run
from thinkling.train.rollout_log import read_measurements
from thinkling.train.stage import DONE_FILE, METRICS_FILE, RECIPE_FILE, REPORT_FILE, WARNINGS_FILE, RunContext
from thinkling.weights.allocator import keep_freed_memory

SUMMARY_FILE = "summary.json"
LOCK_FILE = ".lock"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a recipe is run: nothing here belongs to what is learned."""

    stop_after: str | None = None
    """Name or kind of the last stage to run."""
    is_restarted: bool = False
    """Whether to throw away what the run's folder holds."""
    device: str = "auto"
    """cpu, cuda, or auto for cuda where there is one."""
    num_threads: int | None = None
    """Processor threads; None leaves the choice to torch."""


def run_recipe(recipe: Recipe, run: Path, options: RunOptions, display: Display) -> dict[str, Any]:
    """Runs what is left of a recipe in the folder `run`; returns the summary that it also writes there.

    `is_stopped` in the summary says that a signal stopped the run. Raises ConfigError where the folder holds
    another recipe's run, TrainingError where another process is at it.
    """
    stages = _until(recipe, options.stop_after)
    device = _device(options.device)
    if options.num_threads is not None:
        torch.set_num_threads(options.num_threads)
    keep_freed_memory()
    if device == "cpu":
        build_kernels()
    run.mkdir(parents=True, exist_ok=True)
    with _locked(run):
        checkpoints.clean(run)
        if options.is_restarted:
            _remove_run(run)
        _write_recipe(recipe, run)
        is_stopped = False
        for stage in stages:
            if is_done(run / stage.name):
                display.note(f"{stage.name}: done already")
                continue
            context = context_of(recipe, stage, run, device)
            seed_everything(context.seed)
            built = stage.kind.build(stage.settings, context)
            # Building may draw numbers or not (a cache may be warm): the first step must not depend on it.
            seed_everything(context.seed)
            is_stopped = not run_stage(built, context.folder, stage.settings.loop, display).is_done
            _write_report(run)
            if is_stopped:
                break
        return _write_summary(recipe, run, is_stopped)


def _until(recipe: Recipe, stop_after: str | None) -> tuple[RecipeStage, ...]:
    """The stages up to and with the one named. Raises ConfigError where there is none."""
    if stop_after is None:
        return recipe.stages
    numbers = [n for n, one in enumerate(recipe.stages) if stop_after in (one.name, one.header.stage)]
    if not numbers:
        names = [name for one in recipe.stages for name in (one.name, one.header.stage)]
        raise ConfigError(f"--stop-after {stop_after!r}: no such stage.", suggestion(stop_after, names))
    return recipe.stages[: numbers[-1] + 1]


def _device(asked: str) -> str:
    if asked == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if asked == "cuda" and not torch.cuda.is_available():
        raise ConfigError("--device cuda: torch finds no such device.", "use --device cpu")
    return asked


@contextlib.contextmanager
def _locked(run: Path) -> Iterator[None]:
    """Two processes must not write one run. The lock goes with the process, however that ends."""
    with (run / LOCK_FILE).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"another process is training in {run}."
            raise TrainingError(message, "wait for it, or choose another folder with --out") from None
        yield


def context_of(recipe: Recipe, stage: RecipeStage, run: Path, device: str) -> RunContext:
    """Where a stage of a recipe stands in the run, with a seed of its own."""
    earlier: dict[str, Path] = {}
    for one in recipe.stages[: recipe.stages.index(stage)]:
        earlier.pop(
            one.header.stage, None
        )  # the latest of a name stands where it is, and not where the first did
        earlier[one.header.stage] = run / one.name
    # Two stages of one recipe share a seed in their files and must not share their random numbers.
    digest = hashlib.sha256(f"{stage.header.seed} {stage.name}".encode()).digest()
    seed = int.from_bytes(digest[:4], "big") >> 1
    return RunContext(run=run, folder=run / stage.name, earlier=earlier, seed=seed, device=device)


# ---------------------------------------------------------------- the folder


def _remove_run(run: Path) -> None:
    """Removes what runs wrote here, and nothing else: the last stage first.

    Whoever is killed at it leaves whole stages, and none of them without those that it was made from.
    """
    for file in reversed(stages_of_run(run).values()):
        checkpoints.drop(file.parent)
    for name in (SUMMARY_FILE, REPORT_FILE):
        (run / name).unlink(missing_ok=True)


def _write_recipe(recipe: Recipe, run: Path) -> None:
    """Writes the resolved files. Raises ConfigError where the folder was begun with other ones."""
    names = [stage.name for stage in recipe.stages]
    begun = stages_of_run(run)
    strange = [name for name in begun if name not in names]
    if strange:
        raise _begun_otherwise(run, f"has a stage {strange[0]!r}, which this recipe has not")
    for stage in recipe.stages:
        # What no step was made with may still change: mending the third stage must not cost the second.
        if stage.name in begun and (run / stage.name / METRICS_FILE).exists():
            _refuse_difference(run, stage, read_toml(begun[stage.name]))
    for stage in recipe.stages:
        (run / stage.name).mkdir(exist_ok=True)
        path, text = run / stage.name / RECIPE_FILE, stage.resolved()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_whole(path, text)


def _refuse_difference(run: Path, stage: RecipeStage, begun: Mapping[str, Any]) -> None:
    """How often a run is saved may change under way; everything else shapes the result."""
    old, new = _flat(_resolved(stage, begun)), _flat(tomllib.loads(stage.resolved()))
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key) and not key.startswith("loop."):
            change = f"{key} = {old.get(key)!r} and not {new.get(key)!r}"
            raise _begun_otherwise(run, f"was begun with {stage.name}: {change}")


def _resolved(stage: RecipeStage, begun: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an earlier version of the program wrote, with the settings that have been added since."""
    try:
        return tomllib.loads(stage.with_table(begun).resolved())
    except ConfigError:  # a setting that there is no more: then the run was begun otherwise
        return begun


def _begun_otherwise(run: Path, how: str) -> ConfigError:
    return ConfigError(f"the run in {run} {how}.", "choose another folder with --out, or add --force-restart")


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in table.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return flat


def _write_report(run: Path) -> None:
    # Here and not above: matplotlib takes a second to load, and a run needs it first when a stage ends.
    from thinkling.train.report import write_report

    write_report(run)


def _write_summary(recipe: Recipe, run: Path, is_stopped: bool) -> dict[str, Any]:
    stages = [_summary_of(stage, run / stage.name) for stage in recipe.stages]
    summary = {
        "recipe": recipe.name,
        "run": str(run),
        "report": str(run / REPORT_FILE),
        "is_done": all(stage["is_done"] for stage in stages),
        "is_stopped": is_stopped,
        "stages": stages,
    }
    write_whole(run / SUMMARY_FILE, json.dumps(summary, indent=1, ensure_ascii=False) + "\n")
    return summary


def _summary_of(stage: RecipeStage, folder: Path) -> dict[str, Any]:
    lines = MetricsFile(folder / METRICS_FILE).lines()
    done = json.loads((folder / DONE_FILE).read_bytes()) if is_done(folder) else {}
    return {
        "name": stage.name,
        "stage": stage.header.stage,
        "is_done": is_done(folder),
        "num_steps": len(lines),
        "elapsed_s": done.get("elapsed_s", lines[-1]["elapsed_s"] if lines else 0.0),
        "metrics": lines[-1] if lines else {},
        "warnings": MetricsFile(folder / WARNINGS_FILE).lines(),
        "measurements": [one.model_dump(exclude_none=True) for one in read_measurements(folder)],
    }
