"""The blank workbooks, cell by cell, as workbook.md describes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from xlsxwriter.worksheet import Worksheet

from pipeline.definitions.sheets import TEMPLATE_VERSION
from pipeline.rules import Rules
from pipeline.template import copies_of, template_bytes, write_templates
from tests.builder import ROOT
from tests.cell_edits import unpack
from tests.computed_once import computed_afresh
from tests.expected import examine

MUNICIPALITY_SHEETS = [
    "Anleitung", "Prüfung", "Stammdaten", "Bestand", "Personen", "Bedarfe", "Angebote", "Teilnahmen", "Kontakte",
    "Veranstaltungen", "Ehrenamtliche", "Schulungen", "Schulungsteilnahmen", "Verwaltung", "Meilensteine",
    "Zielwerte", "Nachweise", "Stand", "Listen",
]  # fmt: skip
LEAD_SHEETS = [
    "Anleitung", "Prüfung", "Stammdaten", "Veranstaltungen", "Schulungen", "Meilensteine", "Zielwerte", "Nachweise",
    "Stand", "Listen",
]  # fmt: skip


def header(book: Workbook, title: str) -> list[str]:
    return [c.value for c in book[title][4] if c.value is not None]


def validation(book: Workbook, title: str, address: str):
    found = [v for v in book[title].data_validations.dataValidation if address in v.cells]
    assert len(found) == 1, f"{title}!{address} has {len(found)} validations"
    return found[0]


def choices(book: Workbook, title: str, address: str) -> list[str]:
    """The choices that the dropdown of a cell shows."""
    name = validation(book, title, address).formula1.removeprefix("=")
    sheet, cells = book.defined_names[name].value.split("!")
    return [row[0].value for row in book[sheet.strip("'")][cells.replace("$", "")]]


# --- sheets and headers -------------------------------------------------------------------------------


def test_sheets_in_order(municipality_book: Workbook, lead_book: Workbook) -> None:
    assert municipality_book.sheetnames == MUNICIPALITY_SHEETS
    assert lead_book.sheetnames == LEAD_SHEETS
    assert [s.title for s in municipality_book if s.sheet_state != "visible"] == ["Listen"]


def test_headers_carry_the_mark_of_required_columns(municipality_book: Workbook) -> None:
    assert header(municipality_book, "Personen")[:8] == [
        "Kennung*", "Zielgruppe*", "Aufenthaltspapier geprüft*", "Zugang am*", "Angesprochen am",
        "Bedarf erfasst am", "Abgang am", "Bezugsperson",
    ]  # fmt: skip
    assert header(municipality_book, "Meilensteine") == [
        "Nr.*", "Kriterium", "Fällig am", "Angabe", "Erfüllt am", "Nachweis-Nr.", "Erläuterung",
    ]  # fmt: skip
    assert header(municipality_book, "Stand") == [
        "Nr.", "Zielwert oder Kriterium", "Projektjahr", "Ist", "Soll", "Abstand", "Stand",
    ]  # fmt: skip
    assert header(municipality_book, "Prüfung") == ["Blatt", "Prüfung", "Anzahl", "Erste Zelle", "Link"]


@pytest.mark.parametrize("kind", ["kommune", "projektleitung"])
def test_every_table_has_title_help_legend_and_headers(
    rules: Rules, kind: str, request: pytest.FixtureRequest
) -> None:
    book = request.getfixturevalue("municipality_book" if kind == "kommune" else "lead_book")
    for table in rules.kinds[kind].tables:
        sheet = book[table.title]
        assert [sheet["A1"].value, sheet["A2"].value, sheet["A3"].value] == [
            table.title,
            table.help,
            "* Pflichtfeld",
        ]
        assert [h.rstrip("*") for h in header(book, table.title)] == list(table.names)
        assert sheet.auto_filter.ref.startswith("A4:")
        assert sheet.freeze_panes in {"A5", "B5"}
        assert sheet.print_title_rows == "$4:$4"
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)


def test_form_lines(municipality_book: Workbook, lead_book: Workbook, rules: Rules) -> None:
    labels = [c.value for c in municipality_book["Stammdaten"]["A"][3:12]]
    assert labels == [
        "Kommune*", "AGS*", "Landkreis", "Berichtsstichtag*", "Abgabe-Nr.*", "Integrationsguide(s)*", "E-Mail",
        "Freigegeben durch", "Freigegeben am",
    ]  # fmt: skip
    for book, kind in ((municipality_book, "kommune"), (lead_book, "projektleitung")):
        nil_returns = [c.value for c in book["Stammdaten"]["A"] if str(c.value).startswith("Leermeldung: ")]
        assert nil_returns == [f"Leermeldung: {t.title}" for t in rules.kinds[kind].tables if t.nil_return]


# --- what cells accept --------------------------------------------------------------------------------


def test_dropdowns_show_the_choices(municipality_book: Workbook, rules: Rules) -> None:
    assert choices(municipality_book, "Bestand", "C5") == [
        "Ausländerbehörde", "Meldebehörde", "Zuweisungsliste", "eigene Erhebung",
    ]  # fmt: skip
    assert choices(municipality_book, "Personen", "B5004") == [
        g.choice for g in rules.project.target_groups.groups
    ]
    assert choices(municipality_book, "Personen", "C5") == ["ja", "nein"]
    assert choices(municipality_book, "Nachweise", "F5") == [e.id for e in rules.evidence]
    assert choices(municipality_book, "Stammdaten", "B15") == ["ja"]


def test_every_choice_column_has_its_dropdown(municipality_book: Workbook, rules: Rules) -> None:
    for table in rules.kinds["kommune"].tables:
        for i, column in enumerate(table.columns, 1):
            if column.choices:
                assert choices(municipality_book, table.title, f"{get_column_letter(i)}5") == list(
                    column.choices
                )


def test_dates_numbers_keys_and_lengths(municipality_book: Workbook) -> None:
    date = validation(municipality_book, "Personen", "D5")
    assert (date.type, date.operator, date.formula1, date.formula2) == ("date", None, "18264", "49674")
    number = validation(municipality_book, "Bestand", "B5")
    assert (number.type, number.operator, number.formula1) == ("whole", "greaterThanOrEqual", "0")
    submission = validation(municipality_book, "Stammdaten", "B8")
    assert (submission.type, submission.formula1) == ("whole", "1")
    initials = validation(municipality_book, "Kontakte", "D5")
    assert (initials.type, initials.formula2) == ("textLength", "10")
    assert '"P-"' in validation(municipality_book, "Personen", "A5").formula1


def test_the_stichtag_is_chosen_from_the_plan(municipality_book: Workbook, lead_book: Workbook) -> None:
    """A day outside of the plan is taken after a question: the check tells it as a Warnung."""
    for book in (municipality_book, lead_book):
        found = validation(book, "Stammdaten", "B7")
        assert (found.type, found.errorStyle) == ("list", "warning")
        days = choices(book, "Stammdaten", "B7")
        assert (days[0], days[-1], len(days)) == (datetime(2025, 12, 31), datetime(2028, 9, 30), 12)  # noqa: DTZ001
        assert book["Stammdaten"]["B7"].value is None


def test_without_a_plan_any_day_of_the_project_is_taken(rules: Rules) -> None:
    blank = template_bytes(replace(rules, reporting_dates=()), rules.kinds["kommune"])
    found = validation(load_workbook(BytesIO(blank)), "Stammdaten", "B7")
    assert (found.type, found.formula1, found.formula2) == ("date", "45931", "47026")


def test_references_follow_the_sheet_they_name(municipality_book: Workbook) -> None:
    single, several = (
        validation(municipality_book, "Bedarfe", "B5"),
        validation(municipality_book, "Bestand", "D5"),
    )
    assert (single.type, single.formula1, single.errorStyle) == ("list", "Personen_Kennung", None)
    assert (several.type, several.formula1, several.errorStyle) == (
        "list",
        "Nachweise_Nachweis_Nr",
        "information",
    )
    assert "$A$5:INDEX(" in municipality_book.defined_names["Personen_Kennung"].value


def test_every_input_says_what_is_wanted(municipality_book: Workbook, rules: Rules) -> None:
    for table in rules.kinds["kommune"].tables:
        for i, column in enumerate(table.columns, 1):
            if table.prefill is None:
                found = validation(
                    municipality_book, table.title, f"{get_column_letter(i)}{4 + table.capacity}"
                )
                assert (found.promptTitle, found.prompt) == (column.name, column.help)
                assert found.type in {None, "none"} or found.error


def test_formats(municipality_book: Workbook) -> None:
    widths = municipality_book["Personen"].column_dimensions
    assert [widths[c].number_format for c in "ABDH"] == ["@", "General", "dd.mm.yyyy", "@"]
    assert municipality_book["Bestand"].column_dimensions["B"].number_format == "0"
    assert municipality_book["Stammdaten"]["B5"].number_format == "@"
    assert municipality_book["Stammdaten"]["B7"].number_format == "dd.mm.yyyy"


# --- who may type where -------------------------------------------------------------------------------


def test_data_cells_are_open_and_everything_else_locked(municipality_book: Workbook) -> None:
    for title in MUNICIPALITY_SHEETS:
        protection = municipality_book[title].protection
        assert protection.sheet
        assert protection.password is None
    sheet = municipality_book["Personen"]
    assert not sheet.protection.sort
    assert not sheet.protection.autoFilter
    assert not sheet.protection.formatColumns
    assert not sheet.protection.formatRows
    assert not sheet.column_dimensions["A"].protection.locked
    assert sheet["A4"].protection.locked
    assert all(sheet.row_dimensions[row].protection.locked for row in (1, 2, 3, 4))


def test_prefilled_rows_equal_the_rules(municipality_book: Workbook, rules: Rules) -> None:
    rows = list(municipality_book["Meilensteine"].iter_rows(min_row=5, max_col=4, values_only=True))
    assert rows[:2] == [
        ("MS1.1a", "Erfassung der Bedarfe von mindestens 15% der Drittstaatsangehörigen in der Kommune",
         datetime(2026, 3, 31), "wird berechnet"),  # noqa: DTZ001
        ("MS1.1b", "Bildung der Struktur für kontinuierliche Ansprache und Bedarfserfassung",
         datetime(2026, 3, 31), "bitte angeben"),  # noqa: DTZ001
    ]  # fmt: skip
    assert [r[0] for r in rows] == [c.id for c in rules.criteria_of("kommune")]
    assert "MS2.1d" not in [r[0] for r in rows]
    targets = list(municipality_book["Zielwerte"].iter_rows(min_row=5, max_col=3, values_only=True))
    assert [(r[0], r[1]) for r in targets] == [(t.id, t.text) for t in rules.targets_of("kommune")]


def test_only_attested_rows_are_open(municipality_book: Workbook) -> None:
    for title, inputs in (("Meilensteine", "EFG"), ("Zielwerte", "DEF")):
        sheet = municipality_book[title]
        entry = {"Meilensteine": "D", "Zielwerte": "C"}[title]
        for row in range(5, sheet.max_row + 1):
            wanted = sheet[f"{entry}{row}"].value == "bitte angeben"
            assert [sheet[f"{c}{row}"].protection.locked for c in inputs] == [not wanted] * 3
            assert [sheet[f"{c}{row}"].fill.fgColor.rgb == "FFD9D9D9" for c in inputs] == [not wanted] * 3
            assert sheet[f"A{row}"].protection.locked


def test_a_copy_names_its_municipality(copy_book: Workbook, municipality_book: Workbook) -> None:
    values = [copy_book["Stammdaten"][f"B{row}"] for row in (4, 5, 6)]
    assert [v.value for v in values] == ["Büdingen", "06440004", "Wetteraukreis"]
    assert all(v.protection.locked for v in values)
    stichtag = copy_book["Stammdaten"]["B7"]
    assert (stichtag.value, stichtag.protection.locked) == (datetime(2025, 12, 31), False)  # noqa: DTZ001
    assert validation(copy_book, "Stammdaten", "B7").type == "list"
    assert copy_book["Stand"]["B3"].value is not None
    blank = [municipality_book["Stammdaten"][f"B{row}"] for row in (4, 5, 6)]
    assert [(v.value, v.protection.locked) for v in blank] == [(None, False)] * 3


def test_the_project_lead_workbook(lead_book: Workbook) -> None:
    form = lead_book["Stammdaten"]
    assert [(form[c].value, form[c].protection.locked) for c in ("B4", "B5")] == [
        ("Projektleitung", True),
        ("00000000", True),
    ]
    assert [r[0].value for r in lead_book["Meilensteine"].iter_rows(min_row=5)] == ["MS2.1d", "MS2.4b"]
    assert [r[0].value for r in lead_book["Zielwerte"].iter_rows(min_row=5)] == ["Z2.7"]
    assert [r[0].value for r in lead_book["Stand"].iter_rows(min_row=5)] == ["Z2.7", "MS2.1d", "MS2.4b"]


# --- Listen, Anleitung, Stand -------------------------------------------------------------------------


def test_lists_name_the_template(municipality_book: Workbook, lead_book: Workbook, rules: Rules) -> None:
    for book, kind in ((municipality_book, "kommune"), (lead_book, "projektleitung")):
        assert [[c.value for c in row] for row in book["Listen"]["A1:B3"]] == [
            ["Vorlage", kind],
            ["Vorlagenversion", TEMPLATE_VERSION],
            ["Regelversion", rules.project.version],
        ]


def test_the_guide_quotes_the_rules_in_full(municipality_book: Workbook, rules: Rules) -> None:
    text = "\n".join(
        str(v) for row in municipality_book["Anleitung"].iter_rows(values_only=True) for v in row if v
    )
    assert rules.project.target_groups.note in text
    for group in rules.project.target_groups.groups:
        assert group.text in text
    for point in rules.evidence:
        assert point.text in text
    for table in rules.kinds["kommune"].tables:
        assert table.help in text
    assert "Schlüsselliste" in text


def test_the_guide_has_a_calendar_in_the_order_of_the_days(
    municipality_book: Workbook, lead_book: Workbook
) -> None:
    def calendar(book: Workbook) -> list[tuple[str, str]]:
        rows = [r[:3] for r in book["Anleitung"].iter_rows(values_only=True)]
        first = next(i for i, r in enumerate(rows) if r[0] == "Fristenkalender") + 2
        last = next(i for i in range(first, len(rows)) if rows[i][0] is None)
        return [(r[0], r[2]) for r in rows[first:last]]

    seen = calendar(municipality_book)
    assert seen[:4] == [
        ("31.03.2026", "MS1.1"), ("31.03.2026", "MS2.1"), ("30.04.2026", "MS3.1"), ("30.06.2026", "MS1.2"),
    ]  # fmt: skip
    assert seen[-1] == ("nicht festgelegt", "MS4.4")
    assert [n for _, n in seen].count("Nachweis N3.1") == 3
    days = [datetime.strptime(d, "%d.%m.%Y") for d, _ in seen if d[0].isdigit()]  # noqa: DTZ007
    assert days == sorted(days)
    assert calendar(lead_book)[:2] == [("31.03.2026", "MS2.1"), ("30.09.2028", "MS2.4")]


def test_state_lists_every_requirement_in_the_source_order(municipality_book: Workbook, rules: Rules) -> None:
    rows = [(r[0], r[2]) for r in municipality_book["Stand"].iter_rows(min_row=5, values_only=True)]
    numbers = list(dict.fromkeys(n for n, _ in rows))
    assert numbers[:6] == ["Z1.1", "Z1.2", "Z1.3", "Z1.4", "MS1.1a", "MS1.1b"]
    assert "MS2.1d" in numbers
    assert "MS2.4b" in numbers
    assert "Z2.7" not in numbers
    assert [y for n, y in rows if n == "Z1.4"] == ["2025/26", "2026/27", "2027/28"]
    expected = {t.id for t in rules.targets_of("kommune")} | {c.id for c in rules.criteria}
    assert set(numbers) == expected


# --- files --------------------------------------------------------------------------------------------


def formulas(book: Workbook) -> Iterator[str]:
    """Those of cells, conditional formats and validations, without the equals sign."""
    for sheet in book:
        for cell in (c for row in sheet.iter_rows() for c in row if c.data_type == "f"):
            yield str(getattr(cell.value, "text", cell.value)).removeprefix("=")
        for area in sheet.conditional_formatting:
            yield from (text for rule in area.rules for text in rule.formula)
        for one in sheet.data_validations.dataValidation:
            yield from (text for text in (one.formula1, one.formula2) if text)


def test_no_formula_needs_what_a_plain_sheet_leaves_out(
    municipality_book: Workbook, lead_book: Workbook
) -> None:
    """xlsxwriter's own sheet would put a prefix before newer functions; it finds none (``PlainSheet``)."""
    theirs = Worksheet()
    assert theirs._prepare_formula("=XLOOKUP(A1,B1:B9,C1:C9)") == "_xlfn.XLOOKUP(A1,B1:B9,C1:C9)"
    for book in (municipality_book, lead_book):
        texts = list(formulas(book))
        assert len(texts) > 500
        assert [text for text in texts if theirs._prepare_formula(text, True) != text] == []


