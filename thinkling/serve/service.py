"""What all routes share: the models' workers, the open questions, and how a client's leaving is noticed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from fastapi import Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from thinkling.errors import ConfigError, RequestError, ThinklingError
from thinkling.remote_form import RemoteError
from thinkling.serve import sse
from thinkling.serve.far import FarWorker
from thinkling.serve.host import Host, InThreads, ModelWorker
from thinkling.serve.metrics import Metrics
from thinkling.serve.settings import ServeSettings
from thinkling.serve.store import Store, StoreFull
from thinkling.serve.worker import Busy, Question, Ticket, Unavailable, Worker

if TYPE_CHECKING:
    from thinkling.several import Models

log = logging.getLogger("thinkling.serve")

Result = TypeVar("Result")

BATCHES = "batches"
"""Who asks for lines of batches: nobody's key has this hash."""


class UnknownModel(ThinklingError):
    """A model that is not served."""


class UnknownAnswer(ThinklingError):
    """An answer that is not being written, or not for this key."""


class UnknownThing(ThinklingError):
    """A file, a batch or a response that is not there, or not for this key."""


class Stopping(ThinklingError):
    """The service is about to end."""


class ClientLeft(ThinklingError):
    """Nobody waits for the answer any more."""


STATUS: dict[type[ThinklingError], int] = {
    Busy: 429,
    Unavailable: 503,
    UnknownModel: 404,
    UnknownAnswer: 404,
    UnknownThing: 404,
    Stopping: 503,
    ClientLeft: 499,
    RequestError: 400,
    RemoteError: 502,
    StoreFull: 507,
}
"""What an error is to a client; any other is a fault of ours."""


class Service:
    """The workers of all models, begun when they are first asked."""

    def __init__(self, models: Models | Host, settings: ServeSettings) -> None:
        """`models` alone live in threads of this process. Raises ConfigError for two models of one name."""
        self.host = models if isinstance(models, Host) else InThreads(models)
        self.models, self.settings = self.host.models, settings
        both = set(self.models.folders) & set(settings.far_models)
        if both:
            raise ConfigError(f"two models are called {min(both)!r}.", "give the one elsewhere another name")
        self.started_at = int(time.time())
        self.is_draining = False
        self._ends_at = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self.store = Store(settings.data.expanduser())
        self.wake_batches: Callable[[], None] = lambda: None
        """Called when a batch has changed."""
        self.metrics = Metrics(self.open_by_model, lambda: self.host.loaded)
        self._workers: dict[str, Worker] = {}
        self._open: dict[str, tuple[str, Ticket]] = {}
        self._tasks: set[asyncio.Future[object]] = set()

    @property
    def names(self) -> list[str]:
        """Of all models, those elsewhere last."""
        return [*self.models.folders, *self.settings.far_models]

    def named(self, name: str | None) -> str:
        """A model's name; None is the first. Raises UnknownModel."""
        names = self.names
        name = names[0] if name is None else name
        if name not in names:
            raise UnknownModel(f"there is no model {name!r} here.", f"use {', '.join(names)}")
        return name

    def worker(self, name: str | None) -> Worker:
        """The worker of a model. Raises UnknownModel, RequestError."""
        name = self.named(name)
        if name not in self._workers:
            most, note = self.settings.most_open, self.metrics.note_answer
            far = self.settings.far_models.get(name)
            if far is None:
                self._workers[name] = ModelWorker(self.host, name, most, note)
            else:
                self._workers[name] = FarWorker(name, far, most, note)
        return self._workers[name]

    def ask(self, worker: Worker, question: Question, number: str, owner: str) -> Ticket:
        """A ticket that its owner finds by `number` while it is open. Raises Busy, Stopping."""
        if self.is_draining:
            raise Stopping("the service is stopping.", "try again in a minute")
        ticket = worker.ask(question, lambda: self._open.pop(number, None))
        ticket.hides_reasoning = self.settings.reasoning_field == "hidden"
        self._open[number] = (owner, ticket)
        return ticket

    def ticket(self, number: str, owner: str) -> Ticket:
        """An open one of this owner's. Raises UnknownAnswer."""
        found, ticket = self._open.get(number, (None, None))
        if ticket is None or found != owner:
            raise UnknownAnswer(f"no answer {number!r} is being written.", "use the id of an open stream")
        return ticket

    def later(self, work: Coroutine[Any, Any, object]) -> None:
        """Done beside the requests; what fails is logged."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Future[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("work in the background failed", exc_info=task.exception())

    @property
    def num_open(self) -> int:
        """Questions that are waiting or being answered."""
        return sum(self.open_by_model().values())

    def num_open_of(self, owner: str) -> int:
        """Those of one owner."""
        return sum(found == owner for found, _ in self._open.values())

    def open_by_model(self) -> dict[str, int]:
        """The same, by model."""
        return {name: worker.num_open for name, worker in self._workers.items()}

    def begin(self) -> None:
        """In the event loop that it lives in from now on."""
        self._loop = asyncio.get_running_loop()
        self.host.begin()

    def begin_to_stop(self) -> None:
        """No more questions are taken, and no more lines of batches; what is open may go on for a while.

        May be called by a signal, at any time.
        """
        if self.is_draining:
            return
        self.is_draining = True
        self._ends_at = time.monotonic() + self.settings.drain_s
        if self._loop is not None:  # before anything has begun there is nothing to end
            self._loop.call_soon_threadsafe(self._loop.call_later, self.settings.drain_s, self._abort_open)

    def _abort_open(self) -> None:
        """Whoever still reads is told how far the answer came; lines of batches are left, and asked again."""
        for owner, ticket in list(self._open.values()):
            if owner != BATCHES:
                ticket.abort()

    async def drain(self) -> None:
        """Let what is open end until the time is over; then end it."""
        self.begin_to_stop()
        while self.num_open and time.monotonic() < self._ends_at:
            await asyncio.sleep(0.05)
        for worker in self._workers.values():
            await worker.stop()
        await self.host.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.store.close()


def owner_of(request: Request) -> str:
    """Whose request it is: the hash of the key, or nobody's in particular."""
    found: str = request.scope.get("key", "")
    return found


