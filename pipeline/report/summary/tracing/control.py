"""Sheet Kontrollsummen und Freigabe: sums that must agree between sheets and with ergebnis.json; sign-off.

Every sum is a live formula over visible cells of other sheets. The same sums are computed from the finished
file (``proof``) before it is published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pipeline.definitions.messages import SEVERITY_WORDS
from pipeline.definitions.model import State
from pipeline.definitions.words import (
    CRITERION_WORDS,
    MILESTONE_WORDS,
    REPORTED_WORDS,
    STATE_WORDS,
    TARGET_WORDS,
)
from pipeline.report.ergebnis import Entries, entries
from pipeline.report.summary.tracing.proof import ControlCheck, RecordRange, count, filled, plus, total
from pipeline.report.summary.tracing.submissions_sheet import (
    COLUMN_LETTERS,
    COUNT_COLUMNS,
    NOT_TAKEN,
    READ,
    STATE,
    TAKEN,
    files_with,
)
from pipeline.report.summary.writing.book import Book, keep_header, lay_page, leave_gap, write_section
from pipeline.report.summary.writing.cells import Cell, FormulaCell, put, put_across
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.record_table import (
    TableColumn,
    count_column,
    mark_table,
    write_header,
    write_rows,
)

TITLE = "Kontrollsummen und Freigabe"
COLUMNS = (
    TableColumn("Bereich", 14),
    TableColumn("Prüfung", 68),
    count_column("Wert A", 11),
    count_column("Wert B", 11),
    count_column("ergebnis.json", 14),
    count_column("A − B", 10),
    count_column("A − ergebnis.json", 14),
    TableColumn("Ergebnis", 14),
)
LINES = (
    "Wert A und Wert B sind Formeln über sichtbare Zellen anderer Blätter, daneben steht der Wert aus ergebnis.json. "
    "Alle Differenzen müssen 0 sein.",
    "Das Programm hat diese Summen vor der Veröffentlichung aus der fertigen Datei nachgerechnet. Gedruckt wird nur, was "
    "über der Tabelle steht.",
)
AGREES, DIFFERS = "✓ stimmt", "✗ weicht ab"
ALL = "Summe der Abweichungen aller {} Prüfungen (muss 0 sein)"
SIGN_OFF, CHECKS = "Freigabe", "Kontrollsummen"
SIGN_OFF_NAME = "Freigabefelder"  # kisi verify lets people fill in these cells
SIGN_OFF_STEPS = ("erstellt", "geprüft", "freigegeben")
LINE_HEIGHT = 26
ALL_TIME = "gesamt"


def write_control(book: Book, sheet: FastSheet) -> None:
    title = f"{TITLE} – {book.outcome.rules.project.short_title}"
    header = lay_page(book, sheet, title, LINES, (c.width for c in COLUMNS))
    book.checks.extend(_checks(book, entries(book.outcome)))
    total = write_section(book, sheet, _write_sign_off(book, sheet, header), CHECKS, len(COLUMNS))
    head = leave_gap(sheet, total + 1)
    first = write_header(book, sheet, head, COLUMNS)
    keep_header(sheet, head, head)
    end = write_rows(
        book, sheet, first, COLUMNS, (_cells(c, row) for row, c in enumerate(book.checks, first + 1))
    )
    mark_table(sheet, "Kontrollsummen", head, end, COLUMNS)
    _write_total(book, sheet, total, first, end)
    sheet.print_area(0, 0, total, len(COLUMNS) - 1)


def _cells(check: ControlCheck, row: int) -> list[Cell]:
    number = check.expected
    right = check.right
    return [
        check.group,
        check.text,
        FormulaCell(f"={check.left.formula}", number),
        FormulaCell(f"={right.formula}", number) if right else None,
        number,
        FormulaCell(f"=C{row}-D{row}", 0) if right else None,
        FormulaCell(f"=C{row}-E{row}", 0),
        FormulaCell(f'=IF(AND(F{row}=0,G{row}=0),"{AGREES}","{DIFFERS}")', AGREES),
    ]


def _write_total(book: Book, sheet: FastSheet, row: int, first: int, end: int) -> None:
    """Above the checks, for it is what is printed of them. ``first``, ``end``: their rows from 0, and the one after."""
    bold, number = book.styles.cell(bold=True), book.styles.cell(bold=True, align="right")
    for column in range(len(COLUMNS)):
        put(sheet, row, column, ALL.format(end - first) if column == 1 else None, bold)
    both = f"$F${first + 1}:$G${end}"
    # What is above 0, less what is below; SUM also hands on an error value, SUMIF would pass it over.
    put(sheet, row, 6, FormulaCell(f'=2*SUMIF({both},">0")-SUM({both})', 0), number)
    verdict = FormulaCell(f'=IF(G{row + 1}=0,"{AGREES}","{DIFFERS}")', AGREES)
    put(sheet, row, 7, verdict, bold)


def _write_sign_off(book: Book, sheet: FastSheet, row: int) -> int:
    """Empty lines for those who sign the report; returns the next free row."""
    last = len(COLUMNS) - 1
    write_section(book, sheet, row, SIGN_OFF, len(COLUMNS))
    head, cell = book.styles.header, book.styles.cell(valign="vcenter")
    for below, texts in enumerate(
        (("Schritt", "Name", "Datum", "Unterschrift"), *((s,) for s in SIGN_OFF_STEPS)), row + 1
    ):
        style = head if below == row + 1 else cell
        sheet.set_row(below, 20 if below == row + 1 else LINE_HEIGHT)
        for column in range(3):
            put(sheet, below, column, texts[column] if column < len(texts) else None, style)
        put_across(sheet, below, 3, last, texts[3] if len(texts) > 3 else None, style)
    cells = f"='{TITLE}'!$B${row + 3}:$H${row + 2 + len(SIGN_OFF_STEPS)}"
    book.file.define_name(SIGN_OFF_NAME, cells)
    return row + 3 + len(SIGN_OFF_STEPS)


# --- what must agree ----------------------------------------------------------------------------------


def _checks(book: Book, document: Entries) -> Iterator[ControlCheck]:
    yield from _rows_and_files(book)
    yield from _findings(book, document)
    yield from _figures(book, document)
    yield from _milestones(book, document)


def _rows_and_files(book: Book) -> Iterator[ControlCheck]:
    files, group = book.areas["Abgaben"], "Abgaben"
    read, taken = COLUMN_LETTERS[READ.title], COLUMN_LETTERS[TAKEN.title]
    submissions = book.outcome.submissions
    yield ControlCheck(
        group,
        "Gelesene Zeilen (A) = übernommene + nicht übernommene Zeilen (B), Blätter ohne Personen",
        total(files, read),
        plus(total(files, taken), total(files, COLUMN_LETTERS[NOT_TAKEN.title])),
        sum(s.workbook.rows_shown for s in submissions),
    )
    state = COLUMN_LETTERS[STATE.title]
    yield ControlCheck(
        group,
        "Übernommene Zeilen (A) = gelesene Zeilen der angenommenen Abgaben (B), Blätter ohne Personen",
        total(files, taken),
        total(files, read, ((state, STATE_WORDS[State.ACCEPTED].text),)),
        sum(s.workbook.rows_shown for s in submissions if s.state is State.ACCEPTED),
    )
    beside = book.areas["Übersicht: Abgaben"]
    label, number = book.letters["Übersicht: Abgaben"]
    for word in REPORTED_WORDS:
        yield ControlCheck(
            group,
            f"Stand „{word.text}“ im Blatt Abgaben (A) und in der Übersicht (B)",
            count(files, ((state, word.text),)),
            total(beside, number, ((label, word.label),)),
            files_with(book.outcome, word),
        )


def _findings(book: Book, document: Entries) -> Iterator[ControlCheck]:
    """Sums of findings; notes on files that are no submission are in ergebnis.json alone."""
    passed_over = {name for name, _ in book.outcome.notes}
    counts = Counter(f["severity"] for f in document.findings if f["file"] not in passed_over)
    log, files = book.areas["Prüfprotokoll"], book.areas["Abgaben"]
    for severity, column in COUNT_COLUMNS.items():
        word = SEVERITY_WORDS[severity]
        yield ControlCheck(
            "Befunde",
            f"Zahl der Befunde „{word}“ im Prüfprotokoll (A) und im Blatt Abgaben (B)",
            count(log, (("A", word),)),
            total(files, COLUMN_LETTERS[column.title]),
            counts[severity],
        )


def _figures(book: Book, document: Entries) -> Iterator[ControlCheck]:
    municipalities, project = book.areas["Zielwerte: Kommunen"], book.areas["Zielwerte: Projekt"]
    for target in document.consolidated["targets"]:
        year = target["year"] or ALL_TIME
        same = (("C", target["nr"]), ("E", year))
        for letter, name, known in (
            ("F", "Zähler", target["numerator"]),
            ("G", "Nenner", target["denominator"]),
        ):
            if known is not None:
                text = f"{target['nr']} ({year}): {name} der Kommunen (A) und des Projekts (B)"
                yield ControlCheck(
                    "Zielwerte",
                    text,
                    total(municipalities, letter, same),
                    total(project, letter, same),
                    known,
                )
    statuses = Counter(t["status"] for t in document.targets)
    for status, word in TARGET_WORDS.items():
        text = f"Zielwerte der Kommunen und der Projektleitung mit Status „{word.text}“"
        yield ControlCheck(
            "Zielwerte", text, count(municipalities, (("L", word.text),)), None, statuses[status]
        )


def _milestones(book: Book, document: Entries) -> Iterator[ControlCheck]:
    counts, matrix = book.areas["Übersicht: Zahlen"], book.areas["Übersicht: Kommunen"]
    letters = book.letters["Übersicht: Meilensteine"]
    milestones = document.consolidated["milestones"]
    for letter, milestone in zip(letters, milestones, strict=True):
        text = f"{milestone['nr']}: Kommunen je Status, zusammengezählt (A) = Kommunen in der Übersicht (B)"
        yield ControlCheck(
            "Meilensteine", text, total(counts, letter), filled(matrix, "A"), milestone["communes_total"]
        )
    for row, (status, word) in enumerate(MILESTONE_WORDS.items(), counts.first):
        if milestones:
            known = sum(m["counts"].get(status, 0) for m in milestones)
            line = RecordRange(counts.sheet, row, row)
            text = f"Status „{word.text}“ über alle Meilensteine in der Übersicht"
            yield ControlCheck("Meilensteine", text, total(line, letters[0], to=letters[-1]), None, known)
    criteria = Counter(c["status"] for m in document.milestones for c in m["criteria"])
    for status, word in CRITERION_WORDS.items():
        text = f"Kriterien mit Status „{word.text}“ im Blatt Meilensteine"
        yield ControlCheck(
            "Meilensteine",
            text,
            count(book.areas["Meilensteine"], (("I", word.text),)),
            None,
            criteria[status],
        )
