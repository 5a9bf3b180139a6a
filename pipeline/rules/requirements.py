"""What the source asks for, and what is set around it: the forms of the rule files."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from pipeline.definitions.sheets import PROJECT_LEAD
from pipeline.rules.decisions import Count, CriterionDecision, TargetDecision
from pipeline.rules.fields import Many, Quarter, Strict, Text, Version

Reporter = Literal["kommune", "projektleitung"]

# --- requirements -------------------------------------------------------------------------------------


class Requirement(Strict):
    """Something the source asks for, quoted, with the heading it stands under."""

    id: Text
    text: Text
    heading: Text
    reported_by: Reporter = "kommune"
    interpretation: Text | None = None

    @property
    def by_lead(self) -> bool:
        return self.reported_by == PROJECT_LEAD.id


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
    """``relative_of``: open only to relatives of persons in those groups.

    ``former_choices``: how the choice was worded in earlier rules; workbooks that still say so are read.
    """

    number: Annotated[int, Field(ge=1, le=99)]
    choice: Text
    former_choices: Annotated[tuple[Text, ...], Many] = ()
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
    at_risk_days: Annotated[int, Field(ge=0, le=366)]
    earliest_date: date
    latest_date: date
    stock_max_age_months: Annotated[int, Field(ge=1, le=120)] = 12
    rounding_base: Annotated[int, Field(ge=3, le=99)] = 3


class Contact(Strict):
    """Whom a municipality asks; ``signature`` are the lines below a letter's greeting."""

    name: Text
    e_mail: Text | None = None
    phone: Text | None = None
    place: Text | None = None
    signature: Annotated[tuple[Text, ...], Many] = ()


class Project(Strict):
    """rules/projekt.yaml."""

    version: Text
    title: Text
    short_title: Text
    fund: Text
    start: date
    end: date
    ministry: Text
    contact: Contact | None = None
    roster_is_sample: bool
    accepted_templates: Annotated[tuple[Version, ...], Many]
    parameters: Parameters
    quotes: Annotated[tuple[Statements, ...], Many]
    target_groups: TargetGroups
    interpretations: Annotated[tuple[Interpretation, ...], Many]


class Exemption(Strict):
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


class ExemptionFile(Strict):
    """rules/ausnahmen.yaml."""

    exceptions: Annotated[tuple[Exemption, ...], Many]


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
