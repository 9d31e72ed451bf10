"""Where the models of this machine live: in threads of this process, or in a process of their own.

`Host` is what a service sees of them. `InThreads` is the plain one, for batches without a service and for
whoever embeds one; `thinkling.serve.apart` is the other, which `thinkling serve` uses.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from thinkling.records import Reply
from thinkling.serve.answerer import Answerers, Order
from thinkling.serve.worker import Command, News, Ticket, Worker

if TYPE_CHECKING:
    from thinkling.several import Models

log = logging.getLogger("thinkling.serve")


class Host(ABC):
    """Takes orders to models and hands their news to tickets. For one event loop."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self._tickets: dict[int, Ticket] = {}
        """The open ones by number."""

    def begin(self) -> None:  # noqa: B027  (nothing, where there is nothing to begin)
        """The event loop runs."""

    @property
    @abstractmethod
    def loaded(self) -> list[str]:
        """Names of the models in memory."""

    @abstractmethod
    def _send(self, name: str, order: Order) -> None:
        """Told to a model before its next step."""

    @abstractmethod
    async def stop(self) -> None:
        """For good; what is open is aborted."""

    def command(self, name: str, command: Command, ticket: Ticket) -> None:
        """What is to happen to a question that model `name` is asked."""
        number = ticket.number
        if command == "ask":
            self._tickets[number] = ticket
            try:
                self._send(name, Order(command, number, ticket.question))
            except Exception as error:  # it cannot even be sent, and somebody waits
                self._deliver([(number, [error])])
        elif number in self._tickets:
            if command == "drop":
                self._tickets.pop(number, None)
            self._send(name, Order(command, number))

    def _deliver(self, news: News) -> None:
        for number, events in news:
            ticket = self._tickets.get(number)
            if ticket is None:  # its client left meanwhile
                continue
            try:
                ticket.put(events)
            except Exception:  # the boundary: one ticket must not end the news of all others
                log.exception("news could not be handed over")
            if ticket.has_ended or any(isinstance(one, Exception) for one in events):
                self._tickets.pop(number, None)


class ModelWorker(Worker):
    """Who answers the questions to one model of a host."""

    def __init__(self, host: Host, name: str, most_open: int, on_reply: Callable[[str, Reply], None]) -> None:
        super().__init__(name, most_open, on_reply)
        self._host = host

    def command(self, command: Command, ticket: Ticket) -> None:
        """Told to the model before its next step."""
        self._host.command(self.name, command, ticket)

    async def stop(self) -> None:
        """Nothing: all models end with their host."""


class InThreads(Host):
    """In this process, a thread for every model that was asked."""

    def __init__(self, models: Models) -> None:
        super().__init__(models)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._answerers = Answerers(models, self._tell, lambda: None)

    @property
    def loaded(self) -> list[str]:
        """Names of the models in memory."""
        return self.models.loaded

    def _send(self, name: str, order: Order) -> None:
        self._loop = asyncio.get_running_loop()
        self._answerers.put(name, order)

    def _tell(self, news: News) -> None:
        """In the model's thread."""
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(self._deliver, news)
        except RuntimeError:  # the loop has ended: nobody listens
            log.debug("an answer came after the end")

    async def stop(self) -> None:
        """End the threads; what is open is aborted."""
        await asyncio.to_thread(self._answerers.stop)
