"""Vorlagen: make templates, migrate filled workbooks to the current version, merge two copies."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from pipeline.desk.desk_context import DeskContext
from pipeline.desk.page import Page
from pipeline.desk.place import MADE, Place
from pipeline.disk.working_folder import COPIES, TEMPLATES


def blanks_page(context: DeskContext, request: Request) -> Page:
    place = context.place
    data = {
        "blank": _files(place, TEMPLATES),
        "copies": _files(place, COPIES),
        "made": _files(place, MADE),
        "running": context.runs.current.title if context.runs.current else None,
    }
    return Page("blanks.html.j2", "vorlagen", "Vorlagen", data)


def _files(place: Place, folder: str) -> list[dict[str, Any]]:
    found = (place.named(p) for p in sorted((place.folder / folder).rglob("*.xlsx")))
    return [{"title": name.partition("/")[2], "path": name} for name in found if place.file(name)]
