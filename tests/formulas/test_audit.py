"""Report, templates and returned copies are sound by the schemas and rules of Office Open XML."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.definitions.model import State
from pipeline.feedback import feedback
from tests import builder, cell_edits, expected
from tests.formulas.test_programs import REPORTS, TEMPLATES, book

INLINE = "inline-string cell(s)"  # sound: how openpyxl writes texts, which the copy leaves as they came


def errors_of(folder: Path, data: bytes) -> list[str]:
    from openxml_audit import OpenXmlValidator  # noqa: PLC0415  - takes a second, and most calls need it not

    path = folder / "mappe.xlsx"
    path.write_bytes(data)
    return [str(e) for e in OpenXmlValidator().validate(path).errors if INLINE not in str(e)]


@pytest.mark.parametrize("name", [*REPORTS, *TEMPLATES])
def test_what_the_program_writes_is_sound(name: str, tmp_path: Path) -> None:
    assert errors_of(tmp_path, book(name)) == []


@pytest.mark.parametrize("name", ["fehlerhaft", "leitung", "projektleitung"])
def test_a_returned_copy_has_no_fault_of_its_own(name: str, tmp_path: Path) -> None:
    """Those of openpyxl, which wrote the filled ones, are kept as they came; a template has none."""
    data = book(name)
    workbook = expected.examine(data)
    state = State.ACCEPTED if workbook.valid else State.REJECTED
    copy, _ = feedback(workbook, state, data, builder.rules())
    assert copy is not None
    assert copy != data
    received = errors_of(tmp_path, data)
    assert (received == []) == (name == "projektleitung")
    assert errors_of(tmp_path, copy) == received


def test_a_fault_is_seen(tmp_path: Path) -> None:
    parts = cell_edits.unpack(book("projektleitung"))
    sheet = "xl/worksheets/sheet2.xml"
    parts[sheet] = (
        parts[sheet].replace(b"<sheetData>", b"<sheetDat>").replace(b"</sheetData>", b"</sheetDat>")
    )
    assert errors_of(tmp_path, cell_edits.pack(parts)) != []
