"""Compares a submission with that of the previous reporting date (workbook.md, "Further checks").

One warning per sheet, column or figure for lost records, changed dates and cumulative figures that fell; it
lists the rows. A lost record is named by its row in the earlier file, never by its content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from pipeline.definitions.messages import by_number, finding, german_date, number_of
from pipeline.definitions.model import Finding, Status, Table, Workbook
from pipeline.definitions.sheet_types import Kind, Sheet
from pipeline.definitions.sheets import (
    CRITERIA,
    FORM_NUMBER,
    FORM_TITLE,
    OF_PERSONS,
    RULE_FULFILLED,
    RULE_NR,
)
from pipeline.definitions.spelling import comparable
from pipeline.evaluate.calculations import counted_spans, evaluate_criterion, evaluate_target, years_of
from pipeline.evaluate.provenance import row_ranges
from pipeline.evaluate.records import SubmissionRecords, with_evidence
from pipeline.rules import Attested, Count, Criterion, Every, Info, Rows, Rules


class CumulativeFigure(NamedTuple):
    """A figure that can only grow, at both reporting dates; ``rows``: Excel rows counted in the earlier file."""

    nr: str
    sheet: str
    before: int
    now: int
    rows: frozenset[int]


@dataclass(frozen=True)
class SubmissionPair:
    """A valid submission and that of the same municipality for the previous Stichtag."""

    now: Workbook
    before: Workbook
    rules: Rules

    @property
    def words(self) -> dict[str, str]:
        """The words of messages that describe the earlier submission."""
        return {"stichtag": german_date(self.before.stichtag), "file": self.before.file}

    @cached_property
    def figures(self) -> tuple[CumulativeFigure, ...]:
        """The cumulative figures that both submissions have."""
        now = cumulative_figures(self.now, self.rules)
        return tuple(
            CumulativeFigure(f"{nr} ({year})" if year else nr, sheet, len(rows), len(now[nr, year][1]), rows)
            for (nr, year), (sheet, rows) in cumulative_figures(self.before, self.rules).items()
            if (nr, year) in now
        )


def compare_with_previous(pair: SubmissionPair) -> list[Finding]:
    """Return the findings of the later submission."""
    found: list[Finding] = []
    touched: dict[str, set[int]] = {}
    for sheet in pair.rules.kinds[pair.now.kind].tables:
        new, old = pair.now.tables[sheet.title], pair.before.tables[sheet.title]
        gone = [] if sheet.prefill else list(gone_rows(sheet, new, old))
        changed = list(_changed_dates(sheet, new, old))
        touched[sheet.title] = {*gone, *(one.old_row for one in changed)}
        if gone:
            found.append(_gone(sheet.title, gone, pair.words))
        found += _changed(sheet, new, old, changed, pair.words)
    found += _fallen(pair)
    return found + [
        finding("V03", f.sheet, nr=f.nr, now=f.now, before=f.before, **pair.words)
        for f in pair.figures
        if f.before - f.now > len(f.rows & touched[f.sheet])
    ]


def lost_by_correction(now: Workbook, replaced: Workbook, rules: Rules) -> list[Finding]:
    """V20: records of the submission that this one replaces and that it no longer has, counted per sheet."""
    counts = []
    for sheet in rules.kinds[now.kind].tables:
        if sheet.prefill:
            continue
        gone = sum(1 for _ in gone_rows(sheet, now.tables[sheet.title], replaced.tables[sheet.title]))
        if gone:
            counts.append(f"{sheet.title} {number_of(gone, 'Zeile', 'Zeilen')}")
    if not counts:
        return []
    words = {"number": replaced.number, "counts": ", ".join(counts), "file": replaced.file}
    cell = now.form_cells.get(FORM_NUMBER.name)
    return [finding("V20", FORM_TITLE, cell, FORM_NUMBER.name, **words)]


def _fallen(pair: SubmissionPair) -> Iterator[Finding]:
    """V21: criteria that were reached at the previous reporting date and are no longer, at their records."""
    assert pair.now.stichtag is not None
    assert pair.before.stichtag is not None
    now, before = SubmissionRecords(pair.now, pair.rules), SubmissionRecords(pair.before, pair.rules)
    for criterion in pair.rules.criteria_of(pair.now.kind):
        was = evaluate_criterion(before, criterion, pair.before.stichtag).status
        if (
            was is Status.MET
            and evaluate_criterion(now, criterion, pair.now.stichtag).status is not Status.MET
        ):
            yield _no_longer(pair, criterion)


def _no_longer(pair: SubmissionPair, criterion: Criterion) -> Finding:
    decide, words = criterion.decide, {"nr": criterion.id, "because": "", **pair.words}
    if isinstance(decide, Attested):
        table = pair.now.tables[CRITERIA.title]
        rows = [row for row, nr in table.records(RULE_NR.name) if nr == criterion.id]
        cell = table.cell(rows[0], RULE_FULFILLED.name) if rows else None
        return finding("V21", CRITERIA.title, cell, RULE_FULFILLED.name, **words)
    if isinstance(decide, Count):
        return _uncounted(pair, decide.rows, words)
    if not isinstance(decide, Every):
        return finding("V21", decide.sheets[-1], **words)
    table = pair.now.tables[decide.sheet]
    rows = [row for row, on in table.records(decide.date) if on is None or on > (pair.now.stichtag or on)]
    words["because"] = f": „{decide.date}“ fehlt in Zeile {row_ranges(rows)}" if rows else ""
    cells = tuple(table.cell(row, decide.date) for row in rows)
    one = finding("V21", decide.sheet, cells[0] if cells else None, decide.date, **words)
    return replace(one, cells=cells, count=max(1, len(cells)))


def _uncounted(pair: SubmissionPair, rows: Rows, words: dict[str, str]) -> Finding:
    """V21 of a count, at the cells for which records count no longer; lost ones are named by their earlier row."""
    sheet = pair.rules.kinds[pair.now.kind].table(rows.sheet)
    old, new = pair.before.tables[sheet.title], pair.now.tables[sheet.title]
    was, counting = _counting(pair.before, rows, pair.rules), _counting(pair.now, rows, pair.rules)
    here = dict(zip(_identities(sheet, new), new.rows, strict=True))
    lost: list[int] = []
    other: dict[str, list[int]] = {}
    for row, record in zip(old.rows, _identities(sheet, old), strict=True):
        now = here.get(record)
        if row not in was or now in counting:
            continue
        if now is None:
            lost.append(row)
        else:
            other.setdefault(_differing(sheet, rows, (old, row), (new, now)), []).append(now)
    if sheet.title not in OF_PERSONS and (lost or other):
        causes = [f"„{name}“ ist anders in Zeile {row_ranges(at)}" for name, at in other.items()]
        causes += [f"Zeile {row_ranges(lost)} der früheren Mappe fehlt"] if lost else []
        words["because"] = f": {', '.join(causes)}"
    column = next(iter(other), None)
    cells = tuple(new.cell(row, column) for row in other[column]) if column else ()
    one = finding("V21", sheet.title, cells[0] if cells else None, column, **words)
    return replace(one, cells=cells, count=max(1, len(cells)))


def _counting(workbook: Workbook, rows: Rows, rules: Rules) -> set[int]:
    """The Excel rows of the records that count for a criterion on the workbook's Stichtag, ended ones included."""
    assert workbook.stichtag is not None
    data = SubmissionRecords(workbook, rules)
    return {span.row for span in with_evidence(data, rows, data.spans(rows).upto(workbook.stichtag))}


