"""Rows of a matrix on their way to be packed, in memory that is used again."""

from __future__ import annotations

import torch
from torch import Tensor

from thinkling.models.quantize import WholeRows


class Workspace:
    """Memory for what is gathered.

    What is asked for anew has to be cleared by the system, which takes longer than writing to it.
    """

    def __init__(self) -> None:
        self._free: list[Tensor] = []

    def lend(self, num_bytes: int) -> Tensor:
        """Bytes of any content [num_bytes or more]."""
        for place, memory in enumerate(self._free):
            if len(memory) >= num_bytes:
                return self._free.pop(place)
        self._free.clear()
        return torch.empty(num_bytes, dtype=torch.int8)

    def take_back(self, memory: Tensor) -> None:
        """Nobody reads it any more."""
        self._free.append(memory)


class Gathered:
    """The next rows of a matrix, until there are `num_rows` of them."""

    def __init__(self, workspace: Workspace, num_rows: int, num_columns: int) -> None:
        self._workspace = workspace
        self._shape = (num_rows, num_columns)
        self._codes = workspace.lend(num_rows * num_columns)
        self._low: Tensor | None = None
        self._scale_N = torch.empty(num_rows)
        self._num_filled = 0

    @property
    def is_full(self) -> bool:
        """Whether there is room for no more."""
        return self._num_filled == self._shape[0]

    def add(self, rows: WholeRows) -> WholeRows:
        """Take some; those for which there is no room are returned."""
        start = self._num_filled
        count = min(len(rows.scale_N), self._shape[0] - start)
        self._num_filled = stop = start + count
        self._matrix(self._codes)[start:stop] = rows.codes_NK[:count]
        self._scale_N[start:stop] = rows.scale_N[:count]
        if rows.low_NK is not None and self._low is None:
            self._low = self._workspace.lend(self._shape[0] * self._shape[1])
            self._matrix(self._low)[:start] = 0
        if self._low is not None:
            self._matrix(self._low)[start:stop] = 0 if rows.low_NK is None else rows.low_NK[:count]
        return rows.after(count)

    def _matrix(self, memory: Tensor) -> Tensor:
        return memory[: self._shape[0] * self._shape[1]].view(self._shape)

    def rows(self) -> WholeRows:
        """All of them, to be read before `close`."""
        low_NK = None if self._low is None else self._matrix(self._low)
        return WholeRows(self._matrix(self._codes), self._scale_N, low_NK)

    def close(self) -> None:
        """Give the memory back."""
        for memory in (self._codes, self._low):
            if memory is not None:
                self._workspace.take_back(memory)
