"""Each check of workbook.md breaks one cell of a valid workbook and finds exactly one finding, there.

The addresses are those of the rows in ``builder.VALID``: the first record stands in Excel row 5.
"""

from __future__ import annotations

from functools import cache

import pytest

from pipeline.checks import check_workbook
from pipeline.checks.gather import gather
from pipeline.checks.schema import _table, _validate_sheet, sheet_schema, validate
from pipeline.definitions.model import Finding, Workbook
from tests import builder, cell_edits, expected
from tests.builder import NIL_RETURNS
from tests.cell_edits import ErrorValue, Formula, Text
from tests.expected import Case, Cases, ExpectedFinding, at, reported

AFTER, EARLY, LATE = "2026-07-01", "1949-12-31", "2036-01-01"  # the Stichtag is 2026-06-30


def one(rule: str, severity: str, edits: dict[str, object], place: str | None = None, name: str = "") -> Case:
    """A case whose finding stands in the (first) changed cell, unless ``place`` says where."""
    first = next(iter(edits))
    place = place or first
    value = edits[first]
    return Case(f"{name or rule}-{first}-{value}"[:80].replace(" ", "_"), edits, (at(rule, severity, place),))


def each(rule: str, severity: str, value: object, *places: str, name: str = "") -> list[Case]:
    """The same value in one cell after the other."""
    return [one(rule, severity, {p: value}, name=name) for p in places]


def cells(sheet: str, row: int, letters: str) -> list[str]:
    return [f"{sheet}!{letter}{row}" for letter in letters]


# --- sheets: required, choices, keys, numbers ----------------------------------------------------------

REQUIRED = [
    *cells("Bestand", 6, "ABC"),
    *cells("Personen", 8, "ABCD"),
    *cells("Bedarfe", 6, "ABCD"),
    *cells("Angebote", 6, "ABCDEFGH"),
    *cells("Teilnahmen", 7, "ABCE"),
    *cells("Kontakte", 6, "ABCD"),
    *cells("Veranstaltungen", 5, "ABCDEF"),
    *cells("Ehrenamtliche", 5, "AB"),
    *cells("Schulungen", 5, "ABCDEG"),
    *cells("Schulungsteilnahmen", 7, "AB"),
    *cells("Verwaltung", 7, "AB"),
    *cells("Nachweise", 8, "ABCDE"),
    "Meilensteine!A6",
    "Zielwerte!A10",
    "Stammdaten!B4",
    "Stammdaten!B9",
]
CHOICES = [
    "Bestand!C6",
    *cells("Personen", 8, "BC"),
    "Personen!B7",  # a relative: an unknown group says nothing about Bezugsperson
    "Bedarfe!C6",
    *cells("Angebote", 7, "CDEFG"),
    "Teilnahmen!E7",
    "Teilnahmen!F6",
    *cells("Kontakte", 6, "BC"),
    *cells("Veranstaltungen", 6, "CF"),
    *cells("Schulungen", 6, "CE"),
    "Verwaltung!B6",
    *cells("Nachweise", 8, "BF"),
    "Stammdaten!B15",
]
# key and reference columns, with the prefix each wants
KEYS = {
    "Personen!A9": "P", "Personen!H7": "P", "Bedarfe!A5": "B", "Bedarfe!B6": "P", "Bedarfe!F5": "A",
    "Angebote!A7": "A", "Teilnahmen!A7": "P", "Teilnahmen!B7": "A", "Kontakte!E6": "P",
    "Veranstaltungen!A6": "V", "Ehrenamtliche!A8": "E", "Schulungen!A7": "S",
    "Schulungsteilnahmen!A7": "S", "Schulungsteilnahmen!B7": "E", "Nachweise!A8": "NW",
    "Bestand!D5": "NW", "Angebote!L5": "NW", "Veranstaltungen!G7": "NW", "Schulungen!H5": "NW",
    "Meilensteine!F6": "NW", "Zielwerte!E10": "NW",
}  # fmt: skip
OWN_KEYS = {
    "Personen!A9", "Bedarfe!A5", "Angebote!A7", "Veranstaltungen!A6", "Ehrenamtliche!A8", "Schulungen!A7",
    "Nachweise!A8",
}  # fmt: skip
SOME_KEYS = ("Personen!A9", "Bedarfe!B6", "Ehrenamtliche!A8", "Bestand!D5")  # what holds for one kind of key
REFERENCES = {k: v for k, v in KEYS.items() if k not in OWN_KEYS}
INTEGERS = ["Bestand!B7", "Veranstaltungen!E6", "Schulungen!G6"]
PERSONAL = {
    "name": "Maria Muster",
    "surname": "Muster",
    "umlauts": "Jörg Größl",
    "hyphenated": "Anna-Lena Meyer-Schulz",
    "email": "maria.muster@example.org",
    "phone": "06031 / 123 45-67",
    "mobile": "+49 170 1234567",
    "birthday": "17.05.1987",
    "iso-birthday": Text("1987-05-17"),
}

