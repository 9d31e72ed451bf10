"""Memory that training frees stays with the process: it is needed again a moment later.

glibc gives large freed blocks back to the system, and every page of a new one costs a fault when it is first
written. With passes of some ten megabytes a tensor that was more than half of a training step on the machine
of `docs/benchmarks.md`.
"""

from __future__ import annotations

import ctypes

# <malloc.h>: mallopt's parameters.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_LARGEST_BLOCK, _LARGEST_OF_OLD = 2**30, 2**25
_GROWTH = 64 * 2**20


def keep_freed_memory() -> bool:
    """Ask the C library to keep what is freed; True where it agreed (glibc), False elsewhere."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # no glibc: macOS, musl, Windows
        return False
    mallopt.argtypes, mallopt.restype = [ctypes.c_int, ctypes.c_int], ctypes.c_int
    # Versions before 2.35 map blocks above 32 MiB whatever they are told.
    is_told = mallopt(_MMAP_THRESHOLD, _LARGEST_BLOCK) or mallopt(_MMAP_THRESHOLD, _LARGEST_OF_OLD)
    is_kept = mallopt(_TRIM_THRESHOLD, 2**31 - 1)
    return bool(mallopt(_TOP_PAD, _GROWTH) and is_told and is_kept)
