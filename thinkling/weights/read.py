"""Read a model folder: `config.json` and safetensors, one tensor at a time, everything checked.

A missing, extra or misshapen tensor, a missing shard and a truncated file are each named.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from thinkling.errors import ModelError, WeightsError
from thinkling.models.config import ModelConfig
from thinkling.models.families import Place, family_named
from thinkling.models.transformer import Transformer

SINGLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
LARGEST_JSON = 64 * 2**20


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file of limited size. Raises ModelError naming the file."""
    if not path.is_file():
        raise ModelError(f"{path} does not exist.", "point to a complete Hugging Face model folder")
    if path.stat().st_size > LARGEST_JSON:
        raise ModelError(f"{path} is larger than {LARGEST_JSON >> 20} MB.", "check that it is the right file")
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is not valid JSON ({error}).", "download or save the folder again") from None
    if not isinstance(value, dict):
        raise ModelError(f"{path} does not hold a JSON object.", "download or save the folder again")
    return value


def read_config(folder: Path) -> ModelConfig:
    """The `ModelConfig` of a model folder. Raises ModelError."""
    if not folder.is_dir():
        raise ModelError(f"there is no model folder at {folder}.", "check the path")
    raw = read_json(folder / "config.json")
    family = family_named(str(raw.get("model_type")))
    try:
        return family.read_config(raw)
    except (ValidationError, TypeError, ValueError) as error:
        first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise ModelError(
            f"{folder / 'config.json'} cannot be used: {first}.", "compare it with the model's release"
        ) from None


def load_model(folder: Path, dtype: torch.dtype | None = None) -> Transformer:
    """The model of a folder, on the CPU, in `dtype` (None: fp32). Raises ModelError or WeightsError."""
    raw = read_json(folder / "config.json")
    config = read_config(folder)
    with torch.device("meta"):
        model = Transformer(config)
    model = model.to(dtype or torch.float32).to_empty(device="cpu")
    _restore_derived(model, config)
    _fill(model, folder, family_named(raw["model_type"]).places(config))
    return model.eval()


def _restore_derived(model: Transformer, config: ModelConfig) -> None:
    """Undo what `to_empty` did: rotation tables are computed and not stored; the head may be shared."""
    fresh = Transformer.rotary(config)
    model.positions = fresh
    if config.is_tied:
        model.head.weight = model.embedding.weight
    for buffer in model.buffers():
        if buffer is not fresh.frequency:
            buffer.data = torch.zeros(buffer.shape)


@torch.no_grad()
def _fill(model: nn.Module, folder: Path, places: dict[str, Place]) -> None:
    targets = dict(model.named_parameters(remove_duplicate=False)) | dict(model.named_buffers())
    missing = set(places)
    for name, source, path in stored_tensors(folder):
        if name not in places:
            if is_ignorable(name):
                continue
            raise WeightsError(f"{path} holds a tensor '{name}' that this model does not have.", MISMATCH)
        place = places[name]
        target = targets[place.name][place.index] if place.index else targets[place.name]
        if tuple(source.shape) != tuple(target.shape):
            raise WeightsError(
                f"'{name}' in {path} has shape {list(source.shape)}, and the model needs {list(target.shape)}.",
                MISMATCH,
            )
        if not place.is_copy:
            target.copy_(source)
        missing.discard(name)
    if missing:
        example = min(missing)
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise WeightsError(f"{folder} has no tensor '{example}'{more}.", "complete the folder, or save it again")


MISMATCH = "check that config.json and the weights belong to the same model"


def is_ignorable(name: str) -> bool:
    """Tensors that old releases store although they are computed."""
    return name.endswith("rotary_emb.inv_freq")


def stored_tensors(folder: Path) -> Iterator[tuple[str, Tensor, Path]]:
    """Every tensor of a folder with its name and file. Raises WeightsError for missing or damaged shards."""
    for path in shard_paths(folder):
        try:
            with safe_open(path, framework="pt") as shard:
                for name in shard.keys():  # noqa: SIM118 (safe_open is not a mapping)
                    yield name, shard.get_tensor(name), path
        except (SafetensorError, OSError) as error:
            raise WeightsError(
                f"{path} is damaged or incomplete ({error}).", "download or save this file again"
            ) from None


def shard_paths(folder: Path) -> list[Path]:
    """The weight files of a folder. Raises WeightsError naming a shard that is listed but missing."""
    if (folder / INDEX).is_file():
        listed = read_json(folder / INDEX).get("weight_map")
        if not isinstance(listed, dict) or not listed:
            raise WeightsError(f"{folder / INDEX} lists no shards.", "download or save the folder again")
        names = sorted({str(name) for name in listed.values()})
        if any("/" in name or "\\" in name or name.startswith(".") for name in names):
            raise WeightsError(f"{folder / INDEX} points outside the folder.", "do not use this folder")
        paths = [folder / name for name in names]
    else:
        paths = [folder / SINGLE]
    for path in paths:
        if not path.is_file():
            raise WeightsError(
                f"the weight file {path} is missing.", "finish the download, or save the model again"
            )
    return paths
