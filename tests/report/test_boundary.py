"""Overview page, Herkunft and Bedarfe und Angebote where everything lies on the boundary day (tests/boundary.py)."""

from __future__ import annotations

from datetime import date
from functools import cache
from io import BytesIO

import pytest
from lxml import html
from openpyxl import Workbook, load_workbook

from pipeline.report.ergebnis import ergebnis
from pipeline.report.html import overview_html
from pipeline.report.summary import summary_bytes
from tests import boundary, builder
from tests.boundary import AFTER, DAY
from tests.report.test_html import rows, words


@pytest.mark.parametrize(("as_of", "at_risk"), [(DAY, "open"), (AFTER, "at_risk")])
def test_the_page(as_of: date, at_risk: str) -> None:
    page = html.document_fromstring(overview_html(boundary.outcome(as_of)))
    cells = {c.get("data-nr"): c for c in rows(page, "matrix")[builder.AGS].xpath("./td")}
    status = {nr: c.get("data-status") for nr, c in cells.items()}
    assert [status[f"MS{nr}"] for nr in ("1.1", "1.2", "2.1", "3.1", "3.2")] == [
        "reached",
        "reached_late",
        "reached",
        "reached_late",
        "reached",
    ]
    assert status["MS2.2"] == at_risk
    assert "31.03.2026" in words(cells["MS1.1"])
    assert "01.07.2026" in words(cells["MS1.2"])
    assert (
        "Runde zum 30.09.2026, Abgabe bis 31.10.2026: 2 abgegeben, 0 zurückgewiesen, 7 ausstehend"
        in words(page)
    )


@pytest.mark.parametrize(("as_of", "years"), [(DAY, ["2025/26"]), (AFTER, ["2025/26", "2026/27"])])
def test_the_years_begun(as_of: date, years: list[str]) -> None:
    document = ergebnis(boundary.outcome(as_of))
    found = [t for t in document["targets"] if (t["ags"], t["nr"]) == (builder.AGS, "Z1.4")]
    assert [t["year"] for t in found] == years
    assert (found[0]["numerator"], found[0]["status"], found[0]["data_as_of"]) == (30, "met", "2026-09-30")


@cache
def report() -> Workbook:
    return load_workbook(BytesIO(summary_bytes(boundary.outcome(DAY))), data_only=True)


def test_needs() -> None:
    """What is of the day counts, the offer of the day after does not; 8 + 3 persons are shown in threes."""
    lines = list(report()["Bedarfe und Angebote"].iter_rows(values_only=True))
    (own,) = [r[1:9] for r in lines if r[0] == f"Büdingen ({builder.AGS})"]
    assert own == (5, 3, 0.6, 2, 1, 3, 3, 0)
    (group,) = [r[1:4] for r in lines if r[0] == builder.G6]
    assert group == (9, 3, 12)


def test_herkunft() -> None:
    """Row 15 leaves on the day: neither the person nor the volunteer stands there, but for a day before."""
    lines = [r for r in report()["Herkunft"].iter_rows(values_only=True) if r[0] == builder.AGS]
    found = {(r[2], r[4], r[5], r[9]): (r[7], r[10]) for r in lines}
    assert found["Z1.2", "Wert", "Zähler", "Personen"] == (7, "siehe Regel")
    assert found["Z1.2", "Wert", "Nenner", "Bestand"] == (10, "5")
    assert found["Z2.6", "Wert", "Zähler", "Ehrenamtliche"] == (10, "siehe Regel")
    assert found["MS1.2b", "Erreicht am", "Nenner", "Bestand"] == (12, "7")
    assert found["MS2.2b", "Erreicht am", "Zähler", "Ehrenamtliche"] == (9, "siehe Regel")
