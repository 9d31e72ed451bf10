"""Drawing tokens and scoring them, against stock operators."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.kernels.needed import needs_kernels
from thinkling.engine.sampler import Draws, _pick_truncated, draw_with_stock_operators
from thinkling.kernels.vocabulary import DRAWN, LIKELIEST, Cuts, chosen, draw, draw_cut
from thinkling.objectives.logprobs import _Chosen

pytestmark = needs_kernels
QUICK = settings(max_examples=60, deadline=None, derandomize=True, database=None)
VOCABULARY = st.sampled_from((1, 2, 15, 16, 17, 61, 512, 1003))


def asked(num_rows: int, width: int, size: float, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Logits, divisors, and noise."""
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(num_rows, width, generator=generator) * size
    divisor = torch.rand(num_rows, generator=generator) + 0.3
    return logits, divisor, torch.rand(num_rows, generator=generator, dtype=torch.float64)


@given(
    width=VOCABULARY,
    num_values=st.sampled_from((2, 9, 10_000)),
    top_k=st.sampled_from((0, 1, 3, 40, 2000)),
    top_p=st.sampled_from((0.05, 0.5, 0.95, 0.999, 1.0)),
    min_p=st.sampled_from((0.0, 1e-12, 0.003, 0.1, 1.0)),
    seed=st.integers(0, 2**31),
)
@QUICK
def test_what_a_cut_leaves_is_drawn_as_by_stock_operators(
    width: int, num_values: int, top_k: int, top_p: float, min_p: float, seed: int
) -> None:
    """But where the noise points at an edge. Many tokens may be equally likely."""
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randint(0, num_values, (30, width), generator=generator) * (14.0 / num_values)
    _, divisor, noise = asked(30, width, 1.0, seed)
    rows = np.arange(0, 30, 2)
    cuts = Cuts(np.full(30, top_p, np.float32), np.full(30, min_p, np.float32), np.full(30, top_k))
    ids = torch.full((30,), -7)
    draw_cut(logits, divisor, noise, cuts, rows, ids)
    assert (ids[1::2] == -7).all()
    columns = {name: np.zeros(len(rows)) for name in Draws.__slots__}
    columns |= {"top_p": cuts.top_p[rows], "min_p": cuts.min_p[rows], "top_k": cuts.top_k[rows]}
    index = torch.from_numpy(rows)
    logp = (logits[index] / divisor[index][:, None]).log_softmax(-1)
    stock = _pick_truncated(logp, noise[index], Draws(**columns))
    near = [_pick_truncated(logp, noise[index] + shift, Draws(**columns)) for shift in (-1e-5, 1e-5)]
    is_same = (ids[index] == stock) | (ids[index] == near[0]) | (ids[index] == near[1])
    # Nor need sums in another order end a cut at the same token.
    assert is_same.float().mean() >= (1.0 if top_p == 1.0 else 0.93)


@given(width=VOCABULARY, size=st.sampled_from((0.1, 3.0, 30.0)), seed=st.integers(0, 2**31))
@QUICK
def test_a_token_is_drawn_where_the_noise_points(width: int, size: float, seed: int) -> None:
    logits, divisor, noise = asked(9, width, size, seed)
    ids = torch.full((9,), DRAWN)
    log_sum = draw(logits, divisor, noise, ids)
    tempered = logits.double() / divisor.double()[:, None]
    torch.testing.assert_close(log_sum.double(), tempered.logsumexp(-1), rtol=1e-5, atol=1e-5)
    after = tempered.softmax(-1).cumsum(-1)
    upper = after.gather(1, ids[:, None])[:, 0]
    lower = upper - tempered.softmax(-1).gather(1, ids[:, None])[:, 0]
    assert ((lower - 1e-5 <= noise) & (noise <= upper + 1e-5)).all()


