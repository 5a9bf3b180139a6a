"""A report that an office program has saved: the honest one passes, every manipulation is found and named.

All manipulations are made in one file, which is read once; ``python -m tests.audit.verify`` tries each by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from pipeline.audit.verify.compare_workbooks import Comparison, compare_workbooks
from pipeline.audit.verify.opened_report import read_opened
from tests.audit.verify import in_outputs
from tests.audit.verify.all import manipulations
from tests.audit.verify.edited import MAIN, Edited
from tests.audit.verify.excel import saved_by_excel
from tests.audit.verify.in_sheets import view
from tests.audit.verify.place import computed, original, resaved
from tests.audit.verify.table import OVERVIEW, REGISTER, SIGN_OFF, Manipulation
from tests.template.office import needs_libreoffice

pytestmark = needs_libreoffice
ALONE = (
    "Zahlenformat mit fester Zahl",
    "weiße Schrift",
    "Zeilenhöhe 0,1",
    "andere Fußzeile",
    "Titel eines Diagramms",
)


def compared(*edits: Callable[[Edited], None]) -> Comparison:
    edited = Edited(resaved())
    for edit in edits:
        edit(edited)
    return compare_workbooks(read_opened(edited.save()), computed())


def test_an_honest_resave_passes() -> None:
    found = compared()
    assert (found.differences, found.uncompared, found.resaved) == ([], [], True)
    assert len(found.notes) == 1


def test_what_excel_writes_passes() -> None:
    """Done to the XML: no program here can open Excel."""
    data = saved_by_excel(original().report.read_bytes())
    found = compare_workbooks(read_opened(data), computed())
    assert (found.differences, found.uncompared, found.resaved) == ([], [], True)


def test_all_manipulations_are_found() -> None:
    together = [one for one in manipulations() if not one.apart]
    assert len(together) >= 100
    found = compared(*(one.edit for one in together))
    missed = [
        one.name
        for one in together
        if not any(one.shown in line for line in (found.uncompared if one.named else found.differences))
    ]
    assert missed == []
    assert found.resaved


@pytest.mark.parametrize("name", ALONE)
def test_nothing_else_is_reported(name: str) -> None:
    one = _named(name)
    found = compared(one.edit)
    assert len(found.differences) == 1, found.differences
    assert one.shown in found.differences[0]


def test_what_hides_other_changes() -> None:
    for one in manipulations():
        if one.apart:
            assert any(one.shown in line for line in compared(one.edit).differences), one.name


def _named(name: str) -> Manipulation:
    return next(one for one in manipulations() if one.name == name)


def test_no_inner_names_are_reported() -> None:
    found = compared(*(one.edit for one in manipulations() if not one.apart))
    for line in [*found.differences, *found.uncompared]:
        assert not any(word in line for word in ("xl/", ".xml", "rId", "sheet1", "xlnm", "numFmt", "dxf")), (
            line
        )


# --- what people do honestly ----------------------------------------------------------------------------


def sign(edited: Edited, names: dict[int, str]) -> None:
    """Entries in the sign-off, with a date in a format of the program's."""
    for row, name in names.items():
        cell = edited.cell(SIGN_OFF, f"B{row}")
        cell.set("t", "inlineStr")
        cell.append(etree.fromstring(f'<is xmlns="{MAIN}"><t>{name}</t></is>'))
        edited.cell(SIGN_OFF, f"C{row}").append(etree.fromstring(f'<v xmlns="{MAIN}">46320</v>'))
        edited.format(SIGN_OFF, f"C{row}", "d/m/yy;@")


def used(edited: Edited) -> None:
    """Scrolled, zoomed in, another cell chosen."""
    view(edited, OVERVIEW, zoomScale="130", topLeftCell="A20")
    view(edited, REGISTER, zoomScale="80")


SAME, ALL = (
    "Freigabe: Bei geprüft und freigegeben steht derselbe Name.",
    "Freigabe: Eine Person hat erstellt, geprüft",
)


@pytest.mark.parametrize(
    ("names", "shown", "alike"),
    [
        ({6: "M. Beispiel", 7: "Dr. E. Muster", 8: "E. Muster"}, SAME, True),
        ({6: "Muster, Erika", 7: "erika muster", 8: "Dr. Erika Muster"}, ALL, True),
        ({6: "M. Beispiel"}, "Freigabe: ausgefüllt ist erstellt; offen ist geprüft und freigegeben.", False),
        ({6: "A. Eins", 7: "B. Zwei", 8: "C. Drei"}, "Freigabe: ausgefüllt ist erstellt, geprüft und freigegeben.", False),
    ],
)  # fmt: skip
def test_signed_and_used(names: dict[int, str], shown: str, *, alike: bool) -> None:
    """Sign-off is no difference; one name in several steps is reported."""
    found = compared(lambda e: sign(e, names), used)
    assert (found.differences, found.uncompared) == ([], [])
    assert any(note.startswith(shown) for note in found.notes), found.notes
    assert any("zwei verschiedene Personen" in note for note in found.notes) is alike


def test_saved_by_a_library_that_keeps_no_results(tmp_path: Path) -> None:
    """openpyxl writes formulas without their values: that is reported, and nothing else."""
    book = openpyxl.load_workbook(original().report)
    book.save(tmp_path / "anders.xlsx")
    found = compare_workbooks(read_opened((tmp_path / "anders.xlsx").read_bytes()), computed())
    assert found.differences
    assert all("mit Formel fehlt der gespeicherte Wert" in line for line in found.differences), (
        found.differences
    )


# --- what lies beside the report -------------------------------------------------------------------------


def test_other_outputs(tmp_path: Path) -> None:
    """Changed values with hashes that fit: found by computing anew; the untouched ones pass."""
    results = in_outputs.copied(original(), tmp_path)
    clean = in_outputs.compared(results, original().folder)
    assert (clean.differences, clean.uncompared) == ([], [])
    assert [note.split(":")[0] for note in clean.notes] == ["versand"]
    assert {"ergebnis.json", "uebersicht.html", in_outputs.FORM.name} <= clean.recomputed
    for one in in_outputs.changes():
        one.edit(results)
    in_outputs.adapt(results)
    found = in_outputs.compared(results, original().folder)
    lines = [*found.differences, *found.uncompared]
    assert [one.name for one in in_outputs.changes() if not any(one.shown in line for line in lines)] == []


def test_a_form_whose_empty_one_is_gone_is_named(tmp_path: Path) -> None:
    found = in_outputs.compared(in_outputs.copied(original(), tmp_path), tmp_path)
    assert found.differences == []
    assert len(found.uncompared) == 1
    assert found.uncompared[0].startswith(
        "Formular Formular_Ministerium.xlsx: Das leere Formular von damals liegt nicht"
    )


def test_rows_of_persons_are_never_repeated(tmp_path: Path) -> None:
    results = in_outputs.copied(original(), tmp_path)
    for one in in_outputs.changes():
        if one.name.startswith(("daten", "Rückmeldung: Zelle")):
            one.edit(results)
    found = in_outputs.compared(results, original().folder)
    assert not any(word in line for line in found.differences for word in ("vertauscht", "98765"))
