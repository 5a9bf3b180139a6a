"""Commands that check and evaluate submissions: check, report, demo."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import click

from pipeline.cli.common import (
    FOLDER,
    RULES_OPTION,
    RULES_OR_BUNDLED_OPTION,
    Location,
    as_of_option,
    keep_apart,
    out_option,
    outcome_of,
    readable,
    rules_in,
    say,
    tell,
    writing,
)
from pipeline.cli.engine_options import CLUSTER_OPTION, JOBS_OPTION, with_engine
from pipeline.cli.forms import filled_form_lines, form_plans, not_filled, sample_plans

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.engine.engine import Engine
    from pipeline.outcome import Outcome
    from pipeline.report.ministry_form import FormPlan
    from pipeline.rules import Rules
    from pipeline.selection import Submission


@click.command()
@click.argument("paths", nargs=-1, required=True, type=Location(exists=True), metavar="PFAD…")
@out_option("output", "Ordner für die Rückmeldungen; sie kommen in den Unterordner rueckmeldung.")
@JOBS_OPTION
@RULES_OPTION
def check(paths: tuple[Path, ...], out: Path, jobs: int | None, rules_folder: Path) -> None:
    """Prüft Mappen, nennt alle Befunde, schreibt Rückmeldungen."""
    from pipeline.cli.console import finding_lines, progress, submission_lines, total_lines
    from pipeline.outcome import rejected
    from pipeline.report.feedback_files import FEEDBACK_FOLDER, publish_feedback
    from pipeline.run import check as examined
    from pipeline.submissions import receive_paths

    rules = rules_in(rules_folder)
    target = out / FEEDBACK_FOLDER
    for path in paths:
        keep_apart(target, path)
    with readable():
        received = receive_paths(paths)
    files = dict(received.files)

    def work(engine: Engine) -> Sequence[Submission]:
        submissions = examined(received.files, rules, progress, engine)
        for submission in submissions:
            say(submission_lines(submission))
        for name, note in received.notes:
            say((f"{name}:", *finding_lines([note])))
        publish_feedback([(s, files[s.workbook.file]) for s in submissions], rules, out, engine, tell)
        return submissions

    with writing(out):
        submissions = with_engine(work, rules, jobs)
    say(total_lines(submissions))
    tell(f"Rückmeldungen: {target}")
    sys.exit(1 if rejected(submissions) else 0)


@click.command()
@click.argument("folder", type=FOLDER, metavar="ORDNER")
@as_of_option(
    "Stand des Berichts; sonst der späteste Stichtag des Berichtsplans bis heute, den eine Datei nennt."
)
@out_option("output", "Ordner für die Ergebnisse; der Bericht kommt in einen Unterordner mit dem Datum.")
@click.option(
    "--form",
    "form_files",
    type=Location(exists=True, dir_okay=False),
    multiple=True,
    metavar="FORMULAR",
    help="Formular des Ministeriums (.xlsx oder .docx), das ausgefüllt zu den Ergebnissen kommt; eines für Kommunen "
    "je Kommune in den Unterordner formulare. Mehrmals möglich. Welche Namen gelten, zeigt kisi form-fields.",
)
@JOBS_OPTION
@CLUSTER_OPTION
@click.option("--no-rows", is_flag=True, help="Ohne die zusammengeführten Zeilen (daten).")
@click.option("--no-feedback", is_flag=True, help="Ohne die Rückmeldungen an die Kommunen.")
@RULES_OPTION
def report(
    folder: Path,
    as_of: date | None,
    out: Path,
    *,
    form_files: tuple[Path, ...],
    jobs: int | None,
    cluster: str | None,
    no_rows: bool,
    no_feedback: bool,
    rules_folder: Path,
) -> None:
    """Schreibt den Bericht aus den Mappen eines Ordners.

    Die Hauptaufgabe: alle Mappen prüfen, zusammenführen und bewerten. Eine Mappe mit einem Fehler zählt
    als Ganzes nicht. Der Ordner selbst bleibt, wie er ist.
    """
    from pipeline.cli.console import chosen_date, outcome_lines
    from pipeline.outcome import rejected

    rules = rules_in(rules_folder)
    say(map(str, rules.notes))
    forms = form_plans(form_files, rules, jobs)
    wanted = Wanted(feedback=not no_feedback, rows=not no_rows, forms=forms)
    outcome, target, changed = _report(folder, rules, as_of, out, wanted, jobs, cluster, cache_folder=out)
    from pipeline.report.write import report_file  # loaded by now

    if as_of is None:
        click.echo(chosen_date(outcome))
    say(outcome_lines(outcome))
    tell(f"Bericht: {target / report_file(outcome.as_of)}")
    say((*filled_form_lines(forms, target), *changed))
    sys.exit(1 if rejected(outcome.submissions) else 0)


class Wanted(NamedTuple):
    """What to write besides the report itself."""

    feedback: bool = True
    rows: bool = True
    forms: Sequence[FormPlan] = ()


class Reported(NamedTuple):
    """A written report: its folder, and lines on changes in its forms."""

    outcome: Outcome
    folder: Path
    changed: list[str]


def _report(
    folder: Path,
    rules: Rules,
    as_of: date | None,
    out: Path,
    wanted: Wanted,
    jobs: int | None = None,
    cluster: str | None = None,
    cache_folder: Path | None = None,
) -> Reported:
    """Runs the pipeline and writes the report. Raises CommandError."""
    from pipeline.cli.console import progress
    from pipeline.report import ministry_form
    from pipeline.report.ministry_form.changed_figures import FormHistory
    from pipeline.report.write import results_folder, write_report

    def work(engine: Engine) -> Reported:
        outcome = outcome_of(folder, rules, as_of, progress, engine)
        keep_apart(results_folder(outcome, out), folder)
        history = FormHistory(wanted.forms, outcome, out)
        target = write_report(
            outcome,
            out,
            with_feedback=wanted.feedback,
            with_rows=wanted.rows,
            forms=wanted.forms,
            engine=engine,
            tell=tell,
            history=history,
        )
        return Reported(outcome, target, list(history.lines()))

    keep_apart(out, folder, may_be_above=True)
    try:
        with writing(out):
            return with_engine(work, rules, jobs, cluster, cache_folder, with_rows=wanted.rows)
    except ministry_form.FormError as error:
        raise not_filled("Die Formulare können", error.problems) from None


BLANK_FORMS = "formulare-leer"  # beside the folders of results, where verify finds them


@click.command()
@out_option("output/demo", "Ordner für das Beispielprojekt.")
@JOBS_OPTION
@RULES_OR_BUNDLED_OPTION
def demo(out: Path, jobs: int | None, rules_folder: Path | None) -> None:
    """Legt ein erfundenes Projekt an und wertet es aus."""
    from pipeline.cli.console import outcome_lines
    from pipeline.demo import AS_OF_DATES, lay_out
    from pipeline.disk.working_folder import RULES, own_or_bundled
    from pipeline.report.feedback_files import FEEDBACK_FOLDER
    from pipeline.report.ministry_form import FORMS_FOLDER

    rules_folder = rules_folder or own_or_bundled(RULES)
    rules_in(rules_folder)
    with writing(out):
        folder, demo_rules = lay_out(out, rules_folder)
        forms = sample_plans(rules_in(demo_rules), jobs, out / BLANK_FORMS)
        for as_of in AS_OF_DATES:
            wanted = Wanted(forms=forms if as_of == AS_OF_DATES[-1] else ())
            outcome, target, _ = _report(folder, rules_in(demo_rules), as_of, out, wanted, jobs)
    from pipeline.report.write import report_file  # loaded by now

    say(outcome_lines(outcome))
    say(("", "Zum Ansehen:"))
    tell(f"  Bericht:         {target / report_file(as_of)}")
    tell(f"  Rückmeldungen:   {target / FEEDBACK_FOLDER}")
    if forms:
        tell(f"  Formulare:       {target / FORMS_FOLDER}")
        tell(f"  leere Formulare: {out / BLANK_FORMS}")
    tell(f"  Eingang:         {folder}")
    tell(f"  Regeln:          {demo_rules}")
    tell(f"  frühere Stände:  {', '.join(str(out / d.isoformat()) for d in AS_OF_DATES[:-1])}")
