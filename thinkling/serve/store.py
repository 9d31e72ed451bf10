"""What outlives a request: one SQLite file in the data folder, and uploaded files beside it.

Every row has an owner, the hash of the key that made it ("" without keys), and is shown to no other.
Statements are short and run where they are called; a lock keeps threads apart. WAL and full synchronisation:
what was confirmed is there after a power cut.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

from thinkling.errors import ConfigError, ThinklingError

SCHEMA = """
create table if not exists files (
    id text primary key, owner text not null, created_at integer not null, expires_at integer,
    filename text not null, purpose text not null, bytes integer not null
) without rowid;
create table if not exists batches (
    id text primary key, owner text not null, created_at integer not null, status text not null,
    object text not null, total integer not null default 0, completed integer not null default 0,
    failed integer not null default 0
) without rowid;
create table if not exists lines (
    batch text not null references batches(id) on delete cascade, number integer not null,
    custom_id text not null, body text not null, is_error integer, result text,
    primary key (batch, number)
) without rowid;
create table if not exists responses (
    id text primary key, owner text not null, created_at integer not null, object text not null,
    conversation text not null
) without rowid;
create table if not exists conversations (
    id text primary key, owner text not null, created_at real not null, updated_at real not null,
    title text not null, system text not null, leaf text
) without rowid;
create table if not exists messages (
    id text primary key, conversation text not null references conversations(id) on delete cascade,
    parent text, role text not null, content text not null, reasoning text, facts text not null,
    created_at real not null
);
create index if not exists messages_of on messages(conversation);
create index if not exists conversations_of on conversations(owner, updated_at);
create index if not exists batches_of on batches(owner, created_at);
create index if not exists files_of on files(owner, created_at);
"""
VERSION = 1
AT_ONCE = 1000
INTERRUPTED = """
update responses set object = json_set(
    object, '$.status', 'failed',
    '$.error', json('{"code": "server_error", "message": "The service was stopped before it was answered."}')
) where json_extract(object, '$.status') in ('queued', 'in_progress')
"""
"""Nobody goes on with responses that a crash has left."""


class StoreFull(ThinklingError):
    """There is no room on the disk."""

    def __init__(self) -> None:
        super().__init__("there is no room left on the disk.", "free some space, or choose another --data")


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to be written, which is there when all of it is on the disk. Raises StoreFull."""
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise StoreFull() from None
        raise


