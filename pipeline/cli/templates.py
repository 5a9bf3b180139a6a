"""The command ``kisi template``, which writes blank workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.common import (
    DATE,
    RULES_OPTION,
    CommandError,
    Location,
    out_option,
    readable,
    rules_in,
    say,
    writing,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from pipeline.rules import Rules


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
def template(roster: Path | None, stichtag: date | None, out: Path, rules_folder: Path) -> None:
    """Schreibt die leeren Vorlagen, mit --roster eine je Kommune."""
    from pipeline.rules.loading.roster import load_roster
    from pipeline.rules.loading.yaml_lines import RulesError
    from pipeline.template import write_templates

    rules = rules_in(rules_folder)
    try:
        municipalities = load_roster(roster).municipalities if roster else ()
    except RulesError as error:
        raise CommandError(str(error)) from None
    planned = [d.stichtag for d in rules.reporting_dates]
    if stichtag and planned and stichtag not in planned:
        raise CommandError(f"--stichtag: Der {stichtag:%d.%m.%Y} steht nicht im Berichtsplan.")
    filled: list[Path] = []

    def kept(there: Sequence[Path]) -> list[Path]:
        filled.extend(_filled(there, rules))
        return filled

    with writing(out):
        written = write_templates(
            rules.at(stichtag) if stichtag else rules, out, municipalities, stichtag, kept
        )
    say(f"geschrieben: {path}" for path in written)
    say(f"bleibt, denn es steht schon etwas darin: {path}" for path in filled)


def _filled(files: Sequence[Path], rules: Rules) -> list[Path]:
    """Workbooks that somebody has filled in; all of them when that is unknown."""
    from functools import partial

    from pipeline.cli.engine_options import protected
    from pipeline.template.migrate import holds_entries

    if not files:
        return []
    with readable():
        contents = [path.read_bytes() if path.is_file() else b"" for path in files]
    found = protected(partial(holds_entries, rules), contents) or [True] * len(files)
    return [path for path, holds in zip(files, found, strict=True) if holds]
