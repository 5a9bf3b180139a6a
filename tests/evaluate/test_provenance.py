"""The rows behind every figure: counted by hand in the demo, and never another number than the figure.

The template's header stands in row 4, so the first record is row 5 (see the cells in tests/demo/test_demo.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.definitions.model import Status
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.demo import AS_OF_DATES
from pipeline.evaluate.provenance import (
    Role,
    SourceRows,
    criterion_parts,
    evidence_part,
    row_ranges,
    target_parts,
)
from pipeline.evaluate.records import SubmissionRecords
from pipeline.outcome import Outcome
from pipeline.rules import Attested, Count, Share
from tests import builder

RULES = builder.rules()
BUEDINGEN, HANAU, HOMBURG = "06440004", "06415000", "06434001"
SEPTEMBER = date(2026, 9, 30)


def data_of(outcome: Outcome, ags: str) -> SubmissionRecords:
    accepted = outcome.accepted(ags)
    assert accepted
    return SubmissionRecords(accepted.workbook, RULES)


def of_target(outcome: Outcome, ags: str, nr: str, year: str | None = None) -> tuple[SourceRows, ...]:
    result = next(
        t for r in outcome.results if r.ags == ags for t in r.targets if (t.nr, t.year) == (nr, year)
    )
    return target_parts(data_of(outcome, ags), next(t for t in RULES.targets if t.id == nr), result, RULES)


def of_criterion(outcome: Outcome, ags: str, nr: str) -> tuple[SourceRows, ...]:
    result = next(r for r in outcome.results if r.ags == ags)
    found = next(c for m in result.milestones for c in m.criteria if c.nr == nr)
    criterion = next(c for c in RULES.criteria if c.id == nr)
    decides = LEAD_AGS if criterion.reported_by == "projektleitung" else ags
    assert result.data_as_of
    return criterion_parts(data_of(outcome, decides), criterion, found, result.data_as_of)


def as_rows(parts: tuple[SourceRows, ...]) -> list[tuple[str, str, str, int | None]]:
    return [(p.role.value, p.sheet, row_ranges(p.rows), p.number) for p in parts]


# --- by hand ------------------------------------------------------------------------------------------


def test_buedingen_z1_2_is_12_persons_of_a_stock_of_50(demo_outcomes: Mapping[date, Outcome]) -> None:
    # P-0006 (row 10) left on 31 August; P-0001…5 are rows 5–9, P-0007…13 rows 11–17
    assert as_rows(of_target(demo_outcomes[SEPTEMBER], BUEDINGEN, "Z1.2")) == [
        ("Zähler", "Personen", "5–9, 11–17", 12),
        ("Nenner", "Bestand", "6", 50),
    ]


def test_those_rows_hold_those_persons(demo_inputs: Path) -> None:
    sheet = load_workbook(demo_inputs / "2026-09-30/KISI_Buedingen.xlsx")["Personen"]
    rows = [*range(5, 10), *range(11, 18)]
    assert [sheet.cell(r, 1).value for r in rows] == [f"P-{n:04d}" for n in (*range(1, 6), *range(7, 14))]


def test_a_year_counts_its_own_rows(demo_outcomes: Mapping[date, Outcome]) -> None:
    assert as_rows(of_target(demo_outcomes[SEPTEMBER], BUEDINGEN, "Z1.4", "2025/26")) == [
        ("Zähler", "Kontakte", "5–39", 35)
    ]


def test_needs_addressed_of_needs_recorded(demo_outcomes: Mapping[date, Outcome]) -> None:
    # 3 addressed, 3 not, 5 addressed, 2 not
    assert as_rows(of_target(demo_outcomes[SEPTEMBER], BUEDINGEN, "Z1.3")) == [
        ("Zähler", "Bedarfe", "5–7, 11–15", 8),
        ("Nenner", "Bedarfe", "5–17", 13),
    ]


def test_a_trained_volunteer_needs_attendance_and_training(demo_outcomes: Mapping[date, Outcome]) -> None:
    # E-001…E-004 in the first training, E-005…E-011 in the second; E-012 in none
    assert as_rows(of_target(demo_outcomes[SEPTEMBER], BUEDINGEN, "Z2.5")) == [
        ("Zähler", "Ehrenamtliche", "5–15", 11),
        ("Verknüpfung", "Schulungsteilnahmen", "5–15", None),
        ("Verknüpfung", "Schulungen", "5–6", None),
        ("Nenner", "Ehrenamtliche", "5–16", 12),
    ]


def test_info_counts_existing_offers_of_volunteers(demo_outcomes: Mapping[date, Outcome]) -> None:
    assert as_rows(of_target(demo_outcomes[SEPTEMBER], BUEDINGEN, "Z2.3")) == [
        ("Zähler", "Angebote", "5–6", 2)
    ]


def test_attested_target_names_its_line_and_its_evidence(demo_outcomes: Mapping[date, Outcome]) -> None:
    # Z3.5 is the 15th target of a municipality, NW-005 the fifth document
    assert as_rows(of_target(demo_outcomes[SEPTEMBER], BUEDINGEN, "Z3.5")) == [
        ("Angabe", "Zielwerte", "19", None),
        ("Nachweis", "Nachweise", "9", None),
    ]


def test_a_reached_share_has_the_rows_of_that_day_and_of_today(demo_outcomes: Mapping[date, Outcome]) -> None:
    # MS1.1a: on 10 February 6 of 40 = 15 %; on 30 September 12 of 50
    parts = of_criterion(demo_outcomes[SEPTEMBER], BUEDINGEN, "MS1.1a")
    assert [(p.role.value, row_ranges(p.rows), p.number, p.day.isoformat(), p.reached) for p in parts] == [
        ("Zähler", "5–9, 11–17", 12, "2026-09-30", False),
        ("Nenner", "6", 50, "2026-09-30", False),
        ("Zähler", "5–10", 6, "2026-02-10", True),
        ("Nenner", "5", 40, "2026-02-10", True),
    ]


def test_a_count_criterion_names_rows_and_register(demo_outcomes: Mapping[date, Outcome]) -> None:
    assert as_rows(of_criterion(demo_outcomes[SEPTEMBER], BUEDINGEN, "MS1.1d")) == [
        ("Zähler", "Veranstaltungen", "5", 1),
        ("Zähler", "Veranstaltungen", "5", 1),
        ("Nachweis", "Nachweise", "5", None),
    ]


def test_every_row_of_verwaltung(demo_outcomes: Mapping[date, Outcome]) -> None:
    # MS3.2c: Sozialamt and Jugendamt are connected, the Ordnungsamt is not
    assert as_rows(of_criterion(demo_outcomes[SEPTEMBER], BUEDINGEN, "MS3.2c")) == [
        ("Zähler", "Verwaltung", "5–6", 2),
        ("Nenner", "Verwaltung", "5–7", 3),
    ]


def test_the_project_leads_criterion_rests_on_its_own_file(demo_outcomes: Mapping[date, Outcome]) -> None:
    parts = of_criterion(demo_outcomes[SEPTEMBER], HANAU, "MS2.1d")
    assert as_rows(parts)[0] == ("Zähler", "Schulungen", "5", 1)


def test_an_evidence_point_names_the_register(demo_outcomes: Mapping[date, Outcome]) -> None:
    part = evidence_part(data_of(demo_outcomes[SEPTEMBER], BUEDINGEN), "N1.2", SEPTEMBER)
    assert (row_ranges(part.rows), part.number) == ("7–8", 2)


# --- always -------------------------------------------------------------------------------------------


def figures(outcome: Outcome) -> Iterator[tuple[str, tuple[SourceRows, ...], int | None, int | None]]:
    """(nr, parts, numerator, denominator) of every target that has a figure."""
    targets = {t.id: t for t in RULES.targets}
    for result in outcome.results:
        for t in result.targets:
            if t.value is not None:
                parts = target_parts(data_of(outcome, t.ags), targets[t.nr], t, RULES)
                yield t.nr, parts, t.numerator, t.denominator


def number(parts: tuple[SourceRows, ...], role: Role, *, reached: bool = False) -> int | None:
    return next((p.number for p in parts if p.role is role and p.reached is reached), None)


@pytest.mark.parametrize("as_of", AS_OF_DATES)
def test_the_rows_of_a_target_are_its_figure(demo_outcomes: Mapping[date, Outcome], as_of: date) -> None:
    found = list(figures(demo_outcomes[as_of]))
    assert len(found) > 10
    for nr, parts, numerator, denominator in found:
        assert (number(parts, Role.NUMERATOR), number(parts, Role.DENOMINATOR)) == (numerator, denominator)
        for part in parts:
            if part.number is not None and part.sheet != "Bestand":
                assert len(set(part.rows)) == part.number, nr


@pytest.mark.parametrize("as_of", AS_OF_DATES)
def test_the_rows_of_a_criterion_are_its_value_and_reach_its_threshold(
    demo_outcomes: Mapping[date, Outcome], as_of: date
) -> None:
    criteria = {c.id: c for c in RULES.criteria}
    for result in demo_outcomes[as_of].results:
        for c in (c for m in result.milestones for c in m.criteria):
            criterion = criteria[c.nr]
            if c.status is Status.NOT_EVALUABLE or isinstance(criterion.decide, Attested):
                continue
            parts = of_criterion(demo_outcomes[as_of], result.ags, c.nr)
            top, bottom = number(parts, Role.NUMERATOR), number(parts, Role.DENOMINATOR)
            assert top is not None
            assert c.value in (top, Fraction(top, bottom) if bottom else None)
            if c.reached_on:
                top = number(parts, Role.NUMERATOR, reached=True) or 0
                bottom = number(parts, Role.DENOMINATOR, reached=True)
                if isinstance(criterion.decide, Count):
                    assert top >= criterion.decide.at_least
                elif isinstance(criterion.decide, Share):
                    assert bottom
                    assert Fraction(top, bottom) >= criterion.decide.at_least
                else:
                    assert top == bottom


def test_stock_row_holds_the_number(demo_outcomes: Mapping[date, Outcome]) -> None:
    data = data_of(demo_outcomes[SEPTEMBER], HOMBURG)
    (part,) = [p for p in of_target(demo_outcomes[SEPTEMBER], HOMBURG, "Z1.2") if p.role is Role.DENOMINATOR]
    table = data.workbook.tables["Bestand"]
    assert part.number == table["Anzahl"][table.rows.index(part.rows[0])] == 60


@pytest.mark.parametrize(
    ("rows", "text"),
    [((), "keine"), ((7,), "7"), ((5, 6, 7, 10, 12, 13), "5–7, 10, 12–13"), ((9, 8, 8), "8–9")],
)
def test_ranges(rows: tuple[int, ...], text: str) -> None:
    assert row_ranges(rows) == text
