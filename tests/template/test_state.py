"""The sheet Stand says what the pipeline computes, recalculated by LibreOffice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from benchmarks.content import typical
from pipeline.definitions.model import State, Status
from pipeline.definitions.results import CriterionResult, Result
from pipeline.evaluate import evaluate
from pipeline.reading.package import read_raw
from pipeline.reading.read import ReadingRules, read_workbook
from pipeline.rules import Rules
from pipeline.rules.loading.load import load_rules
from pipeline.run import run
from pipeline.template import template_bytes
from pipeline.template.fill import Content, Entry, fill
from tests.builder import ROOT
from tests.demo_files import lay_demo
from tests.template.invented import Invention
from tests.template.office import demo_saved_by_libreoffice, needs_libreoffice, recalculate

pytestmark = needs_libreoffice

TARGETS = {
    Status.MET: "erreicht",
    Status.OPEN: "offen",
    Status.MISSED: "verfehlt",
    Status.NOT_EVALUABLE: "nicht bewertbar",
    Status.INFO: "Erhebung",
}
CRITERIA = {
    Status.MET: "erfüllt",
    Status.UNMET: "offen",
    Status.EVIDENCE_MISSING: "Nachweis fehlt",
    Status.NOT_EVALUABLE: "nicht bewertbar",
}
DAYS = [
    date(2025, 12, 31),
    date(2026, 3, 31),
    date(2026, 9, 30),
    date(2026, 10, 1),
    date(2027, 9, 30),
    date(2028, 9, 30),
]
SEEDS = range(6)  # one for each of the days
LARGE, DEMO_DAY = "large", date(2026, 9, 30)


MS41 = """  - id: "MS4.1"
    text: "12 Monate nach Projektbeginn"
    months: 12
    criteria:
      - {id: "MS4.1a", text: "Zwei laufende Angebote", heading: "H", decide: {kind: count, at_least: 2,
          rows: {sheet: "Angebote", dates: ["Beginn"], until: "Ende"}}}
      - {id: "MS4.1b", text: "Angabe", heading: "H", decide: {kind: attested}}
      - {id: "MS4.1c", text: "Ein belegtes Angebot", heading: "H", decide: {kind: count, at_least: 1,
          rows: {sheet: "Angebote", dates: ["Beginn"], until: "Ende", where: {"Gebiet": ["Kommune", "Landkreis"]}}}}
      - {id: "MS4.1d", text: "Vier Angebote", heading: "H", decide: {kind: count, at_least: 4,
          rows: {sheet: "Angebote", dates: ["Beginn"], where: {"Gebiet": ["Kommune", "Landkreis"]}}}}"""


def contents(rules: Rules) -> Iterator[Content]:
    for seed in SEEDS:
        yield Invention(rules, seed, DAYS[seed % len(DAYS)], size=0 if seed == 0 else 1).content()


@pytest.fixture(scope="module")
def results(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Result]:
    """Workbooks and what the pipeline computes for each: invented ones, and a large one (800 persons, 1,920
    needs, 960 contacts).
    """
    folder = tmp_path_factory.mktemp("stand")
    kind = rules.kinds["kommune"]
    template = template_bytes(rules, kind)
    wanted = {str(i): content for i, content in enumerate(contents(rules))}
    wanted[LARGE] = typical("06440004", "Büdingen", rules, persons=800, seed=1)
    found = {}
    for name, content in wanted.items():
        path = folder / f"{name}.xlsx"
        path.write_bytes(fill(template, kind, content))
        read = read_workbook(path.name, path.read_bytes(), ReadingRules.of(rules))
        assert read.stichtag is not None
        found[path] = evaluate(read, None, rules, read.stichtag)
    return found


@pytest.fixture(scope="module")
def recalculated(results: dict[Path, Result], rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where LibreOffice has saved these workbooks, one of the project lead and one by other rules; it starts
    once for all.
    """
    folder = tmp_path_factory.mktemp("gerechnet")
    more = {"lead": leads(rules), "new": by_other_rules(folder)}
    for name, data in more.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    return recalculate(folder, [*results, *(folder / f"{name}.xlsx" for name in more)])


