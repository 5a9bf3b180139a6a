"""What somebody may change in the files beside a report, with the hashes of the manifest made to fit."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.audit.verify.documents import compare_pairs
from pipeline.audit.verify.manifest import read_manifest
from pipeline.audit.verify.outputs import Outputs, ResultFolder, Workers, compare_outputs
from pipeline.outcome import Outcome
from pipeline.report import ministry_form
from pipeline.rules.loading.load import load_rules
from pipeline.run import run
from tests.audit.verify.edited import NS, Edited
from tests.audit.verify.place import AS_OF, FORM, Place, original

COPY = "rueckmeldung/2026-09-30/KISI_Buedingen.xlsx"


@dataclass(frozen=True)
class FileChange:
    """``shown`` stands in the answer."""

    name: str
    edit: Callable[[Path], None]
    shown: str


def adapt(results: Path) -> None:
    """The manifest of somebody who knows what it is for."""
    path = results / "manifest.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    files = sorted(p for p in results.rglob("*") if p.is_file() and p != path)
    document["outputs"] = {
        p.relative_to(results).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@cache
def outcome() -> Outcome:
    place = original()
    return run(place.inputs, load_rules(place.rules), AS_OF)


def compared(results: Path, near: Path) -> Outputs:
    """What lies in a folder of results, against what is computed from the files of the original."""
    manifest = read_manifest(results)
    assert manifest is not None
    workers = Workers(
        lambda pair: compare_pairs([pair])[0],
        lambda name, data: ministry_form.plan_form(name, data, outcome().rules),
    )
    beside = ResultFolder(results, manifest.outputs, manifest.forms, (near,), original().rules)
    return compare_outputs(beside, outcome(), workers)


def copied(place: Place, folder: Path) -> Path:
    """The results alone."""
    return Path(shutil.copytree(place.results, folder / "results"))


# --- changes ------------------------------------------------------------------------------------------


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    """The first place of a text in a file."""

    def edit(results: Path) -> None:
        text = (results / name).read_text(encoding="utf-8")
        assert old in text, (name, old)
        (results / name).write_text(text.replace(old, new, 1), encoding="utf-8", newline="")

    return edit


def in_document(change: Callable[[dict[str, list[dict[str, object]]]], object]) -> Callable[[Path], None]:
    def edit(results: Path) -> None:
        path = results / "ergebnis.json"
        document = json.loads(path.read_text(encoding="utf-8"))
        change(document)
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    return edit


def in_rows(name: str, change: Callable[[pa.Table], pa.Table]) -> Callable[[Path], None]:
    def edit(results: Path) -> None:
        path = results / f"daten/{name}.parquet"
        pq.write_table(change(pq.read_table(path)), path)

    return edit


def _other_value(table: pa.Table) -> pa.Table:
    values = table.column("Zielgruppe").to_pylist()
    values[2] = "vertauscht"
    return table.set_column(
        table.schema.get_field_index("Zielgruppe"), table.schema.field("Zielgruppe"), pa.array(values)
    )


def in_workbook(name: str, change: Callable[[Edited], None]) -> Callable[[Path], None]:
    def edit(results: Path) -> None:
        edited = Edited((results / name).read_bytes())
        change(edited)
        (results / name).write_bytes(edited.save())

    return edit


def _number(edited: Edited, sheet: str) -> None:
    cell = next(
        c
        for c in edited.sheet(sheet).iter(f"{NS}c")
        if c.find(f"{NS}v") is not None and c.get("t", "n") == "n"
    )
    next(cell.iter(f"{NS}v")).text = "98765"


def _label(edited: Edited) -> None:
    """A text of the form itself."""
    texts = edited.xml("xl/sharedStrings.xml")
    next(t for t in texts.iter(f"{NS}t") if t.text).text = "Abschlussbericht"


def _filled(edited: Edited) -> None:
    """A figure that was filled in."""
    part = next(
        n for n in edited.parts if n.startswith("xl/worksheets/sheet") and b"inlineStr" in edited.parts[n]
    )
    next(edited.xml(part).iter(f"{NS}is"))[0].text = "erreicht und mehr"


def in_draft(who: str, change: Callable[[EmailMessage], None]) -> Callable[[Path], None]:
    def edit(results: Path) -> None:
        path = next((results / "versand").glob(f"*{who}*.eml"))
        message = BytesParser(policy=default).parsebytes(path.read_bytes())
        assert isinstance(message, EmailMessage)
        change(message)
        path.write_bytes(message.as_bytes())

    return edit


def _other_text(message: EmailMessage) -> None:
    body = message.get_body(("plain",))
    assert body is not None
    body.set_content("Es ist alles in Ordnung.")


def _other_attachment(message: EmailMessage) -> None:
    first = next(iter(message.iter_attachments()))
    first.set_content(b"x", "application", "octet-stream", filename="KISI_Hanau.xlsx")


def _to(message: EmailMessage) -> None:
    message.replace_header("To", "jemand@example.org")


def changes() -> Iterator[FileChange]:
    yield FileChange(
        "ergebnis.json: Wert eines Zielwerts",
        in_document(lambda d: d["targets"][1].update(value="0.750000")),
        "ergebnis.json: Zielwerte, 06415000 Z1.1, value: im Bericht „0.750000“",
    )
    yield FileChange(
        "ergebnis.json: Status",
        in_document(lambda d: d["milestones"][0].update(status="reached")),
        "ergebnis.json: Meilensteine, 06415000 MS1.1 ",
    )
    yield FileChange(
        "ergebnis.json: Befund weggelassen",
        in_document(lambda d: d["findings"].pop()),
        "ergebnis.json: Befunde: 41 Einträge, nachgerechnet 42",
    )
    yield FileChange(
        "ergebnis.json: Feld dazu",
        in_document(lambda d: d["round"].update(geprüft=True)),
        "ergebnis.json: Runde: „geprüft“ gehört nicht dazu",
    )  # type: ignore[attr-defined]
    yield FileChange(
        "uebersicht.html: Zahl",
        replaced("uebersicht.html", "95,45", "99,99"),
        "99,99",
    )
    yield FileChange(
        "uebersicht.html: Link",
        replaced("uebersicht.html", 'href="#', 'href="https://example.org/#'),
        "uebersicht.html: Ziele von Links weichen ab",
    )
    yield FileChange(
        "uebersicht.html: verborgen",
        replaced("uebersicht.html", "<table", '<table hidden style="display:none"'),
        "uebersicht.html: Gestaltung weicht ab",
    )
    yield FileChange(
        "uebersicht.html: Skript",
        replaced("uebersicht.html", "</body>", "<script>1</script></body>"),
        "uebersicht.html: Skripte weichen ab",
    )
    yield FileChange(
        "daten: ein Wert",
        in_rows("Personen", _other_value),
        "daten/Personen.parquet: Spalte „Zielgruppe“ weicht ab in Zeile 3.",
    )
    yield FileChange(
        "daten: Zeile weggelassen",
        in_rows("Bedarfe", lambda t: t.slice(1)),
        "daten/Bedarfe.parquet: 39 Zeilen, nachgerechnet 40.",
    )
    yield FileChange(
        "daten: Spalte umbenannt",
        in_rows("Kontakte", lambda t: t.rename_columns([*t.schema.names[:-1], "Anderes"])),
        "daten/Kontakte.parquet: die Spalten sind nicht die nachgerechneten.",
    )
    yield FileChange(
        "daten: Datei fehlt",
        lambda r: (r / "daten/Bestand.parquet").unlink(),
        "daten/Bestand.parquet: fehlt.",
    )
    yield FileChange(
        "daten: Datei dazu",
        lambda r: (r / "daten/Neu.parquet").write_bytes(b"x") and None,
        "daten/Neu.parquet: gehört nicht zum Bericht.",
    )
    yield FileChange(
        "daten: keine Parquet-Datei",
        lambda r: (r / "daten/Verwaltung.parquet").write_bytes(b"PAR1x") and None,
        "daten/Verwaltung.parquet: ist nicht lesbar.",
    )
    yield FileChange(
        "Rückmeldung: Zelle der Kopie",
        in_workbook(COPY, lambda e: _number(e, "Bestand")),
        f"{COPY}: Blatt Bestand: 1 Zelle weicht ab (",
    )
    yield FileChange(
        "Rückmeldung: Anschreiben",
        replaced(f"{COPY}.txt", "\n", "\nIhre Abgabe ist in Ordnung.\n"),
        f"{COPY}.txt: Zeile 2: im Bericht „Ihre Abgabe ist in Ordnung.“",
    )
    yield FileChange(
        "Rückmeldung: Anschreiben fehlt",
        lambda r: (r / "rueckmeldung/2026-09-30/KISI_Hanau.xlsx.txt").unlink(),
        "rueckmeldung/2026-09-30/KISI_Hanau.xlsx.txt: fehlt.",
    )
    yield FileChange(
        "Rückmeldung: Datei dazu",
        lambda r: (r / "rueckmeldung/Neu.txt").write_bytes(b"x") and None,
        "rueckmeldung/Neu.txt: gehört nicht zum Bericht.",
    )
    yield FileChange(
        "Formular: Zahl", in_workbook(FORM.name, _filled), f"{FORM.name}: Blatt Deckblatt: 1 Zelle weicht ab"
    )
    yield FileChange(
        "Entwurf: Empfänger", in_draft("Friedberg", _to), ": Empfänger: im Bericht „jemand@example.org“"
    )
    yield FileChange(
        "Entwurf: Text",
        in_draft("Karben", _other_text),
        ": Text, Zeile 1: im Bericht „Es ist alles in Ordnung.“",
    )
    yield FileChange(
        "Entwurf: Anlage",
        in_draft("Hanau", _other_attachment),
        ": Anlage KISI_Hanau.xlsx ist nicht die nachgerechnete",
    )
    yield FileChange(
        "Entwurf dazu",
        lambda r: (r / "versand/Rueckmeldung_Neu.eml").write_bytes(b"To: x@example.org\n\nx") and None,
        "versand/Rueckmeldung_Neu.eml: ergibt sich nicht aus diesem Bericht.",
    )
    yield FileChange(
        "Datei ohne Herkunft",
        lambda r: (r / "anlage.pdf").write_bytes(b"x") and None,
        "anlage.pdf: nur die Prüfsumme ist verglichen.",
    )
