"""One cause, one finding: what repeats in a column for the same reason is reported once, with all its cells."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from pipeline.checks.gather import gather
from pipeline.cli.console import finding_lines
from pipeline.definitions.messages import finding
from pipeline.definitions.model import State
from pipeline.feedback import feedback
from pipeline.report.ergebnis import ergebnis
from pipeline.run import run
from pipeline.xlsx.addresses import cell_ranges
from tests import builder, cell_edits, expected
from tests.cell_edits import Text

UNKNOWN = Text("auf Zuruf")
THREE_AND_ONE = {f"Kontakte!B{row}": UNKNOWN for row in (5, 6, 8)} | {"Kontakte!C6": UNKNOWN}


def test_a_finding_that_repeats_in_a_column_stands_once_with_all_its_cells() -> None:
    found = expected.broken(THREE_AND_ONE).findings
    assert [(f.rule, f.cell, f.cells, f.count) for f in found] == [
        ("W10", "B5", ("B5:B6", "B8"), 3),
        ("W10", "C6", ("C6",), 1),
    ]


def test_another_reason_in_the_same_column_is_another_finding() -> None:
    edits = {"Kontakte!A5": Text("bald"), "Kontakte!A6": Text("31.02.2026"), "Kontakte!A8": Text("bald")}
    found = expected.broken(edits).findings
    assert [(f.rule, f.cells, f.count) for f in found] == [("W05", ("A5", "A8"), 2), ("W03", ("A6",), 1)]


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        (["C26"], ["C26"]),
        (["C26", "C27"], ["C26:C27"]),
        ([f"C{row}" for row in range(26, 126)], ["C26:C125"]),
        (["AB5", "AB7", "AB8", "AB10"], ["AB5", "AB7:AB8", "AB10"]),
    ],
)
def test_neighbours_in_a_column_are_a_range(cells: list[str], shown: list[str]) -> None:
    assert list(cell_ranges(cells)) == shown


def test_what_is_found_later_joins_what_is_known() -> None:
    """Gathering again changes nothing, and a further cell joins its finding."""
    known = expected.broken(THREE_AND_ONE)
    assert gather(known, [], builder.rules()) == known
    more = gather(known, [finding("W10", "Kontakte", "B7", "Kontaktform")], builder.rules())
    assert [(f.cells, f.count) for f in more.findings] == [(("B5:B8",), 4), (("C6",), 1)]


def test_all_cells_of_a_finding_are_marked_and_its_count_is_reported(tmp_path: Path) -> None:
    data = cell_edits.edited(THREE_AND_ONE)
    workbook = expected.examine(data)
    copy, letter = feedback(workbook, State.REJECTED, data, builder.rules())
    assert copy is not None
    book = openpyxl.load_workbook(io.BytesIO(copy))
    noted = [c.coordinate for row in book["Kontakte"].iter_rows() for c in row if c.comment]
    assert noted == ["B5", "B6", "C6", "B8"]
    rows = [[c.value for c in row[:7]] for row in book["Rückmeldung"].iter_rows()]
    assert [(r[1], r[2], r[4]) for r in rows if r[0] == "Fehler"] == [
        ("Kontakte!B5", "Kontaktform", "3"),
        ("Kontakte!C6", "Anlass", "1"),
    ]
    assert "Fehler (2):\n- Kontakte!B5 (3 Zellen: B5:B6, B8): " in letter
    assert next(finding_lines(workbook.findings)).startswith(
        "  Fehler, Kontakte!B5 (Kontaktform), 3 Zellen: B5:B6, B8: "
    )


def test_the_keys_of_a_finding_in_the_result(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(cell_edits.edited(THREE_AND_ONE))
    document = ergebnis(run(tmp_path, builder.rules()))
    first = document["findings"][0]
    assert list(first) == [
        "rule", "severity", "ags", "file", "sheet", "cell", "column", "count", "cells", "answer", "message", "remedy",
    ]  # fmt: skip
    assert (first["cell"], first["count"], first["cells"], first["answer"]) == (
        "B5",
        3,
        ["B5:B6", "B8"],
        None,
    )
    assert document["submissions"][0]["errors"] == 2  # findings, not cells


def test_equal_contacts_are_one_note_for_the_sheet() -> None:
    contact = dict(zip("ABCD", ("2026-02-11", "digital", "Begleitung", "Mechthild"), strict=True))
    edits = {f"Kontakte!{column}{row}": value for row in (9, 11) for column, value in contact.items()}
    (found,) = (f for f in expected.broken(edits).findings if f.rule == "P32")
    assert (found.sheet, found.cell, found.cells, found.count) == ("Kontakte", "A9", ("A9", "A11"), 2)
    assert found.message == "2 Zeilen gleichen einer Zeile weiter oben, zuerst Zeile 9; jede Zeile zählt."
