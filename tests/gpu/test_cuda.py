"""A CUDA device computes what the CPU computes. Run with: pytest -m gpu tests/gpu"""

from __future__ import annotations

from itertools import takewhile

import numpy as np
import pytest
import torch

from tests.oracles.small_models import DENSE, MIXTURE, random_model
from thinkling.engine.engine import Engine
from thinkling.engine.request import Finished
from thinkling.engine.score import score
from thinkling.models.attend import Causal
from thinkling.models.linear import set_compute_dtype
from thinkling.objectives.next_token import next_token_terms, targets_ahead
from thinkling.records import SamplingParams
from thinkling.train.optimizer import Optimizer, OptimizerSettings

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]
CONFIGS = {"latent": MIXTURE, "grouped": DENSE}


def make_prompts(count: int) -> list[tuple[int, ...]]:
    random = np.random.default_rng(0)
    return [tuple(random.integers(3, 40, random.integers(1, 60)).tolist()) for _ in range(count)]


def run(engine: Engine, prompts: list[tuple[int, ...]], params: SamplingParams) -> list[Finished]:
    """The completion of every prompt, in their order; prompt i has seed i."""
    for number, prompt in enumerate(prompts):
        engine.add(prompt, params, seed=number)
    finished: list[Finished] = []
    while not engine.is_idle:
        finished += engine.step().finished
    return sorted(finished, key=lambda one: one.request)


@pytest.mark.parametrize("name", CONFIGS)
def test_greedy_tokens_in_fp32_are_those_of_the_cpu(name: str) -> None:
    params = SamplingParams(temperature=0, max_tokens=40)
    on_cpu = run(Engine(random_model(CONFIGS[name]), ()), make_prompts(12), params)
    on_cuda = run(Engine(random_model(CONFIGS[name]).cuda(), ()), make_prompts(12), params)
    assert [one.ids for one in on_cuda] == [one.ids for one in on_cpu]
    for mine, theirs in zip(on_cuda, on_cpu, strict=True):
        np.testing.assert_allclose(mine.logprobs, theirs.logprobs, atol=1e-3)


@pytest.mark.parametrize("name", CONFIGS)
def test_alone_or_among_five_hundred_differs_by_rounding_only_in_bf16(name: str) -> None:
    """cuBLAS chooses its kernels by the number of rows, so on a GPU the promise holds up to rounding."""
    model = random_model(CONFIGS[name]).to("cuda", torch.bfloat16)
    prompts = make_prompts(500)
    params = SamplingParams(temperature=1.0, max_tokens=24)
    crowd = run(Engine(model, ()), prompts, params)
    gaps: list[float] = []
    for i in range(0, 500, 25):
        engine = Engine(model, ())
        engine.add(prompts[i], params, seed=i)
        while not engine.is_idle:
            for alone in engine.step().finished:
                pairs = zip(alone.ids, crowd[i].ids, alone.logprobs, crowd[i].logprobs, strict=True)
                gaps += [abs(one[2] - one[3]) for one in takewhile(lambda one: one[0] == one[1], pairs)]
    assert len(gaps) > 20 * 24 / 2
    assert np.mean(gaps) < 0.05


@pytest.mark.parametrize("name", CONFIGS)
def test_scores_in_bf16_are_about_those_of_the_cpu_in_fp32(name: str) -> None:
    sequences = [ids for ids in make_prompts(40) if len(ids) > 1]
    exact = torch.cat(score(random_model(CONFIGS[name]), sequences))
    rounded = torch.cat(score(random_model(CONFIGS[name]).to("cuda", torch.bfloat16), sequences))
    assert (exact - rounded.cpu()).abs().mean() < 0.1


def losses(device: str, compute: torch.dtype | None) -> list[float]:
    """The loss of a few training steps on the same rows: grouped products, router, MTP, optimizer."""
    model = random_model(MIXTURE).to(device).train()
    set_compute_dtype(model, compute)
    optimizer = Optimizer(dict(model.named_parameters()), OptimizerSettings())
    ids_BS = torch.randint(3, 40, (8, 64), generator=torch.Generator().manual_seed(1)).to(device)
    positions_T = torch.arange(64, device=device).repeat(8)
    found = []
    for _ in range(5):
        attend = Causal([64] * 8)
        hidden = model(ids_BS.flatten(), positions_T, attend)
        next_ids_T, is_target_T = targets_ahead(ids_BS, 1, 0)
        terms_T = next_token_terms(model.logits(hidden.states_TD), next_ids_T) * is_target_T
        ahead_TD, _ = model.look_ahead(hidden, next_ids_T, attend)
        ahead_ids_T, is_ahead_T = targets_ahead(ids_BS, 2, 0)
        mtp_terms_T = next_token_terms(model.logits(ahead_TD), ahead_ids_T) * is_ahead_T
        loss = (terms_T.sum() + 0.3 * mtp_terms_T.sum()) / is_target_T.sum()
        loss.backward()
        for name, parameter in model.named_parameters():
            assert parameter.grad is not None and parameter.grad.isfinite().all(), name
        optimizer.step(1.0)
        optimizer.zero_grad()
        found.append(loss.item())
    return found


@pytest.mark.parametrize(("compute", "tolerance"), [(None, 1e-3), (torch.bfloat16, 0.03)])
def test_training_steps_have_the_losses_of_the_cpu(compute: torch.dtype | None, tolerance: float) -> None:
    on_cpu = losses("cpu", None)
    assert on_cpu[-1] < on_cpu[0]
    np.testing.assert_allclose(losses("cuda", compute), on_cpu, rtol=tolerance)
