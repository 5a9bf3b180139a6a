"""Workbooks saved by a real spreadsheet program give the same results as those that openpyxl saved."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.report.ergebnis import ergebnis
from pipeline.run import run
from tests import builder
from tests.received import lay_demo

SOFFICE = shutil.which("soffice")
AS_OF = date(2026, 9, 30)

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) ist nicht installiert"),
]


def resave(folder: Path, out: Path, work: Path) -> None:
    """Opens and saves every workbook below ``folder`` into the same place below ``out``.

    One start of the program for all files, each content once.
    """
    files = [p for p in sorted(folder.rglob("*.xlsx")) if not p.name.startswith("~$")]
    contents = sorted({p.read_bytes() for p in files})
    before, after = work / "before", work / "after"
    before.mkdir(parents=True)
    for number, data in enumerate(contents):
        (before / f"{number}.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation=file://{work / 'profile'}"
    command = [SOFFICE or "", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(after)]
    names = [str(p) for p in sorted(before.iterdir())]
    subprocess.run([*command, *names], check=True, capture_output=True, timeout=300)
    for path in files:
        target = out / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(after / f"{contents.index(path.read_bytes())}.xlsx", target)


def _comparable(document: dict[str, Any], ignore_lock: str) -> dict[str, Any]:
    for submission in document["submissions"]:
        submission["sha256"] = None
    document["findings"] = [f for f in document["findings"] if f["file"] != ignore_lock]
    return document


def test_the_demo_saved_by_libreoffice_gives_the_same_result(tmp_path: Path) -> None:
    """… and so does the workbook of the other tests, which has every kind of cell and no finding."""
    first, second = tmp_path / "openpyxl", tmp_path / "libreoffice"
    lay_demo(first)
    (first / "valid.xlsx").write_bytes(builder.valid())
    resave(first, second, tmp_path / "work")

    saved = (second / "valid.xlsx").read_bytes()
    assert saved != builder.valid()
    assert builder.told(builder.examine(saved).findings) == []
    assert builder.examine(saved).content == builder.examine(builder.valid()).content

    for folder in (first, second):
        (folder / "valid.xlsx").unlink()
    lock = "2026-09-30/~$KISI_Hanau.xlsx"
    ours = _comparable(ergebnis(run(first, builder.rules(), AS_OF)), lock)
    theirs = _comparable(ergebnis(run(second, builder.rules(), AS_OF)), lock)
    assert [s["file"] for s in theirs["submissions"]] == [s["file"] for s in ours["submissions"]]
    for part in ("submissions", "findings", "targets", "milestones", "evidence", "consolidated"):
        assert theirs[part] == ours[part]
    assert theirs == ours
