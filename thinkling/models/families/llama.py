"""Llama 3, the students of R1-Distill-Llama: no biases, no inner norms, the llama3 context extension."""

from __future__ import annotations

from typing import Any

from thinkling.models.config import ModelConfig
from thinkling.models.families.dense import dense_places, read_dense, write_dense
from thinkling.models.families.family import Family, Json, refuse_other_values

# pretraining_tp only splits products that are the same when whole, so any value of it is read.
FIXED = {"hidden_act": "silu", "attention_bias": False, "mlp_bias": False}


def read_config(raw: Json) -> ModelConfig:
    """config.json to ModelConfig. Raises ModelError where a field is missing or means something else."""
    refuse_other_values(raw, FIXED, "llama")
    return read_dense(raw, "llama")


def write_config(config: ModelConfig) -> dict[str, Any]:
    """ModelConfig to the fields of config.json."""
    return {**write_dense(config), **FIXED, "pretraining_tp": 1}


FAMILY = Family("llama", "LlamaForCausalLM", read_config, write_config, dense_places)