@pytest.fixture(scope="module")
def computed(
    results: dict[Path, Result], recalculated: Path, rules: Rules, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Result, bytes]]:
    """What the pipeline computes for each workbook, and the workbook recalculated; those of the demo that
    count on 30.09.2026 as well.
    """
    saved = {p.stem: (result, (recalculated / p.name).read_bytes()) for p, result in results.items()}
    return saved | demo(rules, tmp_path_factory.mktemp("demo"))


def demo(rules: Rules, folder: Path) -> dict[str, tuple[Result, bytes]]:
    """The same of the demo's workbooks; the results are those that its ergebnis.json holds."""
    lay_demo(folder)
    outcome = run(folder, rules, DEMO_DAY)
    found = {}
    for workbook in (s.workbook for s in outcome.submissions if s.state is State.ACCEPTED):
        if workbook.stichtag == DEMO_DAY and workbook.kind == "kommune":
            result = next(r for r in outcome.results if r.ags == workbook.ags)
            saved = (demo_saved_by_libreoffice() / workbook.file).read_bytes()
            found[Path(workbook.file).stem] = (result, saved)
    assert len(found) == 5  # Bad Homburg, Bad Nauheim, Büdingen, Hanau, Karben
    return found


@pytest.fixture(scope="module")
def books(computed: dict[str, tuple[Result, bytes]]) -> dict[str, tuple[Result, Workbook]]:
    return {n: (r, load_workbook(BytesIO(data), data_only=True)) for n, (r, data) in computed.items()}


@pytest.mark.parametrize("title", ["Prüfung", "Stand"])
def test_every_formula_has_a_value_and_none_is_an_error(
    computed: dict[str, tuple[Result, bytes]], title: str
) -> None:
    """The first invented workbook is blank but for the form."""
    for name, (_, data) in computed.items():
        special = read_raw(data, title.__eq__).sheets[title].special
        assert len(special.formulas) > 90, name
        assert special.errors == special.without_result == set(), name


def test_a_full_workbook_in_order_has_no_mistake_in_pruefung(
    books: dict[str, tuple[Result, Workbook]],
) -> None:
    rows = books[LARGE][1]["Prüfung"].iter_rows(min_row=5, max_col=3, values_only=True)
    assert {r[1]: r[2] for r in rows if r[2] and "Fehler: " in r[1]} == {}


def shown(book: Workbook) -> dict[tuple[str, str | None], tuple[Any, Any, Any, str]]:
    """(Nr., project year) → Ist, Soll, Abstand, Stand."""
    rows = book["Stand"].iter_rows(min_row=5, max_col=7, values_only=True)
    return {
        (r[0], r[2] or None): (r[3] if r[3] != "" else None, r[4], r[5] if r[5] != "" else None, r[6])
        for r in rows
    }


def expected_status(criterion: CriterionResult, rules: Rules) -> str:
    """Stand looks at the Berichtsstichtag alone: what was reached earlier and does not hold now is open."""
    decide = next(c for c in rules.criteria if c.id == criterion.nr).decide
    momentary = decide.kind == "share" or (decide.kind == "count" and decide.rows.until)
    if momentary and criterion.status is Status.MET:
        if criterion.value is None:
            return CRITERIA[Status.NOT_EVALUABLE]
        assert criterion.threshold is not None
        return CRITERIA[Status.MET if criterion.value >= criterion.threshold else Status.UNMET]
    return CRITERIA[criterion.status]


def assert_row(row: tuple[Any, Any, Any, str], value: Any, threshold: Any, word: str, where: str) -> None:
    actual, wanted, distance, status = row
    assert status == word, where
    assert actual == (None if value is None else pytest.approx(float(value))), where
    assert wanted == (None if threshold is None else pytest.approx(float(threshold))), where
    if value is None or threshold is None:
        assert distance is None, where
    else:
        assert distance == pytest.approx(max(0, float(threshold - value))), where


def test_targets_equal_the_pipeline(books: dict[str, tuple[Result, Workbook]]) -> None:
    for name, (result, book) in books.items():
        rows = shown(book)
        for target in result.targets:
            where = f"{name}, {target.nr} {target.year}"
            row = rows[target.nr, target.year]
            assert_row(row, target.value, target.threshold, TARGETS[target.status], where)


