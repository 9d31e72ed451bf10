"""Two hundred people at once: `thinkling serve` with the bundled model under streaming clients.

    python benchmarks/serve_load.py [--clients 200] [--seconds 120] [--json]

Each client asks one question with a seed of its own, again and again. Every answer is compared with the one
that the model gives alone. Beside it stand the tokens a second of `LLM.generate` on the same prompts without
a service, the memory of the service, and the processor time of the clients themselves, who share the machine.
Then the same with a queue of a tenth of the clients: every request is answered or refused with 429.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

MAX_TOKENS, TEMPERATURE = 96, 0.8
SHORT_S, TIMEOUT_S = 20.0, 300.0


@dataclass
class Seen:
    """What the clients have met."""

    first_s: list[float] = field(default_factory=list)
    between_s: list[float] = field(default_factory=list)
    tokens: int = 0
    answered: int = 0
    refused: int = 0
    lost: int = 0
    mixed_up: int = 0


@dataclass(frozen=True)
class Question:
    """What one client asks, and what the model says to it alone."""

    text: str
    seed: int
    answer: tuple[str, str]


def questions(count: int) -> list[Question]:
    """Questions with the answers that the model gives to each alone."""
    from thinkling import LLM
    from thinkling.tasks.registry import task_named
    from thinkling.tasks.split import sample_problems

    llm, found = LLM(), []
    kinds = ("multiply", "letters", "sums", "sorting")
    pools = [sample_problems(task_named(kind), count, seed=0, held_out=True) for kind in kinds]
    for place in range(count):
        text = pools[place % len(kinds)][place].question
        reply = llm.chat(_messages(text), seed=place, temperature=TEMPERATURE, max_tokens=MAX_TOKENS)
        found.append(Question(text, place, (reply.reasoning, reply.content)))
    return found


def _messages(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def offline(asked: list[Question], seconds: float) -> float:
    """Tokens a second of `LLM.generate` on the same prompts, all at once, again and again."""
    from thinkling import LLM, Message

    llm = LLM()
    prompts = [[Message("user", one.text)] for one in asked]
    # As the service samples: what a question does not say is what the model suggests.
    params = [
        replace(
            llm.sampling(temperature=TEMPERATURE, max_tokens=MAX_TOKENS, seed=one.seed), thinking_budget=None
        )
        for one in asked
    ]
    llm.generate(prompts, params)
    tokens, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        tokens += sum(len(one.ids) for one in llm.generate(prompts, params))
    return tokens / (time.perf_counter() - start)


class Service:
    """`thinkling serve` in a process of its own."""

    def __init__(self, queue: int) -> None:
        self._data = tempfile.TemporaryDirectory()
        words = [sys.executable, "-m", "thinkling", "serve", "--port", "0", "--queue", str(queue)]
        self.process = subprocess.Popen(
            [*words, "--data", self._data.name], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.url = next(word for word in line.split() if word.startswith("http"))

    def memory_mb(self) -> float:
        """What it and its models' process hold in memory now."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return sum(map(_memory_mb, [str(pid), *children]))

    def stop(self) -> int:
        """Ends it; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self._data.cleanup()
        return code


def _memory_mb(pid: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0) / 1024


class Connection:
    """One that is kept open, with as little of HTTP as is needed: all share the processors."""

    def __init__(self, url: str) -> None:
        self._host, _, port = url.removeprefix("http://").partition(":")
        self._port = int(port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes) -> tuple[int, AsyncIterator[bytes]]:
        """The status, and the body as it comes. Raises OSError, IncompleteReadError, ValueError."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        head = f"POST {path} HTTP/1.1\r\nhost: {self._host}\r\ncontent-type: application/json\r\n"
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines[1:] if line)
        if fields.get("connection") == "close":
            self._streams = None
        return int(lines[0].split()[1]), self._body(reader, fields)

    async def _body(self, reader: asyncio.StreamReader, fields: dict[str, str]) -> AsyncIterator[bytes]:
        if "content-length" in fields:
            yield await reader.readexactly(int(fields["content-length"]))
            return
        while size := int(await reader.readuntil(b"\r\n"), 16):
            yield (await reader.readexactly(size + 2))[:-2]
        await reader.readexactly(2)

    def close(self) -> None:
        """For good, or until the next question."""
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


