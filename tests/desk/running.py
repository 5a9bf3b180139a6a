"""A desk that listens, in a thread of the tests, and a browser's requests to it, made by hand."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pipeline.desk.app import Desk
from pipeline.desk.life import Life
from pipeline.desk.place import Place
from pipeline.desk.runs import COMMAND
from pipeline.desk.server import DeskServer, RequestLimits

BOUNDARY = "----grenze"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Browser:
    """Asks as a browser does whose page lies at the desk's own address."""

    desk: Desk
    server: DeskServer
    opened: list[Path]

    @property
    def base(self) -> str:
        return f"/{self.server.keys.token}"

    @property
    def host(self) -> str:
        return self.server.host

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str | None] | None = None
    ) -> Answer:
        """``path`` as it goes over the wire; a header of None is left out."""
        sent = {"Host": self.host, "Origin": f"http://{self.host}" if method == "POST" else None}
        sent |= headers or {}
        connection = HTTPConnection(self.host, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                if value is not None:
                    connection.putheader(name, value)
            if body and "Content-Length" not in sent:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        return self.ask("GET", f"{self.base}/{path}")

    def json(self, path: str) -> Any:
        """Of a view, when nothing is under way any more."""
        for _ in range(600):
            answer = self.get(path)
            assert answer.status == 200, answer.text
            if not answer.json["wait"]:
                return answer.json
            time.sleep(0.1)
        raise AssertionError("does not come to an end")

    def send(self, path: str, **fields: str) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", f"{self.base}/{path}", urlencode(fields).encode(), kind)

    def upload(self, path: str, files: list[tuple[str, str, bytes]], **fields: str) -> Answer:
        """``files``: (field, name, bytes)."""
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return self.ask("POST", f"{self.base}/{path}", multipart(files, fields), kind)

    def run(self, **fields: str) -> Any:
        """Order a run and wait for its end; what its page then says."""
        answer = self.send("laeufe", **fields)
        assert answer.status == 303, answer.text
        return self.json(f"laeufe/{answer.headers['Location'].rpartition('/')[2]}.json")


def multipart(files: list[tuple[str, str, bytes]], fields: Mapping[str, str] | None = None) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in (fields or {}).items()
    ]
    for field, name, data in files:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + data + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


LOOK = (
    *COMMAND,
    "desk",
    "--state",
    "--today",
    "2026-11-15",
)  # after the day of submission of the invented round
NOTHING = (sys.executable, "-c", "print('{}')")


def until(holds: Callable[[], object]) -> None:
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("does not come true")


@contextmanager
def running(
    folder: Path,
    limits: RequestLimits | None = None,
    life: Life | None = None,
    look: tuple[str, ...] = LOOK,
) -> Iterator[Browser]:
    opened: list[Path] = []
    commands = frozenset(("compare", "sample", "pack"))
    desk = Desk(Place(folder), look, life=life, opener=lambda p: not opened.append(p), commands=commands)
    server = desk.server(limits)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield Browser(desk, server, opened)
    finally:
        server.stop()
        thread.join()
        desk.close()
