"""Runs the service until a signal: the first one lets answers end, the second one does not wait."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI

from thinkling.errors import ConfigError
from thinkling.remote import Remote
from thinkling.serve.apart import Apart
from thinkling.serve.app import build_app
from thinkling.serve.patience import patient_for
from thinkling.serve.settings import USUAL_PORT, ServeSettings

if TYPE_CHECKING:
    from thinkling.several import Models

BACKLOG = 1024
MOST_CONNECTIONS = 2048
EXAMPLE = "What's 12 times 14?"
EXAMPLE_S = 300.0

Ready = Callable[[str, "Server"], None]


class Server(uvicorn.Server):
    """Tells the service at once that the end has come, and ends with exit code 0."""

    def __init__(self, config: uvicorn.Config, on_signal: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_signal = on_signal
        self.failure: Exception | None = None
        """Why what it was started for came to nothing."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal; the second one ends the process where it stands, which the store outlives."""
        if self.should_exit:
            os._exit(1)
        self.should_exit = True
        self._on_signal()


def run_service(models: Models, settings: ServeSettings, on_ready: Ready) -> None:
    """Listen and serve; `on_ready` is given the address once it can be asked.

    Raises ConfigError, and what `answer_example` ran into.

    The models get a process of their own, and load over there.
    """
    listening = listen(settings)
    host, port = listening.getsockname()[:2]
    app = build_app(Apart(models), settings)
    config = configured(app, settings)
    server = Server(config, app.state.service.begin_to_stop)
    on_ready(f"http://{f'[{host}]' if ':' in host else host}:{port}", server)
    server.run(sockets=[listening])
    if server.failure is not None:
        raise server.failure


def configured(app: FastAPI, settings: ServeSettings) -> uvicorn.Config:
    """How uvicorn runs the application."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        http=patient_for(settings.head_s),
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=int(settings.drain_s) + 5,
        server_header=False,
        h11_max_incomplete_event_size=64 * 1024,
    )


def listen(settings: ServeSettings) -> socket.socket:
    """A socket that is bound; without a port the usual one, or another where that is taken.

    Raises ConfigError where the address cannot be had.
    """
    ports = [USUAL_PORT, 0] if settings.port is None else [settings.port]
    for port in ports[:-1]:
        try:
            return _bound(settings.host, port)
        except OSError:
            continue
    try:
        return _bound(settings.host, ports[-1])
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {settings.host}:{ports[-1]}: {error.strerror or error}.",
            _another_place(error),
        ) from None


def _another_place(error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return "choose another --host: this machine has no such address"
    return "choose another --port, or 0 for any free one"


def _bound(host: str, port: int) -> socket.socket:
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def answer_example(address: str, server: Server, tell: Callable[[str], None], key: str | None) -> None:
    """Ask the service one question over its own interface, in a thread, tell the answer, and end it."""

    def ask() -> None:
        try:
            tell(f"> {EXAMPLE}")
            with Remote(address, key=key, timeout_s=EXAMPLE_S, num_retries=0) as remote:
                reply = remote.chat([{"role": "user", "content": EXAMPLE}])
            tell("".join(f"| {line}\n" for line in reply.reasoning.splitlines()))
            tell(reply.content)
        except Exception as error:  # told where the service was started
            server.failure = error
        finally:
            server.should_exit = True

    threading.Thread(target=ask, daemon=True).start()
