"""Checks that could not run in full because of another finding, one German line each.

So the absence of a finding always means "checked". A line names sheet and question, no row and no value.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from string import ascii_uppercase

from pipeline.checks.context import CheckContext
from pipeline.checks.references import key_column, lost_references
from pipeline.definitions.sheet_types import Sheet
from pipeline.definitions.sheets import (
    ATTENDANCE_TRAINING,
    ATTENDANCES,
    EVIDENCE,
    FORM_STICHTAG,
    FORM_TITLE,
    NEED_PERSON,
    NEED_RECORDED,
    NEEDS,
    PERSON_ARRIVED,
    PERSON_KEY,
    PERSON_LEFT,
    PERSON_PAPER,
    PERSON_RECORDED,
    PERSONS,
    STOCK,
    STOCK_DATE,
    STOCK_NUMBER,
    TRAINING_AUDIENCE,
    TRAINING_KEY,
    TRAINING_SIZE,
    TRAININGS,
)


def checks_not_run(context: CheckContext) -> tuple[str, ...]:
    """German lines in the order of the sheets, each once."""
    lines = [_stichtag(context)]
    for sheet in context.kind.tables:
        lines += [*_orders(context, sheet), *_dependents(context, sheet), *_unique(context, sheet)]
        lines += _references(context, sheet)
    lines += [*_needs(context), *_stock(context), *_trainings(context), *_evidence(context)]
    return tuple(dict.fromkeys(line for line in lines if line))


def _stichtag(context: CheckContext) -> str | None:
    rules = {f.rule for f in context.found if f.sheet == FORM_TITLE and f.column == FORM_STICHTAG.name}
    return "Alle Blätter: ob Daten nach dem Berichtsstichtag liegen." if "P01" in rules else None


def _orders(context: CheckContext, sheet: Sheet) -> Iterator[str]:
    table = context.table(sheet)
    for chain in sheet.order:
        for earlier, later in combinations(chain, 2):
            filled = {row for row, a, b in table.records(earlier, later) if a is not None or b is not None}
            if (context.broken(sheet.title, earlier) ^ context.broken(sheet.title, later)) & filled:
                yield f"{sheet.title}: ob „{later}“ nicht vor „{earlier}“ liegt, wo eines von beiden fehlerhaft ist."


def _dependents(context: CheckContext, sheet: Sheet) -> Iterator[str]:
    for dependent in sheet.dependents:
        if context.broken(sheet.title, dependent.when.column):
            yield (
                f"{sheet.title}: ob „{dependent.column}“ nötig ist oder leer sein muss, wo "
                f"„{dependent.when.column}“ fehlerhaft ist."
            )


def _unique(context: CheckContext, sheet: Sheet) -> Iterator[str]:
    if context.broken(sheet.title, *sheet.key) - _repeated(context, sheet):
        yield f"{sheet.title}: ob fehlerhafte Einträge in „{' + '.join(sheet.key)}“ noch einmal vorkommen."


def _repeated(context: CheckContext, sheet: Sheet) -> set[int]:
    """Excel rows whose key is known and stands in an earlier row too."""
    cells = (f.cell or "" for f in context.found if f.rule == "P03" and f.sheet == sheet.title)
    return {int(cell.lstrip(ascii_uppercase)) for cell in cells}


def _references(context: CheckContext, to: Sheet) -> Iterator[str]:
    if lost_references(context, to).undecided:
        key = key_column(to)
        yield f"{to.title}: ob es zu jedem Verweis auf „{key.name if key else ''}“ eine Zeile gibt."
    for sheet in context.kind.tables:
        for column in sheet.columns:
            where = column.to_where
            if where and column.to == to.title and context.broken(to.title, where.column):
                yield f"{sheet.title}: ob „{column.name}“ auf passende Zeilen im Blatt {to.title} verweist."


def _needs(context: CheckContext) -> Iterator[str]:
    if not context.has(NEEDS):
        return
    persons = context.broken(PERSONS.title, PERSON_KEY.name, PERSON_RECORDED.name)
    needs = context.broken(NEEDS.title, NEED_PERSON.name, NEED_RECORDED.name)
    if persons or needs:
        yield (
            f"{NEEDS.title}: ob „{NEED_RECORDED.name}“ zu „{PERSON_RECORDED.name}“ der Person passt, wo eines "
            "davon oder die Kennung fehlerhaft ist."
        )


def _stock(context: CheckContext) -> Iterator[str]:
    if not context.has(STOCK):
        return
    columns = (PERSON_KEY, PERSON_PAPER, PERSON_ARRIVED, PERSON_LEFT)
    if context.broken(PERSONS.title, *(c.name for c in columns)):
        yield f"{STOCK.title}: ob „{STOCK_NUMBER.name}“ für alle Personen reicht; fehlerhafte Zeilen sind nicht gezählt."
    elif context.broken(STOCK.title, STOCK_DATE.name):
        yield f"{STOCK.title}: ob „{STOCK_NUMBER.name}“ für alle Personen reicht, wo „{STOCK_DATE.name}“ fehlerhaft ist."


def _trainings(context: CheckContext) -> Iterator[str]:
    if not context.has(ATTENDANCES):
        return
    columns = (TRAINING_KEY.name, TRAINING_AUDIENCE.name)
    if context.broken(TRAININGS.title, *columns) or context.broken(ATTENDANCES.title, *ATTENDANCES.key):
        yield (
            f"{TRAININGS.title}: ob „{TRAINING_SIZE.name}“ für alle Zeilen im Blatt {ATTENDANCES.title} reicht, "
            f"wo „{ATTENDANCE_TRAINING.name}“ fehlerhaft ist."
        )


def _evidence(context: CheckContext) -> Iterator[str]:
    if evidence_broken(context):
        yield f"{EVIDENCE.title}: ob auf jeden Nachweis eine Zeile verweist."


def evidence_broken(context: CheckContext) -> bool:
    """Whether a cell that refers to evidence carries an error."""
    sheets = (s for s in context.kind.tables if s.evidence_column and s != EVIDENCE)
    return any(context.broken(s.title, s.evidence_column or "") for s in sheets)
