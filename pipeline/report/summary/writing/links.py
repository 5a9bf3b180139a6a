"""Links within the report: from the matrix to its criteria, from there to their rows in Herkunft, and back.

Every sheet says where its rows stand (``Book.places``); the links are set when all sheets are written.
"""

from __future__ import annotations

from pipeline.report.summary.writing.book import Book, Place
from pipeline.xlsx.addresses import column_letters

MOST_LINKS = 65_000  # of one sheet; Excel takes 65,530
OVERVIEW, MILESTONES, TARGETS, ORIGINS = "Übersicht", "Meilensteine", "Zielwerte", "Herkunft"
WAYS = ((OVERVIEW, MILESTONES), (MILESTONES, ORIGINS), (TARGETS, ORIGINS))


def link_sheets(book: Book) -> None:
    """Both ways between the places of one municipality and number."""
    for (sheet, ags, nr), place in book.places.items():
        for here, there in WAYS:
            if sheet == here and (other := book.places.get((there, ags, nr))):
                _link(place, other)
                _link(other, place)


def _link(place: Place, to: Place) -> None:
    sheet, row, column = place
    target, at_row, at_column = to
    if len(sheet.links) < MOST_LINKS:
        name = str(target.get_name())
        quoted = name if name.isalpha() else f"'{name}'"
        sheet.links.setdefault((row, column), f"{quoted}!{column_letters(at_column + 1)}{at_row + 1}")
