"""The rows behind each kind of figure, whole and by hand, in a small workbook without a file.

The first record of a sheet stands in Excel row 5. The figures of the demo are in test_provenance.py.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.definitions.model import Status
from pipeline.definitions.results import CriterionResult, TargetResult
from pipeline.evaluate.provenance import (
    LEAD_TOO_EARLY,
    NO_LEAD,
    Role,
    SourceRows,
    criterion_parts,
    evidence_part,
    share_course,
    target_parts,
    why_not_evaluable,
)
from pipeline.evaluate.records import SubmissionRecords
from pipeline.rules import Count, Criterion, Info, Share, Target
from tests import builder

RULES = builder.rules()
DAY = date(2026, 6, 30)
LATER = date(2026, 7, 1)

TABLES: dict[str, Any] = {
    "Bestand": """
        Stichtag   | Anzahl | Quelle
        2026-07-01 | 9      | Zuweisungsliste
        2026-03-31 | 4      | Meldebehörde
    """,
    "Personen": """
        Kennung | Aufenthaltspapier geprüft | Zugang am  | Bedarf erfasst am | Abgang am
        P-0001  | ja                        | 2026-01-12 | 2026-06-30        |
        P-0002  | ja                        | 2026-01-12 | 2026-07-01        |
        P-0003  | ja                        | 2026-01-12 | 2026-02-10        | 2026-06-30
        P-0004  | ja                        | 2026-01-12 | 2026-02-10        |
    """,
    "Bedarfe": """
        Bedarf-Nr. | Kennung | Bedarfsfeld | Erfasst am | Adressiert am
        B-0001     | P-0001  | Sprache     | 2026-06-30 |
        B-0002     | P-0004  | Sprache     | 2026-02-10 | 2026-06-30
        B-0003     | P-0004  | Wohnen      | 2026-07-01 |
    """,
    "Kontakte": """
        Datum
        2025-09-30
        2025-10-01
        2026-06-30
        2026-07-01
    """,
    "Veranstaltungen": """
        Veranstaltung-Nr. | Datum      | Art                                | Nachweis-Nr.
        V-001             | 2025-11-10 | Auftaktworkshop Integrationsguides |
        V-002             | 2025-12-01 | Auftaktworkshop Integrationsguides | NW-003; NW-001
        V-003             | 2025-12-01 | Netzwerktreffen                    | NW-002
        V-004             | 2026-07-01 | Netzwerktreffen                    |
    """,
    # E-004 is in no training that has been, E-005 is not active yet; S-003 has no date.
    "Ehrenamtliche": """
        Kennung | Gewonnen am | Aktiv ab   | Ausgeschieden am
        E-001   | 2026-01-15  | 2026-02-01 |
        E-002   | 2026-01-15  | 2026-02-01 | 2026-06-30
        E-003   | 2026-01-15  | 2026-06-30 |
        E-004   | 2026-01-15  | 2026-02-01 |
        E-005   | 2026-01-15  | 2026-07-01 |
    """,
    "Schulungen": """
        Schulung-Nr. | Datum      | Zielgruppe
        S-001        | 2026-06-30 | Ehrenamtliche
        S-002        | 2026-07-01 | Ehrenamtliche
        S-003        |            | Ehrenamtliche
        S-004        | 2026-03-01 | Ehrenamtliche
    """,
    "Schulungsteilnahmen": """
        Schulung-Nr. | Kennung
        S-001        | E-001
        S-004        | E-001
        S-001        | E-003
        S-002        | E-004
        S-003        | E-002
        S-099        | E-003
        S-001        | E-005
        S-003        | E-003
    """,
    "Verwaltung": """
        Organisationseinheit | Vorgestellt am
        Sozialamt            | 2026-07-01
        Jugendamt            | 2026-06-30
        Ordnungsamt          |
    """,
    "Nachweise": """
        Nachweis-Nr. | Datum      | Nachweispunkt
        NW-001       | 2026-06-30 | N3.1
        NW-002       | 2026-07-01 | N3.1
        NW-003       | 2026-03-01 | N1.6; N3.1
        NW-004       | 2026-03-01 |
    """,
}
ENTRIES = {
    "MS1.1b": ("2026-03-01", "NW-002; NW-004"),
    "MS1.1c": ("2026-03-01", None),
    "Z2.2": (None, "NW-001"),
}
N, D, L, A, E = Role.NUMERATOR, Role.DENOMINATOR, Role.LINKED, Role.ENTRY, Role.EVIDENCE
BOOK = builder.built(tables=TABLES, entries=ENTRIES)


def data() -> SubmissionRecords:
    """Made anew, so that no test reads what another has left there."""
    return SubmissionRecords(BOOK, RULES)


def target(nr: str) -> Target:
    return next(t for t in RULES.targets if t.id == nr)


def criterion(nr: str) -> Criterion:
    return next(c for c in RULES.criteria if c.id == nr)


def of_target(
    what: str | Target, year: str | None = None, on: date | None = DAY, status: Status = Status.OPEN
) -> tuple[SourceRows, ...]:
    of = target(what) if isinstance(what, str) else what
    return target_parts(data(), of, TargetResult(builder.AGS, of.id, year, status, None, on), RULES)


def of_criterion(
    what: str | Criterion, reached_on: date | None = None, *evidence: str, status: Status = Status.UNMET
) -> tuple[SourceRows, ...]:
    of = criterion(what) if isinstance(what, str) else what
    found = CriterionResult(of.id, status, None, reached_on, None, evidence)
    return criterion_parts(data(), of, found, DAY)


def test_persons_of_a_stock() -> None:
    """Row 6 is recorded on the day after, row 7 has left; of the stock the number of 31 March holds."""
    assert of_target("Z1.2") == (
        SourceRows(N, "Personen", (5, 8), DAY, 2),
        SourceRows(D, "Bestand", (6,), DAY, 4, stock=(date(2026, 3, 31), "Meldebehörde")),
    )


def test_before_the_first_stock_no_row_is_the_denominator() -> None:
    first = date(2026, 3, 30)
    assert of_target("Z1.2", on=first)[1] == SourceRows(D, "Bestand", (), first)


def test_needs_of_needs() -> None:
    assert of_target("Z1.3") == (
        SourceRows(N, "Bedarfe", (6,), DAY, 1),
        SourceRows(D, "Bedarfe", (5, 6), DAY, 2),
    )


def test_contacts_of_a_year_and_of_all_time() -> None:
    assert of_target("Z1.4", "2025/26") == (SourceRows(N, "Kontakte", (6, 7), DAY, 2),)
    assert of_target("Z1.4") == (SourceRows(N, "Kontakte", (5, 6, 7), DAY, 3),)
    assert of_target("Z1.4", "2026/27") == (SourceRows(N, "Kontakte", (), DAY, 0),)


def test_a_number_that_is_only_shown() -> None:
    assert of_target("Z4.2") == (SourceRows(N, "Veranstaltungen", (7,), DAY, 1),)


LINKED = (
    SourceRows(N, "Ehrenamtliche", (5, 7), DAY, 2),
    SourceRows(L, "Schulungsteilnahmen", (5, 6, 7), DAY),
    SourceRows(L, "Schulungen", (5, 8), DAY),
)


def test_a_trained_volunteer_rests_on_attendances_and_trainings_that_have_been() -> None:
    """Not on rows 10 and 12 of E-003 (an unknown training, one without a date) nor on row 11 of E-005."""
    assert of_target("Z2.5") == (*LINKED, SourceRows(D, "Ehrenamtliche", (5, 7, 8), DAY, 3))


def test_every_kind_of_number_names_its_linked_rows() -> None:
    share = target("Z2.5").decide
    assert isinstance(share, Share)
    count = Count(kind="count", rows=share.numerator, at_least=1)
    info = Info(kind="info", rows=share.numerator)
    assert of_target(target("Z2.6").model_copy(update={"decide": count})) == LINKED
    assert of_target(target("Z2.1").model_copy(update={"decide": info})) == LINKED
    assert of_criterion(criterion("MS2.2b").model_copy(update={"decide": count})) == LINKED


@pytest.mark.parametrize(
    ("on", "status"),
    [(DAY, Status.NOT_EVALUABLE), (None, Status.NO_SUBMISSION), (None, Status.NOT_EVALUABLE)],
)
def test_without_a_figure_there_is_no_row(on: date | None, status: Status) -> None:
    assert of_target("Z1.2", on=on, status=status) == ()
    assert of_criterion("MS1.1a", status=Status.NOT_EVALUABLE) == ()


def test_an_attested_target_names_its_line_and_its_evidence() -> None:
    assert of_target("Z2.2") == (
        SourceRows(A, "Zielwerte", (7,), DAY),
        SourceRows(E, "Nachweise", (5,), DAY),
    )
    assert of_target("Z3.1") == (SourceRows(A, "Zielwerte", (), DAY),)  # no such line


def test_an_attested_criterion_names_its_line_and_its_evidence() -> None:
    assert of_criterion("MS1.1b") == (
        SourceRows(A, "Meilensteine", (5,), DAY),
        SourceRows(E, "Nachweise", (6, 8), DAY),
    )
    assert of_criterion("MS1.1c") == (SourceRows(A, "Meilensteine", (6,), DAY),)
    assert of_criterion("MS1.2a") == (SourceRows(A, "Meilensteine", (), DAY),)


def test_a_criterion_is_reached_by_rows_with_evidence_and_shown_with_all() -> None:
    then = date(2025, 12, 1)
    assert of_criterion("MS1.1d", then, "NW-001", "NW-003", status=Status.MET) == (
        SourceRows(N, "Veranstaltungen", (5, 6), DAY, 2),
        SourceRows(N, "Veranstaltungen", (6,), then, 1, reached=True),
        SourceRows(E, "Nachweise", (5, 7), DAY),
    )


def test_a_share_that_was_reached_names_the_rows_of_both_days() -> None:
    """On 31 March the two of rows 7 and 8 were recorded and there; one of them has left since."""
    then = date(2026, 3, 31)
    stock = (date(2026, 3, 31), "Meldebehörde")
    assert of_criterion("MS1.1a", then, status=Status.MET) == (
        SourceRows(N, "Personen", (5, 8), DAY, 2),
        SourceRows(D, "Bestand", (6,), DAY, 4, stock=stock),
        SourceRows(N, "Personen", (7, 8), then, 2, reached=True),
        SourceRows(D, "Bestand", (6,), then, 4, reached=True, stock=stock),
    )


def test_every_row_and_those_that_are_done() -> None:
    assert of_criterion("MS3.1a") == (
        SourceRows(N, "Verwaltung", (6,), DAY, 1),
        SourceRows(D, "Verwaltung", (5, 6, 7), DAY, 3),
    )


def test_the_documents_of_an_evidence_point() -> None:
    assert evidence_part(data(), "N3.1", DAY) == SourceRows(E, "Nachweise", (5, 7), DAY, 2)
    assert evidence_part(data(), "N1.1", DAY) == SourceRows(E, "Nachweise", (), DAY, 0)


@pytest.mark.parametrize(("deadline", "rows"), [(1, (7,)), (2, (5,)), (3, ())])
def test_the_document_of_a_deadline_is_the_one_that_serves_it(deadline: int, rows: tuple[int, ...]) -> None:
    """By date: NW-003 of 1 March serves the first, NW-001 of 30 June the second."""
    found = evidence_part(data(), "N3.1", DAY, deadline)
    assert found == SourceRows(E, "Nachweise", rows, DAY, len(rows))


def test_the_course_of_a_share_has_the_rows_of_each_day() -> None:
    share = target("Z1.2").decide
    assert isinstance(share, Share)
    first, march = date(2026, 3, 30), date(2026, 3, 31)
    stock = {"stock": (march, "Meldebehörde")}
    assert list(share_course(data(), share, [march, first, DAY])) == [
        (SourceRows(N, "Personen", (7, 8), march, 2), SourceRows(D, "Bestand", (6,), march, 4, **stock)),
        (),
        (SourceRows(N, "Personen", (5, 8), DAY, 2), SourceRows(D, "Bestand", (6,), DAY, 4, **stock)),
    ]
    silent = SubmissionRecords(builder.built(silent=["Bestand"]), RULES)
    assert list(share_course(silent, share, [DAY])) == []


NOT_BEGUN = "Projektjahr hatte am Tag der Daten noch nicht begonnen"
NO_STOCK = "Nenner fehlt oder ist 0"


@pytest.mark.parametrize(
    ("nr", "silent", "started", "on", "why"),
    [
        ("Z1.2", [], None, DAY, NO_STOCK),
        ("Z1.2", ["Bestand"], None, DAY, "leer ohne Leermeldung: Blatt „Bestand“"),
        ("Z1.2", ["Bestand", "Personen"], None, DAY, "leer ohne Leermeldung: Blatt „Bestand“, „Personen“"),
        ("Z1.3", ["Bedarfe"], None, DAY, "leer ohne Leermeldung: Blatt „Bedarfe“"),  # once
        ("Z1.4", ["Kontakte"], LATER, DAY, "leer ohne Leermeldung: Blatt „Kontakte“"),
        ("Z1.4", ["Personen"], LATER, DAY, NOT_BEGUN),
        ("Z1.4", [], DAY, DAY, NO_STOCK),
        ("Z1.4", [], LATER, LATER, LEAD_TOO_EARLY),  # the year has begun; the data end before
        ("Z2.7", [], None, LATER, LEAD_TOO_EARLY),
    ],
)
def test_why_there_is_no_figure(nr: str, silent: list[str], started: date | None, on: date, why: str) -> None:
    """The Berichtsstichtag of the workbook that decides is DAY."""
    silent_ones = SubmissionRecords(builder.built(silent=silent), RULES)
    assert why_not_evaluable(silent_ones, target(nr), started, on) == why


def test_why_there_is_no_figure_without_the_project_lead() -> None:
    assert why_not_evaluable(None, criterion("MS2.1d"), None, DAY) == NO_LEAD
