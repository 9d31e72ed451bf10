"""Qwen2 and Qwen2.5, the students of R1-Distill-Qwen: biases on queries, keys and values."""

from __future__ import annotations

from typing import Any

from thinkling.models.config import ModelConfig
from thinkling.models.families.dense import dense_places, read_dense, write_dense
from thinkling.models.families.family import Family, Json, refuse_other_values

FIXED = {"hidden_act": "silu", "use_sliding_window": False}


def read_config(raw: Json) -> ModelConfig:
    """config.json to ModelConfig. Raises ModelError where a field is missing or means something else."""
    refuse_other_values(raw, FIXED | {"use_mrope": False}, "qwen2")
    return read_dense(raw, "qwen2", has_bias=True)


def write_config(config: ModelConfig) -> dict[str, Any]:
    """ModelConfig to the fields of config.json."""
    return {**write_dense(config), **FIXED, "sliding_window": None, "max_window_layers": config.num_layers}


FAMILY = Family("qwen2", "Qwen2ForCausalLM", read_config, write_config, dense_places)
