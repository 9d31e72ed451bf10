"""Read a model folder: `config.json` and safetensors, one tensor at a time, everything checked.

A missing, extra or misshapen tensor, a missing shard and a truncated file are each named.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from torch import Tensor, nn

from thinkling.errors import ModelError, WeightsError
from thinkling.models.config import ModelConfig
from thinkling.models.families import Place, family_named
from thinkling.models.fuse import fuse
from thinkling.models.gathered import Workspace
from thinkling.models.held import HeldLinear
from thinkling.models.hold import Fills, hold, num_bytes
from thinkling.models.integer import WholeLinear
from thinkling.models.linear import Linear
from thinkling.models.transformer import Transformer
from thinkling.weights.allocator import give_back_freed_memory, keep_some_freed_memory
from thinkling.weights.codes import METHOD, CodeForm, read_code_form
from thinkling.weights.device_memory import free_bytes
from thinkling.weights.shards import read_json
from thinkling.weights.stored import Form, FP8Form, StoredTensors, stored_tensors


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


def stored_quantization(folder: Path) -> str | None:
    """The quantization whose codes a folder holds, "int8" or "int4"; None for floats and FP8."""
    form = read_form(read_json(folder / "config.json"))
    return f"int{form.bits}" if isinstance(form, CodeForm) else None


def load_model(
    folder: Path,
    dtype: torch.dtype | None = None,
    with_mtp: bool = True,
    quantization: str | None = None,
    device: torch.device | str = "cpu",
) -> Transformer:
    """The model of a folder in `dtype` (None: fp32). Raises ModelError or WeightsError.

    Names and shapes are compared before memory is spent. The MTP module is left out where the folder does
    not hold it, and where `with_mtp` is False. With `quantization` "int16", "int8" or "int4" matrices become
    whole numbers, a few rows at a time (those of a folder in codes stay as they are), with "bf16" they are
    packed for the processor; the embedding is in `dtype` (None: bf16), what passes between layers in fp32.
    """
    config = read_config(folder)
    raw = read_json(folder / "config.json")
    keep_some_freed_memory()
    with stored_tensors(folder, read_form(raw)) as stored:
        unread = _mtp_layer(config) if config.mtp_depth and not with_mtp else None
        config = held_config(config, stored) if with_mtp else _without_mtp(config)
        places = family_named(raw["model_type"]).places(config)
        model = empty_model(folder, config)
        compare(model, folder, stored, places, unread)
        fills = _prepare(model, dtype, quantization)
        _refuse_too_large(folder, model, torch.device(device))
        # As `to_empty`, for which torch would load a library for symbols: a quarter of a second.
        model._apply(lambda one: torch.empty(one.shape, dtype=one.dtype, device=device))
        _restore_derived(model, config)
        with torch.no_grad():
            _fill(model, stored, places, fills)
        if quantization is not None:
            fuse(model)
    give_back_freed_memory()
    return model.eval()


def _refuse_too_large(folder: Path, model: Transformer, device: torch.device) -> None:
    """A system that promises more memory than it has kills whoever uses it, without a word."""
    takes, free = num_bytes(model), free_bytes(device)
    if takes > free:
        raise ModelError(
            f"the weights of {folder} take {takes / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free.",
            "hold them in fewer bits (--quantize int8), take a smaller model, or close other programs",
        )


def run_bytes(folder: Path, dtype: torch.dtype | None, quantization: str | None) -> int:
    """Memory of the weights as `load_model` would hold them, without reading them."""
    config = read_config(folder)
    with stored_tensors(folder, read_form(read_json(folder / "config.json"))) as stored:
        model = empty_model(folder, held_config(config, stored))
    # Codes of a folder stay what they are.
    _prepare(model, dtype, quantization and (stored_quantization(folder) or quantization))
    return num_bytes(model)


def _prepare(model: Transformer, dtype: torch.dtype | None, quantization: str | None) -> Fills:
    """Give a model without memory its precisions and its layers that hold theirs, which are returned."""
    if quantization is None:
        model.to(dtype or torch.float32)
        return {}
    fills = hold(model, quantization)
    model.to(torch.float32)
    model.embedding.to(dtype or torch.bfloat16)
    return fills


def _fill(model: Transformer, stored: StoredTensors, places: dict[str, Place], fills: Fills) -> None:
    """Every weight to where it belongs; held matrices take theirs row by row."""
    targets, workspace = _targets(model), Workspace()
    for name, place in places.items():
        if place.is_copy:
            continue
        takers = [_taker(place)]
        if place.name == "embedding.weight" and model.config.is_tied:
            takers.append(("head.weight", None))
        for layer in (fills[taker] for taker in takers if taker in fills):
            _feed(layer, stored, name, workspace)
        if place.name in targets:
            stored.copy(name, _part(targets, place))


def _feed(layer: HeldLinear, stored: StoredTensors, name: str, workspace: Workspace) -> None:
    if stored.is_in_codes(name, layer.bits):
        for codes in stored.code_blocks(name):
            layer.take(codes, workspace)
    else:
        for rows_NK in stored.row_blocks(name):
            layer.fill(rows_NK, workspace)


def coded_layers(model: Transformer, places: dict[str, Place], quantization: str) -> dict[str, WholeLinear]:
    """Which tensors of a folder become whole numbers, and the layer that would take each.

    The layers are put into `model`, which is without memory.
    """
    fills = hold(model, quantization)
    found = {name: fills.get(_taker(place)) for name, place in places.items() if not place.is_copy}
    return {name: layer for name, layer in found.items() if isinstance(layer, WholeLinear)}


def _taker(place: Place) -> tuple[str, int | None]:
    """How `hold` names a weight: stacked experts by their number."""
    first = place.index[0] if place.index else None
    return place.name, first if isinstance(first, int) else None


def held_config(config: ModelConfig, stored: StoredTensors) -> ModelConfig:
    """`config` without the MTP module where the folder, as many do, does not hold it."""
    prefix = _mtp_layer(config)
    return config if any(name.startswith(prefix) for name in stored.entries) else _without_mtp(config)


def _mtp_layer(config: ModelConfig) -> str:
    return f"model.layers.{config.num_layers}."


def _without_mtp(config: ModelConfig) -> ModelConfig:
    return config.model_copy(update={"mtp_depth": 0})


def empty_model(folder: Path, config: ModelConfig) -> Transformer:
    """The model without memory for its weights. Raises ModelError for one that is beyond all memory."""
    try:
        with torch.device("meta"):
            return Transformer(config)
    except RuntimeError as error:
        raise ModelError(
            f"{folder / 'config.json'} describes a model beyond all memory ({str(error).splitlines()[0]}).",
            "compare it with the model's release",
        ) from None


def read_form(raw: dict[str, Any]) -> Form | None:
    """How config.json says that weights are quantised; None where they are not. Raises ModelError."""
    given = raw.get("quantization_config")
    if not given:
        return None
    fields = given if isinstance(given, dict) else {}
    method, form = fields.get("quant_method"), fields.get("fmt", "e4m3")
    if method == METHOD:
        return read_code_form(fields)
    if (method, form) != ("fp8", "e4m3"):
        raise ModelError(
            f"config.json says that the weights are quantised by {method!r} as {form!r}.",
            f"use the release in bf16, in DeepSeek's FP8 (quant_method 'fp8', fmt 'e4m3') or {METHOD!r}",
        )
    match fields.get("weight_block_size"):
        case [int(rows), int(columns)] if rows > 0 and columns > 0:
            return FP8Form(rows, columns)
    raise ModelError(
        f"config.json says weight_block_size = {fields.get('weight_block_size')!r}.",
        "write two numbers, as in [128, 128]",
    )


def _restore_derived(model: Transformer, config: ModelConfig) -> None:
    """Undo what `to_empty` did: rotation tables are computed and not stored; the head may be shared."""
    device = model.embedding.weight.device
    fresh = Transformer.rotary(config).to(device)
    model.positions = fresh
    if config.is_tied and isinstance(model.head, Linear):
        model.head.weight = model.embedding.weight
    for buffer in model.buffers():
        if buffer is not fresh.frequency:
            buffer.data = torch.zeros(buffer.shape, device=device)


def compare(
    model: nn.Module, folder: Path, stored: StoredTensors, places: dict[str, Place], unread: str | None = None
) -> None:
    """Raises WeightsError unless the folder holds every tensor in the right shape, and no others.

    Names that begin with `unread` are left alone.
    """
    targets = _targets(model)
    for name, entry in stored.entries.items():
        if name in places:
            needed = list(_part(targets, places[name]).shape)
            if list(entry.shape) != needed:
                what = f"'{name}' in {entry.path} has shape {list(entry.shape)}"
                raise WeightsError(f"{what}, and the model needs {needed}.", MISMATCH)
            stored.check(name)
        elif not is_ignorable(name) and not (unread and name.startswith(unread)):
            raise WeightsError(
                f"{entry.path} holds a tensor '{name}' that this model does not have.", MISMATCH
            )
    missing = places.keys() - stored.entries.keys()
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise WeightsError(
            f"{folder} has no tensor '{min(missing)}'{more}.", "complete the folder, or save it again"
        )


def _targets(model: nn.Module) -> dict[str, Tensor]:
    return dict(model.named_parameters(remove_duplicate=False)) | dict(model.named_buffers())


def _part(targets: dict[str, Tensor], place: Place) -> Tensor:
    return targets[place.name][place.index] if place.index else targets[place.name]


MISMATCH = "check that config.json and the weights belong to the same model"


def is_ignorable(name: str) -> bool:
    """Tensors that releases store although they are computed, or tied to others (Qwen3-0.6B's head)."""
    return name.endswith("rotary_emb.inv_freq") or name == "lm_head.weight"
