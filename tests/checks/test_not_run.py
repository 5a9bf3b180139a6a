"""Checks that could not run because of another finding: one German line for each, in the order of the sheets."""

from __future__ import annotations

import pytest

from pipeline.checks import check_workbook
from pipeline.checks.not_run import checks_not_run, evidence_broken
from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding
from tests import builder
from tests.checks.contexts import context

TABLES = {
    "Bestand": "Stichtag | Anzahl | Quelle | Nachweis-Nr.\n2026-03-31 | 9 | x | NW-001",
    "Personen": """
        Kennung | Zielgruppe | Aufenthaltspapier geprüft | Zugang am  | Angesprochen am | Bedarf erfasst am | Abgang am  | Bezugsperson
        P-0001  | x          | ja                        | 2026-01-12 | 2026-01-13      | 2026-02-10        | 2026-05-31 |
        P-0002  | x          | ja                        | 2026-01-12 |                 |                   |            |
    """,
    "Bedarfe": "Bedarf-Nr. | Kennung | Bedarfsfeld | Erfasst am | Adressiert am | Angebot-Nr.\nB-0001 | P-0001 | Sprache | 2026-02-10 | 2026-03-16 | A-001",
    "Angebote": "Angebot-Nr. | Beginn | Ende | Nachweis-Nr.\nA-001 | 2026-03-01 | 2026-12-31 | NW-001",
    "Teilnahmen": "Kennung | Angebot-Nr. | Beginn | Ende | Stand\nP-0001 | A-001 | 2026-03-16 | 2026-04-01 | laufend",
    "Ehrenamtliche": "Kennung | Gewonnen am | Aktiv ab | Ausgeschieden am\nE-001 | 2026-01-15 | 2026-02-01 | 2026-04-30",
    "Schulungen": "Schulung-Nr. | Datum | Zielgruppe | Teilnehmendenzahl\nS-001 | 2026-03-05 | Ehrenamtliche | 2",
    "Schulungsteilnahmen": "Schulung-Nr. | Kennung\nS-001 | E-001",
    "Verwaltung": "Organisationseinheit | Vorgestellt am\nSozialamt | 2026-04-20",
    "Nachweise": "Nachweis-Nr. | Datum\nNW-001 | 2026-03-15",
}


def order(sheet: str, later: str, earlier: str) -> str:
    return f"{sheet}: ob „{later}“ nicht vor „{earlier}“ liegt, wo eines von beiden fehlerhaft ist."


def again(sheet: str, columns: str) -> str:
    return f"{sheet}: ob fehlerhafte Einträge in „{columns}“ noch einmal vorkommen."


def needed(sheet: str, column: str, other: str) -> str:
    return f"{sheet}: ob „{column}“ nötig ist oder leer sein muss, wo „{other}“ fehlerhaft ist."


def fitting(sheet: str, column: str, to: str) -> str:
    return f"{sheet}: ob „{column}“ auf passende Zeilen im Blatt {to} verweist."


NEEDS = "Bedarfe: ob „Erfasst am“ zu „Bedarf erfasst am“ der Person passt, wo eines davon oder die Kennung fehlerhaft ist."
STOCK = "Bestand: ob „Anzahl“ für alle Personen reicht; fehlerhafte Zeilen sind nicht gezählt."
STOCK_DAY = "Bestand: ob „Anzahl“ für alle Personen reicht, wo „Stichtag“ fehlerhaft ist."
TRAININGS = "Schulungen: ob „Teilnehmendenzahl“ für alle Zeilen im Blatt Schulungsteilnahmen reicht, wo „Schulung-Nr.“ fehlerhaft ist."
EVIDENCE = "Nachweise: ob auf jeden Nachweis eine Zeile verweist."

