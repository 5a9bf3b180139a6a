"""Notes for a second look: just at, and just below, each threshold; and never on the clean cases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from pipeline.checks.plausibility import plausibility_findings
from pipeline.checks.previous import SubmissionPair
from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding, Severity, Workbook
from tests import builder, expected

DAY = date(2026, 3, 10)
Records = list[dict[str, Any]]


def days(number: int, *, spread: bool = False) -> Iterable[date]:
    return (DAY + timedelta(days=i if spread else 0) for i in range(number))


def needs(number: int, addressed: int, *, spread: bool = False) -> Records:
    found = [*days(addressed, spread=spread), *[None] * (number - addressed)]
    return [
        {"Bedarf-Nr.": f"B-{i:03d}", "Erfasst am": DAY, "Adressiert am": on} for i, on in enumerate(found)
    ]


def persons(number: int, *, spread: bool = False) -> Records:
    return [
        {"Kennung": f"P-{i:03d}", "Bedarf erfasst am": on} for i, on in enumerate(days(number, spread=spread))
    ]


def contacts(number: int, *, spread: bool = False) -> Records:
    return [{"Datum": on, "Integrationsguide": "AB"} for on in days(number, spread=spread)]


def reported(now: Workbook, before: Workbook | None = None) -> list[Finding]:
    return plausibility_findings(now, SubmissionPair(now, before, builder.rules()) if before else None)


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({"Bedarfe": needs(10, 10)}, ["V12"]),
        ({"Bedarfe": needs(30, 10)}, ["V12"]),  # those that are addressed, all on one day
        ({"Bedarfe": needs(9, 9)}, []),
        ({"Bedarfe": needs(10, 10, spread=True)}, []),
        ({"Personen": persons(60)}, []),  # the first submission
        ({"Kontakte": contacts(30)}, ["V14"]),
        ({"Kontakte": contacts(29)}, []),
        ({"Kontakte": [*contacts(29), *contacts(40, spread=True)]}, ["V14"]),  # 29 + 1 on the first day
        ({"Kontakte": contacts(60, spread=True)}, []),
    ],
)
def test_many_rows_on_one_day(tables: dict[str, Records], expected: list[str]) -> None:
    found = reported(builder.built(tables=tables))
    assert [f.rule for f in found] == expected
    assert all(f.severity is Severity.NOTE and f.cell is None for f in found)


@pytest.mark.parametrize(("number", "expected"), [(10, ["V13"]), (9, [])])
def test_persons_since_the_previous_stichtag(number: int, expected: list[str]) -> None:
    """Those recorded earlier do not count, and one on another day makes it plausible."""
    early = [{"Kennung": "P-900", "Bedarf erfasst am": date(2025, 12, 1)}]
    other = [{"Kennung": "P-901", "Bedarf erfasst am": date(2026, 4, 1)}]
    before = builder.built(stichtag="2025-12-31", tables={"Personen": early})
    assert [
        f.rule for f in reported(builder.built(tables={"Personen": early + persons(number)}), before)
    ] == expected
    assert reported(builder.built(tables={"Personen": early + persons(number) + other}), before) == []


def test_persons_of_the_previous_stichtag_itself_do_not_count() -> None:
    before = builder.built(stichtag=DAY.isoformat())
    assert reported(builder.built(tables={"Personen": persons(10)}), before) == []


@pytest.mark.parametrize(
    ("was", "is_", "expected"),
    [
        (3, 30, "Z1.4 (2025/26) ist auffällig gestiegen: 30 statt 3 am 31.03.2026"),
        (3, 29, ""),
        (2, 22, "Z1.4 (2025/26) ist auffällig gestiegen: 22 statt 2 am 31.03.2026"),  # 20 more, and no more
        (2, 21, ""),
        (0, 40, ""),
    ],
)
def test_tenfold_and_twenty_more(was: int, is_: int, expected: str) -> None:
    """Contacts up to the Stichtag: from 3 to 30 is tenfold and 27 more; from 2 to 21 only 19 more."""
    before = builder.built(stichtag="2026-03-31", tables={"Kontakte": contacts(was, spread=True)})
    now = builder.built(stichtag="2026-09-30", tables={"Kontakte": contacts(is_, spread=True)})
    found = [f.message for f in reported(now, before) if f.rule == "V10"]
    assert bool(found) is bool(expected)
    assert all(m.startswith(expected) for m in found)


def test_the_earlier_rows_once_more() -> None:
    tables = {"Personen": persons(2), "Kontakte": contacts(3)}
    before = builder.built(stichtag="2026-03-31", tables=tables)
    mixed = {"Personen": persons(2)[::-1], "Kontakte": contacts(3)}
    (one,) = reported(builder.built(stichtag="2026-06-30", tables=mixed), before)
    assert (one.rule, one.sheet) == ("V11", None)
    assert "denen zum 31.03.2026 (Datei 06440004.xlsx)" in one.message
    more = {"Personen": persons(2), "Kontakte": contacts(4)}
    assert reported(builder.built(stichtag="2026-06-30", tables=more), before) == []
    other = builder.built(stichtag="2026-06-30", tables=tables)
    other.form["E-Mail"] = "guide@example.org"
    assert reported(other, before) == []


def test_what_is_own_to_a_submission_or_to_its_template_makes_no_difference() -> None:
    """Another number, an empty line of the form, a column that a later template brought."""
    tables = {"Kontakte": contacts(3)}
    before = builder.built(stichtag="2026-03-31", tables=tables)
    now = builder.built(stichtag="2026-06-30", tables=tables)
    before.form["Abgabe-Nr."], now.form["Abgabe-Nr."], now.form["E-Mail"] = 1, 2, None
    del before.tables["Kontakte"].columns["Anlass"]
    assert [f.rule for f in reported(now, before)] == ["V11"]
    now.tables["Kontakte"].columns["Anlass"][0] = "Ansprache"
    assert reported(now, before) == []


def test_nothing_to_report_twice_is_nothing() -> None:
    assert reported(builder.built(stichtag="2026-06-30"), builder.built(stichtag="2026-03-31")) == []


def test_valid_workbooks_of_the_tests_have_no_note() -> None:
    workbook = expected.valid_workbook()
    assert [f for f in reported(workbook) if f.rule.startswith("V")] == []


def test_each_note_says_sheet_column_and_number() -> None:
    """How many are meant stands in the message; that of one day is about a column, not about a cell."""
    before = builder.built(stichtag="2026-03-09", tables={"Kontakte": contacts(2, spread=True)})
    tables = {"Bedarfe": needs(11, 11), "Personen": persons(12), "Kontakte": contacts(31)}
    words = {"stichtag": "09.03.2026", "file": "06440004.xlsx"}
    assert reported(builder.built(stichtag="2026-03-31", tables=tables), before)[-3:] == [
        finding("V12", "Bedarfe", None, "Adressiert am", n=11),
        finding("V13", "Personen", None, "Bedarf erfasst am", n=12),
        finding("V14", "Kontakte", None, "Datum", n=31),
    ]
    earlier = builder.built(stichtag="2026-03-31", tables={"Kontakte": contacts(3, spread=True)})
    later = builder.built(stichtag="2026-06-30", tables={"Kontakte": contacts(33, spread=True)})
    grown = finding(
        "V10", "Kontakte", nr="Z1.4 (2025/26)", now=33, before=3, **words | {"stichtag": "31.03.2026"}
    )
    assert reported(later, earlier) == [grown]


def test_the_project_lead_has_sheets_for_none_of_it() -> None:
    assert reported(builder.built("projektleitung")) == []
