"""`POST /v1/completions`, OpenAI's older interface: a text or token ids are continued as they are."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from dataclasses import field as field_of
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from thinkling.errors import RequestError
from thinkling.records import Reply
from thinkling.serve import sse
from thinkling.serve.answering import PATIENCE_S, growing, whole
from thinkling.serve.asking import SamplingFields, StreamOptions
from thinkling.serve.chat import REASONS, finite, timings, usage
from thinkling.serve.faults import Json
from thinkling.serve.service import ChunkStream, Service, owner_of, taken_up, unless_left
from thinkling.serve.worker import Event, Grown, Question, Ticket
from thinkling.text.reply import SaidToken

routes = APIRouter()

Ids = Annotated[list[int], Field(min_length=1, max_length=1_000_000)]
MOST_PROMPTS = 256
Prompts = str | Ids | Annotated[list[str] | list[Ids], Field(min_length=1, max_length=MOST_PROMPTS)]


class CompletionRequest(SamplingFields):
    """A completion of one prompt or of several."""

    model: str | None = None
    """A name of `/v1/models`; the first one if left out."""
    prompt: Prompts
    stream: bool = False
    stream_options: StreamOptions | None = None
    logprobs: int | None = Field(None, ge=0, le=20)
    """So many of the likeliest tokens beside each one."""
    user: str | None = None
    """Accepted for clients that send it; it changes nothing."""

    def questions(self) -> list[Question]:
        """One for each prompt."""
        told = {"logprobs": self.logprobs is not None, "top_logprobs": self.logprobs}
        usual = {"max_tokens": 16} if self.max_tokens is None and self.max_completion_tokens is None else {}
        sampling = self.sampling() | told | usual
        several = isinstance(self.prompt, list) and not isinstance(self.prompt[0], int)
        prompts: list[Any] = list(self.prompt) if several else [self.prompt]
        return [Question(prompt, sampling) for prompt in prompts]


@routes.post("/completions", responses=sse.documented(sse.OPENAI))
async def completions(body: CompletionRequest, request: Request) -> Response:
    """Continues prompts, at once or in pieces."""
    service: Service = request.app.state.service
    if not body.stream:
        return Json(await unless_left(request, answer(service, body, owner_of(request))))
    questions = body.questions()
    if len(questions) > 1:
        raise RequestError("a stream continues one prompt.", "ask for each prompt, or without stream")
    worker = service.worker(body.model)
    form = CompletionForm(worker.name)
    ticket = service.ask(worker, questions[0], form.id, owner_of(request))
    await taken_up(ticket, PATIENCE_S)
    tells_usage = body.stream_options is not None and body.stream_options.include_usage
    chunks = _chunks(ticket, form, tells_usage=tells_usage)
    return ChunkStream(chunks, [ticket], service.settings.keep_alive_s, sse.OPENAI)


async def answer(service: Service, body: CompletionRequest, owner: str) -> dict[str, Any]:
    """The whole completion. Raises what refuses it."""
    worker = service.worker(body.model)
    form = CompletionForm(worker.name)
    questions = body.questions()
    if len(questions) > service.settings.most_open:
        raise RequestError(
            f"there are {len(questions)} prompts.", f"ask for at most {service.settings.most_open} at once"
        )
    with ExitStack() as stack:
        tickets = []
        for place, question in enumerate(questions):
            tickets.append(stack.enter_context(service.ask(worker, question, f"{form.id}-{place}", owner)))
        for ticket in tickets:
            await taken_up(ticket)
        return await _whole(tickets, form)


@dataclass(frozen=True, slots=True)
class CompletionForm:
    """How completions are written down."""

    model: str
    id: str = field_of(default_factory=lambda: f"cmpl-{secrets.token_hex(12)}")
    created: int = field_of(default_factory=lambda: int(time.time()))

    def object(self, choices: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Of some choices."""
        return {
            "id": self.id,
            "object": "text_completion",
            "created": self.created,
            "model": self.model,
            "system_fingerprint": None,
            "choices": list(choices),
        }


def _choice(index: int, text: str, said: Sequence[SaidToken], reason: str | None) -> dict[str, Any]:
    return {"index": index, "text": text, "logprobs": _logprobs(said), "finish_reason": reason}


def _logprobs(said: Sequence[SaidToken]) -> dict[str, Any] | None:
    if not said:
        return None
    tokens = [one.data.decode(errors="replace") for one in said]
    starts = [0]
    for token in tokens[:-1]:
        starts.append(starts[-1] + len(token))
    return {
        "tokens": tokens,
        "token_logprobs": [finite(one.logprob) for one in said],
        "top_logprobs": [
            {data.decode(errors="replace"): finite(logprob) for data, logprob in one.top} for one in said
        ],
        "text_offset": starts,
    }


async def _whole(tickets: Sequence[Ticket], form: CompletionForm) -> dict[str, Any]:
    choices: list[dict[str, Any]] = []
    costs: list[dict[str, Any]] = []
    everybody: list[Reply] = []
    for ticket in tickets:
        replies, said = await whole(ticket)
        for reply, tokens in zip(replies, said, strict=True):
            choices.append(_choice(len(choices), reply.content, tokens, REASONS[reply.finish_reason]))
        everybody += replies
        costs.append(usage(replies))
    return form.object(choices) | {"usage": _sum(costs), "timings": timings(everybody)}


def _sum(costs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Usages of several prompts as one."""
    return {
        name: _sum([one[name] for one in costs])
        if isinstance(value, dict)
        else sum(one[name] for one in costs)
        for name, value in costs[0].items()
    }


async def _chunks(
    ticket: Ticket, form: CompletionForm, *, tells_usage: bool
) -> AsyncIterator[list[sse.Chunk]]:
    async for events, replies in growing(ticket):
        chunks = [form.object([_of(event)]) | {"usage": None} for event in events]
        if replies and tells_usage:
            chunks.append(form.object([]) | {"usage": usage(replies), "timings": timings(replies)})
        yield chunks


def _of(event: Event) -> dict[str, Any]:
    if isinstance(event, Grown):
        return _choice(event.index, "".join(piece.text for piece in event.pieces), event.said, None)
    return _choice(event.index, "", (), REASONS[event.reply.finish_reason])
