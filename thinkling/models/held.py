"""A linear layer for inference that gets its weight row after row, and holds it in a form of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from thinkling.models.gathered import Workspace
from thinkling.models.quantize import Codes


class HeldLinear(nn.Module, ABC):
    """y = x W^T + b. W is no parameter: `fill` or `take` give it its rows.

    A token's result depends on no other token, nor on how many there are.
    """

    def __init__(
        self, num_in: int, num_out: int, bias: nn.Parameter | None = None, is_part: bool = False
    ) -> None:
        """`is_part`: its rows wait, in whatever form they come, until it is `joined` with others."""
        super().__init__()
        self.shape = (num_out, num_in)
        self.bias = bias
        self._is_part = is_part
        self._waiting: list[Any] = []

    @property
    @abstractmethod
    def bits(self) -> int:
        """Of a weight."""

    @property
    @abstractmethod
    def num_bytes(self) -> int:
        """Memory of the weights; before they are there, what they will take."""

    def fill(self, weight_NK: Tensor, workspace: Workspace | None = None) -> None:
        """The next rows. What gathers them for a while comes from `workspace`."""
        self._add(self._rows(weight_NK), workspace)

    def take(self, codes: Codes, workspace: Workspace | None = None) -> None:
        """The next rows, in codes."""
        self._add(self._coded_rows(codes), workspace)

    @staticmethod
    def joined(layers: Sequence[HeldLinear]) -> HeldLinear:
        """One layer that gives what `layers`, filled parts, would give side by side."""
        biases: list[Tensor] = [layer.bias for layer in layers if layer.bias is not None]
        bias = nn.Parameter(torch.cat(biases)) if biases else None
        one, workspace = layers[0]._alike(sum(layer.shape[0] for layer in layers), bias), Workspace()
        for layer in layers:
            for rows in layer._waiting:
                one._hold(rows, workspace)
        return one

    def _add(self, rows: Any, workspace: Workspace | None) -> None:
        if self._is_part:
            self._waiting.append(rows)
        else:
            self._hold(rows, workspace or Workspace())

    @abstractmethod
    def _rows(self, weight_NK: Tensor) -> Any:
        """Rows in the form in which they are held, before they are packed; a part's are its own."""

    @abstractmethod
    def _coded_rows(self, codes: Codes) -> Any:
        """The same of codes."""

    @abstractmethod
    def _hold(self, rows: Any, workspace: Workspace) -> None:
        """Take such rows in, and pack them as soon as there are enough."""

    @abstractmethod
    def _alike(self, num_out: int, bias: nn.Parameter | None) -> HeldLinear:
        """An empty layer of the same kind and input."""
