"""`/ui/conversations`: what the chat page keeps.

A conversation is a tree of messages: an edited question or a second answer is a branch, and nothing is lost.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from thinkling.errors import RequestError
from thinkling.serve.files import store_of
from thinkling.serve.service import UnknownThing, owner_of
from thinkling.serve.store import Store
from thinkling.serve.thinking import Schema

routes = APIRouter(prefix="/ui/conversations", include_in_schema=False)

MOST_CHARACTERS = 2_000_000
Text = Annotated[str, Field(max_length=MOST_CHARACTERS)]
Title = Annotated[str, Field(min_length=1, max_length=200)]


class NewConversation(Schema):
    """One that begins."""

    title: Title = "New conversation"
    system: Text = ""


class Changes(Schema):
    """What is changed; what is left out stays."""

    title: Title | None = None
    system: Text | None = None
    leaf: str | None = None
    """The message at whose end the page stands."""


class NewMessage(Schema):
    """One turn below another."""

    parent: str | None = None
    role: Literal["user", "assistant"]
    content: Text
    reasoning: Text | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    """Model, tokens, times: what stands under an answer."""


class ExportedMessage(NewMessage):
    """A turn in a file; its id is only known there."""

    id: str
    created_at: float | None = None


class Exported(Schema):
    """A conversation as a file."""

    format: Literal["thinkling-conversation"]
    version: Literal[1]
    title: Title
    system: Text = ""
    messages: list[ExportedMessage] = Field(max_length=10_000)


@routes.get("")
async def list_all(
    request: Request, query: str = "", limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> dict[str, Any]:
    """The latest first; with a query those whose title or messages hold it."""
    return {"data": Conversations(store_of(request), owner_of(request)).listed(query, limit)}


@routes.post("")
async def create(body: NewConversation, request: Request) -> dict[str, Any]:
    """Begins one."""
    kept = Conversations(store_of(request), owner_of(request))
    return kept.read(kept.create(body.title, body.system))


@routes.post("/import")
async def import_one(body: Exported, request: Request) -> dict[str, Any]:
    """Takes one from a file."""
    kept = Conversations(store_of(request), owner_of(request))
    return await run_in_threadpool(lambda: kept.read(kept.take(body)))


@routes.get("/{number}")
async def read(number: str, request: Request) -> dict[str, Any]:
    """One, with all of its branches."""
    return Conversations(store_of(request), owner_of(request)).read(number)


@routes.patch("/{number}")
async def change(number: str, body: Changes, request: Request) -> dict[str, Any]:
    """Renames it, or notes where the page stands."""
    kept = Conversations(store_of(request), owner_of(request))
    kept.change(number, {name: value for name, value in body.model_dump().items() if value is not None})
    return kept.read(number)


@routes.delete("/{number}")
async def delete(number: str, request: Request) -> dict[str, Any]:
    """Forgets it."""
    Conversations(store_of(request), owner_of(request)).delete(number)
    return {"id": number, "deleted": True}


@routes.post("/{number}/messages")
async def add(number: str, body: NewMessage, request: Request) -> dict[str, Any]:
    """Adds a turn."""
    return {"id": Conversations(store_of(request), owner_of(request)).add(number, body)}


@routes.get("/{number}/export")
async def export(number: str, request: Request, form: Literal["json", "markdown"] = "json") -> Response:
    """The whole tree as JSON, or the branch that is shown as Markdown."""
    found = Conversations(store_of(request), owner_of(request)).read(number)
    if form == "markdown":
        return Response(as_markdown(found), media_type="text/markdown; charset=utf-8")
    whole = {"format": "thinkling-conversation", "version": 1}
    whole |= {name: found[name] for name in ("title", "system", "messages")}
    return Response(json.dumps(whole, ensure_ascii=False, indent=2), media_type="application/json")


class Conversations:
    """Those of one owner."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store, self._owner = store, owner

    def create(self, title: str, system: str) -> str:
        """An empty one; its id."""
        with self._store.writing() as connection:
            return self._create(connection, title, system)

    def _create(self, connection: sqlite3.Connection, title: str, system: str) -> str:
        number, now = f"conv_{secrets.token_hex(12)}", time.time()
        connection.execute(
            "insert into conversations values (?, ?, ?, ?, ?, ?, null)",
            (number, self._owner, now, now, title, system),
        )
        return number

    def take(self, exported: Exported) -> str:
        """One from a file, whole or not at all; its id.

        Raises RequestError for a turn below one that does not stand before it.
        """
        names: dict[str | None, str | None] = {None: None}
        with self._store.writing() as connection:
            number = self._create(connection, exported.title, exported.system)
            for message in exported.messages:
                if message.parent not in names or message.id in names:
                    raise RequestError(
                        f"the message {message.id!r} stands twice, or before the one it answers.",
                        "export the conversation again",
                    )
                below = message.model_copy(update={"parent": names[message.parent]})
                names[message.id] = _insert(connection, number, below)
        return number

    def listed(self, query: str, limit: int) -> list[dict[str, Any]]:
        """Facts of each, the latest first."""
        words = f"%{query.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
        rows = self._store.rows(
            "select id, title, updated_at from conversations as one where owner = ? and (? = '%%'"
            " or title like ? escape '!' or exists (select 1 from messages where conversation = one.id"
            " and content like ? escape '!')) order by updated_at desc limit ?",
            *(self._owner, words, words, words, limit),
        )
        return [dict(row) for row in rows]

    def read(self, number: str) -> dict[str, Any]:
        """All of one. Raises UnknownThing."""
        row = self._store.one("select * from conversations where id = ? and owner = ?", number, self._owner)
        if row is None:
            raise UnknownThing(f"there is no conversation {number!r}.", "it may have been deleted")
        names = ("id", "parent", "role", "content", "reasoning", "facts", "created_at")
        messages = self._store.rows("select * from messages where conversation = ? order by rowid", number)
        told = [{name: one[name] for name in names} | {"facts": json.loads(one["facts"])} for one in messages]
        return {name: row[name] for name in ("id", "title", "system", "updated_at", "leaf")} | {
            "messages": told
        }

    def change(self, number: str, fields: dict[str, str]) -> None:
        """New values of some fields. Raises UnknownThing."""
        self.read(number)
        with self._store.writing() as connection:
            for name, value in fields.items():  # names of `Changes`, and nobody else's
                connection.execute(f"update conversations set {name} = ? where id = ?", (value, number))

    def add(self, number: str, message: NewMessage) -> str:
        """A message, at whose end the conversation stands now; its id. Raises UnknownThing."""
        known = {one["id"] for one in self.read(number)["messages"]}
        if message.parent is not None and message.parent not in known:
            raise UnknownThing(f"there is no message {message.parent!r}.", "it may have been deleted")
        with self._store.writing() as connection:
            return _insert(connection, number, message)

    def delete(self, number: str) -> None:
        """Forgets one. Raises UnknownThing."""
        self.read(number)
        with self._store.writing() as connection:
            connection.execute("delete from conversations where id = ?", (number,))


