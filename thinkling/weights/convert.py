"""A model folder in another precision, tensor by tensor: never more than one shard is in memory.

DeepSeek's FP8 folders become bf16 ones that any software reads.
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
from thinkling.weights.hub import FILES
from thinkling.weights.read import compare, empty_model, held_config, read_config, scale_block
from thinkling.weights.shards import read_json
from thinkling.weights.stored import stored_tensors
from thinkling.weights.write import LARGEST_SHARD, stored_dtype, write_json, write_shards

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
        config = held_config(config, stored)
        places = family_named(raw["model_type"]).places(config)
        compare(empty_model(source, config), source, stored, places)
        shapes = {name: stored.entries[name].shape for name in places}
        target.mkdir(parents=True, exist_ok=True)
        told = count(1)

        def read(name: str) -> Tensor:
            tensor = torch.empty(shapes[name], dtype=stored_dtype(name, dtype))
            stored.copy(name, tensor)
            note(name, next(told), len(places))
            return tensor

        num_shards, num_bytes = write_shards(shapes, read, target, dtype, largest_shard)
    _copy_other_files(source, target)
    # auto_map names code of the release, which is neither needed nor taken along.
    fields = {
        key: value for key, value in raw.items() if key not in ("quantization_config", "auto_map", "dtype")
    }
    write_json(target / "config.json", fields | {"torch_dtype": str(dtype).removeprefix("torch.")})
    return Converted(len(places), num_bytes, num_shards)


def _copy_other_files(source: Path, target: Path) -> None:
    for path in source.iterdir():
        is_weight = path.name.endswith(".safetensors") or path.name.endswith(".index.json")
        is_known = any(fnmatch(path.name, pattern) for pattern in FILES)
        if path.is_file() and is_known and not is_weight and path.name != "config.json":
            shutil.copyfile(path, target / path.name)
