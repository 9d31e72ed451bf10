"""How a batch is cut into passes cannot change the gradient."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from thinkling.objectives.grpo import grpo_terms, k3, token_weights
from thinkling.objectives.logprobs import logprobs_and_entropy

NUM_TOKENS = 24
VOCABULARY = 7


def gradient(per: str, parts: list[list[int]]) -> Tensor:
    """Of a table policy (a row of logits for each token), accumulated over `parts` of the batch."""
    generator = torch.Generator().manual_seed(0)
    table_TV = torch.randn(NUM_TOKENS, VOCABULARY, generator=generator).requires_grad_()
    shared_V = torch.randn(VOCABULARY, generator=generator).requires_grad_()
    ids_T = torch.randint(0, VOCABULARY, (NUM_TOKENS,), generator=generator)
    sampled_T = -3 * torch.rand(NUM_TOKENS, generator=generator)
    reference_T = -3 * torch.rand(NUM_TOKENS, generator=generator)
    answer_T = torch.randint(0, 5, (NUM_TOKENS,), generator=generator).sort().values
    advantage_T = torch.randn(5, generator=generator)[answer_T]
    weight_T = token_weights(answer_T, 5, per, 30)  # type: ignore[arg-type]
    for part in parts:
        rows = torch.tensor(part, dtype=torch.int64)
        logp_T, _ = logprobs_and_entropy((table_TV + shared_V)[rows], ids_T[rows])
        terms_T = grpo_terms(logp_T, sampled_T[rows], advantage_T[rows], 0.2, 0.28)
        terms_T = terms_T + 0.05 * k3(logp_T, reference_T[rows])
        (terms_T * weight_T[rows]).sum().backward()
    assert table_TV.grad is not None and shared_V.grad is not None
    return torch.cat((table_TV.grad, shared_V.grad[None]))


@pytest.mark.parametrize("per", ["answer", "token", "constant"])
@given(order=st.permutations(range(NUM_TOKENS)), cuts=st.sets(st.integers(1, NUM_TOKENS - 1)))
@settings(max_examples=30, deadline=None, derandomize=True, database=None)
def test_gradient_does_not_depend_on_how_the_batch_is_split(
    per: str, order: list[int], cuts: set[int]
) -> None:
    """Not even where one answer's tokens fall into several parts."""
    edges = [0, *sorted(cuts), NUM_TOKENS]
    parts = [list(order[a:b]) for a, b in pairwise(edges)]
    whole = gradient(per, [list(range(NUM_TOKENS))])
    assert whole.abs().max() > 1e-3
    torch.testing.assert_close(gradient(per, parts), whole, rtol=1e-4, atol=1e-6)
