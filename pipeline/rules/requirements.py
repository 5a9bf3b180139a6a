"""Requirements of the source and settings of the project, in the form of the rule files."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from pipeline.definitions.sheets import PROJECT_LEAD
from pipeline.rules.decisions import Count, CriterionDecision, TargetDecision
from pipeline.rules.fields import Many, Pairs, Quarter, StrictModel, Text, Texts, Version

Reporter = Literal["kommune", "projektleitung"]

# --- requirements -------------------------------------------------------------------------------------


class Requirement(StrictModel):
    """A requirement of the source: its verbatim text, and the heading under which it stands."""

    id: Text
    text: Text
    heading: Text
    reported_by: Reporter = "kommune"
    interpretation: Text | None = None

    @property
    def by_lead(self) -> bool:
        return self.reported_by == PROJECT_LEAD.id


class Target(Requirement):
    """A target (Zielwert) of a measure."""

    decide: TargetDecision

    @property
    def per_year(self) -> bool:
        return isinstance(self.decide, Count) and self.decide.per_year


class Criterion(Requirement):
    """A criterion of a milestone."""

    decide: CriterionDecision


class Milestone(StrictModel):
    """One of the four milestones of a measure; without criteria it is "nicht festgelegt" and never judged."""

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


class EvidencePoint(StrictModel):
    """A point of "Nachweis zur Zielerreichung"; ``months`` are its deadlines in months of the project."""

    id: Text
    text: Text
    heading: Text
    months: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Many] = ()
    interpretation: Text | None = None


class Statements(StrictModel):
    """A passage of the source that describes something and is not judged."""

    heading: Text
    statements: Annotated[tuple[Text, ...], Many] = ()


class Measure(StrictModel):
    """A measure with its targets, evidence points and milestones (rules/massnahme_N.yaml)."""

    number: Annotated[int, Field(ge=1, le=9)]
    title: Text
    note: Text | None = None
    description: Annotated[tuple[Statements, ...], Many]
    targets: Annotated[tuple[Target, ...], Many]
    evidence: Annotated[tuple[EvidencePoint, ...], Many] = ()
    milestones: Annotated[tuple[Milestone, ...], Many]


# --- project ------------------------------------------------------------------------------------------


class TargetGroup(StrictModel):
    """A target group of the project; ``relative_of``: open only to relatives of persons in those groups.

    ``former_choices``: earlier wordings of the choice, still accepted in workbooks.
    """

    number: Annotated[int, Field(ge=1, le=99)]
    choice: Text
    former_choices: Annotated[tuple[Text, ...], Many] = ()
    text: Text
    relative_of: Annotated[tuple[int, ...], Many] = ()
    note: Text | None = None


class TargetGroups(StrictModel):
    heading: Text
    note: Text
    groups: Annotated[tuple[TargetGroup, ...], Many]


class AlternativeParameters(StrictModel):
    """The parameters that answer an open question, each with two values."""

    deadline_basis: Literal["months", "quarter"] | None = None
    year_basis: Literal["project_year", "calendar_year"] | None = None


_OTHER = {
    "months": "quarter",
    "quarter": "months",
    "project_year": "calendar_year",
    "calendar_year": "project_year",
}


class Alternative(StrictModel):
    """Another answer to an open question, in terms that can be evaluated: what would come out otherwise.

    ``parameters`` have other values, the sheets of ``without_where`` are counted without a condition on that
    column, the records of ``without_until`` count on whatever ends them.
    """

    reading: Text
    parameters: AlternativeParameters | None = None
    without_where: Annotated[tuple[tuple[Text, Texts], ...], Pairs] = ()
    without_until: Texts = ()

    @property
    def set_parameters(self) -> dict[str, str]:
        return self.parameters.model_dump(exclude_none=True) if self.parameters else {}


class Interpretation(StrictModel):
    """How an open question of the source is answered; ``parameter`` names the line that changes it."""

    id: Text
    question: Text
    reading: Text
    quotes: Annotated[tuple[Text, ...], Many] = ()
    parameter: Text | None = None
    alternative: Alternative | None = None

    def under(self, parameters: Parameters) -> Interpretation:
        """Return the interpretation as it reads under these parameters: with reading and alternative changed
        over where the parameters say what the alternative says.
        """
        other = self.alternative
        if other is None or not other.set_parameters:
            return self
        if any(getattr(parameters, name) != value for name, value in other.set_parameters.items()):
            return self
        back = AlternativeParameters.model_validate(
            {name: _OTHER[value] for name, value in other.set_parameters.items()}
        )
        swapped = other.model_copy(update={"reading": self.reading, "parameters": back})
        return self.model_copy(update={"reading": other.reading, "alternative": swapped})


class Parameters(StrictModel):
    deadline_basis: Literal["months", "quarter"]
    year_basis: Literal["project_year", "calendar_year"]
    at_risk_days: Annotated[int, Field(ge=0, le=366)]
    earliest_date: date
    latest_date: date
    stock_max_age_months: Annotated[int, Field(ge=1, le=120)] = 12
    rounding_base: Annotated[int, Field(ge=3, le=99)] = 3


class Contact(StrictModel):
    """Whom a municipality may ask; ``signature`` are the lines below a letter's greeting."""

    name: Text
    e_mail: Text | None = None
    phone: Text | None = None
    place: Text | None = None
    signature: Annotated[tuple[Text, ...], Many] = ()


class Project(StrictModel):
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


class Exemption(StrictModel):
    """Permits one municipality to violate a check for Stichtage up to ``valid_until``.

    Without ``sheet`` and ``column`` it holds wherever the check applies.
    """

    rule: Text
    ags: Annotated[str, Field(pattern=r"^[0-9]{8}$")]
    reason: Text
    decided_by: Text
    valid_until: date
    sheet: Text | None = None
    column: Text | None = None


class ExemptionFile(StrictModel):
    """rules/ausnahmen.yaml."""

    exceptions: Annotated[tuple[Exemption, ...], Many]


class AmifIndicator(StrictModel):
    """Persons supported; with ``field`` those at an offer of that field of need."""

    id: Text
    text: Text
    reading: Text
    field: Text | None = None


class AmifFile(StrictModel):
    """rules/amif.yaml: an addition to the source; without ``include`` the report leaves it out."""

    include: bool
    source: Text
    note: Text
    indicators: Annotated[tuple[AmifIndicator, ...], Many, Field(min_length=1)]
    interpretation: Interpretation | None = None


class FormCell(StrictModel):
    """A cell of the ministry's form, by name or address, and the figure it gets (``figure_names``)."""

    cell: Text
    figure: Text


class FormTable(StrictModel):
    """A table of the form: one row per municipality from ``start`` on; a column with None stays as it is."""

    start: Text
    columns: Annotated[tuple[Text | None, ...], Many, Field(min_length=1)]


class FormMapping(StrictModel):
    """rules/formular.yaml."""

    cells: Annotated[tuple[FormCell, ...], Many] = ()
    tables: Annotated[tuple[FormTable, ...], Many] = ()