def test_years_to_come_are_empty(books: dict[str, tuple[Result, Workbook]]) -> None:
    for result, book in books.values():
        begun: set[tuple[str, str | None]] = {(t.nr, t.year) for t in result.targets}
        for (nr, year), row in shown(book).items():
            if year and (nr, year) not in begun:
                assert (row[0], row[2], row[3] or None) == (None, None, None)


def test_criteria_equal_the_pipeline(books: dict[str, tuple[Result, Workbook]], rules: Rules) -> None:
    foreign = {c.id for c in rules.criteria_of("projektleitung")}
    for name, (result, book) in books.items():
        rows = shown(book)
        for criterion in (c for m in result.milestones for c in m.criteria):
            row, where = rows[criterion.nr, None], f"{name}, {criterion.nr}"
            if criterion.nr in foreign:
                assert (row[0], row[1], row[3]) == (None, 1, "Projektleitung")
                continue
            assert_row(row, criterion.value, criterion.threshold, expected_status(criterion, rules), where)


def test_the_inventions_cover_every_word(books: dict[str, tuple[Result, Workbook]]) -> None:
    words = {row[3] for _, book in books.values() for row in shown(book).values()}
    assert words >= {*TARGETS.values(), *CRITERIA.values()}


def leads(rules: Rules) -> bytes:
    kind = rules.kinds["projektleitung"]
    training = {"Schulung-Nr.": "S-001", "Datum": date(2025, 11, 5), "Zielgruppe": "Integrationsguides"}
    content = Content({"Berichtsstichtag": date(2026, 3, 31)}, {"Schulungen": [training]})
    return fill(template_bytes(rules, kind), kind, content)


def test_the_project_lead_sees_her_own(recalculated: Path) -> None:
    book = load_workbook(recalculated / "lead.xlsx", data_only=True)
    assert shown(book) == {
        ("Z2.7", None): (1, 1, 0, "erreicht"),
        ("MS2.1d", None): (1, 1, 0, "Nachweis fehlt"),
        ("MS2.4b", None): (None, 1, None, "nicht bewertbar"),
    }


def by_other_rules(folder: Path) -> bytes:
    """Measure 4 gets a milestone."""
    copy = folder / "rules"
    shutil.copytree(ROOT / "rules", copy)
    path = copy / "massnahme_4.yaml"
    path.write_text(
        path.read_text("utf-8").replace('  - id: "MS4.1"\n    text: "nicht festgelegt"', MS41), "utf-8"
    )
    rules = load_rules(copy)
    kind = rules.kinds["kommune"]
    tables: dict[str, list[dict[str, Any]]] = {
        "Verwaltung": [
            {"Organisationseinheit": "A", "Ansprechperson benannt": "ja"},
            {"Organisationseinheit": "B"},
        ],
        "Angebote": [
            {
                "Angebot-Nr.": "A-001",
                "Gebiet": "Kommune",
                "Beginn": date(2025, 11, 3),
                "Nachweis-Nr.": "NW-001",
            },
            {
                "Angebot-Nr.": "A-002",
                "Gebiet": "Landkreis",
                "Beginn": date(2026, 3, 31),
                "Ende": date(2026, 4, 1),
            },
            {
                "Angebot-Nr.": "A-003",
                "Gebiet": "Landkreis",
                "Beginn": date(2026, 1, 1),
                "Ende": date(2026, 3, 31),
            },
        ],
    }
    content = Content(
        {"Berichtsstichtag": date(2026, 3, 31)}, tables, {"MS4.1b": Entry(date(2026, 3, 31), "NW-001")}
    )
    return fill(template_bytes(rules, kind), kind, content)


def test_other_rules_give_other_formulas(recalculated: Path) -> None:
    """Measure 4 has a milestone with four criteria by the rules alone: no code knows of it."""
    book = load_workbook(recalculated / "new.xlsx", data_only=True)
    rows = shown(book)
    assert rows["MS4.1a", None] == (2, 2, 0, "erfüllt")
    assert rows["MS4.1b", None] == (None, None, None, "erfüllt")
    assert rows["MS4.1c", None] == (2, 1, 0, "erfüllt")
    assert rows["MS4.1d", None] == (3, 4, 1, "offen")
    numbers = [r[0].value for r in book["Meilensteine"].iter_rows(min_row=5)]
    assert numbers[-4:] == ["MS4.1a", "MS4.1b", "MS4.1c", "MS4.1d"]
