"""Qwen3 (dense): grouped-query attention with normalised queries and keys."""

from __future__ import annotations

from typing import Any

from thinkling.models.config import ModelConfig
from thinkling.models.families.dense import dense_places, read_dense, write_dense
from thinkling.models.families.family import Family, Json, refuse_other_values

FIXED = {"hidden_act": "silu", "attention_bias": False, "use_sliding_window": False}


def read_config(raw: Json) -> ModelConfig:
    """config.json to ModelConfig. Raises ModelError where a field is missing or means something else."""
    refuse_other_values(raw, FIXED, "qwen3")
    return read_dense(raw, "qwen3", has_qk_norm=True)


def write_config(config: ModelConfig) -> dict[str, Any]:
    """ModelConfig to the fields of config.json."""
    return {**write_dense(config), **FIXED, "sliding_window": None, "max_window_layers": config.num_layers}


FAMILY = Family("qwen3", "Qwen3ForCausalLM", read_config, write_config, dense_places)
