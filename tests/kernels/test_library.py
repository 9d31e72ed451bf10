"""The kernels are compiled once, and whatever goes wrong leaves the work to stock operators."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.kernels.needed import needs_kernels
from thinkling.kernels import library

ANSWER = """
import torch
from thinkling.kernels import library
print(library.build(), library.state())
from thinkling.models.attend import Causal
q = torch.randn(9, 2, 16, generator=torch.Generator().manual_seed(0))
print(Causal((4, 5)).gqa(0, q, q, q, 0.5).sum().item())
"""


def answered(cache: Path, **environment: str) -> list[str]:
    """What a new process says, with its cache in `cache`."""
    done = subprocess.run(
        [sys.executable, "-c", ANSWER],
        env=os.environ | {"XDG_CACHE_HOME": str(cache), "OMP_NUM_THREADS": "1"} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return answered(tmp_path_factory.mktemp("off"), **{library.SWITCH: "off"})


def assert_stock_works(found: list[str], stock: list[str], reason: str) -> None:
    assert found[0].startswith("False") and reason in found[0]
    assert found[1] == stock[1]


def test_they_can_be_switched_off(stock: list[str]) -> None:
    assert stock[0].startswith("False off")


@needs_kernels
def test_they_are_compiled_once_and_give_the_same(tmp_path: Path, stock: list[str]) -> None:
    first = answered(tmp_path)
    assert first[0].startswith("True in use")
    assert float(first[1]) == pytest.approx(float(stock[1]), rel=1e-5)
    (made,) = (tmp_path / "thinkling" / "kernels").iterdir()
    written = made.stat().st_mtime_ns
    assert answered(tmp_path) == first and made.stat().st_mtime_ns == written


@needs_kernels
def test_processes_that_compile_at_once_do_not_meet(tmp_path: Path) -> None:
    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(answered(tmp_path))) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 3 and all(one[0].startswith("True") for one in found)
    assert len(list((tmp_path / "thinkling" / "kernels").iterdir())) == 1


def test_without_a_compiler_stock_operators_work(tmp_path: Path, stock: list[str]) -> None:
    found = answered(tmp_path, CXX="no-such-compiler")
    assert_stock_works(found, stock, "no compiler")


def test_a_compiler_that_fails_is_asked_once(tmp_path: Path, stock: list[str]) -> None:
    compiler = tmp_path / "broken"
    compiler.write_text(f"#!/bin/sh\necho asked >> {tmp_path}/asked\necho 'no such header' >&2\nexit 1\n")
    compiler.chmod(0o755)
    for _ in range(2):
        found = answered(tmp_path, CXX=str(compiler))
        assert_stock_works(found, stock, "could not be compiled")
    assert (tmp_path / "asked").read_text().split() == ["asked"]
    (complaint,) = (tmp_path / "thinkling" / "kernels").glob("*.txt")
    assert "no such header" in complaint.read_text()


@needs_kernels
@pytest.mark.parametrize("content", [b"", b"not a library"])
def test_a_library_that_was_cut_short_is_made_again(tmp_path: Path, content: bytes) -> None:
    first = answered(tmp_path)
    (made,) = (tmp_path / "thinkling" / "kernels").iterdir()
    made.write_bytes(content)
    assert answered(tmp_path) == first


def test_a_library_that_cannot_be_loaded_is_complained_of_once(tmp_path: Path, stock: list[str]) -> None:
    compiler = tmp_path / "strange"
    script = f'#!/bin/sh\necho asked >> {tmp_path}/asked\nfor last; do :; done\n: > "$last"\n'
    compiler.write_text(script)
    compiler.chmod(0o755)
    for _ in range(2):
        assert_stock_works(answered(tmp_path, CXX=str(compiler)), stock, "could not be compiled")
    assert (tmp_path / "asked").read_text().split() == ["asked"]


def test_a_cache_that_cannot_be_written_is_no_fault(tmp_path: Path, stock: list[str]) -> None:
    (tmp_path / "file").touch()
    assert_stock_works(answered(tmp_path / "file"), stock, "")
