"""Builds pandera schemas from sheet definitions and turns their failures into findings.

The only module that uses pandera. All workbooks of a kind are validated in one frame per sheet, as each call
costs milliseconds. The frame's index is a running number; workbook and Excel row are found by it. Nothing is
coerced: values come typed from ``reading.values``, and cells that could not be read are empty here.

A check's error text is the number of its ``SchemaCheck``, which knows the rule and the marked column. A check
returns a single truth value, as pandera's lists of failure cases are slow; the failing records are determined
afterwards, for failed checks only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain, combinations
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow
from pandera.errors import SchemaErrors

from pipeline.definitions.messages import condition_text, finding, german_date, key_form
from pipeline.definitions.model import Finding, Table, Workbook
from pipeline.definitions.sheet_types import Column, Condition, Dependent, Kind, Sheet
from pipeline.definitions.sheets import FORM_STICHTAG, FORM_TITLE
from pipeline.definitions.spelling import comparable
from pipeline.reading.personal import looks_personal
from pipeline.rules import Parameters, Rules

BOOK, STICHTAG, START = "__workbook", "__stichtag", "__start"


@dataclass(frozen=True, slots=True)
class SchemaCheck:
    """A check with its rule, the column whose cell is marked, and the words of its message.

    ``holds`` gives a truth value for each record of the frame; with ``filled``, for each filled cell of the
    column.
    """

    rule: str
    column: str
    holds: Callable[[Any], Any]
    words: dict[str, object]
    filled: bool

    def failing(self, frame: pd.DataFrame) -> list[int]:
        """Return the positions of the records for which the check does not hold."""
        holds = self.holds(frame[self.column].dropna() if self.filled else frame)
        return [int(i) for i in holds.index[~holds]]


@dataclass(frozen=True, slots=True)
class SheetSchema:
    """The pandera schema of a sheet and its checks by number."""

    schema: pa.DataFrameSchema
    checks: tuple[SchemaCheck, ...]


# --- from a sheet to its schema -----------------------------------------------------------------------


class _Builder:
    """Collects the checks of one sheet; the position in ``checks`` is the check's error text."""

    def __init__(self, sheet: Sheet, parameters: Parameters) -> None:
        self.sheet = sheet
        self.parameters = parameters
        self.checks: list[SchemaCheck] = []

    def cell(
        self, rule: str, column: str, holds: Callable[[pd.Series[Any]], Any], /, **words: object
    ) -> pa.Check:
        """A check of the filled cells of a column."""
        return self._check(SchemaCheck(rule, column, holds, words, filled=True))

    def row(
        self, rule: str, column: str, holds: Callable[[pd.DataFrame], Any], /, **words: object
    ) -> pa.Check:
        """A check of whole records, which marks one column."""
        return self._check(SchemaCheck(rule, column, holds, words, filled=False))

    def _check(self, check: SchemaCheck) -> pa.Check:
        self.checks.append(check)
        return pa.Check(lambda values: bool(check.holds(values).all()), error=str(len(self.checks) - 1))

    def build(self) -> SheetSchema:
        columns = {c.name: pa.Column(checks=self._of_cell(c), nullable=True) for c in self.sheet.columns}
        rows = [*self._required(), *self._dates(), *self._orders(), *self._dependents(), *self._unique()]
        return SheetSchema(pa.DataFrameSchema(columns, checks=rows), tuple(self.checks))

    # one cell

    def _of_cell(self, column: Column) -> list[pa.Check]:
        name = column.name
        match column.kind:
            case Kind.KEY | Kind.REFERENCE | Kind.REFERENCES:
                return self._key_form(column)
            case Kind.CHOICE:
                return [self.cell("W10", name, lambda s: s.isin(column.choices))]
            case Kind.CHOICES:
                return [self.cell("W10", name, lambda s: s.map(set(column.choices).issuperset))]
            case Kind.INTEGER:
                return [self.cell("W08", name, lambda s: s >= column.minimum, minimum=column.minimum)]
            case Kind.DATE:
                earliest, latest = self.parameters.earliest_date, self.parameters.latest_date
                low, high = pd.Timestamp(earliest), pd.Timestamp(latest)
                words = {"earliest": german_date(earliest), "latest": german_date(latest)}
                return [self.cell("W14", name, lambda s: s.between(low, high), **words)]
            case _:
                most = column.max_length
                return [self.cell("W09", name, lambda s: s.str.len() <= most, maximum=most)]

    def _key_form(self, column: Column) -> list[pa.Check]:
        one = column.key_pattern
        several = column.kind is Kind.REFERENCES
        form = key_form(column)

        def well_formed(values: Any) -> Any:
            texts = values.str.join(";") if several else values
            return texts.str.fullmatch(rf"{one}(?:;{one})*" if several else one).astype(bool)

        def not_personal(values: Any) -> Any:
            good = well_formed(values)
            suspects = values[~good]
            if len(suspects):
                good[~good] = [not any(map(looks_personal, _each(v))) for v in suspects]
            return good

        return [
            self.cell("W11", column.name, not_personal, form=form),
            self.cell("W12", column.name, well_formed, form=form),
        ]

    # one row

    def _required(self) -> Iterable[pa.Check]:
        for column in self.sheet.columns:
            if column.required:
                yield self.row("W13", column.name, _filled(column.name))

    def _dates(self) -> Iterable[pa.Check]:
        for column in self.sheet.columns:
            name = column.name
            if column.fact:
                yield self.row("P02", name, _not_later(name, self.parameters.latest_date))
            if column.project_time:
                yield self.row("P20", name, _not_after(START, name))

    def _orders(self) -> Iterable[pa.Check]:
        """Each date against all before it in its chain; the later cell is marked."""
        for order in self.sheet.order:
            for earlier, later in combinations(order, 2):
                sound = _not_told(self.sheet.column(earlier), self.parameters.latest_date)
                yield self.row("P04", later, _in_order(earlier, later, sound), before=earlier)

    def _dependents(self) -> Iterable[pa.Check]:
        for dependent in self.sheet.dependents:
            condition = condition_text(dependent.when)
            yield self.row("P05", dependent.column, _present(dependent), condition=condition)
            if dependent.else_empty:
                valid = self.sheet.column(dependent.when.column).choices
                yield self.row(
                    "P06",
                    dependent.column,
                    _absent(dependent, valid),
                    condition=condition,
                    other=dependent.when.column,
                )

    def _unique(self) -> Iterable[pa.Check]:
        key = list(self.sheet.key)
        names = [n for n in key if self.sheet.column(n).is_name]

        def first_of_its_kind(df: pd.DataFrame) -> Any:
            """True as well for a record whose key is not complete."""
            record, complete = df[BOOK].to_numpy(), np.ones(len(df), dtype=bool)
            for name in key:
                values = df[name].map(comparable, na_action="ignore") if name in names else df[name]
                codes, known = pd.factorize(values)  # -1 where it is empty
                complete &= codes >= 0
                record = pd.factorize(record * (len(known) + 1) + codes)[0]
            return ~pd.Series(record, index=df.index).duplicated() | ~complete

        if key:
            yield self.row("P03", key[0], first_of_its_kind, columns=" + ".join(key))


