"""Weights as whole numbers with scales: eight bits with a scale a row, four with one for 32 columns.

Every scale is a number that bf16 can say, so that a saved model is the one that was measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

LARGEST, LARGEST_4 = 127, 7
"""The largest codes of eight and of four bits."""
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

    @property
    def floats_NK(self) -> Tensor:
        """The numbers that are meant, fp32."""
        return self.codes_NK * self._spread(self.scale_NG.float())

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


def int8_codes(weight_NK: Tensor) -> Codes:
    """Rows of a weight in eight bits."""
    weight = weight_NK.float()
    low_N, high_N = weight.aminmax(dim=1)
    scale_N1 = rounded_up(torch.maximum(high_N, low_N.neg_()) / LARGEST, 8)[:, None]
    return Codes((weight / scale_N1).round_().to(torch.int8), scale_N1, weight.shape[1])


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
    scale_NG = torch.where(is_better, less_NG, most_NG) * row_N1
    codes = torch.where(is_better[..., None], fewer, codes).view(num_rows, -1)[:, :num_columns]
    return Codes(codes.contiguous(), scale_NG, GROUP)


def _in_four_bits(groups: Tensor, scale_NG: Tensor) -> tuple[Tensor, Tensor]:
    """Codes [N, G, 32], and by how much they miss [N, G], squared."""
    scale = scale_NG[..., None]
    codes = (groups / scale).round_().clamp_(-LARGEST_4, LARGEST_4)
    return codes.to(torch.int8), codes.mul_(scale).sub_(groups).square_().sum(2)


QUANTIZERS = {"int8": Quantizer(8, None, int8_codes), "int4": Quantizer(4, GROUP, int4_codes)}


def whole_rows(codes: Codes) -> tuple[Tensor, Tensor]:
    """Codes [N, K] of -127 to 127 and one scale a row [N].

    The same numbers where groups have whole multiples of one scale, as ours have; else the nearest.
    """
    scale_NG = codes.scale_NG.float()
    if scale_NG.shape[1] > 1:
        row_N, factor_NG = _common_scale(scale_NG)
        is_exact = (factor_NG * row_N[:, None] == scale_NG).all()
        if is_exact and factor_NG.amax() * codes.codes_NK.abs().amax() <= LARGEST:
            return codes.times(factor_NG), row_N
        codes = int8_codes(codes.floats_NK)
        scale_NG = codes.scale_NG
    return codes.codes_NK, scale_NG[:, 0]


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
