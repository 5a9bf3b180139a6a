"""Serves files of the working folder to view or download, isolated from the pages of the desk."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from pipeline.desk.place import Place

_SHOWN = {
    ".html": "text/html",
    ".txt": "text/plain",
    ".csv": "text/plain",
    ".yaml": "text/plain",
    ".png": "image/png",
}
# A page that lies in the folder is foreign here: it gets no origin, so that none of its requests is answered.
# What it may load says its own policy; uebersicht.html allows its own style and script and nothing else.
_FOREIGN = "sandbox allow-scripts allow-popups; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def served(place: Place, name: str) -> Response:
    """The response for a file by its path in the working folder."""
    path = place.file(name)
    if path is None:
        raise HTTPException(404)
    kind = _SHOWN.get(path.suffix.lower())
    if kind is None:
        return FileResponse(path, filename=path.name)
    headers = {"Content-Security-Policy": _FOREIGN} if kind == "text/html" else {}
    return FileResponse(
        path, media_type=kind, headers=headers, filename=path.name, content_disposition_type="inline"
    )
