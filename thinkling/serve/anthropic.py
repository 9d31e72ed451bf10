"""`POST /v1/messages`, as Anthropic's clients ask: thinking and text are blocks of one message."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from thinkling.errors import RequestError
from thinkling.records import AnswerForm, FinishReason, Message, Piece, PieceKind, Reply
from thinkling.serve import sse
from thinkling.serve.answering import answered, merged
from thinkling.serve.asking import StopText
from thinkling.serve.messages import MOST_PARTS, ChatMessage, in_order
from thinkling.serve.service import Service, owner_of
from thinkling.serve.thinking import Schema, ThinkingFields, ThinkingSwitch
from thinkling.serve.tools import (
    CHOICES,
    MOST_TOOLS,
    Choice,
    Description,
    ToolName,
    arguments_of,
    calling,
    result,
    told,
)
from thinkling.serve.worker import Event, Grown, Question, Ticket

routes = APIRouter()

REASONS: dict[FinishReason, str] = {"stop": "end_turn", "length": "max_tokens", "abort": "end_turn"}
BLOCKS: dict[PieceKind, tuple[str, str]] = {
    "reasoning": ("thinking", "thinking"),
    "content": ("text", "text"),
}
"""Type of a block, and the field that its text stands in."""


class Text(Schema):
    """Text."""

    type: Literal["text"]
    text: str
    cache_control: dict[str, Any] | None = None
    citations: list[Any] | None = None


class Thought(Schema):
    """What was thought earlier: taken and left out, as the models' templates do."""

    type: Literal["thinking", "redacted_thinking"]
    thinking: str = ""
    signature: str | None = None
    data: str | None = None
    cache_control: dict[str, Any] | None = None


class Use(Schema):
    """A call of a tool."""

    type: Literal["tool_use"]
    id: str
    name: str = Field(min_length=1, max_length=128)
    input: dict[str, Any]
    cache_control: dict[str, Any] | None = None


class Result(Schema):
    """What a tool answered."""

    type: Literal["tool_result"]
    tool_use_id: str
    content: str | Annotated[list[Text], Field(max_length=MOST_PARTS)] | None = None
    is_error: bool | None = None
    """The model reads it all the same."""
    cache_control: dict[str, Any] | None = None


Block = Annotated[Text | Thought | Use | Result, Field(discriminator="type")]


class Turn(Schema):
    """One turn."""

    role: Literal["user", "assistant"]
    content: str | Annotated[list[Block], Field(max_length=MOST_PARTS)]

    def messages(self) -> Iterator[ChatMessage]:
        """The same as other clients write it: results of tools are turns of their own."""
        blocks = [] if isinstance(self.content, str) else self.content
        for one in blocks:
            if isinstance(one, Result):
                yield result(one.tool_use_id, _text(one.content or ""))
        uses = [
            (one.id, one.name, json.dumps(one.input, ensure_ascii=False))
            for one in blocks
            if isinstance(one, Use)
        ]
        if self.role == "assistant":
            yield calling(uses, _text(self.content))
        elif isinstance(self.content, str) or any(isinstance(one, Text) for one in blocks):
            yield ChatMessage(role="user", content=_text(self.content))


class OfferedTool(Schema):
    """A tool."""

    name: str = ToolName
    description: str | None = Description
    input_schema: dict[str, Any] | None = None
    type: Literal["custom"] | None = None
    cache_control: dict[str, Any] | None = None


class ToolChoice(Schema):
    """Which tools may or have to be called."""

    type: Literal["auto", "any", "tool", "none"]
    name: str | None = None
    disable_parallel_tool_use: bool | None = None

    def choice(self) -> Choice:
        """The same in our words. Raises RequestError where the name is missing."""
        if self.type != "tool":
            return CHOICES[self.type]
        if self.name is None:
            raise RequestError("tool_choice names no tool.", "add its name")
        return Choice(name=self.name)


class MessagesRequest(Schema):
    """A message to be written."""

    model: str | None = None
    """A name of `/v1/models`; the first one if left out."""
    messages: list[Turn] = Field(min_length=1, max_length=10_000)
    system: str | list[Text] | None = None
    max_tokens: int = Field(ge=1)
    thinking: ThinkingSwitch | None = None
    """Without it the model decides."""
    temperature: float | None = Field(None, ge=0, le=100)
    top_p: float | None = Field(None, gt=0, le=1)
    top_k: int | None = Field(None, ge=0)
    stop_sequences: list[StopText] | None = Field(None, max_length=16)
    tools: list[OfferedTool] | None = Field(None, max_length=MOST_TOOLS)
    tool_choice: ToolChoice | None = None
    stream: bool = False
    metadata: dict[str, Any] | None = None
    """Accepted for clients that send it; it changes nothing."""
    service_tier: str | None = None

    def question(self) -> Question:
        """The same for a worker."""
        said = [] if self.system is None else [Message("system", _text(self.system))]
        turns = [turn for one in self.messages for turn in one.messages()]
        said += [one.message() for one in in_order(turns)]
        sampling = {name: getattr(self, name) for name in ("max_tokens", "temperature", "top_p", "top_k")}
        sampling["stop"] = self.stop_sequences or None
        return Question(said, sampling, ThinkingFields(thinking=self.thinking).policy(), self.form())

    def form(self) -> AnswerForm:
        """Calls of tools. Raises RequestError for a choice that there is not."""
        tools = [told(one.name, one.description, one.input_schema) for one in self.tools or ()]
        asked = self.tool_choice
        offered, must = (CHOICES["auto"] if asked is None else asked.choice()).among(tools)
        is_one = asked is not None and bool(asked.disable_parallel_tool_use)
        return AnswerForm(None, offered, must, is_one_call=is_one)


