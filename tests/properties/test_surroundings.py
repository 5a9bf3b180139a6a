"""Time zone, language, hash seed, processes and the order of files on disk change no byte of the results."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests import cell_edits
from tests.hostile.folder import good_file, kisi, kisi_here, lay, unusual

ELSEWHERE = {
    "TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "4711",
    "COLUMNS": "40", "PYTHONUTF8": "0",
}  # fmt: skip


def results(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def files() -> dict[str, bytes]:
    """Two that are accepted, and one that goes back with an error and a copy."""
    wrong = cell_edits.edited({"Bestand!C6": "Quatsch"}, good_file(3))
    return {"a/gut 1.xlsx": good_file(1), "gut 2.xlsx": good_file(2), "rot 3.xlsx": wrong}


def write(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(files()[name])


@pytest.mark.skipif(os.environ.get("PYTHONHASHSEED") == "4711", reason="both runs would be alike")
def test_no_byte_depends_on_the_machine(tmp_path: Path) -> None:
    rules, received = lay(tmp_path, 3, ()).rules, tmp_path / "eingang"
    write(received, files())
    here = kisi_here("report", received, "--out", tmp_path / "hier", "--rules", rules)
    shutil.rmtree(received)
    write(received, reversed(files()))
    there = kisi("report", received, "--out", tmp_path / "dort", "--rules", rules, **ELSEWHERE)
    assert (here.returncode, there.returncode, unusual(there.stderr)) == (1, 1, [])
    assert there.stdout == here.stdout.replace(str(tmp_path / "hier"), str(tmp_path / "dort"))
    one, other = results(tmp_path / "hier"), results(tmp_path / "dort")
    assert {n.split("/")[1] for n in one} >= {"daten", "rueckmeldung", "uebersicht.html", "manifest.json"}
    assert "2026-06-30/rueckmeldung/rot 3.xlsx" in one
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
