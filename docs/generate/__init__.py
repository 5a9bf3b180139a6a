"""docs/referenz/: the reference, made from the definitions. ``make docs`` writes it anew.

A page is a function of the rules; nothing on it is written by hand but the sentences around the tables.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from docs.generate.checks import checks_page
from docs.generate.commands import commands_page
from docs.generate.figures import figures_page
from docs.generate.markdown import page
from docs.generate.requirements import requirements_page
from docs.generate.result import result_page
from docs.generate.sheets import sheets_page
from pipeline.definitions.sheets import TEMPLATE_VERSION
from pipeline.report.ergebnis_schema import json_schema
from pipeline.rules import Rules
from pipeline.rules.loading.load import load_rules

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/referenz"
SCHEMA = "ergebnis.schema.json"
PAGES: dict[str, tuple[str, Callable[[Rules], str]]] = {
    "blaetter.md": ("was in welche Spalte gehört", sheets_page),
    "pruefungen.md": ("was geprüft, gelesen und zurückgewiesen wird, mit Meldung und Abhilfe", checks_page),
    "anforderungen.md": (
        "Zielwerte, Nachweise und Meilensteine: Wortlaut und Entscheidung",
        requirements_page,
    ),
    "befehle.md": ("was das Programm kann", commands_page),
    "ergebnis.md": (f"die Datei ergebnis.json und die Statuswörter, dazu [{SCHEMA}]({SCHEMA})", result_page),
    "kennzahlen.md": ("die Namen der Zahlen, für ein Formular des Ministeriums", figures_page),
}


def reference() -> dict[str, str]:
    """File name → text of everything in docs/referenz/."""
    rules = load_rules(ROOT / "rules")
    made = {name: write(rules) for name, (_, write) in PAGES.items()}
    schema = json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
    return {"README.md": _contents(rules, made), **made, SCHEMA: schema}


def _contents(rules: Rules, made: dict[str, str]) -> str:
    titles = {name: text.splitlines()[0].removeprefix("# ") for name, text in made.items()}
    return page(
        "Nachschlagen",
        f"Regelversion {rules.project.version}, Vorlage {TEMPLATE_VERSION}.",
        "\n".join(f"- [{titles[name]}]({name}): {what}" for name, (what, _) in PAGES.items()),
    )
