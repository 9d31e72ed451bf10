"""Rows as wide as a vocabulary: drawing a token, and how likely one was. For fp32 on a CPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from thinkling.kernels.library import library
from thinkling.kernels.tensors import num_threads

DRAWN, LIKELIEST = -1, -2
"""In place of a token: it is to be drawn, or is the likeliest one."""


def draw(logits_TV: Tensor, divisor_T: Tensor, noise_T: Tensor, ids_T: Tensor) -> Tensor:
    """Puts a token in place of every DRAWN and LIKELIEST in `ids_T` (mutated).

    Returns the log of the sum of exp(logits / divisor) of every row, fp32 [T]. `noise_T`, float64 in (0, 1),
    says how far through a row's mass its token lies.
    """
    logits, log_sum_T = logits_TV.contiguous(), logits_TV.new_empty(len(logits_TV))
    library().thinkling_draw(
        *(x.data_ptr() for x in (logits, divisor_T, noise_T, ids_T, log_sum_T)),
        *logits.shape,
        num_threads(logits.numel()),
    )
    return log_sum_T


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where the distribution of each row is cut: fp32, fp32 and int64, each [T] in one piece."""

    top_p: np.ndarray
    min_p: np.ndarray
    top_k: np.ndarray


def draw_cut(
    logits_TV: Tensor, divisor_T: Tensor, noise_T: Tensor, cuts: Cuts, rows: np.ndarray, ids_T: Tensor
) -> None:
    """Draws the token of every one of `rows` from what its cut leaves, into `ids_T` (mutated)."""
    logits, rows = logits_TV.contiguous(), np.ascontiguousarray(rows, np.int64)
    given = (
        np.ascontiguousarray(cuts.top_p, np.float32),
        np.ascontiguousarray(cuts.min_p, np.float32),
        np.ascontiguousarray(cuts.top_k, np.int64),
        rows,
    )
    library().thinkling_draw_cut(
        *(x.data_ptr() for x in (logits, divisor_T, noise_T)),
        *(x.ctypes.data for x in given),
        ids_T.data_ptr(),
        len(rows),
        logits.shape[1],
        num_threads(len(rows) * logits.shape[1]),
    )


def chosen(logits_TV: Tensor, ids_T: Tensor) -> tuple[Tensor, Tensor]:
    """log p(ids_T[i]) under row i of the logits, differentiable, and that row's entropy; both [T].

    Raises IndexError for an id outside of the vocabulary.
    """
    if len(ids_T) and not 0 <= int(ids_T.min()) <= int(ids_T.max()) < logits_TV.shape[1]:
        raise IndexError(f"there is an id outside of the vocabulary of {logits_TV.shape[1]}")
    logp_T, entropy_T = _Chosen.apply(logits_TV, ids_T)
    return logp_T, entropy_T


class _Chosen(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, logits_TV: Tensor, ids_T: Tensor) -> tuple[Tensor, Tensor]:
        logits, ids = logits_TV.contiguous(), ids_T.long().contiguous()
        logp_T, entropy_T = logits.new_empty(2, len(logits)).unbind()
        chances = torch.empty_like(logits)
        library().thinkling_chosen(
            *(x.data_ptr() for x in (logits, ids, logp_T, entropy_T, chances)),
            *logits.shape,
            num_threads(logits.numel()),
        )
        ctx.save_for_backward(chances, ids)
        ctx.mark_non_differentiable(entropy_T)
        return logp_T, entropy_T

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_T: Tensor, _: Tensor) -> tuple[Tensor, None]:
        chances, ids = ctx.saved_tensors
        grad, found = grad_T.contiguous(), torch.empty_like(chances)
        library().thinkling_chosen_backward(
            *(x.data_ptr() for x in (grad, ids, chances, found)), *chances.shape, num_threads(chances.numel())
        )
        return found, None
