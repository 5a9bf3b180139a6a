"""Lines of the sheet Prüfung that need two particular sheets, or the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.definitions.messages import day
from pipeline.definitions.model import Column, Kind
from pipeline.definitions.sheets import (
    ATTENDANCE_TRAINING,
    ATTENDANCES,
    FORM_NUMBER,
    FORM_STICHTAG,
    FORM_TITLE,
    NEED_PERSON,
    NEED_RECORDED,
    NEEDS,
    NO,
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
    YES,
    nil_return_label,
)
from pipeline.template import counting
from pipeline.template.book import Book
from pipeline.template.check_rules import Check, integer_text, key_name, place_of, worded
from pipeline.template.form import known
from pipeline.template.layout import FIRST_ROW, Layout
from pipeline.xlsx.formulas import excel_text


@dataclass(frozen=True)
class CellCheck:
    """A line about one cell, or about a sheet as a whole. ``blank`` is its count in a blank workbook."""

    sheet: str
    cell: str
    text: str
    wrong: str
    blank: int = 0


# --- the form -----------------------------------------------------------------------------------------


def form_checks(book: Book) -> Iterator[CellCheck]:
    """Required lines, the Berichtsstichtag, the Abgabe-Nr., and the Leermeldungen."""
    filled = {*known(book.kind, book.municipality), *([FORM_STICHTAG.name] if book.stichtag else [])}
    for column in book.kind.form.columns:
        if column.required:
            yield _required(book.layout, column, column.name in filled)
        if column.kind is Kind.DATE and column.name == FORM_STICHTAG.name:
            yield _within_project(book, column)
        if column.name == FORM_NUMBER.name:
            cell = book.layout.form_cell(column.name)
            wrong = (
                f'AND({cell}<>"",IF(ISNUMBER({cell}),OR({cell}<{column.minimum},{cell}<>INT({cell})),TRUE))'
            )
            yield CellCheck(FORM_TITLE, _local(cell), f"{column.name}: {integer_text(column)}", wrong)
    yield from _nil_returns(book.layout)


def _local(cell: str) -> str:
    return cell.split("!")[1].replace("$", "")


def _required(layout: Layout, column: Column, known_value: bool) -> CellCheck:
    cell = layout.form_cell(column.name)
    text = f"{column.name}: {worded('W13')}"
    return CellCheck(FORM_TITLE, _local(cell), text, f'TRIM({cell})=""', 0 if known_value else 1)


def _within_project(book: Book, column: Column) -> CellCheck:
    cell, project = book.layout.form_cell(column.name), book.rules.project
    outside = f"OR({cell}<{counting.day(project.start)},{cell}>={counting.day(project.end)}+1)"
    text = worded("P01", start=day(project.start), end=day(project.end))
    wrong = f'AND({cell}<>"",IF(ISNUMBER({cell}),{outside},TRUE))'
    return CellCheck(FORM_TITLE, _local(cell), f"{column.name}: {text}", wrong)


def _nil_returns(layout: Layout) -> Iterator[CellCheck]:
    for area in layout.areas.values():
        if not area.sheet.nil_return:
            continue
        label = nil_return_label(area.sheet)
        text = worded("P22", label=label)
        yield CellCheck(area.sheet.title, f"A{FIRST_ROW + 1}", text, f"{area.missing_name}=1", 1)
        cell = layout.form_cell(label)
        both = f"AND({area.rows_name}>0,TRIM({cell})={excel_text(YES)})"
        text = f"{label}: {worded('P13', table=area.sheet.title)}"
        yield CellCheck(FORM_TITLE, _local(cell), text, both)


# --- two sheets ---------------------------------------------------------------------------------------


def cross_checks(layout: Layout) -> Iterator[Check]:
    """Persons against needs and stock, trainings against attendances."""
    titles = layout.areas
    if PERSONS.title in titles:
        yield _unchecked_papers(layout)
        yield _need_before_recording(layout)
        yield _needs_without_recording(layout)
        yield _stock_exceeded(layout)
    if ATTENDANCES.title in titles:
        yield _training_too_small(layout)


def _unchecked_papers(layout: Layout) -> Check:
    area = layout.areas[PERSONS.title]
    cells = area.name(PERSON_PAPER.name)
    return Check(area, PERSON_PAPER.name, worded("P30"), f"({cells}={excel_text(NO)})")


def _need_before_recording(layout: Layout) -> Check:
    needs, persons = layout.areas[NEEDS.title], layout.areas[PERSONS.title]
    who, keys, days = needs.name(NEED_PERSON.name), key_name(layout, PERSONS), needs.name(NEED_RECORDED.name)
    recorded = f"INDEX({persons.name(PERSON_RECORDED.name)},{place_of(who, keys)})"
    mask = f"ISNUMBER({days})*ISNUMBER(MATCH({who},{keys},0))*({days}<{recorded})"
    return Check(needs, NEED_RECORDED.name, worded("P09", other=PERSON_RECORDED.name), mask)


def _needs_without_recording(layout: Layout) -> Check:
    needs, persons = layout.areas[NEEDS.title], layout.areas[PERSONS.title]
    keys, who = persons.name(PERSON_KEY.name), needs.name(NEED_PERSON.name)
    mask = f'({persons.name(PERSON_RECORDED.name)}="")*({keys}<>"")*ISNUMBER(MATCH({keys},{who},0))'
    return Check(persons, PERSON_RECORDED.name, worded("P10"), mask)


def _stock_exceeded(layout: Layout) -> Check:
    stock, persons = layout.areas[STOCK.title], layout.areas[PERSONS.title]
    days, numbers = stock.name(STOCK_DATE.name), stock.name(STOCK_NUMBER.name)
    before = f'"<"&({days}+1)'
    here = f"{persons.name(PERSON_PAPER.name)},{excel_text(YES)},{persons.name(PERSON_ARRIVED.name)},{before}"
    present = f"COUNTIFS({here})-COUNTIFS({here},{persons.name(PERSON_LEFT.name)},{before})"
    mask = f'IFERROR(ISNUMBER({days})*({numbers}<>"")*({present}>{numbers}),0)'
    return Check(stock, STOCK_NUMBER.name, worded("P11", table=PERSONS.title), mask)


def _training_too_small(layout: Layout) -> Check:
    trainings, attendances = layout.areas[TRAININGS.title], layout.areas[ATTENDANCES.title]
    keys, size = trainings.name(TRAINING_KEY.name), trainings.name(TRAINING_SIZE.name)
    attended = f"COUNTIF({attendances.name(ATTENDANCE_TRAINING.name)},{keys})"
    audience = ATTENDANCE_TRAINING.to_where
    assert audience is not None
    cells = trainings.name(TRAINING_AUDIENCE.name)
    suitable = counting.one_of(cells, audience.values)
    mask = f'{suitable}*({size}<>"")*({keys}<>"")*({attended}>{size})'
    return Check(trainings, TRAINING_SIZE.name, worded("P12", table=ATTENDANCES.title), mask)
