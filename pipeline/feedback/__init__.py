"""The way back: the municipality's own workbook with every finding marked in its cell, and a letter.

What the municipality's file says of itself (author, company) stays in its copy, which goes back to it alone;
we add no author of ours but the one of our notes.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zipfile import BadZipFile

from lxml import etree

from pipeline.checks.answers import questions
from pipeline.definitions.messages import worded
from pipeline.definitions.model import Answer, Finding, Severity, State, Workbook
from pipeline.definitions.sheets import FEEDBACK_TITLE
from pipeline.feedback import conditions
from pipeline.feedback.advice import Advice, Setting, advise
from pipeline.feedback.letter import letter
from pipeline.feedback.notes import Notes
from pipeline.feedback.outside import without_outside
from pipeline.feedback.overview import overview
from pipeline.feedback.styles import Styles
from pipeline.reading.locate import fold
from pipeline.rules import Rules
from pipeline.selection import Submission
from pipeline.xlsx.cells import SheetCells
from pipeline.xlsx.package import Package
from pipeline.xlsx.workbook import WorkbookPart

__all__ = [
    "FEEDBACK_TITLE",
    "UNUSUAL",
    "Setting",
    "feedback",
    "feedback_batch",
    "may_have_copy",
    "notes_of_others",
    "task_of",
    "without_copy",
]

# Files that were refused for one of these must not be opened, so there is a letter only.
_CLOSED = frozenset(
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
# What a package that is built in a way we do not know leads to; the letter is written all the same.
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


Copy = tuple[bytes | None, str]  # the annotated copy, or None where there can be none; the letter


@dataclass(frozen=True, slots=True)
class Task:
    """One received file that goes back. ``workbook`` needs no tables here; all of it can be pickled.

    ``questions``: for each finding what its line on the first sheet carries.
    """

    workbook: Workbook
    advice: Advice
    data: bytes
    questions: tuple[tuple[Answer, ...], ...] = ()


def task_of(submission: Submission, data: bytes, rules: Rules, setting: Setting) -> Task:
    """What a copy needs to know."""
    workbook = submission.workbook
    asked = questions(workbook) if may_have_copy(workbook) else ()
    return Task(replace(workbook, tables={}), advise(submission, rules, setting), data, asked)


def feedback_batch(tasks: Sequence[Task]) -> list[Copy]:
    """Pure, picklable in and out: any process can do it."""
    return [_feedback(task) for task in tasks]


def without_copy(task: Task) -> Copy:
    """For a file at which making the copy has failed."""
    return None, letter(task.workbook, task.advice, annotated=False)


def feedback(workbook: Workbook, state: State, data: bytes, rules: Rules) -> Copy:
    """(annotated copy or None, covering letter) for one received file, whose content is ``data``."""
    return feedback_batch([task_of(Submission(workbook, state), data, rules, Setting())])[0]


def may_have_copy(workbook: Workbook) -> bool:
    """False for a file that must not be opened."""
    return not _CLOSED & {f.rule for f in workbook.findings}


def _feedback(task: Task) -> Copy:
    workbook, advice = task.workbook, task.advice
    copy = _annotate(task) if may_have_copy(workbook) else None
    if copy is None:
        return None, letter(workbook, advice, annotated=False)
    marked, removed = copy
    return marked, letter(workbook, replace(advice, removed=removed), annotated=True)


def notes_of_others(data: bytes) -> list[tuple[str, str]]:
    """(sheet, cell) of each note that no Rückmeldung of ours has written; one of ``UNUSUAL`` for a strange package."""
    package = Package(data)
    book = WorkbookPart(package)
    book.remove(FEEDBACK_TITLE)
    parts = [(title, part) for title in book.names if (part := book.worksheet(title))]
    notes = [(title, Notes(package, part, book.rel)) for title, part in parts]
    for _, of_sheet in notes:
        of_sheet.remove_ours()
    return [(title, cell) for title, of_sheet in notes for cell in of_sheet.addresses()]


def _annotate(task: Task) -> tuple[bytes, tuple[str, ...]] | None:
    """The file with marks and notes, and what it lacks; None when its XML is not what a workbook should be."""
    workbook = task.workbook
    try:
        package = Package(task.data)
        book = WorkbookPart(package)
        book.remove(FEEDBACK_TITLE)
        removed = without_outside(package)
        styles_part = book.styles_part()
        if styles_part is None:
            return None
        styles = Styles(package.xml(styles_part), keeps_background=book.keeps_background)
        titles = book.names
        unnoted: list[str] = []
        for title in titles:
            found = [f for f in workbook.findings if f.cell and not f.answer and fold(f.sheet) == fold(title)]
            unnoted += (f"{title}!{cell}" for cell in _mark_sheet(book, styles, title, found))
        sheet = overview(
            workbook, replace(task.advice, removed=removed), styles, book.ns, titles, unnoted, task.questions
        )
        book.insert_first(FEEDBACK_TITLE, sheet)
        return package.save(), removed
    except UNUSUAL:
        return None


def _mark_sheet(book: WorkbookPart, styles: Styles, title: str, findings: list[Finding]) -> list[str]:
    """Takes the marks of an earlier round away and sets those of this one; returns the cells without a note."""
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
    return worded(one) if one.severity is Severity.NOTE else f"{worded(one)} {one.remedy}"
