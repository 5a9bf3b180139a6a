"""The workbook and its sheets: names, order, what is hidden, what else a workbook may hold, columns."""

from __future__ import annotations

import re

from tests import cell_edits
from tests.hostile.variant import (
    Variant,
    accepted,
    changed,
    in_sheet,
    parts,
    refused,
    with_parts,
)

BOOK, RELATIONS, TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
ROW_7 = '<row r="7">'
SHEET_TAG = '<sheet xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" name="{}" sheetId="{}" r:id="{}"/>'


def bestand(*changes: tuple[str, str]) -> bytes:
    return in_sheet("Bestand", *changes)


def one_more_sheet(name: str, relation: str = "rId3", xml: str | None = None) -> bytes:
    """A sheet more in the list of sheets, with a part of its own where ``xml`` is given."""
    data = changed(
        BOOK, ("</sheets>", SHEET_TAG.format(name, 99, relation if xml is None else "rId99") + "</sheets>")
    )
    if xml is None:
        return data
    members = cell_edits.unpack(data)
    link = '<Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="/xl/worksheets/sheet99.xml" Id="rId99"/></Relationships>'
    members[RELATIONS] = members[RELATIONS].replace(b"</Relationships>", link.encode())
    override = '<Override PartName="/xl/worksheets/sheet99.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    members[TYPES] = members[TYPES].replace(b"</Types>", override.encode())
    return cell_edits.pack(members | {"xl/worksheets/sheet99.xml": xml.encode()})


NOTES = f'<worksheet xmlns="{cell_edits.MAIN}"><sheetData><row r="1"><c r="A1"><v>5</v></c></row></sheetData></worksheet>'


def external_link() -> bytes:
    """A part for another workbook, with the relationship that says what it is."""
    rels = "xl/_rels/workbook.xml.rels"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"
    relation = (
        f'<Relationship Id="rIdX" Type="{kind}" Target="externalLinks/externalLink1.xml"/></Relationships>'
    )
    related = parts()[rels].decode().replace("</Relationships>", relation)
    return with_parts(**{rels.replace("/", "__"): related, "xl__externalLinks__externalLink1.xml": LINK})


def renamed(old: str, new: str) -> bytes:
    return changed(BOOK, (f'name="{old}"', f'name="{new}"'))


def state(title: str, state: str) -> bytes:
    return re.sub(
        rf'(name="{title}" sheetId="\d+" state=)"visible"'.encode(),
        rb'\1"' + state.encode() + b'"',
        parts()[BOOK],
    )


def with_state(title: str, wanted: str) -> bytes:
    new = state(title, wanted)
    assert new != parts()[BOOK]
    return cell_edits.pack(parts() | {BOOK: new})


def shuffled_sheets() -> bytes:
    text = parts()[BOOK].decode()
    tags = re.findall(r"<sheet .*?/>", text)
    return cell_edits.pack(parts() | {BOOK: text.replace("".join(tags), "".join(reversed(tags))).encode()})


def without_sheet(title: str) -> bytes:
    text, count = re.subn(rf'<sheet [^>]*name="{title}"[^>]*/>', "", parts()[BOOK].decode())
    assert count == 1
    return cell_edits.pack(parts() | {BOOK: text.encode()})


def related(kind: str, target: str, data: str, sheet: str = "Bestand") -> bytes:
    """A part that a sheet refers to, as comments, drawings and pivot tables are."""
    rels = f"xl/worksheets/_rels/{cell_edits.sheet_part(sheet).rsplit('/', 1)[1]}.rels"
    old = parts().get(
        rels,
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>',
    )
    link = f'<Relationship Id="rIdMore" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="../{target}"/></Relationships>'
    return cell_edits.pack(
        parts() | {rels: old.replace(b"</Relationships>", link.encode()), f"xl/{target}": data.encode()}
    )


LINK = f'<externalLink xmlns="{cell_edits.MAIN}"/>'
COMMENTS = f'<comments xmlns="{cell_edits.MAIN}"><authors><author>K</author></authors><commentList><comment ref="B7" authorId="0"><text><t>99</t></text></comment></commentList></comments>'


