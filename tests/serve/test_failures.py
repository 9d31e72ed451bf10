"""What breaks is told to those whom it concerns, and to nobody else; afterwards everything goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from tests.serve.served import Served, served
from tests.serve.test_batches import begin, line, wait
from thinkling.cli.serve import read_hours, read_keys, settings_of
from thinkling.errors import ConfigError
from thinkling.serve import running as running_module
from thinkling.serve.run import listen
from thinkling.serve.settings import ServeSettings
from thinkling.serve.store import Store, StoreFull

MODEL = "thinkling"
QUESTION: list[Any] = [{"role": "user", "content": "What's 12 times 14?"}]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    broken = tmp_path_factory.mktemp("broken")
    with served({MODEL: None, "broken": broken}) as found:
        yield found


def answered(running: Served, **options: Any) -> str:
    found = running.client().chat.completions.create(model=MODEL, messages=QUESTION, temperature=0, **options)
    return found.choices[0].message.content or ""


def break_a_step(running: Served, number: int) -> Any:
    """The model's pass number `number` from now fails, once."""
    answered(running, max_tokens=3)  # after an answer that was cut nothing is read ahead
    llm = running.service.host.models._places[MODEL].llm
    assert llm is not None
    passes = count()

    def fail(*_: object) -> None:
        if next(passes) == number:
            raise MemoryError("no memory, on purpose")

    return llm, llm.model.blocks[0].register_forward_pre_hook(fail)


@pytest.mark.parametrize("step", [0, 3])
@pytest.mark.parametrize("stream", [False, True])
def test_a_step_that_fails_is_told_and_leaves_nothing_behind(
    running: Served, step: int, stream: bool
) -> None:
    llm, hook = break_a_step(running, step)
    try:
        with pytest.raises(openai.APIError, match="inside thinkling"):
            found = running.client().chat.completions.create(model=MODEL, messages=QUESTION, stream=stream)
            list(found)
    finally:
        hook.remove()
    running.wait_until_idle()
    assert "168" in answered(running)
    end = time.monotonic() + 5
    while not llm.is_idle and time.monotonic() < end:  # the answer is read ahead for a moment
        time.sleep(0.01)
    assert llm.is_idle and not llm._inboxes


def test_a_step_that_fails_in_the_background_is_kept_as_failed(running: Served) -> None:
    _, hook = break_a_step(running, 3)
    client = running.client().responses
    try:
        begun = client.create(model=MODEL, input="Hello", background=True)
        running.wait_until_idle()
    finally:
        hook.remove()
    found = client.retrieve(begun.id)
    assert found.status == "failed" and found.error is not None and "thinkling" in found.error.message
    with pytest.raises(openai.BadRequestError, match="failed"):
        client.create(model=MODEL, input="Go on", previous_response_id=begun.id)


def test_a_model_that_cannot_be_loaded_is_said_to_be_so_every_time(running: Served) -> None:
    for _ in range(2):
        with pytest.raises(openai.InternalServerError, match="cannot be used now") as caught:
            running.client().chat.completions.create(model="broken", messages=QUESTION)
        assert caught.value.status_code == 503
    assert "168" in answered(running)


def test_an_answer_can_be_sent_back_as_it_came(running: Served) -> None:
    client = running.client()
    first = client.chat.completions.create(model=MODEL, messages=QUESTION)
    more: list[Any] = [*QUESTION, first.choices[0].message, {"role": "user", "content": "What's 2+2?"}]
    assert client.chat.completions.create(model=MODEL, messages=more).choices
    response = client.responses.create(model=MODEL, input=QUESTION)
    items: list[Any] = [*QUESTION, *response.output, {"role": "user", "content": "What's 2+2?"}]
    assert client.responses.create(model=MODEL, input=items).output_text


def test_what_is_not_allowed_has_a_log_probability_that_json_can_say(running: Served) -> None:
    schema = {
        "type": "object",
        "properties": {"x": {"enum": [1]}},
        "required": ["x"],
        "additionalProperties": False,
    }
    form: Any = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    found = running.client().chat.completions.create(
        model=MODEL,
        messages=QUESTION,
        response_format=form,
        logprobs=True,
        top_logprobs=5,
        reasoning_effort="high",
    )
    told = found.choices[0].logprobs
    assert (
        told is not None and told.content and json.loads(found.choices[0].message.content or "") == {"x": 1}
    )
    assert all(top.logprob >= -9999 for one in told.content for top in one.top_logprobs)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"logit_bias": {"abc": 1}}, "logit_bias"),
        ({"stop": ["x" * 501]}, "stop"),
        ({"messages": [{"role": "user", "content": [0] * 5000}]}, "messages"),
        ({"messages": [{"role": "user", "content": "x" * 3_000_000}]}, "characters"),
        ({"metadata": {"a": 1}}, "metadata"),
    ],
)
def test_no_body_is_a_fault_of_ours(running: Served, body: dict[str, Any], words: str) -> None:
    response = httpx2.post(f"{running.url}/v1/chat/completions", json={"messages": QUESTION} | body)
    assert response.status_code == 400 and words in response.json()["error"]["message"]


def test_half_of_a_character_is_no_fault_of_ours(running: Served) -> None:
    content = b'{"input": "Hello", "metadata": {"a": "\\ud83d"}}'
    response = httpx2.post(
        f"{running.url}/v1/responses", content=content, headers={"content-type": "application/json"}
    )
    assert response.status_code < 500


