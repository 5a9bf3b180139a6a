"""The demo's faulty workbook on its way: received, sent back with its mistakes marked, corrected, accepted."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.definitions.messages import SEVERITY_WORDS
from pipeline.definitions.model import Severity
from pipeline.demo.rows import GROUP_3
from pipeline.feedback import FEEDBACK_TITLE
from pipeline.feedback.style_table import severity_of
from tests import builder
from tests.demo_files import lay_demo

NAME = "2026-09-30/KISI_Oberursel.xlsx"
# What pipeline/demo/municipalities.py breaks, worked out by hand: the first record stands in row 5.
ERRORS = {
    "Bestand!B6", "Personen!A7", "Personen!B8", "Personen!E9", "Personen!F10", "Personen!D11", "Personen!G12",
    "Bedarfe!F5", "Bedarfe!F6", "Veranstaltungen!A6", "Veranstaltungen!G6", "Nachweise!D5",
}  # fmt: skip
WARNINGS = {"Meilensteine!E8"}  # MS1.1d, a computed row: one warning, whatever stands in it
NOTES = {"Personen!C5", "Personen!D6", "Veranstaltungen!D5", "Veranstaltungen!E5"}
CORRECTIONS: dict[str, Any] = {
    "Bestand!B6": 62,
    "Personen!A7": "P-0003",
    "Personen!B8": GROUP_3,
    "Personen!E9": date(2026, 2, 2),
    "Personen!F10": date(2026, 3, 2),
    "Personen!D11": date(2026, 1, 5),
    "Personen!G12": None,
    "Bedarfe!F5": "A-001",
    "Bedarfe!F6": "A-001",
    "Veranstaltungen!A6": "V-002",
    "Veranstaltungen!G6": "NW-001",
    "Nachweise!D5": date(2026, 4, 3),
    "Stammdaten!B8": 2,  # Abgabe-Nr.
}


def kisi(*arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(cli, arguments, prog_name="kisi")
    return answer.exit_code, answer.output


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``hin`` the first report, ``her`` the second, with the corrected copy among the received files."""
    place = tmp_path_factory.mktemp("weg")
    received, rules = place / "eingang", str(builder.ROOT / "rules")
    lay_demo(received)
    assert kisi("report", str(received), "--rules", rules, "--out", str(place / "hin"))[0] == 1
    book = openpyxl.load_workbook(place / "hin/2026-09-30/rueckmeldung" / NAME)
    for address, value in CORRECTIONS.items():
        title, cell = address.split("!")
        book[title][cell].value = value
    book.save(received / "2026-09-30/KISI_Oberursel_2.xlsx")
    assert kisi("report", str(received), "--rules", rules, "--out", str(place / "her"))[0] == 1  # Friedberg
    return place


def document(place: Path, way: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((place / way / "2026-09-30/ergebnis.json").read_bytes())
    return found


def marks(path: Path) -> dict[str, Severity]:
    return {
        f"{sheet.title}!{cell.coordinate}": severity
        for sheet in openpyxl.load_workbook(path).worksheets
        if sheet.title != FEEDBACK_TITLE
        for row in sheet.iter_rows()
        for cell in row
        if (severity := severity_of(cell.fill.fgColor.rgb))
    }


def test_every_finding_is_on_its_cell(journey: Path) -> None:
    path = journey / "hin/2026-09-30/rueckmeldung" / NAME
    expected = (
        dict.fromkeys(ERRORS, Severity.ERROR)
        | dict.fromkeys(WARNINGS, Severity.WARNING)
        | dict.fromkeys(NOTES, Severity.NOTE)
    )
    assert marks(path) == expected
    shown = [f for f in document(journey, "hin")["findings"] if f["file"] == NAME]
    assert {f"{f['sheet']}!{f['cell']}": Severity(f["severity"]) for f in shown} == expected
    book = openpyxl.load_workbook(path)
    for one in shown:
        assert one["message"] in book[one["sheet"]][one["cell"]].comment.text


def test_the_first_sheet_lists_every_finding_with_its_link(journey: Path) -> None:
    sheet = openpyxl.load_workbook(journey / "hin/2026-09-30/rueckmeldung" / NAME).worksheets[0]
    rows = [r for r in sheet.iter_rows(max_col=5) if r[1].hyperlink]
    seen = {r[1].hyperlink.location.replace("'", ""): r[0].value for r in rows}
    words = {s: SEVERITY_WORDS[s] for s in Severity}
    assert seen == {
        **dict.fromkeys(ERRORS, words[Severity.ERROR]),
        **dict.fromkeys(WARNINGS, words[Severity.WARNING]),
        **dict.fromkeys(NOTES, words[Severity.NOTE]),
    }
    assert all(r[3].value and r[4].value for r in rows)


def test_the_corrected_copy_is_accepted(journey: Path) -> None:
    states = {s["file"]: s["state"] for s in document(journey, "her")["submissions"]}
    assert states["2026-09-30/KISI_Oberursel_2.xlsx"] == "accepted"
    assert states[NAME] == "rejected"
    before = [t for t in document(journey, "hin")["targets"] if t["ags"] == "06434008"]
    after = [t for t in document(journey, "her")["targets"] if t["ags"] == "06434008"]
    assert {t["status"] for t in before} == {"no_submission"}
    assert "no_submission" not in {t["status"] for t in after}
    found = [f for f in document(journey, "her")["findings"] if f["file"].endswith("Oberursel_2.xlsx")]
    assert {f"{f['sheet']}!{f['cell']}" for f in found} == WARNINGS | NOTES
    assert {f["severity"] for f in found} == {"warning", "note"}


def test_the_second_copy_carries_only_the_marks_of_what_is_left(journey: Path) -> None:
    path = journey / "her/2026-09-30/rueckmeldung/2026-09-30/KISI_Oberursel_2.xlsx"
    assert set(marks(path)) == WARNINGS | NOTES
    book = openpyxl.load_workbook(path)
    assert book.sheetnames.count(FEEDBACK_TITLE) == 1
    letter = path.with_name(path.name + ".txt").read_text("utf-8")
    assert "Ihre Abgabe ist angenommen." in letter
    assert "Abgabe-Nr. 2" in str([c.value for c in book.worksheets[0]["A"][:3]])
