"""Weights as whole numbers with scales: 16 or 8 bits with a scale a row, 4 with one for 32 columns.

Scales of 8 and 4 bits are numbers that bf16 can say, so that a saved model is the one that was measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

LARGEST, LARGEST_4 = 127, 7
"""The largest codes of eight and of four bits."""
BASE = 254
"""What a second digit counts: a code of 16 bits is high + low / 254, both from -127 to 127."""
GROUP = 32
"""Columns that share a scale in four bits."""
FACTORS = LARGEST // LARGEST_4
"""A group's scale is that of its row times a whole number up to this, so that the products are whole too."""


@dataclass(frozen=True, slots=True)
class Codes:
    """Some rows of a matrix: codes [N, K] of int8, and a scale for every `group` columns of a row [N, G]."""

    codes_NK: Tensor
    scale_NG: Tensor
    group: int
    low_NK: Tensor | None = None
    """The second digits of 16 bits."""
    factor_NG: Tensor | None = None
    """If they are known: the scales of a row as whole multiples of one."""

    @property
    def floats_NK(self) -> Tensor:
        """The numbers that are meant, fp32."""
        codes_NK = self.codes_NK if self.low_NK is None else self.codes_NK + self.low_NK / BASE
        return codes_NK * self._spread(self.scale_NG.float())

    def _spread(self, one_NG: Tensor) -> Tensor:
        if one_NG.shape[1] == 1:
            return one_NG
        return one_NG.repeat_interleave(self.group, 1)[:, : self.codes_NK.shape[1]]

    def times(self, factor_NG: Tensor) -> Tensor:
        """The codes, each group times a whole number [N, K]."""
        return self.codes_NK * self._spread(factor_NG.to(torch.int8))


@dataclass(frozen=True, slots=True)
class Quantizer:
    """A way to write rows of a weight [N, K] in codes of `bits` bits."""

    bits: int
    group: int | None
    """Columns that share a scale; None: the row."""
    codes: Callable[[Tensor], Codes]


def rounded_up(positive: Tensor, bits: int) -> Tensor:
    """The next number of so many significant bits."""
    fraction, exponent = positive.clamp(min=1e-30).frexp()
    return (fraction * 2**bits).ceil_().ldexp_(exponent - bits)


def _largest(weight_NK: Tensor) -> Tensor:
    """Of each row, without its sign [N]."""
    # `aminmax` along an axis is seven times as slow.
    return torch.maximum(weight_NK.amax(1), weight_NK.amin(1).neg_())


def int8_codes(weight_NK: Tensor) -> Codes:
    """Rows of a weight in eight bits."""
    weight = weight_NK.float()
    scale_N1 = rounded_up(_largest(weight) / LARGEST, 8)[:, None]
    return Codes((weight / scale_N1).round_().to(torch.int8), scale_N1, weight.shape[1])


def int16_codes(weight_NK: Tensor) -> Codes:
    """Rows in sixteen bits: closer to a row of bf16 than bf16 is to what it was rounded from."""
    weight = weight_NK.float()
    scale_N1 = _largest(weight).clamp_(min=1e-30).div_(LARGEST)[:, None]
    value = weight / scale_N1
    high = value.round()
    low = value.sub_(high).mul_(BASE).round_()
    return Codes(high.to(torch.int8), scale_N1, weight.shape[1], low.to(torch.int8))


