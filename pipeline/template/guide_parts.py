"""Content of the sheet Anleitung, line by line, from rules and sheet definitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from pipeline.definitions.sheet_types import Kind, Sheet
from pipeline.definitions.sheets import (
    CHECK_TITLE,
    CRITERIA,
    ENTRY_COMPUTED,
    ENTRY_WANTED,
    EVIDENCE,
    FORM_MUNICIPALITY,
    FORM_NUMBER,
    FORM_STICHTAG,
    FORM_TITLE,
    MUNICIPALITY,
    PERSONS,
    PROJECT_LEAD,
    REQUIRED_MARK,
    STATE_TITLE,
)
from pipeline.template.layout import label
from pipeline.template.template_book import TemplateBook


class LineStyle(Enum):
    """Appearance of a line."""

    SECTION = auto()
    HEADER = auto()
    PLAIN = auto()
    GRID = auto()
    HEADER_REQUIRED = auto()
    INPUT = auto()
    LOCKED = auto()
    BLOCKED = auto()
    WANTED = auto()
    BAD = auto()


@dataclass(frozen=True)
class GuideLine:
    """Three cells: a short label, the text, and a date or an example."""

    look: LineStyle
    first: str = ""
    text: str = ""
    last: str | int | date | None = None
    link: str = ""  # sheet to which the last cell leads, or the first one of a header


def lines_of(book: TemplateBook) -> Iterator[GuideLine]:
    """All lines of the Anleitung, in order."""
    yield from _purpose(book)
    yield from _steps(book)
    yield from _legend()
    yield from _privacy(book)
    yield from _calendar(book)
    if book.kind.has(PERSONS.title):
        yield from _target_groups(book)
    yield from _evidence(book)
    yield from _examples(book)


def _purpose(book: TemplateBook) -> Iterator[GuideLine]:
    project = book.rules.project
    lead = book.kind.id == PROJECT_LEAD.id
    who = "bei der Projektleitung" if lead else "in Ihrer Kommune"
    yield GuideLine(LineStyle.SECTION, "Worum es geht")
    yield GuideLine(
        LineStyle.PLAIN,
        "Diese Arbeitsmappe",
        f"Hier tragen Sie ein, was im Projekt {project.short_title} ({project.fund}) {who} geschehen ist. "
        "Daraus entsteht der Bericht über Zielwerte und Meilensteine.",
    )
    yield GuideLine(
        LineStyle.PLAIN,
        "Projektlaufzeit",
        f"{project.start:%d.%m.%Y} bis {project.end:%d.%m.%Y}, {project.ministry}",
    )
    if not lead:
        ask = "Bitte wenden Sie sich an die Projektleitung, von der Sie diese Arbeitsmappe haben."
        yield GuideLine(LineStyle.PLAIN, "Fragen?", ask)


def _steps(book: TemplateBook) -> Iterator[GuideLine]:
    yield GuideLine(LineStyle.SECTION, "So füllen Sie aus")
    steps = [
        f"Blatt {FORM_TITLE}: {FORM_STICHTAG.name} und {FORM_NUMBER.name} eintragen. Gibt es zu einem Blatt nichts "
        "zu berichten, wählen Sie dort unten die Leermeldung.",
        "Datenblätter: je Fall eine Zeile, von oben nach unten, ohne Summen. Beim Anklicken einer Zelle steht "
        "dabei, was hineingehört. Führen Sie dieselbe Datei über die ganze Projektzeit fort.",
        f"Blatt {EVIDENCE.title}: jedes Dokument einmal eintragen. Seine Nummer verwenden Sie in den anderen "
        "Blättern, mehrere Nummern mit ; getrennt.",
        f"Blätter Meilensteine und Zielwerte: nur die Zeilen „{ENTRY_WANTED}“ ausfüllen. "
        f"Zeilen „{ENTRY_COMPUTED}“ ergeben sich aus den Datenblättern.",
        f"Blatt {CHECK_TITLE}: zeigt, was fehlt oder nicht stimmt. Blatt {STATE_TITLE}: zeigt, wo Sie am "
        f"{FORM_STICHTAG.name} stehen.",
        f"Speichern Sie als Excel-Arbeitsmappe (.xlsx) und {_way_back(book)}. Bei einer Korrektur erhöhen Sie die "
        f"{FORM_NUMBER.name} um 1.",
    ]
    links = (FORM_TITLE, book.kind.tables[0].title, EVIDENCE.title, CRITERIA.title, CHECK_TITLE, "")
    for i, (step, link) in enumerate(zip(steps, links, strict=True), 1):
        yield GuideLine(LineStyle.PLAIN, f"Schritt {i}", step, link and f"→ {link}", link)
    yield GuideLine(
        LineStyle.PLAIN,
        "Einfügen",
        "Kopierte Daten bitte nur als Werte einfügen (Rechtsklick, Inhalte einfügen, Werte). So bleiben die "
        "Auswahllisten und Prüfungen erhalten.",
    )
    yield GuideLine(
        LineStyle.PLAIN,
        "Blattschutz",
        "Gesperrte Zellen sind ohne Passwort geschützt, damit nichts versehentlich überschrieben wird. Sortieren, "
        "Filtern und Spaltenbreiten ändern geht überall, wo Sie Daten eintragen.",
    )


def _way_back(book: TemplateBook) -> str:
    if book.kind.id == PROJECT_LEAD.id:
        return "legen Sie die Datei in den Ordner der eingegangenen Arbeitsmappen"
    return "senden Sie die Datei auf dem vereinbarten Weg an die Projektleitung"


def _legend() -> Iterator[GuideLine]:
    yield GuideLine(LineStyle.SECTION, "Farben und Zeichen")
    yield GuideLine(
        LineStyle.HEADER_REQUIRED, f"Kopf{REQUIRED_MARK}", "Pflichtfeld: in jeder Zeile ausfüllen."
    )
    yield GuideLine(LineStyle.GRID, "Kopf", "Freiwillig, oder nur in bestimmten Fällen nötig.")
    yield GuideLine(LineStyle.INPUT, "Eingabe", "Dunkel umrahmt: Hier tragen Sie etwas ein.")
    yield GuideLine(
        LineStyle.LOCKED, "gesperrt", "Grau unterlegt, hell umrahmt: vorgegeben; nicht zu ändern."
    )
    yield GuideLine(
        LineStyle.BLOCKED, "grau", "Bleibt leer, z. B. der Abbruchgrund einer laufenden Teilnahme."
    )
    yield GuideLine(LineStyle.WANTED, "gelb", "Hier fehlt noch eine Angabe.")
    yield GuideLine(
        LineStyle.BAD,
        "rot",
        "Hier stimmt etwas nicht: doppelt, unbekannte Nummer, falsche Reihenfolge der Daten, Datum "
        f"nach dem {FORM_STICHTAG.name} oder kein Eintrag der Liste.",
    )


def _privacy(book: TemplateBook) -> Iterator[GuideLine]:
    yield GuideLine(LineStyle.SECTION, "Datenschutz")
    yield GuideLine(
        LineStyle.PLAIN,
        "Nur Pseudonyme",
        "Bitte keine Namen, Geburtsdaten, Anschriften, Telefonnummern oder E-Mail-Adressen von Drittstaatsangehörigen "
        "oder Ehrenamtlichen eintragen, auch nicht in freien Texten. Verwenden Sie Kennungen wie P-0001 oder E-001.",
    )
    yield GuideLine(
        LineStyle.PLAIN,
        "Schlüsselliste",
        f"Die Liste, welche Kennung zu wem gehört, bleibt in der {FORM_MUNICIPALITY.name}. Senden Sie sie nie mit. "
        "Dieselbe Person behält ihre Kennung über die ganze Projektzeit.",
    )


def _calendar(book: TemplateBook) -> Iterator[GuideLine]:
    yield GuideLine(LineStyle.SECTION, "Fristenkalender")
    yield GuideLine(
        LineStyle.HEADER, "Fällig am", "Was bis dahin vorliegen soll", "Meilenstein oder Nachweis"
    )
    for due, text, name in sorted(_deadlines(book), key=lambda entry: entry[0]):
        yield GuideLine(LineStyle.GRID, f"{due:%d.%m.%Y}", text, name)
    for measure in book.rules.measures:
        for milestone in measure.milestones:
            if milestone.undefined:
                yield GuideLine(LineStyle.GRID, milestone.text, measure.title, milestone.id)


def _deadlines(book: TemplateBook) -> Iterator[tuple[date, str, str]]:
    """(date, what is due, milestone or evidence point) for this kind of workbook, in the order of the source."""
    rules = book.rules
    for measure in rules.measures:
        for milestone in measure.milestones:
            due = rules.due(milestone)
            mine = [f"{c.id}  {c.text}" for c in milestone.criteria if c.reported_by == book.kind.id]
            if mine and due:
                yield due, "\n".join((measure.title, *mine)), milestone.id
    for point in rules.evidence if book.kind.id == MUNICIPALITY.id else ():
        for month in point.months:
            yield rules.month_end(month), point.text, f"Nachweis {point.id}"


def _target_groups(book: TemplateBook) -> Iterator[GuideLine]:
    groups = book.rules.project.target_groups
    yield GuideLine(LineStyle.SECTION, f"{groups.heading} {groups.note}")
    yield GuideLine(LineStyle.HEADER, "Nr.", "Voller Wortlaut", "Auswahl im Blatt " + PERSONS.title)
    for group in groups.groups:
        note = f"\nHinweis: {group.note}" if group.note else ""
        yield GuideLine(LineStyle.GRID, str(group.number), group.text + note, group.choice)


def _evidence(book: TemplateBook) -> Iterator[GuideLine]:
    yield GuideLine(LineStyle.SECTION, "Nachweispunkte")
    yield GuideLine(LineStyle.HEADER, "Nr.", "Nachweis zur Zielerreichung", "Projektmaßnahme")
    for measure in book.rules.measures:
        for point in measure.evidence:
            yield GuideLine(LineStyle.GRID, point.id, point.text, f"{measure.number} {measure.title}")


def _examples(book: TemplateBook) -> Iterator[GuideLine]:
    yield GuideLine(LineStyle.SECTION, "Die Blätter, Spalte für Spalte, mit einem erfundenen Beispiel")
    for sheet in book.kind.tables:
        yield GuideLine(LineStyle.PLAIN)
        yield GuideLine(LineStyle.HEADER, sheet.title, sheet.help, "Beispiel", sheet.title)
        yield from _columns(book, sheet)


def _columns(book: TemplateBook, sheet: Sheet) -> Iterator[GuideLine]:
    """One line per column; in sheets with prefilled rows only the columns that the user fills."""
    for column in sheet.columns:
        if column.locked:
            continue
        choices = ""
        if column.kind is Kind.CHOICE and len(column.choices) <= CHOICES_SHOWN:
            choices = "\nAuswahl: " + " · ".join(column.choices)
        example = column.example if column.example is not None else "(leer)"
        yield GuideLine(LineStyle.GRID, label(column), column.help + choices, example)


CHOICES_SHOWN = 9
