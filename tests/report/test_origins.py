"""Sheet Herkunft: rows of the received files behind every figure of the other sheets."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from pipeline.evaluate.provenance import Role, SourceRows, shown_rows
from pipeline.outcome import Outcome
from pipeline.report.summary.tracing.origins import CONTINUED, _parts

Record = dict[str, Any]
BUEDINGEN, NIDDA, NAUHEIM, LEAD = "06440004", "06440016", "06440002", "00000000"
CONTACT_ROWS, CELL_LIMIT, TALLEST = 5000, 32767, 409


@pytest.fixture(scope="module")
def demo(demo_outcome: Outcome) -> Outcome:
    return demo_outcome


def records(book: Workbook, name: str) -> list[Record]:
    rows = list(book[name].iter_rows(values_only=True))
    start = next(i for i, r in enumerate(rows) if r[0] == "AGS")
    titles = [str(t).replace("-\n", "").replace("\n", " ") for t in rows[start]]
    return [dict(zip(titles, r, strict=True)) for r in rows[start + 1 :]]


@pytest.fixture(scope="module")
def origins(demo_stored: Workbook) -> list[Record]:
    return records(demo_stored, "Herkunft")


def rows_of(origins: list[Record], ags: str, nr: str) -> list[tuple[Any, ...]]:
    names = ("Zahl im Bericht", "Rolle der Zeilen", "Beitrag", "Blatt", "Zeilen in Excel")
    return [tuple(r[n] for n in names) for r in origins if (r["AGS"], r["Nr."]) == (ags, nr)]


def test_a_target_by_hand(origins: list[Record]) -> None:
    assert rows_of(origins, BUEDINGEN, "Z1.2") == [
        ("Wert", "Zähler", 12, "Personen", "siehe Regel"),
        ("Wert", "Nenner", 50, "Bestand", "6"),
    ]
    (stock,) = [r for r in origins if (r["AGS"], r["Nr."], r["Blatt"]) == (BUEDINGEN, "Z1.2", "Bestand")]
    assert stock["Bestand vom"].date() == date(2026, 6, 30)
    assert stock["Quelle des Bestands"] == "Ausländerbehörde"


def test_a_criterion_by_hand(origins: list[Record]) -> None:
    # reached on 11 May with 13 of 40, now 12 of 50
    assert rows_of(origins, BUEDINGEN, "MS1.2b") == [
        ("Ist", "Zähler", 12, "Personen", "siehe Regel"),
        ("Ist", "Nenner", 50, "Bestand", "6"),
        ("Erreicht am", "Zähler", 13, "Personen", "siehe Regel"),
        ("Erreicht am", "Nenner", 40, "Bestand", "5"),
    ]


def test_documents_by_hand(origins: list[Record]) -> None:
    """Büdingen's register begins in row 5: NW-001 serves N1.6, NW-003 and NW-004 N1.2, NW-008 N3.1."""
    assert rows_of(origins, BUEDINGEN, "N1.6") == [("Dokumente", "Nachweis", 1, "Nachweise", "5")]
    assert rows_of(origins, BUEDINGEN, "N1.2") == [("Dokumente", "Nachweis", 2, "Nachweise", "7–8")]
    assert rows_of(origins, BUEDINGEN, "N3.1") == [
        ("Dokumente, 1. Frist", "Nachweis", 1, "Nachweise", "12"),
        ("Dokumente, 2. Frist", "Nachweis", 0, "Nachweise", "keine"),
        ("Dokumente, 3. Frist", "Nachweis", 0, "Nachweise", "keine"),
    ]


def test_every_document_of_nachweise_has_its_row(demo_stored: Workbook, origins: list[Record]) -> None:
    seen = 0
    for row in records(demo_stored, "Nachweise"):
        for nr, cell in row.items():
            if (found := re.match(r"✓ (\d+) vorgelegt", str(cell))) and str(row["AGS"]).isdigit():
                assert [r[2] for r in rows_of(origins, row["AGS"], nr)] == [int(found[1])]
                seen += 1
    assert seen > 5


def test_course_of_the_zeitschiene(demo_stored: Workbook, origins: list[Record]) -> None:
    """Büdingen's Bestand is 40 from January on and 50 from June on; before, no municipality but Hanau has one."""
    course = [r for r in rows_of(origins, BUEDINGEN, "MS1.4a") if str(r[0]).startswith("Verlauf")]
    assert course == [
        (f"Verlauf {day}", *part)
        for day, number, row in (("31.03.2026", 40, "5"), ("30.06.2026", 50, "6"), ("30.09.2026", 50, "6"))
        for part in (
            ("Zähler", None, "Personen", "siehe Regel"),
            ("Nenner", number, "Bestand", row),
        )
    ]
    sums = next(
        row
        for row in demo_stored["Zeitschiene"].iter_rows(values_only=True)
        if row[0] == "Bestand („Anzahl“)"
    )
    for day, total in (("31.12.2025", sums[1]), ("31.03.2026", sums[2]), ("30.09.2026", sums[4])):
        stocks = [r["Beitrag"] for r in origins if r["Zahl im Bericht"] == f"Verlauf {day}" and r["Beitrag"]]
        assert sum(stocks) == total


