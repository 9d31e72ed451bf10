"""`/v1/responses`, OpenAI's newer interface: answers that are kept, go on from one another, or come later."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from thinkling.errors import RequestError, ThinklingError
from thinkling.records import AnswerForm, Message, Reply
from thinkling.serve import sse
from thinkling.serve.answering import PATIENCE_S, merged
from thinkling.serve.faults import Json
from thinkling.serve.files import listed, store_of
from thinkling.serve.messages import MOST_PARTS, ROLES, TextPart, text_of_parts
from thinkling.serve.response_form import ResponseWriting
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
from thinkling.serve.thinking import ReasoningOptions, Schema, ThinkingFields
from thinkling.serve.worker import Ended, Question, Ticket

routes = APIRouter()
log = logging.getLogger("thinkling.serve")

CANCEL_S = 10.0
"""So long the end of a response is waited for."""


class MessageItem(Schema):
    """A turn of the conversation."""

    type: Literal["message"] = "message"
    role: Literal["system", "developer", "user", "assistant"]
    content: str | Annotated[list[TextPart], Field(max_length=MOST_PARTS)]
    id: str | None = None
    status: str | None = None
    phase: str | None = None


class ReasoningItem(Schema):
    """What was thought earlier: taken, and left out as the models' templates do."""

    type: Literal["reasoning"]
    id: str | None = None
    summary: list[dict[str, Any]] | None = None
    content: list[dict[str, Any]] | None = None
    encrypted_content: str | None = None
    status: str | None = None


class AnswerFormat(Schema):
    """The form of an answer; what is thought before it stays free."""

    type: Literal["text", "json_object", "json_schema"] = "text"
    name: str | None = None
    description: str | None = None
    strict: bool | None = None
    json_: dict[str, Any] | None = Field(None, alias="schema")

    def as_schema(self) -> dict[str, Any] | None:
        """As a JSON schema; None: no form. Raises RequestError where the schema is missing."""
        if self.type == "json_schema" and self.json_ is None:
            raise RequestError("text.format has no schema.", "add text.format.schema")
        return {"type": "object"} if self.type == "json_object" else self.json_


class TextOptions(Schema):
    """What the answer's text is like."""

    format: AnswerFormat = AnswerFormat()
    verbosity: Literal["low", "medium", "high"] | None = None
    """Accepted; the models know no such thing."""


class ResponseRequest(Schema):
    """A response to be written."""

    model: str | None = None
    """A name of `/v1/models`; the first one if left out."""
    input: str | Annotated[list[MessageItem | ReasoningItem], Field(min_length=1, max_length=10_000)]
    instructions: str | None = None
    """Told before the conversation; not kept for the responses that go on from this one."""
    previous_response_id: str | None = None
    max_output_tokens: int | None = Field(None, ge=1)
    """Reasoning and answer together."""
    reasoning: ReasoningOptions | None = None
    temperature: float | None = Field(None, ge=0, le=100)
    top_p: float | None = Field(None, gt=0, le=1)
    text: TextOptions = TextOptions()
    store: bool = True
    """Whether it is kept, to be read again and gone on from."""
    background: bool = False
    """Whether it is answered later; GET says how far it is."""
    stream: bool = False
    truncation: Literal["auto", "disabled"] | None = None
    """Accepted; nothing is cut off silently."""
    metadata: dict[str, str] | None = None
    include: list[str] | None = None
    parallel_tool_calls: bool | None = None
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    service_tier: str | None = None
    """Accepted for clients that send them; they change nothing."""

    def echo(self) -> dict[str, Any]:
        """What the object repeats."""
        same = (
            "instructions",
            "previous_response_id",
            "max_output_tokens",
            "temperature",
            "top_p",
            "metadata",
        )
        return {name: getattr(self, name) for name in same} | {
            "background": self.background,
            "store": self.store,
            "parallel_tool_calls": False,
            "reasoning": self.reasoning.model_dump(include={"effort", "summary"}) if self.reasoning else None,
            "text": {"format": self.text.format.model_dump(by_alias=True, exclude_none=True)},
            "tool_choice": "none",
            "tools": [],
            "truncation": "disabled",
        }


Turns = list[dict[str, Any]]


@routes.post("/responses")
async def create(body: ResponseRequest, request: Request) -> Response:
    """Answers, at once, in events, or later."""
    service: Service = request.app.state.service
    if body.background and (body.stream or not body.store):
        raise RequestError("a response in the background is stored and not streamed.", "leave out stream")
    worker = service.worker(body.model)
    turns = _earlier(body, request) + _new_turns(body)
    said = [Message("system", body.instructions)] if body.instructions else []
    question = Question(
        [*said, *(Message(**turn) for turn in turns)],
        {"temperature": body.temperature, "top_p": body.top_p, "max_tokens": body.max_output_tokens},
        ThinkingFields(reasoning=body.reasoning).policy(),
        AnswerForm(body.text.format.as_schema()),
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


def _new_turns(body: ResponseRequest) -> Turns:
    if isinstance(body.input, str):
        return [{"role": "user", "content": body.input}]
    turns = []
    for item in body.input:
        if isinstance(item, MessageItem):
            turns.append({"role": ROLES.get(item.role, item.role), "content": text_of_parts(item.content)})
    return turns


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
            said = [] if reply is None else [{"role": "assistant", "content": reply.content}]
            self._store.change_response(self._writing.object(), [*self._turns, *said])

    def close(self) -> None:
        """What has not ended by now has nobody who waits for it."""
        if self._writing.status == "in_progress":
            self._writing.left()
            with contextlib.suppress(StoreFull):
                self.keep()


async def _told(ticket: Ticket, writing: ResponseWriting, keeping: Keeping) -> AsyncIterator[sse.Chunk]:
    """The events. What goes wrong is the last of them, and stands in the response."""
    for chunk in writing.beginning():
        yield chunk
    try:
        async for batch in ticket.batches():
            chunks = list(writing.events(merged(batch)))
            ended = next((one for one in batch if isinstance(one, Ended)), None)
            if ended is not None:
                keeping.keep(ended.reply)  # whoever reads of its end can go on from it
            for chunk in chunks:
                yield chunk
    except Exception as error:  # the boundary: the status is sent already
        known = (
            error.message if isinstance(error, ThinklingError) else "something went wrong inside thinkling."
        )
        if not isinstance(error, ThinklingError):
            log.exception("a response failed")
        for chunk in writing.failed(known):
            yield chunk
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
    given = turns[:-1] if turns[-1]["role"] == "assistant" else turns  # nobody's input ends with an answer
    items = [
        {
            "id": f"msg_{number.removeprefix('resp_')}_{place}",
            "type": "message",
            "role": turn["role"],
            "status": "completed",
            "content": [
                {
                    "type": "output_text" if turn["role"] == "assistant" else "input_text",
                    "text": turn["content"],
                }
            ],
        }
        for place, turn in enumerate(given)
    ]
    return listed(items, len(items))


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
