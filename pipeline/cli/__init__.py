"""The command line: parse, call, print, exit code. Heavy libraries load only in the commands that need them.

Exit codes: see ``EXIT_CODES``.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import NoReturn

import pipeline.cli.german  # noqa: F401  - before click, which may word something while it loads

# isort: split
import click

from pipeline import DEBUG, INTERRUPTED, collect_rarely
from pipeline.cli.audit import compare, explain, rules, verify
from pipeline.cli.desk import desk
from pipeline.cli.folder import doctor, init, show_version
from pipeline.cli.forms import form_fields
from pipeline.cli.mail import mail
from pipeline.cli.migration import merge, migrate
from pipeline.cli.packages import pack
from pipeline.cli.reporting import check, demo, report
from pipeline.cli.sampling import sample
from pipeline.cli.templates import template

EXIT_CODES = """\b
Rückgabewerte:
  0    getan, nichts zurückgewiesen
  1    getan; zurückgewiesen (check, report), Abweichung (verify, compare), zu tun (doctor)
  2    falscher Aufruf, Regeln unlesbar, Ziel nicht beschreibbar; nichts geändert
  3    Zahlen stimmen, aber nicht alles Sichtbare ließ sich vergleichen (verify)
  130  mit Strg-C abgebrochen; nichts geändert
"""


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="BEFEHL [ANGABEN]...",
    epilog=EXIT_CODES,
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Zeigt die Versionen von Programm, Regeln und Vorlage.",
)
def cli() -> None:
    """KISI-Berichtswesen: aus den Excel-Mappen der Kommunen wird der Bericht an das Ministerium."""


for _command in (
    init,
    template,
    check,
    report,
    verify,
    compare,
    explain,
    sample,
    pack,
    doctor,
    rules,
    form_fields,
    migrate,
    merge,
    mail,
    desk,
    demo,
):
    cli.add_command(_command)
for _command in (cli, *cli.commands.values()):
    _command.options_metavar = "[OPTIONEN]"


def main() -> NoReturn:
    """Entry point. An internal error is reported in one line, without a value from a cell.

    Warnings of libraries may be English and hold values, so they are not shown, here and in child processes.
    """
    collect_rarely()
    os.environ.setdefault(
        "PYDANTIC_DISABLE_PLUGINS", "__all__"
    )  # it would read the metadata of every package
    if not os.environ.get(DEBUG):
        os.environ["PYTHONWARNINGS"] = "ignore"
        warnings.simplefilter("ignore")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        sys.exit(cli.main(prog_name="kisi", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo("Abgebrochen.", err=True)
        sys.exit(INTERRUPTED)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        click.echo(
            f"Interner Fehler ({type(error).__name__}). Das liegt am Programm, nicht an Ihrer Datei. Mit der "
            f"Umgebungsvariablen {DEBUG}=1 zeigt das Programm, wo er auftrat; diese Anzeige kann Inhalte der "
            "Mappen nennen, geben Sie sie nicht ungelesen weiter.",
            err=True,
        )
        sys.exit(2)
