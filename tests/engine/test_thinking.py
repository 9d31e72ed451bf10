"""Bounds of thinking: what is forced and when, and which texts are loops."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.small_models import DENSE, random_model
from thinkling.engine.engine import Engine
from thinkling.engine.thinking import FREE, LoopDetector, ThinkingBounds, ThinkingWatch
from thinkling.records import SamplingParams

OPEN, CLOSE, WAIT, END = 1, 2, 3, 4
QUICK = settings(max_examples=150, deadline=None, derandomize=True, database=None)


def bounds(**changed: object) -> ThinkingBounds:
    usual = {"closing_ids": (WAIT, CLOSE, END), "starts_inside": True}
    return ThinkingBounds(OPEN, CLOSE, **(usual | changed))  # type: ignore[arg-type]


def written(watch: ThinkingWatch, said: list[int], length: int) -> list[int]:
    """What comes out where the model says `said`, then 9, 10, 11, ... for ever."""
    found = []
    free = [*said, *range(9, 9 + length)]
    for _ in range(length):
        token = watch.forced
        found.append(free.pop(0) if token == FREE else token)
        watch.note(found[-1])
    return found


def test_a_spent_budget_closes_the_block_with_the_given_words() -> None:
    assert written(ThinkingWatch(bounds(budget=2), 100), [], 7) == [9, 10, WAIT, CLOSE, END, 11, 12]
    opened = ThinkingWatch(bounds(budget=2, starts_inside=False), 100)
    assert written(opened, [7, OPEN, 8], 8) == [7, OPEN, 8, 9, WAIT, CLOSE, END, 10]


def test_a_block_that_closes_in_time_and_an_answer_without_one_are_left_alone() -> None:
    assert written(ThinkingWatch(bounds(budget=3), 100), [7, 8, CLOSE], 8) == [7, 8, CLOSE, 9, 10, 11, 12, 13]
    outside = ThinkingWatch(bounds(budget=0, starts_inside=False), 20)
    assert written(outside, [], 20) == list(range(9, 29))


def test_thinking_again_counts_on() -> None:
    watch = ThinkingWatch(bounds(budget=3), 100)
    assert written(watch, [7, 8, CLOSE, 9, OPEN], 10) == [7, 8, CLOSE, 9, OPEN, 9, WAIT, CLOSE, END, 10]
    closed = ThinkingWatch(bounds(budget=0, starts_inside=False), 100)
    assert written(closed, [OPEN, OPEN, 7], 8) == [OPEN, CLOSE, END, OPEN, CLOSE, END, 7, 9]


def test_the_answer_keeps_its_room() -> None:
    found = written(ThinkingWatch(bounds(reserve=5), 20), [], 20)
    assert found[12:15] == [WAIT, CLOSE, END] and len(found) - 15 == 5
    # Too short for the words: the tag alone closes.
    found = written(ThinkingWatch(bounds(reserve=5), 15), [], 15)
    assert found[8:10] == [CLOSE, END] and WAIT not in found and len(found) - 10 == 5
    # Too short even for that: nothing is forced.
    assert written(ThinkingWatch(bounds(), 3), [], 3) == [9, 10, 11]


def test_who_was_told_to_answer_neither_thinks_again_nor_says_nothing() -> None:
    watch = ThinkingWatch(bounds(budget=1, end_ids=(5, 6)), 100)
    for token, barred in ((9, ()), (WAIT, ()), (CLOSE, ()), (END, (OPEN, 5, 6)), (7, (OPEN,)), (8, (OPEN,))):
        watch.note(token)
        assert watch.barred == barred
    free = ThinkingWatch(bounds(end_ids=(5,)), 100)
    for token in (9, CLOSE, 7):
        free.note(token)
        assert free.barred == ()


@given(budget=st.none() | st.integers(0, 30), reserve=st.integers(0, 20), data=st.data())
@QUICK
def test_no_more_is_thought_than_the_budget_and_the_answer_has_room(
    budget: int | None, reserve: int, data: st.DataObject
) -> None:
    starts_inside = data.draw(st.booleans())
    said = data.draw(st.lists(st.sampled_from((OPEN, CLOSE, 7, 8)), max_size=40))
    watch = ThinkingWatch(bounds(budget=budget, reserve=reserve, starts_inside=starts_inside), 60)
    found = written(watch, said, 60)
    inside, num_inside, last_inside = starts_inside, 0, -1
    for position, token in enumerate(found):
        inside = token == OPEN or (inside and token != CLOSE)
        num_inside += inside and token not in (OPEN, WAIT)
        last_inside = position if inside else last_inside
    assert budget is None or num_inside <= budget
    if OPEN not in said:
        assert 59 - last_inside >= reserve


def is_repeated(ids: list[int]) -> bool:
    """The slow twin: some last part stands there four times in a row and fills a hundred tokens in all."""
    for period in range(1, len(ids) // 4 + 1):
        run = 0
        while run + period < len(ids) and ids[-1 - run] == ids[-1 - run - period]:
            run += 1
        if run >= max(3 * period, 96) and run >= 8:
            return True
    return False


@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(0, 50), st.integers(2, 6))
@QUICK
def test_a_loop_is_found_when_its_part_has_come_four_times(
    seed: int, period: int, start: int, alphabet: int
) -> None:
    random_ = random.Random(seed)
    ids = [random_.randrange(alphabet) for _ in range(start)]
    part = [random_.randrange(alphabet) for _ in range(period)]
    detector = LoopDetector()
    seen: list[int] = []
    for token in [*ids, *(part * (200 // period + 5))]:
        detector.note(token)
        seen.append(token)
        if detector.is_loop:
            break
    assert detector.is_loop and is_repeated(seen)
    # Not much later than it can be known at all.
    assert len(seen) <= start + max(4 * period, period + 96) + 2 * period + 16


@given(st.integers(0, 10**6), st.integers(2, 30))
@QUICK
def test_a_text_without_repetition_is_no_loop(seed: int, alphabet: int) -> None:
    random_ = random.Random(seed)
    detector = LoopDetector()
    seen: list[int] = []
    for _ in range(400):
        seen.append(random_.randrange(alphabet))
        detector.note(seen[-1])
        assert not detector.is_loop or is_repeated(seen)


def test_a_long_row_of_digits_is_no_loop() -> None:
    detector = LoopDetector()
    for token in [5, 6, *[7] * 60, 8]:
        detector.note(token)
        assert not detector.is_loop


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_the_engine_forces_the_words_and_neighbours_do_not_notice(temperature: float) -> None:
    model = random_model(DENSE)
    params = SamplingParams(temperature=temperature, max_tokens=24, seed=3)

    def answers(requests: list[tuple[tuple[int, ...], ThinkingBounds | None]]) -> list[tuple[int, ...]]:
        engine = Engine(model, ())
        for prompt, one in requests:
            engine.add(prompt, params, 0, bounds=one)
        found = []
        while not engine.is_idle:
            found += engine.step().finished
        return [one.ids for one in sorted(found, key=lambda one: one.request)]

    free = [((5, 6, 7), None), ((8, 9), None)]
    bound = ((5, 6, OPEN), bounds(budget=4))
    alone, together = answers(free), answers([free[0], bound, free[1]])
    assert [together[0], together[2]] == alone
    cut = together[1]
    where = cut.index(WAIT) if WAIT in cut[:4] else 4
    assert CLOSE in cut[:4] or cut[where : where + 3] == (WAIT, CLOSE, END)
    assert answers([bound]) == [cut] and len(cut) == 24
    at_once = answers([((5, 6, OPEN), bounds(budget=0))])[0]
    assert at_once[:2] == (CLOSE, END)
