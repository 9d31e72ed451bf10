"""Options that would do nothing are refused, in one sentence that says when they do something."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (
            ["chat", "--url", "http://127.0.0.1:1", "--quantize", "int8"],
            "--quantize does nothing with --url",
        ),
        (["chat", "--url", "http://127.0.0.1:1", "--memory-gb", "3"], "--memory-gb"),
        (["chat", "--key", "abc"], "--key does nothing without --url"),
        (["plan", "--here", "serve", "--model", "deepseek-r1"], "--here does nothing before 'serve'"),
        (["plan", "--json", "count", "--model", "deepseek-r1"], "--json"),
    ],
)
def test_an_option_that_does_nothing_is_refused(words: list[str], refused: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "thinkling", *words], capture_output=True, text=True, timeout=60, input=""
    )
    assert done.returncode == 2 and done.stdout == "" and "Traceback" not in done.stderr
    assert refused in done.stderr and "Hint: " in done.stderr
