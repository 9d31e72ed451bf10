"""Our networks give the logits of transformers on random small configurations, both ways through a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracles.small_models import random_model
from thinkling.models.attend import Causal
from thinkling.models.config import GQA, MLA, Dense, ModelConfig, MoE, Rope, Yarn
from thinkling.models.transformer import Transformer
from thinkling.weights.read import load_model
from thinkling.weights.write import save_model

LENGTHS = (5, 12, 12, 3)


@st.composite
def deepseek_configs(draw: st.DrawFn) -> ModelConfig:
    num_groups = draw(st.sampled_from((1, 2, 4)))
    num_experts = num_groups * draw(st.sampled_from((2, 4)))
    active_groups = draw(st.integers(1, num_groups))
    num_layers = draw(st.integers(1, 3))
    num_dense = draw(st.integers(0, num_layers))
    yarn = Yarn(
        factor=draw(st.sampled_from((4.0, 40.0))),
        original_length=draw(st.sampled_from((16, 4096))),
        mscale=draw(st.sampled_from((1.0, 0.707))),
        mscale_all_dim=draw(st.sampled_from((1.0, 0.707))),
    )
    return ModelConfig(
        vocab_size=draw(st.sampled_from((33, 64))),
        width=draw(st.sampled_from((32, 48))),
        num_layers=num_layers,
        attention=MLA(
            num_heads=draw(st.sampled_from((2, 4))),
            q_rank=draw(st.sampled_from((None, 24))),
            kv_rank=draw(st.sampled_from((16, 32))),
            nope_width=draw(st.sampled_from((8, 16))),
            rope_width=draw(st.sampled_from((8, 16))),
            value_width=draw(st.sampled_from((8, 16, 40))),
        ),
        ffn=MoE(
            num_experts=num_experts,
            num_active=draw(st.integers(1, num_experts // num_groups * active_groups)),
            num_shared=draw(st.integers(1, 2)),
            expert_width=16,
            num_groups=num_groups,
            num_active_groups=active_groups,
            is_normalized=draw(st.booleans()),
            scale=draw(st.sampled_from((1.0, 2.5))),
        ),
        dense=Dense(width=40),
        num_dense_layers=num_dense,
        rope=Rope(theta=draw(st.sampled_from((10_000.0, 500.0))), yarn=draw(st.sampled_from((None, yarn)))),
        norm_eps=draw(st.sampled_from((1e-6, 1e-5))),
        is_tied=draw(st.booleans()),
        mtp_depth=draw(st.integers(0, 1)),
        context_length=256,
    )


@st.composite
def qwen_configs(draw: st.DrawFn) -> ModelConfig:
    num_kv_heads = draw(st.sampled_from((1, 2)))
    return ModelConfig(
        vocab_size=draw(st.sampled_from((33, 64))),
        width=draw(st.sampled_from((32, 48))),
        num_layers=draw(st.integers(1, 3)),
        attention=GQA(
            num_heads=num_kv_heads * draw(st.integers(1, 3)),
            num_kv_heads=num_kv_heads,
            head_width=draw(st.sampled_from((8, 16, 20))),
        ),
        ffn=Dense(width=40),
        rope=Rope(theta=draw(st.sampled_from((10_000.0, 1_000_000.0)))),
        norm_eps=draw(st.sampled_from((1e-6, 1e-5))),
        is_tied=draw(st.booleans()),
        context_length=256,
    )


@torch.no_grad()
def assert_same_logits(model: Transformer, folder: Path) -> None:
    """Ours on a packed row of documents against theirs on each document, and our own reloaded folder."""
    from transformers import AutoModelForCausalLM

    save_model(model, folder)
    theirs = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    ids = torch.randint(0, model.config.vocab_size, (sum(LENGTHS),))
    positions = torch.cat([torch.arange(length) for length in LENGTHS])
    ours = model.logits(model(ids, positions, Causal(LENGTHS)).states_TD)
    for mine, document in zip(ours.split(LENGTHS), ids.split(LENGTHS), strict=True):
        expected = theirs(document[None]).logits[0]
        scale = expected.abs().max()
        assert (mine - expected).abs().max() <= 1e-4 * scale
    again = load_model(folder)
    assert torch.equal(again.logits(again(ids, positions, Causal(LENGTHS)).states_TD), ours)


QUICK = settings(
    max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)


@QUICK
@given(config=deepseek_configs(), seed=st.integers(0, 2**31))
def test_deepseek_v3_logits_equal_transformers(
    config: ModelConfig, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert_same_logits(random_model(config, seed), tmp_path_factory.mktemp("model"))


@QUICK
@given(config=qwen_configs(), seed=st.integers(0, 2**31))
def test_qwen3_logits_equal_transformers(
    config: ModelConfig, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert_same_logits(random_model(config, seed), tmp_path_factory.mktemp("model"))
