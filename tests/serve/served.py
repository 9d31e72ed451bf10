"""A service on a free port of this machine, as `thinkling serve` runs it, in a thread of the test."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
import uvicorn
from fastapi import FastAPI
from openai import OpenAI

from thinkling import Models
from thinkling.llm import LLM
from thinkling.serve.app import build_app
from thinkling.serve.run import configured, listen
from thinkling.serve.service import Service
from thinkling.serve.settings import ServeSettings
from thinkling.weights.write import save_model


@dataclass(frozen=True)
class Served:
    """A running service."""

    app: FastAPI
    server: uvicorn.Server
    port: int
    clients: dict[str, OpenAI] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def service(self) -> Service:
        found: Service = self.app.state.service
        return found

    def client(self, key: str = "none") -> OpenAI:
        """OpenAI's client, which does not try again by itself."""
        if key not in self.clients:
            self.clients[key] = OpenAI(base_url=f"{self.url}/v1", api_key=key, max_retries=0, timeout=60)
        return self.clients[key]

    def wait_until_idle(self, limit_s: float = 10) -> None:
        """Raises AssertionError where questions are still open after that time."""
        end = time.monotonic() + limit_s
        while self.service.num_open and time.monotonic() < end:
            time.sleep(0.01)
        assert not self.service.num_open, "questions are still open"


@contextmanager
def served(
    folders: dict[str, Path | None], settings: ServeSettings | None = None, **keywords: object
) -> Iterator[Served]:
    """Without a data folder in `settings` one is made, and removed."""
    with TemporaryDirectory() as data:
        settings = settings or ServeSettings(port=0)
        if settings.data == ServeSettings().data:
            settings = replace(settings, data=Path(data))
        with _running(folders, settings, keywords) as found:
            yield found


@contextmanager
def _running(
    folders: dict[str, Path | None], settings: ServeSettings, keywords: dict[str, object]
) -> Iterator[Served]:
    app = build_app(Models(folders, **keywords), settings)  # type: ignore[arg-type]
    listening = listen(settings)
    server = uvicorn.Server(configured(app, settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < end, "the service does not start"
        time.sleep(0.01)
    found = Served(app, server, listening.getsockname()[1])
    try:
        yield found
    finally:
        for client in found.clients.values():
            client.close()
        server.should_exit = True
        thread.join(40)
        listening.close()
        assert not thread.is_alive(), "the service does not end"


def stored(llm: LLM, folder: Path) -> Path:
    """A model in memory as a folder."""
    save_model(llm.model, folder, torch.float32, {"eos_token_id": llm.tokenizer.eos_id or 0})
    llm.tokenizer.save(folder, llm.model.config.context_length)
    return folder
