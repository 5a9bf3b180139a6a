"""Creates the project lead's working folder: rules, templates, guides, and folders for input and output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pipeline
from pipeline.disk.publish import output_lock, publish, publish_files
from pipeline.disk.starters import EXECUTABLE, starters

RULES, TEMPLATES, RECEIVED, RESULTS = "rules", "input_templates", "eingang", "output"
MAIL_TEXTS = "anschreiben"  # below RULES: texts of e-mails
GUIDES = "anleitungen"
DOCS = "docs"  # where the program keeps what the guides are made from
ARCHIVE = "archiv"  # beside the folders of results: packages of reports
COPIES = "vorlagen"  # where the handbook lets the municipalities' own copies be written
README = "LIESMICH.txt"
_TEXT = """\
KISI-Berichtswesen: Arbeitsordner

{rules}/             was das Ministerium festlegt; kommunen.csv nennt, wer teilnimmt
{templates}/   die leeren Vorlagen
{received}/           hierher kommen die ausgefüllten Mappen, auch in Unterordnern; sie bleiben, wie sie sind
{results}/            hierher schreibt das Programm
{guides}/       Handbuch, Anleitung für die Kommunen und Muster-Formulare; im Browser zu öffnen und zu drucken

Ohne Terminal: Ein Doppelklick auf "KISI starten.cmd" (Windows), "KISI starten.command" (macOS) oder
kisi-starten.desktop (Linux) öffnet diesen Ordner im Browser, nur auf diesem Rechner. Dort geht alles, was die
Befehle tun.

Mit Terminal: Rufen Sie alle Befehle in diesem Ordner auf.

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
class FolderPart:
    """A part of the working folder; ``new`` is False for one that existed and stays as it is."""

    path: Path
    new: bool


def bundled(name: str) -> Path:
    """Return the folder ``rules``, ``input_templates`` or ``docs`` that comes with the package, or with the
    clone.
    """
    here = Path(pipeline.__path__[0])
    inside = here / "bundled" / name
    return inside if inside.is_dir() else here.parent / name


def own_or_bundled(name: str) -> Path:
    """Return the folder of that name in the current directory, else the one that comes with the program."""
    return own if (own := Path(name)).is_dir() else bundled(name)


Pages = Callable[[Path], Iterable[tuple[str, bytes]]]


def create_working_folder(folder: Path, pages: Pages) -> Iterator[FolderPart]:
    """Create each missing part of the folder; yield all parts.

    ``pages`` makes the guides from the folder ``docs`` that comes with the program. Raises CannotWrite when a
    part cannot be written; that part then does not exist.
    """
    with output_lock(folder):
        for name in (RULES, TEMPLATES):
            yield _create_part(folder / name, bundled(name))
        for name in (RECEIVED, RESULTS):
            yield _create_part(folder / name, None)
        yield _create_guides(folder / GUIDES, pages)
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
        yield FolderPart(folder / README, new)
        for name, content in starters(folder).items():
            yield _create_starter(folder / name, content)


def _create_starter(target: Path, content: bytes) -> FolderPart:
    if target.exists():
        return FolderPart(target, new=False)
    publish_files(target.parent, [(target.name, content)])
    target.chmod(EXECUTABLE)
    return FolderPart(target, new=True)


def _create_part(target: Path, source: Path | None) -> FolderPart:
    """Create one folder, filled from ``source``; an empty folder counts as missing where there is a source."""
    if target.exists() and (source is None or any(target.iterdir())):
        return FolderPart(target, new=False)

    def fill(new: Path) -> None:
        if source is not None:
            copy_rules(source, new)

    publish(target, fill)
    return FolderPart(target, new=True)


def _create_guides(target: Path, pages: Pages) -> FolderPart:
    if target.exists() and any(target.iterdir()):
        return FolderPart(target, new=False)

    def fill(new: Path) -> None:
        for name, content in pages(bundled(DOCS)):
            (new / name).write_bytes(content)

    publish(target, fill)
    return FolderPart(target, new=True)


def copy_rules(source: Path, target: Path) -> None:
    """Copies rule files and e-mail texts, or templates; nothing else in the folder."""
    for path in sorted((*source.iterdir(), *(source / MAIL_TEXTS).glob("*"))):
        if path.suffix in (".yaml", ".csv", ".xlsx", ".j2"):
            inside = target / path.relative_to(source)
            inside.parent.mkdir(exist_ok=True)
            inside.write_bytes(path.read_bytes())