SHEETS = [
    *each("W13", "error", None, *REQUIRED, name="required"),
    *each("W10", "error", "Quatsch", *CHOICES, name="unknown-choice"),
    one("W10", "error", {"Nachweise!F6": "N1.6; N9.9"}, name="one-of-several-unknown"),
    one("W10", "error", {"Stammdaten!B16": "vielleicht"}, name="leermeldung-is-ja-or-empty"),
    *[one("W12", "error", {k: f"{p}-12"}, name="two-digits") for k, p in KEYS.items()],
    *[one("W12", "error", {k: f"{KEYS[k]}-1234567"}, name="seven-digits") for k in SOME_KEYS],
    *[one("W12", "error", {k: "X-0001"}, name="wrong-prefix") for k in KEYS],
    *[one("W12", "error", {k: f"{KEYS[k]}0001"}, name="no-hyphen") for k in SOME_KEYS],
    one("W12", "error", {"Bestand!D7": "NW-003; NW-3"}, name="one-of-several-malformed"),
    *[one("W11", "error", {k: v}, name=n) for n, v in PERSONAL.items() for k in SOME_KEYS],
    *[one("W11", "error", {k: PERSONAL["name"]}, name="name") for k in KEYS if k not in SOME_KEYS],
    *each("W07", "error", "zwölf", *INTEGERS, name="text-in-number"),
    *each("W07", "error", "12,5", *INTEGERS, name="fraction-as-text"),
    *each("W07", "error", 12.5, *INTEGERS, name="fraction"),
    *each("W08", "error", -1, *INTEGERS, name="below-zero"),
    one("W09", "error", {"Kontakte!D6": "Mechthilde1"}, name="eleven-characters"),
]  # fmt: skip

# --- uniqueness and references ------------------------------------------------------------------------

RECORDS = [
    one("P03", "error", {"Bestand!A6": "2025-12-31"}),
    one("P03", "error", {"Personen!A9": "P-0004"}),
    one("P03", "error", {"Bedarfe!A6": "B-0001"}),
    one("P03", "error", {"Angebote!A7": "A-001"}),
    one("P03", "error", {"Teilnahmen!C8": "2026-04-01"}, "Teilnahmen!A8", "three-columns-together"),
    one("P03", "error", {"Veranstaltungen!A6": "V-001"}),
    one("P03", "error", {"Ehrenamtliche!A8": "E-001"}),
    one("P03", "error", {"Schulungen!A7": "S-002"}),
    one("P03", "error", {"Schulungsteilnahmen!B6": "E-001"}, "Schulungsteilnahmen!A6", "as-a-pair"),
    one("P03", "error", {"Personen!A9": "P-0001"}, name="its-first-record-speaks-for-it"),
    one("P03", "error", {"Schulungsteilnahmen!A7": "S-001"}, name="a-repeat-is-no-further-participant"),
    one("P03", "error", {"Verwaltung!A6": "Sozialamt"}),
    one("P03", "error", {"Verwaltung!A6": "SOZIALAMT"}, name="spelt-otherwise"),
    one(
        "W13",
        "error",
        {"Teilnahmen!B7": None, "Teilnahmen!B8": None, "Teilnahmen!C8": "2026-04-01"},
        name="no-repeat-without-the-whole-key",
    ),
    one("P03", "error", {"Nachweise!A8": "NW-001"}, name="its-references-are-not-reported-again"),
    one("P03", "error", {"Meilensteine!A7": "MS1.1b"}, name="the-lost-row-is-not-reported-again"),
    *[one("P07", "error", {k: f"{p}-0999"}, name="dangling") for k, p in REFERENCES.items()],
    one("P07", "error", {"Bestand!D7": "NW-003; NW-099"}, name="one-of-several-dangling"),
    one("P08", "error", {"Personen!H7": "P-0002"}, name="relative-of-group-6"),
    one("P08", "error", {"Personen!H7": "P-0003"}, name="relative-of-group-9"),
    one("P08", "error", {"Schulungsteilnahmen!A7": "S-002"}, name="training-of-the-administration"),
]

