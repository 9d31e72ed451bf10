"""`POST /v1/chat/completions`, as OpenAI and DeepSeek define it: question -> ticket -> one object, or chunks.

Streaming and not are one path: the whole reply is put together from the events that chunks are made of.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from dataclasses import field as field_of
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from thinkling.records import FinishReason, Piece, Reply
from thinkling.serve import sse
from thinkling.serve.answering import PATIENCE_S, growing, whole
from thinkling.serve.asking import ChatRequest, Control
from thinkling.serve.faults import Json
from thinkling.serve.service import ChunkStream, Service, owner_of, taken_up, unless_left
from thinkling.serve.thinking import say_reasoning
from thinkling.serve.worker import Ended, Event, Ticket
from thinkling.text.reply import SaidToken
from thinkling.text.special import THINK_CLOSE, THINK_OPEN

REASONS: dict[FinishReason, str] = {
    "stop": "stop",
    "length": "length",
    "abort": "insufficient_system_resource",
}
routes = APIRouter()

LEAST_LOGPROB = -9999.0


@routes.post("/chat/completions", responses=sse.documented(sse.OPENAI))
async def chat_completions(body: ChatRequest, request: Request) -> Response:
    """Answers a conversation, at once or in pieces."""
    return await completed(body, request)


async def completed(body: ChatRequest, request: Request, reasoning_field: str | None = None) -> Response:
    """The answer, with the reasoning under the name of `reasoning_field`, else of the service's settings."""
    service: Service = request.app.state.service
    if not body.stream:
        return Json(await unless_left(request, answer(service, body, owner_of(request), reasoning_field)))
    ticket, form = _asked(service, body, owner_of(request), reasoning_field)
    await taken_up(ticket, PATIENCE_S)
    tells_usage = body.stream_options is not None and body.stream_options.include_usage
    chunks = chunk_stream(ticket, form, tells_usage=tells_usage)
    return ChunkStream(chunks, [ticket], service.settings.keep_alive_s, sse.OPENAI)


async def answer(
    service: Service, body: ChatRequest, owner: str, reasoning_field: str | None = None
) -> dict[str, Any]:
    """The whole completion. Raises what refuses it."""
    ticket, form = _asked(service, body, owner, reasoning_field)
    with ticket:
        await taken_up(ticket)
        return form.whole(*await whole(ticket))


def _asked(service: Service, body: ChatRequest, owner: str, field: str | None) -> tuple[Ticket, Form]:
    worker = service.worker(body.model)
    field = field or service.settings.reasoning_field
    field = field if body.shows_reasoning() else "hidden"
    form = Form(worker.name, field, bool(body.logprobs))
    return service.ask(worker, body.question(), form.id, owner), form


@routes.post("/chat/completions/control")
async def control(body: Control, request: Request) -> dict[str, Any]:
    """Skip thinking: an answer that still thinks leads over to what it has to say."""
    service: Service = request.app.state.service
    service.ticket(body.id, owner_of(request)).end_thinking()
    return {"id": body.id, "object": "chat.completion.control", "action": body.action, "success": True}


