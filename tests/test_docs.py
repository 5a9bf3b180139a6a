"""The documents hold to what there is: commands, links, pictures, sheets, words and messages."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from docs.bilder import SHEETS
from pipeline.cli import cli
from pipeline.definitions.sheet_types import Sheet, WorkbookKind
from pipeline.definitions.sheets import (
    CHECK_TITLE,
    FEEDBACK_TITLE,
    MUNICIPALITY,
    NON_DATA_TITLES,
    PROJECT_LEAD,
    STATE_TITLE,
)
from pipeline.definitions.words import MILESTONE_WORDS, TARGET_WORDS
from pipeline.demo.municipalities import buedingen
from pipeline.report.summary import sheets_of
from pipeline.rules.loading.load import load_rules
from tests import builder
from tests.builder import ROOT
from tests.demo.test_demo import FINDINGS

DOCUMENTS = sorted(p.relative_to(ROOT).as_posix() for p in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
WRITTEN = [
    d for d in DOCUMENTS if not d.startswith("docs/referenz/")
]  # that folder is made, and held elsewhere
HANDBOOKS = [f"docs/{name}.md" for name in ("handbuch", "anleitung-kommune", "pruefung", "rueckmeldung")]
PICTURES = ROOT / "docs/bilder"
OF_OTHER_PROGRAMS = {  # what Excel, a file manager or a shell says
    "In Terminal öffnen", "Neues Terminal beim Ordner", "Im Terminal öffnen", "Terminal", "Inhalte einfügen",
    "Werte", "Speichern unter", "Excel-Arbeitsmappe (.xlsx)", "kisi",
}  # fmt: skip


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def prose(document: str) -> str:
    return re.sub(r"^ *```.*?^ *```", "", text_of(document), flags=re.M | re.S)


# --- links and pictures -------------------------------------------------------------------------------


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    plain = re.sub(r"[`*]|\[([^]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def missing(document: str, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (ROOT / document).parent / unquote(path) if path else ROOT / document
    if not target.exists():
        return True
    text = target.read_text(encoding="utf-8") if anchor else ""
    anchors = {slug(h) for h in re.findall(r"^#+ (.*)$", text, re.M)} | set(
        re.findall(r'<a id="(.+?)"', text)
    )
    return bool(anchor) and anchor not in anchors


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_and_picture_exists(document: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text_of(document)) if "://" not in link]
    assert [link for link in links if missing(document, link)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_of_the_repository_that_is_named_exists(document: str) -> None:
    folders = "pipeline|rules|tests|docs|benchmarks|input_templates"
    named = re.findall(rf"`((?:{folders})/[\w./-]*)`", text_of(document))
    assert [n for n in named if not (ROOT / n).exists()] == []


def test_every_picture_is_drawn_by_a_script_shown_somewhere_and_small() -> None:
    drawn = set(re.findall(r'^    "(\w+)": Cut|^BROWSED = "(\w+)"', text_of("docs/bilder.py"), re.M))
    shown = {Path(p).name for d in DOCUMENTS for p in re.findall(r"!\[[^]]+\]\(([^)]+)\)", text_of(d))}
    there = {p.name: p.stat().st_size for p in PICTURES.iterdir()}
    of_sheets = set(SHEETS)
    of_desk = set(re.findall(r'\bpicture\("(\w+)"\)', text_of("tests/desk/quarter.py")))
    assert {re.sub(r"^tisch_\d\d_|\.png$", "", n) for n in there} == {
        a or b for a, b in drawn
    } | of_desk | of_sheets
    assert there.keys() == shown
    assert [name for name, size in there.items() if size > 150_000] == []


# --- commands -----------------------------------------------------------------------------------------


def calls_in(document: str) -> list[tuple[str, bool]]:
    """(words after ``kisi``, whether it stands in a block and so is complete)."""
    call = r"(?:\.venv[\\/](?:bin|Scripts)[\\/])?kisi (\S.*?)"
    blocks = "\n".join(re.findall(r"^ *```\w*\n(.*?)^ *```", text_of(document), re.M | re.S))
    whole = [(c, True) for c in re.findall(rf"^ *{call}(?: +#.*)?$", blocks, re.M)]
    return whole + [(c, False) for c in re.findall(rf"`{call}`", prose(document))]


CALLS = [(d, call, whole) for d in WRITTEN for call, whole in calls_in(d)]


def test_every_handbook_shows_commands() -> None:
    showing = {document for document, _, whole in CALLS if whole}
    assert {"README.md", "docs/handbuch.md", "docs/pruefung.md", "docs/nachrechnen.md"} <= showing


@pytest.mark.parametrize(("document", "call", "whole"), CALLS)
def test_every_command_is_real(document: str, call: str, whole: bool) -> None:
    words = [w for w in shlex.split(re.sub(r"\$\(.*?\)|[\[\]]", "", call)) if w not in ("…", "|")]
    command = cli if words[0].startswith("-") else cli.commands[words.pop(0)]
    context = click.Context(command, resilient_parsing=not whole)
    given, left, _ = command.make_parser(context).parse_args(words)
    assert left == []
    values = {p: given.get(p.name) for p in command.get_params(context)}
    for parameter, value in values.items():
        if whole and isinstance(value, str) and not isinstance(parameter.type, click.Path):
            parameter.type_cast_value(context, value)
        if whole and isinstance(parameter, click.Argument) and parameter.required:
            assert value, f"{parameter.human_readable_name} fehlt"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_target_is_real(document: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.M))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text_of(document), re.M)) <= targets


# --- words --------------------------------------------------------------------------------------------


def sheets_of_a(kind: WorkbookKind) -> tuple[Sheet, ...]:
    return (kind.form, *kind.tables)


def titles() -> set[str]:
    """Every sheet of the templates, of the report and of what goes back."""
    given = {s.title for kind in (MUNICIPALITY, PROJECT_LEAD) for s in sheets_of_a(kind)}
    report = {sheet.title for sheet in sheets_of(builder.rules())}
    return given | report | set(NON_DATA_TITLES) | {CHECK_TITLE, STATE_TITLE, FEEDBACK_TITLE}


@pytest.mark.parametrize("document", ["README.md", "docs/nachrechnen.md", *HANDBOOKS])
def test_every_sheet_that_is_named_exists(document: str) -> None:
    text = prose(document)
    bold = r"\*\*([^*]+)\*\*"
    lists = re.findall(rf"\b(?:Blatt|Blätter|sheets?) ((?:{bold}(?:, | und | oder | and )?)+)", text)
    named = [name for found in lists for name in re.findall(bold, found[0])]
    plain = re.findall(r"\b(?:Blatt|sheet) ([A-ZÄÖÜ]\w+)", text)
    assert named or plain
    assert set(named) <= titles()
    assert set(plain) <= {title.split()[0] for title in titles()}


@cache
def texts_of_the_program() -> str:
    """Every text in the program's sources and rules, one after the other."""
    sources = (p.read_text(encoding="utf-8") for p in sorted((ROOT / "pipeline").rglob("*.py")))
    nodes = (node for source in sources for node in ast.walk(ast.parse(source)))
    found = [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    found += [p.read_text(encoding="utf-8") for p in sorted((ROOT / "rules").glob("*.yaml"))]
    return "\n".join(found)


@pytest.mark.parametrize("document", HANDBOOKS)
def test_every_word_in_quotation_marks_is_one_of_the_program(document: str) -> None:
    quoted = set(re.findall(r"„([^“]+)“", prose(document))) - OF_OTHER_PROGRAMS
    assert quoted
    assert [q for q in sorted(quoted) if q.rstrip(".,") not in texts_of_the_program()] == []


def tables_of(document: str, head: str) -> list[str]:
    """First cells of the rows of every table whose first column is headed so."""
    found = re.findall(rf"^\| {head} \|.*\n\|[-| ]+\n((?:\|.*\n)+)", text_of(document), re.M)
    return [row.split("|")[1].strip() for table in found for row in table.splitlines()]


@pytest.mark.parametrize("document", ["docs/handbuch.md", "docs/anleitung-kommune.md"])
def test_every_message_is_one_of_the_program(document: str) -> None:
    messages = tables_of(document, "Meldung")
    assert messages
    parts = [part.strip() for message in messages for part in message.split("…")]
    assert [part for part in parts if part not in texts_of_the_program()] == []


def test_every_status_word_of_milestones_and_targets_is_explained() -> None:
    words = {w.text for w in (*MILESTONE_WORDS.values(), *TARGET_WORDS.values())}
    assert set(tables_of("docs/handbuch.md", "Wort")) == words
    english = {w for cell in tables_of("README.md", "word") for w in cell.split(", ")}
    assert english == {w.text for w in MILESTONE_WORDS.values()}


def test_every_sheet_that_a_municipality_fills_row_by_row_is_explained() -> None:
    explained = tables_of("docs/anleitung-kommune.md", "Blatt")
    assert explained == [s.title for s in MUNICIPALITY.tables if s.prefill is None]


def test_the_rule_that_the_handbook_shows_may_be_put_in(tmp_path: Path) -> None:
    shown = re.search(r"^```yaml\n(  - id: .*?)^```", text_of("docs/handbuch.md"), re.M | re.S)[1]
    folder = shutil.copytree(ROOT / "rules", tmp_path / "rules")
    file = folder / "massnahme_4.yaml"
    entry = r'  - id: "MS4\.1"\n(?:    .*\n)+'
    changed, count = re.subn(entry, lambda _: shown, file.read_text(encoding="utf-8"))
    assert count == 1
    file.write_text(changed, encoding="utf-8")
    rules = load_rules(folder)
    milestone = next(m for m in rules.milestones if m.id == "MS4.1")
    assert (rules.due(milestone), [c.id for c in milestone.criteria]) == (date(2026, 9, 30), ["MS4.1a"])


def test_the_history_that_the_handbook_shows_may_be_put_in(tmp_path: Path) -> None:
    shown = re.search(r"^```yaml\n( *at_least:.*?)^```", text_of("docs/handbuch.md"), re.M | re.S)[1]
    folder = shutil.copytree(ROOT / "rules", tmp_path / "rules")
    file = folder / "massnahme_1.yaml"
    changed = file.read_text(encoding="utf-8").replace('      at_least: "70 %"\n', shown, 1)
    file.write_text(changed, encoding="utf-8")
    thresholds = [
        next(t.decide.minimum for t in load_rules(folder).at(day).targets if t.id == "Z1.2")
        for day in (date(2026, 12, 31), date(2027, 1, 1))
    ]
    assert thresholds == [Fraction(7, 10), Fraction(13, 20)]


def test_a_form_needs_no_mapping(tmp_path: Path) -> None:
    folder = shutil.copytree(ROOT / "rules", tmp_path / "rules")
    assert "(`cells: []` und `tables: []`)" in text_of("docs/handbuch.md")
    (folder / "formular.yaml").write_text("cells: []\ntables: []\n", encoding="utf-8")
    assert load_rules(folder).form.cells == ()


def test_what_the_readme_says_of_the_demo() -> None:
    # the statuses of Büdingen stand in tests/demo/test_demo.py, worked out by hand
    found = FINDINGS["2026-09-30/KISI_Oberursel.xlsx"]
    assert sum(severity == "error" for _, severity, _, _ in found) == 12
    assert "the twelve errors" in text_of("README.md")


def test_the_rows_that_are_counted_by_hand_are_those_of_the_demo() -> None:
    needs = dict(enumerate(buedingen(second=True).tables["Bedarfe"], start=5))  # the header is row 4
    assert [row for row, need in needs.items() if need["Adressiert am"]] == [*range(5, 8), *range(11, 16)]
    assert list(needs) == [*range(5, 18)]
    text = text_of("docs/nachrechnen.md")
    assert "Blatt Bedarfe, Zähler 8, Nenner 13" in text
    assert "Zähler 8, Nenner 13, Wert 61,54 %, Schwelle 60 %, erreicht" in text
