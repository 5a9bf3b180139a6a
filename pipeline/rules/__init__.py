"""What the ministry sets, as typed values: targets, milestones, evidence, deadlines, interpretations, roster.

The values come from the rule files (``loading.load.load_rules``); this package has no input or output. Every
requirement carries its verbatim text and the heading of the source under which it stands.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from dateutil.relativedelta import relativedelta

from pipeline.definitions.messages import SEVERITY_WORDS
from pipeline.definitions.model import Severity
from pipeline.definitions.sheet_types import RuleList, WorkbookKind
from pipeline.definitions.sheets import LEAD_AGS, MUNICIPALITY, PROJECT_LEAD, bind
from pipeline.rules.dated import DatedValue, ValueInForce, values_on
from pipeline.rules.decisions import Attested, Count, Decision, Every, Info, Latest, Linked, Rows, Share
from pipeline.rules.requirements import (
    AmifFile,
    AmifIndicator,
    Contact,
    Criterion,
    EvidencePoint,
    Exemption,
    ExemptionFile,
    FormCell,
    FormMapping,
    FormTable,
    Interpretation,
    Measure,
    Milestone,
    Parameters,
    Project,
    Requirement,
    Statements,
    Target,
    TargetGroup,
    TargetGroups,
)
from pipeline.rules.schedule import ReportingDate, ReportingPlan, Withdrawal, WithdrawalFile

__all__ = [
    "AmifFile",
    "AmifIndicator",
    "Attested",
    "Contact",
    "Count",
    "Criterion",
    "DatedValue",
    "Decision",
    "Every",
    "EvidencePoint",
    "Exemption",
    "ExemptionFile",
    "FormCell",
    "FormMapping",
    "FormTable",
    "Info",
    "Interpretation",
    "Latest",
    "Linked",
    "Measure",
    "Milestone",
    "Municipality",
    "Parameters",
    "Period",
    "Project",
    "ReportingDate",
    "ReportingPlan",
    "Requirement",
    "RosterNote",
    "Rows",
    "Rules",
    "Share",
    "Statements",
    "Target",
    "TargetGroup",
    "TargetGroups",
    "ValueInForce",
    "Withdrawal",
    "WithdrawalFile",
    "quarter_end",
]


@dataclass(frozen=True, slots=True)
class Municipality:
    """One municipality of the roster.

    ``former_ags``: earlier keys that are still accepted. ``e_mail``: address to write to until a workbook
    names one.
    """

    ags: str
    name: str
    district: str
    joined: date | None = None
    former_ags: tuple[str, ...] = ()
    e_mail: str | None = None


@dataclass(frozen=True, slots=True)
class RosterNote:
    """A remark on the roster: something read as intended (note), or something that looks wrong (warning)."""

    severity: Severity
    file: str
    line: int
    text: str

    def __str__(self) -> str:
        place = f"{self.file}, Zeile {self.line}" if self.line else self.file
        return f"{SEVERITY_WORDS[self.severity]}: {place}: {self.text}"


@dataclass(frozen=True, slots=True)
class Period:
    """A project year or calendar year; both days included."""

    label: str
    start: date
    end: date


@dataclass(frozen=True)
class Rules:
    """The content of all rule files; ``files`` are (name, SHA-256) of each.

    ``reporting_dates`` are ordered by Stichtag; ``notes`` are the remarks on the roster. ``dated`` are the
    values with a history; ``day`` is the one for which they were chosen, None for the start of the project.
    """

    project: Project
    measures: tuple[Measure, ...]
    roster: tuple[Municipality, ...]
    files: tuple[tuple[str, str], ...]
    sha256: str
    exemptions: tuple[Exemption, ...] = ()
    form: FormMapping | None = None
    amif: AmifFile | None = None
    reporting_dates: tuple[ReportingDate, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    interpretations: tuple[Interpretation, ...] = ()
    notes: tuple[RosterNote, ...] = ()
    dated: tuple[DatedValue, ...] = ()
    day: date | None = None

    def at(self, day: date) -> Rules:
        """Return the rules of a day: every value with a history as it is in force then."""
        if self.day == day or not self.dated:
            return self
        if day not in self._at:
            project, measures = values_on(self.project, self.measures, self.dated, day)
            self._at[day] = replace(self, project=project, measures=measures, day=day)
        return self._at[day]

    @cached_property
    def _at(self) -> dict[date, Rules]:
        return {}

    @cached_property
    def readings(self) -> tuple[Interpretation, ...]:
        """The answers to the open questions, as the parameters have them."""
        return tuple(one.under(self.project.parameters) for one in self.interpretations)

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
    def former_choices(self) -> tuple[tuple[str, str], ...]:
        """(earlier wording, today's) of the choices that the ministry sets."""
        groups = self.project.target_groups.groups
        return tuple((old, g.choice) for g in groups for old in g.former_choices)

    @cached_property
    def kinds(self) -> dict[str, WorkbookKind]:
        """Both kinds of workbook by id, with the choices of these rules."""
        return {k.id: bind(k, self.lists, self.former_choices) for k in (MUNICIPALITY, PROJECT_LEAD)}

    def criteria_of(self, kind: str) -> tuple[Criterion, ...]:
        """Return the criteria that this kind of workbook reports, in the order of the source."""
        return tuple(c for c in self.criteria if c.reported_by == kind)

    def targets_of(self, kind: str) -> tuple[Target, ...]:
        """Return the targets that this kind of workbook reports, in the order of the source."""
        return tuple(t for t in self.targets if t.reported_by == kind)

    @cached_property
    def computed(self) -> frozenset[str]:
        """Ids of the targets and criteria that are computed from records: all but the attested ones."""
        targets = {t.id for t in self.targets if not isinstance(t.decide, Attested)}
        return frozenset(targets | {c.id for c in self.criteria if not isinstance(c.decide, Attested)})

    @cached_property
    def numbers(self) -> dict[str, str]:
        """Id of each target and criterion in small letters → id."""
        return {one.id.casefold(): one.id for one in (*self.targets, *self.criteria)}

    @cached_property
    def milestone_of(self) -> dict[str, Milestone]:
        """Criterion id → its milestone."""
        return {c.id: s for s in self.milestones for c in s.criteria}

    # --- time ---

    def round_of(self, as_of: date) -> ReportingDate | None:
        """Return the latest planned Stichtag on or before a day; None before the first."""
        return max((d for d in self.reporting_dates if d.stichtag <= as_of), key=_stichtag, default=None)

    def planned(self, stichtag: date) -> ReportingDate | None:
        """Return the entry of the Berichtsplan for that Stichtag; None where it is not planned."""
        return next((d for d in self.reporting_dates if d.stichtag == stichtag), None)

    def nearest_planned(self, stichtag: date) -> ReportingDate | None:
        """Return the planned Stichtag nearest to this one, the earlier of two; None without a plan."""
        return min(self.reporting_dates, key=lambda d: (abs(d.stichtag - stichtag), d.stichtag), default=None)

    def month_end(self, months: int) -> date:
        """Return the last day of project month N ("N Monate nach Projektbeginn")."""
        return self.project.start + relativedelta(months=months) - timedelta(days=1)

    def due(self, milestone: Milestone) -> date | None:
        """Return the milestone's deadline, text or timeline as the rules choose; None while it is not set."""
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
    def members(self) -> tuple[Municipality, ...]:
        """Everyone who must submit: the project lead, then the roster."""
        return (self.lead, *self.roster)

    @property
    def lead(self) -> Municipality:
        """The project lead as a member, expected to submit like a municipality of the roster."""
        return Municipality(LEAD_AGS, PROJECT_LEAD.title, "")


def _stichtag(planned: ReportingDate) -> date:
    return planned.stichtag


def quarter_end(quarter: str) -> date:
    """Return the last day of a quarter such as ``2026-Q3``."""
    year, month = int(quarter[:4]), 3 * int(quarter[-1])
    return date(year, month, monthrange(year, month)[1])
