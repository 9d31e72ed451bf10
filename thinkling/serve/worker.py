"""The bridge between many clients and one model: a thread owns the `LLM`, and tickets go to and fro.

The event loop never waits for arithmetic, and the model's thread never waits for a client: after every step
what has been said is handed to the loop in one call. A client that leaves closes its ticket, and its answers
end before the next step.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from thinkling.errors import RequestError, ThinklingError
from thinkling.records import FREE_FORM, AnswerForm, Message, Piece, Prompt, Reply, ThinkingBudget
from thinkling.text.turn import is_conversation

if TYPE_CHECKING:
    from thinkling.llm import LLM
    from thinkling.pending import Pending
    from thinkling.several import Models
    from thinkling.text.reply import SaidToken

log = logging.getLogger("thinkling.serve")


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


Event = Grown | Ended
Command = Literal["ask", "drop", "abort", "end thinking"]


STOP_S = 10.0
"""So long the end of a step, or of loading, is waited for."""
PATIENCE_S = 30.0
"""So long a model waits for room in memory that others use."""
PAUSE_S, MOST_PAUSE_S = 5e-4, 0.1
"""Between two pieces for one reader: so long for every other reader, and at most. A piece costs as much as
computing several tokens does, and nobody sees the difference."""


class Busy(ThinklingError):
    """As many questions are open as the server takes."""


class Unavailable(ThinklingError):
    """The model cannot be used now: it was not loaded, or there is no room for it."""


class Ticket:
    """One question on its way, for the event loop alone. Close it, whatever happened."""

    def __init__(self, question: Question, worker: Worker, on_close: Callable[[], object]) -> None:
        self.question = question
        self._worker, self._on_close = worker, on_close
        self._events: asyncio.Queue[Event | Exception] = asyncio.Queue()
        self._begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._num_open = self._num_unended = question.num_answers
        self._is_closed = self._is_released = False

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
                self._events.put_nowait(event)


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


class ModelWorker(Worker):
    """One model in memory and its thread."""

    def __init__(
        self, models: Models, name: str, most_open: int, on_reply: Callable[[str, Reply], None]
    ) -> None:
        super().__init__(name, most_open, on_reply)
        self._models = models
        self._loop = asyncio.get_running_loop()
        self._commands: queue.SimpleQueue[tuple[Command, Ticket] | None] = queue.SimpleQueue()
        self._pending: dict[Ticket, Pending] = {}
        self._told_at: dict[Ticket, float] = {}
        """When a question's readers were told something last."""
        self._said: list[Message] | None = None
        """The conversation that was answered last: its next question is to come soon."""
        self._thread = threading.Thread(target=self._run, name=f"model {name}", daemon=True)
        self._thread.start()

    def command(self, command: Command, ticket: Ticket) -> None:
        """Told to the model before its next step."""
        self._commands.put((command, ticket))

    async def stop(self) -> None:
        """End the thread; what is open is aborted."""
        self._commands.put(None)
        await asyncio.to_thread(self._thread.join, STOP_S)

    # ------------------------------------------------------------ in the model's thread

    def _run(self) -> None:
        while (command := self._commands.get()) is not None:
            # Of tickets that have ended nothing but asking has a meaning.
            if command[0] == "ask" and self._use(command[1]):
                return

    def _use(self, first: Ticket) -> bool:
        """Load the model and answer until nobody waits; True if the thread is to end.

        The model is held only in here, so that it can leave memory afterwards.
        """
        try:
            with self._models.use(self.name, PATIENCE_S) as llm:
                return self._answer(llm, first)
        except Exception as error:  # the boundary: whoever waits is told, and the next one may ask
            log.exception("the model %s cannot be used", self.name)
            told = Unavailable(f"the model {self.name!r} cannot be used now: {error}", "try again later")
            return self._refuse_waiting(first, told)

    def _refuse_waiting(self, first: Ticket, error: Exception) -> bool:
        """Those who asked while it was tried are told too, and not made to wait for another try."""
        tickets, is_over = [first], False
        while not self._commands.empty():
            command = self._commands.get()
            is_over |= command is None
            if command is not None and command[0] == "ask":
                tickets.append(command[1])
        self._tell([(ticket, [error]) for ticket in tickets])
        return is_over

    def _answer(self, llm: LLM, first: Ticket) -> bool:
        """Until nobody waits; True if the thread is to end."""
        try:
            self._take(llm, "ask", first)
            while self._pending or not self._commands.empty():
                if self._is_told_to_stop(llm):
                    return True
                if self._pending:
                    llm.step()
                    self._hand_over(llm)
            self._read_ahead(llm)
        except Exception as error:  # a step failed: nothing of it may stay with the model
            log.exception("the model %s failed", self.name)
            for pending in self._pending.values():
                llm.drop(pending)
            self._tell([(ticket, [error]) for ticket in self._pending])
            self._pending.clear()
            self._told_at.clear()
        return False

    def _read_ahead(self, llm: LLM) -> None:
        """While nobody asks: take the conversation into the cache as its next question will find it.

        Templates leave old thinking out, so the answer is a new text then, which somebody would wait for.
        """
        said, self._said = self._said, None
        if said is None:
            return
        try:
            llm.read_ahead(said, lambda: not self._commands.empty())
        except ThinklingError:  # a favour: what is wrong with it, the next question will say
            log.debug("a conversation could not be read ahead")

    def _is_told_to_stop(self, llm: LLM) -> bool:
        """Do what was asked since the last step; True where that is to stop."""
        while not self._commands.empty():
            command = self._commands.get()
            if command is None:
                for pending in self._pending.values():
                    llm.drop(pending)
                self._hand_over(llm)
                return True
            self._take(llm, *command)
        return False

    def _take(self, llm: LLM, command: Command, ticket: Ticket) -> None:
        pending = self._pending.get(ticket)
        if command == "ask":
            question = ticket.question
            try:
                params = llm.sampling(**question.sampling)
                self._pending[ticket] = llm.begin(question.prompt, params, question.thinking, question.form)
                self._tell([(ticket, [None])])
            except Exception as error:  # whatever is wrong with one question, others go on
                if not isinstance(error, RequestError):
                    log.exception("a question could not be begun")
                self._tell([(ticket, [error])])
        elif pending is not None and command == "drop":
            llm.drop(pending)
            self._forget(ticket)
        elif pending is not None and command == "abort":
            llm.drop(pending)
            self._hand_over(llm)
        elif pending is not None:
            llm.end_thinking(pending)

    def _hand_over(self, llm: LLM) -> None:
        news: list[tuple[Ticket, list[Event | Exception | None]]] = []
        now = time.perf_counter()
        told_before = now - min(MOST_PAUSE_S, PAUSE_S * (len(self._pending) - 1))
        for ticket, pending in list(self._pending.items()):
            if self._told_at.get(ticket, 0.0) > told_before and not pending.is_done:
                continue
            events: list[Event | Exception | None] = []
            for index, answer in enumerate(pending.answers):
                pieces, said = answer.take(), answer.take_said()
                if pieces or said:
                    events.append(Grown(index, pieces, said))
                if answer.has_news_of_its_end():
                    assert answer.reply is not None
                    events.append(Ended(index, answer.reply))
            if events:
                news.append((ticket, events))
                self._told_at[ticket] = now
            if pending.is_done:
                llm.drop(pending)
                self._forget(ticket)
                self._said = _conversation(ticket.question, pending)
        if news:
            self._tell(news)

    def _forget(self, ticket: Ticket) -> None:
        del self._pending[ticket]
        self._told_at.pop(ticket, None)

    def _tell(self, news: Sequence[tuple[Ticket, Sequence[Event | Exception | None]]]) -> None:
        try:
            self._loop.call_soon_threadsafe(_deliver, news)
        except RuntimeError:  # the loop has ended: nobody listens
            log.debug("an answer came after the end")


def _conversation(question: Question, pending: Pending) -> list[Message] | None:
    """A conversation with its one answer; None where there is none to go on with."""
    reply = pending.answers[0].reply
    # With tools the next prompt begins otherwise than is known here.
    is_one = question.num_answers == 1 and is_conversation(question.prompt) and not question.form.tools
    if not is_one or reply is None or reply.finish_reason != "stop":
        return None
    answer = Message("assistant", reply.content, reply.reasoning, reply.tool_calls)
    return [*cast("Sequence[Message]", question.prompt), answer]


def _deliver(news: Sequence[tuple[Ticket, Sequence[Event | Exception | None]]]) -> None:
    for ticket, events in news:
        ticket.put(events)
