"""Compiles the kernels once for this machine, and loads them.

The library lies in the user's cache under a name that tells its sources, its compiler and its processor, so
that a change of any of them makes another one. It takes the machine's compiler a second or two. Whatever goes
wrong, stock operators do the work.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

FLAGS = (
    *("-std=c++17", "-O3", "-march=native", "-fopenmp", "-fPIC", "-shared"),
    *("-fno-math-errno", "-fno-trapping-math", "-Wno-psabi"),
)
SWITCH = "THINKLING_KERNELS"
"""An environment variable; "off" leaves everything to stock operators."""
MOST_SECONDS = 120

_POINTER, _NUMBER, _REAL = ctypes.c_void_p, ctypes.c_int64, ctypes.c_float
SIGNATURES: dict[str, list[Any]] = {
    "thinkling_attend": [_POINTER] * 6 + [_NUMBER] * 5 + [_REAL, _NUMBER],
    "thinkling_attend_backward": [_POINTER] * 11 + [_NUMBER] * 5 + [_REAL, _NUMBER],
    "thinkling_decode": [_POINTER] * 6 + [_NUMBER] * 7 + [_REAL, _NUMBER],
    "thinkling_norm": [_POINTER] * 4 + [_NUMBER] * 2 + [_REAL, _NUMBER],
    "thinkling_norm_backward": [_POINTER] * 6 + [_NUMBER] * 3,
    "thinkling_swiglu": [_POINTER] * 2 + [_NUMBER] * 3,
    "thinkling_swiglu_backward": [_POINTER] * 3 + [_NUMBER] * 3,
    "thinkling_swiglu_bf16": [_POINTER] * 2 + [_NUMBER] * 3,
    "thinkling_swiglu_backward_bf16": [_POINTER] * 3 + [_NUMBER] * 3,
    "thinkling_heads": [_POINTER] * 9 + [_NUMBER] * 4 + [_REAL, _NUMBER],
    "thinkling_heads_backward": [_POINTER] * 11 + [_NUMBER] * 5,
    "thinkling_digits": [_POINTER] * 4 + [_NUMBER] * 3,
    "thinkling_join": [_POINTER] * 4 + [_NUMBER] * 3,
    "thinkling_scatter": [_POINTER] * 3 + [_NUMBER] * 3,
    "thinkling_draw": [_POINTER] * 5 + [_NUMBER] * 3,
    "thinkling_draw_cut": [_POINTER] * 8 + [_NUMBER] * 3,
    "thinkling_chosen": [_POINTER] * 5 + [_NUMBER] * 3,
    "thinkling_chosen_backward": [_POINTER] * 4 + [_NUMBER] * 3,
}


@cache
def library() -> Any:
    """The compiled kernels if they are there, for the whole life of the process; else None."""
    path = _path()
    if path is None or not path.exists():
        return None
    try:
        found = ctypes.CDLL(str(path))
        for name, arguments in SIGNATURES.items():
            function = getattr(found, name)
            function.argtypes, function.restype = arguments, None
    except (OSError, AttributeError):  # cut short, or built against something that has left
        return None
    return found


def build() -> bool:
    """Compiles the kernels unless that was done, or tried in vain, before. Whether they can be used now."""
    path = _path()
    if path is None or library() is not None:
        return library() is not None
    if not _complaint(path).exists():
        if path.exists():
            path.unlink(missing_ok=True)  # cut short, or made where other libraries were
        _compile(path)
    library.cache_clear()
    if library() is None and path.exists():
        _complain(path, b"it was compiled, and cannot be loaded")
    return library() is not None


def state() -> str:
    """For people: whether the kernels are in use, and why not."""
    if os.environ.get(SWITCH) == "off":
        return f"off, as {SWITCH} says: stock operators"
    if sys.platform != "linux":
        return "none for this system: stock operators"
    path = _path()
    if path is None:
        return "no compiler: stock operators (install g++ for faster attention, training and sampling)"
    if library() is not None:
        return f"in use, compiled for this machine: {path}"
    if _complaint(path).exists():
        return f"could not be compiled: stock operators (the compiler's words are in {_complaint(path)})"
    return "not compiled yet: the first model that is loaded does it"


def _compiler() -> str | None:
    """GCC, or what CXX names. Only GCC is known to understand the vectors."""
    return shutil.which(os.environ.get("CXX") or "g++")


def _complaint(path: Path) -> Path:
    return path.with_suffix(".txt")


def _complain(path: Path, words: bytes) -> None:
    with contextlib.suppress(OSError):
        _complaint(path).write_bytes(words)


def _compile(path: Path) -> None:
    """Puts the library at `path`, whole or not at all; and there what the compiler said, where it failed."""
    here = Path(__file__).parent
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            made = Path(folder) / path.name
            command = [str(_compiler()), *FLAGS, *map(str, sorted(here.glob("*.cpp"))), "-o", str(made)]
            done = subprocess.run(command, capture_output=True, timeout=MOST_SECONDS, check=False)
            if done.returncode == 0:
                made.replace(path)
            else:
                _complain(path, done.stderr)
    except subprocess.TimeoutExpired:
        _complain(path, f"no end after {MOST_SECONDS} s".encode())
    except OSError:  # no room, no right to write, no compiler after all
        return


@cache
def _path() -> Path | None:
    """Where the library for this machine is or would be; None where there cannot be one."""
    compiler = _compiler()
    if os.environ.get(SWITCH) == "off" or sys.platform != "linux" or compiler is None:
        return None
    here, digest = Path(__file__).parent, hashlib.sha256()
    for file in sorted((*here.glob("*.cpp"), *here.glob("*.h"))):
        digest.update(file.read_bytes())
    binary = Path(compiler).resolve()
    version = binary.stat()
    digest.update(f"{FLAGS} {binary} {version.st_size} {version.st_mtime_ns} {_processor()}".encode())
    shelf = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(shelf) / "thinkling" / "kernels" / f"{digest.hexdigest()[:16]}.so"


def _processor() -> str:
    """What -march=native depends on."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    told = {line for line in lines if line.startswith(("model name", "flags", "Features", "CPU part"))}
    return " ".join(sorted(told))
