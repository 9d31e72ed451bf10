"""A hub on this machine: what huggingface_hub asks of the real one, for folders of this machine."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CHUNK = 2**20


class FakeHub:
    """Serves one repository, `lab/tiny`, from `folder`. Files of at least 1000 bytes have checksums."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seconds_per_chunk = 0.0
        self.num_bytes_sent = 0
        self.wrong_checksum_of = ""
        self.requests: list[str] = []
        self.address = ""

    def tree(self) -> list[dict[str, object]]:
        """Every file as the hub lists it."""
        found: list[dict[str, object]] = []
        for path in sorted(self.folder.iterdir()):
            content = path.read_bytes()
            entry: dict[str, object] = {"type": "file", "path": path.name, "size": len(content)}
            entry["oid"] = hashlib.sha1(content).hexdigest()
            if len(content) >= 1000:
                name = b"other" if path.name == self.wrong_checksum_of else content
                digest = hashlib.sha256(name).hexdigest()
                entry["lfs"] = {"oid": digest, "size": len(content), "pointerSize": 134}
            found.append(entry)
        return found


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, with_body: bool) -> None:
        path = self.path.partition("?")[0]
        self.hub.requests.append(path)
        if match := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/(revision|tree)/([^/]+))?", path):
            self._answer_api(*match.groups(), with_body=with_body)
        elif match := re.fullmatch(r"/lab/tiny/resolve/([^/]+)/([^/]+)", path):
            self._send_file(self.hub.folder / match[2], with_body)
        else:
            self._refuse(404, "EntryNotFound")

    def _answer_api(self, name: str, what: str | None, revision: str | None, with_body: bool) -> None:
        if name == "lab/gated":
            self._refuse(403, "GatedRepo")
        elif name != "lab/tiny":
            self._refuse(404, "RepoNotFound")
        elif revision not in (None, "main", "v1", COMMIT):
            self._refuse(404, "RevisionNotFound")
        else:
            value = self.hub.tree() if what == "tree" else {"id": name, "sha": COMMIT, "siblings": []}
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if with_body:
                self.wfile.write(body)

    def _send_file(self, path: Path, with_body: bool) -> None:
        content = path.read_bytes()
        asked = self.headers.get("Range")
        start = int(asked.removeprefix("bytes=").partition("-")[0]) if asked else 0
        etag = hashlib.sha256(content).hexdigest()
        self.send_response(206 if asked else 200)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{etag}"')
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(content) - start))
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):
            for at in range(start, len(content) if with_body else 0, CHUNK):
                part = content[at : at + CHUNK]
                self.wfile.write(part)
                self.hub.num_bytes_sent += len(part)
                time.sleep(self.hub.seconds_per_chunk)

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", code)
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def fake_hub(folder: Path) -> Iterator[FakeHub]:
    """A running hub."""
    hub = FakeHub(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
