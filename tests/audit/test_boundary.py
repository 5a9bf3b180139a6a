"""``kisi explain`` where everything lies on the boundary day (tests/boundary.py)."""

from __future__ import annotations

import pytest

from pipeline.audit.explain import explain
from tests import boundary, builder
from tests.boundary import AFTER, DAY

LINES = [
    ("Z1.2", "7 ÷ 10 = 70 %; Schwelle 70 %; Schwelle erreicht"),
    ("Z1.2", "Zähler (7): Blatt Personen, Zeilen 5–11"),  # not row 15, who leaves on the day
    ("Z1.3", "3 ÷ 5 = 60 %; Schwelle 60 %; Schwelle erreicht"),
    ("Z1.4", "Projektjahr 2025/26: ✓ erreicht"),
    ("Z1.4", "Anzahl 30; Schwelle 30; Schwelle erreicht"),
    ("Z2.6", "Zähler (10): Blatt Ehrenamtliche, Zeilen 5–14"),
    ("MS1.1", "MS1.1, fällig am 31.03.2026: ✓ erreicht"),
    ("MS1.1", "Am 31.03.2026, dem ersten Tag, an dem es galt: 3 ÷ 20 = 15 %; Schwelle 15 %"),
    ("MS1.2", "Am 30.06.2026, dem ersten Tag, an dem es galt: 3 ÷ 12 = 25 %; Schwelle 25 %"),
    ("MS1.2", "das letzte am 01.07.2026, nach der Frist."),
    ("MS3.1", "das letzte am 01.05.2026, nach der Frist."),
    ("N3.1", "1. Frist 30.09.2026: ✓ vorgelegt"),
    ("N3.1", "Dokumente im Verzeichnis bis zum Tag der Daten: 1"),
]


@pytest.mark.parametrize(("nr", "line"), LINES)
def test_on_the_day_and_the_day_after(nr: str, line: str) -> None:
    """The data end on the day, whatever day the report is of."""
    for as_of in (DAY, AFTER):
        assert line in "\n".join(explain(boundary.outcome(as_of), nr, builder.AGS))


def test_the_year_that_begins_on_the_day_after() -> None:
    on, after = ("\n".join(explain(boundary.outcome(d), "Z1.4", builder.AGS)) for d in (DAY, AFTER))
    assert "2026/27" not in on
    assert "Projektjahr 2026/27: ? nicht bewertbar" in after
    assert "Projektjahr hatte am Tag der Daten noch nicht begonnen" in after


def test_at_risk_from_the_sixtieth_day() -> None:
    on, after = ("\n".join(explain(boundary.outcome(d), "MS2.2", builder.AGS)) for d in (DAY, AFTER))
    assert "MS2.2, fällig am 30.11.2026: ○ offen" in on
    assert "gefährdet" in after
    assert "MS2.2, fällig am 30.11.2026: ○ offen" not in after
