"""Kept memory: what one training pass frees the next one uses, without page faults."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys, torch
from thinkling.train.allocator import keep_freed_memory
if sys.argv[1] == "kept":
    assert keep_freed_memory()
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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has mallopt")
def test_freed_memory_is_used_again_without_page_faults() -> None:
    as_it_is = _faults("as it is")
    assert as_it_is > 100  # hundreds even where the system gives huge pages
    assert _faults("kept") < as_it_is / 5
