"""Models in a process of their own: the same answers, and nobody is left waiting when one side dies."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
import torch

from tests.serve.served import stored
from tests.test_llm import speaking
from thinkling import LLM, Message, Models
from thinkling.errors import RequestError
from thinkling.records import Reply
from thinkling.serve.answerer import _Threads
from thinkling.serve.apart import Apart
from thinkling.serve.host import ModelWorker
from thinkling.serve.worker import Ended, Question, Unavailable

pytestmark = pytest.mark.slow

TEXT = "What's 12 times 14?"


def question(text: str = TEXT, **sampling: Any) -> Question:
    return Question([Message("user", text)], {"temperature": 0.0} | sampling)


async def answered(worker: ModelWorker, asked: Question) -> Reply:
    with worker.ask(asked) as ticket:
        async for events in ticket.batches():
            for one in events:
                if isinstance(one, Ended):
                    return one.reply
    raise AssertionError("it did not end")


def with_host(folders: dict[str, Path | None], work: Any) -> Any:
    """`work` with a host and a worker of its first model; the host is stopped afterwards."""

    async def run() -> Any:
        host = Apart(Models(folders))
        try:
            worker = ModelWorker(host, next(iter(folders)), 64, lambda *_: None)
            return await asyncio.wait_for(work(host, worker), 60)
        finally:
            await host.stop()

    return asyncio.run(run())


@pytest.fixture(scope="module")
def thinker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that thinks for as long as it may."""
    llm = speaking("<think>", *"abcdefghijkl", circles=True, context_length=8192)
    return stored(llm, tmp_path_factory.mktemp("models") / "thinker")


def test_answers_are_those_of_a_model_in_this_process() -> None:
    async def work(host: Apart, worker: ModelWorker) -> list[Reply]:
        texts = [TEXT, "Hello! How are you?", "What's 2+2?"]
        found = await asyncio.gather(*(answered(worker, question(text)) for text in texts))
        assert host.loaded == ["thinkling"]
        return list(found)

    llm = LLM()
    for text, reply in zip(
        (TEXT, "Hello! How are you?", "What's 2+2?"), with_host({"thinkling": None}, work), strict=True
    ):
        alone = llm.chat([Message("user", text)], temperature=0.0)
        assert (reply.content, reply.reasoning) == (alone.content, alone.reasoning)


def test_a_question_that_cannot_be_meant_is_refused_with_its_hint() -> None:
    async def work(_: Apart, worker: ModelWorker) -> None:
        with pytest.raises(RequestError, match="context") as caught:
            await answered(worker, question("word " * 5000))
        assert caught.value.hint
        assert (await answered(worker, question())).content

    with_host({"thinkling": None}, work)


def test_a_model_that_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    async def work(_: Apart, worker: ModelWorker) -> None:
        with pytest.raises(Unavailable, match="'empty' cannot be used"):
            await answered(worker, question())

    with_host({"empty": tmp_path}, work)


def test_when_the_models_process_is_killed_all_are_told_and_the_next_is_answered(thinker: Path) -> None:
    async def work(host: Apart, worker: ModelWorker) -> None:
        long = question(max_tokens=8000, temperature=2.0, seed=1)
        tickets = [worker.ask(long) for _ in range(3)]
        async for _ in tickets[0].batches():
            break  # it has begun to speak
        first = host.pid
        os.kill(first, signal.SIGKILL)
        for ticket in tickets:
            with pytest.raises(Unavailable, match="process ended"):
                async for _ in ticket.batches():
                    pass
            ticket.close()
        assert worker.num_open == 0
        assert host.loaded == []
        assert (await answered(worker, question(max_tokens=5))).usage.completion_tokens == 5
        assert host.pid != first

    with_host({"thinker": thinker}, work)


def test_a_process_that_cannot_be_started_is_told_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(host: Apart, worker: ModelWorker) -> None:
        assert (await answered(worker, question())).content
        assert host.pid is not None
        os.kill(host.pid, signal.SIGKILL)
        while host.pid is not None:
            await asyncio.sleep(0.01)

        def fail() -> None:
            raise OSError("no memory, on purpose")

        with monkeypatch.context() as patched:
            patched.setattr(host, "_start", fail)
            for _ in range(2):
                with pytest.raises(Unavailable):
                    await answered(worker, question())
        assert worker.num_open == 0
        assert (await answered(worker, question())).content

    with_host({"thinkling": None}, work)


