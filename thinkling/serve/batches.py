"""`/v1/batches`: many requests in a file, answered when nobody else asks (`thinkling.serve.running`).

validating -> failed | in_progress -> finalizing -> completed | expired
any of them that is not over -> cancelling -> cancelled
"""

from __future__ import annotations

import secrets
import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field

from thinkling.errors import RequestError
from thinkling.serve.files import Seconds, found_file, listed, store_of
from thinkling.serve.service import Service, UnknownThing, owner_of
from thinkling.serve.store import Store
from thinkling.serve.thinking import Schema

routes = APIRouter()

Endpoint = Literal["/v1/chat/completions", "/v1/completions"]
WINDOW_S = 24 * 3600
OVER = ("completed", "failed", "expired", "cancelled")
TIMES = (
    *("in_progress_at", "finalizing_at", "completed_at", "failed_at"),
    *("expired_at", "cancelling_at", "cancelled_at"),
)


class Expiry(Schema):
    """When outputs may be forgotten."""

    anchor: Literal["created_at"]
    seconds: Seconds


class BatchRequest(Schema):
    """A batch to be answered."""

    input_file_id: str
    endpoint: Endpoint
    completion_window: Literal["24h"] = "24h"
    metadata: dict[str, str] | None = Field(None, max_length=16)
    output_expires_after: Expiry | None = None


@routes.post("/batches")
async def create(body: BatchRequest, request: Request) -> dict[str, Any]:
    """Takes a batch; its file is looked at next."""
    store, owner = store_of(request), owner_of(request)
    found_file(store, body.input_file_id, owner)
    now = int(time.time())
    expires = body.output_expires_after
    batch: dict[str, Any] = {
        "id": f"batch_{secrets.token_hex(12)}",
        "object": "batch",
        "endpoint": body.endpoint,
        "model": None,
        "errors": None,
        "input_file_id": body.input_file_id,
        "completion_window": body.completion_window,
        "status": "validating",
        "output_file_id": None,
        "error_file_id": None,
        "created_at": now,
        "expires_at": now + WINDOW_S,
        **dict.fromkeys(TIMES),
        "metadata": body.metadata,
        "usage": None,
        "output_lives_s": None if expires is None else expires.seconds,
    }
    store.add_batch(batch, owner)
    service: Service = request.app.state.service
    service.wake_batches()
    return shown(found_batch(store, batch["id"], owner))


@routes.get("/batches")
async def list_batches(
    request: Request, after: str | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> dict[str, Any]:
    """The batches of this key, the latest first."""
    found = store_of(request).batches(owner_of(request), after, limit + 1)
    return listed([shown(one) for one in found], limit)


@routes.get("/batches/{number}")
async def one_batch(number: str, request: Request) -> dict[str, Any]:
    """How far one is."""
    return shown(found_batch(store_of(request), number, owner_of(request)))


@routes.post("/batches/{number}/cancel")
async def cancel(number: str, request: Request) -> dict[str, Any]:
    """No more lines are begun; what was answered is kept."""
    store = store_of(request)
    service: Service = request.app.state.service
    while True:
        batch = found_batch(store, number, owner_of(request))
        before = batch["status"]
        if before in OVER:
            raise RequestError(f"the batch is {before} already.", "nothing is left to be cancelled")
        ending = {"status": "cancelling", "cancelling_at": int(time.time())}
        # Its status may have changed since it was read.
        if before == "cancelling" or store.save_batch(batch | ending, before):
            service.wake_batches()
            return shown(found_batch(store, number, owner_of(request)))


def found_batch(store: Store, number: str, owner: str) -> dict[str, Any]:
    """One of this owner's. Raises UnknownThing."""
    batch = store.batch(number, owner)
    if batch is None:
        raise UnknownThing(f"there is no batch {number!r}.", "GET /v1/batches lists them")
    return batch


def shown(batch: dict[str, Any]) -> dict[str, Any]:
    """A batch as clients see it."""
    return {name: value for name, value in batch.items() if name != "output_lives_s"}
