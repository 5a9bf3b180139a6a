"""Outputs appear whole or not at all: killed at every step, run twice, full disk, open files."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import NoReturn

import pytest

from pipeline.disk import publish as module
from pipeline.disk.publish import (
    LOCK,
    WORK,
    current_path,
    output_lock,
    publish,
    publish_files,
    recover_interrupted_run,
)
from pipeline.disk.unwritable import CannotWrite
from pipeline.submissions import receive

resource = pytest.importorskip("resource", reason="a limit of the system on files")
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="steps are counted in a forked process")

OLD = {"bericht.xlsx": b"alt", "daten/a.parquet": b"alt", "veraltet.html": b"alt"}
NEW = {"bericht.xlsx": b"neu", "daten/a.parquet": b"neu", "neu.html": b"neu"}
MANIFEST = {"manifest.json": b'{"outputs": {"bericht.xlsx": "", "daten/a.parquet": "", "veraltet.html": ""}}'}
FOREIGN = {"notizen/vermerk.txt": b"bleibt"}
FILES = [(f"KISI_{n}.xlsx", b"neu") for n in range(3)]
STEPS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "ctypes.dlsym")


def lay(folder: Path, content: dict[str, bytes]) -> None:
    for name, data in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """The results of an earlier run, with a note that somebody laid beside them."""
    lay(tmp_path / "aus/2026-09-30", OLD | MANIFEST | FOREIGN)
    return tmp_path / "aus/2026-09-30"


def republish(target: Path) -> None:
    publish(target, lambda folder: lay(folder, NEW))


def in_child(work: Callable[[], object]) -> int:
    """Runs ``work`` in a process of its own; returns how it ended (negative: by which signal)."""
    if (pid := os.fork()) == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed_at_each_step(work: Callable[[], object]) -> Iterator[int]:
    """Runs ``work`` anew and anew, killed just before its 1st, 2nd, … step on files, until it comes through."""
    for step in count(1):

        def run(last: int = step) -> None:
            left = [last]

            def kill(event: str, _: object) -> None:
                left[0] -= event in STEPS
                if left[0] == 0:
                    left[0] = -1  # killing is an event, too
                    os.kill(os.getpid(), signal.SIGKILL)

            sys.addaudithook(kill)
            work()

        ended = in_child(run)
        assert ended in (0, -signal.SIGKILL)
        yield step
        if ended == 0:
            return


def no_trace(out: Path) -> bool:
    return not any(p.name.startswith(".") for p in out.rglob("*"))


# --- killed -------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges folders in one step")
def test_killed_at_any_step_the_set_is_whole_at_once(target: Path) -> None:
    seen = set()
    for _ in killed_at_each_step(lambda: republish(target)):
        is_new = content(target) == NEW | FOREIGN
        assert is_new or content(target) == OLD | MANIFEST | FOREIGN
        seen.add(is_new)
        recover_interrupted_run(target.parent)
        assert content(target.parent).keys() <= {f"2026-09-30/{n}" for n in content(target)} | {LOCK}
        if is_new:
            (target / "neu.html").unlink()
            lay(target, OLD | MANIFEST)
    assert seen == {False, True}


def test_killed_between_two_renames_the_next_command_brings_the_old_set_back(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "exchange", lambda *_: False)
    seen = set()
    for _ in killed_at_each_step(lambda: republish(target)):
        missing = not target.exists()
        recover_interrupted_run(target.parent)
        is_new = content(target) == NEW | FOREIGN
        assert is_new or (content(target) == OLD | MANIFEST | FOREIGN)
        assert not (missing and is_new)
        assert not (target.parent / WORK).exists()
        seen.add((missing, is_new))
        if is_new:
            (target / "neu.html").unlink()
            lay(target, OLD | MANIFEST)
    assert seen == {(False, False), (True, False), (False, True)}


def test_killed_at_any_step_all_files_are_replaced_or_none(tmp_path: Path) -> None:
    folder = tmp_path / "vorlagen"
    before = {"KISI_0.xlsx": b"alt", "KISI_2.xlsx": b"alt", "eigene.xlsx": b"bleibt"}
    after = {"eigene.xlsx": b"bleibt", **dict(FILES)}
    lay(folder, before)
    seen = set()
    for _ in killed_at_each_step(lambda: publish_files(folder, FILES)):
        assert receive(folder).files == tuple(  # what is unfinished is never taken for input
            (p.name, p) for p in sorted(folder.iterdir()) if not p.name.startswith(".")
        )
        recover_interrupted_run(folder)
        (folder / LOCK).unlink(missing_ok=True)
        assert content(folder) in (before, after)
        seen.add(is_new := content(folder) == after)
        if is_new:
            (folder / "KISI_1.xlsx").unlink()
            lay(folder, before)
    assert seen == {False, True}


def test_the_next_run_leaves_no_trace_of_the_dead_one(target: Path) -> None:
    work = target.parent / WORK
    lay(work, {"neu/2026-09-30/bericht.xlsx": b"halb"})
    (target.parent / LOCK).touch()
    lay(target.parent, {".2026-09-30.abcdefgh/new/fremd.txt": b"nicht unser", ".versteckt": b"auch nicht"})
    republish(target)
    assert {p.name for p in target.parent.iterdir()} == {"2026-09-30", ".2026-09-30.abcdefgh", ".versteckt"}
    assert content(target) == NEW | FOREIGN


# --- two at once --------------------------------------------------------------------------------------


def test_a_second_run_is_reported_and_a_dead_one_does_not_block(target: Path) -> None:
    messages, hold = os.pipe(), os.pipe()

    def first() -> NoReturn:
        with output_lock(target.parent):
            os.write(messages[1], b"x")
            os.read(hold[0], 1)
        os._exit(0)

    pid = os.fork()
    if pid == 0:
        first()
    os.read(messages[0], 1)
    with pytest.raises(CannotWrite, match="arbeitet gerade ein anderer Lauf"):
        republish(target)
    recover_interrupted_run(target.parent)
    assert content(target) == OLD | MANIFEST | FOREIGN
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    republish(target)
    assert content(target) == NEW | FOREIGN
    assert no_trace(target.parent)


@pytest.mark.parametrize("name", [LOCK, WORK, f"{WORK}/fertig", f"{WORK}/alt"])
def test_a_link_at_our_place_leads_us_nowhere(tmp_path: Path, name: str) -> None:
    """A folder of results that somebody else has laid must not move or empty foreign files."""
    lay(tmp_path, {"fremd/rules/projekt.yaml": b"bleibt", "aus/2026-09-30/alt.html": b"bleibt"})
    place = tmp_path / "aus" / name
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(tmp_path / "fremd/rules/projekt.yaml" if name == LOCK else tmp_path / "fremd")
    before = content(tmp_path)
    with pytest.raises(CannotWrite, match="ist eine Verknüpfung und stammt nicht von kisi"):
        republish(tmp_path / "aus/2026-09-30")
    recover_interrupted_run(tmp_path / "aus")
    assert current_path(tmp_path / "aus/x/bericht.xlsx") == tmp_path / "aus/x/bericht.xlsx"
    assert content(tmp_path) == before


def test_an_output_folder_that_stays_empty_is_taken_away(tmp_path: Path) -> None:
    with output_lock(tmp_path / "a/b/c"), output_lock(tmp_path / "a/b/c"):
        assert (tmp_path / "a/b/c" / LOCK).exists()
    assert list(tmp_path.iterdir()) == []


# --- what the system refuses --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "messages"),
    [
        (errno.ENOSPC, "kein Platz mehr. Schaffen Sie Platz"),
        (errno.EDQUOT, "der Ihnen zusteht, ist ausgeschöpft"),
        (errno.EROFS, "schreibgeschützt"),
        (errno.EIO, "der Datenträger meldet einen Fehler"),
        (errno.ENXIO, f"Systemfehler {errno.ENXIO}."),
        (errno.ENAMETOOLONG, "zu lang. Wählen Sie mit --out einen Ordner mit kürzerem Pfad"),
        (errno.EACCES, "ist geöffnet. Schließen Sie sie (zum Beispiel in Excel)"),
    ],
)
@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_what_fails_is_reported_and_the_old_set_stays(
    target: Path, monkeypatch: pytest.MonkeyPatch, code: int, messages: str, step: str
) -> None:
    def fail(*_: object) -> NoReturn:
        raise OSError(code, "")

    if step == "fsync":
        monkeypatch.setattr("os.fsync", fail)
    else:
        monkeypatch.setattr(module, "exchange", lambda *_: False)
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(CannotWrite, match="lässt sich nicht schreiben") as raised:
        republish(target)
    assert messages in str(raised.value)
    monkeypatch.undo()
    assert content(target) == OLD | MANIFEST | FOREIGN
    assert no_trace(target.parent)


@pytest.mark.parametrize("failing", [{2}, {2, 3}, {2, 3, 4}])
def test_the_old_folder_comes_back_when_the_new_one_cannot_take_its_place(
    target: Path, monkeypatch: pytest.MonkeyPatch, failing: set[int]
) -> None:
    """Of the two renames the second fails, then perhaps what takes the first back, twice."""
    replace, calls = Path.replace, count(1)

    def second_fails(path: Path, to: Path) -> Path:
        if next(calls) in failing:
            raise PermissionError(errno.EACCES, "")
        return replace(path, to)

    monkeypatch.setattr(module, "exchange", lambda *_: False)
    monkeypatch.setattr(Path, "replace", second_fails)
    with pytest.raises(CannotWrite, match="in Excel"):
        republish(target)
    assert target.exists() is (failing != {2, 3, 4})
    recover_interrupted_run(target.parent)
    assert content(target) == OLD | MANIFEST | FOREIGN
    assert no_trace(target.parent)


def test_links_in_the_folder_of_results_stay_links(target: Path) -> None:
    (target / "verweis").symlink_to("notizen", target_is_directory=True)
    (target / "ins_leere").symlink_to("nichts")
    republish(target)
    assert (target / "verweis").readlink() == Path("notizen")
    assert (target / "ins_leere").readlink() == Path("nichts")
    assert content(target) == NEW | FOREIGN


@pytest.mark.parametrize("failing", range(2, 8))
def test_files_already_replaced_are_put_back_when_a_later_one_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """Calls: one for the set, then two for each file that was there and one for each that was not."""
    before = {"KISI_0.xlsx": b"alt", "KISI_1.xlsx": b"alt"}
    lay(tmp_path, before)
    replace, calls = Path.replace, count(1)

    def open_in_excel(path: Path, to: Path) -> Path:
        if next(calls) == failing:
            raise PermissionError(errno.EACCES, "")
        return replace(path, to)

    monkeypatch.setattr(Path, "replace", open_in_excel)
    if failing == 7:
        publish_files(tmp_path, FILES)
        assert content(tmp_path) == dict(FILES)
    else:
        with pytest.raises(CannotWrite, match="in Excel"):
            publish_files(tmp_path, FILES)
        assert content(tmp_path) == before
    assert no_trace(tmp_path)


def test_a_file_that_may_not_grow_as_large(target: Path) -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        with pytest.raises(CannotWrite, match="größer, als hier erlaubt"):
            publish(target, lambda folder: lay(folder, {"bericht.xlsx": bytes(1001)}))

    assert in_child(limited) == 0
    assert content(target) == OLD | MANIFEST | FOREIGN
    assert no_trace(target.parent)


def test_the_target_is_a_file(tmp_path: Path) -> None:
    lay(tmp_path, {"2026-09-30": b"eine Datei"})
    with pytest.raises(CannotWrite, match="kein Ordner"):
        republish(tmp_path / "2026-09-30")
    (tmp_path / "KISI_0.xlsx").mkdir()
    with pytest.raises(CannotWrite, match="dort liegt ein Ordner gleichen Namens"):
        publish_files(tmp_path, FILES)
    assert content(tmp_path) == {"2026-09-30": b"eine Datei"}


def test_a_path_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="zu lang"):
        republish(tmp_path / ("x" * 300))
    assert list(tmp_path.iterdir()) == []
