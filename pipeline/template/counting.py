"""How a requirement is decided, as Excel formulas: the same calculations as in ``evaluate``.

``before`` is an expression for the first day that no longer counts, as a cell with a time of day still
belongs to its day. Only functions that Excel 2016, Excel Online and LibreOffice share.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import product

from pipeline.rules import Latest, Linked, Period, Rows, Share
from pipeline.template.highlights import STICHTAG
from pipeline.template.layout import Area, Layout
from pipeline.xlsx.formulas import exact_criterion, excel_text

DAY_AFTER_STICHTAG = f"({STICHTAG}+1)"


def date_literal(value: date) -> str:
    """A date in a formula."""
    return f"DATE({value.year},{value.month},{value.day})"


def is_one_of(cells: str, values: Iterable[str]) -> str:
    """Array formula: 1 where a cell holds one of the values, which must differ.

    The sum is not compared with 0: for a single value it is TRUE or FALSE, and to Excel both are above every
    number.
    """
    return "(" + "+".join(f"({cells}={excel_text(value)})" for value in values) + ")"


@dataclass(frozen=True)
class Counting:
    """Formulas over the tables of one kind of workbook."""

    layout: Layout

    def area(self, title: str) -> Area:
        return self.layout.areas[title]

    def missing(self, sheets: Iterable[str]) -> str:
        """Formula: 1 or more when one of the sheets is empty without its Leermeldung."""
        areas = [self.area(title) for title in dict.fromkeys(sheets)]
        return "+".join(a.missing_name for a in areas if a.sheet.nil_return) or "0"

    def rows(self, rows: Rows, before: str = DAY_AFTER_STICHTAG, *, evidence: bool = False) -> str:
        """Formula: how many rows count; with ``evidence`` only those that name a document."""
        count = self._linked if rows.linked else self._counted
        return count(rows, before, evidence)

    def rows_in(self, rows: Rows, year: Period) -> str:
        """Formula: how many rows began to count within the year, up to the reporting date."""
        end = f"MIN({DAY_AFTER_STICHTAG},{date_literal(year.end)}+1)"
        return f"{self.rows(rows, end)}-({self.rows(rows, date_literal(year.start))})"

    def _counted(self, rows: Rows, before: str, evidence: bool) -> str:
        area = self.area(rows.sheet)
        until = f',{area.name(rows.until)},"<"&{before}' if rows.until else ""
        parts = []
        for values in product(*(values for _, values in rows.where)):
            wanted = [f'{area.name(d)},"<"&{before}' for d in rows.dates]
            wanted += [
                f"{area.name(name)},{exact_criterion(v)}"
                for (name, _), v in zip(rows.where, values, strict=True)
            ]
            wanted += [self._documented(area)] if evidence else []
            started = ",".join(wanted)
            parts.append(f"COUNTIFS({started})")
            if until:
                parts.append(f"-COUNTIFS({started}{until})")
        return "+".join(parts).replace("+-", "-")

    def _documented(self, area: Area) -> str:
        column = area.sheet.column(area.sheet.evidence_column or "")
        return f'{area.name(column.name)},"*{column.prefix}-*"'

    def _linked(self, rows: Rows, before: str, evidence: bool) -> str:
        """Array formula: rows whose key a dated record of another sheet names."""
        area, linked = self.area(rows.sheet), rows.linked
        assert linked is not None
        factors = [f"ISNUMBER({area.name(d)})*({area.name(d)}<{before})" for d in rows.dates]
        for name, values in rows.where:
            factors.append(is_one_of(area.name(name), values))
        if rows.until:
            left = area.name(rows.until)
            factors.append(f"(1-ISNUMBER({left})*({left}<{before}))")
        if evidence:
            column = area.sheet.column(area.sheet.evidence_column or "")
            factors.append(f'ISNUMBER(SEARCH("{column.prefix}-",{area.name(column.name)}))')
        key = area.name(area.sheet.key[0])
        factors.append(f'({key}<>"")*ISNUMBER(MATCH({key},{self._linked_keys(linked, before)},0))')
        return f"SUM({'*'.join(factors)})"

    def _linked_keys(self, linked: Linked, before: str) -> str:
        """Formula: the keys that linked records name, where their own record is dated before the day."""
        records, dated = self.area(linked.sheet), self.area(linked.dated_sheet)
        known = f"{dated.name(dated.sheet.key[0])},{records.name(linked.dated_by)}"
        in_time = f'COUNTIFS({known},{dated.name(linked.date)},"<"&{before})>0'
        return f'IF({in_time},{records.name(linked.column)},"-")'

    def latest(self, latest: Latest, before: str = DAY_AFTER_STICHTAG) -> str:
        """Formula: the number in the latest row before the day; 0 when there is none."""
        area = self.area(latest.sheet)
        days, numbers = area.name(latest.date), area.name(latest.latest)
        last = f'LARGE({days},COUNTIF({days},">="&{before})+1)'
        return f'IF(COUNTIF({days},"<"&{before})=0,0,INDEX({numbers},MATCH({last},{days},0)))'

    def denominator(self, share: Share) -> str:
        below = share.denominator
        return self.latest(below) if isinstance(below, Latest) else self.rows(below)
