"""The shape of a family: config translation and tensor places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from thinkling.errors import ModelError
from thinkling.models.config import ModelConfig

Json = Mapping[str, Any]
Index = tuple[int | slice, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a released tensor lives: the rows `index` of our parameter or buffer `name`.

    `is_copy` marks a tensor that the release stores twice (the MTP layer's embedding and head): it is
    written, and on reading only its shape is checked.
    """

    name: str
    index: Index = ()
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """Everything that tells one family from another."""

    model_type: str
    architecture: str
    read_config: Callable[[Json], ModelConfig]
    write_config: Callable[[ModelConfig], dict[str, Any]]
    places: Callable[[ModelConfig], dict[str, Place]]


def required(raw: Json, key: str) -> Any:
    """A field that config.json must have. Raises ModelError naming it."""
    if raw.get(key) is None:
        raise ModelError(f"config.json has no '{key}'.", "check that the model folder is complete")
    return raw[key]


def rope_fields(raw: Json) -> tuple[float, Json]:
    """Theta and the scaling fields, from the released spelling or from transformers 5's `rope_parameters`.

    Raises ModelError where they are no objects.
    """
    new, old = _object(raw, "rope_parameters"), _object(raw, "rope_scaling")
    theta = raw.get("rope_theta", new.get("rope_theta", 10_000.0))
    scaling = old or (new if new.get("rope_type", "default") != "default" else {})
    return float(theta), scaling


def _object(raw: Json, key: str) -> Json:
    value = raw.get(key) or {}
    if not isinstance(value, Mapping):
        raise ModelError(f"config.json says {key} = {value!r}, which is no object.", "use null, or an object")
    return value


def swiglu_places(prefix: str, name: str, width: int) -> dict[str, Place]:
    """gate_proj, up_proj, down_proj of one SwiGLU whose gate and up are one matrix of ours."""
    return {
        f"{prefix}.gate_proj.weight": Place(f"{name}.gate_up.weight", (slice(0, width),)),
        f"{prefix}.up_proj.weight": Place(f"{name}.gate_up.weight", (slice(width, 2 * width),)),
        f"{prefix}.down_proj.weight": Place(f"{name}.down.weight"),
    }
