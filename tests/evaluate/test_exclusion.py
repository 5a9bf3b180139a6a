"""Each record that a figure leaves out has the first reason that fits, in a small workbook without a file.

That counted and not counted rows are all rows is asked of the demo in tests/audit/test_explain.py.
"""

from __future__ import annotations

from datetime import date

from pipeline.evaluate.exclusion import NotCounted, not_counted
from pipeline.evaluate.records import SubmissionRecords
from pipeline.rules import Attested, Criterion, Every, Target
from tests import builder

RULES = builder.rules()
ON = date(2026, 9, 30)
PERSONS = """
    Kennung | Aufenthaltspapier geprüft | Zugang am  | Bedarf erfasst am | Abgang am
    P-0001  | ja                        | 2026-09-30 | 2026-09-30        |
    P-0002  | ja                        | 2026-09-30 | 2026-09-30        | 2026-10-01
    P-0003  | ja                        | 2026-01-12 | 2026-09-29        | 2026-09-30
    P-0004  | ja                        | 2026-01-12 | 2026-10-01        |
    P-0005  | ja                        | 2026-10-01 |                   |
    P-0006  | ja                        |            |                   |
    P-0007  | nein                      | 2026-01-12 |                   |
    P-0008  |                           | 2026-01-12 | 2026-02-10        |
    P-0009  | ja                        | 2026-02-10 | 2026-02-10        | 2026-02-10
    P-0010  | ja                        | 2026-10-01 | 2026-10-02        |
"""
CONTACTS = """
    Datum
    2025-09-30
    2025-10-01
    2026-09-30
    2026-10-01
    2026-11-01

"""
VOLUNTEERS = """
    Kennung | Aktiv ab   | Ausgeschieden am
    E-001   | 2026-02-01 |
    E-002   | 2026-02-01 |
    E-003   | 2026-02-01 |
    E-004   | 2026-02-01 | 2026-09-30
    E-005   | 2026-10-01 |
    E-006   | 2026-02-01 | 2026-10-01
    E-007   | 2026-09-30 |
    E-008   | 2026-10-01 | 2026-09-30
"""
TRAININGS = """
    Schulung-Nr. | Datum      | Zielgruppe
    S-001        | 2026-09-30 | Ehrenamtliche
    S-002        | 2026-10-01 | Ehrenamtliche
    S-003        |            | Ehrenamtliche
"""
ATTENDANCES = """
    Schulung-Nr. | Kennung
    S-002        | E-001
    S-001        | E-001
    S-003        | E-002
    S-002        | E-003
    S-001        | E-004
    S-001        | E-005
    S-001        | E-006
    S-001        | E-007
"""
UNITS = """
    Organisationseinheit | Vorgestellt am
    Sozialamt            | 2026-10-01
    Jugendamt            | 2026-09-30
    Ordnungsamt          |
"""
TABLES = {
    "Personen": PERSONS,
    "Kontakte": CONTACTS,
    "Ehrenamtliche": VOLUNTEERS,
    "Schulungen": TRAININGS,
    "Schulungsteilnahmen": ATTENDANCES,
    "Verwaltung": UNITS,
}
BOOK = builder.built(tables=TABLES)


def data() -> SubmissionRecords:
    return SubmissionRecords(BOOK, RULES)


def target(nr: str) -> Target:
    return next(t for t in RULES.targets if t.id == nr)


def test_a_share_on_the_boundary_day() -> None:
    """Present at the end of 30 September: came by then, paper checked, need recorded by then, not gone by then."""
    assert not_counted(data(), target("Z1.2"), ON) == (
        NotCounted("Personen", "„Abgang am“ bis zum 30.09.2026 erreicht war", (7, 13)),
        NotCounted("Personen", "„Bedarf erfasst am“ nach dem 30.09.2026 liegt", (8,)),
        NotCounted("Personen", "„Bedarf erfasst am“ leer ist", (9,)),
        NotCounted("Personen", "„Zugang am“ leer ist", (10,)),
        NotCounted("Personen", "„Aufenthaltspapier geprüft“ nicht „ja“ ist", (11, 12)),
        NotCounted("Personen", "„Zugang am“ nach dem 30.09.2026 liegt", (14,)),
    )


def test_a_yearly_count() -> None:
    """Z1.4 counts contacts from 1 October to 30 September, both days included."""
    (first, second, *_) = RULES.years
    on = date(2026, 10, 31)
    later = NotCounted("Kontakte", "„Datum“ nach dem 31.10.2026 liegt", (9,))
    assert not_counted(data(), target("Z1.4"), on, first) == (
        NotCounted("Kontakte", f"sie nicht im Projektjahr {first.label} begann", (5, 8)),
        later,
    )
    assert not_counted(data(), target("Z1.4"), on, second) == (
        NotCounted("Kontakte", f"sie nicht im Projektjahr {second.label} begann", (5, 6, 7)),
        later,
    )
    assert not_counted(data(), target("Z1.4"), on) == (later,)


def test_records_that_need_another_sheet() -> None:
    """Z2.5: active and trained by the day. Row 8 has left, row 12 had left before it was active."""
    assert not_counted(data(), target("Z2.5"), ON) == (
        NotCounted(
            "Ehrenamtliche",
            "in „Schulungsteilnahmen“ keine Zeile sie mit einem Datum in „Schulungen“ verbindet",
            (6,),
        ),
        NotCounted("Ehrenamtliche", "„Datum“ im Blatt Schulungen nach dem 30.09.2026 liegt", (7,)),
        NotCounted("Ehrenamtliche", "„Ausgeschieden am“ bis zum 30.09.2026 erreicht war", (8,)),
        NotCounted("Ehrenamtliche", "„Aktiv ab“ nach dem 30.09.2026 liegt", (9, 12)),
    )


def test_every_record_with_a_date() -> None:
    criterion: Criterion = next(c for c in RULES.criteria if isinstance(c.decide, Every))
    assert not_counted(data(), criterion, ON) == (
        NotCounted("Verwaltung", "„Vorgestellt am“ nach dem 30.09.2026 liegt", (5,)),
        NotCounted("Verwaltung", "„Vorgestellt am“ leer ist", (7,)),
    )


def test_what_is_attested_leaves_no_row_out() -> None:
    attested = next(t for t in RULES.targets if isinstance(t.decide, Attested))
    assert not_counted(data(), attested, ON) == ()
