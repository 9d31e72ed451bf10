"""Qwen3 (dense): grouped-query attention with QK-norm."""

from __future__ import annotations

from typing import Any

from thinkling.errors import ModelError
from thinkling.models.config import GQA, Dense, ModelConfig, Rope
from thinkling.models.families.family import Family, Json, Place, required, rope_fields, swiglu_places


def read_config(raw: Json) -> ModelConfig:
    """config.json to ModelConfig. Raises ModelError where a field is missing or means something else."""
    theta, scaling = rope_fields(raw)
    unsupported = {
        "rope scaling": bool(scaling),
        "attention_bias": bool(raw.get("attention_bias")),
        "use_sliding_window": bool(raw.get("use_sliding_window")),
        "hidden_act": raw.get("hidden_act", "silu") != "silu",
    }
    for what, is_used in unsupported.items():
        if is_used:
            raise ModelError(
                f"config.json uses {what}, which qwen3 here does not support.", "use plain Qwen3"
            )
    num_heads = required(raw, "num_attention_heads")
    width = required(raw, "hidden_size")
    return ModelConfig(
        vocab_size=required(raw, "vocab_size"),
        width=width,
        num_layers=required(raw, "num_hidden_layers"),
        attention=GQA(
            num_heads=num_heads,
            num_kv_heads=raw.get("num_key_value_heads") or num_heads,
            head_width=raw.get("head_dim") or width // num_heads,
        ),
        ffn=Dense(width=required(raw, "intermediate_size")),
        rope=Rope(theta=theta),
        norm_eps=raw.get("rms_norm_eps", 1e-6),
        is_tied=raw.get("tie_word_embeddings", False),
        context_length=raw.get("max_position_embeddings", 32768),
    )


def write_config(config: ModelConfig) -> dict[str, Any]:
    """ModelConfig to the fields of config.json."""
    attention, ffn = config.attention, config.ffn
    has_more = config.mtp_depth or config.rope.yarn or config.num_dense_layers
    if not isinstance(attention, GQA) or not isinstance(ffn, Dense) or has_more:
        raise ModelError(
            "qwen3 stores dense models of equal layers with grouped-query attention, without MTP and YaRN.",
            "use MLA with a mixture of experts for those, or leave them out",
        )
    return {
        "vocab_size": config.vocab_size,
        "hidden_size": config.width,
        "num_hidden_layers": config.num_layers,
        "num_attention_heads": attention.num_heads,
        "num_key_value_heads": attention.num_kv_heads,
        "head_dim": attention.head_width,
        "intermediate_size": ffn.width,
        "hidden_act": "silu",
        "attention_bias": False,
        "attention_dropout": 0.0,
        "rms_norm_eps": config.norm_eps,
        "rope_theta": config.rope.theta,
        "rope_scaling": None,
        "max_position_embeddings": config.context_length,
        "max_window_layers": config.num_layers,
        "use_sliding_window": False,
        "sliding_window": None,
        "tie_word_embeddings": config.is_tied,
        "initializer_range": 0.02,
        "use_cache": True,
    }


def places(config: ModelConfig) -> dict[str, Place]:
    """Every released tensor name to its place in our model."""
    names = {
        "model.embed_tokens.weight": Place("embedding.weight"),
        "model.norm.weight": Place("norm.weight"),
    }
    if not config.is_tied:
        names["lm_head.weight"] = Place("head.weight")
    assert isinstance(config.ffn, Dense)
    for layer in range(config.num_layers):
        prefix, block = f"model.layers.{layer}", f"blocks.{layer}"
        names[f"{prefix}.input_layernorm.weight"] = Place(f"{block}.attention_norm.weight")
        names[f"{prefix}.post_attention_layernorm.weight"] = Place(f"{block}.ffn_norm.weight")
        for part in "qkvo":
            names[f"{prefix}.self_attn.{part}_proj.weight"] = Place(f"{block}.attention.{part}.weight")
        for part in "qk":
            names[f"{prefix}.self_attn.{part}_norm.weight"] = Place(f"{block}.attention.{part}_norm.weight")
        names |= swiglu_places(f"{prefix}.mlp", f"{block}.ffn", config.ffn.width)
    return names


FAMILY = Family("qwen3", "Qwen3ForCausalLM", read_config, write_config, places)
