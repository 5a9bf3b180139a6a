"""A small valid workbook of each kind, and what becomes of it when one cell is broken.

The rows stand here as tables to read, headers as in the contract (workbook.md), not taken from the sheet
definitions. They are filled into the real templates once; a test then changes single cells in the XML of
the saved file, which is fast and can also write what openpyxl cannot (error values, formulas without a
result, hidden rows).

Dates are written as 2026-03-31, in the rows and in the edits alike.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest
from openpyxl.utils import column_index_from_string, get_column_letter

from pipeline.definitions.model import Finding, Table, Workbook
from pipeline.engine.batch import examine_batch, finish, read
from pipeline.rules import Rules
from pipeline.rules.loading.load import load_rules
from pipeline.template import template_bytes
from pipeline.template.fill import Content, Entry, fill

ROOT = Path(__file__).parents[1]
AGS, MUNICIPALITY = "06440004", "Büdingen"
STICHTAG = date(2026, 6, 30)
HEADER_ROW = 4  # the first record stands in the row below

G1 = "1 – Daueraufenthalt EU (§ 9a AufenthG)"
G3 = "3 – Aufenthaltserlaubnis ab 12 Monaten (§ 7 AufenthG)"
G6 = "6 – Vorübergehender Schutz (§ 24 AufenthG)"
G9 = "9 – Verwandtschaft 1. Grades zu Gruppe 1–5"
G10 = "10 – Teilnahmeberechtigung Integrationskurs (IntV)"

# The first row below the headers is Excel row 5. Persons 7 and 8 came before the project and were
# approached and recorded on its first day; rows on 2026-06-30 lie on the Berichtsstichtag itself.
VALID = {
    "Bestand": """
        Stichtag   | Anzahl | Quelle           | Nachweis-Nr.
        2025-12-31 | 30     | Ausländerbehörde | NW-003
        2026-03-31 | 7      | Zuweisungsliste  |
        2026-06-30 | 50     | Meldebehörde     | NW-002; NW-003
    """,
    "Personen": f"""
        Kennung | Zielgruppe | Aufenthaltspapier geprüft | Zugang am  | Angesprochen am | Bedarf erfasst am | Abgang am  | Bezugsperson
        P-0001  | {G3}       | ja                        | 2025-11-03 | 2025-12-01      | 2026-02-10        |            |
        P-0002  | {G6}       | ja                        | 2025-11-10 | 2025-12-02      | 2026-02-11        | 2026-05-31 |
        P-0003  | {G9}       | ja                        | 2026-01-12 | 2026-01-20      | 2026-02-12        |            | P-0001
        P-0004  | {G1}       | ja                        | 2026-02-02 | 2026-03-03      |                   |            |
        P-0005  | {G10}      | ja                        | 2026-03-02 |                 |                   |            |
        P-0006  | {G3}       | ja                        | 2026-06-30 | 2026-06-30      | 2026-06-30        | 2026-06-30 |
        P-0007  | {G3}       | ja                        | 2025-08-01 | 2025-10-01      |                   |            |
        P-0008  | {G6}       | ja                        | 2025-08-01 |                 | 2025-10-01        |            |
    """,
    "Bedarfe": """
        Bedarf-Nr. | Kennung | Bedarfsfeld | Erfasst am | Adressiert am | Angebot-Nr.
        B-0001     | P-0001  | Sprache     | 2026-02-10 | 2026-03-16    | A-001
        B-0002     | P-0001  | Wohnen      | 2026-02-15 |               |
        B-0003     | P-0002  | Gesundheit  | 2026-02-20 | 2026-06-30    | A-002
        B-0004     | P-0003  | Sonstiges   | 2026-06-30 |               |
    """,
    "Angebote": """
        Angebot-Nr. | Bezeichnung  | Art            | Durchführung         | Trägerschaft | Gebiet    | Bedarfsfeld           | Beginn     | Ende       | Besucht am | Modifikation  | Nachweis-Nr.
        A-001       | Sprachcafé   | bestehend      | anderer Träger       | ehrenamtlich | Kommune   | Sprache               | 2024-11-03 |            | 2026-02-10 | mit Betreuung | NW-003
        A-002       | Gesundheit   | bestehend      | beauftragter Dritter | hauptamtlich | Landkreis | Gesundheit            | 2026-01-12 | 2026-12-31 | 2026-06-30 |               |
        A-003       | Sprechstunde | neu geschaffen | Projektpersonal      | hauptamtlich | Kommune   | Behörden und Recht    | 2026-09-01 |            |            |               |
    """,
    "Teilnahmen": """
        Kennung | Angebot-Nr. | Beginn     | Ende       | Stand         | Abbruchgrund
        P-0001  | A-001       | 2026-03-16 | 2026-12-31 | laufend       |
        P-0002  | A-002       | 2026-03-20 | 2026-05-20 | abgebrochen   | Wegzug
        P-0003  | A-001       | 2026-04-01 | 2026-06-01 | abgeschlossen |
        P-0003  | A-001       | 2026-06-30 |            | laufend       |
    """,
    "Kontakte": """
        Datum      | Kontaktform | Anlass          | Integrationsguide | Kennung
        2025-10-01 | persönlich  | Ansprache       | AB                | P-0001
        2026-01-20 | telefonisch | Bedarfserfassung | AB               | P-0003
        2026-02-11 | digital     | Begleitung      | Mechthild         |
        2026-06-30 | aufsuchend  | Verweisung      | Mechthilde        | P-0004
    """,
    "Veranstaltungen": """
        Veranstaltung-Nr. | Datum      | Art                                | Titel             | Teilnehmendenzahl | Politische Spitze beteiligt | Nachweis-Nr.
        V-001             | 2025-11-20 | Auftaktworkshop Integrationsguides | Auftakt           | 12                | nein                        | NW-001; NW-002
        V-002             | 2025-10-01 | Netzwerktreffen                    | Runder Tisch      | 0                 | nein                        |
        V-003             | 2026-06-30 | Dialogforum                        | Forum Integration | 80                | ja                          | NW-003
    """,
    "Ehrenamtliche": """
        Kennung | Gewonnen am | Aktiv ab   | Ausgeschieden am
        E-001   | 2026-01-15  | 2026-02-01 |
        E-002   | 2026-01-15  | 2026-01-15 | 2026-04-30
        E-003   | 2026-06-30  | 2026-06-30 | 2026-06-30
        E-004   | 2025-05-01  |            |
    """,
    "Schulungen": """
        Schulung-Nr. | Datum      | Zielgruppe         | Thema           | Schwerpunkt                    | Anbieter | Teilnehmendenzahl | Nachweis-Nr.
        S-001        | 2026-03-05 | Ehrenamtliche      | Ehrenamt        | Ehrenamt und Integrationslotsen | Agentur | 2                 | NW-002
        S-002        | 2026-06-30 | Verwaltung         | Klare Sprache   | einfache Sprache               |          | 15                |
        S-003        | 2025-10-01 | Integrationsguides | Lotsen          | Sonstiges                      |          | 4                 |
        S-004        | 2026-05-05 | Ehrenamtliche      | Vielfalt        | interkulturell                 |          | 9                 | NW-003
    """,
    "Schulungsteilnahmen": """
        Schulung-Nr. | Kennung
        S-001        | E-001
        S-001        | E-002
        S-004        | E-001
    """,
    "Verwaltung": """
        Organisationseinheit | Ansprechperson benannt | Vorgestellt am | Vernetzt am | Leitfaden bekannt am | Schulungsangebot am
        Sozialamt            | ja                     | 2026-01-14     | 2026-05-11  | 2026-06-30           | 2026-06-30
        Jugendamt            | nein                   | 2025-09-01     | 2026-06-30  |                      |
        Ordnungsamt          | ja                     | 2026-06-30     |             |                      |
    """,
    "Nachweise": """
        Nachweis-Nr. | Art             | Titel                     | Datum      | Ablage          | Nachweispunkt
        NW-001       | Protokoll       | Auftaktworkshop           | 2025-11-20 | Akte 50-3/001   | N1.6
        NW-002       | Teilnehmerliste | Auftakt und Schulung      | 2026-03-05 | Akte 50-3/002   | N1.6; N2.2
        NW-003       | Dokumentation   | Angebote                  | 2026-08-15 | angebote.pdf    |
        NW-004       | Konzept         | Ansprache                 | 2025-12-15 | konzept.pdf     | N1.2
    """,
}  # fmt: skip

LEAD_VALID = {
    "Veranstaltungen": """
        Veranstaltung-Nr. | Datum      | Art                | Titel   | Teilnehmendenzahl | Politische Spitze beteiligt | Nachweis-Nr.
        V-001             | 2026-05-05 | Würdigung Ehrenamt | Empfang | 60                | ja                          | NW-001
    """,
    "Schulungen": """
        Schulung-Nr. | Datum      | Zielgruppe         | Thema    | Schwerpunkt                     | Anbieter | Teilnehmendenzahl | Nachweis-Nr.
        S-001        | 2025-12-03 | Integrationsguides | Ehrenamt | Ehrenamt und Integrationslotsen |          | 16                | NW-001
    """,
    "Nachweise": """
        Nachweis-Nr. | Art             | Titel    | Datum      | Ablage  | Nachweispunkt
        NW-001       | Teilnehmerliste | Schulung | 2026-05-05 | Akte 01 |
    """,
}  # fmt: skip

FORM = {
    "Kommune": MUNICIPALITY,
    "AGS": AGS,
    "Landkreis": "Wetteraukreis",
    "Berichtsstichtag": STICHTAG,
    "Abgabe-Nr.": 1,
    "Integrationsguide(s)": "AB, CD",
    "E-Mail": "guides@example.org",
    "Freigegeben durch": "Fachbereich",
    "Freigegeben am": date(2026, 7, 10),
}
FORM_CELLS = {label: f"Stammdaten!B{row}" for row, label in enumerate(FORM, start=4)}
ENTRIES = {
    "MS1.1b": Entry(date(2025, 10, 1), "NW-004", "Struktur steht"),
    "MS1.1c": Entry(date(2026, 6, 30), "NW-004; NW-003"),
    "Z2.2": Entry(date(2026, 3, 1), "NW-003"),
}


# --- rows ---------------------------------------------------------------------------------------------


def value_of(text: str) -> Any:
    """What a cell of the tables above means: a date, an integer, a text, or nothing."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date.fromisoformat(text)
    return int(text) if re.fullmatch(r"\d+", text) else text or None


