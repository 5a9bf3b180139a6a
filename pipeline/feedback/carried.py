"""Answers of the municipality in a workbook that was made of older ones: they come back with its next submission."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline.definitions.messages import MESSAGES, SEVERITY_WORDS
from pipeline.definitions.model import Answer
from pipeline.definitions.sheets import FEEDBACK_TITLE
from pipeline.feedback.page import HEADERS, Cell, Looks, looks_of, page
from pipeline.feedback.styles import Styles
from pipeline.reading.answers import mark
from pipeline.xlsx.package import Package
from pipeline.xlsx.workbook import WorkbookPart

TITLE = "Ihre bisherigen Antworten"
HELP = (
    "Diese Antworten stammen aus Ihrer früheren Mappe. Lassen Sie das Blatt stehen: Dann gelten sie weiter, und Sie "
    "werden nicht noch einmal gefragt. Hier ist nichts zu tun."
)


def with_answers(data: bytes, answers: Sequence[Answer]) -> bytes:
    """The workbook with a first sheet of these answers; as it is where there are none."""
    known = [one for one in dict.fromkeys(answers) if one.rule in MESSAGES]
    if not known:
        return data
    package = Package(data)
    book = WorkbookPart(package)
    part = book.styles_part()
    assert part is not None, "a workbook of ours"
    looks = looks_of(Styles(package.xml(part)))
    book.insert_first(FEEDBACK_TITLE, page(book.ns, list(_rows(known, looks))))
    return package.save()


def _rows(answers: Sequence[Answer], looks: Looks) -> Iterator[list[Cell]]:
    yield [Cell(TITLE, looks.title)]
    yield [Cell(HELP, looks.plain)]
    yield []
    yield [Cell(text, looks.head) for text in HEADERS]
    for one in answers:
        message = MESSAGES[one.rule]
        told = (message.general or message.text).format_map(defaultdict(lambda: "…"))
        texts = (one.sheet, one.column, told, str(len(one.records)), "Nichts zu tun.", one.rule)
        word = Cell(SEVERITY_WORDS[message.severity], looks.marks[message.severity])
        yield [
            word,
            *(Cell(text, looks.plain) for text in texts),
            Cell(one.text, looks.answer),
            Cell(mark(one), looks.plain),
        ]
