"""Commands that write nothing: verify, compare, explain, rules."""

from __future__ import annotations

import sys
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import (
    FOLDER,
    RULES_OPTION,
    CommandError,
    Location,
    ResultFile,
    as_of_option,
    out_option,
    outcome_of,
    readable,
    rules_in,
    say,
    tell,
)
from pipeline.cli.engine_options import JOBS_OPTION, with_engine
from pipeline.definitions.foreign import escaped

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.audit.verify import Verdict
    from pipeline.engine.engine import Engine
    from pipeline.outcome import Outcome
    from pipeline.rules import Rules


@click.command()
@click.argument("workbook", type=ResultFile(), metavar="BERICHT.xlsx")
@click.argument("folder", type=FOLDER, metavar="ORDNER", required=False)
@JOBS_OPTION
@RULES_OPTION
def verify(workbook: Path, folder: Path | None, jobs: int | None, rules_folder: Path) -> None:
    """Rechnet einen Bericht nach, nennt Abweichungen.

    ORDNER enthält die empfangenen Mappen. Der Bericht wird aus ihnen und den Regeln neu berechnet und mit
    BERICHT.xlsx verglichen: jede Zelle und alles, was man sieht. Dazu kommt, was daneben liegt. Ein Paket
    (kisi verify PAKET.zip) enthält alles selbst.

    Rückgabe: 0 alles stimmt, 1 Abweichung, 2 nicht prüfbar, 3 Zahlen stimmen, aber nicht alles, was zu sehen
    ist, ließ sich vergleichen.
    """
    from pipeline.cli.console import verdict_lines

    verdict: Verdict | None
    if folder is not None:
        verdict = _recomputed(workbook, folder, rules_folder, (rules_folder, rules_folder.parent), jobs)
        say(verdict_lines(verdict))
    elif workbook.suffix.lower() == ".zip":
        verdict = _of_package(workbook, jobs)
    else:
        raise CommandError(
            "Nennen Sie auch den Ordner mit den empfangenen Mappen; nur ein Paket (.zip) enthält sie."
        )
    if verdict is not None:
        sys.exit(1 if verdict.differences else 3 if verdict.uncompared else 0)


def _recomputed(
    report: Path, folder: Path, rules_folder: Path, near: tuple[Path, ...], jobs: int | None
) -> Verdict:
    from pipeline.audit.verify import NoDate
    from pipeline.audit.verify import verify as recompute
    from pipeline.cli.console import progress
    from pipeline.reading.package import Refused

    rules = rules_in(rules_folder)
    try:
        with readable():
            return with_engine(
                partial(recompute, report, folder, rules, progress, near=near, rules_folder=rules_folder),
                rules,
                jobs,
            )
    except Refused as refused:
        raise CommandError(f"{report}: {refused.finding.message}") from None
    except NoDate:
        raise CommandError(
            f"{report}: Die Datei nennt keinen Stichtag und ist wohl kein KISI-Bericht."
        ) from None


def _of_package(path: Path, jobs: int | None) -> Verdict | None:
    """Prints the verdict on a package; ends with 1 where it contradicts its own lists."""
    from pipeline.audit.pack.check_package import verify_package
    from pipeline.audit.pack.read_package import BadPackage, opened_package
    from pipeline.cli.console import verdict_lines

    try:
        with readable(), opened_package(path) as package:
            found = verify_package(
                package,
                path,
                lambda report, folder, rules, forms: _recomputed(report, folder, rules, (forms,), jobs),
            )
    except BadPackage as bad:
        raise CommandError(f"{path}: {bad}") from None
    say(f"Hinweis: {note}" for note in found.notes)
    say(f"Abweichung: {difference}" for difference in found.differences)
    if found.report is not None:
        say(verdict_lines(found.report))
    tell("Das Paket ist, wie es gepackt wurde." if not found.differences else "Das Paket wurde verändert.")
    if found.differences:
        sys.exit(1)
    return found.report


