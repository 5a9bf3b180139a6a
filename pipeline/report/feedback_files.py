"""rueckmeldung/: each file goes back under its own name, with its letter beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from pipeline.feedback import feedback
from pipeline.rules import Rules
from pipeline.run import Submission

FEEDBACK_FOLDER = "rueckmeldung"


class FileChanged(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """A received file is not the one that was checked; the text is German and names it."""


def write_feedback(files: Iterable[tuple[Submission, Path]], rules: Rules, folder: Path) -> None:
    """An annotated copy and a covering letter for each file; subfolders are kept.

    A file that cannot be opened safely gets a letter only. FileChanged when a file was replaced meanwhile.
    """
    for submission, path in files:
        workbook = submission.workbook
        data = path.read_bytes() if workbook.sha256 else b""
        if workbook.sha256 and hashlib.sha256(data).hexdigest() != workbook.sha256:
            raise FileChanged(
                f"„{workbook.file}“ wurde während des Laufs geändert. Starten Sie ihn noch einmal."
            )
        copy, letter = feedback(workbook, submission.state, data, rules)
        target = folder / _inside(workbook.file)
        target.parent.mkdir(parents=True, exist_ok=True)
        if copy is not None:
            target.write_bytes(copy)
        target.with_name(target.name + ".txt").write_bytes(letter.encode())


def _inside(name: str) -> PurePosixPath:
    """The file's path without what would lead out of the folder."""
    parts = PurePosixPath(name).parts
    return PurePosixPath(*(p for p in parts if p not in ("/", "..", ".") and not p.endswith(":\\")))
