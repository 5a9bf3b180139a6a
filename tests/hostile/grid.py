"""The grid: stray cells, lying references, merges, and ways of writing a cell."""

from __future__ import annotations

import re

from tests import cell_edits
from tests.hostile import excel
from tests.hostile.variant import (
    Variant,
    accepted,
    cell,
    either,
    in_rows,
    in_sheet,
    parts,
    refused,
    rejected,
    style_of,
)

BOOK = "xl/workbook.xml"
A7, B7 = cell("Bestand", "A7"), cell("Bestand", "B7")  # 2026-06-30, 50
DATE, NUMBER = style_of(A7), style_of(B7)
ROW_7 = '<row r="7">'
STRICT = (
    ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"),
    ("http://schemas.openxmlformats.org/officeDocument/2006/", "http://purl.oclc.org/ooxml/officeDocument/"),
)  # fmt: skip


def stray(cell: str, xml: str = "<v>1</v>") -> bytes:
    row = re.sub("[A-Z]", "", cell)
    return in_rows("Bestand", f'<row r="{row}"><c r="{cell}">{xml}</c></row>')


def bestand(*changes: tuple[str, str]) -> bytes:
    return in_sheet("Bestand", *changes)


def b7(xml: str) -> bytes:
    """Another cell in the place of B7."""
    return bestand((B7, xml))


def without_references(pattern: str) -> bytes:
    text = parts()[cell_edits.sheet_part("Bestand")].decode()
    return cell_edits.pack(
        parts() | {cell_edits.sheet_part("Bestand"): re.sub(pattern, r"<\1", text).encode()}
    )


def reordered(title: str, element: str) -> bytes:
    """All rows of a sheet, or the cells of each row, the other way round."""
    name = cell_edits.sheet_part(title)
    text = parts()[name].decode()
    if element == "row":
        rows = re.findall(r"<row .*?</row>", text)
        text = text.replace("".join(rows), "".join(reversed(rows)))
    else:
        text = re.sub(r"(<row [^>]*>)(.*?)(</row>)", _cells_reversed, text)
    return cell_edits.pack(parts() | {name: text.encode()})


def _cells_reversed(match: re.Match[str]) -> str:
    return match[1] + "".join(reversed(re.findall(r"<c .*?</c>|<c [^>]*/>", match[2]))) + match[3]


def merged(reference: str) -> bytes:
    return bestand(
        ("<autoFilter", f'<mergeCells count="1"><mergeCell ref="{reference}"/></mergeCells><autoFilter')
    )


def dimension(reference: str) -> bytes:
    tag = f'<dimension ref="{reference}"/>' if reference else ""
    return bestand(('<dimension ref="A1:D7"/>', tag))


def strict() -> bytes:
    members = {}
    for name, part in parts().items():
        for transitional, other in STRICT:
            part = part.replace(transitional.encode(), other.encode())  # noqa: PLW2901
        members[name] = part
    return cell_edits.pack(members)


def since_1904() -> bytes:
    """Old Macintosh workbooks count days from 1904: the same days, numbers smaller by 1462."""
    members = parts()
    for name, part in members.items():
        if name.startswith("xl/worksheets/"):
            earlier = re.sub(r"<v>(4[5-9]\d{3})</v>", lambda m: f"<v>{int(m[1]) - 1462}</v>", part.decode())
            members[name] = earlier.encode()
    members[BOOK] = members[BOOK].replace(b"<workbookPr/>", b'<workbookPr date1904="1"/>')
    return cell_edits.pack(members)


def iso_dates() -> bytes:
    return bestand(('t="n"><v>46112</v>', 't="d"><v>2026-03-31T00:00:00</v>'))


def _without_data(title: str) -> bytes:
    name = cell_edits.sheet_part(title)
    text = re.sub(r"<sheetData>.*</sheetData>", "", parts()[name].decode(), flags=re.DOTALL)
    return cell_edits.pack(parts() | {name: text.encode()})


