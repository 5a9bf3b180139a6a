"""Commands that lay workbooks: template, migrate."""

from __future__ import annotations

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
    writing,
)

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


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
