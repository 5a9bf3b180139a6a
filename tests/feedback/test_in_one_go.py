"""Somebody who has nothing but the returned copy of the demo's worst workbook mends it in one go.

The clerk here reads the lines "Fehler" of the sheet Rückmeldung: where, and what to do. Each sentence that tells
what to do is an act; one that is not known here fails the test.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.definitions.model import Severity
from pipeline.engine.engine import Engine
from pipeline.feedback import FEEDBACK_TITLE, LetterContext, feedback_batch, task_of
from pipeline.run import check
from tests import builder, expected
from tests.demo_files import lay_demo

STICHTAG = date(2026, 9, 30)


class Clerk:
    """Has the copy open, and nothing else."""

    def __init__(self, copy: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(copy))
        rows = self.book[FEEDBACK_TITLE].iter_rows(values_only=True)
        self.lines = [(str(r[1]), str(r[5])) for r in rows if r[0] == "Fehler"]
        self.steps = [
            str(r[0]) for r in self.book[FEEDBACK_TITLE].iter_rows(max_row=9, max_col=1, values_only=True)
        ]

    def mend(self) -> bytes:
        for place, remedy in self.lines:
            (act,) = (act for words, act in ACTS.items() if remedy.startswith(words))
            sheet, cell = place.split("!")
            self.book[sheet][cell] = act(self, self.book[sheet], self.book[sheet][cell])
        (step,) = (s for s in self.steps if "Abgabe-Nr. auf" in s)
        self.book["Stammdaten"]["B8"] = int(step.split("Abgabe-Nr. auf ")[1].split(",")[0])
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()

    def header(self, cell: Any) -> str:
        return str(cell.parent.cell(4, cell.column).value).rstrip("*")

    def value(self, sheet: Any, cell: Any) -> Any:
        """What fits: a date between those beside it, a number that is there, a number of inhabitants."""
        name = self.header(cell)
        if name == "Anzahl":
            return 5000
        if name in KEPT_IN:
            return self.book[KEPT_IN[name]]["A5"].value
        dates = [c.value for c in sheet[cell.row] if hasattr(c.value, "year") and c.column != cell.column]
        return min(dates, default=STICHTAG)

    def choice(self, sheet: Any, cell: Any) -> Any:
        """The first of the list that opens at the cell."""
        (names,) = (
            v.formula1
            for v in sheet.data_validations.dataValidation
            if cell.coordinate in v.sqref and v.type == "list"
        )
        ((title, area),) = self.book.defined_names[names.lstrip("=")].destinations
        return self.book[title][area.split(":")[0].replace("$", "")].value

    def number_above(self, sheet: Any, cell: Any) -> Any:
        """As the key list has it: the persons are numbered one after the other."""
        prefix, digits = str(sheet.cell(cell.row - 1, cell.column).value).split("-")
        return f"{prefix}-{int(digits) + 1:0{len(digits)}d}"

    def earlier(self, sheet: Any, cell: Any) -> Any:
        """On the same day as what comes first."""
        return sheet.cell(cell.row, cell.column - 1).value

    def another(self, sheet: Any, cell: Any) -> Any:
        return f"{str(cell.value).split('-')[0]}-900"


KEPT_IN = {"Angebot-Nr.": "Angebote", "Nachweis-Nr.": "Nachweise", "Kennung": "Personen"}
ACTS: dict[str, Callable[[Clerk, Any, Any], Any]] = {
    "Tragen Sie den richtigen Wert ein": Clerk.value,
    "Ersetzen Sie ihn durch die vergebene Nummer": Clerk.number_above,
    "Wählen Sie einen Eintrag aus der Liste": Clerk.choice,
    "Tragen Sie ein Datum der Form": Clerk.value,
    "Prüfen Sie beide Daten": Clerk.earlier,
    "Füllen Sie die Zelle aus": Clerk.value,
    "Berichten Sie nur, was bis zum Berichtsstichtag": lambda *_: STICHTAG,
    "Prüfen Sie die Nummer oder ergänzen Sie die Zeile": Clerk.value,
    "Jeder Eintrag darf nur einmal vorkommen": Clerk.another,
    "Tragen Sie Tag, Monat und vierstelliges Jahr ein": lambda *_: STICHTAG,
}


@pytest.fixture
def worst(tmp_path: Path) -> tuple[bytes, int]:
    """The returned copy of the workbook with most errors, and how many these are."""
    files = [(p.name, p) for p in lay_demo(tmp_path) if p.suffix == ".xlsx"]
    found = check(files, builder.rules(), engine=Engine(builder.rules()))

    def errors(submission: Any) -> int:
        return sum(f.severity is Severity.ERROR for f in submission.workbook.findings)

    submission = max(found, key=errors)
    data = dict(files)[submission.workbook.file].read_bytes()
    ((copy, _),) = feedback_batch([task_of(submission, data, builder.rules(), LetterContext())])
    assert copy is not None
    return copy, errors(submission)


def test_the_worst_workbook_of_the_demo_is_mended_in_one_go(worst: tuple[bytes, int]) -> None:
    copy, errors = worst
    clerk = Clerk(copy)
    assert len(clerk.lines) == errors
    assert errors >= 12
    mended = expected.examine(clerk.mend())
    assert [(f.rule, f.sheet, f.cell) for f in mended.findings if f.severity is Severity.ERROR] == []
    assert mended.number == 2
    assert mended.valid
