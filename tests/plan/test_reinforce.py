"""Rollouts with a long tail, against a slow twin that adds up every token; hours of training by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.errors import ConfigError
from thinkling.models.presets import PRESETS
from thinkling.plan.assumptions import ASSUMPTIONS
from thinkling.plan.count import forward_flops_per_token, training_flops_per_token
from thinkling.plan.estimate import expected_values
from thinkling.plan.fit import fit_serving
from thinkling.plan.hardware import DEVICES
from thinkling.plan.memory import Serving, most_conversations
from thinkling.plan.reinforce import (
    Reinforcement,
    alive_share,
    engine_devices,
    longest_answer,
    phase_of,
    reinforcement_assumptions,
    reinforcement_hours,
    rollout_seconds,
)
from thinkling.plan.roofline import decode_step
from thinkling.plan.train_time import Training, device_hours, training_figures

VALUES = expected_values(ASSUMPTIONS.values())
QWEN, H100 = PRESETS["r1-distill-qwen-7b"], DEVICES["h100"]
RUN = Reinforcement(answers=256, phases=10, mean_length=800, max_length=3000, num_devices=4)


def test_a_rollout_takes_the_sum_over_every_token() -> None:
    """The slow twin: one decoding step for each token, for the answers that are still alive there."""
    longest = longest_answer(RUN, 0.8)
    slow = 0.0
    for position in range(int(longest)):
        alive = alive_share(position + 0.5, RUN.mean_length, RUN.max_length, 0.8)
        batch = max(1, round(64 * alive))
        context = RUN.prompt_length + position
        slow += decode_step(QWEN, H100, Serving("bf16", context=context, batch=batch), VALUES).seconds
    fast, tail = rollout_seconds(QWEN, H100, RUN, VALUES)
    assert fast == pytest.approx(slow, rel=0.01)
    assert 0 < tail < 1


def test_lengths_are_log_normal_with_the_given_mean_and_cut_at_the_limit() -> None:
    """The mean is the sum of the shares that are longer, where the limit is far away."""
    total = sum(alive_share(position + 0.5, 1000, 10**9, 0.8) for position in range(40_000))
    assert total == pytest.approx(1000, rel=0.01)
    assert alive_share(3000, 1000, 3000, 0.8) == 0.0
    assert alive_share(0, 1000, 3000, 0.8) == 1.0


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 10_000), st.floats(50, 5000))
def test_more_answers_have_a_longer_longest_one_up_to_the_limit(answers: int, mean: float) -> None:
    def longest(number: int) -> float:
        return longest_answer(Reinforcement(number, 1, mean, 8000, 8), 0.8)

    assert longest(answers) <= longest(answers + 100) <= 8000


def test_a_phase_by_hand() -> None:
    phase = phase_of(QWEN, H100, RUN, VALUES)
    tokens, speed = 256 * (800 + 256), 4 * 989e12 * 0.43
    assert phase.scoring_s == pytest.approx(2 * tokens * forward_flops_per_token(QWEN, 1056) / speed)
    assert phase.update_s == pytest.approx(tokens * training_flops_per_token(QWEN, 1056) / speed)
    moved = 2 * (16 * 7_615_616_512 / 4 + 2 * 7_615_616_512)
    assert phase.switching_s == pytest.approx(moved / 5e9)
    hours = reinforcement_hours(QWEN, H100, (RUN,))
    assert hours.value == pytest.approx(4 * 10 * phase.seconds / 0.92 / 3600)


def test_two_stretches_take_as_long_as_both() -> None:
    one, both = reinforcement_hours(QWEN, H100, (RUN,)), reinforcement_hours(QWEN, H100, (RUN, RUN))
    assert both.value == pytest.approx(2 * one.value)


def test_engines_are_powers_of_two_and_then_whole_nodes() -> None:
    def devices(name: str, format_: str, number: int = 512) -> int:
        return engine_devices(PRESETS[name], H100, Reinforcement(8, 1, 10, 10, number, format=format_))

    assert devices("r1-distill-qwen-7b", "bf16") == 1
    assert devices("r1-distill-qwen-32b", "bf16") == 2
    assert devices("deepseek-r1", "fp8") == 24
    assert devices("deepseek-r1", "bf16") == 40
    assert devices("deepseek-r1", "fp8", 16) == 16
    with pytest.raises(ConfigError, match="do not hold the weights in fp8: an engine takes 24"):
        devices("deepseek-r1", "fp8", 8)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (Reinforcement(0, 1, 10, 10, 8), "needs answers"),
        (Reinforcement(8, 1, 20, 10, 8), "mean length 20 is above the limit 10"),
    ],
)
def test_what_cannot_be_reinforced_is_a_sentence(run: Reinforcement, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        phase_of(QWEN, H100, run, VALUES)


def test_hours_of_training_by_hand() -> None:
    """Llama-3.1-8B's shape, a billion tokens on an A100: 6 N D and attention over 43 % of 312 TFLOP/s, 92
    %."""
    config = PRESETS["r1-distill-llama-8b"]
    flops = training_flops_per_token(config, 8192)
    weights = 8_030_261_248 - 128_256 * 4096 - 65 * 4096
    assert flops == 6 * weights + 3 * 4 * 32 * 4096 * 4096
    hours = device_hours(config, DEVICES["a100"], Training(1e9, 8192))
    assert hours.expected == pytest.approx(1e9 * flops / (312e12 * 0.43 * 0.92) / 3600)
    again = device_hours(config, DEVICES["a100"], Training(1e9, 8192, has_recompute=True))
    assert again.expected == pytest.approx(4 / 3 * hours.expected)


def test_mixtures_and_fp8_have_factors_of_their_own_and_a_users_utilisation_replaces_all() -> None:
    config = PRESETS["deepseek-v3"]
    plain = device_hours(config, H100, Training(1e12, 4096)).expected
    assert device_hours(config, H100, Training(1e12, 4096, is_fp8=True)).expected == pytest.approx(
        plain / 1.28
    )
    own = device_hours(config, H100, Training(1e12, 4096, is_fp8=True, utilisation=0.40))
    assert own.expected == pytest.approx(plain * 0.43 * 0.79 / 0.40)
    assert own.dominated_by == "goodput"


def test_days_are_hours_over_devices() -> None:
    figures = {one.name: one for one in training_figures(QWEN, H100, Training(1e12, 4096, num_devices=64))}
    assert figures["days"].value == pytest.approx(figures["device hours"].value / 64 / 24)


def test_fp8_without_units_for_it_is_refused() -> None:
    with pytest.raises(ConfigError, match="a100 has no units for FP8"):
        device_hours(QWEN, DEVICES["a100"], Training(1e12, 4096, is_fp8=True))


def test_answers_for_which_the_cache_has_no_room_wait_for_their_turn() -> None:
    small = DEVICES["rtx4090"]
    run = Reinforcement(answers=512, phases=1, mean_length=4000, max_length=8000, num_devices=1)
    serving = Serving(context=4000)
    room = most_conversations(QWEN, serving, small.memory_bytes)
    assert 1 <= room < 512
    assert fit_serving(QWEN, Serving(context=4000, batch=room - 2), small.memory_bytes).is_enough
    assert not fit_serving(QWEN, Serving(context=4000, batch=room + 2), small.memory_bytes).is_enough
    large = replace(small, memory_bytes=1e12)
    assert rollout_seconds(QWEN, small, run, VALUES)[0] > 1.5 * rollout_seconds(QWEN, large, run, VALUES)[0]


def test_devices_without_units_for_fp8_gain_nothing_from_it() -> None:
    run = Reinforcement(64, 10, 500, 2000, 64, format="fp8")
    config = PRESETS["deepseek-r1"]
    for name, has_gain in (("a100", False), ("h100", True)):
        assumed = {one.name for one in reinforcement_assumptions(config, DEVICES[name], run)}
        assert ("fp8 gain" in assumed) == has_gain
    in_16 = phase_of(config, DEVICES["a100"], replace(run, format="bf16"), VALUES)
    assert phase_of(config, DEVICES["a100"], run, VALUES).update_s == in_16.update_s


def test_engines_are_whole() -> None:
    """Of three devices and an engine of two, one engine writes everything."""
    config, device = PRESETS["r1-distill-qwen-32b"], DEVICES["h100"]
    run = Reinforcement(512, 10, 4000, 16_000, 3)
    assert engine_devices(config, device, run) == 2
    two = rollout_seconds(config, device, replace(run, num_devices=2), VALUES)
    assert rollout_seconds(config, device, run, VALUES) == two
