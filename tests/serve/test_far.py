"""A model of another service, named like one of our own: another of our services stands for it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import anthropic
import click
import openai
import pytest

from tests.serve.served import Served, served, stored
from tests.serve.test_tools import TOOLS
from tests.test_llm import speaking
from thinkling import Models
from thinkling.cli.serve import read_far_model
from thinkling.errors import ConfigError
from thinkling.serve.far import FarModel
from thinkling.serve.service import Service
from thinkling.serve.settings import ServeSettings

QUESTION: list[Any] = [{"role": "user", "content": "What's 12 times 14?"}]


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service elsewhere: the bundled model, one that thinks for ever, and one that says anything."""
    thinker = speaking("<think>", *"abcdefghijkl", circles=True, context_length=4096)
    wild = speaking("ab", "cd", context_length=2048)
    folders = {
        "thinkling": None,
        "thinker": stored(thinker, tmp_path_factory.mktemp("thinker")),
        "wild": stored(wild, tmp_path_factory.mktemp("wild")),
    }
    with served(folders) as found:
        yield found


@pytest.fixture(scope="module")
def running(other: Served) -> Iterator[Served]:
    far = {
        "far": FarModel(other.url, "thinkling"),
        "far-thinker": FarModel(other.url, "thinker"),
        "far-wild": FarModel(other.url, "wild"),
        "nowhere": FarModel("http://127.0.0.1:9", "x"),
        "misnamed": FarModel(other.url, "no such model"),
    }
    with served({"near": None}, ServeSettings(port=0, far_models=far)) as found:
        yield found


def test_it_is_listed_with_whose_it_is(running: Served, other: Served) -> None:
    owners = {one.id: one.owned_by for one in running.client().models.list().data}
    assert list(owners) == ["near", "far", "far-thinker", "far-wild", "nowhere", "misnamed"]
    assert owners["near"] == "thinkling" and owners["far"] == f"127.0.0.1:{other.port}"


@pytest.mark.parametrize("thinking", [{}, {"reasoning_effort": "none"}, {"extra_body": {"thinking": 20}}])
def test_it_answers_as_the_model_itself(running: Served, thinking: dict[str, Any]) -> None:
    settings: dict[str, Any] = {"messages": QUESTION, "temperature": 1.0, "seed": 3, "max_tokens": 80}
    near, far = (
        running.client().chat.completions.create(model=name, **settings, **thinking)
        for name in ("near", "far")
    )
    for one in (near, far):
        assert one.choices[0].message.reasoning_content == near.choices[0].message.reasoning_content  # type: ignore[attr-defined]
    assert far.choices[0].message.content == near.choices[0].message.content
    assert far.choices[0].finish_reason == near.choices[0].finish_reason
    assert far.usage and near.usage and far.usage.total_tokens == near.usage.total_tokens


def test_it_streams_and_several_answers_differ_by_their_seeds(running: Served) -> None:
    client = running.client().chat.completions
    settings: dict[str, Any] = {"messages": QUESTION, "temperature": 2.0, "max_tokens": 40}
    whole = client.create(model="far", n=2, seed=5, **settings)
    texts: dict[int, str] = {0: "", 1: ""}
    for chunk in client.create(model="far", n=2, seed=5, stream=True, **settings):
        for choice in chunk.choices:
            delta: Any = choice.delta
            texts[choice.index] += (getattr(delta, "reasoning_content", None) or "") + (delta.content or "")
    for index, choice in enumerate(whole.choices):
        message: Any = choice.message
        assert texts[index] == (message.reasoning_content or "") + (message.content or "")
    alone = [client.create(model="far", seed=seed, **settings).choices[0].message for seed in (5, 6)]
    assert [one.content for one in alone] == [one.message.content for one in whole.choices]


def test_other_interfaces_name_it_too(running: Served) -> None:
    with anthropic.Anthropic(base_url=running.url, api_key="none", max_retries=0) as client:
        found = client.messages.create(model="far", max_tokens=100, messages=QUESTION)
    assert found.content[-1].type == "text" and "168" in found.content[-1].text


def test_who_leaves_ends_it_over_there(running: Served, other: Served) -> None:
    client = running.client().chat.completions
    stream = client.create(model="far-thinker", messages=QUESTION, max_tokens=4000, stream=True)
    for _, chunk in zip(range(4), stream, strict=False):
        assert chunk.object == "chat.completion.chunk"
    assert other.service.num_open == 1
    stream.close()
    running.wait_until_idle(3)
    other.wait_until_idle(3)


