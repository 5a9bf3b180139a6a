"""Sheet Prüfung: what is missing or wrong, with count, first cell and a link to it, updated while typing.

The formulas that count mistakes stand in the hidden sheet Listen, one line each; Prüfung shows the lines in
order: errors first, then warnings, then notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pipeline.definitions.messages import SEVERITY_WORDS
from pipeline.definitions.model import Severity
from pipeline.definitions.palette import LINK as LINK_COLOUR
from pipeline.definitions.palette import TAB_STATE
from pipeline.definitions.sheets import CHECK_HEADERS, CHECK_TITLE, FORM_TITLE, LISTS_TITLE
from pipeline.template.check_across import cross_checks
from pipeline.template.check_dates import date_checks
from pipeline.template.check_form import CellCheck, form_checks
from pipeline.template.check_line import InputCheck
from pipeline.template.check_rules import checks_of
from pipeline.template.layout import FIRST_ROW, HEADER_ROW, LEGEND_ROW, TITLE_ROW, Area, Layout
from pipeline.template.template_book import (
    HEADER_HEIGHT,
    TemplateBook,
    height_of_texts,
    set_up_page,
    write_title,
)
from pipeline.xlsx.formulas import excel_text

PRINTED_LINES = 40  # lines that are printed; the others are in order, but where very much is open
HELP = f"Was fehlt oder nicht stimmt, das Wichtigste zuerst. Dieses Blatt füllt sich von selbst. Gedruckt werden die ersten {PRINTED_LINES} Zeilen."
WIDTHS = (22, 100, 10, 13, 13)
SHEET, TEXT, COUNT, CELL, LINK = range(len(CHECK_HEADERS))
LINK_TEXT = "zur Zelle"
NO_FINDINGS = "Nichts gefunden."
SEVERITIES = tuple(Severity)
RANKED = 1000  # more than there are lines


@dataclass(frozen=True)
class CheckLine:
    """One line: formulas for the count and for the address of the first cell, and their results when blank."""

    sheet: str
    text: str
    count: str
    first: str
    blank: int = 0
    blank_cell: str = ""

    @property
    def severity(self) -> Severity:
        return next(s for s in SEVERITIES if _marker(s) in self.text)


@dataclass(frozen=True)
class Block:
    """Where the lines are in Listen: one per row, below a header."""

    column: int
    lines: tuple[CheckLine, ...]

    def cell(self, what: int, number: int) -> str:
        return f"'{LISTS_TITLE}'!${xl_col_to_name(self.column + what)}${number + 2}"

    def cells(self, what: int) -> str:
        """Range of the cells of one kind over all lines."""
        return f"{self.cell(what, 0)}:{self.cell(what, len(self.lines) - 1).split('!')[1]}"

    def at(self, sheet: str, cell: str) -> list[int]:
        """Numbers of the lines about one cell."""
        address = excel_text(cell)
        return [k for k, line in enumerate(self.lines) if line.sheet == sheet and line.first == address]

    def count_of(self, severity: Severity, sheet: str = "") -> str:
        """Formula: number of wrong cells of a severity, in all sheets or in one."""
        where = f",{self.cells(B_SHEET)},{excel_text(sheet)}" if sheet else ""
        return f"SUMIFS({self.cells(B_COUNT)},{self.cells(B_SEVERITY)},{excel_text(SEVERITY_WORDS[severity])}{where})"

    def blank_count(self, severity: Severity, sheet: str = "") -> int:
        return sum(x.blank for x in self.lines if x.severity is severity and sheet in ("", x.sheet))


BLOCK_HEADERS = ("Blatt", "Prüfung", "Schweregrad", "Anzahl", "Erste Zelle", "Rang", "Reihenfolge")
B_SHEET, B_TEXT, B_SEVERITY, B_COUNT, B_CELL, B_RANK, B_ORDER = range(len(BLOCK_HEADERS))


def block_of(book: TemplateBook) -> Block:
    """The lines of a workbook, in the order of the tabs; within a sheet as they are listed."""
    lines = [line_of_cell(c) for c in form_checks(book)]
    lines += [line_of_column(c) for c in _of_columns(book.layout)]
    order = [FORM_TITLE, *book.layout.areas]
    lines.sort(key=lambda line: order.index(line.sheet))
    return Block(book.layout.block_column, tuple(lines))


def _of_columns(layout: Layout) -> Iterator[InputCheck]:
    yield from checks_of(layout)
    yield from cross_checks(layout)
    yield from date_checks(layout)


def line_of_cell(check: CellCheck) -> CheckLine:
    count = f"IFERROR(IF({check.wrong},1,0),1)"
    return CheckLine(check.sheet, check.text, count, excel_text(check.cell), check.blank, check.cell)


def line_of_column(check: InputCheck) -> CheckLine:
    """The line of a column check. The first wrong cell is searched only when the count is above 0; error
    values in other cells do no harm.
    """
    area = check.area
    mask = f"IFERROR(--({check.mask}),0)"
    if check.records:
        mask = f"{mask}*{area.own_rows}"
    place = f"MATCH(1,{mask},0)"
    found = _address(area, check.column, place)
    if check.quick:  # without need not around the longest: LibreOffice allows so many calls within each other
        found = f'IFERROR({found},"")'
    count = f"SUM({mask})"
    if check.quick:
        clean = "+".join((*check.clean, *([area.strays_name] if check.records else [])))
        count = f"IF({clean}=0,{check.quick},{count})" if clean else check.quick
    return CheckLine(
        area.sheet.title, f"{check.column}: {check.text}" if check.column else check.text, count, found
    )


def _address(area: Area, column: str, place: str) -> str:
    """Formula: address of the cell at a position below the header; without a column, of the first filled cell
    there.
    """
    if column:
        return f'"{area.letter(column)}"&({place}+{FIRST_ROW})'
    row = f"INDEX({area.block},{place},0)"
    return f"ADDRESS({place}+{FIRST_ROW},MATCH(1,--(LEN(TRIM({row}))>0),0),4)"


def _marker(severity: Severity) -> str:
    """Word with which a line of that severity begins, after the name of its column."""
    return f"{SEVERITY_WORDS[severity]}: "


# --- in Listen ----------------------------------------------------------------------------------------


def write_block(book: TemplateBook, block: Block) -> None:
    """Writes the lines into Listen, each with its rank, and the order in which Prüfung shows them."""
    sheet, plain, first = book.sheets[LISTS_TITLE], book.styles.plain, block.column
    for i, header in enumerate(BLOCK_HEADERS):
        sheet.write_string(0, first + i, header, book.styles.get(bold=True))
    order = _blank_order(block)
    for k, line in enumerate(block.lines):
        row, blank = k + 1, line.blank > 0
        for what, text in (
            (B_SHEET, line.sheet),
            (B_TEXT, line.text),
            (B_SEVERITY, SEVERITY_WORDS[line.severity]),
        ):
            sheet.write_string(row, first + what, text, plain)
        count, level = block.cell(B_COUNT, k), SEVERITIES.index(line.severity)
        cell = f'IF({count}=0,"",{line.first})'
        rank = f"=IF({count}>0,{level * RANKED},{len(SEVERITIES) * RANKED})+{k}"
        for what, formula, result in (
            (B_COUNT, line.count, line.blank),
            (B_CELL, cell, line.blank_cell if blank else ""),
        ):
            sheet.write_array_formula(row, first + what, row, first + what, f"{{={formula}}}", plain, result)
        sheet.write_formula(row, first + B_RANK, rank, plain, _blank_rank(line, k))
        ranks = block.cells(B_RANK)
        sheet.write_formula(
            row, first + B_ORDER, f"=MATCH(SMALL({ranks},{k + 1}),{ranks},0)", plain, order[k] + 1
        )


def _blank_rank(line: CheckLine, k: int) -> int:
    level = SEVERITIES.index(line.severity) if line.blank else len(SEVERITIES)
    return level * RANKED + k


def _blank_order(block: Block) -> list[int]:
    return sorted(range(len(block.lines)), key=lambda k: _blank_rank(block.lines[k], k))


# --- on the other sheets -------------------------------------------------------------------------------


def write_link(book: TemplateBook, title: str, column: int, block: Block) -> None:
    """Writes the number of errors of a sheet beside its title, as a link to Prüfung."""
    errors, word = block.count_of(Severity.ERROR, title), SEVERITY_WORDS[Severity.ERROR]
    to = f"#'{CHECK_TITLE}'!A{FIRST_ROW + 1}"
    formula = f'=HYPERLINK("{to}",{errors}&" {word} → {CHECK_TITLE}")'
    style = book.styles.get(underline=1, font_color=LINK_COLOUR, bold=True, valign="vcenter")
    blank = f"{block.blank_count(Severity.ERROR, title)} {word} → {CHECK_TITLE}"
    book.sheets[title].write_formula(TITLE_ROW, column, formula, style, blank)


def finding_text(block: Block, sheet: str, cell: str, otherwise: str) -> str:
    """Formula: what is wrong with a filled cell, else the given text."""
    shown = excel_text(otherwise)
    for k in reversed(block.at(sheet, cell)):
        line = block.lines[k]
        shown_text = line.text[line.text.index(_marker(line.severity)) :]
        shown = f"IF({block.cell(B_COUNT, k)}>0,{excel_text(shown_text)},{shown})"
    return f"=IF(LEN({cell})=0,{excel_text(otherwise)},{shown})"


# --- in Prüfung ---------------------------------------------------------------------------------------


def write_check(book: TemplateBook, block: Block) -> None:
    """Writes the sheet Prüfung."""
    sheet = book.sheets[CHECK_TITLE]
    set_up_page(book, sheet, TAB_STATE)
    write_title(book, sheet, CHECK_TITLE, HELP)
    sheet.set_row(HEADER_ROW, HEADER_HEIGHT)
    for i, (header, width) in enumerate(zip(CHECK_HEADERS, WIDTHS, strict=True)):
        sheet.set_column(i, i, width, book.styles.plain)
        sheet.write_string(HEADER_ROW, i, header, book.styles.header(required=True))
    tallest = max(height_of_texts((line.text,), (WIDTHS[TEXT],)) for line in block.lines)
    for k, shown in enumerate(_blank_order(block)):
        sheet.set_row(FIRST_ROW + k, tallest)
        _write_line(book, sheet, block, k, block.lines[shown])
    sheet.print_area(TITLE_ROW, SHEET, FIRST_ROW + min(PRINTED_LINES, len(block.lines)) - 1, LINK)
    _write_summary(book, sheet, block)
    _colour(book, sheet, FIRST_ROW + len(block.lines) - 1)


def _write_line(book: TemplateBook, sheet: Worksheet, block: Block, k: int, blank: CheckLine) -> None:
    """The k-th line shown; ``blank``: the line that stands there in a blank workbook."""
    row, plain = FIRST_ROW + k, book.styles.fixed()
    which = block.cell(B_ORDER, k)
    cell = blank.blank_cell if blank.blank else ""
    for column, what, style, result in (
        (SHEET, B_SHEET, plain, blank.sheet),
        (TEXT, B_TEXT, plain, blank.text),
        (COUNT, B_COUNT, book.styles.fixed("0"), blank.blank),
        (CELL, B_CELL, plain, cell),
    ):
        sheet.write_formula(row, column, f"=INDEX({block.cells(what)},{which})", style, result)
    link = f'=IF($D{row + 1}="","",HYPERLINK("#\'"&$A{row + 1}&"\'!"&$D{row + 1},"{LINK_TEXT}"))'
    sheet.write_formula(row, LINK, link, book.styles.link, LINK_TEXT if cell else "")


def _write_summary(book: TemplateBook, sheet: Worksheet, block: Block) -> None:
    """Number of findings of each severity, above the table."""
    parts = [f'{block.count_of(s)}&" × {SEVERITY_WORDS[s]}"' for s in SEVERITIES]
    shown = '&", "&'.join(parts)
    formula = f'=IF(SUM({block.cells(B_COUNT)})=0,"{NO_FINDINGS}",{shown}&".")'
    blank = ", ".join(f"{block.blank_count(s)} × {SEVERITY_WORDS[s]}" for s in SEVERITIES) + "."
    anything = any(line.blank for line in block.lines)
    sheet.write_formula(
        LEGEND_ROW, 0, formula, book.styles.get(bold=True), blank if anything else NO_FINDINGS
    )


def _colour(book: TemplateBook, sheet: Worksheet, last: int) -> None:
    """Conditional formats: open lines by severity, the others grey."""
    count, text = f"$C{FIRST_ROW + 1}", f"$B{FIRST_ROW + 1}"
    looks = (
        (Severity.ERROR, book.styles.bad),
        (Severity.WARNING, book.styles.wanted),
        (Severity.NOTE, book.styles.note),
    )
    for severity, style in looks:
        formula = f'=AND({count}>0,ISNUMBER(SEARCH("{_marker(severity)}",{text})))'
        options = {"type": "formula", "criteria": formula, "format": style}
        sheet.conditional_format(FIRST_ROW, COUNT, last, CELL, options)
    nothing = {"type": "formula", "criteria": f"={count}=0", "format": book.styles.faint}
    sheet.conditional_format(FIRST_ROW, SHEET, last, COUNT, nothing)
