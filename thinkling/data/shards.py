"""Packed rows on disk: NumPy files that can be mapped into memory, and a manifest that vouches for them.

    folder/  manifest.json  rows-00000.npy  rows-00001.npy ...     (uint16, rows x row_length)

The manifest is written last: a folder without one is a folder whose writing did not finish.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError, model_validator

from thinkling.config import Record
from thinkling.errors import TaskError

MANIFEST_FILE = "manifest.json"
MAX_VOCABULARY = 2**16
"""Ids are stored in two bytes."""

Count = Annotated[int, Field(ge=0)]


class Shard(Record):
    """One file of rows."""

    file: str = Field(pattern=r"^[\w-]+\.npy$")
    """Its name in the folder."""
    num_rows: Count
    """Rows in it."""
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """Checksum of the whole file."""


class Corpus(Record):
    """What the rows hold, as the one who wrote them says."""

    vocab_size: int = Field(ge=1, le=MAX_VOCABULARY)
    """Ids are below it."""
    pad_id: Count
    """Fills the rest of a row; never a target."""
    num_documents: Count
    """Whole documents."""
    num_tokens: Count
    """Tokens of all documents, padding not counted."""
    num_left_out: Count = 0
    """Documents that were longer than a row."""
    documents_of: dict[str, Count] = Field(default_factory=dict)
    """Documents by kind."""
    recipe: dict[str, Any] = Field(default_factory=dict)
    """How the corpus was made."""


class Manifest(Record):
    """The content of `manifest.json`."""

    version: Literal[1] = 1
    """Of this layout."""
    row_length: int = Field(ge=1)
    """Tokens in a row."""
    num_rows: Count
    """Rows of all shards."""
    num_padding: Count
    """Padding tokens in them."""
    corpus: Corpus
    """What the rows hold."""
    shards: tuple[Shard, ...]
    """The files, in order."""

    @model_validator(mode="after")
    def _counts_agree(self) -> Manifest:
        if sum(shard.num_rows for shard in self.shards) != self.num_rows:
            raise ValueError("num_rows is not the sum of the shards' rows")
        if self.num_rows * self.row_length != self.corpus.num_tokens + self.num_padding:
            raise ValueError("num_tokens and num_padding do not fill the rows")
        return self


class ShardWriter:
    """Collects rows into files of `rows_per_shard`; `finish` writes the manifest. Clears an older corpus."""

    def __init__(self, folder: Path, row_length: int, rows_per_shard: int) -> None:
        self._folder = Path(folder)
        self._row_length = row_length
        self._rows_per_shard = rows_per_shard
        self._waiting: list[NDArray[np.uint16]] = []
        self._num_waiting = 0
        self._shards: list[Shard] = []
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / MANIFEST_FILE).unlink(missing_ok=True)
        for stale in self._folder.glob("rows-*.npy"):
            stale.unlink()

    def add(self, rows: NDArray[np.uint16]) -> None:
        """Append rows, in order."""
        assert rows.dtype == np.uint16 and rows.shape[1] == self._row_length, (rows.dtype, rows.shape)
        self._waiting.append(rows)
        self._num_waiting += len(rows)
        while self._num_waiting >= self._rows_per_shard:
            self._write(self._rows_per_shard)

    def finish(self, corpus: Corpus) -> Manifest:
        """Write what is left and the manifest, atomically and last."""
        if self._num_waiting:
            self._write(self._num_waiting)
        num_rows = sum(shard.num_rows for shard in self._shards)
        manifest = Manifest(
            row_length=self._row_length,
            num_rows=num_rows,
            num_padding=num_rows * self._row_length - corpus.num_tokens,
            corpus=corpus,
            shards=tuple(self._shards),
        )
        draft = self._folder / f"{MANIFEST_FILE}.draft"
        draft.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        os.replace(draft, self._folder / MANIFEST_FILE)
        return manifest

    def _write(self, num_rows: int) -> None:
        rows = np.concatenate(self._waiting)
        self._waiting = [rows[num_rows:]]
        self._num_waiting = len(rows) - num_rows
        path = self._folder / f"rows-{len(self._shards):05d}.npy"
        np.save(path, rows[:num_rows], allow_pickle=False)
        self._shards.append(Shard(file=path.name, num_rows=num_rows, sha256=_checksum(path)))


class Shards:
    """The rows of a corpus, mapped into memory. Made by `open_shards`."""

    def __init__(self, manifest: Manifest, files: list[NDArray[np.uint16]]) -> None:
        self.manifest = manifest
        self.row_length = manifest.row_length
        self.num_rows = manifest.num_rows
        self._files = files
        self._ends = np.cumsum([len(file) for file in files])

    def rows(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of these numbers (from 0), in this order, as int64 [len(indices), row_length]."""
        found = np.empty((len(indices), self.row_length), dtype=np.int64)
        numbers = np.searchsorted(self._ends, indices, side="right")
        for place, (index, number) in enumerate(zip(indices.tolist(), numbers.tolist(), strict=True)):
            start = int(self._ends[number - 1]) if number else 0
            found[place] = self._files[number][index - start]
        return found


def open_shards(folder: Path, is_verified: bool = True) -> Shards:
    """Open a corpus; `is_verified` also compares every file's checksum (a second for a gigabyte or so).

    Raises TaskError that names the file: no or a damaged manifest, a missing shard, a wrong size, a wrong
    checksum.
    """
    manifest = _read_manifest(Path(folder) / MANIFEST_FILE)
    files = [
        _open(Path(folder) / shard.file, shard, manifest.row_length, is_verified) for shard in manifest.shards
    ]
    return Shards(manifest, files)


def _read_manifest(path: Path) -> Manifest:
    try:
        manifest = Manifest.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise TaskError(
            f"{path} is missing.", "write the corpus again: it is unfinished or elsewhere"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise TaskError(f"{path} is damaged: {reason}.", "write the corpus again") from error
    if not manifest.num_rows:
        raise TaskError(f"{path} names no rows.", "write the corpus again, with more tokens")
    return manifest


def _open(path: Path, shard: Shard, row_length: int, is_verified: bool) -> NDArray[np.uint16]:
    hint = "write the corpus again, or copy the file again"
    if not path.is_file():
        raise TaskError(f"{path} is missing.", hint)
    try:
        rows: NDArray[np.uint16] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise TaskError(f"{path} cannot be read: {error}.", hint) from error
    if rows.dtype != np.uint16 or rows.shape != (shard.num_rows, row_length):
        raise TaskError(
            f"{path} holds {rows.dtype} of shape {rows.shape}, not uint16 of {(shard.num_rows, row_length)}.",
            hint,
        )
    if is_verified and _checksum(path) != shard.sha256:
        raise TaskError(f"{path} does not have the checksum that the manifest names.", hint)
    return rows


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
