"""Rows of a matrix to places in a larger one that is read much later. For any dtype on a CPU."""

from __future__ import annotations

from torch import Tensor

from thinkling.kernels.library import library
from thinkling.kernels.tensors import num_threads


def scatter(from_TN: Tensor, places_T: Tensor, to_RN: Tensor) -> None:
    """to[places[t]] = from[t] for every place, int64 and within `to_RN`, which is mutated.

    Of two with one place either may be there afterwards. Nothing is checked: every product calls it.
    """
    num_rows = len(places_T)
    assert len(from_TN) >= num_rows and from_TN.dtype == to_RN.dtype
    if library() is None or not (from_TN.is_contiguous() and to_RN.is_contiguous()):
        to_RN.index_copy_(0, places_T, from_TN[:num_rows])
        return
    width = to_RN.shape[1]
    library().thinkling_scatter(
        *(x.data_ptr() for x in (from_TN, places_T.contiguous(), to_RN)),
        num_rows,
        width * to_RN.itemsize,
        num_threads(num_rows * width),
    )
