"""The command line: parse, call, print, exit code. Heavy libraries load only in the commands that need them.

Exit codes: 0 done, 1 done with a rejected submission, 2 wrong call, unreadable rules or unwritable output.
"""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from pipeline.report.form import FormPlan
    from pipeline.rules import Rules
    from pipeline.run import Outcome, Progress


def _speak_german() -> None:
    """click words its own messages through gettext; ours is the only language it shall speak."""
    os.environ["LANGUAGE"] = "de"
    gettext.bindtextdomain("click_de", str(Path(__file__).parent / "locale"))
    gettext.textdomain("click_de")


_speak_german()

import click  # noqa: E402  - after the language is chosen

INTERRUPTED = 130  # what shells know as ended by Ctrl-C; 1 would say: done
F = TypeVar("F", bound=Callable[..., Any])
DATE = click.DateTime(formats=["%Y-%m-%d", "%d.%m.%Y"])
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
RULES_OPTION = click.option(
    "--rules",
    "rules_folder",
    type=click.Path(path_type=Path),
    default=Path("rules"),
    show_default=True,
    metavar="ORDNER",
    help="Ordner mit den Regeldateien.",
)


def out_option(default: str, text: str) -> Callable[[F], F]:
    return click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path(default),
        show_default=True,
        metavar="ORDNER",
        help=text,
    )


class Stop(click.ClickException):
    """Ends a command with a German message and exit code 2."""

    exit_code = 2


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _rules(folder: Path) -> Rules:
    from pipeline.rulefiles import load_rules
    from pipeline.yamlfile import RulesError

    try:
        return load_rules(folder)
    except RulesError as error:
        text = "\n".join(f"  {p}" for p in error.problems)
        raise Stop(f"Die Regeldateien in {folder} sind nicht verwendbar:\n{text}") from None


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]}, subcommand_metavar="BEFEHL [ANGABEN]..."
)
@click.version_option(package_name="kisi", message="kisi %(version)s")
def cli() -> None:
    """KISI-Berichtswesen: aus den Excel-Mappen der Kommunen wird der Bericht an das Ministerium."""


@cli.command()
@click.option(
    "--roster",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="Liste der Kommunen: für jede wird eine vorausgefüllte Mappe geschrieben.",
)
@out_option("input_templates", "Ordner für die Vorlagen.")
@RULES_OPTION
def template(roster: Path | None, out: Path, rules_folder: Path) -> None:
    """Schreibt die leeren Vorlagen, mit --roster auch je Kommune eine."""
    from pipeline.report.publish import CannotWrite, plain_words
    from pipeline.roster import load_roster
    from pipeline.template import write_templates
    from pipeline.yamlfile import RulesError

    rules = _rules(rules_folder)
    try:
        municipalities = load_roster(roster) if roster else ()
        with plain_words(out):
            written = write_templates(rules, out, municipalities)
    except (RulesError, CannotWrite) as error:
        raise Stop(str(error)) from None
    _say(f"geschrieben: {path}" for path in written)


@cli.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PFAD…"
)
@out_option("output", "Ordner für die Rückmeldungen; sie kommen in den Unterordner rueckmeldung.")
@RULES_OPTION
def check(paths: tuple[Path, ...], out: Path, rules_folder: Path) -> None:
    """Prüft Mappen, nennt alle Befunde, schreibt Rückmeldungen."""
    from pipeline.console import finding_lines, progress, submission_lines
    from pipeline.report.feedback_files import FEEDBACK_FOLDER, write_feedback
    from pipeline.report.publish import CannotWrite, publish
    from pipeline.run import decide, examine, rejected
    from pipeline.submissions import receive_paths

    rules = _rules(rules_folder)
    target = out / FEEDBACK_FOLDER
    for path in paths:
        _keep_apart(target, path)
    with _readable():
        received = receive_paths(paths)
    submissions = decide(examine(received.files, rules, progress), rules)
    for submission in submissions:
        _say(submission_lines(submission))
    for name, note in received.notes:
        _say((f"{name}:", *finding_lines([note])))
    files = dict(received.files)
    pairs = [(s, files[s.workbook.file]) for s in submissions]
    try:
        publish(target, lambda folder: write_feedback(pairs, rules, folder))
    except CannotWrite as error:
        raise Stop(str(error)) from None
    click.echo(f"Rückmeldungen: {target}")
    sys.exit(1 if rejected(submissions) else 0)


