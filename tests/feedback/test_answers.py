"""Answers of a municipality: written into its returned copy, read from the next submission, kept with the value."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.checks.answers import WITHHELD
from pipeline.cli.console import finding_lines, outcome_lines
from pipeline.definitions.model import State
from pipeline.engine.engine import Engine
from pipeline.feedback import FEEDBACK_TITLE, LetterContext, feedback_batch, task_of
from pipeline.outcome import Outcome
from pipeline.reading.personal import names_somebody
from pipeline.report.ergebnis import ergebnis
from pipeline.run import check, run
from pipeline.selection import Submission
from tests import builder, cell_edits
from tests.cell_edits import Text
from tests.feedback.test_feedback import marked

# P44, a Warnung: "laufend", but the Ende lies before the Stichtag. In two rows, so one finding with two cells.
RUNS_ON: dict[str, Any] = {
    "Teilnahmen!D5": "2026-05-01",
    "Teilnahmen!C8": "2026-06-10",
    "Teilnahmen!D8": "2026-06-29",
}
SAID = "läuft ohne festes Ende weiter"


def submitted(folder: Path, *files: bytes) -> tuple[Submission, ...]:
    """The files as 1.xlsx, 2.xlsx … in the order given."""
    paths = [folder / f"{n}.xlsx" for n, _ in enumerate(files, start=1)]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    return check([(p.name, p) for p in paths], builder.rules(), engine=Engine(builder.rules()))


def returned(submission: Submission, data: bytes) -> tuple[bytes, str]:
    ((copy, letter),) = feedback_batch([task_of(submission, data, builder.rules(), LetterContext())])
    assert copy is not None
    return copy, letter


def line_of(copy: bytes, rule: str) -> int:
    sheet = openpyxl.load_workbook(io.BytesIO(copy))[FEEDBACK_TITLE]
    return next(r for r in range(1, sheet.max_row + 1) if sheet.cell(r, 7).value == rule)


def answered(copy: bytes, rule: str, text: str, **edits: Any) -> bytes:
    """The copy with an answer at a rule's line and an Abgabe-Nr. one higher; ``Teilnahmen_D5`` is a cell."""
    cells = {place.replace("_", "!"): value for place, value in edits.items()}
    return cell_edits.edited({f"{FEEDBACK_TITLE}!H{line_of(copy, rule)}": Text(text)} | cells, copy)


def first_round(folder: Path) -> tuple[bytes, bytes]:
    """(the submission, its returned copy)"""
    data = cell_edits.edited(RUNS_ON)
    (submission,) = submitted(folder, data)
    assert submission.state is State.ACCEPTED
    return data, returned(submission, data)[0]


def test_the_line_of_a_warning_can_be_filled_in(tmp_path: Path) -> None:
    _, copy = first_round(tmp_path)
    sheet = openpyxl.load_workbook(io.BytesIO(copy))[FEEDBACK_TITLE]
    row = line_of(copy, "P44")
    head = next(r for r in range(1, row) if sheet.cell(r, 1).value == "Schweregrad")
    assert sheet.cell(head, 8).value == "Antwort der Kommune"
    assert not sheet.cell(row, 8).protection.locked
    assert sheet.cell(row, 7).protection.locked
    assert sheet.protection.sheet
    assert sheet.column_dimensions["I"].hidden
    assert sheet.cell(row, 9).value.startswith('KISI-Befund 1 ["P44","Teilnahmen","Stand","",')


def test_an_error_cannot_be_answered(tmp_path: Path) -> None:
    data = cell_edits.edited({"Personen!B5": "Gruppe 3"})
    (submission,) = submitted(tmp_path, data)
    copy, _ = returned(submission, data)
    sheet = openpyxl.load_workbook(io.BytesIO(copy))[FEEDBACK_TITLE]
    row = line_of(copy, "W10")
    assert sheet.cell(row, 8).value == "Fehler bitte beheben"
    assert sheet.cell(row, 8).protection.locked
    assert sheet.cell(row, 9).value is None
    (_, again) = submitted(tmp_path, data, answered(copy, "W10", "stimmt so", Stammdaten_B8=2))
    assert again.state is State.REJECTED
    assert [(f.rule, f.answer) for f in again.workbook.findings] == [("W10", None)]


def test_an_answer_is_kept_and_not_asked_again(tmp_path: Path) -> None:
    data, copy = first_round(tmp_path)
    second = answered(copy, "P44", SAID, Stammdaten_B8=2)
    _, submission = submitted(tmp_path, data, second)
    (found,) = (f for f in submission.workbook.findings if f.rule == "P44")
    assert found.answer is not None
    assert (found.answer.own_words, found.answer.is_new, found.cells) == (SAID, True, ("E5", "E8"))
    again, letter = returned(submission, second)
    assert ("Teilnahmen", "E5") not in marked(again)
    assert (
        f"Beantwortet, dazu ist nichts zu tun (1):\n- Teilnahmen!E5: {found.message} Ihre Antwort: {SAID}"
        in letter
    )
    assert "Warnung (" not in letter
    sheet = openpyxl.load_workbook(io.BytesIO(again))[FEEDBACK_TITLE]
    assert sheet.cell(line_of(again, "P44"), 8).value == SAID


