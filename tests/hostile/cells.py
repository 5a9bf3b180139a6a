"""Single cells: every entry of workbook.md, "What is mended and what is refused", and some beyond it."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

from tests import cell_edits
from tests.cell_edits import ErrorValue, Formula, Text
from tests.hostile.variant import Variant, Verdict, cell, in_sheet

DAY = (date(2026, 3, 31) - date(1899, 12, 30)).days
B7 = cell("Bestand", "B7")  # 50
NFD = unicodedata.normalize("NFD", "Zuweisungsstelle für Büdingen")


def mended(name: str, place: str, value: Any, rule: str, read: Any) -> Variant:
    return Variant(
        name, lambda: cell_edits.edited({place: value}), Verdict.ACCEPTED, (f"{rule} {place}",), {place: read}
    )


def wrong(name: str, place: str, value: Any, *rules: str) -> Variant:
    findings = tuple(f"{rule} {place}" if " " not in rule else rule for rule in rules)
    return Variant(name, lambda: cell_edits.edited({place: value}), Verdict.REJECTED, findings)


def number(name: str, xml: str, *findings: str, read: Any = None) -> Variant:
    """Another cell in the place of Bestand!B7 (Anzahl), in XML."""
    verdict = Verdict.ACCEPTED if read is not None else Verdict.REJECTED
    return Variant(
        name,
        lambda: in_sheet("Bestand", (B7, xml)),
        verdict,
        findings,
        {"Bestand!B7": read} if read is not None else {},
    )


MENDED = (
    mended("spaces around", "Angebote!B6", Text("  Gesundheit "), "M01", "Gesundheit"),
    mended("no-break space", "Angebote!B6", Text("Gesundheit\u00a0"), "M01", "Gesundheit"),
    mended("zero-width space", "Personen!A9", Text("P-\u200b0005"), "M01", "P-0005"),
    mended("tabulator around", "Bestand!C6", Text("\tZuweisungsliste"), "M01", "Zuweisungsliste"),
    mended("umlauts in two pieces", "Angebote!B6", Text(NFD), "M02", "Zuweisungsstelle für Büdingen"),
    mended("Ja", "Personen!C6", Text("Ja"), "M03", "ja"),
    mended("JA", "Verwaltung!B5", Text("JA"), "M03", "ja"),
    mended("x", "Veranstaltungen!F7", Text("x"), "M03", "ja"),
    mended("tick", "Personen!C7", Text("✓"), "M03", "ja"),
    mended("truth value", "Personen!C7", True, "M03", "ja"),
    mended("choice in another case", "Kontakte!B7", Text("DIGITAL"), "M04", "digital"),
    mended("number as text", "Schulungen!G6", Text("15"), "M05", 15),
    mended("number with ,0", "Veranstaltungen!E5", Text("12,0"), "M05", 12),
    mended("German date as text", "Personen!D9", Text("02.03.2026"), "M06", date(2026, 3, 2)),
    mended("ISO date as text", "Verwaltung!C5", Text("2026-01-14"), "M06", date(2026, 1, 14)),
    mended("AGS as a number", "Stammdaten!B5", 6440004, "M07", "06440004"),
    mended("formula with a number", "Bestand!B7", Formula("SUM(20,30)", 50), "M08", 50),
    mended("formula with a date", "Bestand!A6", Formula("TODAY()", DAY), "M08", date(2026, 3, 31)),
    mended("formula with a text", "Angebote!B6", Formula('"Gesund"&"heit"', "Gesundheit"), "M08", "Gesundheit"),
    mended("formula on another file", "Bestand!B7", Formula("[1]Tabelle1!$A$1", 50), "M08", 50),
    mended("date with a time", "Personen!D9", 46083.5, "M15", date(2026, 3, 2)),
    mended("number in a text", "Angebote!B6", 110, "M16", "110"),
    Variant("longest text", lambda: cell_edits.edited({"Angebote!K5": "a" * 32767}), Verdict.ACCEPTED, (), {"Angebote!K5": "a" * 32767}),
    Variant("text like a formula", lambda: cell_edits.edited({"Angebote!B6": Text("=1+1")}), Verdict.ACCEPTED, (), {"Angebote!B6": "=1+1"}),
    Variant("text like a command", lambda: cell_edits.edited({"Angebote!B6": Text("=cmd|' /C calc'!A0")}), Verdict.ACCEPTED, (), {"Angebote!B6": "=cmd|' /C calc'!A0"}),
    Variant("text like a script", lambda: cell_edits.edited({"Angebote!B6": Text("<script>alert(1)</script>")}), Verdict.ACCEPTED, (), {"Angebote!B6": "<script>alert(1)</script>"}),
    Variant("text like a missing value", lambda: cell_edits.edited({"Angebote!B6": Text("NA"), "Angebote!B5": Text("None"), "Angebote!B7": Text("null")}), Verdict.ACCEPTED, (), {"Angebote!B6": "NA", "Angebote!B5": "None", "Angebote!B7": "null"}),
    Variant("text beyond the basic plane", lambda: cell_edits.edited({"Angebote!B6": Text("Café 🌍 𝕂")}), Verdict.ACCEPTED, (), {"Angebote!B6": "Café 🌍 𝕂"}),
    Variant("text of several lines", lambda: cell_edits.edited({"Angebote!B6": Text("eins\nzwei")}), Verdict.ACCEPTED, (), {"Angebote!B6": "eins\nzwei"}),
    Variant("blank row between records", lambda: in_sheet("Kontakte", ('<row r="8"', '<row r="9"'), *((f'r="{c}8"', f'r="{c}9"') for c in "ABCDE")), Verdict.ACCEPTED, ("M09 Kontakte!A8",)),
)  # fmt: skip

REJECTED = (
    *(wrong(f"error {e}", "Bestand!B7", ErrorValue(e), "W01")
      for e in ("#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#GIBTSNICHT!")),
    wrong("error as the result of a formula", "Personen!E5", ErrorValue("#REF!", "A1"), "W01"),
    wrong("error in an empty column", "Bestand!D6", ErrorValue(), "W01"),
    wrong("formula without a result", "Bestand!B7", Formula("1+1"), "W02"),
    wrong("formula without a result in an optional cell", "Bestand!D6", Formula('"NW-003"'), "W02"),
    wrong("day that does not exist", "Personen!D9", Text("31.02.2026"), "W03"),
    wrong("29 February of another year", "Personen!D9", Text("29.02.2026"), "W03"),
    wrong("ambiguous date", "Personen!D9", Text("03/04/26"), "W04"),
    wrong("ambiguous date with hyphens", "Personen!D9", Text("03-04-2026"), "W04"),
    wrong("no date", "Personen!D9", Text("demnächst"), "W05"),
    wrong("date of a number", "Personen!D9", Text("46083"), "W05"),
    wrong("thousands or decimal", "Bestand!B7", Text("1.234"), "W06"),
    wrong("thousands or decimal by comma", "Bestand!B7", Text("1,234"), "W06"),
    wrong("words in a number", "Bestand!B7", Text("fünfzig"), "W07"),
    wrong("number and unit", "Bestand!B7", Text("50 Pers."), "W07"),
    wrong("half a person", "Bestand!B7", 50.5, "W07"),
    wrong("nearly fifty", "Bestand!B7", 49.99999999, "W07"),
    wrong("truth value in a number", "Bestand!B7", True, "W07"),
    wrong("less than none", "Bestand!B7", -50, "W08"),
    wrong("text too long", "Angebote!K5", "a" * 32768, "W09"),
    wrong("unknown choice", "Bestand!C6", Text("Hörensagen"), "W10"),
    wrong("a choice and more", "Bestand!C6", Text("Zuweisungsliste?"), "W10"),
    wrong("name for a key", "Personen!A9", Text("Maria Muster"), "W11"),
    wrong("key of another form", "Personen!A9", Text("P_0005"), "W12"),
    wrong("required cell empty", "Bestand!B7", None, "W13"),
    wrong("date before time", "Angebote!H6", 100, "W14"),
    wrong("date of day zero", "Angebote!H6", 0, "W05"),
    wrong("date of a negative number", "Angebote!H6", -5, "W05"),
    wrong("date beyond the calendar", "Angebote!H6", 3_000_000, "W05"),
    wrong("date beyond all numbers", "Angebote!H6", 1e300, "W05"),
    Variant("total under the table", lambda: cell_edits.edited({"Bestand!A8": Text("Summe"), "Bestand!B8": Formula("SUM(B5:B7)", 87)}), Verdict.REJECTED, ("W23 Bestand!A8",)),
)  # fmt: skip

XML = (
    number("number of nothing", '<c r="B7" t="n"><v></v></c>', "W13 Bestand!B7"),
    number("number with an exponent", '<c r="B7"><v>5E1</v></c>', read=50),
    number("number that is none", '<c r="B7"><v>NaN</v></c>', "W15 Bestand!B7"),
    number("number without end", '<c r="B7"><v>1e400</v></c>', "W15 Bestand!B7"),
    number("number infinite", '<c r="B7"><v>inf</v></c>', "W15 Bestand!B7"),
    number("number of letters", '<c r="B7"><v>5O</v></c>', "W15 Bestand!B7"),
    number("number of hexadecimal", '<c r="B7"><v>0x32</v></c>', "W15 Bestand!B7"),
    number("number with an underscore", '<c r="B7"><v>5_0</v></c>', "W15 Bestand!B7"),
    number("number of other digits", '<c r="B7"><v>٥٠</v></c>', "W15 Bestand!B7"),
    number("text of other digits", '<c r="B7" t="inlineStr"><is><t>٥٠</t></is></c>', "W07 Bestand!B7"),
    number("more people than the earth has", '<c r="B7"><v>1e300</v></c>', "W07 Bestand!B7"),
    number("error of no value", '<c r="B7" t="e"/>', "W01 Bestand!B7"),
    number("error of no text", '<c r="B7" t="e"><v></v></c>', "W01 Bestand!B7"),
    number("shared formula", '<c r="B7"><f t="shared" ref="B7:B8" si="0">25*2</f><v>50</v></c>', "M08 Bestand!B7", read=50),
    number("shared formula, a dependent", '<c r="B7"><f t="shared" si="0"/><v>50</v></c>', "M08 Bestand!B7", read=50),
    number("shared formula without a result", '<c r="B7"><f t="shared" si="0"/></c>', "W02 Bestand!B7"),
    number("array formula", '<c r="B7"><f t="array" ref="B7">SUM(B5:B6)</f><v>50</v></c>', "M08 Bestand!B7", read=50),
    number("array formula without a result", '<c r="B7"><f t="array" ref="B7">SUM(B5:B6)</f></c>', "W02 Bestand!B7"),
    number("formula whose result is nothing", '<c r="B7" t="str"><f>""</f><v></v></c>', "W13 Bestand!B7"),
    number("formula whose result is a word", '<c r="B7" t="str"><f>"viele"</f><v>viele</v></c>', "W07 Bestand!B7"),
    number("formula whose result is an error", '<c r="B7" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "W01 Bestand!B7"),
    number("formula whose result is an error as text", '<c r="B7" t="str"><f>1/0</f><v>#DIV/0!</v></c>', "W07 Bestand!B7"),
    number("formula behind its result", '<c r="B7"><v>50</v><f>25*2</f></c>', "M08 Bestand!B7", read=50),
    number("truth value that is none", '<c r="B7" t="b"><v>2</v></c>', "W15 Bestand!B7"),
    number("ISO date in a number", '<c r="B7" t="d"><v>2026-03-31</v></c>', "W07 Bestand!B7"),
)  # fmt: skip

VARIANTS: tuple[Variant, ...] = (*MENDED, *REJECTED, *XML)
