"""Write a standard Hugging Face folder: transformers, vLLM and SGLang read it unchanged."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from thinkling.models.families import family_of
from thinkling.models.transformer import Transformer
from thinkling.weights.shards import INDEX, SINGLE

LARGEST_SHARD = 4 * 2**30
R1_SAMPLING: dict[str, Any] = {"do_sample": True, "temperature": 0.6, "top_p": 0.95}
"""What DeepSeek recommends for R1."""


def save_model(
    model: Transformer,
    folder: Path,
    dtype: torch.dtype = torch.float32,
    tokens: dict[str, int] | None = None,
    temperature: float = R1_SAMPLING["temperature"],
    largest_shard: int = LARGEST_SHARD,
) -> None:
    """Write config.json, generation_config.json and safetensors of at most `largest_shard` bytes.

    `tokens` are bos_token_id, eos_token_id and pad_token_id; `temperature` is what the folder recommends
    (0: greedy). The router's bias stays fp32, as released.
    Raises ModelError, before anything is written, for a model that no family can store.
    """
    family = family_of(model.config)
    fields = {
        "architectures": [family.architecture],
        "model_type": family.model_type,
        **family.write_config(model.config),
        **(tokens or {}),
        "torch_dtype": str(dtype).removeprefix("torch."),
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "config.json", fields)
    sampling = {"do_sample": False} if temperature == 0 else R1_SAMPLING | {"temperature": temperature}
    write_json(folder / "generation_config.json", sampling | (tokens or {}))
    # An older model's weights would be read instead or beside the new ones.
    for path in (folder / INDEX, folder / SINGLE, *folder.glob("model-*-of-*.safetensors")):
        path.unlink(missing_ok=True)
    parts = _parts(model)
    planned = {name: Planned(tuple(part.shape), stored_dtype(name, dtype)) for name, part in parts.items()}

    def stored(name: str) -> Tensor:
        return parts[name].to(planned[name].dtype, copy=True).contiguous().cpu()

    write_shards(planned, stored, folder, largest_shard)


@dataclass(frozen=True, slots=True)
class Planned:
    """A tensor that will be written."""

    shape: tuple[int, ...]
    dtype: torch.dtype


def write_shards(
    planned: Mapping[str, Planned], read: Callable[[str], Tensor], folder: Path, largest: int
) -> tuple[int, int]:
    """Write the tensors that `read` gives, in their order; how many files, and how many bytes.

    No file is larger than `largest` bytes, unless a single tensor is. Several have an index.
    """
    sizes = {name: prod(one.shape) * one.dtype.itemsize for name, one in planned.items()}
    shards = _plan(sizes, largest)
    weight_map: dict[str, str] = {}
    for number, names in enumerate(shards, start=1):
        file = f"model-{number:05d}-of-{len(shards):05d}.safetensors" if len(shards) > 1 else SINGLE
        tensors = {name: read(name) for name in names}
        assert all(Planned(tuple(one.shape), one.dtype) == planned[name] for name, one in tensors.items())
        save_file(tensors, folder / file, metadata={"format": "pt"})
        # safetensors keeps its file to its owner; a model folder is like any other file of the user.
        (folder / file).chmod(folder.stat().st_mode & 0o666)
        weight_map |= dict.fromkeys(names, file)
    if len(shards) > 1:
        index = {"metadata": {"total_size": sum(sizes.values())}, "weight_map": weight_map}
        write_json(folder / INDEX, index)
    return len(shards), sum(sizes.values())


def stored_dtype(name: str, dtype: torch.dtype) -> torch.dtype:
    """The router's bias stays fp32 in every folder, as released."""
    return torch.float32 if name.endswith("correction_bias") else dtype


def _plan(sizes: Mapping[str, int], largest: int) -> list[list[str]]:
    """The names of each file, in their order."""
    shards: list[list[str]] = [[]]
    filled = 0
    for name, size in sizes.items():
        if filled and filled + size > largest:
            shards.append([])
            filled = 0
        shards[-1].append(name)
        filled += size
    return shards


def _parts(model: Transformer) -> dict[str, Tensor]:
    """Every tensor of the folder as a view of the model's."""
    sources = dict(model.named_parameters(remove_duplicate=False)) | dict(model.named_buffers())
    places = family_of(model.config).places(model.config)
    parts = {name: (sources[place.name].detach(), place.index) for name, place in places.items()}
    return {name: whole[index] if index else whole for name, (whole, index) in parts.items()}


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a JSON object as model folders hold it."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
