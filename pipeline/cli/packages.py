"""The command ``kisi pack``: archives a report with everything that it was made from."""

from __future__ import annotations

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
    writing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.audit.pack.write_package import Written


@click.command()
@click.argument("places", nargs=-1, required=True, type=Location(exists=True), metavar="ERGEBNISSE ORDNER")
@click.option(
    "--out",
    type=Location(file_okay=False),
    metavar="ORDNER",
    help="Ordner für die Pakete; sonst archiv neben dem Ordner der Ergebnisse.",
)
@click.option(
    "--previous",
    type=Location(exists=True, dir_okay=False),
    metavar="PAKET.zip",
    help="Paket, an das dieses anschließt; sonst das letzte im Ordner für die Pakete.",
)
@click.option(
    "--form",
    "forms",
    multiple=True,
    type=Location(exists=True, dir_okay=False),
    metavar="FORMULAR",
    help="Leeres Formular, das der Bericht ausfüllt; mehrmals möglich.",
)
@click.option(
    "--delete",
    metavar="DATEI",
    help="Nimmt eine empfangene Datei aus einem Paket: kisi pack PAKET.zip --delete …",
)
@click.option("--reason", metavar="TEXT", help="Grund der Löschung; er bleibt im Paket.")
@RULES_OPTION
def pack(
    places: tuple[Path, ...],
    *,
    out: Path | None,
    previous: Path | None,
    forms: tuple[Path, ...],
    delete: str | None,
    reason: str | None,
    rules_folder: Path,
) -> None:
    """Packt einen Bericht mit allem, woraus er entstand.

    ERGEBNISSE ist der Ordner des Berichts (output/2026-09-30), ORDNER der mit den empfangenen Mappen. Das Paket
    enthält beide, dazu Regeln und Programm, und lässt sich ohne Netz nachrechnen: kisi verify PAKET.zip.
    """
    from pipeline.audit.pack.read_package import BadPackage

    try:
        if delete is not None:
            say(_deleted(places, delete, reason))
        elif len(places) == 2 and all(p.is_dir() for p in places):
            say(_packed(*places, out, previous, forms, rules_folder))
        else:
            raise CommandError("Nennen Sie den Ordner der Ergebnisse und den der empfangenen Mappen.")
    except BadPackage as bad:
        raise CommandError(str(bad)) from None


def _packed(
    results: Path,
    folder: Path,
    out: Path | None,
    previous: Path | None,
    forms: Sequence[Path],
    rules_folder: Path,
) -> Iterator[str]:
    from pipeline.audit.pack.collect import NotPackable, check_inputs, collect, manifest_of, retention_until
    from pipeline.audit.pack.write_package import write_package
    from pipeline.disk.working_folder import ARCHIVE
    from pipeline.engine.engine import file_hashes
    from pipeline.submissions import receive

    rules = rules_in(rules_folder)
    archive = out or results.parent / ARCHIVE
    keep_apart(archive, folder, may_be_above=True)
    keep_apart(archive, results, may_be_above=True)
    try:
        with readable():
            check_inputs(file_hashes(receive(folder).files), manifest_of(results))
            content = collect(results, folder, rules_folder, rules, forms)
            with writing(archive):
                done = write_package(content, results, rules, archive, previous)
    except NotPackable as reason:
        raise CommandError(str(reason)) from None
    yield from _told(done)
    yield f"Aufzubewahren mindestens bis {retention_until(rules):%d.%m.%Y}."
    yield f"Nachrechnen: kisi verify {done.path}"


def _told(done: Written) -> Iterator[str]:
    from pipeline.audit.pack.collect import sha256

    yield (
        f"Paket: {done.path}"
        if done.new
        else f"Nichts Neues seit {done.path}; es ist das Paket dieses Standes."
    )
    yield f"SHA-256: {sha256(done.path)}"


def _deleted(places: Sequence[Path], file: str, reason: str | None) -> Iterator[str]:
    from pipeline.audit.pack.write_package import without_file

    if len(places) != 1 or not places[0].is_file():
        raise CommandError("Nennen Sie zu --delete das eine Paket, aus dem die Datei gelöscht wird.")
    if not (reason or "").strip():
        raise CommandError("Nennen Sie mit --reason den Grund der Löschung; er bleibt im Paket.")
    package = places[0]
    try:
        with readable(), writing(package.parent):
            done = without_file(package, file, " ".join((reason or "").split()))
    except KeyError:
        raise CommandError(f"Im Paket liegt keine empfangene Datei „{file}“.") from None
    yield from _told(done)
    yield from (f"gelöscht: {path}" for path in done.removed)
    yield (
        f"Das frühere Paket {package.name} enthält die Datei noch. Löschen Sie es, sobald Sie es nicht mehr brauchen; "
        "seine Prüfsumme steht im neuen."
    )
