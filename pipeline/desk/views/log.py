"""Protokoll: every run with its time, command and exit code; one page per run with log and progress."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from pipeline import INTERRUPTED
from pipeline.desk.desk_context import DeskContext
from pipeline.desk.page import Page
from pipeline.desk.runs import Run, progress_of, without_progress

_CODES = {
    0: "fertig",
    1: "fertig, mit Befund",
    2: "nicht möglich",
    3: "fertig; wie es aussieht, war nicht zu vergleichen",
    INTERRUPTED: "abgebrochen",
}


def log_page(context: DeskContext, request: Request) -> Page:
    found = [_run_entry(context, run) for run in context.runs.all()]
    return Page("log.html.j2", "laeufe", "Protokoll", {"runs": found})


def run_page(context: DeskContext, request: Request) -> Page:
    run = context.runs.get(request.path_params["run"])
    if run is None:
        raise HTTPException(404)
    text = context.runs.log(run.id)
    entry = _run_entry(context, run)
    counted = progress_of(text) if entry["running"] else None
    data = {
        "run": entry,
        "lines": without_progress(text),
        "done": counted[0] if counted else None,
        "total": counted[1] if counted else None,
    }
    return Page("run.html.j2", "laeufe", run.title, data, wait=entry["running"])


def _run_entry(context: DeskContext, run: Run) -> dict[str, Any]:
    running = context.runs.under_way(run)
    return {
        "id": run.id,
        "title": run.title,
        "command": run.command,
        "started": run.started,
        "ended": run.ended,
        "code": run.code,
        "running": running,
        "state": "wird abgebrochen" if running and run.cancelled else _state(run, running=running),
        "next": run.done,
    }


def _state(run: Run, *, running: bool) -> str:
    if running:
        return "läuft"
    if run.cancelled:
        return _CODES[INTERRUPTED]
    if run.ended is None or run.code is None:
        return "Ende unbekannt: kisi desk endete vorher"
    return _CODES.get(run.code, "unerwartet beendet")
