"""Page "Kennzahlen": the names that a form may carry, from ``pipeline.report.ministry_form.catalogue``."""

from __future__ import annotations

from collections.abc import Iterable

from docs.generate.markdown import code, page, plain, section, table
from pipeline.report.ministry_form.catalogue import MUNICIPALITY, PROJECT, TABLE, FormField, form_fields
from pipeline.report.ministry_form.plan import PREFIX
from pipeline.rules import Rules


def figures_page(rules: Rules) -> str:
    yearly = next(t for t in rules.targets if t.per_year and t.reported_by == "kommune")
    once = next(t for t in rules.targets if not t.per_year and t.reported_by == "kommune")
    milestone = next(m for m in rules.milestones if m.criteria)
    point = next(e for e in rules.evidence if e.months)
    ags, year = rules.roster[0].ags, rules.years[0].label
    shown = (once.id, milestone.id, milestone.criteria[0].id, f"{point.id}.1")
    fields = [
        f
        for f in form_fields(rules)
        if not f.about or f.name.rpartition(".")[0] in shown or _counts(f, shown)
    ]
    return page(
        "Kennzahlen",
        "So heißen die Angaben in einem Formular des Ministeriums: als Name einer Zelle oder als Tag eines "
        f"Inhaltssteuerelements mit {code(PREFIX)} davor (z. B. {code(PREFIX + once.id + '.value')}), oder in "
        f"rules/formular.yaml. Die Nummern ({', '.join(map(code, shown[:-1]))}) stehen hier als Beispiele; es gelten "
        f"alle aus [Anforderungen](anforderungen.md), und {code('kisi form-fields')} nennt alle Namen. Gilt ein "
        f"Zielwert je Jahr, folgt das Jahr: {code(f'{yearly.id}.{year}.value')}; in einem Namen "
        f"{code(year.replace('/', '_'))}. Die Fristen von {point.id} sind gezählt: {code(f'{point.id}.2.due')}.",
        section(
            "Das ganze Projekt", _table(f for f in fields if f.scope != MUNICIPALITY and f.kind != TABLE)
        ),
        section(
            "Eine Kommune",
            f"Vor dem Namen steht der AGS: {code(f'{ags}.{once.id}.value')}. In einer Tabelle, in der jede Zeile eine "
            "Kommune ist, und in einem Formular, das für jede Kommune ausgefüllt wird, entfällt er; dort meint "
            f"{code(f'project.{once.id}.value')} den Wert des Projekts.",
            _table(f for f in fields if f.scope != PROJECT and f.kind != TABLE),
        ),
        section(
            "Tabellen",
            "Der Name steht für die Zeile oder den wiederholten Abschnitt; was in eine Spalte soll, sagt die erste "
            f"Zeile mit den Namen von oben ohne Nummer: {code(PREFIX + 'nr')}, {code(PREFIX + 'status')}.",
            _table(f for f in fields if f.kind == TABLE),
        ),
    )


def _counts(field: FormField, shown: Iterable[str]) -> bool:
    return any(field.name.startswith(f"{nr}.counts.") for nr in shown)


def _table(fields: Iterable[FormField]) -> str:
    rows = ((code(f.name), f.kind, plain(f.meaning), plain(f.example)) for f in fields)
    return table(("Name", "Art", "Bedeutung", "Beispiel"), rows)
