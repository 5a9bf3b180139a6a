"""Checks for a second look: names, sign-off, stays, offers, evidence, stock; each with its boundary day.

The Stichtag is 2026-06-30. Rows of ``builder.VALID``: the first record stands in Excel row 5.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.outcome import Outcome
from pipeline.run import run
from tests import builder, cell_edits, expected
from tests.cell_edits import Text
from tests.expected import Case, Cases, at


def _one(name: str, edits: dict[str, object], *found: tuple[str, str, str]) -> Case:
    return Case(name, edits, tuple(at(*f) for f in found))


CASES = Cases(
    [
        _one("another municipality's name", {"Stammdaten!B4": "Hanau"}, ("P41", "error", "Stammdaten!B4")),
        _one("the lead's name", {"Stammdaten!B4": "Projektleitung"}, ("P41", "error", "Stammdaten!B4")),
        _one("nobody's name", {"Stammdaten!B4": "Musterstadt"}, ("P42", "warning", "Stammdaten!B4")),
        _one("the name in capitals", {"Stammdaten!B4": "BÜDINGEN"}),
        _one("released a day early", {"Stammdaten!B12": "2026-06-29"}, ("P43", "warning", "Stammdaten!B12")),
        _one("released on the day", {"Stammdaten!B12": "2026-06-30"}),
        _one("running, ended yesterday", {"Teilnahmen!D5": "2026-06-29"}, ("P44", "warning", "Teilnahmen!E5")),
        _one("running, ends today", {"Teilnahmen!D5": "2026-06-30"}),
        _one("begins after the person left", {"Teilnahmen!C6": "2026-06-01", "Teilnahmen!D6": None},
             ("P45", "warning", "Teilnahmen!C6")),
        _one("begins on the day the person left", {"Teilnahmen!C6": "2026-05-31", "Teilnahmen!D6": None}),
        _one("begins before the person came", {"Teilnahmen!C7": "2026-01-11"}, ("P45", "warning", "Teilnahmen!C7")),
        _one("begins on the day the person came", {"Teilnahmen!C7": "2026-01-12"}),
        _one("addressed before the offer began", {"Angebote!H6": "2026-07-01"}, ("P46", "warning", "Bedarfe!E7")),
        _one("addressed on the offer's first day", {"Angebote!H6": "2026-06-30"}),
        _one("proof of the day before", {"Nachweise!D5": "2025-11-19", "Veranstaltungen!G5": "NW-001"},
             ("P47", "note", "Veranstaltungen!G5")),
        _one("proof of the day", {"Veranstaltungen!G5": "NW-001"}),
        _one("one of two proofs is of the day", {"Nachweise!D5": "2025-11-19"}),
    ]
)  # fmt: skip


@pytest.mark.parametrize("case", CASES.params)
def test_a_second_look(case: Case) -> None:
    found = [t for t in expected.reported(CASES[case].findings) if t.rule != "P31"]
    assert found == list(case.expected)


@pytest.mark.parametrize(("day", "reported"), [("2025-06-29", ["A5"]), ("2025-06-30", [])])
def test_a_stock_of_more_than_twelve_months(day: str, reported: list[str]) -> None:
    one_row = {f"Bestand!{letter}{row}": None for letter in "ABCD" for row in (6, 7)}
    found = expected.broken(one_row | {"Bestand!A5": day}).findings
    assert [f.cell for f in found if f.rule == "P48"] == reported


def test_how_old_a_stock_may_be_is_a_parameter() -> None:
    rules = builder.rules()
    parameters = rules.project.parameters.model_copy(update={"stock_max_age_months": 3})
    stricter = replace(rules, project=rules.project.model_copy(update={"parameters": parameters}))
    one_row = {f"Bestand!{letter}7": None for letter in "ABCD"}
    workbook = expected.examine(cell_edits.edited(one_row), stricter)  # the latest is of 2026-03-31
    assert [f for f in workbook.findings if f.rule == "P48"] == []
    workbook = expected.examine(cell_edits.edited(one_row | {"Bestand!A6": "2026-03-29"}), stricter)
    (found,) = (f for f in workbook.findings if f.rule == "P48")
    assert (found.cell, found.message) == (
        "A6",
        "Der letzte Bestand ist am Berichtsstichtag älter als 3 Monate.",
    )


# --- against what it replaces -------------------------------------------------------------------------


def _two(folder: Path, edits: dict[str, object]) -> Outcome:
    (folder / "1.xlsx").write_bytes(builder.valid())
    (folder / "2.xlsx").write_bytes(cell_edits.edited({"Stammdaten!B8": 2, **edits}))
    return run(folder, builder.rules())


def test_records_that_a_correction_has_lost_are_counted(tmp_path: Path) -> None:
    gone: dict[str, object] = {f"Kontakte!{letter}{row}": None for letter in "ABCDE" for row in (6, 7)}
    gone |= {f"Verwaltung!{letter}7": None for letter in "ABCDEF"}
    found = [f for f in _two(tmp_path, gone).submissions[1].workbook.findings if f.rule == "V20"]
    assert [(f.severity.value, f.sheet, f.cell) for f in found] == [("warning", "Stammdaten", "B8")]
    assert "Kontakte 2 Zeilen, Verwaltung 1 Zeile (Datei 1.xlsx)" in found[0].message


def test_a_correction_that_adds_is_not_reported(tmp_path: Path) -> None:
    more: dict[str, object] = {
        "Verwaltung!A8": "Bauamt",
        "Verwaltung!B8": "nein",
        "Personen!E9": Text("2026-04-01"),
    }
    found = _two(tmp_path, more).submissions[1].workbook.findings
    assert [f.rule for f in found if f.rule.startswith("V")] == []
