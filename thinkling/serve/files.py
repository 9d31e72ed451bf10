"""`/v1/files`: what batches read and write. Bytes lie in the data folder, facts in the store."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import FileResponse, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from thinkling.errors import RequestError
from thinkling.serve.service import Service, UnknownThing, owner_of
from thinkling.serve.store import Store, whole_file

routes = APIRouter()

PURPOSES = ("batch", "batch_output")
AT_ONCE = 2**20
MOST_LISTED = 10_000


Seconds = Annotated[int, Field(ge=3600, le=2_592_000)]
"""How long something is kept: an hour to thirty days, as OpenAI has it."""
ANCHOR, SECONDS = "expires_after[anchor]", "expires_after[seconds]"
FIELDS = ("file", "purpose", ANCHOR, SECONDS)


@routes.post("/files")
async def upload(
    request: Request,
    file: Annotated[UploadFile, File()],
    purpose: Annotated[str, Form()] = "batch",
    anchor: Annotated[Literal["created_at"] | None, Form(alias=ANCHOR)] = None,
    seconds: Annotated[Seconds | None, Form(alias=SECONDS)] = None,
) -> dict[str, Any]:
    """Keeps a file, for ever or for so many seconds after it was sent."""
    store = store_of(request)
    unknown = next((name for name in await request.form() if name not in FIELDS), None)
    if unknown is not None:
        raise RequestError(f"{unknown!r} is not supported.", f"send {', '.join(FIELDS)}")
    if purpose != "batch":
        raise RequestError(f"the purpose {purpose!r} is not supported.", "use batch")
    if (anchor is None) != (seconds is None):
        raise RequestError("expires_after is incomplete.", f"send {ANCHOR} and {SECONDS}, or neither")
    number = f"file-{secrets.token_hex(12)}"
    size = await run_in_threadpool(_keep, file, store.files / number)
    name = Path(file.filename or "upload.jsonl").name[:255]
    store.add_file(number, owner_of(request), name, purpose, size, seconds)
    return described(found_file(store, number, owner_of(request)))


def _keep(upload: UploadFile, path: Path) -> int:
    """Copies what was sent to the disk; how many bytes. Raises StoreFull."""
    with whole_file(path) as target:
        shutil.copyfileobj(upload.file, target, AT_ONCE)
        return target.tell()


@routes.get("/files")
async def list_files(
    request: Request, purpose: str | None = None, after: str | None = None, limit: int = MOST_LISTED
) -> dict[str, Any]:
    """The files of this key, the latest first."""
    limit = max(1, min(limit, MOST_LISTED))
    rows = store_of(request).list_files(owner_of(request), purpose, after, limit + 1)
    return listed([described(row) for row in rows], limit)


@routes.get("/files/{number}")
async def one_file(number: str, request: Request) -> dict[str, Any]:
    """Facts of one."""
    return described(found_file(store_of(request), number, owner_of(request)))


@routes.get("/files/{number}/content", response_class=FileResponse)
async def content(number: str, request: Request) -> Response:
    """Its bytes."""
    store = store_of(request)
    row = found_file(store, number, owner_of(request))
    return FileResponse(store.files / row["id"], media_type="application/octet-stream")


@routes.delete("/files/{number}")
async def delete(number: str, request: Request) -> dict[str, Any]:
    """Forgets one."""
    if store_of(request).is_needed(number):
        raise RequestError(f"a batch has still to read {number!r}.", "cancel the batch first")
    if not store_of(request).delete_file(number, owner_of(request)):
        raise UnknownThing(f"there is no file {number!r}.", "GET /v1/files lists them")
    return {"id": number, "object": "file", "deleted": True}


def store_of(request: Request) -> Store:
    """The service's store."""
    service: Service = request.app.state.service
    return service.store


def found_file(store: Store, number: str, owner: str) -> sqlite3.Row:
    """One of this owner's. Raises UnknownThing."""
    row = store.file(number, owner)
    if row is None:
        raise UnknownThing(f"there is no file {number!r}.", "GET /v1/files lists them")
    return row


def described(row: sqlite3.Row) -> dict[str, Any]:
    """A file as clients see it."""
    names = ("id", "bytes", "created_at", "expires_at", "filename", "purpose")
    return {name: row[name] for name in names} | {"object": "file", "status": "processed"}


def listed(things: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    """A page of a list, of which one more than `limit` was looked for."""
    page = things[:limit]
    return {
        "object": "list",
        "data": page,
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
        "has_more": len(things) > limit,
    }
