"""Which tensors the kernels take, and with how many threads."""

from __future__ import annotations

import torch
from torch import Tensor

from thinkling.kernels.library import library

LANES = 16
NUMBERS_A_THREAD = 8192
"""Less work than this is done before another thread has woken up."""


def reads(*tensors: Tensor) -> bool:
    """Whether the kernels are there and can be used on these tensors: fp32, on a CPU, not being compiled."""
    if torch.compiler.is_compiling():
        return False
    return library() is not None and all(x.dtype == torch.float32 and x.device.type == "cpu" for x in tensors)


def num_threads(num_numbers: int) -> int:
    """How many threads so many numbers are worth."""
    return max(1, min(torch.get_num_threads(), num_numbers // NUMBERS_A_THREAD))
