"""Who may ask: decided before a request is read, as plain ASGI.

A page of any web site can send a form to localhost, and a name of any site can be made to mean this machine
(DNS rebinding). So the host has to be ours, whoever changes something must not come from another origin, and
bodies are JSON, which a form cannot send. Sizes are counted as bytes arrive.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException

from thinkling.serve.faults import Json, fault
from thinkling.serve.settings import ServeSettings, is_loopback

log = logging.getLogger("thinkling.serve")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/"})
"""Answered without a key: they tell nothing but that the service lives, or are the page that asks for one."""
BODY_TYPES = ("application/json", "multipart/form-data")


class Guard:
    """Refuses, or lets through with `scope["key"]`: the hash of the key that was shown."""

    def __init__(self, app: App, settings: ServeSettings, on_response: Callable[[int], None]) -> None:
        """`on_response` is told the status of every response."""
        self._app, self._settings, self._on_response = app, settings, on_response
        self._hosts = {"localhost", "127.0.0.1", "::1", *map(str.lower, settings.allowed_hosts)}
        if not is_loopback(settings.host):
            self._hosts.add(settings.host.lower())
        names = ", ".join(sorted(self._hosts - {"::1", "0.0.0.0", "::"}))
        self._hosts_hint = f"ask for one of {names}; --allow-host names others"
        self._is_any_host = settings.host in ("0.0.0.0", "::") and not settings.allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }

        has_begun = False

        async def noted(message: MutableMapping[str, Any]) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                self._on_response(message["status"])
            await send(message)

        refusal = self._refusal(scope, headers)
        try:
            if refusal is not None:
                await refusal(scope, receive, noted)
            else:
                await self._app(scope, self._counted(scope, receive), noted)
        except Exception:  # the boundary: answered here, the connection can be used again
            if has_begun:
                raise
            log.exception("a request failed")
            told = fault(scope["path"], 500, "something went wrong inside thinkling.")
            await told(scope, receive, noted)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> Json | None:
        settings, path = self._settings, scope["path"]
        host = _hostname(f"//{headers.get('host', '')}")
        if not self._is_any_host and host.lower() not in self._hosts:
            return fault(path, 403, f"the host {host!r} is not served here.", self._hosts_hint)
        if scope["method"] == "OPTIONS" and headers.get("origin") in settings.allowed_origins:
            return None  # a browser asks before it sends a key
        key = _key_of(headers)
        digest = sha256(key.encode()).hexdigest() if key else ""
        is_known = any(hmac.compare_digest(digest, one) for one in settings.key_hashes)
        if settings.key_hashes and not is_known and not _is_open(path):
            return fault(
                path, 401, "a key is needed.", "send it as 'Authorization: Bearer KEY'", "invalid_api_key"
            )
        scope["key"] = digest if is_known else ""
        if scope["method"] in SAFE_METHODS:
            return None
        origin = headers.get("origin")
        if origin is not None and not self._is_own(origin, headers.get("host", "")):
            return fault(
                path, 403, f"pages of {origin} may not use this service.", "allow them with --allow-origin"
            )
        has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if has_body and kind not in BODY_TYPES:
            return fault(path, 415, f"the body is {kind or 'of no type'}.", "send application/json")
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > self._limit(scope):
            return fault(path, 413, self._too_large(scope), "send less at once")
        return None

    def _is_own(self, origin: str, host: str) -> bool:
        is_same = origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")
        return is_same or origin in self._settings.allowed_origins

    def _limit(self, scope: Scope) -> int:
        return 512 * 2**20 if scope["path"].endswith("/files") else self._settings.most_body_bytes

    def _too_large(self, scope: Scope) -> str:
        return f"the body is larger than {self._limit(scope)} bytes."

    def _counted(self, scope: Scope, receive: Receive) -> Receive:
        """The body as it comes, while it is not too large. Raises HTTPException, which the routes answer."""
        left, is_whole = self._limit(scope), False

        async def counted() -> MutableMapping[str, Any]:
            nonlocal left, is_whole
            try:
                # Once it is whole nothing comes but that the client leaves.
                message = await asyncio.wait_for(receive(), None if is_whole else self._settings.body_s)
            except TimeoutError:
                raise HTTPException(408, "the body does not come.") from None
            is_whole |= not message.get("more_body", False)
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413, self._too_large(scope))
            return message

        return counted


def _hostname(url: str) -> str:
    """Empty where it cannot be read."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith("/web/")


def _key_of(headers: dict[str, str]) -> str:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "").strip()
