"""Files and batches with OpenAI's client: every line is answered once, whatever happens in between."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.serve.served import Served, served
from thinkling import LLM, Models
from thinkling.serve import app as app_module
from thinkling.serve import running as running_module
from thinkling.serve.running import BatchRunner, is_within
from thinkling.serve.service import BATCHES, Service
from thinkling.serve.settings import ServeSettings
from thinkling.serve.store import Store, StoreFull
from thinkling.serve.worker import Question

MODEL = "thinkling"
ENDPOINT: Any = "/v1/chat/completions"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served({MODEL: None}, ServeSettings(port=0, data=tmp_path_factory.mktemp("data"))) as found:
        yield found


def line(number: int, **changed: Any) -> dict[str, Any]:
    asked = [{"role": "user", "content": f"What's {number % 80 + 11} plus 5?"}]
    body = {"model": MODEL, "messages": asked, "seed": number, "temperature": 1.0, "max_tokens": 40}
    return {"custom_id": f"line {number}", "method": "POST", "url": ENDPOINT, "body": body} | changed


def jsonl(lines: list[Any]) -> bytes:
    return "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in lines).encode()


def begin(client: OpenAI, lines: list[Any], **options: Any) -> Any:
    file = client.files.create(file=("in.jsonl", jsonl(lines)), purpose="batch")
    return client.batches.create(input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h", **options)


def wait(client: OpenAI, number: str, limit_s: float = 60) -> Any:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        batch = client.batches.retrieve(number)
        if batch.status in ("completed", "failed", "expired", "cancelled"):
            return batch
        time.sleep(0.05)
    raise AssertionError(f"the batch is {batch.status} after {limit_s} s")


def results(client: OpenAI, number: str | None) -> list[dict[str, Any]]:
    assert number is not None
    return [json.loads(one) for one in client.files.content(number).text.splitlines()]


def test_a_file_is_kept_listed_read_and_forgotten(running: Served) -> None:
    client = running.client()
    file = client.files.create(file=("../../in.jsonl", b"some bytes\n"), purpose="batch")
    assert (file.filename, file.bytes, file.purpose, file.status) == ("in.jsonl", 11, "batch", "processed")
    assert client.files.content(file.id).read() == b"some bytes\n"
    assert client.files.retrieve(file.id).id in [one.id for one in client.files.list()]
    assert client.files.delete(file.id).deleted
    for gone in (client.files.retrieve, client.files.content, client.files.delete):
        with pytest.raises(openai.NotFoundError):
            gone(file.id)


def test_a_batch_answers_each_line_as_it_is_answered_alone(running: Served) -> None:
    client, lines = running.client(), [line(number) for number in range(20)]
    begun = begin(client, lines, metadata={"for": "a test"})
    assert begun.status == "validating" and begun.metadata == {"for": "a test"}
    done = wait(client, begun.id)
    assert done.status == "completed" and done.error_file_id is None
    assert (done.request_counts.total, done.request_counts.completed, done.request_counts.failed) == (
        20,
        20,
        0,
    )
    assert done.created_at <= done.in_progress_at <= done.finalizing_at <= done.completed_at
    found = {one["custom_id"]: one for one in results(client, done.output_file_id)}
    assert len(found) == 20
    llm = LLM()
    for one in lines:
        body = one["body"]
        alone = llm.chat(body["messages"], seed=body["seed"], temperature=1.0, max_tokens=40)
        response = found[one["custom_id"]]["response"]
        assert response["status_code"] == 200
        message = response["body"]["choices"][0]["message"]
        assert (message["reasoning_content"], message["content"]) == (alone.reasoning, alone.content)


def test_lines_that_cannot_be_answered_go_to_the_error_file(running: Served) -> None:
    client = running.client()
    long = line(1)
    long["body"] = long["body"] | {"messages": [{"role": "user", "content": "ten " * 2000}]}
    done = wait(client, begin(client, [line(0), long, line(2)]).id)
    assert done.status == "completed" and done.request_counts.failed == 1
    assert len(results(client, done.output_file_id)) == 2
    (error,) = results(client, done.error_file_id)
    assert error["custom_id"] == "line 1" and error["response"]["status_code"] == 400
    assert "context" in error["response"]["body"]["error"]["message"]


@pytest.mark.parametrize(
    ("lines", "code", "number"),
    [
        ([], "empty_file", None),
        (["{"], "invalid_json_line", 1),
        (["[1]"], "invalid_json_line", 1),
        (["[" * 100_000], "invalid_json_line", 1),
        ([line(0), line(0)], "duplicate_custom_id", 2),
        ([line(0), "", line(0)], "duplicate_custom_id", 3),
        ([line(0, custom_id="")], "missing_required_parameter", 1),
        ([line(0, method="GET")], "invalid_method", 1),
        ([line(0, url="/v1/embeddings")], "mismatched_url", 1),
        ([line(0), line(1, body={"messages": []})], "invalid_request", 2),
        ([line(0, body=line(0)["body"] | {"stream": True})], "invalid_request", 1),
        ([line(0, body=line(0)["body"] | {"model": "other"})], "model_not_found", 1),
    ],
)
def test_a_file_that_is_no_batch_fails_and_says_where(
    running: Served, lines: list[Any], code: str, number: int | None
) -> None:
    client = running.client()
    done = wait(client, begin(client, lines).id)
    assert done.status == "failed" and done.request_counts.total == 0
    assert [(one.code, one.line) for one in done.errors.data] == [(code, number)]


def test_a_cancelled_batch_keeps_what_was_answered(running: Served) -> None:
    client = running.client()
    begun = begin(client, [line(number) for number in range(400)])
    while not (counts := client.batches.retrieve(begun.id).request_counts).completed:
        time.sleep(0.02)
    assert client.batches.cancel(begun.id).status == "cancelling"
    done = wait(client, begun.id)
    assert done.status == "cancelled" and counts.completed <= done.request_counts.completed < 400
    assert len(results(client, done.output_file_id)) == done.request_counts.completed
    with pytest.raises(openai.BadRequestError, match="cancelled already"):
        client.batches.cancel(begun.id)
    running.wait_until_idle()


def test_a_batch_whose_time_is_over_keeps_what_was_answered(tmp_path: Path) -> None:
    settings = ServeSettings(port=0, data=tmp_path, batch_hours=(0, 0))
    with served({MODEL: None}, settings) as running:
        client = running.client()
        begun = begin(client, [line(number) for number in range(300)])
        store = running.service.store
        while not client.batches.retrieve(begun.id).request_counts.completed:
            time.sleep(0.02)
        batch = store.batch(begun.id)
        assert batch is not None and store.save_batch(batch | {"expires_at": 1}, "in_progress")
        done = wait(client, begun.id)
    assert done.status == "expired" and done.expired_at
    failed = done.request_counts.failed
    assert failed and done.request_counts.completed + failed == 300


def test_an_expired_batch_stays_expired_where_its_files_could_not_be_written_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = [True]
    write = BatchRunner._write

    def once_full(runner: BatchRunner, *given: Any) -> int:
        if full and full.pop():
            raise StoreFull
        return write(runner, *given)

    monkeypatch.setattr(BatchRunner, "_write", once_full)
    monkeypatch.setattr(running_module, "FULL_DISK_S", 0.05)
    with served({MODEL: None}, ServeSettings(port=0, data=tmp_path, batch_hours=(0, 0))) as running:
        client = running.client()
        begun = begin(client, [line(number) for number in range(300)])
        store = running.service.store
        while not client.batches.retrieve(begun.id).request_counts.completed:
            time.sleep(0.02)
        batch = store.batch(begun.id)
        assert batch is not None and store.save_batch(batch | {"expires_at": 1}, "in_progress")
        assert wait(client, begun.id).status == "expired" and not full


def test_a_batch_is_in_nobodys_way_but_not_in_its_own(tmp_path: Path) -> None:
    async def rooms() -> list[int]:
        settings = ServeSettings(data=tmp_path, drain_s=0.0)
        service = Service(Models({MODEL: None}), settings)
        runner, worker = BatchRunner(service), service.worker(MODEL)
        question = Question("1+1=", {"max_tokens": 1})
        found = [runner._room()]
        tickets = [service.ask(worker, question, name, BATCHES) for name in "ab"]  # of one line
        found.append(runner._room())
        tickets.append(service.ask(worker, question, "c", ""))
        found.append(runner._room())
        for ticket in tickets:
            ticket.close()
        await service.drain()
        return found

    assert asyncio.run(rooms()) == [16, 16, 1]


def test_batches_are_listed_page_by_page_and_only_to_their_owner(store: Store) -> None:
    for number in range(5):
        batch = {"id": f"batch_{number}", "created_at": 10 + number // 2, "status": "completed"}
        store.add_batch(batch, "me" if number else "you")
    names = [one["id"] for one in store.batches("me", None, 2)]
    names += [one["id"] for one in store.batches("me", names[-1], 10)]
    assert names == ["batch_4", "batch_3", "batch_2", "batch_1"]
    assert store.batch("batch_0", "me") is None and store.batch("batch_0", "you") is not None


def test_a_line_has_one_result(store: Store) -> None:
    batch = {"id": "batch_1", "created_at": 1, "status": "validating"}
    store.add_batch(batch, "")
    store.begin_batch(batch | {"status": "in_progress"}, [("a", "{}"), ("b", "{}")])
    assert store.finish_line("batch_1", 0, {"first": True}, is_error=False)
    assert not store.finish_line("batch_1", 0, {"first": False}, is_error=True)
    assert list(store.results("batch_1", is_error=False)) == ['{"first": true}']
    assert [row["number"] for row in store.open_lines("batch_1", 9, [])] == [1]
    assert not store.open_lines("batch_1", 9, [1])


def test_a_full_disk_loses_no_line(store: Store) -> None:
    """SQLite is told that the disk has no more pages: its own error, at a real write."""
    batch = {"id": "batch_1", "created_at": 1, "status": "validating"}
    store.add_batch(batch, "")
    store.begin_batch(batch | {"status": "in_progress"}, [("a", "{}")])
    pages = store.one("pragma page_count")
    assert pages is not None
    store.rows(f"pragma max_page_count = {pages[0]}")
    with pytest.raises(StoreFull):
        store.finish_line("batch_1", 0, {"text": "x" * 100_000}, is_error=False)
    assert [row["number"] for row in store.open_lines("batch_1", 9, [])] == [0]
    store.rows("pragma max_page_count = 100000")
    assert store.finish_line("batch_1", 0, {"text": "x" * 100_000}, is_error=False)


def test_a_disk_that_fills_under_the_service_makes_batches_wait_and_loses_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database has no more pages: lines are answered when there is room again, and others meanwhile."""
    monkeypatch.setattr(running_module, "FULL_DISK_S", 0.05)
    with served({MODEL: None}, ServeSettings(port=0, data=tmp_path)) as running:
        client, store = running.client(), running.service.store
        begun = begin(client, [line(number) for number in range(120)])
        while not client.batches.retrieve(begun.id).request_counts.completed:
            time.sleep(0.02)
        pages = store.one("pragma page_count")
        assert pages is not None
        store.rows(f"pragma max_page_count = {pages[0]}")
        asked: Any = [{"role": "user", "content": "What's 12 times 14?"}]
        with pytest.raises(openai.APIStatusError, match="room") as caught:
            for _ in range(500):  # what is left of the last page is soon used up
                client.responses.create(model=MODEL, input="x" * 400, max_output_tokens=1)
        assert caught.value.status_code == 507
        assert client.chat.completions.create(model=MODEL, messages=asked).choices[0].message.content
        unstored = client.responses.create(model=MODEL, input="Hello", store=False, max_output_tokens=9)
        assert unstored.output
        before = client.batches.retrieve(begun.id)
        assert before.status == "in_progress" and before.request_counts.completed < 120
        store.rows("pragma max_page_count = 1000000")
        done = wait(client, begun.id)
        found = results(client, done.output_file_id)
    assert done.status == "completed" and done.request_counts.completed == 120
    assert sorted(one["custom_id"] for one in found) == sorted(f"line {number}" for number in range(120))


