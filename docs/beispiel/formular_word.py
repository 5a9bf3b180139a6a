"""The invented Word form that is filled for each municipality; ``formular.py`` writes it.

Its content controls carry the tags that say what they want, as Word writes them: plain text controls, and
repeating sections around the rows of tables.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import count
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SPACES = (
    f'xmlns:w="{W}" xmlns:r="{OFFICE}" xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="w15"'
)
LINES = (
    ("Kommune", "name"),
    ("Amtlicher Gemeindeschlüssel", "ags"),
    ("Landkreis", "district"),
    ("Stand des Berichts", "as_of"),
    ("Daten bis", "data_as_of"),
    ("Abgabe", "submission"),
)
CRITERIA = (
    ("Nr.", "nr", 900),
    ("Kriterium", "text", 3900),
    ("Stand", "status", 1500),
    ("Erreicht am", "reached_on", 1300),
    ("Nachweise", "evidence", 1800),
)
TARGETS = (
    ("Nr.", "nr", 800),
    ("Zielwert", "text", 4100),
    ("Jahr", "year", 1000),
    ("Wert", "value", 1100),
    ("Schwelle", "threshold", 1000),
    ("Stand", "status", 1400),
)
EVIDENCE = (
    ("Nr.", "nr", 800),
    ("Nachweis zur Zielerreichung", "text", 4700),
    ("Frist", "due", 1300),
    ("Anzahl", "count", 900),
    ("Stand", "status", 1700),
)
_ids = count(1)


def _run(text: str, looks: str = "") -> str:
    return f'<w:r>{f"<w:rPr>{looks}</w:rPr>" if looks else ""}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _paragraph(inside: str, style: str = "Normal") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{inside}</w:p>'


def _control(figure: str, title: str) -> str:
    """A plain text control that shows its prompt."""
    prompt = _run(f"[{title}]", '<w:rStyle w:val="PlaceholderText"/>')
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{escape(title)}"/><w:tag w:val="KISI_{figure}"/><w:id w:val="{next(_ids)}"/>'
        f"<w:showingPlcHdr/><w:text/></w:sdtPr><w:sdtContent>{prompt}</w:sdtContent></w:sdt>"
    )


def _cell(inside: str, width: int, *, head: bool = False) -> str:
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="E7EEF6"/>' if head else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>{_paragraph(inside, "Zelle")}</w:tc>'


def _table(rows: str, widths: Iterator[int] | list[int]) -> str:
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    looks = '<w:tblStyle w:val="Gitter"/><w:tblW w:w="9400" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
    return f"<w:tbl><w:tblPr>{looks}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>{_paragraph('')}"


def _cover() -> str:
    rows = "".join(
        f"<w:tr>{_cell(_run(label, '<w:b/>'), 3400, head=True)}{_cell(_control(name, label), 6000)}</w:tr>"
        for label, name in LINES
    )
    return _table(rows, [3400, 6000])


def _repeated(figure: str, columns: tuple[tuple[str, str, int], ...]) -> str:
    """A table with one row of headings, and one that repeats."""
    heads = "".join(_cell(_run(title, "<w:b/>"), width, head=True) for title, _, width in columns)
    cells = "".join(_cell(_control(name, title), width) for title, name, width in columns)
    item = (
        f'<w:sdt><w:sdtPr><w:id w:val="{next(_ids)}"/><w15:repeatingSectionItem/></w:sdtPr><w:sdtContent>'
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr></w:sdtContent></w:sdt>"
    )
    rows = (
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{heads}</w:tr>"
        f'<w:sdt><w:sdtPr><w:tag w:val="KISI_{figure}"/><w:id w:val="{next(_ids)}"/><w15:repeatingSection/></w:sdtPr>'
        f"<w:sdtContent>{item}</w:sdtContent></w:sdt>"
    )
    return _table(rows, [width for _, _, width in columns])


def _milestone(nr: str) -> str:
    """A heading, a line and the criteria of one milestone."""
    line = (
        _run("Fällig am ")
        + _control(f"{nr}.due", "Frist")
        + _run(", Stand: ")
        + _control(f"{nr}.status", "Stand")
        + _run(".")
    )
    return (
        _paragraph(_run(f"Meilenstein {nr.removeprefix('MS')}"), "Heading2")
        + _paragraph(line)
        + _repeated(f"{nr}.criteria", CRITERIA)
    )


def _body() -> str:
    parts = [
        _paragraph(_run("Meldung der Kommune zum Projekt KISI"), "Title"),
        _paragraph(_run("Muster: erfunden, kein amtliches Formular", "<w:i/>")),
        _cover(),
        _paragraph(_run("Zielwerte"), "Heading1"),
        _repeated("targets", TARGETS),
        _paragraph(_run("Meilensteine der Maßnahme 1"), "Heading1"),
        *(_milestone(f"MS1.{n}") for n in range(1, 5)),
        _paragraph(_run("Nachweise zur Zielerreichung"), "Heading1"),
        _repeated("evidence", EVIDENCE),
        _paragraph(_run("Ort, Datum, Unterschrift: ______________________________")),
    ]
    page = (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId2"/><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1247" w:right="1247" w:bottom="1247" w:left="1247" w:header="624" w:footer="624" w:gutter="0"/>'
        "</w:sectPr>"
    )
    return f"{HEAD}<w:document {SPACES}><w:body>{''.join(parts)}{page}</w:body></w:document>"


def _header() -> str:
    line = _run("KISI – ") + _control("name", "Kommune") + _run(" – Stand ") + _control("as_of", "Stand")
    return f"{HEAD}<w:hdr {SPACES}>{_paragraph(line, 'Kopf')}</w:hdr>"


def _style(id_: str, name: str, looks: str, paragraph: str = "", kind: str = "paragraph") -> str:
    based = "" if id_ == "Normal" or kind != "paragraph" else '<w:basedOn w:val="Normal"/>'
    default = ' w:default="1"' if id_ == "Normal" else ""
    return (
        f'<w:style w:type="{kind}"{default} w:styleId="{id_}"><w:name w:val="{name}"/>{based}'
        f"{f'<w:pPr>{paragraph}</w:pPr>' if paragraph else ''}{f'<w:rPr>{looks}</w:rPr>' if looks else ''}</w:style>"
    )


def _styles() -> str:
    edges = "".join(
        f'<w:{e} w:val="single" w:sz="4" w:space="0" w:color="767676"/>'
        for e in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    space, apart = '<w:spacing w:after="120"/>', '<w:keepNext/><w:spacing w:before="240" w:after="80"/>'
    return (
        f'{HEAD}<w:styles {SPACES}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" '
        'w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="21"/><w:lang w:val="de-DE"/></w:rPr></w:rPrDefault>'
        "</w:docDefaults>"
        + _style("Normal", "Normal", "", space)
        + _style("Title", "Title", '<w:b/><w:sz w:val="34"/>', '<w:spacing w:after="60"/>')
        + _style("Heading1", "heading 1", '<w:b/><w:sz w:val="27"/>', f'{apart}<w:outlineLvl w:val="0"/>')
        + _style("Heading2", "heading 2", '<w:b/><w:sz w:val="23"/>', f'{apart}<w:outlineLvl w:val="1"/>')
        + _style("Zelle", "Zelle", '<w:sz w:val="19"/>', '<w:spacing w:before="20" w:after="20"/>')
        + _style("Kopf", "header", '<w:color w:val="595959"/><w:sz w:val="18"/>')
        + _style("PlaceholderText", "Placeholder Text", '<w:color w:val="666666"/>', kind="character")
        + '<w:style w:type="table" w:styleId="Gitter"><w:name w:val="Gitter"/><w:tblPr><w:tblBorders>'
        + f"{edges}</w:tblBorders></w:tblPr></w:style></w:styles>"
    )


def _types() -> str:
    base = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    parts = (("document", "document.main"), ("styles", "styles"), ("header1", "header"))
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{base}.{kind}+xml"/>' for name, kind in parts
    )
    return (
        f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/>{overrides}<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{i}" Type="{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, start=1)
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{HEAD}<Relationships xmlns="{space}">{inside}</Relationships>'


def _properties() -> str:
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Meldung der Kommune (erfundenes Muster)</dc:title>'
        "<dc:language>de-DE</dc:language></cp:coreProperties>"
    )


def own_document() -> bytes:
    """The document; the same bytes each time."""
    global _ids  # noqa: PLW0603
    _ids = count(1)
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    parts = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _relations(
            (f"{OFFICE}/officeDocument", "word/document.xml"), (core, "docProps/core.xml")
        ),
        "word/document.xml": _body(),
        "word/_rels/document.xml.rels": _relations(
            (f"{OFFICE}/styles", "styles.xml"), (f"{OFFICE}/header", "header1.xml")
        ),
        "word/styles.xml": _styles(),
        "word/header1.xml": _header(),
        "docProps/core.xml": _properties(),
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()