def test_a_process_that_talks_nonsense_is_replaced() -> None:
    async def work(host: Apart, worker: ModelWorker) -> None:
        ticket = worker.ask(question())
        host._hear = lambda heard: {}[heard]  # type: ignore[method-assign,index]
        with pytest.raises(Unavailable):
            async for _ in ticket.batches():
                pass
        ticket.close()
        del host._hear
        assert not host._unsent
        assert (await answered(worker, question())).content

    with_host({"thinkling": None}, work)


def test_stopping_before_anything_was_asked_ends_the_process() -> None:
    async def work(host: Apart, _: ModelWorker) -> int:
        assert host.pid is not None
        pid = host.pid
        await host.stop()
        return pid

    assert ends(with_host({"thinkling": None}, work), 5)


def test_a_client_that_leaves_ends_its_answer(thinker: Path) -> None:
    async def work(_: Apart, worker: ModelWorker) -> None:
        with worker.ask(question(max_tokens=8000, temperature=2.0, seed=1)) as ticket:
            async for _ in ticket.batches():
                break
        assert worker.num_open == 0
        # With the long one still growing this would not be alone in its batch for seconds.
        assert (await answered(worker, question(max_tokens=3))).finish_reason == "length"

    with_host({"thinker": thinker}, work)


def test_stopping_aborts_what_is_open_and_keeps_what_was_said(thinker: Path) -> None:
    async def work(host: Apart, worker: ModelWorker) -> Reply:
        ticket = worker.ask(question(max_tokens=8000, temperature=2.0, seed=1))
        async for _ in ticket.batches():
            break
        await host.stop()
        async for events in ticket.batches():
            for one in events:
                if isinstance(one, Ended):
                    return one.reply
        raise AssertionError("it did not end")

    reply = with_host({"thinker": thinker}, work)
    assert reply.finish_reason == "abort" and reply.reasoning


def test_a_busy_service_gets_a_processor_and_gives_it_back() -> None:
    most = torch.get_num_threads()
    threads = _Threads()
    threads.use(leaves_room=True)
    assert torch.get_num_threads() == max(1, most - 1)
    threads.use(leaves_room=False)
    assert torch.get_num_threads() == most


# ------------------------------------------------------------ as `thinkling serve` runs it


@pytest.fixture
def service(tmp_path: Path) -> Any:
    words = [sys.executable, "-m", "thinkling", "serve", "--port", "0", "--data", str(tmp_path)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    url = next(word for word in process.stdout.readline().split() if word.startswith("http"))
    yield process, url
    process.kill()
    process.wait(10)
    process.stdout.close()


def child_of(process: subprocess.Popen[str]) -> int:
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(found[0])


def is_running(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def ends(pid: int, limit_s: float) -> bool:
    end = time.monotonic() + limit_s
    while is_running(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not is_running(pid)


def ask(url: str) -> str:
    body = {"messages": [{"role": "user", "content": TEXT}], "temperature": 0}
    found = httpx2.post(f"{url}/v1/chat/completions", json=body, timeout=60).json()
    return str(found["choices"][0]["message"]["content"])


def test_the_models_process_ends_with_a_service_that_is_killed(service: Any) -> None:
    process, url = service
    assert "168" in ask(url)
    child = child_of(process)
    process.kill()
    process.wait(10)
    assert ends(child, 10)


def test_ctrl_c_ends_both_in_order(service: Any) -> None:
    process, url = service
    assert "168" in ask(url)
    child = child_of(process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    assert process.wait(20) == 0
    assert ends(child, 5)


def test_the_service_goes_on_when_its_models_process_is_killed(service: Any) -> None:
    process, url = service
    assert "168" in ask(url)
    os.kill(child_of(process), signal.SIGKILL)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        answer = httpx2.post(
            f"{url}/v1/chat/completions",
            json={"messages": [{"role": "user", "content": TEXT}], "temperature": 0},
            timeout=60,
        )
        if answer.status_code == 200:
            break
        assert answer.status_code == 503
    assert "168" in answer.json()["choices"][0]["message"]["content"]
