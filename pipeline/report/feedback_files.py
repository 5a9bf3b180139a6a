"""rueckmeldung/: each file goes back under its own name, with its letter beside it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from pipeline.feedback import feedback
from pipeline.files import write_text
from pipeline.model import Workbook
from pipeline.publish import MANIFEST, publish
from pipeline.report.manifest import feedback_manifest
from pipeline.rules import Rules
from pipeline.run import Submission
from pipeline.unwritable import CannotWrite

FEEDBACK_FOLDER = "rueckmeldung"
LETTER = ".txt"
LONGEST_NAME = 255  # bytes on Linux, characters on Windows and macOS: never more than bytes


def publish_feedback(files: Sequence[tuple[Submission, Path]], rules: Rules, out: Path) -> Path:
    """What ``kisi check`` writes, in ``out/rueckmeldung``; returns that folder."""
    target = out / FEEDBACK_FOLDER

    def fill(folder: Path) -> None:
        write_feedback(files, rules, folder)
        write_text(folder / MANIFEST, feedback_manifest([s for s, _ in files], rules, folder))

    publish(target, fill)
    return target


def write_feedback(files: Iterable[tuple[Submission, Path]], rules: Rules, folder: Path) -> None:
    """An annotated copy and a covering letter for each file; subfolders are kept.

    A file that cannot be opened safely gets a letter only. CannotWrite when one was changed meanwhile.
    """
    for submission, path in files:
        workbook = submission.workbook
        data = _as_checked(workbook, path)
        copy, letter = feedback(workbook, submission.state, data, rules)
        target = folder / _inside(workbook.file)
        target.parent.mkdir(parents=True, exist_ok=True)
        if copy is not None:
            target.write_bytes(copy)
        write_text(_letter_file(target), letter)


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
