"""A working folder for the project lead: rules, templates, and places for what comes in and goes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pipeline
from pipeline.disk.publish import exclusive, publish, publish_files

RULES, TEMPLATES, RECEIVED, RESULTS = "rules", "input_templates", "eingang", "output"
COPIES = "vorlagen"  # where the handbook lets the municipalities' own copies be written
README = "LIESMICH.txt"
_TEXT = """\
KISI-Berichtswesen: Arbeitsordner

{rules}/             was das Ministerium festlegt; kommunen.csv nennt, wer teilnimmt
{templates}/   die leeren Vorlagen
{received}/           hierher kommen die ausgefüllten Mappen, auch in Unterordnern; sie bleiben, wie sie sind
{results}/            hierher schreibt das Programm

Rufen Sie alle Befehle in diesem Ordner auf.

Einmal:
  1. Tragen Sie in {rules}/kommunen.csv die teilnehmenden Kommunen ein; das Mitgelieferte ist ein Muster.
     Setzen Sie danach in {rules}/projekt.yaml "roster_is_sample: false", und erhöhen Sie "version".
  2. kisi rules
     prüft die Regeldateien.
  3. kisi template --roster {rules}/kommunen.csv --out {copies}
     schreibt eine Mappe je Kommune, zum Versenden.

In jedem Quartal:
  1. Legen Sie die Mappen, die zurückkommen, in {received}/.
  2. kisi doctor .
     sagt, was für den Bericht noch fehlt.
  3. kisi check {received}
     nennt alle Befunde und schreibt Rückmeldungen nach {results}/rueckmeldung.
  4. kisi report {received}
     schreibt den Bericht nach {results}/<Stichtag>.

Die Mappen enthalten personenbezogene Daten unter Kennzeichen. Der Ordner gehört an einen geschützten Ort.
"""


@dataclass(frozen=True, slots=True)
class Laid:
    """A part of the working folder; ``new`` is False for what was there and stays as it is."""

    path: Path
    new: bool


def carried(name: str) -> Path:
    """Folder ``rules`` or ``input_templates`` that comes with the program: in the package, or in a clone."""
    here = Path(pipeline.__path__[0])
    inside = here / "carried" / name
    return inside if inside.is_dir() else here.parent / name


def own_or_carried(name: str) -> Path:
    """The folder of that name where the command was called, else the one that comes with the program."""
    return own if (own := Path(name)).is_dir() else carried(name)


def lay_folder(folder: Path) -> Iterator[Laid]:
    """Lays what is missing, part by part. CannotWrite when a part cannot be written; it is then not there."""
    with exclusive(folder):
        for name in (RULES, TEMPLATES):
            yield _lay(folder / name, carried(name))
        for name in (RECEIVED, RESULTS):
            yield _lay(folder / name, None)
        text = _TEXT.format(
            rules=RULES, templates=TEMPLATES, received=RECEIVED, results=RESULTS, copies=COPIES
        )
        new = not (folder / README).exists()
        if new:
            publish_files(folder, [(README, text.encode())])
        yield Laid(folder / README, new)


def _lay(target: Path, source: Path | None) -> Laid:
    """An empty folder counts as missing, where there is something to lay."""
    if target.exists() and (source is None or any(target.iterdir())):
        return Laid(target, new=False)

    def fill(new: Path) -> None:
        for path in sorted(source.iterdir()) if source else ():
            if path.suffix in (".yaml", ".csv", ".xlsx"):
                (new / path.name).write_bytes(path.read_bytes())

    publish(target, fill)
    return Laid(target, new=True)
