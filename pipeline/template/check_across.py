"""Lines of the sheet Prüfung that compare two sheets."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.definitions.sheets import (
    ATTENDANCE_TRAINING,
    ATTENDANCES,
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
    TRAINING_KEY,
    TRAINING_SIZE,
    TRAININGS,
    YES,
)
from pipeline.template import counting
from pipeline.template.check_line import InputCheck, check_text, holds, key_value, place_of
from pipeline.template.check_rules import first_places
from pipeline.template.highlights import STICHTAG
from pipeline.template.layout import Layout
from pipeline.template.record_row_formulas import is_record
from pipeline.xlsx.formulas import excel_text

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
    """P30, save in rows that contain nothing else: these are reported as filled down."""
    area, name, no = layout.areas[PERSONS.title], PERSON_PAPER.name, excel_text(NO)
    quick = f'COUNTIFS({area.name(name)},{no},{area.name(PERSON_KEY.name)},"<>")'
    mask = f"({area.value(name)}={no})*{is_record(area)}"
    return InputCheck(area, name, check_text("P30"), mask, quick, (area.odd(name), area.gaps_name))


def _need_before_recording(layout: Layout) -> InputCheck:
    """A date of the person that has a finding itself is not compared."""
    needs, persons = layout.areas[NEEDS.title], layout.areas[PERSONS.title]
    who, keys, days = (
        needs.value(NEED_PERSON.name),
        key_value(layout, PERSONS),
        needs.value(NEED_RECORDED.name),
    )
    recorded = f"INDEX({persons.value(PERSON_RECORDED.name)},{place_of(who, keys)})"
    limits = layout.rules.project.parameters
    earliest, latest = counting.date_literal(limits.earliest_date), counting.date_literal(limits.latest_date)
    sound = f'({recorded}<=IF({STICHTAG}="",{latest},{STICHTAG}))'
    mask = f'({needs.name(NEED_RECORDED.name)}<>"")*ISNUMBER(MATCH({who},{keys},0))*({days}-{recorded}<0)*({days}>={earliest})*{sound}'
    return InputCheck(needs, NEED_RECORDED.name, check_text("P09", other=PERSON_RECORDED.name), mask)


def _needs_without_recording(layout: Layout) -> InputCheck:
    needs, persons = layout.areas[NEEDS.title], layout.areas[PERSONS.title]
    keys, who = persons.value(PERSON_KEY.name), needs.value(NEED_PERSON.name)
    mask = f'({persons.value(PERSON_RECORDED.name)}="")*({keys}<>"")*ISNUMBER(MATCH({keys},{who},0))'
    return InputCheck(persons, PERSON_RECORDED.name, check_text("P10"), mask)


def _stock_exceeded(layout: Layout) -> InputCheck:
    """Persons present, counted by COUNTIFS, or one by one where cells need repairs."""
    stock, persons = layout.areas[STOCK.title], layout.areas[PERSONS.title]
    days, numbers, typed = (
        stock.value(STOCK_DATE.name),
        stock.value(STOCK_NUMBER.name),
        stock.name(STOCK_DATE.name),
    )
    earliest = counting.date_literal(layout.rules.project.parameters.earliest_date)
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
    return InputCheck(stock, STOCK_NUMBER.name, check_text("P11", table=PERSONS.title), mask)


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
    return InputCheck(trainings, TRAINING_SIZE.name, check_text("P12", table=ATTENDANCES.title), mask)
