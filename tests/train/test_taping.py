"""An update that finds the sampler's products on a tape has the gradient of one that multiplies again."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from tests.oracles.small_models import DENSE, MIXTURE, QWEN2, random_model
from thinkling.engine.engine import Engine
from thinkling.models import tape as tapes
from thinkling.models.linear import set_compute_dtype
from thinkling.models.tape import Tape
from thinkling.models.transformer import Transformer
from thinkling.records import Completion, Problem, Rollout, SamplingParams, Verdict
from thinkling.train.answers import answer_logprobs, pack

CONFIGS = {"mixture": MIXTURE, "dense": DENSE, "qwen2": QWEN2}
TEMPERATURE = 0.8
PROMPTS = ((5, 6, 7), (8, 9, 10, 11, 5, 6, 7, 5, 6), (3,))


def sampled(engine: Engine, num_answers: int) -> list[Rollout]:
    """Answers of different lengths, some of which repeat themselves (so that drafts are right)."""
    for number, prompt in enumerate(PROMPTS):
        params = SamplingParams(
            n=num_answers, temperature=TEMPERATURE, max_tokens=40, seed=number, logprobs=True
        )
        engine.add(prompt, params, 0)
    rollouts = []
    while not engine.is_idle:
        for one in engine.step().finished:
            ids, row = one.ids, one.tape_row
            done = Completion(ids, "", "stop", one.prompt_ids, one.logprobs, one.index, None, row)
            rollouts.append(Rollout(Problem("toy", "?", "!", "toy:1"), done, Verdict(0.0, False, "toy")))
    return sorted(rollouts, key=lambda one: (one.completion.prompt_ids, one.completion.index))


def gradient(model: Transformer, rollouts: list[Rollout], tape: Tape | None) -> dict[str, Tensor]:
    model.zero_grad()
    for part in pack(rollouts, range(len(rollouts)), 100, "cpu"):
        logp_T, _ = answer_logprobs(model, part, TEMPERATURE, tape)
        if tape is not None and model.blocks[0].ffn.down.compute is None:
            torch.testing.assert_close(logp_T.detach(), part.sampled_logp, rtol=0, atol=1e-4)
        logp_T.square().sum().backward()
    return {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("is_tight", [False, True])
@pytest.mark.parametrize("compute", [None, torch.bfloat16])
@pytest.mark.parametrize("name", CONFIGS)
def test_the_gradient_is_that_of_multiplying_again(
    name: str, compute: torch.dtype | None, is_tight: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = random_model(CONFIGS[name])
    set_compute_dtype(model, compute)
    few = {"max_length": 96, "max_running": 7, "cache_bytes": 1} if is_tight else {"max_running": 64}
    engine = Engine(model, (0, 1), **few)  # type: ignore[arg-type]
    engine.tape = tape = engine.new_tape(10_000)
    assert tape is not None
    tape.begin()
    rollouts = sampled(engine, 6)
    assert len({len(one.completion.ids) for one in rollouts}) > 5
    multiplied: list[int] = []
    real = tapes.product
    monkeypatch.setattr(tapes, "product", lambda a, b: (multiplied.append(len(a)), real(a, b))[1])
    found = gradient(model, rollouts, tape)
    num_with, multiplied = sum(multiplied), []
    monkeypatch.setattr(tapes, "product", lambda a, b: (multiplied.append(len(a)), real(a, b))[1])
    expected = gradient(model, rollouts, None)
    # Prompts alone are multiplied; with latents these are expanded for all.
    assert num_with < sum(multiplied) * (0.5 if name == "mixture" else 0.2)
    if compute is not None:  # rounding sends a token to another expert now and then
        ours, theirs = (torch.cat([one.flatten() for one in each.values()]) for each in (found, expected))
        assert torch.cosine_similarity(ours, theirs, 0) > 0.98
        return
    size = max(float(one.abs().max()) for one in expected.values())
    for parameter, one in expected.items():
        assert (found[parameter] - one).abs().max() <= 1e-4 * size, parameter


def test_answers_beyond_the_tapes_room_are_multiplied() -> None:
    model = random_model(DENSE)
    engine = Engine(model, (0, 1))
    engine.tape = tape = Tape(model, 100)
    tape.begin()
    rollouts = sampled(engine, 6)
    rows = [one.completion.tape_row for one in rollouts]
    assert None in rows and any(row is not None for row in rows)
    found, expected = gradient(model, rollouts, tape), gradient(model, rollouts, None)
    for parameter, one in expected.items():
        torch.testing.assert_close(found[parameter], one, rtol=1e-3, atol=1e-4)
