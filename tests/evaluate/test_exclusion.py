"""Counted and not counted rows are all rows, and each that does not count has the first reason that fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from pipeline.definitions.model import Table
from pipeline.evaluate.exclusion import NotCounted, not_counted
from pipeline.evaluate.provenance import Role, criterion_parts, target_parts
from pipeline.evaluate.records import SubmissionRecords
from pipeline.rules import Attested
from pipeline.run import Outcome, run
from tests import builder
from tests.received import lay_demo

RULES = builder.rules()
ON = date(2026, 9, 30)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("eingang")
    lay_demo(folder)
    return run(folder, RULES, ON)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> SubmissionRecords:
    """A valid workbook, to be given other tables."""
    folder = tmp_path_factory.mktemp("eine")
    (folder / "a.xlsx").write_bytes(builder.valid())
    accepted = next(s for s in run(folder, RULES, ON).submissions if s.workbook.valid)
    return SubmissionRecords(replace(accepted.workbook, tables=dict(accepted.workbook.tables)), RULES)


def with_rows(records: SubmissionRecords, sheet: str, *rows: Mapping[str, object]) -> SubmissionRecords:
    """The workbook with these rows in a sheet, from Excel row 5; columns that a row leaves out are empty."""
    table = records.workbook.tables[sheet]
    columns = {name: [row.get(name) for row in rows] for name in table.columns}
    other = Table(table.sheet, table.letters, list(range(5, 5 + len(rows))), columns)
    return SubmissionRecords(
        replace(records.workbook, tables={**records.workbook.tables, sheet: other}), RULES
    )


def target(nr: str) -> object:
    return next(t for t in RULES.targets if t.id == nr)


def test_counted_and_not_counted_are_all_rows(outcome: Outcome) -> None:
    """Of every municipality of the demo, for every figure that is counted in rows."""
    asked = 0
    for result in outcome.results:
        accepted = outcome.accepted(result.ags)
        if accepted is None:
            continue
        data = SubmissionRecords(accepted.workbook, RULES)
        for found in result.targets:
            requirement = next(t for t in RULES.targets if t.id == found.nr)
            parts = target_parts(data, requirement, found, RULES)
            year = next((y for y in RULES.years if y.label == found.year), None)
            if parts and not isinstance(requirement.decide, Attested):
                asked += 1
                left_out = not_counted(data, requirement, found.data_as_of or ON, year)
                _are_all(data, [p.rows for p in parts if p.role is Role.NUMERATOR], left_out, parts[0].sheet)
        for criterion_result in (c for m in result.milestones for c in m.criteria):
            criterion = next(c for c in RULES.criteria if c.id == criterion_result.nr)
            if criterion.by_lead or isinstance(criterion.decide, Attested):
                continue
            parts = criterion_parts(data, criterion, criterion_result, result.data_as_of or ON)
            counted = [p.rows for p in parts if p.role is Role.NUMERATOR and not p.reached]
            if counted:
                asked += 1
                left_out = not_counted(data, criterion, result.data_as_of or ON)
                _are_all(data, counted, left_out, parts[0].sheet)
    assert asked > 100


def _are_all(
    data: SubmissionRecords, counted: list[tuple[int, ...]], left_out: tuple[NotCounted, ...], sheet: str
) -> None:
    rows = [row for group in (*counted, *(one.rows for one in left_out)) for row in group]
    assert sorted(rows) == data.workbook.tables[sheet].rows


def test_reasons_of_a_share_on_the_boundary_day(records: SubmissionRecords) -> None:
    """Present at the end of 30 September: came by then, paper checked, need recorded by then, not gone by then."""
    here = {
        "Zugang am": date(2026, 9, 30),
        "Aufenthaltspapier geprüft": "ja",
        "Bedarf erfasst am": date(2026, 9, 30),
    }
    data = with_rows(
        records,
        "Personen",
        here,
        here | {"Abgang am": date(2026, 10, 1)},
        here | {"Abgang am": date(2026, 9, 30)},
        here | {"Bedarf erfasst am": date(2026, 10, 1)},
        here | {"Bedarf erfasst am": None},
        here | {"Zugang am": None, "Bedarf erfasst am": None},
        here | {"Aufenthaltspapier geprüft": "nein", "Bedarf erfasst am": None},
        here | {"Aufenthaltspapier geprüft": None},
    )
    assert not_counted(data, target("Z1.2"), ON) == (
        NotCounted("Personen", "„Abgang am“ bis zum 30.09.2026 erreicht war", (7,)),
        NotCounted("Personen", "„Bedarf erfasst am“ nach dem 30.09.2026 liegt", (8,)),
        NotCounted("Personen", "„Bedarf erfasst am“ leer ist", (9,)),
        NotCounted("Personen", "„Zugang am“ leer ist", (10,)),
        NotCounted("Personen", "„Aufenthaltspapier geprüft“ nicht „ja“ ist", (11, 12)),
    )


def test_reasons_of_a_yearly_count(records: SubmissionRecords) -> None:
    """Z1.4 counts contacts from 1 October to 30 September, both days included."""
    data = with_rows(
        records,
        "Kontakte",
        *(
            {"Datum": day}
            for day in (date(2025, 9, 30), date(2025, 10, 1), date(2026, 9, 30), date(2026, 10, 1), None)
        ),
    )
    (first, second, *_) = RULES.years
    assert not_counted(data, target("Z1.4"), date(2026, 10, 31), first) == (
        NotCounted("Kontakte", f"sie nicht im Projektjahr {first.label} begann", (5, 8)),
        NotCounted("Kontakte", "„Datum“ leer ist", (9,)),
    )
    assert [one.rows for one in not_counted(data, target("Z1.4"), date(2026, 10, 31), second)] == [
        (5, 6, 7),
        (9,),
    ]


def test_what_is_attested_leaves_no_row_out(records: SubmissionRecords) -> None:
    attested = next(t for t in RULES.targets if isinstance(t.decide, Attested))
    assert not_counted(records, attested, ON) == ()
