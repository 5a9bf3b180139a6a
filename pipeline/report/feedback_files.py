"""rueckmeldung/: each file goes back under its own name, with its letter beside it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from pipeline.definitions.model import Workbook
from pipeline.definitions.results import Result
from pipeline.disk.publish import MANIFEST, publish
from pipeline.disk.system_calls import write_text
from pipeline.disk.unwritable import CannotWrite
from pipeline.engine.engine import Engine
from pipeline.engine.workers import in_lists
from pipeline.feedback import Copy, Task, feedback_batch, task_of, without_copy
from pipeline.report.manifest import feedback_manifest
from pipeline.rules import Rules
from pipeline.run import Submission

FEEDBACK_FOLDER = "rueckmeldung"
LETTER = ".txt"
BATCH = 10
Work = Callable[[Iterable[list[Task]]], Iterable[list[Copy]]]
LONGEST_NAME = 255  # bytes on Linux, characters on Windows and macOS: never more than bytes


def here(batches: Iterable[list[Task]]) -> Iterator[list[Copy]]:
    """The work done in this process."""
    return map(feedback_batch, batches)


def on(engine: Engine) -> Work:
    """The work done at a engine; where a copy cannot be made, the letter goes alone."""
    return engine.each(feedback_batch, without_copy)


def publish_feedback(
    files: Sequence[tuple[Submission, Path]], rules: Rules, out: Path, work: Work = here
) -> Path:
    """What ``kisi check`` writes, in ``out/rueckmeldung``; returns that folder."""
    target = out / FEEDBACK_FOLDER

    def fill(folder: Path) -> None:
        write_feedback(files, rules, folder, work=work)
        write_text(folder / MANIFEST, feedback_manifest([s for s, _ in files], rules, folder))

    publish(target, fill)
    return target


def write_feedback(
    files: Sequence[tuple[Submission, Path]],
    rules: Rules,
    folder: Path,
    results: Iterable[Result] = (),
    work: Work = here,
) -> None:
    """An annotated copy and a covering letter for each file; subfolders are kept.

    ``results``: those of the report, so that no submission is evaluated again. ``work`` makes the copies of
    each batch, in the order given. A file that cannot be opened safely gets a letter only. CannotWrite when
    one was changed meanwhile.
    """
    known = {r.ags: r for r in results}
    copies = (copy for batch in work(_batches(files, rules, known)) for copy in batch)
    for (submission, _), (copy, letter) in zip(files, copies, strict=True):
        target = folder / _inside(submission.workbook.file)
        target.parent.mkdir(parents=True, exist_ok=True)
        if copy is not None:
            target.write_bytes(copy)
        write_text(_letter_file(target), letter)


def _batches(
    files: Iterable[tuple[Submission, Path]], rules: Rules, results: Mapping[str, Result]
) -> Iterator[list[Task]]:
    """The files are read here, and only as many as are worked on."""
    for batch in in_lists(files, BATCH):
        yield [
            task_of(w, s.state, _as_checked(w, path), rules, results.get(w.ags or ""))
            for s, path in batch
            for w in (s.workbook,)
        ]


def _as_checked(workbook: Workbook, path: Path) -> bytes:
    """The content that was checked; nothing where the file could not be read then either."""
    if not workbook.sha256:
        return b""
    again = "Starten Sie den Lauf noch einmal."
    try:
        data = path.read_bytes()
    except OSError:
        raise CannotWrite(f"„{workbook.file}“ lässt sich nicht mehr lesen. {again}") from None
    if hashlib.sha256(data).hexdigest() != workbook.sha256:
        raise CannotWrite(f"„{workbook.file}“ wurde während des Laufs geändert. {again}")
    return data


def _letter_file(copy: Path) -> Path:
    """The letter has the name of its workbook; one too long for the system with an ending more is cut."""
    name = copy.name
    while len(os.fsencode(name)) + len(LETTER) > LONGEST_NAME:
        name = name[:-1].rstrip(".")
    return copy.with_name(name + LETTER)


def _inside(name: str) -> PurePosixPath:
    """The file's path without what would lead out of the folder."""
    parts = PurePosixPath(name).parts
    return PurePosixPath(*(p for p in parts if p not in ("/", "..", ".") and not p.endswith(":\\")))
