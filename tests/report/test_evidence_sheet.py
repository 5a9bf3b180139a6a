"""Sheets Nachweise and Nachweisregister: Hanau has one document (N1.6, MS1.1d); Karben's register is empty; six sent nothing valid."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl import Workbook


@pytest.fixture(scope="module")
def rows(stored: Workbook) -> list[tuple[Any, ...]]:
    return list(stored["Nachweise"].iter_rows(values_only=True))


def matrix(rows: list[tuple[Any, ...]]) -> dict[str, dict[str, Any]]:
    """First column → point and deadline → cell, the project's rows by their second."""
    top = next(i for i, r in enumerate(rows) if r[2] == "N1.1")
    body = rows[top + 1 :]
    return {str(r[1] if r[0] == "Projekt" else r[0]): dict(zip(rows[top], r, strict=True)) for r in body}


def test_status_and_number_of_each_municipality(rows: list[tuple[Any, ...]]) -> None:
    found = matrix(rows)
    assert found["06415000"]["N1.6"] == "✓ 1 vorgelegt"
    assert found["06415000"]["N1.1"] == "○ offen"
    assert found["06415000"]["N3.1 1. Frist 30.09.26"] == "○ offen"
    assert found["06440012"]["N1.6"] == "○ offen"
    assert found["06440016"]["N3.5"] == "□ keine gültige Abgabe"
    assert {"N3.1 2. Frist 30.09.27", "N3.1 3. Frist 30.09.28"} <= set(found["06415000"])


def test_project_rows_are_live(rows: list[tuple[Any, ...]], formulas: Workbook) -> None:
    found = matrix(rows)
    assert found["Kommunen mit Nachweis (von 8)"]["N1.6"] == 1
    assert found["Dokumente"]["N1.6"] == 1
    assert found["Dokumente"]["N1.1"] == 0
    live = matrix(list(formulas["Nachweise"].iter_rows(values_only=True)))
    assert live["Dokumente"]["N1.6"].startswith("=COUNTIFS(")


def test_register(stored: Workbook) -> None:
    sheet = stored["Nachweisregister"]
    rows = list(sheet.iter_rows(values_only=True))
    start = next(i for i, r in enumerate(rows) if r[2] == "Nachweis-Nr.")
    titles = (
        "AGS",
        "Kommune",
        "Nachweis-Nr.",
        "Art",
        "Titel",
        "Datum",
        "Ablage",
        "Nachweispunkt",
        "Belegt",
        "Zählt",
    )
    assert rows[start][:10] == titles
    (document,) = [r for r in rows[start + 1 :] if r[0]]
    assert document[:5] == ("06415000", "Hanau", "NW-001", "Protokoll", "Auftakt")
    assert document[5].date().isoformat() == "2026-03-02"
    assert document[6:10] == ("Akte 1", "N1.6", "MS1.1b; MS1.1c; MS1.1d; MS1.2a", "ja")


def test_tables_repeat_their_header(formulas: Workbook) -> None:
    sheet: Any = formulas["Nachweise"]
    assert sheet.print_title_rows == "$4:$5"