@cli.command()
@click.argument("folder", type=FOLDER, metavar="ORDNER")
@click.option(
    "--as-of", type=DATE, metavar="DATUM", help="Stand des Berichts; sonst der späteste Berichtsstichtag."
)
@out_option("output", "Ordner für die Ergebnisse; der Bericht kommt in einen Unterordner mit dem Datum.")
@click.option(
    "--form",
    "form_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FORMULAR.xlsx",
    help="Formular des Ministeriums; es wird ausgefüllt und zu den Ergebnissen gelegt.",
)
@click.option("--no-rows", is_flag=True, help="Ohne die zusammengeführten Zeilen (daten).")
@click.option("--no-feedback", is_flag=True, help="Ohne die Rückmeldungen an die Kommunen.")
@RULES_OPTION
def report(
    folder: Path,
    as_of: datetime | None,
    out: Path,
    *,
    form_file: Path | None,
    no_rows: bool,
    no_feedback: bool,
    rules_folder: Path,
) -> None:
    """Schreibt den Bericht aus den Mappen eines Ordners.

    Die Hauptaufgabe: alle Mappen prüfen, zusammenführen und bewerten. Eine Mappe mit einem Fehler zählt
    als Ganzes nicht. Der Ordner selbst bleibt, wie er ist.
    """
    from pipeline.console import outcome_lines
    from pipeline.run import rejected

    rules = _rules(rules_folder)
    day = as_of.date() if as_of else None
    form = _form(form_file, rules) if form_file else None
    outcome, target = _report(
        folder, rules, day, out, with_feedback=not no_feedback, with_rows=not no_rows, form=form
    )
    _say(outcome_lines(outcome))
    click.echo(f"Bericht: {target / f'KISI_Bericht_{outcome.as_of}.xlsx'}")
    if form:
        click.echo(f"Formular: {target / form.name}")
    sys.exit(1 if rejected(outcome.submissions) else 0)


def _form(file: Path, rules: Rules) -> FormPlan:
    """Every cell of the ministry's form found, before anything is computed or written; else Stop."""
    from pipeline.report.form import FormError, plan_form

    with _readable():
        data = file.read_bytes()
    try:
        return plan_form(file.name, data, rules)
    except FormError as error:
        text = "\n".join(f"  {p}" for p in error.problems)
        raise Stop(f"Das Formular {file} kann nicht ausgefüllt werden:\n{text}") from None


def _report(
    folder: Path,
    rules: Rules,
    as_of: date | None,
    out: Path,
    *,
    with_feedback: bool = True,
    with_rows: bool = True,
    form: FormPlan | None = None,
) -> tuple[Outcome, Path]:
    """(Outcome, folder of the results); Stop when the call is wrong or nothing can be written."""
    from pipeline.console import progress
    from pipeline.report.publish import CannotWrite, results_folder, write_report

    outcome = _run(folder, rules, as_of, progress)
    _keep_apart(results_folder(outcome, out), folder)
    try:
        return outcome, write_report(
            outcome, folder, out, with_feedback=with_feedback, with_rows=with_rows, form=form
        )
    except CannotWrite as error:
        raise Stop(str(error)) from None


def _run(folder: Path, rules: Rules, as_of: date | None, progress: Progress) -> Outcome:
    from pipeline.run import NothingReceived, run

    start = rules.project.start
    if as_of and as_of < start:
        raise Stop(f"--as-of liegt vor dem Projektbeginn am {start:%d.%m.%Y}.")
    try:
        with _readable():
            return run(folder, rules, as_of, progress)
    except NothingReceived:
        raise Stop(
            f"In {folder} nennt keine Datei einen Berichtsstichtag. Geben Sie mit --as-of ein Datum an."
        ) from None


def _keep_apart(target: Path, received: Path) -> None:
    """Received files are never touched: the folder of results is exchanged whole, so they lie apart."""
    here, there = target.resolve(), received.resolve()
    if here.is_relative_to(there) or there.is_relative_to(here):
        raise Stop(
            f"Die Ergebnisse kämen nach {target}; das überschneidet sich mit den empfangenen Dateien in "
            f"{received}. Wählen Sie mit --out einen anderen Ordner."
        )


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Stop(f"„{error.filename}“ lässt sich nicht lesen. Prüfen Sie Ihre Berechtigung.") from None


@cli.command()
@click.argument(
    "workbook", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="BERICHT.xlsx"
)
@click.argument("folder", type=FOLDER, metavar="ORDNER")
@RULES_OPTION
def verify(workbook: Path, folder: Path, rules_folder: Path) -> None:
    """Rechnet einen Bericht nach, nennt Abweichungen.

    ORDNER enthält die empfangenen Mappen. Der Bericht wird aus ihnen und den Regeln neu berechnet und mit
    BERICHT.xlsx Zelle für Zelle verglichen; dazu die Prüfsummen in manifest.json, das daneben liegt.
    """
    from pipeline.console import progress, verdict_lines
    from pipeline.intake import Refused
    from pipeline.verify import NoDate
    from pipeline.verify import verify as recompute

    rules = _rules(rules_folder)
    try:
        with _readable():
            verdict = recompute(workbook, folder, rules, progress)
    except Refused as refused:
        raise Stop(f"{workbook}: {refused.finding.message}") from None
    except NoDate:
        raise Stop(f"{workbook}: Die Datei nennt keinen Stichtag und ist wohl kein KISI-Bericht.") from None
    _say(verdict_lines(verdict))
    sys.exit(1 if verdict.differences else 0)


