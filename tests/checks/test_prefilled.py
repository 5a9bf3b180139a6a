"""The form, the rows of requirements and the evidence register. First record: Excel row 5."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.checks.form import name_fits_key, released_after_stichtag, rules_are_current
from pipeline.checks.prefilled import (
    attested_without_evidence,
    nil_returns,
    rule_rows,
    stichtag_planned,
    stichtag_within_project,
    unused_evidence,
)
from pipeline.checks.stichtag import one_for_many_later
from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding
from tests import builder
from tests.checks.contexts import context, places

RULES = builder.rules()


@pytest.mark.parametrize(
    ("stichtag", "shown"),
    [("2025-09-30", True), ("2025-10-01", False), ("2028-09-30", False), ("2028-10-01", True)],
)
def test_the_stichtag_lies_within_the_project(stichtag: str, shown: bool) -> None:
    words = {"start": "01.10.2025", "end": "30.09.2028"}
    one = finding("P01", "Stammdaten", "B7", "Berichtsstichtag", **words)
    assert list(stichtag_within_project(context(stichtag=stichtag))) == ([one] if shown else [])
    unread = context()
    assert (
        list(stichtag_within_project(replace(unread, workbook=replace(unread.workbook, stichtag=None)))) == []
    )


@pytest.mark.parametrize(
    ("stichtag", "nearest"),
    [
        ("2026-06-30", None),
        ("2026-07-01", "30.06.2026"),
        ("2026-08-15", "30.06.2026"),  # 46 days from either: the earlier
        ("2026-08-16", "30.09.2026"),
        ("2025-10-01", "31.12.2025"),
        ("2028-09-29", "30.09.2028"),
        ("2028-09-30", None),
        ("2025-09-30", None),  # P01 says more
        ("2028-10-01", None),
    ],
)
def test_the_stichtag_is_planned(stichtag: str, nearest: str | None) -> None:
    one = finding("W40", "Stammdaten", "B7", "Berichtsstichtag", nearest=nearest or "")
    given = context(stichtag=stichtag)
    assert list(stichtag_planned(given)) == ([one] if nearest else [])
    assert list(stichtag_planned(replace(given, rules=replace(RULES, reporting_dates=())))) == []
    assert list(stichtag_planned(replace(given, workbook=replace(given.workbook, stichtag=None)))) == []


def test_a_leermeldung_and_rows_exclude_each_other() -> None:
    """Bestand has rows and says there are none; Personen has neither; Kontakte has rows; Bedarfe says so."""
    tables = {"Bestand": "Stichtag | Anzahl\n2026-03-31 | 4", "Kontakte": "Datum\n2026-03-31"}
    given = context(tables, silent=["Personen"], form={"Leermeldung: Bestand": "ja"})
    assert list(nil_returns(given)) == [
        finding("P13", "Stammdaten", "B13", "Leermeldung: Bestand", table="Bestand"),
        finding("P22", "Personen", label="Leermeldung: Personen"),
    ]


def test_a_leermeldung_that_could_not_be_read_is_reported_there() -> None:
    error = finding("W10", "Stammdaten", "B14", "Leermeldung: Personen")
    elsewhere = finding("W10", "Stammdaten", "B15", "Leermeldung: Bedarfe")
    assert list(nil_returns(context(silent=["Personen"], found=[error]))) == []
    assert places(nil_returns(context(silent=["Personen"], found=[elsewhere]))) == [("P22", "Personen!None")]


def test_a_template_without_the_line_is_not_asked_for_it() -> None:
    given = context(silent=["Bestand", "Verwaltung"])
    del given.workbook.form_cells["Leermeldung: Bestand"]
    assert places(nil_returns(given)) == [("P22", "Verwaltung!None")]


def texts(kind: str = "kommune") -> dict[str, str]:
    return {r.id: r.text for r in (*RULES.criteria_of(kind), *RULES.targets_of(kind))}


ATTESTED = [r.id for r in RULES.targets_of("kommune") if r.decide.kind == "attested"]


def table(wording: str, *rows: str) -> str:
    """Each row filled up with empty cells."""
    filled = (row + " |" * (4 - row.count("|")) for row in rows)
    return "\n".join([f"Nr. | {wording} | Erfüllt am | Nachweis-Nr. | Erläuterung", *filled])


def criteria(*changed: str, left_out: tuple[str, ...] = ()) -> str:
    """All rows of Meilensteine, those of the project lead's criteria not among them, and rows after them."""
    rows = [f"{c.id} | {c.text}" for c in RULES.criteria_of("kommune") if c.id not in left_out]
    return table("Kriterium", *rows, *changed)


def targets(*rows: str) -> str:
    return table("Zielwert", *rows)


ALL_TARGETS = [f"{nr} | {texts()[nr]}" for nr in ATTESTED]


