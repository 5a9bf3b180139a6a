"""docs/referenz/: made from the definitions, and as they stand now; a reader finds in it what the contract names."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from docs.generate import FOLDER, reference
from docs.generate.checks import GROUPS
from docs.generate.requirements import requirements_page
from pipeline.definitions.messages import MESSAGES
from pipeline.definitions.model import Severity
from tests import builder

MADE = reference()


@pytest.mark.parametrize("name", MADE)
def test_the_committed_page_is_what_the_definitions_say(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == MADE[name], "stale: make docs"


def test_nothing_else_lies_there() -> None:
    assert {p.name for p in FOLDER.iterdir()} == set(MADE)


def test_every_link_leads_somewhere() -> None:
    found = 0
    for name, text in MADE.items():
        for file, place in re.findall(r"\]\(([\w.]*)(?:#([\w.-]+))?\)", text):
            target = MADE[file or name]
            ids = {i.lower() for i in re.findall(r'<a id="([^"]+)"', target)}
            ids |= {h.lower().replace(" ", "-") for h in re.findall(r"^#+ (.+)$", target, re.MULTILINE)}
            assert not place or place in ids, f"{name}: {file}#{place}"
            found += 1
    assert found > 100


def test_every_group_of_checks_is_reported() -> None:
    """No check is left out; where the page says that nothing rejects a workbook, nothing does."""
    assert {rule[0] for rule in MESSAGES} == set(GROUPS)
    for letter in "VXMN":
        assert not [r for r, m in MESSAGES.items() if r[0] == letter and m.severity is Severity.ERROR]


# --- what a reader looks for ------------------------------------------------------------------------------


def _lines(page: str, *parts: str) -> list[str]:
    return [line for line in MADE[page].splitlines() if all(part in line for part in parts)]


@pytest.mark.parametrize("sheet", builder.VALID)
def test_sheets_and_their_columns(sheet: str) -> None:
    """The headers are those of the contract, as tests/builder.py writes them."""
    section = MADE["blaetter.md"].split(f"\n## {sheet}\n")[1].split("\n## ")[0]
    listed = re.findall(r"^\| \*\*(.+?)\*\* \|", section, re.MULTILINE)
    headers = [h.strip() for h in builder.VALID[sheet].strip().splitlines()[0].split("|")]
    assert listed[: len(headers)] == headers


def test_a_column() -> None:
    (line,) = _lines("blaetter.md", "**Integrationsguide**")
    assert [c.strip() for c in line.strip("|").split("|")][1:6] == [
        "Text", "ja", "höchstens 10 Zeichen", "Kürzel, höchstens 10 Zeichen, z. B. AB.", "AB",
    ]  # fmt: skip
    assert "- Reihenfolge: Zugang am ≤ Angesprochen am ≤ Bedarf erfasst am" in MADE["blaetter.md"]
    assert len(_lines("blaetter.md", "**Altersgruppe**", "| 2 |")) == 1


def test_how_cells_are_read() -> None:
    """The examples of workbook.md, "What is mended and what is refused"."""
    for shown, rule in (
        ("| Datum | „03/04/26“ | – (Fehler) |", "W04"),
        ("| Datum | „31.02.2026“ | – (Fehler) |", "W03"),
        ("| Ganze Zahl | „12,0“ | 12 |", "M05"),
        ("| Ganze Zahl | „1.234“ | – (Fehler) |", "W06"),
        ("| Auswahl | „x“ | ja |", "M03"),
        ("| Gemeindeschlüssel | 6440004 (Zahl) | 06440004 |", "M07"),
    ):
        assert len(_lines("pruefungen.md", shown, f"[{rule}](#{rule.lower()})")) == 1, shown


def test_requirements() -> None:
    (line,) = _lines("anforderungen.md", "</a>Z1.2 |")
    assert "Erfassung der Bedarfe von mindestens 70% der Drittstaatsangehörigen" in line
    assert "„Zielwert Projektmaßnahme 1“" in line
    (ms,) = _lines("anforderungen.md", "</a>MS1.2 |")
    assert "Text und Zeitschiene weichen ab. Es gilt der Text: 30.06.2026." in ms
    ids = re.findall(r"</a>(Z\d\.\d|N\d\.\d|MS\d\.\d[a-e]?) \|", MADE["anforderungen.md"])
    assert len([i for i in ids if i[0] == "Z"]) == 4 + 7 + 7 + 3
    assert len([i for i in ids if i[0] == "N"]) == 6 + 4 + 5
    assert len([i for i in ids if i[0] == "M" and i[-1].isdigit()]) == 16
    assert len([i for i in ids if i[0] == "M" and not i[-1].isdigit()]) == 37 + 2


def test_a_changed_rule_changes_the_page() -> None:
    rules = builder.rules()
    first, *others = rules.measures
    share = first.targets[1].decide.model_copy(update={"at_least": Fraction(7, 8)})
    target = first.targets[1].model_copy(update={"decide": share})
    changed = first.model_copy(update={"targets": (target,), "title": "Neuer Titel"})
    page = requirements_page(replace(rules, measures=(changed, *others)))
    assert "## Projektmaßnahme 1: Neuer Titel" in page
    (line,) = [line for line in page.splitlines() if "</a>Z1.2 |" in line]
    assert "mindestens 87,5 %, verglichen ohne Rundung. | Schwelle: 87,5 % |" in line


def test_commands() -> None:
    listed = re.findall(r"^## kisi (\w+)$", MADE["befehle.md"], re.MULTILINE)
    assert {"template", "demo", "check", "report", "verify", "explain", "rules", "migrate"} <= set(listed)
    report = MADE["befehle.md"].split("\n## kisi report\n")[1].split("\n## ")[0]
    assert {"--as-of DATUM", "--out ORDNER", "--form FORMULAR", "--no-rows", "--no-feedback", "--rules ORDNER"} <= set(
        re.findall(r"^\| `(.+?)` \|", report, re.MULTILINE)
    )  # fmt: skip


def test_the_form_of_the_result() -> None:
    page = MADE["ergebnis.md"]
    assert "### milestones[].criteria[]" in page
    assert "| `at_risk` | ▲ | gefährdet |" in page
