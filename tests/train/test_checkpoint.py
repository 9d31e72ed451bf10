"""Checkpoints: what is put back, what damage is noticed, and what is kept on the disk."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from thinkling.errors import CheckpointError
from thinkling.train import checkpoint as checkpoints
from thinkling.train import randomness
from thinkling.train.checkpoint import MANIFEST, STATE, TENSORS, Checkpoint

NAMES = (TENSORS, STATE, MANIFEST)


def _save(folder: Path, step: int, keep: int = 2, tensors: dict[str, Tensor] | None = None) -> Path:
    found = {"weight": torch.full((3, 2), float(step))} if tensors is None else tensors
    now = Checkpoint(step, found, {"seen": step}, randomness.capture())
    return checkpoints.save(folder, now, keep)


def _newest(folder: Path) -> tuple[int, list[str]]:
    warnings: list[str] = []
    found = checkpoints.newest(folder, warnings.append)
    assert found is not None
    assert found.state == {"seen": found.step}
    assert torch.equal(found.tensors["weight"], torch.full((3, 2), float(found.step)))
    return found.step, warnings


def test_the_newest_comes_back_and_older_ones_are_dropped(tmp_path: Path) -> None:
    for step in (10, 20, 30, 40):
        _save(tmp_path, step, keep=2)
    assert checkpoints.steps_in(tmp_path) == [30, 40]
    assert _newest(tmp_path) == (40, [])


def test_an_empty_or_missing_folder_has_no_checkpoint(tmp_path: Path) -> None:
    assert checkpoints.newest(tmp_path, print) is None
    assert checkpoints.newest(tmp_path / "nowhere", print) is None


def test_every_generator_goes_on_where_it_was(tmp_path: Path) -> None:
    randomness.seed_everything(3)
    torch.randn(5), random.gauss(0, 1), np.random.standard_normal()
    _save(tmp_path, 1)
    expected = [torch.randn(3).tolist(), random.gauss(0, 1), float(np.random.standard_normal())]
    randomness.seed_everything(4)
    found = checkpoints.newest(tmp_path, print)
    assert found is not None
    randomness.restore(found.random)
    assert [torch.randn(3).tolist(), random.gauss(0, 1), float(np.random.standard_normal())] == expected


def test_tensors_that_share_memory_or_lie_across_it_come_back_equal(tmp_path: Path) -> None:
    big = torch.arange(24.0).view(4, 6)
    tensors = {"big": big, "tied": big, "row": big[1], "columns": big[:, 1:3], "turned": big.T}
    tensors |= {"none": torch.zeros(0, 3), "one": torch.tensor(7), "half": big.bfloat16()}
    found = checkpoints.read(_save(tmp_path, 1, tensors=tensors))
    assert found.tensors.keys() == tensors.keys()
    for name, one in tensors.items():
        assert found.tensors[name].dtype == one.dtype and torch.equal(found.tensors[name], one)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", ["truncated", "missing", "flipped", "emptied"])
def test_a_damaged_newest_checkpoint_is_passed_over_with_a_warning(
    tmp_path: Path, name: str, damage: str
) -> None:
    _save(tmp_path, 10)
    _damage(_save(tmp_path, 20) / name, damage)
    step, warnings = _newest(tmp_path)
    assert step == 10
    assert len(warnings) == 1 and "step_00000020" in warnings[0] and "step 10" in warnings[0]
    # A flipped digit of the manifest blames the file that it is about.
    assert name in warnings[0] or (name, damage) == (MANIFEST, "flipped")


@pytest.mark.parametrize("name", NAMES)
def test_only_damaged_checkpoints_are_an_error_that_names_the_file(tmp_path: Path, name: str) -> None:
    path = _save(tmp_path, 10) / name
    _damage(path, "truncated")
    with pytest.raises(CheckpointError) as caught:
        checkpoints.newest(tmp_path, print)
    assert str(path) in caught.value.message
    assert "remove" in caught.value.hint


def test_no_flipped_bit_of_the_tensors_goes_unnoticed(tmp_path: Path) -> None:
    path = _save(tmp_path, 10) / TENSORS
    whole = path.read_bytes()
    for position in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        with pytest.raises(CheckpointError):
            checkpoints.read(path.parent)
    path.write_bytes(whole)
    assert checkpoints.read(path.parent).step == 10


def test_a_run_that_went_back_behind_damaged_checkpoints_replaces_them(tmp_path: Path) -> None:
    _save(tmp_path, 10, keep=1)
    _damage(_save(tmp_path, 30, keep=2) / TENSORS, "truncated")
    _save(tmp_path, 20, keep=1)
    assert checkpoints.steps_in(tmp_path) == [20]
    _damage(tmp_path / "step_00000020" / TENSORS, "flipped")
    _save(tmp_path, 20, keep=1)
    assert _newest(tmp_path) == (20, [])


def test_what_a_kill_leaves_half_done_is_neither_read_nor_kept(tmp_path: Path) -> None:
    whole = _save(tmp_path, 10)
    shutil.copytree(whole, tmp_path / f"{checkpoints.PARTIAL}step_00000020")
    shutil.copytree(whole, tmp_path / f"{checkpoints.OLD}step_00000005")
    assert _newest(tmp_path) == (10, [])
    checkpoints.clean(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [whole.name]


def test_a_text_file_written_whole_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "done.json"
    checkpoints.write_whole(path, "old")
    checkpoints.write_whole(path, "new")
    assert path.read_text() == "new"
    assert [one.name for one in tmp_path.iterdir()] == ["done.json"]


def _damage(path: Path, kind: str) -> None:
    content = path.read_bytes()
    if kind == "missing":
        path.unlink()
    elif kind == "emptied":
        path.write_bytes(b"")
    elif kind == "truncated":
        path.write_bytes(content[: len(content) // 2])
    else:
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 0x10]) + content[middle + 1 :])
