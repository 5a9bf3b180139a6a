"""Command sample: draws records for an audit visit, and reads the filled workbook back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.common import (
    FOLDER,
    RULES_OPTION,
    CommandError,
    Location,
    as_of_option,
    keep_apart,
    out_option,
    outcome_of,
    readable,
    rules_in,
    say,
    writing,
)
from pipeline.cli.engine_options import JOBS_OPTION, protected, with_engine

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pipeline.engine.engine import Engine
    from pipeline.rules import Rules


@click.command()
@click.argument("folder", type=FOLDER, metavar="ORDNER", required=False)
@click.option("--seed", metavar="TEXT", help="Startwert: derselbe Text zieht dieselben Zeilen.")
@click.option(
    "--size", type=click.IntRange(min=1), metavar="ZAHL", help="Umfang der Stichprobe; sonst 60 Zeilen."
)
@click.option("--weighted", is_flag=True, help="Blätter mit mehr Befunden bekommen mehr Zeilen.")
@as_of_option("Stand; sonst der späteste Stichtag des Berichtsplans bis heute.")
@click.option(
    "--read",
    "filled",
    type=Location(exists=True, dir_okay=False),
    metavar="MAPPE.xlsx",
    help="Liest die ausgefüllte Mappe eines Besuchs und nennt das Ergebnis.",
)
@out_option("output", "Ordner der Ergebnisse; die Stichprobe kommt in den Unterordner mit dem Datum.")
@JOBS_OPTION
@RULES_OPTION
def sample(
    folder: Path | None,
    *,
    seed: str | None,
    size: int | None,
    weighted: bool,
    as_of: date | None,
    filled: Path | None,
    out: Path,
    jobs: int | None,
    rules_folder: Path,
) -> None:
    """Zieht eine Stichprobe für die Prüfung vor Ort.

    Aus den angenommenen Mappen in ORDNER werden Zeilen gezogen, geschichtet nach Kommune und Blatt; wer den
    Startwert kennt, kann sie nachziehen. Mit --read wird die ausgefüllte Mappe ausgewertet.
    """
    if (filled is None) == (folder is None):
        raise CommandError("Nennen Sie entweder ORDNER und --seed, oder --read mit der ausgefüllten Mappe.")
    if filled is not None:
        say(_visited(filled, jobs))
        return
    if not (seed or "").strip():
        raise CommandError("Nennen Sie mit --seed einen Startwert, etwa das Aktenzeichen der Prüfung.")
    assert folder is not None
    assert seed is not None
    say(_drawn(folder, seed.strip(), size, as_of, out, jobs, rules_in(rules_folder), weighted=weighted))


def _visited(filled: Path, jobs: int | None) -> list[str]:
    """Lines on a filled workbook, which is read in a child process, as anybody may have saved it."""
    from pipeline.audit.sample.read_back import read_each

    with readable():
        data = filled.read_bytes()
    lines = protected(read_each, data, jobs)
    if lines is None or isinstance(lines, str):
        raise CommandError(f"{filled}: {lines or 'Die Datei lässt sich nicht lesen.'}")
    return lines


def _drawn(
    folder: Path,
    seed: str,
    size: int | None,
    as_of: date | None,
    out: Path,
    jobs: int | None,
    rules: Rules,
    *,
    weighted: bool,
) -> list[str]:
    from pipeline.audit.sample.draw import DEFAULT_SIZE, Sample, draw
    from pipeline.audit.sample.recipe import METHOD_STEPS
    from pipeline.audit.sample.visit import method_rows
    from pipeline.audit.sample.write_sample import VISIT_FILE, sample_folder, write_sample
    from pipeline.cli.console import progress

    def work(engine: Engine) -> tuple[Sample, date]:
        outcome = outcome_of(folder, rules, as_of, progress, engine)
        return draw(outcome, seed, size or DEFAULT_SIZE, weighted=weighted), outcome.as_of

    drawn, day = with_engine(work, rules, jobs, earlier=out)
    if not drawn.drawn:
        raise CommandError(f"In {folder} ist keine angenommene Mappe mit Zeilen, aus denen zu ziehen wäre.")
    results = out / day.isoformat()
    keep_apart(sample_folder(drawn, results), folder)
    with writing(out), writing(results):
        target = write_sample(drawn, rules, day, results)
    method = [f"{label}: {value}" for label, value in method_rows(drawn, day)]
    steps = [f"{number}. {step}" for number, step in enumerate(METHOD_STEPS, start=1)]
    return [*method, "", *steps, "", f"Mappe für den Besuch: {target / VISIT_FILE}"]
