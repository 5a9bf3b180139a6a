"""Answers go along when a workbook is migrated or merged, and stand at their records afterwards."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

from pipeline.selection import Submission
from pipeline.template.merge import FilledCopy, merge
from pipeline.template.migrate import migrate
from tests import builder, cell_edits
from tests.feedback.test_answers import SAID, answered, first_round, line_of, returned, submitted

MORE = "Freigabe vorab, im Urlaub"


def replies(submission: Submission) -> list[tuple[str, str | None]]:
    return [(f.rule, f.answer.own_words if f.answer else None) for f in submission.workbook.findings]


def test_a_migrated_workbook_brings_its_answers_along(tmp_path: Path) -> None:
    _, copy = first_round(tmp_path)
    moved = migrate(answered(copy, "P44", SAID, Stammdaten_B8=2), builder.rules())
    assert moved.answers == 1
    assert moved.left == ()
    (submission,) = submitted(tmp_path, moved.data)
    assert replies(submission) == [("P44", SAID)]
    again, _ = returned(submission, moved.data)
    assert line_of(again, "P44")


def test_a_workbook_without_answers_gets_no_such_sheet(tmp_path: Path) -> None:
    _, copy = first_round(tmp_path)
    moved = migrate(copy, builder.rules())
    assert moved.answers == 0
    assert load_workbook(BytesIO(moved.data)).sheetnames[0] == "Anleitung"


def test_both_colleagues_answers_stand_in_the_merged_workbook(tmp_path: Path) -> None:
    """One answers the Teilnahmen, the other the Freigabe that lies before the Stichtag."""
    data = cell_edits.edited({"Teilnahmen!D5": "2026-05-01", "Stammdaten!B12": "2026-06-01"})
    (submission,) = submitted(tmp_path, data)
    copy, _ = returned(submission, data)
    one, other = answered(copy, "P44", SAID), answered(copy, "P43", MORE)
    merged = merge(FilledCopy("a.xlsx", one), FilledCopy("b.xlsx", other), builder.rules())
    assert merged.notes == ("2 Antworten der Kommune übernommen.",)
    assert merged.data is not None
    (submission,) = submitted(tmp_path, merged.data)
    assert sorted(replies(submission)) == [("P43", MORE), ("P44", SAID)]


def test_a_renumbered_record_keeps_its_answer(tmp_path: Path) -> None:
    """Both have a P-0008; that of the second copy came on another day and gets the next number."""
    other = cell_edits.edited({"Personen!C12": "nein", "Personen!D12": "2025-08-02"})
    (submission,) = submitted(tmp_path, other)
    copy, _ = returned(submission, other)
    second = answered(copy, "P30", SAID)
    merged = merge(FilledCopy("a", builder.valid()), FilledCopy("b", second), builder.rules(), renumber=True)
    assert merged.data is not None
    (submission,) = submitted(tmp_path, merged.data)
    (asked,) = (f for f in submission.workbook.findings if f.rule == "P30")
    assert asked.cell == "C13"
    assert asked.answer is not None
    assert asked.answer.own_words == SAID


def test_an_answer_in_a_sheet_without_keys_follows_a_new_reference(tmp_path: Path) -> None:
    """The second copy's P-0008 becomes P-0009, and with it the Kennung of the Kontakt that was asked about."""
    other = cell_edits.edited(
        {"Personen!D12": "2025-08-02", "Kontakte!A6": "2025-08-15", "Kontakte!E6": "P-0008"}
    )
    (submission,) = submitted(tmp_path, other)
    copy, _ = returned(submission, other)
    second = answered(copy, "P20", SAID)
    merged = merge(FilledCopy("a", builder.valid()), FilledCopy("b", second), builder.rules(), renumber=True)
    assert merged.data is not None
    (submission,) = submitted(tmp_path, merged.data)
    (asked,) = (f for f in submission.workbook.findings if f.rule == "P20" and f.sheet == "Kontakte")
    table = submission.workbook.tables["Kontakte"]
    at = table.rows.index(int((asked.cell or "")[1:]))
    assert table["Kennung"][at] == "P-0009"
    assert not asked.reopened
    assert asked.answer is not None
    assert asked.answer.own_words == SAID
