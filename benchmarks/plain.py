"""The plain way: per workbook ``pandas.read_excel`` with openpyxl, then one pandera schema a sheet.

As a good data engineer would write it who has our sheet definitions and never thought about speed. It
finds what the pipeline finds in a cell: types, required cells, choices, the form of keys, uniqueness,
references, order of dates, rows against each other. It has no German messages, mends next to nothing, trusts
the file, and evaluates nothing. ``tests/test_benchmarks.py`` compares its findings with ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from pipeline.definitions.sheet_types import Column, Condition, Kind, Sheet, WorkbookKind
from pipeline.definitions.sheets import (
    FORM_AGS,
    FORM_STICHTAG,
    FORM_TITLE,
    MUNICIPALITY,
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
    YES,
    nil_return_label,
)
from pipeline.rules import Rules
from pipeline.template.layout import FIRST_ROW, HEADER_ROW, label

Cell = tuple[str, str, int]  # sheet, column, Excel row
Frames = dict[str, pd.DataFrame]


def check(path: Path, rules: Rules) -> set[Cell]:
    """Every cell of a municipality's workbook that has an error."""
    kind = rules.kinds[MUNICIPALITY.id]
    form, frames = read(path, kind)
    stichtag = pd.to_datetime(form.get(FORM_STICHTAG.name), errors="coerce")
    found = _check_form(form, frames, kind, rules)
    for sheet in kind.tables:
        frame, unread = typed(frames[sheet.title], sheet)
        frames[sheet.title] = frame
        found |= unread
        if not frame.empty:
            found |= _validate(sheet, frame, schema(sheet, stichtag, rules)) - unread
    return found | _references(kind, frames) | _persons_and_needs(frames, found)


# --- reading ------------------------------------------------------------------------------------------


def read(path: Path, kind: WorkbookKind) -> tuple[dict[str, Any], Frames]:
    """(form lines by label, a frame for each sheet whose index is the Excel row)."""
    with pd.ExcelFile(path, engine="openpyxl") as book:
        lines = pd.read_excel(book, sheet_name=FORM_TITLE, header=None, usecols=[0, 1]).dropna(subset=[0])
        titles = [s.title for s in kind.tables]
        frames = pd.read_excel(book, sheet_name=titles, header=HEADER_ROW)
    form = {str(name).rstrip("*"): value for name, value in zip(lines[0], lines[1], strict=True)}
    for sheet in kind.tables:
        frame = frames[sheet.title].rename(columns={label(c): c.name for c in sheet.columns})
        frame.index = frame.index + FIRST_ROW + 1
        frames[sheet.title] = frame[list(sheet.names)].dropna(how="all")
    return form, frames


def typed(frame: pd.DataFrame, sheet: Sheet) -> tuple[pd.DataFrame, set[Cell]]:
    """(dates, integers and texts, the cells that are none)."""
    frame, unread = frame.copy(), set()
    for column in sheet.columns:
        raw = frame[column.name]
        if column.kind is Kind.DATE:
            values = pd.to_datetime(raw, format="%d.%m.%Y", errors="coerce")
        elif column.kind is Kind.INTEGER:
            values = pd.to_numeric(raw, errors="coerce")
        else:
            values = raw.astype("string").str.strip()
        unread |= {(sheet.title, column.name, row) for row in frame.index[raw.notna() & values.isna()]}
        frame[column.name] = values
    return frame, unread


def _check_form(form: dict[str, Any], frames: Frames, kind: WorkbookKind, rules: Rules) -> set[Cell]:
    wrong = [c.name for c in kind.form.columns if c.required and pd.isna(form.get(c.name))]
    if str(form.get(FORM_AGS.name)) not in {m.ags for m in rules.roster}:
        wrong.append(FORM_AGS.name)
    nil = {nil_return_label(s): s.title for s in kind.tables if s.nil_return}
    wrong += [name for name, title in nil.items() if form.get(name) == YES and len(frames[title])]
    return {(FORM_TITLE, name, 0) for name in wrong}


# --- one sheet ----------------------------------------------------------------------------------------


@cache
def schema(sheet: Sheet, stichtag: pd.Timestamp, rules: Rules) -> pa.DataFrameSchema:
    """The pandera schema of a sheet; the name of a check across columns is the column it marks."""
    columns = {
        c.name: pa.Column(checks=list(_cell_checks(c, stichtag, rules)), nullable=not c.required)
        for c in sheet.columns
    }
    return pa.DataFrameSchema(
        columns,
        checks=list(_row_checks(sheet, stichtag)),
        unique=list(sheet.key) or None,
        report_duplicates="exclude_first",
    )


