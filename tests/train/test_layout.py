"""Documents that lie apart are read as if each were alone; joined rows stay as they are."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.oracles.small_models import DENSE, MIXTURE, random_model
from thinkling.models.attend import Causal
from thinkling.objectives import next_token
from thinkling.train.layout import apart, joined

BEGIN, END, PAD, SPEAKS = 0, 1, 2, 3
ROW = 24


def document(length: int, seed: int) -> list[int]:
    """BEGIN, words, SPEAKS, words, END."""
    words = torch.randint(4, 40, (length,), generator=torch.Generator().manual_seed(seed)).tolist()
    half = length // 2
    return [BEGIN, *words[:half], SPEAKS, *words[half:], END]


def rows(*lengths: tuple[int, ...]) -> Tensor:
    packed = []
    for number, row in enumerate(lengths):
        ids = [one for i, length in enumerate(row) for one in document(length, 10 * number + i)]
        packed.append(ids + [PAD] * (ROW - len(ids)))
    return torch.tensor(packed)


IDS = rows((4, 2, 5), (1, 9), (18,), (3, 3, 3))


def documents(ids_BS: Tensor) -> list[Tensor]:
    """Every document of the rows, cut out by hand."""
    found = []
    for row in ids_BS.tolist():
        starts = [i for i, one in enumerate(row) if one == BEGIN]
        ends = [i + 1 for i, one in enumerate(row) if one == END]
        found += [torch.tensor(row[start:end]) for start, end in zip(starts, ends, strict=True)]
    return found


def test_documents_apart_have_the_states_they_have_alone() -> None:
    for config in (DENSE, MIXTURE):
        model = random_model(config)
        layout = apart(IDS, BEGIN, PAD)
        states_TD = model(layout.ids_T, layout.positions_T, layout.attend).states_TD
        start = 0
        alone = {
            tuple(one.tolist()): model(one, torch.arange(len(one)), Causal([len(one)]))
            for one in documents(IDS)
        }
        assert len(alone) == 9
        for _ in range(9):
            length = int(layout.is_real_T[start:].cumprod(0).sum())
            length = next((i for i in range(1, length) if layout.ids_T[start + i] == BEGIN), length)
            found = states_TD[start : start + length]
            expected = alone.pop(tuple(layout.ids_T[start : start + length].tolist())).states_TD
            torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
            start += -(-length // 8) * 8
        assert not alone and start == len(layout.ids_T)


@given(st.lists(st.lists(st.integers(1, 6), min_size=1, max_size=2).map(tuple), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
def test_every_token_of_the_rows_stands_once_in_the_layout(lengths: list[tuple[int, ...]]) -> None:
    ids_BS = rows(*lengths)
    layout = apart(ids_BS, BEGIN, PAD)
    is_real = layout.is_real_T.bool()
    assert sorted(layout.source_T[is_real].tolist()) == (ids_BS.flatten() != PAD).nonzero()[:, 0].tolist()
    assert torch.equal(layout.ids_T[is_real], ids_BS.flatten()[layout.source_T[is_real]])
    assert (layout.ids_T[~is_real] == PAD).all() and len(layout.ids_T) % 8 == 0
    assert (layout.positions_T[layout.ids_T == BEGIN] == 0).all()


def test_joined_rows_are_the_rows() -> None:
    layout = joined(IDS, PAD)
    assert torch.equal(layout.ids_T, IDS.flatten())
    assert layout.positions_T.tolist() == list(range(ROW)) * 4
    assert torch.equal(layout.source_T, torch.arange(IDS.numel())) and layout.num_sequences == 4


def test_only_what_the_assistant_says_is_an_answer() -> None:
    is_answer_BS = next_token.is_last_answer(IDS, SPEAKS, END, BEGIN).view(IDS.shape)
    for row, marks in zip(IDS.tolist(), is_answer_BS.tolist(), strict=True):
        speaks = False
        for one, mark in zip(row, marks, strict=True):
            assert mark == float(speaks), (row, marks)
            speaks = one == SPEAKS or (speaks and one != END)


@given(st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=4).map(tuple), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
def test_the_last_answer_of_a_document_is_the_one_with_none_after_it(lengths: list[tuple[int, ...]]) -> None:
    conversations = [
        [BEGIN] + [token for length in document for token in (9, SPEAKS, *[7] * length, END)]
        for document in lengths
    ]
    row = [token for one in conversations for token in one]
    found = next_token.is_last_answer(torch.tensor([row]), SPEAKS, END, BEGIN).tolist()
    expected = []
    for one in conversations:
        last = len(one) - one[::-1].index(SPEAKS)
        expected += [float(i >= last) for i in range(len(one))]
    assert found == expected


def test_nothing_is_predicted_across_the_border_of_two_documents() -> None:
    for ahead in (1, 2):
        is_same_BS = next_token.is_same_document(IDS, ahead, BEGIN).view(IDS.shape)
        for row, marks in zip(IDS.tolist(), is_same_BS.tolist(), strict=True):
            for i, mark in enumerate(marks):
                crosses = BEGIN in row[i + 1 : i + 1 + ahead]
                assert mark == float(not crosses and i + ahead < ROW)


def test_padding_of_joined_rows_is_nobodys() -> None:
    layout = joined(IDS, PAD)
    is_real = IDS.flatten() != PAD
    assert torch.equal(layout.is_real_T.bool(), is_real) and not is_real.all()
    rows_T = torch.arange(4).repeat_interleave(ROW)
    assert torch.equal(layout.sequence_T, torch.where(is_real, rows_T, 4))