def _chart(title: str) -> bytes:
    """The relation says that the sheet is a chart."""
    part = cell_edits.sheet_part(title)
    name = part.rsplit("/", 1)[1]
    return cell_edits.pack(
        cell_edits.unpack(changed(RELATIONS, (f'relationships/worksheet" Target="/{part}"', f'relationships/chartsheet" Target="/xl/chartsheets/{name}"')))
        | {f"xl/chartsheets/{name}": b"<chartsheet/>"}
    )  # fmt: skip


def _pushed_down(by: int) -> bytes:
    """As if somebody had inserted rows at the top."""
    name = cell_edits.sheet_part("Bestand")
    text = re.sub(r'<row r="(\d+)"', lambda m: f'<row r="{int(m[1]) + by}"', parts()[name].decode())
    text = re.sub(r'<c r="([A-Z]+)(\d+)"', lambda m: f'<c r="{m[1]}{int(m[2]) + by}"', text)
    return cell_edits.pack(parts() | {name: text.encode()})


def _swapped() -> bytes:
    numbers, sources = (
        ("Anzahl*", 30, 7, 50),
        ("Quelle*", "Ausländerbehörde", "Zuweisungsliste", "Meldebehörde"),
    )
    cells = {f"Bestand!B{row}": value for row, value in enumerate(sources, start=4)}
    return cell_edits.edited(cells | {f"Bestand!C{row}": value for row, value in enumerate(numbers, start=4)})


