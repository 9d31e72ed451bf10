"""Products of whole numbers: weights of 8 or 16 bits, what meets them in 16, and sums without rounding.

A row of the weight matrix is whole numbers from -127 to 127 and one scale, or two such digits. A token is two
digits of base 256 and one scale: about 16 bits, finer than bf16 relative to the token's largest number.
Processors multiply bytes four times as fast as fp32, and sums of whole numbers are exact: a token's result
depends neither on its neighbours nor on their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from thinkling.kernels import digits as kernels
from thinkling.models.gathered import Gathered, Workspace
from thinkling.models.held import HeldLinear
from thinkling.models.quantize import (
    BASE,
    LARGEST,
    QUANTIZERS,
    Codes,
    Quantizer,
    WholeRows,
    whole_rows,
)

ZERO = 128
"""The library wants unsigned bytes on the left: 128 stands for nothing."""
DIGIT = 256
"""What a token's second digit counts: its numbers are high + low / 256."""
ROWS_AT_ONCE = 64
"""Tokens that are written as digits together, so that they stay in the processor's cache."""
RESULTS_AT_ONCE = 2**22
"""Numbers that a product of many tokens gives at once: more would be memory that the system has to clear."""
SCALE_BYTES = 4
PIECE = 2**25
"""Most weights of one product; longer matrices are several, so that packing needs little room."""


@dataclass(frozen=True, slots=True)
class Digits:
    """Tokens x [T, K] = scale [T, 1] * (high + low / 256).

    `bytes_` [2T, K] holds high, then low, plus 128.
    """

    bytes_: Tensor
    scale_T1: Tensor

    @property
    def num_rows(self) -> int:
        """T."""
        return self.scale_T1.shape[0]

    @classmethod
    def of(cls, x_TK: Tensor) -> Digits:
        """Each token relative to its largest number."""
        num_rows, num_columns = x_TK.shape
        bytes_ = torch.empty(2 * num_rows, num_columns, dtype=torch.uint8)
        high, low = bytes_[:num_rows], bytes_[num_rows:]
        x_TK = x_TK.float().contiguous()
        if kernels.takes_digits(x_TK):
            scale_T1 = torch.empty(num_rows, 1)
            kernels.digits(x_TK, high, low, scale_T1)
            return cls(bytes_, scale_T1)
        if num_rows <= ROWS_AT_ONCE:
            return cls(bytes_, _write_digits(x_TK, high, low))
        parts = zip(*(one.split(ROWS_AT_ONCE) for one in (x_TK, high, low)), strict=True)
        return cls(bytes_, torch.cat([_write_digits(*part) for part in parts]))


def _write_digits(x_TK: Tensor, high_TK: Tensor, low_TK: Tensor) -> Tensor:
    """Both digits of every number, plus 128, into bytes; the scales."""
    scale_T1 = x_TK.abs().amax(1, keepdim=True).clamp_(min=1e-30).div_(LARGEST)
    # What is added leaves no room behind the point: the last 16 bits of the sum are both digits plus 128.
    both_TK = torch.addcmul(_shift(), x_TK, DIGIT / scale_T1).view(torch.int32)
    low_TK.copy_(both_TK)  # of whole numbers the last byte is taken
    high_TK.copy_(both_TK.bitwise_right_shift_(8))
    return scale_T1


@cache
def _shift() -> Tensor:
    with torch.inference_mode(False):  # whoever asks first, all may use it
        return torch.tensor(float(2**23 + ZERO * DIGIT + ZERO))


@cache
def has_integer_units() -> bool:
    """Whether the library multiplies bytes here, and without overflow (older processors saturate)."""
    left, right = torch.full((2, 64), 255, dtype=torch.uint8), torch.full((16, 64), LARGEST, dtype=torch.int8)
    try:
        packed = torch.ops.onednn.qlinear_prepack(right, None)
        found = _library_product(left, packed, torch.ones(16), torch.zeros(16, dtype=torch.int64))
    except (RuntimeError, AttributeError):
        return False
    return bool((found == 64 * (255 - ZERO) * LARGEST).all())


def _library_product(bytes_: Tensor, packed: Tensor, scale_N: Tensor, zeros_N: Tensor) -> Tensor:
    """(bytes - 128) W^T, each column times its scale, fp32."""
    return torch.ops.onednn.qlinear_pointwise.default(
        bytes_, 1.0, ZERO, packed, scale_N, zeros_N, None, 1.0, 0, torch.float32, "none", [], ""
    )


