"""`thinkling batch run`: a batch without a service, into a file that a second try goes on with."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TextIO

from thinkling.errors import RequestError
from thinkling.serve.completions import MOST_PROMPTS
from thinkling.serve.lines import (
    LINE_PREFIX,
    BadLine,
    Line,
    answer_line,
    lines_of,
    read_line,
    result_of,
)
from thinkling.serve.service import Service
from thinkling.serve.settings import ServeSettings

if TYPE_CHECKING:
    from thinkling.several import Models


BEGINNING = f'{{"id": "{LINE_PREFIX}'.encode()
"""How a line of the output begins."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a batch is: lines in all, answered earlier, answered now, and of these refused."""

    total: int
    before: int
    done: int = 0
    failed: int = 0


def run_batch(models: Models, source: Path, target: Path, width: int, tell: Callable[[Tally], None]) -> Tally:
    """Answer every line of `source` that has no answer in `target` yet, `width` at a time.

    Answers are appended as they come. `tell` is told after each. Raises RequestError for a line that is none.
    """
    with TemporaryDirectory() as data:
        return asyncio.run(_run(models, source, target, width, tell, Path(data)))


async def _run(
    models: Models, source: Path, target: Path, width: int, tell: Callable[[Tally], None], data: Path
) -> Tally:
    service = Service(models, ServeSettings(data=data, most_open=width * MOST_PROMPTS, drain_s=0.0))
    try:
        lines = _read(service, source)
        known = _answered(target)
        tally = Tally(len(lines), sum(one.custom_id in known for one in lines))
        tell(tally)
        waiting = iter([one for one in lines if one.custom_id not in known])
        with target.open("a", encoding="utf-8") as out:
            writing = _Writing(service, out, tally, tell)
            await asyncio.gather(*(writing.work(waiting) for _ in range(width)))
        return writing.tally
    finally:
        await service.drain()


class _Writing:
    """Several workers take lines from one list and write to one file."""

    def __init__(self, service: Service, out: TextIO, tally: Tally, tell: Callable[[Tally], None]) -> None:
        self._service, self._out, self.tally, self._tell = service, out, tally, tell

    async def work(self, waiting: Any) -> None:
        """Until no line is left. Raises Unavailable where the model cannot be used."""
        for line in waiting:
            status, body = await answer_line(self._service, line)
            number = f"{LINE_PREFIX}{secrets.token_hex(8)}"
            self._out.write(
                json.dumps(result_of(number, line.custom_id, status, body), ensure_ascii=False) + "\n"
            )
            self._out.flush()
            failed = self.tally.failed + (status != 200)
            self.tally = replace(self.tally, done=self.tally.done + 1, failed=failed)
            self._tell(self.tally)


def _read(service: Service, source: Path) -> list[Line]:
    lines: list[Line] = []
    names: set[str] = set()
    for number, text in lines_of(source):
        try:
            line = read_line(service, text)
        except BadLine as fault:
            _, message, _ = fault.args
            raise RequestError(f"{source}, line {number}: {message}", "mend the line") from None
        if line.custom_id in names:
            raise RequestError(
                f"{source}, line {number}: custom_id {line.custom_id!r} stands twice.", "give each its own"
            )
        names.add(line.custom_id)
        lines.append(line)
    if not lines:
        raise RequestError(f"{source} has no lines.", "write one request a line")
    return lines


def _answered(target: Path) -> set[str]:
    """Custom ids that stand in the output. A last line that a crash has cut is removed from it.

    Raises RequestError for a file that holds anything else: it is somebody's, and stays as it is.
    """
    if not target.exists():
        return set()
    found: set[str] = set()
    whole = 0
    with target.open("rb") as file:
        for line in file:
            is_cut = not line.endswith(b"\n")
            if is_cut and (line.startswith(BEGINNING) or BEGINNING.startswith(line)):
                break
            name = None if is_cut else _name(line)
            if name is None:
                raise RequestError(
                    f"{target} holds a line that is no answer of a batch.", "name another file"
                )
            found.add(name)
            whole += len(line)
    if whole < target.stat().st_size:
        with target.open("r+b") as file:
            file.truncate(whole)
    return found


def _name(line: bytes) -> str | None:
    """The custom id of an answer; None for a line that is none."""
    try:
        name = json.loads(line)["custom_id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return name if isinstance(name, str) else None
