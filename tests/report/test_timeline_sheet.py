"""Sheet Zeitschiene. Hanau and Karben are the only accepted of 8; expected cells are counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.evaluate.progress import QuarterShare, ShareOverTime, quarters, threshold_paths
from pipeline.outcome import Outcome
from pipeline.report.summary import summary_bytes
from pipeline.rules import Rules


def rows_of(book: Workbook) -> list[tuple[Any, ...]]:
    return list(book["Zeitschiene"].iter_rows(values_only=True))


def measure(book: Workbook, title: str) -> list[dict[str, Any]]:
    """The three rows of a measure, by quarter."""
    rows = rows_of(book)
    start = next(i for i, row in enumerate(rows) if row[0] == title)
    return [dict(zip(quarters_of(book), row[1:], strict=True)) for row in rows[start : start + 3]]


def quarters_of(book: Workbook) -> list[str]:
    rows = rows_of(book)
    at = next(i for i, row in enumerate(rows) if row[0] == "Projektmaßnahmen")
    year, found = "", []
    for above, name in zip(rows[at - 1][1:], rows[at][1:], strict=True):
        year = above or year
        found.append(f"{year}-{str(name)[:2]}")
    return found


def test_years_and_quarters_of_the_project(stored: Workbook, rules: Rules) -> None:
    found = quarters_of(stored)
    assert (found[0], found[-1], len(found)) == ("2025-Q4", "2028-Q3", 12)
    assert found == list(quarters(rules))


def test_each_milestone_in_its_quarter(stored: Workbook) -> None:
    name, due, reached = measure(stored, "3) Kommunale Verwaltungsstruktur")
    assert {q: n for q, n in name.items() if n} == {
        "2026-Q2": "Meilenstein 3.1",
        "2026-Q4": "Meilenstein 3.2",
        "2027-Q2": "Meilenstein 3.3",
        "2028-Q3": "Meilenstein 3.4",
    }
    assert due["2026-Q2"] == "30.04.2026"
    assert reached["2026-Q2"] == "erreicht 0 von 8"


def test_reached_is_counted_live(stored: Workbook, formulas: Workbook) -> None:
    assert measure(stored, "1) Ankommensbegleitung")[2]["2026-Q1"] == "erreicht 1 von 8"  # Hanau
    formula = measure(formulas, "1) Ankommensbegleitung")[2]["2026-Q1"]
    assert formula.startswith('="erreicht "&(COUNTIF(Übersicht!$C$32:$C$39,"✓ erreicht")')


def test_both_places_are_marked_where_text_and_timeline_disagree(stored: Workbook) -> None:
    name, due, reached = measure(stored, "1) Ankommensbegleitung")
    assert name["2026-Q2"] == name["2026-Q3"] == "Meilenstein 1.2\n≠ unten"
    assert (due["2026-Q2"], due["2026-Q3"]) == ("Text:\n30.06.2026", "Zeitschiene:\n30.09.2026")
    assert reached["2026-Q3"] == "siehe Q2 2026"
    name, due, reached = measure(stored, "2) Ehrenamtliches Engagement")
    assert (due["2028-Q2"], due["2028-Q3"]) == ("Zeitschiene:\n30.06.2028", "Text:\n30.09.2028")
    below = {row[0]: row for row in rows_of(stored)}
    assert [c for c in below["Meilenstein 2.4"] if c] == [
        "Meilenstein 2.4",
        "„36 Monate nach Projektbeginn“: 30.09.2028",
        "2. Quartal 2028: bis 30.06.2028",
        "der Text: 30.09.2028",
    ]
    assert sum("≠ unten" in str(c) for row in rows_of(stored) for c in row) == 4


def test_no_deviation_when_the_rules_agree(outcome: Outcome, rules: Rules) -> None:
    """Nothing names MS1.2 or MS2.4: with other quarters in the rules there is nothing to mark."""
    measures = []
    for each in rules.measures:
        quarter = {"MS1.2": "2026-Q2", "MS2.4": "2028-Q3"}
        same = (m.model_copy(update={"quarter": quarter.get(m.id, m.quarter)}) for m in each.milestones)
        measures.append(each.model_copy(update={"milestones": tuple(same)}))
    changed = replace(outcome, rules=replace(rules, measures=tuple(measures)))
    book = load_workbook(BytesIO(summary_bytes(changed)), data_only=True)
    assert not any("abweichen" in str(c) or "≠" in str(c) for row in rows_of(book) for c in row)


def test_a_measure_without_milestones_is_not_set(stored: Workbook) -> None:
    row = next(r for r in rows_of(stored) if r[0] == "4) Synthese Hauptamt-Ehrenamt-Bevölkerung")
    assert row[1].startswith("– nicht festgelegt: Meilenstein 4.1, Meilenstein 4.2")


def _points(outcome: Outcome) -> tuple[QuarterShare, ...]:
    course = ShareOverTime(outcome.rules, outcome.as_of)
    for result in outcome.results:
        accepted = outcome.accepted(result.ags)
        if accepted and result.data_as_of and result.ags != "00000000":
            course.add(outcome.details[result.ags].courses[0], result.data_as_of)
    return course.points


def test_path_and_points(outcome: Outcome, rules: Rules) -> None:
    (path,) = threshold_paths(rules)
    assert [(s.criterion.id, s.quarter, s.threshold) for s in path.steps] == [
        ("MS1.1a", "2026-Q1", Fraction(15, 100)),
        ("MS1.2b", "2026-Q2", Fraction(25, 100)),
        ("MS1.3b", "2027-Q3", Fraction(50, 100)),
        ("MS1.4a", "2028-Q3", Fraction(70, 100)),
    ]
    # 40 of 60 in Hanau and 42 of 60 in Karben, since February; no stock at the end of 2025
    found = [(p.quarter, p.municipalities, p.numerator, p.denominator) for p in _points(outcome)]
    assert found == [("2025-Q4", 0, None, None), ("2026-Q1", 2, 82, 120), ("2026-Q2", 2, 82, 120)]


def test_a_share_has_the_value_of_its_target(outcome: Outcome, rules: Rules) -> None:
    """Hanau's data end before the quarter: its last figure counts, as in the target, and the point says so."""
    course = ShareOverTime(rules, outcome.as_of)
    for ags, until in (("06415000", date(2026, 4, 15)), ("06440012", date(2026, 6, 30))):
        course.add(outcome.details[ags].courses[0], until)
    last = course.points[-1]
    assert (last.numerator, last.denominator, last.municipalities, last.older) == (82, 120, 2, 1)
    target = next(t for t in outcome.project.targets if t.nr == "Z1.2")
    assert last.value == target.value


def test_figures_stand_below_the_chart(stored: Workbook, content: bytes) -> None:
    rows = {r[0]: r for r in rows_of(stored)}
    assert rows["Personen mit „Bedarf erfasst am“"][1:5] == (None, 82, 82, None)
    assert rows["Anteil im Projekt"][2] == pytest.approx(82 / 120)
    assert [v for v in rows["Vorgabe der Meilensteine"][1:] if v] == [0.15, 0.25, 0.5, 0.7]
    assert rows["Kommunen mit Zahl"][1:4] == ("0 von 8", "2 von 8", "2 von 8")
    with ZipFile(BytesIO(content)) as archive:
        drawings = "".join(archive.read(n).decode() for n in archive.namelist() if "drawings/drawing" in n)
    assert "31.03.2026 82 von 120" in drawings
