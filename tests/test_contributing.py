"""The recipes of CONTRIBUTING: what a new column or sheet is said in one place, and everything else follows.

"Change a rule" is tried in test_rulefiles.py, "new template version" in test_migrate.py.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from docs.generate.sheets import sheets_page
from pipeline.definitions.model import Status
from pipeline.definitions.sheet_types import Column, Kind, Sheet, WorkbookKind
from pipeline.definitions.sheets import MUNICIPALITY, TEMPLATE_VERSION, bind, workbook_kind
from pipeline.engine.packed_rows import schema_of
from pipeline.evaluate import evaluate
from pipeline.reading import locate
from pipeline.rules import Count, Measure, Rows, Rules, Target
from pipeline.template import template_bytes
from pipeline.template.fill import Content, fill
from pipeline.template.migrate import migrate
from tests import builder
from tests.expected import examine, reported
from tests.template.test_migrate import version_1

NOW = int(TEMPLATE_VERSION)


def rules_with(*tables: Sheet) -> Rules:
    """The rules of this repository with other sheets in the municipality's workbook."""
    rules = replace(builder.rules())
    kind = workbook_kind(MUNICIPALITY.id, MUNICIPALITY.title, *tables)
    vars(rules)["kinds"] = builder.rules().kinds | {kind.id: bind(kind, rules.lists)}
    return rules


def kind_of(rules: Rules) -> WorkbookKind:
    return rules.kinds[MUNICIPALITY.id]


def filled(rules: Rules, content: Content) -> bytes:
    return fill(template_bytes(rules, kind_of(rules)), kind_of(rules), content)


# --- add a column -----------------------------------------------------------------------------------------

LEVEL = Column("Sprachniveau", Kind.CHOICE, "Freiwillig.", "A2", choices=("A1", "A2", "B1"), since=NOW)


@pytest.fixture(scope="module")
def with_column() -> Rules:
    """One line at the end of the columns of Personen."""
    persons = MUNICIPALITY.table("Personen")
    longer = replace(persons, columns=(*persons.columns, LEVEL))
    return rules_with(*(longer if t is persons else t for t in MUNICIPALITY.tables))


@pytest.fixture(scope="module")
def with_levels(with_column: Rules) -> bytes:
    content = builder.content()
    content.tables["Personen"][0]["Sprachniveau"] = "A2"
    content.tables["Personen"][1]["Sprachniveau"] = "b1"
    content.tables["Personen"][2]["Sprachniveau"] = "C2"
    return filled(with_column, content)


def test_a_column_in_the_template(with_levels: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(with_levels))["Personen"]
    assert (sheet["K4"].value, sheet["K5"].value) == ("Sprachniveau", "A2")
    assert "K5:K5004" in " ".join(str(v.sqref) for v in sheet.data_validations.dataValidation)


def test_a_column_is_read_mended_and_checked(with_column: Rules, with_levels: bytes) -> None:
    workbook = examine(with_levels, with_column)
    assert workbook.tables["Personen"]["Sprachniveau"] == ["A2", "B1", "C2", *[None] * 5]
    assert [(f.rule, f.cell) for f in workbook.findings] == [("M04", "K6"), ("W10", "K7")]


def test_workbooks_without_the_column_are_taken(with_column: Rules) -> None:
    workbook = examine(version_1(), with_column)
    assert [f.rule for f in workbook.findings] == ["M28"]
    assert workbook.tables["Personen"]["Sprachniveau"] == [None] * 8
    assert [f.rule for f in examine(builder.valid(), with_column).findings] == ["D10"]


def test_a_column_in_migrated_workbook_rows_and_reference(with_column: Rules) -> None:
    moved = migrate(version_1(), with_column)
    assert moved.left == ()
    assert openpyxl.load_workbook(io.BytesIO(moved.data))["Personen"]["K4"].value == "Sprachniveau"
    assert "Sprachniveau" in schema_of(kind_of(with_column).table("Personen")).names
    assert "| **Sprachniveau** | Auswahl |  | A1 · A2 · B1 | Freiwillig. | A2 |" in sheets_page(with_column)


# --- add a sheet ------------------------------------------------------------------------------------------

