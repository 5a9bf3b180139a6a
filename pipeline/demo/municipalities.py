"""Content of each invented workbook: one function each, for one case that the report must show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.definitions.sheet_types import WorkbookKind
from pipeline.definitions.sheets import (
    FORM_AGS,
    FORM_DISTRICT,
    FORM_MUNICIPALITY,
    FORM_NUMBER,
    FORM_RELEASED_BY,
    FORM_RELEASED_ON,
    FORM_STICHTAG,
    MUNICIPALITY,
    PROJECT_LEAD,
    YES,
    nil_return_label,
)
from pipeline.demo.rows import (
    GROUP_9,
    attendances,
    change,
    contacts,
    events,
    evidence,
    iso_date,
    needs,
    offers,
    participations,
    persons,
    stock,
    trainings,
    units,
    volunteers,
)
from pipeline.template.fill import Content, Entry, Row

FIRST, SECOND = "2026-03-31", "2026-09-30"  # the two Berichtsstichtage
KICKOFF = "Auftaktworkshop Integrationsguides"


def _form(stichtag: str, number: int = 1) -> dict[str, Any]:
    return {
        FORM_STICHTAG.name: iso_date(stichtag),
        FORM_NUMBER.name: number,
        "Integrationsguide(s)": "AB, CD",
        FORM_RELEASED_BY.name: "Fachbereichsleitung",
        FORM_RELEASED_ON.name: iso_date(stichtag),
    }


def identity(ags: str, name: str, district: str) -> dict[str, Any]:
    """The prefilled lines of a municipality's own copy."""
    return {FORM_MUNICIPALITY.name: name, FORM_AGS.name: ags, FORM_DISTRICT.name: district}


def _entries(*rows: tuple[str, str, str | None]) -> dict[str, Entry]:
    return {nr: Entry(iso_date(on), number) for nr, on, number in rows}


def _nil_returns(content: Content, kind: WorkbookKind = MUNICIPALITY) -> Content:
    """Declares every sheet without rows as "nothing to report"."""
    for sheet in kind.tables:
        if sheet.nil_return and not content.tables.get(sheet.title):
            content.form[nil_return_label(sheet)] = YES
    return content


def buedingen(second: bool) -> Content:
    """Reports twice; on course, with two pieces of evidence still missing."""
    people = [
        *persons((6, "2025-11-03", "2025-12-01", "2026-02-10")),
        *(
            persons(
                (7, "2026-02-02", "2026-04-13", "2026-05-11"), (7, "2026-03-02", "2026-04-20", None), first=7
            )
            if second
            else persons((7, "2026-02-02", None, None), (7, "2026-03-02", None, None), first=7)
        ),
        *persons((1, "2026-03-02", None, None), checked="nein", first=21),
    ]
    people = change(people, "P-0003", Zielgruppe=GROUP_9, Bezugsperson="P-0001")
    tables: dict[str, Sequence[Row]] = {
        "Bestand": stock(("2026-01-31", 40)),
        "Personen": people,
        "Bedarfe": needs((3, 1, "2026-02-10", "2026-03-16"), (3, 4, "2026-02-10", None)),
        "Angebote": offers(
            ("Sprachcafé", "bestehend", "ehrenamtlich", "2025-10-15"),
            ("Fahrradwerkstatt", "bestehend", "ehrenamtlich", "2026-01-12"),
            ("Orientierungssprechstunde", "neu geschaffen", "hauptamtlich", "2026-03-02"),
        ),
        "Teilnahmen": participations(
            ("P-0001", "2026-03-16", "laufend", None),
            ("P-0002", "2026-03-16", "abgebrochen", "Arbeitsaufnahme"),
        ),
        "Kontakte": contacts((20, "2026-01-12")),
        "Veranstaltungen": events(("2025-11-20", KICKOFF, "NW-001"), ("2026-02-05", "Netzwerktreffen", None)),
        "Ehrenamtliche": volunteers((4, "2026-01-15", "2026-02-01")),
        "Schulungen": trainings(("2026-03-05", "Ehrenamtliche", "NW-002")),
        "Schulungsteilnahmen": attendances("S-001", range(1, 5)),
        "Verwaltung": units(
            ("Sozialamt", "2026-01-14", None), ("Jugendamt", "2026-02-04", None), ("Ordnungsamt", None, None)
        ),
    }
    papers = [
        ("Protokoll", "Auftaktworkshop", "2025-11-20", "N1.6"),
        ("Teilnehmerliste", "Schulung Ehrenamt", "2026-03-05", "N2.2"),
        ("Konzept", "Ansprache und Frageleitfaden", "2025-12-15", "N1.2"),
        ("Dokumentation", "Angebote und Netzwerke", "2026-02-20", "N1.2; N2.4"),
        ("Veröffentlichung", "Pressemitteilung zum Projekt", "2026-02-02", "N3.3"),
    ]
    entries = _entries(
        ("MS1.1b", "2025-12-15", "NW-003"),
        ("MS1.1c", "2026-01-30", "NW-003"),
        ("MS2.1a", "2026-02-20", "NW-004"),
        ("MS2.1b", "2026-02-20", "NW-004"),
        ("MS2.1c", "2026-03-10", "NW-005"),
        ("MS3.1b", "2026-03-20", "NW-004"),
        ("MS3.1c", "2026-02-02", "NW-005"),
        ("MS3.1d", "2025-11-25", "NW-005"),
        ("Z3.5", "2026-02-02", "NW-005"),
    )
    if not second:
        return Content(_form(FIRST), {**tables, "Nachweise": evidence(*papers)}, entries)
    tables |= {
        "Bestand": stock(("2026-01-31", 40), ("2026-06-30", 50)),
        "Personen": change(people, "P-0006", Abgang_am=iso_date("2026-08-31")),
        "Bedarfe": needs(
            (3, 1, "2026-02-10", "2026-03-16"),
            (3, 4, "2026-02-10", None),
            (5, 7, "2026-05-11", "2026-06-15"),
            (2, 12, "2026-05-11", None),
        ),
        "Kontakte": contacts((20, "2026-01-12"), (15, "2026-04-01")),
        "Veranstaltungen": events(
            ("2025-11-20", KICKOFF, "NW-001"),
            ("2026-02-05", "Netzwerktreffen", None),
            ("2026-05-20", "Dialogforum", "NW-006"),
            ("2026-06-10", "Austausch Verwaltung–Ehrenamt", None),
        ),
        "Ehrenamtliche": volunteers((4, "2026-01-15", "2026-02-01"), (8, "2026-05-04", "2026-05-18")),
        "Schulungen": trainings(
            ("2026-03-05", "Ehrenamtliche", "NW-002"),
            ("2026-06-20", "Ehrenamtliche", None),
            ("2026-09-10", "Verwaltung", "NW-007"),
        ),
        "Schulungsteilnahmen": [*attendances("S-001", range(1, 5)), *attendances("S-002", range(5, 12))],
        "Verwaltung": units(
            ("Sozialamt", "2026-01-14", "2026-05-11"),
            ("Jugendamt", "2026-02-04", "2026-06-01"),
            ("Ordnungsamt", "2026-04-22", None),
        ),
        "Nachweise": evidence(
            *papers,
            ("Protokoll", "Dialogforum", "2026-05-20", None),
            ("Dokumentation", "Schulung der Verwaltung", "2026-09-10", "N3.5"),
            ("Protokoll", "Netzwerkbildung im ersten Jahr", "2026-09-25", "N3.1"),
        ),
    }
    entries |= _entries(
        ("MS1.2a", "2026-06-12", "NW-004"), ("MS2.2c", "2026-07-01", None), ("Z3.4", "2026-08-01", None)
    )
    entries["MS2.2c"].note = "Aufrufe laufen über Vereine; Nachweis folgt."
    return Content(_form(SECOND), tables, entries)


