"""Sheet Prüfung: what is missing or wrong."""

from __future__ import annotations

from pipeline.sheets import CHECK_HEADERS, CHECK_TITLE
from pipeline.template.book import HEADER_HEIGHT, Book, lay_page, write_title
from pipeline.template.layout import HEADER_ROW
from pipeline.template.styles import TAB_STATE

HELP = "Was fehlt oder nicht stimmt. Dieses Blatt füllt sich von selbst; hier ist nichts einzutragen."
WIDTHS = (24, 70, 10, 14, 14)


def write_check(book: Book) -> None:
    sheet = book.sheets[CHECK_TITLE]
    lay_page(book, sheet, TAB_STATE)
    write_title(book, sheet, CHECK_TITLE, HELP)
    sheet.set_row(HEADER_ROW, HEADER_HEIGHT)
    for i, (header, width) in enumerate(zip(CHECK_HEADERS, WIDTHS, strict=True)):
        sheet.set_column(i, i, width, book.styles.plain)
        sheet.write_string(HEADER_ROW, i, header, book.styles.header(required=True))
