"""Balance: the bias moves against the load, and a router that starts uneven becomes even."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.moe import sequence_balance
from thinkling.models.config import MoE
from thinkling.models.moe import Router
from thinkling.objectives.balance import bias_step, expert_load, max_violation, sequence_balance_loss


def test_the_bias_of_busy_experts_falls_and_of_idle_ones_rises_by_one_rate() -> None:
    step = bias_step(torch.tensor([10.0, 4.0, 0.0, 2.0]), 0.001)
    assert step.tolist() == pytest.approx([-0.001, 0.0, 0.001, 0.001])
    assert not bias_step(torch.full((4,), 7.0), 0.001).any()
    assert not bias_step(torch.tensor([10.0, 0.0]), 0.0).any()


def test_load_counts_every_visit_and_experts_without_visits() -> None:
    load = expert_load(torch.tensor([[0, 2], [2, 4], [2, 0]]), 6)
    assert load.tolist() == [2, 0, 3, 0, 1, 0]


def test_violation_is_zero_in_balance_and_grows_with_the_busiest() -> None:
    assert max_violation(torch.tensor([3.0, 3.0, 3.0])) == 0
    assert max_violation(torch.tensor([4.0, 0.0, 0.0, 0.0])) == pytest.approx(3.0)
    assert max_violation(torch.tensor([2.0, 1.0, 0.0])) == pytest.approx(1.0)


@given(
    num_sequences=st.integers(1, 4),
    length=st.integers(1, 6),
    num_experts=st.integers(1, 6),
    seed=st.integers(0, 2**31),
    data=st.data(),
)
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
def test_the_sequence_loss_equals_the_slow_twin(
    num_sequences: int, length: int, num_experts: int, seed: int, data: st.DataObject
) -> None:
    num_active = data.draw(st.integers(1, num_experts))
    scores = (
        torch.rand(num_sequences, length, num_experts, generator=torch.Generator().manual_seed(seed)) + 0.01
    )
    sequence_T = torch.arange(num_sequences).repeat_interleave(length)
    mine = sequence_balance_loss(scores.flatten(0, 1), num_active, sequence_T, num_sequences) / num_sequences
    assert float(mine) == pytest.approx(sequence_balance(scores.tolist(), num_active), rel=1e-5)


def test_the_sequence_loss_is_one_in_perfect_balance_and_more_where_one_expert_wins() -> None:
    even = torch.eye(4).repeat(2, 1) + 0.5
    halves, whole = torch.arange(2).repeat_interleave(4), torch.zeros(8, dtype=torch.int64)
    assert float(sequence_balance_loss(even, 1, halves, 2)) == pytest.approx(2 * 1.0)
    uneven = torch.tensor([[0.9, 0.1, 0.1, 0.1]]).repeat(8, 1)
    assert float(sequence_balance_loss(uneven, 1, halves, 2)) == pytest.approx(2 * 4 * 0.9 / 1.2)
    # Every sequence for itself: two that each use one expert are uneven, though together they are not.
    each = torch.tensor([[0.9, 0.1]] * 4 + [[0.1, 0.9]] * 4)
    assert float(sequence_balance_loss(each, 1, halves, 2)) == pytest.approx(2 * 1.8)
    assert float(sequence_balance_loss(each, 1, whole, 1)) == pytest.approx(1.0)


def test_padding_and_the_lengths_of_other_sequences_do_not_count() -> None:
    scores = torch.rand(9, 4, generator=torch.Generator().manual_seed(1)) + 0.01
    sequence_T = torch.tensor([0, 0, 0, 2, 1, 1, 2, 2, 1])
    parts = [
        sequence_balance_loss(scores[sequence_T == i], 2, torch.zeros(3, dtype=torch.int64), 1)
        for i in (0, 1)
    ]
    together = sequence_balance_loss(scores, 2, sequence_T, 2)
    assert float(together) == pytest.approx(float(sum(parts)), rel=1e-5)


def test_its_gradient_lowers_the_score_of_the_busy_expert() -> None:
    scores = torch.tensor([[0.9, 0.1, 0.1, 0.1]]).repeat(8, 1).requires_grad_()
    sequence_balance_loss(scores, 1, torch.zeros(8, dtype=torch.int64), 1).backward()
    assert scores.grad is not None
    assert (scores.grad[:, 0] > 0).all() and (scores.grad[:, 1:] < 0).all()


@torch.no_grad()
def test_bias_steps_make_an_uneven_router_even() -> None:
    """Loads are taken from the batch just routed, the bias moves after it, and the weights never change."""
    generator = torch.Generator().manual_seed(0)
    router = Router(MoE(num_experts=16, num_active=2, expert_width=4, num_groups=4, num_active_groups=2), 8)
    router.weight.normal_(0.0, 0.5, generator=generator)
    mean = torch.randn(8, generator=generator)
    violations = []
    for _ in range(250):
        x_TD = torch.randn(512, 8, generator=generator) + mean
        load_E = expert_load(router(x_TD).experts_TA, 16)
        violations.append(max_violation(load_E))
        router.correction_bias += bias_step(load_E, 0.005)
    first, last = sum(violations[:10]) / 10, sum(violations[-10:]) / 10
    assert first > 2.0
    assert last < 0.35
