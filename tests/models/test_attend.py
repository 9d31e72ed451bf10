"""Causal attention: packed documents are documents alone, and nothing is seen ahead or across."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.oracles.attention import causal_attention
from tests.oracles.small_models import DENSE, MIXTURE, random_model
from thinkling.models.attend import Causal, LatentAttention
from thinkling.models.config import MLA as Shape
from thinkling.models.config import ModelConfig
from thinkling.models.linear import set_compute_dtype
from thinkling.models.mla import KeyValueUp
from thinkling.models.transformer import Transformer

CONFIGS = {"mixture": MIXTURE, "dense": DENSE}
QUICK = settings(max_examples=20, deadline=None, derandomize=True, database=None)


def positions_of(lengths: tuple[int, ...]) -> Tensor:
    return torch.cat([torch.arange(length) for length in lengths])


def states(model: Transformer, ids: Tensor, lengths: tuple[int, ...]) -> Tensor:
    return model(ids, positions_of(lengths), Causal(lengths)).states_TD


@given(
    lengths=st.lists(st.integers(1, 6), min_size=1, max_size=6),
    num_kv_heads=st.sampled_from((1, 2)),
    group=st.integers(1, 3),
    seed=st.integers(0, 2**31),
)
@QUICK
def test_grouped_attention_equals_the_slow_twin(
    lengths: list[int], num_kv_heads: int, group: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    q = torch.randn(sum(lengths), num_kv_heads * group, 8, generator=generator)
    k, v = torch.randn(2, sum(lengths), num_kv_heads, 8, generator=generator)
    torch.testing.assert_close(
        Causal(lengths).gqa(0, q, k, v, 0.3), causal_attention(q, k, v, lengths, 0.3), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("value_width", [4, 12, 28])
def test_values_may_be_narrower_or_wider_than_keys(value_width: int) -> None:
    shape = Shape(num_heads=2, kv_rank=10, nope_width=8, rope_width=4, value_width=value_width)
    generator = torch.Generator().manual_seed(0)
    up = KeyValueUp(shape)
    with torch.no_grad():
        up.weight.normal_(generator=generator)
    lengths = (5, 3, 3)
    q = torch.randn(11, 2, 12, generator=generator)
    latent, rope = torch.randn(11, 10, generator=generator), torch.randn(11, 4, generator=generator)
    mixed = Causal(lengths).mla(0, LatentAttention(q[..., :8], q[..., 8:], latent, rope, up, 0.4))
    both = (latent @ up.weight.T).view(11, 2, -1)
    k = torch.cat((both[..., :8], rope[:, None].expand(-1, 2, -1)), -1)
    assert mixed.shape == (11, 2, value_width)
    torch.testing.assert_close(
        mixed, causal_attention(q, k, both[..., 8:], lengths, 0.4), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@torch.no_grad()
def test_packed_documents_equal_each_document_alone(config: ModelConfig) -> None:
    model, lengths = random_model(config), (3, 8, 8, 1, 20, 8)
    ids = torch.randint(0, config.vocab_size, (sum(lengths),), generator=torch.Generator().manual_seed(1))
    packed = states(model, ids, lengths)
    for mine, document in zip(packed.split(lengths), ids.split(lengths), strict=True):
        alone = states(model, document, (len(document),))
        torch.testing.assert_close(mine, alone, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@given(where=st.integers(0, 23), seed=st.integers(0, 2**31))
@QUICK
@torch.no_grad()
def test_a_token_changes_nothing_before_it_nor_in_other_documents(
    config: ModelConfig, where: int, seed: int
) -> None:
    model, lengths = random_model(config), (6, 6, 12)
    ids = torch.randint(0, config.vocab_size, (24,), generator=torch.Generator().manual_seed(seed))
    changed = ids.clone()
    changed[where] = (changed[where] + 1) % config.vocab_size
    difference = (states(model, ids, lengths) - states(model, changed, lengths)).abs().amax(-1)
    end = next(stop for stop in (6, 12, 24) if where < stop)
    is_touched = torch.zeros(24, dtype=torch.bool)
    is_touched[where:end] = True
    assert not difference[~is_touched].any()
    assert difference[where] > 0


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_no_gradient_crosses_documents(config: ModelConfig) -> None:
    model, lengths = random_model(config), (4, 4, 8)
    ids = torch.arange(16)
    out = states(model, ids, lengths)
    out[4:8].sum().backward()
    touched = model.embedding.weight.grad.abs().sum(-1)
    assert not touched[:4].any() and not touched[8:16].any()
    assert touched[4:8].all()


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_products_in_bf16_train_and_stay_close_to_fp32(config: ModelConfig) -> None:
    model, lengths = random_model(config), (8, 8, 16)
    ids = torch.arange(32) % config.vocab_size
    exact = states(model, ids, lengths)
    set_compute_dtype(model, torch.bfloat16)
    rough = states(model, ids, lengths)
    # A token whose best experts nearly tie may go elsewhere, so the bulk is compared and not the worst row.
    error = (rough - exact).norm(dim=-1) / exact.norm(dim=-1)
    assert error.median() <= 0.03
    rough.square().sum().backward()
    unused = {"head.weight", *(name for name, _ in model.named_parameters() if name.startswith("mtp."))}
    for name, parameter in model.named_parameters():
        assert name in unused or parameter.grad is not None, name


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@torch.no_grad()
def test_names_tell_shapes_in_the_whole_network(config: ModelConfig, dtype: torch.dtype) -> None:
    from tests.architecture.shapes import checked_shapes

    model, lengths = random_model(config).to(dtype), (8, 8, 5)
    ids = torch.arange(21)
    with checked_shapes():
        hidden = model(ids, positions_of(lengths), Causal(lengths))
        model.logits(hidden.states_TD)
        if model.mtp is not None:
            model.look_ahead(hidden, ids.roll(-1), Causal(lengths))