def _text(content: str | Sequence[Text | Thought | Use | Result]) -> str:
    return content if isinstance(content, str) else "".join(x.text for x in content if isinstance(x, Text))


@routes.post("/messages", responses=sse.documented(sse.NAMED))
async def messages(body: MessagesRequest, request: Request) -> Response:
    """Writes the next message, at once or in pieces."""
    service: Service = request.app.state.service
    worker = service.worker(body.model)
    form = MessageForm(worker.name)
    ticket = service.ask(worker, body.question(), form.id, owner_of(request))
    return await answered(request, ticket, form, sse.NAMED, is_streamed=body.stream)


class MessageForm:
    """How a message is written down, at once or event by event."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.id = f"msg_{secrets.token_hex(12)}"
        self._kind: PieceKind | None = None
        self._call = -1
        self._number = -1

    def whole(self, reply: Reply) -> dict[str, Any]:
        """All of it."""
        blocks = [_block("reasoning", reply.reasoning)] if reply.reasoning else []
        if reply.content or not reply.tool_calls:
            blocks.append(_block("content", reply.content))
        blocks += [
            self._use(place, one.name, arguments_of(one)) for place, one in enumerate(reply.tool_calls)
        ]
        return self._message(blocks, _usage(reply)) | _end(reply)

    async def chunks(self, ticket: Ticket) -> AsyncIterator[list[sse.Chunk]]:
        """A message begins, its blocks follow one another, and it ends."""
        start = {"input_tokens": 0, "output_tokens": 0}
        yield [{"type": "message_start", "message": self._message([], start)}]
        async for batch in ticket.batches():
            yield list(self._events(merged(batch)))
        yield [{"type": "message_stop"}]

    def _events(self, events: Sequence[Event]) -> Iterator[sse.Chunk]:
        for event in events:
            if isinstance(event, Grown):
                for piece in event.pieces:
                    yield from self._grown(piece)
                continue
            yield from self._close()
            yield {"type": "message_delta", "delta": _end(event.reply), "usage": _usage(event.reply)}

    def _grown(self, piece: Piece) -> Iterator[sse.Chunk]:
        if piece.kind != self._kind or (piece.kind == "tool_call" and piece.index != self._call):
            yield from self._close()
            self._kind, self._call, self._number = piece.kind, piece.index, self._number + 1
            is_use = piece.kind == "tool_call"
            opened = self._use(piece.index, piece.name, {}) if is_use else _block(piece.kind, "")
            yield {"type": "content_block_start", "index": self._number, "content_block": opened}
        yield {"type": "content_block_delta", "index": self._number, "delta": _delta(piece)}

    def _close(self) -> Iterator[sse.Chunk]:
        if self._kind is not None:
            self._kind = None
            yield {"type": "content_block_stop", "index": self._number}

    def _use(self, place: int, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        number = f"toolu_{self.id.removeprefix('msg_')}_{place}"
        return {"type": "tool_use", "id": number, "name": name, "input": arguments}

    def _message(self, blocks: list[dict[str, Any]], usage: dict[str, int]) -> dict[str, Any]:
        return {
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": blocks,
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
        }


def _end(reply: Reply) -> dict[str, str | None]:
    """Why it ended."""
    reason = "stop_sequence" if reply.stopped_by is not None else REASONS[reply.finish_reason]
    if reply.tool_calls and reason == "end_turn":
        reason = "tool_use"
    return {"stop_reason": reason, "stop_sequence": reply.stopped_by}


def _block(kind: PieceKind, text: str) -> dict[str, Any]:
    name, field = BLOCKS[kind]
    # A signature proves who thought it; on one's own machine there is nobody to doubt.
    return {"type": name, field: text} | ({"signature": ""} if kind == "reasoning" else {})


def _delta(piece: Piece) -> dict[str, str]:
    if piece.kind == "tool_call":
        return {"type": "input_json_delta", "partial_json": piece.text}
    name, field = BLOCKS[piece.kind]
    return {"type": f"{name}_delta", field: piece.text}


def _usage(reply: Reply) -> dict[str, int]:
    use = reply.usage
    return {
        "input_tokens": use.prompt_tokens - use.cached_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": use.cached_tokens,
        "output_tokens": use.completion_tokens,
    }
