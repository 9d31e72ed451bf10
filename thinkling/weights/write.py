"""Write a standard Hugging Face folder: transformers, vLLM and SGLang read it unchanged."""

from __future__ import annotations

import json
import shutil
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
    _write_shards(_split(_tensors(model, dtype), largest_shard), folder)


def _write_shards(shards: list[dict[str, Tensor]], folder: Path) -> None:
    """One file, or several with an index. An older model's would be read instead or beside them: they go."""
    for path in (folder / INDEX, folder / SINGLE, *folder.glob("model-*-of-*.safetensors")):
        path.unlink(missing_ok=True)
    for number, shard in enumerate(shards):
        write_shard(shard, folder, number, len(shards))
    write_index([*map(list, shards)], sum(x.nbytes for shard in shards for x in shard.values()), folder)


def shard_name(number: int, count: int) -> str:
    """The file of shard `number`, from 0, of `count`."""
    return f"model-{number + 1:05d}-of-{count:05d}.safetensors" if count > 1 else SINGLE


def write_shard(tensors: dict[str, Tensor], folder: Path, number: int, count: int) -> None:
    """Write shard `number`, from 0, of `count`."""
    path = folder / shard_name(number, count)
    save_file(tensors, path, metadata={"format": "pt"})
    # safetensors keeps its file to its owner; a model folder is like any other file of the user.
    shutil.copymode(folder, path)
    path.chmod(path.stat().st_mode & 0o666)


def write_index(shards: list[list[str]], num_bytes: int, folder: Path) -> None:
    """Say which tensor is in which shard, where there are several."""
    if len(shards) > 1:
        weight_map = {name: shard_name(i, len(shards)) for i, shard in enumerate(shards) for name in shard}
        write_json(folder / INDEX, {"metadata": {"total_size": num_bytes}, "weight_map": weight_map})


def _tensors(model: Transformer, dtype: torch.dtype) -> dict[str, Tensor]:
    sources = dict(model.named_parameters(remove_duplicate=False)) | dict(model.named_buffers())
    stored = {}
    for name, place in family_of(model.config).places(model.config).items():
        source = sources[place.name].detach()
        is_bias = name.endswith("correction_bias")
        part = source[place.index] if place.index else source
        stored[name] = part.to(torch.float32 if is_bias else dtype, copy=True).contiguous().cpu()
    return stored


def _split(tensors: dict[str, Tensor], largest: int) -> list[dict[str, Tensor]]:
    shards: list[dict[str, Tensor]] = [{}]
    size = 0
    for name, tensor in tensors.items():
        if size and size + tensor.nbytes > largest:
            shards.append({})
            size = 0
        shards[-1][name] = tensor
        size += tensor.nbytes
    return shards


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a JSON object as model folders hold it."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
