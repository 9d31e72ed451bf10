"""Memory that is freed stays with the process: it is needed again a moment later.

glibc gives large freed blocks back to the system, and every page of a new one costs a fault when it is first
written. With passes of some ten megabytes a tensor that was more than half of a training step, and a third of
the loading of a model, on the machine of `docs/benchmarks.md`.
"""

from __future__ import annotations

import ctypes
from typing import Any

# <malloc.h>: mallopt's parameters.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_LARGEST_BLOCK, _LARGEST_OF_OLD = 2**30, 2**25
_MOST = 2**31 - 1
_GROWTH = 64 * 2**20
_SMALL_BLOCK, _SOME = 2**26, 2**28

_most_kept = 0


def keep_freed_memory() -> bool:
    """For training: keep whatever is freed. True where the C library agreed (glibc), False elsewhere."""
    return _keep(_LARGEST_BLOCK, _MOST)


def keep_some_freed_memory() -> bool:
    """For inference: keep blocks of up to 64 MiB, and a quarter of a gigabyte in all. True as above."""
    return _keep(_SMALL_BLOCK, _SOME)


def give_back_freed_memory() -> None:
    """What nobody uses goes back to the system now."""
    libc = _libc()
    if libc is not None:
        libc.malloc_trim(0)


def _keep(largest_block: int, most: int) -> bool:
    global _most_kept
    libc = _libc()
    if libc is None:
        return False
    if most <= _most_kept:
        return True
    _most_kept = most
    # Versions before 2.35 map blocks above 32 MiB whatever they are told.
    is_told = libc.mallopt(_MMAP_THRESHOLD, largest_block) or libc.mallopt(_MMAP_THRESHOLD, _LARGEST_OF_OLD)
    is_kept = libc.mallopt(_TRIM_THRESHOLD, most)
    return bool(libc.mallopt(_TOP_PAD, _GROWTH) and is_told and is_kept)


def _libc() -> Any:
    """The C library, if it is glibc: not on macOS, Windows, or with musl."""
    try:
        libc = ctypes.CDLL(None)
        libc.mallopt.argtypes, libc.mallopt.restype = [ctypes.c_int, ctypes.c_int], ctypes.c_int
        libc.malloc_trim.argtypes = [ctypes.c_size_t]
    except (AttributeError, OSError, TypeError):
        return None
    return libc
