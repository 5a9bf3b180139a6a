"""Sheet Stand: status of each target and criterion on the reporting date, as formulas that update while
typing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.definitions.model import Status
from pipeline.definitions.palette import TAB_STATE
from pipeline.definitions.sheet_types import WorkbookKind
from pipeline.definitions.sheets import (
    FORM_STICHTAG,
    FORM_TITLE,
    LEAD_NAME,
    MUNICIPALITY,
    STATE_HEADERS,
    STATE_TITLE,
)
from pipeline.definitions.words import CRITERION_WORDS, TARGET_WORDS
from pipeline.rules import Attested, Rules
from pipeline.template.counting import Counting
from pipeline.template.highlights import STICHTAG
from pipeline.template.layout import FIRST_ROW, HEADER_ROW, LEGEND_ROW
from pipeline.template.lists import serial
from pipeline.template.state_formulas import Formulas, Row
from pipeline.template.template_book import (
    HEADER_HEIGHT,
    TemplateBook,
    height_of_texts,
    set_up_page,
    write_title,
)
from pipeline.xlsx.formulas import excel_text

HELP = "Wo Sie am Berichtsstichtag stehen. Dieses Blatt füllt sich von selbst; hier ist nichts einzutragen."
WIDTHS = (12, 84, 14, 11, 11, 11, 18)
NUMBER, TEXT, YEAR, ACTUAL, WANTED, DISTANCE, STATUS = range(len(STATE_HEADERS))
SHARE_FORMAT, COUNT_FORMAT = "0.0%", "0"


def state_rows(rules: Rules, kind: WorkbookKind) -> Iterator[Row]:
    """One row per target and criterion in the order of the source; a municipality also sees criteria that the
    project lead reports.
    """
    for measure in rules.measures:
        for target in measure.targets:
            if target.reported_by == kind.id:
                yield from (Row(target, year) for year in (rules.years if target.per_year else (None,)))
        for criterion in (c for milestone in measure.milestones for c in milestone.criteria):
            if kind.id in {criterion.reported_by, MUNICIPALITY.id}:
                yield Row(criterion, foreign=criterion.reported_by != kind.id)


def write_state(book: TemplateBook) -> None:
    sheet = book.sheets[STATE_TITLE]
    set_up_page(book, sheet, TAB_STATE)
    write_title(book, sheet, STATE_TITLE, HELP, FORM_STICHTAG.name)
    ask = f"bitte im Blatt {FORM_TITLE} eintragen"
    shown = f'=IF({STICHTAG}="",{excel_text(ask)},{STICHTAG})'
    style = book.styles.get(bold=True, num_format="dd.mm.yyyy", align="left", indent=1)
    sheet.write_formula(LEGEND_ROW, TEXT, shown, style, serial(book.stichtag) if book.stichtag else ask)
    sheet.set_row(HEADER_ROW, HEADER_HEIGHT)
    for i, (header, width) in enumerate(zip(STATE_HEADERS, WIDTHS, strict=True)):
        sheet.set_column(i, i, width, book.styles.plain)
        sheet.write_string(HEADER_ROW, i, header, book.styles.header(required=True))
    rows = list(state_rows(book.rules, book.kind))
    formulas = Formulas(book.rules, Counting(book.layout))
    for row, line in enumerate(rows, FIRST_ROW):
        _write_row(book, sheet, row, line, formulas)
    last = FIRST_ROW + len(rows) - 1
    sheet.autofilter(HEADER_ROW, 0, last, STATUS)
    _colour(book, sheet, last)


def _write_row(book: TemplateBook, sheet: Worksheet, row: int, line: Row, formulas: Formulas) -> None:
    texts = (line.requirement.id, line.requirement.text, line.year.label if line.year else "")
    sheet.set_row(row, height_of_texts(texts, WIDTHS[: len(texts)]))
    for i, text in enumerate(texts):
        sheet.write_string(row, i, text, book.styles.fixed())
    number = book.styles.fixed(SHARE_FORMAT if line.percent else COUNT_FORMAT)
    cells = (f"$D{row + 1}", f"$E{row + 1}", f"$A{row + 1}")
    _write_formula(sheet, (row, ACTUAL), formulas.actual(line), number, array=line.array)
    sheet.write(row, WANTED, line.threshold, number)
    _write_formula(sheet, (row, DISTANCE), formulas.distance(line, cells), number)
    word = LEAD_NAME if line.foreign else CRITERION_WORDS[Status.NOT_EVALUABLE].text
    status, blank = formulas.status(line, cells), _blank_status(line, book.stichtag)
    _write_formula(
        sheet, (row, STATUS), status, book.styles.fixed(), array=line.array, fallback=word, blank=blank
    )


def _blank_status(line: Row, stichtag: date | None) -> str:
    """Content of the column Stand before anything but the reporting date is entered."""
    words = TARGET_WORDS if line.is_target else CRITERION_WORDS
    if line.foreign:
        return LEAD_NAME
    if stichtag and line.year and stichtag < line.year.start:
        return ""
    if stichtag and isinstance(line.requirement.decide, Attested):
        return words[Status.OPEN if line.is_target else Status.UNMET].text
    return words[Status.NOT_EVALUABLE].text


def _write_formula(
    sheet: Worksheet,
    place: tuple[int, int],
    formula: str,
    style: Format,
    *,
    array: bool = False,
    fallback: str = "",
    blank: str = "",
) -> None:
    """A formula with its result in a blank workbook; nothing for a row that is not measured.

    ``fallback``: shown where a cell that the formula needs holds an error value.
    """
    if not formula:
        sheet.write_blank(*place, None, style)
        return
    formula = f"=IFERROR({formula.removeprefix('=')},{excel_text(fallback)})"
    if array:
        sheet.write_array_formula(*place, *place, f"{{{formula}}}", style, blank)
    else:
        sheet.write_formula(*place, formula, style, blank)


def _colour(book: TemplateBook, sheet: Worksheet, last: int) -> None:
    """Conditional formats of the column Stand."""
    styles = book.styles
    looks = (
        (styles.good, (TARGET_WORDS[Status.MET].text, CRITERION_WORDS[Status.MET].text)),
        (styles.bad, (TARGET_WORDS[Status.MISSED].text,)),
        (styles.wanted, (CRITERION_WORDS[Status.EVIDENCE_MISSING].text,)),
        (styles.faint, (TARGET_WORDS[Status.NOT_EVALUABLE].text, TARGET_WORDS[Status.INFO].text, LEAD_NAME)),
    )
    for style, words in looks:
        for word in words:
            options = {"type": "cell", "criteria": "==", "value": excel_text(word), "format": style}
            sheet.conditional_format(FIRST_ROW, STATUS, last, STATUS, options)
