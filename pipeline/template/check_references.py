"""Lines of the sheet Prüfung about references: their form, and whether their record exists."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.definitions.messages import either, key_form
from pipeline.definitions.sheet_types import Column, Kind
from pipeline.definitions.sheets import ENTRY_WANTED, RULE_ENTRY
from pipeline.template.cell_formulas import key_is_sound
from pipeline.template.check_line import InputCheck, any_part, check_text, key_value, listed, place_of
from pipeline.template.layout import Area, Layout
from pipeline.xlsx.formulas import excel_text


def reference_checks(area: Area, column: Column, layout: Layout) -> Iterator[InputCheck]:
    """The lines of one column that holds references."""
    value, keys = area.value(column.name), key_value(layout, column.to)
    text, sound = check_text("P07", table=column.to), key_is_sound(value, column.prefix)
    if column.kind is Kind.REFERENCES:
        where = f"({area.name(RULE_ENTRY.name)}={excel_text(ENTRY_WANTED)})*" if area.sheet.prefill else ""
        wrong = any_part(area, column, lambda part: f"1-{key_is_sound(part, column.prefix)}")
        yield InputCheck(
            area,
            column.name,
            check_text("W12", form=key_form(column)),
            where + wrong,
            "0",
            (area.odd(column.name),),
        )
        lost = any_part(
            area,
            column,
            lambda part: f"{key_is_sound(part, column.prefix)}*ISERROR(MATCH({part},{keys},0))",
            error=0,
        )
        yield InputCheck(area, column.name, text, where + lost)
        return
    yield InputCheck(area, column.name, text, f'({value}<>"")*{sound}*ISERROR(MATCH({value},{keys},0))')
    if column.to_where is not None:
        condition, target = column.to_where, layout.areas[column.to]
        found = f"INDEX({target.value(condition.column)},{place_of(value, keys)})"
        valid = listed(found, layout.choices[target.sheet.column(condition.column).choices])
        fitting = listed(found, layout.choices[condition.values])
        mask = f'({value}<>"")*ISNUMBER(MATCH({value},{keys},0))*{valid}*(1-{fitting})'
        words = {"table": column.to, "other": condition.column, "values": either(condition.values)}
        yield InputCheck(area, column.name, check_text("P08", **words), mask)
