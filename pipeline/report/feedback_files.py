"""rueckmeldung/: each file goes back under its own name, with its letter beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.definitions.foreign import visible
from pipeline.definitions.model import Workbook
from pipeline.definitions.results import Result
from pipeline.disk.publish import publish
from pipeline.disk.system_calls import keep_private, write_text
from pipeline.disk.unwritable import CannotWrite
from pipeline.engine.engine import Engine, sha256_of
from pipeline.engine.workers import in_lists
from pipeline.feedback import Copy, Task, feedback_batch, may_have_copy, task_of, without_copy
from pipeline.reading.containers.opened import contents
from pipeline.reading.containers.source import Source, Unread
from pipeline.report.feedback_places import Place, feedback_places
from pipeline.rules import Rules
from pipeline.run import Submission

FEEDBACK_FOLDER = "rueckmeldung"
BATCH = 10
Work = Callable[[Iterable[list[Task]]], Iterable[list[Copy]]]
Tell = Callable[[str], object]  # takes a line for the terminal


def silent(_: str) -> None:
    """Tells nobody."""


def here(batches: Iterable[list[Task]]) -> Iterator[list[Copy]]:
    """The work done in this process."""
    return map(feedback_batch, batches)


def on(engine: Engine) -> Work:
    """The work done at a engine; where a copy cannot be made, the letter goes alone."""
    return engine.each(feedback_batch, without_copy)


def publish_feedback(
    files: Sequence[tuple[Submission, Source]],
    rules: Rules,
    out: Path,
    work: Work = here,
    tell: Tell = silent,
) -> Path:
    """What ``kisi check`` writes, in ``out/rueckmeldung``; what lies there for other files stays."""
    target = out / FEEDBACK_FOLDER
    places = feedback_places(s.workbook.file for s, _ in files).values()
    own = {path.as_posix(): "" for place in places for path in (place.copy, place.letter)}

    def fill(folder: Path) -> None:
        write_feedback(files, rules, folder, work=work, tell=tell)

    if files:
        publish(target, fill, lambda _: own)
    return target


def write_feedback(
    files: Sequence[tuple[Submission, Source]],
    rules: Rules,
    folder: Path,
    results: Iterable[Result] = (),
    work: Work = here,
    tell: Tell = silent,
) -> None:
    """An annotated copy and a covering letter for each file; subfolders are kept.

    ``results``: those of the report, so that no submission is evaluated again. ``work`` makes the copies of
    each batch, in the order given. A file that cannot be opened safely gets a letter only; ``tell`` is told
    where that was not to be expected, and what lies under another name. CannotWrite when one was changed
    meanwhile.
    """
    known = {r.ags: r for r in results}
    places = feedback_places(s.workbook.file for s, _ in files)
    copies = (copy for batch in work(_batches(files, rules, known)) for copy in batch)
    for (submission, _), (copy, letter) in zip(files, copies, strict=True):
        workbook = submission.workbook
        place = places[workbook.file]
        (folder / place.copy).parent.mkdir(parents=True, exist_ok=True)
        if copy is not None:
            (folder / place.copy).write_bytes(copy)
        write_text(folder / place.letter, letter)
        for line in _told(workbook, place, copied=copy is not None):
            tell(line)
    if folder.is_dir():
        keep_private(folder)


def _told(workbook: Workbook, place: Place, *, copied: bool) -> Iterator[str]:
    if not copied and may_have_copy(workbook):
        yield f"{workbook.file}: ohne markierte Kopie; das Anschreiben nennt alle Befunde."
    elif copied and place.told:
        yield f"{workbook.file}: Die markierte Kopie heißt {place.copy}, damit sich keine Namen überschneiden."


def _batches(
    files: Iterable[tuple[Submission, Source]], rules: Rules, results: Mapping[str, Result]
) -> Iterator[list[Task]]:
    """The files are read here, and only as many as are worked on."""
    for batch in in_lists(files, BATCH):
        yield [
            task_of(w, s.state, _as_checked(w, source), rules, results.get(w.ags or ""))
            for s, source in batch
            for w in (s.workbook,)
        ]


def _as_checked(workbook: Workbook, source: Source) -> bytes:
    """The content that was checked; nothing where the file could not be read then either."""
    if not workbook.sha256:
        return b""
    again = "Starten Sie den Lauf noch einmal."
    data = contents(source)
    if isinstance(data, Unread):
        if data.sha256 == workbook.sha256:  # a container that could not be opened
            return b""
        raise CannotWrite(f"„{visible(workbook.file)}“ lässt sich nicht mehr lesen. {again}")
    if sha256_of(data) != workbook.sha256:
        raise CannotWrite(f"„{visible(workbook.file)}“ wurde während des Laufs geändert. {again}")
    return data
