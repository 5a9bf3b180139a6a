"""The XML of the parts: document type definitions, encodings, broken and odd but sound XML."""

from __future__ import annotations

import re

from tests import cell_edits
from tests.hostile import excel
from tests.hostile.variant import (
    Variant,
    accepted,
    changed,
    either,
    in_sheet,
    parts,
    refused,
    with_parts,
)

SHEET = "Bestand"
HEAD = '<?xml version="1.0" encoding="{}"?>\n'
LAUGHS = "<!DOCTYPE x [" + '<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12)
) + "]>"  # fmt: skip
FIFTY = "<v>50</v>"


def part(name: str) -> str:
    """A member without its declaration; a sheet by its title."""
    member = name if "/" in name or name.startswith("[") else cell_edits.sheet_part(name)
    return re.sub(r"<\?xml[^>]*\?>\s*", "", parts()[member].decode())


def rewritten(name: str, data: bytes | str) -> bytes:
    member = name if "/" in name or name.startswith("[") else cell_edits.sheet_part(name)
    return cell_edits.pack(parts() | {member: data if isinstance(data, bytes) else data.encode()})


def dtd(name: str, definition: str = '<!DOCTYPE x [<!ENTITY a "b">]>', before: str = "") -> bytes:
    return rewritten(name, HEAD.format("UTF-8") + before + definition + part(name))


def encoded(name: str, encoding: str, definition: str = "") -> bytes:
    """A part in another encoding, declared as such."""
    text = HEAD.format(encoding) + definition + re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), part(name))
    return rewritten(name, text.encode(encoding, "xmlcharrefreplace"))


def entity(value: str, definition: str) -> bytes:
    """A cell whose value is an entity of its own making."""
    return rewritten(SHEET, HEAD.format("UTF-8") + definition + part(SHEET).replace(FIFTY, f"<v>{value}</v>"))


def bestand(*changes: tuple[str, str]) -> bytes:
    return in_sheet(SHEET, *changes)


def value(xml: str) -> bytes:
    """Another XML in the place of the 50 in B7."""
    return bestand((FIFTY, f"<v>{xml}</v>"))


def prefixed() -> bytes:
    """All elements of a sheet with a prefix, as some libraries write them."""
    text = re.sub(r"<(/?)([a-zA-Z])", r"<\1x:\2", part(SHEET)).replace("xmlns=", "xmlns:x=", 1)
    return rewritten(SHEET, text)


def single_quotes() -> bytes:
    text = re.sub(r'(<c r)="([A-Z]+\d+)"', r"\1='\2'", part(SHEET))
    return rewritten(SHEET, text)


def attributes_in_another_order() -> bytes:
    text = re.sub(r'<c r="([A-Z]+\d+)" s="(\d+)" t="(\w+)">', r'<c t="\3" s="\2" r="\1">', part(SHEET))
    return rewritten(SHEET, text)


def spaced() -> bytes:
    """White space wherever XML allows it outside of values."""
    text = re.sub(r"<(/?)(row|c)\b([^>]*)>", r"\n  <\1\2\3\n>", part(SHEET))
    return rewritten(SHEET, text)


DEFINED = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels", "[Content_Types].xml",
           "xl/styles.xml", "xl/theme/theme1.xml", "docProps/core.xml", SHEET, "Anleitung")  # fmt: skip

