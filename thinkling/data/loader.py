"""Which rows a training step reads: a pure function of (seed, step), so a resume needs the step alone.

Each epoch reads every row once, in an order of its own. The order is that of a counter hash and not of a
library's generator: it stays the same with every version of NumPy.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from thinkling.errors import TaskError

_MASK = 2**64 - 1
_STRIDE = 0x9E3779B97F4A7C15


class Rows(Protocol):
    """What a loader reads from; `thinkling.data.shards.Shards` is one."""

    num_rows: int
    row_length: int

    def rows(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of these numbers, in this order."""


class RowLoader:
    """Deals the rows of a corpus to steps. Raises TaskError where there is nothing to deal.

    The last `num_apart` rows are dealt to none: they are there to measure.
    """

    def __init__(self, shards: Rows, rows_per_step: int, seed: int, num_apart: int = 0) -> None:
        if rows_per_step < 1 or shards.num_rows <= num_apart:
            raise TaskError(
                f"{rows_per_step} rows a step were asked of {shards.num_rows} rows.",
                "both have to be positive",
            )
        self.shards = shards
        self.rows_per_step = rows_per_step
        self.seed = seed
        self.num_apart = num_apart
        self._num_dealt = shards.num_rows - num_apart

    def indices(self, step: int) -> NDArray[np.int64]:
        """The numbers of the rows of step `step` (from 0); a step may reach into the next epoch."""
        places = np.arange(step * self.rows_per_step, (step + 1) * self.rows_per_step)
        epochs, places = np.divmod(places, self._num_dealt)
        orders = {epoch: epoch_order(self.seed, epoch, self._num_dealt) for epoch in set(epochs.tolist())}
        return np.array(
            [orders[e][p] for e, p in zip(epochs.tolist(), places.tolist(), strict=True)], dtype=np.int64
        )

    def rows(self, step: int) -> NDArray[np.int64]:
        """The ids of step `step`, int64 [rows_per_step, row_length]."""
        return self.shards.rows(self.indices(step))

    def apart(self) -> NDArray[np.int64]:
        """The rows that no step reads, int64 [num_apart, row_length]."""
        return self.shards.rows(np.arange(self._num_dealt, self.shards.num_rows))


@lru_cache(maxsize=4)
def epoch_order(seed: int, epoch: int, num_rows: int) -> NDArray[np.int64]:
    """A permutation of range(num_rows): the rows sorted by their hash under (seed, epoch). Read-only."""
    start = _mixed(np.array([_mixed(np.array([seed & _MASK], np.uint64))[0] ^ np.uint64(epoch)], np.uint64))[
        0
    ]
    counters = start + np.arange(1, num_rows + 1, dtype=np.uint64) * np.uint64(_STRIDE)
    order = np.argsort(_mixed(counters), kind="stable").astype(np.int64)
    order.flags.writeable = False
    return order


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele, Lea and Flood, 2014), on an array so that it wraps silently."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
