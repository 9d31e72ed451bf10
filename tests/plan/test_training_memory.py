"""State, activations, logits, adapters: against the formulas of the papers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plan.shapes import SHAPES
from thinkling.errors import ConfigError
from thinkling.models.config import ModelConfig
from thinkling.models.presets import PRESETS
from thinkling.plan.count import count_params
from thinkling.plan.layout import Layout
from thinkling.plan.memory import weight_bytes
from thinkling.plan.shapes import SHAPES as RELEASED
from thinkling.plan.training_memory import (
    RolloutMemory,
    TrainingMemory,
    activation_bytes,
    activation_bytes_per_token,
    logits_bytes,
    lora_params,
    state_bytes,
    training_figures,
    weights_on_device,
)

LLAMA = RELEASED["llama-3.1-8b"]
ALL = TrainingMemory()


def test_a_parameter_takes_16_bytes_with_adam_and_18_with_gradients_in_fp32() -> None:
    total = count_params(LLAMA).total
    assert sum(state_bytes(LLAMA, TrainingMemory())) == 16 * total
    assert sum(state_bytes(LLAMA, TrainingMemory(gradient_bytes=4))) == 18 * total


@pytest.mark.parametrize(("stage", "expected"), [(0, 16.0), (1, 4 + 12 / 8), (2, 2 + 14 / 8), (3, 16 / 8)])
def test_zero_cuts_optimizer_then_gradients_then_weights(stage: int, expected: float) -> None:
    training = TrainingMemory(layout=Layout(data=8, zero=stage))
    assert sum(state_bytes(LLAMA, training)) == pytest.approx(expected * count_params(LLAMA).total)


@settings(max_examples=40, deadline=None)
@given(SHAPES, st.integers(1, 8))
def test_a_higher_zero_stage_never_needs_more(config: ModelConfig, data: int) -> None:
    needs = [sum(state_bytes(config, TrainingMemory(layout=Layout(data=data, zero=z)))) for z in range(4)]
    assert needs == sorted(needs, reverse=True)
    assert needs[0] == 16 * (count_params(config).total + count_params(config).mtp)


def test_experts_spread_over_replicas_are_cut_among_fewer_of_them() -> None:
    """With 64 replicas and the experts over all 64 nothing is left to cut; the rest is cut over 64."""
    config = PRESETS["deepseek-v3"]
    routed = (58 + 1) * 256 * 44_040_192
    rest = count_params(config).total + count_params(config).mtp - routed
    training = TrainingMemory(layout=Layout(data=64, expert=64, zero=1))
    weights, _, optimizer = state_bytes(config, training)
    assert weights == pytest.approx(2 * (rest + routed / 64))
    assert optimizer == pytest.approx(12 * (rest / 64 + routed / 64))


def test_activations_of_llama_are_34_bytes_a_width_token_and_layer() -> None:
    """The figure of arXiv 2205.05198, which Llama 3's proportions happen to give exactly."""
    assert activation_bytes_per_token(LLAMA) == 34 * LLAMA.width * LLAMA.num_layers


def test_recomputed_blocks_keep_two_bytes_a_width_and_one_block() -> None:
    kept = activation_bytes(LLAMA, TrainingMemory(tokens_per_pass=1000, has_recompute=True))
    one_block = 34 * LLAMA.width * 1000
    assert kept == pytest.approx(2 * LLAMA.width * LLAMA.num_layers * 1000 + one_block)


def test_logits_are_the_term_that_ends_grpo_runs() -> None:
    assert logits_bytes(151_936, 8 * 8192, copies=1) == 39_829_110_784
    assert logits_bytes(151_936, 8 * 8192) == 2 * 39_829_110_784


def test_adapters_of_llama_count_as_peft_counts_them() -> None:
    """Rank 16 on q, k, v, o, gate, up and down of Llama 3 8B: 41.9 million."""
    a_layer = 16 * (2 * (4096 + 4096) + 2 * (4096 + 1024) + 3 * (4096 + 14_336))
    assert lora_params(LLAMA, 16) == 32 * a_layer == 41_943_040


