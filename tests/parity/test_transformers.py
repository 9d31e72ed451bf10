"""Our networks give the logits and the greedy answers of transformers on random small configurations.

Every family, both ways through a folder: we write, transformers reads, and so do we.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracles.small_models import random_model
from thinkling.engine.engine import Engine
from thinkling.models.attend import Causal
from thinkling.models.config import GQA, MLA, Dense, LinearScaling, Llama3, ModelConfig, MoE, Rope, Yarn
from thinkling.models.families import family_of
from thinkling.models.transformer import Transformer
from thinkling.records import SamplingParams
from thinkling.weights.read import load_model
from thinkling.weights.write import save_model

LENGTHS = (5, 12, 12, 3)
NUM_NEW = 64
THETAS = st.sampled_from((500.0, 10_000.0, 1_000_000.0))


@st.composite
def deepseek_yarn(draw: st.DrawFn) -> Yarn:
    return Yarn(
        factor=draw(st.sampled_from((4.0, 40.0))),
        original_length=draw(st.sampled_from((16, 4096))),
        mscale=draw(st.sampled_from((1.0, 0.707))),
        mscale_all_dim=draw(st.sampled_from((1.0, 0.707))),
    )


@st.composite
def mixtures(draw: st.DrawFn, scoring: str) -> MoE:
    num_groups = draw(st.sampled_from((1, 2, 4)))
    num_experts = num_groups * draw(st.sampled_from((2, 4)))
    active_groups = draw(st.integers(1, num_groups))
    return MoE(
        num_experts=num_experts,
        num_active=draw(st.integers(1, num_experts // num_groups * active_groups)),
        num_shared=draw(st.integers(1, 2)),
        expert_width=16,
        num_groups=num_groups,
        num_active_groups=active_groups,
        scoring=scoring,  # type: ignore[arg-type]
        is_normalized=scoring == "sigmoid" and draw(st.booleans()),
        scale=draw(st.sampled_from((1.0, 2.5))),
    )


@st.composite
def latent_configs(draw: st.DrawFn, scoring: str) -> ModelConfig:
    num_layers = draw(st.integers(1, 3))
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
        ffn=draw(mixtures(scoring)),
        dense=Dense(width=40),
        num_dense_layers=draw(st.integers(0, num_layers)),
        rope=Rope(theta=draw(THETAS), scaling=draw(st.none() | deepseek_yarn())),
        norm_eps=draw(st.sampled_from((1e-6, 1e-5))),
        is_tied=draw(st.booleans()),
        mtp_depth=draw(st.integers(0, 1)) if scoring == "sigmoid" else 0,
        context_length=256,
    )


@st.composite
def llama3(draw: st.DrawFn) -> Llama3:
    return Llama3(
        factor=draw(st.sampled_from((8.0, 32.0))),
        original_length=draw(st.sampled_from((16, 64, 8192))),
        low_freq_factor=draw(st.sampled_from((1.0, 0.5))),
        high_freq_factor=draw(st.sampled_from((2.0, 4.0))),
    )


@st.composite
def qwen_yarn(draw: st.DrawFn) -> Yarn:
    return Yarn(
        factor=draw(st.sampled_from((2.0, 4.0))),
        original_length=draw(st.sampled_from((16, 32768))),
        mscale=0,
        mscale_all_dim=0,
        attention_factor=draw(st.sampled_from((None, 1.0, 1.3))),
    )


LINEAR = st.builds(LinearScaling, factor=st.sampled_from((2.0, 8.0)))


@st.composite
def dense_configs(draw: st.DrawFn, has_qk_norm: bool, has_qkv_bias: bool) -> ModelConfig:
    num_kv_heads = draw(st.sampled_from((1, 2)))
    num_heads = num_kv_heads * draw(st.integers(1, 3))
    head_width = draw(st.sampled_from((8, 16, 20)))
    return ModelConfig(
        vocab_size=draw(st.sampled_from((33, 64))),
        # Releases have heads * head width = width, and Qwen3 shows that it need not be so.
        width=draw(st.sampled_from((num_heads * head_width, num_heads * 16))),
        num_layers=draw(st.integers(1, 3)),
        attention=GQA(
            num_heads=num_heads,
            num_kv_heads=num_kv_heads,
            head_width=head_width,
            has_qk_norm=has_qk_norm,
            has_qkv_bias=has_qkv_bias,
        ),
        ffn=Dense(width=40),
        rope=Rope(theta=draw(THETAS), scaling=draw(st.none() | llama3() | qwen_yarn() | LINEAR)),
        norm_eps=draw(st.sampled_from((1e-6, 1e-5))),
        is_tied=draw(st.booleans()),
        context_length=256,
    )


FAMILIES: dict[str, st.SearchStrategy[ModelConfig]] = {
    "deepseek_v3": latent_configs("sigmoid"),
    "deepseek_v2": latent_configs("softmax"),
    "qwen3": dense_configs(True, False),
    "qwen2": dense_configs(False, True),
    "llama": dense_configs(False, False),
}


def transformers_model(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    theirs = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    return theirs.eval()


@torch.no_grad()
def assert_same_logits(model: Transformer, theirs: Any, folder: Path) -> None:
    """Ours on a packed row of documents against theirs on each document, and our own reloaded folder."""
    ids = torch.randint(0, model.config.vocab_size, (sum(LENGTHS),))
    positions = torch.cat([torch.arange(length) for length in LENGTHS])
    ours = model.logits(model(ids, positions, Causal(LENGTHS)).states_TD)
    for mine, document in zip(ours.split(LENGTHS), ids.split(LENGTHS), strict=True):
        expected = theirs(document[None]).logits[0]
        scale = expected.abs().max()
        assert (mine - expected).abs().max() <= 1e-4 * scale
    again = load_model(folder)
    assert torch.equal(again.logits(again(ids, positions, Causal(LENGTHS)).states_TD), ours)


@torch.no_grad()
def assert_same_greedy_answer(model: Transformer, theirs: Any) -> None:
    """Token by token, until two tokens are so close that rounding decides."""
    prompt = torch.randint(0, model.config.vocab_size, (7,))
    engine = Engine(model, ())
    engine.add(tuple(prompt.tolist()), SamplingParams(temperature=0.0, max_tokens=NUM_NEW), seed=0)
    finished = []
    while not engine.is_idle:
        finished += engine.step().finished
    row = torch.cat((prompt, torch.tensor(finished[0].ids)))
    assert len(row) == 7 + NUM_NEW
    logits = theirs(row[None]).logits[0, 6:-1]
    best = logits.topk(2)
    is_close = best.values[:, 0] - best.values[:, 1] <= 1e-4 * logits.abs().amax(-1)
    assert torch.equal(best.indices[~is_close, 0], row[7:][~is_close])
    # Where rounding decides, it is between these two.
    assert (best.indices[is_close] == row[7:][is_close, None]).any(-1).all()
    # Rare, but an answer that goes round in circles meets the same two again and again.
    assert is_close.sum() <= NUM_NEW // 4


def check(family: str, data: st.DataObject, folders: Callable[[str], Path]) -> None:
    config = data.draw(FAMILIES[family])
    assert family_of(config).model_type == family
    folder = folders("model")
    model = random_model(config, data.draw(st.integers(0, 2**31)))
    save_model(model, folder)
    theirs = transformers_model(folder)
    assert theirs.config.model_type == family
    assert_same_logits(model, theirs, folder)
    assert_same_greedy_answer(model, theirs)


COMMON: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "derandomize": True,
    "database": None,
}


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=8, **COMMON)
@given(data=st.data())
def test_logits_and_answers_equal_transformers(
    family: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    check(family, data, tmp_path_factory.mktemp)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=40, **COMMON)
@given(data=st.data())
def test_logits_and_answers_equal_transformers_on_many_more(
    family: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    check(family, data, tmp_path_factory.mktemp)
