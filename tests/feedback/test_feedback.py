"""The way back: marks and notes at the right cells, nothing lost, and a corrected copy is accepted."""

from __future__ import annotations

import io
import zipfile
from functools import cache, lru_cache
from typing import Any

import openpyxl
from openpyxl.comments import Comment

from pipeline.across_files import decide
from pipeline.definitions import palette
from pipeline.definitions.model import Severity, State, Workbook
from pipeline.engine.batch import examine_batch
from pipeline.feedback import FEEDBACK_TITLE, feedback
from pipeline.feedback.style_table import severity_of
from tests import builder

# Three errors, one warning and one repair, each in a cell of its own (first data row is row 5).
BROKEN: dict[tuple[str, str], Any] = {
    ("Personen", "B5"): "Gruppe 3",  # no choice
    ("Bedarfe", "D6"): "31.02.2026",  # no such date
    ("Verwaltung", "A5"): None,  # a required cell that is empty
    ("Kontakte", "B5"): " telefonisch ",  # mended
}
CORRECTED: dict[tuple[str, str], Any] = {
    ("Personen", "B5"): builder.G3,
    ("Bedarfe", "D6"): "2026-02-15",
    ("Verwaltung", "A5"): "Sozialamt",
}


@cache
def broken_bytes() -> bytes:
    return edit(builder.valid(), BROKEN)