def _each(value: Any) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,)


def _filled(name: str) -> Callable[[pd.DataFrame], Any]:
    return lambda df: df[name].notna()


def _not_after(earlier: str, later: str) -> Callable[[pd.DataFrame], Any]:
    """Holds too where one of the two dates is missing."""
    return lambda df: ~(df[earlier] > df[later])


def _not_later(name: str, latest: date) -> Callable[[pd.DataFrame], Any]:
    """Not after the Stichtag. A day that no workbook may hold (W14) says nothing about the Stichtag."""
    last = pd.Timestamp(latest)
    return lambda df: ~((df[name] > df[STICHTAG]) & (df[name] <= last))


def _not_told(column: Column, latest: date) -> Callable[[pd.DataFrame], Any]:
    """True where the column's date lies neither out of range (W14) nor after the Stichtag (P02)."""
    last = pd.Timestamp(latest)
    if column.fact:
        return lambda df: ~((df[column.name] > last) | (df[column.name] > df[STICHTAG]))
    return lambda df: ~(df[column.name] > last)


def _in_order(
    earlier: str, later: str, sound: Callable[[pd.DataFrame], Any]
) -> Callable[[pd.DataFrame], Any]:
    """True too where the earlier date has an error of its own, so that one cause is reported once."""
    return lambda df: ~((df[later] < df[earlier]) & sound(df))


def _holds(condition: Condition, df: pd.DataFrame) -> Any:
    column = df[condition.column]
    return column.isin(condition.values) if condition.values else column.notna()


def _present(dependent: Dependent) -> Callable[[pd.DataFrame], Any]:
    return lambda df: ~(_holds(dependent.when, df) & df[dependent.column].isna())


def _absent(dependent: Dependent, valid: tuple[str, ...]) -> Callable[[pd.DataFrame], Any]:
    """Must be empty elsewhere; where the condition's own cell is empty or unknown, nothing is said."""
    return lambda df: (
        ~(df[dependent.column].notna() & df[dependent.when.column].isin(valid) & ~_holds(dependent.when, df))
    )


