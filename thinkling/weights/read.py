"""Read a model folder: `config.json` and safetensors, one tensor at a time, everything checked.

A missing, extra or misshapen tensor, a missing shard and a truncated file are each named.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
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
        raise ModelError(
            f"{path} is not valid JSON ({error}).", "download or save the folder again"
        ) from None
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
    except (ValidationError, TypeError, ValueError, ArithmeticError) as error:
        raise ModelError(
            f"{folder / 'config.json'} cannot be used: {_first_complaint(error)}.",
            "compare it with the model's release",
        ) from None


def _first_complaint(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    return ": ".join([*map(str, first["loc"]), first["msg"]])


def load_model(folder: Path, dtype: torch.dtype | None = None) -> Transformer:
    """The model of a folder, on the CPU, in `dtype` (None: fp32). Raises ModelError or WeightsError.

    Names and shapes are compared before memory is spent.
    """
    config = read_config(folder)
    places = family_named(read_json(folder / "config.json")["model_type"]).places(config)
    try:
        with torch.device("meta"):
            model = Transformer(config)
    except RuntimeError as error:
        raise ModelError(
            f"{folder / 'config.json'} describes a model beyond all memory ({str(error).splitlines()[0]}).",
            "compare it with the model's release",
        ) from None
    _compare(model, folder, places)
    model = model.to(dtype or torch.float32).to_empty(device="cpu")
    _restore_derived(model, config)
    _fill(model, folder, places)
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


def _compare(model: nn.Module, folder: Path, places: dict[str, Place]) -> None:
    """Raises WeightsError unless the folder holds every tensor once, in the right shape, and no others."""
    targets = _targets(model)
    missing = set(places)
    for path in shard_paths(folder):
        for name, shape, kind in stored_shapes(path):
            if name not in places and is_ignorable(name):
                continue
            if name not in places:
                raise WeightsError(f"{path} holds a tensor '{name}' that this model does not have.", MISMATCH)
            if name not in missing:
                raise WeightsError(f"{path} holds '{name}' a second time.", "save the model again")
            missing.discard(name)
            _compare_one(f"'{name}' in {path}", shape, kind, _part(targets, places[name]))
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise WeightsError(
            f"{folder} has no tensor '{min(missing)}'{more}.", "complete the folder, or save it again"
        )


def _compare_one(what: str, shape: list[int], kind: str, target: Tensor) -> None:
    if shape != list(target.shape):
        raise WeightsError(f"{what} has shape {shape}, and the model needs {list(target.shape)}.", MISMATCH)
    if kind not in READABLE:
        raise WeightsError(f"{what} is stored as {kind}.", f"convert it to one of {', '.join(READABLE)}")


@torch.no_grad()
def _fill(model: nn.Module, folder: Path, places: dict[str, Place]) -> None:
    targets = _targets(model)
    for path in shard_paths(folder):
        for name, source in stored_tensors(path):
            if name in places and not places[name].is_copy:
                _part(targets, places[name]).copy_(source)


def _targets(model: nn.Module) -> dict[str, Tensor]:
    return dict(model.named_parameters(remove_duplicate=False)) | dict(model.named_buffers())


def _part(targets: dict[str, Tensor], place: Place) -> Tensor:
    return targets[place.name][place.index] if place.index else targets[place.name]


MISMATCH = "check that config.json and the weights belong to the same model"
READABLE = ("F32", "BF16", "F16", "F64")


def is_ignorable(name: str) -> bool:
    """Tensors that releases store although they are computed, or tied to others (Qwen3-0.6B's head)."""
    return name.endswith("rotary_emb.inv_freq") or name == "lm_head.weight"


def stored_shapes(path: Path) -> Iterator[tuple[str, list[int], str]]:
    """Name, shape and dtype of every tensor in one file, without reading it. Raises WeightsError."""
    with _opened(path) as shard:
        for name in shard.keys():  # noqa: SIM118 (safe_open is not a mapping)
            stored = shard.get_slice(name)
            yield name, stored.get_shape(), stored.get_dtype()


def stored_tensors(path: Path) -> Iterator[tuple[str, Tensor]]:
    """Every tensor of one file, one at a time. Raises WeightsError."""
    with _opened(path) as shard:
        for name in shard.keys():  # noqa: SIM118 (safe_open is not a mapping)
            yield name, shard.get_tensor(name)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with safe_open(path, framework="pt") as shard:
            yield shard
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