def edit(data: bytes, cells: dict[tuple[str, str], Any]) -> bytes:
    """Sets cells with openpyxl, as a person with another program would."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for (sheet, cell), value in cells.items():
        book[sheet][cell] = builder.value_of(value) if isinstance(value, str) and value[:2] == "20" else value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@lru_cache(64)
def examined(data: bytes) -> tuple[Workbook, State]:
    workbooks = examine_batch([("abgabe.xlsx", data)], builder.rules())
    submission = decide(workbooks, builder.rules())[0]
    return submission.workbook, submission.state


@lru_cache(64)
def returned(data: bytes) -> tuple[bytes, str]:
    workbook, state = examined(data)
    copy, letter = feedback(workbook, state, data, builder.rules())
    assert copy is not None
    return copy, letter


@lru_cache(16)
def _opened(data: bytes) -> openpyxl.Workbook:
    """As openpyxl reads it; to look at, not to change."""
    return openpyxl.load_workbook(io.BytesIO(data))


def marked(data: bytes) -> dict[tuple[str, str], Severity]:
    """(sheet, cell) → what the mark of a cell says, for every cell that carries one."""
    return {
        (sheet.title, cell.coordinate): severity
        for sheet in _opened(data).worksheets
        if sheet.title != FEEDBACK_TITLE
        for row in sheet.iter_rows()
        for cell in row
        if (severity := severity_of(cell.fill.fgColor.rgb))
    }


def noted(data: bytes) -> dict[tuple[str, str], str]:
    return {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in _opened(data).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_template_has_no_marks_and_its_guide_keeps_its_colours() -> None:
    """The guide shows what the colours of errors and warnings mean."""
    assert not marked(builder.blank())
    copy, _ = returned(broken_bytes())
    shown = {palette.ERROR, palette.WANTED}
    for data in (builder.blank(), copy):
        fills = {c.fill.fgColor.rgb for row in _opened(data)["Anleitung"].iter_rows() for c in row}
        assert {f"FF{colour[1:]}" for colour in shown} <= fills


def test_each_finding_is_marked_and_noted_in_its_cell() -> None:
    copy, _ = returned(broken_bytes())
    error, note = Severity.ERROR, Severity.NOTE
    assert marked(copy) == {
        ("Personen", "B5"): error,
        ("Bedarfe", "D6"): error,
        ("Verwaltung", "A5"): error,
        ("Kontakte", "B5"): note,
    }
    notes = noted(copy)
    assert set(notes) == set(BROKEN)
    assert notes["Bedarfe", "D6"] == (
        "Rückmeldung: Dieses Datum gibt es nicht. Tragen Sie ein Datum der Form 31.03.2026 ein."
    )


def test_the_first_sheet_names_every_cause_with_a_link() -> None:
    copy, _ = returned(broken_bytes())
    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert book.sheetnames[0] == FEEDBACK_TITLE
    assert book.active.title == FEEDBACK_TITLE
    sheet = book[FEEDBACK_TITLE]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(i for i, row in enumerate(rows) if row[0] == "Schweregrad")
    causes = [(row[0], row[1]) for row in rows[head + 1 : head + 5]]
    assert causes == [  # errors first, then in the order of the sheets
        ("Fehler", "Personen!B5"),
        ("Fehler", "Bedarfe!D6"),
        ("Fehler", "Verwaltung!A5"),
        ("Hinweis", "Kontakte!B5"),
    ]
    links = {f"B{r}": sheet.cell(r, 2).hyperlink.location for r in range(head + 2, head + 6)}
    assert links == {
        f"B{head + 2 + i}": location
        for i, location in enumerate(("'Personen'!B5", "'Bedarfe'!D6", "'Verwaltung'!A5", "'Kontakte'!B5"))
    }
    listed = "\n".join(str(row[0]) for row in rows[:head])
    assert "zurückgewiesen" in listed
    assert "auf 2" in listed  # the number of the next submission
    assert "bis 31.07.2026" in listed  # the Berichtsplan: due for the Stichtag 30.06.2026


def test_the_copy_keeps_every_part_and_every_rule_of_the_sheets() -> None:
    original = broken_bytes()
    before, after = parts(original), parts(returned(original)[0])
    assert set(before) <= set(after)
    touched = {"[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"}
    same = {name for name in before if before[name] == after[name]}
    assert not {n for n in set(before) - same if n not in touched and not n.startswith("xl/worksheets/")}
    copy = openpyxl.load_workbook(io.BytesIO(returned(original)[0]))
    for sheet in openpyxl.load_workbook(io.BytesIO(original)).worksheets:
        other = copy[sheet.title]
        rules = [(str(v.sqref), v.type, v.formula1, v.error) for v in sheet.data_validations.dataValidation]
        assert rules == [
            (str(v.sqref), v.type, v.formula1, v.error) for v in other.data_validations.dataValidation
        ]
        formats = [str(r.sqref) for r in sheet.conditional_formatting]
        copied = [str(r.sqref) for r in other.conditional_formatting]
        assert [one for one in copied if one in formats] == formats
        of_marks = {cell for title, cell in marked(returned(original)[0]) if title == sheet.title}
        assert {one for one in copied if one not in formats} <= of_marks  # ours, so that marks are seen
        assert sheet.protection.sheet == other.protection.sheet
        assert sheet.freeze_panes == other.freeze_panes
        assert sheet.print_title_rows == other.print_title_rows
        assert sheet.auto_filter.ref == other.auto_filter.ref


def test_a_corrected_copy_is_accepted_and_loses_its_marks() -> None:
    copy, _ = returned(broken_bytes())
    workbook, state = examined(edit(copy, {**CORRECTED, ("Stammdaten", number_cell()): 2}))
    assert state is State.ACCEPTED
    assert workbook.number == 2
    # the cell that was mended still has its spaces; nothing else is found, the sheet of ours included
    assert [(f.rule, f.sheet, f.cell) for f in workbook.findings] == [("M01", "Kontakte", "B5")]
    second, letter = returned(edit(copy, CORRECTED))
    assert set(marked(second)) == {("Kontakte", "B5")}
    assert set(noted(second)) == {("Kontakte", "B5")}
    assert openpyxl.load_workbook(io.BytesIO(second)).sheetnames.count(FEEDBACK_TITLE) == 1
    assert "angenommen" in letter


def number_cell() -> str:
    workbook, _ = examined(builder.valid())
    return workbook.form_cells["Abgabe-Nr."]


def test_a_mark_gives_back_the_fill_it_covered() -> None:
    """Locked cells of computed rows are grey; a warning there must not leave them white."""
    book = openpyxl.load_workbook(io.BytesIO(builder.valid()))
    sheet = book["Meilensteine"]
    row = next(r for r in range(5, 60) if sheet.cell(r, 1).value == "MS1.1a")  # a share: computed
    grey = sheet.cell(row, 7).fill.fgColor.rgb
    place = ("Meilensteine", f"G{row}")
    copy, _ = returned(edit(builder.valid(), {place: "erfüllt"}))
    assert marked(copy) == {place: Severity.WARNING}
    again, _ = returned(edit(copy, {place: None}))
    assert marked(again) == {}
    fill = openpyxl.load_workbook(io.BytesIO(again))["Meilensteine"][place[1]].fill
    assert (fill.fill_type, fill.fgColor.rgb) == ("solid", grey)


def test_a_note_of_the_municipality_stays() -> None:
    book = openpyxl.load_workbook(io.BytesIO(broken_bytes()))
    book["Personen"]["B5"].comment = Comment("bitte nachfragen", "Amt 50")
    book["Personen"]["C6"].comment = Comment("Papier liegt vor", "Amt 50")
    out = io.BytesIO()
    book.save(out)
    copy, _ = returned(out.getvalue())
    notes = noted(copy)
    assert notes["Personen", "C6"] == "Papier liegt vor"
    assert notes["Personen", "B5"].startswith("bitte nachfragen\n— Rückmeldung: Dieser Eintrag steht nicht")
    second = noted(returned(edit(copy, CORRECTED))[0])
    assert second["Personen", "B5"] == "bitte nachfragen"
    assert second["Personen", "C6"] == "Papier liegt vor"


def test_accepted_submissions_hear_what_is_open_until_the_next_deadline() -> None:
    data = builder.valid()
    workbook, state = examined(data)
    assert state is State.ACCEPTED
    _, letter = feedback(workbook, state, data, builder.rules())
    assert "Ihre Abgabe ist angenommen." in letter
    # Stichtag 30.06.2026: the next deadline is MS3.2 on 31.10.2026; MS2.2 (30.11.2026) is further off.
    assert "MS2.2" not in letter
    assert "bis 31.10.2026: MS3.2" in letter


def test_a_file_that_cannot_be_opened_gets_a_letter_only() -> None:
    data = b"%PDF-1.7"
    workbook, state = examined(data)
    copy, letter = feedback(workbook, state, data, builder.rules())
    assert copy is None
    assert "Die Datei ist keine Excel-Arbeitsmappe." in letter


def test_the_same_file_gives_the_same_bytes() -> None:
    data = broken_bytes()
    assert returned(data) == returned.__wrapped__(data)  # worked out anew


def test_letters_and_notes_never_repeat_a_value() -> None:
    data = edit(
        builder.valid(), {("Personen", "A5"): "Erika Mustermann", ("Personen", "D6"): "gestern abend"}
    )
    copy, letter = returned(data)
    overview = "\n".join(
        str(cell.value)
        for row in openpyxl.load_workbook(io.BytesIO(copy))[FEEDBACK_TITLE].iter_rows()
        for cell in row
    )
    for text in (letter, overview, *noted(copy).values()):
        assert "Mustermann" not in text
        assert "gestern" not in text


def _with_comment(author: str, cell: str = "B5") -> bytes:
    """The broken workbook with somebody's comment in Personen."""
    book = openpyxl.load_workbook(io.BytesIO(broken_bytes()))
    book["Personen"][cell].comment = Comment("Papier kommt", author)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_comment_thread_is_left_alone_and_the_list_says_so() -> None:
    """Recent Excel shows the thread, not its placeholder: what is written there nobody reads."""
    copy, _ = returned(_with_comment("tc={11111111-2222-3333-4444-555555555555}"))
    assert noted(copy)["Personen", "B5"] == "Papier kommt"
    assert marked(copy)["Personen", "B5"] is Severity.ERROR
    listed = [
        str(row[0])
        for row in openpyxl.load_workbook(io.BytesIO(copy))[FEEDBACK_TITLE].iter_rows(values_only=True)
    ]
    assert any("Kommentarverlauf" in text and "Personen!B5" in text for text in listed)


def test_an_ordinary_note_gets_ours_below_its_text_and_the_list_says_nothing() -> None:
    copy, _ = returned(_with_comment("Jemand"))
    assert noted(copy)["Personen", "B5"].startswith("Papier kommt\n— Rückmeldung:")
    listed = [
        str(row[0])
        for row in openpyxl.load_workbook(io.BytesIO(copy))[FEEDBACK_TITLE].iter_rows(values_only=True)
    ]
    assert not any("Kommentarverlauf" in text for text in listed)


def test_a_thread_at_a_cell_without_a_finding_is_of_no_concern() -> None:
    copy, _ = returned(_with_comment("tc={11111111-2222-3333-4444-555555555555}", "B6"))
    listed = [
        str(row[0])
        for row in openpyxl.load_workbook(io.BytesIO(copy))[FEEDBACK_TITLE].iter_rows(values_only=True)
    ]
    assert not any("Kommentarverlauf" in text for text in listed)
