"""Sheets Maßnahme 1 … 4: the source's words verbatim, the state beside them."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl import Workbook

from pipeline.rules import Rules


def rows_of(book: Workbook, number: int) -> list[tuple[Any, ...]]:
    return list(book[f"Maßnahme {number}"].iter_rows(values_only=True))


def row(book: Workbook, number: int, nr: str) -> tuple[Any, ...]:
    found = [r for r in rows_of(book, number) if str(r[0]).replace("\n", " ") == nr]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_every_sentence_of_the_source_stands_verbatim(stored: Workbook, rules: Rules, number: int) -> None:
    measure = next(m for m in rules.measures if m.number == number)
    wanted = {s for p in measure.description for s in (p.heading, *p.statements)}
    wanted |= {t.text for t in measure.targets} | {e.text for e in measure.evidence}
    wanted |= {c.text for m in measure.milestones for c in m.criteria}
    cells = {c for r in rows_of(stored, number) for c in r}
    texts = [str(c) for c in cells]
    assert not {w for w in wanted if w not in cells}
    for n, milestone in enumerate(measure.milestones, 1):
        assert any(t.startswith(f"Meilenstein {n}: ") and milestone.text.lower() in t.lower() for t in texts)
    assert stored[f"Maßnahme {number}"]["A1"].value == f"Projektmaßnahme {number}: {measure.title}"
    assert {
        "Beschreibung, ohne Bewertung (wird nicht mitgedruckt)",
        f"Zielwert Projektmaßnahme {number}",
    } <= cells
    assert {"Nachweis zur Zielerreichung", "Meilensteine"} <= cells


def test_target_with_its_state(stored: Workbook) -> None:
    _, _, status, value, communes, threshold = row(stored, 1, "Z1.2")
    assert value == pytest.approx(82 / 120)
    # 82 of 120 are 68.3 %; only Karben has its 70 %
    assert (threshold, communes, status) == ("mindestens 70 %", "1 von 8 erreicht", "○ offen")
    yearly = row(stored, 1, "Z1.4 2025/26")
    assert yearly[3:] == (59, "1 von 8 erreicht", "mindestens 30 je Kommune und Projektjahr")
    assert row(stored, 2, "Z2.7")[2:] == ("✓ erreicht", 1, "Projektleitung", "mindestens 1")


def test_evidence_with_its_state(stored: Workbook) -> None:
    assert row(stored, 1, "N1.6")[2:5] == (1, None, "1 von 8 vorgelegt")
    first = row(stored, 3, "N3.1 1. Frist")
    assert (first[3].date().isoformat(), first[4]) == ("2026-09-30", "0 von 8 vorgelegt")
    assert row(stored, 3, "N3.1 3. Frist")[3].date().isoformat() == "2028-09-30"


def test_milestone_with_its_criteria(stored: Workbook) -> None:
    first = row(stored, 1, "MS1.1")
    assert (first[1], first[3].date().isoformat()) == (
        "Meilenstein 1: 6 Monate nach Projektbeginn",
        "2026-03-31",
    )
    assert first[4:] == ("erreicht 1 von 8", "✓\u00a01\u00a0erreicht, ✗\u00a01\u00a0überfällig")
    assert row(stored, 1, "MS1.1a")[4] == "2 von 8 erfüllt"
    assert row(stored, 1, "MS1.1b")[4] == "1 von 8 erfüllt"
    assert row(stored, 1, "MS1.2")[1] == (
        "Meilenstein 2: 9 Monate nach Projektbeginn ≠ laut Text 30.06.2026, laut Zeitschiene 3. Quartal 2026; "
        "es gilt der Text"
    )
    assert (row(stored, 2, "MS2.1c")[2], row(stored, 2, "MS2.1d")[2]) == ("Kommune", "Projektleitung")


def test_who_sent_nothing_valid_is_reported_once(stored: Workbook) -> None:
    """Six of the eight: in the line at the top, in no row."""
    assert str(stored["Maßnahme 1"]["A2"].value).endswith(
        "Ohne gültige Abgabe und hier nicht aufgeführt: 6 von 8 Kommunen."
    )
    assert not any("keine gültige Abgabe" in str(c) for r in rows_of(stored, 1) for c in r)


def test_measure_4_is_not_set(stored: Workbook, rules: Rules) -> None:
    cells = {c for r in rows_of(stored, 4) for c in r}
    assert rules.measures[3].note in cells
    for number in range(1, 5):
        found = row(stored, 4, f"MS4.{number}")
        assert found[1].startswith(f"Meilenstein {number}: Nicht festgelegt")
        assert found[2:] == (None, None, None, "– nicht festgelegt")
    assert any(
        str(c).startswith("Auslegung zu Z4.1: aus der Maßnahmenbeschreibung abgeleitet") for c in cells
    )
