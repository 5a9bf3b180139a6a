"""Copies and letters of an earlier run are given again, and made anew as soon as anything they say changes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from pipeline.cli.engine_options import with_engine
from pipeline.engine.cache import CACHE_FILE
from pipeline.engine.engine import Engine
from pipeline.feedback import FeedbackTask
from pipeline.report import feedback_files
from pipeline.report.write import write_report
from pipeline.run import run
from tests import builder, cell_edits

AS_OF = date(2026, 6, 30)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose copies are made, in this order."""
    names: list[str] = []
    original = feedback_files.feedback_batch

    def counted(tasks: list[FeedbackTask]) -> list[feedback_files.FeedbackFiles]:
        names.extend(t.workbook.file for t in tasks)
        return original(tasks)

    monkeypatch.setattr(feedback_files, "feedback_batch", counted)
    return names


def folder_with(tmp_path: Path, **files: bytes) -> Path:
    folder = tmp_path / "eingang"
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    return folder


def reported(folder: Path, out: Path) -> dict[str, bytes]:
    """What lies in rueckmeldung/ after a report."""
    out.mkdir(exist_ok=True)
    rules = builder.rules()

    def work(engine: Engine) -> Path:
        outcome = run(folder, rules, AS_OF, engine=engine)
        return write_report(outcome, out, with_rows=False, engine=engine)

    target = with_engine(work, rules, jobs=0, cache_folder=out) / "rueckmeldung"
    return {p.name: p.read_bytes() for p in sorted(target.iterdir())}


def test_a_second_run_makes_no_copy_again(tmp_path: Path, made: list[str]) -> None:
    folder = folder_with(tmp_path, gut=builder.valid(), kaputt=b"keine Mappe")
    first = reported(folder, tmp_path / "out")
    assert made == ["gut.xlsx", "kaputt.xlsx"]
    assert sorted(first) == ["gut.xlsx", "gut.xlsx.txt", "kaputt.xlsx.txt"]
    made.clear()
    assert reported(folder, tmp_path / "out") == first
    assert made == []


def test_a_letter_is_made_anew_when_a_correction_overtakes_its_file(tmp_path: Path, made: list[str]) -> None:
    folder = folder_with(tmp_path, erste=builder.valid())
    first = reported(folder, tmp_path / "out")
    made.clear()
    folder_with(tmp_path, zweite=cell_edits.edited({"Stammdaten!B8": 2}))
    second = reported(folder, tmp_path / "out")
    assert made == ["erste.xlsx", "zweite.xlsx"]
    assert second["erste.xlsx.txt"] != first["erste.xlsx.txt"]
    assert second == reported(folder, tmp_path / "anders")


def test_a_file_of_another_name_gets_a_letter_of_its_own(tmp_path: Path, made: list[str]) -> None:
    folder = folder_with(tmp_path, alt=builder.valid())
    reported(folder, tmp_path / "out")
    made.clear()
    (folder / "alt.xlsx").rename(folder / "neu.xlsx")
    assert b"neu.xlsx" in reported(folder, tmp_path / "out")["neu.xlsx.txt"]
    assert made == ["neu.xlsx"]


def test_a_damaged_record_is_made_again(tmp_path: Path, made: list[str]) -> None:
    folder = folder_with(tmp_path, a=builder.valid(), b=cell_edits.edited({"Stammdaten!B8": 2}))
    first = reported(folder, tmp_path / "out")
    with closing(sqlite3.connect(tmp_path / "out" / CACHE_FILE)) as database, database:
        longest = "SELECT max(length(content)) FROM record"
        database.execute(f"UPDATE record SET content = zeroblob(9) WHERE length(content) = ({longest})")  # noqa: S608
    made.clear()
    assert reported(folder, tmp_path / "out") == first
    assert len(made) == 1
