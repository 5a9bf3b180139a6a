"""Access control: only this machine's browser, with the token of this start, within limits of size and time.

An ASGI middleware around everything the desk serves. The token is the first part of every path, as a cookie
would also be sent to other programs on other ports of this machine.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
START = "start"
MOST_UPLOADED = 500_000_000  # bytes


@dataclass(frozen=True)
class BodyLimits:
    """Of a request body: bytes with and without files, seconds between two pieces and in total."""

    upload: int = MOST_UPLOADED
    form: int = 64_000
    pause: float = 20
    seconds: float = 600


class TooMuch(Exception):  # noqa: N818  - an answer to the client, not a fault of ours
    """The body is larger than allowed; answered by ``faults``."""

    @staticmethod
    def text(most: int) -> str:
        return f"Das ist zu viel auf einmal; es gehen höchstens {most // 1000} KB."


class TooSlow(Exception):  # noqa: N818
    """The body arrives more slowly than allowed; answered by ``faults``."""


@dataclass
class Keys:
    """The token of this start, and a one-time key that is exchanged for it.

    The address handed to the browser is visible in the list of processes for a moment, so it holds the
    one-time key only.
    """

    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    once: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def spend(self, given: str) -> bool:
        known, self.once = self.once, secrets.token_urlsafe(32)
        if secrets.compare_digest(known.encode(), given.encode()):
            return True
        self.once = known
        return False


class Guard:
    """The middleware. ``host``: the only accepted Host header, such as ``127.0.0.1:49152``."""

    def __init__(self, app: ASGIApp, keys: Keys, host: str, limits: BodyLimits | None = None) -> None:
        self.app, self.keys, self.host, self.limits = app, keys, host, limits or BodyLimits()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await self._answer(scope, receive, _with_headers(send))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        refusal = self._refusal(scope["method"], headers)
        first, _, rest = str(scope["path"]).removeprefix("/").partition("/")
        if refusal is not None:
            await refusal(scope, receive, send)
        elif first == START and scope["method"] == "GET" and self.keys.spend(rest):
            await RedirectResponse(f"/{self.keys.token}/runde", 303)(scope, receive, send)
        elif not secrets.compare_digest(first.encode(), self.keys.token.encode()):
            text = "Kein Zutritt. Öffnen Sie die Seite über „KISI starten“ oder die Adresse im Fenster von kisi desk."
            await _refused(403, text)(scope, receive, send)
        else:
            path = f"/{rest}"
            inner = {**scope, "path": path, "raw_path": path.encode(), "root_path": ""}
            inner["state"] = {**scope.get("state", {}), "base": f"/{first}"}
            await self._limited(inner, receive, send, headers)

    def _refusal(self, method: str, headers: Headers) -> Response | None:
        if method not in ("GET", "HEAD", "POST"):
            return _refused(405, "Diese Anfrage gibt es hier nicht.")
        if headers.getlist("host") != [self.host]:
            return _refused(400, "Diese Adresse wird hier nicht bedient.")
        origins = headers.getlist("origin")
        if origins != [f"http://{self.host}"] and (origins or method == "POST"):
            return _refused(403, "Anfragen von anderen Seiten werden nicht angenommen.")
        return None

    async def _limited(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        files = headers.get("content-type", "").startswith("multipart/form-data")
        most = self.limits.upload if files else self.limits.form
        announced = headers.get("content-length", "0")
        if not announced.isdigit() or int(announced) > most:
            await _refused(413, TooMuch.text(most))(scope, receive, send)
            return
        await self.app(scope, self._measured(receive, most), send)

    def _measured(self, receive: Receive, most: int) -> Receive:
        """Wraps ``receive``: counts bytes and seconds until the body is complete."""
        size, whole = 0, False
        end = asyncio.get_running_loop().time() + self.limits.seconds

        async def measured() -> Message:
            nonlocal size, whole
            if whole:
                return await receive()
            left = min(end - asyncio.get_running_loop().time(), self.limits.pause)
            try:
                message = await asyncio.wait_for(receive(), left)
            except TimeoutError:
                raise TooSlow from None
            size += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if size > most:
                raise TooMuch(TooMuch.text(most))
            return message

        return measured


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        with suppress(OSError):
            await send(message)

    return sent


def _refused(status: int, text: str) -> Response:
    return PlainTextResponse(text + "\n", status, {"Connection": "close"})
