"""How a stream is written: server-sent events as OpenAI and as Anthropic have them, or JSON line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from thinkling.serve.faults import anthropic_fault, ollama_fault, openai_fault, packed

KEEP_ALIVE = b": keep-alive\n\n"
HEADERS = {"cache-control": "no-cache", "x-accel-buffering": "no"}

Chunk = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wire:
    """One way to write chunks, their end, and a fault that comes too late for a status."""

    media_type: str
    chunk: Callable[[Chunk], bytes]
    end: bytes
    keep_alive: bytes
    """What may be said while nothing happens; empty: nothing."""
    fault: Callable[[int, str, str], Chunk]
    """Status, message and hint."""

    def written(self, chunks: Sequence[Chunk]) -> bytes:
        """Several at once: each write costs as much as some chunks do."""
        return b"".join(map(self.chunk, chunks))


def _event(data: Chunk) -> bytes:
    return b"data: " + packed(data) + b"\n\n"


def _named_event(data: Chunk) -> bytes:
    return f"event: {data['type']}\n".encode() + _event(data)


def _line(data: Chunk) -> bytes:
    return packed(data) + b"\n"


OPENAI = Wire("text/event-stream", _event, b"data: [DONE]\n\n", KEEP_ALIVE, openai_fault)
NAMED = Wire("text/event-stream", _named_event, b"", KEEP_ALIVE, anthropic_fault)
OLLAMA = Wire("application/x-ndjson", _line, b"", b"", ollama_fault)


def documented(wire: Wire) -> dict[int | str, dict[str, Any]]:
    """For an OpenAPI document: an answer is an object, or a stream."""
    kinds: dict[str, dict[str, str]] = {"application/json": {"type": "object"}, wire.media_type: {}}
    return {200: {"content": {kind: {"schema": schema} for kind, schema in kinds.items()}}}
