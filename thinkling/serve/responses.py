"""`/v1/responses`, OpenAI's newer interface: answers that are kept, go on from one another, or come later."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from thinkling.errors import RequestError, ThinklingError
from thinkling.records import Message, Reply
from thinkling.serve import sse
from thinkling.serve.answering import PATIENCE_S, merged
from thinkling.serve.faults import Json
from thinkling.serve.files import listed, store_of
from thinkling.serve.messages import ChatMessage, in_order
from thinkling.serve.response_form import ResponseWriting
from thinkling.serve.response_request import ResponseRequest, Turns, call_of
from thinkling.serve.service import (
    ChunkStream,
    Service,
    UnknownAnswer,
    UnknownThing,
    owner_of,
    taken_up,
    unless_left,
)
from thinkling.serve.store import StoreFull
from thinkling.serve.thinking import ThinkingFields
from thinkling.serve.worker import Ended, Question, Ticket

routes = APIRouter()
log = logging.getLogger("thinkling.serve")

CANCEL_S = 10.0
"""So long the end of a response is waited for."""


@routes.post("/responses", responses=sse.documented(sse.NAMED))
async def create(body: ResponseRequest, request: Request) -> Response:
    """Answers, at once, in events, or later."""
    service: Service = request.app.state.service
    if body.background and (body.stream or not body.store):
        raise RequestError("a response in the background is stored and not streamed.", "leave out stream")
    worker = service.worker(body.model)
    turns = _earlier(body, request) + body.turns()
    said = [Message("system", body.instructions)] if body.instructions else []
    question = Question(
        [*said, *(one.message() for one in in_order([ChatMessage.model_validate(turn) for turn in turns]))],
        {"temperature": body.temperature, "top_p": body.top_p, "max_tokens": body.max_output_tokens},
        ThinkingFields(reasoning=body.reasoning).policy(),
        body.form(),
    )
    has_summary = bool(body.reasoning and body.reasoning.summary)
    writing = ResponseWriting(worker.name, body.echo(), has_summary=has_summary)
    owner = owner_of(request)
    ticket = service.ask(worker, question, writing.id, owner)
    await taken_up(ticket, PATIENCE_S if body.stream else None)
    keeping = Keeping(service, owner, turns, writing, is_stored=body.store)
    try:
        keeping.begin()
    except BaseException:
        ticket.close()
        raise
    if body.stream:
        chunks = _told(ticket, writing, keeping)
        return ChunkStream(chunks, [ticket, keeping], service.settings.keep_alive_s, sse.NAMED)
    if body.background:
        service.later(_whole(ticket, writing, keeping))
        return Json(writing.object())
    return Json(await unless_left(request, _whole(ticket, writing, keeping)))


def _earlier(body: ResponseRequest, request: Request) -> Turns:
    if body.previous_response_id is None:
        return []
    response, turns = _found(body.previous_response_id, request)
    if response["status"] not in ("completed", "incomplete"):
        raise RequestError(f"{response['id']!r} is {response['status']}.", "go on from one that is complete")
    return turns


class Keeping:
    """Where a response and the conversation that it ends are kept, if they are. Close it in the end."""

    def __init__(
        self, service: Service, owner: str, turns: Turns, writing: ResponseWriting, *, is_stored: bool
    ) -> None:
        self._store, self._owner, self._turns = service.store, owner, turns
        self._writing, self._is_stored = writing, is_stored

    def begin(self) -> None:
        """As it begins. Raises StoreFull."""
        if self._is_stored:
            self._store.save_response(self._writing.object(), self._owner, self._turns)

    def keep(self, reply: Reply | None = None) -> None:
        """As it stands, unless it was deleted. Raises StoreFull."""
        if self._is_stored:
            said = [] if reply is None else [self._answer(reply)]
            self._store.change_response(self._writing.object(), [*self._turns, *said])

    def _answer(self, reply: Reply) -> dict[str, Any]:
        calls = [
            call_of(self._writing.call_id(place), one.name, one.arguments)
            for place, one in enumerate(reply.tool_calls)
        ]
        return {"role": "assistant", "content": reply.content} | ({"tool_calls": calls} if calls else {})

    def close(self) -> None:
        """What has not ended by now has nobody who waits for it."""
        if self._writing.status == "in_progress":
            self._writing.left()
            with contextlib.suppress(StoreFull):
                self.keep()


async def _told(ticket: Ticket, writing: ResponseWriting, keeping: Keeping) -> AsyncIterator[list[sse.Chunk]]:
    """The events. What goes wrong is the last of them, and stands in the response."""
    yield list(writing.beginning())
    try:
        async for batch in ticket.batches():
            chunks = list(writing.events(merged(batch)))
            ended = next((one for one in batch if isinstance(one, Ended)), None)
            if ended is not None:
                keeping.keep(ended.reply)  # whoever reads of its end can go on from it
            yield chunks
    except Exception as error:  # the boundary: the status is sent already
        known = (
            error.message if isinstance(error, ThinklingError) else "something went wrong inside thinkling."
        )
        if not isinstance(error, ThinklingError):
            log.exception("a response failed")
        yield list(writing.failed(known))
        with contextlib.suppress(StoreFull):
            keeping.keep()


async def _whole(ticket: Ticket, writing: ResponseWriting, keeping: Keeping) -> dict[str, Any]:
    with ticket, contextlib.closing(keeping):
        async for _ in _told(ticket, writing, keeping):
            pass
    return writing.object()


@routes.get("/responses/{number}")
async def read(number: str, request: Request) -> dict[str, Any]:
    """One that was kept."""
    return _found(number, request)[0]


@routes.get("/responses/{number}/input_items")
async def input_items(number: str, request: Request) -> dict[str, Any]:
    """The conversation before it."""
    _, turns = _found(number, request)
    given = (
        turns[:-1] if turns and turns[-1]["role"] == "assistant" else turns
    )  # nobody's input ends with an answer
    items = [
        item for place, turn in enumerate(given) for item in _items(turn, f"{number[len('resp_') :]}_{place}")
    ]
    return listed(items, len(items))


def _items(turn: dict[str, Any], number: str) -> Iterator[dict[str, Any]]:
    """A turn as this interface has it."""
    if turn["role"] == "tool":
        call = {"call_id": turn["tool_call_id"], "output": turn["content"]}
        yield {"id": f"fco_{number}", "type": "function_call_output", "status": "completed"} | call
        return
    calls = turn.get("tool_calls", ())
    if turn["content"] or not calls:
        kind = "output_text" if turn["role"] == "assistant" else "input_text"
        said = {"role": turn["role"], "content": [{"type": kind, "text": turn["content"]}]}
        yield {"id": f"msg_{number}", "type": "message", "status": "completed"} | said
    for place, one in enumerate(calls):
        call = {"call_id": one["id"]} | one["function"]
        yield {"id": f"fc_{number}_{place}", "type": "function_call", "status": "completed"} | call


@routes.delete("/responses/{number}")
async def delete(number: str, request: Request) -> dict[str, Any]:
    """Forgets one, and ends it if it is being answered."""
    service: Service = request.app.state.service
    with contextlib.suppress(UnknownAnswer):
        service.ticket(number, owner_of(request)).abort()
    if not store_of(request).delete_response(number, owner_of(request)):
        raise _unknown(number)
    return {"id": number, "object": "response", "deleted": True}


@routes.post("/responses/{number}/cancel")
async def cancel(number: str, request: Request) -> dict[str, Any]:
    """Ends one that is answered in the background."""
    response, _ = _found(number, request)
    if response["status"] not in ("queued", "in_progress"):
        raise RequestError(
            f"the response is {response['status']} already.", "nothing is left to be cancelled"
        )
    service: Service = request.app.state.service
    with contextlib.suppress(UnknownAnswer):  # it has just ended
        service.ticket(number, owner_of(request)).abort()
    end = time.monotonic() + CANCEL_S
    while response["status"] == "in_progress" and time.monotonic() < end:
        await asyncio.sleep(0.02)
        response = _found(number, request)[0]
    return response


def _found(number: str, request: Request) -> tuple[dict[str, Any], Turns]:
    """One of this owner's, with its conversation. Raises UnknownThing."""
    found = store_of(request).response(number, owner_of(request))
    if found is None:
        raise _unknown(number)
    return found


def _unknown(number: str) -> UnknownThing:
    return UnknownThing(f"there is no response {number!r}.", "only those made with store are kept")
