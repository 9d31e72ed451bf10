"""Answers batches: line by line, behind everybody who waits, and through every crash exactly once.

A line is done when its result is in the store, and a result is stored once. What a crash interrupts is asked
again after it. Outputs are written from the store when all lines are done, under names that follow from the
batch, so that a second try replaces the first.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from thinkling.serve.lines import (
    LINE_PREFIX,
    PASSING,
    BadLine,
    Line,
    answer_line,
    lines_of,
    read_line,
    result_of,
)
from thinkling.serve.service import BATCHES, Service
from thinkling.serve.store import StoreFull, whole_file

log = logging.getLogger("thinkling.serve")

MOST_LINES, MOST_ERRORS = 50_000, 100
FULL_DISK_S = 10.0
"""After a full disk so long until the next try."""
PAUSE_S = 0.5


class BatchRunner:
    """One task of the event loop that works off batches, the oldest first."""

    def __init__(self, service: Service, now: Callable[[], float] = time.time) -> None:
        self._service, self._store, self._now = service, service.store, now
        self._woken = asyncio.Event()
        self._lines: dict[int, asyncio.Task[None]] = {}
        self._of = ""
        """The batch that they are of."""

    def wake(self) -> None:
        """Something has changed."""
        self._woken.set()

    async def run(self) -> None:
        """For as long as the service lives."""
        while True:
            try:
                self._store.forget_expired(self._now())
                is_idle = await self._advance()
            except StoreFull:
                log.error("no room on the disk: batches wait")
                await asyncio.sleep(FULL_DISK_S)
                continue
            except Exception:  # the boundary: whatever it was, the batches of tomorrow are still to come
                log.exception("batches stand still for a while")
                await asyncio.sleep(FULL_DISK_S)
                continue
            if is_idle:
                await self._wait(60.0)

    async def stop(self, task: asyncio.Task[None]) -> None:
        """End `task`, which runs this; lines that are being answered are left and asked again later."""
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await self._end_lines()

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            return
        finally:
            self._woken.clear()

    async def _advance(self) -> bool:
        """What can be done for every batch, and lines of the oldest; True if there is none."""
        batches = self._store.unfinished_batches()
        answering = next((one["id"] for _, one in batches if one["status"] == "in_progress"), None)
        for owner, batch in batches:
            try:
                await self._advance_one(batch, owner, is_first=batch["id"] == answering)
            except StoreFull:
                raise
            except Exception:  # the boundary: one batch must not stop all others
                log.exception("the batch %s failed", batch["id"])
                self._fail(batch, [_error("server_error", "something went wrong inside thinkling.")])
        return not batches

    async def _advance_one(self, batch: dict[str, Any], owner: str, *, is_first: bool) -> None:
        status = batch["status"]
        if status == "validating":
            await asyncio.to_thread(self._validate, batch, owner)
        elif status == "in_progress" and self._now() >= batch["expires_at"]:
            is_late = bool(self._store.open_lines(batch["id"], 1, ()))
            self._end(batch | ({"expired_at": int(self._now())} if is_late else {}))
        elif status == "in_progress" and is_first:
            await self._answer_lines(batch)
        elif status != "in_progress":
            if self._of == batch["id"]:
                await self._end_lines()
            await asyncio.to_thread(self._finalize, batch, owner)

    def _fail(self, batch: dict[str, Any], errors: list[dict[str, Any]]) -> None:
        told = {"object": "list", "data": errors}
        failed = {"status": "failed", "failed_at": int(self._now()), "errors": told}
        self._store.save_batch(batch | failed, batch["status"])

    # ------------------------------------------------------------ validating

    def _validate(self, batch: dict[str, Any], owner: str) -> None:
        errors: list[dict[str, Any]] = []
        lines: list[tuple[str, str]] = []
        names: set[str] = set()
        models: set[str] = set()
        for number, line in lines_of(self._store.files / batch["input_file_id"]):
            try:
                if len(names) == MOST_LINES:
                    raise BadLine("too_many_lines", f"a batch has at most {MOST_LINES} lines.", None)
                found = read_line(self._service, line, batch["endpoint"])
                if found.custom_id in names:
                    words = f"custom_id {found.custom_id!r} stands twice."
                    raise BadLine("duplicate_custom_id", words, "custom_id")
                names.add(found.custom_id)
                models.add(found.model)
                if len(models) > 1:
                    raise BadLine("mismatched_model", "a batch asks one model.", "body.model")
                lines.append((found.custom_id, found.body))
            except BadLine as fault:
                code, message, param = fault.args
                errors.append(_error(code, message, param, number))
                if len(errors) >= MOST_ERRORS or len(names) == MOST_LINES:
                    break
        if not lines and not errors:
            errors.append(_error("empty_file", "the file has no lines."))
        if errors:
            self._fail(batch, errors)
            return
        changed = {"status": "in_progress", "in_progress_at": int(self._now()), "model": models.pop()}
        self._store.begin_batch(batch | changed, lines)

    # ------------------------------------------------------------ answering

    async def _answer_lines(self, batch: dict[str, Any]) -> None:
        if self._of != batch["id"]:
            await self._end_lines()
            self._of = batch["id"]
        room = self._room() - len(self._lines)
        rows = self._store.open_lines(batch["id"], room, list(self._lines)) if room > 0 else []
        for row in rows:
            line = Line(row["custom_id"], batch["endpoint"], row["body"], batch["model"])
            work = self._answer_line(batch, row["number"], line)
            self._lines[row["number"]] = asyncio.create_task(work)
        if self._lines:
            # Looked at again now and then: somebody may have come, or gone.
            await asyncio.wait(self._lines.values(), timeout=0.2, return_when=asyncio.FIRST_COMPLETED)
            self._collect()
        elif not self._store.open_lines(batch["id"], 1, ()):
            self._end(batch)
        else:
            await self._wait(1.0)

    def _end(self, batch: dict[str, Any]) -> None:
        ending = {"status": "finalizing", "finalizing_at": int(self._now())}
        self._store.save_batch(batch | ending, "in_progress")

    def _collect(self) -> None:
        for number, task in list(self._lines.items()):
            if task.done():
                del self._lines[number]
                task.result()

    async def _end_lines(self) -> None:
        """Lines that are being answered are left, and would be asked again."""
        for task in self._lines.values():
            task.cancel()
        await asyncio.gather(*self._lines.values(), return_exceptions=True)
        self._lines.clear()

    def _room(self) -> int:
        """How many lines may be answered at once: few where somebody waits, none outside of the hours."""
        settings = self._service.settings
        if self._service.is_draining:
            return 0
        if settings.batch_hours is not None and not is_within(settings.batch_hours, datetime.now().hour):
            return 0
        is_alone = self._service.num_open == self._service.num_open_of(BATCHES)
        return settings.batch_width if is_alone else 1

    async def _answer_line(self, batch: dict[str, Any], number: int, line: Line) -> None:
        try:
            status, body = await answer_line(self._service, line)
        except PASSING:
            await asyncio.sleep(PAUSE_S)
            return  # asked again
        result = result_of(line_id(batch, number), line.custom_id, status, body)
        self._store.finish_line(batch["id"], number, result, is_error=status != 200)

    # ------------------------------------------------------------ finalizing

    def _finalize(self, batch: dict[str, Any], owner: str) -> None:
        now, before = int(self._now()), batch["status"]
        is_cancelled = before == "cancelling"
        is_expired = not is_cancelled and batch["expired_at"] is not None
        if is_expired:
            self._expire_lines(batch)
        stem = batch["id"].removeprefix("batch_")
        for kind, is_error in (("output", False), ("error", True)):
            number = f"file-{stem}-{kind}"
            size = self._write(
                self._store.files / number, self._store.results(batch["id"], is_error=is_error)
            )
            if size:
                name = f"{batch['id']}_{kind}.jsonl"
                self._store.add_file(number, owner, name, "batch_output", size, batch["output_lives_s"])
                batch[f"{kind}_file_id"] = number
        batch["usage"] = _usage(self._store.results(batch["id"], is_error=False))
        status = "cancelled" if is_cancelled else "expired" if is_expired else "completed"
        times = {} if is_expired else {f"{status}_at": now}
        self._store.save_batch(batch | {"status": status} | times, before)

    def _expire_lines(self, batch: dict[str, Any]) -> None:
        error = {
            "code": "batch_expired",
            "message": "the batch's time was over before this line was answered.",
        }
        while rows := self._store.open_lines(batch["id"], 256, ()):
            for row in rows:
                name = line_id(batch, row["number"])
                result = {"id": name, "custom_id": row["custom_id"], "response": None, "error": error}
                self._store.finish_line(batch["id"], row["number"], result, is_error=True)

    def _write(self, path: Path, lines: Iterator[str]) -> int:
        """All lines; how many bytes. Without lines there is no file. Raises StoreFull."""
        first = next(lines, None)
        if first is None:
            return 0
        with whole_file(path) as target:
            for line in chain([first], lines):
                target.write(f"{line}\n".encode())
            return target.tell()


def _error(
    code: str, message: str, param: str | None = None, line: int | None = None
) -> dict[str, str | int | None]:
    """What is wrong with a batch."""
    return {"code": code, "message": message, "param": param, "line": line}


def _usage(results: Iterator[str]) -> dict[str, Any]:
    """What a batch has cost."""
    read = cached = written = thought = 0
    for result in results:
        use = json.loads(result)["response"]["body"]["usage"]
        read += use["prompt_tokens"]
        cached += use["prompt_tokens_details"]["cached_tokens"]
        written += use["completion_tokens"]
        thought += use["completion_tokens_details"]["reasoning_tokens"]
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": cached},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": read + written,
    }


def line_id(batch: dict[str, Any], number: int) -> str:
    """The same however often a line is asked."""
    return f"{LINE_PREFIX}{batch['id'].removeprefix('batch_')}_{number}"


def is_within(hours: tuple[int, int], hour: int) -> bool:
    """Whether an hour of the day lies in [first, last), which may go over midnight."""
    first, last = hours
    if first == last:
        return True
    return first <= hour < last if first <= last else hour >= first or hour < last