def rows_reported(zielwerte: str, meilensteine: str, *errors: str) -> list[Finding]:
    given = context(None, *errors, requirements={"Meilensteine": meilensteine, "Zielwerte": zielwerte})
    return list(rule_rows(given))


def test_attested_targets() -> None:
    assert ATTESTED == ["Z2.2", "Z3.1", "Z3.2", "Z3.3", "Z3.4", "Z3.5", "Z3.6"]


def test_every_requirement_that_is_attested_has_its_row() -> None:
    assert rows_reported(targets(*ALL_TARGETS), criteria()) == []
    without_computed = criteria(left_out=("MS1.1a", "MS1.1d", "MS3.1a"))
    assert rows_reported(targets(*ALL_TARGETS), without_computed) == []
    assert rows_reported(targets(*ALL_TARGETS[1:-1]), criteria(left_out=("MS1.1b",))) == [
        finding("P24", "Meilensteine", ids="„MS1.1b“"),
        finding("P24", "Zielwerte", ids="„Z2.2“, „Z3.6“"),
    ]


def test_the_project_lead_has_rows_of_its_own() -> None:
    """It attests nothing; its criterion is unknown in a municipality's workbook and known in its own."""
    rows = "Nr. | Kriterium\nMS2.1d | x\nMS1.1b | x"
    given = context(kind="projektleitung", requirements={"Meilensteine": rows, "Zielwerte": targets()})
    assert list(rule_rows(given)) == [finding("P15", "Meilensteine", "A6", "Nr.")]
    assert places(rows_reported(targets(*ALL_TARGETS), criteria("MS2.1d | x"))) == [
        ("P15", "Meilensteine!A42")
    ]


@pytest.mark.parametrize(
    ("inputs", "rule"),
    [("", "P15"), (" | 2026-03-01", "P14"), (" |  | NW-001", "P14"), (" |  |  | Text", "P14")],
)
def test_a_number_that_nobody_knows(inputs: str, rule: str) -> None:
    """With entries it is an error, for they would count for nothing."""
    found = rows_reported(targets(f"Z9.9 | x{inputs}", *ALL_TARGETS), criteria())
    assert found == [finding(rule, "Zielwerte", "A5", "Nr.")]
    assert rows_reported(targets(f" | x{inputs}", *ALL_TARGETS), criteria()) == []  # no number at all


def test_a_row_with_a_wrong_number_stands_for_what_its_wording_says() -> None:
    wrong = [f"Z9.9 | {texts()['Z3.6']}", *ALL_TARGETS[:-1]]
    assert rows_reported(targets(*wrong), criteria()) == [finding("P15", "Zielwerte", "A5", "Nr.")]


def test_else_for_the_one_that_follows_on_the_row_above() -> None:
    """Z3.2 is no longer missing where the row after Z3.1 has a number nobody knows; the rest is."""
    rows = [*ALL_TARGETS[:2], "Z9.9 | x", *ALL_TARGETS[3:]]
    assert rows_reported(targets(*rows), criteria()) == [finding("P15", "Zielwerte", "A7", "Nr.")]
    twice = [*ALL_TARGETS[:2], "Z9.8 | x", "Z9.9 | x", *ALL_TARGETS[4:]]
    assert [f.rule for f in rows_reported(targets(*twice), criteria())] == ["P15", "P15"]
    first = ["Z9.9 | x", *ALL_TARGETS[1:]]  # nothing stands above
    assert rows_reported(targets(*first), criteria()) == [
        finding("P15", "Zielwerte", "A5", "Nr."),
        finding("P24", "Zielwerte", ids="„Z2.2“"),
    ]
    end = [f"Z4.3 | {texts()['Z4.3']}", "Z9.9 | x", *ALL_TARGETS[:-1]]  # nothing follows on the last
    assert finding("P24", "Zielwerte", ids="„Z3.6“") in rows_reported(targets(*end), criteria())


def test_a_number_with_an_error_stands_for_what_its_wording_says() -> None:
    """A repeat is an error at its number; the row was meant for the one that follows."""
    rows = [ALL_TARGETS[0], f"Z2.2 | {texts()['Z3.1']}", *ALL_TARGETS[2:]]
    repeated = finding("P03", "Zielwerte", "A6", "Nr.", columns="Nr.")
    given = context(requirements={"Meilensteine": criteria(), "Zielwerte": targets(*rows)}, found=[repeated])
    assert list(rule_rows(given)) == []
    without = context(requirements={"Meilensteine": criteria(), "Zielwerte": targets(*rows)})
    assert list(rule_rows(without)) == [finding("P24", "Zielwerte", ids="„Z3.1“")]


