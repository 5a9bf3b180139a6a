"""Workbooks saved by a real spreadsheet program give the same results as those that openpyxl saved."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.report.ergebnis import ergebnis
from pipeline.run import run
from tests import builder, expected
from tests.demo_files import lay_demo
from tests.template.office import demo_saved_by_libreoffice, needs_libreoffice

AS_OF = date(2026, 9, 30)

pytestmark = needs_libreoffice


def _comparable(document: dict[str, Any], ignore_lock: str) -> dict[str, Any]:
    for submission in document["submissions"]:
        submission["sha256"] = None
    document["findings"] = [f for f in document["findings"] if f["file"] != ignore_lock]
    return document


def test_the_demo_saved_by_libreoffice_gives_the_same_result(tmp_path: Path) -> None:
    """… and so does the workbook of the other tests, which has every kind of cell and no finding."""
    first = tmp_path / "openpyxl"
    lay_demo(first)
    second = Path(shutil.copytree(demo_saved_by_libreoffice(), tmp_path / "libreoffice"))
    saved = (second / "valid.xlsx").read_bytes()
    assert saved != builder.valid()
    assert expected.reported(expected.examine(saved).findings) == []
    assert expected.examine(saved).content == expected.valid_workbook().content

    (second / "valid.xlsx").unlink()
    lock = "2026-09-30/~$KISI_Hanau.xlsx"
    ours = _comparable(ergebnis(run(first, builder.rules(), AS_OF)), lock)
    theirs = _comparable(ergebnis(run(second, builder.rules(), AS_OF)), lock)
    assert [s["file"] for s in theirs["submissions"]] == [s["file"] for s in ours["submissions"]]
    for part in ("submissions", "findings", "targets", "milestones", "evidence", "consolidated"):
        assert theirs[part] == ours[part]
    assert theirs == ours