def test_without_a_figure_the_reason_stands(origins: list[Record]) -> None:
    assert rows_of(origins, NIDDA, "alle") == [("keine Zahl", None, None, None, "keine gültige Abgabe")]
    reason = "leer ohne Leermeldung: Blatt „Personen“"
    assert rows_of(origins, NAUHEIM, "Z1.2") == [("keine Zahl", None, None, None, reason)]


def test_every_figure_of_zielwerte_has_its_rows(demo_stored: Workbook, origins: list[Record]) -> None:
    seen = 0
    for row in records(demo_stored, "Zielwerte"):
        if not str(row["AGS"]).isdigit() or row["Zähler"] is None:
            continue
        mine = [
            r
            for r in origins
            if (r["AGS"], r["Nr."], r["Projektjahr"]) == (row["AGS"], row["Nr."], row["Projektjahr"])
        ]
        parts = {r["Rolle der Zeilen"]: r["Beitrag"] for r in mine if r["Beitrag"] is not None}
        assert (parts.get("Zähler"), parts.get("Nenner")) == (row["Zähler"], row["Nenner"])
        assert {r["Stand vom"] for r in mine} == {row["Daten bis"]}
        seen += 1
    assert seen > 50


def test_every_criterion_has_its_rows(demo_stored: Workbook, origins: list[Record]) -> None:
    rows = [r for r in records(demo_stored, "Meilensteine") if r["Ist"] is not None]
    assert len(rows) > 50
    for row in rows:
        mine = [r for r in origins if (r["AGS"], r["Nr."]) == (row["AGS"], row["Kriterium"])]
        now = {r["Rolle der Zeilen"]: r["Beitrag"] for r in mine if r["Zahl im Bericht"] == "Ist"}
        value = now["Zähler"] / now["Nenner"] if "Nenner" in now else now["Zähler"]
        assert value == pytest.approx(row["Ist"])
        days: set[datetime] = {r["Stand vom"] for r in mine if r["Zahl im Bericht"] == "Erreicht am"}
        assert days == ({row["Erreicht am"]} if row["Erreicht am"] else set())


def test_documents_of_the_project_lead_are_reported_apart(demo_stored: Workbook) -> None:
    numbers = {(r["AGS"], r["Nachweis-Nr."]) for r in records(demo_stored, "Nachweisregister")}
    assert (LEAD, "PL: NW-001") in numbers
    assert {nr[:3] for ags, nr in numbers if ags != LEAD} == {"NW-"}
    lead = [r for r in records(demo_stored, "Meilensteine") if r["Kriterium"] == "MS2.1d" and r["Nachweise"]]
    assert lead
    assert all(r["Nachweise"].startswith("PL: NW-") for r in lead)


def test_the_file_is_one_that_was_accepted(demo: Outcome, origins: list[Record]) -> None:
    accepted = {s.workbook.file for s in demo.submissions if s.state == "accepted"}
    assert {r["Datei"] for r in origins if r["Datei"]} == accepted


def test_long_lists_of_rows_run_on() -> None:
    rows = tuple(range(5, 2 * CONTACT_ROWS, 2))  # nothing to draw together
    part = SourceRows(Role.NUMERATOR, "Kontakte", rows, date(2026, 9, 30), len(rows))
    cells = list(_parts([None] * 4, (shown_rows(part),), "a.xlsx", "Wert"))
    assert len(cells) > 1
    assert {c[5] for c in cells[1:]} == {CONTINUED}
    assert [c[7] for c in cells] == [len(rows), *[None] * (len(cells) - 1)]
    texts = [str(c[10]) for c in cells]
    assert all(len(t) <= CELL_LIMIT for t in texts)
    assert " ".join(texts).split(", ") == [str(r) for r in rows]


def test_rows_are_never_taller_than_excel_allows(demo_stored: Workbook) -> None:
    heights = [d.height for d in demo_stored["Herkunft"].row_dimensions.values() if d.height]
    assert max(heights) <= TALLEST


def test_no_key_of_a_person(origins: list[Record], tmp_path: Path) -> None:
    texts = [str(v) for r in origins for v in r.values()]
    assert not any("P-0" in t or "E-0" in t or "B-0" in t for t in texts)


def test_no_rows_of_sheets_with_persons(origins: list[Record]) -> None:
    """A gap in the rows would be a person that does not count."""
    shown = {r["Blatt"]: set() for r in origins if r["Blatt"]}  # type: dict[str, set[str]]
    for r in origins:
        if r["Blatt"]:
            shown[r["Blatt"]].add(r["Zeilen in Excel"])
    assert {s: rows for s, rows in shown.items() if "siehe Regel" in rows} == {
        sheet: {"siehe Regel"} for sheet in ("Personen", "Bedarfe", "Ehrenamtliche", "Schulungsteilnahmen")
    }