VARIANTS: tuple[Variant, ...] = (
    # DTDs, wherever and however
    *(refused(f"DTD in {name}", lambda name=name: dtd(name), "D06") for name in DEFINED),  # type: ignore[misc]
    refused("DTD in the texts", lambda: excel.with_texts("<sst", "<!DOCTYPE x><sst"), "D06"),
    refused("DTD in a drawing", lambda: with_parts(xl__drawings__vmlDrawing1=None, **{"xl__drawings__v.vml": "<!DOCTYPE x><xml/>"}), "D06"),
    refused("DTD behind a long comment", lambda: dtd("xl/styles.xml", before=f"<!--{'x' * 5000}-->"), "D06"),
    refused("DTD behind a long comment in a sheet", lambda: dtd(SHEET, before=f"<!--{'x' * 5000}-->"), "D06"),
    refused("DTD in UTF-16", lambda: encoded(SHEET, "UTF-16", "<!DOCTYPE x>"), "D06"),
    refused("DTD in UTF-16 of the styles", lambda: encoded("xl/styles.xml", "UTF-16", "<!DOCTYPE x>"), "D06"),
    refused("DTD in UTF-16 without a mark", lambda: encoded(SHEET, "UTF-16-BE", "<!DOCTYPE x>"), "D06"),
    refused("billion laughs", lambda: entity("&a11;", LAUGHS), "D06", risky=True),
    refused("quadratic blow-up", lambda: entity("&a;" * 10_000, f'<!DOCTYPE x [<!ENTITY a "{"1" * 10_000}">]>'), "D06", risky=True),
    refused("entity from a file", lambda: entity("&a;", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'), "D06"),
    refused("entity from the net", lambda: entity("&a;", '<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/x">]>'), "D06"),
    refused("entity of a parameter", lambda: entity("50", '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///dev/zero"> %p;]>'), "D06"),
    refused("DTD from elsewhere", lambda: dtd("xl/workbook.xml", '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'), "D06"),
    # encodings
    either("UTF-16", lambda: encoded(SHEET, "UTF-16"), "D05"),
    either("UTF-16 of the workbook", lambda: encoded("xl/workbook.xml", "UTF-16"), "D05"),
    either("Latin-1", lambda: encoded(SHEET, "ISO-8859-1"), "D05"),
    either("Windows-1252", lambda: encoded(SHEET, "windows-1252"), "D05"),
    refused("UTF-32", lambda: encoded(SHEET, "UTF-32"), "D05 Bestand"),
    refused("UTF-7", lambda: encoded(SHEET, "UTF-7"), "D05"),
    refused("EBCDIC", lambda: encoded(SHEET, "cp037"), "D05 Bestand"),
    refused("an encoding that does not exist", lambda: rewritten(SHEET, HEAD.format("KISI-8") + part(SHEET)), "D05"),
    refused("UTF-8 that is not", lambda: rewritten(SHEET, part(SHEET).encode().replace(b"Zuweisungsliste", b"Zuweisungs\xff\xfeliste")), "D05 Bestand"),
    refused("UTF-8 of too many bytes", lambda: rewritten(SHEET, part(SHEET).encode().replace(b"Zuweisungsliste", b"Zuweisungs\xc0\xbcliste")), "D05 Bestand"),
    accepted("byte order mark", lambda: rewritten(SHEET, b"\xef\xbb\xbf" + (HEAD.format("UTF-8") + part(SHEET)).encode())),
    # broken
    refused("sheet of no bytes", lambda: rewritten(SHEET, b""), "D05 Bestand"),
    refused("sheet that ends early", lambda: rewritten(SHEET, part(SHEET)[:-2000]), "D05 Bestand"),
    refused("sheet that ends within a row", lambda: rewritten(SHEET, part(SHEET).split('<row r="7"')[0]), "D05 Bestand"),
    refused("something behind the end", lambda: rewritten(SHEET, part(SHEET) + "<x/>"), "D05 Bestand"),
    refused("elements crossed", lambda: bestand((FIFTY + "</c>", "<v>50</c></v>")), "D05 Bestand"),
    refused("attribute twice", lambda: bestand(('<c r="B7"', '<c r="B7" r="B8"')), "D05 Bestand"),
    refused("attribute without quotes", lambda: bestand(('<c r="B7"', "<c r=B7")), "D05 Bestand"),
    refused("entity that nobody defined", lambda: value("5&nbsp;0"), "D05 Bestand"),
    refused("half a surrogate", lambda: value("&#xD800;50"), "D05 Bestand"),
    refused("character that XML forbids", lambda: bestand(("Zuweisungsliste", "Zuweisungs&#1;liste")), "D05 Bestand"),
    refused("zero byte", lambda: bestand(("Zuweisungsliste", "Zuweisungs\0liste")), "D05 Bestand"),
    refused("prefix that is not declared", lambda: bestand(('<c r="B7"', '<q:c r="B7"'), (FIFTY + "</c>", FIFTY + "</q:c>")), "D05 Bestand"),
    refused("declaration not at the start", lambda: rewritten(SHEET, " " + HEAD.format("UTF-8") + part(SHEET)), "D05 Bestand"),
    refused("workbook part broken", lambda: rewritten("xl/workbook.xml", "<workbook><sheets>"), "D05"),
    refused("styles broken", lambda: rewritten("xl/styles.xml", part("xl/styles.xml")[:-900]), "D05"),
    refused("texts broken", lambda: excel.with_texts("</sst>", ""), "D05"),
    either("theme broken", lambda: rewritten("xl/theme/theme1.xml", "<theme"), "D05"),
    either("guide broken", lambda: rewritten("Anleitung", "<worksheet"), "D05"),
    # huge
    either("nested 100,000 deep", lambda: bestand(("<sheetData>", "<extLst>" + "<x>" * 100_000 + "</x>" * 100_000 + "</extLst><sheetData>")), "D05", risky=True),
    either("nested deep in the relations", lambda: rewritten("_rels/.rels", part("_rels/.rels").replace("</Relationships>", "<x>" * 100_000 + "</x>" * 100_000 + "</Relationships>")), "D05", risky=True),
    either("nested deep in a text", lambda: bestand(("<t>Zuweisungsliste</t>", "<t>Zuweisungsliste</t>" + "<r>" * 50_000 + "</r>" * 50_000)), "D05", risky=True),
    either("attribute of 20 MB", lambda: bestand(("<sheetData>", f'<sheetData x="{"y" * 20_000_000}">')), "D05", risky=True),
    either("50,000 attributes", lambda: bestand(("<sheetData>", "<sheetData " + " ".join(f'a{i}=""' for i in range(50_000)) + ">")), "D05", risky=True),
    either("50,000 namespaces", lambda: bestand(("<sheetData>", "<sheetData " + " ".join(f'xmlns:a{i}="{i}"' for i in range(50_000)) + ">")), "D05", risky=True),
    either("comment of 20 MB", lambda: bestand(("<sheetData>", f"<!--{'y' * 20_000_000}--><sheetData>")), "D05", risky=True),
    # odd, but sound
    accepted("texts in a shared list", excel.shared),
    accepted("single quotes", single_quotes),
    accepted("attributes in another order", attributes_in_another_order),
    accepted("white space between elements", spaced),
    accepted("elements with a prefix", prefixed),
    either("numbers as character references", lambda: value("&#x35;&#48;"), "D05"),
    accepted("texts as character references", lambda: bestand(("Zuweisungsliste", "&#90;uweisungsliste"))),
    accepted("comment between rows", lambda: bestand(('<row r="7"', '<!-- <row r="6"><c r="B6"><v>99</v></c></row> --><row r="7"'))),
    either("element of another namespace", lambda: bestand(("<sheetData>", '<y:sheetData xmlns:y="urn:y"><y:row/></y:sheetData><sheetData>')), "D05 Bestand"),
    accepted("extension list", lambda: bestand(("</worksheet>", '<extLst><ext uri="{1}" xmlns:x14="urn:x14"><x14:row r="9"/></ext></extLst></worksheet>'))),
    accepted("alternative content", lambda: bestand(("</worksheet>", '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="x"/></mc:AlternateContent></worksheet>'))),
    either("comment inside a number", lambda: value("5<!-- x -->0"), "D05"),
    either("comment inside a text", lambda: bestand(("Zuweisungsliste", "Zuweisungs<!-- x -->liste")), "D05"),
    either("CDATA in a number", lambda: value("<![CDATA[50]]>"), "D05"),
    either("CDATA in a text", lambda: bestand(("Zuweisungsliste", "<![CDATA[Zuweisungs]]>liste")), "D05"),
    either("instruction inside a number", lambda: value("5<?x y?>0"), "D05"),
    either("rows in an element of another namespace", lambda: bestand(('<row r="7">', '<y:row xmlns:y="urn:y" r="7"><c r="B7"><v>9</v></c></y:row><row r="7">')), "D05 Bestand!B7"),
    either("version 1.1 of XML", lambda: rewritten(SHEET, '<?xml version="1.1"?>' + part(SHEET)), "D05"),
    accepted("an unused part that is no XML", lambda: with_parts(**{"xl__x.xml": "kein XML"})),
    accepted("workbook with another order of relations", lambda: changed("_rels/.rels", ("<Relationship ", '<Relationship Id="r0" Type="urn:x" Target="x.xml"/><Relationship '))),
)  # fmt: skip
