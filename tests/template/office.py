"""LibreOffice as the municipalities' program: opens, recalculates and saves."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests import builder
from tests.demo_files import lay_demo, made_once

SOFFICE = shutil.which("soffice")
needs_libreoffice = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) ist nicht installiert"),
]


def recalculate(folder: Path, files: list[Path], form: str = "xlsx") -> Path:
    """Each file, opened and saved again in the form; returns the folder with the results.

    Raises TimeoutExpired after a minute and ten seconds for each file; nothing then runs on.
    """
    out = folder / "recalculated"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [
        str(SOFFICE),
        profile,
        "--headless",
        "--convert-to",
        form,
        "--outdir",
        str(out),
        *map(str, files),
    ]
    seconds = 60 + 10 * len(files)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)  # soffice is a script; the program is its child
            raise
    assert process.returncode == 0, output
    return out


@cache
def demo_saved_by_libreoffice() -> Path:
    """The demo's workbooks, each at its path, and the valid one as ``valid.xlsx``; once for all tests of a run."""
    return made_once("demo-libreoffice", _save_demo)


def _save_demo(out: Path) -> None:
    """Opens and saves each content once, all in one start of the program."""
    work = out / "work"
    files = {path: path.read_bytes() for path in lay_demo(work / "received") if path.name[:2] != "~$"}
    files[work / "received" / "valid.xlsx"] = builder.valid()
    contents = sorted(set(files.values()))
    for number, data in enumerate(contents):
        (work / f"{number}.xlsx").write_bytes(data)
    saved = recalculate(work, [work / f"{number}.xlsx" for number in range(len(contents))])
    for path, data in files.items():
        target = out / path.relative_to(work / "received")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(saved / f"{contents.index(data)}.xlsx", target)
    shutil.rmtree(work)
