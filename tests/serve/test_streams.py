"""A stream of chunks as ASGI: what is sent, what is said in silence, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from thinkling.errors import RequestError
from thinkling.serve import sse
from thinkling.serve.service import ChunkStream

Batches = AsyncIterator[list[sse.Chunk]]


class Closed:
    """What a stream closes at its end."""

    is_closed = False

    def close(self) -> None:
        self.is_closed = True


class Line:
    """A connection whose client stays until it is told to leave."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.left = asyncio.Event()

    async def receive(self) -> dict[str, str]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def text(self) -> str:
        return b"".join(one.get("body", b"") for one in self.sent).decode()


def streamed(batches: Callable[[Line], Batches], every_s: float = 60.0, wire: sse.Wire = sse.OPENAI) -> Any:
    """The line and what was closed, after the stream has ended."""

    async def run() -> tuple[Line, Closed]:
        line, closed = Line(), Closed()
        stream = ChunkStream(batches(line), [closed], every_s, wire)
        await asyncio.wait_for(stream({"type": "http"}, line.receive, line.send), 10)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.sleep(0)
        assert all(one.done() for one in others), "a task outlives its stream"
        return line, closed

    return asyncio.run(run())


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.005)


def test_chunks_of_one_time_are_one_message_and_the_last_one_ends_it() -> None:
    async def batches(_: Line) -> Batches:
        yield [{"a": 1}, {"a": 2}]
        yield [{"a": 3}]

    line, closed = streamed(batches)
    assert [one["type"] for one in line.sent] == ["http.response.start"] + ["http.response.body"] * 3
    assert line.sent[1]["body"] == b'data: {"a":1}\n\ndata: {"a":2}\n\n'
    assert line.sent[-1] == {"type": "http.response.body", "body": b"data: [DONE]\n\n", "more_body": False}
    assert (b"content-type", b"text/event-stream; charset=utf-8") in line.sent[0]["headers"]
    assert closed.is_closed


def test_silence_is_broken_before_the_first_chunk_and_while_nothing_is_shown() -> None:
    async def batches(line: Line) -> Batches:
        await until(lambda: line.text.count("keep-alive") >= 2)  # queued
        while line.text.count("keep-alive") < 5:  # thinks, and that is hidden
            yield []
            await asyncio.sleep(0.001)
        yield [{"a": 1}]

    line, _ = streamed(batches, every_s=0.01)
    assert line.text.endswith(': keep-alive\n\ndata: {"a":1}\n\ndata: [DONE]\n\n')
    assert b"" not in [one["body"] for one in line.sent[1:]]


def test_where_an_interface_knows_no_comments_nothing_is_said() -> None:
    async def batches(_: Line) -> Batches:
        await asyncio.sleep(0.05)
        yield [{"a": 1}]

    line, _ = streamed(batches, every_s=0.001, wire=sse.OLLAMA)
    assert line.text == '{"a":1}\n'


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RequestError("it is wrong.", "mend it"), "it is wrong. Hint: mend it"),
        (OSError("x"), "inside thinkling"),
    ],
)
def test_what_goes_wrong_is_the_last_chunk_and_there_is_no_proper_end(error: Exception, words: str) -> None:
    async def batches(_: Line) -> Batches:
        yield [{"a": 1}]
        raise error

    line, closed = streamed(batches)
    assert words in line.text and "DONE" not in line.text and closed.is_closed
    assert line.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


@pytest.mark.parametrize("num_before", [0, 2])
def test_a_client_that_leaves_ends_it_at_once(num_before: int) -> None:
    ended = []

    async def batches(line: Line) -> Batches:
        try:
            for number in range(num_before):
                yield [{"a": number}]
            line.left.set()
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    line, closed = streamed(batches)
    assert ended and closed.is_closed and line.text.count("data:") == num_before


def test_being_cancelled_from_outside_is_passed_on() -> None:
    async def run() -> Closed:
        line, closed = Line(), Closed()

        async def batches() -> Batches:
            yield [{"a": 1}]
            await asyncio.sleep(60)

        async def ask() -> None:
            await ChunkStream(batches(), [closed], 60.0, sse.OPENAI)(
                {"type": "http"}, line.receive, line.send
            )

        task: asyncio.Task[None] = asyncio.create_task(ask())
        await until(lambda: "data" in line.text)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return closed

    assert asyncio.run(run()).is_closed
