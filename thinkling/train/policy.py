"""Building, loading and saving the model that a stage trains."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from thinkling.models.config import ModelConfig
from thinkling.models.linear import set_compute_dtype
from thinkling.models.product import has_fast_bf16
from thinkling.models.transformer import Transformer
from thinkling.text.template import Template
from thinkling.text.tokenizer import Tokenizer
from thinkling.weights.write import save_model

Precision = Literal["auto", "fp32", "bf16"]


def compute_dtype(precision: Precision, device: str) -> torch.dtype | None:
    """The dtype of matrix products; None is fp32.

    "auto" takes bf16 on a GPU, and on a CPU only where its tile unit makes it faster than fp32 (vector units
    alone do not: `thinkling doctor` measures both).
    """
    if precision == "auto":
        precision = "bf16" if device != "cpu" or has_fast_bf16() else "fp32"
    return torch.bfloat16 if precision == "bf16" else None


def new_policy(config: ModelConfig, std: float, seed: int, device: str, precision: Precision) -> Transformer:
    """A freshly initialised model, weights in fp32."""
    model = Transformer(config)
    model.initialize(std, torch.Generator().manual_seed(seed))
    set_compute_dtype(model, compute_dtype(precision, device))
    return model.to(device)


def policy_tensors(model: Transformer) -> dict[str, Tensor]:
    """Weights and router biases by name."""
    named = dict(model.named_parameters()) | dict(model.named_buffers())
    return {name: tensor for name, tensor in named.items() if not name.endswith("frequency")}


@torch.no_grad()
def load_policy_tensors(model: Transformer, tensors: Mapping[str, Tensor]) -> None:
    """Put `policy_tensors` back in place."""
    for name, tensor in policy_tensors(model).items():
        tensor.copy_(tensors[name])


def save_policy(
    model: Transformer,
    tokenizer: Tokenizer,
    folder: Path,
    dtype: torch.dtype,
    temperature: float = 0.6,
    template: Template | None = None,
) -> None:
    """A standard model folder: weights, configuration, tokenizer, and the template that it was asked with.

    Without a `template` that is R1's. Raises ModelError where the vocabulary has no markers for it.
    """
    tokens = {
        "bos_token_id": tokenizer.bos_id,
        "eos_token_id": tokenizer.eos_id,
        "pad_token_id": tokenizer.pad_id,
    }
    known = {name: value for name, value in tokens.items() if value is not None}
    save_model(model, folder, dtype, known, temperature)
    tokenizer.save(folder, model.config.context_length, template)
