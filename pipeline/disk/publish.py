"""Writes outputs so that they appear whole or not at all, all outputs of a run together.

A run locks its output folder, writes below ``.kisi-arbeit`` in it, flushes that to disk and moves it into
place by renaming. The next command finishes or removes what a killed run has left there.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.disk.system_calls import entries_below, exchange, sync_folder, sync_tree
from pipeline.disk.unwritable import CannotWrite, german_errors

LOCK, WORK = ".kisi-sperre", ".kisi-arbeit"
_NEW, _READY, _OLD = "neu", "fertig", "alt"  # below WORK
_FOR_ALL = 0o666  # on a share, another person may have to take the lock that a dead run has left
EDITED = "_geaendert"
MANIFEST = "manifest.json"  # names under "outputs" what a run has written into its folder


# --- one run at a time --------------------------------------------------------------------------------


@contextmanager
def output_lock(out: Path) -> Iterator[None]:
    """Lock ``out`` against other runs and recover what a killed run left there; may be nested.

    Makes the folder, and removes it again if it stays empty. The operating system frees the lock of a process
    that dies. Raises CannotWrite when another run holds the lock or the folder cannot be written.
    """
    with german_errors(out):
        made = _make_folders(out)
        _refuse_links(out / LOCK, out / WORK)
        lock = FileLock(out.resolve() / LOCK, timeout=0, mode=_FOR_ALL, is_singleton=True)
        try:
            lock.acquire()
        except Timeout:
            raise CannotWrite(
                f"In {out} arbeitet gerade ein anderer Lauf von kisi. Warten Sie, bis er fertig ist, oder "
                "wählen Sie mit --out einen anderen Ordner."
            ) from None
    try:
        if lock.lock_counter == 1:
            with german_errors(out):
                _recover(out)
        yield
    finally:
        _release(lock, out / LOCK)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()


def _make_folders(out: Path) -> list[Path]:
    """Make ``out``; return the folders that were made for it, innermost first."""
    missing = [p for p in (out, *out.parents) if not p.exists()]
    out.mkdir(parents=True, exist_ok=True)
    return missing


def _release(lock: FileLock, file: Path) -> None:
    """Release the lock and delete its file: on Windows afterwards, elsewhere before, while it is still ours."""
    last = lock.lock_counter == 1
    with suppress(OSError):
        if last and os.name != "nt":
            file.unlink()
    lock.release()
    with suppress(OSError):
        if last and os.name == "nt":
            file.unlink()


def _refuse_links(*places: Path) -> None:
    """Raise CannotWrite for a link: we never make one, so it would lead to other people's files."""
    for place in places:
        if place.is_symlink():
            raise CannotWrite(
                f"{place} ist eine Verknüpfung und stammt nicht von kisi. Löschen Sie sie, und starten Sie den "
                "Lauf noch einmal."
            )


def is_interrupted(out: Path) -> bool:
    """Return whether a killed run has left something in ``out``, or one is at work there now."""
    return os.path.lexists(out / WORK)


def current_path(file: Path) -> Path:
    """Return where a file of a folder of results lies: there, or below ``WORK`` after a killed run.

    Changes nothing.
    """
    work = file.parent.parent / WORK
    kept = work / _OLD / file.parent.name
    if file.exists() or any(p.is_symlink() for p in (work, kept.parent, kept)):
        return file
    return kept / file.name if (kept / file.name).is_file() else file


def recover_interrupted_run(out: Path) -> None:
    """Recover what a killed run left in ``out``, unless another run works there.

    For commands that only read.
    """
    if is_interrupted(out):
        with suppress(CannotWrite), output_lock(out):
            pass


def _recover(out: Path) -> None:
    """Move the files of a killed run into place where they were complete, else back; then clear ``WORK``."""
    work = out / WORK
    _refuse_links(work, work / _OLD, work / _READY)
    for old in sorted((work / _OLD).glob("*")):
        if not (out / old.name).exists() and not (work / _READY / old.name).exists():
            old.replace(out / old.name)  # killed between the two renames: the old set counts
    for ready in sorted((work / _READY).glob("*")):
        ready.replace(out / ready.name)  # killed while files were put in place: the new set counts
    _clear(work)


def _clear(work: Path) -> None:
    if os.path.lexists(work):
        _refuse_links(work)
        shutil.rmtree(work)


def _start_empty(work: Path) -> None:
    """Make an empty folder for new files, readable by its owner only, as it may hold persons' data."""
    _clear(work)
    work.mkdir(mode=0o700)


# --- a folder of results ------------------------------------------------------------------------------


