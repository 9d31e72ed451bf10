"""A row of numbers for every token."""

from __future__ import annotations

from torch import Tensor, nn


class Embedding(nn.Embedding):
    """Without numbers of its own: they are read, or drawn by `Transformer.initialize`."""

    def reset_parameters(self) -> None:
        """Draws nothing: for what has no memory yet torch would load its compiler, which takes a second."""


class WideEmbedding(Embedding):
    """Stored in few bits, read in fp32."""

    def forward(self, ids_T: Tensor) -> Tensor:
        return super().forward(ids_T).float()