@given(width=VOCABULARY, seed=st.integers(0, 2**31))
@QUICK
def test_it_is_the_token_of_stock_operators_but_at_the_edges(width: int, seed: int) -> None:
    logits, divisor, noise = asked(40, width, 2.0, seed)
    ours, stock = torch.full((40,), DRAWN), torch.full((40,), DRAWN)
    draw(logits, divisor, noise, ours)
    draw_with_stock_operators(logits, divisor, noise, stock)
    edges = (logits.double() / divisor.double()[:, None]).softmax(-1).cumsum(-1)
    is_near_edge = (edges - noise[:, None]).abs().amin(-1) < 1e-6
    assert torch.equal(ours[~is_near_edge], stock[~is_near_edge])


def test_likeliest_forced_and_drawn_rows_stand_side_by_side() -> None:
    logits, divisor, noise = asked(6, 50, 2.0, 0)
    logits[0, 7] = logits[0, 30] = 99.0
    ids = torch.tensor([LIKELIEST, 3, DRAWN, LIKELIEST, 49, DRAWN])
    alone = ids.clone()
    draw(logits, divisor, noise, ids)
    assert ids[0] == 7, "of equals, the first"
    assert ids[1] == 3 and ids[4] == 49 and ids[3] == logits[3].argmax()
    for row in range(6):
        one = alone[row : row + 1].clone()
        draw(logits[row : row + 1], divisor[row : row + 1], noise[row : row + 1], one)
        assert one == ids[row]


@pytest.mark.parametrize("noise", [1e-16, 0.3, 0.999999999, 1 - 2.0**-53])
def test_what_is_barred_is_never_drawn(noise: float) -> None:
    logits = torch.full((1, 100), -torch.inf)
    logits[0, 40:44] = torch.tensor([1.0, 2.0, -torch.inf, 0.0])
    ids = torch.tensor([DRAWN])
    draw(logits, torch.ones(1), torch.tensor([noise], dtype=torch.float64), ids)
    assert ids.item() in (40, 41, 43)


def test_nothing_but_infinities_or_not_a_number_gives_a_token_of_the_vocabulary() -> None:
    logits = torch.stack((torch.full((20,), -torch.inf), torch.full((20,), torch.nan)))
    for kind in (DRAWN, LIKELIEST):
        ids = torch.tensor([kind, kind])
        draw(logits, torch.ones(2), torch.full((2,), 0.5, dtype=torch.float64), ids)
        assert ((ids >= 0) & (ids < 20)).all()


@given(width=VOCABULARY, size=st.sampled_from((0.1, 3.0, 60.0)), seed=st.integers(0, 2**31))
@QUICK
def test_chosen_tokens_have_the_logprobs_entropy_and_gradient_of_stock_operators(
    width: int, size: float, seed: int
) -> None:
    logits, _, _ = asked(11, width, size, seed)
    ids = torch.randint(0, width, (11,), generator=torch.Generator().manual_seed(seed))
    found = []
    for function in (chosen, _Chosen.apply):
        given_TV = logits.clone().requires_grad_()
        logp, entropy = function(given_TV, ids)
        (grad,) = torch.autograd.grad(logp, given_TV, torch.arange(11.0) - 5)
        found.append((logp.detach(), entropy, grad))
    for mine, other in zip(*found, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=2e-5)


def test_entropy_of_a_row_with_barred_tokens_is_that_of_the_others() -> None:
    logits = torch.tensor([[0.0, -torch.inf, 0.0, -torch.inf]])
    logp, entropy = chosen(logits, torch.tensor([2]))
    assert logp.item() == pytest.approx(-0.6931, abs=1e-4) and entropy.item() == pytest.approx(
        0.6931, abs=1e-4
    )


@pytest.mark.parametrize("wrong", [-1, 4])
def test_ids_outside_of_the_vocabulary_are_refused(wrong: int) -> None:
    with pytest.raises(IndexError, match="vocabulary of 4"):
        chosen(torch.zeros(2, 4), torch.tensor([0, wrong]))