@cli.command()
@click.argument("nr", metavar="NR")
@click.option("--commune", required=True, metavar="AGS", help="Gemeindeschlüssel, auch ein früherer.")
@click.argument("folder", type=FOLDER, metavar="ORDNER")
@click.option("--as-of", type=DATE, metavar="DATUM", help="Stand; sonst der späteste Berichtsstichtag.")
@RULES_OPTION
def explain(nr: str, commune: str, folder: Path, as_of: datetime | None, rules_folder: Path) -> None:
    """Erklärt, wie eine Zahl oder ein Status zustande kam.

    Gezeigt werden Regel, Lesart, Dateien und Rechnung, bis zu Blatt und Zeilen.
    NR ist ein Zielwert (Z1.2), ein Meilenstein (MS1.2), ein Kriterium (MS1.2b) oder ein Nachweis (N1.2).
    """
    from pipeline.console import progress
    from pipeline.explain import Unknown, find_asked, find_municipality
    from pipeline.explain import explain as lines_of

    rules = _rules(rules_folder)
    try:
        find_asked(rules, nr)
        find_municipality(rules, commune)
        _say(lines_of(_run(folder, rules, as_of.date() if as_of else None, progress), nr, commune))
    except Unknown as error:
        raise Stop(str(error)) from None


@cli.command()
@click.argument("old", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="ALT.xlsx")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="NEU.xlsx", help="Neue Mappe.")
@RULES_OPTION
def migrate(old: Path, out: Path, rules_folder: Path) -> None:
    """Überträgt eine ausgefüllte Mappe in die aktuelle Vorlage."""
    from pipeline.files import write_whole
    from pipeline.intake import Refused
    from pipeline.migrate import migrate as move
    from pipeline.report.publish import CannotWrite, plain_words
    from pipeline.sheets import TEMPLATE_VERSION

    rules = _rules(rules_folder)
    if out.exists():
        raise Stop(f"{out} gibt es schon. Wählen Sie einen anderen Namen.")
    try:
        with _readable():
            data = old.read_bytes()
        moved = move(data, rules)
        with plain_words(out):
            write_whole(out, moved.data)
    except Refused as refused:
        raise Stop(f"{old}: {refused.finding.message} {refused.finding.remedy}") from None
    except CannotWrite as error:
        raise Stop(str(error)) from None
    click.echo(f"{old} (Vorlage {moved.version}) → {out} (Vorlage {TEMPLATE_VERSION})")
    _say(f"  nicht übernommen: {line}" for line in moved.left)
    click.echo("Alles andere ist übernommen." if moved.left else "Alles ist übernommen.")


@cli.command()
@RULES_OPTION
def rules(rules_folder: Path) -> None:
    """Liest und prüft die Regeldateien und nennt, was sie festlegen."""
    from pipeline.rules_overview import rules_lines

    _say(rules_lines(_rules(rules_folder)))


@cli.command()
@out_option("output/demo", "Ordner für das Beispielprojekt.")
@RULES_OPTION
def demo(out: Path, rules_folder: Path) -> None:
    """Legt ein erfundenes Projekt an und wertet es aus."""
    from pipeline.console import outcome_lines
    from pipeline.demo import AS_OF_DATES, lay_out
    from pipeline.report.feedback_files import FEEDBACK_FOLDER
    from pipeline.report.publish import CannotWrite

    _rules(rules_folder)
    try:
        folder, demo_rules = lay_out(out, rules_folder)
    except CannotWrite as error:
        raise Stop(str(error)) from None
    for as_of in AS_OF_DATES:
        outcome, target = _report(folder, _rules(demo_rules), as_of, out)
    _say(outcome_lines(outcome))
    click.echo("\nZum Ansehen:")
    click.echo(f"  Bericht:         {target / f'KISI_Bericht_{as_of}.xlsx'}")
    click.echo(f"  Rückmeldungen:   {target / FEEDBACK_FOLDER}")
    click.echo(f"  Eingang:         {folder}")
    click.echo(f"  Regeln:          {demo_rules}")
    click.echo(f"  frühere Stände:  {', '.join(str(out / d.isoformat()) for d in AS_OF_DATES[:-1])}")


for _command in (cli, *cli.commands.values()):
    _command.options_metavar = "[OPTIONEN]"


def main() -> NoReturn:
    """Entry point. Whatever goes wrong inside us is told in one line, without a value from a cell."""
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
        if os.environ.get("KISI_DEBUG"):
            raise
        click.echo(
            f"Interner Fehler ({type(error).__name__}). Das liegt am Programm, nicht an Ihrer Datei. Mit der "
            "Umgebungsvariablen KISI_DEBUG=1 zeigt das Programm, wo er auftrat.",
            err=True,
        )
        sys.exit(2)


if __name__ == "__main__":
    main()
