"""The sheet Stand says what the pipeline computes, recalculated by LibreOffice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from invented import Invention
from office import needs_libreoffice, recalculate
from openpyxl import Workbook, load_workbook

from pipeline.evaluate import CriterionResult, Result, evaluate
from pipeline.fill import Content, fill
from pipeline.model import Status
from pipeline.read import read_workbook
from pipeline.rules import Rules
from pipeline.template import template_bytes

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
SEEDS = range(8)


def contents(rules: Rules) -> Iterator[Content]:
    for seed in SEEDS:
        yield Invention(rules, seed, DAYS[seed % len(DAYS)], size=0 if seed == 0 else 1).content()


@pytest.fixture(scope="module")
def books(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Result, Workbook]]:
    """What the pipeline computes for each invented workbook, and the recalculated workbook."""
    folder = tmp_path_factory.mktemp("stand")
    template = template_bytes(rules, rules.kinds["kommune"])
    files, results = [], []
    for i, content in enumerate(contents(rules)):
        path = folder / f"{i}.xlsx"
        path.write_bytes(fill(template, rules.kinds["kommune"], content))
        read = read_workbook(path.name, path.read_bytes(), rules)
        assert read.stichtag is not None
        results.append(evaluate(read, None, rules, read.stichtag))
        files.append(path)
    out = recalculate(folder, files)
    return [(r, load_workbook(out / f.name, data_only=True)) for r, f in zip(results, files, strict=True)]


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


def test_targets_equal_the_pipeline(books: list[tuple[Result, Workbook]]) -> None:
    for i, (result, book) in enumerate(books):
        rows = shown(book)
        for target in result.targets:
            where = f"workbook {i}, {target.nr} {target.year}"
            row = rows[target.nr, target.year]
            assert_row(row, target.value, target.threshold, TARGETS[target.status], where)


def test_years_to_come_are_empty(books: list[tuple[Result, Workbook]]) -> None:
    for result, book in books:
        begun: set[tuple[str, str | None]] = {(t.nr, t.year) for t in result.targets}
        for (nr, year), row in shown(book).items():
            if year and (nr, year) not in begun:
                assert (row[0], row[2], row[3] or None) == (None, None, None)


def test_criteria_equal_the_pipeline(books: list[tuple[Result, Workbook]], rules: Rules) -> None:
    foreign = {c.id for c in rules.criteria_of("projektleitung")}
    for i, (result, book) in enumerate(books):
        rows = shown(book)
        for criterion in (c for m in result.milestones for c in m.criteria):
            row, where = rows[criterion.nr, None], f"workbook {i}, {criterion.nr}"
            if criterion.nr in foreign:
                assert (row[0], row[1], row[3]) == (None, 1, "Projektleitung")
                continue
            assert_row(row, criterion.value, criterion.threshold, expected_status(criterion, rules), where)


def test_the_inventions_cover_every_word(books: list[tuple[Result, Workbook]]) -> None:
    words = {row[3] for _, book in books for row in shown(book).values()}
    assert words >= {*TARGETS.values(), *CRITERIA.values()}
