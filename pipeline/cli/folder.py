"""Commands about the working folder: init, doctor; and what ``kisi --version`` says."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import Stop


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="ORDNER")
def init(folder: Path) -> None:
    """Legt einen Arbeitsordner an: Regeln, Vorlagen, Ein- und Ausgang.

    Was es in ORDNER schon gibt, bleibt, wie es ist.
    """
    from pipeline.init import README, lay_folder
    from pipeline.unwritable import CannotWrite

    try:
        for laid in lay_folder(folder):
            click.echo(f"  {'angelegt' if laid.new else 'bleibt, wie es ist'}: {laid.path}")
    except CannotWrite as error:
        raise Stop(str(error)) from None
    click.echo(f"Wie es weitergeht, steht in {folder / README}.")


def show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Program, rules and template; the rules of the folder one is in, else those that came with it."""
    if not wanted or context.resilient_parsing:
        return
    from pipeline import __version__
    from pipeline.init import RULES, carried
    from pipeline.rulefiles import load_rules
    from pipeline.sheets import TEMPLATE_VERSION
    from pipeline.yamlfile import RulesError

    own = Path(RULES)
    folder, where = (own, f"Ordner {own}") if own.is_dir() else (carried(RULES), "mitgeliefert")
    try:
        version = load_rules(folder).project.version
    except RulesError:
        version = "nicht verwendbar, siehe „kisi rules“"
    click.echo(f"kisi {__version__}\nRegeln {version} ({where})\nVorlage {TEMPLATE_VERSION}")
    context.exit()
