"""Sampling: noise looks random, frequencies are the distribution's, truncation keeps exactly its set."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.oracles import sampling as slow
from thinkling.engine import sampler
from thinkling.engine.sampler import Draws, sample, uniform
from thinkling.engine.thinking import FREE
from thinkling.records import SamplingParams

WORD = 2**64


def noise(seed: object, draw: object, position: object) -> np.ndarray:
    columns = np.broadcast_arrays(np.asarray(seed, np.uint64), np.asarray(draw), np.asarray(position))
    return uniform(*(column.astype(np.uint64) for column in columns))


def draws_of(params: SamplingParams, seeds: np.ndarray, position: int = 0) -> Draws:
    """One row for each seed, all asking for the same."""
    return Draws(
        seed=seeds.astype(np.uint64),
        draw=np.zeros(len(seeds), np.uint64),
        position=np.full(len(seeds), position),
        temperature=np.full(len(seeds), params.temperature, np.float32),
        top_p=np.full(len(seeds), params.top_p, np.float32),
        top_k=np.full(len(seeds), params.top_k),
        min_p=np.full(len(seeds), params.min_p, np.float32),
        forced=np.full(len(seeds), FREE),
    )


def drawn(logits_TV: Tensor, draws: Draws) -> tuple[Tensor, Tensor]:
    """Ids and their log-probabilities."""
    found = sample(logits_TV, draws)
    return found.ids_T, found.logprobs_T()


def sampled(logits: Tensor, params: SamplingParams, num_draws: int) -> np.ndarray:
    """Ids of many draws from one row of logits."""
    draws = draws_of(params, np.arange(num_draws))
    return drawn(logits.expand(num_draws, -1), draws)[0].numpy()


def chi_square(counts: np.ndarray, expected: np.ndarray) -> float:
    """How many standard deviations the statistic lies above its mean."""
    statistic = ((counts - expected) ** 2 / expected).sum()
    freedom = len(counts) - 1
    return float((statistic - freedom) / math.sqrt(2 * freedom))


COUNT = 40_000
STREAMS = {
    "positions of one request": lambda i: noise(7, 0, i),
    "seeds at one position": lambda i: noise(i, 0, 5),
    "completions of one request": lambda i: noise(3, i, 9),
    "seeds far apart": lambda i: noise(i.astype(np.uint64) << np.uint64(40), 0, 0),
    "seed and position together": lambda i: noise(i, i, i),
}


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_noise_is_uniform(stream) -> None:  # type: ignore[no-untyped-def]
    numbers = stream(np.arange(COUNT))
    assert numbers.min() > 0 and numbers.max() < 1 and len(np.unique(numbers)) == COUNT
    for bins in (2, 16, 256):
        counts = np.bincount((numbers * bins).astype(int), minlength=bins)
        assert chi_square(counts, np.full(bins, COUNT / bins)) < 4
    low_bits = np.bincount((numbers * 2**52).astype(np.uint64) & np.uint64(15), minlength=16)
    assert chi_square(low_bits, np.full(16, COUNT / 16)) < 4


NEIGHBOURS = {
    "the next position": lambda i: (noise(7, 0, i), noise(7, 0, i + 1)),
    "the next seed": lambda i: (noise(i, 0, 4), noise(i + 1, 0, 4)),
    "the same place in the next request": lambda i: (noise(1, 0, i), noise(2, 0, i)),
    "the next completion": lambda i: (noise(1, 0, i), noise(1, 1, i)),
    "seed and position swapped": lambda i: (noise(i, 0, 3), noise(3, 0, i)),
    "draw and position swapped": lambda i: (noise(1, i, 3), noise(1, 3, i)),
}


@pytest.mark.parametrize("pair", NEIGHBOURS.values(), ids=NEIGHBOURS)
def test_noise_is_independent_of_its_neighbours(pair) -> None:  # type: ignore[no-untyped-def]
    first, second = pair(np.arange(10, COUNT + 10))
    counts = np.bincount((first * 12).astype(int) * 12 + (second * 12).astype(int), minlength=144)
    assert chi_square(counts, np.full(144, COUNT / 144)) < 4
    assert abs(np.corrcoef(first, second)[0, 1]) < 4 / math.sqrt(COUNT)


def test_noise_is_a_function_of_seed_draw_and_position() -> None:
    once = noise(np.arange(50), 2, 3)
    assert np.array_equal(once, noise(np.arange(50), 2, 3))
    assert noise(17, 2, 3) == once[17]
    assert noise(2**63 - 1, 0, 0) != noise(2**63 - 2, 0, 0)


LOGITS = torch.tensor([1.2, -0.5, 0.3, 2.0, -3.0, 0.3])


@pytest.mark.parametrize("temperature", [0.3, 0.6, 1.0, 2.5])
def test_frequencies_are_the_softmax_at_the_temperature(temperature: float) -> None:
    ids = sampled(LOGITS, SamplingParams(temperature=temperature), COUNT)
    expected = np.array(slow.tempered(LOGITS.tolist(), temperature)) * COUNT
    counts = np.bincount(ids, minlength=6)
    is_common = expected > 5
    assert (
        chi_square(
            counts[is_common], expected[is_common] * counts[is_common].sum() / expected[is_common].sum()
        )
        < 4
    )
    assert (counts[~is_common] <= 20).all()


def test_what_truncation_leaves_keeps_its_proportions() -> None:
    params = SamplingParams(temperature=0.8, top_k=4, top_p=0.97, min_p=0.05)
    counts = np.bincount(sampled(LOGITS, params, COUNT), minlength=6)
    mass = np.array(slow.tempered(LOGITS.tolist(), 0.8))
    allowed = sorted(slow.kept(mass.tolist(), 4, 0.97, 0.05))
    assert 2 <= len(allowed) < 6 and counts.sum() == counts[allowed].sum()
    expected = mass[allowed] / mass[allowed].sum() * COUNT
    assert chi_square(counts[allowed], expected) < 4


@given(
    seed=st.integers(0, 2**31),
    top_k=st.integers(0, 9),
    top_p=st.sampled_from((0.05, 0.3, 0.5, 0.75, 0.9, 1.0)),
    min_p=st.sampled_from((0.0, 0.02, 0.1, 0.3, 1.0)),
    temperature=st.sampled_from((0.5, 1.0, 2.0)),
)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_top_k_top_p_and_min_p_keep_exactly_the_set_of_the_slow_twin(
    seed: int, top_k: int, top_p: float, min_p: float, temperature: float
) -> None:
    logits = torch.randn(8, generator=torch.Generator().manual_seed(seed))
    allowed = slow.kept(slow.tempered(logits.tolist(), temperature), top_k, top_p, min_p)
    params = SamplingParams(temperature=temperature, top_k=top_k, top_p=top_p, min_p=min_p)
    ids = set(sampled(logits, params, 4000).tolist())
    assert ids <= allowed
    share = slow.tempered(logits.tolist(), temperature)
    # A token that is kept with a chance below one in 200 may be missing from 4000 draws.
    assert {i for i in allowed if share[i] > 1 / 200} <= ids


def test_equal_probabilities_keep_the_order_of_the_vocabulary() -> None:
    ties = torch.tensor([0.0, 1.0, 1.0, 1.0, 0.0])
    assert set(sampled(ties, SamplingParams(top_k=2), 500).tolist()) == {1, 2}
    assert set(sampled(ties, SamplingParams(top_k=1), 50).tolist()) == {1}
    assert set(sampled(ties, SamplingParams(min_p=1.0), 500).tolist()) == {1, 2, 3}
    assert set(sampled(torch.zeros(4), SamplingParams(top_p=0.49), 500).tolist()) == {0, 1}


def test_greedy_is_argmax_and_the_first_of_equals() -> None:
    logits = torch.randn(50, 30, generator=torch.Generator().manual_seed(0))
    ids, logp = drawn(logits, draws_of(SamplingParams(temperature=0), np.arange(50)))
    assert torch.equal(ids, logits.argmax(-1))
    torch.testing.assert_close(logp, logits.log_softmax(-1).amax(-1))
    tie = torch.tensor([[0.0, 3.0, 3.0]])
    assert drawn(tie, draws_of(SamplingParams(temperature=0), np.arange(1)))[0].tolist() == [1]


def test_logprobs_are_of_the_tempered_distribution_before_truncation() -> None:
    for params in (
        SamplingParams(temperature=0.7),
        SamplingParams(temperature=0.7, top_k=2),
        SamplingParams(temperature=0.7, top_p=0.6, min_p=0.2),
    ):
        ids, logp = drawn(LOGITS.expand(200, -1), draws_of(params, np.arange(200)))
        mass = slow.tempered(LOGITS.tolist(), 0.7)
        for token, mine in zip(ids.tolist(), logp.tolist(), strict=True):
            assert mine == pytest.approx(math.log(mass[token]), abs=1e-5)


def test_a_row_is_drawn_the_same_among_rows_of_other_kinds() -> None:
    logits = torch.randn(40, 20, generator=torch.Generator().manual_seed(3))
    kinds = [
        SamplingParams(temperature=0),
        SamplingParams(temperature=0.9),
        SamplingParams(temperature=1.1, top_p=0.8),
        SamplingParams(temperature=0.5, top_k=3, min_p=0.1),
    ]
    single = [draws_of(kinds[i % 4], np.array([i])) for i in range(40)]
    together = Draws(*(np.concatenate([getattr(d, name) for d in single]) for name in Draws.__slots__))
    ids, logp = drawn(logits, together)
    for i in range(40):
        alone_ids, alone_logp = drawn(logits[i : i + 1], single[i])
        assert alone_ids[0] == ids[i] and alone_logp[0] == logp[i]


def unmix(z: int) -> int:
    """Inverse of the hash's finaliser: every step of it can be undone."""
    z ^= (z >> 31) ^ (z >> 62)
    z = z * pow(0x94D049BB133111EB, -1, WORD) % WORD
    z ^= (z >> 27) ^ (z >> 54)
    z = z * pow(0xBF58476D1CE4E5B9, -1, WORD) % WORD
    return z ^ (z >> 30) ^ (z >> 60)