def rows_of(table: str) -> list[dict[str, Any]]:
    """A text table as records by header."""
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    header, *rows = lines
    return [dict(zip(header, map(value_of, row), strict=True)) for row in rows]


@cache
def rules() -> Rules:
    return load_rules(ROOT / "rules")


def content(**form: Any) -> Content:
    """What the valid municipal workbook holds; ``form`` changes lines of Stammdaten: ``content(number=2)``."""
    return Content(
        {**FORM, **{_FORM_WORDS[k]: v for k, v in form.items()}},
        {title: rows_of(t) for title, t in VALID.items()},
        dict(ENTRIES),
    )


_FORM_WORDS = {"number": "Abgabe-Nr.", "stichtag": "Berichtsstichtag", "ags": "AGS", "commune": "Kommune"}


@cache
def blank(kind: str = "kommune") -> bytes:
    """The template that goes out; the municipality's own lines are filled by ``content``."""
    return template_bytes(rules(), rules().kinds[kind])


def filled(what: Content, kind: str = "kommune") -> bytes:
    return fill(blank(kind), rules().kinds[kind], what)


@cache
def valid() -> bytes:
    return filled(content())


@cache
def lead_valid() -> bytes:
    form = {"Berichtsstichtag": STICHTAG, "Abgabe-Nr.": 1, "Integrationsguide(s)": "Projektleitung"}
    tables = {title: rows_of(t) for title, t in LEAD_VALID.items()}
    return filled(Content(form, tables), "projektleitung")  # type: ignore[arg-type]


