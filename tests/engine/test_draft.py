"""Guessing ahead changes no token and no bit, and saves steps where a text repeats itself."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.small_models import DENSE, MIXTURE, V2, random_model
from thinkling.engine.draft import MOST_DRAFTS, Lookup
from thinkling.engine.engine import Engine
from thinkling.engine.request import Finished
from thinkling.engine.thinking import ThinkingBounds
from thinkling.models.transformer import Transformer
from thinkling.records import SamplingParams

CONFIGS = {
    "mixture": MIXTURE.model_copy(update={"mtp_depth": 0}),
    "softmax mixture": V2,
    "dense": DENSE,
}


@given(
    prompt=st.lists(st.integers(0, 3), max_size=20),
    said=st.lists(st.integers(0, 3), max_size=30),
    cuts=st.lists(st.integers(0, 30), max_size=5),
    count=st.integers(0, 6),
)
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_a_guess_is_what_followed_the_same_three_tokens_last_time(
    prompt: list[int], said: list[int], cuts: list[int], count: int
) -> None:
    lookup = Lookup(tuple(prompt))
    for cut in [*sorted(one for one in cuts if one < len(said)), len(said)]:
        guess = lookup.guess(np.array(said[:cut], np.int64), count)
        text = prompt + said[:cut]
        places = [end for end in range(3, len(text)) if text[end - 3 : end] == text[-3:]]
        longer = text[:]
        for i in range(count if places and len(text) >= 3 else 0):
            longer.append(longer[places[-1] + i])
        assert guess == longer[len(text) :]


def run(engine: Engine, requests: list[tuple[tuple[int, ...], SamplingParams]]) -> tuple[list[Finished], int]:
    """The completions in order, and the steps it took."""
    for number, (prompt, params) in enumerate(requests):
        engine.add(prompt, params, seed=number)
    done: list[Finished] = []
    steps = 0
    while not engine.is_idle:
        done += engine.step().finished
        steps += 1
    return sorted(done, key=lambda one: (one.request, one.index)), steps


def repeating(name: str) -> Transformer:
    """A model whose answers soon repeat themselves, some tokens apart."""
    model = random_model(CONFIGS[name])
    with torch.no_grad():
        model.head.weight.mul_(3)
    return model


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_tokens_and_log_probabilities_are_the_same_to_the_last_bit(name: str, dtype: torch.dtype) -> None:
    model = repeating(name).to(dtype)
    kinds = (
        SamplingParams(temperature=0, max_tokens=50),
        SamplingParams(temperature=0.7, max_tokens=40, seed=1, n=2),
        SamplingParams(temperature=0.6, top_p=0.9, max_tokens=50, seed=2, top_logprobs=2),
        SamplingParams(temperature=0.5, max_tokens=30, seed=3, frequency_penalty=0.3),
    )
    requests = [((5, 6 + i, 7, 5, 6 + i), kinds[i % 4]) for i in range(5)]
    with_drafts, steps = run(Engine(model, (11,)), requests)
    without, more_steps = run(Engine(model, (11,), is_drafting=False), requests)
    for mine, expected in zip(with_drafts, without, strict=True):
        assert (mine.ids, mine.logprobs, mine.tops) == (expected.ids, expected.logprobs, expected.tops)
        assert mine.finish_reason == expected.finish_reason
        assert 0 <= mine.num_accepted <= mine.num_drafted and expected.num_drafted == 0
    assert sum(one.num_accepted for one in with_drafts) > 0
    assert steps < more_steps
    # Alone or among the others, as everywhere.
    for number, request in [(0, requests[0]), (2, requests[2])]:
        alone, _ = run(Engine(model, (11,)), [request])
        group = [one for one in with_drafts if one.request == number]
        assert [(one.ids, one.logprobs) for one in alone] == [(one.ids, one.logprobs) for one in group]


def test_frequencies_are_those_without_drafts() -> None:
    """Stronger: every single draw is the same."""
    model = repeating("dense")
    params = SamplingParams(temperature=0.8, max_tokens=24, n=8, seed=5)
    prompt = (5, 6, 7, 5, 6)
    requests = [(prompt, SamplingParams(temperature=0.8, max_tokens=24, seed=i)) for i in range(30)]
    mine, theirs = Counter[int](), Counter[int]()
    for request in requests:
        (with_drafts,), _ = run(Engine(model, ()), [request])
        (without,), _ = run(Engine(model, (), is_drafting=False), [request])
        assert with_drafts.ids == without.ids
        mine.update(with_drafts.ids)
        theirs.update(without.ids)
    assert mine == theirs
    group, _ = run(Engine(model, ()), [(prompt, params)])
    plain, _ = run(Engine(model, (), is_drafting=False), [(prompt, params)])
    assert [one.ids for one in group] == [one.ids for one in plain]


def test_a_repetition_takes_few_steps() -> None:
    """A model that says one token for ever: all but the first guesses are right."""
    model = random_model(DENSE)
    params = SamplingParams(temperature=0, max_tokens=80)
    with torch.no_grad():
        model.norm.weight.zero_()
    (done,), steps = run(Engine(model, ()), [((5, 6, 7), params)])
    assert len(set(done.ids)) == 1 and len(done.ids) == 80
    assert steps <= 80 / (1 + MOST_DRAFTS) + 8
    assert done.num_accepted >= 60


def test_an_end_in_the_middle_of_right_guesses_ends_there() -> None:
    model = repeating("dense")
    (free,), _ = run(Engine(model, ()), [((5, 6, 7), SamplingParams(temperature=0, max_tokens=60))])
    for place in (20, 33, 47):
        stop = free.ids[place]
        first = free.ids.index(stop)
        params = SamplingParams(temperature=0, max_tokens=60, stop_ids=(stop,))
        (by_id,), _ = run(Engine(model, ()), [((5, 6, 7), params)])
        (by_end,), _ = run(
            Engine(model, (stop,)), [((5, 6, 7), SamplingParams(temperature=0, max_tokens=60))]
        )
        assert by_id.ids == by_end.ids == free.ids[: first + 1]
    for length in range(40, 48):
        (cut,), _ = run(Engine(model, ()), [((5, 6, 7), SamplingParams(temperature=0, max_tokens=length))])
        assert cut.ids == free.ids[:length] and cut.finish_reason == "length"


def test_streamed_tokens_come_in_order_and_bounds_of_thinking_hold() -> None:
    model = repeating("dense")
    bounds = ThinkingBounds(1, 2, (3, 2, 4), starts_inside=True, budget=25)
    params = SamplingParams(temperature=0, max_tokens=70)
    found = []
    for is_drafting in (True, False):
        engine = Engine(model, (), is_drafting=is_drafting)
        engine.add((5, 6, 7), params, 0, is_streamed=True, bounds=bounds)
        tokens = []
        while not engine.is_idle:
            tokens += engine.step().tokens
        found.append([one.id for one in tokens])
    assert found[0] == found[1] and len(found[0]) == 70
    assert found[0][25:28] == [3, 2, 4] or 2 in found[0][:25]


def test_a_full_cache_is_not_written_beyond_its_end() -> None:
    model = repeating("dense")
    params = SamplingParams(temperature=0, max_tokens=200)
    requests = [((5, 6 + i, 7), params) for i in range(3)]
    roomy, _ = run(Engine(model, (), max_length=96), requests)
    tight_engine = Engine(model, (), max_length=96, cache_bytes=1)
    tight, _ = run(tight_engine, requests)
    assert [one.ids for one in tight] == [one.ids for one in roomy]
    assert sum(one.num_accepted for one in tight) > 0
    scheduler = tight_engine.scheduler
    assert scheduler.pages.num_free == scheduler.pages.num_pages
