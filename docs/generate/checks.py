"""Page "Prüfungen": from ``pipeline.definitions.messages``; the examples are read by ``pipeline.reading.values`` itself."""

from __future__ import annotations

from datetime import date, datetime
from string import Formatter
from typing import Any

from docs.generate.markdown import anchor, link, page, plain, section, table
from pipeline.definitions.messages import MESSAGES, SEVERITY_WORDS, german_date
from pipeline.definitions.sheet_types import Column, Kind
from pipeline.definitions.sheets import YES_NO
from pipeline.reading.values import parse
from pipeline.rules import Rules

GROUPS = {  # first letter of the rule's id → title, and what becomes of the file
    "D": ("Die Datei als Ganzes", "Die Datei wird nicht gelesen; eine Meldung sagt, was zu tun ist."),
    "A": ("Abgaben untereinander", "Mehrere Dateien widersprechen einander; keine von ihnen zählt."),
    "W": ("Eine Zelle", "Ein Fehler in einer Zelle weist die ganze Mappe zurück; gezählt wird nichts davon. Eine Warnung tut das nicht."),
    "P": ("Zellen, Zeilen und Blätter zusammen", "Ein Fehler weist die Mappe zurück, eine Warnung oder ein Hinweis nicht."),
    "V": ("Gegen die vorige Abgabe, und was auffällt", "Nichts davon weist eine Mappe zurück."),
    "X": ("Ausnahmen", "Eine Ausnahme steht in rules/ausnahmen.yaml. Sie macht aus einem Fehler eine Warnung."),
    "M": ("Ohne Verlust gelesen", "Die Angabe gilt; der Hinweis sagt, wie sie gelesen wurde."),
    "N": ("Keine Abgaben", "Was im Ordner liegt und keine Mappe ist, wird genannt und übergangen."),
}  # fmt: skip
EXAMPLES: tuple[tuple[Kind, Any], ...] = (
    (Kind.TEXT, "  Sprachcafé\u00a0"),
    (Kind.TEXT, "Bu\u0308dingen"),
    (Kind.TEXT, 42.0),
    (Kind.KEY, "p-0001"),
    (Kind.KEY, "P\u20130001"),
    (Kind.KEY, "P-0001, P-0002"),
    (Kind.CHOICE, "Ja"),
    (Kind.CHOICE, "x"),
    (Kind.CHOICE, "NEIN"),
    (Kind.DATE, "31.03.2026"),
    (Kind.DATE, "1.4.26"),
    (Kind.DATE, "12. Januar 2026"),
    (Kind.DATE, "2026-03-31"),
    (Kind.DATE, datetime(2026, 3, 31, 14, 30)),  # noqa: DTZ001  - cells know no time zone
    (Kind.DATE, "31.02.2026"),
    (Kind.DATE, "03/04/26"),
    (Kind.DATE, "April 2026"),
    (Kind.DATE, "demnächst"),
    (Kind.DATE, 46112.0),
    (Kind.INTEGER, "12"),
    (Kind.INTEGER, "12,0"),
    (Kind.INTEGER, 13.000000000000002),
    (Kind.INTEGER, "1.234"),
    (Kind.INTEGER, "12,5"),
    (Kind.INTEGER, "zwölf"),
    (Kind.REFERENCES, "NW-001;NW-002; NW-001"),
    (Kind.REFERENCES, "NW-001, nw-002 und NW-003"),
    (Kind.REFERENCES, "NW-001 / NW-002"),
    (Kind.REFERENCES, "siehe Akte"),
    (Kind.AGS, 6440004.0),
    (Kind.AGS, "644"),
)


_PREFIXES = {Kind.KEY: "P", Kind.REFERENCES: "NW"}


def checks_page(rules: Rules) -> str:
    severities = " · ".join(SEVERITY_WORDS.values())
    return page(
        "Prüfungen",
        f"Jede Prüfung hat eine Kennung; sie steht im Prüfprotokoll des Berichts und in der Rückmeldung. Schwere: "
        f"{severities}. Schon ein Fehler weist eine Mappe als Ganzes zurück. „…“ steht für das, was im Einzelfall "
        "eingesetzt wird. Keine Meldung wiederholt den Inhalt einer Zelle.",
        *(_group(letter) for letter in GROUPS),
        _readings(),
    )


def _group(letter: str) -> str:
    title, what = GROUPS[letter]
    rows = (
        (anchor(rule), SEVERITY_WORDS[m.severity], plain(_open(m.text)), plain(_open(m.remedy)))
        for rule, m in MESSAGES.items()
        if rule.startswith(letter)
    )
    return section(title, what, table(("Kennung", "Schwere", "Meldung", "Abhilfe"), rows))


def _open(text: str) -> str:
    """A message with its places left open."""
    return "".join(words + ("…" if name is not None else "") for words, name, _, _ in Formatter().parse(text))


def _readings() -> str:
    return section(
        "Wie eine Zelle gelesen wird",
        "Was eindeutig ist, wird gelesen und genannt; was mehrdeutig ist, wird nie geraten.",
        table(("Art der Spalte", "In der Zelle", "Gelesen als", "Befund"), map(_reading, EXAMPLES)),
    )


def _reading(example: tuple[Kind, Any]) -> tuple[str, ...]:
    kind, raw = example
    choices = YES_NO if kind is Kind.CHOICE else ()
    value, found = parse(Column("", kind, "", choices=choices, prefix=_PREFIXES.get(kind, "")), raw)
    refused = next((SEVERITY_WORDS[MESSAGES[r].severity] for r in found if value is None), "")
    return (
        kind.value,
        _cell(raw),
        plain(_value(value)) or f"– ({refused})",
        " ".join(link(rule) for rule in found),
    )


def _cell(raw: Any) -> str:
    """What stands in the cell: texts in quotation marks, spaces and accents of their own visible."""
    if isinstance(raw, datetime):
        return f"{german_date(raw)} {raw:%H:%M} (Datum mit Uhrzeit)"
    if isinstance(raw, float):
        return f"{raw:.17g} (Zahl)".replace(".", ",")
    shown = raw.replace("\u00a0", "[geschütztes Leerzeichen]").replace("\u0308", "[¨]")
    return f"„{plain(shown)}“"


def _value(value: Any) -> str:
    if isinstance(value, date):
        return german_date(value)
    return "; ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
