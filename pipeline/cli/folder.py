"""Commands about the working folder: init, doctor; and what ``kisi --version`` says."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import FOLDER, CommandError, Location, as_of_option, readable, say, tell
from pipeline.cli.engine_options import JOBS_OPTION, with_engine
from pipeline.disk.clock import today

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pipeline.outcome import Outcome
    from pipeline.rules import Rules


@click.command()
@click.argument("folder", type=Location(file_okay=False), metavar="ORDNER")
def init(folder: Path) -> None:
    """Legt einen Arbeitsordner an: Regeln, Vorlagen, Anleitungen.

    Was es in ORDNER schon gibt, bleibt, wie es ist.
    """
    from pipeline.disk.unwritable import CannotWrite
    from pipeline.disk.working_folder import README, create_working_folder
    from pipeline.template.guides import guides

    try:
        for laid in create_working_folder(folder, guides):
            tell(f"  {'angelegt' if laid.new else 'bleibt, wie es ist'}: {laid.path}")
    except CannotWrite as error:
        raise CommandError(str(error)) from None
    tell(f"Wie es weitergeht, steht in {folder / README}.")


@click.command()
@click.argument("folder", type=FOLDER, metavar="ORDNER")
@as_of_option("Stand des nächsten Berichts, ab dem Fristen gezeigt werden; sonst heute.")
@click.option(
    "--rules",
    "rules_folder",
    type=Location(),
    metavar="ORDNER",
    help="Ordner mit den Regeldateien; sonst rules im Arbeitsordner.",
)
@JOBS_OPTION
def doctor(folder: Path, as_of: date | None, jobs: int | None, rules_folder: Path | None) -> None:
    """Sagt, was für den nächsten Bericht noch fehlt.

    ORDNER ist ein Arbeitsordner, wie kisi init ihn anlegt: mit rules, eingang und output.
    """
    from pipeline.disk.working_folder import RESULTS, RULES
    from pipeline.doctor import check_lines, examine

    now = today()
    day = as_of or now
    checks = []
    tell(f"Arbeitsordner {folder}, geprüft für den {day:%d.%m.%Y}{'' if as_of else ' (heute)'}:")
    given = day if as_of else None
    look = partial(_outcome, as_of=given, today=now, jobs=jobs, results=folder / RESULTS)
    for check in examine(folder, rules_folder or folder / RULES, day, look):
        checks.append(check)
        say(check_lines([check]))
    todo = [c for c in checks if c.mark.calls]
    titles = ", ".join(c.title for c in todo)
    tell(f"Zu tun: {titles}." if todo else "Alles ist bereit: kisi report kann laufen.")
    sys.exit(1 if todo else 0)


def _outcome(
    received: Path, rules: Rules, *, as_of: date | None, today: date, jobs: int | None, results: Path
) -> Outcome | None:
    """The outcome as of now; None where no file names a planned reporting date.

    The cache of earlier runs in ``results`` is used unless another run works there.
    """
    from pipeline.cli.console import progress
    from pipeline.disk.publish import output_lock
    from pipeline.disk.unwritable import CannotWrite
    from pipeline.engine.cache import CACHE_FILE
    from pipeline.run import NothingReceived, run

    work = partial(run, received, rules, as_of, progress, today=today)
    try:
        with readable():
            if (results / CACHE_FILE).exists():
                with suppress(CannotWrite), output_lock(results):
                    return with_engine(work, rules, jobs, cache_folder=results)
            return with_engine(work, rules, jobs)
    except NothingReceived:
        return None


def show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Prints the versions of program, rules and template; rules of the current folder, else the bundled ones."""
    if not wanted or context.resilient_parsing:
        return
    from pipeline import __version__
    from pipeline.definitions.sheets import TEMPLATE_VERSION
    from pipeline.disk.working_folder import RULES, own_or_bundled
    from pipeline.rules.loading.load import load_rules
    from pipeline.rules.loading.yaml_lines import RulesError

    folder = own_or_bundled(RULES)
    where = "mitgeliefert" if folder.is_absolute() else f"Ordner {folder}"
    try:
        version = load_rules(folder).project.version
    except RulesError:
        version = "nicht verwendbar, siehe „kisi rules“"
    say((f"kisi {__version__}", f"Regeln {version} ({where})", f"Vorlage {TEMPLATE_VERSION}"))
    context.exit()
