"""What goes over the wire between a service and its models' process: a length, then JSON.

JSON has no tuples, no bytes and no objects of ours, so these stand as {"=": what it is, "v": of what it is
made}. Only what is named here can be written, and only that is made of what is read.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from thinkling.errors import RequestError, ThinklingError
from thinkling.records import AnswerForm, Message, Piece, Reply, Timings, ToolCall, Usage
from thinkling.serve.answerer import Order
from thinkling.serve.worker import Ended, Grown, Question
from thinkling.text.reply import SaidToken

LENGTH = struct.Struct("!Q")


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message to the models' process: what `Models` is made of."""

    folders: Mapping[str, str | Path | None]
    memory_gb: float | None
    is_compiled: bool
    keywords: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """An order to the model of this name."""

    model: str
    order: Order


@dataclass(frozen=True, slots=True)
class LeaveRoom:
    """Whether the service has so much to do that it needs a processor."""

    is_wanted: bool


@dataclass(frozen=True, slots=True)
class Loaded:
    """The models that are in memory now."""

    names: list[str]


_RECORDS: tuple[type[Any], ...] = (
    *(Hello, Asked, LeaveRoom, Loaded, Order, Question, Grown, Ended),
    *(Message, ToolCall, AnswerForm, Reply, Usage, Timings, Piece, SaidToken),
)
_FIELDS = {kind: tuple(one.name for one in fields(kind)) for kind in _RECORDS}
_PLAIN = frozenset((str, int, float, bool, type(None)))


def message(content: object) -> bytes:
    """Written down. Raises RequestError for what is nested too deeply, TypeError for what is not known."""
    try:
        data = json.dumps(_plain(content), separators=(",", ":")).encode()
    except RecursionError:
        raise RequestError("the request is nested too deeply.", "use fewer levels") from None
    return LENGTH.pack(len(data)) + data


def read(data: bytes) -> Any:
    """The content of a message, its length taken off."""
    return json.loads(data, object_hook=_made)


def _plain(content: Any) -> Any:
    kind = type(content)
    if kind in _PLAIN:
        return content
    if kind is list:
        if _PLAIN.issuperset(map(type, content)):  # millions of token ids
            return content
        return [_plain(one) for one in content]
    if kind is tuple:
        return _object("tuple", [_plain(one) for one in content])
    if kind is Grown and not content.said:  # thousands a second
        return _object("Grown", [content.index, [_plain(one) for one in content.pieces], []])
    if kind is Piece:
        return _object("Piece", [content.kind, content.text, content.index, content.name])
    if kind in _FIELDS:
        return _object(kind.__name__, [_plain(getattr(content, name)) for name in _FIELDS[kind]])
    return _plain_other(content)


def _plain_other(content: Any) -> Any:
    if isinstance(content, Mapping):
        return _object("dict", [[_plain(name), _plain(value)] for name, value in content.items()])
    if isinstance(content, bytes):
        return _object("bytes", content.decode("latin-1"))
    if isinstance(content, Path):
        return _object("Path", str(content))
    if isinstance(content, ThinklingError):
        return _object("error", [type(content).__name__, content.message, content.hint])
    if isinstance(content, Exception):  # somebody else's: its words
        return _object("fault", repr(content))
    raise TypeError(f"{type(content).__name__} has no name on the wire")


def _object(kind: str, made_of: Any) -> dict[str, Any]:
    return {"=": kind, "v": made_of}


def _made(found: dict[str, Any]) -> Any:
    return _MAKERS[found["="]](found["v"])


def _error(made_of: list[str]) -> ThinklingError:
    name, words, hint = made_of
    return _kinds_of_errors()[name](words, hint)


def _kinds_of_errors() -> dict[str, type[ThinklingError]]:
    found, waiting = {ThinklingError.__name__: ThinklingError}, [ThinklingError]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            found[kind.__name__] = kind
            waiting.append(kind)
    return found


def _maker(kind: type[Any]) -> Callable[[list[Any]], Any]:
    return lambda made_of: kind(*made_of)


_MAKERS: dict[str, Callable[[Any], Any]] = {
    **{kind.__name__: _maker(kind) for kind in _RECORDS},
    "tuple": tuple,
    "dict": dict,
    "bytes": lambda text: text.encode("latin-1"),
    "Path": Path,
    "error": _error,
    "fault": RuntimeError,
}
