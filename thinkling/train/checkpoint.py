"""Checkpoints without pickle: tensors in safetensors, the rest in JSON, and a manifest that seals both.

    checkpoints/step_00000150/
      tensors.safetensors    stage/<name> and rng/<name>
      state.json             the step to go on with, the stage's state, Python's and numpy's random state
      manifest.json          size and SHA-256 of the other two

A checkpoint is written beside its place, flushed to the disk, and renamed into it: at every moment the folder
holds whole checkpoints, whatever was killed. What the disk damages later, the manifest notices.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from thinkling.errors import CheckpointError
from thinkling.train import randomness
from thinkling.train.stage import State

TENSORS = "tensors.safetensors"
STATE = "state.json"
MANIFEST = "manifest.json"
PREFIX = "step_"
PARTIAL = ".partial_"
OLD = ".old_"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a run needs to go on: `step` is the next step to run."""

    step: int
    tensors: Mapping[str, Tensor]
    state: State
    random: randomness.RandomState


# ---------------------------------------------------------------- writing


def save(folder: Path, checkpoint: Checkpoint, keep: int) -> Path:
    """Writes a checkpoint and drops all but the last `keep`; returns its folder.

    Checkpoints of later steps can only be damaged ones that the run went back behind; they are dropped too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    final = folder / f"{PREFIX}{checkpoint.step:08d}"
    partial = folder / f"{PARTIAL}{final.name}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    named = {f"stage/{name}": one.detach() for name, one in checkpoint.tensors.items()}
    named |= {f"rng/{name}": one for name, one in checkpoint.random.tensors.items()}
    save_file(_separate(named), partial / TENSORS)
    state = {"step": checkpoint.step, "stage": checkpoint.state, "random": checkpoint.random.numbers}
    (partial / STATE).write_text(json.dumps(state), encoding="utf-8")
    manifest = {"step": checkpoint.step, "files": {name: _seal(partial / name) for name in (TENSORS, STATE)}}
    (partial / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    for name in (TENSORS, STATE, MANIFEST):
        flush(partial / name)
    flush(partial)
    if final.exists():
        drop(final)
    partial.rename(final)
    flush(folder)
    steps = steps_in(folder)
    kept = [step for step in steps if step <= checkpoint.step][-keep:]
    for step in steps:
        if step not in kept:
            drop(folder / f"{PREFIX}{step:08d}")
    return final


def _separate(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Contiguous tensors that share no memory: safetensors asks for both."""
    seen: set[int] = set()
    separate: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        one = tensor.contiguous()
        storage = one.untyped_storage()
        is_whole = storage.nbytes() == one.numel() * one.element_size()
        if storage.data_ptr() in seen or not is_whole:
            one = one.clone()
        seen.add(storage.data_ptr())
        separate[name] = one
    return separate


def _seal(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def flush(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_files(folder: Path) -> None:
    """Waits until everything below a folder is on the disk."""
    for place, _, names in os.walk(folder):
        for name in names:
            flush(Path(place) / name)
        flush(Path(place))


def write_whole(path: Path, text: str) -> None:
    """Writes a text file so that a kill leaves the old one or the new one, never half of it."""
    partial = path.with_name(f"{PARTIAL}{path.name}")
    partial.write_text(text, encoding="utf-8")
    flush(partial)
    partial.rename(path)
    flush(path.parent)


def drop(folder: Path) -> None:
    """Renames before removing: a folder half removed must not look like a damaged one."""
    old = folder.with_name(f"{OLD}{folder.name}")
    shutil.rmtree(old, ignore_errors=True)
    folder.rename(old)
    shutil.rmtree(old)


# ---------------------------------------------------------------- reading


def steps_in(folder: Path) -> list[int]:
    """The steps of all checkpoints in a folder, in order, whole or damaged."""
    if not folder.is_dir():
        return []
    names = [path.name.removeprefix(PREFIX) for path in folder.iterdir() if path.name.startswith(PREFIX)]
    return sorted(int(name) for name in names if name.isdecimal())


def clean(folder: Path) -> None:
    """Removes what killed writers left half done."""
    if folder.is_dir():
        for path in folder.iterdir():
            if path.name.startswith((PARTIAL, OLD)):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def newest(folder: Path, warn: Callable[[str], None]) -> Checkpoint | None:
    """The newest whole checkpoint; None where there is none at all.

    A damaged one is passed over with a warning. Raises CheckpointError where all of them are damaged.
    """
    problems: list[CheckpointError] = []
    for step in reversed(steps_in(folder)):
        try:
            found = read(folder / f"{PREFIX}{step:08d}")
        except CheckpointError as error:
            problems.append(error)
            continue
        for problem in problems:
            warn(f"{problem.message} Going on from step {found.step} instead.")
        return found
    if problems:
        raise CheckpointError(
            f"{problems[0].message} No other checkpoint in {folder} is whole.",
            f"restore the file, or remove {folder} to begin this stage again",
        )
    return None


def read(folder: Path) -> Checkpoint:
    """Reads one checkpoint. Raises CheckpointError, naming the file, where it is damaged."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        files = {name: dict(manifest["files"][name]) for name in (TENSORS, STATE)}
    except FileNotFoundError:
        raise _damaged(folder / MANIFEST, "is missing") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise _damaged(folder / MANIFEST, "cannot be read") from None
    for name, expected in files.items():
        _check_seal(folder / name, expected)
    try:
        state = json.loads((folder / STATE).read_bytes())
        tensors = load_file(folder / TENSORS)
        random_state = randomness.RandomState(below("rng/", tensors), state["random"])
        return Checkpoint(state["step"], below("stage/", tensors), state["stage"], random_state)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError):
        raise _damaged(folder / STATE, "cannot be understood") from None


def below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors whose names begin with `prefix`, under the rest of their names."""
    return {name.removeprefix(prefix): one for name, one in tensors.items() if name.startswith(prefix)}


def _check_seal(path: Path, expected: Mapping[str, Any]) -> None:
    if not path.is_file():
        raise _damaged(path, "is missing")
    found = path.stat().st_size
    if found != expected.get("bytes"):
        raise _damaged(path, f"holds {found} bytes instead of {expected.get('bytes')}")
    if _seal(path) != expected:
        raise _damaged(path, "is not what was written (its SHA-256 differs)")


def _damaged(path: Path, what: str) -> CheckpointError:
    return CheckpointError(f"the checkpoint file {path} {what}.", "go on from an older checkpoint")
