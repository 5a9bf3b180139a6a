"""The sheet Rückmeldung, first in the copy: result, next steps, one line per cause with a link to its cell.

A Warnung or Hinweis has a cell for the municipality's answer and, beside it, hidden cells with the questions
that ``reading.returned_answers`` assigns the answer to when the copy comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.definitions.messages import NOT_RUN, SEVERITY_WORDS, finding_place, german_date, worded
from pipeline.definitions.model import Answer, Finding, Severity, Workbook
from pipeline.feedback.style_table import StyleTable
from pipeline.feedback.task import NOTHING_TO_DO, TO_ANSWER, Advice
from pipeline.feedback.worksheet import HEADERS, Cell, CellFormats, cell_formats, worksheet
from pipeline.reading.locate import fold
from pipeline.reading.returned_answers import mark
from pipeline.xlsx.package import Element

OPEN_HEADERS = ("Frist", "Nr.", "Stand", "Kriterium")
_SEVERITIES = tuple(Severity)

ANSWERED = "Beantwortet; dazu ist nichts zu tun:"
NO_ANSWER = "Fehler bitte beheben"
UNNOTED = (
    "Diese Zellen sind farbig, tragen aber keine Notiz, weil dort ein Kommentarverlauf steht; was zu tun ist, "
    "steht in der Liste: {cells}."
)


_Asked = tuple[Finding, Sequence[Answer]]


def feedback_sheet(
    workbook: Workbook,
    advice: Advice,
    styles: StyleTable,
    ns: str,
    titles: Iterable[str],
    unnoted: Sequence[str] = (),
    questions: Sequence[Sequence[Answer]] = (),
) -> Element:
    """Worksheet XML.

    ``titles``: sheets that a link can lead to, as this file spells them. ``unnoted``: cells that could not be
    given a note. ``questions``: for each finding the questions that its line asks.
    """
    formats = cell_formats(styles)
    asked = list(zip(workbook.findings, questions or [()] * len(workbook.findings), strict=True))
    rows = list(_rows(workbook, advice, formats, {fold(title): title for title in titles}, unnoted, asked))
    return worksheet(ns, rows)


def _rows(
    workbook: Workbook,
    advice: Advice,
    formats: CellFormats,
    titles: Mapping[str, str],
    unnoted: Sequence[str],
    asked: Sequence[_Asked],
) -> Iterator[list[Cell]]:
    yield [Cell("Rückmeldung zu Ihrer Abgabe", formats.title)]
    yield [Cell(_identity(workbook), formats.plain)]
    yield [Cell(" ".join(advice.result), formats.strong)]
    for number, step in enumerate(advice.steps, start=1):
        yield [Cell(f"{number}. {step}", formats.plain)]
    if unnoted:
        yield [Cell(UNNOTED.format(cells=", ".join(unnoted)), formats.plain)]
    for what in advice.removed:
        yield [Cell(f"In dieser Kopie fehlt: {what}.", formats.plain)]
    asked = sorted(asked, key=lambda a: _SEVERITIES.index(a[0].severity))
    unanswered = [a for a in asked if a[0].answer is None]
    if any(of for _, of in unanswered) and not {TO_ANSWER, NOTHING_TO_DO} & set(advice.steps):
        yield [Cell(TO_ANSWER, formats.plain)]
    yield []
    if not asked:
        yield [Cell("Es gibt keine Befunde.", formats.plain)]
    yield from _table(unanswered, formats, titles)
    answered = [a for a in asked if a[0].answer is not None]
    if answered:
        yield []
        yield [Cell(ANSWERED, formats.strong)]
    yield from _table(answered, formats, titles)
    if workbook.not_run:
        yield []
        yield [Cell(NOT_RUN, formats.strong)]
        yield from ([Cell(line, formats.plain)] for line in workbook.not_run)
    if advice.open_items:
        yield []
        yield from _open_items(advice, formats)


def _open_items(advice: Advice, formats: CellFormats) -> Iterator[list[Cell]]:
    """What is not reached yet, with its deadline."""
    yield [Cell(advice.open_title, formats.strong)]
    yield [Cell(text, formats.head) for text in OPEN_HEADERS]
    for item in advice.open_items:
        texts = (german_date(item.due), item.nr, item.status, item.text)
        yield [Cell(text, formats.plain) for text in texts]


def _identity(workbook: Workbook) -> str:
    """Municipality, reporting date and Abgabe-Nr. in one line."""
    parts = [workbook.municipality or "Kommune nicht erkannt"]
    if workbook.stichtag:
        parts.append(f"Berichtsstichtag {german_date(workbook.stichtag)}")
    if workbook.number is not None:
        parts.append(f"Abgabe-Nr. {workbook.number}")
    return " · ".join(parts)


def _table(asked: Sequence[_Asked], formats: CellFormats, titles: Mapping[str, str]) -> Iterator[list[Cell]]:
    if asked:
        yield [Cell(text, formats.head) for text in HEADERS]
    for one, questions in asked:
        cells = _finding_row(one, formats, titles)
        if not questions:
            yield [*cells, Cell(NO_ANSWER if one.severity is Severity.ERROR else "", formats.plain)]
            continue
        answer = Cell(one.answer.own_words if one.answer else "", formats.answer)
        yield [*cells, answer, *(Cell(mark(question), formats.plain) for question in questions)]


def _finding_row(one: Finding, formats: CellFormats, titles: Mapping[str, str]) -> list[Cell]:
    title = titles.get(fold(one.sheet))
    quoted = (title or "").replace("'", "''")
    link = f"'{quoted}'!{one.cell or 'A1'}" if title else None
    return [
        Cell(SEVERITY_WORDS[one.severity], formats.marks[one.severity]),
        Cell(finding_place(one), formats.link if link else formats.plain, link),
        Cell(one.column or "", formats.plain),
        Cell(worded(one), formats.plain),
        Cell(str(one.count), formats.plain),
        Cell(one.remedy, formats.plain),
        Cell(one.rule, formats.plain),
    ]
