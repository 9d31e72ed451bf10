"""Packing: every document whole, once, and in few rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkling.data.packing import assign_rows, pack_rows
from thinkling.errors import TaskError

PAD = 65_535
lengths_lists = st.lists(st.integers(1, 32), max_size=60)


@settings(max_examples=150, deadline=None)
@given(lengths_lists)
def test_no_document_is_lost_cut_or_reordered_inside(lengths: list[int]) -> None:
    documents = [np.arange(100 * i, 100 * i + n, dtype=np.uint16) for i, n in enumerate(lengths)]
    rows = pack_rows(documents, 32, PAD)
    found = []
    for row in rows:
        ids = row[row != PAD]
        assert (row[len(ids) :] == PAD).all()
        starts = np.flatnonzero(ids % 100 == 0)
        assert starts[0] == 0 and (np.diff(ids[starts].astype(int)) > 0).all()
        found += np.split(ids, starts[1:])
    assert sorted(tuple(ids) for ids in found) == sorted(tuple(ids) for ids in documents)


@settings(max_examples=150, deadline=None)
@given(lengths_lists)
def test_at_most_one_row_is_half_empty(lengths: list[int]) -> None:
    rows = assign_rows(lengths, 32)
    fills = [sum(lengths[document] for document in row) for row in rows]
    assert all(fill <= 32 for fill in fills)
    assert sum(fill <= 16 for fill in fills) <= 1


def test_a_document_longer_than_a_row_is_refused() -> None:
    with pytest.raises(TaskError, match="33 tokens"):
        assign_rows([4, 33], 32)
