"""What the ministry sets, as typed values: targets, milestones, evidence, deadlines, readings, roster.

The values come from the rule files (``rulefiles.load_rules``); this module has no input or output. Every
requirement carries its verbatim text and the heading of the source under which it stands.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from dateutil.relativedelta import relativedelta
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pipeline.model import RuleList, WorkbookKind
from pipeline.sheets import LEAD_AGS, MUNICIPALITY, PROJECT_LEAD, bind


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _texts(value: object) -> object:
    return (value,) if isinstance(value, str) else _as_tuple(value)


def _percent(value: object) -> object:
    match = re.fullmatch(r"(\d{1,3})(?:,(\d{1,4}))? %", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('ein Anteil in Anführungszeichen wird erwartet, z. B. "70 %"')
    whole, decimals = match[1], match[2] or ""
    share = Fraction(int(whole + decimals), 100 * 10 ** len(decimals))
    if not 0 < share <= 1:
        raise ValueError("der Anteil muss über 0 % liegen und höchstens 100 % sein")
    return share


def _pairs(value: object) -> object:
    if isinstance(value, dict):
        return tuple((k, _texts(v)) for k, v in value.items())
    return value


Many = BeforeValidator(_as_tuple)
Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_texts)]
Share100 = Annotated[Fraction, BeforeValidator(_percent)]
Version = Annotated[str, Field(pattern=r"^[1-9][0-9]*$")]
Quarter = Annotated[str, Field(pattern=r"^20\d\d-Q[1-4]$")]


class Strict(BaseModel):
    """Unknown keys and values of another type are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


# --- how a requirement is decided ---------------------------------------------------------------------


class Linked(Strict):
    """At least one row of ``sheet`` names this row's key in ``column``.

    That row is dated by the record of ``dated_sheet`` that it names in ``dated_by``, column ``date``.
    """

    sheet: Text
    column: Text
    dated_by: Text
    dated_sheet: Text
    date: Text


