"""The facts and measurements behind `thinkling doctor`."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_EXTENSIONS = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_int8", "neon", "sve", "bf16")
_SIDE = 1024
_COPY_MIB = 128


@dataclass(frozen=True, slots=True)
class Machine:
    """What was found: sizes in GiB (2^30), speeds in GFLOP/s and GB/s (10^9)."""

    python: str
    torch: str
    torch_threads: int
    cores: int
    vector_extensions: tuple[str, ...]
    memory_gib: float
    gpu: str | None
    fp32_gflops: float
    bf16_gflops: float
    int8_gops: float | None
    """Of products of whole numbers of eight bits; None where the processor has no units for them."""
    bandwidth_gb_s: float
    precision: str
    precision_reason: str
    kernels: str
    """Whether our own kernels are in use, and why not."""
    has_bundled_model: bool
    free_memory_gib: float
    largest_model: str | None
    """The largest released model that fits into what is free in bf16; None: none does."""
    largest_int8_model: str | None
    """The same in int8 on the processor."""


def examine() -> Machine:
    """Look at the machine and time it; takes about three seconds."""
    import torch

    from thinkling.cli.bundled import has_bundled_model
    from thinkling.kernels.library import state as kernels_state
    from thinkling.models.packed import can_pack
    from thinkling.weights.device_memory import free_bytes

    fp32, bf16 = matmul_gflops(torch.float32), matmul_gflops(torch.bfloat16)
    has_gpu = torch.cuda.is_available()
    int8 = byte_product_gops()
    precision, reason = explain_precision(
        bf16 / fp32, None if int8 is None else int8 / fp32, has_gpu=has_gpu, has_packed_bf16=can_pack()
    )
    free_on_host = free_bytes(torch.device("cpu"))
    free = free_bytes(torch.device("cuda")) if has_gpu else free_on_host
    return Machine(
        python=platform.python_version(),
        torch=torch.__version__,
        torch_threads=torch.get_num_threads(),
        cores=usable_cores(),
        vector_extensions=vector_extensions(cpu_flags()),
        memory_gib=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        gpu=torch.cuda.get_device_name() if has_gpu else None,
        fp32_gflops=fp32,
        bf16_gflops=bf16,
        int8_gops=int8,
        bandwidth_gb_s=memory_bandwidth(),
        precision=precision,
        precision_reason=reason,
        kernels=kernels_state(),
        has_bundled_model=has_bundled_model(),
        free_memory_gib=free / 2**30,
        largest_model=largest_model(free, "bf16"),
        largest_int8_model=largest_model(free_on_host, "int8"),
    )


def largest_model(num_bytes: int, format_: str) -> str | None:
    """The largest released model that can be served in so much memory, with a cache of 4,096 tokens."""
    from thinkling.models.presets import PRESETS
    from thinkling.plan.count import count_params
    from thinkling.plan.fit import FITS, fit_serving
    from thinkling.plan.memory import Serving

    serving = Serving(format_, context=4096, cache_format="fp32")
    fitting = {
        name: count_params(config).total
        for name, config in PRESETS.items()
        if not name.startswith("thinkling") and fit_serving(config, serving, num_bytes).verdict == FITS
    }
    return max(fitting, key=lambda name: fitting[name]) if fitting else None


def explain_precision(
    bf16_speedup: float, int8_speedup: float | None, *, has_gpu: bool, has_packed_bf16: bool = False
) -> tuple[str, str]:
    """The precision that `LLM` uses by itself (dtype "auto"), and why.

    The speedups are those of a product on the processor in comparison with fp32.
    """
    if has_gpu:
        return "bf16", "a GPU multiplies it fastest and needs half the memory"
    if has_packed_bf16 or int8_speedup is None:
        large = f"as bf16, whose products run {bf16_speedup:.1f} times as fast here"
    else:
        large = f"as whole numbers of 16 bits: products of bytes run {int8_speedup:.1f} times as fast here"
    return "fp32", f"exact; models of more than 1 GiB that are stored in bf16 are held {large}"


def byte_product_gops() -> float | None:
    """Speed of a product of bytes, in 10^9 operations a second; None without units for it."""
    import torch

    from thinkling.models.integer import ByteMatrix, has_integer_units

    if not has_integer_units():
        return None
    matrix = ByteMatrix(torch.ones(_SIDE, _SIDE, dtype=torch.int8), torch.ones(_SIDE))
    bytes_ = torch.ones(_SIDE, _SIDE, dtype=torch.uint8)
    return 2 * _SIDE**3 / best_seconds(lambda: matrix.times(bytes_)) / 1e9


def matmul_gflops(dtype: object) -> float:
    """Speed of a square product on the processor, as models have it, in GFLOP/s, best of several."""
    import torch

    from thinkling.models.product import product

    left, right = (torch.randn(_SIDE, _SIDE).to(dtype) for _ in range(2))  # type: ignore[call-overload]
    return 2 * _SIDE**3 / best_seconds(lambda: product(left, right)) / 1e9


def memory_bandwidth() -> float:
    """Speed of copying a block too large for the caches, in GB/s, reading and writing counted."""
    import torch

    source = torch.ones(_COPY_MIB * 2**20, dtype=torch.uint8)
    target = torch.empty_like(source)
    return 2 * source.numel() / best_seconds(lambda: target.copy_(source)) / 1e9


def best_seconds(work: Callable[[], object], budget_s: float = 0.5) -> float:
    """Shortest of at least three runs of `work`, as many as fit into `budget_s`, after one to warm up."""
    work()
    end = time.perf_counter() + budget_s
    times: list[float] = []
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu_flags() -> str:
    """What the processor says of itself: /proc/cpuinfo on Linux, its architecture elsewhere."""
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else platform.machine()


def vector_extensions(cpuinfo: str) -> tuple[str, ...]:
    """The extensions that matter to us among the words of a cpuinfo text; ARM calls NEON asimd."""
    words = set(cpuinfo.lower().split())
    if words & {"asimd", "arm64", "aarch64"}:
        words.add("neon")
    return tuple(name for name in _EXTENSIONS if name in words)
