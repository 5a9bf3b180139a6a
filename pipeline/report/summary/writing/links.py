"""Links within the report: from the matrix to its criteria, from there to their rows in Herkunft, and back.

Every sheet registers the place of its rows (``Book.places``); the links are set when all sheets are written.
"""

from __future__ import annotations

from pipeline.report.summary.writing.book import Book, TablePlace
from pipeline.xlsx.addresses import column_letters

MOST_LINKS = 65_000  # of one sheet; Excel takes 65,530
OVERVIEW, MILESTONES, TARGETS, ORIGINS = "Übersicht", "Meilensteine", "Zielwerte", "Herkunft"
WAYS = ((OVERVIEW, MILESTONES), (MILESTONES, ORIGINS), (TARGETS, ORIGINS))


def link_sheets(book: Book) -> None:
    """Links both ways between the places of one municipality and number, save those already in the Übersicht."""
    for (sheet, ags, nr), place in book.places.items():
        for here, there in WAYS:
            if sheet == here and (other := book.places.get((there, ags, nr))):
                _link(other, place)
                if here != OVERVIEW:
                    _link(place, other)


def location(place: TablePlace) -> str:
    """``Meilensteine!C6``."""
    sheet, row, column = place
    name = str(sheet.get_name())
    quoted = name if name.isalpha() else f"'{name}'"
    return f"{quoted}!{column_letters(column + 1)}{row + 1}"


def _link(place: TablePlace, to: TablePlace) -> None:
    sheet, row, column = place
    if len(sheet.links) < MOST_LINKS:
        sheet.links.setdefault((row, column), location(to))
