"""Nobody gets in but the browser that was opened: not other sites, not other names, not without the token."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.desk.guard import BodyLimits
from pipeline.desk.server import RequestLimits
from tests.desk.conftest import working_folder
from tests.desk.running import BOUNDARY, NOTHING, Browser, multipart, running


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One desk for all of these: nobody who is refused changes anything."""
    with running(working_folder(tmp_path_factory.mktemp("projekt")), look=NOTHING) as browser:
        yield browser


VIEWS = ("runde", "eingang", "bericht", "versand", "vorlagen", "regeln", "laeufe")


@pytest.mark.parametrize(
    "path", ["/", "/runde", "/falsch/runde", "/start/falsch", "/static/desk.js", "//runde"]
)
def test_without_the_token_there_is_nothing(bare: Browser, path: str) -> None:
    answer = bare.ask("GET", path)
    assert answer.status == 403
    assert "Kein Zutritt" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_address_of_the_browser_works_once(bare: Browser) -> None:
    path = urlsplit(bare.server.address).path
    first, second = bare.ask("GET", path), bare.ask("GET", path)
    assert (first.status, first.headers["Location"]) == (303, f"{bare.base}/runde")
    assert second.status == 403
    assert bare.server.keys.token not in bare.server.address


@pytest.mark.parametrize("host", ["evil.example", "localhost:{port}", "127.0.0.1", "127.0.0.1:1", None])
def test_a_rebound_name_is_refused(bare: Browser, host: str | None) -> None:
    """DNS rebinding: the name of the attacker's site leads to 127.0.0.1, with the site's name as Host."""
    given = host and host.format(port=bare.host.rpartition(":")[2])
    assert bare.ask("GET", f"{bare.base}/runde", headers={"Host": given}).status == 400


def test_two_hosts_are_refused(bare: Browser) -> None:
    name, port = bare.host.split(":")
    with socket.create_connection((name, int(port))) as connection:
        connection.sendall(
            f"GET {bare.base}/laeufe HTTP/1.1\r\nHost: {bare.host}\r\nHost: x\r\n\r\n".encode()
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://{host}", "http://localhost:80"])
@pytest.mark.parametrize(("method", "path"), [("GET", "laeufe"), ("POST", "ende"), ("POST", "eingang")])
def test_a_foreign_origin_is_refused(bare: Browser, origin: str, method: str, path: str) -> None:
    headers = {"Origin": origin.format(host=bare.host)}
    assert bare.ask(method, f"{bare.base}/{path}", headers=headers).status == 403
    assert not bare.desk.context.life.ended


def test_a_form_without_an_origin_is_refused(bare: Browser) -> None:
    assert bare.ask("POST", f"{bare.base}/ende", headers={"Origin": None}).status == 403
    assert not bare.desk.context.life.ended


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(bare: Browser, method: str) -> None:
    assert bare.ask(method, f"{bare.base}/runde").status == 405


@pytest.mark.parametrize("view", [*VIEWS, "gibt-es-nicht", "static/desk.js"])
def test_every_answer_forbids_what_is_foreign(bare: Browser, view: str) -> None:
    headers = bare.get(view).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert {v for k, v in policy.items() if k not in ("default-src", "base-uri", "frame-ancestors")} == {
        "'self'"
    }
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers
    assert "Server" not in headers
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("view", VIEWS)
def test_no_page_holds_script_or_style_of_its_own_or_names_another_place(bare: Browser, view: str) -> None:
    text = bare.get(view).text
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert text.count("<script") == text.count("<script src=") == 1
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text


# --- only this machine --------------------------------------------------------------------------------


def _listening() -> set[str]:
    """Addresses of this machine's listening sockets with the desk's port, as Linux writes them."""
    lines = [
        line.split()
        for name in ("tcp", "tcp6")
        if (path := Path("/proc/net") / name).exists()
        for line in path.read_text().splitlines()[1:]
    ]
    return {line[1] for line in lines if line[3] == "0A"}


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="NOTICE: only Linux tells who listens")
def test_nothing_listens_beyond_the_loopback_address(bare: Browser) -> None:
    port = f"{int(bare.host.rpartition(':')[2]):04X}"
    assert {a for a in _listening() if a.endswith(f":{port}")} == {f"0100007F:{port}"}
    assert bare.server.socket.getsockname()[0] == "127.0.0.1"


