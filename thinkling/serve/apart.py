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

from thinkling.serve.answerer import STOP_S, Answerers, Order
from thinkling.serve.host import Host
from thinkling.serve.wire import LENGTH, Asked, Hello, LeaveRoom, Loaded, message, read
from thinkling.serve.worker import Unavailable
from thinkling.several import Models

log = logging.getLogger("thinkling.serve")

_PROGRAM = """
import json, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
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
    """The models' process: started when this is made, and again when a question needs one and it is gone."""

    def __init__(self, models: Models) -> None:
        """`models` is only a list here: they are loaded over there. Raises OSError."""
        super().__init__(models)
        self._loaded: list[str] = []
        self._is_stopping = False
        self._life: asyncio.Task[None] | None = None
        """Listens to the process, for as long as it lives."""
        self._writer: asyncio.StreamWriter | None = None
        self._unsent: list[bytes] = []
        """Orders from before the wire was open."""
        self._process: subprocess.Popen[bytes] | None = None
        self._start()

    @property
    def loaded(self) -> list[str]:
        """Names of the models in memory."""
        return self._loaded

    @property
    def pid(self) -> int | None:
        """The models' process."""
        return None if self._process is None else self._process.pid

    def _start(self) -> None:
        models, (ours, theirs) = self.models, socket.socketpair()
        with theirs:
            words = [sys.executable, "-P", "-c", _PROGRAM, str(theirs.fileno()), json.dumps(sys.path)]
            self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
        hello = Hello(models.folders, models.memory_gb, models.is_compiled, models.keywords)
        ours.sendall(message(hello))
        ours.setblocking(False)
        self._wire = ours

    def begin(self) -> None:
        """Listen to it, in the event loop."""
        if self._life is None and not self._is_stopping:
            self._life = asyncio.ensure_future(self._live())

    def _send(self, name: str, order: Order) -> None:
        data = message(Asked(name, order))
        self.begin()
        self._write(data)

    def _write(self, data: bytes) -> None:
        if self._writer is None:
            self._unsent.append(data)
        else:
            self._writer.write(data)

    async def _live(self) -> None:
        """Until the process ends, or says what cannot be understood."""
        watch: asyncio.Task[None] | None = None
        try:
            if self._process is None:
                self._start()
            reader, self._writer = await asyncio.open_unix_connection(sock=self._wire)
            for data in self._unsent:
                self._writer.write(data)
            self._unsent.clear()
            watch = asyncio.ensure_future(self._watch_busy())
            while True:
                (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
                self._hear(read(await reader.readexactly(length)))
        except (asyncio.IncompleteReadError, ConnectionError):
            log.debug("the wire to the models was cut")
        except Exception:  # the boundary: whoever waits is told, and the next question finds another process
            log.exception("the models' process cannot be used")
        finally:
            if watch is not None:
                watch.cancel()
            await self._bury()

    def _hear(self, heard: Any) -> None:
        if isinstance(heard, Loaded):
            self._loaded = heard.names
        else:
            self._deliver(heard)

    async def _bury(self) -> None:
        """Nothing stays of the process, and whoever waits is told."""
        process, self._process = self._process, None
        if self._writer is not None:
            self._writer.close()
        self._writer, self._life, self._loaded = None, None, []
        self._unsent.clear()
        error = Unavailable("the models' process ended.", "ask again; if it ends again, memory may be short")
        self._deliver([(number, [error]) for number in list(self._tickets)])
        if process is not None:
            process.kill()  # where only the wire was cut
            code = await asyncio.to_thread(process.wait)
            if not self._is_stopping:
                log.error("the models' process ended with exit code %d", code)

    async def _watch_busy(self) -> None:
        """Tells the models when the service needs a processor, and when not."""
        is_busy, wall, used = False, time.monotonic(), time.process_time()
        while True:
            await asyncio.sleep(BUSY_EVERY_S)
            now, now_used = time.monotonic(), time.process_time()
            share = (now_used - used) / (now - wall)
            wall, used = now, now_used
            if share > BUSY_FROM if not is_busy else share < BUSY_UNTIL:
                is_busy = not is_busy
                self._write(message(LeaveRoom(is_busy)))

    async def stop(self) -> None:
        """End the process; what is open is aborted."""
        if self._is_stopping:
            return
        self.begin()
        self._is_stopping = True
        life = self._life
        assert life is not None
        self._write(message(None))
        try:
            await asyncio.wait_for(asyncio.shield(life), STOP_S + 1)
        except TimeoutError:
            if self._process is not None:
                self._process.kill()
            await life


# ------------------------------------------------------------ the models' side


class _Voice:
    """Says things to the service, from several threads."""

    def __init__(self, wire: BinaryIO) -> None:
        self._wire, self._lock = wire, threading.Lock()

    def say(self, content: object) -> None:
        """Sent at once."""
        data = message(content)
        with self._lock, contextlib.suppress(OSError):  # nobody listens: the process is about to end
            self._wire.write(data)
            self._wire.flush()


def main(descriptor: int) -> None:
    """The models' process: obeys the socket with this number until it is told to stop, or the wire is cut."""
    # They reach all processes of a terminal or a unit; the service decides what they mean.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    wire = socket.socket(fileno=descriptor)
    with wire.makefile("rb") as source, wire.makefile("wb") as target:
        hello, voice = _heard(source), _Voice(target)
        models = Models(hello.folders, hello.memory_gb, hello.is_compiled, **hello.keywords)
        answerers = Answerers(models, voice.say, lambda: voice.say(Loaded(models.loaded)))
        try:
            while (heard := _heard(source)) is not None:
                if isinstance(heard, LeaveRoom):
                    answerers.leave_room(heard.is_wanted)
                else:
                    answerers.put(heard.model, heard.order)
        except (EOFError, OSError):  # the service is gone, and nobody waits for a step to end
            os._exit(1)
        answerers.stop()
    os._exit(0)  # a thread that did not end in time does not matter any more


def _heard(source: BinaryIO) -> Any:
    """The next message. Raises EOFError where there will be none."""
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    return read(source.read(LENGTH.unpack(head)[0]))