# --- conditional columns, order of dates, rows against each other ---------------------------------------

CONDITIONS = [
    one("P05", "error", {"Bedarfe!F5": None}, name="addressed-without-offer"),
    one("P05", "error", {"Personen!H7": None}, name="relative-without-person"),
    one("P06", "error", {"Personen!H8": "P-0001"}, name="no-relative-with-person"),
    one("P06", "error", {"Personen!B7": builder.G3}, "Personen!H7", "group-changed"),
    one("P05", "error", {"Teilnahmen!F6": None}, name="broken-off-without-reason"),
    one("P06", "error", {"Teilnahmen!F5": "Wegzug"}, name="running-with-reason"),
    one("P06", "error", {"Teilnahmen!E6": "abgeschlossen"}, "Teilnahmen!F6", "finished-with-reason"),
]
ORDER = [
    one("P04", "error", {"Personen!E5": "2025-11-02"}, name="approached-before-arrival"),
    one("P04", "error", {"Personen!D5": "2025-12-02"}, "Personen!E5", "the-later-cell-is-marked"),
    one("P04", "error", {"Personen!F5": "2025-11-30"}, name="recorded-before-approached"),
    one("P04", "error", {"Personen!F12": "2025-07-31"}, name="recorded-before-arrival"),
    one("P04", "error", {"Personen!G6": "2025-11-09"}, name="left-before-arrival"),
    one("P09", "error", {"Bedarfe!D5": "2026-02-09"}, name="need-before-persons-recording"),
    one("P04", "error", {"Bedarfe!E5": "2026-02-09"}, name="addressed-before-recorded"),
    one("P04", "error", {"Angebote!I6": "2026-01-11"}, name="offer-ends-before-begin"),
    one("P04", "error", {"Teilnahmen!D6": "2026-03-19"}, name="participation-ends-before-begin"),
    one("P04", "error", {"Ehrenamtliche!C5": "2026-01-14"}, name="active-before-won"),
    one("P04", "error", {"Ehrenamtliche!D6": "2026-01-14"}, name="left-before-active"),
    one("P04", "error", {"Ehrenamtliche!D8": "2025-04-30"}, name="left-before-won"),
]
ACROSS = [
    one("P10", "error", {"Personen!F5": None}, name="person-with-two-needs-and-no-date"),
    # On 2026-03-31 seven persons with checked paper are there: 1, 2, 3, 4, 5, 7 and 8.
    one("P11", "error", {"Bestand!B6": 6}, name="more-persons-than-stock"),
    one("P12", "error", {"Schulungen!G5": 1}, name="two-attended-a-training-of-one"),
    one("P30", "note", {"Personen!C9": "nein"}, name="paper-not-checked"),
    one("P21", "warning", {"Meilensteine!F6": None}, name="criterion-without-evidence"),
    one("P21", "warning", {"Zielwerte!E10": None}, name="target-without-evidence"),
    one("P23", "warning", {"Meilensteine!E5": "2026-03-01"}, name="computed"),
    one("P23", "warning", {"Meilensteine!F8": "NW-001"}, name="computed"),
    one("P23", "warning", {"Meilensteine!G8": "Text"}, name="computed"),
    one("P23", "warning", {"Zielwerte!D5": "2026-03-01"}, name="computed"),
    one("P23", "warning", {"Zielwerte!E5": "NW-001"}, name="computed"),
    one("P23", "warning", {"Zielwerte!F5": "Text"}, name="computed"),
    one("P14", "error", {"Meilensteine!A6": "MS9.9z"}, name="unknown-number-with-entries"),
    one("P15", "warning", {"Meilensteine!A14": "MS9.9z"}, name="unknown-number-without"),
    *[
        one("P13", "error", {f"Stammdaten!B{row}": "ja"}, name=f"leermeldung-{title}")
        for row, title in enumerate(NIL_RETURNS, start=15)
    ],
    one(
        "P32", "note",
        {"Kontakte!A6": "2025-10-01", "Kontakte!B6": "persönlich", "Kontakte!C6": "Ansprache",
         "Kontakte!D6": "AB", "Kontakte!E6": "P-0001"},
        name="identical-contacts",
    ),
    one(
        "P31", "note",
        {"Nachweise!A9": "NW-005", "Nachweise!B9": "Konzept", "Nachweise!C9": "T",
         "Nachweise!D9": "2026-01-01", "Nachweise!E9": "Akte"},
        name="evidence-nobody-refers-to",
    ),
]  # fmt: skip

