"""A line of a batch: read, answered here or by a model elsewhere, and told as a line of the output."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from thinkling.errors import ThinklingError
from thinkling.remote_form import RemoteAway
from thinkling.serve import chat, completions
from thinkling.serve.asking import ChatRequest
from thinkling.serve.completions import CompletionRequest
from thinkling.serve.faults import openai_fault
from thinkling.serve.service import BATCHES, Service, Stopping, UnknownModel, status_of
from thinkling.serve.worker import Busy, Unavailable

log = logging.getLogger("thinkling.serve")

ENDPOINTS: dict[str, tuple[type[Any], Any]] = {
    "/v1/chat/completions": (ChatRequest, chat.answer),
    "/v1/completions": (CompletionRequest, completions.answer),
}
"""What a line holds, and who answers it."""
MOST_LINE_BYTES = 2**20
LINE_PREFIX = "batch_req_"

AWAY_S = (1.0, 4.0, 16.0)
"""How long a line waits for a model elsewhere that is away, each time longer; then it has failed."""
PASSING = (Busy, Stopping, Unavailable)
"""What a line is not to blame for."""


class BadLine(Exception):
    """A line that cannot be meant: code, sentence, and the field at fault."""


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a batch: what it is called, where it goes, its body as JSON, and the model."""

    custom_id: str
    url: str
    body: str
    model: str


def read_line(service: Service, line: bytes, endpoint: str | None = None) -> Line:
    """A line of a batch for `endpoint`, or for the one that it names. Raises BadLine."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine("invalid_json_line", "this line is no JSON.", None) from None
    if not isinstance(said, dict):
        raise BadLine("invalid_json_line", "this line is no object.", None)
    name, body = said.get("custom_id"), said.get("body")
    if not isinstance(name, str) or not name:
        raise BadLine("missing_required_parameter", "a custom_id is missing.", "custom_id")
    if not _is_whole(name) or not _is_whole(json.dumps(body, ensure_ascii=False)):
        raise BadLine("invalid_request", "there is half of a character in this line.", None)
    if said.get("method") != "POST":
        raise BadLine("invalid_method", "the method is not POST.", "method")
    url = said.get("url")
    if not isinstance(url, str) or url not in ENDPOINTS or endpoint not in (None, url):
        wanted = endpoint or " or ".join(ENDPOINTS)
        raise BadLine("mismatched_url", f"the url is not {wanted}.", "url")
    try:
        asked = ENDPOINTS[url][0].model_validate(body)
        model = service.named(asked.model)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, ("body", *first["loc"])))
        raise BadLine("invalid_request", f"{place}: {first['msg']}.", place) from None
    except UnknownModel as error:
        raise BadLine("model_not_found", error.message, "body.model") from None
    if asked.stream:
        raise BadLine("invalid_request", "a line of a batch is not streamed.", "body.stream")
    return Line(name, url, json.dumps(body, ensure_ascii=False), model)


def _is_whole(text: str) -> bool:
    """Whether a text can be written: JSON can hold the half of a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


async def answer_line(service: Service, line: Line) -> tuple[int, dict[str, Any]]:
    """Status and body of the answer. Raises what passes (`PASSING`): then it should be asked again."""
    for pause in AWAY_S:
        try:
            return await _answer_once(service, line)
        except RemoteAway as error:
            log.warning("a line of a batch waits: %s", error)
            await asyncio.sleep(pause)
    try:
        return await _answer_once(service, line)
    except RemoteAway as error:
        return status_of(error), openai_fault(status_of(error), error.message, error.hint)


async def _answer_once(service: Service, line: Line) -> tuple[int, dict[str, Any]]:
    """The same, asked once. Raises RemoteAway, and what passes."""
    schema, answer = ENDPOINTS[line.url]
    try:
        return 200, await answer(service, schema.model_validate(json.loads(line.body)), BATCHES)
    except (*PASSING, RemoteAway):
        raise
    except ThinklingError as error:
        return status_of(error), openai_fault(status_of(error), error.message, error.hint)
    except Exception:  # the boundary: one line must not end the others
        log.exception("a line of a batch failed")
        return 500, openai_fault(500, "something went wrong inside thinkling.")


def result_of(number: str, custom_id: str, status: int, body: dict[str, Any]) -> dict[str, Any]:
    """A line of the output."""
    response = {"status_code": status, "request_id": f"req_{secrets.token_hex(8)}", "body": body}
    return {"id": number, "custom_id": custom_id, "response": response, "error": None}


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """Lines that say something, with their numbers from 1 on.

    One that is too long comes as what it begins with, which is no JSON.
    """
    number = 0
    with path.open("rb") as file:
        while line := file.readline(MOST_LINE_BYTES):
            number += 1
            rest = line
            while rest and not rest.endswith(b"\n"):
                rest = file.readline(MOST_LINE_BYTES)
            if line.strip():
                yield number, line
