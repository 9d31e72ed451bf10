"""The door on a URL says what the door on a folder says, and explains what goes wrong on the way."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.serve.served import Served, served
from thinkling import LLM, Message, Remote, SamplingParams
from thinkling.errors import RequestError
from thinkling.records import Generate, Reply
from thinkling.remote import RemoteModels
from thinkling.remote_form import RemoteError
from thinkling.serve.settings import ServeSettings
from thinkling.text.thinking import text_of

QUESTION = [{"role": "user", "content": "What's 12 times 14?"}]


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    with served({"thinkling": None, "twin": None}) as found:
        yield found


@pytest.fixture(scope="module")
def remote(running: Served) -> Iterator[Remote]:
    with Remote(running.url) as found:
        yield found


@pytest.mark.parametrize("thinking", ["auto", "on", "off", 5])
def test_a_chat_over_a_url_is_the_chat_of_the_model(remote: Remote, thinking: Any) -> None:
    settings: dict[str, Any] = {"temperature": 1.2, "seed": 7, "max_tokens": 60, "thinking": thinking}
    alone, far = LLM().chat(QUESTION, **settings), remote.chat(QUESTION, **settings)
    assert (far.reasoning, far.content, far.finish_reason) == (
        alone.reasoning,
        alone.content,
        alone.finish_reason,
    )
    assert far.usage.completion_tokens == alone.usage.completion_tokens
    assert far.usage.reasoning_tokens == alone.usage.reasoning_tokens
    pieces = list(remote.stream(QUESTION, **settings))
    assert text_of(pieces, "reasoning") == alone.reasoning and text_of(pieces, "content") == alone.content


def test_completions_over_a_url_are_those_of_the_model(remote: Remote) -> None:
    assert isinstance(remote, Generate)
    params = SamplingParams(n=2, temperature=0, max_tokens=9)
    prompts: list[Any] = ["12*10=", "Hello"]
    assert [one.text for one in remote.generate(prompts, params)] == [
        one.text for one in LLM().generate(prompts, params)
    ]
    asked = [[Message("user", "What's 12 times 14?")]]
    (found,) = remote.generate(asked, SamplingParams(temperature=0, max_tokens=100))
    assert found.text.startswith("<think>\n12*10=120") and "168" in found.text


@pytest.mark.parametrize("field", ["both", "reasoning_content", "reasoning", "none", "hidden"])
def test_thinking_is_found_wherever_a_service_puts_it(field: str) -> None:
    alone = LLM().chat(QUESTION, temperature=0)
    with (
        served({"m": None}, ServeSettings(port=0, reasoning_field=field)) as running,
        Remote(running.url) as remote,
    ):
        reply = remote.chat(QUESTION, temperature=0)
    assert reply.content == alone.content
    assert reply.reasoning == ("" if field == "hidden" else alone.reasoning)


def test_as_many_settings_as_prompts_are_asked_for(remote: Remote) -> None:
    with pytest.raises(RequestError, match="2 prompts and 1 settings"):
        remote.generate(["a", "b"], [SamplingParams(max_tokens=1)])
    with pytest.raises(RequestError, match="one text"):
        remote.generate("a", SamplingParams(max_tokens=1))


def test_models_are_named_and_chosen(running: Served) -> None:
    models = RemoteModels(running.url)
    assert list(models.folders) == ["thinkling", "twin"]
    with models.use("twin") as twin:
        assert twin.model == "twin" and "168" in twin.chat(QUESTION, temperature=0).content
    with pytest.raises(RequestError, match="no model 'other'"), models.use("other"):
        pass
    models.close()


def test_what_a_service_refuses_is_explained(running: Served) -> None:
    with Remote(running.url, "other") as remote, pytest.raises(RequestError, match="no model 'other'"):
        remote.chat(QUESTION)
    with Remote(running.url) as remote, pytest.raises(RequestError, match="context"):
        remote.chat([{"role": "user", "content": "ten " * 2000}])
    with pytest.raises(RequestError, match="is no URL"):
        Remote("localhost:8000")


def test_a_service_that_is_not_there_is_said_to_be_so() -> None:
    with (
        Remote("http://127.0.0.1:9", num_retries=0) as remote,
        pytest.raises(RemoteError, match="cannot be reached"),
    ):
        remote.chat(QUESTION)


@contextmanager
def scripted(*answers: tuple[int, bytes]) -> Iterator[tuple[str, list[str]]]:
    """A service that gives these answers in turn, the last one again and again."""
    asked: list[str] = []

    class Script(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            status, body = answers[min(len(asked), len(answers) - 1)]
            asked.append(self.path)
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.send_header("retry-after", "0")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Script)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_each_thread_gets_its_own_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted((200, SAID)) as (url, _), Remote(url, "m") as remote:
        other = Reply("", "", "abort")
        # As if another thread's stream ended right after every one of this thread's.
        monkeypatch.setattr(Remote, "last_reply", property(lambda _: other, lambda *_: None), raising=False)
        assert remote.chat(QUESTION).content == "Hi"


def events(*chunks: Any) -> bytes:
    return "".join(f"data: {json.dumps(one)}\n\n" for one in chunks).encode()


SAID = events({"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]}) + b"data: [DONE]\n\n"


def test_what_fails_for_a_moment_is_asked_again() -> None:
    with scripted((503, b"{}"), (429, b"{}"), (200, SAID)) as (url, asked), Remote(url, "m") as remote:
        assert remote.chat(QUESTION).content == "Hi"
    assert len(asked) == 3
    with (
        scripted((503, b'{"error": {"message": "full"}}')) as (url, asked),
        Remote(url, "m", num_retries=2) as remote,
        pytest.raises(RemoteError, match="503: full"),
    ):
        remote.chat(QUESTION)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, b"data: {\n\n", "JSON"),
        (200, b"data: [1]\n\n", "JSON"),
        (200, events({"error": {"message": "out of memory"}}), "out of memory"),
        (401, b'{"error": {"message": "no key"}}', "no key"),
        (418, b"<html>", "refuses"),
        (200, b"data: " + b"x" * 5_000_000, "without end"),
    ],
)
def test_what_is_no_answer_is_said_to_be_none(status: int, body: bytes, words: str) -> None:
    refused = pytest.raises((RemoteError, RequestError), match=words)
    with scripted((status, body)) as (url, _), Remote(url, "m") as remote, refused:
        remote.chat(QUESTION)


def test_a_key_of_openai_goes_to_openai_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THINKLING_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "theirs")

    def sent(url: str, key: str | None = None) -> str | None:
        with Remote(url, key=key) as remote:
            return remote._client.headers.get("authorization")

    for url in ("http://lab-box:8000", "https://api.openai.com.evil.example", "http://api.openai.com"):
        assert sent(url) is None
    assert sent("https://api.openai.com/v1") == sent("https://api.openai.com") == "Bearer theirs"
    monkeypatch.setenv("THINKLING_API_KEY", "ours")
    assert sent("http://lab-box:8000") == "Bearer ours"
    assert sent("http://lab-box:8000", "given") == "Bearer given"


def choices(*texts: str) -> tuple[int, bytes]:
    found = [{"index": place, "text": text, "finish_reason": "stop"} for place, text in enumerate(texts)]
    return 200, json.dumps({"choices": found[::-1]}).encode()


def test_a_service_that_gives_fewer_answers_than_it_was_asked_for_is_asked_again() -> None:
    """Ollama knows no n: what came first must not be taken for answers to the next prompt."""
    params = SamplingParams(n=3, seed=4)
    with scripted(choices("a"), choices("b", "c", "d")) as (url, asked), Remote(url, "m") as remote:
        found = remote.generate(["Hello"], params)
    assert [(one.text, one.index) for one in found] == [("a", 0), ("b", 1), ("c", 2)] and len(asked) == 2


def test_a_reply_that_breaks_off_is_no_reply() -> None:
    half = events({"choices": [{"index": 0, "delta": {"content": "Hi"}}]}).replace(b"data: [DONE]\n\n", b"")
    for answer in ((200, half), (200, b"<html>welcome</html>"), (301, b"")):
        with scripted(answer) as (url, _), Remote(url, "m") as remote, pytest.raises(RemoteError):
            remote.chat(QUESTION)


@pytest.mark.parametrize(
    "body",
    [b'{"choices": [{"text": 5}]}', b'{"choices": ["a"]}', b'{"choices": {"a": 1}}', b'{"choices": []}'],
)
def test_a_whole_answer_that_cannot_be_read_is_said_to_be_so(body: bytes) -> None:
    with scripted((200, body)) as (url, _), Remote(url, "m") as remote, pytest.raises(RemoteError) as caught:
        remote.generate(["Hello"], SamplingParams())
    assert caught.value.hint


def test_settings_are_sent_or_refused() -> None:
    with Remote("http://127.0.0.1:9", "m") as remote:
        assert remote._sampling(SamplingParams(logit_bias={13: -100}))["logit_bias"] == {"13": -100}
        for params in (SamplingParams(stop_ids=(3,)), SamplingParams(ignore_eos=True)):
            with pytest.raises(RequestError, match="cannot be sent"):
                remote.generate(["Hello"], params)
