"""Forms and reports are files like any other: hostile ones get a German answer, and never the program's own fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.audit.verify.opened_report import read_opened
from pipeline.cli import cli
from pipeline.engine.child import TaskLimits
from pipeline.engine.workers import run_in_child
from tests import builder, cell_edits, failing_work
from tests.cell_edits import pack, unpack

NAME = "KISI_Z1.2.value"
BOOK, SHEET = "xl/workbook.xml", "xl/worksheets/sheet8.xml"


def _form(change: Callable[[dict[str, bytes]], object] = lambda _: None) -> bytes:
    """A workbook in which one cell is named for a figure, and then something is done to its parts."""
    parts = unpack(builder.valid())
    name = f'<definedName name="{NAME}">Kontakte!$B$5</definedName></definedNames>'
    parts[BOOK] = parts[BOOK].replace(b"</definedNames>", name.encode())
    change(parts)
    return pack(parts)


def _in(part: str, old: str, new: str) -> Callable[[dict[str, bytes]], object]:
    def change(parts: dict[str, bytes]) -> None:
        assert old.encode() in parts[part], old
        parts[part] = parts[part].replace(old.encode(), new.encode(), 1)

    return change


HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "text": b"Sehr geehrte Damen und Herren",
    "cut off": builder.valid()[:20_000],
    "no sheets": _form(_in(BOOK, "<sheets>", "<sheets/><x>")),
    "sheets without relations": _form(lambda parts: parts.pop("xl/_rels/workbook.xml.rels")),
    "a row that is no number": _form(_in(SHEET, '<row r="5"', '<row r="²"')),
    "an endless row": _form(_in(SHEET, '<row r="5"', f'<row r="{"9" * 5000}"')),
    "a cell without letters": _form(_in(SHEET, '<c r="B5"', '<c r="5"')),
    "no cells": _form(_in(SHEET, "<sheetData>", "<sheetDaten>")),
    "deep": _form(_in(SHEET, "<sheetData>", "<sheetData>" + "<a>" * 100_000)),
    "an endless name": _form(_in(BOOK, "Kontakte!$B$5<", f"Kontakte!$B${'9' * 5000}<")),
    "a name far outside": _form(_in(BOOK, "Kontakte!$B$5<", "Kontakte!$B$99999999<")),
    "a format that is no number": _form(_in("xl/styles.xml", 'numFmtId="', 'numFmtId="x')),
    "a date nobody knows": _form(_in(BOOK, "<workbookPr", '<workbookPr date1904="ja"')),
    "no styles": _form(lambda parts: parts.pop("xl/styles.xml")),
    "a relation to itself": _form(
        lambda parts: parts.update({"xl/worksheets/_rels/sheet8.xml.rels": parts["xl/_rels/workbook.xml.rels"]})
    ),
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "eingang").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KISI_JOBS", "0")
    return tmp_path


def _kisi(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--rules", str(builder.ROOT / "rules")], prog_name="kisi")


def _answered(answer: Result) -> None:
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    assert answer.exit_code in (0, 1, 2)
    assert "Interner Fehler" not in answer.output
    assert answer.output.strip()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_form_is_answered(place: Path, name: str) -> None:
    (place / "formular.xlsx").write_bytes(HOSTILE[name])
    answer = _kisi(
        "report", "eingang", "--as-of", "2026-06-30", "--no-rows", "--no-feedback", "--form", "formular.xlsx"
    )
    _answered(answer)
    if answer.exit_code == 2:
        assert "formular.xlsx kann nicht ausgefüllt werden:" in answer.output
        assert not (place / "output").exists()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_report_is_answered(place: Path, name: str) -> None:
    (place / "KISI_Bericht_2026-06-30.xlsx").write_bytes(HOSTILE[name])
    _answered(_kisi("verify", "KISI_Bericht_2026-06-30.xlsx", "eingang"))


MANIFESTS = {
    "as-of of another time": '{"as_of": "9999-12-31", "inputs": {}, "rules": {"files": {}}, "outputs": {}, "program": {}}',
    "no names": '{"as_of": "2026-06-30", "inputs": {}, "rules": {"files": {}}, "outputs": {"": "", ".": "", "\\u0000": "", "\\ud800": ""}, "program": {}}',
    "deep": "[" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_hostile_manifest_is_answered(place: Path, name: str) -> None:
    (place / "bericht.xlsx").write_bytes(builder.valid())
    (place / "manifest.json").write_text(MANIFESTS[name], encoding="utf-8")
    _answered(_kisi("verify", "bericht.xlsx", "eingang"))


def test_what_swells_or_hangs_ends_its_own_process_only() -> None:
    quick = TaskLimits(seconds=1.5)
    assert run_in_child(failing_work.sleeps, "x", limits=quick) is None
    assert run_in_child(failing_work.lengths, "dies") is None
    assert run_in_child(failing_work.lengths, "sieben") == 6


def test_a_value_is_the_same_with_a_comment_inside_it() -> None:
    """Every office program shows 850."""
    parts = unpack(cell_edits.edited({"Bestand!B5": 850}))
    sheet = cell_edits.sheet_part("Bestand", builder.valid())
    assert b"<v>850</v>" in parts[sheet]
    parts[sheet] = parts[sheet].replace(b"<v>850</v>", b"<v>85<!-- -->0</v>")
    assert read_opened(pack(parts)).sheets["Bestand"].cells["B5"].value == 850.0
