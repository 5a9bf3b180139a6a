"""A Fehler never hides another that stands on its own, and what could not be checked is said."""

from __future__ import annotations

import pytest

from pipeline.definitions.model import State
from pipeline.feedback import feedback
from tests import builder, cell_edits, expected
from tests.cell_edits import ErrorValue
from tests.expected import Case, Cases, at
from tests.properties.mending import trial


def _errors(*places: tuple[str, str]) -> tuple[expected.ExpectedFinding, ...]:
    return tuple(at(rule, "error", place) for rule, place in places)


UNRELATED = Cases(
    [
        Case(
            "a broken key, and a lost reference to another person",
            {"Personen!A6": "P-02", "Kontakte!E8": "P-0999"},
            _errors(("W12", "Personen!A6"), ("P07", "Kontakte!E8")),
        ),
        Case(
            "a repeated key, and a lost reference in the sheet that refers to the lost one",
            {"Personen!A6": "P-0001", "Bedarfe!B8": "P-0999"},
            _errors(("P03", "Personen!A6"), ("P07", "Bedarfe!B8")),
        ),
        Case(
            "the first key is unread, and another sheet refers to nobody",
            {"Personen!A5": ErrorValue(), "Teilnahmen!A7": "P-0999"},
            _errors(("W01", "Personen!A5"), ("P07", "Teilnahmen!A7")),
        ),
        Case(
            "a broken number of evidence, and a lost one",
            {"Nachweise!A6": "NW2", "Meilensteine!F6": "NW-099"},
            _errors(("P07", "Meilensteine!F6"), ("W12", "Nachweise!A6")),
        ),
        Case(
            "two dates before the first of their row",
            {"Personen!E5": "2025-10-02", "Personen!F5": "2025-10-03"},
            _errors(("P04", "Personen!E5"), ("P04", "Personen!F5")),
        ),
        Case(
            "a date between is unread, and the last lies before the first",
            {"Personen!E5": "bald", "Personen!F5": "2025-11-02"},
            _errors(("W05", "Personen!E5"), ("P04", "Personen!F5")),
        ),
        Case(
            "what must be empty, and is no choice either",
            {"Teilnahmen!F5": "Quatsch"},
            _errors(("W10", "Teilnahmen!F5"), ("P06", "Teilnahmen!F5")),
        ),
        Case(
            "what must be empty, and cannot be read",
            {"Teilnahmen!F5": ErrorValue(), "Personen!H8": ErrorValue()},
            _errors(
                ("P06", "Personen!H8"),
                ("W01", "Personen!H8"),
                ("P06", "Teilnahmen!F5"),
                ("W01", "Teilnahmen!F5"),
            ),
        ),
        Case(
            "a person who left, but nobody can read when, is not counted against the stock",
            {"Personen!G6": ErrorValue(), "Bestand!B7": 6},
            _errors(("W01", "Personen!G6")),
        ),
    ]
)


@pytest.mark.parametrize("case", UNRELATED.params)
def test_an_error_hides_no_other(case: Case) -> None:
    found = [t for t in expected.reported(UNRELATED[case].findings) if t.severity == "error"]
    assert sorted(found) == sorted(case.expected)


def test_a_missing_row_is_finding_texts_a_broken_number() -> None:
    """MS1.1b (row 6) has an unknown number; MS1.1c (row 7) is gone: P24 names the second alone."""
    row = {f"Meilensteine!{letter}7": None for letter in "ABCDEFG"}
    found = expected.broken({"Meilensteine!A6": "MS9.9z"} | row).findings
    (missing,) = (f for f in found if f.rule == "P24")
    assert "MS1.1c" in missing.message
    assert "MS1.1b" not in missing.message


def test_keys_that_do_not_count_on_leave_a_lost_reference_undecided() -> None:
    """P-0002 becomes P-0500, so the numbers have gaps; then nobody can tell whom the lost one means."""
    renamed = {"Personen!A6": "P-0500", "Bedarfe!B7": "P-0500", "Teilnahmen!A6": "P-0500"}
    workbook = expected.broken(renamed | {"Personen!A12": "P8", "Kontakte!E8": "P-0999"})
    assert [(f.rule, f.sheet, f.cell) for f in workbook.findings] == [("W12", "Personen", "A12")]
    assert "Personen: ob es zu jedem Verweis auf „Kennung“ eine Zeile gibt." in workbook.not_run


def test_letter_and_copy_say_what_could_not_be_checked() -> None:
    data = cell_edits.edited({"Personen!D5": "bald"})
    workbook = expected.examine(data)
    line = "Personen: ob „Angesprochen am“ nicht vor „Zugang am“ liegt, wo eines von beiden fehlerhaft ist."
    assert line in workbook.not_run
    _, letter = feedback(workbook, State.REJECTED, data, builder.rules())
    assert f"Wegen dieser Fehler noch nicht geprüft:\n- {line}" in letter


def test_a_repeated_key_was_compared_and_a_broken_one_was_not() -> None:
    line = "Personen: ob fehlerhafte Einträge in „Kennung“ noch einmal vorkommen."
    assert line not in expected.broken({"Personen!A6": "P-0001"}).not_run
    assert line in expected.broken({"Personen!A6": "P-02"}).not_run
    assert line in expected.broken({"Personen!A6": "P-0001", "Personen!A12": "P-02"}).not_run


def test_a_valid_workbook_leaves_nothing_unchecked() -> None:
    assert expected.valid_workbook().not_run == ()


# --- many dates after the Stichtag --------------------------------------------------------------------

LATER = {f"Kontakte!A{row}": "2026-07-01" for row in (5, 6, 7, 8)}


def test_four_rows_after_the_stichtag_are_reported_each() -> None:
    found = expected.broken(LATER).findings
    assert [(f.rule, f.sheet, f.cells) for f in found] == [("P02", "Kontakte", ("A5:A8",))]


def test_five_rows_after_the_stichtag_are_one_error_at_the_stichtag() -> None:
    found = expected.broken(LATER | {"Veranstaltungen!B7": "2026-07-01"}).findings
    assert expected.reported(found) == [at("P40", "error", "Stammdaten!B7")]
    assert "Kontakte 4 Zeilen, Veranstaltungen 1 Zeile" in found[0].message


def test_days_that_nothing_may_bear_are_no_slip_of_the_stichtag() -> None:
    """2062 in place of 2026: the Stichtag is right, and each of the five is reported as W14."""
    places = [*LATER, "Veranstaltungen!B7"]
    found = expected.broken(dict.fromkeys(places, "2062-07-01")).findings
    assert {(f.rule, f.sheet, f.cells) for f in found} == {
        ("W14", "Kontakte", ("A5:A8",)),
        ("W14", "Veranstaltungen", ("B7",)),
    }


def test_two_dates_of_one_row_are_one_row() -> None:
    both = {"Personen!E10": "2026-07-01", "Personen!F10": "2026-07-02"}
    found = expected.broken({p: v for p, v in LATER.items() if p != "Kontakte!A8"} | both).findings
    assert {f.rule for f in found} == {"P02"}


# --- one round is enough ------------------------------------------------------------------------------


@pytest.mark.slow
def test_mending_the_reported_cells_is_enough() -> None:
    """A sample; ``python -m tests.properties.mending`` runs thousands (docs/robustheit.md)."""
    outcome = trial(range(60))
    assert outcome.hidden == []
    assert outcome.named == []
    assert len(outcome.rules) > 15