@cache
def sheet_schema(sheet: Sheet, parameters: Parameters) -> SheetSchema:
    """The pandera schema of a sheet whose choices are bound."""
    return _Builder(sheet, parameters).build()


# --- from workbooks to findings -----------------------------------------------------------------------

CellPlace = tuple[int, int, Callable[[str], str]]  # workbook, Excel row, column name → address


def validate(workbooks: Sequence[Workbook], rules: Rules) -> list[list[Finding]]:
    """Findings of each workbook, all workbooks of a kind together in one frame per sheet.

    Refused workbooks have no tables and get none. Cells that an earlier stage has reported are reported again
    here; the caller drops what stands on such a cell.
    """
    found: list[list[Finding]] = [[] for _ in workbooks]
    for kind_id, kind in rules.kinds.items():
        books = [i for i, w in enumerate(workbooks) if w.kind == kind_id and not w.refused]
        if not books:
            continue
        for sheet in (kind.form, *kind.tables):
            tables = [_table(workbooks[i], sheet) for i in books]
            for position, one in _validate_sheet(sheet, tables, [workbooks[i] for i in books], rules):
                found[books[position]].append(one)
    return found


def _table(workbook: Workbook, sheet: Sheet) -> Table:
    """A sheet's table; the form as a table of one row, so that one mechanism serves both."""
    if sheet.title != FORM_TITLE:
        return workbook.tables[sheet.title]
    values = {name: [workbook.form[name]] for name in sheet.names}
    return Table(sheet.title, {}, [0], values)


def _series(column: Column, tables: list[Table]) -> Any:
    """A column of all tables. Arrow takes lists of dates and texts many times faster than NumPy does."""
    values = list(chain.from_iterable(t.columns[column.name] for t in tables))
    match column.kind:
        case Kind.DATE:
            days = pyarrow.array(values, pyarrow.date32()).cast(pyarrow.timestamp("s"))
            return days.to_numpy(zero_copy_only=False)
        case Kind.INTEGER | Kind.REFERENCES | Kind.CHOICES:
            array = np.empty(len(values), dtype=object)
            array[:] = values
            return array
        case _:
            return pd.array(pyarrow.array(values, pyarrow.large_string()), dtype="str")


def _frame(sheet: Sheet, tables: list[Table], stichtage: list[date | None], rules: Rules) -> pd.DataFrame:
    sizes = [len(t) for t in tables]
    project = rules.project
    planned = [s if s is not None and project.start <= s <= project.end else None for s in stichtage]
    columns = {c.name: _series(c, tables) for c in sheet.columns}
    columns[BOOK] = np.repeat(np.arange(len(tables)), sizes)
    columns[STICHTAG] = np.repeat(np.array(planned, dtype="datetime64[s]"), sizes)
    columns[START] = np.full(sum(sizes), np.datetime64(project.start, "s"))
    return pd.DataFrame(columns)


def _validate_sheet(
    sheet: Sheet, tables: list[Table], workbooks: list[Workbook], rules: Rules
) -> Iterable[tuple[int, Finding]]:
    if not any(map(len, tables)):
        return
    start = german_date(rules.project.start)
    stichtage = [w.form.get(FORM_STICHTAG.name) for w in workbooks]
    failing = failing_records(sheet, tables, stichtage, rules)
    places = [(book, row) for book, table in enumerate(tables) for row in table.rows] if failing else []
    for check, positions in failing:
        for book, row in (places[i] for i in positions):
            yield book, _finding(tables[book], workbooks[book], row, check, start)


def failing_records(
    sheet: Sheet, tables: list[Table], stichtage: list[date | None], rules: Rules
) -> list[tuple[SchemaCheck, list[int]]]:
    """Validate the records of one sheet, those of all workbooks in one frame.

    ``stichtage``: the Stichtag that each workbook names. Returns the checks that do not hold, each with the
    positions of the records for which it does not, counted over all tables.
    """
    frame = _frame(sheet, tables, stichtage, rules)
    schema = sheet_schema(sheet, rules.project.parameters)
    return [(check, check.failing(frame)) for check in _failed(schema, frame)]


def _failed(schema: SheetSchema, frame: pd.DataFrame) -> list[SchemaCheck]:
    """The checks that do not hold for every record."""
    try:
        schema.schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return [schema.checks[int(one.check.error)] for one in errors.schema_errors]
    return []


def _finding(table: Table, workbook: Workbook, row: int, check: SchemaCheck, start: str) -> Finding:
    is_form = table.sheet == FORM_TITLE
    cell = workbook.form_cells[check.column] if is_form else table.cell(row, check.column)
    return finding(check.rule, table.sheet, cell, check.column, start=start, **check.words)