def _differing(sheet: Sheet, rows: Rows, was: tuple[Table, int], now: tuple[Table, int]) -> str:
    """The first column on which counting rests whose value is another one in the two records."""
    deciding = [*(name for name, _ in rows.where), *rows.dates, *filter(None, [sheet.evidence_column])]

    def values(name: str) -> list[object]:
        return [table[name][table.rows.index(row)] for table, row in (was, now)]

    return next((name for name in deciding if len(set(values(name))) > 1), deciding[-1])


def _gone(title: str, rows: list[int], words: dict[str, str]) -> Finding:
    """V01: records of a sheet that are gone."""
    count = len(rows)
    rows_text = f"{by_number(count, 'Zeile', 'Zeilen')} {row_ranges(rows)}"
    one = finding("V01", title, table=title, rows=rows_text, **words)
    return replace(one, count=count)


def _changed(
    sheet: Sheet, new: Table, old: Table, changed: Sequence[_ChangedDate], words: dict[str, str]
) -> Iterator[Finding]:
    """V02: changed dates, one finding per column with all its cells."""
    for name in dict.fromkeys(one.column for one in changed):
        here = [one for one in changed if one.column == name]
        cells = tuple(new.cell(one.row, name) for one in here)
        letters, rows = old.letters[name], [one.old_row for one in here]
        there = (
            f"Zelle {letters}{rows[0]}" if len(here) == 1 else f"Spalte {letters}, Zeilen {row_ranges(rows)}"
        )
        one = finding("V02", sheet.title, cells[0], name, there=there, **words)
        yield replace(one, cells=cells, count=len(cells))


