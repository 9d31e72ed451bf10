"""Dollars by hand, and what is said where a price is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from thinkling.errors import ConfigError
from thinkling.plan.assumptions import ASSUMPTIONS
from thinkling.plan.bills import answer_device, answer_tokens
from thinkling.plan.estimate import Range, exact, expected_values
from thinkling.plan.hardware import DEVICES, device_named, rent_of
from thinkling.plan.memory import Serving
from thinkling.plan.named import model_named
from thinkling.plan.price import (
    ListPrice,
    break_even,
    energy_figure,
    list_price,
    ownership_figure,
    per_million,
    rent_figure,
    tokens_cost,
)
from thinkling.plan.reinforce import Reinforcement
from thinkling.plan.roofline import decode_step
from thinkling.plan.work import (
    Generation,
    answer_data,
    answer_distillation,
    answer_evaluation,
    answer_reinforcement,
    generation_hours,
)


def test_tokens_cost_hits_misses_and_output() -> None:
    price = list_price("deepseek-r1")
    assert tokens_cost(price, hit=1e6, miss=1e6, output=1e6) == pytest.approx(0.14 + 0.55 + 2.19)
    assert tokens_cost(list_price("DeepSeek-R1-off-peak"), hit=0, miss=0, output=2e6) == pytest.approx(1.10)


def test_off_peak_halves_v3_and_quarters_r1() -> None:
    for name, factor in (("deepseek-v3", 2), ("deepseek-r1", 4)):
        day, night = list_price(name), list_price(f"{name}-off-peak")
        assert day.output / night.output == pytest.approx(factor, rel=0.01)
        assert day.miss / night.miss == pytest.approx(factor, rel=0.02)


def test_a_bill_through_every_service_is_dated() -> None:
    answer = answer_tokens(0, 1e6, 1e6)
    assert answer.figure("o1").value == pytest.approx(75)
    assert answer.figure("deepseek-r1").value == pytest.approx(2.74)
    assert any(note.startswith("o1: 2024-12-17") for note in answer.notes)


def test_rent_is_hours_times_dollars() -> None:
    assert rent_figure(Range(1, 2, 3), DEVICES["h800"]).range == Range(2, 4, 6)


@pytest.mark.parametrize("name", [name for name, one in DEVICES.items() if one.rent is None])
def test_a_missing_hourly_price_is_a_sentence(name: str) -> None:
    with pytest.raises(ConfigError, match=f"No hourly price is known for '{name}'") as found:
        rent_of(DEVICES[name])
    assert "--rent" in found.value.hint
    assert rent_of(DEVICES[name].with_prices(1.5)) == 1.5


def test_a_missing_purchase_price_is_a_sentence() -> None:
    with pytest.raises(ConfigError, match="No purchase price is known for 'h20'"):
        answer_device(DEVICES["h20"], 8, (4, 0.7))
    given = DEVICES["h20"].with_prices(None, 10_000)
    assert answer_device(given, 8, (4, 0.7)).figures


def test_a_missing_list_price_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="No price is listed for 'o1-min'") as found:
        list_price("o1-min")
    assert "did you mean 'o1-mini'?" in found.value.hint
    bare = ListPrice("somebody", None, 1.0, 2.0, "today", "here")
    with pytest.raises(ConfigError, match="lists no price for input in the cache"):
        tokens_cost(bare, hit=1, miss=0, output=0)


def test_a_device_that_nobody_knows_names_the_nearest() -> None:
    assert device_named("RTX 4090").name == "rtx4090"
    assert device_named("NVIDIA-H100").name == "h100"
    with pytest.raises(ConfigError, match="no device 'h10'") as found:
        device_named("h10")
    assert "did you mean" in found.value.hint


@pytest.mark.parametrize("name", DEVICES)
def test_every_device_has_a_source_and_sane_numbers(name: str) -> None:
    device = DEVICES[name]
    assert device.source and device.dated and device.price_source
    assert 0 < device.bandwidth < device.bf16_peak
    assert device.fp8_peak is None or device.fp8_peak == pytest.approx(2 * device.bf16_peak, rel=0.01)
    assert device.rent is None or 0.1 < device.rent < 20


def test_a_price_that_was_given_is_told_apart_from_one_that_is_listed() -> None:
    rented = DEVICES["h100"].with_prices(1.0)
    assert rented.prices_from.startswith("rent given by you; others of 2026-05")
    (price, *_) = ownership_figure(rented, 1).inputs
    assert price.value == 30_000 and "given by you" not in price.unit
    both = rented.with_prices(None, 9_000)
    assert both.prices_from == "rent given by you; purchase given by you"
    assert "given by you" in ownership_figure(both, 1).inputs[0].unit
    assert "given by you" in rent_figure(exact(1), both).inputs[1].unit


def test_energy_is_rated_power_times_what_is_around_it() -> None:
    """Epoch's figures for an H100: 700 W x 1.82 x 0.75 x PUE."""
    energy = energy_figure(exact(1000), DEVICES["h100"])
    assert energy.value == pytest.approx(1000 * 0.7 * 1.82 * 0.75 * 1.2)
    desktop = energy_figure(exact(1000), DEVICES["m4-max"])
    assert desktop.value == pytest.approx(1000 * 0.09 * 0.75 * 1.2)


