"""Commands that make new workbooks from filled ones: migrate, merge."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import (
    RULES_OPTION,
    CommandError,
    Location,
    keep_apart,
    readable,
    rules_in,
    say,
    tell,
    writing,
)
from pipeline.cli.engine_options import JOBS_OPTION, protected, with_engine

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.definitions.model import Finding
    from pipeline.engine.engine import Engine
    from pipeline.reading.containers.source import Source
    from pipeline.rules import Rules
    from pipeline.submissions import Received
    from pipeline.template.migrate import Migrated

    Answer = tuple[str, Migrated | Finding]


@click.command()
@click.argument("old", nargs=-1, required=True, type=Location(exists=True), metavar="ALT…")
@click.option(
    "--out",
    required=True,
    type=Location(),
    metavar="NEU",
    help="Neue Mappe; bei mehreren oder einem Ordner ein Ordner.",
)
@JOBS_OPTION
@RULES_OPTION
def migrate(old: tuple[Path, ...], out: Path, jobs: int | None, rules_folder: Path) -> None:
    """Überträgt ausgefüllte Mappen in die aktuelle Vorlage.

    ALT ist eine Mappe, oder mehrere, oder ein Ordner; seine Unterordner bleiben. Was keinen Platz in der neuen
    Vorlage hat, wird Zelle für Zelle genannt.
    """
    from pipeline.submissions import receive_paths

    rules = rules_in(rules_folder)
    with readable():
        received = receive_paths(old)
    if len(old) == 1 and [path for _, path in received.files] == [old[0]]:
        _migrate_file(old[0], out, rules)
    else:
        for path in old:
            keep_apart(out, path)
        _migrate_folder(received, out, rules, jobs)


def _migrate_file(old: Path, out: Path, rules: Rules) -> None:
    from pipeline.definitions.messages import finding
    from pipeline.disk.publish import publish_files
    from pipeline.reading.containers.opened import contents
    from pipeline.template.migrate import Migrated, migrate_each

    if out.exists():
        raise CommandError(f"{out} gibt es schon. Wählen Sie einen anderen Namen.")
    moved = protected(partial(migrate_each, rules), contents(old)) or finding("D20")
    if not isinstance(moved, Migrated):
        raise CommandError(f"{old}: {moved.message} {moved.remedy}")
    with writing(out.parent):
        publish_files(out.parent, [(out.name, moved.data)])
    say(_moved_lines(str(old), str(out), moved))
    tell("Alles andere ist übernommen." if moved.left else "Alles ist übernommen.")


def _moved_lines(old: str, new: str, moved: Migrated) -> Iterator[str]:
    from pipeline.definitions.messages import number_of
    from pipeline.definitions.sheets import TEMPLATE_VERSION

    yield f"{old} (Vorlage {moved.version}) → {new} (Vorlage {TEMPLATE_VERSION})"
    if moved.answers:
        yield f"  übernommen: {number_of(moved.answers, 'Antwort', 'Antworten')} der Kommune"
    yield from (f"  nicht übernommen: {line}" for line in moved.left)


# --- folders ------------------------------------------------------------------------------------------


def _migrate_folder(received: Received, out: Path, rules: Rules, jobs: int | None) -> None:
    """Publishes all new workbooks at once; lists those that cannot be migrated, then exit code 1."""
    from pipeline.cli.console import finding_lines, progress
    from pipeline.disk.publish import publish
    from pipeline.template.migrate import Migrated

    if out.exists() and not out.is_dir():
        raise CommandError(f"{out} ist kein Ordner. Für mehrere Mappen nennen Sie mit --out einen Ordner.")
    there = [name for name, _ in received.files if (out / name).exists()]
    if there:
        raise CommandError(f"{out / there[0]} gibt es schon. Wählen Sie mit --out einen anderen Ordner.")
    lines: list[str] = []
    counts = {True: 0, False: 0}

    def work(engine: Engine) -> None:
        def fill(folder: Path) -> None:
            answers = progress(_answers(received.files, rules, engine), len(received.files), "übertragen")
            for name, moved in answers:
                counts[isinstance(moved, Migrated)] += 1
                if isinstance(moved, Migrated):
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (folder / name).write_bytes(moved.data)
                    lines.extend(_moved_lines(name, str(out / name), moved))
                else:
                    lines.append(f"{name}: nicht übertragen. {moved.message} {moved.remedy}")

        publish(out, fill, lambda _: {})

    with writing(out.parent):
        with_engine(work, rules, jobs)
    for name, note in received.notes:
        lines += (f"{name}:", *finding_lines([note]))
    say(lines)
    tell(f"{counts[True]} übertragen nach {out}, {counts[False]} nicht übertragen.")
    sys.exit(1 if counts[False] else 0)


def _answers(files: Sequence[tuple[str, Source]], rules: Rules, engine: Engine) -> Iterator[Answer]:
    """Each file migrated, or the finding why not; files are read one at a time."""
    from pipeline.definitions.messages import finding
    from pipeline.reading.containers.opened import contents
    from pipeline.template.migrate import migrate_each

    work = engine.each(partial(migrate_each, rules), lambda _: finding("D20"))
    answers = work([contents(source)] for _, source in files)
    return ((name, moved) for (name, _), (moved,) in zip(files, answers, strict=True))


# --- two copies ---------------------------------------------------------------------------------------


@click.command()
@click.argument("one", type=Location(exists=True, dir_okay=False), metavar="A.xlsx")
@click.argument("other", type=Location(exists=True, dir_okay=False), metavar="B.xlsx")
@click.option("--out", required=True, type=Location(), metavar="C.xlsx", help="Neue Mappe.")
@click.option(
    "--renumber", is_flag=True, help="Gibt Datensätzen aus B.xlsx neue Nummern, wo A.xlsx dieselbe hat."
)
@RULES_OPTION
def merge(one: Path, other: Path, out: Path, *, renumber: bool, rules_folder: Path) -> None:
    """Macht aus zwei Mappen einer Kommune eine.

    Für zwei Kolleginnen, die jede eine Kopie ausgefüllt haben. Gleiche Datensätze kommen einmal in die neue
    Mappe. Sagt A.xlsx zu demselben Datensatz etwas anderes als B.xlsx, wird jede Zelle genannt und nichts
    geschrieben.
    """
    from pipeline.definitions.messages import number_of
    from pipeline.disk.publish import publish_files
    from pipeline.reading.containers.opened import contents
    from pipeline.template.merge import FilledCopy, Merged, clash_lines, merge_each

    rules = rules_in(rules_folder)
    if out.exists():
        raise CommandError(f"{out} gibt es schon. Wählen Sie einen anderen Namen.")
    names = (str(one), str(other))
    pair = (FilledCopy(names[0], contents(one)), FilledCopy(names[1], contents(other)))
    done = protected(partial(merge_each, rules, renumber), pair) or Merged()
    if done.refused:
        name, why = done.refused
        raise CommandError(f"{name}: {why.message} {why.remedy}")
    if done.data is None and not done.clashes:
        raise CommandError("Eine der beiden Mappen ließ sich nicht lesen; „kisi check“ nennt den Grund.")
    say(clash_lines(done.clashes, names))
    say(done.notes)
    if done.data is None:
        count = number_of(len(done.clashes), "Stelle ist", "Stellen sind")
        tell(f"{count} verschieden; {out} ist nicht geschrieben.{_HOW_TO_MERGE}")
        sys.exit(1)
    with writing(out.parent):
        publish_files(out.parent, [(out.name, done.data)])
    say(_checked_lines(done.findings))
    tell(f"{one} und {other} → {out}. {_checked(done.findings)}")


def _checked_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Errors and warnings of the merged workbook."""
    from pipeline.cli.console import finding_lines
    from pipeline.definitions.model import Severity

    yield from finding_lines([f for f in findings if f.severity is not Severity.NOTE])


def _checked(findings: Sequence[Finding]) -> str:
    """The check of the merged workbook in one sentence."""
    from pipeline.definitions.messages import number_of
    from pipeline.definitions.model import Severity

    errors, warnings = (sum(f.severity is s for f in findings) for s in (Severity.ERROR, Severity.WARNING))
    if not errors:
        return f"Die neue Mappe ist geprüft: kein Fehler, {number_of(warnings, 'Warnung', 'Warnungen')}."
    return f"Die neue Mappe ist geprüft: {errors} Fehler. So würde sie zurückgewiesen; beheben Sie die Fehler vorher."


_HOW_TO_MERGE = (
    " Gleichen Sie die Stellen in beiden Mappen an. Sind es verschiedene Datensätze mit derselben Nummer, gibt "
    "--renumber denen aus der zweiten Mappe neue."
)
