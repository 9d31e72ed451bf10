"""Folders in codes, read by others: transformers with compressed-tensors finds our numbers in them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.oracles.small_models import DENSE, LLAMA, QWEN2, random_model
from thinkling.models.attend import Causal
from thinkling.models.config import Dense
from thinkling.weights.convert import convert
from thinkling.weights.read import load_model
from thinkling.weights.write import save_model

FAMILIES = {"qwen3": DENSE, "qwen2": QWEN2, "llama": LLAMA}
FAMILIES["tied"] = DENSE.model_copy(update={"is_tied": True})


@pytest.mark.parametrize("kind", ["int8", "int4"])
@pytest.mark.parametrize("family", FAMILIES)
@torch.no_grad()
def test_transformers_reads_our_codes(family: str, kind: str, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    config = FAMILIES[family].model_copy(update={"width": 64, "ffn": Dense(width=96)})
    save_model(random_model(config), tmp_path / "float")
    convert(tmp_path / "float", tmp_path / kind, torch.float32, quantization=kind)
    theirs = AutoModelForCausalLM.from_pretrained(
        tmp_path / kind, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    ours = load_model(tmp_path / kind)
    ids = torch.randint(0, config.vocab_size, (20,), generator=torch.Generator().manual_seed(2))
    expected = theirs(ids[None]).logits[0]
    found = ours.logits(ours(ids, torch.arange(20), Causal([20])).states_TD)
    assert (found - expected).abs().max() <= 1e-4 * expected.abs().max()
    # The codes make a difference: this is not the model before them.
    before = load_model(tmp_path / "float")
    unlike = before.logits(before(ids, torch.arange(20), Causal([20])).states_TD)
    assert (unlike - expected).abs().max() > 1e-3 * expected.abs().max()
