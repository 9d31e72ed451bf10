"""`POST /v1/messages`, as Anthropic's clients ask: thinking and text are blocks of one message."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from thinkling.records import FinishReason, Message, Piece, PieceKind, Reply
from thinkling.serve import sse
from thinkling.serve.answering import answered, merged
from thinkling.serve.asking import StopText
from thinkling.serve.messages import MOST_PARTS
from thinkling.serve.service import Service, owner_of
from thinkling.serve.thinking import Schema, ThinkingFields, ThinkingSwitch
from thinkling.serve.worker import Event, Grown, Question, Ticket

routes = APIRouter()

REASONS: dict[FinishReason, str] = {"stop": "end_turn", "length": "max_tokens", "abort": "end_turn"}
BLOCKS: dict[PieceKind, tuple[str, str]] = {
    "reasoning": ("thinking", "thinking"),
    "content": ("text", "text"),
}
"""Type of a block, and the field that its text stands in."""


class Block(Schema):
    """A part of a message. What was thought earlier is taken and left out, as the models' templates do."""

    type: Literal["text", "thinking", "redacted_thinking"]
    text: str = ""
    thinking: str = ""
    signature: str | None = None
    data: str | None = None
    cache_control: dict[str, Any] | None = None


class Turn(Schema):
    """One turn."""

    role: Literal["user", "assistant"]
    content: str | Annotated[list[Block], Field(max_length=MOST_PARTS)]


class MessagesRequest(Schema):
    """A message to be written."""

    model: str | None = None
    """A name of `/v1/models`; the first one if left out."""
    messages: list[Turn] = Field(min_length=1, max_length=10_000)
    system: str | list[Block] | None = None
    max_tokens: int = Field(ge=1)
    thinking: ThinkingSwitch | None = None
    """Without it the model decides."""
    temperature: float | None = Field(None, ge=0, le=100)
    top_p: float | None = Field(None, gt=0, le=1)
    top_k: int | None = Field(None, ge=0)
    stop_sequences: list[StopText] | None = Field(None, max_length=16)
    stream: bool = False
    metadata: dict[str, Any] | None = None
    """Accepted for clients that send it; it changes nothing."""
    service_tier: str | None = None

    def question(self) -> Question:
        """The same for a worker."""
        said = [] if self.system is None else [Message("system", _text(self.system))]
        said += [Message(one.role, _text(one.content)) for one in self.messages]
        sampling = {name: getattr(self, name) for name in ("max_tokens", "temperature", "top_p", "top_k")}
        sampling["stop"] = self.stop_sequences or None
        return Question(said, sampling, ThinkingFields(thinking=self.thinking).policy())


def _text(content: str | Sequence[Block]) -> str:
    return content if isinstance(content, str) else "".join(one.text for one in content if one.type == "text")


@routes.post("/messages")
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
        self._number = -1

    def whole(self, reply: Reply) -> dict[str, Any]:
        """All of it."""
        blocks = [_block("reasoning", reply.reasoning)] if reply.reasoning else []
        blocks.append(_block("content", reply.content))
        return self._message(blocks, _usage(reply)) | _end(reply)

    async def chunks(self, ticket: Ticket) -> AsyncIterator[sse.Chunk]:
        """A message begins, its blocks follow one another, and it ends."""
        start = {"input_tokens": 0, "output_tokens": 0}
        yield {"type": "message_start", "message": self._message([], start)}
        async for batch in ticket.batches():
            for chunk in self._events(merged(batch)):
                yield chunk
        yield {"type": "message_stop"}

    def _events(self, events: Sequence[Event]) -> Iterator[sse.Chunk]:
        for event in events:
            if isinstance(event, Grown):
                for piece in event.pieces:
                    yield from self._grown(piece)
                continue
            yield from self._close()
            yield {"type": "message_delta", "delta": _end(event.reply), "usage": _usage(event.reply)}

    def _grown(self, piece: Piece) -> Iterator[sse.Chunk]:
        if piece.kind != self._kind:
            yield from self._close()
            self._kind, self._number = piece.kind, self._number + 1
            opened = _block(piece.kind, "")
            yield {"type": "content_block_start", "index": self._number, "content_block": opened}
        yield {"type": "content_block_delta", "index": self._number, "delta": _delta(piece)}

    def _close(self) -> Iterator[sse.Chunk]:
        if self._kind is not None:
            self._kind = None
            yield {"type": "content_block_stop", "index": self._number}

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
    return {"stop_reason": reason, "stop_sequence": reply.stopped_by}


def _block(kind: PieceKind, text: str) -> dict[str, Any]:
    name, field = BLOCKS[kind]
    # A signature proves who thought it; on one's own machine there is nobody to doubt.
    return {"type": name, field: text} | ({"signature": ""} if kind == "reasoning" else {})


def _delta(piece: Piece) -> dict[str, str]:
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
