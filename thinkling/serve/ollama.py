"""Ollama's `/api`, so that its clients find a model here: chat, generate, and what they ask first."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field

from thinkling import __version__
from thinkling.errors import RequestError
from thinkling.records import AnswerForm, Message, Reply, ToolCall
from thinkling.serve import sse
from thinkling.serve.answering import answered, merged
from thinkling.serve.asking import StopText
from thinkling.serve.faults import Json
from thinkling.serve.messages import ChatMessage, in_order
from thinkling.serve.service import Service, owner_of
from thinkling.serve.thinking import Schema, ThinkingFields
from thinkling.serve.tools import MOST_TOOLS, ToolOfRequest, arguments_of, calling, result
from thinkling.serve.worker import Ended, Event, Question, Ticket

routes = APIRouter()

Think = bool | Literal["low", "medium", "high", "max"]
NANOSECONDS = 1_000_000_000


class Options(Schema):
    """Ollama's names for how an answer is drawn; those that mean nothing here are ignored, as Ollama does.

    The context is the model's own: nothing is cut off silently, whatever `num_ctx` says.
    """

    model_config = ConfigDict(extra="ignore", strict=True)

    temperature: float | None = Field(None, ge=0, le=100)
    top_p: float | None = Field(None, gt=0, le=1)
    top_k: int | None = Field(None, ge=0)
    min_p: float | None = Field(None, ge=0, le=1)
    seed: int | None = Field(None, ge=-(2**63), lt=2**63)
    num_predict: int | None = Field(None, ge=-2)
    repeat_penalty: float | None = Field(None, ge=0.01, le=100)
    presence_penalty: float | None = Field(None, ge=-2, le=2)
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    stop: list[StopText] | None = Field(None, max_length=16)

    def sampling(self) -> dict[str, Any]:
        """The same in our words."""
        same = ("temperature", "top_p", "top_k", "min_p", "presence_penalty", "frequency_penalty")
        longest = self.num_predict
        return {name: getattr(self, name) for name in same} | {
            "seed": None if self.seed is None else self.seed % 2**63,
            "max_tokens": longest if longest is not None and longest > 0 else None,
            "repetition_penalty": self.repeat_penalty,
            "stop": self.stop or None,
        }


class OllamaFunction(Schema):
    """Which tool, and with what; its place among the calls is taken and not used."""

    name: str = Field(min_length=1, max_length=128)
    arguments: dict[str, Any] = Field(default_factory=dict)
    index: int | None = None


class OllamaCall(Schema):
    """A call of a tool."""

    function: OllamaFunction
    id: str | None = None
    type: Literal["function"] | None = None


class OllamaMessage(Schema):
    """One turn. A tool's result says which tool it is of, or stands where its call does."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    thinking: str | None = None
    tool_calls: list[OllamaCall] | None = Field(None, max_length=128)
    tool_name: str | None = None
    name: str | None = None
    tool_call_id: str | None = None


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def conversation(messages: Sequence[OllamaMessage]) -> list[Message]:
    """The same in our words. Raises RequestError for a result that is of no call."""
    turns: list[ChatMessage] = []
    waiting: list[tuple[str, str]] = []
    for one in messages:
        if one.role == "tool":
            asked = one.tool_name or one.name
            fits = [
                call for call in waiting if one.tool_call_id in (None, call[0]) and asked in (None, call[1])
            ]
            if not fits:
                raise RequestError(
                    f"a tool's result is of {asked or one.tool_call_id or 'nothing'!r}, "
                    "which the answer before it does not call.",
                    "give each result the name of its tool",
                )
            waiting.remove(fits[0])
            turns.append(result(fits[0][0], one.content))
        elif one.tool_calls:
            calls = [
                (
                    call.id or f"call_{place}",
                    call.function.name,
                    json.dumps(call.function.arguments, ensure_ascii=False),
                )
                for place, call in enumerate(one.tool_calls)
            ]
            waiting = [call[:2] for call in calls]
            turns.append(calling(calls, one.content))
        else:
            waiting = []
            turns.append(ChatMessage(role=one.role, content=one.content, reasoning=one.thinking))
    return [one.message() for one in in_order(turns)]


class Asked(Schema):
    """What chat and generate have in common."""

    model: str
    options: Options = Options()
    think: Think | None = None
    stream: bool = True
    format: Literal["json", ""] | dict[str, Any] | None = None
    """JSON of any kind, or by a schema."""
    keep_alive: str | int | float | None = None
    """Accepted; models leave memory when another needs it."""

    def question(self, messages: list[Message], tools: Sequence[dict[str, Any]] = ()) -> Question:
        """The same for a worker; `tools` as templates have them."""
        schema = {"type": "object"} if self.format == "json" else self.format or None
        policy = ThinkingFields(think=self.think).policy()
        return Question(messages, self.options.sampling(), policy, AnswerForm(schema, list(tools)))


class OllamaChat(Asked):
    """A conversation to be answered."""

    messages: list[OllamaMessage] = Field([], max_length=10_000)
    tools: list[ToolOfRequest] = Field([], max_length=MOST_TOOLS)


class OllamaGenerate(Asked):
    """One prompt to be answered."""

    prompt: str = ""
    system: str | None = None


