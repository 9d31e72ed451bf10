"""Matrix products on a CPU: which of torch's two libraries multiplies, and in which precision.

torch asks MKL for products of fp32, and MKL leaves half of an AMD processor's vector units idle. oneDNN uses
them all, and multiplies bf16 twice as fast again; on some of Intel's processors it is MKL in fp32 that is
fastest. See decision 10.
"""

from __future__ import annotations

import platform
import threading
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

_MATMUL: Any = torch.backends.mkldnn.matmul  # type: ignore[attr-defined]


def product(a: Tensor, b: Tensor, out: Tensor | None = None) -> Tensor:
    """a @ b of two matrices, in fp32 by the library that is faster here."""
    if a.dtype != torch.float32 or a.device.type != "cpu":
        return torch.mm(a, b, out=out)
    with fast_products():
        return torch.mm(a, b, out=out)


class _Switch:
    """Sends fp32 products to oneDNN as long as anybody is inside; the setting is of the whole process."""

    def __init__(self) -> None:
        self._lock, self._num_inside, self._before = threading.Lock(), 0, ""

    def __enter__(self) -> None:
        with self._lock:
            if not self._num_inside:
                self._before = _MATMUL.fp32_precision
                # Asks for oneDNN, which without tiles multiplies in fp32 all the same.
                _MATMUL.fp32_precision = "bf16"
            self._num_inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._num_inside -= 1
            if not self._num_inside:
                _MATMUL.fp32_precision = self._before


_ONEDNN, _AS_IT_IS = _Switch(), nullcontext()


def fast_products() -> AbstractContextManager[None]:
    """Products of fp32 matrices in this block are computed by the library that is faster here.

    Another thread's products of fp32 may go to that library meanwhile, and differ in their last bits. Not
    around attention: its many small products are slower there.
    """
    return _ONEDNN if prefers_onednn() else _AS_IT_IS


@cache
def prefers_onednn() -> bool:
    """Whether oneDNN multiplies fp32 faster than MKL here, and without rounding it to bf16."""
    if not (_is_amd() and torch.cpu._is_avx512_supported() and torch.backends.mkldnn.is_available()):
        return False
    with _ONEDNN:
        fine = torch.full((64, 64), 1 + 2.0**-12)
        return bool((torch.mm(fine, torch.eye(64)) == fine).all())


@cache
def has_fast_bf16() -> bool:
    """Whether this processor multiplies bf16 faster than fp32: with tiles, or with AMD's vector units.

    Intel's vector units for bf16 were measured at half the speed of fp32.
    """
    return torch.cpu._is_amx_tile_supported() or (_is_amd() and torch.cpu._is_avx512_bf16_supported())


@cache
def _is_amd() -> bool:
    """Whether the processor is AMD's: then MKL takes a path of narrower vectors."""
    file = Path("/proc/cpuinfo")
    said = file.read_text(encoding="utf-8", errors="replace") if file.exists() else platform.processor()
    return "AuthenticAMD" in said