def test_two_calls_give_the_same_bytes(rules: Rules) -> None:
    for kind in rules.kinds.values():
        with computed_afresh():
            assert template_bytes(rules, kind) == template_bytes(rules, kind)


def test_copies_differ_in_one_part_and_one_call_tells_nothing_of_another(rules: Rules) -> None:
    """The workbook is written once for all; the same municipality has the same bytes in any company."""
    own = dict(copies_of(rules, rules.roster))
    name = "KISI_06440004_Buedingen.xlsx"
    assert dict(copies_of(rules, [rules.by_ags["06440004"]])) == {name: own[name]}
    assert template_bytes(rules, rules.kinds["kommune"], rules.by_ags["06440004"]) == own[name]
    parts = [unpack(data) for data in own.values()]
    different = {n for n in parts[0] if len({p[n] for p in parts}) > 1}
    assert len(different) == 1
    read = [examine(data) for data in own.values()]
    assert [(w.ags, w.form["Kommune"], w.form["Landkreis"]) for w in read] == [
        (m.ags, m.name, m.district) for m in rules.roster
    ]


def test_the_stichtag_of_the_copies_can_be_named(rules: Rules) -> None:
    """What the workbook shows before anyone recalculates goes with it: MS1.1b waits for an entry."""
    asked = date(2026, 9, 30)
    ((_, data),) = copies_of(rules, [rules.by_ags["06440004"]], asked)
    book = load_workbook(BytesIO(data), data_only=True)
    assert book["Stammdaten"]["B7"].value.date() == asked
    assert book["Stand"]["B3"].value.date() == asked
    words = {r[0]: r[6] for r in book["Stand"].iter_rows(min_row=5, values_only=True) if r[2] != "2027/28"}
    assert (words["MS1.1a"], words["MS1.1b"], words["Z1.4"]) == ("nicht bewertbar", "offen", None)


