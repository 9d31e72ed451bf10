"""The bridge between many clients and one model: questions become tickets, and news of them come back.

The event loop never waits for arithmetic, and a model never waits for a client. A client that leaves closes
its ticket, and its answers end before the model's next step. Who does the arithmetic is a `Worker`'s affair:
`thinkling.serve.host` for models on this machine, `thinkling.serve.far` for those elsewhere.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from thinkling.errors import ThinklingError
from thinkling.records import FREE_FORM, AnswerForm, Piece, Prompt, Reply, ThinkingBudget

if TYPE_CHECKING:
    from thinkling.text.reply import SaidToken


@dataclass(frozen=True, slots=True)
class Question:
    """What a client asks of one model. `sampling` holds what the client has said of it, and no more."""

    prompt: Prompt
    sampling: dict[str, Any]
    thinking: ThinkingBudget = "auto"
    form: AnswerForm = FREE_FORM

    @property
    def num_answers(self) -> int:
        """Answers that were asked for."""
        return int(self.sampling.get("n") or 1)


@dataclass(frozen=True, slots=True)
class Grown:
    """Answer `index` has become longer. `said`: its new tokens, where log-probabilities were asked for."""

    index: int
    pieces: Sequence[Piece]
    said: Sequence[SaidToken]


@dataclass(frozen=True, slots=True)
class Ended:
    """Answer `index` is complete."""

    index: int
    reply: Reply


_NUMBERS = count()

Event = Grown | Ended
Command = Literal["ask", "drop", "abort", "end thinking"]
News = Sequence[tuple[int, Sequence[Event | Exception | None]]]
"""What has happened, by the numbers of questions; None: one was taken up."""


class Busy(ThinklingError):
    """As many questions are open as the server takes."""


class Unavailable(ThinklingError):
    """The model cannot be used now: it was not loaded, or there is no room for it."""


class Ticket:
    """One question on its way, for the event loop alone. Close it, whatever happened."""

    def __init__(self, question: Question, worker: Worker, on_close: Callable[[], object]) -> None:
        self.question = question
        self.number = next(_NUMBERS)
        """No other ticket has it."""
        self._worker, self._on_close = worker, on_close
        self._events: asyncio.Queue[Event | Exception] = asyncio.Queue()
        self._begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._num_open = self._num_unended = question.num_answers
        self._is_closed = self._is_released = False
        self.hides_reasoning = False
        """Whether nobody is told what was thought; set before anything happens."""

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can happen to it."""
        return not self._num_unended

    async def begun(self) -> None:
        """Returns when the model has taken the question up. Raises what refuses it."""
        await asyncio.shield(self._begun)

    async def batches(self) -> AsyncIterator[list[Event]]:
        """What has happened since the last time, until all answers have ended. Raises what went wrong."""
        while self._num_open:
            events = [await self._events.get()]
            while not self._events.empty():
                events.append(self._events.get_nowait())
            fault = next((one for one in events if isinstance(one, Exception)), None)
            if fault is not None:
                raise fault
            self._num_open -= sum(isinstance(one, Ended) for one in events)
            yield [one for one in events if not isinstance(one, Exception)]

    def end_thinking(self) -> None:
        """Answers that still think stop thinking and answer."""
        self._worker.command("end thinking", self)

    def abort(self) -> None:
        """Answers that still grow end as they are, and whoever reads is told."""
        self._worker.command("abort", self)

    def close(self) -> None:
        """The client is served, or has left: answers that still grow are aborted."""
        if not self._is_closed:
            self._is_closed = True
            if self._num_unended:
                self._worker.command("drop", self)
            self._release()

    def _release(self) -> None:
        """It no longer counts as open."""
        if not self._is_released:
            self._is_released = True
            self._on_close()
            self._worker.num_open -= 1

    def __enter__(self) -> Ticket:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def put(self, events: Sequence[Event | Exception | None]) -> None:
        """News from the model; None: the question was taken up."""
        for event in events:
            if not self._begun.done():
                if isinstance(event, Exception):
                    self._begun.set_exception(event)
                    self._begun.exception()  # read here, should nobody else
                else:
                    self._begun.set_result(None)
            if isinstance(event, Ended):
                self._worker.note(event)
                self._num_unended -= 1
                if not self._num_unended:
                    self._release()  # however long its reader takes
            if event is not None:
                self._events.put_nowait(_without_reasoning(event) if self.hides_reasoning else event)


def _without_reasoning(event: Event | Exception) -> Event | Exception:
    if isinstance(event, Ended):
        return replace(event, reply=replace(event.reply, reasoning=""))
    if isinstance(event, Grown):
        pieces = [one for one in event.pieces if one.kind != "reasoning"]
        return Grown(event.index, pieces, [one for one in event.said if not one.is_reasoning])
    return event


class Worker(ABC):
    """Who answers the questions to one model. The methods are for the event loop."""

    def __init__(self, name: str, most_open: int, on_reply: Callable[[str, Reply], None]) -> None:
        """`on_reply` is told of every answer that ends, in the event loop."""
        self.name = name
        self.num_open = 0
        """Questions that are waiting or being answered."""
        self._most_open, self._on_reply = most_open, on_reply

    def ask(self, question: Question, on_close: Callable[[], object] = lambda: None) -> Ticket:
        """Hand a question over. Raises Busy where too many are open."""
        if self.num_open >= self._most_open:
            raise Busy(
                f"{self.num_open} questions are waiting or being answered.", "try again in a few seconds"
            )
        self.num_open += 1
        ticket = Ticket(question, self, on_close)
        self.command("ask", ticket)
        return ticket

    def note(self, event: Ended) -> None:
        """An answer has ended."""
        self._on_reply(self.name, event.reply)

    @abstractmethod
    def command(self, command: Command, ticket: Ticket) -> None:
        """What is to happen to a question."""

    @abstractmethod
    async def stop(self) -> None:
        """For good; what is open is aborted."""