def test_adapters_leave_the_base_in_its_format_and_train_the_rest() -> None:
    adapters = lora_params(LLAMA, 16)
    training = TrainingMemory(lora_rank=16, base_format="int4")
    weights, gradients, optimizer = state_bytes(LLAMA, training)
    assert weights == pytest.approx(weight_bytes(LLAMA, "int4") + 2 * adapters)
    assert (gradients, optimizer) == (2 * adapters, 12 * adapters)


def test_grpo_adds_a_cache_and_copies_of_the_weights_unless_they_are_shared() -> None:
    def need(rollout: RolloutMemory | None, training: TrainingMemory = ALL) -> float:
        return training_figures(LLAMA, training, rollout)[-1].value

    weights = weight_bytes(LLAMA, "bf16")
    cache = 64 * 4096 * 131_072
    assert need(RolloutMemory()) - need(None) == pytest.approx(cache + 2 * weights)
    assert need(RolloutMemory(is_shared=True)) - need(None) == pytest.approx(cache + weights)
    assert need(RolloutMemory(has_reference=False, is_shared=True)) - need(None) == pytest.approx(cache)
    lora = TrainingMemory(lora_rank=8)
    assert need(RolloutMemory(is_shared=True), lora) - need(None, lora) == pytest.approx(cache)


@pytest.mark.parametrize(
    ("name", "layout", "words"),
    [
        ("r1-distill-qwen-7b", Layout(tensor=8), "28 heads cannot be cut over tensor parallel 8"),
        ("r1-distill-qwen-7b", Layout(expert=2, data=2), "this model is dense"),
        ("r1-distill-qwen-7b", Layout(pipeline=29), "28 layers cannot be shared out"),
        ("deepseek-v3", Layout(expert=48, data=48), "256 experts cannot be shared out"),
        ("deepseek-v3", Layout(expert=64, data=32), "does not divide tensor x data = 32"),
        ("deepseek-v3", Layout(zero=4), "no ZeRO stage 4"),
        ("deepseek-v3", Layout(tensor=0), "tensor parallel 0 is no number of devices"),
    ],
)
def test_an_impossible_layout_is_a_sentence(name: str, layout: Layout, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        training_figures(PRESETS[name], TrainingMemory(layout=layout))


def test_the_layout_of_deepseek_v3_is_possible() -> None:
    layout = Layout(pipeline=16, expert=64, data=128, zero=1)
    layout.check(PRESETS["deepseek-v3"])
    assert layout.num_devices == 2048


def test_a_pass_without_tokens_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least one token"):
        training_figures(LLAMA, TrainingMemory(tokens_per_pass=0))


def test_experts_that_are_not_trained_are_spread_out_too() -> None:
    config, layout = PRESETS["deepseek-v3"], Layout(data=64, expert=64)
    routed = 58 * 256 * 44_040_192
    frozen = weight_bytes(config, "bf16")
    expected = frozen - 2 * routed + 2 * routed / 64
    assert weights_on_device(config, "bf16", layout) == pytest.approx(expected)
    lora = TrainingMemory(layout=layout, lora_rank=16)
    assert state_bytes(config, lora)[0] == pytest.approx(expected + 2 * lora_params(config, 16))
    rollout = training_figures(config, TrainingMemory(layout=layout), RolloutMemory())
    sizes = {one.name: one.value for one in rollout}
    assert sizes["weights of the sampler"] == sizes["weights of the reference"] == pytest.approx(expected)


def test_zero_cuts_what_adapters_train() -> None:
    adapters = lora_params(LLAMA, 16)
    for zero, expected in ((0, (2, 12)), (1, (2, 12 / 8)), (2, (2 / 8, 12 / 8))):
        training = TrainingMemory(layout=Layout(data=8, zero=zero), lora_rank=16)
        assert state_bytes(LLAMA, training)[1:] == pytest.approx([one * adapters for one in expected])


def test_a_prediction_module_has_logits_and_activations_of_its_own() -> None:
    config = PRESETS["deepseek-v3"]
    sizes = {one.name: one.value for one in training_figures(config, TrainingMemory(tokens_per_pass=4096))}
    assert sizes["logits"] == 2 * logits_bytes(config.vocab_size, 4096)
    without = config.model_copy(update={"mtp_depth": 0})
    assert activation_bytes_per_token(config) > activation_bytes_per_token(without)
