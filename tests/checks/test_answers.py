"""Which answer belongs to which finding, over rows made in memory. First record: Excel row 5.

The way of an answer through files is tested in tests/feedback/test_answers.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from pipeline.checks.answers import (
    RECORDS_A_LINE,
    WITHHELD,
    AnswerCounts,
    count_answers,
    questions,
    reply,
    transferred,
)
from pipeline.definitions.messages import finding
from pipeline.definitions.model import Answer, Finding, Reply, Workbook
from tests.checks.contexts import context

TAKEN = """
    Kennung | Angebot-Nr. | Beginn     | Ende       | Stand
    P-0001  | A-001       | 2026-03-16 | 2026-05-01 | laufend
    P-0002  | A-001       | 2026-03-17 | 2026-05-02 | laufend
    P-0003  | A-001       | 2026-03-18 | 2026-05-03 | laufend
"""
CONTACTS = """
    Datum      | Kontaktform | Anlass     | Integrationsguide | Kennung
    2026-02-11 | digital     | Begleitung | AB                | P-0001
    2026-02-11 | digital     | Begleitung | AB                | P-0001
    2026-02-12 | digital     | Begleitung | AB                |
"""
UNITS = "Organisationseinheit | Vorgestellt am\nSozialamt | 2026-04-20"
TABLES = {"Teilnahmen": TAKEN, "Kontakte": CONTACTS, "Verwaltung": UNITS}


def runs_on(*rows: int) -> Finding:
    """P44: the message names „Ende“, so its value is part of what was asked."""
    cells = tuple(f"E{row}" for row in rows)
    one = finding("P44", "Teilnahmen", cells[0], "Stand", other="Ende")
    return replace(one, cells=cells, count=len(cells))


REPEATED = finding("P32", "Kontakte", "A6", "Datum", rows="1 Zeile gleicht", first=6)
STOCK_LESS = finding("V03", "Schulungen", nr="Z3.7", now=1, before=2, stichtag="31.03.2026", file="a.xlsx")
OF_FORM = finding("P43", "Stammdaten", "B12", "Freigegeben am")
ERROR = finding("P04", "Teilnahmen", "D5", "Ende", before="Beginn")


def book(
    *found: Finding, tables: Mapping[str, Any] | None = None, sha256: str = "a" * 64, **form: Any
) -> Workbook:
    made = context(TABLES | dict(tables or {}), form=form).workbook
    return replace(made, findings=found, sha256=sha256)


def asked(workbook: Workbook) -> tuple[Answer, ...]:
    return tuple(line for lines in questions(workbook) for line in lines)


def said(workbook: Workbook, text: str = "stimmt so") -> list[Answer]:
    """Every line of the copy of this workbook, answered alike."""
    return [replace(line, text=text) for line in asked(workbook)]


def replies(workbook: Workbook, *answers: Answer, own: bool = True) -> list[tuple[Reply | None, bool]]:
    return [(f.answer, f.reopened) for f in reply(workbook, [(a, own) for a in answers])]


SO = (Reply("stimmt so", "stimmt so", is_new=True), False)
OPEN, AGAIN = (None, False), (None, True)


# --- what is asked ------------------------------------------------------------------------------------


def test_each_finding_has_its_line_and_an_error_has_none() -> None:
    lines = questions(book(runs_on(5, 6), ERROR, STOCK_LESS))
    assert [len(line) for line in lines] == [1, 0, 1]
    (first,), _, (third,) = lines
    assert (first.rule, first.sheet, first.column, first.subject, first.salt, first.text) == (
        "P44", "Teilnahmen", "Stand", "", "a" * 16, "",
    )  # fmt: skip
    assert (third.rule, third.sheet, third.column, third.subject) == ("V03", "Schulungen", "", "Z3.7")


def test_a_record_is_named_by_its_key_and_anything_else_by_a_hash() -> None:
    unit = finding("V21", "Verwaltung", "B5", "Vorgestellt am", nr="x", because="", stichtag="x", file="x")
    first, second, third, fourth, fifth = asked(book(runs_on(5, 7), REPEATED, STOCK_LESS, OF_FORM, unit))
    assert [record for record, _ in first.records] == [
        "P-0001 + A-001 + 2026-03-16", "P-0003 + A-001 + 2026-03-18",
    ]  # fmt: skip
    ((record, _),) = second.records
    assert len(record) == 16
    assert "P-0001" not in record
    assert [record for record, _ in (*third.records, *fourth.records)] == ["", ""]
    assert [record for record, _ in fifth.records] == ["sozialamt"]
    for line in (first, second, third, fourth, fifth):
        assert all(len(value) == 16 and int(value, 16) >= 0 for _, value in line.records)


def test_hashes_differ_from_copy_to_copy() -> None:
    (one,), (other,) = asked(book(runs_on(5))), asked(book(runs_on(5), sha256="b" * 64))
    assert one.records[0][0] == other.records[0][0]
    assert one.records[0][1] != other.records[0][1]


def test_many_records_stand_in_several_lines() -> None:
    rows = "Datum\n" + "\n".join(["2026-03-01"] * (RECORDS_A_LINE + 1))
    cells = (f"A5:A{RECORDS_A_LINE + 5}",)
    many = replace(REPEATED, cells=cells, cell="A5", count=RECORDS_A_LINE + 1)
    lines = asked(book(many, tables={"Kontakte": rows}))
    assert [len(line.records) for line in lines] == [RECORDS_A_LINE, 1]
    assert len({record for line in lines for record, _ in line.records}) == RECORDS_A_LINE + 1


# --- which belongs ------------------------------------------------------------------------------------

ALL = (runs_on(5, 6), REPEATED, STOCK_LESS, OF_FORM)


def test_an_answer_comes_to_the_same_finding_of_the_same_values() -> None:
    first = book(*ALL)
    assert replies(first, *said(first)) == [SO] * 4
    assert replies(book(*ALL, sha256="b" * 64), *said(first)) == [SO] * 4
    assert replies(first) == [OPEN] * 4


@pytest.mark.parametrize(
    "changes", [{"rule": "P45"}, {"sheet": "Kontakte"}, {"column": "Ende"}, {"subject": "Z1.4"}]
)
def test_to_no_other_rule_sheet_column_or_subject(changes: dict[str, str]) -> None:
    first = book(runs_on(5))
    (answer,) = said(first)
    assert replies(first, replace(answer, **changes)) == [OPEN]


def test_rows_may_move() -> None:
    first = book(runs_on(5, 6), REPEATED)
    moved = {
        "Teilnahmen": "\n".join(TAKEN.strip().splitlines()[i] for i in (0, 3, 2, 1)),
        "Kontakte": "\n".join(CONTACTS.strip().splitlines()[i] for i in (0, 3, 1, 2)),
    }
    later = book(runs_on(6, 7), replace(REPEATED, cell="A7", cells=("A7",)), tables=moved)
    assert replies(later, *said(first)) == [SO, SO]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("2026-05-01 | laufend", "2026-05-09 | laufend", AGAIN),  # „Ende“ is named by the message
        ("2026-05-01 | laufend", "2026-05-01 | x", AGAIN),  # the cell itself
        ("P-0001", "P-0009", OPEN),  # another record
        ("P-0002", "P-0009", SO),  # of no concern
    ],
)
def test_a_changed_value_opens_the_question_anew(
    old: str, new: str, shown: tuple[Reply | None, bool]
) -> None:
    first = book(runs_on(5))
    later = book(runs_on(5), tables={"Teilnahmen": TAKEN.replace(old, new)})
    assert replies(later, *said(first)) == [shown]


def test_of_a_finding_without_a_cell_the_figures_in_its_message_are_the_value() -> None:
    other = finding("V03", "Schulungen", nr="Z3.7", now=0, before=2, stichtag="31.03.2026", file="a.xlsx")
    assert replies(book(other), *said(book(STOCK_LESS))) == [AGAIN]


def test_of_the_form_the_line_is_the_value() -> None:
    first, named = book(OF_FORM), {"Freigegeben am": "x"}
    assert replies(book(OF_FORM, **named), *said(first)) == [AGAIN]
    assert replies(book(OF_FORM, **named), *said(book(OF_FORM, **named))) == [SO]


def test_of_equal_records_each_has_its_own_answer() -> None:
    """Rows 5 and 6 are equal; the second of them was asked."""
    first = book(REPEATED)
    assert replies(book(replace(REPEATED, cell="A5", cells=("A5",))), *said(first)) == [OPEN]


def test_without_a_key_a_record_is_reported_by_its_other_cells() -> None:
    """Of two findings in one row: its Datum may change and it is the same row, asked anew; not so its Anlass."""
    of_date = replace(REPEATED, cell="A7", cells=("A7",))
    of_cause = replace(of_date, cell="C7", cells=("C7",), column="Anlass")
    first = book(of_date, of_cause)
    tail = " | AB                |\n"
    for old, new, shown in (
        ("2026-02-12", "2026-02-13", [AGAIN, OPEN]),
        (f"Begleitung{tail}", f"Verweisung{tail}", [OPEN, AGAIN]),
    ):
        assert CONTACTS.count(old) == 1
        later = book(of_date, of_cause, tables={"Kontakte": CONTACTS.replace(old, new)})
        assert replies(later, *said(first)) == shown


def test_the_spelling_of_a_name_makes_no_other_record() -> None:
    unit = finding("V21", "Verwaltung", "B5", "Vorgestellt am", nr="x", because="", stichtag="x", file="x")
    later = book(unit, tables={"Verwaltung": UNITS.replace("Sozialamt", "SOZIALAMT")})
    assert replies(later, *said(book(unit))) == [SO]


def test_cells_beside_the_records() -> None:
    """Between two records, below the last, in a sheet that is not there: each is known again."""
    gap = context({"Teilnahmen": TAKEN}).workbook
    gap.tables["Teilnahmen"].rows[:] = [5, 7, 8]
    for cell, record in (
        ("E6", "vor P-0002 + A-001 + 2026-03-17"),
        ("E9", "E"),
        ("E4", "E"),
    ):
        one = replace(runs_on(5), cell=cell, cells=(cell,))
        workbook = replace(gap, findings=(one,))
        assert [r for line in asked(workbook) for r, _ in line.records] == [record]
        assert replies(workbook, *said(workbook)) == [SO]
    foreign = book(finding("P44", "Fremd", "E5", "Stand", other="Ende"))
    assert [r for line in asked(foreign) for r, _ in line.records] == ["E5"]
    assert replies(foreign, *said(foreign)) == [SO]


def test_between_two_records_without_a_key_the_next_is_named_by_a_hash() -> None:
    book_of_contacts = book(replace(REPEATED, cell="A7", cells=("A7",)))
    book_of_contacts.tables["Kontakte"].rows[:] = [5, 6, 8]
    ((place, _),) = asked(book_of_contacts)[0].records
    (of_next,) = asked(replace(book_of_contacts, findings=(replace(REPEATED, cell="A8", cells=("A8",)),)))
    assert place == f"vor {of_next.records[0][0]}"
    assert len(place) == len("vor ") + 16


def test_a_finding_of_the_file_and_one_of_a_workbook_that_was_not_recognised() -> None:
    of_file = finding("M14")
    assert [(a.sheet, a.column, a.records[0][0]) for a in asked(book(of_file))] == [("", "", "")]
    unknown = replace(book(STOCK_LESS, of_file), kind="", tables={}, form={})
    assert replies(unknown, *said(unknown)) == [SO, SO]


def test_a_finding_in_a_column_that_is_not_of_the_form() -> None:
    other = finding("M11", "Teilnahmen", "Z6")
    assert [r for line in asked(book(other)) for r, _ in line.records] == ["P-0002 + A-001 + 2026-03-17"]
    assert replies(book(other), *said(book(other))) == [SO]


def test_a_finding_without_a_column_finds_it_by_its_letter() -> None:
    bare = replace(REPEATED, column=None)
    ((record, value),) = asked(book(bare))[0].records
    ((same, its_value),) = asked(book(REPEATED))[0].records
    assert (record, value) == (same, its_value)


# --- which of several ---------------------------------------------------------------------------------


def test_the_latest_answer_to_the_value_counts() -> None:
    first = book(runs_on(5))
    (old,), (new,) = said(first, "erstens"), said(first, "zweitens")
    (found,) = reply(first, [(old, False), (new, True)])
    assert found.answer == Reply("zweitens", "zweitens", is_new=True)
    (found,) = reply(first, [(new, False), (old, False), (new, True)])
    assert found.answer == Reply("zweitens", "zweitens", is_new=False)  # said so before
    (found,) = reply(first, [(old, False)])
    assert found.answer == Reply("erstens", "erstens", is_new=False)
    (found,) = reply(first, [(new, True), (new, True)])
    assert found.answer == Reply("zweitens", "zweitens", is_new=True)


def test_a_finding_of_several_cells_is_taken_apart_where_they_are_answered_differently() -> None:
    """Of three the first is answered, the second asked anew, the third was never asked."""
    first = book(runs_on(5, 6))
    later = book(runs_on(5, 6, 7), tables={"Teilnahmen": TAKEN.replace("2026-05-02", "2026-05-09")})
    found = reply(later, [(a, True) for a in said(first)])
    assert [(f.cell, f.count, f.answer is not None, f.reopened) for f in found] == [
        ("E5", 1, True, False),
        ("E6", 1, False, True),
        ("E7", 1, False, False),
    ]
    nobody = reply(book(runs_on(7)), [(a, True) for a in said(first)])
    assert [(f.cells, f.answer, f.reopened) for f in nobody] == [(("E7",), None, False)]
    both = reply(book(runs_on(6, 7)), [])
    assert both == (runs_on(6, 7),)


def test_of_repeated_contacts_one_note_stands_for_the_sheet_and_is_asked_anew_with_a_new_repeat() -> None:
    """Rows 5, 6 and 7 are equal; only the first repeat was answered."""
    row = "2026-02-11 | persönlich | Ansprache | AB"
    once, twice = (
        {"Kontakte": "\n".join(["Datum | Kontaktform | Anlass | Integrationsguide", *[row] * n])}
        for n in (2, 3)
    )
    both = finding("P32", "Kontakte", "A6", "Datum", rows="2 Zeilen gleichen", first=6)
    both = replace(both, cells=("A6:A7",), count=2)
    answers = said(book(REPEATED, tables=once))
    assert replies(book(REPEATED, tables=once), *answers) == [SO]
    assert reply(book(both, tables=twice), [(a, True) for a in answers]) == (replace(both, reopened=True),)


def test_an_error_is_never_answered() -> None:
    record = "P-0001 + A-001 + 2026-03-16"
    line = Answer("P04", "Teilnahmen", "Ende", ERROR.subject, "salz", ((record, "x"),), "stimmt")
    assert reply(book(ERROR), [(line, True)]) == (ERROR,)


def test_words_that_name_somebody_are_not_shown() -> None:
    first = book(runs_on(5))
    words = "Frau Maria Muster ist noch da"
    (found,) = reply(first, [(a, True) for a in said(first, words)])
    assert found.answer == Reply(words, WITHHELD, is_new=True)


# --- taken along where records are renumbered ---------------------------------------------------------

RENUMBERED = {"Teilnahmen": TAKEN.replace("A-001", "A-007"), "Kontakte": CONTACTS.replace("P-0001", "P-0101")}


def renumbered(*found: Finding) -> Workbook:
    return book(*found, tables=RENUMBERED, sha256="b" * 64)


def test_answers_go_along_to_the_findings_at_the_same_cells() -> None:
    before, after = book(runs_on(5, 6), REPEATED), renumbered(runs_on(5, 6), REPEATED)
    answers = said(before)
    assert replies(after, *answers) == [OPEN, OPEN]
    moved = transferred(answers, before, after)
    assert replies(after, *moved) == [SO, SO]
    assert [record for record, _ in moved[0].records] == [
        "P-0001 + A-007 + 2026-03-16", "P-0002 + A-007 + 2026-03-17",
    ]  # fmt: skip
    assert [replace(a, records=()) for a in moved] == [replace(a, records=()) for a in answers]


def test_by_the_salt_of_the_answer_whatever_the_files_are() -> None:
    before, after = book(runs_on(5), REPEATED, sha256="c" * 64), renumbered(runs_on(5), REPEATED)
    moved = transferred(said(book(runs_on(5), REPEATED)), before, after)
    assert [answer.salt for answer in moved] == ["a" * 16] * 2
    assert replies(after, *moved) == [SO, SO]


def test_what_is_not_found_there_stays_as_it_was() -> None:
    """Row 6 is no longer reported, the contact by another rule, the unit elsewhere; a stranger is left alone."""
    unit = finding("V21", "Verwaltung", "B5", "Vorgestellt am", nr="x", because="", stichtag="x", file="x")
    before = book(runs_on(5, 6), REPEATED, unit)
    moved_unit = replace(unit, cell="B6", cells=("B6",))
    after = renumbered(runs_on(5), replace(REPEATED, rule="P44"), moved_unit)
    of_rows, of_contact, of_unit = said(before)
    strange = replace(of_rows, records=(("P-0099", "x"),))
    first, *others = transferred([of_rows, of_contact, of_unit, strange], before, after)
    assert first.records[0][0] == "P-0001 + A-007 + 2026-03-16"
    assert first.records[1] == of_rows.records[1]
    assert others == [of_contact, of_unit, strange]
    assert transferred([], before, after) == ()


# --- how many -----------------------------------------------------------------------------------------


def test_how_many_are_answered_open_and_asked_anew() -> None:
    new, known = Reply("a", "a", is_new=True), Reply("a", "a")
    warning, note = STOCK_LESS, REPEATED
    books = [
        book(replace(warning, answer=new), replace(note, answer=known), warning, note),
        book(
            replace(warning, answer=known),
            replace(warning, reopened=True),
            replace(note, answer=known),
            ERROR,
        ),
    ]
    counts = count_answers(iter([*books, book(warning, warning)]))
    assert counts == AnswerCounts(new=1, answered=3, open=3, reopened=1)
    assert str(counts) == "1 neu, 3 schon bekannt, 3 offene Warnungen, 1 erneut offen"
    assert counts.any
    assert str(replace(counts, open=1)) == "1 neu, 3 schon bekannt, 1 offene Warnung, 1 erneut offen"


@pytest.mark.parametrize(
    ("counts", "ever"),
    [((0, 0, 7, 0), False), ((1, 0, 0, 0), True), ((0, 1, 0, 0), True), ((0, 0, 0, 1), True)],
)
def test_whether_a_municipality_has_ever_answered(counts: tuple[int, int, int, int], ever: bool) -> None:
    assert AnswerCounts(*counts).any is ever
