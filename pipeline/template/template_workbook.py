"""Makes one template workbook."""

from __future__ import annotations

from datetime import date, datetime, time
from io import BytesIO

import xlsxwriter
from lxml import etree

from pipeline.definitions.sheet_types import WorkbookKind
from pipeline.definitions.sheets import (
    CHECK_TITLE,
    FORM_TITLE,
    GUIDE_TITLE,
    LISTS_TITLE,
    MUNICIPALITY,
    STATE_TITLE,
)
from pipeline.rules import Municipality, Rules
from pipeline.template.check import block_of, write_block, write_check
from pipeline.template.form import write_form
from pipeline.template.guide import write_guide
from pipeline.template.layout import Layout
from pipeline.template.lists import define_names, write_lists
from pipeline.template.plain_sheet import PlainSheet
from pipeline.template.state import write_state
from pipeline.template.tables import write_table
from pipeline.template.template_book import Recipient, TemplateBook, known
from pipeline.template.template_styles import TemplateStyles
from pipeline.xlsx.package import Element, Package, parse_xml, set_text
from pipeline.xlsx.sheet_cells import SheetCells
from pipeline.xlsx.workbook import WorkbookPart


def template_bytes(
    rules: Rules, kind: WorkbookKind, municipality: Municipality | None = None, stichtag: date | None = None
) -> bytes:
    """The blank workbook of a kind, or a municipality's own copy; the same bytes on every call.

    ``stichtag``: reporting date filled in in an own copy; by default the first of the Berichtsplan.
    """
    if municipality is None:
        return _written(rules, kind)
    return OwnCopies(rules, stichtag).of(municipality)


class OwnCopies:
    """The own copies of many municipalities, which differ only in a few cells of Stammdaten.

    The workbook is written once with these cells empty; for each municipality one part of the package is
    rewritten, and the others are copied as packed.
    """

    def __init__(self, rules: Rules, stichtag: date | None = None) -> None:
        kind = rules.kinds[MUNICIPALITY.id]
        self._pattern = _written(
            rules, kind, Recipient(Municipality("", "", ""), stichtag or _first_stichtag(rules))
        )
        self._kind, self._layout = kind, Layout(kind, rules)
        package = Package(self._pattern)
        part = WorkbookPart(package).part(FORM_TITLE)
        assert part is not None
        self._part, self._cells = part, SheetCells(parse_xml(package.read(part)))

    def of(self, municipality: Municipality) -> bytes:
        """The copy of one municipality."""
        for label, text in known(self._kind, municipality).items():
            _set_inline(self._cells.get(self._layout.form_address(label)), text)
        package = Package(self._pattern)
        package.put(self._part, self._cells.root)
        return package.save()


def _first_stichtag(rules: Rules) -> date | None:
    return rules.reporting_dates[0].stichtag if rules.reporting_dates else None


def _set_inline(cell: Element, text: str) -> None:
    """Gives a cell an inline string, so that the shared strings stay the same."""
    for child in list(cell):
        cell.remove(child)
    namespace = etree.QName(cell).namespace
    cell.set("t", "inlineStr")
    inline = etree.SubElement(cell, f"{{{namespace}}}is")
    set_text(etree.SubElement(inline, f"{{{namespace}}}t"), text)


def _written(rules: Rules, kind: WorkbookKind, own: Recipient | None = None) -> bytes:
    content = BytesIO()
    file = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_urls": False})
    created = datetime.combine(rules.project.start, time())
    file.set_properties({"title": f"{rules.project.short_title} – {kind.title}", "created": created})
    kind = rules.kinds[kind.id]
    titles = (GUIDE_TITLE, CHECK_TITLE, FORM_TITLE, *(t.title for t in kind.tables), STATE_TITLE, LISTS_TITLE)
    sheets = {title: file.add_worksheet(title, PlainSheet) for title in titles}
    write(TemplateBook(file, rules, kind, own, TemplateStyles(file), Layout(kind, rules), sheets))
    file.close()
    return content.getvalue()


def write(book: TemplateBook) -> None:
    """Writes all sheets, in the order of the tabs."""
    define_names(book)
    block = block_of(book)
    write_guide(book)
    write_form(book, block)
    for area in book.layout.areas.values():
        write_table(book, area, block)
    write_check(book, block)
    write_state(book)
    write_lists(book)
    write_block(book, block)
    book.sheets[GUIDE_TITLE].activate()
