"""Which rows of a table are records, as Excel formulas: the same rules as in ``reading.record_rows``.

Cells are taken unrepaired: a row that needs a repair and has too little for a record is rare.
"""

from __future__ import annotations

from pipeline.definitions.sheet_types import Column, Kind
from pipeline.definitions.sheets import NO
from pipeline.reading.record_rows import NOTE_WORDS, TOTAL_WORDS, most_of_no_record
from pipeline.template.cell_formulas import key_is_sound
from pipeline.template.layout import Area, Layout, label
from pipeline.xlsx.formulas import excel_text


def is_record(area: Area) -> str:
    """Formula over the rows in use: 1 where a record stands in the row, be it with an error value.

    Not where only "nein" and empty checkboxes stand (filled down), or only invisible characters.
    """
    seen = "+".join(_seen(area, c) for c in area.sheet.columns)
    return f"IFERROR(--({seen}>0),1)"


def _seen(area: Area, column: Column) -> str:
    """Formula: 1 where a cell holds more than blanks and, in a column of ja and nein, more than nein."""
    cells = area.name(column.name)
    seen = f"(LEN(TRIM({cells}))>0)"
    if NO not in column.choices:
        return seen
    return f"{seen}*(UPPER(TRIM({cells}))<>{excel_text(NO.upper())})*({cells}<>FALSE)"


def is_filled_down(area: Area, column: Column) -> str:
    """Formula: 1 where "nein" in a column of ja and nein is all that stands in a row."""
    return f"(LEN(TRIM({area.name(column.name)}))>0)*(1-{is_record(area)})"


def is_checked(area: Area) -> str:
    """Formula: 1 for a row whose cells are checked, 0 for one that is reported as no record."""
    return f"IF({area.strays_name}=0,1,1-{area.stray_rows})"


def is_no_record(area: Area, layout: Layout) -> str:
    """Formula: 1 where a row is a total, a heading or a note. Error values have a finding of their own."""
    sheet = area.sheet
    required = [c for c in sheet.columns if c.required]
    some = "+".join(f"(LEN(TRIM({area.name(c.name)}))>0)" for c in sheet.columns)
    missing = "+".join(_missing(area, c) for c in required) or "0"
    again = f"({_lower(area, sheet.columns[0])}={_header(sheet.columns[0])})"
    keys = "+".join(_key(area, c) for c in sheet.columns if c.kind in (Kind.KEY, Kind.REFERENCE)) or "0"
    others = "+".join(filter(None, (_proof(area, c, layout) for c in sheet.columns))) or "0"
    total = _begins([_lower(area, c) for c in sheet.columns], layout.choices[TOTAL_WORDS])
    few = f"({some}<={most_of_no_record(len(required))})*({some}>0)*({keys}+{others}=0)*{_no_names(area, layout)}"
    headers = f"({_as_headers(area)}=1)"
    none = f"({headers}+{total}*({keys}=0)+(1-{total})*{few}>0)"
    return f"IFERROR(({missing}+{again}>0)*{none}*{is_record(area)},0)"


def _lower(area: Area, column: Column) -> str:
    return f"LOWER(TRIM({area.name(column.name)}))"


def _header(column: Column) -> str:
    return excel_text(label(column).lower())


def _missing(area: Area, column: Column) -> str:
    """1 where a required cell has no value."""
    cells = area.name(column.name)
    typed = column.kind in (Kind.DATE, Kind.INTEGER)
    return f"(1-ISNUMBER({cells}))" if typed else f"(LEN(TRIM({cells}))=0)"


def _key(area: Area, column: Column) -> str:
    return key_is_sound(area.name(column.name), column.prefix)


def _proof(area: Area, column: Column, layout: Layout) -> str:
    """Formula: 1 where a cell shows that a record was meant; text and numbers alone do not."""
    cells = area.name(column.name)
    match column.kind:
        case Kind.KEY | Kind.REFERENCE | Kind.REFERENCES:
            return f"(LEFT({cells},{len(column.prefix) + 1})={excel_text(column.prefix + '-')})"
        case Kind.CHOICE:
            return f"ISNUMBER(MATCH({cells},{layout.choices[column.choices]},0))"
        case Kind.DATE:
            return f"ISNUMBER({cells})"
    return ""


def _begins(texts: list[str], words: str) -> str:
    """Formula: 1 where one of a row's texts begins with one of the words, not followed by a letter."""
    joined = '&"|"&'.join(texts)
    joined, row = f'"|"&{joined}&"|"', f"TRANSPOSE({words})"
    after = f'MID({joined},FIND("|"&{row},{joined})+1+LEN({row}),1)'
    ends = f'EXACT(UPPER({after}),LOWER({after}))+(RIGHT({row},1)=":")'
    return f"(MMULT(IFERROR(--({ends}>0),0),ROW({words})^0)>0)"


def _as_headers(area: Area) -> str:
    """Formula: 1 where two or more texts of a row are the headers of their columns."""
    columns = area.sheet.columns
    texts = "+".join(f"ISTEXT({area.name(c.name)})*(LEN(TRIM({area.name(c.name)}))>0)" for c in columns)
    same = "+".join(f"({_lower(area, c)}={_header(c)})" for c in columns)
    return f"(({texts})>1)*(({texts})=({same}))"


def _no_names(area: Area, layout: Layout) -> str:
    """Formula: 1 where no name of a record stands, at most the first word of a note."""
    names = [c for c in area.sheet.columns if c.is_name]
    if not names:
        return "1"
    notes = layout.choices[NOTE_WORDS]
    return "*".join(
        f"((LEN(TRIM({area.name(c.name)}))=0)+{_begins([_lower(area, c)], notes)}>0)" for c in names
    )
