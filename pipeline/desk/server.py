"""The HTTP server on the loopback address at a free port; ends with the last tab."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline import DEBUG
from pipeline.desk.guard import START, BodyLimits, Guard, Keys
from pipeline.desk.life import Life

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class RequestLimits:
    """``head``: seconds for the head of a request; ``head_bytes``: its size; ``connections``: at the same
    time.
    """

    head: float = 10
    head_bytes: int = 32_768
    connections: int = 200
    body: BodyLimits = field(default_factory=BodyLimits)


class _Protocol(H11Protocol):
    """Closes a connection whose request does not arrive in time; uvicorn itself waits for ever."""

    head_seconds: float = 10
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._waiting = self.loop.call_later(self.head_seconds, transport.close)

    def handle_events(self) -> None:
        before = self.cycle
        super().handle_events()
        if self._waiting is not None and self.cycle is not before:
            self._waiting.cancel()
            self._waiting = None

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._waiting is None:  # for the next request of this connection
            self._waiting = self.loop.call_later(self.head_seconds, self.transport.close)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, over: Callable[[], bool]) -> None:
        super().__init__(config)
        self.over = over

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or (counter % 10 == 0 and self.over())


def bound() -> socket.socket:
    """A listening socket on the loopback address at a free port."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.bind((LOOPBACK, 0))
    listening.listen()  # from now on a browser waits until the desk answers
    return listening


class DeskServer:
    """The server. ``address``: one-time address for the browser; ``kept``: one that works as long as the desk
    does.
    """

    def __init__(
        self, app: ASGIApp, life: Life, busy: Callable[[], bool], limits: RequestLimits | None = None
    ) -> None:
        limits = limits or RequestLimits()
        self.keys, self.socket = Keys(), bound()
        self.host = f"{LOOPBACK}:{self.socket.getsockname()[1]}"
        self.address = f"http://{self.host}/{START}/{self.keys.once}"
        self.kept = f"http://{self.host}/{self.keys.token}/runde"
        if not os.environ.get(DEBUG):  # a fault of ours is answered by a page; what it was on is not printed
            logging.getLogger("uvicorn").addHandler(logging.NullHandler())
        protocol = type("Protocol", (_Protocol,), {"head_seconds": limits.head})
        config = uvicorn.Config(
            Guard(app, self.keys, self.host, limits.body),
            http=protocol,
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=limits.connections,
            h11_max_incomplete_event_size=limits.head_bytes,
            timeout_graceful_shutdown=2,
        )
        self._server = _Server(config, lambda: life.over() and not busy())

    def run(self) -> None:
        """Serves until the last tab is closed and no run is under way, or Ctrl-C."""
        self._server.run([self.socket])

    def stop(self) -> None:
        self._server.should_exit = True