class Rows(Strict):
    """Rows of a sheet. A row counts from the latest of ``dates`` (all must be there) until ``until``."""

    sheet: Text
    dates: Texts
    until: Text | None = None
    where: Annotated[tuple[tuple[Text, Texts], ...], BeforeValidator(_pairs)] = ()
    linked: Linked | None = None

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets these rows rest on."""
        return (self.sheet, *((self.linked.dated_sheet, self.linked.sheet) if self.linked else ()))


class Latest(Strict):
    """The number of the latest row on or before the date: an official stock."""

    sheet: Text
    date: Text
    latest: Text

    @property
    def sheets(self) -> tuple[str, ...]:
        return (self.sheet,)


class Share(Strict):
    """numerator ÷ denominator on a date, compared unrounded."""

    kind: Literal["share"]
    numerator: Rows
    denominator: Rows | Latest
    at_least: Share100

    @property
    def sheets(self) -> tuple[str, ...]:
        return (*self.denominator.sheets, *self.numerator.sheets)


class Count(Strict):
    """Rows up to a date, or within one project year, compared with a minimum."""

    kind: Literal["count"]
    rows: Rows
    at_least: Annotated[int, Field(ge=1)]
    per_year: bool = False

    @property
    def sheets(self) -> tuple[str, ...]:
        return self.rows.sheets


class Every(Strict):
    """All rows of a sheet have a date in one column; at least one row."""

    kind: Literal["every"]
    sheet: Text
    date: Text

    @property
    def sheets(self) -> tuple[str, ...]:
        return (self.sheet,)


class Attested(Strict):
    """A date "Erfüllt am" and at least one evidence number, given in the workbook itself."""

    kind: Literal["attested"]

    @property
    def sheets(self) -> tuple[str, ...]:
        return ()


class Info(Strict):
    """A figure that is shown, never judged."""

    kind: Literal["info"]
    rows: Rows

    @property
    def sheets(self) -> tuple[str, ...]:
        return self.rows.sheets


TargetDecision = Annotated[Share | Count | Attested | Info, Field(discriminator="kind")]
CriterionDecision = Annotated[Share | Count | Every | Attested, Field(discriminator="kind")]
Reporter = Literal["kommune", "projektleitung"]


# --- requirements -------------------------------------------------------------------------------------


class Requirement(Strict):
    """Something the source asks for, quoted, with the heading it stands under."""

    id: Text
    text: Text
    heading: Text
    reported_by: Reporter = "kommune"
    interpretation: Text | None = None


class Target(Requirement):
    decide: TargetDecision

    @property
    def per_year(self) -> bool:
        return isinstance(self.decide, Count) and self.decide.per_year


class Criterion(Requirement):
    decide: CriterionDecision


class Milestone(Strict):
    """Four to a measure. Without criteria it is "nicht festgelegt" and never judged."""

    id: Text
    text: Text
    heading: Text
    months: Annotated[int, Field(ge=1)] | None = None
    quarter: Quarter | None = None
    criteria: Annotated[tuple[Criterion, ...], Many] = ()
    interpretation: Text | None = None

    @property
    def undefined(self) -> bool:
        return not self.criteria


class EvidencePoint(Strict):
    """A point of "Nachweis zur Zielerreichung"; ``months`` are deadlines of its own."""

    id: Text
    text: Text
    heading: Text
    months: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Many] = ()
    interpretation: Text | None = None


class Statements(Strict):
    """A passage of the source that describes and is not judged."""

    heading: Text
    statements: Annotated[tuple[Text, ...], Many] = ()


class Measure(Strict):
    number: Annotated[int, Field(ge=1, le=9)]
    title: Text
    note: Text | None = None
    description: Annotated[tuple[Statements, ...], Many]
    targets: Annotated[tuple[Target, ...], Many]
    evidence: Annotated[tuple[EvidencePoint, ...], Many] = ()
    milestones: Annotated[tuple[Milestone, ...], Many]


# --- project ------------------------------------------------------------------------------------------


class TargetGroup(Strict):
    """``relative_of``: open only to relatives of persons in those groups."""

    number: Annotated[int, Field(ge=1)]
    choice: Text
    text: Text
    relative_of: Annotated[tuple[int, ...], Many] = ()
    note: Text | None = None


class TargetGroups(Strict):
    heading: Text
    note: Text
    groups: Annotated[tuple[TargetGroup, ...], Many]


class Interpretation(Strict):
    """How an open question of the source is read; ``parameter`` names the line that changes it."""

    id: Text
    question: Text
    reading: Text
    quotes: Annotated[tuple[Text, ...], Many] = ()
    parameter: Text | None = None


class Parameters(Strict):
    deadline_basis: Literal["months", "quarter"]
    year_basis: Literal["project_year", "calendar_year"]
    at_risk_days: Annotated[int, Field(ge=0)]
    earliest_date: date
    latest_date: date


class Project(Strict):
    """rules/projekt.yaml."""

    version: Text
    title: Text
    short_title: Text
    fund: Text
    start: date
    end: date
    ministry: Text
    roster_is_sample: bool
    accepted_templates: Annotated[tuple[Version, ...], Many]
    parameters: Parameters
    quotes: Annotated[tuple[Statements, ...], Many]
    target_groups: TargetGroups
    interpretations: Annotated[tuple[Interpretation, ...], Many]


class Grant(Strict):
    """An exception: a check that one municipality may violate for Stichtage up to ``valid_until``.

    Without ``sheet`` and ``column`` it holds wherever the check applies.
    """

    rule: Text
    ags: Annotated[str, Field(pattern=r"^[0-9]{8}$")]
    reason: Text
    decided_by: Text
    valid_until: date
    sheet: Text | None = None
    column: Text | None = None


class Grants(Strict):
    """rules/ausnahmen.yaml."""

    exceptions: Annotated[tuple[Grant, ...], Many]


class FormCell(Strict):
    """A cell of the ministry's form, by name or address, and the figure it gets (``figures``)."""

    cell: Text
    figure: Text


class FormTable(Strict):
    """A row for each municipality from ``start`` on; None leaves a column as it is."""

    start: Text
    columns: Annotated[tuple[Text | None, ...], Many, Field(min_length=1)]


class FormMapping(Strict):
    """rules/formular.yaml."""

    cells: Annotated[tuple[FormCell, ...], Many] = ()
    tables: Annotated[tuple[FormTable, ...], Many] = ()


@dataclass(frozen=True, slots=True)
class Municipality:
    """One line of the roster. ``former_ags`` are old keys that are still accepted."""

    ags: str
    name: str
    district: str
    joined: date | None = None
    former_ags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """A project or calendar year; both days included."""

    label: str
    start: date
    end: date


