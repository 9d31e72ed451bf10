"""A model folder in another precision, tensor by tensor: never more than one shard is in memory.

DeepSeek's FP8 folders become bf16 ones that any software reads; any folder becomes one in 8 or 4 bits.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import count
from pathlib import Path

import torch
from torch import Tensor

from thinkling.errors import ModelError
from thinkling.models.families import family_named
from thinkling.models.integer import WholeLinear
from thinkling.models.quantize import QUANTIZERS, Codes, Quantizer
from thinkling.weights.codes import PACKED, SCALE, SHAPE, code_form, pack, write_code_form
from thinkling.weights.hub import FILES
from thinkling.weights.read import (
    coded_layers,
    compare,
    empty_model,
    held_config,
    read_config,
    read_form,
)
from thinkling.weights.shards import read_json
from thinkling.weights.stored import StoredTensors, stored_tensors
from thinkling.weights.write import LARGEST_SHARD, Planned, stored_dtype, write_json, write_shards

Note = Callable[[str, int, int], None]
"""Told of every tensor that is written: its name, its number from 1, and how many there are."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What was written."""

    num_tensors: int
    num_bytes: int
    num_shards: int


def convert(
    source: Path,
    target: Path,
    dtype: torch.dtype,
    largest_shard: int = LARGEST_SHARD,
    note: Note = lambda name, number, count: None,
    quantization: str | None = None,
) -> Converted:
    """Write the model of `source` into the new folder `target` in `dtype`. Raises ModelError, WeightsError.

    `quantization` "int8" or "int4" writes matrices in codes (`weights.codes`), the others in `dtype`.
    `config.json` is written last, so that half a conversion is no model. The router's bias stays fp32.
    """
    if target.exists() and any(target.iterdir()):
        raise ModelError(f"{target} is not empty.", "name a new folder")
    raw = read_json(source / "config.json")
    config = read_config(source)
    with stored_tensors(source, read_form(raw)) as stored:
        config = held_config(config, stored)
        places = family_named(raw["model_type"]).places(config)
        model = empty_model(source, config)
        compare(model, source, stored, places)
        coded = {} if quantization is None else coded_layers(model, places, quantization)
        target.mkdir(parents=True, exist_ok=True)
        numbers = count(1)
        tensors = _Tensors(stored, coded, dtype, lambda name: note(name, next(numbers), len(places)))
        planned = {name: one for place in places for name, one in tensors.plan(place).items()}
        num_shards, num_bytes = write_shards(planned, tensors.read, target, largest_shard)
        # A tied head is no tensor of the folder, but others would look for its codes.
        plain = ["lm_head"] if config.is_tied else []
        plain += [
            name.removesuffix(".weight") for name in places if name not in coded and _is_linear(name, stored)
        ]
    _copy_other_files(source, target)
    # auto_map names code of the release, which is neither needed nor taken along.
    fields = {
        key: value for key, value in raw.items() if key not in ("quantization_config", "auto_map", "dtype")
    }
    if quantization is not None:
        fields["quantization_config"] = write_code_form(code_form(QUANTIZERS[quantization]), plain)
    write_json(target / "config.json", fields | {"torch_dtype": str(dtype).removeprefix("torch.")})
    return Converted(len(planned), num_bytes, num_shards)


def _is_linear(name: str, stored: StoredTensors) -> bool:
    return name.endswith(".weight") and len(stored.entries[name].shape) == 2 and "embed" not in name


class _Tensors:
    """What is written, by name: a weight in codes is three tensors."""

    def __init__(
        self,
        stored: StoredTensors,
        coded: dict[str, WholeLinear],
        dtype: torch.dtype,
        note: Callable[[str], None],
    ) -> None:
        self._stored, self._coded, self._dtype, self._note = stored, coded, dtype, note
        self._ready: dict[str, Tensor] = {}

    def plan(self, name: str) -> dict[str, Planned]:
        """The tensors that one weight becomes."""
        shape = self._stored.entries[name].shape
        if name not in self._coded:
            return {name: Planned(shape, stored_dtype(name, self._dtype))}
        form = code_form(self._coded[name].quantizer)
        rows, columns = shape
        return {
            name + PACKED: Planned((rows, form.num_packed(columns)), torch.int32),
            name + SCALE: Planned((rows, form.num_groups(columns)), torch.bfloat16),
            name + SHAPE: Planned((2,), torch.int64),
        }

    def read(self, name: str) -> Tensor:
        """One of them; codes, scale and shape are asked for one after the other."""
        if name in self._stored.entries:
            tensor = torch.empty(self._stored.entries[name].shape, dtype=stored_dtype(name, self._dtype))
            self._stored.copy(name, tensor)
            self._note(name)
            return tensor
        if name not in self._ready:
            self._ready = self._quantised(name.removesuffix(PACKED))
            self._note(name)
        return self._ready[name]

    def _quantised(self, name: str) -> dict[str, Tensor]:
        quantizer = self._coded[name].quantizer
        parts = self._same_codes(name, quantizer) or map(quantizer.codes, self._stored.row_blocks(name))
        packed, scales = [], []
        for part in parts:
            packed.append(pack(part.codes_NK, quantizer.bits))
            scales.append(part.scale_NG.bfloat16())
        return {
            name + PACKED: torch.cat(packed),
            name + SCALE: torch.cat(scales),
            name + SHAPE: torch.tensor(self._stored.entries[name].shape),
        }

    def _same_codes(self, name: str, quantizer: Quantizer) -> list[Codes] | None:
        """Those of a folder in the same form, if bf16 can say their scales."""
        if not self._stored.is_in_codes(name) or self._stored.form != code_form(quantizer):
            return None
        parts = list(self._stored.code_blocks(name))
        is_exact = all(torch.equal(part.scale_NG.bfloat16().float(), part.scale_NG) for part in parts)
        return parts if is_exact else None


def _copy_other_files(source: Path, target: Path) -> None:
    for path in source.iterdir():
        is_weight = path.name.endswith(".safetensors") or path.name.endswith(".index.json")
        is_known = any(fnmatch(path.name, pattern) for pattern in FILES)
        if path.is_file() and is_known and not is_weight and path.name != "config.json":
            shutil.copyfile(path, target / path.name)
