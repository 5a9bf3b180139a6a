"""Sheet Regelwerk: every rule with its wording in the source, and how it is read and decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xlsxwriter.worksheet import Worksheet

from pipeline.describe import (
    UNDEFINED,
    deadlines,
    grant_place,
    how_decided,
    how_evidence,
    how_milestone,
    threshold,
)
from pipeline.messages import day
from pipeline.report.summary.book import (
    Book,
    Cell,
    Column,
    keep_header,
    lay_page,
    write_header,
    write_rows,
    write_section,
)
from pipeline.rules import Criterion, EvidencePoint, Measure, Milestone, Project, Rules, Target
from pipeline.words import (
    CRITERION_WORDS,
    EVIDENCE_WORDS,
    MILESTONE_WORDS,
    STATE_WORDS,
    TARGET_WORDS,
    USE_WORDS,
    Word,
)

COLUMNS = (
    Column("Nr.", 8),
    Column("Art", 11),
    Column("Wortlaut der Quelle", 44),
    Column("Fundstelle", 24),
    Column("Wie entschieden wird", 46),
    Column("Parameter", 27),
    Column("Auslegung", 36),
)
LINES = (
    "Jeder Wortlaut ist aus der Quelle übernommen (Foliensatz „Projektmaßnahmen- & Meilensteine“). "
    "Der Bericht folgt den Regeldateien; eine Änderung dort ändert Vorlage, Prüfung und Bericht.",
)
READING = "Auslegung und Klärungsbedarf"
READING_COLUMNS = tuple(
    replace(column, title=title)
    for column, title in zip(
        COLUMNS,
        ("Nr.", "Art", "Wortlaut der Quelle", "", "Offene Frage", "Parameter", "So wird gelesen"),
        strict=True,
    )
)
GRANTS = "Ausnahmen von Prüfungen (ausnahmen.yaml)"
NO_GRANTS = "Keine Ausnahmen."
GRANT_COLUMNS = tuple(
    replace(column, title=title)
    for column, title in zip(
        COLUMNS,
        (
            "Prüf-\nregel",
            "AGS",
            "Begründung",
            "Wo sie gilt",
            "Entschieden von",
            "Gilt bis",
            "Was daraus wurde",
        ),
        strict=True,
    )
)
GROUPS, CONSTANTS, WORDS = "Zielgruppen", "Projekt und Parameter", "Bedeutung der Statuswörter"
PARAMETERS = {
    "deadline_basis": "Was über eine Frist entscheidet: months = Text der Meilensteintabellen, "
    "quarter = letzter Tag des in der Zeitschiene markierten Quartals.",
    "year_basis": "Welches Jahr mit „pro Jahr“ gemeint ist: project_year = Projektjahr, "
    "calendar_year = Kalenderjahr.",
    "at_risk_days": "So viele Tage vor der Frist gilt ein offener Meilenstein als gefährdet.",
    "earliest_date": "Frühere Daten sind Tippfehler.",
    "latest_date": "Spätere Daten sind Tippfehler.",
}
Rows = Iterator[list[Cell]]


def write_rulebook(book: Book, sheet: Worksheet) -> None:
    rules = book.outcome.rules
    project = rules.project
    title = f"Regelwerk – {project.short_title}, Version {project.version}"
    lines = (*LINES, f"SHA-256 aller Regeldateien: {rules.sha256}")
    row = lay_page(book, sheet, title, lines, (c.width for c in COLUMNS))
    keep_header(sheet, row, row, 1)
    row = write_header(book, sheet, row, COLUMNS)
    sections: list[tuple[str, Rows]] = [
        (f"Projektmaßnahme {m.number}: {m.title}", _measure(m, rules)) for m in rules.measures
    ]
    sections += [(GROUPS, _groups(project)), (CONSTANTS, _constants(rules)), (WORDS, _words())]
    for text, rows in sections:
        row = write_section(book, sheet, row, text, len(COLUMNS))
        row = write_rows(book, sheet, row, COLUMNS, rows)
    row = write_section(book, sheet, row, READING, len(COLUMNS))
    row = write_header(book, sheet, row, READING_COLUMNS)
    row = write_rows(book, sheet, row, COLUMNS, _readings(project))
    row = write_section(book, sheet, row, GRANTS, len(COLUMNS))
    row = write_header(book, sheet, row, GRANT_COLUMNS)
    write_rows(book, sheet, row, COLUMNS, _grants(book))


# --- requirements -------------------------------------------------------------------------------------


def _measure(measure: Measure, rules: Rules) -> Rows:
    place = f"Projektmaßnahme {measure.number} {measure.title}"
    if measure.note:
        yield [None, "Anmerkung", None, place, None, None, measure.note]
    for target in measure.targets:
        yield _requirement(target, "Zielwert", place, rules)
    for point in measure.evidence:
        yield _evidence(point, place, rules)
    for milestone in measure.milestones:
        yield _milestone(milestone, place, rules)
        for criterion in milestone.criteria:
            yield _requirement(criterion, "Kriterium", place, rules)


def _place(measure: str, heading: str) -> str:
    return f"{measure}, „{heading.rstrip(':')}“"


def _requirement(requirement: Target | Criterion, kind: str, place: str, rules: Rules) -> list[Cell]:
    return [
        requirement.id,
        kind,
        requirement.text,
        _place(place, requirement.heading),
        how_decided(requirement, rules),
        threshold(requirement, rules) or None,
        requirement.interpretation,
    ]


def _evidence(point: EvidencePoint, place: str, rules: Rules) -> list[Cell]:
    due = [f"{months} Monate: {day(rules.month_end(months))}" for months in point.months]
    return [
        point.id,
        "Nachweis",
        point.text,
        _place(place, point.heading),
        how_evidence(point),
        "\n".join(due) or None,
        point.interpretation,
    ]


def _milestone(milestone: Milestone, place: str, rules: Rules) -> list[Cell]:
    return [
        milestone.id,
        "Meilenstein",
        milestone.text,
        _place(place, milestone.heading),
        how_milestone(milestone),
        "\n".join(deadlines(milestone, rules)) or (UNDEFINED.split(":")[0] if milestone.undefined else None),
        milestone.interpretation,
    ]


# --- project ------------------------------------------------------------------------------------------


def _groups(project: Project) -> Rows:
    groups = project.target_groups
    place = f"{groups.heading} {groups.note}"
    for group in groups.groups:
        open_to = (
            f"Nur für Verwandte der Gruppen {', '.join(map(str, group.relative_of))}"
            if group.relative_of
            else None
        )
        choice = f"Auswahl in der Vorlage: „{group.choice}“"
        yield [str(group.number), "Zielgruppe", group.text, place, choice, open_to, group.note]


def _constants(rules: Rules) -> Rows:
    project = rules.project
    for passage in project.quotes:
        for text in passage.statements:
            yield [None, "Quelle", text, f"„{passage.heading}“", None, None, None]
    period = f"{day(project.start)} bis {day(project.end)}"
    roster = "Muster; wer teilnimmt, steht nicht in der Quelle" if project.roster_is_sample else "verbindlich"
    constants = (
        ("Projekt", f"{project.short_title} – {project.title} ({project.fund})"),
        ("Ministerium", project.ministry),
        ("Laufzeit", period),
        ("Projektjahre", "\n".join(f"{y.label}: {day(y.start)} bis {day(y.end)}" for y in rules.years)),
        ("Kommunen", f"{len(rules.roster)} auf der Liste ({roster})"),
        ("Vorlagen", f"angenommen: Version {', '.join(project.accepted_templates)}"),
    )
    for name, value in constants:
        yield [None, name, None, None, value, None, None]
    for parameter, meaning in PARAMETERS.items():
        value = getattr(project.parameters, parameter)
        shown = day(value) if hasattr(value, "isoformat") else str(value)
        yield [None, "Parameter", None, None, meaning, f"{parameter}: {shown}", None]
    for file, sha256 in rules.files:
        yield [None, "Regeldatei", None, None, f"{file}: SHA-256 {sha256}", None, None]


def _words() -> Rows:
    kinds = (
        ("Zielwert", TARGET_WORDS.values()),
        ("Meilenstein", MILESTONE_WORDS.values()),
        ("Kriterium", CRITERION_WORDS.values()),
        ("Nachweis", EVIDENCE_WORDS.values()),
        ("Abgabe", STATE_WORDS.values()),
    )
    for kind, words in kinds:
        for word in words:
            yield _word(kind, word)


def _word(kind: str, word: Word) -> list[Cell]:
    return [None, kind, None, None, word.meaning, word.label, None]


def _grants(book: Book) -> Rows:
    for use in book.outcome.grants:
        grant, word = use.grant, USE_WORDS[use.use]
        told = ": ".join(filter(None, (word.label, ", ".join(use.files))))
        until = f"Berichtsstichtag {day(grant.valid_until)}"
        yield [grant.rule, grant.ags, grant.reason, grant_place(grant), grant.decided_by, until, told]
    if not book.outcome.grants:
        yield [None, None, NO_GRANTS, None, None, None, None]


def _readings(project: Project) -> Rows:
    for reading in project.interpretations:
        quotes = "\n".join(f"„{q}“" for q in reading.quotes) or None
        yield [reading.id, "Auslegung", quotes, None, reading.question, reading.parameter, reading.reading]
