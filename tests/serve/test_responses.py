"""OpenAI's newer interface with its own client: items and events, what is kept, and what comes later."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.serve.served import Served, served, stored
from tests.test_llm import speaking
from thinkling import LLM
from thinkling.serve.settings import ServeSettings
from thinkling.serve.store import Store

MODEL = "thinkling"
ASKED = "What's 12 times 14?"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    thinker = speaking("<think>", *"abcdefghijkl", circles=True, context_length=4096)
    folder = stored(thinker, tmp_path_factory.mktemp("thinker"))
    with served({MODEL: None, "thinker": folder}) as found:
        yield found


@pytest.fixture(scope="module")
def alone() -> Any:
    return LLM().chat([{"role": "user", "content": ASKED}], temperature=0)


def test_a_response_has_a_reasoning_and_a_message_item(running: Served, alone: Any) -> None:
    found = running.client().responses.create(model=MODEL, input=ASKED, temperature=0)
    assert found.status == "completed" and [one.type for one in found.output] == ["reasoning", "message"]
    assert found.output[0].content[0].text == alone.reasoning and not found.output[0].summary  # type: ignore[union-attr,index]
    assert found.output_text == alone.content
    assert found.usage is not None and found.usage.output_tokens == alone.usage.completion_tokens
    assert found.usage.output_tokens_details.reasoning_tokens == alone.usage.reasoning_tokens
    told = running.client().responses.create(
        model=MODEL, input=ASKED, temperature=0, reasoning={"summary": "auto"}
    )
    assert told.output[0].summary[0].text == alone.reasoning  # type: ignore[union-attr]


def test_events_are_numbered_and_make_up_the_response(running: Served, alone: Any) -> None:
    with running.client().responses.stream(model=MODEL, input=ASKED, temperature=0) as stream:
        events = list(stream)
        found = stream.get_final_response()
    assert [one.sequence_number for one in events] == list(range(len(events)))
    kinds = [one.type for one in events]
    assert kinds[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert kinds[-1] == "response.completed" and found.output_text == alone.content
    reasoning = "".join(one.delta for one in events if one.type == "response.reasoning_text.delta")
    assert reasoning == alone.reasoning
    for begun, over in (
        ("output_item.added", "output_item.done"),
        ("content_part.added", "content_part.done"),
    ):
        assert kinds.count(f"response.{begun}") == kinds.count(f"response.{over}") == 2


def test_a_response_that_is_cut_says_so(running: Served) -> None:
    found = running.client().responses.create(model=MODEL, input=ASKED, max_output_tokens=5)
    assert found.status == "incomplete" and found.incomplete_details is not None
    assert found.incomplete_details.reason == "max_output_tokens"


def test_a_response_goes_on_from_another_as_the_whole_conversation_would(running: Served) -> None:
    client = running.client().responses
    first = client.create(model=MODEL, input=ASKED, temperature=0)
    second = client.create(
        model=MODEL, input="What's 13 plus 5?", previous_response_id=first.id, temperature=0
    )
    turns = [
        {"role": "user", "content": ASKED},
        {"role": "assistant", "content": first.output_text},
        {"role": "user", "content": "What's 13 plus 5?"},
    ]
    assert second.output_text == LLM().chat(turns, temperature=0).content
    assert second.previous_response_id == first.id
    items = client.input_items.list(second.id).data
    assert [one.content[0].text for one in items] == [turn["content"] for turn in turns]  # type: ignore[union-attr]
    whole = client.create(model=MODEL, input=turns, temperature=0)  # type: ignore[arg-type]
    assert whole.output_text == second.output_text


def test_a_response_is_kept_until_it_is_deleted_if_it_may_be(running: Served) -> None:
    client = running.client().responses
    kept = client.create(model=MODEL, input=ASKED, metadata={"a": "b"})
    assert client.retrieve(kept.id).output_text == kept.output_text
    assert client.retrieve(kept.id).metadata == {"a": "b"}
    client.delete(kept.id)
    passing = client.create(model=MODEL, input=ASKED, store=False)
    for gone in (kept.id, passing.id):
        with pytest.raises(openai.NotFoundError):
            client.retrieve(gone)


def test_a_response_in_the_background_comes_later(running: Served, alone: Any) -> None:
    client = running.client().responses
    begun = client.create(model=MODEL, input=ASKED, background=True, temperature=0)
    assert begun.status == "in_progress"
    end = time.monotonic() + 20
    while (found := client.retrieve(begun.id)).status == "in_progress" and time.monotonic() < end:
        time.sleep(0.02)
    assert found.status == "completed" and found.output_text == alone.content


def test_a_response_in_the_background_can_be_cancelled(running: Served) -> None:
    client = running.client().responses
    begun = client.create(model="thinker", input="Hello", background=True, temperature=0)
    assert client.cancel(begun.id).status == "cancelled"
    assert client.retrieve(begun.id).status == "cancelled"
    assert [one.role for one in client.input_items.list(begun.id)] == ["user"]  # type: ignore[union-attr]
    with pytest.raises(openai.BadRequestError, match="cancelled already"):
        client.cancel(begun.id)
    running.wait_until_idle()


@pytest.mark.parametrize("is_streamed", [True, False])
def test_a_response_whose_client_leaves_is_cancelled(running: Served, is_streamed: bool) -> None:
    client = running.client()
    asked: dict[str, Any] = {"model": "thinker", "input": f"streamed: {is_streamed}", "temperature": 1.5}
    if is_streamed:
        stream = client.responses.create(**asked, stream=True)
        next(stream)
        stream.close()
    else:
        with pytest.raises(openai.APITimeoutError):
            client.with_options(timeout=0.5, max_retries=0).responses.create(**asked)
    running.wait_until_idle()
    sql = "select id from responses where conversation like ?"
    (row,) = running.service.store.rows(sql, f"%{asked['input']}%")
    found = client.responses.retrieve(row["id"])
    assert found.status == "cancelled"
    assert [one.role for one in client.responses.input_items.list(found.id)] == ["user"]  # type: ignore[union-attr]


def test_what_a_crash_has_left_open_has_failed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save_response({"id": "resp_1", "created_at": 1, "status": "in_progress"}, "", [])
    store.close()
    with Store(tmp_path) as again:
        found = again.response("resp_1", "")
    assert found is not None and found[0]["status"] == "failed" and "stopped" in found[0]["error"]["message"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"previous_response_id": "resp_0"}, "resp_0"),
        ({"background": True, "stream": True}, "background"),
        ({"text": {"format": {"type": "json_schema"}}}, "text.format has no schema"),
        ({"input": []}, "input"),
        ({"max_output_tokens": 0}, "max_output_tokens"),
    ],
)
def test_what_cannot_be_meant_is_refused(running: Served, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(openai.APIStatusError, match=words) as caught:
        running.client().post("/responses", body={"model": MODEL, "input": ASKED} | wrong, cast_to=object)
    assert caught.value.status_code in (400, 404)


def test_data_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.rows("pragma user_version = 99")
    store.close()
    with (
        pytest.raises(Exception, match="newer version"),
        served({MODEL: None}, ServeSettings(port=0, data=tmp_path)),
    ):
        pass