@pytest.mark.parametrize("headers", [{"host": "["}, {"host": "localhost", "origin": "http://["}])
def test_headers_that_cannot_be_read_are_refused(running: Served, headers: dict[str, str]) -> None:
    assert httpx2.post(f"{running.url}/v1/chat/completions", json={}, headers=headers).status_code == 403


def test_a_page_of_an_allowed_origin_may_ask() -> None:
    origin = "https://page.example"
    with served({MODEL: None}, ServeSettings(port=0, allowed_origins=(origin,))) as running:
        asked = {"origin": origin, "access-control-request-method": "POST"}
        url = f"{running.url}/v1/chat/completions"
        assert httpx2.options(url, headers=asked).headers["access-control-allow-origin"] == origin
        done = httpx2.post(url, json={"messages": QUESTION}, headers={"origin": origin})
        assert done.status_code == 200 and done.headers["access-control-allow-origin"] == origin
        assert httpx2.options(url, headers=asked | {"origin": "https://other.example"}).status_code >= 400


@pytest.mark.parametrize(
    "bad",
    [
        line(0) | {"url": []},
        line(0) | {"custom_id": "\ud83d"},
        line(0, body=line(0)["body"] | {"logit_bias": {"abc": 1}}),
    ],
)
def test_a_bad_batch_does_not_stop_the_next_one(running: Served, bad: dict[str, Any]) -> None:
    client = running.client()
    first, second = begin(client, [bad]), begin(client, [line(1)])
    assert wait(client, second.id).status == "completed"
    assert wait(client, first.id).status == "failed"


def test_a_line_that_breaks_a_step_fails_alone(running: Served) -> None:
    _, hook = break_a_step(running, 3)
    client = running.client()
    done = wait(client, begin(client, [line(number) for number in range(3)]).id)
    hook.remove()
    assert done.status == "completed" and done.request_counts.failed >= 1
    again = wait(client, begin(client, [line(number) for number in range(3)]).id)
    assert again.request_counts.completed == 3 and again.usage.output_tokens > 0


def test_a_batch_waits_while_the_queue_is_full() -> None:
    with served({MODEL: None}, ServeSettings(port=0, most_open=2, batch_width=16)) as running:
        done = wait(running.client(), begin(running.client(), [line(number) for number in range(12)]).id)
        assert done.request_counts.completed == 12


def test_one_service_has_a_data_folder_for_itself(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    with pytest.raises(ConfigError, match="another service"):
        Store(tmp_path / "data")
    store.close()
    Store(tmp_path / "data").close()
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    assert (tmp_path / "data" / "thinkling.db").stat().st_mode & 0o077 == 0


def test_keys_that_are_asked_for_have_to_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THINKLING_API_KEYS", raising=False)
    file = tmp_path / "keys"
    file.write_text("# mine\nab#cd\n\n two \n")
    assert read_keys(file) == ["ab#cd", "two"] and read_keys(None) == []
    file.write_text("# nothing\n")
    with pytest.raises(ConfigError, match="there is none"):
        read_keys(file)
    monkeypatch.setenv("THINKLING_API_KEYS", "one, three")
    assert read_keys(None) == ["one", "three"]
    monkeypatch.setenv("THINKLING_API_KEYS", " ")
    with pytest.raises(ConfigError, match="there is none"):
        read_keys(None)
    assert read_hours("22-6") == (22, 6) and read_hours(None) is None and read_hours("0-24") == (0, 0)


def test_an_example_that_fails_is_told_where_the_service_was_started(tmp_path: Path) -> None:
    """Whoever starts it from a script reads the exit code."""
    words = [sys.executable, "-m", "thinkling", "serve", "--port", "0", "--example"]
    broken = tmp_path / "broken"
    broken.mkdir()
    done = subprocess.run([*words, "--model", str(broken)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "Traceback" not in done.stderr and "Error: " in done.stderr


def test_an_example_has_the_key_that_is_asked_for(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "thinkling", "serve", "--port", "0", "--example"]
    keys = os.environ | {"THINKLING_API_KEYS": "one,two"}
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, env=keys)
    assert done.returncode == 0 and "168" in done.stdout


def test_batches_go_on_after_whatever_stopped_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running_module, "FULL_DISK_S", 0.05)
    with served({MODEL: None}) as running:
        store, faults = running.service.store, count()
        forget = store.forget_expired

        def fail(now: float) -> None:
            number = next(faults)
            if number < 4:
                raise StoreFull() if number % 2 else OSError("on purpose")
            forget(now)

        monkeypatch.setattr(store, "forget_expired", fail)
        running.service.wake_batches()
        done = wait(running.client(), begin(running.client(), [line(1)]).id)
        assert done.request_counts.completed == 1 and next(faults) > 4


def test_two_models_elsewhere_have_two_names() -> None:
    options = {"host": "127.0.0.1", "port": 0, "reasoning_field": "both", "queue": 1, "keys": None}
    options |= {"allow_host": (), "allow_origin": (), "data": Path("d"), "batch_hours": None}
    with pytest.raises(ConfigError, match="two --remote are called 'r1'"):
        settings_of(options | {"remotes": ("r1=http://a", "r1=http://b")})


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
def test_an_address_that_is_none_of_ours_is_said_to_be_so(host: str) -> None:
    with pytest.raises(ConfigError) as caught:
        listen(ServeSettings(host=host, port=0, key_hashes=frozenset({"a"})))
    assert "another --host" in caught.value.hint
