"""The part of the Hugging Face hub's API that a download uses, on loopback, with the faults that it shows.

Paths, headers and statuses as huggingface_hub reads them: file_download.py and utils/_http.py of release 2.4.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Literal

ID, COMMIT = "irang/tiny", "0123456789abcdef0123456789abcdef01234567"

Fault = Literal["", "missing", "gated", "no revision", "busy", "broken", "no hub", "cut once", "cut always", "short"]


@dataclass
class FakeHub:
    """One repository. `url` is what HF_ENDPOINT names; `asked` holds every request as "GET /path"."""

    files: dict[str, bytes]
    fault: Fault = ""
    status: int = 401
    url: str = ""
    asked: list[str] = field(default_factory=list)

    def fetched(self) -> set[str]:
        """The names of the files that somebody wanted."""
        return {line.rpartition("/")[2] for line in self.asked if "/resolve/" in line}


@contextmanager
def hub(files: dict[str, bytes], fault: Fault = "", status: int = 401) -> Iterator[FakeHub]:
    fake = FakeHub(files, fault, status)
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *words: _Answer(fake, *words))
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, fake: FakeHub, *words: Any) -> None:
        self._fake = fake
        super().__init__(*words)

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self._fake.asked.append(f"{self.command} {path}")
        if path.startswith(f"/api/models/{ID}"):
            self._about()
        elif path.startswith(f"/{ID}/resolve/{COMMIT}/"):
            self._file(path.rpartition("/")[2])
        else:
            self._refuse(404, "RepoNotFound")

    def _about(self) -> None:
        match self._fake.fault:
            case "missing":
                self._refuse(self._fake.status, "RepoNotFound")
            case "no revision":
                self._refuse(404, "RevisionNotFound")
            case "busy":
                self._refuse(429)
            case "broken":
                self._refuse(503)
            case "no hub":
                self._send(200, b"<html>Welcome</html>")
            case _:
                siblings = [{"rfilename": name} for name in self._fake.files]
                self._send(200, json.dumps({"id": ID, "sha": COMMIT, "siblings": siblings}).encode())

    def _file(self, name: str) -> None:
        content = self._fake.files.get(name)
        if content is None:
            self._refuse(404, "EntryNotFound")
        elif self._fake.fault == "gated":  # what a gated model is called everybody may know
            self._refuse(self._fake.status, "GatedRepo")
        else:
            self._give(content, hurt=name.endswith(".safetensors"))

    def _give(self, content: bytes, *, hurt: bool) -> None:
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()}"', "X-Repo-Commit": COMMIT}
        part, status = content[start:], 206 if start else 200
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        if self.command == "HEAD" or not hurt or self._fake.fault not in ("cut once", "cut always", "short"):
            self._send(status, part, headers)
        elif self._fake.fault == "short":
            self._send(status, part[:-1], headers)
        else:
            self._cut(status, part, headers, len(content) // 2 - start)

    def _cut(self, status: int, part: bytes, headers: dict[str, str], left: int) -> None:
        """Promise everything and hang up in the middle of the file."""
        if self._fake.fault == "cut once" and self._fake.asked.count(f"GET {self.path}") > 1:
            self._send(status, part, headers)
            return
        self._send(status, part[: max(left, 0)], {**headers, "Content-Length": str(len(part))})
        self.close_connection = True

    def _refuse(self, status: int, code: str = "") -> None:
        self._send(status, b'{"error": "secret words"}', {"X-Error-Code": code, "X-Error-Message": "secret words"})

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
