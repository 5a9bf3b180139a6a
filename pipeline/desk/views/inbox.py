"""Eingang: received files and their findings by cell, those just handed in first."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from pipeline.definitions.model import State
from pipeline.desk.desk_context import DeskContext
from pipeline.desk.guard import MOST_UPLOADED
from pipeline.desk.page import Page

Entry = dict[str, Any]


def inbox_page(context: DeskContext, request: Request) -> Page:
    look = context.look()
    new = context.batches.get(request.query_params.get("neu", ""))
    state: Entry = look.state or {"files": [], "notes": []}
    data = {
        "look": {"busy": look.busy, "progress": look.progress, "problem": look.problem},
        "most": MOST_UPLOADED,
        "new": new,
        "fresh": []
        if look.busy
        else sorted((f for f in state["files"] if _among(f["file"], new)), key=_order),
        "fresh_notes": [] if look.busy else [n for n in state["notes"] if _among(n["file"], new)],
        "files": sorted(state["files"], key=_order),
        "notes": state["notes"],
        "withdrawable": [f for f in state["files"] if f["sha256"] and f["state"] != State.WITHDRAWN],
    }
    return Page("inbox.html.j2", "eingang", "Eingang", data, wait=look.busy)


def _order(file: Entry) -> tuple[bool, str]:
    """Sort key: rejected files first."""
    return not file["open_rejection"], file["file"]


def _among(file: str, names: list[str]) -> bool:
    """Whether a file was handed in just now, itself or in a mail or archive."""
    return any(file == name or file.startswith(f"{name}/") for name in names)