# --- too much, too slow -------------------------------------------------------------------------------


def test_a_huge_upload_is_refused_before_it_is_read(bare: Browser) -> None:
    """2 GB are announced and not one byte of them is waited for."""
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Content-Length": "2000000000"}
    answer = bare.ask("POST", f"{bare.base}/eingang", headers=headers)
    assert answer.status == 413
    assert "500000 KB" in answer.text


def test_a_huge_form_is_refused(bare: Browser) -> None:
    assert bare.send("laeufe", order="x" * 70_000).status == 413


def test_an_upload_that_does_not_say_its_size_is_cut_off(folder: Path) -> None:
    """Sent in chunks without an end: refused at the limit, and nothing of it stays."""
    with running(folder, RequestLimits(body=BodyLimits(upload=200_000)), look=NOTHING) as browser:
        name, port = browser.host.split(":")
        head = (
            f"POST {browser.base}/eingang HTTP/1.1\r\nHost: {browser.host}\r\nOrigin: http://{browser.host}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        first = multipart([("files", "a.xlsx", b"")]).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        with socket.create_connection((name, int(port))) as connection:
            connection.sendall(head.encode() + f"{len(first):x}\r\n".encode() + first + b"\r\n")
            for _ in range(5):
                connection.sendall(b"c350\r\n" + b"x" * 50_000 + b"\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 413")
        assert list((folder / "eingang").iterdir()) == []
        assert list((folder / ".kisi-tisch").glob("unterwegs-*")) == []


def _ended(connection: socket.socket) -> bytes:
    """What came until the other side hung up."""
    connection.settimeout(30)
    found = b""
    while more := connection.recv(1000):
        found += more
    return found


def test_slow_heads_and_bodies_are_hung_up_on_and_harm_nobody(folder: Path) -> None:
    limits = RequestLimits(head=0.3, body=BodyLimits(pause=0.3))
    with running(folder, limits, look=NOTHING) as browser:
        name, port = browser.host.split(":")
        slow = [socket.create_connection((name, int(port))) for _ in range(50)]
        for connection in slow[:25]:
            connection.sendall(b"GET / HTTP/1.1\r\nHost")
        for connection in slow[25:]:
            connection.sendall(
                f"POST {browser.base}/laeufe HTTP/1.1\r\nHost: {browser.host}\r\nOrigin: http://{browser.host}\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\nord".encode()
            )
        assert browser.get("laeufe").status == 200
        assert [_ended(c) for c in slow[:25]] == [b""] * 25
        assert all(_ended(c).startswith(b"HTTP/1.1 408") for c in slow[25:])
        for connection in slow:
            connection.close()


def test_a_head_that_keeps_trickling_is_hung_up_on(folder: Path) -> None:
    with running(folder, RequestLimits(head=0.3), look=NOTHING) as browser:
        name, port = browser.host.split(":")
        with socket.create_connection((name, int(port))) as connection:
            assert _trickled(connection)


def _trickled(connection: socket.socket) -> bool:
    """Whether the other side hung up while the head came letter by letter."""
    for _ in range(600):
        try:
            connection.sendall(b"G")
        except OSError:
            return True
        time.sleep(0.05)
    return False


def test_a_head_without_an_end_is_refused(bare: Browser) -> None:
    name, port = bare.host.split(":")
    with socket.create_connection((name, int(port))) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX-Lang: " + b"x" * 40_000)
        assert connection.recv(100).startswith(b"HTTP/1.1 400")
