"""Sheet Herkunft: every figure of Zielwerte and Meilensteine, down to file, sheet and Excel rows."""

from __future__ import annotations

from collections.abc import Iterator

from xlsxwriter.worksheet import Worksheet

from pipeline.describe import LEAD
from pipeline.evaluate.timeline import Data
from pipeline.model import Status as St
from pipeline.provenance import Part, criterion_parts, ranges, target_parts, why_not_evaluable
from pipeline.report.summary.book import (
    Book,
    Cell,
    Column,
    count_column,
    date_column,
    keep_header,
    lay_page,
    write_header,
    write_rows,
)
from pipeline.report.summary.heights import pieces
from pipeline.report.summary.targets import ALL_TIME
from pipeline.results import CriterionResult, Result, TargetResult
from pipeline.rules import Attested, Criterion, Target
from pipeline.sheets import LEAD_AGS
from pipeline.words import TARGET_WORDS

COLUMNS = (
    Column("AGS", 10),
    Column("Kommune", 20),
    Column("Nr.", 8.5),
    Column("Projekt-\njahr", 9, "center"),
    Column("Zahl im Bericht", 12),
    Column("Rolle der Zeilen", 12),
    date_column("Stand vom"),
    count_column("Beitrag", 9),
    Column("Datei", 36),
    Column("Blatt", 18),
    Column("Zeilen in Excel", 46),
)
LINES = (
    "Aus welchen Zeilen welcher Datei jede Zahl der Blätter „Zielwerte“ (Wert) und „Meilensteine“ (Ist, Erreicht am) "
    "entstand. Wer die Datei öffnet und die Zeilen zählt, erhält den Beitrag; beim Bestand steht er in der Zeile.",
    "Die Zahlen des Projekts sind Summen über die Kommunen im Blatt „Zielwerte“. „Verknüpfung“: Zeilen, ohne die eine "
    "gezählte Zeile nicht zählte. „Angabe“: Zeile mit Datum und Nachweis der berichtenden Stelle.",
)
VALUE, CURRENT, REACHED, STATED = "Wert", "Ist", "Erreicht am", "Status"
NO_FIGURE = "keine Zahl"
ALL_NUMBERS = "alle"
CONTINUED = "(Fortsetzung)"


def write_origins(book: Book, sheet: Worksheet) -> None:
    title = f"Herkunft – {book.outcome.rules.project.short_title}"
    header = lay_page(book, sheet, title, LINES, (c.width for c in COLUMNS))
    write_header(book, sheet, header, COLUMNS)
    keep_header(sheet, header, header, 3)
    end = write_rows(book, sheet, header + 1, COLUMNS, _rows(book))
    sheet.autofilter(header, 0, max(header + 1, end - 1), len(COLUMNS) - 1)


def _rows(book: Book) -> Iterator[list[Cell]]:
    rules = book.outcome.rules
    targets, criteria = {t.id: t for t in rules.targets}, {c.id: c for c in rules.criteria}
    lead = _data(book, LEAD_AGS)
    for result in book.outcome.results:
        data = _data(book, result.ags)
        if data is None:
            words = TARGET_WORDS[St.NO_SUBMISSION].text
            yield [*_head(book, result, ALL_NUMBERS), NO_FIGURE, *[None] * 5, words]
            continue
        for target in result.targets:
            yield from _target(book, result, data, targets[target.nr], target)
        for milestone in result.milestones:
            for criterion in milestone.criteria:
                yield from _criterion(book, result, data, lead, criteria[criterion.nr], criterion)


def _data(book: Book, ags: str) -> Data | None:
    accepted = book.accepted.get(ags)
    return Data(accepted.workbook, book.outcome.rules) if accepted else None


def _head(book: Book, result: Result, nr: str, year: str | None = None) -> list[Cell]:
    return [result.ags, book.names[result.ags], nr, year]


def _target(
    book: Book, result: Result, data: Data, target: Target, found: TargetResult
) -> Iterator[list[Cell]]:
    rules = book.outcome.rules
    head = _head(book, result, target.id, found.year or ALL_TIME)
    parts = target_parts(data, target, found, rules)
    if parts:
        yield from _parts(head, parts, data, _figure(target, VALUE))
    elif found.data_as_of:
        started = next((y.start for y in rules.years if y.label == found.year), None)
        yield _without(head, data, why_not_evaluable(data, target, started, found.data_as_of))


def _criterion(
    book: Book,
    result: Result,
    own: Data,
    lead: Data | None,
    criterion: Criterion,
    found: CriterionResult,
) -> Iterator[list[Cell]]:
    on = result.data_as_of
    assert on is not None
    head = _head(book, result, criterion.id)
    data = lead if criterion.reported_by == LEAD else own
    parts = criterion_parts(data, criterion, found, on) if data else ()
    if data and parts:
        yield from _parts(head, parts, data, _figure(criterion, CURRENT))
    else:
        yield _without(head, data, why_not_evaluable(data, criterion, None, on))


def _figure(requirement: Target | Criterion, measured: str) -> str:
    return STATED if isinstance(requirement.decide, Attested) else measured


def _parts(head: list[Cell], parts: tuple[Part, ...], data: Data, figure: str) -> Iterator[list[Cell]]:
    """One row to a part; long lists of rows run on in the next."""
    file = data.workbook.file
    for part in parts:
        first, *more = pieces(ranges(part.rows), COLUMNS[-1].width)
        word = REACHED if part.reached else figure
        yield [*head, word, part.role.value, part.day, part.number, file, part.sheet, first]
        for piece in more:
            yield [*head, word, CONTINUED, part.day, None, file, part.sheet, piece]


def _without(head: list[Cell], data: Data | None, reason: str) -> list[Cell]:
    file = data.workbook.file if data else None
    return [*head, NO_FIGURE, None, None, None, file, None, reason]