def seed_with(state: int) -> int:
    """The seed whose hash at completion 0, position 0 is `state`."""
    for _ in range(3):
        state = (unmix(state) - 0x9E3779B97F4A7C15) % WORD
    return state


@pytest.mark.parametrize("state", [0, 1, WORD - 1, WORD - 2048, WORD // 2])
@pytest.mark.parametrize(
    "params",
    [SamplingParams(), SamplingParams(top_k=2), SamplingParams(top_p=0.6), SamplingParams(min_p=0.5)],
    ids=["plain", "top-k", "top-p", "min-p"],
)
def test_the_smallest_and_largest_noise_there_is_still_draw_a_kept_token(
    state: int, params: SamplingParams
) -> None:
    seed = seed_with(state)
    number = float(noise(seed, 0, 0))
    assert 0 < number < 1 and abs(number - state / WORD) < 2**-50
    for logits in (
        LOGITS,
        torch.tensor([-200.0, 0.0, 0.1, -200.0]),
        torch.tensor([0.0, -torch.inf, 1.0, -torch.inf]),
    ):
        allowed = slow.kept(slow.tempered(logits.tolist(), 1.0), params.top_k, params.top_p, params.min_p)
        possible = {i for i in allowed if logits[i] > -100}
        ids, logp = drawn(logits[None], draws_of(params, np.array([seed], np.uint64)))
        assert int(ids) in possible and torch.isfinite(logp).all()


@pytest.mark.parametrize("temperature", [1e-3, 1e-10, 1e-40, 5e-324, 1e30])
def test_extreme_temperatures_are_the_limits_of_the_distribution(temperature: float) -> None:
    ids = sampled(LOGITS * 20, SamplingParams(temperature=temperature), 400)
    if temperature < 1:
        assert set(ids.tolist()) == {3}
    else:
        assert set(ids.tolist()) == set(range(6))


@given(
    seed=st.integers(0, 2**31),
    num_values=st.sampled_from((2, 5, 1000)),
    top_k=st.sampled_from((0, 1, 3, 8, 30)),
    top_p=st.sampled_from((0.05, 0.5, 0.9, 0.99, 1.0)),
    min_p=st.sampled_from((0.0, 0.1, 1.0)),
    candidates=st.sampled_from((1, 2, 7, 19)),
)
@settings(max_examples=80, deadline=None, derandomize=True, database=None)
def test_a_few_candidates_draw_what_the_whole_vocabulary_draws(
    seed: int, num_values: int, top_k: int, top_p: float, min_p: float, candidates: int
) -> None:
    """Also where many tokens are equally likely, and where more are left than were looked at."""
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randint(0, num_values, (24, 40), generator=generator) * (12.0 / num_values)
    params = SamplingParams(temperature=1.0, top_k=top_k, top_p=top_p, min_p=min_p)
    draws = draws_of(params, np.arange(24))
    found = []
    for count in (candidates, 20):  # of forty tokens, twenty candidates are as good as all
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sampler, "CANDIDATES", count)
            patch.setattr(sampler, "reads", lambda *_: False)
            found.append(drawn(logits, draws)[0])
    assert np.array_equal(np.asarray(found[0]), np.asarray(found[1]))