async def taken_up(ticket: Ticket, patience_s: float | None = None) -> None:
    """Raises, and closes the ticket, where the question is refused in time."""
    try:
        await asyncio.wait_for(ticket.begun(), patience_s)
    except TimeoutError:
        return
    except BaseException:
        ticket.close()
        raise


async def unless_left(request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of `work`, which ends at once if the client leaves. Raises ClientLeft."""
    task = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request.receive))
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientLeft("the client left.", "nobody reads this")
        return task.result()
    finally:
        task.cancel()
        leaving.cancel()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class Closable(Protocol):
    """A ticket, or what else has to be closed in the end."""

    def close(self) -> None:
        """For good."""
        ...


class ChunkStream(Response):
    """What happens to a question, as chunks. Its ticket is closed at the end, however it comes.

    Two tasks stand beside each stream: one waits for the client to leave, one speaks where nothing happens.
    """

    def __init__(
        self,
        batches: AsyncIterator[Sequence[sse.Chunk]],
        open: Sequence[Closable],
        every_s: float,
        wire: sse.Wire,
    ) -> None:
        """`open`: what is closed at the end. `every_s`: silence after which the stream says that it lives."""
        self.status_code, self.background = 200, None
        self.media_type = wire.media_type
        self.init_headers(sse.HEADERS)
        self._batches, self._open, self._every_s, self._wire = batches, open, every_s, wire
        self._sent_at, self._end = 0.0, wire.end
        self._is_over = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it."""
        beside = [asyncio.ensure_future(_left(receive))]
        task = asyncio.current_task()
        assert task is not None
        beside[0].add_done_callback(lambda _: self._is_over or task.cancel())
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            if self._wire.keep_alive:
                beside.append(asyncio.ensure_future(self._keep_alive(send)))
            async for data in self._written():
                if not data:  # what happened is not shown: nothing was said
                    continue
                self._sent_at = time.monotonic()
                await send({"type": "http.response.body", "body": data, "more_body": True})
            await send({"type": "http.response.body", "body": self._end, "more_body": False})
        except asyncio.CancelledError:
            if not beside[0].done():
                raise
            if task.uncancel():  # somebody else wants it to end, too
                raise
        finally:  # also where the client left before the first event
            self._is_over = True
            for one in beside:
                one.cancel()
            for closable in self._open:
                closable.close()

    async def _keep_alive(self, send: Send) -> None:
        """Says something wherever nothing came for a while: clients and proxies give up on silence."""
        self._sent_at = time.monotonic()
        while True:
            silent_s = time.monotonic() - self._sent_at
            if silent_s >= self._every_s:
                self._sent_at, silent_s = time.monotonic(), 0.0
                await send({"type": "http.response.body", "body": self._wire.keep_alive, "more_body": True})
            await asyncio.sleep(self._every_s - silent_s)

    async def _written(self) -> AsyncIterator[bytes]:
        """What goes wrong now can only be told as a chunk; then the stream has no proper end."""
        wire = self._wire
        try:
            async for chunks in self._batches:
                yield wire.written(chunks)
        except ThinklingError as error:
            self._end = b""
            yield wire.chunk(wire.fault(status_of(error), error.message, error.hint))
        except Exception:  # the boundary: the status is sent already, and the client must not wait
            log.exception("a stream failed")
            self._end = b""
            yield wire.chunk(wire.fault(500, "something went wrong inside thinkling.", ""))


def status_of(error: ThinklingError) -> int:
    """The HTTP status of an error."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
