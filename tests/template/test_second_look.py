"""The lines of Prüfung about rows that are no records, the roster, and dates that contradict another record's.

What the check tells at a cell or row, Prüfung counts in that column, and nothing else; both directions.
"""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from pipeline.definitions.messages import MESSAGES, SEVERITY_WORDS
from pipeline.definitions.model import Finding, Severity
from pipeline.engine.batch import examine_batch
from tests import builder, cell_edits
from tests.cell_edits import Text
from tests.template.office import needs_libreoffice, recalculate

HEADING = {"Schulungen!A9": "Schulung-Nr.*", "Schulungen!B9": "Datum*", "Schulungen!D9": "Thema*"}
ROWS: dict[str, Any] = {
    "Bestand!A9": "Summe", "Bestand!B9": 500,
    "Personen!A14": "Insgesamt 8", "Personen!C16": False, "Personen!C17": "nein",
    "Bedarfe!A12": "Hinweis: folgt", "Angebote!B12": "noch offen",
    "Verwaltung!A9": "Summe", "Verwaltung!A10": "Amt 1", "Verwaltung!A12": "Stand: gestern",
    "Veranstaltungen!F12": "nein", "Veranstaltungen!F13": False,
    "Kontakte!D5": "Mechthild Schmidt", "Kontakte!D6": "Anna Berg", "Kontakte!D7": "AB, CD", "Kontakte!D8": "Mechthildes",
    "Meilensteine!A14": "MS9.9z", "Zielwerte!A9": None,
} | HEADING  # fmt: skip
DATES: dict[str, Any] = {
    "Stammdaten!B4": "Hanau", "Stammdaten!B12": "2026-06-01",
    "Bestand!A5": "2024-01-01", "Bestand!A6": "2024-02-01", "Bestand!A7": "2024-03-01",
    "Teilnahmen!D5": "2026-06-29", "Teilnahmen!C6": "2026-06-01", "Teilnahmen!D6": None, "Teilnahmen!C7": "2026-01-11",
    "Angebote!H6": "2026-07-01", "Nachweise!D5": "2025-11-19", "Veranstaltungen!G5": "NW-001",
}  # fmt: skip
TYPED = {  # the same days as text, in several ways
    "Bestand!A5": Text("01.01.2024"), "Bestand!A6": Text("1. Februar 2024"), "Bestand!A7": Text("2024-03-01"),
    "Teilnahmen!D5": Text("29.06.2026"), "Teilnahmen!C6": Text("1.6.26"), "Teilnahmen!D6": None,
    "Teilnahmen!C7": Text("11. Januar 2026"), "Angebote!H6": Text("2026-07-01"), "Nachweise!D5": Text("19. Nov. 2025"),
    "Veranstaltungen!G5": "NW-001", "Personen!G8": Text("abc"), "Personen!G9": Text("1.6.2026"),
}  # fmt: skip
EDITS = {
    "rows.xlsx": ROWS,
    "dates.xlsx": DATES,
    "typed.xlsx": DATES | TYPED,
    "stranger.xlsx": {"Stammdaten!B5": "06999999", "Stammdaten!B4": Text("Musterstadt")},
    "unknown.xlsx": {"Stammdaten!B4": "Musterstadt", "Stammdaten!B7": "2026-07-05"},
}
RULES = {
    "rows.xlsx": {"W09", "W13", "W20", "W23", "W28", "P15"},
    "dates.xlsx": {"P41", "P43", "P44", "P45", "P46", "P47", "P48"},
    "typed.xlsx": {"P44", "P45", "P46", "P47", "P48", "M06"},
    "stranger.xlsx": {"D16"},
    "unknown.xlsx": {"P42", "W40"},
}
Places = Counter[tuple[str, str, str]]  # sheet, column, severity → how many cells


def listed(findings: tuple[Finding, ...]) -> Places:
    found: Places = Counter()
    for one in findings:
        if one.severity is not Severity.NOTE or one.rule in ("P30", "P47"):
            for cell in one.addresses():
                found[one.sheet or "", cell.rstrip("0123456789"), SEVERITY_WORDS[one.severity]] += 1
    return found


def shown(book: Any) -> Places:
    found: Places = Counter()
    mended = tuple(MESSAGES[rule].text for rule in ("M05", "M06"))
    for sheet, text, count, cell in book["Prüfung"].iter_rows(min_row=5, max_col=4, values_only=True):
        if sheet and count and not text.endswith(mended):
            severity = next(word for word in SEVERITY_WORDS.values() if f"{word}: " in text)
            found[sheet, cell.rstrip("0123456789"), severity] += count
    return found


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("zweiter_blick")
    for name, edits in EDITS.items():
        (folder / name).write_bytes(cell_edits.edited(edits, builder.valid()))
    out = recalculate(folder, [folder / name for name in EDITS])
    return {name: (out / name).read_bytes() for name in EDITS}


@pytest.mark.libreoffice
@needs_libreoffice[1]
@pytest.mark.parametrize("name", list(EDITS))
def test_as_many_places_in_each_column_as_the_check_tells(name: str, recalculated: dict[str, bytes]) -> None:
    (workbook,) = examine_batch([(name, recalculated[name])], builder.rules())
    assert {f.rule for f in workbook.findings if f.rule in MESSAGES} >= RULES[name]
    book = load_workbook(BytesIO(recalculated[name]), data_only=True)
    assert shown(book) == listed(workbook.findings)
    values = (
        cell.value for title in ("Prüfung", "Listen") for row in book[title].iter_rows() for cell in row
    )
    assert not [v for v in values if str(v).startswith("#")]
