"""One model and its thread: it answers questions step by step, and tells what has happened after every step.

It knows nothing of clients, event loops or processes: orders come as they are put, news go where they are
told. Questions have numbers here.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, cast

from thinkling.errors import RequestError, ThinklingError
from thinkling.records import Message
from thinkling.serve.worker import Command, Ended, Event, Grown, News, Question, Unavailable
from thinkling.text.thinking import joined
from thinkling.text.turn import is_conversation

if TYPE_CHECKING:
    from thinkling.llm import LLM
    from thinkling.pending import Pending
    from thinkling.several import Models

log = logging.getLogger("thinkling.serve")

STOP_S = 10.0
"""So long the end of a step, or of loading, is waited for."""
PATIENCE_S = 30.0
"""So long a model waits for room in memory that others use."""
PAUSE_S, MOST_PAUSE_S = 5e-4, 0.1
"""Between two pieces for one reader: so long for every other reader, and at most. A piece costs as much as
computing several tokens does, and nobody sees the difference."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to happen to question `number`; to be asked it comes along."""

    command: Command
    number: int
    question: Question | None = None


@dataclass(slots=True)
class _Open:
    """A question that is being answered, and when its readers were told something last."""

    question: Question
    pending: Pending
    told_at: float = 0.0


class Answerer:
    """The thread of one model. `put`, `end` and `join` are for other threads."""

    def __init__(
        self, models: Models, name: str, tell: Callable[[News], None], on_use: Callable[[], None]
    ) -> None:
        """`tell` is given the news, and `on_use` called when models may have come or gone."""
        self._models, self._name, self._tell, self._on_use = models, name, tell, on_use
        self._orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._open: dict[int, _Open] = {}
        self._said: list[Message] | None = None
        """The conversation that was answered last: its next question is to come soon."""
        self.leaves_room = False
        """Whether one processor is left to somebody who has much to do."""
        self._thread = threading.Thread(target=self._run, name=f"model {name}", daemon=True)
        self._thread.start()

    def put(self, order: Order) -> None:
        """To be done before the model's next step."""
        self._orders.put(order)

    def end(self) -> None:
        """The thread is to end with its step; what is open is aborted."""
        self._orders.put(None)

    def join(self) -> None:
        """Wait for its end, for a while."""
        self._thread.join(STOP_S)

    # ------------------------------------------------------------ in the thread

    def _run(self) -> None:
        while (order := self._orders.get()) is not None:
            # Of questions that have ended nothing but asking has a meaning.
            if order.command == "ask" and self._use(order):
                return

    def _use(self, first: Order) -> bool:
        """Load the model and answer until nobody waits; True if the thread is to end.

        The model is held only in here, so that it can leave memory afterwards.
        """
        try:
            with self._models.use(self._name, PATIENCE_S) as llm:
                self._on_use()
                return self._answer(llm, first)
        except Exception as error:  # the boundary: whoever waits is told, and the next one may ask
            # What is known to go wrong is a sentence, and no trace of the code.
            is_known = isinstance(error, ThinklingError)
            log.error("the model %s cannot be used: %s", self._name, error, exc_info=not is_known)
            self._on_use()
            words = f"the model {self._name!r} cannot be used now: {error}"
            return self._refuse_waiting(first, Unavailable(words, "try again later"))

    def _refuse_waiting(self, first: Order, error: Exception) -> bool:
        """Those who asked while it was tried are told too, and not made to wait for another try."""
        numbers, is_over = [first.number], False
        while not self._orders.empty():
            order = self._orders.get()
            is_over |= order is None
            if order is not None and order.command == "ask":
                numbers.append(order.number)
        self._tell([(number, [error]) for number in numbers])
        return is_over

    def _answer(self, llm: LLM, first: Order) -> bool:
        """Until nobody waits; True if the thread is to end."""
        threads = _Threads()
        try:
            self._take(llm, first)
            while self._open or not self._orders.empty():
                if self._is_told_to_stop(llm):
                    return True
                if self._open:
                    threads.use(leaves_room=self.leaves_room)
                    llm.step()
                    self._hand_over(llm)
            self._read_ahead(llm)
        except Exception as error:  # a step failed: nothing of it may stay with the model
            log.exception("the model %s failed", self._name)
            for one in self._open.values():
                llm.drop(one.pending)
            self._tell([(number, [error]) for number in self._open])
            self._open.clear()
        finally:
            threads.use(leaves_room=False)
        return False

    def _read_ahead(self, llm: LLM) -> None:
        """While nobody asks: take the conversation into the cache as its next question will find it.

        Templates leave old thinking out, so the answer is a new text then, which somebody would wait for.
        """
        said, self._said = self._said, None
        if said is None:
            return
        try:
            llm.read_ahead(said, lambda: not self._orders.empty())
        except ThinklingError:  # a favour: what is wrong with it, the next question will say
            log.debug("a conversation could not be read ahead")

    def _is_told_to_stop(self, llm: LLM) -> bool:
        """Do what was ordered since the last step; True where that is to stop."""
        while not self._orders.empty():
            order = self._orders.get()
            if order is None:
                for one in self._open.values():
                    llm.drop(one.pending)
                self._hand_over(llm)
                return True
            self._take(llm, order)
        return False

    def _take(self, llm: LLM, order: Order) -> None:
        if order.question is not None:
            self._begin(llm, order.number, order.question)
            return
        one = self._open.get(order.number)
        if one is None:
            return
        if order.command == "end thinking":
            llm.end_thinking(one.pending)
            return
        llm.drop(one.pending)
        if order.command == "drop":
            del self._open[order.number]
        else:
            self._hand_over(llm)

    def _begin(self, llm: LLM, number: int, question: Question) -> None:
        try:
            params = llm.sampling(**question.sampling)
            pending = llm.begin(question.prompt, params, question.thinking, question.form)
        except Exception as error:  # whatever is wrong with one question, others go on
            if not isinstance(error, RequestError):
                log.exception("a question could not be begun")
            self._tell([(number, [error])])
            return
        self._open[number] = _Open(question, pending)
        self._tell([(number, [None])])

    def _hand_over(self, llm: LLM) -> None:
        news: list[tuple[int, list[Event | Exception | None]]] = []
        now = time.perf_counter()
        told_before = now - min(MOST_PAUSE_S, PAUSE_S * (len(self._open) - 1))
        for number, one in list(self._open.items()):
            is_done = one.pending.is_done
            if one.told_at > told_before and not is_done:
                continue
            events = _events_of(one.pending)
            if events:
                news.append((number, events))
                one.told_at = now
            if is_done:
                llm.drop(one.pending)
                del self._open[number]
                self._said = _conversation(one.question, one.pending)
        if news:
            self._tell(news)


