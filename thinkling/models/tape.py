"""What a model's products gave while it sampled, kept for the pass that learns from those samples.

On-policy the update's forward pass would multiply the same tokens by the same weights once more. A tape keeps
the results row by row, token by token, and the pass takes them from there: the learner sees to the last bit
what the sampler saw, and a third of the products of an update are not computed twice.

A row is good for as long as the weight is unchanged and the row was written since `begin`; whatever else is
asked for is computed as ever. What lies between the products (norms, attention, gates) is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from thinkling.kernels.scatter import scatter
from thinkling.models.linear import Attention, Head, Linear
from thinkling.models.product import product

NO_ROW = -(2**40)
"""Rows below 0 are nobody's, wherever in an answer a token stands."""


@dataclass(slots=True)
class _Kept:
    """The results of one product, and of which state of its weights."""

    rows_RN: Tensor
    versions: tuple[int, ...]


class Tape:
    """Room for `num_rows` tokens, and one row more for those that nobody asks for again."""

    def __init__(self, model: nn.Module, num_rows: int) -> None:
        """The layers of `model` write to it and read from it, as `writing` and `reading` say."""
        self.num_rows = num_rows
        self._kept: dict[int, _Kept] = {}
        self._is_written = np.zeros(num_rows + 1, bool)
        self._next = 0
        self._target_T: Tensor | None = None
        self._source_T: Tensor | None = None
        self._fresh_T: Tensor | None = None
        for layer in _layers(model):
            layer.tape = self
        for module in model.modules():
            if isinstance(module, Attention):
                module.beside.tape = self

    def begin(self) -> None:
        """Forget all rows."""
        self._is_written[:] = False
        self._next = 0

    def reserve(self, num_tokens: int) -> int:
        """The first of so many rows; NO_ROW if there is no room."""
        if self._next + num_tokens > self.num_rows:
            return NO_ROW
        self._next += num_tokens
        return self._next - num_tokens

    @contextmanager
    def writing(self, rows: np.ndarray) -> Iterator[None]:
        """The first tokens of the model's rows go to `rows`; those below 0 are nobody's."""
        rows = np.where(rows < 0, self.num_rows, rows)
        assert rows.max(initial=0) <= self.num_rows, "rows come from `reserve`"
        self._target_T = torch.from_numpy(rows)
        try:
            yield
            self._is_written[rows] = True
        finally:
            self._target_T = None

    @contextmanager
    def reading(self, rows: np.ndarray) -> Iterator[None]:
        """Every token of the model's rows is found in `rows`, or below 0 nowhere."""
        is_there = (rows >= 0) & self._is_written[np.maximum(rows, 0)]
        self._source_T = torch.from_numpy(np.where(is_there, rows, self.num_rows))
        self._fresh_T = torch.from_numpy(np.flatnonzero(~is_there))
        try:
            yield
        finally:
            self._source_T = self._fresh_T = None

    def product(self, x_TK: Tensor, weight_NK: Tensor, of: Sequence[Tensor]) -> Tensor:
        """x W^T [T, N], read or computed, and written. `of`: the weights that `weight_NK` is made from."""
        versions = tuple(one._version for one in of)
        if self._source_T is not None and len(x_TK) == len(self._source_T):
            kept = self._kept.get(of[0].data_ptr())
            if kept is not None and kept.versions == versions:
                return self._read(kept, x_TK, weight_NK)
        y_TN = product(x_TK, weight_NK.t())
        if self._target_T is not None and len(y_TN) >= len(self._target_T):
            kept = self._kept_for(of[0].data_ptr(), y_TN)
            kept.versions = versions
            scatter(y_TN, self._target_T, kept.rows_RN)
        return y_TN

    def _read(self, kept: _Kept, x_TK: Tensor, weight_NK: Tensor) -> Tensor:
        assert self._source_T is not None and self._fresh_T is not None
        y_TN = kept.rows_RN.index_select(0, self._source_T)
        if len(self._fresh_T):
            y_TN.index_copy_(0, self._fresh_T, product(x_TK.index_select(0, self._fresh_T), weight_NK.t()))
        return y_TN

    def _kept_for(self, key: int, like_TN: Tensor) -> _Kept:
        kept = self._kept.get(key)
        if kept is None or kept.rows_RN.dtype != like_TN.dtype:
            with torch.inference_mode(False):  # written while sampling, read while training
                rows_RN = torch.empty(self.num_rows + 1, like_TN.shape[1], dtype=like_TN.dtype)
            kept = self._kept[key] = _Kept(rows_RN, ())
        return kept


def bytes_of_token(model: nn.Module) -> int:
    """Memory that a token takes on a tape, at most."""
    return sum(len(one.weight) for one in _layers(model)) * torch.float32.itemsize


def _layers(model: nn.Module) -> list[Linear]:
    return [one for one in model.modules() if isinstance(one, Linear) and not isinstance(one, Head)]
