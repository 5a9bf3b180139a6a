"""Kontrollsummen: every difference reads 0, the finished file is asked, and a wrong cell stops the writer."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
import xlsxwriter

from pipeline.report.summary.tracing.control import TITLE
from pipeline.report.summary.tracing.proof import (
    ControlCheck,
    RecordRange,
    ReportInconsistent,
    count,
    filled,
    plus,
    prove,
    total,
)


@pytest.fixture(scope="module")
def rows(stored: openpyxl.Workbook) -> list[tuple[object, ...]]:
    assert stored.sheetnames[-1] == TITLE
    return list(stored[TITLE].iter_rows(values_only=True))


def by_text(rows: list[tuple[object, ...]]) -> dict[object, tuple[object, ...]]:
    return {row[1]: row[2:] for row in rows if row[1]}


def test_all_differences_read_zero(rows: list[tuple[object, ...]]) -> None:
    checks = [r for r in rows if r[7] == "✓ stimmt"]
    assert len(checks) > 40
    assert all(r[5] in (0, None) and r[6] == 0 for r in checks)
    assert not [r for r in rows if r[7] == "✗ weicht ab"]


def test_counted_by_hand(rows: list[tuple[object, ...]]) -> None:
    """Karben 42 of 60, Hanau 40 of 60 recorded; six files, one lock file, one workbook with an error."""
    found = by_text(rows)
    assert found["Z1.2 (gesamt): Zähler der Kommunen (A) und des Projekts (B)"][:3] == (82, 82, 82)
    assert found["Z1.2 (gesamt): Nenner der Kommunen (A) und des Projekts (B)"][:3] == (120, 120, 120)
    assert found["Z1.4 (2025/26): Zähler der Kommunen (A) und des Projekts (B)"][:3] == (59, 59, 59)
    assert found["Stand „zurückgewiesen“ im Blatt Abgaben (A) und in der Übersicht (B)"][:3] == (2, 2, 2)
    assert found["Stand „ersetzt“ im Blatt Abgaben (A) und in der Übersicht (B)"][:3] == (1, 1, 1)
    assert found["MS1.1: Kommunen je Status, zusammengezählt (A) = Kommunen in der Übersicht (B)"][:3] == (
        8,
        8,
        8,
    )


def test_formulas_stand_over_cells_of_other_sheets(formulas: openpyxl.Workbook) -> None:
    sheet = formulas[TITLE]
    assert sheet["C14"].value == "=SUM('Abgaben'!$H$9:$H$19)"
    assert sheet["D14"].value == "=SUM('Abgaben'!$I$9:$I$19)+SUM('Abgaben'!$J$9:$J$19)"
    assert [sheet[c].value for c in ("F14", "G14", "H14")] == [
        "=C14-D14",
        "=C14-E14",
        '=IF(AND(F14=0,G14=0),"✓ stimmt","✗ weicht ab")',
    ]


def test_sign_off_is_empty_and_named(rows: list[tuple[object, ...]], formulas: openpyxl.Workbook) -> None:
    top = next(i for i, r in enumerate(rows) if r[0] == "Schritt")
    assert [r[:4] for r in rows[top : top + 4]] == [
        ("Schritt", "Name", "Datum", "Unterschrift"),
        *((step, None, None, None) for step in ("erstellt", "geprüft", "freigegeben")),
    ]
    fields = formulas.defined_names["Freigabefelder"].attr_text
    assert fields == f"'{TITLE}'!$B${top + 2}:$H${top + 4}"


# --- terms --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as file:
        sheet = file.add_worksheet("Blatt")
        for row, cells in enumerate((("a", 1, 2), ("b", 10, 20), ("a", 100, ""), ("", 1000, 2000))):
            sheet.write_row(row, 0, cells)
    return out.getvalue()


AREA = RecordRange("Blatt", 1, 3)


@pytest.mark.parametrize(
    ("term", "formula", "expected"),
    [
        (total(AREA, "B"), "SUM('Blatt'!$B$1:$B$3)", 111),
        (total(AREA, "B", to="C"), "SUM('Blatt'!$B$1:$C$3)", 133),
        (total(AREA, "B", (("A", "a"),)), "SUMPRODUCT(--('Blatt'!$A$1:$A$3=\"a\"),'Blatt'!$B$1:$B$3)", 101),
        (count(AREA, (("A", "a"),)), "SUMPRODUCT(--('Blatt'!$A$1:$A$3=\"a\"))", 2),
        (filled(AREA, "C"), "COUNTA('Blatt'!$C$1:$C$3)", 2),
        (plus(count(AREA, (("A", "b"),)), filled(AREA, "A")), "SUMPRODUCT(--('Blatt'!$A$1:$A$3=\"b\"))+COUNTA('Blatt'!$A$1:$A$3)", 4),
    ],
)  # fmt: skip
def test_a_term_is_a_formula_and_a_question(small: bytes, term: object, formula: str, expected: int) -> None:
    assert term.formula == formula
    prove(small, [ControlCheck("G", "T", term, term, expected)])
    with pytest.raises(ReportInconsistent, match="G: T"):
        prove(small, [ControlCheck("G", "T", total(AREA, "B"), term, 111 if expected != 111 else 112)])
