"""Rollouts packed into passes give the log-probabilities, and the gradient, of each rollout alone."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.oracles.small_models import DENSE, MIXTURE, random_model
from thinkling.engine.score import score
from thinkling.models.attend import Causal
from thinkling.models.config import ModelConfig
from thinkling.models.transformer import Transformer
from thinkling.objectives.grpo import grpo_terms, token_weights
from thinkling.records import Completion, Problem, Rollout, Verdict
from thinkling.train.answers import Pass, answer_logprobs, pack

CONFIGS = {"mixture": MIXTURE, "dense": DENSE}
PROBLEM = Problem(kind="toy", question="?", answer="!", key="toy:1")
SIZES = ((3, 5), (1, 1), (9, 12), (4, 4), (3, 5), (2, 20), (7, 1), (16, 8))


def rollout_of(number: int, prompt: int, answer: int, group: int | None = None) -> Rollout:
    """Answer `number`; those of one group with prompts of one length have the same prompt."""
    asked = torch.Generator().manual_seed(1000 + (number if group is None else group))
    generator = torch.Generator().manual_seed(number)
    ids = torch.randint(0, 40, (prompt,), generator=asked).tolist()
    ids += torch.randint(0, 40, (answer,), generator=generator).tolist()
    logprobs = (-2 * torch.rand(answer, generator=generator)).tolist()
    completion = Completion(
        ids=tuple(ids[prompt:]),
        text="",
        finish_reason="stop",
        prompt_ids=tuple(ids[:prompt]),
        logprobs=tuple(logprobs),
    )
    return Rollout(PROBLEM, completion, Verdict(reward=0.0, is_correct=False, reason="toy"))


GROUPS = ((6, 3, 0), (6, 9, 0), (6, 1, 0), (6, 9, 0), (13, 2, 1), (13, 7, 1))
ROLLOUTS = [rollout_of(number, *size) for number, size in enumerate((*SIZES, *GROUPS))]


def per_rollout(passes: list[Pass], values: list[Tensor]) -> dict[int, list[float]]:
    """Values of every rollout's answer tokens, in their order."""
    found: dict[int, list[float]] = {}
    for part, value in zip(passes, values, strict=True):
        for number, one in zip(part.answer.tolist(), value.tolist(), strict=True):
            found.setdefault(number, []).append(one)
    return found


def alone(model: Transformer, rollout: Rollout, temperature: float) -> tuple[Tensor, Tensor]:
    """Log-probabilities and entropies of the answer by reading this one sequence."""
    done = rollout.completion
    ids = torch.tensor(done.prompt_ids + done.ids)
    hidden = model(ids, torch.arange(len(ids)), Causal([len(ids)]))
    logp_TV = (model.logits(hidden.states_TD) / temperature).log_softmax(-1)[len(done.prompt_ids) - 1 : -1]
    return logp_TV.gather(1, torch.tensor(done.ids)[:, None])[:, 0], -(logp_TV.exp() * logp_TV).sum(-1)


