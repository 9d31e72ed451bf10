"""The tensors of a model folder, before anything is known of the model: shards, shapes, block-scaled FP8.

DeepSeek-V3 and R1 are released in FP8 (E4M3). Beside such a weight [R, C] stands `<name>_scale_inv`, one
number for every block of 128 x 128 (the last ones may be partial), and the weight is their PRODUCT,
whatever the name says (DeepSeek-V3, `inference/fp8_cast_bf16.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from thinkling.errors import WeightsError
from thinkling.weights.shards import shard_paths

READABLE = ("F32", "BF16", "F16", "F64")
FP8 = "F8_E4M3"
SCALE_SUFFIX = "_scale_inv"
ROW_BLOCK = 2**22
"""About so many numbers of a matrix are read at once where it is read in parts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a tensor is stored, and as what."""

    path: Path
    shape: tuple[int, ...]
    kind: str


class StoredTensors:
    """Every tensor of a folder by name. Files are mapped and not read; build it with `stored_tensors`."""

    def __init__(self, files: dict[Path, Any], block: tuple[int, int] | None) -> None:
        self._files = files
        self._block = block
        self.entries: dict[str, Entry] = {}
        for path, file in files.items():
            for name in file.keys():  # noqa: SIM118 (safe_open is not a mapping)
                if name in self.entries:
                    raise WeightsError(f"{path} holds '{name}' a second time.", "save the model again")
                stored = file.get_slice(name)
                self.entries[name] = Entry(path, tuple(stored.get_shape()), stored.get_dtype())

    def scale_of(self, name: str) -> str | None:
        """The name of the scales that belong to an FP8 tensor; None where it is no FP8 tensor."""
        return name + SCALE_SUFFIX if self.entries[name].kind == FP8 else None

    def check(self, name: str) -> None:
        """Raises WeightsError unless `name` can be read: a float, or FP8 with scales of the right shape."""
        entry = self.entries[name]
        what = f"'{name}' in {entry.path}"
        scale = self.scale_of(name)
        if scale is None:
            if entry.kind not in READABLE:
                readable = ", ".join(READABLE)
                raise WeightsError(f"{what} is stored as {entry.kind}.", f"convert it to one of {readable}")
            return
        if self._block is None:
            raise WeightsError(
                f"{what} is stored as {FP8}, and config.json does not say how it is scaled.",
                "restore quantization_config with its weight_block_size",
            )
        if scale not in self.entries:
            raise WeightsError(f"{what} is stored as {FP8} without '{scale}'.", "complete the folder")
        if len(entry.shape) != 2:
            raise WeightsError(f"{what} is stored as {FP8} and no matrix.", "download the file again")
        rows, columns = (-(-size // step) for size, step in zip(entry.shape, self._block, strict=True))
        found = self.entries[scale]
        if found.shape != (rows, columns):
            raise WeightsError(
                f"'{scale}' in {found.path} has shape {list(found.shape)}, and the weight needs "
                f"{[rows, columns]}.",
                "check that weight_block_size in config.json belongs to these weights",
            )
        if found.kind not in READABLE:
            raise WeightsError(f"'{scale}' in {found.path} is stored as {found.kind}.", "use F32 scales")

    def row_blocks(self, name: str) -> Iterator[Tensor]:
        """A matrix in fp32, some rows after the others. Raises WeightsError where a number is not finite."""
        entry, scale = self.entries[name], self.scale_of(name)
        block_rows, block_columns = self._block or (1, 1)
        step = max(1, ROW_BLOCK // (entry.shape[1] * block_rows)) * block_rows
        with _clear_errors(entry.path):
            source = self._files[entry.path].get_slice(name)
            scales = None if scale is None else self._files[self.entries[scale].path].get_tensor(scale)
            for start in range(0, entry.shape[0], step):
                part = source[start : start + step].float()
                if scales is not None:
                    some = scales[start // block_rows : (start + len(part) - 1) // block_rows + 1].float()
                    part *= _spread(some, block_rows, block_columns, part.shape)
                self._refuse_infinite(name, part)
                yield part

    def copy(self, name: str, target: Tensor) -> None:
        """Read `name` into `target` of its shape. Raises WeightsError for a number that is not finite."""
        with _clear_errors(self.entries[name].path):
            source = self._files[self.entries[name].path].get_tensor(name)
            scale = self.scale_of(name)
            if scale is None:
                target.copy_(source)
            else:
                assert self._block is not None
                scales = self._files[self.entries[scale].path].get_tensor(scale)
                copy_scaled(source, scales, self._block, target)
        self._refuse_infinite(name, target)

    def _refuse_infinite(self, name: str, found: Tensor) -> None:
        low, high = found.aminmax() if found.numel() else (found.sum(), found.sum())
        if not (low.isfinite() and high.isfinite()):
            raise WeightsError(
                f"'{name}' in {self.entries[name].path} holds NaN or infinity.", "download the file again"
            )


def copy_scaled(source: Tensor, scales: Tensor, block: tuple[int, int], target: Tensor) -> None:
    """FP8 `source` [R, C] times its block scales, into `target`, one row of blocks after the other."""
    rows, columns = block
    for number, start in enumerate(range(0, len(source), rows)):
        part = source[start : start + rows].float()
        part *= scales[number].float().repeat_interleave(columns)[: source.shape[1]]
        target[start : start + rows].copy_(part)


def _spread(scales: Tensor, rows: int, columns: int, shape: torch.Size) -> Tensor:
    """One scale for every number of `shape`."""
    return scales.repeat_interleave(rows, 0)[: shape[0]].repeat_interleave(columns, 1)[:, : shape[1]]


@contextmanager
def stored_tensors(folder: Path, block: tuple[int, int] | None = None) -> Iterator[StoredTensors]:
    """The tensors of a folder, its files mapped until the end. `block` is the block of FP8 scales.

    Raises WeightsError for a missing or damaged file, and for a tensor that is stored twice.
    """
    with ExitStack() as stack:
        files = {}
        for path in shard_paths(folder):
            with _clear_errors(path):
                files[path] = stack.enter_context(safe_open(path, framework="pt"))
        yield StoredTensors(files, block)


@contextmanager
def _clear_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (SafetensorError, OSError) as error:
        raise WeightsError(
            f"{path} is damaged or incomplete ({error}).", "download or save this file again"
        ) from None
