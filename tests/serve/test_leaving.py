"""Answers that would never end: a client that leaves ends them, and so does being told to answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
from openai import OpenAI

from tests.serve.served import Served, served, stored
from tests.test_llm import speaking
from thinkling.llm import THINKING_END

QUESTION: list[Any] = [{"role": "user", "content": "Hello"}]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("thinker")
    # Thinks in circles of letters, which no budget and no loop of a hundred tokens ends at once.
    thinker = speaking("<think>", *"abcdefghijkl", circles=True, context_length=4096)
    with served({"thinker": stored(thinker, folder)}) as found:
        yield found


def begin(running: Served, client: OpenAI | None = None) -> tuple[Any, Iterator[Any]]:
    client = client or running.client()
    stream = client.chat.completions.create(
        model="thinker", messages=QUESTION, temperature=0, stream=True, max_tokens=2000
    )
    return stream, iter(stream)


def test_a_client_that_leaves_a_stream_ends_its_answer(running: Served) -> None:
    stream, chunks = begin(running)
    for _ in range(3):
        next(chunks)
    assert running.service.num_open == 1
    stream.close()
    running.wait_until_idle(2)


def test_a_client_that_leaves_while_it_waits_for_the_whole_ends_its_answer(running: Served) -> None:
    with httpx2.Client(timeout=0.3) as client, pytest.raises(httpx2.ReadTimeout):
        body = {"messages": QUESTION, "max_tokens": 4000, "thinking_budget": -1, "temperature": 1.5}
        client.post(f"{running.url}/v1/chat/completions", json=body)
    running.wait_until_idle(2)


def test_skipping_leads_over_from_thinking_to_an_answer(running: Served) -> None:
    _, chunks = begin(running)
    first = next(chunks)
    for _ in range(5):
        next(chunks)
    done = running.client().post(
        "/chat/completions/control", body={"id": first.id, "action": "reasoning_end"}, cast_to=dict[str, Any]
    )
    assert done["success"]
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    reasoning = "".join(getattr(one, "reasoning_content", None) or "" for one in deltas)
    before, _, _ = reasoning.partition(THINKING_END)
    assert before != reasoning and len(before) < 96, "a loop of letters is ended by itself only later"
    running.wait_until_idle()


def test_an_answer_that_is_not_open_cannot_be_told_anything(running: Served) -> None:
    response = httpx2.post(
        f"{running.url}/v1/chat/completions/control", json={"id": "chatcmpl-0", "action": "reasoning_end"}
    )
    assert response.status_code == 404 and "chatcmpl-0" in response.json()["error"]["message"]


def test_what_is_open_is_answered_before_the_service_ends(tmp_path: Path) -> None:
    thinker = speaking("<think>", *"abcdefghijkl", circles=True, context_length=4096)
    found: list[Any] = []
    with ExitStack() as stack:
        running = stack.enter_context(served({"thinker": stored(thinker, tmp_path)}))
        # Closed after the service: its own clients are closed before.
        with OpenAI(base_url=f"{running.url}/v1", api_key="none", timeout=60) as client:
            _, chunks = begin(running, client)
            next(chunks)
            reader = threading.Thread(target=lambda: found.extend(chunks))
            reader.start()
            stack.close()
            reader.join(10)
    assert found[-1].choices[0].finish_reason in ("length", "stop")