def test_owning_is_the_price_over_hours_of_use_and_electricity() -> None:
    owned = ownership_figure(DEVICES["h100"], 8, years=4, use=0.7)
    amortised = 8 * 30_000 * 1.66 / 0.81 / (4 * 8766 * 0.7)
    assert owned.value == pytest.approx(amortised + 8 * 0.7 * 1.82 * 0.75 * 1.2 * 0.083)


def test_a_million_tokens_cost_more_where_they_are_slower() -> None:
    cost = per_million(Range(50, 100, 200), 3.6, "output")
    assert (cost.range.low, cost.value, cost.range.high) == pytest.approx((5, 10, 20))


def test_break_even_is_where_both_cost_the_same() -> None:
    price = list_price("deepseek-r1")
    even = break_even(10.0, price, input_share=0.5, hit_share=0.5)
    tokens = even.value
    assert tokens_cost(price, hit=tokens / 4, miss=tokens / 4, output=tokens / 2) == pytest.approx(240)


def test_work_adds_up() -> None:
    teacher, student, device = (
        model_named("r1-distill-qwen-32b"),
        model_named("qwen2.5-1.5b"),
        DEVICES["h100"],
    )
    work = Generation(1000, 4, 5000, num_devices=8)
    both = answer_distillation(teacher, student, device, work, (0.5, 2.0))
    made = both.figure("device hours of generation").value
    assert made == pytest.approx(answer_data(teacher, device, work).figures[0].value)
    assert both.figure("device hours").value == pytest.approx(
        made + both.figure("device hours of the student").value
    )
    assert both.figure("tokens kept").value == 1000 * 4 * 0.5 * 5256
    exam = answer_evaluation(teacher, device, work, list_price("deepseek-r1"))
    assert exam.figure("tokens written").value == 20e6
    assert exam.figure("through deepseek-r1").value == pytest.approx(4000 * 256 * 0.55e-6 + 20 * 2.19)
    grpo = answer_reinforcement(student, device, Reinforcement(64, 10, 500, 2000, 8))
    assert grpo.figure("wall clock").value == pytest.approx(grpo.figure("device hours").value / 8)
    assert "long tail" in grpo.notes[0]


@pytest.mark.parametrize(("kept", "words"), [(0.0, "no share"), (1.5, "no share")])
def test_a_share_that_is_none_is_a_sentence(kept: float, words: str) -> None:
    model = model_named("qwen2.5-1.5b")
    with pytest.raises(ConfigError, match=words):
        answer_distillation(model, model, DEVICES["h100"], Generation(1, 1, 1), (kept, 1.0))


def test_an_engine_of_many_devices_is_kept_fuller_and_more_is_offered() -> None:
    """64 conversations for each device of an engine; what the cache has room for is told."""
    teacher, student = model_named("deepseek-r1"), model_named("qwen2.5-7b")
    work = Generation(800_000, 1, 5355, format="fp8", num_devices=64)
    answer = answer_distillation(teacher, student, DEVICES["h100"], work, (1.0, 2.0))
    inputs = {one.name: one.value for one in answer.figure("device hours of generation").inputs}
    assert inputs["conversations an engine"] == 64 * inputs["devices an engine"]
    assert "with --batch" in answer.notes[0]
    # DeepSeek's data took 5,000 H800 hours, answers that were thrown away counted.
    assert answer.figure("device hours of generation").range.high < 5000


def test_a_student_is_not_taught_on_rows_it_was_not_made_for() -> None:
    teacher, student = model_named("r1-distill-qwen-32b"), model_named("llama-2-7b")
    with pytest.raises(ConfigError, match="rows of 5,611 tokens: it was made for 4,096"):
        answer_distillation(teacher, student, DEVICES["h100"], Generation(10, 1, 5355), (1.0, 1.0))


def test_generation_without_prompts_is_a_sentence() -> None:
    with pytest.raises(ConfigError, match="needs prompts"):
        answer_data(model_named("qwen2.5-1.5b"), DEVICES["h100"], Generation(0, 1, 1))


def test_few_answers_take_as_long_as_one() -> None:
    """30 answers of 8,000 tokens on 16 devices: 8,000 steps one after the other, however few they are."""
    model, device = model_named("deepseek-r1"), DEVICES["h200"]
    work = Generation(30, 1, 8000, format="fp8", num_devices=16)
    found = generation_hours(model, device, work)
    named = {one.name: one.value for one in found.inputs}
    assert (named["conversations an engine"], named["rounds"]) == (30 / named["engines"], 1)
    serving = Serving("fp8", context=4256, batch=15, num_devices=int(named["devices an engine"]))
    step = decode_step(model.config, device, serving, expected_values(ASSUMPTIONS.values())).seconds
    assert found.value > 16 * 8000 * step / 3600
    one = generation_hours(model, device, replace(work, prompts=1))
    assert {one.name: one.value for one in one.inputs}["engines"] == 1
    many = generation_hours(model, device, replace(work, prompts=30_000))
    assert many.value < 100 * found.value  # with full batches a thousand times as many are cheap
