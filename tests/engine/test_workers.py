"""A file that kills, hangs or swells the process that reads it costs only itself."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from pipeline.engine.workers import WorkerPool, WorkersUnavailable, dask_pool, in_process_pool, process_pool
from tests import builder, failing_work

MANY = 1000  # more than few: all work is done by children


def lost(word: str) -> int:
    return -1


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    """Two children. One pool for all tests, for it must also go on after a death."""
    pool = process_pool(2, MANY)
    yield pool
    pool.close()


def lengths(pool: WorkerPool, *batches: list[str]) -> list[list[int]]:
    return list(pool.map(failing_work.lengths, batches, lost))


def test_batches_come_back_in_the_order_given(pool: WorkerPool) -> None:
    batches = [["a" * n, "b"] for n in range(1, 30)]
    assert lengths(pool, *batches) == [[n, 1] for n in range(1, 30)]


def test_work_is_not_done_in_this_process(pool: WorkerPool) -> None:
    ids = {one for batch in pool.map(failing_work.process_ids, [["a"]] * 8, lost) for one in batch}
    assert os.getpid() not in ids
    assert 1 <= len(ids) <= 2


@pytest.mark.parametrize(
    "fatal",
    [
        "dies",
        "aborts",
        "hangs",
        "raises",
        pytest.param(
            "swells", marks=pytest.mark.skipif(sys.platform != "linux", reason="no limit of memory here")
        ),
    ],
)
def test_only_the_fatal_item_is_lost(pool: WorkerPool, fatal: str) -> None:
    found = lengths(pool, ["one", "three"], ["four", fatal, "sixteen"], ["a"], ["bb", "ccc"])
    assert found == [[3, 5], [4, -1, 7], [1], [2, 3]]


def test_what_used_up_its_time_is_not_given_the_same_again(tmp_path: Path) -> None:
    """Neither alone in its batch nor among others; the others are done again, for their process is gone."""
    pool = process_pool(2, MANY)
    work = partial(failing_work.counted, str(tmp_path))
    found = list(pool.map(work, [["one", "hangs", "three"], ["four"]], lost))
    pool.close()
    assert found == [[3, -1, 5], [4]]
    tries = {p.name: len(p.read_text(encoding="utf-8")) for p in tmp_path.iterdir()}
    assert tries["hangs"] == 1
    assert tries["one"] == 2
    (tmp_path / "hangs").unlink()
    pool = process_pool(1, MANY)
    assert list(pool.map(work, [["hangs"], ["seventeen"]], lost)) == [[-1], [9]]
    pool.close()
    assert (tmp_path / "hangs").read_text(encoding="utf-8") == "x"


def test_a_script_that_calls_us_is_not_run_again(tmp_path: Path) -> None:
    """Whoever calls the program from a script of his own need not know that it starts processes."""
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        "print('begun')\n"
        "from pipeline.engine.workers import process_pool\n"
        "from tests import failing_work\n"
        f"pool = process_pool(1, {MANY})\n"
        "print(list(pool.map(failing_work.lengths, [['one', 'three']], lambda word: -1)))\n"
        "pool.close()\n",
        encoding="utf-8",
    )
    listed = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(builder.ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert listed.stdout == "begun\n[[3, 5]]\n"


def test_several_deaths_in_one_run(pool: WorkerPool) -> None:
    found = lengths(pool, ["dies", "a"], ["bb", "dies"], ["dies"], ["ccc"])
    assert found == [[-1, 1], [2, -1], [-1], [3]]


def test_a_child_writes_nothing_on_the_terminal(pool: WorkerPool, capfd: pytest.CaptureFixture[str]) -> None:
    list(pool.map(failing_work.shown, [["geheim"]], lambda _: None))
    assert capfd.readouterr() == ("", "")


def test_for_few_files_one_child_only_reads() -> None:
    assert process_pool(2, 5).reads_only
    assert process_pool(1, MANY).reads_only
    assert not process_pool(2, MANY).reads_only


def test_without_processes_the_same_function_gives_the_same() -> None:
    words = [["one", "raises"], ["three"]]
    assert list(in_process_pool().map(_plain, words, lost)) == [[3, -1], [5]]


def _plain(batch: list[str]) -> list[int]:
    if "raises" in batch:
        raise ValueError
    return [len(word) for word in batch]


def test_a_fault_shows_where_it_arises_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KISI_DEBUG", "1")
    with pytest.raises(ValueError, match=r"^$"):
        list(in_process_pool().map(_plain, [["raises"]], lost))


def test_batches_are_taken_when_they_are_due() -> None:
    """Inputs are read as they are needed, so memory does not grow with their number."""
    taken = []

    def batches() -> Iterator[list[str]]:
        for n in range(10):
            taken.append(n)
            yield ["a"]

    results = in_process_pool().map(_plain, batches(), lost)
    next(results)
    assert len(taken) <= 3


def test_a_cluster_that_is_not_there_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("pipeline.engine.workers.CONNECT_SECONDS", 0.5)
    with pytest.raises(
        WorkersUnavailable, match=r"^Unter tcp://127\.0\.0\.1:9 antwortet kein Dask-Scheduler\.$"
    ):
        partial(dask_pool, "tcp://127.0.0.1:9")(MANY)


def test_an_interrupted_run_waits_for_nobody() -> None:
    """Ctrl-C leaves no process behind that works on for nothing."""
    before = set(multiprocessing.active_children())
    pool = process_pool(1, MANY)
    pool.map(failing_work.sleeps, [["a"]], lost)
    (child,) = set(multiprocessing.active_children()) - before
    pool.close(wait=False)
    child.join(30)
    assert not child.is_alive()