async def client(url: str, one: Question, end: float, seen: Seen) -> None:
    """Asks until the time is over."""
    body = {
        "messages": _messages(one.text),
        "seed": one.seed,
        "temperature": TEMPERATURE,
        "max_tokens": MAX_TOKENS,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    data, connection = json.dumps(body).encode(), Connection(url)
    while time.perf_counter() < end:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await ask(connection, data, one, seen)
        except (OSError, EOFError, ValueError, KeyError):  # an error as a chunk has no choices
            seen.lost += 1
            connection.close()
    connection.close()


async def ask(connection: Connection, body: bytes, one: Question, seen: Seen) -> None:
    """One answer, chunk by chunk."""
    start = last = time.perf_counter()
    said = {"reasoning": "", "content": ""}
    status, parts = await connection.post("/v1/chat/completions", body)
    if status == 429:
        seen.refused += 1
        async for _ in parts:
            pass
        await asyncio.sleep(0.5)
        return
    is_whole, rest = False, b""
    async for part in parts:
        *events, rest = (rest + part).split(b"\n\n")
        for event in events:
            if event == b"data: [DONE]":
                is_whole = True
            elif event.startswith(b"data: "):
                last = note(json.loads(event[6:]), said, start, last, seen)
    if status != 200 or not is_whole:
        seen.lost += 1
        return
    seen.answered += 1
    seen.mixed_up += (said["reasoning"], said["content"]) != one.answer


def note(chunk: dict[str, Any], said: dict[str, str], start: float, last: float, seen: Seen) -> float:
    """Write a chunk down; the time of the last one that said something."""
    if chunk.get("usage"):
        seen.tokens += chunk["usage"]["completion_tokens"]
    delta = chunk["choices"][0]["delta"] if chunk["choices"] else {}
    thought, text = delta.get("reasoning_content") or "", delta.get("content") or ""
    if not thought and not text:
        return last
    now = time.perf_counter()
    if said["reasoning"] or said["content"]:
        seen.between_s.append(now - last)
    else:
        seen.first_s.append(now - start)
    said["reasoning"] += thought
    said["content"] += text
    return now


async def load(service: Service, asked: list[Question], seconds: float) -> tuple[Seen, list[float], float]:
    """All clients at once: what they met, the service's memory now and then, seconds in all."""
    seen, memory = Seen(), [service.memory_mb()]
    start = time.perf_counter()
    end = start + seconds
    work = [asyncio.ensure_future(client(service.url, one, end, seen)) for one in asked]
    while not all(one.done() for one in work):
        await asyncio.wait(work, timeout=5)
        memory.append(service.memory_mb())
    return seen, memory, time.perf_counter() - start


def percentile(values: list[float], share: float) -> float:
    """The value below which this share lies."""
    return statistics.quantiles(values, n=1000)[round(share * 1000) - 1] if len(values) > 1 else 0.0


def measured(asked: list[Question], queue: int, seconds: float) -> dict[str, Any]:
    """One service under all clients."""
    service = Service(queue)
    used = resource.getrusage(resource.RUSAGE_SELF)
    try:
        seen, memory, wall = asyncio.run(load(service, asked, seconds))
    except BaseException:
        service.stop()
        raise
    now = resource.getrusage(resource.RUSAGE_SELF)
    processor = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return {
        "clients": len(asked),
        "queue": queue,
        "seconds": wall,
        "answered": seen.answered,
        "refused": seen.refused,
        "lost": seen.lost,
        "mixed_up": seen.mixed_up,
        "tokens_per_s": seen.tokens / wall,
        "first_token_p50_s": percentile(seen.first_s, 0.5),
        "first_token_p99_s": percentile(seen.first_s, 0.99),
        "between_tokens_p50_s": percentile(seen.between_s, 0.5),
        "between_tokens_p99_s": percentile(seen.between_s, 0.99),
        "clients_share_of_processors": processor / wall / (os.cpu_count() or 1),
        "memory_first_mb": memory[min(2, len(memory) - 1)],
        "memory_last_mb": memory[-1],
        "exit_code": service.stop(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    asked = questions(options.clients)
    before = offline(asked, min(options.seconds, 20.0))
    long = measured(asked, options.clients + 56, options.seconds)
    alone = (before + offline(asked, min(options.seconds, 20.0))) / 2
    found = {
        "offline_tokens_per_s": alone,
        "long": long,
        "short": measured(asked, max(1, options.clients // 10), min(SHORT_S, options.seconds)),
    }
    found["share_of_offline"] = found["long"]["tokens_per_s"] / alone
    if options.json:
        print(json.dumps(found, indent=1))
        return
    print(f"offline: {alone:.0f} tokens/s; with the service {found['share_of_offline']:.2f} of it")
    for name in ("long", "short"):
        print(f"\nqueue {name}")
        for key, value in found[name].items():
            print(f"  {key}: {value:.3f}" if isinstance(value, float) else f"  {key}: {value}")


if __name__ == "__main__":
    main()
