"""Penalties and biases: the arithmetic of a slow twin, and that neighbours do not notice."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.small_models import DENSE, MIXTURE, random_model
from thinkling.engine.engine import Engine
from thinkling.engine.penalties import has_penalties, penalized
from thinkling.engine.request import Finished
from thinkling.errors import RequestError
from thinkling.records import SamplingParams

IDS = st.lists(st.integers(0, 9), max_size=12)
AMOUNT = st.sampled_from((0.0, 0.5, -1.5, 2.0))


@given(
    prompt=IDS,
    own=IDS,
    presence=AMOUNT,
    frequency=AMOUNT,
    repetition=st.sampled_from((1.0, 1.3, 0.5)),
    bias=st.dictionaries(st.integers(0, 9), st.sampled_from((-100.0, -1.0, 3.0)), max_size=3),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_penalties_are_those_of_the_slow_twin(
    prompt: list[int],
    own: list[int],
    presence: float,
    frequency: float,
    repetition: float,
    bias: dict[int, float],
    seed: int,
) -> None:
    params = SamplingParams(
        presence_penalty=presence, frequency_penalty=frequency, repetition_penalty=repetition, logit_bias=bias
    )
    logits = torch.randn(10, generator=torch.Generator().manual_seed(seed))
    before = logits.clone()
    found = penalized(logits, params, np.unique(np.array(prompt, np.int64)), np.array(own, np.int64))
    counts = Counter(own)
    for token in range(10):
        value = float(before[token])
        if token in prompt or token in counts:
            value = value / repetition if value > 0 else value * repetition
        value -= presence * (token in counts) + frequency * counts[token] - bias.get(token, 0.0)
        assert float(found[token]) == pytest.approx(value, abs=1e-4)
    assert torch.equal(logits, before)
    assert has_penalties(params) or torch.equal(found, before)


def run(engine: Engine, requests: list[tuple[tuple[int, ...], SamplingParams]]) -> list[list[Finished]]:
    numbers = [engine.add(prompt, params, seed=i) for i, (prompt, params) in enumerate(requests)]
    done: list[Finished] = []
    while not engine.is_idle:
        done += engine.step().finished
    done.sort(key=lambda one: (one.request, one.index))
    return [[one for one in done if one.request == number] for number in numbers]


def test_a_forbidden_token_is_never_said_and_a_wished_one_always() -> None:
    model = random_model(DENSE)
    for token in (5, 17):
        ((wished,),) = run(
            Engine(model, ()), [((3, 4), SamplingParams(max_tokens=8, logit_bias={token: 100.0}))]
        )
        assert set(wished.ids) == {token}
        forbidden = SamplingParams(n=20, max_tokens=30, seed=1, logit_bias={token: -100.0})
        (many,) = run(Engine(model, ()), [((3, 4), forbidden)])
        assert token not in {one for done in many for one in done.ids}


def test_presence_makes_greedy_answers_leave_what_they_said() -> None:
    model = random_model(DENSE)
    greedy = {"temperature": 0, "max_tokens": 30}
    ((plain,),) = run(Engine(model, ()), [((3, 4), SamplingParams(**greedy))])
    ((varied,),) = run(Engine(model, ()), [((3, 4), SamplingParams(**greedy, presence_penalty=2.0))])
    assert len(set(varied.ids)) > len(set(plain.ids))


def test_rows_with_penalties_and_their_neighbours_are_as_alone() -> None:
    model = random_model(MIXTURE.model_copy(update={"mtp_depth": 0}))
    kinds = (
        SamplingParams(max_tokens=12, seed=1),
        SamplingParams(max_tokens=12, seed=2, frequency_penalty=1.0, repetition_penalty=1.2),
        SamplingParams(max_tokens=12, seed=3, logit_bias={7: 2.0}, top_logprobs=3, n=2),
    )
    requests = [((3, 4 + i), kinds[i % 3]) for i in range(12)]
    crowd = run(Engine(model, ()), requests)
    for request, expected in zip(requests, crowd, strict=True):
        (alone,) = run(Engine(model, ()), [request])
        assert [(one.ids, one.logprobs, one.tops) for one in alone] == [
            (one.ids, one.logprobs, one.tops) for one in expected
        ]


def test_top_logprobs_are_the_most_likely_and_hold_the_greedy_choice() -> None:
    model = random_model(DENSE)
    params = SamplingParams(temperature=0, max_tokens=10, top_logprobs=4)
    ((done,),) = run(Engine(model, ()), [((3, 4), params)])
    assert len(done.tops) == len(done.ids) == 10
    for token, logprob, top in zip(done.ids, done.logprobs, done.tops, strict=True):
        values = [value for _, value in top]
        assert top[0] == (token, pytest.approx(logprob)) and values == sorted(values, reverse=True)
        assert len({index for index, _ in top}) == 4
    ((none,),) = run(Engine(model, ()), [((3, 4), SamplingParams(max_tokens=3))])
    assert none.tops == ()


def test_long_completions_outgrow_the_table_of_tokens() -> None:
    model = random_model(DENSE)
    ((long,),) = run(Engine(model, ()), [((3, 4), SamplingParams(max_tokens=200, seed=1))])
    ((short,),) = run(Engine(model, ()), [((3, 4), SamplingParams(max_tokens=50, seed=1))])
    assert len(long.ids) == len(long.logprobs) == 200 and long.ids[:50] == short.ids


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"presence_penalty": 3}, "presence_penalty is 3"),
        ({"frequency_penalty": float("nan")}, "frequency_penalty is nan"),
        ({"repetition_penalty": 0}, "repetition_penalty is 0"),
        ({"repetition_penalty": "1"}, "repetition_penalty is '1'"),
        ({"top_logprobs": 21}, "top_logprobs is 21"),
        ({"logit_bias": {3: 101}}, "logit_bias"),
        ({"logit_bias": {"3": 1.0}}, "logit_bias"),
    ],
)
def test_what_cannot_be_meant_is_refused(settings_: dict[str, object], message: str) -> None:
    with pytest.raises(RequestError, match=message) as caught:
        SamplingParams(**settings_)  # type: ignore[arg-type]
    assert caught.value.hint


def test_a_bias_on_a_token_that_is_none_is_refused() -> None:
    with pytest.raises(RequestError, match="outside 0 to 39"):
        Engine(random_model(DENSE), ()).add((3,), SamplingParams(logit_bias={40: 1.0}), seed=0)
