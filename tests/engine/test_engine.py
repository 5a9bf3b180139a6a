"""Whoever does the work, and whatever was kept from the last time: the answers are the same."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from pipeline.cli.engine_options import with_engine
from pipeline.definitions.model import State
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.engine import batch as examine
from pipeline.engine import engine as module
from pipeline.engine import read_batch
from pipeline.engine.cache import CACHE_FILE, CacheDamaged, ResultCache
from pipeline.engine.engine import Engine
from pipeline.engine.workers import WorkerPool, WorkersUnavailable, dask_pool, in_process_pool, process_pool
from pipeline.evaluate.details import Details
from pipeline.outcome import Outcome
from pipeline.reading.containers import opened
from pipeline.reading.read import ReadingRules
from pipeline.report.ergebnis import ergebnis_text
from pipeline.rules import Rules
from pipeline.run import check, no_progress, run
from tests import builder, cell_edits, failing_work
from tests.test_submissions import early

MANY = 1000


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Valid, corrected, rejected and unreadable files; the project lead's is among them."""
    folder = tmp_path_factory.mktemp("eingang")
    files = {
        "a.xlsx": builder.valid(),
        "b.xlsx": cell_edits.edited({"Stammdaten!B8": 2}),
        "c.xlsx": early(),
        "d.xlsx": b"keine Mappe",
        "lead.xlsx": builder.lead_valid(),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def said(outcome: Outcome) -> str:
    return ergebnis_text(outcome)


def with_pool(folder: Path, open_pool: Callable[[int], WorkerPool]) -> Outcome:
    with Engine(builder.rules(), open_pool) as engine:
        return run(folder, builder.rules(), engine=engine)


# --- who does the work --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def expected(received: Path) -> str:
    return said(run(received, builder.rules()))


def test_one_child_that_reads_gives_the_same(received: Path, expected: str) -> None:
    assert said(with_pool(received, partial(process_pool, 1))) == expected


def test_two_children_give_the_same(received: Path, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    assert said(with_pool(received, lambda _: process_pool(2, MANY))) == expected


def test_a_cluster_gives_the_same(received: Path, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra „cluster“ is not installed")
    monkeypatch.setattr(module, "BATCH", 2)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=":0"
    ) as cluster:
        assert said(with_pool(received, partial(dask_pool, cluster.scheduler_address))) == expected


def test_another_program_on_the_cluster_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = examine.pack_rules(builder.rules(), remote=True)
    assert examine.examine_packed(packed, None, [("a.xlsx", builder.valid())])
    monkeypatch.setattr(examine, "program_hash", lambda: "another")
    examine._rules.cache_clear()
    with pytest.raises(WorkersUnavailable, match=r"^Auf einem der Rechner läuft ein anderer Stand von kisi"):
        list(
            in_process_pool().map(
                partial(examine.examine_packed, packed, None), [[("a.xlsx", b"")]], lambda _: None
            )
        )


def test_a_fatal_file_costs_only_itself(
    received: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone_said = {
        s.workbook.file: (s.state, s.workbook.findings) for s in run(received, builder.rules()).submissions
    }
    folder = shutil.copytree(received, tmp_path / "eingang")
    (folder / "aa.xlsx").write_bytes(b"dies ...")
    (folder / "bb.xlsx").write_bytes(b"hangs...")
    monkeypatch.setattr(module, "examine_packed", failing_work.examine_unless_fatal)
    outcome = with_pool(folder, lambda _: process_pool(2, MANY))
    found = {s.workbook.file: (s.state, s.workbook.findings) for s in outcome.submissions}
    for fatal in ("aa.xlsx", "bb.xlsx"):
        state, findings = found.pop(fatal)
        assert state is State.REJECTED
        assert [f.rule for f in findings] == ["D20"]
    assert found == alone_said


# --- what was kept ------------------------------------------------------------------------------------


def kept(folder: Path, out: Path, rules: Rules | None = None) -> str:
    """What a run with a cache in ``out`` says."""
    rules = rules or builder.rules()
    return with_engine(
        lambda engine: said(run(folder, rules, None, no_progress, engine)), rules, jobs=0, cache_folder=out
    )


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Names of the files that are read and checked anew."""
    names: list[str] = []

    def counted(name: str, data: bytes, rules: ReadingRules) -> object:
        names.append(name)
        return original(name, data, rules)

    original = read_batch.read_workbook
    monkeypatch.setattr(read_batch, "read_workbook", counted)
    return names


def test_an_unchanged_file_is_not_read_again(
    received: Path, expected: str, tmp_path: Path, read: list[str]
) -> None:
    assert kept(received, tmp_path) == expected
    assert sorted(read) == ["a.xlsx", "b.xlsx", "c.xlsx", "d.xlsx", "lead.xlsx"]
    read.clear()
    assert kept(received, tmp_path) == expected
    assert read == []


def test_only_a_changed_file_is_read_again(received: Path, tmp_path: Path, read: list[str]) -> None:
    folder = shutil.copytree(received, tmp_path / "eingang")
    kept(folder, tmp_path)
    read.clear()
    (folder / "b.xlsx").write_bytes(cell_edits.edited({"Stammdaten!B8": 3}))
    (folder / "a.xlsx").rename(folder / "umbenannt.xlsx")
    found = kept(folder, tmp_path)
    assert read == ["b.xlsx"]
    assert found == said(run(folder, builder.rules()))


def test_a_project_lead_s_file_that_comes_later_is_judged_with(received: Path, tmp_path: Path) -> None:
    """MS2.1d rests on it: from one run to the next into the same folder it must not stay as it was."""
    folder = shutil.copytree(received, tmp_path / "eingang")
    (folder / "lead.xlsx").unlink()

    def criterion() -> str:
        document = json.loads(kept(folder, tmp_path))
        milestones = {m["nr"]: m for m in document["milestones"] if m["ags"] == builder.AGS}
        return str(next(c["status"] for c in milestones["MS2.1"]["criteria"] if c["nr"] == "MS2.1d"))

    assert criterion() == "not_evaluable"
    (folder / "lead.xlsx").write_bytes(builder.lead_valid())
    assert criterion() == "met"
    (folder / "lead.xlsx").unlink()
    assert criterion() == "not_evaluable"


def test_another_rule_reads_everything_again(received: Path, tmp_path: Path, read: list[str]) -> None:
    kept(received, tmp_path)
    read.clear()
    project = builder.rules().project
    parameters = project.parameters.model_copy(update={"at_risk_days": 61})
    project = project.model_copy(update={"parameters": parameters})
    rules = replace(builder.rules(), project=project, sha256="other")
    kept(received, tmp_path, rules)
    assert len(read) == 5


def test_another_program_reads_everything_again(
    received: Path, tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(received, tmp_path)
    read.clear()
    monkeypatch.setattr("pipeline.engine.cache.program_hash", lambda: "another")
    kept(received, tmp_path)
    assert len(read) == 5


@pytest.mark.parametrize("damage", ["gone", "cut", "foreign", "tables", "heads"])
def test_damage_costs_only_time(
    received: Path, expected: str, tmp_path: Path, read: list[str], damage: str
) -> None:
    kept(received, tmp_path)
    file = tmp_path / CACHE_FILE
    match damage:
        case "gone":
            file.unlink()
        case "cut":
            file.write_bytes(file.read_bytes()[:5000])
        case "foreign":
            file.write_bytes(b"PK" * 5000)
        case "tables" | "heads":
            some = "length(content) > (SELECT avg(length(content)) FROM record)"
            where = some if damage == "tables" else f"NOT {some}"
            with closing(sqlite3.connect(file)) as database, database:
                database.execute(f"UPDATE record SET content = zeroblob(9) WHERE {where}")  # noqa: S608
    read.clear()
    assert kept(received, tmp_path) == expected
    read.clear()
    assert kept(received, tmp_path) == expected
    assert read == []


def test_a_store_that_breaks_in_the_middle_is_left_aside(received: Path, tmp_path: Path) -> None:
    tries = []

    def work(engine: Engine) -> str:
        tries.append(engine)
        if len(tries) == 1:
            raise CacheDamaged
        return ergebnis_text(run(received, builder.rules(), engine=engine))

    assert '"as_of": "2026-06-30"' in with_engine(work, builder.rules(), jobs=0, cache_folder=tmp_path)
    assert len(tries) == 2


def test_a_lost_file_is_tried_again_the_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(builder.valid())
    cache = ResultCache(tmp_path / CACHE_FILE)

    def rule_of() -> list[str]:
        (submission,) = check(
            [("a.xlsx", file)], builder.rules(), engine=Engine(builder.rules(), in_process_pool, cache)
        )
        return [f.rule for f in submission.workbook.findings if f.rule.startswith("D")]

    with monkeypatch.context() as broken:
        broken.delenv("KISI_DEBUG", raising=False)
        broken.setattr(read_batch, "read_workbook", lambda *_: 1 / 0)
        assert rule_of() == ["D20"]
    assert rule_of() == []


def test_tables_of_few_workbooks_are_in_memory(tmp_path: Path) -> None:
    """Memory does not grow with the number of municipalities."""
    for number in range(1, 13):
        (tmp_path / f"{number:02}.xlsx").write_bytes(cell_edits.edited({"Stammdaten!B8": number}))
    cache = ResultCache()
    outcome = run(tmp_path, builder.rules(), engine=Engine(builder.rules(), in_process_pool, cache))
    for submission in outcome.submissions:
        assert len(submission.workbook.tables["Bestand"]) == 3
    assert cache.tables.cache_info().currsize == 8


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "LARGEST_FILE", 1000)
    (tmp_path / "klein.xlsx").write_bytes(b"x" * 1000)
    (tmp_path / "gross.xlsx").write_bytes(b"x" * 1001)
    files = [(p.name, p) for p in sorted(tmp_path.iterdir())]
    shown = {s.workbook.file: [f.rule for f in s.workbook.findings] for s in check(files, builder.rules())}
    assert shown == {"gross.xlsx": ["D22"], "klein.xlsx": ["D01"]}


def test_details_are_found_again_or_worked_out_anew(received: Path, tmp_path: Path, read: list[str]) -> None:
    """Without its details a kept result is of no use to the report."""

    def details(engine: Engine) -> dict[str, Details]:
        outcome = run(received, builder.rules(), engine=engine)
        assert set(outcome.details) == {r.ags for r in outcome.results if outcome.accepted(r.ags)}
        return dict(outcome.details)

    def again() -> dict[str, Details]:
        return with_engine(details, builder.rules(), jobs=0, cache_folder=tmp_path)

    with Engine(builder.rules()) as engine:
        expected = details(engine)
    assert set(expected) == {builder.AGS, LEAD_AGS}
    assert again() == again() == expected
    read.clear()
    with closing(sqlite3.connect(tmp_path / CACHE_FILE)) as database, database:
        (before,) = database.execute("SELECT count(*) FROM record").fetchone()
        last = "SELECT max(rowid) FROM record"  # the details of a batch come after its results
        database.execute(f"DELETE FROM record WHERE rowid = ({last})")  # noqa: S608  - our own text
    assert again() == expected
    assert read == []
    with closing(sqlite3.connect(tmp_path / CACHE_FILE)) as database:
        assert database.execute("SELECT count(*) FROM record").fetchone() == (before,)