def test_a_clock_that_is_set_back_changes_nothing_but_what_is_dated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, offset = time.time, [0.0]
    clock = lambda: real() + offset[0]  # noqa: E731
    monkeypatch.setattr(time, "time", clock)
    monkeypatch.setattr(app_module, "BatchRunner", lambda service: BatchRunner(service, clock))
    with served({MODEL: None}, ServeSettings(port=0, data=tmp_path)) as running:
        client = running.client()
        begun = begin(client, [line(number) for number in range(60)])
        while not client.batches.retrieve(begun.id).request_counts.completed:
            time.sleep(0.02)
        offset[0] = -2 * 86_400.0
        asked: Any = [{"role": "user", "content": "What's 12 times 14?"}]
        chunks = list(client.chat.completions.create(model=MODEL, messages=asked, stream=True))
        assert chunks[-1].choices[0].finish_reason == "stop" and chunks[0].created < real() - 86_400
        kept = client.responses.create(model=MODEL, input="Hello")
        assert kept.created_at < real() - 86_400 and client.responses.retrieve(kept.id).status == "completed"
        done = wait(client, begun.id)
        assert done.status == "completed" and done.request_counts.completed == 60
        assert len(results(client, done.output_file_id)) == 60
        assert [one.id for one in client.batches.list()] == [begun.id]


