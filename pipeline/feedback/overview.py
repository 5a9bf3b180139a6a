"""The first sheet of the copy: the result, what to do next, one line per cause with a link to its cell.

A Warnung or Hinweis has a cell for the municipality's answer, and beside it, hidden, what ``reading.answers``
needs to know of it when the copy comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from pipeline.checks.deduplicate import cell_ranges
from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import NOT_RUN, SEVERITY_WORDS, finding_place, german_date, worded
from pipeline.definitions.model import Answer, Finding, Severity, Workbook
from pipeline.definitions.sheets import FEEDBACK_ANSWER, LONGEST_ANSWER
from pipeline.feedback.advice import Advice
from pipeline.feedback.styles import MARKS, Styles
from pipeline.reading.answers import mark
from pipeline.reading.locate import fold
from pipeline.xlsx.addresses import column_letters
from pipeline.xlsx.package import Element, new_root, set_text

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
OPEN_HEADERS = ("Frist", "Nr.", "Stand", "Kriterium")
_SEVERITIES = tuple(Severity)
_WIDTHS = (13, 22, 22, 46, 9, 46, 8, 40)
_ANSWER = len(HEADERS)  # number of its column; the hidden ones follow
_CHARACTERS_PER_UNIT = 1.1  # of Arial 11 in a column's width

ANSWERED = "Beantwortet; dazu ist nichts zu tun:"
TO_ANSWER = (
    "Ist eine Warnung oder ein Hinweis richtig so, schreiben Sie in die Spalte „{column}“ kurz, warum, ohne Namen, "
    "und führen Sie diese Mappe fort: Dann wird nicht noch einmal gefragt, bis sich der Wert ändert."
)
NO_ANSWER = "Fehler bitte beheben"
UNNOTED = (
    "Diese Zellen sind farbig, tragen aber keine Notiz, weil dort ein Kommentarverlauf steht; was zu tun ist, "
    "steht in der Liste: {cells}."
)


_Asked = tuple[Finding, Sequence[Answer]]


@dataclass(slots=True)
class _Cell:
    text: str
    style: int
    link: str | None = None


@dataclass(slots=True)
class _Looks:
    title: int
    strong: int
    plain: int
    head: int
    link: int
    answer: int
    marks: dict[object, int] = field(default_factory=dict)


def _looks(styles: Styles) -> _Looks:
    return _Looks(
        title=styles.text(bold=True, size=16),
        strong=styles.text(bold=True, size=12),
        plain=styles.text(),
        head=styles.text(bold=True, fill="FFD9E2EC"),
        link=styles.text(link=True),
        answer=styles.answer(),
        marks={severity: styles.text(bold=True, fill=colour) for severity, colour in MARKS.items()},
    )


def overview(
    workbook: Workbook,
    advice: Advice,
    styles: Styles,
    ns: str,
    titles: Iterable[str],
    unnoted: Sequence[str] = (),
    questions: Sequence[Sequence[Answer]] = (),
) -> Element:
    """Worksheet XML; ``titles`` are the sheets that a link can lead to, as this file writes them.

    ``unnoted``: cells that could not be given a note. ``questions``: for each finding what its line carries.
    """
    looks = _looks(styles)
    asked = list(zip(workbook.findings, questions or [()] * len(workbook.findings), strict=True))
    rows = list(_rows(workbook, advice, looks, {fold(title): title for title in titles}, unnoted, asked))
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


def _rows(
    workbook: Workbook,
    advice: Advice,
    looks: _Looks,
    titles: Mapping[str, str],
    unnoted: Sequence[str],
    asked: Sequence[_Asked],
) -> Iterator[list[_Cell]]:
    yield [_Cell("Rückmeldung zu Ihrer Abgabe", looks.title)]
    yield [_Cell(_identity(workbook), looks.plain)]
    yield [_Cell(" ".join(advice.result), looks.strong)]
    for number, step in enumerate(advice.steps, start=1):
        yield [_Cell(f"{number}. {step}", looks.plain)]
    if unnoted:
        yield [_Cell(UNNOTED.format(cells=", ".join(unnoted)), looks.plain)]
    for what in advice.removed:
        yield [_Cell(f"In dieser Kopie fehlt: {what}.", looks.plain)]
    asked = sorted(asked, key=lambda a: _SEVERITIES.index(a[0].severity))
    unanswered = [a for a in asked if a[0].answer is None]
    if any(of for _, of in unanswered):
        yield [_Cell(TO_ANSWER.format(column=FEEDBACK_ANSWER), looks.plain)]
    yield []
    if not asked:
        yield [_Cell("Es gibt keine Befunde.", looks.plain)]
    yield from _table(unanswered, looks, titles)
    answered = [a for a in asked if a[0].answer is not None]
    if answered:
        yield []
        yield [_Cell(ANSWERED, looks.strong)]
    yield from _table(answered, looks, titles)
    if workbook.not_run:
        yield []
        yield [_Cell(NOT_RUN, looks.strong)]
        yield from ([_Cell(line, looks.plain)] for line in workbook.not_run)
    if advice.open_items:
        yield []
        yield [_Cell(advice.open_title, looks.strong)]
        yield [_Cell(text, looks.head) for text in OPEN_HEADERS]
        for item in advice.open_items:
            texts = (german_date(item.due), item.nr, item.status, item.text)
            yield [_Cell(text, looks.plain) for text in texts]


def _identity(workbook: Workbook) -> str:
    parts = [workbook.municipality or "Kommune nicht erkannt"]
    if workbook.stichtag:
        parts.append(f"Berichtsstichtag {german_date(workbook.stichtag)}")
    if workbook.number is not None:
        parts.append(f"Abgabe-Nr. {workbook.number}")
    return " · ".join(parts)


def _table(asked: Sequence[_Asked], looks: _Looks, titles: Mapping[str, str]) -> Iterator[list[_Cell]]:
    if asked:
        yield [_Cell(text, looks.head) for text in HEADERS]
    for one, questions in asked:
        cells = _finding_row(one, looks, titles)
        if not questions:
            yield [*cells, _Cell(NO_ANSWER if one.severity is Severity.ERROR else "", looks.plain)]
            continue
        answer = _Cell(one.answer.own_words if one.answer else "", looks.answer)
        yield [*cells, answer, *(_Cell(mark(question), looks.plain) for question in questions)]


def _finding_row(one: Finding, looks: _Looks, titles: Mapping[str, str]) -> list[_Cell]:
    title = titles.get(fold(one.sheet))
    quoted = (title or "").replace("'", "''")
    link = f"'{quoted}'!{one.cell or 'A1'}" if title else None
    return [
        _Cell(SEVERITY_WORDS[one.severity], looks.marks[one.severity]),
        _Cell(finding_place(one), looks.link if link else looks.plain, link),
        _Cell(one.column or "", looks.plain),
        _Cell(worded(one), looks.plain),
        _Cell(str(one.count), looks.plain),
        _Cell(one.remedy, looks.plain),
        _Cell(one.rule, looks.plain),
    ]


def _page(root: Element, ns: str, hidden: int) -> None:
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


def _write_row(data: Element, ns: str, number: int, cells: list[_Cell]) -> None:
    row = etree.SubElement(data, f"{{{ns}}}row")
    row.set("r", str(number))
    row.set("ht", str(24 if number == 1 else 15.5 * _lines(cells)))
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


def _lines(cells: list[_Cell]) -> int:
    """Lines that the longest cell takes when wrapped: not every program finds the height by itself."""
    widths = (sum(_WIDTHS),) if len(cells) == 1 else _WIDTHS
    rooms = (int(width * _CHARACTERS_PER_UNIT) for width in widths)
    return max((-(-len(c.text) // room) for c, room in zip(cells, rooms, strict=False)), default=1) or 1


def _merge(root: Element, ns: str, rows: list[int]) -> None:
    merges = etree.SubElement(root, f"{{{ns}}}mergeCells")
    merges.set("count", str(len(rows)))
    for row in rows:
        etree.SubElement(merges, f"{{{ns}}}mergeCell").set("ref", f"A{row}:{column_letters(_ANSWER)}{row}")


def _protect(root: Element, ns: str) -> None:
    """Without a password: so that nobody types beside the cells for answers by mistake."""
    protection = etree.SubElement(root, f"{{{ns}}}sheetProtection")
    for key, value in (("sheet", "1"), ("formatColumns", "0"), ("formatRows", "0")):
        protection.set(key, value)


def _limit_answers(root: Element, ns: str, rows: list[int]) -> None:
    """What is longer than an answer may be is told while it is typed."""
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


def _links(root: Element, ns: str, rows: list[list[_Cell]]) -> None:
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
