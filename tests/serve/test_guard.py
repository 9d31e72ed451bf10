"""Who may ask: hosts, origins, keys, types and sizes, decided before anything is read."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import httpx2
import pytest

from tests.serve.served import Served, served
from thinkling.errors import ConfigError
from thinkling.serve.settings import ServeSettings

BODY = {"messages": [{"role": "user", "content": "Hello!"}], "max_tokens": 1}


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    with served({"thinkling": None}, ServeSettings(port=0, most_body_bytes=4096)) as found:
        yield found


@pytest.fixture(scope="module")
def locked() -> Iterator[Served]:
    hashes = frozenset(sha256(key.encode()).hexdigest() for key in ("one", "two"))
    with served({"thinkling": None}, ServeSettings(port=0, key_hashes=hashes)) as found:
        yield found


def post(running: Served, **options: object) -> httpx2.Response:
    return httpx2.post(f"{running.url}/v1/chat/completions", **{"json": BODY} | options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", ""]
)
def test_a_name_that_was_made_to_mean_this_machine_is_refused(running: Served, host: str) -> None:
    assert httpx2.get(f"{running.url}/v1/models", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8000"])
def test_this_machine_has_several_names(running: Served, host: str) -> None:
    assert httpx2.get(f"{running.url}/v1/models", headers={"host": host}).status_code == 200


def test_pages_of_other_origins_may_change_nothing(running: Served) -> None:
    assert post(running, headers={"origin": "http://evil.example"}).status_code == 403
    assert post(running, headers={"origin": "null"}).status_code == 403
    assert post(running, headers={"origin": running.url}).status_code == 200
    preflight = httpx2.request(
        "OPTIONS", f"{running.url}/v1/chat/completions", headers={"origin": "http://evil.example"}
    )
    assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/json"])
def test_what_a_form_can_send_is_no_request(running: Served, kind: str) -> None:
    response = post(running, json=None, content=b'{"messages": []}', headers={"content-type": kind})
    assert response.status_code == 415 and kind in response.json()["error"]["message"]


def test_bodies_have_a_limit_whether_their_length_is_told_or_not(running: Served) -> None:
    large = b'{"messages": "' + b"x" * 5000
    headers = {"content-type": "application/json"}
    assert post(running, json=None, content=large, headers=headers).status_code == 413
    assert (
        post(running, json=None, content=iter([large[:3000], large[3000:]]), headers=headers).status_code
        == 413
    )


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe{}", b"[]", b"null", b'{"messages": "' + b"[" * 2000])
def test_what_is_no_request_is_a_mistake_of_the_client(running: Served, content: bytes) -> None:
    response = post(running, json=None, content=content, headers={"content-type": "application/json"})
    assert response.status_code == 400 and response.json()["error"]["message"]


def test_with_keys_nobody_is_let_in_without_one(locked: Served) -> None:
    assert post(locked).status_code == 401
    assert post(locked, headers={"authorization": "Bearer three"}).status_code == 401
    assert post(locked, headers={"authorization": "Bearer one"}).status_code == 200
    assert post(locked, headers={"x-api-key": "two"}).status_code == 200
    for place in ("/healthz", "/readyz"):
        assert httpx2.get(f"{locked.url}{place}").status_code == 200


def test_an_answer_belongs_to_the_key_that_asked_for_it(locked: Served) -> None:
    stream = locked.client("one").chat.completions.create(
        model="thinkling", messages=[{"role": "user", "content": "What's 12 times 14?"}], stream=True
    )
    first = next(iter(stream))
    body = {"id": first.id, "action": "reasoning_end"}
    url = f"{locked.url}/v1/chat/completions/control"
    assert httpx2.post(url, json=body, headers={"authorization": "Bearer two"}).status_code == 404
    stream.close()


def test_a_network_is_not_served_without_keys() -> None:
    with pytest.raises(ConfigError, match="other machines"):
        ServeSettings(host="0.0.0.0")
    assert ServeSettings(host="0.0.0.0", key_hashes=frozenset({"x"})).host == "0.0.0.0"


def test_a_name_that_is_not_served_is_told_which_are(running: Served) -> None:
    refused = httpx2.get(f"{running.url}/v1/models", headers={"host": "mine.lan"}).json()["error"]["message"]
    assert "--allow-host" in refused and "localhost" in refused
