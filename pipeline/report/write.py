"""Writes everything that ``kisi report`` produces, as one folder that appears whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipeline.disk.publish import MANIFEST, publish
from pipeline.disk.system_calls import keep_private, write_text
from pipeline.engine.engine import Engine
from pipeline.outcome import Outcome
from pipeline.report.ergebnis import ERGEBNIS, write_ergebnis
from pipeline.report.feedback_files import (
    FEEDBACK_FOLDER,
    Tell,
    files_back,
    letter_contexts,
    silent,
    write_feedback,
)
from pipeline.report.html import OVERVIEW_FILE, overview_html
from pipeline.report.manifest import manifest_text
from pipeline.report.ministry_form import FormPlan, fill_forms
from pipeline.report.ministry_form.changed_figures import FormHistory
from pipeline.report.published import previous_published
from pipeline.report.row_files import DATA_FOLDER, write_data
from pipeline.report.summary import write_summary
from pipeline.report.validation import VALIDATION_FILE, write_validation


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
    forms: Sequence[FormPlan] = (),
    engine: Engine | None = None,
    tell: Tell = silent,
    history: FormHistory | None = None,
) -> Path:
    """Writes all results into ``out/<as-of>/``; returns that folder.

    The sheet Änderungen compares with the latest earlier report in ``out``. ``with_feedback``: write
    annotated copies and letters; ``with_rows``: write daten/; ``forms``: plans of the ministry's forms.
    ``engine``: makes copies and fills forms, without one this process does; ``tell`` gets lines about copies
    for the terminal, ``history`` the filled forms. Raises FormError when a form cannot be filled, CannotWrite.
    """
    target = results_folder(outcome, out)
    previous = previous_published(out, outcome.as_of)
    history = history or FormHistory(forms, outcome, out)

    def fill_folder(folder: Path) -> None:
        if with_feedback:
            files = files_back(outcome)
            context_of = letter_contexts((s for s, _ in files), outcome)
            write_feedback(files, outcome.rules, folder / FEEDBACK_FOLDER, context_of, engine, tell)
        write_summary(outcome, folder / report_file(outcome.as_of), previous)
        write_ergebnis(outcome, folder / ERGEBNIS)
        write_validation(outcome, folder / VALIDATION_FILE)
        write_text(folder / OVERVIEW_FILE, overview_html(outcome))
        for path, filled in fill_forms(forms, outcome, engine, history.before):
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(filled.data)
            history.add(path, filled)
        if with_rows:
            write_data(outcome, folder / DATA_FOLDER)
            keep_private(folder / DATA_FOLDER)
        write_text(folder / MANIFEST, manifest_text(outcome, folder, forms, previous))

    publish(target, fill_folder)
    return target