def test_hours_may_go_over_midnight() -> None:
    assert [hour for hour in range(24) if is_within((22, 6), hour)] == [0, 1, 2, 3, 4, 5, 22, 23]
    assert [hour for hour in range(24) if is_within((9, 12), hour)] == [9, 10, 11]
    assert all(is_within((0, 0), hour) for hour in range(24))


@contextmanager
def started(data: Path, end: signal.Signals) -> Iterator[OpenAI]:
    """`thinkling serve` in a process of its own, ended by a signal."""
    words = [sys.executable, "-m", "thinkling", "serve", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    )
    assert process.stdout is not None
    address = next(word for word in process.stdout.readline().split() if word.startswith("http"))
    try:
        with OpenAI(base_url=f"{address}/v1", api_key="none", timeout=60) as client:
            yield client
    finally:
        process.send_signal(end)
        process.wait(60)
        process.stdout.close()


@pytest.mark.slow
def test_a_batch_of_five_hundred_lines_outlives_sigkill_with_every_line_answered_once(tmp_path: Path) -> None:
    lines = [line(number) for number in range(500)]
    for one in lines:
        del one["body"]["model"]
    number, answered = "", 0
    for kill in range(4):
        with started(tmp_path, signal.SIGKILL) as client:
            number = number or begin(client, lines).id
            counts = client.batches.retrieve(number).request_counts
            assert counts.completed >= answered
            while counts.completed < 100 * kill + 20:
                time.sleep(0.02)
                counts = client.batches.retrieve(number).request_counts
            answered = counts.completed
    with started(tmp_path, signal.SIGTERM) as client:
        done = wait(client, number, 300)
        assert done.status == "completed" and done.request_counts.completed == 500
        found = [one["custom_id"] for one in results(client, done.output_file_id)]
        assert sorted(found) == sorted(one["custom_id"] for one in lines)


def test_a_file_may_be_kept_for_a_time_and_says_so(running: Served) -> None:
    client = running.client()
    sent = ("in.jsonl", jsonl([line(1)]))
    after: Any = {"anchor": "created_at", "seconds": 3600}
    file = client.files.create(file=sent, purpose="batch", expires_after=after)
    assert file.expires_at == file.created_at + 3600
    running.service.store.forget_expired(file.created_at + 3601)
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(file.id)
    for extra, words in (
        ({"expires_after": after | {"seconds": 5}}, "3600"),
        ({"expires_after": {"seconds": 3600}}, "incomplete"),
        ({"extra_body": {"colour": "red"}}, "colour"),
    ):
        with pytest.raises(openai.BadRequestError, match=words):
            client.files.create(file=sent, purpose="batch", **extra)
