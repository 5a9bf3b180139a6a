"""Worksheet XML of a sheet that is added to a workbook: rows of texts, some linked, with cells for answers.

Hidden cells beside an answer hold what ``reading.returned_answers`` needs when the workbook comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from pipeline.definitions.foreign import escaped
from pipeline.definitions.sheets import FEEDBACK_ANSWER, LONGEST_ANSWER
from pipeline.feedback.style_table import MARKS, StyleTable
from pipeline.xlsx.addresses import cell_ranges, column_letters
from pipeline.xlsx.package import Element, new_root, set_text
from pipeline.xlsx.wrapped_text import TALLEST, count_lines

HEADERS = (
    "Schweregrad",
    "Stelle",
    "Spalte",
    "Was nicht stimmt",
    "Anzahl",
    "Was zu tun ist",
    "Regel",
    FEEDBACK_ANSWER,
)
_WIDTHS = (15, 22, 22, 46, 9, 46, 8, 40)
_ANSWER = len(HEADERS)  # number of its column; the hidden ones follow
_SIZE = 12 * 1.06  # of the largest letters that are wrapped, in bold type
_LINE = 15.5  # height of a line in points


@dataclass(slots=True)
class Cell:
    """A text and the number of its cell format; ``link``: location in the workbook."""

    text: str
    style: int
    link: str | None = None


@dataclass(slots=True)
class CellFormats:
    """Numbers of the cell formats that the sheet uses; ``marks`` by severity."""

    title: int
    strong: int
    plain: int
    head: int
    link: int
    answer: int
    marks: dict[object, int] = field(default_factory=dict)


def cell_formats(styles: StyleTable) -> CellFormats:
    """Adds the formats of the sheet to the style table."""
    return CellFormats(
        title=styles.text(bold=True, size=16),
        strong=styles.text(bold=True, size=12),
        plain=styles.text(),
        head=styles.text(bold=True, fill="FFD9E2EC"),
        link=styles.text(link=True),
        answer=styles.answer(),
        marks={severity: styles.text(bold=True, fill=colour) for severity, colour in MARKS.items()},
    )


def worksheet(ns: str, rows: Sequence[Sequence[Cell]]) -> Element:
    """The worksheet. A row of one cell is merged over all columns; one with more cells than headers has an
    answer.
    """
    root = new_root(ns, "worksheet")
    _page(root, ns, hidden=max((len(cells) for cells in rows), default=0) - _ANSWER)
    data = etree.SubElement(root, f"{{{ns}}}sheetData")
    for number, cells in enumerate(rows, start=1):
        _write_row(data, ns, number, cells)
    _protect(root, ns)
    merges = [n for n, cells in enumerate(rows, start=1) if len(cells) == 1]
    _merge(root, ns, merges)
    _limit_answers(root, ns, [n for n, cells in enumerate(rows, start=1) if len(cells) > _ANSWER])
    _links(root, ns, rows)
    _print_setup(root, ns)
    return root


def _page(root: Element, ns: str, hidden: int) -> None:
    """Tab colour, view and column widths; ``hidden`` columns behind that of the answers."""
    properties = etree.SubElement(root, f"{{{ns}}}sheetPr")
    etree.SubElement(properties, f"{{{ns}}}tabColor").set("rgb", "FFB42318")
    etree.SubElement(properties, f"{{{ns}}}pageSetUpPr").set("fitToPage", "1")
    views = etree.SubElement(root, f"{{{ns}}}sheetViews")
    view = etree.SubElement(views, f"{{{ns}}}sheetView")
    for key, value in (("showGridLines", "0"), ("tabSelected", "1"), ("workbookViewId", "0")):
        view.set(key, value)
    columns = etree.SubElement(root, f"{{{ns}}}cols")
    for number, width in enumerate(_WIDTHS, start=1):
        column = etree.SubElement(columns, f"{{{ns}}}col")
        for key in ("min", "max"):
            column.set(key, str(number))
        column.set("width", str(width))
        column.set("customWidth", "1")
    if hidden > 0:
        column = etree.SubElement(columns, f"{{{ns}}}col")
        column.set("min", str(_ANSWER + 1))
        column.set("max", str(_ANSWER + hidden))
        column.set("width", "0")
        column.set("hidden", "1")
        column.set("customWidth", "1")


def _write_row(data: Element, ns: str, number: int, cells: Sequence[Cell]) -> None:
    row = etree.SubElement(data, f"{{{ns}}}row")
    row.set("r", str(number))
    row.set("ht", str(24 if number == 1 else min(_LINE * _lines(cells), TALLEST)))
    row.set("customHeight", "1")
    for position, cell in enumerate(cells, start=1):
        element = etree.SubElement(row, f"{{{ns}}}c")
        element.set("r", f"{column_letters(position)}{number}")
        element.set("s", str(cell.style))
        if not cell.text:
            continue
        element.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(element, f"{{{ns}}}is"), f"{{{ns}}}t")
        set_text(text, escaped(cell.text, keep="\n"))


def _lines(cells: Sequence[Cell]) -> int:
    """Lines that the tallest cell of the row takes when wrapped; not every program computes the row height."""
    widths = (sum(_WIDTHS),) if len(cells) == 1 else _WIDTHS
    shown = zip(cells, widths, strict=False)
    return max((count_lines(cell.text, width, _SIZE) for cell, width in shown), default=1)


def _merge(root: Element, ns: str, rows: list[int]) -> None:
    merges = etree.SubElement(root, f"{{{ns}}}mergeCells")
    merges.set("count", str(len(rows)))
    for row in rows:
        etree.SubElement(merges, f"{{{ns}}}mergeCell").set("ref", f"A{row}:{column_letters(_ANSWER)}{row}")


def _protect(root: Element, ns: str) -> None:
    """Sheet protection without a password, against typing beside the answer cells by mistake."""
    protection = etree.SubElement(root, f"{{{ns}}}sheetProtection")
    for key, value in (("sheet", "1"), ("formatColumns", "0"), ("formatRows", "0")):
        protection.set(key, value)


def _limit_answers(root: Element, ns: str, rows: list[int]) -> None:
    """Data validation: an answer that is too long is refused while typing."""
    if not rows:
        return
    validations = etree.SubElement(root, f"{{{ns}}}dataValidations")
    validations.set("count", "1")
    validation = etree.SubElement(validations, f"{{{ns}}}dataValidation")
    letter = column_letters(_ANSWER)
    cells = " ".join(cell_ranges([f"{letter}{row}" for row in rows]))
    for key, value in (
        ("type", "textLength"),
        ("operator", "lessThanOrEqual"),
        ("allowBlank", "1"),
        ("showErrorMessage", "1"),
        ("errorTitle", FEEDBACK_ANSWER),
        ("error", f"Höchstens {LONGEST_ANSWER} Zeichen."),
        ("sqref", cells),
    ):
        validation.set(key, value)
    etree.SubElement(validation, f"{{{ns}}}formula1").text = str(LONGEST_ANSWER)


def _links(root: Element, ns: str, rows: Sequence[Sequence[Cell]]) -> None:
    linked = [(n, cell) for n, cells in enumerate(rows, start=1) for cell in cells if cell.link]
    if not linked:
        return
    links = etree.SubElement(root, f"{{{ns}}}hyperlinks")
    for number, cell in linked:
        link = etree.SubElement(links, f"{{{ns}}}hyperlink")
        link.set("ref", f"B{number}")
        link.set("location", cell.link or "")
        link.set("display", cell.text)


def _print_setup(root: Element, ns: str) -> None:
    margins = etree.SubElement(root, f"{{{ns}}}pageMargins")
    for side in ("left", "right", "top", "bottom", "header", "footer"):
        margins.set(side, "0.5")
    setup = etree.SubElement(root, f"{{{ns}}}pageSetup")
    for key, value in (("paperSize", "9"), ("orientation", "landscape"), ("fitToHeight", "0")):
        setup.set(key, value)
    footer = etree.SubElement(etree.SubElement(root, f"{{{ns}}}headerFooter"), f"{{{ns}}}oddFooter")
    footer.text = "&L&A&RSeite &P von &N"
