"""One finding for each cause: of a cell the first error, of a column what repeats; in reading order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipeline.checks import check_workbook
from pipeline.checks.deduplicate import (
    deduplicate_findings,
    each_cell,
    group_findings,
    in_reading_order,
)
from pipeline.checks.gather import gather, with_answers, without_findings
from pipeline.definitions.messages import finding
from pipeline.definitions.model import Answer, Finding
from pipeline.rules import Exemption
from pipeline.xlsx.addresses import cell_ranges
from tests import builder
from tests.checks.contexts import context

KIND = builder.rules().kinds["kommune"]


def one(
    rule: str, cell: str | None, sheet: str | None = "Bedarfe", column: str | None = "Erfasst am"
) -> Finding:
    words: dict[str, Any] = {"P04": {"before": "x"}, "P09": {"other": "y"}, "P05": {"condition": "x"}}.get(
        rule, {}
    )
    if rule == "P06":
        words = {"condition": "x", "other": "y"}
    return finding(rule, sheet, cell, column, **words)


def spread(*cells: str, count: int) -> Finding:
    return replace(one("W05", cells[0].split(":")[0]), cells=cells, count=count)


def test_a_finding_of_several_cells_is_taken_apart() -> None:
    many = spread("D5", "D7:D9", count=4)
    single, of_file = one("W05", "D4"), one("N01", None, None, None)
    of_sheet = replace(of_file, count=3)  # records, but no cell
    assert list(each_cell([single, many, of_file, of_sheet])) == [
        single, *(one("W05", f"D{row}") for row in (5, 7, 8, 9)), of_file, of_sheet,
    ]  # fmt: skip
    assert list(each_cell([spread("D5:D6", count=2)])) == [one("W05", "D5"), one("W05", "D6")]
    assert list(each_cell([spread("D5:D5", count=2)])) == [one("W05", "D5")]


def test_of_the_errors_on_a_cell_the_first_of_the_list_stays() -> None:
    first, second = one("P04", "D5"), one("P09", "D5")
    for given in ([first, second], [second, first], [first, second, first]):
        assert deduplicate_findings(given, KIND) == [first]
    elsewhere = [one("P09", "D6"), one("P09", "D5", "Personen")]
    assert set(deduplicate_findings([first, second, *elsewhere], KIND)) == {first, *elsewhere}


def test_a_warning_on_a_cell_with_an_error_goes_and_one_beside_it_stays() -> None:
    error, warning, note = (
        one("P04", "D5"),
        finding("P20", "Bedarfe", "D5", "Erfasst am", start="x"),
        one("P30", "D5"),
    )
    assert deduplicate_findings([warning, error, note], KIND) == [error]
    assert deduplicate_findings([warning, note], KIND) == [warning, note]


def test_what_has_no_cell_always_stays() -> None:
    for given in (one("P04", None), one("N01", None, None, None)):
        assert deduplicate_findings([given, given, one("P09", "D5")], KIND) == [given, one("P09", "D5")]


def test_that_a_cell_must_be_empty_is_true_whatever_stands_in_it() -> None:
    empty, error = one("P06", "D5"), one("W10", "D5")
    assert set(deduplicate_findings([empty, error], KIND)) == {empty, error}
    assert deduplicate_findings([empty, one("P30", "D5")], KIND) == [empty, one("P30", "D5")]


@pytest.mark.parametrize(("error", "both"), [("P04", True), ("W10", False)])
def test_how_a_value_was_mended_is_finding_text_an_error_of_a_value_that_was_taken_over(
    error: str, both: bool
) -> None:
    mended = finding("M01", "Bedarfe", "D5", "Erfasst am")
    found = deduplicate_findings([mended, one(error, "D5")], KIND)
    assert set(found) == ({mended, one(error, "D5")} if both else {one(error, "D5")})


def test_reading_order() -> None:
    """The file, the form, the sheets in the order of the tabs, others after them; in a sheet row by row."""
    expected = [
        one("N01", None, None, None),
        one("P43", "B12", "Stammdaten"),
        one("P30", "A100", "Bestand"),
        one("P30", None, "Bedarfe"),
        one("P30", "C6", "Bedarfe"),
        one("P04", "D6", "Bedarfe"),
        one("P09", "D6", "Bedarfe"),
        one("W13", "AA6", "Bedarfe"),
        one("P30", "A7", "Bedarfe"),
        one("P30", "A10", "Bedarfe"),
        one("P30", "A1", "Nachweise"),
        one("P30", "A1", "Alpha"),
        one("P30", "A1", "Omega"),
    ]
    assert in_reading_order(expected[::-1], KIND) == expected
    unknown = [one("N01", None, None, None), one("P30", "A9", "Alpha"), one("P30", "A1", "Bestand")]
    assert in_reading_order(unknown[::-1], None) == unknown


def test_without_a_place_the_order_is_that_of_the_rules() -> None:
    first, second = one("N01", None, None, None), one("N02", None, None, None)
    assert in_reading_order([second, first], KIND) == [first, second]


# --- repeated in a column -----------------------------------------------------------------------------


def test_what_repeats_in_a_column_is_one_at_its_first_cell() -> None:
    given = [
        one("W05", "D5"),
        one("W05", "E5"),
        one("W05", "D6"),
        one("P04", "D7"),
        one("W05", "D9"),
        one("W05", "D5", "Angebote"),
        one("W05", "D7", column="Anders"),
    ]
    assert group_findings(given) == [
        spread("D5:D6", "D9", count=3), given[1], given[3], given[5], given[6],
    ]  # fmt: skip


def test_findings_without_a_cell_are_never_one() -> None:
    of_file = one("N01", None, None, None)
    assert group_findings([of_file, of_file]) == [of_file, of_file]


def test_those_that_were_one_already_join_the_next() -> None:
    """As given by what was gathered before: its cells are those of single findings again."""
    assert group_findings(each_cell([spread("D5:D6", count=2), one("W05", "D7")])) == [
        spread("D5:D7", count=3)
    ]


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ([], []),
        (["C5"], ["C5"]),
        (["C5", "C6"], ["C5:C6"]),
        (["C5", "C7"], ["C5", "C7"]),
        (["C5", "C6", "C7", "C9"], ["C5:C7", "C9"]),
        (["AB9", "AB10", "AB12", "AB13"], ["AB9:AB10", "AB12:AB13"]),
    ],
)
def test_cells_as_ranges(cells: list[str], shown: list[str]) -> None:
    assert list(cell_ranges(cells)) == shown


# --- gathered -----------------------------------------------------------------------------------------


def test_gathered_once_and_again() -> None:
    book = replace(context().workbook, findings=(spread("D5:D6", count=2),))
    found = gather(book, [one("W05", "D7"), one("P04", "D5"), one("P30", "A1", "Bestand")], builder.rules())
    assert found.findings == (one("P30", "A1", "Bestand"), spread("D5:D7", count=3))
    assert gather(found, [], builder.rules()) == found
    unknown = gather(replace(book, kind=""), [], builder.rules())  # nothing was read
    assert unknown.findings == book.findings


def test_an_exemption_is_applied_and_its_end_is_reported() -> None:
    stock = finding("P11", "Bestand", "B6", "Anzahl", table="Personen")
    words: dict[str, Any] = {"rule": "P11", "ags": builder.AGS, "reason": "x", "decided_by": "y"}
    for until, shown in ((date(2026, 6, 30), ["warning"]), (date(2026, 6, 29), ["error", "note"])):
        rules = replace(builder.rules(), exemptions=(Exemption(**words, valid_until=until),))
        assert [f.severity.value for f in gather(context().workbook, [stock], rules).findings] == shown


def test_a_refused_file_has_what_was_found_and_is_not_checked() -> None:
    refused = replace(
        context().workbook, refused=True, kind="", tables={}, findings=(one("N01", None, None, None),)
    )
    found = check_workbook(refused, [one("W05", "D5"), one("P04", "D5")], builder.rules())
    assert found == replace(refused, findings=(one("N01", None, None, None), one("W05", "D5")))


def test_many_dates_after_the_stichtag_are_reported_there_by_a_whole_check() -> None:
    book = context({"Kontakte": "Datum\n" + "\n".join(["2026-07-01"] * 5)}).workbook
    late = [finding("P02", "Kontakte", f"A{row}", "Datum") for row in range(5, 10)]
    found = {f.rule: f for f in check_workbook(book, late, builder.rules()).findings}
    assert "P02" not in found
    assert (found["P40"].sheet, found["P40"].cell) == ("Stammdaten", "B7")


def test_answers_come_to_their_findings_and_not_to_a_refused_file() -> None:
    warning = finding("P24", "Zielwerte", ids="„Z2.2“")
    book = replace(context().workbook, findings=(warning,))
    answer = Answer("P24", "Zielwerte", "", warning.subject, "salz", (("", ""),), "so ist es")
    assert with_answers(book, []) is book
    refused = replace(book, refused=True)
    assert with_answers(refused, [(answer, True)]) is refused
    (same,) = with_answers(book, [(answer, True)]).findings
    assert (same.answer, same.reopened) == (None, True)  # the figures are others than when it was asked


def test_a_duplicate_is_reported_with_the_other_file() -> None:
    book = replace(context().workbook, findings=(one("W05", "D5"),), not_run=("Bestand: ob …",))
    bare = without_findings(book)
    assert (bare.findings, bare.not_run) == ((), ())
    assert replace(bare, findings=book.findings, not_run=book.not_run) == book
