"""Time zone, language, hash seed, processes and the order of files on disk change no byte of the results."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hostile.folder import good_file, kisi, kisi_here, lay, unusual

ELSEWHERE = {
    "TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "4711",
    "COLUMNS": "40", "PYTHONUTF8": "0",
}  # fmt: skip


def results(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


@pytest.mark.skipif(os.environ.get("PYTHONHASHSEED") == "4711", reason="both runs would be alike")
def test_no_byte_depends_on_the_machine(tmp_path: Path) -> None:
    trial = lay(tmp_path, 2, ())
    here = kisi_here("report", trial.alone, "--out", tmp_path / "hier", "--rules", trial.rules)
    assert here.returncode == 0
    for file in trial.alone.iterdir():
        file.unlink()
    for number in (2, 1):  # written in the other order
        (trial.alone / f"gut {number:02d}.xlsx").write_bytes(good_file(number))
    there = kisi("report", trial.alone, "--out", tmp_path / "dort", "--rules", trial.rules, **ELSEWHERE)
    assert (there.returncode, unusual(there.stderr)) == (0, [])
    one, other = results(tmp_path / "hier"), results(tmp_path / "dort")
    assert len(one) >= 10
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
