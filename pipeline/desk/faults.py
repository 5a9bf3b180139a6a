"""Error pages: German text and a fitting status, never a traceback."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from pipeline.desk.guard import TooMuch, TooSlow
from pipeline.desk.orders import Unclear
from pipeline.desk.page import Page, answered
from pipeline.desk.posted_form import BadForm
from pipeline.desk.runs import Busy
from pipeline.disk.unwritable import CannotWrite

Handler = Callable[[Request, Any], Awaitable[Response]]


def _said(request: Request, text: str, status: int, title: str = "Das geht so nicht") -> Response:
    return answered(request, Page("message.html.j2", "", title, {"text": text}, status))


def _text(status: int) -> Handler:
    """A handler that answers with the text of the exception, or that the upload is not complete."""

    async def handle(request: Request, error: Exception) -> Response:
        response = _said(request, str(error) or str(BadForm()), status)
        if status in (408, 413):  # what still comes is not waited for
            response.headers["Connection"] = "close"
        return response

    return handle


async def _busy(request: Request, error: Busy) -> Response:
    text = f"„{error}“ läuft gerade. Warten Sie, bis es fertig ist, oder brechen Sie es im Protokoll ab."
    return _said(request, text, 409)


async def _http(request: Request, error: HTTPException) -> Response:
    if error.status_code == 404:
        return _said(request, "Wählen Sie oben eine Ansicht.", 404, "Diese Seite gibt es nicht")
    return _said(request, "Diese Anfrage gibt es hier nicht.", error.status_code)


async def _ours(request: Request, error: Exception) -> Response:
    text = f"Interner Fehler ({type(error).__name__}). Das liegt am Programm, nicht an Ihrer Datei."
    return _said(request, text, 500, "Das hat nicht geklappt")


HANDLERS: dict[Any, Any] = {
    HTTPException: _http,
    BadForm: _text(400),
    ClientDisconnect: _text(400),
    TooMuch: _text(413),
    TooSlow: _text(408),
    Unclear: _text(400),
    Busy: _busy,
    CannotWrite: _text(500),
    Exception: _ours,
}
