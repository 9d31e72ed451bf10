"""Decoding and prefill: bytes read, operations, and how they become seconds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plan.shapes import SHAPES
from thinkling.models.config import ModelConfig, MoE
from thinkling.models.presets import PRESETS
from thinkling.plan.assumptions import ASSUMPTIONS
from thinkling.plan.count import count_params, forward_flops_per_token
from thinkling.plan.estimate import expected_values
from thinkling.plan.hardware import DEVICES
from thinkling.plan.memory import Serving, weight_bytes
from thinkling.plan.named import model_named
from thinkling.plan.price import ownership_figure
from thinkling.plan.roofline import bytes_read, decode_step, experts_touched, prefill_seconds
from thinkling.plan.speed import Service, answer_service, decode_speed

VALUES = expected_values(ASSUMPTIONS.values())
R1, QWEN = PRESETS["deepseek-r1"], PRESETS["r1-distill-qwen-7b"]
V3_MOE = R1.ffn


def test_one_token_touches_its_experts_and_many_touch_all() -> None:
    assert isinstance(V3_MOE, MoE)
    assert experts_touched(V3_MOE, 1) == pytest.approx(8)
    assert experts_touched(V3_MOE, 2) == pytest.approx(256 * (1 - (31 / 32) ** 2))
    assert experts_touched(V3_MOE, 1000) == pytest.approx(256)


def test_a_dense_model_reads_everything_but_the_rows_of_its_embedding() -> None:
    embedding = 152_064 * 3584
    assert bytes_read(QWEN, "bf16", 1) == weight_bytes(QWEN, "bf16") - 2 * embedding
    assert bytes_read(QWEN, "bf16", 500) == bytes_read(QWEN, "bf16", 1)


def test_r1_reads_its_active_parameters_for_one_and_nearly_all_for_256() -> None:
    active = count_params(R1).active - 129_280 * 7168
    assert bytes_read(R1, "bf16", 1) == pytest.approx(2 * active, rel=1e-6)
    assert bytes_read(R1, "bf16", 256) == pytest.approx(
        2 * (count_params(R1).total - 129_280 * 7168), rel=0.01
    )


@settings(max_examples=40, deadline=None)
@given(SHAPES, st.integers(1, 300), st.integers(1, 64))
def test_a_step_for_more_never_takes_less_time(config: ModelConfig, context: int, batch: int) -> None:
    device, serving = DEVICES["h100"], Serving(context=context, batch=batch)
    step = decode_step(config, device, serving, VALUES)
    assert step.seconds >= max(step.reading_s, step.computing_s) > 0
    for more in (replace(serving, batch=batch + 1), replace(serving, context=context + 1)):
        assert decode_step(config, device, more, VALUES).seconds >= step.seconds


def test_a_step_by_hand() -> None:
    """R1-Distill-Qwen-7B in BF16 on an H100, one conversation of 4,096 tokens."""
    step = decode_step(QWEN, DEVICES["h100"], Serving(context=4096), VALUES)
    assert step.weight_bytes == 2 * (7_615_616_512 - 544_997_376)
    assert step.cache_bytes == 4096 * 57_344
    assert step.reading_s == pytest.approx((14_141_238_272 + 234_881_024) / (3.35e12 * 0.70))
    assert step.latency_s == pytest.approx(28 * 25e-6)
    assert step.bound == "reading"


def test_prefill_is_bound_by_arithmetic_and_short_prompts_by_reading() -> None:
    device = DEVICES["h100"]
    long = prefill_seconds(QWEN, device, Serving(context=8192), VALUES)
    assert long == pytest.approx(8192 * forward_flops_per_token(QWEN, 8192) / (989e12 * 0.55))
    short = prefill_seconds(QWEN, device, Serving(context=1), VALUES)
    assert short == pytest.approx(bytes_read(QWEN, "bf16", 1) / (3.35e12 * 0.70))


def test_the_steps_that_gave_the_latency_are_found_again() -> None:
    """SGLang 0.4.1.post2: 30.3, 206 and 761 tokens/s on 8 GPUs; the range holds each."""
    for batch, published in ((1, 30.29), (8, 206.32), (32, 760.52)):
        serving = Serving("fp8", context=256, batch=batch, num_devices=8)
        _, all_ = decode_speed(R1, DEVICES["h200"], Service(serving))
        assert all_.range.holds(published), all_.range


def test_what_a_user_of_deepseeks_service_saw_is_within_the_range() -> None:
    """20 to 22 tokens/s where 18 nodes write 14.8k tokens/s each, 4,989 tokens in the cache (day 6)."""
    serving = Serving("fp8", context=4989, batch=round(18 * 14_800 / 21), num_devices=144)
    one, _ = decode_speed(R1, DEVICES["h800"], Service(serving))
    assert one.range.low <= 20 and one.range.high >= 22


def test_fp8_shows_the_peak_that_its_products_were_divided_by() -> None:
    service = Service(Serving("fp8", num_devices=8))
    named = {one.name: one.value for one in decode_speed(R1, DEVICES["h200"], service)[0].inputs}
    assert named["peak of products"] == 1979e12 and named["peak of attention"] == 989e12
    plain = {one.name: one.value for one in decode_speed(R1, DEVICES["a100"], service)[0].inputs}
    assert plain["peak"] == 312e12


def test_one_conversation_has_one_speed_in_the_verdict() -> None:
    model = model_named("r1-distill-qwen-7b")
    alone = answer_service(model, DEVICES["h100"], Service(Serving()))
    assert "in all" not in alone.verdict
    more = answer_service(model, DEVICES["h100"], Service(Serving(batch=2)))
    assert "for each of 2 conversations" in more.verdict


def test_a_break_even_beyond_what_devices_can_write_is_told() -> None:
    model, serving = model_named("deepseek-r1"), Serving("fp8", batch=64, num_devices=8)
    dear = answer_service(model, DEVICES["h200"], Service(serving, compared_with="deepseek-r1"))
    assert "the service is cheaper" in dear.notes[-1]
    cheap = answer_service(model, DEVICES["h200"], Service(serving, compared_with="o1"))
    assert "the service is cheaper" not in cheap.notes[-1]


def test_speculation_writes_more_and_says_so() -> None:
    service = Service(Serving("fp8", num_devices=16))
    plain, _ = decode_speed(R1, DEVICES["h800"], service)
    ahead, _ = decode_speed(R1, DEVICES["h800"], replace(service, has_speculation=True))
    # Two tokens meet more experts than one, and the module has to be read.
    assert plain.value < ahead.value < 1.8 * plain.value
    assert "speculation gain" in ahead.formula and "speculation gain" not in plain.formula


def test_an_answer_says_when_it_does_not_fit_and_what_a_token_costs() -> None:
    answer = answer_service(model_named("deepseek-r1"), DEVICES["h100"], Service(Serving("fp8"), False, "o1"))
    assert answer.notes[0].startswith("It does not fit: ")
    cost = answer.figure("a million tokens of output, at all hours")
    assert cost.value == pytest.approx(2.7 / 3600 / answer.figure("decode, all conversations").value * 1e6)
    assert answer.figure("use at break-even").unit == "%"


def test_verifying_a_guess_reads_the_experts_of_two_tokens_and_the_module() -> None:
    """R1 in int4 at one conversation: 8 experts of a layer, and 15.75 with a guess."""
    serving = Serving("int4", context=4096)
    plain = decode_step(R1, DEVICES["m3-ultra"], serving, VALUES)
    ahead = decode_step(R1, DEVICES["m3-ultra"], serving, VALUES, guesses=1)
    expert = 3 * 7168 * 2048
    more = 58 * (256 * (1 - (1 - 8 / 256) ** 2) - 8) * expert
    module = count_params(R1).mtp - (256 - 8) * expert
    assert ahead.weight_bytes - plain.weight_bytes == pytest.approx((more + module) * 4.5 / 8)
    assert ahead.cache_bytes == plain.cache_bytes and ahead.flops > 2 * plain.flops


def test_attention_over_a_long_prompt_is_computed_in_16_bits() -> None:
    device, length = DEVICES["h200"], 131_072
    products = forward_flops_per_token(R1, 0)
    attention = forward_flops_per_token(R1, length) - products
    found = prefill_seconds(R1, device, Serving("fp8", context=length, num_devices=8), VALUES)
    assert found == pytest.approx(length * (products / 1979e12 + attention / 989e12) / (8 * 0.55))


def test_break_even_of_ones_own_counts_all_hours_and_reading() -> None:
    model, device = model_named("r1-distill-qwen-7b"), DEVICES["m3-ultra"]
    found = answer_service(model, device, Service(Serving("int4", batch=8), compared_with="deepseek-r1"))
    even = found.figure("break-even against deepseek-r1")
    assert even.inputs[0].value == pytest.approx(ownership_figure(device, 1, use=1.0).value)
    use = {one.name: one.value for one in found.figure("use at break-even").inputs}
    writing = use["output at break-even"] / use["decode"]
    reading = use["input that is read"] * use["reading a token"]
    assert found.figure("use at break-even").value == pytest.approx(100 * (writing + reading) / 86_400)
    assert reading > 0.1 * writing
