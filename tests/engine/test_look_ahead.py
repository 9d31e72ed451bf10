"""Drafts by multi-token prediction: right where the module predicts rightly, and never another token."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tests.engine.test_draft import run
from tests.oracles.small_models import MIXTURE, random_model
from thinkling.engine.batch import DecodeBatch
from thinkling.engine.engine import Engine
from thinkling.engine.request import TRIAL, Finished
from thinkling.models.transformer import Transformer
from thinkling.records import SamplingParams

SIZE = MIXTURE.vocab_size


def counting() -> Transformer:
    """A model that counts: after token t comes t + 1, and its MTP module knows."""
    model = random_model(MIXTURE)
    assert model.mtp is not None
    with torch.no_grad():
        for block in (*model.blocks, model.mtp.block):
            for parameter in block.parameters():
                parameter.zero_()
        for norm in (model.norm, model.mtp.norm, model.mtp.embedding_norm, model.mtp.hidden_norm):
            norm.weight.fill_(1)
        embedding = torch.nn.functional.normalize(model.embedding.weight, dim=1)
        model.embedding.weight.copy_(embedding)
        model.head.weight.copy_(embedding.roll(1, 0)).mul_(3)
        merge = torch.cat((torch.eye(MIXTURE.width), torch.zeros(MIXTURE.width, MIXTURE.width)), 1)
        model.mtp.merge.weight.copy_(merge)
    return model


def test_a_module_that_knows_halves_the_steps() -> None:
    model = counting()
    params = SamplingParams(temperature=0, max_tokens=33)
    (done,), steps = run(Engine(model, ()), [((3, 4, 5), params)])
    assert done.ids == tuple(range(6, 39))
    assert steps <= 33 // 2 + 3
    assert done.num_accepted == done.num_drafted >= 15
    _, plain = run(Engine(model, (), is_drafting=False), [((3, 4, 5), params)])
    assert plain == 33


def test_guesses_are_drawn_with_the_noise_of_their_place() -> None:
    """At temperature 1 two independent draws would be the same far more rarely."""
    model = counting()
    drafted = accepted = 0
    for seed in range(12):
        params = SamplingParams(temperature=1.0, max_tokens=30, seed=seed)
        (done,), _ = run(Engine(model, ()), [((3, 4, 5), params)])
        (plain,), _ = run(Engine(model, (), is_drafting=False), [((3, 4, 5), params)])
        assert (done.ids, done.logprobs) == (plain.ids, plain.logprobs)
        assert len(set(done.ids)) > 10
        drafted, accepted = drafted + done.num_drafted, accepted + done.num_accepted
    assert accepted >= 0.95 * drafted > 100


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("cache_bytes", [None, 1])
def test_a_module_that_knows_nothing_changes_no_bit(dtype: torch.dtype, cache_bytes: int | None) -> None:
    """Long and short prompts, one from the cache, groups, and so little room that some have to wait."""
    model = random_model(MIXTURE).to(dtype)
    with torch.no_grad():
        model.head.weight.mul_(3)
    long = tuple(5 + i * i % 30 for i in range(70))
    requests = [
        (long, SamplingParams(temperature=0.7, max_tokens=40, seed=1)),
        (long[:48], SamplingParams(temperature=1.0, max_tokens=30, seed=2, n=3)),
        ((5, 6, 7), SamplingParams(temperature=0, max_tokens=60)),
        (long, SamplingParams(temperature=0.5, max_tokens=20, seed=3, frequency_penalty=0.4)),
    ]
    found = []
    for is_drafting in (True, False):
        engine = Engine(
            model, (11,), max_length=112, cache_bytes=cache_bytes, is_drafting=is_drafting, max_running=8
        )
        first, _ = run(engine, requests)
        again, _ = run(engine, requests)
        found.append([(one.ids, one.logprobs) for one in first + again])
        assert engine.scheduler.pages.num_free == engine.scheduler.pages.num_pages
        drafted = sum(one.num_drafted for one in first + again)
        assert (drafted > 0) is is_drafting
    assert found[0] == found[1]


class Watch:
    """Notes what the module is asked, and asks it."""

    def __init__(self, engine: Engine, patch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[np.ndarray, np.ndarray]] = []
        look_ahead = engine.runner.look_ahead

        def noted(states_TD: torch.Tensor, batch: DecodeBatch, wanted: np.ndarray) -> torch.Tensor:
            running = engine.scheduler.running
            assert (batch.positions < running.length[batch.rows]).all()
            self.asked.append((batch.rows, batch.positions))
            return look_ahead(states_TD, batch, wanted)

        patch.setattr(engine.runner, "look_ahead", noted)


@pytest.mark.parametrize("n", [8, 9, 12])
def test_where_rows_are_many_nothing_is_guessed(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(counting(), ())
    watch = Watch(engine, monkeypatch)
    params = SamplingParams(temperature=1.0, max_tokens=10, seed=1, n=n, ignore_eos=True)
    done, _ = run(engine, [((3, 4, 5), params)])
    assert bool(watch.asked) is (n == 8)
    assert bool(sum(one.num_drafted for one in done)) is (n == 8)


@pytest.mark.parametrize(
    "params",
    [
        SamplingParams(temperature=0, max_tokens=20, stop=("no such text",)),
        SamplingParams(temperature=0, max_tokens=20, frequency_penalty=0.5),
        SamplingParams(temperature=0, max_tokens=2),
    ],
)
def test_where_no_guess_can_come_true_none_is_made(
    params: SamplingParams, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(counting(), ())
    watch = Watch(engine, monkeypatch)
    run(engine, [((3, 4, 5), params)])
    assert not watch.asked


def test_a_module_that_is_mostly_wrong_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    model = counting()
    assert model.mtp is not None
    with torch.no_grad():
        model.mtp.merge.weight.neg_()
    engine = Engine(model, ())
    watch = Watch(engine, monkeypatch)
    (done,), _ = run(engine, [((3, 4, 5), SamplingParams(temperature=1.0, max_tokens=200, seed=2))])
    assert len(done.ids) == 200
    assert TRIAL - 8 <= len(watch.asked) <= TRIAL + 2


def test_a_row_that_goes_to_another_starts_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(counting(), (), max_running=1)
    watch = Watch(engine, monkeypatch)
    for length in (3, 20, 21, 40):  # the row's last position comes again in a longer prompt
        number = engine.add(tuple(range(length)), SamplingParams(temperature=0, max_tokens=30), 0)
        watch.asked.clear()
        for _ in range(4):
            engine.step()
        engine.abort(number)
        positions = np.concatenate([some for _, some in watch.asked])
        assert positions.min() == length - 1
        assert len(set(positions.tolist())) == len(positions)
    (done,), _ = run(engine, [((7, 8), SamplingParams(temperature=0, max_tokens=12))])
    assert done.ids == tuple(range(9, 21))
    assert done.num_accepted == done.num_drafted > 0


def test_answers_of_one_token_leave_nothing_behind() -> None:
    engine = Engine(counting(), ())
    run(engine, [((3, 4, 5 + i % 9), SamplingParams(max_tokens=1)) for i in range(40)])
    assert engine._foresight is not None and not engine._foresight._said


REQUESTS = [
    ((3, 4, 5), SamplingParams(temperature=1.0, max_tokens=25, seed=1)),
    ((9,), SamplingParams(temperature=1.0, max_tokens=1, seed=2)),
    ((7, 8, 9, 10), SamplingParams(temperature=0.5, max_tokens=12, seed=3, n=2)),
]


@pytest.mark.parametrize("place", range(8))
@pytest.mark.parametrize(
    "where", ["runner.decode", "runner.read", "runner.look_ahead", "_answers.append", "_foresight.note"]
)
def test_an_interrupt_anywhere_loses_nothing(where: str, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answers, each told once, whenever a step is broken off."""
    undisturbed, _ = run(Engine(counting(), ()), REQUESTS)
    engine = Engine(counting(), ())
    owner, name = engine, where
    while "." in name:
        part, name = name.split(".")
        owner = getattr(owner, part)
    original, calls = getattr(owner, name), []

    def interrupted(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == place + 1:
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr(owner, name, interrupted)
    for number, (prompt, params) in enumerate(REQUESTS[:1] + REQUESTS[2:]):
        engine.add(prompt, params, seed=number)
    done: list[Finished] = []
    added = False
    for _ in range(200):
        try:
            done += engine.step().finished
        except KeyboardInterrupt:
            if not added:  # and another comes, which ends at once
                engine.add(*REQUESTS[1], seed=5)
            added = True
        if engine.is_idle:
            break
    assert engine.is_idle
    expected = {one.ids for one in undisturbed if added or len(one.ids) > 1}
    assert {one.ids for one in done} == expected
    assert len(done) == 3 + added
