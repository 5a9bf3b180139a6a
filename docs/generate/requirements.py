"""Page "Anforderungen": from the rule files, in the lines that the sheet Regelwerk shows too."""

from __future__ import annotations

from collections.abc import Iterable

from docs.generate.markdown import anchor, page, plain, section, table
from pipeline.rules import Measure, Rules
from pipeline.rules.wording.rulebook import (
    RuleLine,
    constant_lines,
    group_lines,
    measure_lines,
    reading_lines,
)

COLUMNS = ("Nr.", "Wortlaut der Quelle", "Fundstelle", "Wie entschieden wird", "Parameter", "Auslegung")


def requirements_page(rules: Rules) -> str:
    project = rules.project
    return page(
        "Anforderungen",
        f"{project.short_title} – {project.title}. Regelversion {project.version}. Alles hier steht in den Dateien "
        "in rules/; wer dort etwas ändert, ändert Vorlage, Prüfung und Bericht. Der Wortlaut ist aus der Quelle "
        "übernommen.",
        *(_measure(m, rules) for m in rules.measures),
        section("Zielgruppen", _lines(group_lines(project))),
        section("Projekt und Parameter", _constants(rules)),
        section(
            "Auslegung und Klärungsbedarf",
            "Wo die Quelle eine Frage offen lässt, steht hier, wie sie gelesen wird. Das Ministerium kann anders "
            "entscheiden; wo ein Parameter genannt ist, genügt eine Zeile in rules/projekt.yaml.",
            _readings(rules),
        ),
    )


def _measure(measure: Measure, rules: Rules) -> str:
    described = [
        f"- „{plain(passage.heading)}“: {plain(text)}"
        for passage in measure.description
        for text in passage.statements
    ]
    return section(
        f"Projektmaßnahme {measure.number}: {measure.title}",
        _lines(measure_lines(measure, rules)),
        section("Beschreibung, ohne Bewertung", "\n".join(described), level=3) if described else "",
    )


def _lines(lines: Iterable[RuleLine]) -> str:
    return table(
        COLUMNS,
        (
            (
                anchor(line.nr) if line.nr else line.kind,
                plain(line.text or ""),
                plain(line.place or ""),
                plain(line.decided or ""),
                plain(line.parameter or ""),
                plain(line.reading or ""),
            )
            for line in lines
        ),
    )


def _constants(rules: Rules) -> str:
    rows = (
        (line.kind, plain(line.decided or line.text or ""), plain(line.parameter or line.place or ""))
        for line in constant_lines(rules)
    )
    return table(("Was", "Inhalt", "Parameter oder Fundstelle"), rows)


def _readings(rules: Rules) -> str:
    rows = (
        (
            anchor(line.nr or ""),
            plain(line.decided or ""),
            plain(line.reading or ""),
            plain(line.text or ""),
            line.parameter,
        )
        for line in reading_lines(rules)
    )
    return table(("Nr.", "Offene Frage", "So wird gelesen", "Wortlaut der Quelle", "Parameter"), rows)
