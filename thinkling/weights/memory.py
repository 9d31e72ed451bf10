"""Memory that a program can still have on this machine. No torch: `thinkling plan` asks too."""

from __future__ import annotations

import os
from pathlib import Path

UNKNOWN = 2**30
"""Bytes that are assumed where the system tells nothing."""


def free_memory(root: Path = Path("/")) -> int:
    """Bytes: what the system or its container has left; 0.7 of all where neither says."""
    free = _free_in_system(root / "proc/meminfo")
    folder = root / "sys/fs/cgroup"
    try:
        limit, used = ((folder / f"memory.{name}").read_text(encoding="ascii") for name in ("max", "current"))
        return min(free, max(0, int(limit) - int(used) + _droppable(folder / "memory.stat")))
    except (OSError, ValueError):  # no such files, or "max"
        return free


def _droppable(stat: Path) -> int:
    """Bytes of files that are only kept in memory until something else needs it; a container counts them as
    used."""
    if not stat.is_file():
        return 0
    fields = dict(line.split() for line in stat.read_text(encoding="ascii").splitlines())
    return int(fields.get("inactive_file", 0))


def _free_in_system(meminfo: Path) -> int:
    try:
        lines = meminfo.read_text(encoding="ascii").splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):  # not Linux
        return _some_of_all()


def _some_of_all() -> int:
    try:
        return int(0.7 * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):  # not on Windows
        return UNKNOWN
