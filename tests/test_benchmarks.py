"""The benchmarks measure what they say: real workbooks, mistakes of known number, the same checks."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from xlsxwriter.format import Format

from benchmarks import plain
from benchmarks.bare import copied, noted_formats, write_cells
from benchmarks.content import MISTAKES, spoil, typical
from benchmarks.excelfile import Blank
from benchmarks.generate import FIRST_AGS, change, generate
from benchmarks.goals import Goal, of_report
from benchmarks.results import COLUMNS, ratio_row
from pipeline.definitions.model import Workbook
from pipeline.definitions.sheets import MUNICIPALITY
from pipeline.rules.loading.load import load_rules
from tests import builder, cell_edits, expected

PERSONS = 40
AGS = builder.rules().roster[0].ags


def errors(workbook: Workbook) -> set[plain.Cell]:
    return {
        (f.sheet, f.column, row)
        for f in workbook.findings
        if f.severity.value == "error"
        for cells in f.cells
        for row in rows_of(cells)
    }


def rows_of(cells: str) -> range:
    """``B7`` or ``C26:C125``"""
    rows = [int(re.sub("[A-Z]", "", cell)) for cell in cells.split(":")]
    return range(rows[0], rows[-1] + 1)


def test_a_generated_workbook_holds_what_openpyxl_would_have_filled_in() -> None:
    content = typical(AGS, "Hanau", builder.rules(), PERSONS, 1)
    fast = Blank(builder.blank(), MUNICIPALITY).fill(content).data()
    ours, theirs = expected.examine(fast), expected.examine(builder.filled(content))
    assert ours.valid
    assert ours.content == theirs.content
    assert expected.reported(ours.findings) == expected.reported(theirs.findings)


def test_texts_and_numbers_stand_in_the_file_as_excel_would_write_them() -> None:
    content = typical(AGS, "Hanau & <Umland>", builder.rules(), PERSONS, 1)
    parts = cell_edits.unpack(Blank(builder.blank(), MUNICIPALITY).fill(content).data())
    persons = parts[cell_edits.sheet_part("Personen")].decode()
    assert '<dimension ref="A1:J44"/>' in persons  # four rows above 40 records, ten columns
    assert '<row r="44" spans="1:10" x14ac:dyDescent="0.25"><c r="A44" ' in persons
    strings = parts["xl/sharedStrings.xml"].decode()
    assert "<si><t>P-00040</t></si>" in strings
    assert "<si><t>Hanau &amp; &lt;Umland&gt;</t></si>" in strings
    assert int(re.findall(r'uniqueCount="(\d+)"', strings)[0]) == strings.count("<si>")


def test_the_plain_pipeline_finds_the_mistakes_that_were_made_and_so_does_ours(tmp_path: Path) -> None:
    project = generate(tmp_path, 1, PERSONS, mistakes=0.5)
    rules = load_rules(project.rules)
    (path,) = project.inputs.iterdir()
    found = errors(expected.examine(path.read_bytes(), rules))
    # half of 40 persons, 96 needs, 20 offers, 48 contacts, 30 documents
    assert project.errors == 20 + 48 + 10 + 24 + 15
    assert len(found) == project.errors
    assert plain.check(path, rules) == found


def test_every_kind_of_mistake_is_found_in_the_cell_where_it_is(tmp_path: Path) -> None:
    content = typical(AGS, "Hanau", builder.rules(), PERSONS, 1)
    spoil(content, 1.0, 1)
    found = errors(expected.examine(Blank(builder.blank(), MUNICIPALITY).fill(content).data()))
    for title, mistakes in MISTAKES.items():
        rows = {row for sheet, _, row in found if sheet == title}
        assert rows == set(range(6, 5 + len(content.tables[title])))  # all but the first record, in row 5
        assert len(rows) >= len(mistakes)


def test_the_plain_pipeline_finds_nothing_in_a_clean_workbook(tmp_path: Path) -> None:
    project = generate(tmp_path, 1, PERSONS)
    (path,) = project.inputs.iterdir()
    assert plain.check(path, load_rules(project.rules)) == set()


def test_the_same_call_gives_the_same_files_and_a_changed_one_is_another(tmp_path: Path) -> None:
    def files(name: str) -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in generate(tmp_path / name, 2, 5).inputs.iterdir()}

    before = files("a")
    assert sorted(before) == [f"{FIRST_AGS + 1:08d}.xlsx", f"{FIRST_AGS + 2:08d}.xlsx"]
    assert files("b") == before
    changed = change(tmp_path / "a", 1, persons=5)
    assert changed.name == f"{FIRST_AGS + 2:08d}.xlsx"
    assert changed.read_bytes() != before[changed.name]
    rules = load_rules(tmp_path / "a/rules")
    assert expected.examine(changed.read_bytes(), rules, changed.name).valid


def test_a_repeated_workbook_differs_in_its_key_and_name_alone() -> None:
    first, second = builder.rules().roster[:2]
    filled = Blank(builder.blank(), MUNICIPALITY).fill(typical(first.ags, first.name, builder.rules(), 5, 1))
    same = expected.examine(filled.instead({first.ags: second.ags, first.name: second.name}).data())
    ours = expected.examine(filled.data())
    assert same.valid
    assert (same.ags, same.form["Kommune"]) == (second.ags, second.name)
    assert same.tables == ours.tables


def test_what_is_written_bare_holds_the_cells_of_the_finished_workbook() -> None:
    formats: list[Format] = []
    with noted_formats(formats):
        file = xlsxwriter.Workbook(content := BytesIO(), {"in_memory": True})
        sheet, bold = file.add_worksheet("Blatt"), file.add_format({"bold": True})
        sheet.write_row(0, 0, ["Titel & <mehr>", 2.5], bold)
        sheet.write_blank(1, 0, None, bold)
        sheet.write_formula(1, 1, "=B1*2", None, 5)
        file.close()
    of = copied(content.getvalue(), formats)
    assert of.cells == 4
    data = write_cells(of)
    book, results = (openpyxl.load_workbook(BytesIO(data), data_only=results) for results in (False, True))
    found = [(c.coordinate, c.value, c.font.b) for row in book.worksheets[0].iter_rows() for c in row]
    assert found == [
        ("A1", "Titel & <mehr>", True),
        ("B1", 2.5, True),
        ("A2", None, True),
        ("B2", "=B1*2", False),
    ]
    assert results.worksheets[0]["B2"].value == 5


@pytest.mark.parametrize(
    ("value", "least", "met"),
    [(1.5, False, True), (1.51, False, False), (18, True, True), (17.9, True, False)],
)
def test_a_goal_is_met_at_its_limit(value: float, least: bool, met: bool) -> None:
    assert Goal("", "", 18 if least else 1.5, [value], least).met is met


def test_the_ratio_of_the_rounds_is_their_median_and_a_missed_goal_is_bold() -> None:
    goal = of_report({"ours": [3.0, 4.0, 10.0], "bare": [2.0, 2.0, 2.0]})
    assert goal.value == 2.0
    row = ratio_row([goal]).split("|")
    assert row[COLUMNS.index("report ÷ bare") + 3].strip() == "**2.00**"
    assert len(row) == len(COLUMNS) + 4  # date, commit, and nothing before the first and after the last bar
