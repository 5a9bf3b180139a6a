"""Figures and their rows where everything lies on the boundary day (tests/boundary.py), worked out by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from pipeline.definitions.model import Status
from pipeline.definitions.results import MilestoneResult, Result
from pipeline.evaluate import evaluate, without_submission
from pipeline.evaluate.calculations import counted_spans
from pipeline.evaluate.deadlines import evaluate_milestone
from pipeline.evaluate.needs import needs_figures, sum_counts
from pipeline.evaluate.provenance import (
    Role,
    SourceRows,
    criterion_parts,
    evidence_part,
    row_ranges,
    share_course,
    target_parts,
)
from pipeline.evaluate.records import SubmissionRecords
from pipeline.rules import Count, Share
from tests import boundary, builder
from tests.boundary import AFTER, BEFORE, DAY, G6, LEAD

RULES = builder.rules()
S = Status


def data(name: str = boundary.OWN) -> SubmissionRecords:
    return SubmissionRecords(boundary.workbook(name), RULES)


def result(as_of: date) -> Result:
    return evaluate(boundary.workbook(), boundary.workbook(LEAD), RULES, as_of)


# --- figures ------------------------------------------------------------------------------------------

TARGETS = {  # (numerator, denominator, status) on the day before, and on the day
    "Z1.1": ((10, 12, S.OPEN), (10, 10, S.MET)),  # P-0011 left, P-0010 came, the stock fell to 10
    "Z1.2": ((3, 12, S.OPEN), (7, 10, S.MET)),
    "Z1.3": ((1, 3, S.OPEN), (3, 5, S.MET)),
    "Z1.4": ((29, None, S.OPEN), (30, None, S.MET)),
    "Z2.1": ((11, None, S.INFO), (11, None, S.INFO)),
    "Z2.2": ((None, None, S.OPEN), (None, None, S.MET)),
    "Z2.3": ((1, None, S.INFO), (2, None, S.INFO)),
    "Z2.4": ((1, None, S.OPEN), (2, None, S.MET)),
    "Z2.5": ((8, 9, S.OPEN), (10, 10, S.MET)),  # E-011 was active without a training until the day before
    "Z2.6": ((9, None, S.OPEN), (10, None, S.MET)),
    "Z3.7": ((0, None, S.OPEN), (1, None, S.MET)),
    "Z4.1": ((0, None, S.OPEN), (1, None, S.MET)),
    "Z4.2": ((0, None, S.INFO), (1, None, S.INFO)),
}


@pytest.mark.parametrize("as_of", [BEFORE, DAY, AFTER])
def test_targets(as_of: date) -> None:
    """On the day after the data still end on the day, and the year 2025/26 stays met."""
    found = {t.nr: t for t in result(as_of).targets if t.year in (None, "2025/26")}
    shown = {nr: (t.numerator, t.denominator, t.status) for nr, t in found.items() if nr in TARGETS}
    assert shown == {nr: before if as_of == BEFORE else on for nr, (before, on) in TARGETS.items()}
    assert {t.data_as_of for t in found.values()} == {min(as_of, DAY)}


def test_a_year_is_missed_on_its_last_day_and_the_next_begins_after_it() -> None:
    """Without the contacts the year is open on 29 September and missed on the 30th."""
    for as_of, status in ((BEFORE, S.OPEN), (DAY, S.MISSED), (AFTER, S.MISSED)):
        book = builder.built(stichtag="2026-10-01")
        years = {t.year: t.status for t in evaluate(book, None, RULES, as_of).targets if t.nr == "Z1.4"}
        assert years == {"2025/26": status} | ({"2026/27": S.OPEN} if as_of == AFTER else {})
    (later,) = [t for t in result(AFTER).targets if (t.nr, t.year) == ("Z1.4", "2026/27")]
    assert (later.status, later.value) == (S.NOT_EVALUABLE, None)


MILESTONES = {
    "MS1.1": (S.REACHED, date(2026, 3, 31)),  # on its last day
    "MS1.2": (S.REACHED_LATE, date(2026, 7, 1)),  # on the day after
    "MS1.3": (S.REACHED, DAY),
    "MS2.1": (S.REACHED, date(2026, 3, 31)),
    "MS3.1": (S.REACHED_LATE, date(2026, 5, 1)),
    "MS3.2": (S.REACHED, DAY),
    "MS3.4": (S.REACHED, DAY),
}


def test_milestones() -> None:
    found = {m.nr: (m.status, m.reached_on) for m in result(DAY).milestones if m.reached_on}
    assert found == MILESTONES
    before = {m.nr for m in result(BEFORE).milestones if m.reached_on}
    assert before == MILESTONES.keys() - {"MS1.3", "MS3.2", "MS3.4"}


@pytest.mark.parametrize(
    ("as_of", "status"), [(DAY, S.OPEN), (AFTER, S.AT_RISK)], ids=["61 days before", "60 days before"]
)
def test_at_risk_from_the_sixtieth_day(as_of: date, status: Status) -> None:
    """MS2.2 is due on 30 November, 61 days after 30 September."""
    (found,) = [m for m in result(as_of).milestones if m.nr == "MS2.2"]
    assert (found.status, found.due) == (status, date(2026, 11, 30))


def test_shares_are_reached_on_the_day_on_which_the_threshold_is_met_exactly() -> None:
    found = {c.nr: c.reached_on for m in result(DAY).milestones for c in m.criteria}
    days = (date(2026, 3, 31), date(2026, 6, 30), DAY, DAY)
    assert [found[nr] for nr in ("MS1.1a", "MS1.2b", "MS1.3b", "MS1.4a")] == list(days)
    assert (found["MS2.1d"], found["MS2.2b"]) == (date(2026, 3, 31), date(2026, 2, 1))


@pytest.mark.parametrize(
    ("as_of", "count", "status"), [(BEFORE, 0, S.OPEN), (DAY, 1, S.PROVIDED), (AFTER, 1, S.PROVIDED)]
)
def test_evidence_with_a_deadline(as_of: date, count: int, status: Status) -> None:
    """The document of 1 October stands first in the register and counts only once the data reach it."""
    found = [e for e in result(as_of).evidence if e.nr == "N3.1"]
    assert [(e.due, e.count, e.status) for e in found] == [
        (DAY, count, status),
        (date(2027, 9, 30), count, S.OPEN),
        (date(2028, 9, 30), count, S.OPEN),
    ]


# --- where they come from -----------------------------------------------------------------------------


def shown(parts: tuple[SourceRows, ...]) -> list[tuple[str, str, int | None]]:
    return [(p.sheet, row_ranges(p.rows), p.number) for p in parts]


ROWS = {
    "Z1.2": [("Personen", "5–11", 7), ("Bestand", "5", 10)],  # not row 15, who leaves on the day
    "Z1.3": [("Bedarfe", "5–7", 3), ("Bedarfe", "5–9", 5)],
    "Z1.4": [("Kontakte", "6–35", 30)],  # not row 5, of the day before the project
    "Z2.3": [("Angebote", "5, 8", 2)],  # not row 7, which begins on the day after
    "Z2.4": [("Schulungen", "5–6", 2)],
    "Z2.5": [
        ("Ehrenamtliche", "5–14", 10),
        ("Schulungsteilnahmen", "5–14", None),
        ("Schulungen", "5–6", None),
        ("Ehrenamtliche", "5–14", 10),
    ],
    "Z2.6": [("Ehrenamtliche", "5–14", 10)],  # not row 15, who leaves on the day
}


def test_the_rows_of_a_count_are_those_of_the_year_or_all_that_are_present() -> None:
    contacts, active = (next(t.decide for t in RULES.targets if t.id == nr) for nr in ("Z1.4", "Z2.6"))
    assert isinstance(contacts, Count)
    assert isinstance(active, Count)
    assert [s.row for s in counted_spans(data(), contacts, RULES.years[0], DAY)] == [*range(6, 36)]
    assert [s.row for s in counted_spans(data(), contacts, None, DAY)] == [*range(5, 36)]
    assert sorted(s.row for s in counted_spans(data(), active, None, DAY)) == [*range(5, 15)]


@pytest.mark.parametrize("nr", ROWS)
def test_rows_behind_a_target(nr: str) -> None:
    target = next(t for t in RULES.targets if t.id == nr)
    found = next(t for t in result(DAY).targets if t.nr == nr)
    assert shown(target_parts(data(), target, found, RULES)) == ROWS[nr]


def test_the_training_of_the_day_is_no_link_on_the_day_before() -> None:
    target = next(t for t in RULES.targets if t.id == "Z2.5")
    found = next(t for t in result(BEFORE).targets if t.nr == "Z2.5")
    assert shown(target_parts(data(), target, found, RULES)) == [
        ("Ehrenamtliche", "5–12", 8),
        ("Schulungsteilnahmen", "5–12", None),
        ("Schulungen", "5", None),
        ("Ehrenamtliche", "5–12, 15", 9),
    ]


def test_rows_behind_a_criterion_and_those_of_the_day_it_was_reached() -> None:
    criteria = {c.id: c for c in RULES.criteria}
    found = {c.nr: c for m in result(DAY).milestones for c in m.criteria}
    parts = criterion_parts(data(), criteria["MS1.2b"], found["MS1.2b"], DAY)
    assert shown(parts) == [*ROWS["Z1.2"], ("Personen", "5–7", 3), ("Bestand", "7", 12)]
    assert [(p.day, p.reached) for p in parts] == [
        *[(DAY, False)] * 2,
        *[(date(2026, 6, 30), True)] * 2,
    ]
    assert [p.stock for p in parts if p.sheet == "Bestand"] == [
        (DAY, "Meldebehörde"),
        (date(2026, 6, 30), "Meldebehörde"),
    ]
    parts = criterion_parts(data(), criteria["MS2.2b"], found["MS2.2b"], DAY)
    assert shown(parts) == [("Ehrenamtliche", "5–14", 10), ("Ehrenamtliche", "5–12, 15", 9)]


@pytest.mark.parametrize(
    ("nr", "on", "done"), [("MS3.1a", date(2026, 4, 30), "5"), ("MS3.1a", date(2026, 5, 1), "5–6")]
)
def test_rows_of_an_every_criterion_on_the_day(nr: str, on: date, done: str) -> None:
    book = evaluate(boundary.workbook(), None, RULES, on)
    criterion = next(c for c in RULES.criteria if c.id == nr)
    found = next(c for m in book.milestones for c in m.criteria if c.nr == nr)
    first, second, *_ = criterion_parts(data(), criterion, found, on)
    assert (row_ranges(first.rows), row_ranges(second.rows)) == (done, "5–6")
    assert (first.role, second.role) == (Role.NUMERATOR, Role.DENOMINATOR)


@pytest.mark.parametrize(("on", "rows"), [(BEFORE, "keine"), (DAY, "7"), (AFTER, "5, 7")])
def test_rows_behind_an_evidence_point(on: date, rows: str) -> None:
    part = evidence_part(data(), "N3.1", on)
    assert (part.sheet, row_ranges(part.rows), part.number) == ("Nachweise", rows, len(part.rows))


@pytest.mark.parametrize(
    ("on", "stock"),
    [(date(2026, 3, 30), None), (date(2026, 3, 31), date(2026, 3, 31)), (BEFORE, date(2026, 6, 30)), (DAY, DAY)],
)  # fmt: skip
def test_the_day_of_the_stock(on: date, stock: date | None) -> None:
    target = next(t for t in RULES.targets if t.id == "Z1.2")
    assert isinstance(target.decide, Share)
    (parts,) = share_course(data(), target.decide, [on])
    assert [p.stock[0] for p in parts if p.stock] == ([stock] if stock else [])


# --- needs and offers ---------------------------------------------------------------------------------


def test_needs_on_the_day() -> None:
    found = needs_figures(data(), DAY)
    assert found.needs == Counter(Sprache=2, Wohnen=1, Gesundheit=1, Sonstiges=1)
    assert found.addressed == Counter(Sprache=2, Wohnen=1)
    assert (found.existing, found.new) == (Counter(Sprache=1, Sonstiges=1), Counter(Wohnen=1))
    assert found.participations == Counter(Sprache=1, Wohnen=1, Sonstiges=1)
    assert found.drop_outs == Counter(Wegzug=1)
    assert (found.recorded, found.waiting) == (Counter({G6: 8}), Counter({G6: 3}))


def test_needs_on_the_day_before() -> None:
    """B-0004 and B-0005, the offers A-002 and A-004, two participations and P-0010 are of the day."""
    found = needs_figures(data(), BEFORE)
    assert (found.needs, found.addressed) == (Counter(Sprache=2, Wohnen=1), Counter(Sprache=1))
    assert (found.existing, found.new) == (Counter(Sprache=1), Counter())
    assert (found.participations, found.drop_outs) == (Counter(Sprache=1), Counter())
    assert (found.recorded, found.waiting) == (Counter({G6: 3}), Counter({G6: 7}))


def test_a_need_is_addressed_only_once_it_is_recorded() -> None:
    """Where an exception lets an order of dates pass, both days are asked for."""
    need = {"Bedarfsfeld": "Wohnen", "Erfasst am": DAY, "Adressiert am": BEFORE}
    odd = SubmissionRecords(builder.built(stichtag="2026-09-30", tables={"Bedarfe": [need]}), RULES)
    assert needs_figures(odd, BEFORE).addressed == Counter()
    assert needs_figures(odd, DAY).addressed == Counter(Wohnen=1)
    late = {"Zielgruppe": G6, "Zugang am": AFTER, "Bedarf erfasst am": DAY}
    odd = SubmissionRecords(builder.built(stichtag="2026-10-01", tables={"Personen": [late]}), RULES)
    assert needs_figures(odd, DAY).recorded == Counter()
    assert needs_figures(odd, AFTER).recorded == Counter({G6: 1})


def test_the_project_is_the_sum_of_those_who_reported() -> None:
    assert sum_counts([Counter(Sprache=2), None, Counter(Sprache=1, Wohnen=3)]) == Counter(
        Sprache=3, Wohnen=3
    )


@pytest.mark.parametrize(
    ("sheet", "fields"),
    [
        ("Bedarfe", {"needs", "addressed"}),
        ("Angebote", {"existing", "new"}),
        ("Teilnahmen", {"participations", "drop_outs"}),
        ("Personen", {"recorded", "waiting"}),
    ],
)
def test_a_sheet_that_says_nothing_is_no_zero(sheet: str, fields: set[str]) -> None:
    found = needs_figures(SubmissionRecords(builder.built(silent=[sheet]), RULES), DAY)
    every = {"needs", "addressed", "existing", "new", "participations", "drop_outs", "recorded", "waiting"}
    assert {name for name in every if getattr(found, name) is None} == fields
    assert {name for name in every if getattr(found, name) == Counter()} == every - fields
    assert found.unreported == (sheet,)


def test_where_an_exception_lets_a_gap_pass_the_row_counts_under_sonstiges() -> None:
    tables = {
        "Bedarfe": [{"Erfasst am": DAY}],
        "Angebote": [{"Angebot-Nr.": "A-001", "Art": "bestehend", "Beginn": DAY}],
        "Teilnahmen": [{"Angebot-Nr.": "A-001", "Beginn": DAY, "Stand": "abgebrochen"}],
    }
    found = needs_figures(SubmissionRecords(builder.built(tables=tables), RULES), DAY)
    assert found.needs == found.existing == found.participations == found.drop_outs == Counter(Sonstiges=1)


# --- whose it is --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["kommune", "projektleitung"])
def test_without_a_submission_there_is_every_requirement(kind: str) -> None:
    """The same entries as with one, each of that municipality, and never a figure."""
    book = builder.built(kind)
    given, none = evaluate(book, None, RULES, AFTER), without_submission(book.ags or "", RULES, AFTER)
    targets = [(book.ags, t.nr, t.year, t.threshold) for t in given.targets]
    assert [(t.ags, t.nr, t.year, t.threshold) for t in given.targets] == targets
    assert [(t.ags, t.nr, t.year, t.threshold) for t in none.targets] == targets
    for ours in (given, none):
        assert ours.ags == book.ags
        assert [(m.ags, m.nr, m.due) for m in ours.milestones] == [
            (book.ags, m.id, RULES.due(m)) for m in RULES.milestones if kind == "kommune"
        ]
        assert [(e.ags, e.nr, e.due) for e in ours.evidence] == [
            (book.ags, p.id, RULES.month_end(months) if months else None)
            for p in RULES.evidence
            for months in (p.months or (None,))
            if kind == "kommune"
        ]
    assert {(t.status, t.numerator, t.denominator, t.value, t.data_as_of) for t in none.targets} == {
        (S.NO_SUBMISSION, None, None, None, None)
    }
    undefined = {m.id for m in RULES.milestones if m.undefined}
    assert undefined == {"MS4.1", "MS4.2", "MS4.3", "MS4.4"}
    for m in none.milestones:
        assert (m.status, m.reached_on, m.criteria) == (
            S.UNDEFINED if m.nr in undefined else S.NO_SUBMISSION,
            None,
            (),
        )
    assert all((e.status, e.count) == (S.NO_SUBMISSION, None) for e in none.evidence)
    assert none.data_as_of is None


# --- on the last day ----------------------------------------------------------------------------------


def test_a_share_is_missed_on_the_last_day_of_the_project() -> None:
    end = RULES.project.end
    tables = {"Bedarfe": [{"Bedarf-Nr.": "B-001", "Erfasst am": DAY}]}
    for stichtag, status in ((end - timedelta(days=1), S.OPEN), (end, S.MISSED)):
        book = builder.built(stichtag=stichtag.isoformat(), tables=tables)
        (found,) = [t for t in evaluate(book, None, RULES, end).targets if t.nr == "Z1.3"]
        assert (found.status, found.numerator, found.denominator) == (status, 0, 1)


def test_the_first_volunteer_of_the_day_itself_reaches_the_criterion() -> None:
    tables = {"Ehrenamtliche": [{"Kennung": "E-001", "Gewonnen am": BEFORE, "Aktiv ab": DAY}]}
    book = builder.built(stichtag=DAY.isoformat(), tables=tables)
    for as_of, reached in ((BEFORE, None), (DAY, DAY)):
        found = {c.nr: c for m in evaluate(book, None, RULES, as_of).milestones for c in m.criteria}
        assert found["MS2.2b"].reached_on == reached


def test_a_stock_of_zero_takes_the_figure_and_not_what_was_reached() -> None:
    tables = {
        "Bestand": [{"Stichtag": BEFORE, "Anzahl": 1}, {"Stichtag": DAY, "Anzahl": 0}],
        "Personen": [{"Aufenthaltspapier geprüft": "ja", "Zugang am": BEFORE, "Bedarf erfasst am": BEFORE}],
    }
    book = builder.built(stichtag=DAY.isoformat(), tables=tables)
    found = {c.nr: c for m in evaluate(book, None, RULES, DAY).milestones for c in m.criteria}
    assert (found["MS1.1a"].status, found["MS1.1a"].reached_on, found["MS1.1a"].value) == (
        S.MET,
        BEFORE,
        None,
    )


def test_a_stock_that_an_exemption_lets_pass_without_its_number_is_none() -> None:
    for gap in ({"Stichtag": DAY}, {"Anzahl": 7}):
        tables = {"Bestand": [{"Stichtag": BEFORE, "Anzahl": 4}, gap]}
        book = builder.built(stichtag=DAY.isoformat(), tables=tables)
        (found,) = [t for t in evaluate(book, None, RULES, DAY).targets if t.nr == "Z1.2"]
        assert (found.numerator, found.denominator) == (0, 4)


def test_a_milestone_without_a_reading_keeps_its_deadline() -> None:
    milestone = next(m for m in RULES.milestones if m.id == "MS1.1")
    assert evaluate_milestone(
        milestone.model_copy(update={"criteria": ()}), data(), None, RULES, DAY, DAY
    ) == MilestoneResult(builder.AGS, "MS1.1", date(2026, 3, 31), S.UNDEFINED)


@pytest.mark.parametrize(
    ("as_of", "stichtag", "document", "status"),
    [
        (DAY, DAY, DAY, S.PROVIDED),
        (AFTER, AFTER, AFTER, S.PROVIDED_LATE),
        (BEFORE, BEFORE, None, S.OPEN),
        (DAY, DAY, None, S.OVERDUE),
        (DAY, BEFORE, None, S.NOT_EVALUABLE),
        (AFTER, BEFORE, None, S.NOT_EVALUABLE),
    ],
)
def test_n3_1_around_its_first_deadline(
    as_of: date, stichtag: date, document: date | None, status: Status
) -> None:
    """Due on DAY: by the document, by the day on which the data end, and by the as-of date."""
    rows = [{"Nachweis-Nr.": "NW-001", "Datum": document, "Nachweispunkt": "N3.1"}] if document else []
    book = builder.built(stichtag=stichtag.isoformat(), tables={"Nachweise": rows})
    first, second, _ = [e for e in evaluate(book, None, RULES, as_of).evidence if e.nr == "N3.1"]
    assert (first.due, first.status, second.status) == (DAY, status, S.OPEN)


def test_the_project_leads_result_has_its_own_day() -> None:
    lead = boundary.workbook(LEAD)
    for as_of in (BEFORE, DAY, AFTER):
        assert evaluate(lead, None, RULES, as_of).data_as_of == min(as_of, DAY)
