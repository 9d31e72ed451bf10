"""A model as people name it: a preset, a released name, a folder, a config.json, a name on the hub.

What is read is data from strangers: a size limit, and every field that is not known is named and refused,
since it could change what the model weighs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from thinkling.errors import ConfigError, ModelError
from thinkling.models.config import ModelConfig
from thinkling.models.families import family_named
from thinkling.plan.config_fields import HARMLESS, READ
from thinkling.plan.shapes import known_names, shape_called

MAX_CONFIG_BYTES = 1_000_000

Fetch = Callable[[str], Path | None]
"""Finds the config.json of a name on the hub; None where the text is no such name. Raises ModelError."""


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A shape, what it was called, and how its weights are stored."""

    name: str
    config: ModelConfig
    stored_as: str
    """Format of the release: bf16, fp8, fp32, int8, int4."""
    source: str


def model_named(text: str, fetch: Fetch | None = None, ignored: Iterable[str] = ()) -> NamedModel:
    """The model that `text` names. `ignored` are fields of its config.json that do not matter.

    Raises ConfigError for a name that nobody knows, ModelError for a config.json that cannot be planned with.
    """
    path = Path(text).expanduser()
    if path.is_dir():
        path = path / "config.json"
    if path.suffix == ".json" or path.is_file():
        return read_model(path, ignored)
    found = shape_called(text)
    if found is not None:
        name, config = found
        is_fp8 = name in ("deepseek-v3", "deepseek-r1")
        return NamedModel(name, config, "fp8" if is_fp8 else "bf16", "a shape known by name")
    fetched = fetch(text) if fetch is not None else None
    if fetched is not None:
        return read_model(fetched, ignored, name=text)
    close = get_close_matches(text.lower(), known_names(), n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    raise ConfigError(
        f"No model is called {text!r} here.",
        f"{hint}name a folder, a config.json, OWNER/NAME, or one of {', '.join(known_names())}",
    )


def read_model(path: Path, ignored: Iterable[str] = (), name: str | None = None) -> NamedModel:
    """The model of a config.json. Raises ModelError where it cannot be read or says what is not known."""
    ignored = frozenset(ignored)
    raw = _read_json(path)
    model_type = str(raw.get("model_type", ""))
    family = family_named(model_type)
    _refuse_unknown(raw, family.model_type, ignored, path)
    try:
        config = family.read_config(raw)
    except (ValidationError, TypeError, ValueError, ArithmeticError) as error:
        reason = error.errors(include_url=False)[0] if isinstance(error, ValidationError) else None
        where = ".".join(str(step) for step in reason["loc"]) if reason else ""
        said = f"{where}: {reason['msg']}" if reason else str(error)
        raise ModelError(f"{path} does not describe a model ({said}).", "check the value named") from None
    called = name or str(path.parent.name or path)
    return NamedModel(called, config, _stored_as(raw, ignored, path), str(path))


def _read_json(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_CONFIG_BYTES + 1)
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read: {error.strerror}.", "name a model folder or its config.json"
        ) from None
    if len(content) > MAX_CONFIG_BYTES:
        raise ModelError(f"{path} is larger than {MAX_CONFIG_BYTES:,} bytes.", "is it a config.json at all?")
    try:
        raw = json.loads(content)
    except (ValueError, RecursionError):
        raise ModelError(f"{path} is not valid JSON.", "name a model folder or its config.json") from None
    if not isinstance(raw, dict):
        raise ModelError(f"{path} holds no JSON object.", "name a model folder or its config.json")
    return raw


def _refuse_unknown(raw: Mapping[str, Any], model_type: str, ignored: frozenset[str], path: Path) -> None:
    known = READ[model_type] | HARMLESS | ignored
    unknown = sorted(key for key in raw if key not in known and not key.startswith("_"))
    if not unknown:
        return
    close = get_close_matches(unknown[0], READ[model_type], n=1)
    meant = f"did you mean {close[0]!r}? " if close else ""
    raise ModelError(
        f"{path} has a field that is not known for {model_type}: {unknown[0]!r} = {raw[unknown[0]]!r:.60}.",
        f"{meant}it may change what the model weighs; where it does not, add --ignore {unknown[0]}",
    )


def _quantized_as(fields: Mapping[str, Any]) -> str | None:
    """The format that a quantization_config tells of; None where it is none that is planned for."""
    groups = fields.get("config_groups")
    given = [*groups.values()] if isinstance(groups, Mapping) and len(groups) == 1 else [{}]
    weights = given[0].get("weights") if isinstance(given[0], Mapping) else None
    inner = weights if isinstance(weights, Mapping) else {}
    if fields.get("quant_method") == "fp8" or (inner.get("type"), inner.get("num_bits")) == ("float", 8):
        return "fp8"
    bits = fields.get("bits", inner.get("num_bits"))
    if fields.get("load_in_8bit") is True:
        bits = 8
    elif fields.get("load_in_4bit") is True:
        bits = 4
    is_known = type(bits) is int and inner.get("type", "int") == "int"
    return {8: "int8", 4: "int4"}.get(bits) if is_known else None


def _stored_as(raw: Mapping[str, Any], ignored: frozenset[str], path: Path) -> str:
    """The format of the weights, as config.json tells it. Raises ModelError for one that is not known."""
    quantization = raw.get("quantization_config")
    if isinstance(quantization, Mapping) and "quantization_config" not in ignored:
        found = _quantized_as(quantization)
        if found is None:
            raise ModelError(
                f"{path} is quantised in a way that is not known: {dict(quantization)!r:.80}.",
                "add --ignore quantization_config to plan for 16 bits, or --quantize too for fewer",
            )
        return found
    kind = str(raw.get("torch_dtype") or raw.get("dtype") or "bfloat16")
    return "fp32" if kind.endswith("float32") else "bf16"
