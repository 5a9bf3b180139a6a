"""Page "Kennzahlen": the names from ``pipeline.rules.wording.figure_names``, their meaning from the form of ergebnis.json."""

from __future__ import annotations

from collections.abc import Iterable

from docs.generate.markdown import code, page, plain, section, table
from pipeline.definitions.model import State, Status
from pipeline.definitions.sheets import FORM_AGS, FORM_DISTRICT, FORM_MUNICIPALITY
from pipeline.definitions.words import MILESTONE_WORDS, STATE_WORDS
from pipeline.report.form import PREFIX
from pipeline.rules import Rules
from pipeline.rules.wording import figure_names as figures

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
    "data_as_of": "Tag der Daten: der frühere von Stand des Berichts und Berichtsstichtag.",
    "value": "Anteil oder Anzahl.",
    "numerator": "Zähler des Anteils, oder die Anzahl.",
    "denominator": "Nenner des Anteils; sonst leer.",
    "threshold": "Schwelle; leer, wo es keine gibt.",
    "status": "Stand, als Wort.",
    "due": "Frist.",
    "reached_on": "Tag, an dem es erreicht war.",
    "evidence": "Nummern der Nachweise.",
}


def figures_page(rules: Rules) -> str:
    yearly = next(t for t in rules.targets if t.per_year and t.reported_by == "kommune")
    once = next(t for t in rules.targets if not t.per_year and t.reported_by == "kommune")
    milestone = next(m for m in rules.milestones if m.criteria)
    ags, year = rules.roster[0].ags, rules.years[0].label
    nr, criterion = milestone.id, milestone.criteria[0].id
    commune = [
        *figures.MUNICIPALITY,
        *_of(once.id, figures.MUNICIPALITY_TARGET),
        *_of(nr, figures.MUNICIPALITY_MILESTONE),
        *_of(criterion, figures.MUNICIPALITY_CRITERION),
    ]
    project = [
        *figures.PROJECT,
        *figures.SUBMISSIONS,
        *_of(once.id, figures.PROJECT_TARGET),
        *_of(nr, (*figures.PROJECT_MILESTONE, *figures.PROJECT_COUNTS)),
    ]
    return page(
        "Kennzahlen",
        "So heißen die Zahlen in einem Formular des Ministeriums: als Name einer Zelle mit "
        f"{code(PREFIX)} davor (z. B. {code(PREFIX + once.id + '.value')}), oder in rules/formular.yaml. Die Nummern "
        f"({', '.join(map(code, (once.id, nr, criterion)))}) stehen hier als Beispiele; es gelten alle aus "
        f"[Anforderungen](anforderungen.md). Gilt ein Zielwert je Jahr, folgt das Jahr: "
        f"{code(f'{yearly.id}.{year}.value')}; in einem Namen {code(year.replace('/', '_'))}.",
        section("Das ganze Projekt", _table(project, rules)),
        section(
            "Eine Kommune",
            f"Vor dem Namen steht der AGS: {code(f'{ags}.{once.id}.value')}. In einer Tabelle, in der jede Zeile eine "
            "Kommune ist, entfällt er.",
            _table(commune, rules, in_row=True),
        ),
    )


def _of(nr: str, fields: Iterable[str]) -> Iterable[str]:
    return (f"{nr}.{field}" for field in fields)


def _table(names: Iterable[str], rules: Rules, *, in_row: bool = False) -> str:
    rows = []
    for name in names:
        figures.parse_figure(name, rules, in_row=in_row)  # a name that the program refuses is no name
        rows.append((code(name), plain(_meaning(name))))
    return table(("Name", "Bedeutung"), rows)


def _meaning(name: str) -> str:
    """What stands in the cell; how many, for a count of a status. KeyError for a field that is new."""
    field = name.rsplit(".", 1)[-1]
    if name.startswith("submissions."):
        return f"Wie viele Dateien oder Stellen: {STATE_WORDS[State(field)].text}."
    if ".counts." in name:
        return f"Wie viele Kommunen: {MILESTONE_WORDS[Status(field)].text}."
    return MEANINGS[field]
