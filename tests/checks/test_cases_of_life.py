"""Cases from daily life, as docs/anleitung-kommune.md tells them, raise no Fehler."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.definitions.model import Finding, Severity
from tests import expected
from tests.builder import G1, G9

NEW = 13  # the first free row of Personen


def errors(findings: tuple[Finding, ...]) -> list[tuple[str, str | None]]:
    return [(f.rule, f.cell) for f in findings if f.severity is Severity.ERROR]


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param({"Personen!G6": None}, id="left and came back"),
        pytest.param(
            {
                f"Personen!A{NEW}": "P-0009",
                f"Personen!B{NEW}": G1,
                f"Personen!C{NEW}": "ja",
                f"Personen!D{NEW}": date(2026, 6, 1),
            },
            id="a birth",
        ),
        pytest.param(
            {
                f"Personen!A{NEW}": "P-0009",
                f"Personen!B{NEW}": G9,
                f"Personen!C{NEW}": "nein",
                f"Personen!D{NEW}": date(2026, 6, 1),
                f"Personen!H{NEW}": "P-0001",
            },
            id="family reunification",
        ),
        pytest.param({"Kontakte!A5": date(2025, 10, 2)}, id="last quarter corrected"),
        pytest.param({"Stammdaten!B4": "Hanau", "Stammdaten!B5": "06435014"}, id="municipality merged"),
    ],
)
def test_no_needless_error(edits: dict[str, Any]) -> None:
    assert errors(tuple(expected.broken(edits).findings)) == []


def test_the_former_key_stands_for_the_present_one() -> None:
    assert expected.broken({"Stammdaten!B5": "06435014"}).ags == "06415000"
