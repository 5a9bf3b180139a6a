"""Live counts of municipalities over the cells with their status.

Whole columns are counted, so sorting or filtering the municipalities changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.definitions.model import Status
from pipeline.definitions.results import REACHED
from pipeline.definitions.words import CRITERION_WORDS, MILESTONE_WORDS, Word
from pipeline.report.summary.status.matrix import range_of
from pipeline.report.summary.status.milestones import AREA as MILESTONES
from pipeline.report.summary.tracing.proof import RecordRange
from pipeline.report.summary.writing.book import Book
from pipeline.report.summary.writing.cells import FormulaCell

KEEP = "\u00a0"  # no line break between symbol, number and word
NR, CRITERION_STATUS = "F", "I"  # columns of the sheet Meilensteine


def _whole(area: RecordRange, letter: str) -> str:
    """Range of the whole column, independent of the number of rows."""
    name = area.sheet if area.sheet.isalpha() else f"'{area.sheet}'"
    return f"{name}!${letter}:${letter}"


def reached_of(book: Book, nr: str, symbol: str = "") -> FormulaCell:
    """``erreicht 3 von 8``, counted in the matrix of the Übersicht; late ones are reached too."""
    position = [m.nr for m in book.outcome.project.milestones].index(nr)
    milestone = book.outcome.project.milestones[position]
    counts = [f'COUNTIF({range_of(book, position)},"{MILESTONE_WORDS[s].label}")' for s in REACHED]
    total = sum(milestone.counts.get(s, 0) for s in REACHED)
    word = f"{symbol} {MILESTONE_WORDS[Status.REACHED].text}".lstrip()
    rest = f" von {milestone.communes_total}"
    return FormulaCell(f'="{word} "&({"+".join(counts)})&"{rest}"', f"{word} {total}{rest}")


def met_of(book: Book, nr: str) -> FormulaCell:
    """``3 von 8 erfüllt``, counted in the sheet Meilensteine."""
    word = CRITERION_WORDS[Status.MET].text
    counts = [
        f'COUNTIFS({_whole(part, NR)},"{nr}",{_whole(part, CRITERION_STATUS)},"{word}")'
        for part in book.areas[MILESTONES].parts()
    ]
    count = counts[0] if len(counts) == 1 else f"({'+'.join(counts)})"
    rest = f" von {book.municipalities} {word}"
    return FormulaCell(f'={count}&"{rest}"', f"{book.statuses[nr][Status.MET]}{rest}")


def in_words(counts: Mapping[Status, int], words: Mapping[Status, Word]) -> str:
    """``✓ 3 erreicht, ○ 5 offen``: each status that occurs, with symbol and word."""
    return ", ".join(f"{w.symbol}{KEEP}{counts[s]}{KEEP}{w.text}" for s, w in words.items() if counts.get(s))