LINES = {
    "Personen!D5": [
        order("Personen", "Angesprochen am", "Zugang am"),
        order("Personen", "Bedarf erfasst am", "Zugang am"),
        order("Personen", "Abgang am", "Zugang am"),
        STOCK,
    ],
    "Personen!D6": [STOCK],  # no other date stands in the row
    "Personen!E5": [
        order("Personen", "Angesprochen am", "Zugang am"),
        order("Personen", "Bedarf erfasst am", "Angesprochen am"),
    ],
    "Personen!F5": [
        order("Personen", "Bedarf erfasst am", "Zugang am"),
        order("Personen", "Bedarf erfasst am", "Angesprochen am"),
        NEEDS,
    ],
    "Personen!F6": [order("Personen", "Bedarf erfasst am", "Zugang am"), NEEDS],
    "Personen!G5": [order("Personen", "Abgang am", "Zugang am"), STOCK],
    "Personen!C5": [STOCK],
    "Personen!B5": [needed("Personen", "Bezugsperson", "Zielgruppe"), fitting("Personen", "Bezugsperson", "Personen")],
    "Personen!A6": [again("Personen", "Kennung"), NEEDS, STOCK],
    "Bestand!A5": [again("Bestand", "Stichtag"), STOCK_DAY],
    "Bestand!B5": [],
    "Bestand!D5": [EVIDENCE],
    "Bedarfe!B5": [NEEDS],
    "Bedarfe!C5": [],
    "Bedarfe!D5": [order("Bedarfe", "Adressiert am", "Erfasst am"), NEEDS],
    "Bedarfe!E5": [
        order("Bedarfe", "Adressiert am", "Erfasst am"),
        needed("Bedarfe", "Angebot-Nr.", "Adressiert am"),
    ],
    "Angebote!I5": [order("Angebote", "Ende", "Beginn")],
    "Angebote!L5": [EVIDENCE],
    "Teilnahmen!C5": [
        order("Teilnahmen", "Ende", "Beginn"),
        again("Teilnahmen", "Kennung + Angebot-Nr. + Beginn"),
    ],
    "Teilnahmen!E5": [needed("Teilnahmen", "Abbruchgrund", "Stand")],
    "Ehrenamtliche!B5": [
        order("Ehrenamtliche", "Aktiv ab", "Gewonnen am"),
        order("Ehrenamtliche", "Ausgeschieden am", "Gewonnen am"),
    ],
    "Schulungen!C5": [fitting("Schulungsteilnahmen", "Schulung-Nr.", "Schulungen"), TRAININGS],
    "Schulungsteilnahmen!B5": [again("Schulungsteilnahmen", "Schulung-Nr. + Kennung"), TRAININGS],
    "Verwaltung!A5": [again("Verwaltung", "Organisationseinheit")],
    "Nachweise!A5": [
        again("Nachweise", "Nachweis-Nr."),
        "Nachweise: ob es zu jedem Verweis auf „Nachweis-Nr.“ eine Zeile gibt.",  # it may be the one meant
    ],
}  # fmt: skip


@pytest.mark.parametrize("error", LINES)
def test_what_an_error_keeps_from_being_asked(error: str) -> None:
    assert list(checks_not_run(context(TABLES, error))) == LINES[error]


def test_without_an_error_everything_was_asked() -> None:
    assert checks_not_run(context(TABLES)) == ()
    warning = finding("P20", "Personen", "D5", "Zugang am", start="x")
    assert checks_not_run(context(TABLES, found=[warning])) == ()


def test_an_order_is_open_only_where_one_of_two_dates_has_the_error() -> None:
    """In a row in which both have one, both are reported; in another row there is one date alone."""
    found = checks_not_run(context(TABLES, "Angebote!H5", "Angebote!I5"))
    assert found == ()
    two = TABLES | {
        "Angebote": "Angebot-Nr. | Beginn | Ende\nA-001 | 2026-03-01 | 2026-12-31\nA-002 | 2026-03-01 | 2026-12-31"
    }
    assert checks_not_run(context(two, "Angebote!H5", "Angebote!I6")) == (
        order("Angebote", "Ende", "Beginn"),
    )


def test_one_line_for_each_whatever_the_number_of_errors() -> None:
    found = checks_not_run(context(TABLES, "Personen!C5", "Personen!C6", "Bestand!A5", "Personen!G5"))
    assert found == (again("Bestand", "Stichtag"), order("Personen", "Abgang am", "Zugang am"), STOCK)


def test_a_key_that_is_reported_as_a_repeat_was_compared() -> None:
    repeated = finding("P03", "Verwaltung", "A5", "Organisationseinheit", columns="x")
    assert checks_not_run(context(TABLES, found=[repeated])) == ()
    other_sheet = finding("P03", "Schulungen", "A5", "Schulung-Nr.", columns="x")
    assert checks_not_run(context(TABLES, "Verwaltung!A5", found=[other_sheet])) == (
        again("Verwaltung", "Organisationseinheit"),
        TRAININGS,
    )


ALL_SHEETS = "Alle Blätter: ob Daten nach dem Berichtsstichtag liegen."


@pytest.mark.parametrize(
    ("one", "shown"),
    [
        (finding("P01", "Stammdaten", "B7", "Berichtsstichtag", start="x", end="y"), True),
        (finding("W05", "Stammdaten", "B7", "Berichtsstichtag"), False),
        (finding("P43", "Stammdaten", "B12", "Freigegeben am"), False),
    ],
)
def test_from_a_stichtag_outside_the_project_nothing_follows(one: Finding, shown: bool) -> None:
    assert checks_not_run(context(TABLES, found=[one])) == ((ALL_SHEETS,) if shown else ())


def test_the_project_lead_has_only_its_own_sheets() -> None:
    lead = {"Schulungen": "Schulung-Nr. | Nachweis-Nr.\nS-001 | NW-001"}
    found = checks_not_run(context(lead, "Schulungen!A5", "Schulungen!H5", kind="projektleitung"))
    assert found == (again("Schulungen", "Schulung-Nr."), EVIDENCE)


def test_evidence_is_broken_where_a_cell_that_refers_to_it_is() -> None:
    assert evidence_broken(context(TABLES, "Bestand!D5"))
    assert not evidence_broken(context(TABLES, "Bestand!A5", "Nachweise!A5"))


def test_a_checked_workbook_carries_them() -> None:
    """With the findings of the checks across rows: P01 is reported by one of them."""
    given = context(TABLES, "Personen!C5", stichtag="2028-10-01")
    checked = check_workbook(given.workbook, given.found, builder.rules())
    assert checked.not_run == (ALL_SHEETS, STOCK)
    assert {"P01", "W05"} <= {f.rule for f in checked.findings}