def int4_codes(weight_NK: Tensor) -> Codes:
    """Rows in four bits, every group with the better of two scales.

    The scales themselves are quantised, as in QServe (arXiv 2405.04532): a row's scale has four significant
    bits, those of its groups are whole multiples of it.
    """
    num_rows, num_columns = weight_NK.shape
    padded = F.pad(weight_NK.float(), (0, -num_columns % GROUP))
    groups = padded.unflatten(1, (-1, GROUP))
    peak_NG = groups.abs().amax(2)
    row_N1 = rounded_up(peak_NG.amax(1, keepdim=True) / (LARGEST_4 * FACTORS), 4)
    most_NG = (peak_NG / (LARGEST_4 * row_N1)).ceil_().clamp_(1, FACTORS)
    codes, missed = _in_four_bits(groups, most_NG * row_N1)
    # One step smaller: finer, but peaks are cut off.
    less_NG = (most_NG - 1).clamp_(min=1)
    fewer, also_missed = _in_four_bits(groups, less_NG * row_N1)
    is_better = also_missed < missed
    factor_NG = torch.where(is_better, less_NG, most_NG)
    codes = torch.where(is_better[..., None], fewer, codes).view(num_rows, -1)[:, :num_columns]
    return Codes(codes.contiguous(), factor_NG * row_N1, GROUP, factor_NG=factor_NG)


def _in_four_bits(groups: Tensor, scale_NG: Tensor) -> tuple[Tensor, Tensor]:
    """Codes [N, G, 32], and by how much they miss [N, G], squared."""
    scale = scale_NG[..., None]
    codes = (groups / scale).round_().clamp_(-LARGEST_4, LARGEST_4)
    return codes.to(torch.int8), codes.mul_(scale).sub_(groups).square_().sum(2)


QUANTIZERS = {
    "int16": Quantizer(16, None, int16_codes),
    "int8": Quantizer(8, None, int8_codes),
    "int4": Quantizer(4, GROUP, int4_codes),
}


@dataclass(frozen=True, slots=True)
class WholeRows:
    """Codes [N, K] of -127 to 127, a scale for each row [N], and perhaps second digits [N, K]."""

    codes_NK: Tensor
    scale_N: Tensor
    low_NK: Tensor | None = None

    def after(self, count: int) -> WholeRows:
        """Those after the first `count`."""
        low_NK = None if self.low_NK is None else self.low_NK[count:]
        return WholeRows(self.codes_NK[count:], self.scale_N[count:], low_NK)


def whole_rows(codes: Codes) -> WholeRows:
    """The same numbers with one scale a row, where groups have whole multiples of one; else the nearest."""
    scale_NG = codes.scale_NG.float()
    if scale_NG.shape[1] > 1:
        factor_NG = codes.factor_NG
        row_N, factor_NG = _common_scale(scale_NG) if factor_NG is None else _lowest(scale_NG, factor_NG)
        is_exact = (factor_NG * row_N[:, None] == scale_NG).all()
        if is_exact and factor_NG.abs().amax() * codes.codes_NK.short().abs().amax() <= LARGEST:
            return WholeRows(codes.times(factor_NG), row_N)
        codes = int8_codes(codes.floats_NK)
        scale_NG = codes.scale_NG
    return WholeRows(codes.codes_NK, scale_NG[:, 0], codes.low_NK)


def _common_scale(scale_NG: Tensor) -> tuple[Tensor, Tensor]:
    """For each row the largest scale of which all are whole multiples up to FACTORS, if there is one."""
    most_N = scale_NG.amax(1)
    row_N = most_N / FACTORS
    for count in range(FACTORS, 0, -1):
        one_N = most_N / count
        ratio_NG = scale_NG / one_N[:, None]
        is_whole = ((ratio_NG - ratio_NG.round()).abs() <= 1e-5 * ratio_NG).all(1)
        row_N = torch.where(is_whole, one_N, row_N)
    return row_N, (scale_NG / row_N[:, None]).round_()


def _lowest(scale_NG: Tensor, factor_NG: Tensor) -> tuple[Tensor, Tensor]:
    """What `_common_scale` would find, where factors are known already."""
    common = factor_NG.to(torch.uint8)
    while common.shape[1] > 1:
        left, right = common.tensor_split(2, 1)  # left may have one more
        common = torch.gcd(left, F.pad(right, (0, left.shape[1] - right.shape[1])))
    factor_NG = factor_NG / common
    return scale_NG[:, 0] / factor_NG[:, 0], factor_NG
