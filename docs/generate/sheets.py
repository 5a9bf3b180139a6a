"""Page "Blätter und Spalten": from ``pipeline.definitions.sheets``, with the choices of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from docs.generate.markdown import link, page, plain, section, table
from pipeline.checks.schema import sheet_schema
from pipeline.definitions.messages import condition_text, either, german_date, key_form
from pipeline.definitions.sheet_types import Column, Kind, Sheet
from pipeline.definitions.sheets import FORM_TITLE, NON_DATA_TITLES, REQUIRED_MARK, TEMPLATE_VERSION
from pipeline.rules import Rules

COLUMNS = ("Spalte", "Art", "Pflicht", "Was erlaubt ist", "Hilfe", "Beispiel", "ab Vorlage", "Prüfungen")


def sheets_page(rules: Rules) -> str:
    sheets: dict[str, Sheet] = {}
    for kind in rules.kinds.values():
        for sheet in kind.tables:
            sheets.setdefault(sheet.title, sheet)
    accepted = ", ".join(rules.project.accepted_templates)
    return page(
        "Blätter und Spalten",
        f"Vorlage {TEMPLATE_VERSION}; angenommen werden Mappen der Vorlage {accepted}. Blätter und Spalten werden "
        f"am Namen erkannt, nicht am Platz. Ein {REQUIRED_MARK} hinter der Überschrift heißt: Pflichtfeld. "
        "Weitere Prüfungen gelten über Zeilen und Blätter hinweg: siehe [Prüfungen](pruefungen.md).",
        _overview(rules, sheets),
        _form(rules),
        *(_sheet(sheet, rules) for sheet in sheets.values()),
    )


def _overview(rules: Rules, sheets: dict[str, Sheet]) -> str:
    kinds = tuple(rules.kinds.values())
    rows = [
        (
            link(title),
            *("✓" if kind.has(title) else "" for kind in kinds),
            plain(sheet.help),
            "je Nummer des Regelwerks eine" if sheet.prefill else f"bis {sheet.capacity}",
            "ja" if sheet.nil_return else "",
        )
        for title, sheet in sheets.items()
    ]
    others = ", ".join(NON_DATA_TITLES)
    return section(
        "Welche Blätter es gibt",
        table(("Blatt", *(k.title for k in kinds), "Wozu", "Zeilen der Vorlage", "Leermeldung"), rows),
        f"Dazu in beiden Mappen {FORM_TITLE}. Keine Angaben enthalten: {others}.",
    )


def _form(rules: Rules) -> str:
    """The fuller form as a table; what the other lacks in a sentence."""
    first, *others = sorted((k.form for k in rules.kinds.values()), key=lambda f: -len(f.names))
    lacking = "\n".join(
        f"Nicht in jeder Mappe: {', '.join(n for n in first.names if not f.has(n))}." for f in others
    )
    return section(FORM_TITLE, plain(first.help), _columns(first, rules), lacking)


def _sheet(sheet: Sheet, rules: Rules) -> str:
    further = "\n".join(f"- {line}" for line in _further(sheet))
    return section(sheet.title, plain(sheet.help), _columns(sheet, rules), further)


def _columns(sheet: Sheet, rules: Rules) -> str:
    checks: dict[str, list[str]] = {}
    for check in sheet_schema(sheet, rules.project.parameters).checks:
        checks.setdefault(check.column, []).append(check.rule)
    return table(
        COLUMNS,
        (
            (
                f"**{plain(c.name)}**",
                c.kind.value,
                "ja" if c.required else "",
                plain("\n".join(_allowed(c))),
                plain(c.help),
                plain(_shown(c.example)),
                str(c.since) if c.since > 1 else "",
                " ".join(link(rule, "pruefungen.md") for rule in sorted(set(checks.get(c.name, ())))),
            )
            for c in sheet.columns
        ),
    )


def _shown(value: str | int | date | None) -> str:
    if value is None:
        return ""
    return german_date(value) if isinstance(value, date) else str(value)


def _allowed(column: Column) -> Iterator[str]:
    if column.choices:
        yield " · ".join(column.choices)
    if column.prefix:
        yield key_form(column)
    if column.to:
        yield f"steht im Blatt {column.to}" + (
            f", wo „{column.to_where.column}“ {either(column.to_where.values)} ist" if column.to_where else ""
        )
    if column.kind is Kind.INTEGER:
        yield f"ab {column.minimum}"
    if column.max_length < Column.max_length:
        yield f"höchstens {column.max_length} Zeichen"
    if column.fact:
        yield "nicht nach dem Berichtsstichtag"
    if column.locked:
        yield "vorgegeben, gesperrt"


def _further(sheet: Sheet) -> Iterator[str]:
    if sheet.key:
        yield f"Nur einmal: {' + '.join(sheet.key)} ({link('P03', 'pruefungen.md')})."
    for chain in sheet.order:
        yield f"Reihenfolge: {' ≤ '.join(chain)} ({link('P04', 'pruefungen.md')})."
    for dependent in sheet.dependents:
        only = "; sonst leer" if dependent.else_empty else ""
        yield f"„{dependent.column}“ ist nötig, wenn {plain(condition_text(dependent.when))}{only}."
