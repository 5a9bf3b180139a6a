"""What ``kisi report`` writes, as one folder that appears whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from pipeline.disk.publish import MANIFEST, publish
from pipeline.disk.system_calls import keep_private, write_text
from pipeline.report.ergebnis import write_ergebnis
from pipeline.report.feedback_files import (
    FEEDBACK_FOLDER,
    KeptCopies,
    Tell,
    Work,
    goes_back,
    here,
    settings,
    silent,
    write_feedback,
)
from pipeline.report.form import UNREADABLE, Filled, FormError, FormPlan, fill_each, values_of
from pipeline.report.html import OVERVIEW_FILE, overview_html
from pipeline.report.manifest import manifest_text
from pipeline.report.rows import DATA_FOLDER, write_data
from pipeline.report.summary import write_summary
from pipeline.run import Outcome


def results_folder(outcome: Outcome, out: Path) -> Path:
    return out / outcome.as_of.isoformat()


def report_file(as_of: date) -> str:
    """Name of the summary workbook: ``KISI_Bericht_2026-06-30.xlsx``."""
    return f"KISI_Bericht_{as_of.isoformat()}.xlsx"


def write_report(
    outcome: Outcome,
    out: Path,
    *,
    with_feedback: bool = True,
    with_rows: bool = True,
    form: FormPlan | None = None,
    work: Work = here,
    tell: Tell = silent,
    kept: KeptCopies | None = None,
    fill: Callable[[Filled], bytes | None] = lambda filled: fill_each([filled])[0],
) -> Path:
    """Everything ``kisi report`` writes, in ``out/<as-of>/``; returns that folder.

    ``with_feedback`` writes the copies that go back, ``with_rows`` the consolidated rows; ``form`` is the
    ministry's own, to be filled; ``work`` makes copies, ``kept`` holds those of earlier runs; ``tell`` takes what the
    terminal should say of them; ``fill`` fills the form, or gives None when that ended the process.
    """
    target = results_folder(outcome, out)

    def fill_folder(folder: Path) -> None:
        if with_feedback:
            back = [s for s in outcome.submissions if goes_back(s, outcome)]
            files = [(s, outcome.sources[s.workbook.file]) for s in back]
            setting_of = settings(back, outcome)
            write_feedback(files, outcome.rules, folder / FEEDBACK_FOLDER, setting_of, work, tell, kept)
        if with_rows:
            write_data(outcome, folder / DATA_FOLDER)
            keep_private(folder / DATA_FOLDER)
        write_summary(outcome, folder / report_file(outcome.as_of))
        write_ergebnis(outcome, folder / "ergebnis.json")
        write_text(folder / OVERVIEW_FILE, overview_html(outcome))
        if form is not None:
            filled = fill(values_of(form, outcome))
            if filled is None:
                raise FormError([UNREADABLE])
            (folder / form.name).write_bytes(filled)
        write_text(folder / MANIFEST, manifest_text(outcome, folder))

    publish(target, fill_folder)
    return target
