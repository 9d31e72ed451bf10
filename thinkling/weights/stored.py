"""The tensors of a model folder, before anything is known of the model: shards, shapes, quantised weights.

DeepSeek-V3 and R1 are released in FP8 (E4M3). Beside such a weight [R, C] stands `<name>_scale_inv`, one
number for every block of 128 x 128 (the last ones may be partial), and the weight is their PRODUCT,
whatever the name says (DeepSeek-V3, `inference/fp8_cast_bf16.py`). Codes of 8 and 4 bits: `weights.codes`.
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
from thinkling.models.quantize import Codes
from thinkling.weights.codes import PACKED, SCALE, SHAPE, CodeForm, unpack
from thinkling.weights.shards import shard_paths

READABLE = ("F32", "BF16", "F16", "F64")
FP8 = "F8_E4M3"
CODES = "codes"
SCALE_SUFFIX = "_scale_inv"
AGAIN = "download or save the file again"
ROW_BLOCK = 2**20
"""About so many numbers of a matrix are read at once where it is read in parts."""


@dataclass(frozen=True, slots=True)
class FP8Form:
    """FP8 with one scale for each block of so many rows and columns."""

    rows: int
    columns: int


Form = FP8Form | CodeForm


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a tensor is stored, and as what: CODES, or a type of safetensors."""

    path: Path
    shape: tuple[int, ...]
    kind: str


