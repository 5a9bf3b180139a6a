"""A small valid workbook of each kind, as a file and as tables without Excel.

The rows stand here as tables to read, headers as in the contract (workbook.md), not taken from the sheet
definitions. They are filled into the real templates once; a test then changes single cells (``cell_edits``)
and says which findings must follow (``expected``).

Dates are written as 2026-03-31, in the rows and in the edits alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from pipeline.definitions.model import Table, Workbook
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
RULE_HEADERS = {
    "Meilensteine": "Nr.|Kriterium|Fällig am|Angabe|Erfüllt am|Nachweis-Nr.|Erläuterung",
    "Zielwerte": "Nr.|Zielwert|Angabe|Erfüllt am|Nachweis-Nr.|Erläuterung",
}
NIL_RETURNS = (
    "Bestand", "Personen", "Bedarfe", "Angebote", "Teilnahmen", "Kontakte", "Veranstaltungen",
    "Ehrenamtliche", "Schulungen", "Schulungsteilnahmen", "Verwaltung",
)  # fmt: skip
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


RULES_VERSION = rules().project.version
LATER_VERSION = "2099.1"  # of changed rules


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
