"""Runs the service until a signal: the first one lets answers end, the second one does not wait."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import uvicorn

from thinkling.errors import ConfigError
from thinkling.serve.app import build_app
from thinkling.serve.settings import ServeSettings

if TYPE_CHECKING:
    from thinkling.several import Models

BACKLOG = 1024


def run_service(models: Models, settings: ServeSettings, tell: Callable[[str], None]) -> None:
    """Listen and serve; `tell` is given the address once it can be used. Raises ConfigError."""
    listening = listen(settings)
    host, port = listening.getsockname()[:2]
    app = build_app(models, settings)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=int(settings.drain_s) + 5,
        server_header=False,
        h11_max_incomplete_event_size=64 * 1024,
    )
    tell(f"http://{f'[{host}]' if ':' in host else host}:{port}")
    uvicorn.Server(config).run(sockets=[listening])


def listen(settings: ServeSettings) -> socket.socket:
    """A socket that is bound. Raises ConfigError where the address cannot be had."""
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((settings.host, settings.port))
        listening.listen(BACKLOG)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}.",
            "choose another --port, or 0 for any free one",
        ) from None
    return listening
