"""A model of another service, named like one of our own: another of our services stands for it."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import anthropic
import click
import httpx2
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
        ({"model": "misnamed"}, 502, "answers 404"),
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


class Scripted:
    """A service elsewhere that says what a test gives it, and remembers what it was asked with."""

    def __init__(self) -> None:
        self.answer: tuple[int, bytes] = (200, b"")
        self.keys: list[str | None] = []
        self.faults: list[int] = []
        """What it answers before it says that."""
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                scripted.keys.append(self.headers.get("authorization"))
                self.rfile.read(int(self.headers["content-length"]))
                status, body = (scripted.faults.pop(), b"") if scripted.faults else scripted.answer
                self.send_response(status)
                if status in (301, 302):
                    self.send_header("location", "/elsewhere")
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def says(self, *chunks: Any, end: bytes = b"data: [DONE]\n\n") -> None:
        lines = [f"data: {json.dumps(one, ensure_ascii=False)}\n\n".encode() for one in chunks]
        self.answer = (200, b"".join(lines) + end)


@pytest.fixture(scope="module")
def scripted() -> Iterator[Scripted]:
    found = Scripted()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture(scope="module")
def near(scripted: Scripted) -> Iterator[Served]:
    far = {"far": FarModel(scripted.url, "x", "theirs"), "open": FarModel(scripted.url, "x")}
    with served({"near": None}, ServeSettings(port=0, far_models=far)) as found:
        yield found


def said(delta: dict[str, Any], reason: str | None = None, **more: Any) -> dict[str, Any]:
    return {"id": "1", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]} | more


def ask_far(near: Served, model: str = "far", **more: Any) -> Any:
    return near.client("ours").chat.completions.create(model=model, messages=QUESTION, **more)


def test_its_key_goes_to_it_and_ours_go_nowhere(
    near: Served, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "of somebody else")
    scripted.says(said({"content": "hi"}, "stop"))
    assert [ask_far(near, model).choices[0].message.content for model in ("far", "open")] == ["hi", "hi"]
    assert scripted.keys[-2:] == ["Bearer theirs", None]


@pytest.mark.parametrize(
    "odd",
    [
        said({"content": 5}),
        said({"content": ["a"]}),
        said({"reasoning_content": {"a": 1}}),
        said({"tool_calls": {"a": 1}}),
        said({"tool_calls": [None, {"function": {"arguments": {"a": 1}}}]}),
        {"choices": "x"},
        {"choices": [5]},
        said({}, usage=[1]),
        {"error": {"message": "out of luck"}},
        [1],
    ],
)
@pytest.mark.parametrize("is_streamed", [False, True])
def test_odd_chunks_are_told_and_end_the_question(
    near: Served, scripted: Scripted, odd: Any, is_streamed: bool
) -> None:
    scripted.says(said({"content": "a"}), odd, said({}, "stop"))
    with pytest.raises(openai.APIError):
        list(ask_far(near, stream=is_streamed))
    near.wait_until_idle(3)


def test_numbers_of_tokens_that_are_none_count_as_none(near: Served, scripted: Scripted) -> None:
    for usage in ({"completion_tokens": "5"}, {"prompt_tokens": -1}, {"prompt_tokens": None}, None):
        scripted.says(said({"content": "hi"}, "stop"), {"choices": [], "usage": usage}, {"error": None})
        found = ask_far(near)
        assert found.choices[0].message.content == "hi" and found.usage.total_tokens == 0
    near.wait_until_idle(3)


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ((301, b""), 502, "answers 301"),
        ((200, b"<html>hello</html>"), 502, "no stream"),
        ((200, b'data: {"choices": []}\n\n'), 502, "broke off"),
        ((200, b"data: " + b"x" * 5_000_000), 502, "without end"),
        ((401, b'{"error": {"message": "key sk-secret is wrong"}}'), 502, "answers 401"),
        ((404, b"x" * 10_000_000), 502, "answers 404"),
        ((429, b"{}"), 429, "no more questions"),
        ((400, b'{"error": {"message": "top_k is unknown"}}'), 400, "top_k is unknown"),
        ((500, b""), 502, "answers 500"),
    ],
)
def test_refusals_and_what_is_no_stream_have_a_status(
    near: Served, scripted: Scripted, answer: tuple[int, bytes], status: int, words: str
) -> None:
    scripted.answer = answer
    with pytest.raises(openai.APIStatusError, match=words) as caught:
        ask_far(near)
    assert caught.value.status_code == status and "sk-secret" not in str(caught.value)
    near.wait_until_idle(3)


def test_other_ends_of_lines_stand_in_texts(near: Served, scripted: Scripted) -> None:
    scripted.says(said({"content": "a\u2028b\u0085c"}, "stop"))
    assert ask_far(near).choices[0].message.content == "a\u2028b\u0085c"


def test_calls_are_numbered_here_whatever_they_are_called_there(near: Served, scripted: Scripted) -> None:
    calls = [
        {"index": 3, "id": "x", "function": {"name": "add", "arguments": "{"}},
        {"index": 3, "function": {"arguments": "}"}},
        {"index": 7, "id": "y", "function": {"name": "now", "arguments": "{}"}},
    ]
    scripted.says(*(said({"tool_calls": [one]}) for one in calls), said({}, "tool_calls"))
    found = near.client().responses.create(model="far", input="Hello", tools=[])
    assert [one.arguments for one in found.output] == ["{}", "{}"]  # type: ignore[union-attr]
    given: Any = [
        {"type": "function_call_output", "call_id": one.call_id, "output": "7"}  # type: ignore[union-attr]
        for one in found.output
    ]
    scripted.says(said({"content": "hi"}, "stop"))
    more = near.client().responses.create(model="far", input=given, previous_response_id=found.id)
    assert more.output_text == "hi"


def test_half_a_character_and_no_numbers_are_no_fault_of_ours(near: Served, scripted: Scripted) -> None:
    scripted.says(said({"content": "hi"}, "stop"))
    half = '{"model": "far", "messages": [{"role": "user", "content": "\\ud800"}]}'
    odd = '{"model": "far", "messages": [{"role": "user", "content": "x"}], "logit_bias": {"1": NaN}}'
    for body, statuses in ((half, (200,)), (odd, (200, 400))):
        sent = httpx2.post(
            f"{near.url}/v1/chat/completions",
            content=body.encode(),
            headers={"content-type": "application/json"},
        )
        assert sent.status_code in statuses, sent.text
    near.wait_until_idle(3)


@pytest.mark.parametrize(("num_faults", "status", "asked"), [(2, 200, 3), (99, 502, 4)])
def test_a_line_of_a_batch_waits_for_a_model_that_is_away_but_not_for_ever(
    near: Served,
    scripted: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    num_faults: int,
    status: int,
    asked: int,
) -> None:
    monkeypatch.setattr("thinkling.serve.lines.AWAY_S", (0.01, 0.01, 0.01))
    scripted.says(said({"content": "hi"}, "stop"))
    scripted.faults = [503] * num_faults
    before = len(scripted.keys)
    body = {"model": "far", "messages": QUESTION}
    one = {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": body}
    client = near.client()
    file = client.files.create(file=("in.jsonl", json.dumps(one).encode()), purpose="batch")
    batch = client.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
    )
    for _ in range(200):
        batch = client.batches.retrieve(batch.id)
        if batch.status == "completed":
            break
        time.sleep(0.05)
    scripted.faults = []
    result = client.files.content(batch.output_file_id or batch.error_file_id or "").json()
    assert result["response"]["status_code"] == status and len(scripted.keys) - before == asked


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
