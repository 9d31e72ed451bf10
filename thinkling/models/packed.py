"""Weights in bf16, packed as the processor's bf16 units read them.

Where bf16 is fast (`thinkling.models.product.has_fast_bf16`) oneDNN reads a weight that it has packed once
at the full speed of memory for one token, and multiplies sixteen or five hundred at once up to twice as
fast as whole numbers of sixteen bits. Sums are fp32's, and what comes out is rounded to bf16.
"""

from __future__ import annotations

from functools import cache
from typing import cast

import torch
from torch import Tensor, nn

from thinkling.models.gathered import Workspace
from thinkling.models.held import HeldLinear
from thinkling.models.integer import PIECE
from thinkling.models.product import has_fast_bf16
from thinkling.models.quantize import Codes


class PackedLinear(HeldLinear):
    """y = x W^T + b with W in bf16; x is rounded to it."""

    def __init__(
        self, num_in: int, num_out: int, bias: nn.Parameter | None = None, is_part: bool = False
    ) -> None:
        super().__init__(num_in, num_out, bias, is_part)
        self._pieces: list[Tensor] = []
        self._next: Tensor | None = None
        self._num_filled = 0

    @property
    def bits(self) -> int:
        """Of a weight."""
        return 16

    @property
    def num_bytes(self) -> int:
        """Memory of the weights."""
        return self.shape[0] * self.shape[1] * torch.bfloat16.itemsize

    def _rows(self, weight_NK: Tensor) -> Tensor:
        return weight_NK.to(torch.bfloat16, copy=self._is_part)

    def _coded_rows(self, codes: Codes) -> Tensor:
        return self._rows(codes.floats_NK)

    def _alike(self, num_out: int, bias: nn.Parameter | None) -> PackedLinear:
        return PackedLinear(self.shape[1], num_out, bias)

    def _hold(self, rows: Tensor, workspace: Workspace) -> None:
        num_rows, num_columns = self.shape
        most = max(1, PIECE // num_columns)
        while len(rows):
            start = self._num_filled % most
            wanted = min(most, num_rows - self._num_filled + start)
            num_bytes = wanted * num_columns * torch.bfloat16.itemsize
            if self._next is None:
                self._next = workspace.lend(num_bytes)
            piece = self._next[:num_bytes].view(torch.bfloat16).view(wanted, num_columns)
            count = min(len(rows), wanted - start)
            piece[start : start + count] = rows[:count]
            self._num_filled += count
            rows = rows[count:]
            if start + count == wanted:
                self._pieces.append(torch.ops.mkldnn._reorder_linear_weight(piece, None))
                workspace.take_back(self._next)
                self._next = None

    def forward(self, x_TK: Tensor) -> Tensor:
        num_rows, x_TK = len(x_TK), x_TK.bfloat16()
        if num_rows == 1:
            # Alone it would take another way through the library, which sums in another order, and no faster.
            x_TK = x_TK.expand(2, -1).contiguous()
        parts = [_product(x_TK, piece)[:num_rows] for piece in self._pieces]
        y_TN = (parts[0] if len(parts) == 1 else torch.cat(parts, 1)).float()
        return y_TN if self.bias is None else y_TN.add_(self.bias)


def _product(x_TK: Tensor, packed: Tensor) -> Tensor:
    return cast("Tensor", torch.ops.mkldnn._linear_pointwise(x_TK, packed, None, "none", [], ""))


@cache
def can_pack() -> bool:
    """Whether bf16 is fast here, the library packs it, and tokens in pairs or more depend on no other."""
    if not has_fast_bf16():
        return False
    generator = torch.Generator().manual_seed(0)
    try:
        for num_out, num_in in ((96, 64), (512, 1536)):
            weight = torch.randn(num_out, num_in, generator=generator).bfloat16()
            packed = torch.ops.mkldnn._reorder_linear_weight(weight, None)
            x_TK = torch.randn(64, num_in, generator=generator).bfloat16()
            whole = _product(x_TK, packed)
            if (whole.float() - x_TK.float() @ weight.float().t()).abs().max() > 0.02 * whole.abs().max():
                return False
            if any(not torch.equal(_product(x_TK[:rows], packed), whole[:rows]) for rows in (2, 6, 16, 34)):
                return False
    except (RuntimeError, AttributeError):
        return False
    return True
