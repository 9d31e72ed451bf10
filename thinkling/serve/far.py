"""A model behind another service's URL, asked like one in memory: every interface and the page can name it.

Its questions leave this machine: for the address that was given when the service was started, and no other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import httpx2

from thinkling.errors import RequestError, ThinklingError
from thinkling.records import Message, Reply
from thinkling.remote_form import (
    STREAMED,
    GrowingReply,
    Lines,
    RemoteAway,
    RemoteError,
    chat_body,
    chunk_of,
    headers_of,
    root_of,
    thinking_fields,
    words_of,
)
from thinkling.serve.faults import packed
from thinkling.serve.worker import Busy, Command, Ended, Grown, Question, Ticket, Worker
from thinkling.text.turn import is_conversation

log = logging.getLogger("thinkling.serve")

TIMEOUT = httpx2.Timeout(600.0, connect=10.0)
MOST_REFUSAL = 2**16
OURS = frozenset({"n", "logprobs", "top_logprobs"})
"""What is said here and not handed on."""


@dataclass(frozen=True, slots=True)
class FarModel:
    """Where it is: the root of OpenAI's interface, the model's name there, and a key."""

    url: str
    model: str
    key: str | None = None

    @property
    def host(self) -> str:
        """Whose it is."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


class FarWorker(Worker):
    """Asks it, in the event loop: a task for every question."""

    def __init__(
        self, name: str, far: FarModel, most_open: int, on_reply: Callable[[str, Reply], None]
    ) -> None:
        """Raises RequestError for a URL that is none."""
        super().__init__(name, most_open, on_reply)
        self._far, self._root = far, root_of(far.url)
        # Our own bound is the queue's; and no key of ours goes to those who were given none.
        limits = httpx2.Limits(max_connections=None)
        self._client = httpx2.AsyncClient(headers=headers_of(far.key), timeout=TIMEOUT, limits=limits)
        self._tasks: dict[Ticket, asyncio.Task[None]] = {}
        self._numbers: dict[Ticket, dict[int, str]] = {}
        """What the other service calls the answers."""
        self._aborted: set[Ticket] = set()
        self._beside: set[asyncio.Future[None]] = set()

    def command(self, command: Command, ticket: Ticket) -> None:
        """Begin, end, or tell the other service to stop thinking, if it knows how."""
        if command == "ask":
            task = asyncio.ensure_future(self._answer(ticket))
            self._tasks[ticket] = task
            task.add_done_callback(lambda _: self._forget(ticket))
        elif ticket in self._tasks and command == "end thinking":
            for number in self._numbers.get(ticket, {}).values():
                task = asyncio.ensure_future(self._end_thinking(number))
                self._beside.add(task)
                task.add_done_callback(self._beside.discard)
        elif ticket in self._tasks:
            if command == "abort":
                self._aborted.add(ticket)
            self._tasks[ticket].cancel()

    async def stop(self) -> None:
        """What is open is aborted, and connections are closed."""
        for ticket in list(self._tasks):
            self.command("abort", ticket)
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._client.aclose()

    def _forget(self, ticket: Ticket) -> None:
        self._tasks.pop(ticket, None)
        self._numbers.pop(ticket, None)
        self._aborted.discard(ticket)

    async def _answer(self, ticket: Ticket) -> None:
        num = ticket.question.num_answers
        try:
            body = self._body(ticket.question)
            bodies = [packed(body | self._seed(body, index)) for index in range(num)]
        except ThinklingError as error:
            ticket.put([error])
            return
        except ValueError:  # no number that JSON knows
            ticket.put([RequestError("the request holds what is no JSON.", "leave NaN and infinity out")])
            return
        await asyncio.gather(*(self._one(ticket, index, one) for index, one in enumerate(bodies)))

    async def _one(self, ticket: Ticket, index: int, body: bytes) -> None:
        growing = GrowingReply()
        try:
            try:
                await self._ask(ticket, index, body, growing)
            except asyncio.CancelledError:
                if ticket not in self._aborted:
                    raise
            rest = growing.flush()
            ticket.put([*([Grown(index, rest, [])] if rest else []), Ended(index, growing.reply())])
        except httpx2.HTTPError as error:
            ticket.put([RemoteAway(f"{self._far.host} cannot be asked: {error!r}.", "try again later")])
        except ThinklingError as error:
            ticket.put([error])
        except Exception as error:  # the boundary: whoever waits is told
            log.exception("%s could not be asked", self._far.host)
            ticket.put([error])

    async def _ask(self, ticket: Ticket, index: int, body: bytes, growing: GrowingReply) -> None:
        """Reads the answer as it grows. Raises RemoteError, Busy, RequestError, httpx2.HTTPError."""
        headers = {"content-type": "application/json"}
        path = f"{self._root}/chat/completions"
        async with self._client.stream("POST", path, content=body, headers=headers) as response:
            if response.status_code != 200:
                raise await self._refusal(response)
            ticket.put([None])
            lines = Lines()
            async for data in response.aiter_bytes():
                for line in lines.feed(data):
                    chunk = chunk_of(line)
                    if chunk is None:
                        return
                    self._take(ticket, index, growing, chunk)
        if not growing.has_ended:
            raise RemoteAway(f"{self._far.host} broke off, or sends no stream.", "ask again")

    def _take(self, ticket: Ticket, index: int, growing: GrowingReply, chunk: dict[str, Any]) -> None:
        if isinstance(chunk.get("id"), str):
            self._numbers.setdefault(ticket, {})[index] = chunk["id"]
        pieces = growing.feed(chunk)
        if pieces:
            ticket.put([Grown(index, pieces, [])])

    async def _refusal(self, response: httpx2.Response) -> ThinklingError:
        """What its status means to a client of ours, who knows nothing of its keys, names and addresses."""
        host, status = self._far.host, response.status_code
        said = b""
        async for data in response.aiter_bytes():
            said += data
            if len(said) > MOST_REFUSAL:
                break
        log.warning("%s answers %d: %s", host, status, said[:500].decode("utf-8", "replace"))
        if status == 429:
            return Busy(f"{host} takes no more questions now.", "try again in a few seconds")
        if status in (400, 413, 422):
            return RequestError(f"{host} refuses: {words_of(said)}", "change the request")
        if status >= 500:
            return RemoteAway(f"{host} answers {status}.", "try again later")
        return RemoteError(f"{host} answers {status}.", "its address, model or key may be wrong: see the log")

    async def _end_thinking(self, number: str) -> None:
        try:  # not every service knows that
            await self._client.post(
                f"{self._root}/chat/completions/control", json={"id": number, "action": "reasoning_end"}
            )
        except Exception as error:
            log.debug("%s was not told to stop thinking: %r", self._far.host, error)

    def _body(self, question: Question) -> dict[str, Any]:
        """The question as the other service takes it. Raises RequestError for what cannot be handed on."""
        if not is_conversation(question.prompt):
            raise RequestError(f"{self.name!r} answers conversations only.", "use chat completions")
        if question.sampling.get("logprobs"):
            raise RequestError(f"{self.name!r} is elsewhere and gives no logprobs.", "leave logprobs out")
        said = {name: value for name, value in question.sampling.items() if name not in OURS}
        form = question.form
        body = chat_body(self._far.model, cast("list[Message]", question.prompt)) | STREAMED
        body |= {name: value for name, value in said.items() if value is not None}
        body |= thinking_fields(question.thinking)
        if form.schema is not None:
            named = {"name": "answer", "schema": form.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        if form.tools:
            body["tools"] = list(form.tools)
            if form.is_one_call:
                body["parallel_tool_calls"] = False
            if form.must_call:
                only = {"type": "function", "function": {"name": form.must_call[0]}}
                body["tool_choice"] = only if len(form.must_call) == 1 else "required"
        return body

    def _seed(self, body: dict[str, Any], index: int) -> dict[str, Any]:
        """Several answers to one question need a seed each."""
        return {"seed": body["seed"] + index} if index and body.get("seed") is not None else {}
