"""How a response of `/v1/responses` is written down: items, their parts, and the events that tell of both."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from typing import Any

from thinkling.records import Piece, PieceKind, Reply
from thinkling.serve.sse import Chunk
from thinkling.serve.worker import Ended, Event, Grown

NAMES: dict[PieceKind, tuple[str, str, str]] = {
    "reasoning": ("rs", "reasoning", "reasoning_text"),
    "content": ("msg", "message", "output_text"),
}
"""Of an item: how its id begins, its type, and the type of its part."""


class ResponseWriting:
    """One response as it grows. `events` tells what has happened; `object` is how it stands."""

    def __init__(self, model: str, echo: dict[str, Any], *, has_summary: bool) -> None:
        """`echo`: what was asked for, which the object repeats. `has_summary`: reasoning is its own."""
        self.id = f"resp_{secrets.token_hex(12)}"
        self.status = "in_progress"
        self.output: list[dict[str, Any]] = []
        self._fixed = {"id": self.id, "object": "response", "created_at": int(time.time()), "model": model}
        self._echo, self._has_summary = echo, has_summary
        self._usage: dict[str, Any] | None = None
        self._completed_at: int | None = None
        self._reason: str | None = None
        self._error: dict[str, str] | None = None
        self._kind: PieceKind | None = None
        self._call = -1
        self._text = ""
        self._number = -1

    def object(self) -> dict[str, Any]:
        """The response as a client sees it."""
        return {
            **self._fixed,
            "status": self.status,
            "completed_at": self._completed_at,
            "error": self._error,
            "incomplete_details": None if self._reason is None else {"reason": self._reason},
            "output": self.output,
            "usage": self._usage,
            **self._echo,
        }

    def beginning(self) -> Iterator[Chunk]:
        """It was taken."""
        for name in ("response.created", "response.in_progress"):
            yield self._event(name, response=self.object())

    def events(self, batch: Sequence[Event]) -> Iterator[Chunk]:
        """What has happened to its one answer."""
        for event in batch:
            if isinstance(event, Grown):
                for piece in event.pieces:
                    yield from self._grown(piece)
            elif isinstance(event, Ended):
                yield from self.ended(event.reply)

    def ended(self, reply: Reply) -> Iterator[Chunk]:
        """The answer is complete, or was cut."""
        yield from self._close()
        use = reply.usage
        self._usage = {
            "input_tokens": use.prompt_tokens,
            "input_tokens_details": {"cached_tokens": use.cached_tokens},
            "output_tokens": use.completion_tokens,
            "output_tokens_details": {"reasoning_tokens": use.reasoning_tokens},
            "total_tokens": use.prompt_tokens + use.completion_tokens,
        }
        self._completed_at = int(time.time())
        self.status = {"stop": "completed", "length": "incomplete", "abort": "cancelled"}[reply.finish_reason]
        self._reason = "max_output_tokens" if reply.finish_reason == "length" else None
        name = "incomplete" if self.status == "incomplete" else "completed"
        yield self._event(f"response.{name}", response=self.object())

    def left(self) -> None:
        """Nobody waits for it any more, and it ends as it is."""
        for _ in self._close():
            pass
        self.status = "cancelled"

    def failed(self, message: str) -> Iterator[Chunk]:
        """It could not be answered."""
        self.status, self._error = "failed", {"code": "server_error", "message": message}
        yield self._event("response.failed", response=self.object())

    def call_id(self, place: int) -> str:
        """What a client calls the answer's call at this place."""
        return f"call_{self.id.removeprefix('resp_')}_{place}"

    def _grown(self, piece: Piece) -> Iterator[Chunk]:
        if piece.kind == "tool_call":
            yield from self._called(piece)
            return
        if piece.kind != self._kind:
            yield from self._close()
            yield from self._open(piece.kind)
        self._text += piece.text
        name = "response.reasoning_text.delta" if piece.kind == "reasoning" else "response.output_text.delta"
        logprobs: dict[str, Any] = {} if piece.kind == "reasoning" else {"logprobs": []}
        yield self._event(name, **self._place(), delta=piece.text, **logprobs)
        if piece.kind == "reasoning" and self._has_summary:
            place = {
                "item_id": self.output[-1]["id"],
                "output_index": len(self.output) - 1,
                "summary_index": 0,
            }
            yield self._event("response.reasoning_summary_text.delta", **place, delta=piece.text)

    def _called(self, piece: Piece) -> Iterator[Chunk]:
        if self._kind != "tool_call" or piece.index != self._call:
            yield from self._close()
            self._kind, self._call, self._text = "tool_call", piece.index, ""
            item = {
                "id": f"fc_{secrets.token_hex(12)}",
                "type": "function_call",
                "status": "in_progress",
                "call_id": self.call_id(piece.index),
                "name": piece.name,
                "arguments": "",
            }
            self.output.append(item)
            yield self._event(
                "response.output_item.added", output_index=len(self.output) - 1, item=dict(item)
            )
        if piece.text:
            self._text += piece.text
            yield self._event(
                "response.function_call_arguments.delta", **self._call_place(), delta=piece.text
            )

    def _close_call(self) -> Iterator[Chunk]:
        item = self.output[-1] | {"status": "completed", "arguments": self._text}
        self.output[-1], self._kind = item, None
        yield self._event(
            "response.function_call_arguments.done",
            **self._call_place(),
            name=item["name"],
            arguments=self._text,
        )
        yield self._event("response.output_item.done", output_index=len(self.output) - 1, item=item)

    def _call_place(self) -> dict[str, Any]:
        return {"item_id": self.output[-1]["id"], "output_index": len(self.output) - 1}

    def _open(self, kind: PieceKind) -> Iterator[Chunk]:
        self._kind, self._text = kind, ""
        self.output.append(self._item(kind, f"{NAMES[kind][0]}_{secrets.token_hex(12)}", "in_progress", []))
        index = len(self.output) - 1
        yield self._event("response.output_item.added", output_index=index, item=dict(self.output[-1]))
        yield self._event("response.content_part.added", **self._place(), part=_part(kind, ""))

    def _close(self) -> Iterator[Chunk]:
        if self._kind is None:
            return
        if self._kind == "tool_call":
            yield from self._close_call()
            return
        kind, text, place = self._kind, self._text, self._place()
        part = _part(kind, text)
        if kind == "reasoning":
            yield self._event("response.reasoning_text.done", **place, text=text)
        else:
            yield self._event("response.output_text.done", **place, text=text, logprobs=[])
        yield self._event("response.content_part.done", **place, part=part)
        item = self._item(kind, self.output[-1]["id"], "completed", [part])
        self.output[-1] = item
        yield self._event("response.output_item.done", output_index=len(self.output) - 1, item=item)
        self._kind = None

    def _item(self, kind: PieceKind, number: str, status: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
        item: dict[str, Any] = {"id": number, "type": NAMES[kind][1], "status": status, "content": parts}
        if kind == "content":
            return item | {"role": "assistant"}
        told = self._has_summary and parts
        return item | {"summary": [{"type": "summary_text", "text": parts[0]["text"]}] if told else []}

    def _place(self) -> dict[str, Any]:
        return {"item_id": self.output[-1]["id"], "output_index": len(self.output) - 1, "content_index": 0}

    def _event(self, kind: str, /, **fields: Any) -> Chunk:
        self._number += 1
        return {"type": kind, "sequence_number": self._number, **fields}


def _part(kind: PieceKind, text: str) -> dict[str, Any]:
    part: dict[str, Any] = {"type": NAMES[kind][2], "text": text}
    return part if kind == "reasoning" else part | {"annotations": [], "logprobs": []}