@dataclass(frozen=True)
class Rules:
    """All rule files together. ``files`` maps each file name to its SHA-256."""

    project: Project
    measures: tuple[Measure, ...]
    roster: tuple[Municipality, ...]
    files: tuple[tuple[str, str], ...]
    sha256: str
    grants: tuple[Grant, ...] = ()
    form: FormMapping | None = None

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        return tuple(t for m in self.measures for t in m.targets)

    @cached_property
    def milestones(self) -> tuple[Milestone, ...]:
        return tuple(s for m in self.measures for s in m.milestones)

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(c for s in self.milestones for c in s.criteria)

    @cached_property
    def evidence(self) -> tuple[EvidencePoint, ...]:
        return tuple(e for m in self.measures for e in m.evidence)

    @cached_property
    def by_ags(self) -> dict[str, Municipality]:
        """Every accepted key, former ones included, to its municipality."""
        former = {old: m for m in self.roster for old in m.former_ags}
        return former | {m.ags: m for m in self.roster}

    @cached_property
    def lists(self) -> dict[RuleList, tuple[str, ...]]:
        """The choices that the ministry sets, for ``sheets.bind``."""
        groups = self.project.target_groups.groups
        bases = {n for g in groups for n in g.relative_of}
        return {
            RuleList.TARGET_GROUPS: tuple(g.choice for g in groups),
            RuleList.RELATIVES: tuple(g.choice for g in groups if g.relative_of),
            RuleList.REFERENCE_PERSONS: tuple(g.choice for g in groups if g.number in bases),
            RuleList.EVIDENCE_POINTS: tuple(e.id for e in self.evidence),
        }

    @cached_property
    def kinds(self) -> dict[str, WorkbookKind]:
        """Both workbooks with the choices of these rules."""
        return {k.id: bind(k, self.lists) for k in (MUNICIPALITY, PROJECT_LEAD)}

    def criteria_of(self, kind: str) -> tuple[Criterion, ...]:
        """The criteria that this kind of workbook reports, in the source's order."""
        return tuple(c for c in self.criteria if c.reported_by == kind)

    def targets_of(self, kind: str) -> tuple[Target, ...]:
        return tuple(t for t in self.targets if t.reported_by == kind)

    @cached_property
    def computed(self) -> frozenset[str]:
        """Targets and criteria that the pipeline computes: all but the attested ones."""
        targets = {t.id for t in self.targets if not isinstance(t.decide, Attested)}
        return frozenset(targets | {c.id for c in self.criteria if not isinstance(c.decide, Attested)})

    @cached_property
    def milestone_of(self) -> dict[str, Milestone]:
        """Criterion id → its milestone."""
        return {c.id: s for s in self.milestones for c in s.criteria}

    # --- time ---

    def month_end(self, months: int) -> date:
        """Last day of project month N: "N Monate nach Projektbeginn"."""
        return self.project.start + relativedelta(months=months) - timedelta(days=1)

    def due(self, milestone: Milestone) -> date | None:
        """The deadline by the basis that the rules choose; None while it is not set."""
        if self.project.parameters.deadline_basis == "quarter" and milestone.quarter:
            return quarter_end(milestone.quarter)
        return None if milestone.months is None else self.month_end(milestone.months)

    @cached_property
    def years(self) -> tuple[Period, ...]:
        """The years in which yearly targets are counted."""
        start, end = self.project.start, self.project.end
        if self.project.parameters.year_basis == "calendar_year":
            years = range(start.year, end.year + 1)
            return tuple(Period(str(y), max(start, date(y, 1, 1)), min(end, date(y, 12, 31))) for y in years)
        found = []
        while start <= end:
            following = start + relativedelta(years=1)
            label = f"{start.year}/{following.year % 100:02d}"
            found.append(Period(label, start, min(end, following - timedelta(days=1))))
            start = following
        return tuple(found)

    def years_begun(self, as_of: date) -> tuple[Period, ...]:
        return tuple(y for y in self.years if y.start <= as_of)

    @property
    def lead(self) -> Municipality:
        """The project lead, expected like a municipality of the roster."""
        return Municipality(LEAD_AGS, PROJECT_LEAD.title, "")


def quarter_end(quarter: str) -> date:
    """Last day of a quarter such as ``2026-Q3``."""
    year, month = int(quarter[:4]), 3 * int(quarter[-1])
    return date(year, month, monthrange(year, month)[1])
