"""Clients that are slow, large or strange: what becomes of each, and that others are served meanwhile."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from tests.serve.served import Served, served
from thinkling.serve.settings import ServeSettings

BODY = {"messages": [{"role": "user", "content": "Hello!"}], "max_tokens": 2}


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    with served({"thinkling": None}, ServeSettings(port=0, head_s=0.5, body_s=0.5)) as found:
        yield found


def is_served(running: Served) -> bool:
    return httpx2.post(f"{running.url}/v1/chat/completions", json=BODY, timeout=30).status_code == 200


@contextmanager
def announced(running: Served, num_bytes: int) -> Iterator[socket.socket]:
    """A connection on which a head has promised a body of so many bytes."""
    with socket.create_connection(("127.0.0.1", running.port)) as connection:
        connection.settimeout(10)
        connection.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n" % num_bytes
        )
        yield connection


def until_closed(connection: socket.socket, drops: list[bytes], every_s: float) -> bytes:
    """Send drop after drop until the other side closes; what it said."""
    said = b""
    connection.settimeout(every_s)
    for drop in drops:
        try:
            connection.sendall(drop)
            part = connection.recv(4096)
        except TimeoutError:
            continue
        except OSError:
            break
        if not part:
            break
        said += part
    return said


def test_a_head_that_comes_drop_by_drop_is_let_go(running: Served) -> None:
    connections = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(20)]
    start = time.monotonic()
    for one in connections:
        one.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n")
    assert is_served(running)
    said = until_closed(connections[0], [b"x-a: b\r\n"] * 40, 0.1)
    assert said.startswith(b"HTTP/1.1 408") and time.monotonic() - start < 10
    for one in connections:
        one.close()


def test_a_second_head_on_one_connection_is_let_go_too(running: Served) -> None:
    with socket.create_connection(("127.0.0.1", running.port)) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
        connection.settimeout(5)
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        said = until_closed(connection, [b"G", b"E", b"T"] * 10, 0.1)
        assert b"408" in said


def test_a_body_that_does_not_come_is_let_go(running: Served) -> None:
    with announced(running, 500) as connection:
        connection.sendall(b"{")
        assert connection.recv(4096).startswith(b"HTTP/1.1 408")
    assert is_served(running)


def test_an_answer_that_takes_longer_than_a_head_may_is_no_slow_client(running: Served) -> None:
    body = {"messages": BODY["messages"], "max_tokens": 300, "temperature": 3.0, "seed": 1, "n": 24}
    start = time.monotonic()
    response = httpx2.post(f"{running.url}/v1/chat/completions", json=body, timeout=60)
    assert response.status_code == 200 and time.monotonic() - start > 0.5


def test_a_flood_of_headers_is_refused(running: Served) -> None:
    with socket.create_connection(("127.0.0.1", running.port)) as connection:
        connection.settimeout(5)
        try:
            connection.sendall(b"GET /healthz HTTP/1.1\r\n" + b"x-a: " + b"b" * 200_000)
            said = connection.recv(4096)
        except OSError:
            said = b""
        assert said == b"" or said.startswith(b"HTTP/1.1 4")
    assert is_served(running)


def test_a_body_of_a_hundred_megabytes_is_refused_before_it_is_read(running: Served) -> None:
    with announced(running, 100 * 2**20) as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 413")
    assert is_served(running)


def test_the_openapi_document_says_what_is_answered(running: Served) -> None:
    found = httpx2.get(f"{running.url}/openapi.json").json()
    text = json.dumps(found)
    assert "422" not in text and "HTTPValidationError" not in text
    posts = [op for path in found["paths"].values() for name, op in path.items() if name == "post"]
    assert posts and all("requestBody" in op or "parameters" in op for op in posts)
    answers = found["paths"]["/v1/chat/completions"]["post"]["responses"]
    assert {"200", "400", "401", "413", "415", "429", "503"} <= set(answers)
    assert "/v1/embeddings" not in found["paths"]
