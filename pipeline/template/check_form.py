"""Lines of the sheet Prüfung about Stammdaten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.checks.stichtag import MANY_ROWS
from pipeline.definitions.messages import german_date
from pipeline.definitions.sheet_types import Column, Kind
from pipeline.definitions.sheets import (
    FORM_AGS,
    FORM_MUNICIPALITY,
    FORM_NUMBER,
    FORM_RELEASED_ON,
    FORM_STICHTAG,
    FORM_TITLE,
    LEAD_AGS,
    PROJECT_LEAD,
    YES,
    nil_return_label,
)
from pipeline.reading.read import LEADS_OWN, NOT_THE_LEADS
from pipeline.template import counting
from pipeline.template.cell_formulas import digits_only, literally
from pipeline.template.check_line import check_text, date_text
from pipeline.template.highlights import STICHTAG
from pipeline.template.layout import FIRST_ROW, LATER, MEMBER_KEYS, MEMBER_NAMES, STICHTAGE, Layout
from pipeline.template.template_book import TemplateBook, known
from pipeline.xlsx.formulas import excel_text


@dataclass(frozen=True)
class CellCheck:
    """A line about one cell, or about a whole sheet. ``blank``: its count in a blank workbook."""

    sheet: str
    cell: str
    text: str
    wrong: str
    blank: int = 0


# --- the form -----------------------------------------------------------------------------------------


Told = tuple[str, str, int]  # severity and text, formula, count in a blank workbook


def form_checks(book: TemplateBook) -> Iterator[CellCheck]:
    """The lines about Stammdaten, Leermeldungen included."""
    filled = {*known(book.kind, book.municipality), *([FORM_STICHTAG.name] if book.stichtag else [])}
    for column in book.kind.form.columns:
        cell, missing = book.layout.form_address(column.name), int(column.name not in filled)
        for text, wrong, blank in _line(book, column, missing):
            yield CellCheck(FORM_TITLE, cell, f"{column.name}: {text}", wrong, blank)
    yield from _nil_returns(book.layout)


def _line(book: TemplateBook, column: Column, missing: int) -> Iterator[Told]:
    value = book.layout.form_value(column.name)
    if column.name in _OWN:
        yield from _OWN[column.name](book, column, missing)
    elif column.kind is Kind.DATE:
        yield from _date(book, column)
    elif column.kind is Kind.CHOICE:
        listed = "+".join(f"({value}={excel_text(c)})" for c in column.choices)
        yield check_text("W10"), f"AND(LEN({value})>0,{listed}=0)", 0
    elif column.required:
        yield check_text("W13"), f"LEN({value})=0", missing
    else:
        yield check_text("W01"), f"ISERROR({value})", 0


def _municipality(book: TemplateBook, column: Column, missing: int) -> Iterator[Told]:
    value = book.layout.form_value(column.name)
    yield check_text("W13"), f"LEN({value})=0", missing
    own, there = (
        f"INDEX({MEMBER_NAMES},{_member(book.layout)})",
        f"MATCH({literally(value)},{MEMBER_NAMES},0)",
    )
    other = f"AND(LEN({value})>0,{value}<>{own})"
    yield _shortened("P41", own=""), f"IFERROR(AND({other},ISNUMBER({there})),FALSE)", 0
    yield _shortened("P42", own=""), f"IFERROR(AND({other},ISERROR({there})),FALSE)", 0


def _ags(book: TemplateBook, column: Column, missing: int) -> Iterator[Told]:
    value = book.layout.form_value(column.name)
    digits = f"IFERROR(AND(LEN({value})=8,{digits_only(value)}),FALSE)"
    yield check_text("D13"), f"NOT({digits})", missing
    lead = f"{value}={excel_text(LEAD_AGS)}"
    if book.kind.id == PROJECT_LEAD.id:
        yield check_text("D19", wanted=LEADS_OWN), f"AND({digits},NOT({lead}))", 0
        return
    yield check_text("D19", wanted=NOT_THE_LEADS), lead, 0
    yield check_text("D16"), f"AND({digits},NOT({lead}),ISERROR({_member(book.layout)}))", 0


def _stichtag(book: TemplateBook, column: Column, missing: int) -> Iterator[Told]:
    value, project = book.layout.form_value(column.name), book.rules.project
    yield check_text("D14"), f"NOT(ISNUMBER({value}))", missing
    words = {"start": german_date(project.start), "end": german_date(project.end)}
    outside = (
        f"OR({value}<{counting.date_literal(project.start)},{value}>{counting.date_literal(project.end)})"
    )
    yield check_text("P01", **words), f"AND(ISNUMBER({value}),{outside})", 0
    yield check_text("P40", counts=f"{MANY_ROWS} oder mehr"), f"{LATER}>={MANY_ROWS}", 0
    if book.layout.stichtage:
        planned = f"ISNUMBER(MATCH({STICHTAG},{STICHTAGE},0))"
        unplanned = f'AND({STICHTAG}<>"",{LATER}<{MANY_ROWS},NOT({planned}))'
        yield _shortened("W40", nearest=""), unplanned, 0


def _number(book: TemplateBook, column: Column, missing: int) -> Iterator[Told]:
    value = book.layout.form_value(column.name)
    wrong = f"IF(ISNUMBER({value}),OR({value}<{column.minimum},{value}<>INT({value})),TRUE)"
    yield check_text("D15"), wrong, missing


def _date(book: TemplateBook, column: Column) -> Iterator[Told]:
    value, limits = book.layout.form_value(column.name), book.rules.project.parameters
    first, last = counting.date_literal(limits.earliest_date), counting.date_literal(limits.latest_date)
    inside = f"AND({value}>={first},{value}<={last})"
    yield date_text(book.rules), f"IF(ISNUMBER({value}),NOT({inside}),LEN({value})>0)", 0


def _released(book: TemplateBook, column: Column, missing: int) -> Iterator[Told]:
    yield from _date(book, column)
    value, limits = book.layout.form_value(column.name), book.rules.project.parameters
    before = f'{STICHTAG}<>"",{value}>={counting.date_literal(limits.earliest_date)},{value}<{STICHTAG}'
    yield check_text("P43"), f"AND(ISNUMBER({value}),{before})", 0


_OWN: dict[str, Callable[[TemplateBook, Column, int], Iterator[Told]]] = {
    FORM_MUNICIPALITY.name: _municipality,
    FORM_AGS.name: _ags,
    FORM_STICHTAG.name: _stichtag,
    FORM_NUMBER.name: _number,
    FORM_RELEASED_ON.name: _released,
}


def _shortened(rule: str, **words: str) -> str:
    """Severity and text of a finding without what only the check can fill in."""
    return check_text(rule, **words).partition(";")[0] + "."


def _member(layout: Layout) -> str:
    """Formula: position of the workbook's AGS in the roster."""
    return f"MATCH({layout.form_value(FORM_AGS.name)},{MEMBER_KEYS},0)"


def _nil_returns(layout: Layout) -> Iterator[CellCheck]:
    for area in layout.areas.values():
        if not area.sheet.nil_return:
            continue
        label = nil_return_label(area.sheet)
        text = check_text("P22", label=label)
        yield CellCheck(area.sheet.title, f"A{FIRST_ROW + 1}", text, f"{area.missing_name}=1", 1)
        both = f"AND({area.rows_name}>0,{layout.form_value(label)}={excel_text(YES)})"
        text = f"{label}: {check_text('P13', table=area.sheet.title)}"
        yield CellCheck(FORM_TITLE, layout.form_address(label), text, both)
