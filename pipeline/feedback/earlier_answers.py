"""A first sheet with the municipality's earlier answers, for workbooks made from older ones (``migrate``,
``merge``).

The answers come back with its next submission.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline.definitions.messages import MESSAGES, SEVERITY_WORDS
from pipeline.definitions.model import Answer
from pipeline.definitions.sheets import FEEDBACK_TITLE
from pipeline.feedback.style_table import StyleTable
from pipeline.feedback.worksheet import HEADERS, Cell, CellFormats, cell_formats, worksheet
from pipeline.reading.returned_answers import mark
from pipeline.xlsx.package import Package
from pipeline.xlsx.workbook import WorkbookPart

TITLE = "Ihre bisherigen Antworten"
HELP = (
    "Diese Antworten stammen aus Ihrer früheren Mappe. Lassen Sie das Blatt stehen: Dann gelten sie weiter, und Sie "
    "werden nicht noch einmal gefragt. Hier ist nichts zu tun."
)


def with_answer_sheet(data: bytes, answers: Sequence[Answer]) -> bytes:
    """The workbook with a first sheet of these answers; ``data`` unchanged where there are none."""
    known = [one for one in dict.fromkeys(answers) if one.rule in MESSAGES]
    if not known:
        return data
    package = Package(data)
    book = WorkbookPart(package)
    part = book.styles_part()
    assert part is not None, "a workbook of ours"
    formats = cell_formats(StyleTable(package.xml(part)))
    book.insert_first(FEEDBACK_TITLE, worksheet(book.ns, list(_rows(known, formats))))
    return package.save()


def _rows(answers: Sequence[Answer], formats: CellFormats) -> Iterator[list[Cell]]:
    yield [Cell(TITLE, formats.title)]
    yield [Cell(HELP, formats.plain)]
    yield []
    yield [Cell(text, formats.head) for text in HEADERS]
    for one in answers:
        message = MESSAGES[one.rule]
        cause = (message.general or message.text).format_map(defaultdict(lambda: "…"))
        texts = (one.sheet, one.column, cause, str(len(one.records)), "Nichts zu tun.", one.rule)
        word = Cell(SEVERITY_WORDS[message.severity], formats.marks[message.severity])
        yield [
            word,
            *(Cell(text, formats.plain) for text in texts),
            Cell(one.text, formats.answer),
            Cell(mark(one), formats.plain),
        ]