# --- one cell -----------------------------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ET.register_namespace("", MAIN)


@dataclass(frozen=True)
class Formula:
    """A formula with the result that was stored with it, if any."""

    text: str
    result: float | str | None = None


@dataclass(frozen=True)
class ErrorValue:
    """An error value, as the result of a formula if one is given."""

    text: str = "#REF!"
    formula: str | None = None


@dataclass(frozen=True)
class Text:
    """A text that looks like a date or a number and shall stay one: ``Text("12")``."""

    text: str


Edits = Mapping[str, Any]  # "Personen!F6" → value; None empties the cell


def unpack(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return out.getvalue()


def _xml(data: bytes) -> ET.Element:
    return ET.fromstring(data)  # noqa: S314  - our own file


@lru_cache(16)
def _parts_of(data: bytes) -> tuple[dict[str, bytes], dict[str, str]]:
    """Parts of a workbook, and the part of each sheet."""
    parts = unpack(data)
    relations = {
        e.get("Id"): "xl/" + e.get("Target", "").removeprefix("/xl/")
        for e in _xml(parts["xl/_rels/workbook.xml.rels"])
    }
    book = _xml(parts["xl/workbook.xml"])
    return parts, {e.get("name", ""): relations[e.get(_RELATION)] for e in book.iter(f"{{{MAIN}}}sheet")}


def sheet_part(title: str, data: bytes | None = None) -> str:
    """Name of the zip member that holds a sheet."""
    return _parts_of(data or valid())[1][title]


def edited(edits: Edits, base: bytes | None = None) -> bytes:
    """The workbook with some cells changed."""
    parts, sheets = _parts_of(base or valid())
    by_sheet: dict[str, dict[str, Any]] = {}
    for place, value in edits.items():
        title, cell = place.split("!")
        by_sheet.setdefault(title, {})[cell] = value
    changed = {sheets[title]: _edit(parts[sheets[title]], cells) for title, cells in by_sheet.items()}
    return pack(parts | changed)


def rewritten(title: str, change: Callable[[str], str], base: bytes | None = None) -> bytes:
    """The workbook with the XML of one sheet rewritten; fails when nothing changed."""
    parts, sheets = _parts_of(base or valid())
    old = parts[sheets[title]].decode()
    new = change(old)
    assert new != old
    return pack(parts | {sheets[title]: new.encode()})


def _edit(xml: bytes, cells: Mapping[str, Any]) -> bytes:
    root = _xml(xml)
    data = root.find(f"{{{MAIN}}}sheetData")
    assert data is not None
    for place, value in cells.items():
        letters, number = re.fullmatch(r"([A-Z]+)(\d+)", place).groups()  # type: ignore[union-attr]
        row = _row(data, int(number))
        _put(_cell(row, place, letters), value, _date_style(data, letters))
    return ET.tostring(root, xml_declaration=True, encoding="UTF-8")


def _row(data: ET.Element, number: int) -> ET.Element:
    position = len(data)
    for i, row in enumerate(data):
        if int(row.get("r", 0)) == number:
            return row
        if int(row.get("r", 0)) > number:
            position = i
            break
    row = ET.Element(f"{{{MAIN}}}row", {"r": str(number)})
    data.insert(position, row)
    return row


def _cell(row: ET.Element, place: str, letters: str) -> ET.Element:
    wanted = column_index_from_string(letters)
    position = len(row)
    for i, cell in enumerate(row):
        here = column_index_from_string(cell.get("r", "").rstrip("0123456789"))
        if here == wanted:
            return cell
        if here > wanted:
            position = i
            break
    cell = ET.Element(f"{{{MAIN}}}c", {"r": place})
    row.insert(position, cell)
    return cell


def _date_style(data: ET.Element, letters: str) -> str | None:
    """Style of the first numeric record of a column: in a column of dates, the one of a date."""
    for cell in data.iter(f"{{{MAIN}}}c"):
        column, row = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r", "")).groups()  # type: ignore[union-attr]
        if column == letters and int(row) > HEADER_ROW and cell.get("t", "n") == "n" and len(cell):
            return cell.get("s")
    return None


def _put(cell: ET.Element, value: Any, date_style: str | None) -> None:  # noqa: C901  - one case a kind
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if isinstance(value, str):
        value = value_of(value) if not isinstance(value_of(value), int) else Text(value)
    match value:
        case None:
            pass
        case bool():
            cell.set("t", "b")
            _child(cell, "v", str(int(value)))
        case date():
            assert date_style is not None, f"no date in the column of {cell.get('r')}"
            cell.set("s", date_style)
            _child(cell, "v", str((value - date(1899, 12, 30)).days))
        case int() | float():
            _child(cell, "v", repr(value))
        case Formula(text, result):
            _child(cell, "f", text)
            if result is not None:
                if isinstance(result, str):
                    cell.set("t", "str")
                _child(cell, "v", str(result))
        case ErrorValue(text, formula):
            cell.set("t", "e")
            if formula:
                _child(cell, "f", formula)
            _child(cell, "v", text)
        case str() | Text():
            cell.set("t", "inlineStr")
            inline = _child(cell, "is", None)
            text = _child(inline, "t", value if isinstance(value, str) else value.text)
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        case _:
            raise TypeError(value)


def _child(parent: ET.Element, tag: str, text: str | None) -> ET.Element:
    child = ET.SubElement(parent, f"{{{MAIN}}}{tag}")
    child.text = text
    return child


# --- what is found ------------------------------------------------------------------------------------


class Told(NamedTuple):
    """A finding without its wording."""

    rule: str
    severity: str
    sheet: str | None
    cell: str | None
    column: str | None


def told(found: Iterable[Finding]) -> list[Told]:
    return [Told(f.rule, f.severity.value, f.sheet, f.cell, f.column) for f in found]


def examine(data: bytes, with_rules: Rules | None = None, name: str = "abgabe.xlsx") -> Workbook:
    """One file, read and checked by itself."""
    return examine_batch([(name, data)], with_rules or rules())[0]


@cache
def valid_workbook() -> Workbook:
    """The valid municipal workbook as read and checked; to compare with, not to change."""
    return examine(valid())


def broken(edits: Edits, base: bytes | None = None) -> Workbook:
    """The valid workbook with some cells changed, read and checked."""
    return examine(edited(edits, base))


RULE_HEADERS = {
    "Meilensteine": "Nr.|Kriterium|Fällig am|Angabe|Erfüllt am|Nachweis-Nr.|Erläuterung",
    "Zielwerte": "Nr.|Zielwert|Angabe|Erfüllt am|Nachweis-Nr.|Erläuterung",
}
NIL_RETURNS = (
    "Bestand", "Personen", "Bedarfe", "Angebote", "Teilnahmen", "Kontakte", "Veranstaltungen",
    "Ehrenamtliche", "Schulungen", "Schulungsteilnahmen", "Verwaltung",
)  # fmt: skip
FORM_LINES = {v: k for k, v in FORM_CELLS.items()} | {
    f"Stammdaten!B{row}": f"Leermeldung: {title}" for row, title in enumerate(NIL_RETURNS, start=15)
}


def header_at(place: str) -> str:
    """The header over a cell of the valid workbook: ``Personen!F6`` → ``Bedarf erfasst am``."""
    if place in FORM_LINES:
        return FORM_LINES[place]
    sheet, cell = place.split("!")
    line = RULE_HEADERS.get(sheet) or VALID[sheet].strip().splitlines()[0]
    return line.split("|")[column_index_from_string(cell.rstrip("0123456789")) - 1].strip()


def at(rule: str, severity: str, place: str) -> Told:
    """The finding expected at a cell of the valid workbook: ``at("P04", "error", "Personen!F6")``."""
    sheet, cell = place.split("!")
    return Told(rule, severity, sheet, cell, header_at(place))


# --- many cases at once -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """``edits`` to the valid workbook and the findings that must follow, no other."""

    name: str
    edits: Edits
    expected: tuple[Told, ...] = ()


class Cases:
    """Cases read and checked in one batch when the first of them is asked for: a batch costs little more
    than a single file. That a batch gives what single files give is tested in test_read.py."""

    def __init__(self, cases: Iterable[Case], base: Callable[[], bytes] = valid) -> None:
        self.cases = tuple(cases)
        self._base = base
        assert len({c.name for c in self.cases}) == len(self.cases), "two cases of one name"

    @cached_property
    def unchecked(self) -> tuple[Workbook, ...]:
        """What was read of each case, before any check."""
        base = self._base()
        return tuple(read((c.name, edited(c.edits, base)), rules()) for c in self.cases)

    @cached_property
    def _examined(self) -> dict[str, Workbook]:
        return {w.file: w for w in finish(self.unchecked, rules())}

    def __getitem__(self, case: Case) -> Workbook:
        return self._examined[case.name]

    @property
    def params(self) -> list[Any]:
        """For ``pytest.mark.parametrize``, with the names of the cases as ids."""
        return [pytest.param(c, id=c.name) for c in self.cases]


# --- without Excel --------------------------------------------------------------------------------------


def built(
    kind: str = "kommune",
    stichtag: str = "2026-06-30",
    tables: Mapping[str, Any] | None = None,
    entries: Mapping[str, tuple[str | None, str | None]] | None = None,
    silent: Iterable[str] = (),
    ags: str | None = None,
    with_rules: Rules | None = None,
) -> Workbook:
    """What the reader would give for a workbook with these rows, without the detour over a file.

    ``tables``: sheet → text table or records. A sheet without rows carries its Leermeldung, unless it is
    ``silent``. ``entries``: rule number → (Erfüllt am, evidence numbers).
    """
    definition = (with_rules or rules()).kinds[kind]
    own = ags or ("00000000" if kind == "projektleitung" else AGS)
    workbook = Workbook(
        f"{own}.xlsx",
        "0" * 64,
        kind,
        own,
        MUNICIPALITY,
        date.fromisoformat(stichtag),
        1,
        content=own + stichtag,
    )
    given = dict(tables or {})
    for sheet in definition.tables:
        what = given.pop(sheet.title, [])
        rows = rows_of(what) if isinstance(what, str) else list(what)
        if sheet.title in RULE_HEADERS:
            rows = [
                {"Nr.": nr, "Erfüllt am": _day(on), "Nachweis-Nr.": e}
                for nr, (on, e) in (entries or {}).items()
            ]
        elif not rows and sheet.nil_return and sheet.title not in silent:
            workbook.form[f"Leermeldung: {sheet.title}"] = "ja"
        workbook.tables[sheet.title] = _table(sheet.title, sheet.names, rows)
    assert not given, f"no such sheet: {given}"
    return workbook


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _table(title: str, names: tuple[str, ...], rows: list[dict[str, Any]]) -> Table:
    assert all(set(row) <= set(names) for row in rows), (title, rows)
    columns: dict[str, list[Any]] = {name: [row.get(name) for row in rows] for name in names}
    for name in ("Nachweis-Nr.", "Nachweispunkt"):
        if name in columns and not (title == "Nachweise" and name == "Nachweis-Nr."):
            columns[name] = [tuple(v.replace(" ", "").split(";")) if v else None for v in columns[name]]
    letters = {name: get_column_letter(i) for i, name in enumerate(names, start=1)}
    return Table(title, letters, list(range(5, 5 + len(rows))), columns)
