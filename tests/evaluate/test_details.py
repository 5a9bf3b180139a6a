"""What a report shows of a workbook beyond its result, by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from pipeline.definitions.model import Status
from pipeline.definitions.results import Result
from pipeline.engine.packed_details import pack_details, unpack_details
from pipeline.evaluate.details import NO_STOCK, Details, Evaluator, FigureRows
from pipeline.evaluate.provenance import Role, ShownRows, SourceRows, shown_rows
from tests import builder, expected

RULES = builder.rules()
DAY, MARCH = date(2026, 6, 30), date(2026, 3, 31)
N, D, E = Role.NUMERATOR, Role.DENOMINATOR, Role.EVIDENCE
TABLES: dict[str, Any] = {
    "Bestand": """
        Stichtag   | Anzahl | Quelle
        2026-03-31 | 4      | Meldebehörde
        2026-06-30 | 5      |
    """,
    "Personen": """
        Kennung | Aufenthaltspapier geprüft | Zugang am  | Bedarf erfasst am | Abgang am  | Altersgruppe | Geschlecht
        P-0001  | ja                        | 2026-01-12 | 2026-02-10        |            | unter 18     | weiblich
        P-0002  | ja                        | 2026-01-12 | 2026-02-10        | 2026-04-01 |              | weiblich
        P-0003  | ja                        | 2026-01-12 |                   |            |              |
    """,
    "Bedarfe": """
        Bedarf-Nr. | Kennung | Bedarfsfeld | Erfasst am | Adressiert am
        B-0001     | P-0001  | Sprache     | 2026-02-10 | 2026-03-01
        B-0002     | P-0002  | Wohnen      | 2026-02-10 |
    """,
    "Kontakte": """
        Datum      | Kontaktform | Anlass
        2026-01-15 | persönlich  | Bedarfserfassung
        2026-06-30 | persönlich  | Verweisung
        2026-07-01 | persönlich  | Verweisung
    """,
    "Nachweise": """
        Nachweis-Nr. | Datum      | Nachweispunkt
        NW-001       | 2026-06-30 | N3.1
        NW-002       | 2026-07-01 | N1.6
        NW-003       | 2026-03-01 | N1.6; N3.1
    """,
}
ENTRIES = {"MS1.1b": ("2026-03-01", "NW-001; NW-003")}


def details(stichtag: str = "2026-06-30", **other: Any) -> Details:
    book = builder.built(stichtag=stichtag, tables=TABLES | other, entries=ENTRIES)
    return Evaluator(RULES, DAY, None).evaluate(book, None)[1]


@pytest.fixture(scope="module")
def found() -> Details:
    return details()


def of_target(found: Details, nr: str, stichtag: str = "2026-06-30") -> FigureRows:
    book = builder.built(stichtag=stichtag, tables=TABLES, entries=ENTRIES)
    result = Evaluator(RULES, DAY, None).evaluate(book, None)[0]
    return dict(zip([t.nr for t in result.targets], found.targets, strict=True))[nr]


def test_rows_of_persons_are_not_reported() -> None:
    """Gaps between them would be persons that do not count; others stand in words."""
    persons = SourceRows(N, "Personen", (5, 6, 9), DAY, 3)
    units = SourceRows(N, "Verwaltung", (5, 6, 9), DAY, 3, reached=True, stock=(MARCH, None))
    assert shown_rows(persons) == ShownRows(N, "Personen", "", DAY, 3)
    assert shown_rows(units) == ShownRows(
        N, "Verwaltung", "5–6, 9", DAY, 3, reached=True, stock=(MARCH, None)
    )
    assert shown_rows(SourceRows(E, "Nachweise", (), DAY, 0)).rows == "keine"


def test_rows_behind_a_target(found: Details) -> None:
    """One of two persons with needs is still there, of a stock of five."""
    share = of_target(found, "Z1.2")
    assert share.parts == (
        ShownRows(N, "Personen", "", DAY, 1),
        ShownRows(D, "Bestand", "6", DAY, 5, stock=(DAY, None)),
    )
    assert share.stock == (DAY, None)
    assert share.reason is None
    assert of_target(found, "Z1.4").stock == NO_STOCK


def test_no_rows_and_the_reason() -> None:
    """Before the first Bestand there is no share."""
    early = of_target(details("2026-03-30"), "Z1.2", "2026-03-30")
    assert early == FigureRows((), "Nenner fehlt oder ist 0")
    silent = Evaluator(RULES, DAY, None).evaluate(builder.built(silent=["Kontakte"]), None)[1]
    assert silent.contacts is None
    assert FigureRows((), "leer ohne Leermeldung: Blatt „Kontakte“") in silent.targets


def test_a_project_year_that_begins_after_the_day_of_the_data() -> None:
    """2026/27 begins in October; the data are of June."""
    evaluator = Evaluator(RULES, date(2026, 10, 31), None)
    result, later = evaluator.evaluate(builder.built(tables=TABLES), None)
    of = dict(zip([(t.nr, t.year) for t in result.targets], later.targets, strict=True))
    assert of["Z1.4", "2025/26"].reason is None
    assert of["Z1.4", "2026/27"] == FigureRows((), "Projektjahr hatte am Tag der Daten noch nicht begonnen")


def test_rows_behind_criteria(found: Details) -> None:
    """15 % of 4 were reached in March, when both were there."""
    assert found.criteria["MS1.1a"].parts == (
        ShownRows(N, "Personen", "", DAY, 1),
        ShownRows(D, "Bestand", "6", DAY, 5, stock=(DAY, None)),
        ShownRows(N, "Personen", "", MARCH, 2, reached=True),
        ShownRows(D, "Bestand", "5", MARCH, 4, reached=True, stock=(MARCH, "Meldebehörde")),
    )
    assert found.criteria["MS1.1a"].reason is None
    assert details("2026-03-30").criteria["MS1.1a"] == FigureRows((), "Nenner fehlt oder ist 0")
    assert found.criteria["MS1.1b"].parts[1] == ShownRows(E, "Nachweise", "5, 7", DAY)
    lead = found.criteria["MS2.1d"]
    assert lead == FigureRows((), "von der Projektleitung liegt keine gültige Abgabe vor")


def test_documents_by_point_and_deadline(found: Details) -> None:
    """N1.6 has no deadline, N3.1 has several: the first is served in March, the second in June."""
    parts = [p.rows for p in found.documents]
    numbers = [e.nr for e in Evaluator(RULES, DAY, None).evaluate(builder.built(), None)[0].evidence]
    of = {nr: [p for n, p in zip(numbers, parts, strict=True) if n == nr] for nr in ("N1.6", "N3.1")}
    assert of["N1.6"] == ["7"]
    assert of["N3.1"][:3] == ["7", "5", "keine"]


def test_the_course_of_the_share(found: Details) -> None:
    """Three quarters have ended; the first has no Bestand."""
    (course,) = found.courses
    assert [[(p.role, p.number, p.day) for p in parts] for parts in course] == [
        [],
        [(N, 2, MARCH), (D, 4, MARCH)],
        [(N, 1, DAY), (D, 5, DAY)],
    ]


def test_figures_of_the_documentation(found: Details) -> None:
    assert found.needs
    assert found.needs.needs == Counter(Sprache=1, Wohnen=1)
    assert found.contacts == (2, 0, 0, 0, 0, 1, 0, 1, 0)  # persönlich twice; one occasion each
    persons, courses = found.supported
    assert persons
    assert dict(persons.persons) == {("unter 18", "weiblich"): 1, (None, "weiblich"): 1}
    assert courses
    assert courses.persons == ()
    assert found.attested == {"MS1.1b": ("NW-001", "NW-003")}
    assert set(found.listed) == {"Nachweise", "Schulungen", "Veranstaltungen", "Angebote"}
    assert found.listed["Nachweise"]["Datum"] == [DAY, date(2026, 7, 1), date(2026, 3, 1)]


def test_remarks_to_criteria() -> None:
    book = builder.built(entries=ENTRIES)
    book.tables["Meilensteine"].columns["Erläuterung"] = ["vorgestellt im Rathaus"]
    assert Evaluator(RULES, DAY, None).evaluate(book, None)[1].notes == {"MS1.1b": "vorgestellt im Rathaus"}


def test_the_submission_before_is_judged_as_of_its_own_day(found: Details) -> None:
    assert found.before is None
    before = builder.built(stichtag="2026-03-31", tables=TABLES)
    now = Evaluator(RULES, DAY, None).evaluate(builder.built(tables=TABLES), before)[1]
    assert now.before
    assert now.before.data_as_of == MARCH
    share = next(t for t in now.before.targets if t.nr == "Z1.2")
    assert (share.numerator, share.denominator, share.status) == (2, 4, Status.OPEN)
    assert by_lead(now.before) is Status.NOT_EVALUABLE
    lead = builder.built("projektleitung", "2026-03-31")
    with_lead = Evaluator(RULES, DAY, lead).evaluate(builder.built(), before)[1]
    assert with_lead.before
    assert by_lead(with_lead.before) is Status.UNMET


def by_lead(result: Result) -> Status:
    """Of the criterion that the training held by the project lead decides."""
    (found,) = [c for m in result.milestones for c in m.criteria if c.nr == "MS2.1d"]
    return found.status


def test_a_result_for_each_other_reading(found: Details) -> None:
    """By calendar years the contacts of Z1.4 fall into other years than by project years."""
    years = [{t.year for t in result.targets if t.nr == "Z1.4"} for result in found.otherwise]
    assert {"2025", "2026"} in years


def test_the_project_lead_has_no_figures_of_persons() -> None:
    lead = builder.built("projektleitung", entries={"MS1.1b": ("2026-02-01", None)})
    of_lead = Evaluator(RULES, DAY, lead).evaluate(lead, None)[1]
    assert (of_lead.needs, of_lead.contacts, of_lead.supported, of_lead.courses) == (None, None, (), ())
    assert of_lead.criteria == {}
    assert of_lead.attested == {"MS1.1b": ()}
    own = Evaluator(RULES, DAY, lead).evaluate(builder.built(), None)[1]
    assert own.criteria["MS2.1d"].parts == (ShownRows(N, "Schulungen", "keine", DAY, 0),)


def test_packed_and_unpacked_they_are_what_they_were(found: Details) -> None:
    assert unpack_details(pack_details(found)) == found
    before = builder.built(stichtag="2026-03-31", tables=TABLES)
    valid = expected.valid_workbook()
    for book in (valid, builder.built("projektleitung")):
        full = Evaluator(RULES, builder.STICHTAG, valid).evaluate(book, before)[1]
        assert unpack_details(pack_details(full)) == full
