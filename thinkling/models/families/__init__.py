"""Families: how a Hugging Face folder spells a `ModelConfig` and names its tensors. No torch.

A family is data plus names: `read_config` and `write_config` translate `config.json`, `places` says for every
tensor of the release where it lives in our model. DeepSeek-V3 whole: `deepseek_v3`, then `thinkling.models`.
"""

from __future__ import annotations

from thinkling.errors import ModelError
from thinkling.models.config import GQA, MLA, ModelConfig, MoE
from thinkling.models.families import deepseek_v2, deepseek_v3, llama, qwen2, qwen3
from thinkling.models.families.family import Family, Place

__all__ = ["FAMILIES", "Family", "Place", "family_named", "family_of"]

FAMILIES: dict[str, Family] = {
    module.FAMILY.model_type: module.FAMILY for module in (deepseek_v3, deepseek_v2, qwen3, qwen2, llama)
}


def family_named(model_type: str) -> Family:
    """The family of a `config.json`'s model_type. Raises ModelError for others."""
    if model_type not in FAMILIES:
        raise ModelError(
            f"the model type '{model_type}' is not supported.",
            f"use a model of one of these types: {', '.join(sorted(FAMILIES))}",
        )
    return FAMILIES[model_type]


def family_of(config: ModelConfig) -> Family:
    """The family that can write `config`. Raises ModelError where none can."""
    attention = config.attention
    if isinstance(attention, MLA):
        is_v2 = isinstance(config.ffn, MoE) and config.ffn.scoring == "softmax"
        return FAMILIES["deepseek_v2" if is_v2 else "deepseek_v3"]
    return FAMILIES[_dense_family(attention)]


def _dense_family(attention: GQA) -> str:
    if attention.has_qk_norm and attention.has_qkv_bias:
        raise ModelError(
            "no supported family has both normalised queries and keys and biases on them.",
            "leave out has_qk_norm or has_qkv_bias",
        )
    if attention.has_qk_norm:
        return "qwen3"
    return "qwen2" if attention.has_qkv_bias else "llama"
