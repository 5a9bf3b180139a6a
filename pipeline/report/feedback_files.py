"""Writes rueckmeldung/: an annotated copy of each file under its own name, with its letter beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

import msgspec

from pipeline.definitions.foreign import escaped
from pipeline.definitions.model import State, Workbook
from pipeline.disk.publish import publish
from pipeline.disk.system_calls import keep_private, write_text
from pipeline.disk.unwritable import CannotWrite
from pipeline.engine.engine import Engine, sha256_of
from pipeline.engine.packed_results import pack_result
from pipeline.engine.packing import pack_head
from pipeline.engine.workers import in_lists
from pipeline.feedback import (
    FeedbackFiles,
    FeedbackTask,
    LetterContext,
    feedback_batch,
    may_have_copy,
    task_of,
    without_copy,
)
from pipeline.outcome import Outcome
from pipeline.reading.containers.opened import contents
from pipeline.reading.containers.source import Source, Unread
from pipeline.report.feedback_places import FeedbackPlace, feedback_places
from pipeline.rules import Rules
from pipeline.selection import Submission, next_numbers

FEEDBACK_FOLDER = "rueckmeldung"
BATCH = 10
LetterContextOf = Callable[[Submission], LetterContext]
Tell = Callable[[str], object]  # takes a line for the terminal


def silent(_: str) -> None:
    """Ignores a line for the terminal."""


def publish_feedback(
    files: Sequence[tuple[Submission, Source]],
    rules: Rules,
    out: Path,
    engine: Engine | None = None,
    tell: Tell = silent,
) -> Path:
    """Writes ``out/rueckmeldung`` for ``kisi check``; feedback on other files there is kept. Returns the
    folder.
    """
    target = out / FEEDBACK_FOLDER
    context_of = letter_contexts([s for s, _ in files])
    places = feedback_places(s.workbook.file for s, _ in files).values()
    own = {path.as_posix(): "" for place in places for path in (place.copy, place.letter)}

    def fill(folder: Path) -> None:
        write_feedback(files, rules, folder, context_of, engine, tell)

    if files:
        publish(target, fill, lambda _: own)
    return target


def write_feedback(
    files: Sequence[tuple[Submission, Source]],
    rules: Rules,
    folder: Path,
    context_of: LetterContextOf = lambda _: LetterContext(),
    engine: Engine | None = None,
    tell: Tell = silent,
) -> None:
    """Writes an annotated copy and a covering letter for each file into ``folder``.

    ``context_of``: what a letter says beyond its file, see ``letter_contexts``. ``engine``: does the work and
    keeps it for later runs; without one it is done in this process. A file that cannot be opened safely gets
    a letter only; ``tell`` gets a line where that is unexpected, or where a copy has another name than its
    file. Raises CannotWrite when a file was changed since it was checked.
    """
    places = feedback_places(s.workbook.file for s, _ in files)
    copies = made_copies(files, rules, context_of, engine)
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


def made_copies(
    files: Sequence[tuple[Submission, Source]],
    rules: Rules,
    context_of: LetterContextOf,
    engine: Engine | None = None,
) -> Iterator[FeedbackFiles]:
    """(copy, letter) of each file in order, from the engine's cache where it is kept."""
    cache = engine if engine and engine.keeps_results else None
    keys = [_cache_key(cache, s, context_of(s)) if cache else "" for s, _ in files]
    known = [cache is not None and cache.has(key) for key in keys]
    new = [file for file, is_known in zip(files, known, strict=True) if not is_known]
    made = _made(new, rules, context_of, engine)
    for file, key, is_known in zip(files, keys, known, strict=True):
        copy = _kept(cache, key) if cache and is_known else None
        if copy is None:
            copy = next(_made([file], rules, context_of, engine) if is_known else made)
            if cache:
                cache.keep(key, msgspec.msgpack.encode((copy[0], copy[1].encode("utf-8", "surrogatepass"))))
        yield copy


