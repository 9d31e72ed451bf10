"""The shape of a family: config translation and tensor places."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from thinkling.errors import ModelError
from thinkling.models.config import LinearScaling, Llama3, ModelConfig, Rope, Yarn

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


def refuse_other_values(raw: Json, known: Json, model_type: str) -> None:
    """Raises ModelError where a field is given and says anything but the one value that is supported."""
    for key, value in known.items():
        if raw.get(key, value) != value:
            raise ModelError(
                f"config.json says {key} = {raw[key]!r}, and only {value!r} is supported for {model_type}.",
                f"use a model in the layout of the {model_type} releases",
            )


def read_rope(raw: Json, model_type: str) -> Rope:
    """Theta and scaling, from the released spelling or from transformers 5's `rope_parameters`.

    Raises ModelError where they are no objects, or of a kind that is not supported.
    """
    new, old = _object(raw, "rope_parameters"), _object(raw, "rope_scaling")
    scaling = old or new
    theta = float(scaling.get("rope_theta", raw.get("rope_theta", 10_000.0)))
    kind = scaling.get("rope_type", scaling.get("type", "default"))
    if kind == "default" and set(scaling) <= {"rope_type", "type", "rope_theta"}:
        return Rope(theta=theta)
    names = {"factor": "factor", "original_max_position_embeddings": "original_length"}
    # Where the first length is not named, it is the model's own.
    length = raw.get("max_position_embeddings")
    scaling = {"original_max_position_embeddings": length, **scaling}
    if kind == "yarn":
        refuse_other_values(scaling, {"truncate": True}, model_type)
        factor = float(required(scaling, "factor"))
        names |= {
            name: name for name in ("beta_fast", "beta_slow", "mscale", "mscale_all_dim", "attention_factor")
        }
        given: dict[str, Any] = {"mscale": 0.0, "mscale_all_dim": 0.0}
        # R1-0528-Qwen3-8B: vLLM's word for a factor on the usual multiplier (there the two cancel).
        if scaling.get("attn_factor") is not None and scaling.get("attention_factor") is None:
            usual = 0.1 * math.log(factor) + 1 if factor > 1 else 1.0
            given["attention_factor"] = usual * float(scaling["attn_factor"])
        return Rope(theta=theta, scaling=Yarn(**given | _renamed(scaling, names)))
    if kind == "llama3":
        required(scaling, "factor")
        names |= {name: name for name in ("low_freq_factor", "high_freq_factor")}
        return Rope(theta=theta, scaling=Llama3(**_renamed(scaling, names)))
    if kind == "linear":
        return Rope(theta=theta, scaling=LinearScaling(factor=required(scaling, "factor")))
    raise ModelError(
        f"rope scaling of type '{kind}' is not supported for {model_type}.",
        "use a model with 'yarn', 'llama3', 'linear' or none",
    )


def _renamed(given: Json, names: Mapping[str, str]) -> dict[str, Any]:
    return {ours: given[theirs] for theirs, ours in names.items() if given.get(theirs) is not None}


def write_rope(rope: Rope) -> dict[str, Any]:
    """`rope_theta` and `rope_scaling`, as the releases spell them."""
    scaling = rope.scaling
    if scaling is None:
        return {"rope_theta": rope.theta, "rope_scaling": None}
    fields = scaling.model_dump(exclude_none=True)
    # Zeros mean that nothing is said, and some readers take them for numbers.
    fields = {key: value for key, value in fields.items() if not (key.startswith("mscale") and value == 0)}
    # Both spellings of the kind: DeepSeek's releases have the first, Llama's the second.
    written = {"type": fields.pop("kind"), "rope_type": scaling.kind}
    if "original_length" in fields:
        written["original_max_position_embeddings"] = fields.pop("original_length")
    return {"rope_theta": rope.theta, "rope_scaling": written | fields}


def _object(raw: Json, key: str) -> Json:
    value = raw.get(key) or {}
    if not isinstance(value, Mapping):
        raise ModelError(f"config.json says {key} = {value!r}, which is no object.", "use null, or an object")
    return value


def read_outer(raw: Json, model_type: str, context_length: int) -> dict[str, Any]:
    """What every family says alike of a `ModelConfig`, by field; `context_length` where nothing is said."""
    return {
        "vocab_size": required(raw, "vocab_size"),
        "width": required(raw, "hidden_size"),
        "num_layers": required(raw, "num_hidden_layers"),
        "rope": read_rope(raw, model_type),
        "norm_eps": raw.get("rms_norm_eps", 1e-6),
        "is_tied": raw.get("tie_word_embeddings", False),
        "context_length": raw.get("max_position_embeddings", context_length),
    }


def write_outer(config: ModelConfig) -> dict[str, Any]:
    """The same as fields of config.json, and what no network of ours depends on."""
    return {
        "vocab_size": config.vocab_size,
        "hidden_size": config.width,
        "num_hidden_layers": config.num_layers,
        "hidden_act": "silu",
        "attention_dropout": 0.0,
        "rms_norm_eps": config.norm_eps,
        **write_rope(config.rope),
        "max_position_embeddings": config.context_length,
        "tie_word_embeddings": config.is_tied,
        "initializer_range": 0.02,
        "use_cache": True,
    }


def outer_places(config: ModelConfig) -> dict[str, Place]:
    """Embedding, last norm and head, which every family names alike."""
    names = {
        "model.embed_tokens.weight": Place("embedding.weight"),
        "model.norm.weight": Place("norm.weight"),
    }
    return names if config.is_tied else names | {"lm_head.weight": Place("head.weight")}


def swiglu_places(prefix: str, name: str, width: int) -> dict[str, Place]:
    """gate_proj, up_proj, down_proj of one SwiGLU whose gate and up are one matrix of ours."""
    return {
        f"{prefix}.gate_proj.weight": Place(f"{name}.gate_up.weight", (slice(0, width),)),
        f"{prefix}.up_proj.weight": Place(f"{name}.gate_up.weight", (slice(width, 2 * width),)),
        f"{prefix}.down_proj.weight": Place(f"{name}.down.weight"),
    }