# --- dates --------------------------------------------------------------------------------------------

FACTS = [
    "Bestand!A7", "Personen!D9", "Personen!E8", "Personen!F12", "Personen!G5", "Bedarfe!D8", "Bedarfe!E5",
    "Teilnahmen!C8", "Angebote!J5", "Kontakte!A8", "Veranstaltungen!B7", "Ehrenamtliche!B8",
    "Ehrenamtliche!C8", "Ehrenamtliche!D5", "Schulungen!B6", "Verwaltung!C7", "Verwaltung!D6",
    "Verwaltung!E5", "Verwaltung!F5", "Meilensteine!E7", "Zielwerte!D10",
]  # fmt: skip
PLANNED = ["Angebote!H7", "Angebote!I6", "Teilnahmen!D7", "Nachweise!D8", "Stammdaten!B12"]
WARNED = [
    "Kontakte!A5", "Veranstaltungen!B6", "Schulungen!B7", "Meilensteine!E6", "Zielwerte!D10",
    "Personen!E11", "Personen!F12",
]  # fmt: skip
DATES = [
    *each("P02", "error", AFTER, *FACTS, name="after-the-stichtag"),
    one("P02", "error", {"Personen!D5": AFTER}, name="later-dates-of-the-row-are-not-reported"),
    one("P02", "error", {"Personen!F5": AFTER}, name="needs-of-the-person-are-not-reported"),
    one("P02", "error", {"Ehrenamtliche!B5": AFTER}, name="later-dates-of-the-row-are-not-reported"),
    *each("W14", "error", EARLY, *FACTS, *PLANNED, "Meilensteine!C6", name="too-early"),
    *each("W14", "error", LATE, *FACTS, *PLANNED, "Meilensteine!C6", name="too-late"),
    one("W14", "error", {"Angebote!H5": LATE}, name="visit-is-no-second-finding"),
    one("W14", "error", {"Bedarfe!D5": LATE}, name="later-date-is-no-second-finding"),
    *each("P20", "warning", "2025-09-30", *WARNED, name="before-the-project"),
    *each("P01", "error", "2025-09-30", "Stammdaten!B7", name="stichtag-before-the-project"),
    *each("P01", "error", "2028-10-01", "Stammdaten!B7", name="stichtag-after-the-project"),
]
VALID_KEPT = [
    *[Case(f"planned-{p}", {p: "2027-01-01"}) for p in PLANNED],
    Case("first-possible-day", {"Angebote!H5": "1950-01-01"}),
    Case("last-possible-day", {"Angebote!H7": "2035-12-31"}),
    Case("stock-before-the-project", {"Bestand!A5": "2025-09-30"}),
    Case("volunteer-before-the-project", {"Ehrenamtliche!B5": "2025-09-30"}),
    Case("unit-before-the-project", {"Verwaltung!C5": "2025-09-30"}),
    Case("visit-before-the-project", {"Angebote!J5": "2025-09-30"}),
    Case(
        "document-before-the-project",
        {"Nachweise!D8": "2025-09-30"},
        (at("P47", "note", "Meilensteine!F6"),),  # MS1.1b was met on 2025-10-01
    ),
    Case(
        "last-stichtag",
        {"Stammdaten!B7": "2028-09-30", "Stammdaten!B12": "2028-10-01", "Bestand!A7": "2028-01-01",
         "Bestand!D7": None, "Teilnahmen!E5": "abgeschlossen"},
    ),
    Case("offer-before-it-is-addressed", {"Bedarfe!F6": "A-001"}),
    Case("need-on-the-day-of-the-recording", {"Bedarfe!D6": "2026-02-10"}),
    Case("leaver-on-the-day-is-not-present", {"Personen!G9": "2026-03-31", "Bestand!B6": 6}),
    Case("arrival-after-the-day-is-not-present", {"Personen!D9": "2026-04-01", "Bestand!B6": 6}),
    Case("training-with-more-participants-than-rows", {"Schulungen!G5": 200}),
    Case("several-points", {"Nachweise!F8": "N1.2; N3.1; N3.5"}),
    Case("evidence-twice-in-a-cell", {"Bestand!D5": "NW-003; NW-003"}),
    Case("number-of-six-digits", {"Personen!A9": "P-123456"}),
    Case("number-of-three-digits", {"Personen!A9": "P-123"}),
    Case("no-optional-form-lines", {"Stammdaten!B6": None, "Stammdaten!B10": None, "Stammdaten!B11": None,
                                    "Stammdaten!B12": None}),
]  # fmt: skip
UNCHECKED = Case(
    "a-person-without-paper-is-not-in-the-stock",
    {"Personen!C9": "nein", "Bestand!B6": 6},
    (at("P30", "note", "Personen!C9"),),
)

