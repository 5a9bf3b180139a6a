"""The structure of ergebnis.json: each key with its type and meaning.

``ergebnis`` builds values of these types, checked by mypy; ``json_schema`` gives the JSON Schema for readers
of the file. Contract: results.md, "ergebnis.json".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, WithJsonSchema, with_config
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypedDict

from pipeline.definitions.messages import SEVERITY_WORDS
from pipeline.definitions.model import RoundStatus, Severity, State, Status
from pipeline.definitions.sheets import FORM_MUNICIPALITY, FORM_NUMBER
from pipeline.definitions.words import (
    CRITERION_WORDS,
    EVIDENCE_WORDS,
    MILESTONE_WORDS,
    ROUND_WORDS,
    STATE_WORDS,
    TARGET_WORDS,
    Word,
)

# --- forms of values ------------------------------------------------------------------------------------


def _object(description: str) -> ConfigDict:
    """An object with exactly these keys."""
    return ConfigDict(extra="forbid", json_schema_extra={"description": description})


def _enum(words: Mapping[Any, Word]) -> dict[str, Any]:
    return {"type": "string", "enum": [str(key) for key in words]}


def _word_of(words: Mapping[Any, Word], what: str) -> WithJsonSchema:
    """A value that has a German word; the description lists them."""
    german = " · ".join(f"{key}: {word.text}" for key, word in words.items())
    return WithJsonSchema({**_enum(words), "description": f"{what} {german}"})


def _counts_of(words: Mapping[Any, Word], what: str) -> WithJsonSchema:
    counted = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}}
    return WithJsonSchema({**counted, "propertyNames": _enum(words), "description": what})


def _severity() -> WithJsonSchema:
    german = " · ".join(f"{key}: {word}" for key, word in SEVERITY_WORDS.items())
    values = [str(s) for s in SEVERITY_WORDS]
    return WithJsonSchema({"type": "string", "enum": values, "description": f"Schwere: {german}"})


Day = Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"})]
Ags = Annotated[str, Field(pattern="^[0-9]{8}$")]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Natural = Annotated[int, Field(ge=0)]
Share = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]{6}$")]
Cells = Annotated[str, Field(pattern="^[A-Z]{1,3}[1-9][0-9]*(:[A-Z]{1,3}[1-9][0-9]*)?$")]
Year = Annotated[str, Field(pattern="^[0-9]{4}(/[0-9]{2})?$")]
Figure = Share | Natural | None

# What several entries say alike.
Id = Annotated[str, Field(min_length=1)]
OfYear = Annotated[Year | None, Field(description="Projektjahr; null, wo nicht je Jahr gezählt wird.")]
Numerator = Annotated[
    Natural | None, Field(description="Zähler eines Anteils, oder die Anzahl; null, wo nichts bewertet wird.")
]
Denominator = Annotated[Natural | None, Field(description="Nenner eines Anteils; sonst null.")]
Value = Annotated[
    Figure,
    Field(
        description="Ein Anteil als Dezimalzahl mit sechs Stellen, eine Anzahl als ganze Zahl; null, wo nichts "
        "gemessen wird oder nichts bewertbar ist."
    ),
]
Threshold = Annotated[Figure, Field(description="Schwelle in der Form von value; null, wo es keine gibt.")]
Due = Annotated[Day | None, Field(description="Frist; null, wo keine festgelegt ist.")]
AgsOrLead = Annotated[Ags, Field(description="Gemeindeschlüssel; 00000000 für die Projektleitung.")]

# --- the document, from its leaves ------------------------------------------------------------------------


@with_config(_object("Projektzeitraum."))
class PeriodEntry(TypedDict):
    start: Annotated[Day, Field(description="Erster Tag.")]
    end: Annotated[Day, Field(description="Letzter Tag; er zählt mit.")]


@with_config(_object("Nach welchen Regeln bewertet wurde."))
class RulesEntry(TypedDict):
    version: Annotated[str, Field(description="Regelversion.")]
    sha256: Annotated[Sha256, Field(description="Prüfsumme über alle Regeldateien.")]


@with_config(_object("Eine Stelle in der Runde."))
class DeliveryEntry(TypedDict):
    ags: AgsOrLead
    status: Annotated[RoundStatus, _word_of(ROUND_WORDS, "Wie sie steht.")]
    file: Annotated[str | None, Field(description="Ihre angenommene Abgabe; null, wo nicht abgegeben ist.")]


@with_config(_object("Die Runde: der späteste Stichtag des Berichtsplans bis zum Stand des Berichts."))
class RoundEntry(TypedDict):
    stichtag: Annotated[Day | None, Field(description="Ihr Stichtag; null vor dem ersten geplanten.")]
    due: Annotated[Day | None, Field(description="Tag, bis zu dem die Abgaben da sein sollen.")]
    municipalities: Annotated[
        list[DeliveryEntry], Field(description="Projektleitung zuerst, dann nach Gemeindeschlüssel.")
    ]
    counts: Annotated[
        dict[RoundStatus, int], _counts_of(ROUND_WORDS, "Wie viele Stellen wie stehen, mit Projektleitung.")
    ]


@with_config(
    _object(
        "Eine empfangene Datei, oder eine Stelle, von der keine kam: dann ist alles außer ags, commune und state null."
    )
)
class SubmissionEntry(TypedDict):
    ags: Annotated[
        Ags | None, Field(description="Heutiger Gemeindeschlüssel; null, wenn die Datei keinen nennt.")
    ]
    commune: Annotated[str | None, Field(description=FORM_MUNICIPALITY.help)]
    file: Annotated[str | None, Field(description="Pfad im Ordner der empfangenen Dateien, mit „/“.")]
    sha256: Annotated[
        Sha256 | None, Field(description="Prüfsumme der Datei; null, wenn sie nicht lesbar war.")
    ]
    stichtag: Annotated[Day | None, Field(description="Berichtsstichtag.")]
    abgabe_nr: Annotated[int | None, Field(description=FORM_NUMBER.name)]
    state: Annotated[State, _word_of(STATE_WORDS, "Was aus der Datei wurde.")]
    closed: Annotated[
        bool | None,
        Field(
            description="Nur bei zurückgewiesenen: ob eine gültige Abgabe sie überholt hat (erledigt); sonst null."
        ),
    ]
    rows_read: Annotated[
        Natural | None, Field(description="Gelesene Datensätze; wie die folgenden null bei „später“.")
    ]
    rows_accepted: Annotated[Natural | None, Field(description="Übernommene Datensätze: alle oder keiner.")]
    errors: Annotated[
        Natural | None,
        Field(description="Zahl der Befunde, die Fehler sind; einer, der sich wiederholt, zählt einmal."),
    ]
    warnings: Annotated[Natural | None, Field(description="Zahl der Befunde, die Warnungen sind.")]
    notes: Annotated[Natural | None, Field(description="Zahl der Befunde, die Hinweise sind.")]


@with_config(_object("Ein Befund. Er nennt die Zelle und wiederholt nie ihren Inhalt."))
class FindingEntry(TypedDict):
    rule: Annotated[str, Field(pattern="^[A-Z][0-9]{2}$", description="Kennung der Prüfung.")]
    severity: Annotated[Severity, _severity()]
    ags: Annotated[Ags | None, Field(description="Gemeindeschlüssel; null, wenn die Datei keinen nennt.")]
    file: Annotated[str, Field(description="Wie submissions.file; auch Dateien, die keine Abgaben sind.")]
    sheet: Annotated[str | None, Field(description="Blatt; null bei einem Befund zur Datei.")]
    cell: Annotated[
        str | None,
        Field(
            pattern="^[A-Z]{1,3}[1-9][0-9]*$",
            description="Erste betroffene Zelle; null bei einem Befund zu Datei oder Blatt.",
        ),
    ]
    column: Annotated[str | None, Field(description="Überschrift der Spalte oder Zeile der Stammdaten.")]
    count: Annotated[
        int, Field(ge=1, description="Wie oft er in der Spalte aus demselben Grund vorkommt; sonst 1.")
    ]
    cells: Annotated[
        list[Cells],
        Field(
            description="Alle betroffenen Zellen oder Bereiche; leer bei einem Befund zu Datei oder Blatt."
        ),
    ]
    answer: Annotated[str | None, Field(description="Was die Kommune dazu gesagt hat; sonst null.")]
    message: Annotated[str, Field(min_length=1, description="Was nicht stimmt.")]
    remedy: Annotated[str, Field(min_length=1, description="Was zu tun ist.")]


@with_config(_object("Ein Zielwert einer Kommune oder der Projektleitung."))
class TargetEntry(TypedDict):
    ags: AgsOrLead
    nr: Annotated[Id, Field(description="Nummer des Zielwerts, z. B. Z1.2.")]
    year: OfYear
    numerator: Numerator
    denominator: Denominator
    value: Value
    threshold: Threshold
    status: Annotated[Status, _word_of(TARGET_WORDS, "Stand.")]
    data_as_of: Annotated[
        Day | None, Field(description="Tag der Daten: der frühere von as_of und Berichtsstichtag.")
    ]


@with_config(_object("Ein Kriterium eines Meilensteins."))
class CriterionEntry(TypedDict):
    nr: Annotated[Id, Field(description="Nummer des Kriteriums, z. B. MS1.2a.")]
    status: Annotated[Status, _word_of(CRITERION_WORDS, "Stand.")]
    reached_on: Annotated[Day | None, Field(description="Erster Tag, an dem es galt.")]
    value: Value
    threshold: Threshold
    evidence: Annotated[list[Id], Field(description="Nummern der Nachweise, als Text sortiert, jede einmal.")]


@with_config(_object("Ein Meilenstein einer Kommune."))
class MilestoneEntry(TypedDict):
    ags: AgsOrLead
    nr: Annotated[Id, Field(description="Nummer des Meilensteins, z. B. MS1.2.")]
    due: Due
    status: Annotated[Status, _word_of(MILESTONE_WORDS, "Stand.")]
    reached_on: Annotated[Day | None, Field(description="Spätester Tag seiner Kriterien, wenn erreicht.")]
    criteria: Annotated[list[CriterionEntry], Field(description="Seine Kriterien; leer ohne gültige Abgabe.")]


@with_config(_object("Ein Nachweispunkt einer Kommune; mit eigenen Fristen ein Eintrag je Frist."))
class EvidenceEntry(TypedDict):
    ags: AgsOrLead
    nr: Annotated[Id, Field(description="Nummer des Nachweispunkts, z. B. N1.2.")]
    due: Due
    count: Annotated[Natural | None, Field(description="Dokumente dazu; null ohne gültige Abgabe.")]
    status: Annotated[Status, _word_of(EVIDENCE_WORDS, "Stand.")]


@with_config(_object("Ein Zielwert über alle Kommunen: Summe durch Summe, nie ein Mittel von Anteilen."))
class ProjectTargetEntry(TypedDict):
    nr: Annotated[Id, Field(description="Nummer des Zielwerts.")]
    year: OfYear
    numerator: Numerator
    denominator: Denominator
    value: Value
    communes_met: Annotated[
        Natural | None,
        Field(description="Kommunen, die ihn erreichten; null beim Zielwert der Projektleitung."),
    ]
    communes_evaluated: Annotated[
        Natural | None, Field(description="Bewertete Kommunen; null beim Zielwert der Projektleitung.")
    ]
    communes_total: Annotated[
        Natural | None, Field(description="Teilnehmende Kommunen; null beim Zielwert der Projektleitung.")
    ]
    status: Annotated[Status, _word_of(TARGET_WORDS, "Stand.")]


@with_config(_object("Ein Meilenstein über alle Kommunen."))
class ProjectMilestoneEntry(TypedDict):
    nr: Annotated[Id, Field(description="Nummer des Meilensteins.")]
    due: Due
    counts: Annotated[
        dict[Status, int], _counts_of(MILESTONE_WORDS, "Wie viele Kommunen in welchem Stand sind.")
    ]
    communes_total: Annotated[Natural, Field(description="Teilnehmende Kommunen.")]


@with_config(_object("Das Projekt im Ganzen."))
class ConsolidatedEntry(TypedDict):
    targets: Annotated[list[ProjectTargetEntry], Field(description="In der Reihenfolge der Quelle.")]
    milestones: Annotated[list[ProjectMilestoneEntry], Field(description="In der Reihenfolge der Quelle.")]


@with_config(_object("Alles, was der Bericht sagt. Jedes Datum meint das Ende des Tages."))
class Document(TypedDict):
    as_of: Annotated[Day, Field(description="Stand des Berichts.")]
    project: PeriodEntry
    rules: RulesEntry
    round: RoundEntry
    submissions: Annotated[
        list[SubmissionEntry],
        Field(description="Nach Pfad geordnet, danach fehlende nach Gemeindeschlüssel."),
    ]
    findings: Annotated[
        list[FindingEntry], Field(description="Nach Datei, dann in der Reihenfolge des Lesens.")
    ]
    targets: Annotated[
        list[TargetEntry], Field(description="Projektleitung zuerst, dann nach Gemeindeschlüssel.")
    ]
    milestones: Annotated[list[MilestoneEntry], Field(description="Nach Gemeindeschlüssel.")]
    evidence: Annotated[list[EvidenceEntry], Field(description="Nach Gemeindeschlüssel.")]
    consolidated: ConsolidatedEntry


class _Plain(GenerateJsonSchema):
    """Without titles: each key has a description."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of ergebnis.json."""
    schema = TypeAdapter(Document).json_schema(schema_generator=_Plain)
    return {"$schema": _Plain.schema_dialect, **schema, "title": "ergebnis.json"}
