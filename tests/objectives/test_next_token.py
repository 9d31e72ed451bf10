"""Next-token targets: the right token ahead, nothing across rows, nothing that pads."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.objectives.next_token import next_token_terms, targets_ahead

PAD = 0


@given(
    num_rows=st.integers(1, 4),
    length=st.integers(1, 8),
    ahead=st.integers(1, 2),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_every_position_predicts_the_token_so_far_ahead_in_its_own_row(
    num_rows: int, length: int, ahead: int, seed: int
) -> None:
    ids = torch.randint(0, 4, (num_rows, length), generator=torch.Generator().manual_seed(seed))
    before = ids.clone()
    targets, weights = targets_ahead(ids, ahead, PAD)
    assert torch.equal(ids, before)
    assert targets.shape == weights.shape == (num_rows * length,)
    for row in range(num_rows):
        for i in range(length):
            where = row * length + i
            token = int(ids[row, i + ahead]) if i + ahead < length else PAD
            assert int(targets[where]) == token
            assert float(weights[where]) == float(token != PAD)


def test_terms_are_cross_entropies_in_nats() -> None:
    logits = torch.randn(5, 6, generator=torch.Generator().manual_seed(0))
    targets = torch.tensor([0, 5, 2, 2, 1])
    terms = next_token_terms(logits, targets)
    for row, target, term in zip(logits.tolist(), targets.tolist(), terms.tolist(), strict=True):
        assert term == pytest.approx(math.log(sum(map(math.exp, row))) - row[target], abs=1e-5)
    assert float(next_token_terms(torch.zeros(1, 6), torch.tensor([3]))[0]) == pytest.approx(math.log(6))


def test_targets_of_no_weight_leave_no_gradient() -> None:
    ids = torch.tensor([[3, 2, PAD, PAD]])
    targets, weights = targets_ahead(ids, 1, PAD)
    logits = torch.zeros(4, 5, requires_grad=True)
    (next_token_terms(logits, targets) * weights).sum().backward()
    assert logits.grad is not None
    assert logits.grad[0].any() and not logits.grad[1:].any()