class StoredTensors:
    """Every tensor of a folder by name. Files are mapped and not read; build it with `stored_tensors`."""

    def __init__(self, files: dict[Path, Any], form: Form | None) -> None:
        self._files = files
        self.form = form
        self.entries: dict[str, Entry] = {}
        self.helpers: dict[str, Entry] = {}
        """Tensors that say how others are meant."""
        for path, file in files.items():
            for name in file.keys():  # noqa: SIM118 (safe_open is not a mapping)
                if name in self.entries:
                    raise WeightsError(f"{path} holds '{name}' a second time.", "save the model again")
                stored = file.get_slice(name)
                self.entries[name] = Entry(path, tuple(stored.get_shape()), stored.get_dtype())
        if isinstance(form, CodeForm):
            for name in [name for name in self.entries if name.endswith(PACKED)]:
                self._gather_codes(name.removesuffix(PACKED))
        for name in [name for name, entry in self.entries.items() if entry.kind == FP8]:
            self._take_helper(name + SCALE_SUFFIX)

    def _gather_codes(self, name: str) -> None:
        """Codes, scales and shape are one weight from here."""
        packed = self._take_helper(name + PACKED)
        self._take_helper(name + SCALE)
        given = self._take_helper(name + SHAPE)
        if packed is None or given is None or given.shape != (2,) or given.kind not in ("I64", "I32"):
            raise WeightsError(
                f"'{name}{PACKED}' comes without '{name}{SHAPE}', two whole numbers.", "complete the folder"
            )
        with _clear_errors(given.path):
            rows, columns = self._files[given.path].get_tensor(name + SHAPE).tolist()
        self.entries[name] = Entry(packed.path, (rows, columns), CODES)

    def _take_helper(self, name: str) -> Entry | None:
        entry = self.entries.pop(name, None)
        if entry is not None:
            self.helpers[name] = entry
        return entry

    def check(self, name: str) -> None:
        """Raises WeightsError unless `name` can be read: a float, or codes with scales of the right shape."""
        entry = self.entries[name]
        what = f"'{name}' in {entry.path}"
        match entry.kind, self.form:
            case kind, CodeForm() as form if kind == CODES:
                rows, columns = entry.shape
                packed = self.helpers[name + PACKED]
                needed = (rows, form.num_packed(columns))
                if packed.kind != "I32" or packed.shape != needed:
                    found = f"{packed.kind} {list(packed.shape)}"
                    raise WeightsError(f"{what} is packed as {found} and not as I32 {list(needed)}.", AGAIN)
                self._check_scale(name + SCALE, (rows, form.num_groups(columns)))
            case kind, FP8Form() as form if kind == FP8:
                if len(entry.shape) != 2:
                    raise WeightsError(f"{what} is stored as {FP8} and no matrix.", AGAIN)
                sizes = zip(entry.shape, (form.rows, form.columns), strict=True)
                self._check_scale(name + SCALE_SUFFIX, tuple(-(-size // step) for size, step in sizes))
            case kind, _ if kind == FP8:
                raise WeightsError(
                    f"{what} is stored as {FP8}, and config.json does not say how it is scaled.",
                    "restore quantization_config with its weight_block_size",
                )
            case kind, _ if kind not in READABLE:
                readable = ", ".join(READABLE)
                raise WeightsError(f"{what} is stored as {kind}.", f"convert it to one of {readable}")

    def _check_scale(self, name: str, shape: tuple[int, ...]) -> None:
        found = self.helpers.get(name)
        if found is None:
            raise WeightsError(f"a quantised weight comes without '{name}'.", "complete the folder")
        if found.shape != shape:
            size = list(found.shape)
            raise WeightsError(
                f"'{name}' in {found.path} has shape {size}, and the weight needs {list(shape)}.",
                "check that quantization_config in config.json belongs to these weights",
            )
        if found.kind not in READABLE:
            raise WeightsError(f"'{name}' in {found.path} is stored as {found.kind}.", "use F32 scales")

    def code_blocks(self, name: str) -> Iterator[Codes]:
        """Some rows after the others of a weight that is stored in codes."""
        form, (num_rows, num_columns) = self.form, self.entries[name].shape
        assert isinstance(form, CodeForm)
        packed, scales = self._slice(name + PACKED), self._slice(name + SCALE)
        step = max(1, ROW_BLOCK // num_columns)
        for start in range(0, num_rows, step):
            with _clear_errors(self.entries[name].path):
                part, scale = packed[start : start + step], scales[start : start + step].float()
            self._refuse_infinite(name + SCALE, scale)
            yield Codes(unpack(part, form.bits, num_columns), scale, form.group or num_columns)

    def _slice(self, name: str) -> Any:
        path = (self.entries.get(name) or self.helpers[name]).path
        with _clear_errors(path):
            return self._files[path].get_slice(name)

    def is_in_codes(self, name: str, most_bits: int = 8) -> bool:
        """Whether a weight is stored in codes of so many bits or fewer."""
        bits = self.form.bits if isinstance(self.form, CodeForm) else 0
        return self.entries[name].kind == CODES and bits <= most_bits

    def row_blocks(self, name: str) -> Iterator[Tensor]:
        """A matrix in fp32, some rows after the others. Raises WeightsError where a number is not finite."""
        if self.is_in_codes(name):
            yield from (codes.floats_NK for codes in self.code_blocks(name))
            return
        entry, form = self.entries[name], self.form
        block = FP8Form(1, 1)
        if entry.kind == FP8 and isinstance(form, FP8Form):
            block = FP8Form(min(form.rows, entry.shape[0]), min(form.columns, entry.shape[1]))
        step = max(1, ROW_BLOCK // (entry.shape[1] * block.rows)) * block.rows
        with _clear_errors(entry.path):
            source = self._slice(name)
            scales = self._slice(name + SCALE_SUFFIX)[:] if entry.kind == FP8 else None
            for start in range(0, entry.shape[0], step):
                part = source[start : start + step].float()
                if scales is not None:
                    some = scales[start // block.rows : (start + len(part) - 1) // block.rows + 1].float()
                    part *= _spread(some, block.rows, block.columns, part.shape)
                self._refuse_infinite(name, part)
                yield part

    def copy(self, name: str, target: Tensor) -> None:
        """Read `name` into `target` of its shape. Raises WeightsError for a number that is not finite."""
        entry = self.entries[name]
        if entry.kind in READABLE:
            with _clear_errors(entry.path):
                target.copy_(self._files[entry.path].get_tensor(name))
            self._refuse_infinite(name, target)
            return
        start = 0
        for part in self.row_blocks(name):
            target[start : start + len(part)].copy_(part)
            start += len(part)

    def _refuse_infinite(self, name: str, found: Tensor) -> None:
        low, high = found.aminmax() if found.numel() else (found.sum(), found.sum())
        if not (low.isfinite() and high.isfinite()):
            path = (self.entries.get(name) or self.helpers[name]).path
            raise WeightsError(f"'{name}' in {path} holds NaN or infinity.", AGAIN)


def _spread(scales: Tensor, rows: int, columns: int, shape: torch.Size) -> Tensor:
    """One scale for every number of `shape`."""
    return scales.repeat_interleave(rows, 0)[: shape[0]].repeat_interleave(columns, 1)[:, : shape[1]]


@contextmanager
def stored_tensors(folder: Path, form: Form | None = None) -> Iterator[StoredTensors]:
    """The tensors of a folder, its files mapped until the end. `form`: how quantised weights are meant.

    Raises WeightsError for a missing or damaged file, and for a tensor that is stored twice.
    """
    with ExitStack() as stack:
        files = {}
        for path in shard_paths(folder):
            with _clear_errors(path):
                files[path] = stack.enter_context(safe_open(path, framework="pt"))
        yield StoredTensors(files, form)


@contextmanager
def _clear_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (SafetensorError, OSError) as error:
        raise WeightsError(
            f"{path} is damaged or incomplete ({error}).", "download or save this file again"
        ) from None
