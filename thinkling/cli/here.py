"""This machine as a device of the plan: memory that is free, bandwidth and arithmetic, measured in under
three seconds.

numpy is the instrument, so that no torch is loaded: every core reads a block of its own, larger than the
caches, and numpy's BLAS multiplies two matrices in fp32.
"""

from __future__ import annotations

import platform
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from thinkling.cli.machine import best_seconds, usable_cores

if TYPE_CHECKING:
    from thinkling.plan.hardware import Device

_BLOCK = 2**25
"""Numbers of fp32 that a core reads: 128 MiB, or less where there is little memory."""
_SIDE = 1024
_BUDGET_S = 0.7
_WATTS = 65.0
"""Rated power of a computer that does not say its own."""


def measure() -> Device:
    """Measure this machine. Takes about two seconds."""
    from thinkling.plan.hardware import Device
    from thinkling.weights.memory import free_memory

    return Device(
        name=f"this machine ({platform.machine()}, {usable_cores()} cores)",
        memory_bytes=free_memory(),
        bandwidth=read_bandwidth(),
        bf16_peak=product_speed(),
        fp8_peak=None,
        watts=_WATTS,
        rent=None,
        price=None,
        source="what the system says is available to a new program",
        dated="now",
        is_measured=True,
        is_processor=True,
        is_whole=True,
    )


def read_bandwidth() -> float:
    """Bytes a second with which all cores together read memory."""
    import numpy as np

    from thinkling.weights.memory import free_memory

    cores = usable_cores()
    # A container may have many cores of its machine and little of its memory.
    size = min(_BLOCK, free_memory() // 4 // cores // np.dtype(np.float32).itemsize)
    blocks = [np.ones(max(1, size), dtype=np.float32) for _ in range(cores)]
    with ThreadPoolExecutor(len(blocks)) as pool:
        # The largest number: one pass over memory, without the interpreter's lock.
        seconds = best_seconds(lambda: list(pool.map(np.max, blocks)), _BUDGET_S)
    return sum(block.nbytes for block in blocks) / seconds


def product_speed() -> float:
    """Operations a second in a product of two matrices in fp32."""
    import numpy as np

    left, right = (np.ones((_SIDE, _SIDE), dtype=np.float32) for _ in range(2))
    return float(2 * _SIDE**3 / best_seconds(lambda: left @ right, _BUDGET_S))


def graphics(root: Path = Path("/")) -> str | None:
    """The name of the first NVIDIA GPU, as its driver tells it; None where there is none."""
    for path in sorted(root.glob("proc/driver/nvidia/gpus/*/information")):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("Model:")]
        if names:
            return names[0]
    return None
