"""The command ``kisi mail``, which writes e-mail drafts; nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import (
    FOLDER,
    RULES_OPTION,
    CommandError,
    as_of_option,
    keep_apart,
    out_option,
    outcome_of,
    rules_in,
    say,
    tell,
    writing,
)
from pipeline.cli.engine_options import JOBS_OPTION, with_engine
from pipeline.disk.clock import today

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.dispatch.write_drafts import Dispatch
    from pipeline.engine.engine import Engine
    from pipeline.outcome import Outcome
    from pipeline.rules import Rules

OCCASIONS = ("feedback", "reminder", "templates")


@click.command()
@click.argument("occasion", type=click.Choice(OCCASIONS), metavar="feedback|reminder|templates")
@click.argument("folder", type=FOLDER, metavar="ORDNER")
@as_of_option("Stand; sonst wie bei kisi report.")
@out_option("output", "Ordner für die Ergebnisse; die Entwürfe kommen nach <Datum>/versand.")
@click.option("--all", "every", is_flag=True, help="Auch, was sich seit dem letzten Lauf nicht geändert hat.")
@JOBS_OPTION
@RULES_OPTION
def mail(
    occasion: str,
    folder: Path,
    as_of: date | None,
    out: Path,
    *,
    every: bool,
    jobs: int | None,
    rules_folder: Path,
) -> None:
    """Schreibt E-Mail-Entwürfe; sendet nichts.

    feedback: Rückmeldungen mit markierter Kopie und Anschreiben. reminder: Erinnerungen an alle, die in der
    Runde noch nichts abgegeben haben. templates: die vorausgefüllten Mappen. Die Texte stehen in
    rules/anschreiben.
    """
    from pipeline.cli.console import chosen_date
    from pipeline.dispatch.mail_text import WordingError

    rules = rules_in(rules_folder)
    keep_apart(out, folder, may_be_above=True)

    def work(engine: Engine) -> tuple[Outcome, Dispatch]:
        outcome = _outcome(folder, rules, as_of, occasion, engine)
        keep_apart(out / outcome.as_of.isoformat(), folder)
        return outcome, _lay(outcome, occasion, rules_folder, out, engine, every=every)

    try:
        with writing(out):
            outcome, done = with_engine(work, rules, jobs, earlier=out)
    except WordingError as error:
        raise CommandError(str(error)) from None
    if as_of is None and any(s.workbook.stichtag == outcome.as_of for s in outcome.submissions):
        tell(chosen_date(outcome))
    say(_lines(outcome, done))


def _outcome(folder: Path, rules: Rules, as_of: date | None, occasion: str, engine: Engine) -> Outcome:
    """The outcome; for reminders and templates that of the round of today if nothing was received yet."""
    from pipeline.cli.console import progress

    running = rules.round_of(today())
    try:
        return outcome_of(folder, rules, as_of, progress, engine)
    except CommandError:
        if as_of is not None or occasion == "feedback" or running is None:
            raise
        return outcome_of(folder, rules, running.stichtag, progress, engine)


def _lay(
    outcome: Outcome, occasion: str, rules_folder: Path, out: Path, engine: Engine, *, every: bool
) -> Dispatch:
    from pipeline.dispatch.mail_text import Wording
    from pipeline.dispatch.occasions import TEMPLATE_FILES, Occasion, mailings, sender_of
    from pipeline.dispatch.write_drafts import write_drafts
    from pipeline.report.write import results_folder

    kind = Occasion(occasion)
    made = mailings(kind, outcome, today(), engine)
    wording = Wording(rules_folder, TEMPLATE_FILES[kind])
    return write_drafts(
        made, kind, wording, sender_of(outcome.rules), results_folder(outcome, out), every=every
    )


def _lines(outcome: Outcome, done: Dispatch) -> Iterator[str]:
    from pipeline.definitions.messages import german_date
    from pipeline.dispatch.write_drafts import LIST

    for who, why in done.without:
        yield f"ohne Entwurf: {who} – {why}"
    counts = (
        ", ".join(f"{count} {standing.value}" for standing, count in done.counts.items())
        or "nichts zu senden"
    )
    yield (
        f"Runde zum {german_date(outcome.round.stichtag)}: {counts}."
        if outcome.round.stichtag
        else f"{counts}."
    )
    running = outcome.rules.round_of(today())
    if running and outcome.round.stichtag and running.stichtag > outcome.round.stichtag:
        yield f"Inzwischen läuft die Runde zum {german_date(running.stichtag)}: --as-of {running.stichtag.isoformat()}."
    yield f"Entwürfe: {done.folder}; wer was bekommt, steht in {done.folder / LIST}. Gesendet ist nichts."