def _cache_key(engine: Engine, submission: Submission, context: LetterContext) -> str:
    """Cache key of feedback: the file, its name, findings and state, and what its letter says."""
    workbook, result = submission.workbook, context.result
    said = (submission.state, submission.substitute, submission.closed, replace(context, result=None))
    head = sha256_of(pack_head(workbook))
    figures = sha256_of(pack_result(result)) if result else ""
    name = workbook.file.encode("utf-8", "surrogateescape")
    return engine.key("copy", workbook.sha256, name, head, figures, said)


def _kept(engine: Engine, key: str) -> FeedbackFiles | None:
    """The cached feedback; None where it is damaged."""
    content = engine.kept(key)
    if content is None:
        return None
    copy, letter = msgspec.msgpack.decode(content, type=tuple[bytes | None, bytes])
    return copy, letter.decode("utf-8", "surrogatepass")


def _made(
    files: Sequence[tuple[Submission, Source]],
    rules: Rules,
    context_of: LetterContextOf,
    engine: Engine | None,
) -> Iterator[FeedbackFiles]:
    """New feedback on each file; without a copy where a file ended its worker process."""
    if not files:
        return iter(())
    work = engine.each(feedback_batch, without_copy) if engine else partial(map, feedback_batch)
    return chain.from_iterable(work(_batches(files, rules, context_of)))


def _told(workbook: Workbook, place: FeedbackPlace, *, copied: bool) -> Iterator[str]:
    if not copied and may_have_copy(workbook):
        yield f"{workbook.file}: ohne markierte Kopie; das Anschreiben nennt alle Befunde."
    elif copied and place.renamed:
        yield f"{workbook.file}: Die markierte Kopie heißt {place.copy}, damit sich keine Namen überschneiden."


def letter_contexts(submissions: Iterable[Submission], outcome: Outcome | None = None) -> LetterContextOf:
    """A function that gives what a letter says beyond its file, from the report if there is an outcome."""
    numbers = next_numbers(outcome.received if outcome else submissions)
    results = {r.ags: r for r in outcome.results} if outcome else {}
    standing = {d.member.ags: d.status for d in outcome.round.deliveries} if outcome else {}

    def context(submission: Submission) -> LetterContext:
        workbook = submission.workbook
        ags, key = workbook.ags or "", workbook.key
        counting = outcome.accepted(ags) if outcome else None
        return LetterContext(
            next_number=numbers[key.ags, key.stichtag] if key else None,
            as_of=outcome.as_of if outcome else None,
            standing=standing.get(ags),
            counting=counting.workbook.stichtag if counting else None,
            result=results.get(ags),
        )

    return context


def files_back(outcome: Outcome) -> list[tuple[Submission, Source]]:
    """The files of a report that get feedback, and where the bytes of each are."""
    return [(s, outcome.sources[s.workbook.file]) for s in outcome.submissions if goes_back(s, outcome)]


def goes_back(submission: Submission, outcome: Outcome) -> bool:
    """Whether a file of a report gets feedback: files of its round, and rejections without a later valid
    submission.
    """
    if submission.open_rejection:
        return True
    silent_ones = submission.closed or submission.state is State.WITHDRAWN
    return not silent_ones and outcome.round.covers(submission.workbook.stichtag)


def _batches(
    files: Iterable[tuple[Submission, Source]], rules: Rules, context_of: LetterContextOf
) -> Iterator[list[FeedbackTask]]:
    """Tasks in batches; files are read only as they are needed."""
    for batch in in_lists(files, BATCH):
        yield [task_of(s, _as_checked(s.workbook, source), rules, context_of(s)) for s, source in batch]


def _as_checked(workbook: Workbook, source: Source) -> bytes:
    """The content of the file as it was checked; empty where it could not be read then either."""
    if not workbook.sha256:
        return b""
    again = "Starten Sie den Lauf noch einmal."
    data = contents(source)
    if isinstance(data, Unread):
        if data.sha256 == workbook.sha256:  # a container that could not be opened
            return b""
        raise CannotWrite(f"„{escaped(workbook.file)}“ lässt sich nicht mehr lesen. {again}")
    if sha256_of(data) != workbook.sha256:
        raise CannotWrite(f"„{escaped(workbook.file)}“ wurde während des Laufs geändert. {again}")
    return data