ALL = Cases([*SHEETS, *RECORDS, *CONDITIONS, *ORDER, *ACROSS, *DATES, *VALID_KEPT, UNCHECKED])


def test_the_valid_workbooks_have_no_finding() -> None:
    for data, kind in ((builder.valid(), "kommune"), (builder.lead_valid(), "projektleitung")):
        workbook = expected.examine(data)
        assert expected.reported(workbook.findings) == []
        sizes = {title: len(table) for title, table in workbook.tables.items()}
        assert min(sizes.values()) >= (3 if kind == "kommune" else 1)


@pytest.mark.parametrize("case", ALL.params)
def test_one_broken_cell_one_finding(case: Case) -> None:
    assert expected.reported(ALL[case].findings) == list(case.expected)


def test_findings_say_what_is_wrong_and_what_to_do() -> None:
    for found in (f for case in ALL.cases for f in ALL[case].findings):
        assert found.message.endswith((".", ")."))
        assert found.remedy.endswith(".")
        assert "{" not in found.message + found.remedy


# --- no personal value travels --------------------------------------------------------------------------

MARKER = "Geheimnis Muster4711"
SENSITIVE = [
    *cells("Personen", 6, "ABCDEFGH"),
    *cells("Bedarfe", 5, "ABCDEF"),
    *cells("Teilnahmen", 6, "ABCDEF"),
    *cells("Ehrenamtliche", 6, "ABCD"),
]
SECRETS = Cases(
    [
        *[Case(f"text-{p}", {p: MARKER}) for p in SENSITIVE],
        *[Case(f"spaces-{p}", {p: Text(f" {MARKER} ")}) for p in SENSITIVE],
        *[Case(f"date-{p}", {p: Text("17.05.1887")}) for p in SENSITIVE],
        *[Case(f"number-{p}", {p: 47114711}) for p in SENSITIVE],
        *[Case(f"formula-{p}", {p: Formula("1+1", MARKER)}) for p in SENSITIVE],
        *[Case(f"error-{p}", {p: ErrorValue("#GEHEIM4711!")}) for p in SENSITIVE],
    ]
)


@pytest.mark.parametrize("case", SECRETS.params)
def test_no_message_repeats_a_personal_value(case: Case) -> None:
    findings = SECRETS[case].findings
    assert findings
    for found in findings:
        said = f"{found.message} {found.remedy} {found.column}"
        for marker in ("Geheim", "4711", "17.05.1887", "1887", "GEHEIM"):
            assert marker not in said


def test_no_message_names_a_person() -> None:
    for found in (f for case in ALL.cases for f in ALL[case].findings):
        if found.sheet in ("Personen", "Bedarfe", "Teilnahmen", "Ehrenamtliche"):
            said = f"{found.message} {found.remedy}"
            assert not any(value in said for value in ("P-0", "E-0", "Muster", "2025-1", "01.07.2026"))


# --- empty sheets -------------------------------------------------------------------------------------


def test_each_empty_sheet_needs_its_leermeldung() -> None:
    empty = builder.filled(builder.Content(dict(builder.FORM)))
    found = expected.reported(expected.examine(empty).findings)
    assert found == [("P22", "warning", title, None, None) for title in NIL_RETURNS]
    declared = cell_edits.edited({f"Stammdaten!B{row}": "ja" for row in range(15, 26)}, empty)
    assert expected.reported(expected.examine(declared).findings) == []


