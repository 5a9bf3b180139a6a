"""Commands that lay workbooks: template, migrate."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import (
    DATE,
    RULES_OPTION,
    CommandError,
    Location,
    out_option,
    rules_in,
    say,
    tell,
    writing,
)
from pipeline.cli.engine_options import protected

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from pipeline.definitions.model import Finding


@click.command()
@click.option(
    "--roster",
    type=Location(),
    metavar="CSV",
    help="Liste der Kommunen: für jede wird eine vorausgefüllte Mappe geschrieben.",
)
@click.option(
    "--stichtag",
    type=DATE,
    metavar="DATUM",
    help="Berichtsstichtag der vorausgefüllten Mappen; sonst der erste des Berichtsplans.",
)
@out_option("input_templates", "Ordner für die Vorlagen.")
@RULES_OPTION
def template(roster: Path | None, stichtag: datetime | None, out: Path, rules_folder: Path) -> None:
    """Schreibt die leeren Vorlagen, mit --roster auch je Kommune eine."""
    from pipeline.rules.loading.roster import load_roster
    from pipeline.rules.loading.yaml_lines import RulesError
    from pipeline.template import write_templates

    rules = rules_in(rules_folder)
    try:
        municipalities = load_roster(roster).municipalities if roster else ()
    except RulesError as error:
        raise CommandError(str(error)) from None
    day = stichtag.date() if stichtag else None
    planned = [d.stichtag for d in rules.reporting_dates]
    if day and planned and day not in planned:
        raise CommandError(f"--stichtag: Der {day:%d.%m.%Y} steht nicht im Berichtsplan.")
    with writing(out):
        written = write_templates(rules, out, municipalities, day)
    say(f"geschrieben: {path}" for path in written)


@click.command()
@click.argument("old", type=Location(exists=True, dir_okay=False), metavar="ALT.xlsx")
@click.option("--out", required=True, type=Location(), metavar="NEU.xlsx", help="Neue Mappe.")
@RULES_OPTION
def migrate(old: Path, out: Path, rules_folder: Path) -> None:
    """Überträgt eine ausgefüllte Mappe in die aktuelle Vorlage."""
    from pipeline.definitions.messages import finding
    from pipeline.definitions.sheets import TEMPLATE_VERSION
    from pipeline.disk.publish import publish_files
    from pipeline.reading.containers.opened import contents
    from pipeline.reading.containers.source import Unread
    from pipeline.template.migrate import Migrated, migrate_each

    rules = rules_in(rules_folder)
    if out.exists():
        raise CommandError(f"{out} gibt es schon. Wählen Sie einen anderen Namen.")
    data = contents(old)
    moved: Migrated | Finding = finding(data.rule if isinstance(data, Unread) else "D20")
    if isinstance(data, bytes):
        moved = protected(partial(migrate_each, rules), data) or moved
    if not isinstance(moved, Migrated):
        raise CommandError(f"{old}: {moved.message} {moved.remedy}")
    with writing(out.parent):
        publish_files(out.parent, [(out.name, moved.data)])
    tell(f"{old} (Vorlage {moved.version}) → {out} (Vorlage {TEMPLATE_VERSION})")
    say(f"  nicht übernommen: {line}" for line in moved.left)
    tell("Alles andere ist übernommen." if moved.left else "Alles ist übernommen.")
