"""Kept memory: what one training pass frees the next one uses, without page faults."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys, torch
from thinkling.weights import allocator
if sys.argv[1] != "as it is":
    assert getattr(allocator, sys.argv[1])()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def training_pass():
    kept = [torch.ones(2**20 * size) for size in (1, 4, 9, 4, 9, 1)]
    while kept:
        kept.pop() * 2.0
for _ in range(10):
    training_pass()
before = faults()
for _ in range(10):
    training_pass()
print(faults() - before)
"""


def _faults(how: str) -> int:
    words = [sys.executable, "-c", PROGRAM, how]
    return int(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


needs_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has mallopt")


@needs_glibc
def test_freed_memory_is_used_again_without_page_faults() -> None:
    as_it_is = _faults("as it is")
    assert as_it_is > 100  # hundreds even where the system gives huge pages
    assert _faults("keep_freed_memory") < as_it_is / 5
    assert _faults("keep_some_freed_memory") < as_it_is / 5


RESIDENT = """
import sys, torch
from thinkling.weights.allocator import give_back_freed_memory, keep_freed_memory, keep_some_freed_memory
def resident_mb():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 // 2**20
if sys.argv[1] == "training first":
    keep_freed_memory()
keep_some_freed_memory()
torch.ones(1)
before = resident_mb()
blocks = [torch.ones(2**23) for _ in range(20)]
last = torch.ones(2**20)
del blocks
kept = resident_mb() - before
give_back_freed_memory()
print(kept, resident_mb() - before)
"""


@needs_glibc
def test_memory_is_given_back_when_told() -> None:
    words = [sys.executable, "-c", RESIDENT, "training first"]
    kept, left = map(int, subprocess.run(words, capture_output=True, text=True, check=True).stdout.split())
    assert kept > 500  # of 640, although inference alone would keep less
    assert left < 50
