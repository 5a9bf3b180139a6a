"""The e-mail drafts that ``kisi mail`` has written, read from versand.csv."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from pipeline.desk.place import Place
from pipeline.disk.working_folder import RESULTS
from pipeline.dispatch.write_drafts import DISPATCH_FOLDER, LIST, Standing


@dataclass(frozen=True)
class Draft:
    """A line of versand.csv; ``path`` is empty where there is no draft, then ``note`` says why."""

    title: str
    ags: str
    municipality: str
    file: str
    to: str
    subject: str
    draft: str
    attachments: str
    standing: str
    note: str
    path: str = ""

    @property
    def to_send(self) -> bool:
        """Whether the last run has written it; unchanged drafts are in ``frueher``."""
        return self.standing in (Standing.NEW, Standing.CHANGED)


def drafts(place: Place, day: str) -> list[Draft]:
    """The drafts of the report of that date; empty where none were written."""
    folder = f"{RESULTS}/{day}/{DISPATCH_FOLDER}"
    listed = place.file(f"{folder}/{LIST}")
    if listed is None:
        return []
    with listed.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))[1:]
    found = (Draft(*map(_as_written, row)) for row in rows if len(row) == 10)
    return [_placed(place, draft, folder) for draft in found]


def _placed(place: Place, draft: Draft, folder: str) -> Draft:
    path = f"{folder}/{draft.draft}"
    there = draft.draft and place.file(path) is not None
    return Draft(**{**vars(draft), "path": path if there else ""})


def _as_written(value: str) -> str:
    """A CSV value without the prefix that keeps a spreadsheet from reading it as a formula."""
    return value[1:] if value.startswith(("'=", "'+", "'-", "'@")) else value
