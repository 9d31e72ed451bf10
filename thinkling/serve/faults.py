"""What went wrong, in the form that each kind of client reads; never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel
from starlette.responses import JSONResponse


class Json(JSONResponse):
    """JSON that can always be written: half a character, which a client may send, is a question mark."""

    def render(self, content: Any) -> bytes:
        """The bytes."""
        return packed(content)


def packed(content: Any) -> bytes:
    """JSON without blanks."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    413: "invalid_request_error",
    415: "invalid_request_error",
    429: "rate_limit_error",
    503: "service_unavailable_error",
}
ANTHROPIC_KINDS = {
    404: "not_found_error",
    413: "request_too_large",
    500: "api_error",
    503: "overloaded_error",
}


class FaultWords(BaseModel):
    """What went wrong."""

    message: str
    type: str
    param: str | None
    code: str | None


class Fault(BaseModel):
    """OpenAI's form of an error."""

    error: FaultWords


class AnthropicWords(BaseModel):
    """What went wrong."""

    type: str
    message: str


class AnthropicFault(BaseModel):
    """Anthropic's form of an error."""

    type: Literal["error"]
    error: AnthropicWords


class OllamaFault(BaseModel):
    """Ollama's form of an error."""

    error: str


REFUSALS = {
    400: "The request cannot be meant; the message says why.",
    401: "A key is needed.",
    403: "The host or the origin is not served.",
    404: "There is no such thing.",
    408: "The request does not come.",
    413: "The request is too large.",
    415: "The request is not JSON.",
    429: "The queue is full; retry-after says when to try again.",
    502: "The service that a model is asked of does not answer.",
    503: "The model cannot be used now, or the service is stopping.",
    507: "There is no room to keep it.",
}


def refusals(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """The same for an OpenAPI document, in some form."""
    return {status: {"model": model, "description": words} for status, words in REFUSALS.items()}


def with_hint(message: str, hint: str) -> str:
    """Both as one text."""
    return f"{message} Hint: {hint}" if hint else message


def openai_fault(
    status: int, message: str, hint: str = "", code: str | None = None, param: str | None = None
) -> dict[str, Any]:
    """OpenAI's form; `param` names the field that is at fault."""
    kind = KINDS.get(status, "server_error")
    return {"error": {"message": with_hint(message, hint), "type": kind, "param": param, "code": code}}


def anthropic_fault(status: int, message: str, hint: str = "", *_: str | None) -> dict[str, Any]:
    """Anthropic's form."""
    kind = ANTHROPIC_KINDS.get(status) or KINDS.get(status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": with_hint(message, hint)}}


def ollama_fault(_: int, message: str, hint: str = "", *__: str | None) -> dict[str, Any]:
    """Ollama's form."""
    return {"error": with_hint(message, hint)}


def fault(
    path: str,
    status: int,
    message: str,
    hint: str = "",
    code: str | None = None,
    param: str | None = None,
    headers: dict[str, str] | None = None,
) -> Json:
    """The response, in the form of those who ask at `path`."""
    form: Callable[..., dict[str, Any]] = openai_fault
    if path.startswith("/api/"):
        form = ollama_fault
    elif path.endswith("/messages"):
        form = anthropic_fault
    return Json(form(status, message, hint, code, param), status, headers)