def _locked(path: Path) -> IO[str]:
    """A file that only one service holds. Raises ConfigError where another does."""
    file = path.open("w", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise ConfigError(
            f"another service uses the data folder {path.parent}.", "give this one its own with --data"
        ) from None
    return file


def _batch(row: sqlite3.Row) -> dict[str, Any]:
    """A batch with how far it is."""
    found: dict[str, Any] = json.loads(row["object"])
    counts = {name: row[name] for name in ("total", "completed", "failed")}
    return found | {"request_counts": counts}


class Store:
    """The data folder. Raises ConfigError where it cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "files"
        self._lock = threading.RLock()
        self._alone: IO[str] | None = None
        self._connection: sqlite3.Connection | None = None
        try:
            for place in (folder, self.files):  # nobody else's business
                place.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._alone = _locked(folder / "lock")
            self._open(folder / "thinkling.db")
        except (OSError, sqlite3.Error) as error:
            self.close()
            raise ConfigError(
                f"the data folder {folder} cannot be used: {error}.", "choose another one with --data"
            ) from None
        except ConfigError:
            self.close()
            raise

    def _open(self, path: Path) -> None:
        path.touch(mode=0o600)
        opened = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection = opened
        opened.row_factory = sqlite3.Row
        for setting in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            opened.execute(f"pragma {setting}")
        if opened.execute("pragma user_version").fetchone()[0] > VERSION:
            raise ConfigError(
                f"{path.parent} was written by a newer version of thinkling.",
                "use that version, or another --data",
            )
        opened.executescript(SCHEMA)
        opened.execute(INTERRUPTED)
        opened.execute(f"pragma user_version = {VERSION}")

    def close(self) -> None:
        """Everything is written."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            if self._alone is not None:
                self._alone.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _opened(self) -> sqlite3.Connection:
        assert self._connection is not None, "the store is open"
        return self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing. Raises StoreFull."""
        with self._lock:
            try:
                self._opened.execute("begin immediate")
                yield self._opened
                self._opened.execute("commit")
            except sqlite3.OperationalError as error:
                self._roll_back()
                if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                    raise StoreFull() from None
                raise
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        if self._opened.in_transaction:
            self._opened.execute("rollback")

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """What a query finds."""
        with self._lock:
            return self._opened.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row that a query finds."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    # ------------------------------------------------------------ batches

    def add_batch(self, batch: dict[str, Any], owner: str) -> None:
        """A batch whose file was not looked at yet."""
        with self.writing() as connection:
            connection.execute(
                "insert into batches (id, owner, created_at, status, object) values (?, ?, ?, ?, ?)",
                (batch["id"], owner, batch["created_at"], batch["status"], json.dumps(batch)),
            )

    def save_batch(self, batch: dict[str, Any], before: str) -> bool:
        """Its state as it is now; False, and nothing changes, where its status is no longer `before`."""
        with self.writing() as connection:
            return self._save_batch(connection, batch, before)

    def begin_batch(self, batch: dict[str, Any], lines: Iterable[tuple[str, str]]) -> None:
        """The lines (custom id, body as JSON) of a batch that was validated, and its state, at once."""
        with self.writing() as connection:  # what a crash has left of an earlier try
            connection.execute("delete from lines where batch = ?", (batch["id"],))
        rows = ((batch["id"], number, *line) for number, line in enumerate(lines))
        total = 0
        while some := list(islice(rows, AT_ONCE)):  # others have their turn in between
            total += len(some)
            with self.writing() as connection:
                connection.executemany(
                    "insert into lines (batch, number, custom_id, body) values (?, ?, ?, ?)", some
                )
        with self.writing() as connection:
            connection.execute("update batches set total = ? where id = ?", (total, batch["id"]))
            self._save_batch(connection, batch, "validating")

    def _save_batch(self, connection: sqlite3.Connection, batch: dict[str, Any], before: str) -> bool:
        changed = connection.execute(
            "update batches set status = ?, object = ? where id = ? and status = ?",
            (batch["status"], json.dumps(batch), batch["id"], before),
        )
        return changed.rowcount == 1

    def batch(self, number: str, owner: str | None = None) -> dict[str, Any] | None:
        """A batch; of `owner`, if one is named."""
        row = self.one("select * from batches where id = ?", number)
        if row is None or (owner is not None and row["owner"] != owner):
            return None
        return _batch(row)

    def batches(self, owner: str, after: str | None, limit: int) -> list[dict[str, Any]]:
        """The latest ones first."""
        last = None if after is None else self.one("select created_at from batches where id = ?", after)
        before = (last["created_at"], after) if last is not None else (2**62, "")
        rows = self.rows(
            "select * from batches where owner = ? and (created_at, id) < (?, ?)"
            " order by created_at desc, id desc limit ?",
            *(owner, *before, limit),
        )
        return [_batch(row) for row in rows]

    def unfinished_batches(self) -> list[tuple[str, dict[str, Any]]]:
        """(owner, batch) of those that are not over, the oldest first."""
        rows = self.rows(
            "select * from batches where status in"
            " ('validating', 'in_progress', 'finalizing', 'cancelling') order by created_at, id"
        )
        return [(row["owner"], _batch(row)) for row in rows]

    def open_lines(self, batch: str, limit: int, besides: Sequence[int]) -> list[sqlite3.Row]:
        """The next lines without a result, but for those that are being answered."""
        marks = ",".join("?" * len(besides))
        return self.rows(
            f"select number, custom_id, body from lines where batch = ? and result is null"
            f" and number not in ({marks}) order by number limit ?",
            *(batch, *besides, limit),
        )

    def finish_line(self, batch: str, number: int, result: dict[str, Any], *, is_error: bool) -> bool:
        """Keep a line's result, once: False where it has one already. Raises StoreFull."""
        with self.writing() as connection:
            changed = connection.execute(
                "update lines set result = ?, is_error = ? where batch = ? and number = ? and result is null",
                (json.dumps(result, ensure_ascii=False), int(is_error), batch, number),
            )
            if changed.rowcount == 1:
                column = "failed" if is_error else "completed"
                connection.execute(f"update batches set {column} = {column} + 1 where id = ?", (batch,))
            return changed.rowcount == 1

    def results(self, batch: str, *, is_error: bool) -> Iterator[str]:
        """Results of one kind in the order of their lines, a few at a time."""
        last = -1
        while rows := self.rows(
            "select number, result from lines where batch = ? and number > ? and is_error = ?"
            " order by number limit 256",
            *(batch, last, int(is_error)),
        ):
            yield from (row["result"] for row in rows)
            last = rows[-1]["number"]

    # ------------------------------------------------------------ files

    def add_file(
        self, number: str, owner: str, filename: str, purpose: str, size: int, lives_s: int | None = None
    ) -> None:
        """A file whose bytes lie in `files` already; after `lives_s` seconds it may be forgotten."""
        now = int(time.time())
        expires_at = None if lives_s is None else now + lives_s
        with self.writing() as connection:
            connection.execute(
                "insert or replace into files values (?, ?, ?, ?, ?, ?, ?)",
                (number, owner, now, expires_at, filename, purpose, size),
            )

    def file(self, number: str, owner: str) -> sqlite3.Row | None:
        """One of this owner's."""
        return self.one("select * from files where id = ? and owner = ?", number, owner)

    def forget_expired(self, now: float) -> None:
        """Remove files whose time is over, but for those that a batch has still to read."""
        for row in self.rows("select id, owner from files where expires_at < ?", now):
            if not self.is_needed(row["id"]):
                self.delete_file(row["id"], row["owner"])

    def is_needed(self, number: str) -> bool:
        """Whether a batch has still to read this file."""
        waiting = self.unfinished_batches()
        return any(one["input_file_id"] == number for _, one in waiting if one["status"] == "validating")

    def list_files(self, owner: str, purpose: str | None, after: str | None, limit: int) -> list[sqlite3.Row]:
        """The latest ones first."""
        last = None if after is None else self.file(after, owner)
        before = (last["created_at"], after) if last is not None else (2**62, "")
        return self.rows(
            "select * from files where owner = ? and (? is null or purpose = ?) and (created_at, id) < (?, ?)"
            " order by created_at desc, id desc limit ?",
            *(owner, purpose, purpose, *before, limit),
        )

    def delete_file(self, number: str, owner: str) -> bool:
        """Whether there was one."""
        with self.writing() as connection:
            found = connection.execute(
                "delete from files where id = ? and owner = ?", (number, owner)
            ).rowcount
        if found:
            (self.files / number).unlink(missing_ok=True)
        return bool(found)

    # ------------------------------------------------------------ responses

    def save_response(self, response: dict[str, Any], owner: str, conversation: list[dict[str, Any]]) -> None:
        """A response, and the conversation that it ends."""
        with self.writing() as connection:
            connection.execute(
                "insert or replace into responses values (?, ?, ?, ?, ?)",
                (
                    response["id"],
                    owner,
                    response["created_at"],
                    json.dumps(response),
                    json.dumps(conversation),
                ),
            )

    def change_response(self, response: dict[str, Any], conversation: list[dict[str, Any]]) -> None:
        """As it is now, unless it was deleted."""
        with self.writing() as connection:
            connection.execute(
                "update responses set object = ?, conversation = ? where id = ?",
                (json.dumps(response), json.dumps(conversation), response["id"]),
            )

    def response(self, number: str, owner: str) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
        """One of this owner's, with its conversation."""
        row = self.one("select object, conversation from responses where id = ? and owner = ?", number, owner)
        return None if row is None else (json.loads(row["object"]), json.loads(row["conversation"]))

    def delete_response(self, number: str, owner: str) -> bool:
        """Whether there was one."""
        with self.writing() as connection:
            sql = "delete from responses where id = ? and owner = ?"
            return bool(connection.execute(sql, (number, owner)).rowcount)