COURSES = Sheet(
    "Probeblatt",
    "Je Kurs eine Zeile.",
    (
        Column("Kurs-Nr.", Kind.KEY, "K- und 3 bis 6 Ziffern.", "K-001", required=True, prefix="K"),
        Column("Beginn", Kind.DATE, "Erster Tag.", date(2026, 2, 2), required=True, fact=True),
        Column("Ende", Kind.DATE, "Letzter Tag.", fact=True),
    ),
    key=("Kurs-Nr.",),
    order=(("Beginn", "Ende"),),
    nil_return=True,
    since=NOW,
)
TARGET = Target(
    id="Z4.9",
    text="Zwei Probeblatt",
    heading="Zielwert",
    decide=Count(kind="count", rows=Rows(sheet="Probeblatt", dates=("Beginn",)), at_least=2),
)


@pytest.fixture(scope="module")
def with_sheet() -> Rules:
    """One sheet after the others, and a target that counts its rows."""
    rules = rules_with(*MUNICIPALITY.tables, COURSES)
    *others, last = rules.measures
    more: Measure = last.model_copy(update={"targets": (*last.targets, TARGET)})
    both = replace(rules, measures=(*others, more))
    vars(both)["kinds"] = rules.kinds
    return both


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets that hold no data are not even opened, and sheets.py itself is left alone here."""
    monkeypatch.setattr(locate, "_DATA", locate._DATA | {locate.fold(COURSES.title)})


def _courses(*rows: tuple[str, date, date | None]) -> Content:
    content = builder.content()
    content.tables["Probeblatt"] = [dict(zip(COURSES.names, row, strict=True)) for row in rows]
    return content


def _status(data: bytes, rules: Rules) -> Status:
    result = evaluate(examine(data, rules), None, rules, builder.STICHTAG)
    return next(t.status for t in result.targets if t.nr == TARGET.id)


def test_a_sheet_in_the_template(with_sheet: Rules) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_bytes(with_sheet, kind_of(with_sheet))))
    assert [c.value for c in book["Probeblatt"][4]][:3] == ["Kurs-Nr.*", "Beginn*", "Ende"]
    labels = [row[0].value for row in book["Stammdaten"].iter_rows(max_col=1)]
    assert labels[-1] == "Leermeldung: Probeblatt"


def test_a_sheet_is_read_checked_and_counted(with_sheet: Rules) -> None:
    good = (("K-001", date(2026, 2, 2), None), ("K-002", date(2026, 3, 2), date(2026, 6, 1)))
    data = filled(with_sheet, _courses(*good))
    workbook = examine(data, with_sheet)
    assert reported(workbook.findings) == []
    assert workbook.tables["Probeblatt"]["Kurs-Nr."] == ["K-001", "K-002"]
    assert _status(data, with_sheet) is Status.MET
    bad = (("K-1", date(2026, 2, 2), None), ("K-002", date(2026, 3, 2), date(2026, 1, 31)))
    found = examine(filled(with_sheet, _courses(*bad)), with_sheet).findings
    assert [(f.rule, f.sheet, f.cell) for f in found] == [
        ("W12", "Probeblatt", "A5"),
        ("P04", "Probeblatt", "C6"),
    ]


def test_an_empty_sheet_wants_its_leermeldung(with_sheet: Rules) -> None:
    data = filled(with_sheet, builder.content())
    assert [(f.rule, f.sheet) for f in examine(data, with_sheet).findings] == [("P22", "Probeblatt")]


def test_workbooks_without_the_sheet_are_taken(with_sheet: Rules) -> None:
    """They cannot say anything about it: no zero, no finding, and nothing is missing."""
    data = version_1()
    assert [f.rule for f in examine(data, with_sheet).findings] == ["M28"]
    assert _status(data, with_sheet) is Status.NOT_EVALUABLE
    moved = migrate(data, with_sheet)
    assert moved.left == ()
    assert ("P22", "Probeblatt") in {(f.rule, f.sheet) for f in examine(moved.data, with_sheet).findings}
    now = {f.rule for f in examine(builder.valid(), with_sheet).findings}
    assert now == {"D09", "D12"}  # the sheet, and its line in Stammdaten


def test_a_sheet_in_rows_and_reference(with_sheet: Rules) -> None:
    assert schema_of(kind_of(with_sheet).table("Probeblatt")).names[-3:] == ["Kurs-Nr.", "Beginn", "Ende"]
    assert "## Probeblatt" in sheets_page(with_sheet)