def test_a_changed_value_is_asked_anew_and_the_other_row_is_not(tmp_path: Path) -> None:
    """Of the two rows one gets another Ende that has passed as well."""
    data, copy = first_round(tmp_path)
    second = answered(copy, "P44", SAID, Stammdaten_B8=2)
    third = cell_edits.edited({"Stammdaten!B8": 3, "Teilnahmen!D8": "2026-06-28"}, second)
    *_, submission = submitted(tmp_path, data, second, third)
    found = [f for f in submission.workbook.findings if f.rule == "P44"]
    assert [(f.cells, bool(f.answer), f.reopened) for f in found] == [
        (("E5",), True, False),
        (("E8",), False, True),
    ]
    _, letter = returned(submission, third)
    assert "- Teilnahmen!E8: Erneut offen, weil sich der Wert geändert hat: Die Teilnahme läuft" in letter


def test_an_earlier_submission_answers_for_a_file_without_the_sheet(tmp_path: Path) -> None:
    data, copy = first_round(tmp_path)
    second = answered(copy, "P44", SAID, Stammdaten_B8=2)
    own = cell_edits.edited({"Stammdaten!B8": 3}, data)
    *_, submission = submitted(tmp_path, data, second, own)
    (found,) = (f for f in submission.workbook.findings if f.rule == "P44")
    assert found.answer is not None
    assert (found.answer.own_words, found.answer.is_new) == (SAID, False)


def test_a_copy_with_answers_alone_is_a_duplicate_whose_answers_count(tmp_path: Path) -> None:
    data, copy = first_round(tmp_path)
    first, second = submitted(tmp_path, data, answered(copy, "P44", SAID))
    assert (first.state, second.state) == (State.ACCEPTED, State.DUPLICATE)
    (found,) = (f for f in first.workbook.findings if f.rule == "P44")
    assert found.answer is not None
    assert found.answer.own_words == SAID


def outcome_with(folder: Path, text: str) -> Outcome:
    data, copy = first_round(folder)
    submitted(folder, data, answered(copy, "P44", text, Stammdaten_B8=2))
    return run(folder, builder.rules(), builder.STICHTAG)


def test_report_and_terminal_show_an_answer(tmp_path: Path) -> None:
    outcome = outcome_with(tmp_path, SAID)
    (entry,) = (f for f in ergebnis(outcome)["findings"] if f["rule"] == "P44" and f["file"] == "2.xlsx")
    assert entry["answer"] == SAID
    lines = [line for s in outcome.submissions for line in finding_lines(s.workbook.findings)]
    assert f"      Antwort: {SAID}" in lines
    assert (
        "  Antworten der Kommunen: 1 neu, 0 schon bekannt, 0 offene Warnungen, 0 erneut offen"
        in outcome_lines(outcome)
    )


def test_an_answer_with_a_name_is_held_back_and_stays_in_the_copy(tmp_path: Path) -> None:
    text = "Mechthild Beispiel hat verlängert"
    outcome = outcome_with(tmp_path, text)
    (entry,) = (f for f in ergebnis(outcome)["findings"] if f["rule"] == "P44" and f["file"] == "2.xlsx")
    assert entry["answer"] == WITHHELD
    submission = next(s for s in outcome.submissions if s.workbook.file == "2.xlsx")
    copy, letter = returned(submission, (tmp_path / "2.xlsx").read_bytes())
    assert "Beispiel" not in letter
    sheet = openpyxl.load_workbook(io.BytesIO(copy))[FEEDBACK_TITLE]
    assert sheet.cell(line_of(copy, "P44"), 8).value == text


@pytest.mark.parametrize(
    ("text", "held_back"),
    [
        ("stimmt so", False),
        ("Das Ende ist offen, die Teilnahme läuft.", False),
        ("Alle Angaben geprüft", False),
        ("Frau Ali hat verlängert", True),
        ("siehe Max Muster", True),
        ("P-0007 ist weggezogen", True),
        ("geboren am 01.02.1990", True),
        ("Rückfrage unter 06042 123456", True),
        ("Auskunft: guides@example.org", True),
    ],
)
def test_what_looks_personal(text: str, held_back: bool) -> None:
    assert names_somebody(text) is held_back


def test_a_long_answer_is_cut_and_cleaned(tmp_path: Path) -> None:
    data, copy = first_round(tmp_path)
    _, submission = submitted(
        tmp_path, data, answered(copy, "P44", "a\u202e \n" + "b" * 600, Stammdaten_B8=2)
    )
    (found,) = (f for f in submission.workbook.findings if f.rule == "P44")
    assert found.answer is not None
    assert found.answer.own_words == "a " + "b" * 497 + "…"


def test_what_somebody_made_of_the_sheet_is_no_finding(tmp_path: Path) -> None:
    """A forged or broken line says nothing, and a broken cell of this sheet rejects nothing."""
    data, copy = first_round(tmp_path)
    row = line_of(copy, "P44")
    broken = cell_edits.edited(
        {
            f"{FEEDBACK_TITLE}!H{row}": Text("ja"),
            f"{FEEDBACK_TITLE}!I{row}": Text('KISI-Befund 1 ["P44",[[[['),
            f"{FEEDBACK_TITLE}!A{row}": cell_edits.ErrorValue(),
            "Stammdaten!B8": 2,
        },
        copy,
    )
    _, submission = submitted(tmp_path, data, broken)
    assert submission.state is State.ACCEPTED
    assert [(f.rule, f.answer) for f in submission.workbook.findings if f.sheet == "Teilnahmen"] == [
        ("P44", None)
    ]
    assert FEEDBACK_TITLE not in {f.sheet for f in submission.workbook.findings}
