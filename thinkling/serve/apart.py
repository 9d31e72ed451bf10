"""Models in a process of their own, so that arithmetic and clients do not wait for one Python lock.

Both sides of the wire: `Apart` starts the process and talks to it from the event loop; `main` is the process.
The wire is a socket without a name, and `thinkling.serve.wire` says what goes over it. If the models' process
dies, whoever waits is told and the next question starts another; if the service dies, the wire is cut and the
models' process ends at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any, BinaryIO

from thinkling.serve.answerer import STOP_S, Answerer, Order
from thinkling.serve.host import Host
from thinkling.serve.wire import LENGTH, Asked, Busy, Hello, Loaded, message, read
from thinkling.serve.worker import News, Unavailable
from thinkling.several import Models

log = logging.getLogger("thinkling.serve")

_PROGRAM = """
import json, sys
sys.path[:] = json.loads(sys.argv[2])
from thinkling.serve.apart import main
main(int(sys.argv[1]))
"""
"""The models' process: the same modules are found there, wherever it is started."""
BUSY_EVERY_S = 0.5
"""So often the service looks how busy it is."""
BUSY_FROM, BUSY_UNTIL = 0.15, 0.05
"""Share of one processor that the service's own work takes: above the first the models leave it one alone."""


# ------------------------------------------------------------ the service's side


class Apart(Host):
    """The models' process, started when this is made, and again whenever it is needed and not there."""

    def __init__(self, models: Models) -> None:
        """`models` is only a list here: they are loaded over there."""
        super().__init__(models)
        self._loaded: list[str] = []
        self._is_stopping = False
        self._life: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._unsent: list[bytes] = []
        """Orders from before the wire was open."""
        self._process, self._wire = self._started()

    @property
    def loaded(self) -> list[str]:
        """Names of the models in memory."""
        return self._loaded

    @property
    def pid(self) -> int:
        """The models' process."""
        return self._process.pid

    def _started(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        with theirs:
            words = [sys.executable, "-P", "-c", _PROGRAM, str(theirs.fileno()), json.dumps(sys.path)]
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
        models = self.models
        hello = Hello(models.folders, models.memory_gb, models.is_compiled, models.keywords)
        ours.sendall(message(hello))
        ours.setblocking(False)
        return process, ours

    def begin(self) -> None:
        """Listen to it, in the event loop."""
        if self._life is None and not self._is_stopping:
            self._life = asyncio.ensure_future(self._live())

    def _send(self, name: str, order: Order) -> None:
        self.begin()
        self._write(message(Asked(name, order)))

    def _write(self, data: bytes) -> None:
        if self._writer is None:
            self._unsent.append(data)
        else:
            self._writer.write(data)

    async def _live(self) -> None:
        """For as long as the process lives, and once more for the next one."""
        reader, self._writer = await asyncio.open_unix_connection(sock=self._wire)
        for data in self._unsent:
            self._writer.write(data)
        self._unsent.clear()
        watch = asyncio.ensure_future(self._watch_busy())
        try:
            while True:
                (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
                self._hear(read(await reader.readexactly(length)))
        except (asyncio.IncompleteReadError, OSError):
            watch.cancel()
            self._writer.close()
            self._writer = None
            await self._died()

    def _hear(self, heard: Any) -> None:
        if isinstance(heard, Loaded):
            self._loaded = heard.names
        else:
            self._deliver(heard)

    async def _died(self) -> None:
        """Whoever waits is told; the next question starts another process."""
        code = await asyncio.to_thread(self._process.wait)
        self._life, self._loaded = None, []
        if not self._is_stopping:
            log.error("the models' process ended with exit code %d", code)
            self._process, self._wire = self._started()
        error = Unavailable("the models' process ended.", "ask again; if it ends again, memory may be short")
        self._deliver([(number, [error]) for number in list(self._tickets)])

    async def _watch_busy(self) -> None:
        is_busy, wall, used = False, time.monotonic(), time.process_time()
        while True:
            await asyncio.sleep(BUSY_EVERY_S)
            now, now_used = time.monotonic(), time.process_time()
            share = (now_used - used) / (now - wall)
            wall, used = now, now_used
            if share > BUSY_FROM if not is_busy else share < BUSY_UNTIL:
                is_busy = not is_busy
                self._write(message(Busy(is_busy)))

    async def stop(self) -> None:
        """End the process; what is open is aborted."""
        if self._is_stopping:
            return
        self.begin()
        self._is_stopping = True
        assert self._life is not None
        self._write(message(None))
        try:
            await asyncio.wait_for(asyncio.shield(self._life), STOP_S + 1)
        except TimeoutError:
            self._process.kill()
            await self._life


# ------------------------------------------------------------ the models' side


class _Models:
    """What `main` runs: a thread for every model that was asked, and a lock for the wire."""

    def __init__(self, wire: BinaryIO, models: Models) -> None:
        self._wire, self._models = wire, models
        self._lock = threading.Lock()
        self._answerers: dict[str, Answerer] = {}
        self._leaves_room = False

    def obey(self, heard: Asked | Busy) -> None:
        """An order to a model, or how busy the service is."""
        if isinstance(heard, Busy):
            self._leaves_room = heard.leaves_room
            for one in self._answerers.values():
                one.leaves_room = self._leaves_room
            return
        name = heard.model
        if name not in self._answerers:
            self._answerers[name] = Answerer(self._models, name, self._tell, self._tell_loaded)
            self._answerers[name].leaves_room = self._leaves_room
        self._answerers[name].put(heard.order)

    def stop(self) -> None:
        """End all threads."""
        for one in self._answerers.values():
            one.stop()

    def _tell(self, news: News) -> None:
        self._say(news)

    def _tell_loaded(self) -> None:
        self._say(Loaded(self._models.loaded))

    def _say(self, content: object) -> None:
        data = message(content)
        with self._lock, contextlib.suppress(OSError):  # nobody listens: the process is about to end
            self._wire.write(data)
            self._wire.flush()


def main(descriptor: int) -> None:
    """The models' process: obeys the socket with this number until it is told to stop, or the wire is cut."""
    # Ctrl-C reaches it too; the service decides what that means.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    wire = socket.socket(fileno=descriptor)
    with wire.makefile("rb") as source, wire.makefile("wb") as target:
        hello = _heard(source)
        models = _Models(target, Models(hello.folders, hello.memory_gb, hello.is_compiled, **hello.keywords))
        try:
            while (heard := _heard(source)) is not None:
                models.obey(heard)
        except (EOFError, OSError):  # the service is gone, and nobody waits for a step to end
            os._exit(1)
        models.stop()
    os._exit(0)  # a thread that did not end in time does not matter any more


def _heard(source: BinaryIO) -> Any:
    """The next message. Raises EOFError where there will be none."""
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    return read(source.read(LENGTH.unpack(head)[0]))