def test_an_attested_date_needs_evidence() -> None:
    entries = {"MS1.1b": ("2026-03-01", None), "Z2.2": ("2026-03-01", "NW-001"), "MS1.1c": (None, None)}
    assert list(attested_without_evidence(context(entries=entries))) == [
        finding("P21", "Meilensteine", "F5", "Nachweis-Nr.", table="Nachweise"),
        finding("P21", "Zielwerte", "E5", "Nachweis-Nr.", table="Nachweise"),
    ]


REGISTER = {
    "Bestand": "Stichtag | Nachweis-Nr.\n2026-03-31 |\n2026-04-30 | NW-001; NW-002",
    "Nachweise": "Nachweis-Nr. | Nachweispunkt\nNW-001 |\nNW-002 |\nNW-003 | N1.1\nNW-004 |\n |\nNW-005 |",
}


def test_a_document_that_nobody_refers_to() -> None:
    assert list(unused_evidence(context(REGISTER, entries={"Z2.2": (None, "NW-005")}))) == [
        finding("P31", "Nachweise", "A8", "Nachweis-Nr.")
    ]


def test_it_is_not_asked_while_a_cell_that_refers_to_documents_has_an_error() -> None:
    assert list(unused_evidence(context(REGISTER, "Bestand!D5"))) == []
    assert len(list(unused_evidence(context(REGISTER, "Bestand!A5")))) == 2
    assert (
        len(list(unused_evidence(context(REGISTER, "Nachweise!A9")))) == 2
    )  # its own numbers refer to nothing


# --- the form -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Büdingen", None),
        ("BÜDINGEN *", None),
        ("Hanau", "P41"),
        ("hanau", "P41"),
        ("Projektleitung", "P41"),
        ("Frankfurt", "P42"),
        (None, None),
    ],
)
def test_the_name_is_that_of_the_key(name: str | None, rule: str | None) -> None:
    one = finding(rule, "Stammdaten", "B4", "Kommune", own="Büdingen") if rule else None
    given = context(form={"Kommune": name})
    assert list(name_fits_key(given)) == ([one] if one else [])
    assert list(name_fits_key(replace(given, workbook=replace(given.workbook, ags=None)))) == []


@pytest.mark.parametrize(
    ("released", "stichtag", "shown"),
    [
        (date(2026, 6, 29), "2026-06-30", True),
        (date(2026, 6, 30), "2026-06-30", False),
        (date(2026, 7, 1), "2026-06-30", False),
        (None, "2026-06-30", False),
        (date(2020, 1, 1), "2028-10-01", False),
    ],
)
def test_it_is_released_on_the_stichtag_or_later(released: date | None, stichtag: str, shown: bool) -> None:
    one = finding("P43", "Stammdaten", "B12", "Freigegeben am")
    found = list(released_after_stichtag(context(stichtag=stichtag, form={"Freigegeben am": released})))
    assert found == ([one] if shown else [])


@pytest.mark.parametrize(
    ("version", "shown"),
    [
        ("2026.1", True),
        ("2025.99", True),
        ("2026.2", False),
        ("2026.10", False),
        ("Entwurf", False),
        (None, False),
    ],
)
def test_the_rules_that_the_workbook_was_made_under(version: str | None, shown: bool) -> None:
    project = RULES.project.model_copy(update={"version": "2026.2"})
    given = context()
    book = replace(given.workbook, rules_version=version)
    found = list(rules_are_current(replace(given, workbook=book, rules=replace(RULES, project=project))))
    assert found == ([finding("M28", given=version, version="2026.2")] if shown else [])


# --- many dates after the Stichtag --------------------------------------------------------------------


def late(*cells: str) -> list[Finding]:
    return [finding("P02", cell.split("!")[0], cell.split("!")[1], "Datum") for cell in cells]


OTHER = finding("P04", "Personen", "F5", "Bedarf erfasst am", before="x")


def test_dates_after_the_stichtag_in_five_rows_are_one_finding_at_the_stichtag() -> None:
    """Rows are counted, not cells: two cells of row 5 are one."""
    book = context().workbook
    four = late("Kontakte!A5", "Kontakte!A6", "Personen!D5", "Personen!E5", "Personen!AB12")
    assert one_for_many_later(book, iter([*four, OTHER])) == [*four, OTHER]
    five = [*four[:2], OTHER, *four[2:], *late("Kontakte!A7")]
    counts = "Kontakte 3 Zeilen, Personen 2 Zeilen"
    assert one_for_many_later(book, five) == [
        OTHER,
        finding("P40", "Stammdaten", "B7", "Berichtsstichtag", counts=counts),
    ]
    single = [*late(*(f"Kontakte!A{row}" for row in range(5, 9))), *late("Bestand!A5")]
    (one,) = one_for_many_later(book, single)
    assert "Kontakte 4 Zeilen, Bestand 1 Zeile" in one.message
