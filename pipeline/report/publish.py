"""Outputs appear whole or not at all: written into a sibling folder, then put in place by renaming."""

from __future__ import annotations

import errno
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.report.ergebnis import ergebnis_text
from pipeline.report.feedback_files import FEEDBACK_FOLDER, FileChanged, write_feedback
from pipeline.report.form import FormPlan, fill_form
from pipeline.report.html import OVERVIEW_FILE, overview_html
from pipeline.report.manifest import MANIFEST, manifest_text
from pipeline.report.rows import DATA_FOLDER, write_data
from pipeline.report.summary import write_summary
from pipeline.run import Outcome

_REASONS = {
    errno.ENOSPC: "auf dem Datenträger ist kein Platz mehr",
    errno.EROFS: "der Datenträger ist schreibgeschützt",
    errno.ENOTDIR: "ein Teil des Pfades ist kein Ordner",
    errno.EEXIST: "ein Teil des Pfades ist kein Ordner",
    errno.ENAMETOOLONG: "der Name ist zu lang",
}


class CannotWrite(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """The output folder cannot be written; the text is German and says why. Old results are intact."""


def results_folder(outcome: Outcome, out: Path) -> Path:
    return out / outcome.as_of.isoformat()


def write_report(
    outcome: Outcome,
    received: Path,
    out: Path,
    *,
    with_feedback: bool = True,
    with_rows: bool = True,
    form: FormPlan | None = None,
) -> Path:
    """Everything ``kisi report`` writes, in ``out/<as-of>/``; returns that folder.

    ``received`` is the folder of received files; ``with_feedback`` writes the copies that go back,
    ``with_rows`` the consolidated rows; ``form`` is the ministry's own, to be filled.
    """
    target = results_folder(outcome, out)

    def fill(folder: Path) -> None:
        if with_feedback:
            files = [(s, received / s.workbook.file) for s in outcome.submissions]
            write_feedback(files, outcome.rules, folder / FEEDBACK_FOLDER)
        if with_rows:
            write_data(outcome, folder / DATA_FOLDER)
        write_summary(outcome, folder / f"KISI_Bericht_{outcome.as_of.isoformat()}.xlsx")
        write_text(folder / "ergebnis.json", ergebnis_text(outcome))
        write_text(folder / OVERVIEW_FILE, overview_html(outcome))
        if form is not None:
            (folder / form.name).write_bytes(fill_form(form, outcome))
        write_text(folder / MANIFEST, manifest_text(outcome, folder))

    publish(target, fill)
    return target


def write_text(path: Path, text: str) -> None:
    """UTF-8 with line feeds, on every system the same bytes."""
    path.write_bytes(text.encode())


def publish(target: Path, fill: Callable[[Path], object]) -> None:
    """Lets ``fill`` write into a temporary sibling, then exchanges it for ``target``.

    Files in the old folder that no run has written are kept. CannotWrite when anything fails.
    """
    with plain_words(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            new = work / "new"
            new.mkdir()
            fill(new)
            _keep_foreign(target, new)
            if target.exists():
                target.replace(work / "old")
            try:
                new.replace(target)
            except OSError:
                if (work / "old").exists():
                    (work / "old").replace(target)
                raise
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _keep_foreign(old: Path, new: Path) -> None:
    """Copies what somebody else laid into the old folder; what our last run wrote is not kept."""
    try:
        ours = {MANIFEST, *json.loads((old / MANIFEST).read_text(encoding="utf-8"))["outputs"]}
    except (OSError, ValueError, KeyError, TypeError):
        ours = set()
    for path in sorted(old.rglob("*")):
        name = path.relative_to(old).as_posix()
        if path.is_file() and name not in ours and not (new / name).exists():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, new / name)


@contextmanager
def plain_words(target: Path) -> Iterator[None]:
    """Turns what the system says about an unwritable target into a CannotWrite."""
    try:
        yield
    except FileChanged as error:
        raise CannotWrite(str(error)) from None
    except PermissionError:
        text = f"{target} lässt sich nicht schreiben: keine Berechtigung, oder eine Datei darin ist geöffnet."
        raise CannotWrite(
            f"{text} Schließen Sie sie, oder wählen Sie mit --out einen anderen Ordner."
        ) from None
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, f"Systemfehler {error.errno}")
        raise CannotWrite(f"{target} lässt sich nicht schreiben: {reason}.") from None