def _cell_checks(column: Column, stichtag: pd.Timestamp, rules: Rules) -> Iterable[pa.Check]:
    match column.kind:
        case Kind.KEY | Kind.REFERENCE:
            yield pa.Check.str_matches(f"^{column.key_pattern}$")
        case Kind.REFERENCES:
            yield pa.Check.str_matches(rf"^{column.key_pattern}(\s*;\s*{column.key_pattern})*$")
        case Kind.CHOICE:
            yield pa.Check.isin(column.choices)
        case Kind.CHOICES:
            several = set(column.choices)
            yield pa.Check(lambda s: s.str.split(r"\s*;\s*").map(several.issuperset))
        case Kind.INTEGER:
            yield pa.Check.ge(column.minimum)
        case Kind.DATE:
            parameters = rules.project.parameters
            low, high = pd.Timestamp(parameters.earliest_date), pd.Timestamp(parameters.latest_date)
            yield pa.Check.in_range(low, min(high, stichtag) if column.fact else high)
        case _:
            yield pa.Check.str_length(max_value=column.max_length)


def _row_checks(sheet: Sheet, stichtag: pd.Timestamp) -> Iterable[pa.Check]:
    for chain in sheet.order:
        for earlier, later in combinations(chain, 2):
            between = list(chain[chain.index(earlier) + 1 : chain.index(later)])
            limit = stichtag if sheet.column(earlier).fact else pd.Timestamp.max
            yield pa.Check(_in_order(earlier, later, between, limit), name=later)
    for dependent in sheet.dependents:
        name, when = dependent.column, dependent.when
        yield pa.Check(lambda df, n=name, w=when: ~(_holds(w, df) & df[n].isna()), name=name)
        if dependent.else_empty:
            valid = sheet.column(when.column).choices
            yield pa.Check(
                lambda df, n=name, w=when, v=valid: ~(df[n].notna() & df[w.column].isin(v) & ~_holds(w, df)),
                name=name,
            )


def _in_order(
    earlier: str, later: str, between: list[str], limit: pd.Timestamp
) -> Callable[[pd.DataFrame], Any]:
    return lambda df: ~((df[later] < df[earlier]) & df[between].isna().all(axis=1) & (df[earlier] <= limit))


def _holds(condition: Condition, df: pd.DataFrame) -> Any:
    column = df[condition.column]
    return column.isin(condition.values) if condition.values else column.notna()


def _validate(sheet: Sheet, frame: pd.DataFrame, of_sheet: pa.DataFrameSchema) -> set[Cell]:
    try:
        of_sheet.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return {_place(sheet, case) for case in errors.failure_cases.to_dict("records")}
    return set()


def _place(sheet: Sheet, case: dict[str, Any]) -> Cell:
    if case["check"] == "multiple_fields_uniqueness":
        return sheet.title, sheet.key[0], int(case["index"])
    column = case["column"] if case["schema_context"] == "Column" else case["check"]
    return sheet.title, str(column), int(case["index"])


# --- across sheets ------------------------------------------------------------------------------------


def _references(kind: WorkbookKind, frames: Frames) -> set[Cell]:
    """References to a record that is not there, or of the wrong kind."""
    found: set[Cell] = set()
    for sheet in kind.tables:
        for column in sheet.columns:
            if not column.to:
                continue
            to = kind.table(column.to)
            key = next(c.name for c in to.columns if c.kind is Kind.KEY)
            target, given = frames[to.title], frames[sheet.title][column.name].dropna()
            one = given.str.split(r"\s*;\s*", regex=True).explode()
            lost = one[~one.isin(target[key]) & one.str.fullmatch(column.key_pattern)]
            found |= {(sheet.title, column.name, row) for row in lost.index}
            if column.to_where:
                where = column.to_where
                kind_of = one.map(target.drop_duplicates(key).set_index(key)[where.column])
                wrong = kind_of.isin(to.column(where.column).choices) & ~kind_of.isin(where.values)
                found |= {(sheet.title, column.name, row) for row in one.index[wrong]}
    return found


def _persons_and_needs(frames: Frames, errors: set[Cell]) -> set[Cell]:
    """Needs older than the person's first recording, persons with needs and no date, and the stock."""
    persons, needs = frames[PERSONS.title], frames[NEEDS.title]
    people = persons.drop_duplicates(PERSON_KEY.name).reset_index(names="row").set_index(PERSON_KEY.name)
    known = needs[needs[NEED_PERSON.name].isin(people.index)]
    owner = people.loc[known[NEED_PERSON.name]].set_axis(known.index)
    name = PERSON_RECORDED.name
    sound = pd.Series([(PERSONS.title, name, row) not in errors for row in owner["row"]], owner.index)
    early = known[(known[NEED_RECORDED.name] < owner[name]) & sound.astype(bool)]
    found = {(NEEDS.title, NEED_RECORDED.name, row) for row in early.index}
    found |= {(PERSONS.title, name, row) for row in owner.loc[owner[name].isna(), "row"]}
    checked = persons[persons[PERSON_PAPER.name] == YES]
    for row, day, number in frames[STOCK.title][[STOCK_DATE.name, STOCK_NUMBER.name]].itertuples():
        left = checked[PERSON_LEFT.name]
        there = (checked[PERSON_ARRIVED.name] <= day) & (left.isna() | (left > day))
        if there.sum() > number:
            found.add((STOCK.title, STOCK_NUMBER.name, row))
    return found
