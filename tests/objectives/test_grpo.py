"""GRPO, Dr. GRPO and DAPO are the loops of their papers; unscored answers and equal groups teach nothing."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.oracles import grpo as slow
from thinkling.objectives.grpo import group_advantages, grpo_terms, k3, token_weights
from thinkling.objectives.logprobs import logprobs_and_entropy

QUICK = settings(max_examples=60, deadline=None, derandomize=True, database=None)
REWARDS = st.sampled_from((0.0, 1.0, 0.5, 1.1, -0.3))


def flat(rows: list[list[float]]) -> Tensor:
    return torch.tensor([x for row in rows for x in row])


@pytest.mark.parametrize("per", ["answer", "token", "constant"])
@given(lengths=st.lists(st.integers(1, 7), min_size=1, max_size=6), seed=st.integers(0, 2**31))
@QUICK
def test_the_loss_equals_the_slow_twin(per: str, lengths: list[int], seed: int) -> None:
    setting = slow.Setting(per=per, constant=9, clip_low=0.2, clip_high=0.28, beta=0.05)
    generator = torch.Generator().manual_seed(seed)
    new, sampled, reference = (
        [(-3 * torch.rand(n, generator=generator)).tolist() for n in lengths] for _ in range(3)
    )
    advantage = torch.randn(len(lengths), generator=generator)
    answer_T = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths))
    terms_T = grpo_terms(flat(new), flat(sampled), advantage[answer_T], 0.2, 0.28)
    terms_T = terms_T + 0.05 * k3(flat(new), flat(reference))
    weight_T = token_weights(answer_T, len(lengths), per, 9)  # type: ignore[arg-type]
    twin = slow.loss(new, sampled, reference, advantage.tolist(), setting)
    assert float((terms_T * weight_T).sum()) == pytest.approx(twin, rel=1e-4, abs=1e-4)


@given(
    group=st.lists(st.tuples(REWARDS, st.booleans()), min_size=1, max_size=8),
    divides=st.booleans(),
)
@QUICK
def test_advantages_equal_the_slow_twin(group: list[tuple[float, bool]], divides: bool) -> None:
    rewards, scored = [r for r, _ in group], [s for _, s in group]
    twin = slow.advantages(rewards, scored, divides)
    mine = group_advantages(torch.tensor([rewards]), torch.tensor([scored]), divides)[0]
    torch.testing.assert_close(mine, torch.tensor(twin), rtol=1e-4, atol=1e-5)


def test_groups_do_not_know_of_each_other() -> None:
    reward = torch.tensor([[0.0, 1.0, 1.0], [5.0, 5.0, 8.0]])
    scored = torch.ones(2, 3, dtype=torch.bool)
    both = group_advantages(reward, scored, True)
    for i in range(2):
        assert torch.equal(both[i], group_advantages(reward[i : i + 1], scored[i : i + 1], True)[0])
    torch.testing.assert_close(both[0].std(correction=0), torch.tensor(1.0))
    torch.testing.assert_close(both.sum(1), torch.zeros(2), atol=1e-6, rtol=0)


@pytest.mark.parametrize("reward", [0.0, 1.0, 0.1, 1 / 3, 1e6])
@pytest.mark.parametrize("divides", [True, False])
@pytest.mark.parametrize("size", [1, 3, 7, 16])
def test_equal_rewards_give_exactly_zero(reward: float, divides: bool, size: int) -> None:
    advantage = group_advantages(
        torch.full((1, size), reward), torch.ones(1, size, dtype=torch.bool), divides
    )
    assert not advantage.any()


def test_the_std_has_a_floor_so_that_rounding_is_not_blown_up() -> None:
    reward = torch.tensor([[0.3, 0.1 + 0.2 + 1e-6]])
    advantage = group_advantages(reward, torch.ones(1, 2, dtype=torch.bool), True)
    assert 0 < advantage.abs().max() < 2e-3


@pytest.mark.parametrize("unscored", [100.0, -100.0, math.nan, math.inf])
@pytest.mark.parametrize("divides", [True, False])
def test_unscored_answers_are_left_out_whatever_their_reward(unscored: float, divides: bool) -> None:
    reward = torch.tensor([[1.0, unscored, 0.0, 1.0], [unscored] * 4, [1.0, unscored, 1.0, unscored]])
    scored = torch.tensor([[True, False, True, True], [False] * 4, [True, False, True, False]])
    advantage = group_advantages(reward, scored, divides)
    without = group_advantages(torch.tensor([[1.0, 0.0, 1.0]]), torch.ones(1, 3, dtype=torch.bool), divides)
    assert torch.equal(advantage[0][[0, 2, 3]], without[0])
    assert advantage[0, 1] == 0 and not advantage[1:].any()


def test_whole_number_rewards_are_fine() -> None:
    advantage = group_advantages(torch.tensor([[0, 1, 1, 0]]), torch.ones(1, 4, dtype=torch.bool), True)
    assert advantage.tolist() == [[-1.0, 1.0, 1.0, -1.0]]


@given(lengths=st.lists(st.integers(1, 9), min_size=1, max_size=8))
@QUICK
def test_token_weights_add_up_to_what_the_papers_divide_by(lengths: list[int]) -> None:
    count = len(lengths)
    answer_T = torch.repeat_interleave(torch.arange(count), torch.tensor(lengths))
    per_answer = token_weights(answer_T, count, "answer", 0)
    each = torch.zeros(count).index_add(0, answer_T, per_answer)
    torch.testing.assert_close(each, torch.full((count,), 1 / count))
    per_token = token_weights(answer_T, count, "token", 0)
    torch.testing.assert_close(per_token, torch.full((sum(lengths),), 1 / sum(lengths)))
    constant = token_weights(answer_T, count, "constant", 50)
    torch.testing.assert_close(constant.sum(), torch.tensor(sum(lengths) / (count * 50)))


def test_answers_without_tokens_in_the_batch_still_count_as_answers() -> None:
    weight = token_weights(torch.tensor([0, 0, 3]), 4, "answer", 0)
    assert weight.tolist() == [0.125, 0.125, 0.25]
    assert len(token_weights(torch.tensor([], dtype=torch.int64), 4, "token", 0)) == 0


SIGNS = {
    # ratio, advantage: is there a gradient, and does it push the token's probability up?
    "good, far above": (2.0, 1.0, None),
    "good, just above": (1.2, 1.0, True),
    "good, far below": (0.3, 1.0, True),
    "bad, far below": (0.3, -1.0, None),
    "bad, just below": (0.9, -1.0, False),
    "bad, far above": (5.0, -1.0, False),
    "even": (1.0, 0.0, None),
}


@pytest.mark.parametrize("name", SIGNS)
def test_clipping_stops_only_what_has_gone_far_enough_in_its_own_direction(name: str) -> None:
    ratio, advantage, goes_up = SIGNS[name]
    logp = torch.tensor([math.log(ratio) - 1.0], requires_grad=True)
    term = grpo_terms(logp, torch.tensor([-1.0]), torch.tensor([advantage]), 0.2, 0.28)
    (gradient,) = torch.autograd.grad(term.sum(), logp)
    if goes_up is None:
        assert gradient == 0
    else:
        assert bool(gradient < 0) == goes_up
        assert float(gradient) == pytest.approx(-ratio * advantage, rel=1e-5)


def test_on_policy_the_gradient_is_the_policy_gradient() -> None:
    logp = torch.tensor([-0.5, -2.0, -3.0], requires_grad=True)
    advantage = torch.tensor([1.5, -2.0, 0.3])
    (gradient,) = torch.autograd.grad(grpo_terms(logp, logp.detach(), advantage, 0.2, 0.2).sum(), logp)
    torch.testing.assert_close(gradient, -advantage)


@given(st.lists(st.tuples(st.floats(-20, 0), st.floats(-20, 0)), min_size=1, max_size=20))
@QUICK
def test_k3_is_never_negative_and_zero_between_equals(pairs: list[tuple[float, float]]) -> None:
    policy, reference = torch.tensor(pairs).T
    assert (k3(policy, reference) >= -1e-6).all()
    assert not k3(policy, policy).any()


def test_k3_is_an_unbiased_estimate_of_the_divergence() -> None:
    """Its expectation over a small categorical, summed over the outcomes, is KL(p, reference)."""
    generator = torch.Generator().manual_seed(0)
    policy, reference = torch.randn(2, 50, 7, dtype=torch.float64, generator=generator).log_softmax(-1)
    expected = (policy.exp() * k3(policy, reference)).sum(-1)
    divergence = (policy.exp() * (policy - reference)).sum(-1)
    torch.testing.assert_close(expected, divergence)


def test_logprobs_and_entropy_are_those_of_the_rows() -> None:
    logits = torch.randn(6, 9, generator=torch.Generator().manual_seed(1), requires_grad=True)
    ids = torch.tensor([0, 8, 3, 3, 1, 5])
    logp, entropy = logprobs_and_entropy(logits, ids)
    for i, token in enumerate(ids.tolist()):
        p = [math.exp(x) for x in logits[i].tolist()]
        assert logp[i].item() == pytest.approx(math.log(p[token] / sum(p)), abs=1e-5)
        assert float(entropy[i]) == pytest.approx(
            -sum(x / sum(p) * math.log(x / sum(p)) for x in p), abs=1e-5
        )
    assert logp.requires_grad and not entropy.requires_grad
    weights = torch.linspace(-1, 2, 6)
    (grad,) = torch.autograd.grad((logp * weights).sum(), logits)
    slow = (logits.log_softmax(-1)[range(6), ids] * weights).sum()
    torch.testing.assert_close(grad, torch.autograd.grad(slow, logits)[0])
