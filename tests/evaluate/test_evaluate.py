"""How every kind of requirement is decided; more cases, for a lawyer to read, stand in tests/rules/faelle.yaml.

Rows in, date in, expected status, value and date out. Sources: catalogue.md ("How the open questions are
read"), results.md ("ergebnis.json"). Every date means the end of that day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from pipeline.definitions.model import Status, Workbook
from pipeline.definitions.results import (
    CriterionResult,
    EvidenceResult,
    MilestoneResult,
    Result,
    TargetResult,
)
from pipeline.evaluate import evaluate, without_submission
from pipeline.evaluate.calculations import evaluate_criterion
from pipeline.evaluate.deadlines import milestone_status
from pipeline.evaluate.records import SubmissionRecords
from pipeline.report.ergebnis import decimal
from pipeline.rules import Count, Share
from tests import builder
from tests.builder import built

S = Status
RULES = builder.rules()


def day(text: str) -> date:
    return date.fromisoformat(text)


def results(workbook: Workbook, as_of: str, lead: Workbook | None = None) -> Result:
    return evaluate(workbook, lead, RULES, day(as_of))


def target(result: Result, nr: str, year: str | None = None) -> TargetResult:
    (found,) = [t for t in result.targets if (t.nr, t.year) == (nr, year)]
    return found


def milestone(result: Result, nr: str) -> MilestoneResult:
    (found,) = [m for m in result.milestones if m.nr == nr]
    return found


def criterion(result: Result, nr: str) -> CriterionResult:
    (found,) = [c for m in result.milestones for c in m.criteria if c.nr == nr]
    return found


def persons(
    *groups: tuple[int, str, str | None, str | None], paper: str = "ja", nr: int = 0
) -> list[dict[str, Any]]:
    """(how many, Zugang am, Bedarf erfasst am, Abgang am)"""
    return [
        {
            "Kennung": f"P-{nr + 1000 * g + i:05d}",
            "Aufenthaltspapier geprüft": paper,
            "Zugang am": day(arrived),
            "Bedarf erfasst am": day(recorded) if recorded else None,
            "Abgang am": day(left) if left else None,
        }
        for g, (size, arrived, recorded, left) in enumerate(groups)
        for i in range(size)
    ]


def stock(*rows: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"Stichtag": day(on), "Anzahl": n} for on, n in rows]


def dated(size: int, on: str, **values: str) -> list[dict[str, Any]]:
    """That many rows with a Datum."""
    return [{"Datum": day(on), **{k.replace("_", " "): v for k, v in values.items()}} for _ in range(size)]


# --- share: MS1.1a, 15 % of the stock -------------------------------------------------------------------

IN = "2025-11-03"  # everybody's arrival


def test_a_person_without_checked_paper_does_not_count() -> None:
    people = persons((8, IN, "2026-02-10", None)) + persons((5, IN, "2026-02-10", None), paper="nein", nr=500)
    result = results(built(tables={"Bestand": stock(("2026-01-01", 60)), "Personen": people}), "2026-06-30")
    assert criterion(result, "MS1.1a").status is S.UNMET
    assert target(result, "Z1.2").numerator == 8


def test_the_thresholds_of_the_milestones() -> None:
    """25 of 100: exactly MS1.2b, above MS1.1a, below MS1.3b and MS1.4a."""
    book = built(
        tables={"Bestand": stock(("2026-01-01", 100)), "Personen": persons((25, IN, "2026-02-10", None))}
    )
    result = results(book, "2026-06-30")
    found = {nr: criterion(result, nr) for nr in ("MS1.1a", "MS1.2b", "MS1.3b", "MS1.4a")}
    assert {nr: (c.threshold, c.status) for nr, c in found.items()} == {
        "MS1.1a": (Fraction(15, 100), S.MET),
        "MS1.2b": (Fraction(25, 100), S.MET),
        "MS1.3b": (Fraction(50, 100), S.UNMET),
        "MS1.4a": (Fraction(70, 100), S.UNMET),
    }


def test_a_threshold_is_compared_before_rounding() -> None:
    """100 of 1,000,001 is below 0.01 %, although six places show 0.000100."""
    rule = next(c for c in RULES.criteria if c.id == "MS1.1a")
    assert isinstance(rule.decide, Share)
    rule = rule.model_copy(
        update={"decide": rule.decide.model_copy(update={"at_least": Fraction(1, 10_000)})}
    )
    people = persons((100, IN, "2026-02-10", None))
    for total, status in ((1_000_001, S.UNMET), (1_000_000, S.MET)):
        book = built(tables={"Bestand": stock(("2026-01-01", total)), "Personen": people})
        found = evaluate_criterion(SubmissionRecords(book, RULES), rule, day("2026-06-30"))
        assert (decimal(found.value), found.status) == ("0.000100", status)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(2, 3), "0.666667"),
        (Fraction(1, 3), "0.333333"),
        (Fraction(7, 10), "0.700000"),
        (Fraction(0), "0.000000"),
        (Fraction(1), "1.000000"),
        (Fraction(61, 60), "1.016667"),
        (Fraction(5, 10**7), "0.000000"),  # half to even: down to 0
        (Fraction(15, 10**7), "0.000002"),  # half to even: up to 2
        (Fraction(25, 10**7), "0.000002"),  # half to even: down to 2
        (Fraction(1234565, 10**7), "0.123456"),
        (Fraction(1234575, 10**7), "0.123458"),
        (Fraction(6999995, 10**7), "0.700000"),  # a tie between …999 and …1000
        (Fraction(123, 1), "123.000000"),
    ],
)
def test_six_places_half_to_even(share: Fraction, text: str) -> None:
    assert decimal(share) == text


# --- share targets: as of the date alone ------------------------------------------------------------------


def test_z11_is_met_when_all_are_approached() -> None:
    def approached(n: int) -> list[dict[str, Any]]:
        people = persons((60, IN, None, None))
        return [p | {"Angesprochen am": day("2026-02-01") if i < n else None} for i, p in enumerate(people)]

    for n, status in ((59, S.OPEN), (60, S.MET)):
        book = built(tables={"Bestand": stock(("2026-01-01", 60)), "Personen": approached(n)})
        found = target(results(book, "2026-06-30"), "Z1.1")
        assert (found.status, found.numerator, found.denominator) == (status, n, 60)
        assert (found.value, found.threshold) == (Fraction(n, 60), Fraction(1))


def test_a_target_falls_back_where_a_criterion_stays_reached() -> None:
    book = built(
        tables={
            "Bestand": stock(("2026-01-01", 10), ("2026-05-01", 100)),
            "Personen": persons((7, IN, "2026-02-10", None)),
        }
    )
    before, after = results(book, "2026-04-30"), results(book, "2026-06-30")
    assert target(before, "Z1.2").status is S.MET  # 7 of 10: exactly 70 %
    assert target(after, "Z1.2").status is S.OPEN  # 7 of 100
    assert criterion(after, "MS1.4a").status is S.MET
    assert criterion(after, "MS1.4a").reached_on == day("2026-02-10")


def need(size: int, recorded: str, addressed: str | None = None) -> list[dict[str, Any]]:
    on = day(addressed) if addressed else None
    return [{"Erfasst am": day(recorded), "Adressiert am": on} for _ in range(size)]


@pytest.mark.parametrize(
    ("needs", "status", "figures"),
    [
        (need(3, "2026-02-01", "2026-03-01") + need(2, "2026-02-01"), S.MET, (3, 5)),
        (need(599, "2026-02-01", "2026-03-01") + need(401, "2026-02-01"), S.OPEN, (599, 1000)),
        (need(2, "2026-02-01", "2026-06-30") + need(1, "2026-02-01", "2026-07-01"), S.MET, (2, 3)),
        (need(1, "2026-02-01", "2026-03-01") + need(9, "2026-07-01"), S.MET, (1, 1)),
        (need(9, "2026-07-01"), S.NOT_EVALUABLE, (None, None)),
        ([], S.NOT_EVALUABLE, (None, None)),  # with a Leermeldung: there is nothing to divide by
    ],
    ids=["exactly 60 %", "59.9 %", "addressed later", "recorded later", "none yet", "nothing to report"],
)
def test_z13_counts_needs(
    needs: Sequence[Mapping[str, Any]], status: Status, figures: tuple[Any, Any]
) -> None:
    book = built(stichtag="2026-09-30", tables={"Bedarfe": needs})
    found = target(results(book, "2026-06-30"), "Z1.3")
    assert (found.status, (found.numerator, found.denominator)) == (status, figures)
    assert found.threshold == Fraction(60, 100)


# --- counts per project year ------------------------------------------------------------------------------


def test_the_years_begun_by_the_as_of_date_have_an_entry() -> None:
    book = built(stichtag="2028-09-30")
    for as_of, years in (
        ("2026-09-30", ["2025/26"]),
        ("2026-10-01", ["2025/26", "2026/27"]),
        ("2028-09-30", ["2025/26", "2026/27", "2027/28"]),
    ):
        assert [t.year for t in results(book, as_of).targets if t.nr == "Z1.4"] == years


def test_a_year_that_had_not_begun_when_the_data_end_is_not_evaluable() -> None:
    result = results(built(stichtag="2026-09-30", tables={"Kontakte": dated(30, "2026-02-01")}), "2026-10-01")
    assert target(result, "Z1.4", "2025/26").status is S.MET
    later = target(result, "Z1.4", "2026/27")
    assert (later.status, later.numerator, later.value, later.threshold) == (S.NOT_EVALUABLE, None, None, 30)
    assert later.data_as_of == day("2026-09-30")


def test_an_early_stichtag_leaves_the_running_year_open() -> None:
    """Data end in June, so the year cannot have been missed by what is known."""
    result = results(built(stichtag="2026-06-30", tables={"Kontakte": dated(29, "2026-02-01")}), "2026-12-31")
    assert target(result, "Z1.4", "2025/26").status is S.OPEN


def training(size: int, on: str, audience: str, evidence: str | None = None) -> list[dict[str, Any]]:
    return [{"Schulung-Nr.": f"S-{on}-{i}", "Datum": day(on), "Zielgruppe": audience, "Nachweis-Nr.": evidence} for i in range(size)]  # fmt: skip


def event(on: str, kind: str, evidence: str | None = None, politics: str = "nein") -> dict[str, Any]:
    return {"Datum": day(on), "Art": kind, "Nachweis-Nr.": evidence, "Politische Spitze beteiligt": politics}


@pytest.mark.parametrize(
    ("nr", "sheet", "rows", "number", "status"),
    [
        ("Z2.4", "Schulungen", training(2, "2026-03-01", "Ehrenamtliche"), 2, S.MET),  # no evidence needed
        ("Z2.4", "Schulungen", training(1, "2026-03-01", "Ehrenamtliche"), 1, S.OPEN),
        ("Z2.4", "Schulungen", training(5, "2026-03-01", "Verwaltung"), 0, S.OPEN),
        ("Z3.7", "Schulungen", training(1, "2026-03-01", "Verwaltung"), 1, S.MET),
        ("Z3.7", "Schulungen", training(1, "2026-03-01", "Integrationsguides"), 0, S.OPEN),
        ("Z4.1", "Veranstaltungen", [event("2026-03-01", "Dialogforum", politics="ja")], 1, S.MET),
        ("Z4.1", "Veranstaltungen", [event("2026-03-01", "Dialogforum", "NW-001")], 0, S.OPEN),
        ("Z4.1", "Veranstaltungen", [event("2026-03-01", "Netzwerktreffen", politics="ja")], 0, S.OPEN),
    ],
)
def test_other_yearly_counts(nr: str, sheet: str, rows: list[Any], number: int, status: Status) -> None:
    found = target(results(built(tables={sheet: rows}), "2026-06-30"), nr, "2025/26")
    assert (found.numerator, found.status) == (number, status)


# --- volunteers -------------------------------------------------------------------------------------------


def volunteers(*groups: tuple[int, str | None, str | None]) -> list[dict[str, Any]]:
    """(how many, Aktiv ab, Ausgeschieden am)"""
    return [
        {
            "Kennung": f"E-{100 * g + i:03d}",
            "Gewonnen am": day("2025-12-01"),
            "Aktiv ab": day(active) if active else None,
            "Ausgeschieden am": day(left) if left else None,
        }
        for g, (size, active, left) in enumerate(groups, start=1)
        for i in range(size)
    ]


@pytest.mark.parametrize(
    ("groups", "as_of", "number", "status"),
    [
        (((10, "2026-06-30", None),), "2026-06-30", 10, S.MET),
        (((9, "2026-02-01", None), (1, "2026-07-01", None)), "2026-06-30", 9, S.OPEN),
        (((9, "2026-02-01", None), (1, None, None)), "2026-06-30", 9, S.OPEN),
        (((9, "2026-02-01", None), (1, "2026-02-01", "2026-06-30")), "2026-06-30", 9, S.OPEN),
        (((9, "2026-02-01", None), (1, "2026-02-01", "2026-07-01")), "2026-06-30", 10, S.MET),
        (((9, "2026-02-01", None), (1, None, "2026-02-01")), "2026-06-30", 9, S.OPEN),
        (((9, "2026-02-01", None),), "2028-09-29", 9, S.OPEN),
        (((9, "2026-02-01", None),), "2028-09-30", 9, S.MISSED),  # the project is over
    ],
)
def test_z26_counts_active_volunteers(groups: Any, as_of: str, number: int, status: Status) -> None:
    book = built(stichtag="2028-09-30", tables={"Ehrenamtliche": volunteers(*groups)})
    found = target(results(book, as_of), "Z2.6")
    assert (found.numerator, found.value, found.denominator, found.threshold) == (number, number, None, 10)
    assert found.status is status


@pytest.mark.parametrize(
    ("groups", "status", "value", "reached_on"),
    [
        (((1, "2026-02-01", "2026-02-15"),), S.MET, 0, "2026-02-01"),  # gone since: reached all the same
        (((1, "2026-06-30", None), (1, "2026-03-01", None)), S.MET, 2, "2026-03-01"),
        (((1, None, None), (1, "2026-07-01", None)), S.UNMET, 0, None),
        (((1, "2026-02-01", "2026-02-01"),), S.UNMET, 0, None),  # never active for a day
    ],
)
def test_ms22b_is_reached_when_the_first_was_active(
    groups: Any, status: Status, value: int, reached_on: str | None
) -> None:
    book = built(stichtag="2026-09-30", tables={"Ehrenamtliche": volunteers(*groups)})
    found = criterion(results(book, "2026-06-30"), "MS2.2b")
    assert (found.status, found.value, found.evidence) == (status, value, ())
    assert found.reached_on == (day(reached_on) if reached_on else None)


ATTENDED = [
    {"Schulung-Nr.": "S-001", "Kennung": "E-100"},
    {"Schulung-Nr.": "S-002", "Kennung": "E-101"},
    {"Schulung-Nr.": "S-001", "Kennung": "E-200"},
    {"Schulung-Nr.": "S-002", "Kennung": "E-100"},
]


@pytest.mark.parametrize(
    ("groups", "as_of", "figures", "status"),
    [
        # E-100 was trained on 2026-03-01, E-101 on 2026-06-30; E-102 never
        (((2, "2026-02-01", None),), "2026-06-30", (2, 2), S.MET),
        (((2, "2026-02-01", None),), "2026-06-29", (1, 2), S.OPEN),
        (((3, "2026-02-01", None),), "2026-06-30", (2, 3), S.OPEN),
        (((2, "2026-02-01", None), (1, "2026-02-01", "2026-04-01")), "2026-06-30", (2, 2), S.MET),
        (((1, "2026-02-01", None), (1, None, None)), "2026-06-30", (1, 1), S.MET),  # E-200 is not active
        (((1, "2026-07-01", None),), "2026-06-30", (None, None), S.NOT_EVALUABLE),  # nobody is active
    ],
)  # fmt: skip
def test_z25_asks_whether_every_active_volunteer_was_trained(
    groups: Any, as_of: str, figures: tuple[Any, Any], status: Status
) -> None:
    trainings = [
        {"Schulung-Nr.": "S-001", "Datum": day("2026-03-01"), "Zielgruppe": "Ehrenamtliche"},
        {"Schulung-Nr.": "S-002", "Datum": day("2026-06-30"), "Zielgruppe": "Ehrenamtliche"},
    ]
    tables = {"Ehrenamtliche": volunteers(*groups), "Schulungen": trainings, "Schulungsteilnahmen": ATTENDED}
    found = target(results(built(stichtag="2026-09-30", tables=tables), as_of), "Z2.5")
    assert ((found.numerator, found.denominator), found.status) == (figures, status)


# --- info -------------------------------------------------------------------------------------------------


def test_info_figures_are_shown_and_never_judged() -> None:
    offers = [
        {
            "Art": "bestehend",
            "Trägerschaft": "ehrenamtlich",
            "Beginn": day("2020-01-01"),
            "Ende": day("2024-12-31"),
        },
        {"Art": "bestehend", "Trägerschaft": "ehrenamtlich", "Beginn": day("2026-06-30")},
        {"Art": "bestehend", "Trägerschaft": "ehrenamtlich", "Beginn": day("2026-07-01")},
        {"Art": "bestehend", "Trägerschaft": "hauptamtlich", "Beginn": day("2025-01-01")},
        {"Art": "neu geschaffen", "Trägerschaft": "ehrenamtlich", "Beginn": day("2025-01-01")},
    ]
    events = [
        event("2025-09-30", "Netzwerktreffen"),  # before the project: counts for info figures
        event("2026-06-30", "Netzwerktreffen"),
        event("2026-07-01", "Netzwerktreffen"),
        event("2026-06-30", "Austausch Verwaltung–Ehrenamt"),
        event("2026-06-30", "Austausch Ehrenamt–Projekt"),
    ]
    people = volunteers((2, None, None), (1, "2026-01-01", "2026-02-01"))
    book = built(
        stichtag="2028-09-30", tables={"Angebote": offers, "Veranstaltungen": events, "Ehrenamtliche": people}
    )
    result = results(book, "2026-06-30")
    expected = {"Z2.1": 3, "Z2.3": 2, "Z4.2": 2, "Z4.3": 1}
    for nr, number in expected.items():
        found = target(result, nr)
        assert (found.status, found.numerator, found.value) == (S.INFO, number, number)
        assert (found.denominator, found.threshold) == (None, None)
    assert target(results(built(stichtag="2028-09-30"), "2028-09-30"), "Z2.1").value == 0


# --- count criteria and their evidence ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "status", "value", "reached_on", "evidence"),
    [
        ([("2026-01-10", "NW-001")], S.MET, 1, "2026-01-10", ("NW-001",)),
        ([("2026-01-10", None)], S.EVIDENCE_MISSING, 1, None, ()),
        ([("2026-01-10", None), ("2026-02-10", "NW-002")], S.MET, 2, "2026-02-10", ("NW-002",)),
        ([("2026-02-10", "NW-900;NW-1000"), ("2026-01-10", "NW-900")], S.MET, 2, "2026-01-10", ("NW-1000", "NW-900")),
        ([("2026-06-30", "NW-001")], S.MET, 1, "2026-06-30", ("NW-001",)),
        ([("2026-07-01", "NW-001")], S.UNMET, 0, None, ()),
        ([("2025-09-30", "NW-001")], S.MET, 1, "2025-09-30", ("NW-001",)),  # before the project
        ([], S.UNMET, 0, None, ()),
    ],
)  # fmt: skip
def test_ms11d_needs_one_workshop_with_evidence(
    rows: list[Any], status: Status, value: int, reached_on: str | None, evidence: tuple[str, ...]
) -> None:
    events = [event(on, "Auftaktworkshop Integrationsguides", e) for on, e in rows]
    events.append(event("2026-01-01", "Sonstiges", "NW-777"))
    found = criterion(
        results(built(stichtag="2026-09-30", tables={"Veranstaltungen": events}), "2026-06-30"), "MS1.1d"
    )
    assert (found.status, found.value, found.threshold, found.evidence) == (status, value, 1, evidence)
    assert found.reached_on == (day(reached_on) if reached_on else None)


@pytest.mark.parametrize(
    ("rows", "status", "reached_on"),
    [
        ([("2026-01-10", "NW-001"), ("2026-02-10", None), ("2026-03-10", "NW-001")], S.MET, "2026-03-10"),
        ([("2026-01-10", "NW-001"), ("2026-02-10", None)], S.EVIDENCE_MISSING, None),
        ([("2026-01-10", "NW-001")], S.UNMET, None),
        ([("2026-01-10", "NW-001"), ("2026-01-10", "NW-001")], S.MET, "2026-01-10"),
    ],
)
def test_of_several_wanted_the_nth_row_with_evidence_decides(
    rows: list[Any], status: Status, reached_on: str | None
) -> None:
    rule = next(c for c in RULES.criteria if c.id == "MS2.2a")
    assert isinstance(rule.decide, Count)
    rule = rule.model_copy(update={"decide": rule.decide.model_copy(update={"at_least": 2})})
    trainings = [t for on, e in rows for t in training(1, on, "Ehrenamtliche", e)]
    found = evaluate_criterion(
        SubmissionRecords(built(tables={"Schulungen": trainings}), RULES), rule, day("2026-06-30")
    )
    assert (found.status, found.value) == (status, len(rows))
    assert found.reached_on == (day(reached_on) if reached_on else None)


# --- every row ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "status", "value", "reached_on"),
    [
        (["2026-01-14", "2026-02-04"], S.MET, "1.000000", "2026-02-04"),
        (["2026-01-14", "2026-06-30"], S.MET, "1.000000", "2026-06-30"),
        (["2026-01-14", "2026-02-04", None], S.UNMET, "0.666667", None),
        (["2026-01-14", "2026-07-01"], S.UNMET, "0.500000", None),
        ([None], S.UNMET, "0.000000", None),
        ([], S.UNMET, None, None),  # nothing to report, and said so
        (["2025-09-01"], S.MET, "1.000000", "2025-09-01"),
    ],
)
def test_ms31a_wants_a_date_in_every_row(
    days: list[str | None], status: Status, value: str | None, reached_on: str | None
) -> None:
    units = [
        {"Organisationseinheit": f"Amt {i}", "Vorgestellt am": day(d) if d else None}
        for i, d in enumerate(days)
    ]
    found = criterion(
        results(built(stichtag="2026-09-30", tables={"Verwaltung": units}), "2026-06-30"), "MS3.1a"
    )
    assert found.status is status
    assert (decimal(found.value) if isinstance(found.value, Fraction) else found.value) == value
    assert found.threshold == Fraction(1)
    assert found.reached_on == (day(reached_on) if reached_on else None)
    assert found.evidence == ()


def test_each_every_criterion_looks_at_its_own_column() -> None:
    unit = {"Organisationseinheit": "Sozialamt"}
    for column, nr in (
        ("Vorgestellt am", "MS3.1a"),
        ("Vernetzt am", "MS3.2c"),
        ("Schulungsangebot am", "MS3.4a"),
        ("Leitfaden bekannt am", "MS3.4b"),
    ):
        book = built(tables={"Verwaltung": [unit | {column: day("2026-05-05")}]})
        result = results(book, "2026-06-30")
        met = {c.nr for m in result.milestones for c in m.criteria if c.status is S.MET}
        assert met == {nr}


# --- attested -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "status", "reached_on", "evidence"),
    [
        (("2026-03-01", "NW-002;NW-001"), S.MET, "2026-03-01", ("NW-001", "NW-002")),
        (("2026-06-30", "NW-001"), S.MET, "2026-06-30", ("NW-001",)),
        (("2026-07-01", "NW-001"), S.UNMET, None, ()),
        (("2026-03-01", None), S.EVIDENCE_MISSING, None, ()),
        ((None, "NW-001"), S.UNMET, None, ()),
        ((None, None), S.UNMET, None, ()),
    ],
)
def test_attested_criterion(
    entry: tuple[str | None, str | None], status: Status, reached_on: str | None, evidence: tuple[str, ...]
) -> None:
    result = results(built(stichtag="2026-09-30", entries={"MS1.1b": entry}), "2026-06-30")
    found = criterion(result, "MS1.1b")
    assert (found.status, found.evidence) == (status, evidence)
    assert found.reached_on == (day(reached_on) if reached_on else None)
    assert (found.value, found.threshold) == (None, None)


@pytest.mark.parametrize(
    ("entry", "as_of", "status"),
    [
        (("2026-03-01", "NW-001"), "2026-06-30", S.MET),
        (("2026-03-01", None), "2026-06-30", S.OPEN),  # a target without evidence is not met
        (("2026-07-01", "NW-001"), "2026-06-30", S.OPEN),
        ((None, None), "2028-09-30", S.MISSED),
        (("2026-03-01", None), "2028-09-30", S.MISSED),
        (("2028-09-30", "NW-001"), "2028-09-30", S.MET),
    ],
)
def test_attested_target(entry: tuple[str | None, str | None], as_of: str, status: Status) -> None:
    found = target(results(built(stichtag="2028-09-30", entries={"Z3.4": entry}), as_of), "Z3.4")
    assert found.status is status
    assert (found.numerator, found.denominator, found.value, found.threshold) == (None, None, None, None)


# --- what a figure rests on ---------------------------------------------------------------------------------

RESTS_ON = {  # catalogue.md, reading 11
    "Bestand": {"Z1.1", "Z1.2", "MS1.1a", "MS1.2b", "MS1.3b", "MS1.4a"},
    "Personen": {"Z1.1", "Z1.2", "MS1.1a", "MS1.2b", "MS1.3b", "MS1.4a"},
    "Bedarfe": {"Z1.3"},
    "Angebote": {"Z2.3"},
    "Teilnahmen": set(),
    "Kontakte": {"Z1.4"},
    "Veranstaltungen": {"MS1.1d", "MS1.3a", "MS2.4a", "Z4.1", "Z4.2", "Z4.3"},
    "Ehrenamtliche": {"Z2.1", "Z2.5", "Z2.6", "MS2.2b"},
    "Schulungen": {"Z2.4", "Z2.5", "Z3.7", "MS2.2a", "MS3.2d"},
    "Schulungsteilnahmen": {"Z2.5"},
    "Verwaltung": {"MS3.1a", "MS3.2c", "MS3.4a", "MS3.4b"},
}
FROM_THE_LEAD = {"MS2.1d", "MS2.4b"}


def _not_evaluable(result: Result) -> set[str]:
    criteria = {c.nr for m in result.milestones for c in m.criteria if c.status is S.NOT_EVALUABLE}
    return {t.nr for t in result.targets if t.status is S.NOT_EVALUABLE} | criteria - FROM_THE_LEAD


def test_with_all_sheets_filled_everything_can_be_evaluated() -> None:
    assert _not_evaluable(results(built(tables=builder.VALID), "2026-06-30")) == set()


@pytest.mark.parametrize("sheet", RESTS_ON)
def test_an_empty_sheet_without_leermeldung_makes_its_figures_not_evaluable(sheet: str) -> None:
    tables = {title: rows for title, rows in builder.VALID.items() if title != sheet}
    result = results(built(tables=tables, silent=[sheet]), "2026-06-30")
    assert _not_evaluable(result) == RESTS_ON[sheet]
    for t in (t for t in result.targets if t.nr in RESTS_ON[sheet]):
        assert (t.numerator, t.denominator, t.value) == (None, None, None)
        assert (t.threshold is None) == (t.nr in {"Z2.1", "Z2.3", "Z4.2", "Z4.3"})


@pytest.mark.parametrize("sheet", RESTS_ON)
def test_with_a_leermeldung_the_figures_are_zero(sheet: str) -> None:
    tables = {title: rows for title, rows in builder.VALID.items() if title != sheet}
    result = results(built(tables=tables), "2026-06-30")
    # a share without its denominator stays not evaluable, whatever was declared
    undivided = {"Bestand": RESTS_ON["Bestand"], "Bedarfe": {"Z1.3"}, "Ehrenamtliche": {"Z2.5"}}
    assert _not_evaluable(result) == undivided.get(sheet, set())
    shown = [t for t in result.targets if t.nr in RESTS_ON[sheet] and t.status is not S.NOT_EVALUABLE]
    assert all(t.numerator == 0 for t in shown)


# --- milestones: due dates and order of statuses --------------------------------------------------------------


def done(nr: str, *letters: str, on: str = "2026-03-01", evidence: str | None = "NW-001") -> dict[str, Any]:
    return {f"{nr}{letter}": (on, evidence) for letter in letters}


DUE = {
    "MS1.1": "2026-03-31", "MS1.2": "2026-06-30", "MS1.3": "2027-09-30", "MS1.4": "2028-09-30",
    "MS2.1": "2026-03-31", "MS2.2": "2026-11-30", "MS2.3": "2027-05-31", "MS2.4": "2028-09-30",
    "MS3.1": "2026-04-30", "MS3.2": "2026-10-31", "MS3.3": "2027-05-31", "MS3.4": "2028-09-30",
    "MS4.1": None, "MS4.2": None, "MS4.3": None, "MS4.4": None,
}  # fmt: skip


def test_due_dates_are_the_last_day_of_the_project_month() -> None:
    found = results(built(), "2026-06-30").milestones
    assert {m.nr: m.due.isoformat() if m.due else None for m in found} == DUE


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        ("2027-05-31", S.OVERDUE),  # MS3.3 is due on this very day
        ("2027-06-01", S.OVERDUE),
        ("2027-05-30", S.AT_RISK),  # a day before
        ("2027-04-01", S.AT_RISK),  # 2027-04-01 + 60 days = 2027-05-31: the 60th day is included
        ("2027-03-31", S.OPEN),  # 61 days before
        ("2025-10-01", S.OPEN),
    ],
)
def test_an_unmet_milestone_around_its_due_date(as_of: str, status: Status) -> None:
    book = built(stichtag="2028-09-30", entries=done("MS3.3", "a", "b"))
    found = milestone(results(book, as_of), "MS3.3")
    assert (found.status, found.reached_on) == (status, None)


@pytest.mark.parametrize(
    ("last", "status"),
    [("2027-05-30", S.REACHED), ("2027-05-31", S.REACHED), ("2027-06-01", S.REACHED_LATE)],
)
def test_reached_on_the_due_date_or_late(last: str, status: Status) -> None:
    entries = done("MS3.3", "a", "b") | done("MS3.3", "c", on=last)
    found = milestone(results(built(stichtag="2028-09-30", entries=entries), "2027-12-31"), "MS3.3")
    assert (found.status, found.reached_on) == (status, day(last))  # the latest of its criteria


def test_what_is_reached_after_the_as_of_date_is_not_reached() -> None:
    entries = done("MS3.3", "a", "b") | done("MS3.3", "c", on="2027-06-01")
    found = milestone(results(built(stichtag="2028-09-30", entries=entries), "2027-05-31"), "MS3.3")
    assert found.status is S.OVERDUE


@pytest.mark.parametrize(
    ("nr", "as_of", "status"),
    [
        ("MS1.1", "2026-06-30", S.OVERDUE),  # due 2026-03-31, when the data end
        ("MS3.1", "2026-06-30", S.NOT_EVALUABLE),  # due 2026-04-30, after the data end
        ("MS1.2", "2026-06-30", S.NOT_EVALUABLE),  # due 2026-06-30, the as-of date
        ("MS1.2", "2026-06-29", S.AT_RISK),  # not due yet by the as-of date
        ("MS2.2", "2026-06-30", S.OPEN),  # due 2026-11-30
        ("MS3.2", "2026-09-30", S.AT_RISK),  # due 2026-10-31
        ("MS2.2", "2026-09-30", S.OPEN),  # 61 days
        ("MS2.2", "2026-10-01", S.AT_RISK),  # 60 days
    ],
)
def test_an_early_berichtsstichtag(nr: str, as_of: str, status: Status) -> None:
    result = results(built(stichtag="2026-03-31", tables={"Bestand": stock(("2026-01-01", 60))}), as_of)
    assert milestone(result, nr).status is status
    assert result.data_as_of == day("2026-03-31")


def test_early_data_that_fulfil_a_milestone_suffice() -> None:
    book = built(stichtag="2026-03-31", entries=done("MS3.3", "a", "b", "c"))
    assert milestone(results(book, "2028-09-30"), "MS3.3").status is S.REACHED


ON, LATE_ON = day("2026-03-01"), day("2026-04-02")
PRECEDENCE: list[tuple[str, list[tuple[Status, date | None]], str, str, Status]] = [
    # (name, criteria, as of, data as of, status); due 2026-04-01
    ("all met", [(S.MET, ON), (S.MET, ON)], "2026-05-01", "2026-05-01", S.REACHED),
    ("one met late", [(S.MET, ON), (S.MET, LATE_ON)], "2026-05-01", "2026-05-01", S.REACHED_LATE),
    ("evidence missing", [(S.MET, ON), (S.EVIDENCE_MISSING, None)], "2026-05-01", "2026-05-01", S.EVIDENCE_MISSING),
    ("only evidence missing, long before", [(S.EVIDENCE_MISSING, None)], "2026-01-01", "2026-01-01", S.EVIDENCE_MISSING),
    ("met and not evaluable", [(S.MET, ON), (S.NOT_EVALUABLE, None)], "2026-05-01", "2026-05-01", S.NOT_EVALUABLE),
    ("evidence missing and not evaluable", [(S.EVIDENCE_MISSING, None), (S.NOT_EVALUABLE, None)], "2026-05-01", "2026-05-01", S.NOT_EVALUABLE),
    ("unmet and not evaluable, due", [(S.UNMET, None), (S.NOT_EVALUABLE, None)], "2026-05-01", "2026-05-01", S.OVERDUE),
    ("unmet and evidence missing, due", [(S.UNMET, None), (S.EVIDENCE_MISSING, None)], "2026-05-01", "2026-05-01", S.OVERDUE),
    ("unmet, due after the data", [(S.UNMET, None)], "2026-05-01", "2026-03-31", S.NOT_EVALUABLE),
    ("unmet, due when the data end", [(S.UNMET, None)], "2026-05-01", "2026-04-01", S.OVERDUE),
    ("unmet, due on the as-of date", [(S.UNMET, None)], "2026-04-01", "2026-03-31", S.NOT_EVALUABLE),
    ("unmet, due tomorrow", [(S.UNMET, None)], "2026-03-31", "2026-03-31", S.AT_RISK),
    ("unmet, due in 60 days", [(S.UNMET, None)], "2026-01-31", "2026-01-31", S.AT_RISK),
    ("unmet, due in 61 days", [(S.UNMET, None)], "2026-01-30", "2026-01-30", S.OPEN),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "criteria", "as_of", "on", "status"),
    PRECEDENCE,
    ids=[p[0].replace(" ", "-") for p in PRECEDENCE],
)
def test_the_first_status_that_fits(
    name: str, criteria: list[tuple[Status, date | None]], as_of: str, on: str, status: Status
) -> None:
    found = [CriterionResult("MS9.9a", s, None, reached) for s, reached in criteria]
    assert milestone_status(found, day("2026-04-01"), day(as_of), day(on), 60) is status


def test_milestones_without_criteria_are_undefined() -> None:
    for result in (results(built(), "2028-09-30"), without_submission("06440004", RULES, day("2028-09-30"))):
        found = milestone(result, "MS4.1")
        assert (found.status, found.due, found.criteria) == (S.UNDEFINED, None, ())


# --- the project lead's part ----------------------------------------------------------------------------------

TRAINED = {"Schulungen": training(1, "2026-03-15", "Integrationsguides", "NW-009")}
MUNICIPAL = done("MS2.1", "a", "b", "c")


@pytest.mark.parametrize(
    ("name", "lead", "stichtag", "status", "milestone_is"),
    [
        ("no workbook", None, "2026-06-30", S.NOT_EVALUABLE, S.NOT_EVALUABLE),
        ("met", built("projektleitung", "2026-06-30", TRAINED), "2026-06-30", S.MET, S.REACHED),
        ("met, and early", built("projektleitung", "2026-03-31", TRAINED), "2026-06-30", S.MET, S.REACHED),
        ("unmet", built("projektleitung", "2026-06-30"), "2026-06-30", S.UNMET, S.OVERDUE),
        ("unmet, and later than needed", built("projektleitung", "2026-09-30"), "2026-06-30", S.UNMET, S.OVERDUE),
        ("unmet, and a day early", built("projektleitung", "2026-06-29"), "2026-06-30", S.NOT_EVALUABLE, S.NOT_EVALUABLE),
        ("empty without Leermeldung", built("projektleitung", "2026-06-30", silent=["Schulungen"]), "2026-06-30", S.NOT_EVALUABLE, S.NOT_EVALUABLE),
        ("held after the municipality's data end", built("projektleitung", "2026-06-30", TRAINED), "2026-03-14", S.UNMET, S.NOT_EVALUABLE),
        ("without evidence", built("projektleitung", "2026-06-30", {"Schulungen": training(1, "2026-03-15", "Integrationsguides")}), "2026-06-30", S.EVIDENCE_MISSING, S.EVIDENCE_MISSING),
    ],
)  # fmt: skip
def test_ms21d_comes_from_the_project_leads_workbook(
    name: str, lead: Workbook | None, stichtag: str, status: Status, milestone_is: Status
) -> None:
    result = results(built(stichtag=stichtag, entries=MUNICIPAL), "2026-06-30", lead)
    found = criterion(result, "MS2.1d")
    assert (found.status, milestone(result, "MS2.1").status) == (status, milestone_is)
    assert found.evidence == (("NW-009",) if found.status is S.MET else ())
    assert found.threshold == 1
    if found.status is S.NOT_EVALUABLE:
        assert found.value is None


def test_ms24_is_two_facts() -> None:
    tribute = {"Veranstaltungen": [event("2026-05-05", "Würdigung Ehrenamt", "NW-001")]}
    both = results(built(tables=tribute), "2026-06-30", built("projektleitung", tables=tribute))
    assert milestone(both, "MS2.4").status is S.REACHED
    here = results(built(tables=tribute), "2026-06-30", built("projektleitung"))
    assert [c.status for c in milestone(here, "MS2.4").criteria] == [S.MET, S.UNMET]
    there = results(built(), "2026-06-30", built("projektleitung", tables=tribute))
    assert [c.status for c in milestone(there, "MS2.4").criteria] == [S.UNMET, S.MET]


def test_the_project_lead_has_its_own_target_and_nothing_else() -> None:
    result = results(built("projektleitung", tables=TRAINED), "2026-06-30")
    assert [(t.nr, t.status, t.numerator, t.threshold) for t in result.targets] == [("Z2.7", S.MET, 1, 1)]
    assert (result.milestones, result.evidence) == ((), ())
    assert "Z2.7" not in {t.nr for t in results(built(), "2026-06-30").targets}


# --- evidence points --------------------------------------------------------------------------------------------


def register(*rows: tuple[str, str | None]) -> list[dict[str, Any]]:
    return [{"Nachweis-Nr.": f"NW-{i:03d}", "Datum": day(on), "Nachweispunkt": point} for i, (on, point) in enumerate(rows)]  # fmt: skip


def evidence(result: Result, nr: str) -> list[EvidenceResult]:
    return [e for e in result.evidence if e.nr == nr]


def test_other_evidence_points_are_provided_or_open() -> None:
    rows = register(
        ("2026-06-30", "N1.2; N1.6"), ("2026-03-01", "N1.2"), ("2026-07-01", "N2.1"), ("2026-03-01", None)
    )
    result = results(built(stichtag="2028-09-30", tables={"Nachweise": rows}), "2026-06-30")
    found = {
        nr: [(e.due, e.count, e.status) for e in evidence(result, nr)] for nr in ("N1.2", "N1.6", "N2.1")
    }
    assert found == {
        "N1.2": [(None, 2, S.PROVIDED)],
        "N1.6": [(None, 1, S.PROVIDED)],
        "N2.1": [(None, 0, S.OPEN)],
    }


# --- nothing came -------------------------------------------------------------------------------------------------


def test_without_a_submission_every_requirement_is_named_and_none_is_zero() -> None:
    nothing, full = without_submission("06440004", RULES, day("2026-10-01")), results(built(), "2026-10-01")
    assert [(t.nr, t.year, t.threshold) for t in nothing.targets] == [
        (t.nr, t.year, t.threshold) for t in full.targets
    ]
    assert {t.status for t in nothing.targets} == {S.NO_SUBMISSION}
    assert {(t.numerator, t.denominator, t.value, t.data_as_of) for t in nothing.targets} == {
        (None, None, None, None)
    }
    assert [(m.nr, m.due) for m in nothing.milestones] == [(m.nr, m.due) for m in full.milestones]
    assert {m.criteria for m in nothing.milestones} == {()}
    assert {m.status for m in nothing.milestones if m.due} == {S.NO_SUBMISSION}
    assert [(e.nr, e.due) for e in nothing.evidence] == [(e.nr, e.due) for e in full.evidence]
    assert {(e.count, e.status) for e in nothing.evidence} == {(None, S.NO_SUBMISSION)}
