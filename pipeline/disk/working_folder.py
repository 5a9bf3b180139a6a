"""A working folder for the project lead: rules, templates, and places for what comes in and goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pipeline
from pipeline.disk.publish import exclusive, publish, publish_files

RULES, TEMPLATES, RECEIVED, RESULTS = "rules", "input_templates", "eingang", "output"
LETTERS = "anschreiben"  # below RULES: texts of e-mails
GUIDES = "anleitungen"
DOCS = "docs"  # where the program keeps what the guides are made from
COPIES = "vorlagen"  # where the handbook lets the municipalities' own copies be written
README = "LIESMICH.txt"
_TEXT = """\
KISI-Berichtswesen: Arbeitsordner

{rules}/             was das Ministerium festlegt; kommunen.csv nennt, wer teilnimmt
{templates}/   die leeren Vorlagen
{received}/           hierher kommen die ausgefüllten Mappen, auch in Unterordnern; sie bleiben, wie sie sind
{results}/            hierher schreibt das Programm
{guides}/       Handbuch, Anleitung für die Kommunen und Muster-Formulare; im Browser zu öffnen und zu drucken

Rufen Sie alle Befehle in diesem Ordner auf.

Einmal:
  1. Tragen Sie in {rules}/kommunen.csv die teilnehmenden Kommunen ein; das Mitgelieferte ist ein Muster.
     Setzen Sie danach in {rules}/projekt.yaml "roster_is_sample: false", und erhöhen Sie "version".
  2. kisi rules
     prüft die Regeldateien.
  3. kisi template --roster {rules}/kommunen.csv --out {copies}
     schreibt eine Mappe je Kommune, zum Versenden. Senden Sie {guides}/Anleitung_Kommune.html mit.

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
    """Folder ``rules``, ``input_templates`` or ``docs`` that comes with the program: in the package, or in a clone."""
    here = Path(pipeline.__path__[0])
    inside = here / "carried" / name
    return inside if inside.is_dir() else here.parent / name


def own_or_carried(name: str) -> Path:
    """The folder of that name where the command was called, else the one that comes with the program."""
    return own if (own := Path(name)).is_dir() else carried(name)


Pages = Callable[[Path], Iterable[tuple[str, bytes]]]


def lay_folder(folder: Path, pages: Pages) -> Iterator[Laid]:
    """Lays what is missing, part by part. CannotWrite when a part cannot be written; it is then not there.

    ``pages`` makes the guides from the folder ``docs`` that comes with the program.
    """
    with exclusive(folder):
        for name in (RULES, TEMPLATES):
            yield _lay(folder / name, carried(name))
        for name in (RECEIVED, RESULTS):
            yield _lay(folder / name, None)
        yield _lay_guides(folder / GUIDES, pages)
        text = _TEXT.format(
            rules=RULES,
            templates=TEMPLATES,
            received=RECEIVED,
            results=RESULTS,
            copies=COPIES,
            guides=GUIDES,
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
        if source is not None:
            copy_rules(source, new)

    publish(target, fill)
    return Laid(target, new=True)


def _lay_guides(target: Path, pages: Pages) -> Laid:
    if target.exists() and any(target.iterdir()):
        return Laid(target, new=False)

    def fill(new: Path) -> None:
        for name, content in pages(carried(DOCS)):
            (new / name).write_bytes(content)

    publish(target, fill)
    return Laid(target, new=True)


def copy_rules(source: Path, target: Path) -> None:
    """Rules with the texts of e-mails, or templates; nothing else that lies in the folder."""
    for path in sorted((*source.iterdir(), *(source / LETTERS).glob("*"))):
        if path.suffix in (".yaml", ".csv", ".xlsx", ".j2"):
            inside = target / path.relative_to(source)
            inside.parent.mkdir(exist_ok=True)
            inside.write_bytes(path.read_bytes())