@dataclass(frozen=True, slots=True)
class Form:
    """How the answers of one request are written down."""

    model: str
    reasoning_field: str
    """both, reasoning_content, reasoning; none: in the content, with its tags; hidden: nowhere."""
    has_logprobs: bool
    id: str = field_of(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field_of(default_factory=lambda: int(time.time()))
    _thinking: set[int] = field_of(default_factory=set)
    """Answers whose thinking stands in the content and is not closed yet."""

    def whole(self, replies: Sequence[Reply], said: Sequence[Sequence[SaidToken]]) -> dict[str, Any]:
        """The object of a request that is not streamed."""
        choices = [
            {
                "index": index,
                "message": {"role": "assistant", "content": self._content(reply), "refusal": None}
                | say_reasoning(reply.reasoning, self.reasoning_field)
                | self._calls(index, reply),
                "logprobs": self._logprobs(said[index]),
                "finish_reason": why(reply),
            }
            for index, reply in enumerate(replies)
        ]
        return self._object("chat.completion", choices) | {
            "usage": usage(replies),
            "timings": timings(replies),
        }

    def first_chunk(self, index: int) -> dict[str, Any]:
        """Says who speaks."""
        return self._chunk(index, {"role": "assistant", "content": ""})

    def chunks(self, events: Sequence[Event]) -> list[dict[str, Any]]:
        """What has happened, as deltas: for every answer its reasoning, then its text, then its end."""
        return [chunk for event in events for chunk in self._of(event)]

    def _of(self, event: Event) -> list[dict[str, Any]]:
        if isinstance(event, Ended):
            return [self._chunk(event.index, {}, why(event.reply))]
        found = []
        for piece in event.pieces:
            delta = self._delta(event.index, piece)
            if delta:
                found.append(self._chunk(event.index, delta))
        logprobs = self._logprobs(event.said)
        if logprobs and logprobs["content"]:
            if not found:
                found.append(self._chunk(event.index, {"content": ""}))
            found[-1]["choices"][0]["logprobs"] = logprobs
        return found

    def _calls(self, index: int, reply: Reply) -> dict[str, Any]:
        if not reply.tool_calls:
            return {}
        calls = [
            {
                "id": self._call_id(index, place),
                "type": "function",
                "function": {"name": one.name, "arguments": one.arguments},
            }
            for place, one in enumerate(reply.tool_calls)
        ]
        return {"tool_calls": calls} | ({} if reply.content else {"content": None})

    def _call_id(self, index: int, place: int) -> str:
        return f"call_{self.id.removeprefix('chatcmpl-')}_{index}_{place}"

    def _call_delta(self, index: int, piece: Piece) -> dict[str, Any]:
        function = {"arguments": piece.text}
        if not piece.name:
            return {"index": piece.index, "function": function}
        return {
            "index": piece.index,
            "id": self._call_id(index, piece.index),
            "type": "function",
            "function": {"name": piece.name} | function,
        }

    def _content(self, reply: Reply) -> str:
        if self.reasoning_field != "none" or not reply.reasoning:
            return reply.content
        return f"{THINK_OPEN}\n{reply.reasoning}\n{THINK_CLOSE}\n\n{reply.content}"

    def _delta(self, index: int, piece: Piece) -> dict[str, Any]:
        if piece.kind == "tool_call":
            return {"tool_calls": [self._call_delta(index, piece)]}
        is_raw, is_thought = self.reasoning_field == "none", piece.kind == "reasoning"
        if is_thought and not is_raw:
            return say_reasoning(piece.text, self.reasoning_field)
        before = ""
        if is_raw and is_thought and index not in self._thinking:
            self._thinking.add(index)
            before = f"{THINK_OPEN}\n"
        elif not is_thought and index in self._thinking:
            self._thinking.remove(index)
            before = f"\n{THINK_CLOSE}\n\n"
        return {"content": before + piece.text}

    def last_chunk(self, replies: Sequence[Reply]) -> dict[str, Any]:
        """What it cost."""
        return self._object("chat.completion.chunk", []) | {
            "usage": usage(replies),
            "timings": timings(replies),
        }

    def _chunk(self, index: int, delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": reason}
        return self._object("chat.completion.chunk", [choice]) | {"usage": None}

    def _object(self, name: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": name,
            "created": self.created,
            "model": self.model,
            "system_fingerprint": None,
            "choices": choices,
        }

    def _logprobs(self, said: Sequence[SaidToken]) -> dict[str, Any] | None:
        """Of the answer's tokens; those of its reasoning are told under a name of their own."""
        if not self.has_logprobs:
            return None
        parts: dict[str, list[dict[str, Any]]] = {"content": [], "refusal": [], "reasoning": []}
        for one in said:
            entry = _token(one.data, one.logprob) | {"top_logprobs": [_token(*token) for token in one.top]}
            parts["reasoning" if one.is_reasoning else "content"].append(entry)
        return parts


def _token(data: bytes, logprob: float) -> dict[str, Any]:
    return {"token": data.decode(errors="replace"), "logprob": finite(logprob), "bytes": list(data)}


def finite(logprob: float) -> float:
    """JSON knows no infinity: a token that was not allowed has the least log-probability of OpenAI's."""
    return max(logprob, LEAST_LOGPROB)


def why(reply: Reply) -> str:
    """Why an answer ended, in OpenAI's and DeepSeek's words."""
    is_call = bool(reply.tool_calls) and reply.finish_reason == "stop"
    return "tool_calls" if is_call else REASONS[reply.finish_reason]


def usage(replies: Sequence[Reply]) -> dict[str, Any]:
    """Tokens, with OpenAI's and DeepSeek's names. The prompt counts once."""
    first = replies[0].usage
    completion = sum(one.usage.completion_tokens for one in replies)
    drafted = sum(one.timings.draft_tokens for one in replies)
    accepted = sum(one.timings.accepted_tokens for one in replies)
    return {
        "prompt_tokens": first.prompt_tokens,
        "completion_tokens": completion,
        "total_tokens": first.prompt_tokens + completion,
        "prompt_tokens_details": {"cached_tokens": first.cached_tokens},
        "completion_tokens_details": {
            "reasoning_tokens": sum(one.usage.reasoning_tokens for one in replies),
            "accepted_prediction_tokens": accepted,
            "rejected_prediction_tokens": drafted - accepted,
        },
        "prompt_cache_hit_tokens": first.cached_tokens,
        "prompt_cache_miss_tokens": first.prompt_tokens - first.cached_tokens,
    }


def timings(replies: Sequence[Reply]) -> dict[str, Any]:
    """Seconds and speeds of the answer that took longest."""
    return asdict(max(replies, key=lambda one: one.timings.total_s).timings)


async def chunk_stream(ticket: Ticket, form: Form, *, tells_usage: bool) -> AsyncIterator[list[sse.Chunk]]:
    """Chunks as they come, those of one time together."""
    yield [form.first_chunk(index) for index in range(ticket.question.num_answers)]
    async for events, replies in growing(ticket):
        last = [form.last_chunk(replies)] if replies and tells_usage else []
        yield form.chunks(events) + last
