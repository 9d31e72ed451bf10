"""SIGTERM lets answers end; a second one does not wait. The service is a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.serve.served import served, stored
from tests.test_llm import speaking
from thinkling.serve.settings import ServeSettings

pytestmark = pytest.mark.slow

QUESTION: list[Any] = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], OpenAI]]:
    """A service whose model thinks for as long as it may."""
    folder = stored(
        speaking("<think>", *"abcdefghijkl", circles=True, context_length=8192), tmp_path / "thinker"
    )
    words = [sys.executable, "-m", "thinkling", "serve", "--port", "0", "--model", str(folder)]
    process = subprocess.Popen([*words, "--data", str(tmp_path / "data")], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    address = next(word for word in process.stdout.readline().split() if word.startswith("http"))
    with OpenAI(base_url=f"{address}/v1", api_key="none", timeout=60, max_retries=0) as client:
        yield process, client
    process.kill()
    process.wait(10)
    process.stdout.close()


def told_to_stop(process: subprocess.Popen[str], client: OpenAI, max_tokens: int) -> Any:
    """A stream in whose midst the service is told to stop."""
    # At this temperature thinking is no loop that would be ended.
    chunks = client.chat.completions.create(
        model="thinker", messages=QUESTION, stream=True, max_tokens=max_tokens, temperature=2.0, seed=1
    )
    for _ in range(5):
        next(chunks)
    process.send_signal(signal.SIGTERM)
    return chunks


def test_what_is_open_ends_and_nothing_new_is_taken(started: tuple[subprocess.Popen[str], OpenAI]) -> None:
    process, client = started
    rest = list(told_to_stop(process, client, 600))
    assert rest[-1].choices[0].finish_reason in ("stop", "length")
    with pytest.raises(openai.APIError):
        client.chat.completions.create(model="thinker", messages=QUESTION, max_tokens=1)
    assert process.wait(40) == 0


def test_a_second_signal_ends_it_at_once(started: tuple[subprocess.Popen[str], OpenAI]) -> None:
    process, client = started
    with told_to_stop(process, client, 8000):
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(3) == 1


def test_what_does_not_end_in_time_is_told_how_far_it_came(tmp_path: Path) -> None:
    """The stream has a proper end, and the service does not wait twice."""
    folder = stored(speaking("<think>", *"abcdefghijkl", circles=True, context_length=8192), tmp_path / "m")
    settings = ServeSettings(port=0, drain_s=1.0)
    with served({"m": folder}, settings) as running:
        asked: Any = {"messages": QUESTION, "max_tokens": 8000, "temperature": 2.0, "seed": 1}
        chunks = running.client().chat.completions.create(model="m", stream=True, **asked)
        next(chunks)
        began = time.monotonic()
        running.service.begin_to_stop()
        running.server.should_exit = True
        rest = list(chunks)
        assert rest[-1].choices[0].finish_reason == "insufficient_system_resource"
        assert 0.5 < time.monotonic() - began < 4
