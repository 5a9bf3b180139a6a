"""All names that a form may carry: meaning, kind and example; for ``kisi form-fields`` and the page
"Kennzahlen".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.definitions.model import State, Status
from pipeline.definitions.sheets import FORM_AGS, FORM_DISTRICT, FORM_MUNICIPALITY
from pipeline.definitions.words import MILESTONE_WORDS, STATE_WORDS
from pipeline.report.ministry_form.figure_values import figure_text
from pipeline.report.ministry_form.plan import PREFIX
from pipeline.rules import Count, Criterion, Every, EvidencePoint, Milestone, Rules, Share, Target
from pipeline.rules.wording import figure_names as names

MEANINGS = {
    "as_of": "Stand des Berichts.",
    "rules_version": "Regelversion.",
    "rules_sha256": "Prüfsumme über alle Regeldateien.",
    "project_start": "Projektbeginn.",
    "project_end": "Projektende.",
    "communes_total": "Wie viele Kommunen teilnehmen.",
    "communes_met": "Wie viele Kommunen den Zielwert erreichten.",
    "communes_evaluated": "Wie viele Kommunen bewertet werden konnten.",
    "ags": FORM_AGS.help,
    "name": FORM_MUNICIPALITY.help,
    "district": FORM_DISTRICT.help,
    "submission": "Ob eine Abgabe zählt: angenommen oder keine gültige Abgabe.",
    "data_as_of": "Tag der Daten: der frühere von Stand des Berichts und Berichtsstichtag.",
    "value": "Anteil oder Anzahl.",
    "value_text": "Anteil oder Anzahl, als Text.",
    "numerator": "Zähler des Anteils, oder die Anzahl.",
    "denominator": "Nenner des Anteils; sonst leer.",
    "threshold": "Schwelle; leer, wo es keine gibt.",
    "threshold_text": "Schwelle, als Text.",
    "status": "Stand, als Wort.",
    "due": "Frist.",
    "reached_on": "Tag, an dem es erreicht war.",
    "evidence": "Nummern der Nachweise.",
    "count": "Zahl der Dokumente im Nachweisregister.",
    "milestone": "Nummer des Meilensteins.",
    "nr": "Nummer der Anforderung.",
    "text": "Wortlaut der Quelle.",
    "year": "Projektjahr; leer, wo der Zielwert für das ganze Projekt gilt.",
}
TABLE_MEANINGS = {
    names.COMMUNES: "Tabelle mit einer Zeile je Kommune.",
    names.TARGETS: "Tabelle aller Zielwerte; ein Zielwert je Jahr hat eine Zeile je Projektjahr.",
    names.MILESTONES: "Tabelle aller Meilensteine.",
    names.CRITERIA: "Tabelle der Kriterien aller Meilensteine oder eines Meilensteins.",
    names.EVIDENCE: "Tabelle der Nachweise zur Zielerreichung; N3.1 hat eine Zeile je Frist.",
}
NUMBER, SHARE, DAY, TEXT, TABLE = "Zahl", "Anteil", "Datum", "Text", "Tabelle"
_DAYS = ("as_of", "project_start", "project_end", "data_as_of", "due", "reached_on")
_NUMBERS = ("communes_total", "communes_met", "communes_evaluated", "numerator", "denominator", "count")
_EXAMPLES = {NUMBER: "12", SHARE: "24,38 %", DAY: "30.06.2026", TABLE: ""}
_WORDS = {
    "status": "offen",
    "submission": "angenommen",
    "evidence": "NW-003; NW-004",
    "value_text": "24,38 %",
    "threshold_text": "70 %",
    "rules_sha256": "3f8a…",
}
PROJECT, MUNICIPALITY, BOTH = "Projekt", "Kommune", "Projekt, Kommune"
Requirement = Target | Milestone | Criterion | EvidencePoint


@dataclass(frozen=True, slots=True)
class FormField:
    """A name (without ``KISI_``) and its meaning; ``about``: number and text of the requirement."""

    name: str
    scope: str
    kind: str
    meaning: str
    example: str
    about: str = ""

    @property
    def written(self) -> str:
        """The name as a cell carries it, where a year has ``_`` for ``/``."""
        return PREFIX + self.name.replace("/", "_")


def form_fields(rules: Rules) -> Iterator[FormField]:
    """All names, of the project and of a municipality, each once."""
    yield from _fields("", names.MUNICIPALITY, (*names.PROJECT, *names.SUBMISSIONS), None, rules)
    for table, meaning in TABLE_MEANINGS.items():
        scope = {names.COMMUNES: PROJECT, names.TARGETS: BOTH, names.MILESTONES: BOTH}.get(
            table, MUNICIPALITY
        )
        yield FormField(table, scope, TABLE, meaning, "")
    for target in rules.targets:
        own = () if target.by_lead else names.MUNICIPALITY_TARGET
        for year in [f".{y.label}" for y in rules.years] if target.per_year else [""]:
            yield from _fields(f"{target.id}{year}.", own, names.PROJECT_TARGET, target, rules)
    for milestone in rules.milestones:
        project = (*names.PROJECT_MILESTONE, *names.PROJECT_COUNTS)
        yield from _fields(f"{milestone.id}.", names.MUNICIPALITY_MILESTONE, project, milestone, rules)
        if milestone.criteria:
            meaning = "Tabelle der Kriterien dieses Meilensteins."
            yield FormField(
                f"{milestone.id}.{names.CRITERIA}", MUNICIPALITY, TABLE, meaning, "", _about(milestone)
            )
        for criterion in milestone.criteria:
            own, project = names.MUNICIPALITY_CRITERION, names.PROJECT_CRITERION
            yield from _fields(f"{criterion.id}.", own, project, criterion, rules)
    for point in rules.evidence:
        for row in names.deadlines(point):
            yield from _fields(f"{row}.", names.MUNICIPALITY_EVIDENCE, names.PROJECT_EVIDENCE, point, rules)


def _fields(
    before: str, own: Iterable[str], project: Iterable[str], about: Requirement | None, rules: Rules
) -> Iterator[FormField]:
    own, project = tuple(own), tuple(project)
    for field in dict.fromkeys((*own, *project)):
        scope = BOTH if field in own and field in project else MUNICIPALITY if field in own else PROJECT
        names.parse_figure(before + field, rules, in_row=field in own)  # a name that is refused is no name
        kind = kind_of_field(field, about)
        text = _about(about) if about else ""
        yield FormField(
            before + field, scope, kind, meaning_of(field), _example(field, kind, about, rules), text
        )


def _about(one: Requirement) -> str:
    return f"{one.id} {one.text}"


def meaning_of(name: str) -> str:
    """German meaning of a field; for a count of a status, how many there are. KeyError for an unknown field."""
    field = name.rsplit(".", 1)[-1]
    if name.startswith("submissions."):
        return f"Wie viele Dateien oder Stellen: {STATE_WORDS[State(field)].text}."
    if "counts." in name:
        return f"Wie viele Kommunen: {MILESTONE_WORDS[Status(field)].text}."
    return MEANINGS[field]


def kind_of_field(field: str, about: Requirement | None) -> str:
    """Kind of a field in a cell: number, share, date or text."""
    if field in _DAYS:
        return DAY
    if field in _NUMBERS or field.startswith(("counts.", "submissions.")):
        return NUMBER
    if field in ("value", "threshold"):
        decide = about.decide if isinstance(about, Target | Criterion) else None
        return SHARE if isinstance(decide, Share | Every) else NUMBER
    return TEXT


def _example(field: str, kind: str, about: Requirement | None, rules: Rules) -> str:
    decide = about.decide if isinstance(about, Target | Criterion) else None
    if field.startswith("threshold") and decide is not None:
        return "" if decide.minimum is None else figure_text(decide.minimum)
    if field == "value_text" and isinstance(decide, Count):
        return _EXAMPLES[NUMBER]
    if field == "project_end":
        return figure_text(rules.project.end)
    if kind != TEXT:
        return _EXAMPLES[kind]
    sample = rules.roster[0]
    given = {
        "ags": sample.ags,
        "name": sample.name,
        "district": sample.district,
        "rules_version": rules.project.version,
        "year": rules.years[0].label,
        "nr": about.id if about else "",
        "text": about.text if about else "",
        "milestone": about.id[:-1] if about else "",
    }
    return given.get(field) or _WORDS.get(field, "")
