"""Feedback to a municipality: its own workbook with every finding marked in its cell, and a covering letter.

The document properties of the municipality's file (author, company) stay in its copy, which goes back to it
alone; the only author we add is that of our own notes.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from lxml import etree

from pipeline.definitions.messages import worded
from pipeline.definitions.model import Finding, Severity, State, Workbook
from pipeline.definitions.sheets import FEEDBACK_TITLE
from pipeline.feedback import conditions
from pipeline.feedback.external_content import remove_external_content
from pipeline.feedback.feedback_sheet import feedback_sheet
from pipeline.feedback.letter import letter
from pipeline.feedback.notes import Notes
from pipeline.feedback.style_table import StyleTable
from pipeline.feedback.task import FeedbackTask, LetterContext
from pipeline.reading.locate import fold
from pipeline.xlsx.package import Package
from pipeline.xlsx.sheet_cells import SheetCells
from pipeline.xlsx.workbook import WorkbookPart

if TYPE_CHECKING:
    from pipeline.rules import Rules
    from pipeline.selection import Submission

__all__ = [
    "FEEDBACK_TITLE",
    "UNUSUAL",
    "FeedbackTask",
    "LetterContext",
    "feedback",
    "feedback_batch",
    "may_have_copy",
    "notes_of_others",
    "task_of",
    "without_copy",
]

# Findings after which a file must not be opened: it gets a letter and no annotated copy.
_NOT_TO_OPEN = frozenset(
    [
        "D01",
        "D02",
        "D03",
        "D04",
        "D05",
        "D06",
        "D17",
        "D18",
        "D20",
        "D22",
        "D23",
        "D26",
        "D27",
        "D40",
        "D41",
        "D42",
    ]
)
_SEVERITIES = tuple(Severity)
# What reading a package raises that is not built as programs build it; there is a letter all the same.
UNUSUAL = (
    AssertionError,
    BadZipFile,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    StopIteration,
    ValueError,
    etree.XMLSyntaxError,
    zlib.error,
)


FeedbackFiles = tuple[bytes | None, str]  # the annotated copy, or None where there can be none; the letter


def task_of(submission: Submission, data: bytes, rules: Rules, context: LetterContext) -> FeedbackTask:
    """The feedback task of one submission; ``data`` is the content of its file."""
    from pipeline.checks.answers import questions  # noqa: PLC0415  - loads the rules, which making feedback need not
    from pipeline.feedback.advice import advise  # noqa: PLC0415

    workbook = submission.workbook
    asked = questions(workbook) if may_have_copy(workbook) else ()
    return FeedbackTask(replace(workbook, tables={}), advise(submission, rules, context), data, asked)


def feedback_batch(tasks: Sequence[FeedbackTask]) -> list[FeedbackFiles]:
    """(annotated copy or None, letter) of each task, in order. Pure: for any process."""
    return [_feedback(task) for task in tasks]


def without_copy(task: FeedbackTask) -> FeedbackFiles:
    """(None, letter) of a task for which making the annotated copy has failed."""
    return None, letter(task.workbook, task.advice, annotated=False)


def feedback(workbook: Workbook, state: State, data: bytes, rules: Rules) -> FeedbackFiles:
    """(annotated copy or None, covering letter) of one received file, whose content is ``data``."""
    from pipeline.selection import Submission  # noqa: PLC0415

    return feedback_batch([task_of(Submission(workbook, state), data, rules, LetterContext())])[0]


def may_have_copy(workbook: Workbook) -> bool:
    """Whether the file may be opened to make an annotated copy; False after a finding of ``_NOT_TO_OPEN``."""
    return not _NOT_TO_OPEN & {f.rule for f in workbook.findings}


def _feedback(task: FeedbackTask) -> FeedbackFiles:
    """(annotated copy or None, letter) of one task."""
    workbook, advice = task.workbook, task.advice
    copy = _annotate(task) if may_have_copy(workbook) else None
    if copy is None:
        return None, letter(workbook, advice, annotated=False)
    marked, removed = copy
    return marked, letter(workbook, replace(advice, removed=removed), annotated=True)


def notes_of_others(data: bytes) -> list[tuple[str, str]]:
    """(sheet, cell) of each note in a workbook that none of our Rückmeldungen has written.

    Raises one of ``UNUSUAL`` for a package that is not built as programs build it.
    """
    package = Package(data)
    book = WorkbookPart(package)
    book.remove(FEEDBACK_TITLE)
    parts = [(title, part) for title in book.names if (part := book.worksheet(title))]
    notes = [(title, Notes(package, part, book.rel)) for title, part in parts]
    for _, of_sheet in notes:
        of_sheet.remove_ours()
    return [(title, cell) for title, of_sheet in notes for cell in of_sheet.addresses()]


def _annotate(task: FeedbackTask) -> tuple[bytes, tuple[str, ...]] | None:
    """(the workbook with marks, notes and the sheet Rückmeldung; German names of what was removed from it).

    None when the package is not built as programs build it (``UNUSUAL``) or has no styles.
    """
    workbook = task.workbook
    try:
        package = Package(task.data)
        book = WorkbookPart(package)
        book.remove(FEEDBACK_TITLE)
        removed = remove_external_content(package)
        styles_part = book.styles_part()
        if styles_part is None:
            return None
        styles = StyleTable(package.xml(styles_part), keeps_background=book.keeps_background)
        titles = book.names
        unnoted: list[str] = []
        for title in titles:
            found = [f for f in workbook.findings if f.cell and not f.answer and fold(f.sheet) == fold(title)]
            unnoted += (f"{title}!{cell}" for cell in _mark_sheet(book, styles, title, found))
        sheet = feedback_sheet(
            workbook, replace(task.advice, removed=removed), styles, book.ns, titles, unnoted, task.questions
        )
        book.insert_first(FEEDBACK_TITLE, sheet)
        return package.save(), removed
    except UNUSUAL:
        return None


def _mark_sheet(book: WorkbookPart, styles: StyleTable, title: str, findings: list[Finding]) -> list[str]:
    """Replaces the marks of an earlier Rückmeldung in one sheet by those of these findings.

    Returns the marked cells that could not be given a note.
    """
    part = book.worksheet(title)
    if part is None:
        return []
    if not findings and not styles.has_marks and book.package.related(part, "comments") is None:
        return []
    notes = Notes(book.package, part, book.rel)
    notes.remove_ours()
    root = book.package.xml(part)
    cells = SheetCells(root)
    conditions.remove_ours(root)
    if styles.has_marks:
        for cell in cells.cells():
            if "s" in cell.attrib:
                cell.set("s", str(styles.unmark(int(cell.get("s", "0")))))
    by_cell: dict[str, list[Finding]] = {}
    for one in findings:
        for address in one.addresses():
            by_cell.setdefault(address, []).append(one)
    worst = {a: min((f.severity for f in here), key=_SEVERITIES.index) for a, here in by_cell.items()}
    for address, severity in worst.items():
        cell = cells.get(address)
        cell.set("s", str(styles.mark(int(cell.get("s", "0")), severity)))
    conditions.cover(root, styles, worst)
    return notes.add({address: "\n".join(_note(f) for f in here) for address, here in by_cell.items()})


def _note(one: Finding) -> str:
    """Text of the note at a cell: the finding, and its remedy unless it is a Hinweis."""
    return worded(one) if one.severity is Severity.NOTE else f"{worded(one)} {one.remedy}"
