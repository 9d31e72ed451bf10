"""The loader: a permutation each epoch, and nothing to remember but the step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from thinkling.data.loader import RowLoader, epoch_order
from thinkling.errors import TaskError


class Counting:
    """Rows that hold their own number."""

    row_length = 3

    def __init__(self, num_rows: int) -> None:
        self.num_rows = num_rows

    def rows(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.repeat(indices[:, None], self.row_length, axis=1)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 2**63 - 1))
def test_every_epoch_reads_every_row_once(num_rows: int, rows_per_step: int, seed: int) -> None:
    loader = RowLoader(Counting(num_rows), rows_per_step, seed)
    num_steps = -(-3 * num_rows // rows_per_step)
    read = np.concatenate([loader.rows(step)[:, 0] for step in range(num_steps)])
    for epoch in range(3):
        part = read[epoch * num_rows : (epoch + 1) * num_rows]
        assert sorted(part.tolist()) == list(range(num_rows))


def test_rows_kept_apart_are_dealt_to_no_step() -> None:
    loader = RowLoader(Counting(20), 3, seed=1, num_apart=5)
    read = {int(number) for step in range(40) for number in loader.rows(step)[:, 0]}
    assert read == set(range(15)) and loader.apart()[:, 0].tolist() == list(range(15, 20))
    with pytest.raises(TaskError):
        RowLoader(Counting(5), 3, seed=1, num_apart=5)


def test_a_step_does_not_depend_on_the_steps_before_it() -> None:
    walked = RowLoader(Counting(100), 7, seed=5)
    straight = [walked.rows(step) for step in range(40)]
    for step in (39, 0, 14, 15):
        resumed = RowLoader(Counting(100), 7, seed=5)
        assert (resumed.rows(step) == straight[step]).all()
        assert resumed.rows(step).shape == (7, 3)


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    orders = {tuple(epoch_order(seed, epoch, 50)) for seed in (0, 1, 2**63 - 1) for epoch in range(5)}
    assert len(orders) == 15


def test_the_order_is_the_same_for_ever() -> None:
    assert epoch_order(0, 0, 8).tolist() == [2, 4, 6, 5, 1, 7, 0, 3]


def test_places_are_taken_evenly() -> None:
    first = np.array([epoch_order(seed, 0, 10)[0] for seed in range(2000)])
    assert (np.abs(np.bincount(first, minlength=10) - 200) < 60).all()


def test_nothing_to_deal_is_refused() -> None:
    for num_rows, rows_per_step in ((0, 4), (4, 0)):
        with pytest.raises(TaskError):
            RowLoader(Counting(num_rows), rows_per_step, 0)
