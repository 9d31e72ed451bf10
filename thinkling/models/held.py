"""A linear layer for inference that gets its weight row after row, and holds it in a form of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from torch import Tensor, nn

from thinkling.models.gathered import Workspace
from thinkling.models.quantize import Codes


class HeldLinear(nn.Module, ABC):
    """y = x W^T + b. W is no parameter: `fill` or `take` give it its rows.

    A token's result depends on no other token, nor on how many there are.
    """

    shape: tuple[int, int]
    """Numbers out and in."""

    @property
    @abstractmethod
    def bits(self) -> int:
        """Of a weight."""

    @property
    @abstractmethod
    def num_bytes(self) -> int:
        """Memory of the weights; before they are there, what they will take."""

    @abstractmethod
    def fill(self, weight_NK: Tensor, workspace: Workspace | None = None) -> None:
        """The next rows. What gathers them for a while comes from `workspace`."""

    @abstractmethod
    def take(self, codes: Codes, workspace: Workspace | None = None) -> None:
        """The next rows, in codes."""

    @staticmethod
    @abstractmethod
    def joined(layers: Sequence[HeldLinear]) -> HeldLinear:
        """One layer that gives what `layers` would give side by side: filled parts, not packed yet."""