@click.command()
@click.argument("nr", metavar="NR")
@click.option(
    "--commune",
    required=True,
    metavar="AGS|NAME",
    help="Gemeindeschlüssel, auch ein früherer, oder Name; „Projekt“ für die Summe.",
)
@click.argument("folder", type=FOLDER, metavar="ORDNER")
@as_of_option("Stand; sonst der späteste Berichtsstichtag.")
@out_option(
    "output",
    "Ordner der Ergebnisse; was kisi report dort zwischengespeichert hat, wird gelesen, nicht geändert.",
)
@JOBS_OPTION
@RULES_OPTION
def explain(
    nr: str,
    commune: str,
    folder: Path,
    as_of: date | None,
    out: Path,
    jobs: int | None,
    rules_folder: Path,
) -> None:
    """Erklärt, wie eine Zahl oder ein Status zustande kam.

    Gezeigt werden Regel, Lesart, Dateien und Rechnung, bis zu Blatt und Zeilen.
    NR ist ein Zielwert (Z1.2), ein Meilenstein (MS1.2), ein Kriterium (MS1.2b) oder ein Nachweis (N1.2).
    """
    from pipeline.audit.explain import UnknownQuestion, find_municipality, find_requirement, is_project
    from pipeline.audit.explain import explain as lines_of
    from pipeline.cli.console import progress

    rules = rules_in(rules_folder)

    def work(engine: Engine) -> list[str]:
        outcome = outcome_of(folder, rules, as_of, progress, engine)
        return list(lines_of(outcome, nr, commune))

    try:
        find_requirement(rules, nr)
        if not is_project(commune):
            find_municipality(rules, commune)
        say(with_engine(work, rules, jobs, earlier=out))
    except UnknownQuestion as error:
        raise CommandError(str(error)) from None


@click.command()
@click.argument("old", type=Location(exists=True), metavar="ALT")
@click.argument("new", type=Location(exists=True), metavar="NEU")
def compare(old: Path, new: Path) -> None:
    """Nennt, worin sich zwei Berichte unterscheiden.

    Zahlen, Status, Abgaben, Ausnahmen und Regeln mit beiden Werten. ALT und NEU sind Ordner mit Ergebnissen
    (output/2026-03-31) oder ihre ergebnis.json; empfangene Mappen sind nicht nötig.
    """
    from pipeline.audit.compare import comparison_lines as compared
    from pipeline.report.published import NotAReport

    try:
        lines, differ = compared(old, new)
    except NotAReport as error:
        raise CommandError(escaped(str(error))) from None
    say(lines)
    sys.exit(1 if differ else 0)


@click.command()
@click.argument("folder", type=FOLDER, required=False, metavar="[ORDNER]")
@click.option(
    "--compare",
    "other",
    type=Location(exists=True, file_okay=False),
    metavar="REGELN",
    help="Frühere Regeldateien, mit denen verglichen wird; sonst die Regeln des letzten Berichts in --out.",
)
@as_of_option("Stand; sonst der späteste Berichtsstichtag.")
@out_option("output", "Ordner der Ergebnisse, in dem der letzte Bericht liegt.")
@JOBS_OPTION
@RULES_OPTION
def rules(
    folder: Path | None,
    other: Path | None,
    as_of: date | None,
    out: Path,
    jobs: int | None,
    rules_folder: Path,
) -> None:
    """Prüft die Regeldateien und nennt, was sie festlegen.

    Dazu Warnungen, wenn eine Änderung Mappen oder Berichte trifft, die schon da sind: gegenüber dem letzten
    Bericht oder, mit --compare, gegenüber anderen Regeldateien mit allen geänderten Werten. Mit ORDNER, dem
    der empfangenen Mappen, auch, welche Zielwerte und Meilensteine welcher Kommunen anders ausfallen: nach
    den anderen Regeldateien, sonst nach der anderen Lesart jeder offenen Frage.
    """
    from pipeline.report.published import rules_of_last_report
    from pipeline.rules.wording.rules_overview import comparison_lines, rules_lines
    from pipeline.rules.wording.warnings import earlier_rules

    known, before = rules_in(rules_folder), rules_in(other) if other else None
    say(rules_lines(known))
    earlier = earlier_rules(before, str(other)) if before else rules_of_last_report(out)
    if earlier is not None:
        say(comparison_lines(earlier, known, with_values=other is not None))
    if folder is not None:
        say(_effects(folder, known, before, as_of, jobs))


def _effects(
    folder: Path, known: Rules, before: Rules | None, as_of: date | None, jobs: int | None
) -> list[str]:
    """Lines on what would change under the rules of ``before``, or under other readings."""
    from pipeline.audit.effect_lines import flip_lines, other_reading_lines
    from pipeline.cli.console import progress

    def lines(engine: Engine) -> tuple[list[str], Outcome]:
        outcome = outcome_of(folder, known, as_of, progress, engine)
        return ([] if before else list(other_reading_lines(outcome))), outcome

    readings, now = with_engine(lines, known, jobs)
    if before is None:
        return readings
    then = with_engine(partial(_outcome, folder, before, now.as_of), before, jobs)
    return list(flip_lines(then, now))


def _outcome(folder: Path, rules: Rules, as_of: date, engine: Engine) -> Outcome:
    from pipeline.cli.console import progress

    return outcome_of(folder, rules, as_of, progress, engine)
