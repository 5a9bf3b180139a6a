"""What else people send: other formats under the name of a workbook. Content decides, not the name."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

import openpyxl

from tests import builder, cell_edits
from tests.hostile.variant import Variant, accepted, changed, refused, with_parts

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_PLAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
XML_2003 = b"""<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>"""


def ole(*streams: str) -> bytes:
    """The head of an old Office file, and the names of streams as its directory holds them."""
    return OLE + bytes(600) + b"".join(name.encode("utf-16-le") + bytes(64) for name in streams)


def office(main: str) -> bytes:
    """A package of another Office program, whose relations lead to ``main``."""
    relation = f'<Relationship Id="r" Type="{_OFFICE}" Target="{main}"/>'
    return cell_edits.pack(
        {
            "[Content_Types].xml": b"<Types/>",
            "_rels/.rels": _RELATIONS.format(relation).encode(),
            main: b"<x/>",
        }
    )


def open_document(kind: str) -> bytes:
    """As LibreOffice writes it: the type first, not deflated."""
    types = f"application/vnd.oasis.opendocument.{kind}".encode()
    return cell_edits.pack({"mimetype": types, "content.xml": b"<x/>", "META-INF/manifest.xml": b"<x/>"})


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("abgabe.xlsx"), None)
    return out.getvalue()


def foreign() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def with_macros(name: str = "xl__vbaProject.bin") -> bytes:
    return with_parts(**{name: ole("VBA")})


def binary_workbook() -> bytes:
    """.xlsb: a zip like .xlsx, the parts in Excel's binary form."""
    return with_parts(**{"_rels__.rels": _RELATIONS.format(
        f'<Relationship Id="r" Type="{_OFFICE}" Target="xl/workbook.bin"/>'), "xl__workbook.xml": None,
        "xl__workbook.bin": b"\x83\x01\x00\x80\x01\x32" + bytes(50)})  # fmt: skip


_RELATIONS_END = "</Relationships>"


def _hidden_macros() -> bytes:
    """The macro part under a harmless name: only its relation and type say what it is."""
    relation = '<Relationship Id="rIdVba" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="theme/data.bin"/>'
    return cell_edits.pack(
        cell_edits.unpack(changed("xl/_rels/workbook.xml.rels", (_RELATIONS_END, relation + _RELATIONS_END)))
        | {"xl/theme/data.bin": ole("VBA")}
    )  # fmt: skip


def _macro_sheet() -> bytes:
    """Macros of Excel 4 live in sheets of their own kind and run without a vbaProject."""
    relation = '<Relationship Id="rIdXlm" Type="http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet" Target="macrosheets/sheet1.xml"/>'
    return cell_edits.pack(
        cell_edits.unpack(changed("xl/_rels/workbook.xml.rels", (_RELATIONS_END, relation + _RELATIONS_END)))
        | {"xl/macrosheets/sheet1.xml": b'<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"/>'}
    )  # fmt: skip


VARIANTS: tuple[Variant, ...] = (
    refused("empty file", lambda: b"", "D01"),
    refused("one byte", lambda: b"P", "D01"),
    refused("two letters of a zip", lambda: b"PK", "D05"),
    refused("zip of nothing", lambda: cell_edits.pack({}), "D01"),
    refused("csv", "AGS;Kommune\n06440004;Büdingen\n".encode, "D01"),
    refused("csv of UTF-16", lambda: "AGS;Kommune\n".encode("utf-16"), "D01"),
    refused("html that Excel would open", lambda: b"<html><table><tr><td>06440004</td></tr></table></html>", "D01"),
    refused("XML of Excel 2003", lambda: XML_2003, "D01"),
    refused("pdf", lambda: b"%PDF-1.7\n" + bytes(500), "D01"),
    refused("picture", lambda: b"\x89PNG\r\n\x1a\n" + bytes(500), "D01"),
    refused("rtf", lambda: rb"{\rtf1\ansi AGS}", "D01"),
    refused("program", lambda: b"MZ" + bytes(500), "D01"),
    refused("zeros", lambda: bytes(100_000), "D01"),
    refused("gzip", lambda: gzip.compress(builder.valid(), mtime=0), "D01"),
    refused("tar", tarred, "D01"),
    refused("7z", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(500), "D01"),
    refused("xls", lambda: ole("Workbook"), "D02"),
    refused("xls of the fifties", lambda: ole("Book"), "D02"),
    refused("password", lambda: ole("EncryptionInfo", "EncryptedPackage"), "D03"),
    refused("macros", with_macros, "D04"),
    refused("macros in capitals", lambda: with_macros("xl__VBAPROJECT.BIN"), "D04"),
    refused("macros elsewhere", lambda: with_macros("xl__macros__vbaProject.bin"), "D04"),
    refused("macros under another name", _hidden_macros, "D04"),
    refused("type of a macro workbook", lambda: changed("[Content_Types].xml", (_PLAIN_TYPE, _MACRO_TYPE)), "D04"),
    refused("macro sheet of Excel 4", _macro_sheet, "D04"),
    refused("xlsb", binary_workbook, "D05"),
    refused("docx", lambda: office("word/document.xml"), "D01"),
    refused("pptx", lambda: office("ppt/presentation.xml"), "D01"),
    refused("ods", lambda: open_document("spreadsheet"), "D26"),
    refused("odt", lambda: open_document("text"), "D01"),
    refused("workbook in a zip", lambda: zipped("abgabe.xlsx", builder.valid()), "D01"),
    refused("workbook of nobody's template", foreign, "D07"),
    refused("workbook without its types", lambda: with_parts(**{"[Content_Types].xml": None}), "D01"),
    refused("workbook without relations", lambda: with_parts(**{"_rels__.rels": None}), "D05"),
    refused("workbook without its own part", lambda: with_parts(**{"xl__workbook.xml": None}), "D01"),
    refused("workbook without sheet relations", lambda: with_parts(**{"xl___rels__workbook.xml.rels": None}), "D05"),
    accepted("content of a signature", lambda: with_parts(**{"_xmlsignatures__sig1.xml": "<Signature/>"})),
)  # fmt: skip