class Answerers:
    """An `Answerer` for every model that was asked, begun when it is asked first."""

    def __init__(self, models: Models, tell: Callable[[News], None], on_use: Callable[[], None]) -> None:
        self._models, self._tell, self._on_use = models, tell, on_use
        self._by_name: dict[str, Answerer] = {}
        self._leaves_room = False

    def put(self, name: str, order: Order) -> None:
        """To be done before the next step of model `name`."""
        if name not in self._by_name:
            self._by_name[name] = Answerer(self._models, name, self._tell, self._on_use)
            self._by_name[name].leaves_room = self._leaves_room
        self._by_name[name].put(order)

    def leave_room(self, is_wanted: bool) -> None:
        """Whether a processor is left to somebody else, by all of them."""
        self._leaves_room = is_wanted
        for one in self._by_name.values():
            one.leaves_room = is_wanted

    def stop(self) -> None:
        """End all threads at once, and wait for that; what is open is aborted."""
        for one in self._by_name.values():
            one.end()
        for one in self._by_name.values():
            one.join()


class _Threads:
    """How many the model computes with: one fewer where somebody else keeps a processor busy.

    Threads wait for each other at the end of every product, so one that has to share its processor makes
    all of them slow: a step took five times as long (docs/log.md).
    """

    def __init__(self) -> None:
        self._most, self._leaves_room = _most_threads(), False

    def use(self, *, leaves_room: bool) -> None:
        """From the next step on."""
        if leaves_room != self._leaves_room:
            import torch

            self._leaves_room = leaves_room
            torch.set_num_threads(max(1, self._most - leaves_room))


@cache
def _most_threads() -> int:
    """Before anybody took one away: what a new thread finds is what was set last, in whichever thread."""
    import torch  # which is there by now: the model is

    return torch.get_num_threads()


def _events_of(pending: Pending) -> list[Event | Exception | None]:
    """What has happened to a question since the last time."""
    events: list[Event | Exception | None] = []
    for index, answer in enumerate(pending.answers):
        pieces, said = answer.take(), answer.take_said()
        if pieces or said:
            events.append(Grown(index, joined(pieces), said))
        if answer.has_news_of_its_end():
            assert answer.reply is not None
            events.append(Ended(index, answer.reply))
    return events


def _conversation(question: Question, pending: Pending) -> list[Message] | None:
    """A conversation with its one answer; None where there is none to go on with."""
    reply = pending.answers[0].reply
    # With tools the next prompt begins otherwise than is known here.
    is_one = question.num_answers == 1 and is_conversation(question.prompt) and not question.form.tools
    if not is_one or reply is None or reply.finish_reason != "stop":
        return None
    answer = Message("assistant", reply.content, reply.reasoning, reply.tool_calls)
    return [*cast("list[Message]", question.prompt), answer]
