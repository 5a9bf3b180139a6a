"""Lines of the sheet Prüfung for dates that contradict another record: the same checks as in
``checks.dates``.

A date with an error of its own is not compared; of an offer's two dates none that is typed as text: LibreOffice
takes no longer formulas.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.dates import PROVEN
from pipeline.definitions.sheet_types import Column, Sheet
from pipeline.definitions.sheets import (
    ENTRY_WANTED,
    EVIDENCE,
    EVIDENCE_DATE,
    NEED_ADDRESSED,
    NEED_OFFER,
    NEED_RECORDED,
    NEEDS,
    OFFER_START,
    OFFERS,
    PARTICIPATION_END,
    PARTICIPATION_PERSON,
    PARTICIPATION_START,
    PARTICIPATION_STATE,
    PARTICIPATIONS,
    PERSON_ARRIVED,
    PERSON_LEFT,
    PERSONS,
    RULE_ENTRY,
    RUNNING,
    STOCK,
    STOCK_DATE,
)
from pipeline.template.check_line import (
    InputCheck,
    any_part,
    check_text,
    key_value,
    lies_within,
)
from pipeline.template.highlights import STICHTAG
from pipeline.template.layout import Area, Layout
from pipeline.xlsx.formulas import excel_text

UNBOUNDED = "1000000"  # a day after all others


def date_checks(layout: Layout) -> Iterator[InputCheck]:
    """Warnings and notes; a workbook of the project lead has evidence alone."""
    if PERSONS.title in layout.areas:
        yield _running_after_its_end(layout)
        yield from _outside_the_stay(layout)
        yield _addressed_before_the_offer(layout)
        yield _old_stock(layout)
    for sheet, dates in PROVEN:
        if sheet.title in layout.areas:
            yield _older_than_what_it_proves(layout, layout.areas[sheet.title], dates)


def _running_after_its_end(layout: Layout) -> InputCheck:
    area, state, end = layout.areas[PARTICIPATIONS.title], PARTICIPATION_STATE.name, PARTICIPATION_END.name
    running = excel_text(RUNNING)
    quick = f'IF({STICHTAG}="",0,COUNTIFS({area.name(state)},{running},{area.name(end)},"<"&{STICHTAG}))'
    ended = f'({area.name(end)}<>"")*IFERROR(--({area.value(end)}-{STICHTAG}<0),0)'
    mask = f'({STICHTAG}<>"")*({area.value(state)}={running})*{ended}'
    return InputCheck(
        area, state, check_text("P44", other=end), mask, quick, (area.odd(state), area.odd(end))
    )


def _outside_the_stay(layout: Layout) -> Iterator[InputCheck]:
    area, persons = layout.areas[PARTICIPATIONS.title], layout.areas[PERSONS.title]
    begun, who = area.value(PARTICIPATION_START.name), area.value(PARTICIPATION_PERSON.name)
    arrived, left = persons.value(PERSON_ARRIVED.name), persons.value(PERSON_LEFT.name)
    came, went = lies_within(layout, arrived, fact=True), lies_within(layout, left, fact=True)
    in_order = f"(1-{came}*IFERROR(({left}-{arrived}<0)+0,0))"
    stayed = f"{UNBOUNDED}-({UNBOUNDED}-{left})*{went}*{in_order}"
    for when, other, sign, bound, otherwise in (
        ("vor", PERSON_ARRIVED, "<", f"{arrived}*{came}", "0"),
        ("nach", PERSON_LEFT, ">", stayed, UNBOUNDED),
    ):
        text = check_text("P45", when=when, other=other.name)
        outside = f"IFERROR(--({begun}{sign}{_of_record(layout, PERSONS, who, bound, otherwise)}),0)"
        mask = f"{lies_within(layout, begun, fact=True)}*{outside}"
        yield InputCheck(area, PARTICIPATION_START.name, text, mask)


def _of_record(layout: Layout, sheet: Sheet, keys: str, value: str, otherwise: str = "0") -> str:
    """Formula: value in the row of another sheet with this key; an error value where there is none."""
    return f"INDEX(IFERROR({value},{otherwise}),N(IF(1,MATCH({keys},{key_value(layout, sheet)},0))))"


def _addressed_before_the_offer(layout: Layout) -> InputCheck:
    area, offers = layout.areas[NEEDS.title], layout.areas[OFFERS.title]
    addressed, recorded = area.value(NEED_ADDRESSED.name), area.value(NEED_RECORDED.name)
    begins = offers.value(OFFER_START.name)
    begun = _of_record(layout, OFFERS, area.value(NEED_OFFER.name), f"{begins}*{lies_within(layout, begins)}")
    reported = f"{lies_within(layout, recorded, fact=True)}*IFERROR(({addressed}-{recorded}<0)+0,0)"
    mask = f"{lies_within(layout, addressed, fact=True)}*IFERROR(--({addressed}<{begun}),0)*(1-{reported})"
    return InputCheck(area, NEED_ADDRESSED.name, check_text("P46", other=OFFER_START.name), mask)


def _older_than_what_it_proves(layout: Layout, area: Area, dates: tuple[Column, ...]) -> InputCheck:
    """Rows whose documents are all known and dated before the first of the dates that is filled."""
    column = area.sheet.column(area.sheet.evidence_column or "")
    dated = layout.areas[EVIDENCE.title].value(EVIDENCE_DATE.name)
    known = f"{UNBOUNDED}-({UNBOUNDED}-{dated})*{lies_within(layout, dated)}"
    proven, sound = _proven(layout, area, dates)

    def other(part: str) -> str:
        """1 where a document is not known, or not older."""
        return f"1-IFERROR(--({_of_record(layout, EVIDENCE, part, known, UNBOUNDED)}<{proven}),0)"

    where = f"({area.name(RULE_ENTRY.name)}={excel_text(ENTRY_WANTED)})*" if area.sheet.prefill else ""
    value = area.value(column.name)
    mask = f'{where}({value}<>"")*{sound}*(1-{any_part(area, column, other)})'
    return InputCheck(area, column.name, check_text("P47", table=EVIDENCE.title), mask)


def _proven(layout: Layout, area: Area, dates: tuple[Column, ...]) -> tuple[str, str]:
    """Formulas: the first of the dates that is filled, and 1 where all are sound; of several as they are typed."""
    if len(dates) == 1:
        value = area.value(dates[0].name)
        return value, lies_within(layout, value, fact=dates[0].fact)
    *first, last = [area.name(c.name) for c in dates]
    proven = last
    for cells in reversed(first):
        proven = f'IF({cells}="",{proven},{cells})'
    sound = "*".join(_empty_or_sound(layout, area, c) for c in dates)
    return proven, f"ISNUMBER({proven})*{lies_within(layout, proven)}*{sound}"


def _empty_or_sound(layout: Layout, area: Area, column: Column) -> str:
    """Formula: 1 where a date is empty, or has no finding of its own."""
    cells = area.name(column.name)
    return f'(({cells}="")+ISNUMBER({cells})*{lies_within(layout, cells, fact=column.fact)}>0)'


def _old_stock(layout: Layout) -> InputCheck:
    """The latest Bestand row up to the reporting date is older than the allowed number of months."""
    area, months = layout.areas[STOCK.title], layout.rules.project.parameters.stock_max_age_months
    days = area.value(STOCK_DATE.name)
    latest = f"MAX(IFERROR({days}*({days}<={STICHTAG}),0))"
    oldest = f"EDATE({STICHTAG},-{months})"
    mask = f'IF({STICHTAG}="",0,({area.name(STOCK_DATE.name)}<>"")*({days}={latest})*({latest}<{oldest}))'
    return InputCheck(area, STOCK_DATE.name, check_text("P48", months=months), mask)
