"""The attention kernels against stock operators: results, gradients, and what they must not look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.kernels.needed import needs_kernels
from tests.oracles.attention import causal_attention
from thinkling.kernels import attention as kernels
from thinkling.kernels.library import library
from thinkling.models.attend import Branches, Causal, Forked

pytestmark = needs_kernels
QUICK = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def groups_of(shape: Sequence[tuple[int, Sequence[int]]]) -> list[Branches]:
    """Prompts of some lengths, each with the answers of its lengths right behind it."""
    groups, row = [], 0
    for prompt, answers in shape:
        start, row = row, row + prompt
        ends = []
        for length in answers:
            ends.append((row, length))
            row += length
        groups.append(Branches(start, prompt, tuple(ends)))
    return groups


def heads(num_rows: int, num_heads: int, kv_heads: int, widths: tuple[int, int], seed: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    sizes = ((num_heads, widths[0]), (kv_heads, widths[0]), (kv_heads, widths[1]))
    return [torch.randn(num_rows, *size, generator=generator).requires_grad_() for size in sizes]


def with_gradients(attend: Callable[..., Tensor], tensors: list[Tensor], scale: float) -> list[Tensor]:
    """What comes out, and the gradients of q, k and v for one random gradient of it."""
    mixed = attend(*tensors, scale)
    grad = torch.randn(mixed.shape, generator=torch.Generator().manual_seed(5))
    return [mixed.detach(), *torch.autograd.grad(mixed, tensors, grad)]


SHAPES = st.lists(
    st.tuples(st.integers(1, 40), st.lists(st.integers(0, 45), min_size=1, max_size=4)),
    min_size=1,
    max_size=3,
)
HEADS = st.sampled_from(((1, 1), (3, 3), (4, 2), (6, 2)))
WIDTHS = st.sampled_from(((16, 16), (32, 32), (40, 24), (24, 40), (8, 8), (5, 3)))


@given(shape=SHAPES, num=HEADS, widths=WIDTHS, seed=st.integers(0, 2**31))
@QUICK
def test_answers_that_share_a_prompt_equal_stock_attention(
    shape: list[tuple[int, list[int]]], num: tuple[int, int], widths: tuple[int, int], seed: int
) -> None:
    groups = groups_of(shape)
    num_rows = sum(prompt + sum(answers) for prompt, answers in shape)
    tensors = heads(num_rows, *num, widths, seed)
    attend = Forked(groups)
    ours = with_gradients(lambda q, k, v, scale: attend.gqa(0, q, k, v, scale), tensors, 0.3)
    stock = with_gradients(attend.with_stock_operators, tensors, 0.3)
    for mine, other in zip(ours, stock, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=2e-5)


@given(lengths=st.lists(st.integers(1, 90), min_size=1, max_size=5), num=HEADS, widths=WIDTHS)
@QUICK
def test_documents_equal_stock_attention(
    lengths: list[int], num: tuple[int, int], widths: tuple[int, int]
) -> None:
    tensors = heads(sum(lengths), *num, widths, 1)
    attend = Causal(lengths)
    ours = with_gradients(lambda q, k, v, scale: attend.gqa(0, q, k, v, scale), tensors, 0.4)
    stock = with_gradients(attend.with_stock_operators, tensors, 0.4)
    for mine, other in zip(ours, stock, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=2e-5)


def test_both_equal_a_loop_over_positions() -> None:
    q, k, v = (x.detach() for x in heads(30, 4, 2, (16, 16), 0))
    expected = causal_attention(q, k, v, (7, 23), 0.3)
    for attend in (Causal((7, 23))._attend, Causal((7, 23)).with_stock_operators):
        torch.testing.assert_close(attend(q, k, v, 0.3), expected, rtol=1e-4, atol=1e-5)


def test_answers_to_nothing_have_gradients_of_their_own() -> None:
    tensors = heads(12, 2, 1, (16, 16), 0)
    empty = Forked([Branches(0, 0, ((0, 5), (5, 7)))])
    for mine, other in zip(
        with_gradients(empty._attend, tensors, 0.3),
        with_gradients(Causal((5, 7))._attend, tensors, 0.3),
        strict=True,
    ):
        torch.testing.assert_close(mine, other)


def test_rows_that_no_document_covers_are_refused() -> None:
    q, k, v = heads(12, 2, 1, (16, 16), 0)
    with pytest.raises(AssertionError, match="cover"):
        Causal((5, 5)).gqa(0, q, k, v, 1.0)


def test_nothing_of_another_document_is_seen() -> None:
    """Not-a-number spreads wherever it is looked at, also when it is multiplied with nothing."""
    tensors = heads(60, 4, 2, (16, 16), 0)
    with torch.no_grad():
        for one in tensors:
            one[20:45] = torch.nan
    found = with_gradients(Causal((20, 25, 15))._attend, tensors, 0.3)
    for one in found:
        assert not one[:20].isnan().any() and not one[45:].isnan().any()
        assert one[20:45].isnan().all()


def test_scores_of_any_size_are_softened() -> None:
    q, k, v = heads(40, 2, 2, (16, 16), 0)
    for size in (1e-20, 1.0, 1e4):
        found = with_gradients(Causal((40,))._attend, [q.detach().mul(size).requires_grad_(), k, v], 1.0)
        stock = with_gradients(
            Causal((40,)).with_stock_operators, [q.detach().mul(size).requires_grad_(), k, v], 1.0
        )
        assert all(one.isfinite().all() for one in found)
        torch.testing.assert_close(found[0], stock[0], rtol=1e-3, atol=1e-4)


def test_the_number_of_threads_changes_no_bit() -> None:
    tensors, attend = heads(300, 6, 2, (32, 32), 0), Forked(groups_of([(20, (30,) * 5), (30, (20,) * 5)]))
    before, found = torch.get_num_threads(), []
    try:
        for count in (1, 2, 3):
            torch.set_num_threads(count)
            found.append(with_gradients(attend._attend, tensors, 0.3))
    finally:
        torch.set_num_threads(before)
    for other in found[1:]:
        assert all(torch.equal(mine, theirs) for mine, theirs in zip(found[0], other, strict=True))


def test_what_is_too_long_or_not_in_fp32_is_left_to_stock_operators(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(kernels, "attend", lambda q, *_: calls.append(len(q)) or q)
    q = torch.zeros(kernels.LONGEST_DOCUMENT + 1, 1, 8)
    Causal((kernels.LONGEST_DOCUMENT + 1,)).gqa(0, q, q, q, 1.0)
    Causal((3,)).gqa(0, *(torch.zeros(3, 1, 8, dtype=torch.bfloat16),) * 3, 1.0)
    assert not calls
    Causal((3,)).gqa(0, *(torch.zeros(3, 1, 8),) * 3, 1.0)
    assert calls == [3] and library() is not None


# ---------------------------------------------------------------- one token a row

PAGE = 16


def past_of(lengths: Sequence[int], seed: int) -> tuple[kernels.Past, int]:
    """Rows of some lengths on pages in no order, and how many pages there are."""
    counts = [-(-length // PAGE) for length in lengths]
    pages = np.random.default_rng(seed).permutation(sum(counts) + 3)[: sum(counts)]
    first = np.cumsum(counts) - counts
    return kernels.Past(pages, first, np.array(lengths), sum(lengths)), sum(counts) + 3


def slowly(q: Tensor, entries: kernels.Entries, past: kernels.Past, scale: float) -> Tensor:
    """Row by row with stock operators."""
    rows = []
    for query, first, length in zip(q, past.first_page, past.lengths, strict=True):
        slots = [past.pages[first + i // PAGE] * PAGE + i % PAGE for i in range(length)]
        entry = entries.layer[slots]
        width, end = q.shape[2] * entries.kv_heads, entries.value_width * entries.kv_heads
        k = entry[:, :width].unflatten(1, (entries.kv_heads, -1))
        v = entry[:, entries.value_offset : entries.value_offset + end].unflatten(1, (entries.kv_heads, -1))
        shared = q.shape[1] // entries.kv_heads
        share = torch.einsum("hw,shw->hs", query, k.repeat_interleave(shared, 1)).mul(scale).softmax(-1)
        rows.append(torch.einsum("hs,shu->hu", share, v.repeat_interleave(shared, 1)))
    return torch.stack(rows)


CACHES = {
    "two heads of keys for six": (6, 2, 32, 32, 64),
    "a head of keys each": (3, 3, 16, 48, 48),
    "five queries a head": (5, 1, 128, 128, 128),
    "latents": (6, 1, 80, 64, 0),
}


@pytest.mark.parametrize("cache", CACHES.values(), ids=CACHES)
@given(lengths=st.lists(st.integers(1, 120), min_size=1, max_size=20), seed=st.integers(0, 2**31))
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
def test_decoding_equals_stock_operators(
    cache: tuple[int, int, int, int, int], lengths: list[int], seed: int
) -> None:
    num_heads, kv_heads, key_width, value_width, value_offset = cache
    past, num_pages = past_of(lengths, seed)
    generator = torch.Generator().manual_seed(seed)
    entry = max(kv_heads * key_width, value_offset + kv_heads * value_width)
    layer = torch.randn(num_pages * PAGE, entry, generator=generator)
    q = torch.randn(len(lengths), num_heads, key_width, generator=generator)
    entries = kernels.Entries(layer, kv_heads, value_width, value_offset)
    assert kernels.can_decode(q, entries, PAGE)
    found = kernels.decode(q, entries, past, 0.2)
    torch.testing.assert_close(found, slowly(q, entries, past, 0.2), rtol=1e-4, atol=1e-5)


def test_a_row_alone_equals_the_row_among_others_to_the_last_bit() -> None:
    lengths = [5, 16, 17, 100, 33, 1] * 8
    past, num_pages = past_of(lengths, 0)
    layer = torch.randn(num_pages * PAGE, 128, generator=torch.Generator().manual_seed(0))
    q = torch.randn(len(lengths), 6, 32, generator=torch.Generator().manual_seed(1))
    entries = kernels.Entries(layer, 2, 32, 64)
    together = kernels.decode(q, entries, past, 0.2)
    for i, length in enumerate(lengths):
        own = kernels.Past(
            past.pages, past.first_page[i : i + 1].copy(), past.lengths[i : i + 1].copy(), length
        )
        assert torch.equal(kernels.decode(q[i : i + 1], entries, own, 0.2)[0], together[i])


def test_what_lies_behind_a_rows_length_is_never_used() -> None:
    past, num_pages = past_of([5, 20, 33], 0)
    layer = torch.full((num_pages * PAGE, 64), torch.nan)
    for first, length in zip(past.first_page, past.lengths, strict=True):
        for i in range(length):
            layer[past.pages[first + i // PAGE] * PAGE + i % PAGE] = 1.0
    found = kernels.decode(torch.ones(3, 2, 32), kernels.Entries(layer, 1, 32, 32), past, 1.0)
    torch.testing.assert_close(found, torch.ones_like(found))


def test_heads_of_other_widths_are_left_to_stock_operators() -> None:
    layer, q = torch.zeros(32, 48), torch.zeros(1, 1, 24)
    assert not kernels.can_decode(q, kernels.Entries(layer, 1, 24, 24), PAGE)
    assert not kernels.can_decode(torch.zeros(1, 1, 16), kernels.Entries(layer, 1, 16, 16), 8)
    assert not kernels.can_decode(torch.zeros(1, 1, 16).bfloat16(), kernels.Entries(layer, 1, 16, 16), PAGE)