# --- the project lead's workbook ------------------------------------------------------------------------

LEAD = Cases(
    [
        Case("after", {"Veranstaltungen!B5": AFTER}, (at("P02", "error", "Veranstaltungen!B5"),)),
        Case("choice", {"Schulungen!C5": "Presse"}, (at("W10", "error", "Schulungen!C5"),)),
        Case("dangling", {"Schulungen!H5": "NW-009"}, (at("P07", "error", "Schulungen!H5"),)),
        Case(
            "leermeldung",
            {"Stammdaten!B15": "ja"},  # the first of its two lines is Veranstaltungen
            (expected.ExpectedFinding("P13", "error", "Stammdaten", "B15", "Leermeldung: Veranstaltungen"),),
        ),
    ],
    builder.lead_valid,
)


@pytest.mark.parametrize("case", LEAD.params)
def test_the_project_leads_workbook_is_checked_alike(case: Case) -> None:
    assert expected.reported(LEAD[case].findings) == list(case.expected)


# --- once more, over what was read ----------------------------------------------------------------------

# A change in a check shows here without reading a file again: see "Would a test notice?" in CONTRIBUTING.

ACROSS = {  # rules of more than one row, reported by the checks after those of cells and rows
    "P01", "P07", "P08", "P09", "P10", "P11", "P12", "P13", "P14", "P15", "P21", "P30", "P31", "P32", "P47",
}  # fmt: skip
PARTS = 12


def is_across(case: Case) -> bool:
    """Whether all that is to be found is reported by them, or there is nothing to find."""
    return all(one.rule in ACROSS for one in case.expected)


@cache
def of_schema() -> list[list[Finding]]:
    """What the checks of single cells and rows found, for the checks after them."""
    return validate(ALL.unchecked, builder.rules())


def found_by_schema(workbook: Workbook, new: list[Finding]) -> list[ExpectedFinding]:
    """With what reading has found, and one finding of each cell."""
    return reported(gather(workbook, new, builder.rules()).findings)


@pytest.mark.parametrize("title", ["Stammdaten", *builder.VALID, "Meilensteine", "Zielwerte"])
def test_the_checks_of_cells_and_rows(title: str) -> None:
    """Of the cases of one sheet, under a schema that is built anew."""
    kind = builder.rules().kinds["kommune"]
    sheet = kind.form if title == "Stammdaten" else kind.table(title)
    own = [
        pair for pair in zip(ALL.unchecked, ALL.cases, strict=True) if f"{title}!" in "".join(pair[1].edits)
    ]
    books = [workbook for workbook, _ in own]
    sheet_schema.cache_clear()
    found: list[list[Finding]] = [[] for _ in books]
    for position, one in _validate_sheet(sheet, [_table(w, sheet) for w in books], books, builder.rules()):
        found[position].append(one)
    for (workbook, case), new in zip(own, found, strict=True):
        expected = [one for one in case.expected if one.rule not in ACROSS and one.sheet == title]
        assert [one for one in found_by_schema(workbook, new) if one.sheet == title] == expected, case.name


def test_the_checks_of_cells_and_rows_of_all_sheets() -> None:
    found = validate(ALL.unchecked, builder.rules())
    for workbook, new, case in zip(ALL.unchecked, found, ALL.cases, strict=True):
        expected = [one for one in case.expected if one.rule not in ACROSS]
        assert found_by_schema(workbook, new) == expected, case.name


@pytest.mark.parametrize("part", range(PARTS))
def test_the_checks_across_rows_and_sheets(part: int) -> None:
    every = [
        (workbook, found, case)
        for workbook, found, case in zip(ALL.unchecked, of_schema(), ALL.cases, strict=True)
        if is_across(case)
    ]
    for workbook, found, case in every[part::PARTS]:
        assert reported(check_workbook(workbook, found, builder.rules()).findings) == list(case.expected), (
            case.name
        )


def test_the_checks_of_the_project_leads_workbook() -> None:
    for workbook, found, case in zip(
        LEAD.unchecked, validate(LEAD.unchecked, builder.rules()), LEAD.cases, strict=True
    ):
        assert reported(check_workbook(workbook, found, builder.rules()).findings) == list(case.expected), (
            case.name
        )
