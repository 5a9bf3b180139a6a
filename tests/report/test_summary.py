"""The summary workbook, read back cell by cell. Expected figures are counted from conftest's rows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from pipeline.definitions.words import (
    CRITERION_WORDS,
    EVIDENCE_WORDS,
    MILESTONE_WORDS,
    STATE_WORDS,
    TARGET_WORDS,
)
from pipeline.evaluate.consolidate import consolidate
from pipeline.evaluate.shortfall import missing_count, shortfall_words
from pipeline.outcome import Outcome
from pipeline.report.summary import summary_bytes, write_summary
from pipeline.report.summary.writing.heights import lines, pieces, row_height
from pipeline.rules import Municipality, Rules
from pipeline.run import run
from pipeline.xlsx.addresses import column_letters, column_number

SHEETS = [
    "Übersicht",
    "Zeitschiene",
    "Zielwerte",
    "Meilensteine",
    "Maßnahme 1",
    "Maßnahme 2",
    "Maßnahme 3",
    "Maßnahme 4",
    "Nachweise",
    "Nachweisregister",
    "Dokumentation",
    "Bedarfe und Angebote",
    "AMIF",
    "Abgaben",
    "Prüfprotokoll",
    "Änderungen",
    "Regelwerk",
    "Herkunft",
    "Kontrollsummen und Freigabe",
]
NOT_PRINTED = ["Nachweisregister", "Herkunft"]
HANAU, KARBEN, NIDDA = "06415000", "06440012", "06440016"


def records(sheet: Worksheet, header: str) -> list[dict[str, Any]]:
    """The rows below the row whose first cell is ``header``; line breaks in titles are dropped."""
    rows = list(sheet.iter_rows(values_only=True))
    start = next(i for i, row in enumerate(rows) if str(row[0]).replace("-\n", "") == header)
    titles = [str(t).replace("-\n", "").replace("\n", " ") for t in rows[start]]
    return [dict(zip(titles, row, strict=True)) for row in rows[start + 1 :]]


def one(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    found = [r for r in rows if all(r[k] == v for k, v in wanted.items())]
    assert len(found) == 1, found
    return found[0]


def target(book: Workbook, ags: str, nr: str) -> dict[str, Any]:
    return one(records(book["Zielwerte"], "AGS"), AGS=ags, **{"Nr.": nr})


def texts(sheet: Worksheet) -> set[Any]:
    return {cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None}


# --- the workbook -------------------------------------------------------------------------------------


def test_sheets_in_order(stored: Workbook) -> None:
    assert stored.sheetnames == SHEETS


def test_same_bytes_on_every_call(outcome: Outcome, content: bytes, tmp_path: Path) -> None:
    write_summary(outcome, tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == content


def test_properties_tell_the_stichtag_and_no_author(stored: Workbook) -> None:
    properties = stored.properties
    assert properties.title == "KISI – Bericht zum 30.06.2026"
    assert properties.created.isoformat() == "2026-06-30T00:00:00"
    assert not properties.creator


@pytest.mark.parametrize("name", SHEETS)
def test_print_set_up(stored: Workbook, name: str) -> None:
    sheet = stored[name]
    assert sheet["A1"].value
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows or name == "Zeitschiene"
    letters = sheet.print_area.rsplit("$", 2)[1] if sheet.print_area else column_letters(sheet.max_column)
    columns = column_number(letters)
    if name not in NOT_PRINTED:
        dimensions = sheet.column_dimensions.values()
        known = {n: d.width for d in dimensions for n in range(d.min, d.max + 1)}
        widths = [known[n] for n in range(1, columns + 1)]
        points = sum(int(w * 7) * 0.75 for w in widths) * 1.05 * sheet.page_setup.scale / 100
        margins = sheet.page_margins
        assert points <= 841.9 - (margins.left + margins.right) * 72
    sizes = {cell.font.size for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert min(sizes) * sheet.page_setup.scale / 100 >= 8
    assert sheet.freeze_panes or name == "Übersicht"
    assert "&P" in sheet.oddFooter.right.text


@pytest.mark.parametrize("name", NOT_PRINTED)
def test_long_lists_are_not_printed_with_the_whole(stored: Workbook, name: str) -> None:
    """Their print area is one empty cell beside the table."""
    sheet = stored[name]
    last = sheet.max_column
    area = sheet.print_area.split("!")[1].replace("$", "")
    assert ":" not in area
    assert sheet[area].value is None
    assert column_number(area.rstrip("0123456789")) > last


@pytest.mark.parametrize(
    "name", ["Zielwerte", "Meilensteine", "Nachweisregister", "Abgaben", "Prüfprotokoll", "Herkunft"]
)
def test_tables_have_a_filter_on_their_header(stored: Workbook, name: str) -> None:
    sheet = stored[name]
    assert sheet.auto_filter.ref is None  # the filter of the table is the only one
    for table in sheet.tables.values():
        row = int(table.ref.split(":")[0].lstrip("A"))
        assert table.autoFilter.ref == table.ref
        assert sheet[row][0].value in ("AGS", "Schweregrad")
    assert sheet.tables


def test_municipal_text_never_becomes_a_formula_or_link(formulas: Workbook, content: bytes) -> None:
    rows = records(formulas["Meilensteine"], "AGS")
    assert one(rows, AGS=HANAU, Kriterium="MS1.1b")["Erläuterung"] == "=1+1"
    cells = [c for row in formulas["Meilensteine"].iter_rows() for c in row if c.value == "=1+1"]
    assert [c.data_type for c in cells] == ["s"] or all(c.quotePrefix or c.data_type != "f" for c in cells)
    with ZipFile(BytesIO(content)) as archive:
        sheets = [archive.read(n).decode() for n in archive.namelist() if "worksheets/sheet" in n]
        relations = [archive.read(n).decode() for n in archive.namelist() if n.endswith(".rels")]
    assert not any("<f>1+1</f>" in s for s in sheets)
    assert not any("External" in r or "hyperlink" in r for r in relations)  # links stay within the file


def test_no_row_of_a_person(stored: Workbook) -> None:
    everything = {str(t) for name in SHEETS for t in texts(stored[name])}
    assert not any(t.startswith(("P-0", "E-0", "B-0")) for t in everything)


# --- words --------------------------------------------------------------------------------------------


def test_every_status_has_its_german_word() -> None:
    words = [{w.text for w in table.values()} for table in (MILESTONE_WORDS, TARGET_WORDS)]
    assert words == [
        {
            "erreicht",
            "verspätet erreicht",
            "Nachweis fehlt",
            "nicht bewertbar",
            "überfällig",
            "gefährdet",
            "offen",
            "nicht festgelegt",
            "keine gültige Abgabe",
        },
        {"erreicht", "offen", "verfehlt", "nicht bewertbar", "Erhebung", "keine gültige Abgabe"},
    ]
    assert [w.text for w in CRITERION_WORDS.values()] == [
        "erfüllt",
        "offen",
        "Nachweis fehlt",
        "nicht bewertbar",
    ]
    assert [w.text for w in EVIDENCE_WORDS.values()] == [
        "vorgelegt",
        "verspätet vorgelegt",
        "offen",
        "überfällig",
        "nicht bewertbar",
        "keine gültige Abgabe",
    ]
    assert {w.text for w in STATE_WORDS.values()} == {
        "angenommen",
        "zurückgewiesen",
        "ersetzt",
        "Dublette",
        "früher",
        "später",
        "zurückgezogen",
        "keine Abgabe",
    }


@pytest.mark.parametrize(
    "table", [MILESTONE_WORDS, TARGET_WORDS, CRITERION_WORDS, EVIDENCE_WORDS, STATE_WORDS]
)
def test_symbols_tell_statuses_apart(table: dict[Any, Any]) -> None:
    assert len({w.symbol for w in table.values()}) == len(table)


# --- Übersicht ----------------------------------------------------------------------------------------


def matrix_of(book: Workbook) -> dict[str, list[Any]]:
    rows = book["Übersicht"].iter_rows(values_only=True)
    return {row[0]: list(row[2:18]) for row in rows if str(row[0]).isdigit()}


def test_matrix_has_symbol_and_word_for_every_municipality(stored: Workbook, rules: Rules) -> None:
    matrix = matrix_of(stored)
    assert list(matrix) == [m.ags for m in rules.roster]  # the project lead is no row
    labels = {w.label for w in MILESTONE_WORDS.values()}
    assert all(cell in labels for row in matrix.values() for cell in row)
    assert matrix[HANAU][:4] == ["✓ erreicht", "✓ erreicht", "○ offen", "○ offen"]
    assert matrix[HANAU][12:] == ["– nicht festgelegt"] * 4
    assert matrix[NIDDA][:12] == ["□ keine gültige Abgabe"] * 12


def row_of(book: Workbook, first: str) -> dict[int, Any]:
    """Column → cell of the row of the Übersicht that begins so."""
    rows = book["Übersicht"].iter_rows(values_only=True)
    row = next(r for r in rows if r[0] == first)
    return {n: cell for n, cell in enumerate(row) if cell is not None}


def test_key_figures_stand_on_the_first_page(stored: Workbook, formulas: Workbook) -> None:
    due = row_of(stored, "MS1.1")  # of eight Hanau has it, Karben is late, six sent nothing valid
    assert due[4] == "✗ erreicht 1 von 8"
    assert due[6].startswith("✓\u00a01\u00a0erreicht, ✗\u00a01\u00a0überfällig")
    assert row_of(formulas, "MS1.1")[4].startswith('="✗ erreicht "&(COUNTIF(Übersicht!$C$')
    target = row_of(stored, "Z1.2")
    assert target[10] == pytest.approx(82 / 120)
    assert [target[n] for n in (11, 15, 17)] == ["mindestens 70 %", "1 von 8 erreicht", "○ offen"]
    sheet = stored["Übersicht"]
    cells = texts(sheet)
    assert any(
        str(c).startswith(
            "– Kriterien und Frist nicht festgelegt: MS4.1, MS4.2, MS4.3, MS4.4 · ≠ Text und Zeitschiene der Quelle weichen ab: "
            "MS1.2, MS2.4 · Ausnahmen von Prüfungen: "
        )
        for c in cells
    )
    # Title, 3 facts, 1 + 4 due milestones, 1 + 17 targets, the surveys; six of the eight rows of the matrix have three lines,
    # so it does not fit below them and begins the second page, with everything printed.
    assert [b.id for b in sheet.row_breaks.brk] == [28]
    assert sheet["C30"].value == "MS1.1"
    assert sheet.print_title_rows == "$29:$31"
    assert not sheet.print_area


def test_surveys_stand_below_the_targets(stored: Workbook, formulas: Workbook) -> None:
    """No volunteers and offers are entered; the only event that counts so far is another one."""
    assert row_of(stored, "Erhebung")[1] == (
        "Z2.1 Ehrenamtliche: keine Angabe · Z2.3 Angebote (bestehend, ehrenamtlich): keine Angabe · "
        "Z4.2 Veranstaltungen (Netzwerktreffen): 0 · Z4.3 Veranstaltungen (Austausch Verwaltung–Ehrenamt): 0"
    )
    position = next(
        c.coordinate for row in stored["Zielwerte"].iter_rows() for c in row[:3] if c.value == "Z4.2"
    )
    assert f'(Netzwerktreffen): "&Zielwerte!$H${position[1:]}&" · "' in row_of(formulas, "Erhebung")[1]


def test_what_fits_on_one_page_is_printed_alone(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    """On taller paper key figures and matrix fit; counts and chart are then for the screen."""
    monkeypatch.setattr("pipeline.report.summary.writing.paper.HEIGHT", 1000)
    sheet = load_workbook(BytesIO(summary_bytes(outcome)))["Übersicht"]
    assert sheet.print_area == "'Übersicht'!$A$1:$R$39"
    assert not sheet.row_breaks.brk


def test_links_lead_from_the_matrix_to_the_rows_and_back(stored: Workbook, formulas: Workbook) -> None:
    def target_of(sheet: str, cell: str) -> Any:
        link = stored[sheet][cell].hyperlink
        assert link.id is None
        return link.location.split("!")

    start = next(c for row in stored["Übersicht"].iter_rows() for c in row if c.value == HANAU)
    formula = formulas["Übersicht"][f"C{start.row}"].value
    assert formula.startswith('=HYPERLINK("#Meilensteine!C')
    assert formula.endswith('","✓ erreicht")')
    sheet, cell = formula.split('"')[1].removeprefix("#").split("!")
    row = stored[sheet][cell].row
    assert (sheet, stored[sheet][cell].value, stored[sheet].cell(row, 1).value) == (
        "Meilensteine",
        "MS1.1",
        HANAU,
    )
    assert target_of(sheet, cell) == ["Übersicht", f"C{start.row}"]
    origins, at = target_of(sheet, f"F{row}")
    there = stored[origins][at]
    assert (origins, there.value, stored[origins].cell(there.row, 1).value) == ("Herkunft", "MS1.1a", HANAU)
    assert target_of(origins, at) == [sheet, f"F{row}"]


def test_counts_add_up_to_the_roster(stored: Workbook, rules: Rules) -> None:
    labels = {w.label for w in MILESTONE_WORDS.values()}
    rows = [r for r in stored["Übersicht"].iter_rows(values_only=True) if r[0] in labels]
    assert [sum(r[c] for r in rows) for c in range(2, 18)] == [len(rules.roster)] * 16
    reached = next(r for r in rows if r[0] == "✓ erreicht")
    assert reached[2:6] == (1, 1, 0, 0)  # Hanau alone: MS1.1 and MS1.2


def test_submissions_are_counted(stored: Workbook) -> None:
    sheet = stored["Übersicht"]
    counts = {
        r[15]: r[17]
        for r in sheet.iter_rows(values_only=True)
        if isinstance(r[17], int) and isinstance(r[15], str)
    }
    assert counts == {
        "Dateien eingegangen": 6,
        "✓ angenommen": 3,
        "✗ zurückgewiesen": 2,
        "✓ erledigt": 0,
        "» ersetzt": 1,
        "≡ Dublette": 0,
        "« früher": 0,
        "⊘ zurückgezogen": 0,
        "□ keine Abgabe": 5,
    }


def test_chart_has_alternative_text(content: bytes) -> None:
    with ZipFile(BytesIO(content)) as archive:
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert 'descr="Gestapelte Säulen' in drawing
    assert "MS1.1: " in drawing
    assert "stacked" in chart


def test_every_picture_has_an_alternative_text(content: bytes) -> None:
    with ZipFile(BytesIO(content)) as archive:
        drawings = [archive.read(n).decode() for n in archive.namelist() if "drawings/drawing" in n]
    listed = [p for d in drawings for p in re.findall(r"<xdr:cNvPr [^>]*>", d)]
    assert len(listed) >= 3
    assert all(re.search(r'descr="[^"]{40,}"', p) for p in listed)


# --- Zielwerte ----------------------------------------------------------------------------------------


def test_share_just_below_its_threshold(stored: Workbook, formulas: Workbook) -> None:
    row = target(stored, HANAU, "Z1.2")  # 40 of 60; 70 % of 60 are 42
    assert (row["Zähler"], row["Nenner"], row["Wert"], row["Schwelle"]) == (40, 60, 40 / 60, 0.7)
    assert (row["Abstand"], row["Abstand in Worten"], row["Status"]) == (2, "es fehlen 2 Personen", "offen")
    live = target(formulas, HANAU, "Z1.2")
    assert live["Wert"].startswith("=F")
    assert live["Abstand"].startswith("=MAX(0,")


def test_share_exactly_on_its_threshold(stored: Workbook) -> None:
    row = target(stored, KARBEN, "Z1.2")  # 42 of 60
    assert (row["Wert"], row["Abstand"], row["Status"]) == (0.7, 0, "erreicht")


def test_counts_and_their_words(stored: Workbook) -> None:
    assert target(stored, HANAU, "Z1.4")["Abstand in Worten"] == "es fehlt 1 Kontakt"  # 29 of 30
    assert target(stored, KARBEN, "Z1.4")["Status"] == "erreicht"
    assert target(stored, HANAU, "Z1.4")["Projektjahr"] == "2025/26"


def test_unreported_figure_says_why(stored: Workbook) -> None:
    row = target(stored, HANAU, "Z1.3")
    assert (row["Zähler"], row["Wert"], row["Status"]) == (None, None, "nicht bewertbar")
    assert row["Abstand in Worten"] == "leer ohne Leermeldung: Blatt „Bedarfe“"
    assert target(stored, NIDDA, "Z1.2")["Status"] == "keine gültige Abgabe"


def test_project_sums_and_never_a_mean(stored: Workbook, formulas: Workbook) -> None:
    row = target(stored, "Projekt", "Z1.2")  # (40 + 42) of (60 + 60); 84 are needed
    assert (row["Zähler"], row["Nenner"], row["Wert"]) == (82, 120, 82 / 120)
    assert row["Kommune"] == "1 von 8 erreicht"
    assert row["Abstand in Worten"] == "es fehlen 2 Personen; bewertet: 2 von 8"
    assert row["Daten bis"].date() == date(2026, 6, 30)
    live = target(formulas, "Projekt", "Z1.2")
    assert all(str(live[c]).startswith("=") for c in ("Kommune", "Zähler", "Nenner", "Wert", "Abstand"))
    assert target(stored, "Projekt", "Z1.4")["Zähler"] == 59
    assert target(stored, "Projekt", "Z2.7")["Kommune"] == "Projektleitung"


def test_stored_values_equal_the_results(stored: Workbook, outcome: Outcome) -> None:
    results = {(r.ags, t.nr, t.year or "gesamt"): t for r in outcome.results for t in r.targets}
    rows = [r for r in records(stored["Zielwerte"], "AGS") if str(r["AGS"]).isdigit()]
    assert len(rows) == len(results)
    for row in rows:
        result = results[row["AGS"], row["Nr."], row["Projektjahr"]]
        assert (row["Zähler"], row["Nenner"]) == (result.numerator, result.denominator)
        assert row["Wert"] == (None if result.value is None else float(result.value))
        assert row["Status"] == TARGET_WORDS[result.status].text
    assert target(stored, KARBEN, "Z1.2")["Bestand vom"].date() == date(2026, 1, 31)
    for row, found in zip(records(stored["Zielwerte"], "AGS"), outcome.project.targets, strict=False):
        assert (row["AGS"], row["Nr."], row["Zähler"], row["Nenner"]) == (
            "Projekt",
            found.nr,
            found.numerator,
            found.denominator,
        )
        assert row["Wert"] == (None if found.value is None else float(found.value))


@pytest.mark.parametrize(
    ("threshold", "numerator", "denominator", "expected"),
    [
        (Fraction(7, 10), 42, 60, 0),
        (Fraction(7, 10), 41, 60, 1),
        (Fraction(55, 100), 54, 100, 1),  # 0.55 * 100 is more than 55 in binary floats
        (Fraction(55, 100), 55, 100, 0),
        (Fraction(7, 10), 0, 3, 3),  # 2.1 persons are 3
        (30, 29, None, 1),
        (30, 31, None, 0),
    ],
)
def test_gap_is_exact(
    threshold: Fraction | int, numerator: int, denominator: int | None, expected: int
) -> None:
    assert missing_count(threshold, numerator, denominator) == expected


def test_gap_in_words(rules: Rules) -> None:
    share = next(t for t in rules.targets if t.id == "Z1.2")
    assert [shortfall_words(share, n) for n in (0, 1, 14)] == [
        "Schwelle erreicht",
        "es fehlt 1 Person",
        "es fehlen 14 Personen",
    ]


# --- Meilensteine, Abgaben, Prüfprotokoll -------------------------------------------------------------


def test_criterion_row(stored: Workbook) -> None:
    row = one(records(stored["Meilensteine"], "AGS"), AGS=HANAU, Kriterium="MS1.1d")
    assert (row["Meilenstein"], row["Soll"], row["Ist"]) == ("MS1.1", 1, 1)
    assert (row["Status des Meilensteins"], row["Status des Kriteriums"]) == ("erreicht", "erfüllt")
    assert row["Nachweise"] == "NW-001"
    assert row["Erreicht am"].isoformat() == "2026-03-02T00:00:00"


def test_rows_without_criteria(stored: Workbook) -> None:
    rows = records(stored["Meilensteine"], "AGS")
    undefined = one(rows, AGS=HANAU, Meilenstein="MS4.1–4.4")
    assert (undefined["Status des Meilensteins"], undefined["Kriterium"]) == ("nicht festgelegt", None)
    absent = one(rows, AGS=NIDDA, Meilenstein="MS1.1")
    assert absent["Status des Meilensteins"] == "keine gültige Abgabe"


def test_submission_rows_add_up(stored: Workbook) -> None:
    rows = records(stored["Abgaben"], "AGS")
    hanau = one(rows, Datei="hanau.xlsx")
    # 1 stock + 29 contacts + 1 event + 2 units + 3 criteria + 1 evidence; no number of its 40 persons
    assert (hanau["Zeilen gelesen"], hanau["Zeilen übernommen"], hanau["Zeilen nicht übernommen"]) == (
        37,
        37,
        0,
    )
    assert (hanau["Freigabe"], hanau["Stand"], hanau["Runde"]) == ("gegeben", "angenommen", "abgegeben")
    assert "Amtsleitung" not in texts(stored["Abgaben"])
    nidda = one(rows, Datei="nidda.xlsx")
    assert (nidda["Stand"], nidda["Zeilen gelesen"], nidda["Zeilen übernommen"]) == ("zurückgewiesen", 0, 0)
    assert (nidda["Zeilen nicht übernommen"], nidda["Runde"]) == (0, "zurückgewiesen")
    assert one(rows, Datei="karben_1.xlsx")["Stand"] == "ersetzt"
    assert sum(r["Stand"] == "keine Abgabe" for r in rows) == 5
    assert "~$hanau.xlsx" not in texts(stored["Abgaben"])  # what comes later must not change the report


ROUND = [
    "Runde zum 30.06.2026, Abgabe bis 31.07.2026",
    "✓ abgegeben (3): Projektleitung, Hanau, Karben",
    "✗ zurückgewiesen (1): Nidda",
    "□ ausstehend (5): Bad Homburg v. d. Höhe, Oberursel (Taunus), Bad Nauheim, Büdingen, Friedberg (Hessen)",
]


def test_the_round_stands_above_the_files(stored: Workbook) -> None:
    """Of the project lead and seven municipalities on the list."""
    shown = [stored["Abgaben"].cell(row, 1).value for row in range(2, 6)]
    assert shown == ROUND


def test_substitute_is_marked(outcome: Outcome) -> None:
    marked = tuple(replace(s, substitute=s.workbook.file == "hanau.xlsx") for s in outcome.submissions)
    book = load_workbook(BytesIO(summary_bytes(replace(outcome, submissions=marked))))
    rows = records(book["Abgaben"], "AGS")
    assert one(rows, Datei="hanau.xlsx")["Anmerkung"].startswith("ersatzweise")


def test_all_findings_and_what_was_not_checked(stored: Workbook, outcome: Outcome) -> None:
    rows = records(stored["Prüfprotokoll"], "Schweregrad")
    listed = [r for r in rows if r["Regel"]]
    assert len(listed) == sum(len(s.workbook.findings) for s in outcome.submissions)
    wrong = [r for r in listed if r["Datei"] == "nidda.xlsx" and r["Schweregrad"] == "Fehler"]
    assert [(r["Blatt"], r["Zelle"], r["Spalte"], r["Regel"]) for r in wrong] == [
        ("Personen", None, "Angesprochen am", "P02"),  # no row of a person stands in the report
        ("Personen", None, "Bedarf erfasst am", "P02"),
    ]
    assert [r["Anzahl"] for r in wrong] == [3, 3]  # one each: rounded, and never 0
    refused = one([r for r in rows if r["Schweregrad"] == "nicht geprüft"], Datei="=kaputt.xlsx")
    assert refused["Befund"] == "Nur die Datei selbst wurde geprüft, nicht ihr Inhalt."


# --- Regelwerk ----------------------------------------------------------------------------------------


def test_every_wording_stands_verbatim_in_the_rulebook(stored: Workbook, rules: Rules) -> None:
    rows = records(stored["Regelwerk"], "Nr.")
    required = [*rules.targets, *rules.evidence, *rules.criteria, *rules.milestones]
    for requirement in required:
        assert one(rows, **{"Nr.": requirement.id})["Wortlaut der Quelle"] == requirement.text
    wordings = {r["Wortlaut der Quelle"] for r in rows}
    assert {g.text for g in rules.project.target_groups.groups} <= wordings


def test_how_each_kind_is_decided(stored: Workbook) -> None:
    rows = records(stored["Regelwerk"], "Nr.")
    decided = {r["Nr."]: r["Wie entschieden wird"] for r in rows}
    assert decided["Z1.2"] == (
        "Anteil: Zahl der Zeilen im Blatt „Personen“ mit „Zugang am“ und „Bedarf erfasst am“ bis zum Tag der Daten, "
        "„Abgang am“ leer oder später, „Aufenthaltspapier geprüft“ = ja, geteilt durch die letzte „Anzahl“ im Blatt "
        "„Bestand“ („Stichtag“ bis zum Tag der Daten); mindestens 70 %, verglichen ohne Rundung."
    )
    assert decided["Z1.4"] == (
        "Anzahl: Zeilen im Blatt „Kontakte“ mit „Datum“ im jeweiligen Projektjahr, bis zum Tag der Daten; mindestens 30."
    )
    assert decided["MS3.1a"].startswith("Jede Zeile: Im Blatt „Verwaltung“")
    assert decided["Z2.7"].startswith("Aus der Arbeitsmappe der Projektleitung. Anzahl:")
    assert "Es zählen nur Zeilen mit „Nachweis-Nr.“" in decided["MS1.1d"]
    assert decided["MS1.1b"].startswith("Angabe der berichtenden Stelle im Blatt „Meilensteine“")
    assert decided["MS4.1"].startswith("Nicht festgelegt")


def test_both_dates_where_text_and_timeline_disagree(stored: Workbook) -> None:
    parameters = {r["Nr."]: r["Parameter"] for r in records(stored["Regelwerk"], "Nr.")}
    assert parameters["MS1.2"].splitlines() == [
        "Text: 9 Monate nach Projektbeginn = 30.06.2026",
        "Zeitschiene: 3. Quartal 2026 (bis 30.09.2026)",
        "Text und Zeitschiene weichen ab. Es gilt der Text: 30.06.2026.",
    ]
    assert "weichen ab" in parameters["MS2.4"]
    assert "weichen ab" not in parameters["MS1.1"]


def test_open_questions_with_quotes_and_parameter(stored: Workbook, rules: Rules) -> None:
    rows = {r["Nr."]: r for r in records(stored["Regelwerk"], "Nr.")}
    for reading in rules.interpretations:
        row = rows[reading.id]
        assert (row["Fundstelle"], row["Wie entschieden wird"]) == (reading.question, reading.reading)
        assert row["Parameter"] == reading.parameter
        assert all(q in (row["Wortlaut der Quelle"] or "") for q in reading.quotes)


# --- robustness ---------------------------------------------------------------------------------------


def test_odd_texts_are_shown_and_never_stop_the_report(outcome: Outcome) -> None:
    first, second, *rest = outcome.submissions
    odd = replace(first, workbook=replace(first.workbook, file="\udcff.xlsx"))
    long = replace(second, workbook=replace(second.workbook, file="x" * 40000))
    content = summary_bytes(replace(outcome, submissions=(long, odd, *rest)))
    shown = {str(t) for t in texts(load_workbook(BytesIO(content))["Abgaben"])}
    assert "\\udcff.xlsx" in shown
    assert any(t.endswith("[gekürzt: Eine Zelle fasst nicht mehr]") and len(t) == 32767 for t in shown)


@pytest.mark.slow
def test_a_large_roster_stays_correct(outcome: Outcome, rules: Rules) -> None:
    roster = tuple(Municipality(f"06{i:06d}", f"Gemeinde {i}", "Kreis") for i in range(1, 422))
    own = next(r for r in outcome.results if r.ags == HANAU)
    results = (
        outcome.results[0],
        *(
            replace(
                own,
                ags=m.ags,
                targets=tuple(replace(t, ags=m.ags) for t in own.targets),
                milestones=tuple(replace(s, ags=m.ags) for s in own.milestones),
            )
            for m in roster
        ),
    )
    many = replace(rules, roster=roster)
    large = replace(outcome, rules=many, results=results, project=consolidate(results, many, outcome.as_of))
    book = CalamineWorkbook.from_filelike(BytesIO(summary_bytes(large)))
    overview = book.get_sheet_by_name("Übersicht").to_python()
    assert sum(str(row[0]).isdigit() for row in overview) == 421
    # The chart (11 rows) stands between the key figures (28 rows) and a matrix that is longer than a page.
    assert [overview[n][0] for n in (28, 41, 42)] == ["Stand der Meilensteine", "AGS", "06000001"]
    targets = book.get_sheet_by_name("Zielwerte").to_python()
    project = next(row for row in targets if row[0] == "Projekt" and row[2] == "Z1.2")
    assert project[5] == 40 * 421


# --- other rules and an empty folder ------------------------------------------------------------------


def test_nothing_received(rules: Rules, tmp_path: Path) -> None:
    book = load_workbook(BytesIO(summary_bytes(run(tmp_path, rules, date(2026, 6, 30)))), data_only=True)
    assert all(r["Stand"] == "keine Abgabe" for r in records(book["Abgaben"], "AGS"))
    row = target(book, "Projekt", "Z1.2")
    assert (row["Zähler"], row["Wert"], row["Status"]) == (None, None, "nicht bewertbar")
    assert row["Kommune"] == "0 von 8 erreicht"
    assert target(book, "Projekt", "Z2.7")["Status"] == "keine gültige Abgabe"


def test_more_milestones_and_another_year(folder: Path, rules: Rules) -> None:
    first = rules.measures[0]
    fifth = first.milestones[0].model_copy(update={"id": "MS1.5", "criteria": ()})
    longer = first.model_copy(update={"milestones": (*first.milestones, fifth)})
    parameters = rules.project.parameters.model_copy(update={"year_basis": "calendar_year"})
    project = rules.project.model_copy(update={"parameters": parameters})
    changed = replace(rules, measures=(longer, *rules.measures[1:]), project=project)
    book = load_workbook(BytesIO(summary_bytes(run(folder, changed))), data_only=True)
    rows = list(book["Übersicht"].iter_rows(values_only=True))
    hanau = next(row for row in rows if row[0] == HANAU)
    assert hanau[6] == "– nicht festgelegt"
    assert len(hanau) == 2 + 17
    years = {
        r["Projektjahr"]: r
        for r in records(book["Zielwerte"], "AGS")
        if r["Nr."] == "Z1.4" and r["AGS"] == HANAU
    }
    assert {y: r["Zähler"] for y, r in years.items()} == {"2025": 0, "2026": 29}


def test_a_long_explanation_runs_on_in_the_next_row() -> None:
    text = " ".join(f"Wort{i}" for i in range(900)) + "x" * 3000
    parts = pieces(text, 30)
    assert len(parts) > 2
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert all(row_height(lines(part, 30)) < 409 for part in parts)
    assert pieces("kurz", 30) == ["kurz"]


def test_an_explanation_of_many_paragraphs_is_cut_between_words() -> None:
    """Of rows of 36 lines; a line break is no place to cut, and a word that no row holds is cut anywhere."""
    assert pieces("Ein Absatz\n" * 40, 30) == [
        "Ein Absatz\n" * 35 + "Ein",
        "Absatz\n" + "Ein Absatz\n" * 4,
    ]
    first, *rest = pieces("x" * 5000, 10)
    assert lines(first, 10) == 36
    assert lines(first + "x", 10) == 37
    assert "".join([first, *rest]) == "x" * 5000
