"""Random valid workbooks always pass, and their figures are those of an independent count of the rows."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.definitions.model import Severity, Workbook
from pipeline.definitions.results import Result
from pipeline.engine.batch import examine_batch
from pipeline.evaluate import evaluate
from tests import builder
from tests.properties import few, naive
from tests.properties.projects import STICHTAG, Project, file_of, projects, shuffled

TOGETHER = 3
YEARS = {"2025/26": (date(2025, 10, 1), date(2026, 9, 30)), "2026/27": (date(2026, 10, 1), date(2027, 9, 30))}


def read(files: list[bytes]) -> list[Workbook]:
    return examine_batch([(str(i), data) for i, data in enumerate(files)], builder.rules())


def judged(workbook: Workbook, as_of: date = STICHTAG) -> Result:
    return evaluate(workbook, None, builder.rules(), as_of)


def value(result: Result, nr: str, year: str | None = None) -> Any:
    return next(t.value for t in result.targets if (t.nr, t.year) == (nr, year))


@few(5)
@given(st.lists(projects(), min_size=TOGETHER, max_size=TOGETHER), st.dates(date(2026, 1, 1), STICHTAG))
def test_valid_workbooks_pass_and_count_as_counted_by_hand(many: list[Project], as_of: date) -> None:
    for project, workbook in zip(many, read([p.data for p in many]), strict=True):
        assert [f for f in workbook.findings if f.severity is Severity.ERROR] == []
        hold_against(project.rows, judged(workbook, as_of), as_of)


def hold_against(rows: Any, result: Result, day: date) -> None:
    assert value(result, "Z1.1") == naive.persons_share(rows, "Angesprochen am", day)
    assert value(result, "Z1.2") == naive.persons_share(rows, "Bedarf erfasst am", day)
    assert value(result, "Z1.3") == naive.addressed(rows, day)
    assert value(result, "Z2.5") == naive.trained(rows, day)
    assert value(result, "Z2.6") == len(naive.active(rows, day))
    for year, (first, last) in YEARS.items():
        if first <= day:
            until = min(last, day)
            trainings = naive.in_year(rows["Schulungen"], first, until, Zielgruppe="Ehrenamtliche")
            assert value(result, "Z1.4", year) == naive.in_year(rows["Kontakte"], first, until)
            assert value(result, "Z2.4", year) == trainings
    reached = next(c.reached_on for m in result.milestones for c in m.criteria if c.nr == "MS1.1a")
    assert reached == naive.first_day(rows, Fraction(15, 100), day)


@few(2)
@given(st.data(), st.lists(projects(), min_size=2, max_size=2))
def test_the_order_of_rows_changes_no_figure(data: st.DataObject, many: list[Project]) -> None:
    others = [file_of(shuffled(p.rows, data.draw)) for p in many]
    workbooks = read([p.data for p in many] + others)
    for one, other in zip(workbooks[: len(many)], workbooks[len(many) :], strict=True):
        assert other.valid
        assert judged(one) == judged(other)