def hanau() -> Content:
    """Late everywhere, and 24.5 % where 25 % are wanted."""
    content = Content(
        _form(SECOND),
        {
            "Bestand": stock(("2025-12-31", 200)),
            "Personen": persons(
                (30, "2025-11-10", "2025-12-10", "2026-04-20"), (19, "2026-01-12", "2026-03-12", "2026-08-24")
            ),
            "Bedarfe": needs((6, 1, "2026-04-20", "2026-05-04"), (4, 7, "2026-04-20", None)),
            "Angebote": offers(("Lesepaten", "bestehend", "ehrenamtlich", "2025-10-01")),
            "Kontakte": contacts((30, "2026-02-01")),
            "Veranstaltungen": events(("2026-04-14", KICKOFF, "NW-001")),
            "Nachweise": evidence(
                ("Protokoll", "Auftaktworkshop", "2026-04-14", "N1.6"),
                ("Konzept", "Ansprache und Erfassung", "2026-02-16", "N1.2"),
            ),
        },
        _entries(
            ("MS1.1b", "2026-02-16", "NW-002"),
            ("MS1.1c", "2026-03-02", "NW-002"),
            ("MS1.2a", "2026-06-01", "NW-002"),
            ("MS2.1a", "2026-03-31", "NW-002"),
            ("MS2.1b", "2026-04-01", "NW-002"),
            ("MS2.1c", "2026-03-15", None),
        ),
    )
    return _nil_returns(content)


def bad_homburg(number: int) -> Content:
    """A corrected second submission for the same Stichtag: the stock was wrong in the first."""
    content = Content(
        _form(SECOND, number),
        {
            "Bestand": stock(("2026-03-31", 100 if number == 1 else 60)),
            "Personen": persons((15, "2026-01-05", "2026-02-02", "2026-03-02")),
            "Bedarfe": needs((15, 1, "2026-03-02", None)),
            "Kontakte": contacts((29, "2026-02-01")),
            "Veranstaltungen": events(
                ("2026-01-20", KICKOFF, None), ("2026-05-05", "Würdigung Ehrenamt", "NW-001")
            ),
            "Ehrenamtliche": volunteers((10, "2026-03-01", "2026-03-15")),
            "Schulungen": trainings(("2026-03-21", "Ehrenamtliche", "NW-001")),
            "Schulungsteilnahmen": attendances("S-001", range(1, 11)),
            "Verwaltung": units(("Sozialamt", "2026-03-30", None), ("Ausländerbehörde", "2026-05-04", None)),
            "Nachweise": evidence(("Dokumentation", "Arbeitsstand", "2026-03-25", "N1.2; N3.1")),
        },
        _entries(
            *((f"MS1.1{c}", "2026-01-15", "NW-001") for c in "bc"),
            ("MS1.2a", "2026-06-30", "NW-001"),
            *((f"MS2.1{c}", "2026-03-25", "NW-001") for c in "abc"),
            *((f"MS2.2{c}", "2026-09-01", "NW-001") for c in "cde"),
            *((f"MS3.1{c}", "2026-04-15", "NW-001") for c in "bcd"),
        ),
    )
    return _nil_returns(content)


