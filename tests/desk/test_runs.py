"""Runs: one at a time, cancelled without a trace, and none is harmed by the death of the desk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.desk.place import Place
from pipeline.desk.runs import Busy, Run, Runs, progress_of, without_progress
from tests.builder import ROOT
from tests.desk.running import until

SLEEPER = "import time,pathlib; print('angefangen', flush=True); pathlib.Path('da').touch(); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); {SLEEPER}"


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    found = Runs(Place(tmp_path), (sys.executable, "-c"))
    yield found
    found.cancel_all()


def done(runs: Runs, run: Run) -> Run:
    until(lambda: runs.current is None)
    found = runs.get(run.id)
    assert found is not None
    return found


def test_a_run_keeps_what_it_said_and_how_it_ended(runs: Runs, tmp_path: Path) -> None:
    run = runs.start("Versuch", ["print('ä'); raise SystemExit(1)"])
    ended = done(runs, run)
    assert (ended.title, ended.code, ended.cancelled) == ("Versuch", 1, False)
    assert runs.log(run.id) == "ä\n"
    assert [r.id for r in Runs(Place(tmp_path)).all()] == [run.id]


def test_there_is_one_at_a_time(runs: Runs) -> None:
    runs.start("Erster", [SLEEPER])
    with pytest.raises(Busy, match="Erster"):
        runs.start("Zweiter", ["pass"])


@pytest.mark.parametrize(("code", "patience"), [(SLEEPER, 10.0), (STUBBORN, 0.2)])
def test_a_run_is_cancelled(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, patience: float
) -> None:
    monkeypatch.setattr("pipeline.desk.runs.CANCEL_SECONDS", patience)
    run = runs.start("Langes", [code])
    until((tmp_path / "da").exists)
    assert not runs.cancel("20200101-000000-000000")
    assert runs.cancel(run.id)
    ended = done(runs, run)
    assert ended.cancelled
    assert ended.code in (130, 1)


@pytest.mark.parametrize("name", ["..", "../..", "", "x", "20200101-000000-000000/.."])
def test_no_name_of_a_run_leads_elsewhere(runs: Runs, name: str) -> None:
    assert runs.get(name) is None
    assert not runs.cancel(name)


def test_old_logs_go(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.desk.runs.KEPT", 2)
    ids = [done(runs, runs.start(str(n), ["pass"])).id for n in range(4)]
    assert [r.id for r in runs.all()] == [ids[3], ids[2]]


def test_a_damaged_record_is_passed_over(runs: Runs, tmp_path: Path) -> None:
    run = done(runs, runs.start("Versuch", ["pass"]))
    (tmp_path / ".kisi-tisch/laeufe" / run.id / "lauf.json").write_text("{", "utf-8")
    assert runs.all() == []


def test_what_a_log_says_of_progress() -> None:
    log = "3 Dateien werden geprüft.\n1 von 3 Dateien geprüft.\n2 von 3 Dateien geprüft.\nStand: …\n"
    assert progress_of(log) == (2, 3)
    assert progress_of("nichts") is None
    assert without_progress(log) == "3 Dateien werden geprüft.\nStand: …\n"


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_the_death_of_the_desk_ends_no_run(tmp_path: Path) -> None:
    """kill -9 on the desk: the run goes on, and the next desk says that it does not know its end."""
    last = "import time,pathlib; pathlib.Path('da').touch(); time.sleep(1); print('fertig'); pathlib.Path('ende').touch()"
    desk = (
        "import sys, time; from pathlib import Path; from pipeline.desk.place import Place; "
        "from pipeline.desk.runs import Runs; "
        f"Runs(Place(Path({str(tmp_path)!r})), (sys.executable, '-c')).start('Lauf', [{last!r}]); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", desk], cwd=ROOT) as process:
        until((tmp_path / "da").exists)
        process.send_signal(signal.SIGKILL)
    until((tmp_path / "ende").exists)
    (run,) = Runs(Place(tmp_path)).all()
    assert (run.ended, run.code) == (None, None)
    assert Runs(Place(tmp_path)).log(run.id) in ("fertig\n", "")
    assert (
        json.loads((tmp_path / ".kisi-tisch/laeufe" / run.id / "lauf.json").read_text("utf-8"))["title"]
        == "Lauf"
    )
