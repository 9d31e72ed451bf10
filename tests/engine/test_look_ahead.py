"""Drafts by multi-token prediction: right where the module predicts rightly, and never another token."""

from __future__ import annotations

import pytest
import torch

from tests.engine.test_draft import run
from tests.oracles.small_models import MIXTURE, random_model
from thinkling.engine.engine import Engine
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
    assert found[0] == found[1]


def test_where_rows_are_many_nothing_is_guessed() -> None:
    params = SamplingParams(temperature=1.0, max_tokens=10, seed=1, n=12)
    done, _ = run(Engine(counting(), ()), [((3, 4, 5), params)])
    assert sum(one.num_drafted for one in done) == 0


def test_an_aborted_request_leaves_no_guess_behind() -> None:
    """Its row goes to another, which says what it would have said."""
    model = counting()
    engine = Engine(model, (), max_running=1)
    for start in (3, 9, 20):
        number = engine.add((start,), SamplingParams(temperature=0, max_tokens=30), 0)
        for _ in range(4):
            engine.step()
        engine.abort(number)
    (done,), _ = run(engine, [((7, 8), SamplingParams(temperature=0, max_tokens=12))])
    assert done.ids == tuple(range(9, 21))
