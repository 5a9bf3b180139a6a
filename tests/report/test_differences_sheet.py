"""Sheet Änderungen, from files: figures, statuses, records by row, replaced submissions."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest

from pipeline.report.summary import summary_bytes
from pipeline.report.summary.tracing.differences_sheet import TITLE
from pipeline.rules import Rules
from pipeline.run import run
from tests.report.conftest import fill, form_of, persons

FIRST, SECOND = date(2026, 3, 31), date(2026, 9, 30)
Rows = list[tuple[object, ...]]


@pytest.fixture(scope="module")
def workbook(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Hanau: 9 of 30 recorded, later 12 of 40; one person is gone, one contact date is another."""
    place, kind = tmp_path_factory.mktemp("eingang"), rules.kinds["kommune"]
    stock = [{"Stichtag": date(2026, 1, 31), "Anzahl": 30, "Quelle": "Meldebehörde"}]
    later = {"Stichtag": date(2026, 8, 31), "Anzahl": 40, "Quelle": "Meldebehörde"}
    before = persons(10, 9, date(2026, 2, 10))
    now = persons(13, 13, date(2026, 2, 10))
    del now[4]  # P-005, there Excel row 6
    now[0]["Bedarf erfasst am"] = date(2026, 2, 11)
    first = form_of("06415000", "Hanau", FIRST)
    fill(place / "a.xlsx", kind, rules, first, {"Bestand": stock, "Personen": before})
    tables = {"Bestand": [*stock, later], "Personen": now}
    fill(place / "b1.xlsx", kind, rules, form_of("06415000", "Hanau", SECOND), {})
    fill(place / "b2.xlsx", kind, rules, form_of("06415000", "Hanau", SECOND, 2), tables)
    return summary_bytes(run(place, rules))


@pytest.fixture(scope="module")
def lines(workbook: bytes) -> Rows:
    sheet = openpyxl.load_workbook(BytesIO(workbook), data_only=True)[TITLE]
    return list(sheet.iter_rows(values_only=True))


@pytest.fixture(scope="module")
def rows(lines: Rows) -> Rows:
    return [r for r in lines if r[0] == "06415000"]


def test_figure_with_its_difference(workbook: bytes, rows: Rows) -> None:
    (row,) = [r for r in rows if r[4:6] == ("Zahl", "Z1.2")]
    assert row[2:4] == (datetime(2026, 3, 31), datetime(2026, 9, 30))  # noqa: DTZ001  - cells have no time zone
    assert row[7:10] == ("gesamt", 0.3, 0.3)
    assert row[10:12] == (0, "9 von 30 → 12 von 40")
    assert (row[6], row[12]) == (
        "Zielwert",
        "Erfassung der Bedarfe von mindestens 70% der Drittstaatsangehörigen",
    )
    (approached,) = [r for r in rows if r[4:6] == ("Zahl", "Z1.1")]
    assert approached[8:12] == (10 / 30, 0.3, (0.3 - 10 / 30) * 100, "10 von 30 → 12 von 40")
    sheet = openpyxl.load_workbook(BytesIO(workbook))[TITLE]
    formulas = {str(c.value) for c in sheet["K"]}
    assert "=(J5-I5)*100" in formulas


def test_status(rows: Rows) -> None:
    """Due 2026-06-30 and 2026-04-30 (30 days after the first Stichtag); nothing attested until the second."""
    shown = {r[5]: r[8:10] for r in rows if r[4] == "Status"}
    assert shown["MS1.2"] == ("offen", "überfällig")
    assert shown["MS3.1"] == ("gefährdet", "überfällig")
    assert "MS1.2b" not in shown, "25 % were reached then and stay reached"


def test_records_of_persons_without_row_and_value(rows: Rows) -> None:
    shown = {str(r[4]): r for r in rows if str(r[4]).startswith(("Datensatz", "Datum"))}
    gone = shown["Datensatz entfallen"]
    assert gone[5] == "Personen"
    assert (gone[6], gone[11]) == ("Datensätze der vorigen Abgabe fehlen.", "rund 3-mal")
    changed = shown["Datum geändert"]
    assert changed[5] == "Personen"
    assert changed[11] == "rund 3-mal"
    assert not any("P-0" in str(cell) for row in rows for cell in row)


def test_replaced_submission(rows: Rows) -> None:
    (row,) = [r for r in rows if r[4] == "Ersetzte Abgabe"]
    assert row[6:12] == ("b1.xlsx", None, "Abgabe-Nr. 1", "Abgabe-Nr. 2", None, "ersetzt durch b2.xlsx")


def test_without_an_earlier_one(lines: Rows) -> None:
    shown = {r[0]: r[6] for r in lines if r[4] == "Kein Vergleich"}
    assert shown["06440016"] == "keine gültige Abgabe"
    assert "06415000" not in shown
