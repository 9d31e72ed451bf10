"""Families: how a Hugging Face folder spells a `ModelConfig` and names its tensors. No torch.

A family is data plus names: `read_config` and `write_config` translate `config.json`, `places` says for every
tensor of the release where it lives in our model. DeepSeek-V3 whole: `deepseek_v3`, then `thinkling.models`.
"""

from __future__ import annotations

from thinkling.errors import ModelError
from thinkling.models.config import MLA, ModelConfig
from thinkling.models.families import deepseek_v3, qwen3
from thinkling.models.families.family import Family, Place

__all__ = ["FAMILIES", "Family", "Place", "family_named", "family_of"]

FAMILIES: dict[str, Family] = {"deepseek_v3": deepseek_v3.FAMILY, "qwen3": qwen3.FAMILY}


def family_named(model_type: str) -> Family:
    """The family of a `config.json`'s model_type. Raises ModelError for others."""
    if model_type not in FAMILIES:
        raise ModelError(
            f"the model type '{model_type}' is not supported.",
            f"use a model of one of these types: {', '.join(sorted(FAMILIES))}",
        )
    return FAMILIES[model_type]


def family_of(config: ModelConfig) -> Family:
    """The family that can write `config`."""
    return FAMILIES["deepseek_v3" if isinstance(config.attention, MLA) else "qwen3"]
