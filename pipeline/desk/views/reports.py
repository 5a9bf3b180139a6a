"""Bericht: write a report, open existing ones, verify and compare them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from pipeline.definitions.sheets import LEAD_AGS
from pipeline.desk.desk_context import DeskContext
from pipeline.desk.page import Page, german_day
from pipeline.desk.place import Place
from pipeline.disk.clock import today
from pipeline.disk.publish import MANIFEST
from pipeline.report.html import OVERVIEW_FILE

_TITLES = {
    OVERVIEW_FILE: "Übersicht im Browser",
    MANIFEST: "Prüfsummen",
    "ergebnis.json": "alles für Programme",
}
_BESIDE = ("formulare/*", "stichprobe_*/*.xlsx")  # folders of a report whose files are for reading


def reports_page(context: DeskContext, request: Request) -> Page:
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
        "packages": context.place.packages(),
        "more": {name: name in context.commands for name in ("compare", "sample", "pack")},
        "running": context.runs.current.title if context.runs.current else None,
    }
    return Page("reports.html.j2", "bericht", "Bericht", data)


def _report(place: Place, name: str) -> dict[str, Any]:
    """Files of a report to open, the most important first."""
    folder = place.results / name
    found = [folder / OVERVIEW_FILE, *sorted(folder.glob("*.xlsx")), *sorted(folder.glob("*.docx"))]
    found += [p for pattern in _BESIDE for p in sorted(folder.glob(pattern))]
    found += [folder / "ergebnis.json", folder / MANIFEST]
    files = [
        {"title": _TITLES.get(p.name, p.relative_to(folder).as_posix()), "path": place.named(p)}
        for p in found
        if place.file(place.named(p))
    ]
    return {"day": name, "text": german_day(name), "files": files}