def test_skipping_thinking_is_handed_on(running: Served) -> None:
    client = running.client()
    stream = client.chat.completions.create(
        model="far-thinker", messages=QUESTION, max_tokens=600, stream=True
    )
    thought, is_told = "", False
    for chunk in stream:
        for choice in chunk.choices:
            thought += getattr(choice.delta, "reasoning_content", None) or ""
        if len(thought) > 5 and not is_told:
            is_told = True
            client.post(
                "/chat/completions/control",
                body={"id": chunk.id, "action": "reasoning_end"},
                cast_to=object,
            )
        if "answer now" in thought:
            break
    stream.close()
    assert "answer now" in thought
    running.wait_until_idle(3)


def test_json_and_tools_are_handed_on(running: Served) -> None:
    client = running.client().chat.completions
    settings: dict[str, Any] = {"model": "far-wild", "messages": QUESTION, "temperature": 3.0}
    settings |= {"max_tokens": 300, "reasoning_effort": "none"}
    schema = {"type": "object", "properties": {"a": {"enum": [1]}}, "required": ["a"]}
    schema |= {"additionalProperties": False}
    form: Any = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    found = client.create(**settings, seed=1, response_format=form)
    assert json.loads(found.choices[0].message.content or "") == {"a": 1}
    for seed in range(20):
        called = client.create(**settings, seed=seed, tools=TOOLS, tool_choice="required").choices[0]
        if called.finish_reason == "tool_calls":
            break
    calls = called.message.tool_calls or ()
    assert {one.function.name for one in calls} <= {"add", "now"} and calls  # type: ignore[union-attr]
    results = [{"role": "tool", "tool_call_id": one.id, "content": "7"} for one in calls]
    more = [*QUESTION, called.message, *results]
    assert client.create(model="far-wild", messages=more, max_tokens=5).choices


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"model": "nowhere"}, 502, "cannot be asked"),
        ({"model": "misnamed"}, 400, "no such model"),
        ({"model": "far", "logprobs": True}, 400, "logprobs"),
        ({"model": "far", "temperature": 99, "max_tokens": 9, "stop": ["x"] * 16}, 200, ""),
    ],
)
@pytest.mark.parametrize("is_streamed", [False, True])
def test_what_goes_wrong_is_told(
    running: Served, asked: dict[str, Any], status: int, words: str, is_streamed: bool
) -> None:
    client = running.client().chat.completions
    if status == 200:
        assert client.create(messages=QUESTION, **asked)
        return
    with pytest.raises(openai.APIStatusError, match=words) as caught:
        client.create(messages=QUESTION, stream=is_streamed, **asked)
    assert caught.value.status_code == status
    running.wait_until_idle(3)


def test_a_text_cannot_be_continued_elsewhere(running: Served) -> None:
    with pytest.raises(openai.BadRequestError, match="conversations only"):
        running.client().completions.create(model="far", prompt="12*")


def test_its_key_goes_to_it_and_ours_does_not() -> None:
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.headers.get("authorization", ""))
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.end_headers()
            chunk = {"choices": [{"index": 0, "delta": {"content": "hi"}, "finish_reason": "stop"}]}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    far = {"far": FarModel(f"http://127.0.0.1:{server.server_port}", "x", "secret of theirs")}
    with served({"near": None}, ServeSettings(port=0, far_models=far)) as running:
        found = running.client("secret of ours").chat.completions.create(model="far", messages=QUESTION)
    server.shutdown()
    server.server_close()
    assert found.choices[0].message.content == "hi" and seen == ["Bearer secret of theirs"]


def test_two_models_of_one_name_are_refused(tmp_path: Path) -> None:
    settings = ServeSettings(data=tmp_path, far_models={"a": FarModel("http://x", "a")})
    with pytest.raises(ConfigError, match="'a'"):
        Service(Models({"a": None}), settings)


def test_an_option_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THINKLING_KEY_DEEP_R1", "k")
    assert read_far_model("deep-r1=https://h/v1#m") == ("deep-r1", FarModel("https://h/v1", "m", "k"))
    assert read_far_model("m=http://h:1") == ("m", FarModel("http://h:1", "m", None))
    assert FarModel("https://user@h:1/v1", "m").host == "h:1"
    for wrong in ("m", "m=ftp://h", "=http://h"):
        with pytest.raises(click.BadParameter):
            read_far_model(wrong)
