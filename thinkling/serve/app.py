"""The routes, and what an error becomes: a status, a sentence, and never a traceback.

Everything stands at `/v1/...` and, as DeepSeek's clients expect, at `/...` too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from thinkling import __version__
from thinkling.errors import ThinklingError
from thinkling.serve import (
    anthropic,
    batches,
    chat,
    completions,
    conversations,
    files,
    ollama,
    page,
    responses,
)
from thinkling.serve.faults import AnthropicFault, Fault, OllamaFault, fault, refusals
from thinkling.serve.guard import Guard
from thinkling.serve.host import Host
from thinkling.serve.running import BatchRunner
from thinkling.serve.service import Service, UnknownModel, status_of
from thinkling.serve.settings import ServeSettings
from thinkling.serve.worker import Busy

if TYPE_CHECKING:
    from thinkling.several import Models

log = logging.getLogger("thinkling.serve")


def build_app(models: Models | Host, settings: ServeSettings) -> FastAPI:
    """The application, for uvicorn or a test client."""
    service = Service(models, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        runner = BatchRunner(service)
        service.wake_batches = runner.wake
        service.begin()
        task = asyncio.create_task(runner.run())
        yield
        service.begin_to_stop()
        await runner.stop(task)
        await service.drain()

    app = FastAPI(title="thinkling", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.service = service
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.allowed_origins, allow_methods=["*"], allow_headers=["*"]
        )
    app.add_middleware(Guard, settings=settings, on_response=service.metrics.note_response)
    for router in (
        routes,
        chat.routes,
        completions.routes,
        anthropic.routes,
        files.routes,
        batches.routes,
        responses.routes,
    ):
        told = refusals(AnthropicFault if router is anthropic.routes else Fault)
        app.include_router(router, prefix="/v1", responses=told)
        app.include_router(router, include_in_schema=False)
    app.include_router(ollama.routes, prefix="/api", responses=refusals(OllamaFault))
    for router in (page.routes, conversations.routes, health):
        app.include_router(router, responses=refusals(Fault))
    app.add_exception_handler(ThinklingError, _explained)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(ValidationError, _not_meant)
    app.add_exception_handler(HTTPException, _no_such_place)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document. What cannot be understood is a 400 here, and never FastAPI's 422."""
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, routes=app.routes)
        for operations in found["paths"].values():
            for operation in operations.values():
                operation["responses"].pop("422", None)
        for name in ("HTTPValidationError", "ValidationError"):
            found["components"]["schemas"].pop(name, None)
        app.openapi_schema = found
    return app.openapi_schema


CODES: dict[type[Exception], str] = {UnknownModel: "model_not_found", Busy: "queue_full"}
RETRY_AFTER = {429: "2", 503: "60"}
"""Seconds."""

routes, health = APIRouter(), APIRouter()


@health.get("/healthz")
async def is_alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@health.get("/readyz")
async def is_ready(request: Request) -> JSONResponse:
    """Questions are taken."""
    service: Service = request.app.state.service
    is_draining = service.is_draining
    return JSONResponse({"status": "stopping" if is_draining else "ok"}, 503 if is_draining else 200)


@health.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> Response:
    """Counts and times in Prometheus' text form."""
    service: Service = request.app.state.service
    text, kind = service.metrics.text()
    return Response(text, media_type=kind)


@routes.get("/models")
async def list_models(request: Request) -> dict[str, Any]:
    """The models that can be named."""
    service: Service = request.app.state.service
    return {"object": "list", "data": [_model(service, name) for name in service.names]}


@routes.get("/models/{name:path}")
async def one_model(name: str, request: Request) -> dict[str, Any]:
    """One of them."""
    service: Service = request.app.state.service
    return _model(service, service.named(name))


@routes.post("/embeddings", include_in_schema=False)
async def embeddings(request: Request) -> Response:
    """Refused by name: reasoning models make none worth having."""
    hint = "use a model that was made for them"
    return fault(request.url.path, 501, "embeddings are not made here.", hint, "unsupported_endpoint")


def _model(service: Service, name: str) -> dict[str, Any]:
    far = service.settings.far_models.get(name)
    owner = "thinkling" if far is None else far.host
    return {"id": name, "object": "model", "created": service.started_at, "owned_by": owner}


async def _explained(request: Request, error: Exception) -> Response:
    assert isinstance(error, ThinklingError)
    if status_of(error) == 500:
        log.error("a request failed", exc_info=error)
    status = status_of(error)
    code = CODES.get(type(error))
    headers = {"retry-after": RETRY_AFTER[status]} if status in RETRY_AFTER else None
    return fault(request.url.path, status, error.message, error.hint, code, headers=headers)


async def _not_understood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = [str(one) for one in first["loc"] if one != "body"]
    name = ".".join(place)
    if first["type"] == "extra_forbidden":
        return fault(
            request.url.path,
            400,
            f"{name!r} is not supported.",
            "leave it out",
            "unsupported_parameter",
            name,
        )
    if first["type"] == "json_invalid":
        return fault(
            request.url.path, 400, "the body is no JSON.", str(first.get("ctx", {}).get("error", ""))
        )
    return fault(
        request.url.path,
        400,
        f"{name}: {first['msg']}." if name else f"{first['msg']}.",
        "",
        "invalid_value",
        name,
    )


async def _not_meant(request: Request, error: Exception) -> Response:
    """What could be read, and is too much or too long in the form that all interfaces are brought into."""
    assert isinstance(error, ValidationError)
    first = error.errors(include_input=False)[0]
    name = ".".join(map(str, first["loc"]))
    return fault(request.url.path, 400, f"{name}: {first['msg']}.", "", "invalid_value", name)


async def _no_such_place(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return fault(
            request.url.path,
            404,
            f"there is nothing at {request.url.path}.",
            "see /openapi.json",
            "not_found",
        )
    return fault(request.url.path, error.status_code, str(error.detail), headers=dict(error.headers or {}))