@pytest.mark.parametrize("tokens_per_pass", [1, 24, 40, 10_000])
@pytest.mark.parametrize("temperature", [1.0, 0.7])
@pytest.mark.parametrize("name", CONFIGS)
@torch.no_grad()
def test_packed_logprobs_equal_each_rollout_alone(
    name: str, temperature: float, tokens_per_pass: int
) -> None:
    model = random_model(CONFIGS[name])
    passes = pack(ROLLOUTS, range(len(ROLLOUTS)), tokens_per_pass, "cpu")
    pairs = [answer_logprobs(model, part, temperature) for part in passes]
    logp = per_rollout(passes, [pair[0] for pair in pairs])
    entropy = per_rollout(passes, [pair[1] for pair in pairs])
    assert sorted(logp) == list(range(len(ROLLOUTS)))
    for number, rollout in enumerate(ROLLOUTS):
        expected_logp, expected_entropy = alone(model, rollout, temperature)
        torch.testing.assert_close(torch.tensor(logp[number]), expected_logp, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(torch.tensor(entropy[number]), expected_entropy, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_packed_logprobs_equal_the_engines_scores() -> None:
    model = random_model(MIXTURE)
    (part,) = pack(ROLLOUTS, range(len(ROLLOUTS)), 10_000, "cpu")
    logp = per_rollout([part], [answer_logprobs(model, part, 1.0)[0]])
    scores = score(model, [one.completion.prompt_ids + one.completion.ids for one in ROLLOUTS])
    for number, (rollout, scored) in enumerate(zip(ROLLOUTS, scores, strict=True)):
        expected = scored[len(rollout.completion.prompt_ids) - 1 :]
        torch.testing.assert_close(torch.tensor(logp[number]), expected, rtol=1e-4, atol=1e-4)


@given(
    sizes=st.lists(
        st.tuples(st.integers(1, 30), st.integers(1, 30), st.integers(0, 2)), min_size=1, max_size=12
    ),
    tokens_per_pass=st.integers(1, 200),
    first=st.integers(0, 5),
)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_packing_loses_and_invents_nothing(
    sizes: list[tuple[int, int, int]], tokens_per_pass: int, first: int
) -> None:
    rollouts = [rollout_of(number, *size) for number, size in enumerate(sizes)]
    passes = pack(rollouts, range(first, first + len(rollouts)), tokens_per_pass, "cpu")
    sampled = per_rollout(passes, [part.sampled_logp for part in passes])
    predicted = per_rollout(passes, [part.target for part in passes])
    for number, rollout in enumerate(rollouts):
        done = rollout.completion
        assert done.logprobs is not None
        assert sampled[first + number] == pytest.approx(done.logprobs, abs=1e-6)
        assert predicted[first + number] == list(done.ids)
    for part in passes:
        num_answers = len(part.answer.unique())
        assert len(part.ids_T) == len(part.positions_T)
        assert num_answers == 1 or len(part.ids_T) <= tokens_per_pass


def test_a_prompt_stands_once_in_a_pass_whatever_the_number_of_its_answers() -> None:
    answers = [rollout_of(number, 20, 5, group=0) for number in range(16)]
    (part,) = pack(answers, range(16), 10_000, "cpu")
    assert len(part.ids_T) == 20 + 16 * (5 - 1)
    assert part.predicts.bincount()[19] == 16  # the last token of the prompt predicts all first tokens


@pytest.mark.parametrize("name", CONFIGS)
def test_the_gradient_through_shared_prompts_is_that_of_whole_documents(name: str) -> None:
    shared, plain = random_model(CONFIGS[name]), random_model(CONFIGS[name])
    for part in pack(ROLLOUTS, range(len(ROLLOUTS)), 10_000, "cpu"):
        answer_logprobs(shared, part, 1.0)[0].square().sum().backward()
    for rollout in ROLLOUTS:
        alone(plain, rollout, 1.0)[0].square().sum().backward()
    expected = {n: p.grad for n, p in plain.named_parameters() if p.grad is not None}
    for parameter, found in shared.named_parameters():
        if parameter in expected:
            size = max(float(expected[parameter].abs().max()), 1e-6)
            assert found.grad is not None
            assert (found.grad - expected[parameter]).abs().max() <= 1e-4 * size, parameter


def gradient(config: ModelConfig, rollouts: list[Rollout], tokens_per_pass: int) -> dict[str, Tensor]:
    """Of a GRPO step, as training takes it: weights over the whole batch, passes one after the other."""
    model = random_model(config)
    passes = pack(rollouts, range(len(rollouts)), tokens_per_pass, "cpu")
    answer_T = torch.cat([part.answer for part in passes])
    weights = token_weights(answer_T, len(rollouts), "answer", 0).split([len(part.answer) for part in passes])
    advantage = torch.linspace(-1, 1, len(rollouts))
    for part, weight_T in zip(passes, weights, strict=True):
        logp_T, _ = answer_logprobs(model, part, 1.0)
        terms_T = grpo_terms(logp_T, part.sampled_logp, advantage[part.answer], 0.2, 10.0)
        (terms_T * weight_T).sum().backward()
    return {n: p.grad for n, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("name", CONFIGS)
def test_the_gradient_does_not_depend_on_tokens_per_pass(name: str) -> None:
    whole = gradient(CONFIGS[name], ROLLOUTS, 10_000)
    for tokens_per_pass in (1, 24, 40, 70):
        parts = gradient(CONFIGS[name], ROLLOUTS, tokens_per_pass)
        assert parts.keys() == whole.keys()
        for parameter, expected in whole.items():
            size = max(float(expected.abs().max()), 1e-6)
            assert (parts[parameter] - expected).abs().max() <= 1e-3 * size, parameter