def test_nothing_tells_who_made_it_or_when(tmp_path: Path, rules: Rules) -> None:
    for path in write_templates(rules, tmp_path):
        with ZipFile(path) as archive:
            assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = archive.read("docProps/core.xml").decode()
        assert "<dc:creator></dc:creator>" in core
        assert "2025-10-01T00:00:00Z" in core


def test_file_names(tmp_path: Path, rules: Rules) -> None:
    written = write_templates(rules, tmp_path, rules.roster)
    assert [p.name for p in written] == [
        "KISI_Vorlage_Kommune.xlsx", "KISI_Vorlage_Projektleitung.xlsx", "KISI_06415000_Hanau.xlsx",
        "KISI_06434001_Bad_Homburg_v_d_Hoehe.xlsx", "KISI_06434008_Oberursel_Taunus.xlsx",
        "KISI_06440002_Bad_Nauheim.xlsx", "KISI_06440004_Buedingen.xlsx", "KISI_06440008_Friedberg_Hessen.xlsx",
        "KISI_06440012_Karben.xlsx", "KISI_06440016_Nidda.xlsx",
    ]  # fmt: skip
    assert sorted(tmp_path.iterdir()) == sorted(written)


def members(path: Path) -> list[tuple[str, bytes]]:
    with ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def test_committed_templates_are_current(tmp_path: Path, rules: Rules) -> None:
    """If this fails: call ``kisi template`` and commit input_templates/."""
    written = write_templates(rules, tmp_path)
    committed = sorted((ROOT / "input_templates").glob("*.xlsx"))
    assert [p.name for p in committed] == sorted(p.name for p in written)
    for path in written:
        assert members(path) == members(ROOT / "input_templates" / path.name), path.name
