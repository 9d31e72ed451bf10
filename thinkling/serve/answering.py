"""What every interface does with a ticket: wait for all of it, or hand it on as it grows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import Response

from thinkling.records import Reply
from thinkling.serve import sse
from thinkling.serve.faults import Json
from thinkling.serve.service import ChunkStream, Service, taken_up, unless_left
from thinkling.serve.worker import Ended, Event, Grown, Ticket
from thinkling.text.reply import SaidToken
from thinkling.text.thinking import joined

PATIENCE_S = 2.0
"""So long a stream waits to be taken up, so that a mistake is a status; then it begins with comments."""


class ReplyForm(Protocol):
    """How the one reply to a question is written down in some interface."""

    def whole(self, reply: Reply) -> dict[str, Any]:
        """All of it."""
        ...

    def chunks(self, ticket: Ticket) -> AsyncIterator[Sequence[sse.Chunk]]:
        """The same as it grows."""
        ...


async def answered(
    request: Request, ticket: Ticket, form: ReplyForm, wire: sse.Wire, *, is_streamed: bool
) -> Response:
    """The one reply to a question, at once or in pieces. Raises what refuses it, ClientLeft."""
    service: Service = request.app.state.service
    if is_streamed:
        await taken_up(ticket, PATIENCE_S)
        return ChunkStream(form.chunks(ticket), [ticket], service.settings.keep_alive_s, wire)
    with ticket:
        return Json(form.whole(await unless_left(request, _only_reply(ticket))))


async def _only_reply(ticket: Ticket) -> Reply:
    await taken_up(ticket)
    (reply,), _ = await whole(ticket)
    return reply


async def whole(ticket: Ticket) -> tuple[list[Reply], list[list[SaidToken]]]:
    """Waits for all answers: the replies, and the tokens of each."""
    num = ticket.question.num_answers
    replies: dict[int, Reply] = {}
    said: list[list[SaidToken]] = [[] for _ in range(num)]
    async for events in ticket.batches():
        for event in events:
            if isinstance(event, Grown):
                said[event.index] += event.said
            else:
                replies[event.index] = event.reply
    return [replies[index] for index in range(num)], said


async def growing(ticket: Ticket) -> AsyncIterator[tuple[list[Event], list[Reply]]]:
    """What has happened since the last time, merged; with the last of it the replies, in their order."""
    num = ticket.question.num_answers
    replies: dict[int, Reply] = {}
    async for events in ticket.batches():
        replies |= {one.index: one.reply for one in events if isinstance(one, Ended)}
        yield merged(events), [replies[index] for index in range(num)] if len(replies) == num else []


def merged(events: Sequence[Event]) -> list[Event]:
    """The same, each answer's growth in one event: a reader who is slow gets fewer, larger chunks."""
    grown: dict[int, Grown] = {}
    ended = []
    for event in events:
        if isinstance(event, Ended):
            ended.append(event)
        elif event.index in grown:
            before = grown[event.index]
            grown[event.index] = Grown(
                event.index, [*before.pieces, *event.pieces], [*before.said, *event.said]
            )
        else:
            grown[event.index] = event
    return [*(_joined(one) for one in grown.values()), *ended]


def _joined(event: Grown) -> Grown:
    """Neighbouring pieces of one kind as one."""
    return Grown(event.index, joined(event.pieces), event.said)
