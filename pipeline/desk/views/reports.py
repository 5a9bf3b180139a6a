"""Bericht: write one, look at those that are there, recompute and compare them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from pipeline.definitions.sheets import LEAD_AGS
from pipeline.desk.context import Context, today
from pipeline.desk.page import Page, day
from pipeline.desk.place import Place
from pipeline.disk.working_folder import RESULTS
from pipeline.report.html import OVERVIEW_FILE

_FILES = (
    ("Übersicht im Browser", OVERVIEW_FILE),
    ("Bericht (Excel)", "KISI_Bericht_{day}.xlsx"),
    ("Prüfsummen", "manifest.json"),
)


def reports_page(context: Context, request: Request) -> Page:
    look = context.look()
    state: dict[str, Any] = look.state or {"planned": [], "members": [], "as_of": None}
    now = today().isoformat()
    data = {
        "look": {"busy": look.busy, "progress": look.progress, "problem": look.problem},
        "planned": [p for p in state["planned"] if p["stichtag"] <= now],
        "chosen": state["as_of"],
        "reports": [_report(context.place, name) for name in context.place.reports()],
        "forms": context.place.forms(),
        "members": [m for m in state["members"] if m["ags"] != LEAD_AGS],
        "more": {name: name in context.commands for name in ("compare", "sample", "pack")},
        "running": context.runs.current.title if context.runs.current else None,
    }
    return Page("reports.html.j2", "bericht", "Bericht", data)


def _report(place: Place, name: str) -> dict[str, Any]:
    found = []
    for title, pattern in _FILES:
        path = f"{RESULTS}/{name}/{pattern.format(day=name)}"
        if place.file(path):
            found.append({"title": title, "path": path})
    return {"day": name, "text": day(name), "files": found}
