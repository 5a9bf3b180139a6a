"""Shares quarter by quarter beside the rising thresholds of the milestones, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from pipeline.evaluate.progress import QuarterShare, ShareOverTime, ThresholdPath, quarters, threshold_paths
from pipeline.evaluate.provenance import share_course, shown_rows
from pipeline.evaluate.records import SubmissionRecords
from pipeline.rules import Milestone, Share, quarter_end
from tests import builder

RULES = builder.rules()


def test_the_quarters_of_the_project() -> None:
    """From October 2025 to September 2028."""
    assert quarters(RULES) == (
        "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4",
        "2028-Q1", "2028-Q2", "2028-Q3",
    )  # fmt: skip


def test_the_one_path_that_the_milestones_set() -> None:
    """15, 25, 50 and 70 % of the persons in the municipality have their needs recorded."""
    (path,) = threshold_paths(RULES)
    assert [(s.criterion.id, s.quarter, s.threshold) for s in path.steps] == [
        ("MS1.1a", "2026-Q1", Fraction(3, 20)),
        ("MS1.2b", "2026-Q2", Fraction(1, 4)),
        ("MS1.3b", "2027-Q3", Fraction(1, 2)),
        ("MS1.4a", "2028-Q3", Fraction(7, 10)),
    ]
    assert path.share is path.steps[0].criterion.decide
    assert path.threshold("2026-Q2") == Fraction(1, 4)
    assert path.threshold("2026-Q3") is None
    twice = replace(path, steps=(*path.steps, replace(path.steps[3], quarter="2026-Q1")))
    assert twice.threshold("2026-Q1") == Fraction(7, 10)


def without(*numbers: str, **changes: Any) -> tuple[ThresholdPath, ...]:
    """The paths, were some criteria not there, or MS1.1a another."""
    return threshold_paths(
        replace(
            RULES,
            measures=tuple(
                measure.model_copy(
                    update={"milestones": tuple(changed(m, numbers, changes) for m in measure.milestones)}
                )
                for measure in RULES.measures
            ),
        )
    )


def changed(milestone: Milestone, left_out: tuple[str, ...], changes: dict[str, Any]) -> Milestone:
    criteria = (c for c in milestone.criteria if c.id not in left_out)
    own = [c.model_copy(update=changes) if c.id == "MS1.1a" else c for c in criteria]
    return milestone.model_copy(update={"criteria": tuple(own)})


def test_two_thresholds_are_a_path_and_one_is_none() -> None:
    (two,) = without("MS1.3b", "MS1.4a")
    assert [s.criterion.id for s in two.steps] == ["MS1.1a", "MS1.2b"]
    assert without("MS1.2b", "MS1.3b", "MS1.4a") == ()


def test_a_criterion_of_the_project_lead_is_no_step() -> None:
    (path,) = without(reported_by="projektleitung")
    assert [s.criterion.id for s in path.steps] == ["MS1.2b", "MS1.3b", "MS1.4a"]


def test_another_numerator_or_denominator_is_another_path() -> None:
    decide = next(c.decide for c in RULES.criteria if c.id == "MS1.1a")
    needs = next(t.decide for t in RULES.targets if t.id == "Z1.3")
    assert isinstance(decide, Share)
    assert isinstance(needs, Share)
    for other in ({"numerator": needs.numerator}, {"denominator": needs.denominator}):
        (path,) = without(decide=decide.model_copy(update=other))
        assert [s.criterion.id for s in path.steps] == ["MS1.2b", "MS1.3b", "MS1.4a"]


@pytest.mark.parametrize(
    ("top", "bottom", "value"),
    [(1, 4, Fraction(1, 4)), (0, 4, Fraction(0)), (None, 4, Fraction(0)), (1, 0, None), (None, None, None)],
)
def test_the_value_of_a_quarter(top: int | None, bottom: int | None, value: Fraction | None) -> None:
    assert QuarterShare("2026-Q1", 1, top, bottom).value == value


def data(stock: str, recorded: str, *, silent: tuple[str, ...] = ()) -> SubmissionRecords:
    """Two persons; ``stock`` are the rows of Bestand."""
    tables: dict[str, Any] = {
        "Bestand": f"Stichtag | Anzahl\n{stock}" if stock else [],
        "Personen": f"""
            Kennung | Aufenthaltspapier geprüft | Zugang am  | Bedarf erfasst am
            P-0001  | ja                        | 2025-10-01 | 2025-12-31
            P-0002  | ja                        | 2025-10-01 | {recorded}
        """,
    }
    return SubmissionRecords(builder.built(tables=tables, silent=silent), RULES)


def add(over: ShareOverTime, own: SubmissionRecords, until: date) -> None:
    """Of the first path, as ``Details.courses`` has it."""
    days = [min(quarter_end(point.quarter), until) for point in over.points]
    parts = share_course(own, threshold_paths(RULES)[0].share, days)
    over.add([tuple(map(shown_rows, one)) for one in parts], until)


def test_sums_of_each_quarter_that_has_ended() -> None:
    """The second municipality has a stock from April on; the data of the first end on 29 June."""
    over = ShareOverTime(RULES, date(2026, 6, 30))
    assert over.points == tuple(QuarterShare(q, 0) for q in ("2025-Q4", "2026-Q1", "2026-Q2"))
    add(over, data("2025-12-31 | 4\n2026-06-30 | 9", "2026-03-31"), date(2026, 6, 29))
    add(over, data("2026-04-01 | 8", "2026-07-01"), date(2026, 6, 30))
    add(over, data("", "2026-01-01"), date(2026, 6, 30))  # a Leermeldung: no stock, so no share
    add(over, data("", "2026-01-01", silent=("Bestand",)), date(2026, 6, 30))
    assert over.points == (
        QuarterShare("2025-Q4", 1, 1, 4, 0),
        QuarterShare("2026-Q1", 1, 2, 4, 0),
        QuarterShare("2026-Q2", 2, 3, 12, 1),
    )


def test_a_quarter_counts_from_its_last_day() -> None:
    assert [p.quarter for p in ShareOverTime(RULES, date(2026, 3, 30)).points] == ["2025-Q4"]
    assert [p.quarter for p in ShareOverTime(RULES, date(2026, 3, 31)).points] == ["2025-Q4", "2026-Q1"]
    assert ShareOverTime(RULES, date(2025, 12, 30)).points == ()


def test_data_that_end_early_count_as_they_were_and_are_called_older() -> None:
    over = ShareOverTime(RULES, date(2026, 6, 30))
    add(over, data("2025-12-31 | 4", "2026-03-31"), date(2025, 12, 31))
    add(over, data("2025-12-31 | 4", "2026-03-31"), date(2025, 12, 31))
    assert over.points[0] == QuarterShare("2025-Q4", 2, 2, 8, 0)
    assert over.points[2] == QuarterShare("2026-Q2", 2, 2, 8, 2)
