"""Tokens as two digits and a scale, and the products of both digits put together. For fp32 on a CPU."""

from __future__ import annotations

from torch import Tensor

from thinkling.kernels.library import library
from thinkling.kernels.tensors import LANES, num_threads, reads


def takes_digits(x: Tensor) -> bool:
    """Whether the kernels can be used on rows as wide as those of x."""
    return x.shape[-1] % LANES == 0 and reads(x)


def digits(x_TK: Tensor, high_TK: Tensor, low_TK: Tensor, scale_T1: Tensor) -> None:
    """x = scale * (high + low / 256): writes both digits, plus 128, and the scales. All are contiguous."""
    library().thinkling_digits(
        *(x.data_ptr() for x in (x_TK, high_TK, low_TK, scale_T1)), *x_TK.shape, num_threads(x_TK.numel())
    )


def join(high_TN: Tensor, low_TN: Tensor, second_TN: Tensor | None, scale_T1: Tensor) -> Tensor:
    """(high + (low + second) / 256) * scale, in place of `high_TN`. All are contiguous."""
    library().thinkling_join(
        high_TN.data_ptr(),
        low_TN.data_ptr(),
        None if second_TN is None else second_TN.data_ptr(),
        scale_T1.data_ptr(),
        *high_TN.shape,
        num_threads(high_TN.numel()),
    )
    return high_TN
