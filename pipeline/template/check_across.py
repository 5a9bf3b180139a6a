"""Lines of the sheet Prüfung that need two particular sheets, or the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.checks.stichtag import MANY_ROWS
from pipeline.definitions.messages import german_date
from pipeline.definitions.model import Column, Kind
from pipeline.definitions.sheets import (
    ATTENDANCE_TRAINING,
    ATTENDANCES,
    FORM_AGS,
    FORM_NUMBER,
    FORM_STICHTAG,
    FORM_TITLE,
    LEAD_AGS,
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
    PROJECT_LEAD,
    STOCK,
    STOCK_DATE,
    STOCK_NUMBER,
    TRAINING_KEY,
    TRAINING_SIZE,
    TRAININGS,
    YES,
    nil_return_label,
)
from pipeline.template import counting
from pipeline.template.book import Book, known
from pipeline.template.check_rules import (
    InputCheck,
    date_text,
    first_places,
    holds,
    key_value,
    place_of,
    worded,
)
from pipeline.template.highlights import STICHTAG
from pipeline.template.layout import FIRST_ROW, LATER, STICHTAGE, Layout
from pipeline.template.mending import digits_only
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
    """Every line that may be wrong by itself, and the Leermeldungen."""
    filled = {*known(book.kind, book.municipality), *([FORM_STICHTAG.name] if book.stichtag else [])}
    for column in book.kind.form.columns:
        yield from _form_cell(book, column, column.name in filled)
    yield from _nil_returns(book.layout)


def _form_cell(book: Book, column: Column, filled: bool) -> Iterator[CellCheck]:
    layout, value = book.layout, book.layout.form_value(column.name)

    def check(text: str, wrong: str, blank: int = 0) -> CellCheck:
        cell = layout.form_address(column.name)
        return CellCheck(FORM_TITLE, cell, f"{column.name}: {text}", wrong, blank)

    missing = 1 - filled
    if column.name == FORM_AGS.name:
        yield check(worded("D13"), f"NOT(IFERROR(AND(LEN({value})=8,{digits_only(value)}),FALSE))", missing)
        if book.kind.id != PROJECT_LEAD.id:
            yield check(
                worded("D19", wanted=f"{LEAD_AGS} steht nur bei der Projektleitung"),
                f"{value}={excel_text(LEAD_AGS)}",
            )
    elif column.name == FORM_STICHTAG.name:
        start, end = counting.day(book.rules.project.start), counting.day(book.rules.project.end)
        yield check(worded("D14"), f"NOT(ISNUMBER({value}))", missing)
        words = {"start": german_date(book.rules.project.start), "end": german_date(book.rules.project.end)}
        yield check(worded("P01", **words), f"AND(ISNUMBER({value}),OR({value}<{start},{value}>{end}))")
        yield check(worded("P40", counts=f"{MANY_ROWS} oder mehr"), f"{LATER}>={MANY_ROWS}")
        if layout.stichtage:
            planned = f'AND({STICHTAG}<>"",ISERROR(MATCH({STICHTAG},{STICHTAGE},0)))'
            yield check(worded("W40", nearest="").partition(";")[0] + ".", planned)
    elif column.name == FORM_NUMBER.name:
        wrong = f"IF(ISNUMBER({value}),OR({value}<{column.minimum},{value}<>INT({value})),TRUE)"
        yield check(worded("D15"), wrong, missing)
    elif column.kind is Kind.DATE:
        limits = book.rules.project.parameters
        first, last = counting.day(limits.earliest_date), counting.day(limits.latest_date)
        inside = f"AND({value}>={first},{value}<={last})"
        yield check(date_text(book.rules), f"IF(ISNUMBER({value}),NOT({inside}),LEN({value})>0)")
    elif column.kind is Kind.CHOICE:
        listed = "+".join(f"({value}={excel_text(c)})" for c in column.choices)
        yield check(worded("W10"), f"AND(LEN({value})>0,{listed}=0)")
    elif column.required:
        yield check(worded("W13"), f"LEN({value})=0", missing)
    else:
        yield check(worded("W01"), f"ISERROR({value})")


def _nil_returns(layout: Layout) -> Iterator[CellCheck]:
    for area in layout.areas.values():
        if not area.sheet.nil_return:
            continue
        label = nil_return_label(area.sheet)
        text = worded("P22", label=label)
        yield CellCheck(area.sheet.title, f"A{FIRST_ROW + 1}", text, f"{area.missing_name}=1", 1)
        both = f"AND({area.rows_name}>0,{layout.form_value(label)}={excel_text(YES)})"
        text = f"{label}: {worded('P13', table=area.sheet.title)}"
        yield CellCheck(FORM_TITLE, layout.form_address(label), text, both)


# --- two sheets ---------------------------------------------------------------------------------------


def cross_checks(layout: Layout) -> Iterator[InputCheck]:
    """Persons against needs and stock, trainings against attendances."""
    titles = layout.areas
    if PERSONS.title in titles:
        yield _unchecked_papers(layout)
        yield _need_before_recording(layout)
        yield _needs_without_recording(layout)
        yield _stock_exceeded(layout)
    if ATTENDANCES.title in titles:
        yield _training_too_small(layout)


def _unchecked_papers(layout: Layout) -> InputCheck:
    area = layout.areas[PERSONS.title]
    return InputCheck(
        area, PERSON_PAPER.name, worded("P30"), f"({area.value(PERSON_PAPER.name)}={excel_text(NO)})"
    )


def _need_before_recording(layout: Layout) -> InputCheck:
    """A day of the person that is told itself does not count."""
    needs, persons = layout.areas[NEEDS.title], layout.areas[PERSONS.title]
    who, keys, days = (
        needs.value(NEED_PERSON.name),
        key_value(layout, PERSONS),
        needs.value(NEED_RECORDED.name),
    )
    recorded = f"INDEX({persons.value(PERSON_RECORDED.name)},{place_of(who, keys)})"
    limits = layout.rules.project.parameters
    earliest, latest = counting.day(limits.earliest_date), counting.day(limits.latest_date)
    sound = f'({recorded}<=IF({STICHTAG}="",{latest},{STICHTAG}))'
    mask = f'({needs.name(NEED_RECORDED.name)}<>"")*ISNUMBER(MATCH({who},{keys},0))*({days}-{recorded}<0)*({days}>={earliest})*{sound}'
    return InputCheck(needs, NEED_RECORDED.name, worded("P09", other=PERSON_RECORDED.name), mask)


def _needs_without_recording(layout: Layout) -> InputCheck:
    needs, persons = layout.areas[NEEDS.title], layout.areas[PERSONS.title]
    keys, who = persons.value(PERSON_KEY.name), needs.value(NEED_PERSON.name)
    mask = f'({persons.value(PERSON_RECORDED.name)}="")*({keys}<>"")*ISNUMBER(MATCH({keys},{who},0))'
    return InputCheck(persons, PERSON_RECORDED.name, worded("P10"), mask)


def _stock_exceeded(layout: Layout) -> InputCheck:
    """Persons present are counted by COUNTIFS, or one by one where their cells are not as they are meant."""
    stock, persons = layout.areas[STOCK.title], layout.areas[PERSONS.title]
    days, numbers, typed = (
        stock.value(STOCK_DATE.name),
        stock.value(STOCK_NUMBER.name),
        stock.name(STOCK_DATE.name),
    )
    earliest = counting.day(layout.rules.project.parameters.earliest_date)
    before = f'"<"&({typed}+1)'
    arrival, least = persons.name(PERSON_ARRIVED.name), f'">="&{earliest}'
    here = f"{persons.name(PERSON_PAPER.name)},{excel_text(YES)},{arrival},{before},{arrival},{least}"
    quick = f"COUNTIFS({here})-COUNTIFS({here},{persons.name(PERSON_LEFT.name)},{before})"
    columns = (PERSON_PAPER.name, PERSON_ARRIVED.name, PERSON_LEFT.name)
    paper, arrived, left = (f"TRANSPOSE({persons.value(c)})" for c in columns)
    sound = f"({arrived}>={earliest})"
    came, went = (
        f'(TRANSPOSE({persons.name(c)})<>"")*IFERROR({days}-{value}>=0,0)'
        for c, value in ((PERSON_ARRIVED.name, arrived), (PERSON_LEFT.name, left))
    )
    there = f"({paper}={excel_text(YES)})*{came}*{sound}*(1-{went})"
    slow = f"MMULT(IFERROR(--({there}),0),ROW({persons.name(PERSON_ARRIVED.name)})^0)"
    odd = "+".join((*(persons.odd(c) for c in columns), stock.odd(STOCK_DATE.name)))
    mask = f'({typed}<>"")*(IF({odd}=0,{quick},{slow})>{numbers})*({numbers}>={STOCK_NUMBER.minimum})'
    return InputCheck(stock, STOCK_NUMBER.name, worded("P11", table=PERSONS.title), mask)


def _training_too_small(layout: Layout) -> InputCheck:
    """A Schulungsteilnahme that is entered twice counts once."""
    trainings, attendances = layout.areas[TRAININGS.title], layout.areas[ATTENDANCES.title]
    keys, size = trainings.value(TRAINING_KEY.name), trainings.value(TRAINING_SIZE.name)
    attended = attendances.value(ATTENDANCE_TRAINING.name)
    quick = f"COUNTIF({attendances.name(ATTENDANCE_TRAINING.name)},{keys})"
    first, here = first_places(attendances)
    slow = f'MMULT(({keys}=TRANSPOSE({attended}))*({keys}<>""),IFERROR(--({first}={here}),0))'
    plain = f"SUM(IFERROR(--({first}<>{here}),1))+{attendances.odd(ATTENDANCE_TRAINING.name)}=0"
    audience = ATTENDANCE_TRAINING.to_where
    assert audience is not None
    suitable = holds(audience, trainings)
    mask = f'{suitable}*ISNUMBER({size})*({keys}<>"")*(IF({plain},{quick},{slow})>{size})'
    return InputCheck(trainings, TRAINING_SIZE.name, worded("P12", table=ATTENDANCES.title), mask)
