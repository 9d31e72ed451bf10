"""A model folder in another precision, tensor by tensor: never more than one shard is in memory.

DeepSeek's FP8 folders become bf16 ones that any software reads.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import torch
from torch import Tensor

from thinkling.errors import ModelError
from thinkling.models.families import family_named
from thinkling.weights.hub import FILES
from thinkling.weights.read import compare, empty_model, read_config, scale_block
from thinkling.weights.shards import read_json
from thinkling.weights.stored import StoredTensors, stored_tensors
from thinkling.weights.write import LARGEST_SHARD, write_index, write_json, write_shard

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
) -> Converted:
    """Write the model of `source` into the new folder `target` in `dtype`. Raises ModelError, WeightsError.

    `config.json` is written last, so that half a conversion is no model. The router's bias stays fp32.
    """
    if target.exists() and any(target.iterdir()):
        raise ModelError(f"{target} is not empty.", "name a new folder")
    raw = read_json(source / "config.json")
    config = read_config(source)
    with stored_tensors(source, scale_block(raw)) as stored:
        mtp_layer = f"model.layers.{config.num_layers}."
        if not any(name.startswith(mtp_layer) for name in stored.entries):
            config = config.model_copy(update={"mtp_depth": 0})
        places = family_named(raw["model_type"]).places(config)
        compare(empty_model(source, config), source, stored, places)
        shards = _plan([*places], stored, dtype, largest_shard)
        target.mkdir(parents=True, exist_ok=True)
        num_written = 0
        for number, shard in enumerate(shards):
            tensors = {}
            for name in shard:
                tensors[name] = _read(stored, name, dtype)
                num_written += 1
                note(name, num_written, len(places))
            write_shard(tensors, target, number, len(shards))
        total = sum(_num_bytes(stored, name, dtype) for name in places)
        write_index([*map(list, shards)], total, target)
    _copy_other_files(source, target)
    # auto_map names code of the release, which is neither needed nor taken along.
    fields = {
        key: value for key, value in raw.items() if key not in ("quantization_config", "auto_map", "dtype")
    }
    write_json(target / "config.json", fields | {"torch_dtype": str(dtype).removeprefix("torch.")})
    return Converted(len(places), total, len(shards))


def _kind(name: str, dtype: torch.dtype) -> torch.dtype:
    return torch.float32 if name.endswith("correction_bias") else dtype


def _num_bytes(stored: StoredTensors, name: str, dtype: torch.dtype) -> int:
    count = 1
    for size in stored.entries[name].shape:
        count *= size
    return count * _kind(name, dtype).itemsize


def _plan(names: list[str], stored: StoredTensors, dtype: torch.dtype, largest: int) -> list[list[str]]:
    """The names of each shard, so that none is larger than `largest` unless a single tensor is."""
    shards: list[list[str]] = [[]]
    size = 0
    for name in names:
        own = _num_bytes(stored, name, dtype)
        if size and size + own > largest:
            shards.append([])
            size = 0
        shards[-1].append(name)
        size += own
    return shards


def _read(stored: StoredTensors, name: str, dtype: torch.dtype) -> Tensor:
    tensor = torch.empty(stored.entries[name].shape, dtype=_kind(name, dtype))
    stored.copy(name, tensor)
    return tensor


def _copy_other_files(source: Path, target: Path) -> None:
    for path in source.iterdir():
        is_weight = path.name.endswith(".safetensors") or path.name.endswith(".index.json")
        is_known = any(fnmatch(path.name, pattern) for pattern in FILES)
        if path.is_file() and is_known and not is_weight and path.name != "config.json":
            shutil.copyfile(path, target / path.name)
