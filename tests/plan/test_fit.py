"""Whether models fit, against a table that was worked out by hand from the released configurations."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plan.shapes import SHAPES
from thinkling.errors import ConfigError
from thinkling.models.config import ModelConfig
from thinkling.models.presets import PRESETS
from thinkling.plan.fit import FITS, NO, TIGHT, answer_serving, answer_training, fit_serving
from thinkling.plan.layout import Layout
from thinkling.plan.memory import (
    Serving,
    cache_bytes,
    cache_on_device,
    devices_needed,
    serving_figures,
    weight_bytes,
)
from thinkling.plan.named import model_named
from thinkling.plan.training_memory import RolloutMemory, TrainingMemory

# By hand: vocabulary x width is the embedding, 16 bits in every format. A layer is q and o (width^2 each), k
# and v (width x 128 kv heads each), 3 x width x feed-forward; the head is vocabulary x width. Biases and
# norms stay in 16 bits.
HAND = {
    #        layers width kv heads feed-forward vocabulary
    "1.5b": (28, 1536, 2, 8_960, 151_936),
    "7b": (28, 3584, 4, 18_944, 152_064),
    "14b": (48, 5120, 8, 13_824, 152_064),
    "32b": (64, 5120, 8, 27_648, 152_064),
}
# Gigabytes needed on one device: weights + cache of 4,096 tokens + working space + 0.8 of the runtime.
NEEDED = {
    "1.5b": {"bf16": 4.595, "int8": 3.051, "int4": 2.376},
    "7b": {"bf16": 16.529, "int8": 9.459, "int4": 6.366},
    "14b": {"bf16": 31.358, "int8": 17.367, "int4": 11.247},
    "32b": {"bf16": 67.784, "int8": 35.800, "int4": 21.806},
}
# Which of 8, 16, 24, 48 and 80 GB hold it.
HOLDS = {
    "1.5b": {"bf16": "yyyyy", "int8": "yyyyy", "int4": "yyyyy"},
    "7b": {"bf16": "nnyyy", "int8": "nyyyy", "int4": "yyyyy"},
    "14b": {"bf16": "nnnyy", "int8": "nnyyy", "int4": "nyyyy"},
    "32b": {"bf16": "nnnny", "int8": "nnnyy", "int4": "nnyyy"},
}
SIZES = (8e9, 16e9, 24e9, 48e9, 80e9)
EVERY = [(size, format_) for size in NEEDED for format_ in NEEDED[size]]


def by_hand(size: str, format_: str) -> float:
    """Bytes needed, from the numbers of the configuration alone."""
    layers, width, kv_heads, inner, vocabulary = HAND[size]
    matrices = layers * (2 * width**2 + 2 * width * 128 * kv_heads + 3 * width * inner) + vocabulary * width
    biases, norms = layers * (width + 2 * 128 * kv_heads), (2 * layers + 1) * width
    small = vocabulary * width + biases + norms
    weights = matrices * {"bf16": 2.0, "int8": 1.0, "int4": 0.5625}[format_] + 2 * small
    cache = 4096 * 2 * kv_heads * 128 * layers * 2
    working = 2 * 2048 * (2 * width + 3 * inner) + 4 * vocabulary
    return weights + cache + working + 0.8e9


@pytest.mark.parametrize(("size", "format_"), EVERY)
def test_the_students_need_what_was_worked_out_by_hand(size: str, format_: str) -> None:
    config = PRESETS[f"r1-distill-qwen-{size}"]
    need = fit_serving(config, Serving(format_), 24e9).need.value
    assert need == pytest.approx(by_hand(size, format_), abs=1)
    assert need / 1e9 == pytest.approx(NEEDED[size][format_], abs=0.001)


@pytest.mark.parametrize(("size", "format_"), EVERY)
def test_the_students_fit_where_the_table_says(size: str, format_: str) -> None:
    config = PRESETS[f"r1-distill-qwen-{size}"]
    for device_bytes, letter in zip(SIZES, HOLDS[size][format_], strict=True):
        fit = fit_serving(config, Serving(format_), device_bytes)
        assert fit.is_enough == (letter == "y"), device_bytes
        assert fit.margin == pytest.approx(device_bytes - by_hand(size, format_), abs=1)


def test_r1_does_not_fit_into_24_gigabytes_and_what_would_is_said() -> None:
    answer = answer_serving(model_named("deepseek-r1"), Serving("fp8"), 24e9)
    assert answer.verdict.startswith("No: ")
    assert answer.figure("margin").value < -640e9
    enough = [way.action for way in answer.ways if way.is_enough]
    assert any("devices of 24.00 GB in int4" in action for action in enough)
    assert any(action.startswith("r1-distill-qwen-32b in int4") for action in enough)
    assert any("routed experts" in action for action in enough)
    assert not any(action.startswith("quantise") for action in enough)
    assert any("all of them have to be in memory" in note for note in answer.notes)


def test_r1_in_fp8_fits_eight_times_into_141_gigabytes_and_not_into_80() -> None:
    config = PRESETS["deepseek-r1"]
    serving = Serving("fp8", num_devices=8)
    assert fit_serving(config, serving, 141e9).verdict == FITS
    assert fit_serving(config, serving, 80e9).verdict == NO
    assert devices_needed(config, serving, 80e9) == 9


def test_fp8_weighs_what_the_released_folder_does() -> None:
    """688,574,839,360 bytes of safetensors, of which 15,424,227,552 are the MTP layer with its copies.

    We count neither scales of blocks that are not full nor that correction biases are in fp32.
    """
    released = 688_574_839_360 - 15_424_227_552
    assert weight_bytes(PRESETS["deepseek-v3"], "fp8") == pytest.approx(released, rel=1e-7)


def test_what_fits_only_just_is_helped_by_room_to_spare_alone() -> None:
    config = PRESETS["r1-distill-qwen-1.5b"]
    need = fit_serving(config, Serving(), 24e9).need.range
    answer = answer_serving(model_named("r1-distill-qwen-1.5b"), Serving(), need.expected)
    assert not any(action.startswith("a context of 4,096") for action in (way.action for way in answer.ways))
    enough = {way.action for way in answer.ways if way.is_enough}
    assert "quantise to int4" in enough and "keep the cache in fp8" not in enough


def test_scales_alone_are_no_reason_to_quantise() -> None:
    answer = answer_serving(model_named("deepseek-r1"), Serving("fp8"), 24e9)
    assert not any(way.action == "quantise to int8" for way in answer.ways)


def test_ways_that_are_said_to_be_enough_are() -> None:
    answer = answer_serving(model_named("r1-distill-qwen-14b"), Serving("bf16", batch=8), 24e9)
    config = PRESETS["r1-distill-qwen-14b"]
    actions = {way.action: way for way in answer.ways}
    for format_ in ("int8", "int4"):
        fit = fit_serving(config, Serving(format_, batch=8), 24e9)
        assert actions[f"quantise to {format_}"].is_enough == fit.is_enough
    first_failing = next((number for number, way in enumerate(answer.ways) if not way.is_enough), 99)
    assert all(not way.is_enough for way in answer.ways[first_failing:])


def test_a_shorter_context_is_named_where_it_is_enough() -> None:
    config = PRESETS["r1-distill-qwen-7b"]
    serving = Serving("int4", context=131_072, batch=2)
    answer = answer_serving(model_named("r1-distill-qwen-7b"), serving, 16e9)
    (action,) = [way.action for way in answer.ways if way.action.startswith("a context of")]
    context = int(action.removeprefix("a context of ").removesuffix(" tokens").replace(",", ""))
    assert fit_serving(config, replace(serving, context=context), 16e9).is_enough
    assert not fit_serving(config, replace(serving, context=context + 256), 16e9).is_enough


def test_only_just_means_that_the_upper_end_does_not_fit() -> None:
    config = PRESETS["r1-distill-qwen-1.5b"]
    need = fit_serving(config, Serving(), 24e9).need.range
    assert fit_serving(config, Serving(), need.expected).verdict == TIGHT
    assert fit_serving(config, Serving(), need.high).verdict == FITS
    assert fit_serving(config, Serving(), need.expected - 1).verdict == NO


def test_the_cache_is_rounded_up_to_whole_pages() -> None:
    config = PRESETS["deepseek-r1"]
    assert cache_bytes(config, Serving(context=1)) == 16 * 70_272
    assert cache_bytes(config, Serving(context=17, batch=3)) == 3 * 32 * 70_272
    assert cache_bytes(config, Serving(context=16, cache_format="fp8")) == 16 * 35_136


@settings(max_examples=40, deadline=None)
@given(SHAPES, st.integers(1, 500), st.integers(1, 9))
def test_more_tokens_and_conversations_never_need_less(config: ModelConfig, context: int, batch: int) -> None:
    serving = Serving(context=context, batch=batch)
    need = serving_figures(config, serving)[-1]
    assert need.value >= sum(part.value for part in serving_figures(config, serving)[:-1])
    longer = serving_figures(config, replace(serving, context=context + 1))[-1]
    more = serving_figures(config, replace(serving, batch=batch + 1))[-1]
    assert longer.value >= need.value and more.value > need.value


def test_training_ways_lead_from_what_is_free_to_adapters() -> None:
    answer = answer_training(model_named("r1-distill-qwen-7b"), TrainingMemory(), 80e9, RolloutMemory())
    assert answer.verdict.startswith("No: ")
    enough = [way.action for way in answer.ways if way.is_enough]
    assert any(action.startswith("LoRA") for action in enough)
    assert any("devices with ZeRO stage 3" in action for action in enough)
    assert answer.figure("logits").value == 4 * 4096 * 152_064 * 2


def test_a_training_that_fits_needs_no_advice() -> None:
    training = TrainingMemory(layout=Layout(data=64, zero=3), has_recompute=True, logit_tokens=1024)
    answer = answer_training(model_named("r1-distill-qwen-7b"), training, 80e9)
    assert answer.verdict.startswith("Yes: ") and not answer.ways


@pytest.mark.parametrize(
    ("serving", "words"),
    [
        (Serving("int3"), "no format 'int3'"),
        (Serving(cache_format="int4"), "not kept in 'int4'"),
        (Serving(context=200_000), "200,000 tokens is asked for"),
    ],
)
def test_what_cannot_be_served_is_a_sentence(serving: Serving, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        serving_figures(PRESETS["deepseek-r1"], serving)


@pytest.mark.parametrize(
    ("name", "devices", "batch", "expected"),
    [
        ("deepseek-r1", 1, 5, (5, 1)),
        ("deepseek-r1", 8, 1, (1, 1)),
        ("deepseek-r1", 8, 9, (2, 1)),
        ("llama-3.1-70b", 8, 3, (3, 8)),
        ("llama-3.1-70b", 16, 3, (2, 8)),
        ("llama-3.1-70b", 3, 3, (1, 1)),
        ("r1-distill-qwen-7b", 8, 4, (2, 4)),
    ],
)
def test_a_device_holds_shared_heads_or_whole_latents(
    name: str, devices: int, batch: int, expected: tuple[int, int]
) -> None:
    serving = Serving(batch=batch, num_devices=devices)
    assert cache_on_device(model_named(name).config, serving) == expected


def test_the_fewest_devices_hold_it_and_one_less_does_not() -> None:
    config = PRESETS["deepseek-r1"]
    for batch in (1, 64, 500):
        serving = Serving("fp8", context=8192, batch=batch)
        number = devices_needed(config, serving, 80e9)
        assert number is not None
        assert fit_serving(config, replace(serving, num_devices=number), 80e9).is_enough
        assert not fit_serving(config, replace(serving, num_devices=number - 1), 80e9).is_enough
    assert devices_needed(config, Serving("fp8"), 1e9) is None


def test_the_optimizer_can_wait_in_the_computers_memory() -> None:
    answer = answer_training(model_named("r1-distill-qwen-1.5b"), TrainingMemory(), 24e9)
    (way,) = [way for way in answer.ways if "optimizer" in way.action]
    assert way.is_enough and "21.33 GB there" in way.effect
