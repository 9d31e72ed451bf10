"""The mixture of experts is the plain loop over tokens and experts, forwards and backwards."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from torch import Tensor

from tests.oracles import moe as slow
from thinkling.models.config import MOST_EXPERTS
from thinkling.models.config import MoE as Shape
from thinkling.models.linear import set_compute_dtype
from thinkling.models.moe import ROWS, MoE, Router, choose_experts, plan_slots
from thinkling.models.presets import PRESETS

WIDTH = 12
SHAPES = {
    "v3": Shape(num_experts=8, num_active=3, expert_width=6, num_groups=4, num_active_groups=2, scale=2.5),
    "v2": Shape(
        num_experts=8,
        num_active=2,
        num_shared=2,
        expert_width=6,
        num_groups=4,
        num_active_groups=2,
        scoring="softmax",
        is_normalized=False,
    ),
    "one expert": Shape(num_experts=1, num_active=1, num_shared=0, expert_width=6),
    "all active": Shape(num_experts=4, num_active=4, expert_width=6),
    "many experts": Shape(num_experts=32, num_active=2, num_shared=0, expert_width=4),
}


def layer_of(shape: Shape, width: int = WIDTH, seed: int = 1) -> MoE:
    generator = torch.Generator().manual_seed(seed)
    layer = MoE(shape, width)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.normal_(0.0, 0.5, generator=generator)
        if layer.router.correction_bias is not None:
            layer.router.correction_bias.normal_(0.0, 0.3, generator=generator)
    return layer


def random_rows(num_tokens: int, width: int = WIDTH, seed: int = 2) -> Tensor:
    return torch.randn(num_tokens, width, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("num_tokens", [1, 5, 8, 19])
@pytest.mark.parametrize("name", SHAPES)
def test_output_and_every_gradient_equal_the_slow_twin(name: str, num_tokens: int) -> None:
    layer, x = layer_of(SHAPES[name]), random_rows(num_tokens).requires_grad_()
    fast, routing = layer(x)
    twin = slow.mixture(layer, x)
    torch.testing.assert_close(fast, twin, rtol=1e-4, atol=1e-5)
    probe = torch.randn(num_tokens, WIDTH, generator=torch.Generator().manual_seed(3))
    names = ["x", *(name for name, _ in layer.named_parameters())]
    wanted = (x, *layer.parameters())
    gradients = [torch.autograd.grad((y * probe).sum(), wanted) for y in (fast, twin)]
    for what, mine, expected in zip(names, *gradients, strict=True):
        torch.testing.assert_close(mine, expected, rtol=1e-4, atol=1e-5, msg=lambda m, w=what: f"{w}: {m}")
    unvisited = sorted(set(range(SHAPES[name].num_experts)) - set(routing.experts_TA.flatten().tolist()))
    gate_up = gradients[0][names.index("experts.gate_up")]
    assert not gate_up[unvisited].any()
    if name == "many experts" and num_tokens == 5:
        assert len(unvisited) >= 22


@given(
    num_groups=st.sampled_from((1, 2, 4)),
    group_size=st.integers(1, 4),
    has_bias=st.booleans(),
    draw=st.data(),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_the_choice_equals_the_slow_twin_with_negative_biased_scores_too(
    num_groups: int, group_size: int, has_bias: bool, draw: st.DataObject, seed: int
) -> None:
    active_groups = draw.draw(st.integers(1, num_groups))
    shape = Shape(
        num_experts=num_groups * group_size,
        num_active=draw.draw(st.integers(1, active_groups * group_size)),
        expert_width=4,
        num_groups=num_groups,
        num_active_groups=active_groups,
        scoring="sigmoid" if has_bias else "softmax",
    )
    generator = torch.Generator().manual_seed(seed)
    scores = torch.rand(6, shape.num_experts, generator=generator)
    bias = torch.randn(shape.num_experts, generator=generator) * 2 - 2 if has_bias else None
    chosen = choose_experts(scores, bias, shape)
    for row, mine in zip(scores, chosen, strict=True):
        # The same fp32 sums as ours, so that ties in the last bit fall alike.
        ranked = row if bias is None else row + bias
        expected = slow.choose(ranked.tolist(), None if bias is None else [0.0] * len(ranked), shape)
        assert sorted(mine.tolist()) == sorted(expected)


def test_experts_of_dropped_groups_lose_against_negative_scores() -> None:
    """Masking with 0 instead of -inf would choose experts 4 and 5 here."""
    shape = Shape(num_experts=8, num_active=3, expert_width=4, num_groups=4, num_active_groups=2)
    scores = torch.tensor([[0.9, 0.1, 0.8, 0.2, 0.1, 0.1, 0.1, 0.1]])
    bias = torch.tensor([-1.0, -1.0, -1.0, -1.0, -2.0, -2.0, -2.0, -2.0])
    assert set(choose_experts(scores, bias, shape)[0].tolist()) == {0, 2, 3}


def test_a_group_ranks_by_its_two_best_with_bias_and_by_its_best_without() -> None:
    scores = torch.tensor([[0.9, 0.0, 0.6, 0.5]])
    shape = Shape(num_experts=4, num_active=1, expert_width=4, num_groups=2, num_active_groups=1)
    assert choose_experts(scores, torch.zeros(4), shape).item() == 2
    assert choose_experts(scores, None, shape).item() == 0


def test_the_bias_selects_and_never_weighs() -> None:
    shape = SHAPES["v3"].model_copy(update={"num_groups": 1, "num_active_groups": 1})
    router = Router(shape, WIDTH)
    with torch.no_grad():
        router.weight.copy_(random_rows(8, seed=5))
        router.correction_bias.zero_()
        x = random_rows(9)
        plain = router(x)
        router.correction_bias[6] = 100.0
        favoured = router(x)
        router.correction_bias.fill_(-7.0)
        shifted = router(x)
    assert (favoured.experts_TA == 6).any(-1).all()
    assert torch.equal(favoured.scores_TE, plain.scores_TE)
    chosen = plain.scores_TE.gather(1, favoured.experts_TA)
    torch.testing.assert_close(favoured.weights_TA, 2.5 * chosen / chosen.sum(-1, keepdim=True))
    assert torch.equal(shifted.experts_TA.sort(-1).values, plain.experts_TA.sort(-1).values)
    assert not any(name == "correction_bias" for name, _ in router.named_parameters())


def test_v3_weights_add_up_to_the_scale_and_v2_weights_are_the_scores() -> None:
    v3, v2 = (layer_of(SHAPES[name]).router(random_rows(6)) for name in ("v3", "v2"))
    torch.testing.assert_close(v3.weights_TA.sum(-1), torch.full((6,), 2.5))
    torch.testing.assert_close(v2.scores_TE.sum(-1), torch.ones(6))
    assert torch.equal(v2.weights_TA, v2.scores_TE.gather(1, v2.experts_TA))


def test_the_router_computes_in_fp32_whatever_the_model_does() -> None:
    layer = layer_of(SHAPES["v3"]).to(torch.bfloat16)
    x = random_rows(5).bfloat16()
    expected = (x.float() @ layer.router.weight.float().T).sigmoid()
    routing = layer(x)[1]
    assert routing.scores_TE.dtype == torch.float32
    torch.testing.assert_close(routing.scores_TE, expected)


@given(num_tokens=st.integers(1, 40), num_experts=st.integers(1, 12), seed=st.integers(0, 2**31))
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
def test_every_pair_of_token_and_expert_has_one_slot_in_its_experts_slice(
    num_tokens: int, num_experts: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    num_active = int(torch.randint(1, num_experts + 1, (), generator=generator))
    experts = torch.rand(num_tokens, num_experts, generator=generator).topk(num_active).indices
    plan = plan_slots(experts, num_experts)
    ends = plan.ends.tolist()
    assert (
        len(set(plan.slot_TA.flatten().tolist())) == num_tokens * num_active == int(slow.is_used(plan).sum())
    )
    assert len(plan.token) % ROWS == 0 and ends[-1] <= len(plan.token)
    assert all(end % ROWS == 0 for end in ends)
    for t in range(num_tokens):
        for a in range(num_active):
            expert, slot = int(experts[t, a]), int(plan.slot_TA[t, a])
            assert plan.token[slot] == t
            assert (ends[expert - 1] if expert else 0) <= slot < ends[expert]


def test_padding_slots_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever token stands in the slots that pad an expert's slice: outputs and gradients are the same."""
    layer, x = layer_of(SHAPES["v3"]), random_rows(11).requires_grad_()
    plans = []

    def with_filler(experts_TA: Tensor, num_experts: int):  # type: ignore[no-untyped-def]
        plan = plan_slots(experts_TA, num_experts)
        token = torch.where(slow.is_used(plan), plan.token, len(plans) * 7)
        plans.append(replace(plan, token=token))
        return plans[-1]

    monkeypatch.setattr("thinkling.models.moe.plan_slots", with_filler)
    results = []
    for _ in range(2):
        y, _ = layer(x)
        results.append((y, *torch.autograd.grad(y.square().sum(), (x, *layer.parameters()))))
    assert not torch.equal(plans[0].token, plans[1].token)
    for first, second in zip(*results, strict=True):
        assert torch.equal(first, second)


