"""When prompts are read while answers grow: at once where few grow, together where many do, never late."""

from __future__ import annotations

import pytest

from tests.engine.test_engine import GROUPED, make_model
from thinkling.engine.engine import MOST_BETWEEN_READINGS, Engine
from thinkling.records import SamplingParams

LONG = SamplingParams(max_tokens=200, ignore_eos=True, temperature=0.0)


def engine_with(num_running: int) -> Engine:
    """An engine in which so many answers grow and nobody waits."""
    engine = Engine(make_model(GROUPED), (2,), is_drafting=False)
    for number in range(num_running):
        engine.add((5, 6, 7), LONG, seed=number)
    while len(engine.scheduler.running.active) < num_running:
        engine.step()
    for _ in range(MOST_BETWEEN_READINGS):
        engine.step()
    return engine


def steps_until_begun(engine: Engine, prompts: list[tuple[int, ...]]) -> int:
    """Steps until all of these have said something, when they come just after a reading."""
    engine.add((9, 9), LONG, seed=1)
    while engine.scheduler.reading or engine.scheduler.has_waiting:
        engine.step()
    numbers = {engine.add(prompt, LONG, seed=1, is_streamed=True) for prompt in prompts}
    for step in range(1, 100):
        numbers -= {token.request for token in engine.step().tokens}
        if not numbers:
            return step
    raise AssertionError("they do not begin")


@pytest.mark.parametrize("num_running", [1, 12])
def test_where_few_answers_grow_a_prompt_is_read_after_one_step(num_running: int) -> None:
    assert steps_until_begun(engine_with(num_running), [(5, 6, 7, 8)]) == 2


def test_where_many_grow_one_prompt_waits_for_others_but_not_long() -> None:
    assert steps_until_begun(engine_with(80), [(5, 6, 7, 8)]) == MOST_BETWEEN_READINGS + 1


def test_the_more_prompts_wait_the_sooner_they_are_read() -> None:
    assert 2 < steps_until_begun(engine_with(80), [(5, 6, 7, number) for number in range(4)]) < 7
    assert steps_until_begun(engine_with(80), [(5, 6, 7, number) for number in range(30)]) == 2


def test_what_fills_a_reading_does_not_wait() -> None:
    engine = engine_with(80)
    engine._prefill_tokens = 64
    assert steps_until_begun(engine, [tuple(range(3, 67))]) == 2
