"""Checks whether the municipalities' own copies of the template match the current rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import openpyxl

from pipeline.definitions.sheets import FORM_STICHTAG, FORM_TITLE, MUNICIPALITY
from pipeline.disk.working_folder import COPIES, TEMPLATES
from pipeline.doctor.doctor_check import MOST_FILES_NAMED, DoctorCheck, Urgency
from pipeline.rules import Municipality, Rules
from pipeline.rules.loading.load import ROSTER_FILE
from pipeline.template import copy_name
from pipeline.template.layout import Layout
from pipeline.template.template_workbook import OwnCopies


def check_copies(folder: Path, rules: Rules) -> Iterator[DoctorCheck]:
    """The own copies in the working folder, compared with those that the rules give now."""
    places = [folder / name for name in (TEMPLATES, COPIES)]
    found = [
        (place / copy_name(rules, member), member)
        for place in places
        for member in rules.roster
        if (place / copy_name(rules, member)).is_file()
    ]
    if not found:
        return
    fits = _Fitting(rules)
    old = [path for path, member in found if not fits(path, member)]
    if not old:
        yield DoctorCheck(Urgency.GOOD, "Eigene Vorlagen", f"{len(found)} vorausgefüllte, alle aktuell")
        return
    text = f"{len(old)} von {len(found)} vorausgefüllten sind veraltet: {', '.join(p.name for p in old[:MOST_FILES_NAMED])}"
    text += f" und {len(old) - MOST_FILES_NAMED} weitere" if len(old) > MOST_FILES_NAMED else ""
    place = old[0].parent
    remedy = (
        f"kisi template --roster rules/{ROSTER_FILE} --out {place} schreibt sie neu; senden Sie sie erneut."
    )
    yield DoctorCheck(Urgency.TODO, "Eigene Vorlagen", text, remedy)


class _Fitting:
    """Whether a copy equals the one that the rules give now for the reporting date that it names."""

    def __init__(self, rules: Rules) -> None:
        self._cell = Layout(rules.kinds[MUNICIPALITY.id], rules).form_address(FORM_STICHTAG.name)
        self._copies = cache(lambda stichtag: OwnCopies(rules, stichtag))

    def __call__(self, path: Path, member: Municipality) -> bool:
        try:
            data = path.read_bytes()
            stichtag = self._stichtag(data)
            return stichtag is not None and data == self._copies(stichtag).of(member)
        except (BadZipFile, KeyError, OSError, ValueError):
            return False

    def _stichtag(self, data: bytes) -> date | None:
        book = openpyxl.load_workbook(BytesIO(data), read_only=True)
        value = book[FORM_TITLE][self._cell].value
        book.close()
        return value.date() if isinstance(value, datetime) else None
