"""Sheet Prüfung: what is missing or wrong, with count, first cell and a link to it, while one types."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from pipeline.definitions.messages import SEVERITY_WORDS
from pipeline.definitions.model import Severity
from pipeline.definitions.sheets import CHECK_HEADERS, CHECK_TITLE, FORM_TITLE
from pipeline.template.book import HEADER_HEIGHT, Book, lay_page, row_height, write_title
from pipeline.template.check_across import CellCheck, cross_checks, form_checks
from pipeline.template.check_rules import Check, checks_of
from pipeline.template.layout import FIRST_ROW, HEADER_ROW, LEGEND_ROW
from pipeline.template.styles import TAB_STATE

HELP = "Was fehlt oder nicht stimmt. Dieses Blatt füllt sich von selbst; hier ist nichts einzutragen."
WIDTHS = (22, 100, 10, 13, 13)
SHEET, TEXT, COUNT, CELL, LINK = range(len(CHECK_HEADERS))
LINK_TEXT = "zur Zelle"
NOTHING = "Nichts gefunden."
FILTER = ". Filtern Sie in der Spalte Anzahl nach Werten über 0."


@dataclass(frozen=True)
class Line:
    """Formulas for the count and for the address of the first cell, and what they give when blank."""

    sheet: str
    text: str
    count: str
    first: str
    blank: int = 0
    blank_cell: str = ""


def write_check(book: Book) -> None:
    sheet = book.sheets[CHECK_TITLE]
    lay_page(book, sheet, TAB_STATE)
    write_title(book, sheet, CHECK_TITLE, HELP)
    sheet.set_row(HEADER_ROW, HEADER_HEIGHT)
    for i, (header, width) in enumerate(zip(CHECK_HEADERS, WIDTHS, strict=True)):
        sheet.set_column(i, i, width, book.styles.plain)
        sheet.write_string(HEADER_ROW, i, header, book.styles.header(required=True))
    lines = lines_of(book)
    for row, line in enumerate(lines, FIRST_ROW):
        _write_line(book, sheet, row, line)
    last = FIRST_ROW + len(lines) - 1
    _write_summary(book, sheet, lines)
    sheet.autofilter(HEADER_ROW, 0, last, LINK)
    _colour(book, sheet, last)


def lines_of(book: Book) -> list[Line]:
    """All checks in the order of the tabs; within a sheet as they are listed."""
    lines = [line_of_cell(c) for c in form_checks(book)]
    lines += [line_of_column(c) for c in (*checks_of(book.layout), *cross_checks(book.layout))]
    order = [FORM_TITLE, *book.layout.areas]
    return sorted(lines, key=lambda line: order.index(line.sheet))


def line_of_cell(check: CellCheck) -> Line:
    count = f"IFERROR(IF({check.wrong},1,0),1)"
    return Line(check.sheet, check.text, count, f'"{check.cell}"', check.blank, check.cell)


def line_of_column(check: Check) -> Line:
    """The first wrong cell is looked for only when there is one; error values in other cells do no harm."""
    mask = f"IFERROR(--({check.mask}),0)"
    found = f'IFERROR("{check.area.letter(check.column)}"&(MATCH(1,{mask},0)+{FIRST_ROW}),"")'
    count = f"IFERROR({check.count},SUM({mask}))" if check.count else f"SUM({mask})"
    return Line(check.area.sheet.title, f"{check.column}: {check.text}", count, found)


def _write_line(book: Book, sheet: Worksheet, row: int, line: Line) -> None:
    plain, blank = book.styles.fixed(), line.blank > 0
    sheet.set_row(row, row_height((line.text,), (WIDTHS[TEXT],)))
    sheet.write_string(row, SHEET, line.sheet, plain)
    sheet.write_string(row, TEXT, line.text, plain)
    count, cell = f"$C{row + 1}", f"$D{row + 1}"
    link = f'IF({cell}="","",HYPERLINK("#\'{line.sheet}\'!"&{cell},"{LINK_TEXT}"))'
    results = (
        (COUNT, line.count, book.styles.fixed("0"), line.blank),
        (CELL, f'IF({count}=0,"",{line.first})', plain, line.blank_cell if blank else ""),
    )
    for column, formula, style, result in results:
        sheet.write_array_formula(row, column, row, column, f"{{={formula}}}", style, result)
    sheet.write_formula(row, LINK, f"={link}", book.styles.link, LINK_TEXT if blank else "")


def _marker(severity: Severity) -> str:
    """How a line of that severity begins, after the name of its column."""
    return f"{SEVERITY_WORDS[severity]}: "


def _write_summary(book: Book, sheet: Worksheet, lines: list[Line]) -> None:
    """How many places of each severity, above the table."""
    last = FIRST_ROW + len(lines)
    texts, counts = f"$B${FIRST_ROW + 1}:$B${last}", f"$C${FIRST_ROW + 1}:$C${last}"
    parts, blank = [], []
    for severity in Severity:
        parts.append(f'SUMIF({texts},"*{_marker(severity)}*",{counts})&" × {SEVERITY_WORDS[severity]}"')
        found = sum(line.blank for line in lines if _marker(severity) in line.text)
        blank.append(f"{found} × {SEVERITY_WORDS[severity]}")
    shown = '&", "&'.join(parts)
    formula = f'=IF(SUM({counts})=0,"{NOTHING}",{shown}&"{FILTER}")'
    total = sum(line.blank for line in lines)
    sheet.write_formula(
        LEGEND_ROW, 0, formula, book.styles.get(bold=True), ", ".join(blank) + FILTER if total else NOTHING
    )


def _colour(book: Book, sheet: Worksheet, last: int) -> None:
    """Lines with something to do stand out, by severity; the others step back."""
    count, text = f"$C{FIRST_ROW + 1}", f"$B{FIRST_ROW + 1}"
    looks = (
        (Severity.ERROR, book.styles.bad),
        (Severity.WARNING, book.styles.wanted),
        (Severity.NOTE, book.styles.blocked),
    )
    for severity, style in looks:
        formula = f'=AND({count}>0,ISNUMBER(SEARCH("{_marker(severity)}",{text})))'
        options = {"type": "formula", "criteria": formula, "format": style}
        sheet.conditional_format(FIRST_ROW, COUNT, last, CELL, options)
    nothing = {"type": "formula", "criteria": f"={count}=0", "format": book.styles.faint}
    sheet.conditional_format(FIRST_ROW, SHEET, last, COUNT, nothing)
