"""A service that hides reasoning tells it at no interface; the page shows what there is to show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.serve.served import Served, served
from thinkling.serve.settings import ServeSettings

WORDS = "What's 12 times 14?"
CHAT: dict[str, Any] = {"messages": [{"role": "user", "content": WORDS}], "temperature": 0}
ASKED: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": CHAT | {"logprobs": True},
    "/ui/chat/completions": CHAT,
    "/v1/responses": {"input": WORDS, "temperature": 0},
    "/v1/messages": CHAT | {"max_tokens": 200},
    "/api/chat": {"model": "m", "messages": CHAT["messages"], "options": {"temperature": 0}},
}
THOUGHTS = ("reasoning_content", "reasoning", "thinking")
"""Under these names stands what was thought, and in everything of a type that holds one of them."""


def answered(running: Served, path: str, body: dict[str, Any], *, stream: bool) -> str:
    response = httpx2.post(f"{running.url}{path}", json=body | {"stream": stream}, timeout=60)
    assert response.status_code == 200, response.text
    return response.text


def objects(text: str) -> Iterator[Any]:
    """Of a whole answer, of a stream of events, or of one of lines."""
    for line in [text] if text.startswith("{") and "\n" not in text.strip() else text.splitlines():
        data = line.removeprefix("data: ").strip()
        if data.startswith("{"):
            yield json.loads(data)


def thoughts(found: Any, is_thought: bool = False) -> Iterator[str]:
    """Every text that was thought, wherever it stands in an object."""
    if isinstance(found, dict):
        is_typed = any(word in str(found.get("type", "")) for word in THOUGHTS)
        for name, inner in found.items():
            is_one = name in THOUGHTS or (is_typed and name in ("delta", "text"))
            yield from thoughts(inner, is_thought or is_one)
    elif isinstance(found, list):
        for inner in found:
            yield from thoughts(inner, is_thought)
    elif is_thought and isinstance(found, str) and found:
        yield found


@pytest.mark.parametrize("stream", [False, True])
def test_hidden_reasoning_is_told_at_no_interface(stream: bool) -> None:
    for field, is_told in (("hidden", False), ("both", True)):
        with served({"m": None}, ServeSettings(port=0, reasoning_field=field)) as running:
            for path, body in ASKED.items():
                told = list(objects(answered(running, path, body, stream=stream)))
                assert (told and stream) or "168" in json.dumps(told), path
                assert bool([*thoughts(told)]) == is_told, (path, [*thoughts(told)][:3])


@pytest.mark.parametrize("field", ["both", "reasoning", "none"])
def test_the_page_gets_its_own_names_whatever_clients_like(field: str) -> None:
    with served({"m": None}, ServeSettings(port=0, reasoning_field=field)) as running:
        (told,) = objects(answered(running, "/ui/chat/completions", CHAT, stream=False))
    message = told["choices"][0]["message"]
    assert message["reasoning_content"] and "<think>" not in message["content"]
