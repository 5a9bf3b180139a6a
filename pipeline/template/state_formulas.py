"""Formulas of one row of the sheet Stand, from the way its requirement is decided.

A share or a volunteer criterion is judged on the reporting date alone; earlier days are not remembered.
Contract: workbook.md, "Stand (formulas)"; results.md, "Figures".
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pipeline.definitions.model import Status
from pipeline.definitions.sheets import CRITERIA, LEAD_NAME, RULE_EVIDENCE, RULE_FULFILLED, RULE_NR, TARGETS
from pipeline.definitions.words import CRITERION_WORDS, TARGET_WORDS
from pipeline.rules import Attested, Count, Criterion, Every, Info, Period, Rows, Rules, Share, Target
from pipeline.template.counting import DAY_AFTER_STICHTAG, Counting, date_literal
from pipeline.template.highlights import STICHTAG
from pipeline.xlsx.formulas import excel_text

LineCells = tuple[str, str, str]  # Ist, Soll, Nr. of the line, as addresses


def _target(status: Status) -> str:
    return excel_text(TARGET_WORDS[status].text)


def _criterion(status: Status) -> str:
    return excel_text(CRITERION_WORDS[status].text)


NOT_EVALUABLE = _criterion(Status.NOT_EVALUABLE)
UNMET = _criterion(Status.UNMET)


def counted(requirement: Target | Criterion) -> tuple[Rows, ...]:
    """The rules for the rows that decide a requirement."""
    match requirement.decide:
        case Share(numerator=top, denominator=below):
            return (top, below) if isinstance(below, Rows) else (top,)
        case Count(rows=rows) | Info(rows=rows):
            return (rows,)
        case Every() | Attested():
            return ()


@dataclass(frozen=True)
class Row:
    """One row of the sheet; ``year`` for yearly targets only; ``foreign``: another workbook decides."""

    requirement: Target | Criterion
    year: Period | None = None
    foreign: bool = False

    @property
    def is_target(self) -> bool:
        return isinstance(self.requirement, Target)

    @property
    def array(self) -> bool:
        """Whether array formulas are needed (linked rows)."""
        return any(rows.linked for rows in counted(self.requirement))

    @property
    def threshold(self) -> float | int | None:
        """Soll: a share as a fraction, a count as a number, None for what is not measured."""
        wanted = self.requirement.decide.minimum
        return float(wanted) if isinstance(wanted, Fraction) else wanted

    @property
    def percent(self) -> bool:
        return isinstance(self.requirement.decide, Share | Every)


@dataclass(frozen=True)
class Formulas:
    """The formulas of a row."""

    rules: Rules
    counting: Counting

    def _ready(self, row: Row, value: str) -> str:
        """The value, empty while the reporting date or a sheet that the figure rests on is missing."""
        missing = self.counting.missing(row.requirement.decide.sheets)
        figure = f'IF({missing}>0,"",{value})'
        if row.year:
            figure = f'IF({STICHTAG}<{date_literal(row.year.start)},"",{figure})'
        return f'=IF({STICHTAG}="","",{figure})'

    def actual(self, row: Row) -> str:
        """Formula of the column Ist; empty text for what is not measured here."""
        decide = row.requirement.decide
        if row.foreign or isinstance(decide, Attested):
            return ""
        return self._ready(row, self._value(row))

    def _value(self, row: Row) -> str:
        match row.requirement.decide:
            case Share() as share:
                below = self.counting.denominator(share)
                return f'IF(({below})=0,"",({self.counting.rows(share.numerator)})/({below}))'
            case Count(rows=rows) if row.year:
                return self.counting.rows_in(rows, row.year)
            case Count(rows=rows) | Info(rows=rows):
                return self.counting.rows(rows)
            case Every(sheet=title, date=column):
                area = self.counting.area(title)
                done = f'COUNTIFS({area.name(column)},"<"&{DAY_AFTER_STICHTAG})'
                return f'IF({area.rows_name}=0,"",{done}/{area.rows_name})'
            case Attested():
                return '""'

    def distance(self, row: Row, cells: LineCells) -> str:
        """Formula of the column Abstand: how much is missing to Soll."""
        actual, wanted, _ = cells
        if row.foreign or row.threshold is None:
            return ""
        return f'=IF({actual}="","",MAX(0,{wanted}-{actual}))'

    def status(self, row: Row, cells: LineCells) -> str:
        """Formula of the column Stand: one word."""
        if row.foreign:
            return f"={excel_text(LEAD_NAME)}"
        if isinstance(row.requirement.decide, Attested):
            judged = self._attested(row, cells[2])
        else:
            judged = self._figure(row, cells)
        if row.year:
            judged = f'IF({STICHTAG}<{date_literal(row.year.start)},"",{judged})'
        return f'=IF({STICHTAG}="",{NOT_EVALUABLE},{judged})'

    def _not_met(self, row: Row) -> str:
        """A target is missed when its period is over; a criterion stays open."""
        if not row.is_target:
            return UNMET
        end = row.year.end if row.year else self.rules.project.end
        return f"IF({STICHTAG}>={date_literal(end)},{_target(Status.MISSED)},{_target(Status.OPEN)})"

    def _figure(self, row: Row, cells: LineCells) -> str:
        actual, wanted, _ = cells
        without = NOT_EVALUABLE
        match row.requirement.decide:
            case Info():
                met = _target(Status.INFO)
                return f'IF({actual}="",{without},{met})'
            case Every(sheet=title) as every:
                empty = (
                    f"AND({self.counting.area(title).rows_name}=0,{self.counting.missing(every.sheets)}=0)"
                )
                without = f"IF({empty},{UNMET},{NOT_EVALUABLE})"
        met = _target(Status.MET) if row.is_target else self._met(row, wanted)
        return f'IF({actual}="",{without},IF({actual}>={wanted},{met},{self._not_met(row)}))'

    def _met(self, row: Row, wanted: str) -> str:
        """A criterion counted in a sheet with evidence needs as many rows that name a document."""
        met = _criterion(Status.MET)
        decide = row.requirement.decide
        if not isinstance(decide, Count) or decide.rows.until:
            return met
        if self.counting.area(decide.rows.sheet).sheet.evidence_column is None:
            return met
        documented = self.counting.rows(decide.rows, evidence=True)
        return f"IF({documented}>={wanted},{met},{_criterion(Status.EVIDENCE_MISSING)})"

    def _attested(self, row: Row, number: str) -> str:
        """From the date and the evidence in the requirement's own prefilled row."""
        area = self.counting.area((TARGETS if row.is_target else CRITERIA).title)
        done = f'{area.name(RULE_NR.name)},{number},{area.name(RULE_FULFILLED.name)},"<"&{DAY_AFTER_STICHTAG}'
        evidence = f'{area.name(RULE_EVIDENCE.name)},"*{RULE_EVIDENCE.prefix}-*"'
        proven = f"COUNTIFS({done},{evidence})>0"
        if row.is_target:
            return f"IF({proven},{_target(Status.MET)},{self._not_met(row)})"
        unproven = f"IF(COUNTIFS({done})>0,{_criterion(Status.EVIDENCE_MISSING)},{UNMET})"
        return f"IF({proven},{_criterion(Status.MET)},{unproven})"
