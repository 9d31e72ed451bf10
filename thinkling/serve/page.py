"""The chat page: static files, and Markdown rendered for it. Nothing on it comes from elsewhere."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from thinkling.serve.asking import ChatRequest
from thinkling.serve.chat import completed
from thinkling.serve.render import MOST_CHARACTERS, render
from thinkling.serve.service import UnknownThing
from thinkling.serve.thinking import Schema

routes = APIRouter(include_in_schema=False)

WEB = Path(__file__).with_name("web")
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
HEADERS = {
    "content-security-policy": POLICY + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
}


@routes.get("/")
async def index() -> Response:
    """The page."""
    return _file("index.html")


@routes.get("/web/{name}")
async def part(name: str) -> Response:
    """A part of it."""
    return _file(name)


def _file(name: str) -> Response:
    path = WEB / name
    if path.parent != WEB or path.suffix not in KINDS or not path.is_file():
        raise UnknownThing(f"there is nothing at /web/{name}.", "reload the page")
    return FileResponse(path, media_type=KINDS[path.suffix], headers=HEADERS)


@routes.post("/ui/chat/completions")
async def chat_completions(body: ChatRequest, request: Request) -> Response:
    """The same as for everybody, under the names that the page knows, whatever the service's clients like."""
    return await completed(body, request, "reasoning_content")


class Markdown(Schema):
    """Texts to be shown."""

    texts: list[str] = Field(max_length=1000)


@routes.post("/ui/render")
async def rendered(body: Markdown) -> dict[str, list[str]]:
    """Each as HTML."""
    texts = body.texts if sum(map(len, body.texts)) <= MOST_CHARACTERS else body.texts[:1]
    return {"html": await run_in_threadpool(lambda: [render(text) for text in texts])}
