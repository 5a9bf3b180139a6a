"""The sheet Prüfung finds what the report would find, in the same words, at the same cell."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.definitions.messages import SEVERITY_WORDS
from pipeline.definitions.model import Severity
from pipeline.engine.batch import examine_batch
from pipeline.reading.package import read_raw
from pipeline.rules import Rules
from pipeline.template import template_bytes
from pipeline.template.fill import Content, Entry, fill
from tests.template.damage import damaged
from tests.template.invented import Invention
from tests.template.office import needs_libreoffice, recalculate

RELATIVE = "9 – Verwandtschaft 1. Grades zu Gruppe 1–5"
WORDED_ALIKE = {
    "W10", "W12", "W13", "P02", "P03", "P04", "P05", "P06", "P07", "P08", "P09", "P10", "P11", "P12", "P13",
    "P15", "P20", "P21", "P22", "P23", "P30", "P43", "P44", "P45", "P46", "P47", "P48", "W09", "W20", "W23", "W28",
}  # fmt: skip
IN_WORDS = {"W05", "W07", "W08", "W14"}  # the same mistakes, worded for a column instead of a cell
SIZES = {"Anzahl", "Teilnehmendenzahl"}


def faulty(rules: Rules) -> Content:
    """Twenty mistakes of different kinds, each in a row of its own."""
    content = Invention(rules, 3, date(2026, 9, 30)).content()
    tables: dict[str, list[dict[str, Any]]] = content.tables  # type: ignore[assignment]
    spread_persons(tables["Personen"])
    needs = tables["Bedarfe"]
    needs[0]["Kennung"] = "P-7777"
    needs[1]["Adressiert am"], needs[1]["Angebot-Nr."] = date(2026, 9, 30), None
    needs[2]["Adressiert am"], needs[2]["Angebot-Nr."] = date(2025, 8, 1), "A-000"
    needs[3]["Erfasst am"], needs[3]["Adressiert am"] = date(2025, 7, 1), None
    stock = tables["Bestand"] = [
        {
            "Stichtag": date(2026, 3, 31),
            "Anzahl": 300,
            "Quelle": "Meldebehörde",
            "Nachweis-Nr.": "NW-001; NW-777",
        },
        {
            "Stichtag": date(2026, 6, 30),
            "Anzahl": 1,
            "Quelle": "Meldebehörde",
            "Nachweis-Nr.": "NW-001 ;NW-002",
        },
        {"Stichtag": date(2026, 6, 30), "Anzahl": 300, "Quelle": "gibt es nicht", "Nachweis-Nr.": None},
    ]
    assert len(stock) == 3
    tables["Teilnahmen"] = participations()
    trainings = [t for t in tables["Schulungen"] if t["Zielgruppe"] == "Ehrenamtliche"]
    other = next(t for t in tables["Schulungen"] if t["Zielgruppe"] != "Ehrenamtliche")
    trainings[0]["Teilnehmendenzahl"] = 0
    first = {"Schulung-Nr.": trainings[0]["Schulung-Nr."], "Kennung": "E-000"}
    tables["Schulungsteilnahmen"] = [
        first,
        first,
        {"Schulung-Nr.": other["Schulung-Nr."], "Kennung": "E-001"},
    ]
    content.form["Leermeldung: Kontakte"] = "ja"
    content.form["Integrationsguide(s)"] = None
    content.entries = {"MS1.1a": Entry(date(2026, 1, 1)), "MS1.1b": Entry(date(2026, 1, 1))}
    content.form |= dict.fromkeys(("Leermeldung: Teilnahmen", "Leermeldung: Veranstaltungen"), None)
    tables["Veranstaltungen"] = []
    return content


def with_error_values(rules: Rules) -> Content:
    """A workbook in order but for an error value in a number, a choice and a date."""
    content = Invention(rules, 3, date(2026, 9, 30)).content()
    tables: dict[str, list[dict[str, Any]]] = content.tables  # type: ignore[assignment]
    row = {"Anzahl": 300, "Quelle": "Meldebehörde"}
    tables["Bestand"] = [
        row | {"Stichtag": date(2026, 3, 31)},
        row | {"Stichtag": date(2026, 6, 30), "Anzahl": "=1/0"},
    ]
    tables["Personen"][0]["Zielgruppe"] = "=NA()"
    tables["Bedarfe"][0]["Erfasst am"] = "=1/0"
    return content


def spread_persons(persons: list[dict[str, Any]]) -> None:
    for person in persons:
        person["Abgang am"] = None
    persons[2]["Zielgruppe"] = "gibt es nicht"
    persons[3]["Zugang am"] = date(2026, 12, 1)
    persons[3]["Angesprochen am"] = persons[3]["Bedarf erfasst am"] = None
    persons[4]["Zielgruppe"] = RELATIVE
    persons[5]["Bezugsperson"] = "P-0009"
    persons[6] |= {"Zielgruppe": RELATIVE, "Bezugsperson": "P-9999"}
    persons[7] |= {"Zielgruppe": RELATIVE, "Bezugsperson": "P-0004"}
    persons[8]["Zugang am"] = date(1931, 1, 1)
    persons[10] |= {
        "Zugang am": date(2026, 5, 1),
        "Angesprochen am": date(2026, 4, 1),
        "Bedarf erfasst am": date(2026, 4, 2),
    }


def participations() -> list[dict[str, Any]]:
    row = {"Kennung": "P-0020", "Angebot-Nr.": "A-000", "Beginn": date(2026, 3, 1), "Stand": "laufend"}
    return [
        row | {"Abbruchgrund": "Wegzug"},
        row | {"Kennung": "P-0021", "Stand": "abgebrochen"},
        row,
        row | {"Kennung": "P-0022", "Ende": date(2026, 1, 1)},
        row | {"Kennung": "P-0023", "Stand": None},
    ]


Line = tuple[str, str]
Seen = dict[Line, tuple[int, str]]


def found_by_pipeline(data: bytes, rules: Rules) -> Seen:
    """(sheet, text) → (count, first cell)."""
    (workbook,) = examine_batch([("a.xlsx", data)], rules)
    lines: list[tuple[Line, str, int]] = []
    for one in workbook.findings:
        if one.rule in WORDED_ALIKE:
            text = f"{SEVERITY_WORDS[one.severity]}: {one.message}"
            lines.append(
                (
                    (one.sheet or "", f"{one.column}: {text}" if one.column else text),
                    one.cell or "A5",
                    one.count,
                )
            )
    return {line: (sum(n for x, _, n in lines if x == line), cell) for line, cell, _ in reversed(lines)}


def shown(book: Workbook) -> Seen:
    rows = book["Prüfung"].iter_rows(min_row=5, max_col=5, values_only=True)
    return {(r[0], r[1]): (r[2], r[3] or "") for r in rows}


@cache
def computed(path: Path) -> Workbook:
    """The values of a workbook that LibreOffice has saved; to look at, not to change."""
    return load_workbook(path, data_only=True)


@pytest.fixture(scope="module")
def recalculated(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("pruefung")
    kind = rules.kinds["kommune"]
    template = template_bytes(rules, kind)
    data = fill(template, kind, faulty(rules))
    (folder / "faulty.xlsx").write_bytes(data)
    (folder / "original.xlsx").write_bytes(template)
    load_workbook(BytesIO(template)).save(folder / "blank.xlsx")  # drops the stored results
    copy = template_bytes(rules, kind, rules.by_ags["06440004"], date(2026, 9, 30))
    load_workbook(BytesIO(copy)).save(folder / "copy.xlsx")
    (folder / "errors.xlsx").write_bytes(fill(template, kind, with_error_values(rules)))
    for keys in (False, True):
        (folder / f"damaged_{keys}.xlsx").write_bytes(fill(template, kind, damaged(kind, keys=keys)[0]))
    made = ("damaged_False.xlsx", "damaged_True.xlsx")
    out = recalculate(
        folder, [folder / n for n in (*made, "faulty.xlsx", "blank.xlsx", "copy.xlsx", "errors.xlsx")]
    )
    return {"data": data, "template": template, "copy": copy, "out": out}


@pytest.mark.libreoffice
class TestCheck:
    pytestmark = needs_libreoffice

    def test_finds_what_the_report_finds(self, recalculated: dict[str, Any], rules: Rules) -> None:
        expected = found_by_pipeline(recalculated["data"], rules)
        seen = shown(computed(recalculated["out"] / "faulty.xlsx"))
        assert {k: seen.get(k) for k in expected} == expected
        assert len({text.split(":")[-1] for _, text in expected}) > 15

    def test_finds_nothing_else(self, recalculated: dict[str, Any], rules: Rules) -> None:
        expected = found_by_pipeline(recalculated["data"], rules)
        seen = shown(computed(recalculated["out"] / "faulty.xlsx"))
        more = {k: v for k, v in seen.items() if v[0] and k not in expected}
        assert {
            k: v for k, v in more.items() if "Kein Datum" not in k[1] and "Keine ganze Zahl" not in k[1]
        } == {}
        assert more == {
            ("Personen", "Zugang am: Fehler: Kein Datum vom 01.01.1950 bis 31.12.2035."): (1, "D13")
        }

    def test_the_first_line_counts_by_severity(self, recalculated: dict[str, Any]) -> None:
        sheet = computed(recalculated["out"] / "faulty.xlsx")["Prüfung"]
        rows = [r for r in sheet.iter_rows(min_row=5, max_col=3, values_only=True) if r[0]]
        sums = [sum(r[2] for r in rows if f"{w}: " in r[1]) for w in ("Fehler", "Warnung", "Hinweis")]
        assert sheet["A3"].value.startswith(f"{sums[0]} × Fehler, {sums[1]} × Warnung, {sums[2]} × Hinweis.")
        assert sums[0] > 20

    def test_an_error_value_is_one_mistake_and_spoils_no_formula(self, recalculated: dict[str, Any]) -> None:
        data = (recalculated["out"] / "errors.xlsx").read_bytes()
        for title in ("Prüfung", "Stand"):
            special = read_raw(data, title.__eq__).sheets[title].special
            assert len(special.formulas) > 90
            assert special.errors == special.without_result == set()
        seen = {k: v for k, v in shown(load_workbook(BytesIO(data), data_only=True)).items() if v[0]}
        for place, (count, cell) in {
            ("Bestand", "Anzahl: Fehler: Keine ganze Zahl ab 0."): (1, "B6"),
            ("Personen", "Zielgruppe: Fehler: Dieser Eintrag steht nicht zur Auswahl."): (1, "B5"),
            ("Bedarfe", "Erfasst am: Fehler: Kein Datum vom 01.01.1950 bis 31.12.2035."): (1, "D5"),
        }.items():
            assert seen[place] == (count, cell)
        assert {k for k, v in seen.items() if "Pflichtfeld" in k[1]} == set()

    @pytest.mark.parametrize("keys", [False, True])
    def test_red_is_what_the_check_refuses(
        self, recalculated: dict[str, Any], rules: Rules, keys: bool
    ) -> None:
        """Each way to damage a cell of each kind, and to write it otherwise: as many errors in each column.

        Left aside: in an array LibreOffice cannot tell a checkbox from the number 1, which nobody types there.
        """
        data = (recalculated["out"] / f"damaged_{keys}.xlsx").read_bytes()
        (workbook,) = examine_batch([("a.xlsx", data)], rules)
        refused = Counter(
            (one.sheet, cell.rstrip("0123456789"))
            for one in workbook.findings
            for cell in set(one.addresses())
            if one.severity is Severity.ERROR and one.rule != "P40"
        )
        for place in damaged(rules.kinds["kommune"], keys=keys)[1]:
            if (
                place.value == 1
                and place.value is not True
                and "ja" in rules.kinds["kommune"].table(place.sheet).column(place.column).choices
            ):
                refused[place.sheet, place.cell.rstrip("0123456789")] -= 1
        red: Counter[tuple[str, str]] = Counter()
        for (sheet, text), (count, cell) in shown(load_workbook(BytesIO(data), data_only=True)).items():
            if "Fehler: " in text and count:
                red[sheet, cell.rstrip("0123456789")] += count
        assert red == refused
        assert sum(red.values()) > 100

    def test_open_points_stand_first(self, recalculated: dict[str, Any]) -> None:
        """Errors, then warnings, then notes, then what is in order."""
        sheet = computed(recalculated["out"] / "faulty.xlsx")["Prüfung"]
        rows = [r for r in sheet.iter_rows(min_row=5, max_col=3, values_only=True) if r[0]]
        words = ("Fehler: ", "Warnung: ", "Hinweis: ")
        ranks = [next(i for i, w in enumerate(words) if w in r[1]) if r[2] else 3 for r in rows]
        assert ranks == sorted(ranks)
        assert set(ranks) == {0, 1, 2, 3}

    def test_each_sheet_leads_to_the_check(
        self, recalculated: dict[str, Any], municipality_book: Workbook
    ) -> None:
        book = computed(recalculated["out"] / "faulty.xlsx")
        assert book["Stammdaten"]["B1"].value == "3 Fehler → Prüfung"
        assert book["Personen"]["C1"].value == "10 Fehler → Prüfung"
        assert book["Angebote"]["C1"].value == "0 Fehler → Prüfung"
        formula = municipality_book["Personen"]["C1"].value
        assert formula.startswith("=HYPERLINK(\"#'Prüfung'!A5\",")

    def test_the_form_says_beside_a_line_what_is_wrong_with_it(self, recalculated: dict[str, Any]) -> None:
        listed = computed(recalculated["out"] / "faulty.xlsx")["Stammdaten"]
        assert listed["C20"].value == "Fehler: Leermeldung, obwohl im Blatt Kontakte etwas steht."
        assert listed["C7"].value == "Tag, bis zu dem berichtet wird, z. B. 31.03.2026."

    def test_links_lead_to_the_cell(self, recalculated: dict[str, Any], municipality_book: Workbook) -> None:
        values = computed(recalculated["out"] / "faulty.xlsx")["Prüfung"]
        for row in values.iter_rows(min_row=5, max_col=5, values_only=True):
            assert (row[4] or "") == ("zur Zelle" if row[2] else "")
        formulas = municipality_book["Prüfung"]
        assert 'HYPERLINK("#\'"&$A5&"\'!"&$D5' in formulas["E5"].value

    @pytest.mark.parametrize(("made", "saved"), [("template", "blank.xlsx"), ("copy", "copy.xlsx")])
    def test_stored_results_are_right(self, recalculated: dict[str, Any], made: str, saved: str) -> None:
        """What a template says before anyone recalculates is what LibreOffice computes; nothing is an error."""
        stored = load_workbook(BytesIO(recalculated[made]), data_only=True)
        after = computed(recalculated["out"] / saved)
        for sheet in stored:
            for cells in sheet.iter_rows():
                for cell in cells:
                    there = after[sheet.title][cell.coordinate].value
                    assert (cell.value or "") == (there or ""), f"{sheet.title}!{cell.coordinate}"
                    assert not str(there).startswith("#")

    def test_libreoffice_keeps_what_guides_the_user(
        self, recalculated: dict[str, Any], municipality_book: Workbook
    ) -> None:
        before = municipality_book
        after = load_workbook(recalculated["out"] / "blank.xlsx")
        assert after.sheetnames == before.sheetnames
        assert after["Listen"].sheet_state == "hidden"
        for sheet in before:
            other = after[sheet.title]
            assert other.protection.sheet
            assert guarded(other) == guarded(sheet), sheet.title
            assert formatted(other) >= formatted(sheet), sheet.title
            assert other.auto_filter.ref == sheet.auto_filter.ref
        assert set(before.defined_names) <= set(after.defined_names)
        assert not after["Personen"].column_dimensions["A"].protection.locked


def guarded(sheet: Any) -> dict[str, set[str]]:
    """Kind of validation → first cells that have it."""
    kinds: dict[str, set[str]] = {}
    for one in sheet.data_validations.dataValidation:
        if one.type not in {None, "none"}:
            for area in one.sqref.ranges:
                kinds.setdefault(one.type, set()).add(area.coord.split(":")[0])
    return kinds


def formatted(sheet: Any) -> set[str]:
    """First cells that have conditional formats."""
    return {str(area).split(":")[0] for entry in sheet.conditional_formatting for area in entry.sqref.ranges}


def test_every_check_of_the_pipeline_has_its_line(rules: Rules) -> None:
    """Without LibreOffice: the lines stand there, in the order of the tabs."""
    book = load_workbook(BytesIO(template_bytes(rules, rules.kinds["kommune"])))
    first = next(c.column for c in book["Listen"][1] if c.value == "Blatt")
    rows = book["Listen"].iter_rows(min_row=2, min_col=first, max_col=first + 1, values_only=True)
    lines = [(r[0], r[1]) for r in rows if r[0]]
    sheets = list(dict.fromkeys(sheet for sheet, _ in lines))
    assert sheets == [s for s in book.sheetnames if s in sheets]
    assert len(lines) == len(set(lines))
    for table in rules.kinds["kommune"].tables:
        for column in table.columns:
            if column.required and table.prefill is None:
                assert (table.title, f"{column.name}: Fehler: Dieses Pflichtfeld ist leer.") in lines
