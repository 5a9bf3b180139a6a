"""Excel data validation of a cell, with its messages, from the column's definition."""

from __future__ import annotations

from typing import Any

from pipeline.definitions.messages import key_form
from pipeline.definitions.sheet_types import Column, Kind
from pipeline.rules import Rules
from pipeline.template.layout import STICHTAGE, Area, Layout

TITLE_LIMIT, MESSAGE_LIMIT = 32, 255
Validation = dict[str, Any]


def shorten(text: str, limit: int = MESSAGE_LIMIT) -> str:
    """A text within Excel's limit for messages (255 characters), cut after a whole word."""
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + "…"


def _dates(rules: Rules, first: Any, last: Any) -> Validation:
    message = f"Bitte ein Datum vom {first:%d.%m.%Y} bis {last:%d.%m.%Y} eingeben, z. B. {rules.project.start:%d.%m.%Y}."
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": first,
        "maximum": last,
        "error_message": message,
    }


def _any_date(rules: Rules) -> Validation:
    return _dates(rules, rules.project.parameters.earliest_date, rules.project.parameters.latest_date)


def stichtag_validation(column: Column, layout: Layout) -> Validation:
    """Reporting dates of the Berichtsplan; others after a question. Without a plan any day of the project."""
    if not layout.stichtage:
        return describe(column, _dates(layout.rules, layout.rules.project.start, layout.rules.project.end))
    message = "Dieser Tag steht nicht im Berichtsplan. Bitte einen Stichtag der Liste wählen."
    accepts = {
        "validate": "list",
        "source": f"={STICHTAGE}",
        "error_message": message,
        "error_type": "warning",
    }
    return describe(column, accepts)


def _integer(column: Column) -> Validation:
    message = f"Bitte eine ganze Zahl ab {column.minimum} eingeben, ohne Punkt und Komma."
    return {"validate": "integer", "criteria": ">=", "value": column.minimum, "error_message": message}


def _choice(column: Column, layout: Layout) -> Validation:
    several = column.kind is Kind.CHOICES
    message = "Bitte einen Eintrag der Liste wählen."
    if several:
        message = "Der Eintrag steht so nicht in der Liste. Mehrere Einträge mit ; trennen."
    return _list(layout.choices[column.choices], message, several)


def _reference(column: Column, layout: Layout) -> Validation:
    target = layout.areas[column.to]
    several = column.kind is Kind.REFERENCES
    message = f"Diese Nummer steht nicht im Blatt {column.to}. Bitte zuerst dort eintragen."
    if several:
        message = f"Bitte nur Nummern aus dem Blatt {column.to} eintragen; mehrere mit ; trennen."
    return _list(target.name(target.sheet.key[0]), message, several)


def _list(source: str, message: str, several: bool) -> Validation:
    """A dropdown; where several entries may stand, another one is not refused, for no list has them together."""
    error_type = "information" if several else "stop"
    return {"validate": "list", "source": f"={source}", "error_message": message, "error_type": error_type}


def key_pattern(cell: str, prefix: str) -> str:
    """Formula: the cell holds prefix, hyphen and 3 to 6 digits."""
    start = len(prefix) + 1
    digits = f"MID({cell},{start + 1},9)"
    length = f"LEN({cell})>={start + 3},LEN({cell})<={start + 6}"
    plain = f'ISERROR(FIND(" ",{cell})),ISERROR(FIND(".",{cell})),ISERROR(FIND(",",{cell}))'
    return f'AND(LEFT({cell},{start})="{prefix}-",{length},ISNUMBER(-{digits}),{plain})'


def _key(column: Column, area: Area) -> Validation:
    cell = area.cell(column.name)
    unique = f"COUNTIF({area.whole(column.name).split('!')[1]},{cell})=1"
    message = f"Bitte {key_form(column)} eingeben, z. B. {column.example}. Jede Nummer nur einmal."
    return {
        "validate": "custom",
        "value": f"=AND({key_pattern(cell, column.prefix)},{unique})",
        "error_message": message,
    }


def _ags(column: Column, cell: str) -> Validation:
    return {
        "validate": "custom",
        "value": f"=AND(LEN({cell})=8,ISNUMBER(-{cell}))",
        "error_message": column.help,
    }


def _text(column: Column) -> Validation:
    if column.max_length >= Column.max_length:
        return {"validate": "any"}
    message = f"Bitte höchstens {column.max_length} Zeichen eingeben."
    return {
        "validate": "length",
        "criteria": "between",
        "minimum": 1,
        "maximum": column.max_length,
        "error_message": message,
    }


def _accepts(column: Column, layout: Layout, area: Area | None, cell: str) -> Validation:
    accepts = _text(column)
    match column.kind:
        case Kind.DATE:
            accepts = _any_date(layout.rules)
        case Kind.INTEGER:
            accepts = _integer(column)
        case Kind.CHOICE | Kind.CHOICES:
            accepts = _choice(column, layout)
        case Kind.REFERENCE | Kind.REFERENCES:
            accepts = _reference(column, layout)
        case Kind.KEY if area:
            accepts = _key(column, area)
        case Kind.AGS:
            accepts = _ags(column, cell)
    return accepts


def describe(column: Column, accepts: Validation) -> Validation:
    """The validation with titles and the input message, which is the column's help."""
    title = shorten(column.name, TITLE_LIMIT)
    texts = {"input_title": title, "input_message": shorten(column.help)}
    if "error_message" in accepts:
        texts |= {"error_title": title, "error_message": shorten(accepts["error_message"])}
    return accepts | texts


def column_validation(column: Column, area: Area, layout: Layout) -> Validation:
    """Validation of the cells of a table column."""
    return describe(column, _accepts(column, layout, area, area.cell(column.name)))


def field_validation(column: Column, layout: Layout, cell: str) -> Validation:
    """Validation of a single cell of Stammdaten."""
    return describe(column, _accepts(column, layout, None, cell))
