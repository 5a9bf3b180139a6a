"""Parts are found as OOXML names them: whatever the case, the percent-encoding, the folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from lxml import etree

from pipeline.audit.verify.opened_report import read_opened
from pipeline.definitions.model import Severity
from pipeline.feedback import FEEDBACK_TITLE
from pipeline.report.ministry_form import plan_form
from pipeline.xlsx.package import Package
from pipeline.xlsx.relations import Relation, part_key, relations_in, target_part
from pipeline.xlsx.workbook import WorkbookPart
from tests import builder, expected
from tests.cell_edits import pack, plain, unpack
from tests.feedback.test_feedback import edit, marked, noted, returned

TYPES, BOOK_RELATIONS = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
CONTACT = ("Kontakte", "B5")


def renamed(data: bytes, old: str, new: str, *, referred: str | None = None) -> bytes:
    """Parts whose names begin with ``old`` begin with ``new``; ``referred``: what is written where they are meant."""
    parts = {n.replace(old, new, 1) if n.startswith(old) else n: p for n, p in unpack(data).items()}
    if referred is not None:
        short = (old.removeprefix("xl/").encode(), referred.removeprefix("xl/").encode())
        parts[TYPES] = parts[TYPES].replace(old.encode(), referred.encode())
        parts[BOOK_RELATIONS] = parts[BOOK_RELATIONS].replace(*short)
    return pack(parts)


KINDS: dict[str, Callable[[bytes], bytes]] = {
    "styles in another case": lambda data: renamed(data, "xl/styles.xml", "xl/Styles.xml"),
    "every part in capitals": lambda data: pack({n.upper(): p for n, p in unpack(data).items()}),
    "targets percent-encoded": lambda data: renamed(
        data, "xl/worksheets/", "xl/meine blätter/", referred="xl/meine%20bl%C3%A4tter/"
    ),
    "parts percent-encoded": lambda data: renamed(
        data, "xl/worksheets/", "xl/w%6Frksheets/", referred="xl/worksheets/"
    ),
    "sheets in another folder": lambda data: renamed(
        data, "xl/worksheets/", "xl/sheets/", referred="xl/sheets/"
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_is_marked_as_that_of_any_file(kind: str) -> None:
    data = KINDS[kind](edit(builder.valid(), {CONTACT: "per Brief"}))
    copy, letter = returned(data)
    assert "liegt bei" in letter
    if "percent" not in kind:  # openpyxl decodes no target, and knows no other case
        usual = {part_key(n): n for n in unpack(builder.valid())}
        plain_names = pack({usual.get(part_key(n), n): p for n, p in unpack(copy).items()})
        assert marked(plain_names) == {CONTACT: Severity.ERROR}
        assert set(noted(plain_names)) == {CONTACT}
    book = WorkbookPart(Package(copy))
    assert book.names[0] == FEEDBACK_TITLE
    part = book.worksheet("Kontakte")
    assert part is not None
    plain = WorkbookPart(Package(data))
    before = Package(data).xml(plain.worksheet("Kontakte") or "")
    assert _style(book.package.xml(part)) != _style(before)
    assert book.package.related(part, "comments") is not None


def _style(sheet: etree._Element) -> str:
    return next(c.get("s", "") for c in sheet.iter() if c.get("r") == "B5")


@pytest.mark.parametrize("kind", KINDS)
def test_form_and_verify_find_the_same_sheets(kind: str) -> None:
    names = b'</sheets><definedNames><definedName name="KISI_Z1.2.value">Kontakte!$B$5</definedName></definedNames>'
    parts = unpack(plain(builder.valid()))
    book = parts["xl/workbook.xml"].replace(b"</sheets>", names)
    data = KINDS[kind](pack(parts | {"xl/workbook.xml": book}))
    plan = plan_form("formular.xlsx", data, replace(builder.rules(), form=None))
    assert [str(at.place) for at in plan.places] == ["Kontakte!B5"]
    opened = read_opened(data)
    assert opened.sheets["Kontakte"].cells["B5"].value == "persönlich"
    assert len(opened.sheets["Personen"].cells) > 20


def test_a_sheet_of_a_chart_is_none_with_cells_wherever_it_lies() -> None:
    parts = unpack(builder.valid())
    rels = re.sub(
        rb"relationships/worksheet(\"[^>]*sheet7\.xml)", rb"relationships/chartsheet\1", parts[BOOK_RELATIONS]
    )
    rels = re.sub(rb"(sheet7\.xml\"[^>]*Type=\"[^\"]*relationships/)worksheet", rb"\1chartsheet", rels)
    assert rels != parts[BOOK_RELATIONS]
    book = WorkbookPart(Package(pack(parts | {BOOK_RELATIONS: rels})))
    assert sum(book.worksheet(title) is None for title in book.names) == 1
    assert None not in [book.part(title) for title in book.names]


def test_names_and_targets() -> None:
    assert part_key("/XL/Styles.xml") == part_key("xl/%73tyles.xml") == "xl/styles.xml"
    assert target_part("xl/worksheets/sheet1.xml", "../media/a%20b.png") == "xl/media/a b.png"
    assert target_part("xl/workbook.xml", "/docProps/app.xml") == "docProps/app.xml"
    assert target_part("", "xl/workbook.xml") == "xl/workbook.xml"
    xml = (
        '<R xmlns="u"><Relationship Id="a" Type="t/hyperlink" Target="..\\x" TargetMode="External"/><x/></R>'
    )
    assert list(relations_in(etree.fromstring(xml), "xl/a.xml")) == [
        Relation("a", "t/hyperlink", "..\\x", external=True)
    ]


def test_two_parts_of_one_name_are_refused() -> None:
    """Programs would disagree about which of them counts."""
    parts = unpack(builder.valid())
    data = pack(parts | {"xl/%73tyles.xml": parts["xl/styles.xml"]})
    assert [f.rule for f in expected.examine(data).findings] == ["D05"]


def test_relations_are_looked_up_anew_after_each_change() -> None:
    package, book = Package(builder.valid()), "xl/workbook.xml"
    before = [r.id for r in package.relations(book)]
    added = package.relate(book, "worksheet", "xl/worksheets/neu.xml", "http://example.org")
    assert [r.id for r in package.relations(book)] == [*before, added]
    assert package.related_by_id(book, added) == "xl/worksheets/neu.xml"
    package.unrelate(book, lambda r: r.id == added)
    assert [r.id for r in package.relations(book)] == before
    link = package.relate("xl/neu.xml", "hyperlink", "ignored", "http://example.org")
    (element,) = package.xml("xl/_rels/neu.xml.rels")
    element.set("TargetMode", "External")
    package.retarget("xl/neu.xml", {link}, "about:blank")
    assert package.relations("xl/neu.xml") == [
        Relation(link, "http://example.org/hyperlink", "about:blank", external=True)
    ]
    assert Package(package.save()).relations("xl/neu.xml") == package.relations("xl/neu.xml")
    package.remove("xl/neu.xml")
    assert package.relations("xl/neu.xml") == []