PRECISIONS = {
    "fp32": (torch.float32, None),
    "bf16": (torch.bfloat16, None),
    "bf16 products": (torch.float32, torch.bfloat16),
}


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("num_experts", [8, 32])
@torch.no_grad()
def test_a_row_does_not_depend_on_other_rows_bit_for_bit(precision: str, num_experts: int) -> None:
    """At the laptop's size, for packed rows of a multiple of sixteen tokens."""
    stored, compute = PRECISIONS[precision]
    layer = layer_of(Shape(num_experts=num_experts, num_active=2, expert_width=192), 192).to(stored)
    set_compute_dtype(layer, compute)
    x = random_rows(512, 192).to(stored)
    whole = layer(x)[0]
    for start, stop in ((0, 16), (16, 32), (16, 96), (128, 512), (496, 512)):
        assert torch.equal(layer(x[start:stop])[0], whole[start:stop])
    order = torch.randperm(512, generator=torch.Generator().manual_seed(6))
    assert torch.equal(layer(x[order])[0], whole[order])


def test_bf16_stays_close_to_fp32_forwards_and_backwards() -> None:
    layer, x = layer_of(SHAPES["v3"]), random_rows(40)
    exact = layer(x)[0]
    wanted = tuple(layer.parameters())
    exact_gradients = torch.autograd.grad(exact.square().sum(), wanted)
    set_compute_dtype(layer, torch.bfloat16)
    rough = layer(x)[0]
    assert (rough - exact).abs().max() <= 0.03 * exact.abs().max()
    for mine, expected in zip(
        torch.autograd.grad(rough.float().square().sum(), wanted), exact_gradients, strict=True
    ):
        assert mine.dtype == torch.float32
        assert (mine - expected).norm() <= 0.03 * expected.norm()


def test_more_experts_than_could_be_named_are_refused() -> None:
    """A config.json of a few lines could ask for fifty million of them."""
    config = PRESETS["deepseek-v3"]
    assert config.num_layers * config.ffn.num_experts < MOST_EXPERTS  # type: ignore[union-attr]
    with pytest.raises(ValidationError, match="experts in all layers"):
        type(config).model_validate(config.model_dump() | {"num_layers": 1024})