def _key_columns(sheet: Sheet) -> tuple[str, ...]:
    """The columns that identify a record; all of them in a sheet without a key."""
    return sheet.key or sheet.names


def _identities(sheet: Sheet, table: Table) -> Iterator[tuple[object, ...]]:
    """Identity of each record; names are compared as for duplicates."""
    columns = (
        [name and comparable(name) for name in table[n]] if sheet.column(n).is_name else table[n]
        for n in _key_columns(sheet)
    )
    return zip(*columns, strict=True)


def gone_rows(sheet: Sheet, new: Table, old: Table) -> Iterator[int]:
    """Yield the Excel rows of the earlier file whose record the later one no longer has."""
    left = Counter(_identities(sheet, new))
    for row, record in zip(old.rows, _identities(sheet, old), strict=True):
        if left[record]:
            left[record] -= 1
        else:
            yield row


class _ChangedDate(NamedTuple):
    column: str
    row: int
    old_row: int


def _changed_dates(sheet: Sheet, new: Table, old: Table) -> Iterator[_ChangedDate]:
    if not sheet.key:
        return
    dates = [
        c.name for c in sheet.columns if c.kind is Kind.DATE and not c.locked and c.name not in sheet.key
    ]
    row_of = dict(zip(_identities(sheet, old), old.rows, strict=True))
    position = {row: i for i, row in enumerate(old.rows)}
    for i, (row, key) in enumerate(zip(new.rows, _identities(sheet, new), strict=True)):
        earlier = row_of.get(key)
        if earlier is None:
            continue
        for name in dates:
            was = old[name][position[earlier]]
            if was is not None and new[name][i] != was:
                yield _ChangedDate(name, row, earlier)


Counted = dict[tuple[str, str | None], tuple[str, frozenset[int]]]


def cumulative_figures(workbook: Workbook, rules: Rules) -> Counted:
    """(target, year) → (sheet, Excel rows that count) of all figures that can only grow, as of the Stichtag."""
    assert workbook.stichtag is not None
    data = SubmissionRecords(workbook, rules)
    found: Counted = {}
    for target in rules.targets_of(workbook.kind):
        decide = target.decide
        if not isinstance(decide, Count | Info) or decide.rows.until:
            continue
        for year in years_of(target, rules, workbook.stichtag):
            result = evaluate_target(target, data, year, rules, workbook.stichtag)
            if result.status is not Status.NOT_EVALUABLE and result.numerator is not None:
                rows = frozenset(span.row for span in counted_spans(data, decide, year, workbook.stichtag))
                found[target.id, result.year] = (decide.rows.sheet, rows)
    return found