@routes.post("/chat", responses=sse.documented(sse.OLLAMA))
async def chat(body: OllamaChat, request: Request) -> Response:
    """Answers a conversation."""
    if not body.messages:
        return _loaded(body.model, _in_message)
    question = body.question(conversation(body.messages), [one.told() for one in body.tools])
    return await _answered(body, question, request, _in_message)


@routes.post("/generate", responses=sse.documented(sse.OLLAMA))
async def generate(body: OllamaGenerate, request: Request) -> Response:
    """Answers a prompt, in the model's own template."""
    if not body.prompt:
        return _loaded(body.model, _beside)
    said = [Message("system", body.system)] if body.system else []
    return await _answered(body, body.question([*said, Message("user", body.prompt)]), request, _beside)


Placed = Callable[[str, str], dict[str, Any]]
"""Where reasoning and content stand in an object."""


def _in_message(reasoning: str, content: str) -> dict[str, Any]:
    thought = {"thinking": reasoning} if reasoning else {}
    return {"message": {"role": "assistant", "content": content} | thought}


def _beside(reasoning: str, content: str) -> dict[str, Any]:
    return {"response": content} | ({"thinking": reasoning} if reasoning else {})


def _loaded(model: str, placed: Placed) -> Response:
    """To those who ask for nothing, so that a model is loaded: here that happens when it is first asked."""
    return Json(OllamaForm(model, placed).blank() | {"done": True, "done_reason": "load"})


async def _answered(body: Asked, question: Question, request: Request, placed: Placed) -> Response:
    service: Service = request.app.state.service
    worker = service.worker(body.model.removesuffix(":latest"))
    number = f"ollama-{secrets.token_hex(12)}"
    ticket = service.ask(worker, question, number, owner_of(request))
    form = OllamaForm(body.model, placed)
    return await answered(request, ticket, form, sse.OLLAMA, is_streamed=body.stream)


@dataclass(frozen=True, slots=True)
class OllamaForm:
    """How an answer is written down."""

    model: str
    placed: Placed

    def whole(self, reply: Reply) -> dict[str, Any]:
        """All of it."""
        return self._object(reply.reasoning, reply.content, reply.tool_calls) | _end(reply)

    async def chunks(self, ticket: Ticket) -> AsyncIterator[list[sse.Chunk]]:
        """One object for every piece, and one at the end."""
        async for batch in ticket.batches():
            yield [line for event in merged(batch) for line in self._lines(event)]

    def _lines(self, event: Event) -> Iterator[sse.Chunk]:
        if isinstance(event, Ended):
            if event.reply.tool_calls:  # whole: this interface has no pieces of calls
                yield self._object("", "", event.reply.tool_calls) | {"done": False}
            yield self._object("", "") | _end(event.reply)
            return
        for piece in event.pieces:
            if piece.kind == "tool_call":
                continue
            parts = ("", piece.text) if piece.kind == "content" else (piece.text, "")
            yield self._object(*parts) | {"done": False}

    def blank(self) -> dict[str, Any]:
        """An answer that says nothing."""
        return self._object("", "")

    def _object(self, reasoning: str, content: str, calls: Sequence[ToolCall] = ()) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        found: dict[str, Any] = {"model": self.model, "created_at": now} | self.placed(reasoning, content)
        if calls and "message" in found:
            found["message"]["tool_calls"] = [
                {"function": {"index": place, "name": one.name, "arguments": arguments_of(one)}}
                for place, one in enumerate(calls)
            ]
        return found


def _end(reply: Reply) -> dict[str, Any]:
    use, times = reply.usage, reply.timings
    return {
        "done": True,
        "done_reason": "length" if reply.finish_reason == "length" else "stop",
        "total_duration": int(times.total_s * NANOSECONDS),
        "load_duration": 0,
        "prompt_eval_count": use.prompt_tokens,
        "prompt_eval_duration": int(times.first_token_s * NANOSECONDS),
        "eval_count": use.completion_tokens,
        "eval_duration": int((times.total_s - times.first_token_s) * NANOSECONDS),
    }


@routes.get("/version")
async def version() -> dict[str, str]:
    """Which version of this program answers."""
    return {"version": __version__}


@routes.get("/tags")
async def tags(request: Request) -> dict[str, Any]:
    """The models that can be named."""
    service: Service = request.app.state.service
    return {"models": [_model(service, name) for name in service.names]}


@routes.get("/ps")
async def in_memory(request: Request) -> dict[str, Any]:
    """The models in memory."""
    service: Service = request.app.state.service
    return {"models": [_model(service, name) for name in service.host.loaded]}


class Shown(Schema):
    """Which model."""

    model: str | None = None
    name: str | None = None
    """The same in older clients."""
    verbose: bool | None = None


@routes.post("/show")
async def show(body: Shown, request: Request) -> dict[str, Any]:
    """What a model can do."""
    service: Service = request.app.state.service
    name = service.named((body.model or body.name or "").removesuffix(":latest"))
    return _model(service, name) | {"capabilities": ["completion", "thinking", "tools"], "model_info": {}}


def _model(service: Service, name: str) -> dict[str, Any]:
    since = datetime.fromtimestamp(service.started_at, UTC).isoformat().replace("+00:00", "Z")
    details = {"format": "safetensors", "family": "thinkling", "families": ["thinkling"]}
    return {"name": name, "model": name, "modified_at": since, "size": 0, "digest": "", "details": details}
