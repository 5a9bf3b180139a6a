"""References from one sheet to the records of another, lost or of the wrong kind. First record: Excel row 5."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.checks.not_run import checks_not_run
from pipeline.checks.references import key_column, lost_references, references
from pipeline.definitions.messages import finding
from pipeline.definitions.sheets import EVIDENCE, OFFERS, PERSONS, STOCK
from tests.builder import G1, G3, G6, G9
from tests.checks.contexts import context, places


def persons(*keys: str) -> str:
    return "Kennung\n" + "\n".join(keys)


def contacts(*keys: str) -> str:
    return "Datum | Kennung\n" + "\n".join(f"2026-03-01 | {key}" for key in keys)


def lost(tables: Mapping[str, Any], *errors: str) -> tuple[list[str], bool]:
    """The places of lost references to Personen, and whether some are left undecided."""
    found = lost_references(context(tables, *errors), PERSONS)
    return [f"{r.table.sheet}!{r.row}" for r in found.reported], found.undecided


def test_the_column_that_others_refer_to() -> None:
    assert [getattr(key_column(s), "name", None) for s in (PERSONS, OFFERS, EVIDENCE, STOCK)] == [
        "Kennung", "Angebot-Nr.", "Nachweis-Nr.", None,
    ]  # fmt: skip


def test_each_reference_to_nothing_is_reported_where_it_stands() -> None:
    tables = {
        "Personen": persons("P-0001", "P-0002"),
        "Kontakte": contacts("P-0001", "P-0099", "", "P-0002", "P-0098", "P-0099"),
        "Bedarfe": "Bedarf-Nr. | Kennung\nB-0001 | P-0099\nB-0002 | P-0001",
        "Bestand": "Stichtag | Nachweis-Nr.\n2026-03-31 | NW-001; NW-002; NW-003",
        "Nachweise": "Nachweis-Nr.\nNW-002",
    }
    assert list(references(context(tables))) == [
        finding("P07", "Bedarfe", "B5", "Kennung", table="Personen"),
        finding("P07", "Kontakte", "E6", "Kennung", table="Personen"),
        finding("P07", "Kontakte", "E10", "Kennung", table="Personen"),
        finding("P07", "Kontakte", "E9", "Kennung", table="Personen"),
        finding("P07", "Bestand", "D5", "Nachweis-Nr.", table="Nachweise"),
    ]
    assert lost(tables) == (["Bedarfe!5", "Kontakte!6", "Kontakte!10", "Kontakte!9"], False)


@pytest.mark.parametrize("key", ["P-12", "P-1234567", "X-0001", "P0001", "P-0001x", "Maria"])
def test_what_is_no_number_is_reported_there_and_not_as_lost(key: str) -> None:
    assert lost({"Personen": persons("P-0002"), "Kontakte": contacts(key)}) == ([], False)


@pytest.mark.parametrize(
    ("keys", "broken", "given", "shown"),
    [
        # the neighbours say P-0002 should have stood there
        (["P-0001", "x", "P-0003"], ["A6"], ["P-0002"], []),
        (["P-0001", "x", "P-0003"], ["A6"], ["P-0002", "P-0009"], ["Kontakte!6"]),
        (["P-0001", "x", "y", "P-0004"], ["A6", "A7"], ["P-0002", "P-0003"], []),
        (["x", "P-0002", "P-0003"], ["A5"], ["P-0001"], []),
        (["x", "P-0000", "P-0001"], ["A5"], ["P-0001", "P-0009"], ["Kontakte!6"]),  # nothing before 0
        (["P-0001", "P-0002", "x"], ["A7"], ["P-0003"], []),
        (["P-0001", "P-0002", "x"], ["A7"], ["P-003"], ["Kontakte!5"]),  # it would have had four digits
        (["P-0099", "x", "P-0101"], ["A6"], ["P-0100"], []),
        (["x", "P-0001", "P-0002"], ["A5"], ["P-0000"], []),
        (["P-0001", "x", "y"], ["A6", "A7"], ["P-0003"], []),
        # nothing is broken, though there is a gap
        (["P-0001", "P-0003"], [], ["P-0002"], ["Kontakte!5"]),
    ],
)
def test_where_numbers_count_on_a_broken_one_explains_its_own_references(
    keys: list[str], broken: list[str], given: list[str], shown: list[str]
) -> None:
    tables = {"Personen": persons(*keys), "Kontakte": contacts(*given)}
    assert lost(tables, *(f"Personen!{cell}" for cell in broken)) == (shown, False)


@pytest.mark.parametrize(
    ("given", "shown", "undecided"),
    [
        (["P-0700"], [], True),
        (["P-0700", "P-0800", "P-0800"], ["Kontakte!5"], True),  # the one with the most references
        (["P-0800", "P-0700"], ["Kontakte!5"], True),  # else the lower number
        (["P-0001"], [], False),  # nothing is lost
        (
            ["P-0002", "P-0700"],
            ["Kontakte!6"],
            False,
        ),  # the neighbour above explains one: no key is left over
        (["P-0049", "P-0700"], ["Kontakte!6"], False),  # so does the one below
    ],
)
def test_where_they_do_not_as_many_are_left_open_as_there_are_broken_keys(
    given: list[str], shown: list[str], undecided: bool
) -> None:
    tables = {"Personen": persons("P-0001", "x", "P-0050", "P-0020"), "Kontakte": contacts(*given)}
    assert lost(tables, "Personen!A6") == (shown, undecided)


def test_two_broken_keys_leave_two_open() -> None:
    tables = {
        "Personen": persons("P-0500", "x", "P-0050", "y"),
        "Kontakte": contacts("P-0007", "P-0008", "P-0009"),
    }
    assert lost(tables, "Personen!A6", "Personen!A8") == (["Kontakte!7"], True)


def test_the_first_key_has_no_neighbour_above() -> None:
    """P-0021 would follow on the last."""
    tables = {"Personen": persons("x", "P-0050", "P-0020"), "Kontakte": contacts("P-0021")}
    assert lost(tables, "Personen!A5") == ([], True)


def test_a_single_sound_key_does_not_count_on() -> None:
    assert lost({"Personen": persons("P-0001", "x"), "Kontakte": contacts("P-0700")}, "Personen!A6") == (
        [],
        True,
    )
    assert lost({"Personen": persons("x"), "Kontakte": contacts("P-0700")}, "Personen!A5") == ([], True)


def test_an_empty_key_is_a_broken_one() -> None:
    """W13 is reported there; so it is where an exemption lets it pass."""
    assert lost({"Personen": persons("P-0001", "", "P-0003"), "Kontakte": contacts("P-0002")}) == ([], False)


def test_a_key_with_an_error_whose_value_is_known_is_broken_too() -> None:
    """A repeat: P-0001 stands twice, and P-0002 was meant."""
    tables = {"Personen": persons("P-0001", "P-0001", "P-0003"), "Kontakte": contacts("P-0002", "P-0001")}
    repeat = finding("P03", "Personen", "A6", "Kennung", columns="Kennung")
    assert lost_references(context(tables, found=[repeat]), PERSONS).reported == ()
    assert [r.row for r in lost_references(context(tables), PERSONS).reported] == [5]
    other = tables | {"Kontakte": contacts("P-0009")}  # the sound ones count on, so it is not the one meant
    assert [r.row for r in lost_references(context(other, found=[repeat]), PERSONS).reported] == [5]


def test_a_line_says_where_lost_references_were_left_open() -> None:
    tables = {"Personen": persons("P-0500", "x", "P-0050"), "Kontakte": contacts("P-0700")}
    line = "Personen: ob es zu jedem Verweis auf „Kennung“ eine Zeile gibt."
    assert line in checks_not_run(context(tables, "Personen!A6"))
    assert line not in checks_not_run(context(tables | {"Kontakte": contacts("P-0500")}, "Personen!A6"))


# --- of the wrong kind --------------------------------------------------------------------------------


def test_a_relative_belongs_to_a_person_of_groups_1_to_5() -> None:
    rows = f"""
        Kennung | Zielgruppe | Bezugsperson
        P-0001  | {G3}       |
        P-0002  | {G6}       |
        P-0003  | {G9}       | P-0001
        P-0004  | {G9}       | P-0002
        P-0005  | {G9}       | P-0003
        P-0006  |            |
        P-0007  | {G9}       | P-0006
        P-0008  | {G9}       | P-0099
        P-0001  | {G6}       |
        P-0010  | Quatsch    |
        P-0011  | {G9}       | P-0010
        P-0012  | {G1}       |
        P-0013  | {G9}       | P-0012
        P-0014  | {G9}       |
    """
    found = [f for f in references(context({"Personen": rows})) if f.rule == "P08"]
    assert places(found) == [("P08", "Personen!H8"), ("P08", "Personen!H9")]
    wanted = "„1“ oder „2“ oder „3“ oder „4“ oder „5“"
    words = {"table": "Personen", "other": "Zielgruppe", "values": wanted}
    assert found[0] == finding("P08", "Personen", "H8", "Bezugsperson", **words)


GROUPS = (
    "1 – Daueraufenthalt EU (§ 9a AufenthG)",
    "2 – Niederlassungserlaubnis (§ 9 AufenthG)",
    "3 – Aufenthaltserlaubnis ab 12 Monaten (§ 7 AufenthG)",
    "4 – Aufenthaltserlaubnis über 18 Monate (§ 7 AufenthG)",
    "5 – Gesetzlicher Anspruch auf Aufenthaltserlaubnis",
)


def test_attendances_are_of_a_training_for_volunteers() -> None:
    tables = {
        "Schulungen": "Schulung-Nr. | Zielgruppe\nS-001 | Ehrenamtliche\nS-002 | Verwaltung\nS-003 |",
        "Ehrenamtliche": "Kennung\nE-001",
        "Schulungsteilnahmen": "Schulung-Nr. | Kennung\nS-001 | E-001\nS-002 | E-001\nS-003 | E-001\n | E-001",
    }
    words = {"table": "Schulungen", "other": "Zielgruppe", "values": "„Ehrenamtliche“"}
    assert list(references(context(tables))) == [
        finding("P08", "Schulungsteilnahmen", "A6", "Schulung-Nr.", **words)
    ]
