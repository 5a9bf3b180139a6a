"""Section "Wirkung der Auslegung" of the sheet Regelwerk: what each other reading would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.definitions.words import PROJECT
from pipeline.evaluate.effects import NO_EFFECT, Effect, ReadingEffects
from pipeline.report.summary.writing.book import Book
from pipeline.report.summary.writing.cells import Cell

EFFECTS = "Wirkung der Auslegung"
EFFECT_TITLES = (
    "Zu Frage",
    "Zielwert, Meilenstein",
    "Andere Lesart",
    "So gelesen",
    "Kommunen",
    "Anders gelesen",
    "Offene Frage",
)
NOT_COMPUTABLE = "Zu {} ist keine andere Lesart hinterlegt, die sich rechnen lässt."
NAMES_A_ROW = 20


def effect_rows(book: Book, effects: ReadingEffects, width: int) -> Iterator[list[Cell]]:
    """Yield the rows of every other reading, then the questions without one."""
    computed = set()
    for reading, found in effects.each(book.outcome.project):
        computed.add(reading.id)
        other, question = reading.other, reading.question
        for nr, now, who, otherwise in _rows(book, found) or [(None, None, NO_EFFECT, None)]:
            yield [f"zu {reading.id}", nr, other or None, now, who, otherwise, question or None]
            other = question = ""
    others = [one.id for one in book.outcome.rules.readings if one.id not in computed]
    if others:
        yield [None, None, NOT_COMPUTABLE.format(", ".join(others)), *[None] * (width - 3)]


def _rows(book: Book, found: list[Effect]) -> list[tuple[str | None, str | None, str, str | None]]:
    """(number, status as read, who, status read otherwise)"""
    return [(e.nr, e.now, names, e.otherwise) for e in found for names in effect_names(book.names, e)]


def effect_names(known: Mapping[str, str], effect: Effect) -> Iterator[str]:
    """Municipalities with their number; a long list continues in further rows."""
    if not effect.who:
        yield PROJECT
        return
    names = [known[ags] for ags in effect.who]
    for start in range(0, len(names), NAMES_A_ROW):
        part = ", ".join(names[start : start + NAMES_A_ROW])
        yield f"{len(names)}: {part}" if start == 0 else part
