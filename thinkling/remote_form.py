"""OpenAI's interface from the client's side: what is sent, and what chunks and refusals mean.

`thinkling.remote` asks with it from a program, `thinkling.serve.far` from a service.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from typing import Any

import httpx2

from thinkling.errors import RequestError, ThinklingError
from thinkling.records import FinishReason, Message, Piece, Reply, Timings, Usage
from thinkling.text.thinking import ThinkingSplitter, text_of
from thinkling.text.tools import calls_of
from thinkling.text.turn import part_thinking

KEY_VARIABLE = "THINKLING_API_KEY"
"""The key of any service that is named."""
OPENAI, OPENAI_VARIABLE = "https://api.openai.com/v1", "OPENAI_API_KEY"
"""A key that goes to its owner, and nowhere else."""
MOST_LINE = 2**22


class RemoteError(ThinklingError):
    """The service cannot be reached, or does not answer as it should."""


class RemoteAway(RemoteError):
    """It cannot be reached, breaks off or has a fault of its own: another time it may answer."""


def root_of(url: str) -> str:
    """Where the interface begins. Raises RequestError for a URL that is none."""
    if not url.startswith(("http://", "https://")):
        raise RequestError(f"{url!r} is no URL.", "write for example http://127.0.0.1:8000")
    root = url.rstrip("/")
    return root if root.endswith("/v1") else f"{root}/v1"


def headers_of(key: str | None) -> dict[str, str]:
    """With a key, if there is one."""
    return {"authorization": f"Bearer {key}"} if key else {}


def headers_with(key: str | None, root: str) -> dict[str, str]:
    """With a key, or the one that the environment has for the interface at `root`."""
    own = os.environ.get(OPENAI_VARIABLE) if root == OPENAI else None
    return headers_of(key or os.environ.get(KEY_VARIABLE) or own)


def chat_body(model: str, messages: Sequence[Message]) -> dict[str, Any]:
    """A conversation to be answered. Calls get ids by their place, and results the ids of their calls."""
    turns: list[dict[str, Any]] = []
    waiting: list[str] = []
    for number, one in enumerate(messages):
        turn: dict[str, Any] = {"role": one.role, "content": one.content}
        if one.role == "tool":
            turn["tool_call_id"] = waiting.pop(0) if waiting else ""
        elif one.tool_calls:
            waiting = [f"call_{number}_{place}" for place in range(len(one.tool_calls))]
            functions = [{"name": call.name, "arguments": call.arguments} for call in one.tool_calls]
            turn["tool_calls"] = [
                {"id": name, "type": "function", "function": function}
                for name, function in zip(waiting, functions, strict=True)
            ]
        turns.append(turn)
    return {"model": model, "messages": turns}


STREAMED = {"stream": True, "stream_options": {"include_usage": True}}


class Lines:
    """Lines out of the bytes of a stream, cut at newlines alone: JSON may hold other ends of lines."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """The lines that `data` completes. Raises RemoteError for one without end."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MOST_LINE:
            raise RemoteError("the service sends lines without end.", "it may not have OpenAI's interface")
        return [line.decode("utf-8", "replace").rstrip("\r") for line in lines]