class ByteMatrix:
    """Some rows of a matrix: codes [N, K] of -127 to 127, which are copied, and a scale for each row [N]."""

    def __init__(self, codes_NK: Tensor, scale_N: Tensor) -> None:
        self.shape = codes_NK.shape
        self.scale_N = scale_N
        self._is_packed = has_integer_units()
        packed = torch.ops.onednn.qlinear_prepack(codes_NK, None) if self._is_packed else codes_NK.clone()
        self._codes = packed
        self._zeros_N = torch.zeros(1, dtype=torch.int64).expand(len(scale_N))

    def times(self, bytes_: Tensor) -> Tensor:
        """(bytes - 128) W^T, fp32."""
        if self._is_packed:
            return _library_product(bytes_, self._codes, self.scale_N, self._zeros_N)
        return (bytes_.float() - ZERO) @ (self._codes.float() * self.scale_N[:, None]).t()


class WholeMatrix:
    """Some rows of a matrix of whole numbers, of one digit or of two."""

    def __init__(self, rows: WholeRows) -> None:
        self.shape = rows.codes_NK.shape
        self._high = ByteMatrix(rows.codes_NK, rows.scale_N)
        # Second digits of weights count a little more than those of tokens, with which they are added.
        low_scale_N = rows.scale_N * (DIGIT / BASE)
        self._low = None if rows.low_NK is None else ByteMatrix(rows.low_NK, low_scale_N)

    @property
    def num_bytes(self) -> int:
        """Memory of codes and scales."""
        rows, columns = self.shape
        return rows * (columns * (1 if self._low is None else 2) + SCALE_BYTES)

    def product(self, digits: Digits) -> Tensor:
        """x W^T [T, N], fp32.

        The product of both second digits is left out: it is no larger than what a token's rounding leaves.
        """
        both, num_rows = self._high.times(digits.bytes_), digits.num_rows
        high, low = both[:num_rows], both[num_rows:]
        second = None if self._low is None else self._low.times(digits.bytes_[:num_rows])
        if kernels.takes_digits(both):
            return kernels.join(high, low, second, digits.scale_T1)
        if second is not None:
            low.add_(second)
        return high.add_(low, alpha=1 / DIGIT).mul_(digits.scale_T1)


class WholeLinear(HeldLinear):
    """y = x W^T + b with W in whole numbers."""

    def __init__(
        self,
        num_in: int,
        num_out: int,
        bias: nn.Parameter | None = None,
        quantizer: Quantizer = QUANTIZERS["int8"],
        is_part: bool = False,
    ) -> None:
        super().__init__(num_in, num_out, bias, is_part)
        self.quantizer = quantizer
        self._pieces: list[WholeMatrix] = []
        self._next: Gathered | None = None

    @property
    def bits(self) -> int:
        """Of a code."""
        return self.quantizer.bits

    @property
    def num_bytes(self) -> int:
        """Memory of codes and scales; before they are there, what codes of this kind will take."""
        rows, columns = self.shape
        if self._pieces:
            return sum(piece.num_bytes for piece in self._pieces)
        return rows * (columns * max(1, self.bits // 8) + SCALE_BYTES)

    def _rows(self, weight_NK: Tensor) -> WholeRows:
        return self._coded_rows(self.quantizer.codes(weight_NK))

    def _coded_rows(self, codes: Codes) -> WholeRows:
        return whole_rows(codes)

    def _alike(self, num_out: int, bias: nn.Parameter | None) -> WholeLinear:
        return WholeLinear(self.shape[1], num_out, bias, self.quantizer)

    def _hold(self, rows: WholeRows, workspace: Workspace) -> None:
        while len(rows.scale_N):
            if self._next is None:
                num_left = self.shape[0] - sum(piece.shape[0] for piece in self._pieces)
                num_rows = min(num_left, max(1, PIECE // self.shape[1]))
                self._next = Gathered(workspace, num_rows, self.shape[1])
            rows = self._next.add(rows)
            if self._next.is_full:
                self._pieces.append(WholeMatrix(self._next.rows()))
                self._next.close()
                self._next = None

    def forward(self, x_TK: Tensor) -> Tensor:
        num_rows, num_at_once = len(x_TK), max(ROWS_AT_ONCE, RESULTS_AT_ONCE // self.shape[0])
        if num_rows <= num_at_once:
            return self._product(x_TK)
        y_TN = x_TK.new_empty(num_rows, self.shape[0])
        for some, their in zip(x_TK.split(num_at_once), y_TN.split(num_at_once), strict=True):
            their.copy_(self._product(some))
        return y_TN

    def _product(self, x_TK: Tensor) -> Tensor:
        digits = Digits.of(x_TK)
        parts = [piece.product(digits) for piece in self._pieces]
        y_TN = parts[0] if len(parts) == 1 else torch.cat(parts, 1)
        if self.bias is not None:
            y_TN = y_TN.add_(self.bias)
        return y_TN.to(x_TK.dtype)
