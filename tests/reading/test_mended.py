"""What is mended in keys, choices, numbers, dates and headers: each kind with its cell, rule and value."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipeline.definitions.sheet_types import Column, Kind
from pipeline.definitions.spelling import comparable
from pipeline.reading.values import parse
from tests import builder
from tests.cell_edits import Text, edited
from tests.expected import Case, Cases, ExpectedFinding, at, examine, reported
from tests.reading.test_read import value

INVISIBLE = [0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
DASHES = [*range(0x2010, 0x2016), 0x2212]

MENDED: list[tuple[str, str, Any, tuple[str, ...], Any]] = [
    # (name, cell, what stands there, rules in the order of the messages, what is read)
    ("mark of direction in a date", "Kontakte!A5", Text("01.10.2025\u200e"), ("M01", "M06"), date(2025, 10, 1)),
    ("line break in a choice", "Schulungen!E5", Text("Ehrenamt und\nIntegrationslotsen"), ("M01",), "Ehrenamt und Integrationslotsen"),
    ("two spaces in a choice", "Schulungen!E5", Text("Ehrenamt  und Integrationslotsen"), ("M01",), "Ehrenamt und Integrationslotsen"),
    ("soft hyphen in a choice", "Bestand!C6", Text("Zuweisungs\u00adliste"), ("M01",), "Zuweisungsliste"),
    ("hyphen for the dash of a choice", "Personen!B5", Text(builder.G3.replace("–", "-")), ("M20",), builder.G3),
    ("line break in a name", "Verwaltung!A7", Text("Ordnungs-\namt"), ("M01",), "Ordnungs- amt"),
    ("two spaces in a name", "Verwaltung!A7", Text("Amt  für Ordnung"), ("M01",), "Amt für Ordnung"),
    ("line break in a number", "Bestand!B7", Text("50\n"), ("M01", "M05"), 50),
    ("mark of direction in a number", "Bestand!B7", Text("\u200f50"), ("M01", "M05"), 50),
    ("groups of a number", "Bestand!B7", Text("1 234"), ("M05",), 1234),
    ("groups of a number by no-break spaces", "Bestand!B7", Text("1\u00a0234"), ("M01", "M05"), 1234),
    ("no-break hyphen in a key", "Personen!H7", Text("P\u20110001"), ("M20",), "P-0001"),
    ("spaces around the hyphen of a key", "Personen!H7", Text("P - 0001"), ("M01",), "P-0001"),
    ("line break within a key", "Personen!H7", Text("P-\n0001"), ("M01",), "P-0001"),
    ("no-break space within a key", "Personen!H7", Text("P-00\u00a001"), ("M01",), "P-0001"),
    ("key in small letters", "Personen!H7", Text("p-0001"), ("M21",), "P-0001"),
    ("own key in small letters", "Personen!A9", Text("p-0005"), ("M21",), "P-0005"),
    ("two letters, one of them small", "Bestand!D5", Text("Nw-003"), ("M21",), ("NW-003",)),
    ("small letters, dash and mark at once", "Personen!H7", Text("p\u20130001\u200b"), ("M01", "M20", "M21"), "P-0001"),
    ("numbers by comma", "Bestand!D5", Text("NW-001, NW-003"), ("M22",), ("NW-001", "NW-003")),
    ("numbers by und", "Bestand!D5", Text("NW-001 und NW-003"), ("M22",), ("NW-001", "NW-003")),
    ("numbers by line break", "Bestand!D5", Text("NW-001\nNW-003"), ("M22",), ("NW-001", "NW-003")),
    ("numbers by all of these", "Bestand!D5", Text("NW-001,\nNW-003; und nw-002"), ("M21", "M22"), ("NW-001", "NW-003", "NW-002")),
    ("points by comma", "Nachweise!F6", Text("N1.6, n2.2"), ("M04", "M22"), ("N1.6", "N2.2")),
    ("a number of the rules in small letters", "Meilensteine!A6", Text("ms1.1b"), ("M21",), "MS1.1b"),
    ("a criterion in large letters", "Meilensteine!A7", Text("MS1.1C"), ("M04",), "MS1.1c"),
    ("a comma alone", "Bestand!D5", Text(","), ("M27",), None),
    ("semicolons alone", "Bestand!D5", Text(" ; ; "), ("M01", "M27"), None),
    ("untick", "Personen!C6", False, ("M03", "P30"), "nein"),
    ("tick", "Personen!C6", True, ("M03",), "ja"),
    ("tick as text", "Verwaltung!B6", Text("☑"), ("M03",), "ja"),
    ("WAHR as text", "Verwaltung!B6", Text("WAHR"), ("M03",), "ja"),
    ("nein in a Leermeldung", "Stammdaten!B16", Text("Nein"), ("M26",), None),
    ("untick in a Leermeldung", "Stammdaten!B16", False, ("M26",), None),
    ("artefact of a sum", "Bestand!B7", 50.000000000000007, ("M24",), 50),
    ("artefact below", "Bestand!B7", 49.99999999999999, ("M24",), 50),
    ("German date of two digits", "Bestand!A6", Text("1.4.26"), ("M06",), date(2026, 4, 1)),
    ("German date with spaces", "Bestand!A6", Text("31. 03. 2026"), ("M06",), date(2026, 3, 31)),
    ("date in words", "Bestand!A6", Text("12. Januar 2026"), ("M06",), date(2026, 1, 12)),
    ("date in short words", "Bestand!A6", Text("12. Jan. 2026"), ("M06",), date(2026, 1, 12)),
    ("date in words with an umlaut", "Bestand!A6", Text("31. März 2026"), ("M06",), date(2026, 3, 31)),
    ("date in words of two pieces", "Bestand!A6", Text("31. Ma\u0308rz 2026"), ("M02", "M06"), date(2026, 3, 31)),
    ("date with midnight", "Bestand!A6", Text("31.03.2026 00:00"), ("M06",), date(2026, 3, 31)),
    ("date with midnight and seconds", "Bestand!A6", Text("31.03.2026 0:00:00"), ("M06",), date(2026, 3, 31)),
    ("ISO date with midnight", "Bestand!A6", Text("2026-03-31T00:00:00"), ("M06",), date(2026, 3, 31)),
    ("AGS in groups", "Stammdaten!B5", Text("06 440 004"), ("M01",), "06440004"),
]  # fmt: skip
CASES = Cases(
    Case(name, {place: what}, tuple(at(r, "note", place) for r in sorted(rules)))
    for name, place, what, rules, _ in MENDED
)


@pytest.mark.parametrize(
    ("case", "place", "wanted"),
    [
        pytest.param(c, m[1], m[4], id=m[0].replace(" ", "-"))
        for c, m in zip(CASES.cases, MENDED, strict=True)
    ],
)
def test_mended_with_a_note_and_taken_over(case: Case, place: str, wanted: Any) -> None:
    workbook = CASES[case]
    assert sorted(reported(workbook.findings)) == sorted(case.expected)
    assert workbook.valid
    assert value(workbook, place) == wanted


KEY = Column("Kennung", Kind.KEY, "", prefix="P")


@pytest.mark.parametrize("code", INVISIBLE, ids=hex)
def test_every_invisible_character_is_removed(code: int) -> None:
    assert parse(KEY, f"P{chr(code)}-0001{chr(code)}") == ("P-0001", ("M01",))
    assert comparable(f"Sozial{chr(code)}amt") == "sozialamt"


@pytest.mark.parametrize("code", DASHES, ids=hex)
def test_every_dash_is_a_hyphen_in_a_key(code: int) -> None:
    assert parse(KEY, f"P{chr(code)}0001") == ("P-0001", ("M20",))


@pytest.mark.parametrize("text", ["P_0001", "P/0001", "P~0001", "P-00 01", "P0001", "Р-0001"])
def test_what_only_resembles_a_key_is_left_for_the_check(text: str) -> None:
    """The last one begins with a Cyrillic letter."""
    assert parse(KEY, text) == (text, ())


# --- duplicates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("Sozialamt\u200e", ("M01",)),
        ("SOZIALAMT", ()),
        (" sozialamt", ("M01",)),
        ("Sozial\u00adamt", ("M01",)),
    ],
)
def test_a_unit_in_another_spelling_is_the_same_unit(name: str, notes: tuple[str, ...]) -> None:
    workbook = examine(edited({"Verwaltung!A7": Text(name)}))
    assert reported(workbook.findings) == [
        at("P03", "error", "Verwaltung!A7"),
        *(at(note, "note", "Verwaltung!A7") for note in notes),
    ]
    assert not workbook.valid


@pytest.mark.parametrize("name", ["Sozialamt 2", "Sozialämt", "Sozial amt"])
def test_a_unit_of_another_name_is_another_unit(name: str) -> None:
    assert reported(examine(edited({"Verwaltung!A7": Text(name)})).findings) == []


def test_a_key_in_small_letters_repeats_the_one_in_large_letters() -> None:
    workbook = examine(edited({"Personen!A9": Text("p-0004")}))
    assert reported(workbook.findings) == [
        at("P03", "error", "Personen!A9"),
        at("M21", "note", "Personen!A9"),
    ]


# --- headers and labels -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    ["Aufenthaltspapier geprüft*\u00a0", "Aufenthalts\u00adpapier geprüft*", "Aufenthaltspapier\ngeprüft *"],
)
def test_a_header_is_found_whatever_is_invisible_in_it(header: str) -> None:
    workbook = examine(edited({"Personen!C4": Text(header)}))
    assert reported(workbook.findings) == [
        ExpectedFinding("M01", "note", "Personen", "C4", "Aufenthaltspapier geprüft")
    ]
    assert workbook.tables["Personen"]["Aufenthaltspapier geprüft"] == ["ja"] * 8


def test_a_label_of_stammdaten_is_found_whatever_is_invisible_in_it() -> None:
    workbook = examine(edited({"Stammdaten!A8": Text("Abgabe\u2011Nr.\u200e")}))
    assert reported(workbook.findings) == [ExpectedFinding("M01", "note", "Stammdaten", "A8", "Abgabe-Nr.")]
    assert workbook.number == 1


# --- choices in an earlier wording --------------------------------------------------------------------


def test_a_choice_in_an_earlier_wording_is_read_as_the_one_of_today() -> None:
    rules = builder.rules()
    groups = rules.project.target_groups
    old = "3 – Aufenthaltserlaubnis ab einem Jahr"
    named = [g.model_copy(update={"former_choices": (old,)}) if g.number == 3 else g for g in groups.groups]
    project = rules.project.model_copy(
        update={"target_groups": groups.model_copy(update={"groups": tuple(named)})}
    )
    data = edited({"Personen!B5": Text(old.replace("–", "-"))})
    workbook = examine(data, replace(rules, project=project))
    assert reported(workbook.findings) == [at("M23", "note", "Personen!B5")]
    assert workbook.tables["Personen"]["Zielgruppe"][0] == builder.G3
    assert reported(examine(data).findings) == [at("W10", "error", "Personen!B5")]


# --- not mended ---------------------------------------------------------------------------------------

LEFT: list[tuple[str, str, Any, str]] = [
    ("two keys in a cell of one", "Personen!H7", Text("P-0001, P-0004"), "W25"),
    ("two own keys", "Personen!A9", Text("P-0005 und P-0009"), "W25"),
    ("two choices in a cell of one", "Bedarfe!C5", Text("Sprache, Wohnen"), "W25"),
    ("numbers by a slash", "Bestand!D5", Text("NW-001 / NW-003"), "W26"),
    ("numbers by a space", "Bestand!D5", Text("NW-001 NW-003"), "W26"),
    ("remark for evidence", "Bestand!D5", Text("siehe Akte"), "W27"),
    ("remark beside evidence", "Bestand!D5", Text("NW-003; liegt vor"), "W27"),
    ("document for its number", "Meilensteine!F6", Text("Protokoll vom Auftakt"), "W27"),
    ("name for evidence", "Bestand!D5", Text("Maria Muster"), "W11"),
    ("remark with a phone number", "Bestand!D5", Text("siehe Akte, 06031 1234567"), "W11"),
    ("name for initials", "Kontakte!D5", Text("Max Mohr"), "W28"),
    ("name for initials, surname first", "Kontakte!D5", Text("Mohr, Max"), "W28"),
    ("more than an artefact", "Bestand!B7", 50.0000000001, "W07"),
    ("groups of two", "Bestand!B7", Text("12 34"), "W07"),
    ("minus sign", "Bestand!B7", Text("\u22125"), "W08"),
    ("unknown choice of another case", "Bestand!C6", Text("ZUWEISUNGSLISTEN"), "W10"),
]  # fmt: skip
LEFT_CASES = Cases(Case(n, {place: what}, (at(rule, "error", place),)) for n, place, what, rule in LEFT)


@pytest.mark.parametrize("case", LEFT_CASES.params)
def test_refused_with_words_that_fit_the_cause(case: Case) -> None:
    assert reported(LEFT_CASES[case].findings) == list(case.expected)


@pytest.mark.parametrize("initials", ["AB", "AB, CD", "AB/CD", "Mechthild", "Anna-Lena", "A. Muster", "M1"])
def test_initials_are_what_is_short(initials: str) -> None:
    assert reported(examine(edited({"Kontakte!D5": Text(initials)})).findings) == []


# --- personal data for a key --------------------------------------------------------------------------

PERSONAL = [
    "K. Yilmaz", "O'Neil", "Müller, Fatma 01.02.1990", "P-001 Müller", "geb. 12.03.1985", "Müller P-001", "李",
    "P-001 (mueller@example.org)", "+49 170 1234567", "P-001 0170/1234567", "Dr. X. Y. Ng", "12.3.85",
]  # fmt: skip
NO_NAMES = ["P_0005", "X-0001", "P0001", "P-1", "P-1234567", "P-O001", "A.B.", "5", "P-0001a"]


@pytest.mark.parametrize("place", ["Personen!A9", "Bedarfe!B6", "Ehrenamtliche!A8", "Kontakte!E6"])
def test_what_may_be_a_person_is_reported_as_such_and_not_repeated(place: str) -> None:
    cases = Cases(Case(text, {place: Text(text)}, (at("W11", "error", place),)) for text in PERSONAL)
    for case in cases.cases:
        findings = cases[case].findings
        assert reported(findings) == list(case.expected), case.name
        assert not any(part in findings[0].message for part in re.findall(r"\w{2,}", case.name))


def test_what_is_only_malformed_is_no_alarm() -> None:
    cases = Cases(Case(t, {"Personen!A9": Text(t)}, (at("W12", "error", "Personen!A9"),)) for t in NO_NAMES)
    for case in cases.cases:
        assert reported(cases[case].findings) == list(case.expected), case.name


def test_no_text_takes_long_to_be_compared() -> None:
    """A pattern that tried every beginning anew would not come back from these."""
    for text in (
        "P" + " " * 30_000 + "-",
        "und " * 8_000,
        "O" * 30_000,
        "a'" * 15_000,
        "1 " * 15_000,
        "- " * 15_000,
    ):
        for kind in Kind:
            parse(
                Column("Spalte", kind, "", prefix="NW", choices=("ja", "nein"), initials=kind is Kind.TEXT),
                text,
            )
