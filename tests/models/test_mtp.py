"""Multi-token prediction: the paper's equations in the release's order, and no look at later tokens."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.oracles import mtp as slow
from tests.oracles.small_models import MIXTURE, random_model
from thinkling.models.attend import Causal
from thinkling.models.transformer import Transformer

LENGTH = 9


def look_ahead(model: Transformer, ids: Tensor, next_ids: Tensor) -> Tensor:
    attend = Causal([len(ids)])
    hidden = model(ids, torch.arange(len(ids)), attend)
    return model.look_ahead(hidden, next_ids, attend)[0]


def random_ids(seed: int) -> Tensor:
    return torch.randint(0, MIXTURE.vocab_size, (LENGTH + 1,), generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def test_look_ahead_equals_the_slow_twin() -> None:
    model, ids = random_model(MIXTURE), random_ids(0)
    twin = slow.look_ahead(model, ids[:-1].tolist(), ids[1:].tolist())
    torch.testing.assert_close(look_ahead(model, ids[:-1], ids[1:]), twin, rtol=1e-4, atol=1e-4)


@given(where=st.integers(1, LENGTH), seed=st.integers(0, 2**31))
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@torch.no_grad()
def test_a_state_sees_the_next_token_and_nothing_after_it(where: int, seed: int) -> None:
    """State i has read tokens 0 to i + 1: changing token `where` moves state where - 1 and no earlier one."""
    model, ids = random_model(MIXTURE), random_ids(seed)
    changed = ids.clone()
    changed[where:] = (changed[where:] + 1) % MIXTURE.vocab_size
    before, after = look_ahead(model, ids[:-1], ids[1:]), look_ahead(model, changed[:-1], changed[1:])
    assert torch.equal(before[: where - 1], after[: where - 1])
    assert not torch.equal(before[where - 1], after[where - 1])


@torch.no_grad()
def test_the_embedding_comes_first_as_in_the_released_matrix() -> None:
    """With the first half of the merging matrix at zero, the next token has no say."""
    model, ids = random_model(MIXTURE), random_ids(1)
    assert model.mtp is not None
    other = (ids[1:] + 5) % MIXTURE.vocab_size
    assert not torch.equal(look_ahead(model, ids[:-1], ids[1:]), look_ahead(model, ids[:-1], other))
    model.mtp.merge.weight[:, : MIXTURE.width] = 0
    assert torch.equal(look_ahead(model, ids[:-1], ids[1:]), look_ahead(model, ids[:-1], other))


def test_its_loss_trains_the_shared_embedding_and_head_too() -> None:
    model, ids = random_model(MIXTURE), random_ids(2)
    states = look_ahead(model, ids[:-1], ids[1:])
    model.logits(states).logsumexp(-1).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


@torch.no_grad()
def test_the_module_changes_nothing_in_the_main_model() -> None:
    model, ids = random_model(MIXTURE), random_ids(3)
    plain = Transformer(MIXTURE.model_copy(update={"mtp_depth": 0})).eval()
    plain.load_state_dict({n: x for n, x in model.state_dict().items() if not n.startswith("mtp.")})
    positions = torch.arange(len(ids))
    with_mtp, without = (m(ids, positions, Causal([len(ids)])).states_TD for m in (model, plain))
    assert torch.equal(with_mtp, without)