class GrowingReply:
    """A reply from chunks. Where the service does not part thinking from answer, that is done here."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []
        self._splitter: ThinkingSplitter | None = ThinkingSplitter()
        self._reason: FinishReason | None = None
        self._usage: dict[str, Any] = {}
        self._calls: list[object] = []
        """What the service calls its calls, in order: whatever its numbers are, ours count from 0."""
        self._began = self._first = time.perf_counter()

    @property
    def has_ended(self) -> bool:
        """Whether the service has said why the answer ended."""
        return self._reason is not None

    def feed(self, chunk: dict[str, Any]) -> list[Piece]:
        """The pieces of one chunk. Raises RemoteError for one that tells of a fault, or cannot be read."""
        if chunk.get("error"):
            raise RemoteError(f"the answer broke off: {_message(chunk)}", "ask again")
        self._usage = as_object(chunk.get("usage")) or self._usage
        pieces: list[Piece] = []
        for choice in map(as_object, as_list(chunk.get("choices"))[:1]):
            delta = as_object(choice.get("delta"))
            thought = as_text(delta.get("reasoning_content")) or as_text(delta.get("reasoning"))
            if thought:
                self._splitter = None
                pieces.append(Piece("reasoning", thought))
            text = as_text(delta.get("content"))
            if text:
                pieces += self._splitter.feed(text) if self._splitter else [Piece("content", text)]
            pieces += [self._piece_of_call(as_object(one)) for one in as_list(delta.get("tool_calls"))]
            reason = as_text(choice.get("finish_reason"))
            if reason:
                self._reason = reason_of(reason)
        if pieces and not self._pieces:
            self._first = time.perf_counter()
        self._pieces += pieces
        return pieces

    def _piece_of_call(self, delta: dict[str, Any]) -> Piece:
        function, number = as_object(delta.get("function")), as_text(delta.get("id"))
        index = delta.get("index")
        name: object = index if isinstance(index, int) else number or len(self._calls) - 1
        is_new = name not in self._calls
        if is_new:
            self._calls.append(name)
        elif name != self._calls[-1]:
            raise RemoteError("the service mixes up the pieces of its calls.", "ask without tools")
        named = as_text(function.get("name")) if is_new else ""
        return Piece("tool_call", as_text(function.get("arguments")), len(self._calls) - 1, named)

    def flush(self) -> list[Piece]:
        """What was held back."""
        pieces = self._splitter.flush() if self._splitter else []
        self._pieces += pieces
        return pieces

    def reply(self) -> Reply:
        """The whole."""
        now, usage = time.perf_counter(), self._usage
        count = _count(usage.get("completion_tokens"))
        reasoning = _count(as_object(usage.get("completion_tokens_details")).get("reasoning_tokens"))
        cached = _count(as_object(usage.get("prompt_tokens_details")).get("cached_tokens"))
        used = Usage(_count(usage.get("prompt_tokens")), count, reasoning, cached)
        speed = round((count - 1) / (now - self._first), 1) if count > 1 and now > self._first else 0.0
        times = Timings(
            first_token_s=round(self._first - self._began, 4),
            total_s=round(now - self._began, 4),
            decode_tokens_per_s=speed,
        )
        said, thought = (text_of(self._pieces, kind) for kind in ("content", "reasoning"))
        return Reply(said, thought, self._reason or "abort", used, times, calls_of(self._pieces))


def as_object(value: object) -> dict[str, Any]:
    """An object as it is, and nothing for what is missing. Raises RemoteError for anything else."""
    if value is not None and not isinstance(value, dict):
        raise _odd(value)
    return value or {}


def as_list(value: object) -> list[Any]:
    """A list, in the same way."""
    if value is not None and not isinstance(value, list):
        raise _odd(value)
    return value or []


def as_text(value: object) -> str:
    """A text, in the same way."""
    if value is not None and not isinstance(value, str):
        raise _odd(value)
    return value or ""


def _count(value: object) -> int:
    """A number of tokens; what is none counts as 0: it is only told, and nothing depends on it."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _odd(value: object) -> RemoteError:
    return RemoteError(
        f"the service's answer has a {type(value).__name__} in a strange place.",
        "it may not have OpenAI's interface",
    )


def chunk_of(line: str) -> dict[str, Any] | None:
    """What one line of a stream tells; an empty object where that is nothing, None at the end.

    Raises RemoteError for a line that is none.
    """
    if len(line) > MOST_LINE:
        raise RemoteError("the service sends lines without end.", "it may not have OpenAI's interface")
    if not line.startswith("data:"):
        return {}
    data = line[5:].strip()
    return None if data == "[DONE]" else as_json(data)


def as_json(data: bytes | str) -> dict[str, Any]:
    """An object. Raises RemoteError for anything else."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise RemoteError("the service does not answer with JSON.", "it may not have OpenAI's interface")
    return found


def _message(body: dict[str, Any]) -> str:
    error = body.get("error")
    return str(error.get("message") if isinstance(error, dict) else error)


def refusal(response: httpx2.Response) -> ThinklingError:
    """What a response that is no success means; it was read."""
    try:
        said = _message(as_json(response.content))
    except RemoteError:
        said = response.reason_phrase
    if response.is_redirect:
        place = response.headers.get("location", "somewhere else")
        return RemoteError(f"the service has moved to {place}.", "name the URL that it has now")
    if response.status_code in (401, 403):
        return RequestError(f"the service refuses: {said}", f"give a key, or set {KEY_VARIABLE}")
    if response.status_code < 500 and response.status_code != 429:
        return RequestError(f"the service refuses: {said}", "change the request")
    return RemoteError(f"the service answers {response.status_code}: {said}", "try again later")


def words_of(body: bytes) -> str:
    """What a refusal says, cut to a sentence or two."""
    try:
        return _message(as_json(body))[:500]
    except RemoteError:
        return "no words that can be read"


def reason_of(word: str | None) -> FinishReason:
    """Why an answer ended, in our words."""
    return "length" if word == "length" else "stop" if word in ("stop", "tool_calls") else "abort"


def thinking_fields(thinking: object) -> dict[str, Any]:
    """In OpenAI's word where there is one; a budget in ours."""
    word, budget = part_thinking(thinking)
    if budget is not None:
        return {"thinking_budget": budget}
    return {"auto": {}, "on": {"reasoning_effort": "high"}, "off": {"reasoning_effort": "none"}}[word]
