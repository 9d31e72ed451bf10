"""Shards: what is written is read back, and damage is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from thinkling.data.shards import MANIFEST_FILE, Corpus, Manifest, ShardWriter, open_shards
from thinkling.errors import TaskError

ROWS = np.arange(70 * 8, dtype=np.uint16).reshape(70, 8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _write(tmp_path)
    return tmp_path


def _write(folder: Path) -> Manifest:
    writer = ShardWriter(folder, row_length=8, rows_per_shard=32)
    for part in np.array_split(ROWS, 9):
        writer.add(part)
    return writer.finish(Corpus(vocab_size=1000, pad_id=0, num_documents=70, num_tokens=500))


def test_rows_come_back_in_any_order_from_any_shard(folder: Path) -> None:
    shards = open_shards(folder)
    assert (shards.num_rows, shards.row_length) == (70, 8)
    assert [shard.num_rows for shard in shards.manifest.shards] == [32, 32, 6]
    indices = np.random.default_rng(0).permutation(70)
    found = shards.rows(indices)
    assert found.dtype == np.int64 and (found == ROWS[indices]).all()
    assert shards.manifest.num_padding == 60


def test_writing_again_replaces_the_older_corpus(folder: Path) -> None:
    (folder / "rows-00009.npy").write_bytes(b"stale")
    assert _write(folder) == open_shards(folder).manifest
    assert not (folder / "rows-00009.npy").exists()


def _flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.unlink(), "is missing"),
        (_flip_a_byte, "checksum"),
        (lambda path: path.write_bytes(path.read_bytes()[:-16]), "cannot be read"),
        (lambda path: path.write_bytes(b""), "cannot be read"),
        (lambda path: path.write_bytes(b"no numpy"), "cannot be read"),
        (lambda path: np.save(path, ROWS[:32, :7]), "of shape"),
        (lambda path: np.save(path, ROWS[:31]), "of shape"),
        (lambda path: np.save(path, ROWS[:32].astype(np.int64)), "int64"),
    ],
)
def test_a_damaged_shard_is_named(folder: Path, damage: Callable[[Path], None], message: str) -> None:
    damage(folder / "rows-00001.npy")
    with pytest.raises(TaskError, match=f"rows-00001.npy.*{message}") as caught:
        open_shards(folder)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("num_rows", 71),
        ("num_padding", 3),
        ("version", 2),
        ("shards", [{"file": "../rows-00000.npy", "num_rows": 70, "sha256": "0" * 64}]),
        ("surprise", 1),
    ],
)
def test_a_manifest_that_does_not_add_up_is_refused(folder: Path, key: str, value: object) -> None:
    path = folder / MANIFEST_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(TaskError, match=r"manifest\.json is damaged"):
        open_shards(folder)


def test_an_unfinished_or_broken_manifest_is_refused(folder: Path) -> None:
    (folder / MANIFEST_FILE).write_text("{")
    with pytest.raises(TaskError, match="damaged"):
        open_shards(folder)
    ShardWriter(folder, 8, 32).add(ROWS)
    with pytest.raises(TaskError, match="missing"):
        open_shards(folder)