VARIANTS: tuple[Variant, ...] = (
    # sheets
    refused("sheet missing", lambda: without_sheet("Kontakte"), "D09"),
    refused("sheet renamed", lambda: renamed("Kontakte", "Kontaktliste"), "D24"),
    accepted("sheet in another case", lambda: renamed("Kontakte", "KONTAKTE")),
    refused("two sheets of one name", lambda: one_more_sheet("Bestand"), "D05"),
    refused("two sheets of one name with other content", lambda: one_more_sheet("Bestand", xml=NOTES), "D05"),
    refused("two sheets whose names differ in case", lambda: one_more_sheet("BESTAND", xml=NOTES), "D05"),
    accepted("two sheets whose names differ by a space", lambda: one_more_sheet(" Bestand", xml=NOTES), "M12"),
    accepted("a sheet of one's own", lambda: one_more_sheet("Notizen", xml=NOTES), "M12"),
    accepted("a copy of a sheet", lambda: one_more_sheet("Bestand (2)", xml=NOTES), "M12"),
    accepted("a broken sheet of one's own", lambda: one_more_sheet("Notizen", xml=NOTES.replace('"A1"', '"A2"').replace('r="1"', 'r="2"')), "M12"),
    refused("one part under two names", lambda: one_more_sheet("Bestand 2"), "D05"),
    refused("sheet whose part is not there", lambda: changed(RELATIONS, ("worksheets/sheet3.xml", "worksheets/nichts.xml")), "D05"),
    refused("sheet whose relation is not there", lambda: changed(BOOK, ('r:id="rId3"', 'r:id="rId333"')), "D05"),
    refused("sheet whose part lies outside", lambda: changed(RELATIONS, ("/xl/worksheets/sheet3.xml", "../../../etc/passwd")), "D05"),
    refused("sheet that is a chart", lambda: _chart("Bestand"), "D09"),
    accepted("sheets in another order", shuffled_sheets),
    accepted("sheet hidden", lambda: with_state("Bestand", "hidden")),
    accepted("sheet deeply hidden", lambda: with_state("Bestand", "veryHidden")),
    accepted("list shown", lambda: changed(BOOK, ('name="Listen" sheetId="19" state="hidden"', 'name="Listen" sheetId="19" state="visible"'))),
    # rows and columns
    accepted("rows hidden", lambda: bestand((ROW_7, '<row r="7" hidden="1">')), "M13 Bestand!A7"),
    accepted("rows hidden, in words", lambda: bestand((ROW_7, '<row r="7" hidden="true">')), "M13 Bestand!A7"),
    accepted("rows filtered", lambda: bestand((ROW_7, '<row r="7" hidden="1">'), ('<autoFilter ref="A4:D504"/>', '<autoFilter ref="A4:D504"><filterColumn colId="1"><filters><filter val="30"/></filters></filterColumn></autoFilter>')), "M13 Bestand!A7"),
    accepted("rows of no height", lambda: bestand((ROW_7, '<row r="7" ht="0" customHeight="1">'))),
    accepted("title rows hidden", lambda: bestand(('<row r="1"', '<row hidden="1" r="1"'))),
    accepted("columns hidden", lambda: bestand(('min="2" max="2"', 'min="2" max="2" hidden="1"'))),
    accepted("rows grouped", lambda: bestand((ROW_7, '<row r="7" outlineLevel="1">'))),
    # what else a workbook may hold
    accepted("external link", external_link, "M14"),
    accepted("comments", lambda: related("comments", "comments1.xml", COMMENTS)),
    accepted("threaded comments", lambda: with_parts(**{"xl__threadedComments__threadedComment1.xml": "<x/>", "xl__persons__person.xml": "<x/>"})),
    accepted("pivot cache", lambda: with_parts(**{"xl__pivotCache__pivotCacheDefinition1.xml": "<x/>", "xl__pivotTables__pivotTable1.xml": "<x/>"})),
    accepted("custom XML", lambda: with_parts(**{"customXml__item1.xml": "<x/>"})),
    accepted("printer settings", lambda: with_parts(**{"xl__printerSettings__printerSettings1.bin": bytes(900)})),
    accepted("another data validation", lambda: bestand(('<dataValidations count="4">', '<dataValidations count="5"><dataValidation sqref="A1:XFD1048576" type="custom"><formula1>FALSE</formula1></dataValidation>'))),
    accepted("sheet without protection", lambda: bestand(('sheet="1"', 'sheet="0"'))),
    accepted("sheet protected by a password", lambda: bestand(("<sheetProtection ", '<sheetProtection password="CC1A" '))),
    accepted("workbook protected", lambda: changed(BOOK, ("<bookViews>", '<workbookProtection lockStructure="1"/><bookViews>'))),
    accepted("names that lead nowhere", lambda: changed(BOOK, ("<definedNames>", '<definedNames><definedName name="_xlnm.Print_Area" hidden="1">#REF!</definedName>'))),
    # columns
    refused("column missing", lambda: cell_edits.edited({"Bestand!B4": None}), "D10 Bestand"),
    refused("column twice", lambda: cell_edits.edited({"Bestand!E4": "Anzahl"}), "D11 Bestand"),
    refused("header is an error", lambda: cell_edits.edited({"Bestand!B4": cell_edits.ErrorValue()}), "D10 Bestand"),
    refused("header below row 50", lambda: _pushed_down(60), "D10 Bestand"),
    accepted("header lower down", lambda: _pushed_down(20)),
    accepted("columns swapped", _swapped, "M10 Bestand!B4"),
    accepted("column of one's own", lambda: cell_edits.edited({"Bestand!E4": "Bemerkung", "Bestand!E5": "etwa"}), "M11 Bestand!E4"),
    accepted("column without header", lambda: cell_edits.edited({"Bestand!F6": "etwa"}), "M11 Bestand!F4"),
    refused("label missing in Stammdaten", lambda: cell_edits.edited({"Stammdaten!A5": None}), "D12 Stammdaten"),
    refused("label twice in Stammdaten", lambda: cell_edits.edited({"Stammdaten!A50": "AGS"}), "D12 Stammdaten"),
    refused("template of another year", lambda: cell_edits.edited({"Listen!B2": "99"}), "D08"),
    refused("template of somebody else", lambda: cell_edits.edited({"Listen!B1": "haushalt"}), "D07"),
)  # fmt: skip
