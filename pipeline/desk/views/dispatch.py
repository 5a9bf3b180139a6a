"""Versand: e-mail drafts and reminders, to view and to open in the mail program."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from pipeline.desk.desk_context import DeskContext
from pipeline.desk.page import Page
from pipeline.desk.place import Place
from pipeline.desk.written_drafts import Draft, drafts
from pipeline.disk.clock import today
from pipeline.disk.working_folder import RESULTS
from pipeline.dispatch.write_drafts import DISPATCH_FOLDER


def dispatch_page(context: DeskContext, request: Request) -> Page:
    days = _days(context.place)
    wanted = request.query_params.get("stand", "")
    chosen = wanted if wanted in days else next(iter(days), None)
    state: dict[str, Any] = context.look().state or {"planned": []}
    now = today().isoformat()
    data = {
        "planned": [p for p in state["planned"] if p["stichtag"] <= now],
        "days": days,
        "day": chosen,
        "drafts": [vars(d) | {"to_send": d.to_send} for d in _to_send_first(context.place, chosen)]
        if chosen
        else [],
    }
    return Page("dispatch.html.j2", "versand", "Versand", data)


def _to_send_first(place: Place, day: str) -> list[Draft]:
    return sorted(drafts(place, day), key=lambda d: not d.to_send)


def _days(place: Place) -> list[str]:
    found = place.results.glob(f"????-??-??/{DISPATCH_FOLDER}")
    return sorted((p.parent.name for p in found), reverse=True)


def draft_page(context: DeskContext, request: Request) -> Page:
    """One draft as the mail program will show it."""
    day, name = request.path_params["day"], request.path_params["name"]
    path = f"{RESULTS}/{day}/{DISPATCH_FOLDER}/{name}"
    file = context.place.file(path)
    if file is None or file.suffix != ".eml":
        raise HTTPException(404)
    message = message_from_bytes(file.read_bytes(), policy=default)
    data = {"day": day, "path": path, "name": name, **_draft_entry(message)}
    return Page("draft.html.j2", "versand", f"Entwurf {name}", data)


def _draft_entry(message: EmailMessage) -> dict[str, Any]:
    body = message.get_body(("plain",))
    return {
        "to": str(message["To"] or ""),
        "subject": str(message["Subject"] or ""),
        "text": body.get_content().replace("\r\n", "\n") if body else "",
        "attachments": [a.get_filename() or "" for a in message.iter_attachments()],
    }