def _insert(connection: sqlite3.Connection, number: str, message: NewMessage) -> str:
    """A message below one that is there, at whose end the conversation stands now; its id."""
    name, now = f"msg_{secrets.token_hex(12)}", time.time()
    connection.execute(
        "insert into messages values (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(name, number, message.parent, message.role, message.content, message.reasoning),
            *(json.dumps(message.facts), now),
        ),
    )
    connection.execute("update conversations set leaf = ?, updated_at = ? where id = ?", (name, now, number))
    return name


def branch(conversation: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages from the first to the leaf."""
    by_id = {one["id"]: one for one in conversation["messages"]}
    found: list[dict[str, Any]] = []
    at = by_id.get(conversation["leaf"])
    while at is not None and len(found) < len(by_id):
        found.append(at)
        at = by_id.get(at["parent"])
    return found[::-1]


def as_markdown(conversation: dict[str, Any]) -> str:
    """A heading for every turn, thinking as a quotation."""
    parts = [f"# {conversation['title']}"]
    if conversation["system"]:
        parts += ["## system", conversation["system"]]
    for message in branch(conversation):
        parts.append(f"## {message['role']}")
        if message["reasoning"]:
            parts.append("\n".join(f"> {line}".rstrip() for line in message["reasoning"].splitlines()))
        parts.append(message["content"])
    return "\n\n".join(parts) + "\n"