def publish(
    target: Path,
    fill: Callable[[Path], object],
    ours: Callable[[Path], Mapping[str, str]] | None = None,
) -> None:
    """Let ``fill`` write into a new folder, then exchange it for ``target`` in one step.

    ``ours``: files of the old folder (with the SHA-256 they were written with, or "") that the new ones
    replace; by default those of its manifest. Every other file of the old folder is kept. Raises CannotWrite
    when anything fails; the old folder is then unchanged.
    """
    out, work = target.parent, target.parent / WORK
    with output_lock(out), german_errors(target):
        try:
            if target.exists() and not target.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, "")
            _start_empty(work)
            new = work / _NEW / target.name
            new.mkdir(parents=True)
            fill(new)
            _keep_foreign(target, new, (ours or _written_by_us)(target))
            sync_tree(new)
            _exchange(new, target, work / _OLD / target.name)
            sync_folder(out)
        finally:
            with suppress(OSError):
                _recover(out)


def _exchange(new: Path, target: Path, old: Path) -> None:
    if target.exists() and exchange(new, target):
        return
    old.parent.mkdir()
    if target.exists():
        target.replace(old)
    try:
        new.replace(target)
    except BaseException:
        if old.exists():
            old.replace(target)
        raise


def _keep_foreign(old: Path, new: Path, ours: Mapping[str, str]) -> None:
    """Copy files that somebody else put into the old folder; files of our last run are not kept.

    A file of ours that was edited since, such as a report with its sign-off, is kept under another name.
    """
    for path in _files(old):
        inside = path.relative_to(old)
        if inside.as_posix() in ours:
            if _edited(path, ours[inside.as_posix()], top=inside.parent == Path()):
                shutil.copy2(path, _edited_name(new / inside, old))
        elif not os.path.lexists(new / inside):
            for folder in reversed(inside.parents[:-1]):
                _folder_like(old / folder, new / folder)
            _link_or_copy(path, new / inside)


def _folder_like(old: Path, new: Path) -> None:
    """Gives the new folder the permissions and owner of the old one."""
    if not new.exists():
        new.mkdir()
        shutil.copymode(old, new)


def _link_or_copy(path: Path, to: Path) -> None:
    """Add the file under a second name where the system can link, else copy it."""
    try:
        os.link(path, to, follow_symlinks=False)
    except OSError:
        shutil.copy2(path, to, follow_symlinks=False)


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in entries_below(folder) if path.is_symlink() or path.is_file())


def _edited(path: Path, written: str, *, top: bool) -> bool:
    """Return whether a file of ours was changed since; only files at the top are meant to be filled in."""
    return top and bool(written) and hashlib.sha256(path.read_bytes()).hexdigest() != written


def _edited_name(target: Path, old: Path) -> Path:
    """Return a name that is free in both folders: ``KISI_Bericht_2026-06-30_geaendert.xlsx``."""
    names = (f"{target.stem}{EDITED}{n or ''}{target.suffix}" for n in (0, *range(2, 10_000)))
    return next(target.with_name(n) for n in names if not (old / n).exists())


def _written_by_us(folder: Path) -> dict[str, str]:
    """Return file → SHA-256 from the manifest of the last run; empty without one."""
    try:
        return {MANIFEST: "", **json.loads((folder / MANIFEST).read_bytes())["outputs"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


# --- files in a folder that is not ours ---------------------------------------------------------------


def publish_files(folder: Path, files: Iterable[tuple[str, bytes]]) -> list[Path]:
    """Put files into ``folder``, all or none; other files stay. Return their paths in the order given.

    Raises CannotWrite when anything fails; the folder is then unchanged.
    """
    work = folder / WORK
    paths = []
    with output_lock(folder), german_errors(folder):
        try:
            _start_empty(work)
            (work / _NEW).mkdir()
            for name, content in files:
                (work / _NEW / name).write_bytes(content)
                _open_elsewhere(folder / name)
                paths.append(folder / name)
            sync_tree(work / _NEW)
            (work / _NEW).replace(work / _READY)  # from here on the new files count
            _put_in_place(work, folder)
            sync_folder(folder)
        finally:
            with suppress(OSError):
                _recover(folder)
    return paths


def _open_elsewhere(target: Path) -> None:
    """Raise the error that replacing the file would raise, for instance while Excel has it open."""
    if target.exists():
        with target.open("r+b"):
            pass


def _put_in_place(work: Path, folder: Path) -> None:
    (work / _OLD).mkdir()
    done: list[Path] = []
    try:
        for ready in sorted((work / _READY).iterdir()):
            target = folder / ready.name
            done.append(target)
            if target.exists():
                target.replace(work / _OLD / target.name)
            ready.replace(target)
    except BaseException:
        for target in done:
            _roll_back(target, work)
        (work / _READY).replace(work / _NEW)  # the new files do not count after all
        raise


def _roll_back(target: Path, work: Path) -> None:
    old, ready = work / _OLD / target.name, work / _READY / target.name
    if not ready.exists():
        target.replace(ready)
    if old.exists():
        old.replace(target)