def bad_nauheim() -> Content:
    """Left sheets empty without a Leermeldung: much cannot be evaluated."""
    content = Content(
        _form(SECOND),
        {
            "Bestand": stock(("2026-01-31", 80)),
            "Veranstaltungen": events(("2025-11-20", KICKOFF, "NW-001")),
            "Nachweise": evidence(("Protokoll", "Auftaktworkshop", "2025-11-20", "N1.6")),
        },
        _entries(
            *((f"MS1.1{c}", "2026-02-01", "NW-001") for c in "bc"),
            *((f"MS2.1{c}", "2026-02-01", "NW-001") for c in "abc"),
        ),
    )
    content.form["Leermeldung: Ehrenamtliche"] = YES
    return content


def friedberg_first() -> Content:
    """The first Stichtag is in order …"""
    content = Content(
        _form(FIRST),
        {
            "Bestand": stock(("2026-03-31", 10)),
            "Personen": persons((2, "2026-03-01", "2026-03-02", "2026-03-03")),
            "Bedarfe": needs((2, 1, "2026-03-03", None)),
        },
    )
    return _nil_returns(content)


def friedberg_second() -> Content:
    """… the second was rejected, so the first still counts."""
    content = friedberg_first()
    content.form |= _form(SECOND)
    content.tables["Bestand"] = [
        *stock(("2026-03-31", 10)),
        {**stock(("2026-09-30", 0))[0], "Anzahl": "1.234"},
    ]
    content.tables["Bedarfe"] = needs((2, 1, "2026-03-03", None), (1, 3, "2026-05-04", None))
    return content


def karben() -> Content:
    """Nothing to report yet, and says so. Its file came twice."""
    return _nil_returns(Content(_form(SECOND)))


def oberursel() -> Content:
    """Mistakes of many kinds, and some that are mended."""
    people: list[dict[str, Any]] = [dict(r) for r in persons((8, "2026-01-05", "2026-02-02", "2026-03-02"))]
    people[0] |= {"Aufenthaltspapier geprüft": "Ja"}  # mended
    people[1] |= {"Zugang am": "05.01.2026"}  # mended
    people[2] |= {"Kennung": "maria.muster@example.org"}
    people[3] |= {"Zielgruppe": "Gruppe 3"}
    people[4] |= {"Angesprochen am": "31.02.2026"}
    people[5] |= {"Bedarf erfasst am": iso_date("2026-01-20")}  # before it was approached
    people[6] |= {"Zugang am": None}
    people[7] |= {"Abgang am": iso_date("2026-12-01")}  # after the Stichtag
    demands = [dict(r) for r in needs((2, 1, "2026-03-02", "2026-04-01"))]
    demands[0] |= {"Angebot-Nr.": "A-009"}
    demands[1] |= {"Angebot-Nr.": None}
    meetings = [
        dict(r)
        for r in events(("2026-01-20", KICKOFF, "NW-001"), ("2026-02-20", "Netzwerktreffen", "NW-007"))
    ]
    meetings[0] |= {"Teilnehmendenzahl": "12,0", "Titel": " Auftakt "}  # mended
    meetings[1] |= {"Veranstaltung-Nr.": "V-001"}
    content = Content(
        _form(SECOND),
        {
            "Bestand": [*stock(("2026-03-31", 60)), {**stock(("2026-06-30", 0))[0], "Anzahl": "#DIV/0!"}],
            "Personen": people,
            "Bedarfe": demands,
            "Angebote": offers(("Sprachcafé", "bestehend", "ehrenamtlich", "2025-11-03")),
            "Veranstaltungen": meetings,
            "Nachweise": [
                {**evidence(("Protokoll", "Auftaktworkshop", FIRST, "N1.6"))[0], "Datum": "03/04/26"}
            ],
        },
        _entries(("MS1.1d", "2026-01-20", "NW-001")),  # this row is computed
    )
    return _nil_returns(content)


def project_lead() -> Content:
    """The central training of the guides; no tribute yet."""
    content = Content(
        _form(SECOND),
        {
            "Schulungen": trainings(("2025-12-03", "Integrationsguides", "NW-001")),
            "Nachweise": evidence(("Teilnehmerliste", "Schulung der Integrationsguides", "2025-12-03", None)),
        },
    )
    return _nil_returns(content, PROJECT_LEAD)
