"""What Llama, Qwen2 and Qwen3 share: dense layers of one kind with grouped-query attention.

They differ in biases and norms of queries and keys, in context extensions, and in words.
"""

from __future__ import annotations

from typing import Any

from thinkling.errors import ModelError
from thinkling.models.config import GQA, Dense, ModelConfig
from thinkling.models.families.family import (
    Json,
    Place,
    outer_places,
    read_outer,
    required,
    swiglu_places,
    write_outer,
)


def read_dense(raw: Json, model_type: str, has_qk_norm: bool = False, has_bias: bool = False) -> ModelConfig:
    """config.json to ModelConfig. Raises ModelError where a field is missing."""
    num_heads = required(raw, "num_attention_heads")
    outer = read_outer(raw, model_type, 32768)
    return ModelConfig(
        **outer,
        attention=GQA(
            num_heads=num_heads,
            num_kv_heads=raw.get("num_key_value_heads") or num_heads,
            head_width=raw.get("head_dim") or outer["width"] // num_heads,
            has_qk_norm=has_qk_norm,
            has_qkv_bias=has_bias,
        ),
        ffn=Dense(width=required(raw, "intermediate_size")),
    )


def write_dense(config: ModelConfig) -> dict[str, Any]:
    """ModelConfig to the fields of config.json. Raises ModelError where no dense family can say it."""
    attention, ffn = config.attention, config.ffn
    has_more = config.mtp_depth or config.num_dense_layers
    if not isinstance(attention, GQA) or not isinstance(ffn, Dense) or has_more:
        raise ModelError(
            "grouped-query attention is stored with dense layers of one width, without MTP.",
            "use MLA with a mixture of experts for those, or leave them out",
        )
    return {
        **write_outer(config),
        "num_attention_heads": attention.num_heads,
        "num_key_value_heads": attention.num_kv_heads,
        "head_dim": attention.head_width,
        "intermediate_size": ffn.width,
    }


def dense_places(config: ModelConfig) -> dict[str, Place]:
    """Every released tensor name to its place in our model."""
    names = outer_places(config)
    attention = config.attention
    assert isinstance(config.ffn, Dense) and isinstance(attention, GQA)
    for layer in range(config.num_layers):
        prefix, block = f"model.layers.{layer}", f"blocks.{layer}"
        names[f"{prefix}.input_layernorm.weight"] = Place(f"{block}.attention_norm.weight")
        names[f"{prefix}.post_attention_layernorm.weight"] = Place(f"{block}.ffn_norm.weight")
        parts = [f"{part}_proj.weight" for part in "qkvo"]
        parts += [f"{part}_proj.bias" for part in "qkv" if attention.has_qkv_bias]
        parts += [f"{part}_norm.weight" for part in "qk" if attention.has_qk_norm]
        for part in parts:
            place = f"{block}.attention.{part.replace('_proj', '')}"
            names[f"{prefix}.self_attn.{part}"] = Place(place)
        names |= swiglu_places(f"{prefix}.mlp", f"{block}.ffn", config.ffn.width)
    return names