VARIANTS: tuple[Variant, ...] = (
    # far away
    refused("value in the last cell", lambda: stray("XFD1048576"), "D17 Bestand!XFD1048576", risky=True),
    refused("text in the last cell", lambda: stray("XFD1048576", '<is><t>x</t></is>'), "D17 Bestand!XFD1048576", risky=True),
    refused("value in the last row", lambda: stray("A1048576"), "D17 Bestand!A1048576", risky=True),
    refused("value in the last column", lambda: in_sheet("Bestand", (B7, B7 + '<c r="XFD7"><v>1</v></c>')), "D17 Bestand!XFD7", risky=True),
    accepted("value far away in a sheet that is not read", lambda: in_rows("Anleitung", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
    accepted("format alone in the last cell", lambda: in_rows("Bestand", '<row r="1048576"><c r="XFD1048576" s="1"/></row>')),
    refused("row 4294967297", lambda: stray("A4294967297"), "D05 Bestand", risky=True),
    refused("row 4294967297, in another way", lambda: in_rows("Bestand", '<row r="4294967297"><c><v>1</v></c></row>'), "D05 Bestand", risky=True),
    refused("row 18446744073709551617", lambda: stray("A18446744073709551617"), "D05 Bestand", risky=True),
    refused("column beyond XFD", lambda: stray("ZZZ9"), "D17 Bestand!ZZZ9", risky=True),
    refused("column of eight letters", lambda: stray("AAAAAAAA9"), "D05 Bestand", risky=True),
    # references
    refused("row 0", lambda: stray("A0"), "D05 Bestand"),
    refused("row of minus one", lambda: in_rows("Bestand", '<row r="-1"><c r="A-1"><v>1</v></c></row>'), "D05 Bestand"),
    refused("row of letters", lambda: bestand((ROW_7, '<row r="XFD7">')), "D05 Bestand"),
    refused("reference without a row", lambda: b7(B7.replace('"B7"', '"B"')), "D05 Bestand"),
    refused("reference without a column", lambda: b7(B7.replace('"B7"', '"7"')), "D05 Bestand"),
    refused("reference with dollars", lambda: b7(B7.replace('"B7"', '"$B$7"')), "D05 Bestand"),
    refused("reference to a range", lambda: b7(B7.replace('"B7"', '"B7:B8"')), "D05 Bestand"),
    refused("reference with a space", lambda: b7(B7.replace('"B7"', '" B7"')), "D05 Bestand"),
    refused("reference of other digits", lambda: b7(B7.replace('"B7"', '"B\u0667"')), "D05 Bestand"),
    either("reference in small letters", lambda: b7(B7.replace('"B7"', '"b7"')), "D05 Bestand"),
    either("reference that is empty", lambda: b7(B7.replace('"B7"', '""')), "D05 Bestand"),
    refused("cell in another row than its row", lambda: b7(B7.replace('"B7"', '"B6"')), "D05 Bestand!B6"),
    accepted("cells without references", lambda: without_references(r'<(c) r="[A-Z]+\d+"')),
    accepted("rows without numbers", lambda: without_references(r'<(row) r="\d+"')),
    refused("cell twice in a row", lambda: b7(B7 + B7.replace("50", "90")), "D05 Bestand!B7"),
    refused("cell twice, the same", lambda: b7(B7 + B7), "D05 Bestand!B7"),
    either("cell twice, the second empty", lambda: b7(B7 + f'<c r="B7" {NUMBER}/>'), "D05 Bestand!B7"),
    refused("cell twice in two rows", lambda: in_rows("Bestand", ROW_7 + B7.replace("50", "90") + "</row>"), "D05 Bestand!B7"),
    refused("cell twice, once without reference", lambda: b7('<c r="B7"><v>50</v></c><c r="A7"><v>46022</v></c>'), "D05 Bestand!A7"),
    either("row in two pieces", lambda: bestand((B7, "</row>" + ROW_7 + B7)), "D05"),
    either("rows upside down", lambda: reordered("Bestand", "row"), "D05"),
    either("cells from right to left", lambda: reordered("Bestand", "c"), "D05"),
    either("two lists of rows", lambda: bestand((ROW_7, "</sheetData><sheetData>" + ROW_7)), "D05 Bestand"),
    refused("no list of rows", lambda: _without_data("Bestand"), "D10 Bestand"),
    # merges, dimension
    accepted("title merged", lambda: merged("A1:D1")),
    rejected("whole grid merged", lambda: merged("A1:XFD1048576"), *(f"W24 Bestand!{c}5" for c in "ABCD")),
    rejected("records merged", lambda: merged("B5:B7"), "W24 Bestand!B6"),
    either("merge beyond the grid", lambda: merged("A1:ZZZZ99999999"), "D05", risky=True),
    accepted("dimension too small", lambda: dimension("A1")),
    accepted("dimension of the whole grid", lambda: dimension("A1:XFD1048576")),
    accepted("dimension left out", lambda: dimension("")),
    either("dimension of nonsense", lambda: dimension("Quatsch"), "D05"),
    either("dimension beyond the grid", lambda: dimension("A1:ZZZZZZZ4294967297"), "D05", risky=True),
    either("dimension upside down", lambda: dimension("D7:A1"), "D05"),
    # ways of writing a cell
    accepted("rich text", lambda: bestand(("<t>Zuweisungsliste</t>", '<r><rPr><b/></rPr><t>Zuweisungs</t></r><r><t>liste</t></r>'))),
    accepted("phonetic guide", lambda: bestand(("<t>Zuweisungsliste</t>", '<t>Zuweisungsliste</t><rPh sb="0" eb="2"><t>ツバイ</t></rPh>'))),
    accepted("rich text in the shared list", lambda: excel.with_texts("<t>Zuweisungsliste</t>", "<r><t>Zuweisungs</t></r><r><t>liste</t></r>")),
    accepted("phonetic guide in the shared list", lambda: excel.with_texts("<t>Zuweisungsliste</t>", '<t>Zuweisungsliste</t><rPh sb="0" eb="2"><t>ツ</t></rPh>')),
    rejected("shared text beyond the list", lambda: excel.with_reference('<v>{n}</v></c><c r="D7"', '<v>99999</v></c><c r="D7"'), "W15 Bestand!C7"),
    rejected("shared text of a negative number", lambda: excel.with_reference('<v>{n}</v></c><c r="D7"', '<v>-1</v></c><c r="D7"'), "W15 Bestand!C7"),
    rejected("shared text of a huge number", lambda: excel.with_reference('<v>{n}</v></c><c r="D7"', '<v>18446744073709551617</v></c><c r="D7"'), "W15 Bestand!C7"),
    rejected("shared text of no number", lambda: excel.with_reference('<v>{n}</v></c><c r="D7"', '<v>x</v></c><c r="D7"'), "W15 Bestand!C7"),
    rejected("cell of an unknown type", lambda: b7('<c r="B7" t="zzz"><v>50</v></c>'), "W15 Bestand!B7"),
    rejected("date in a format of nobody", lambda: bestand((f'<c r="A7" {DATE}', '<c r="A7" s="0"')), "W05 Bestand!A7"),
    rejected("date in a style that does not exist", lambda: bestand((f'<c r="A7" {DATE}', '<c r="A7" s="99999"')), "W05 Bestand!A7"),
    rejected("number in the format of a date", lambda: b7(B7.replace(NUMBER, DATE)), "W07 Bestand!B7"),
    accepted("dates since 1904", since_1904),
    accepted("dates as ISO text of their own type", iso_dates),
    accepted("Strict OOXML", strict),
)  # fmt: skip
