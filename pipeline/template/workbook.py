"""One workbook from end to end."""

from __future__ import annotations

from datetime import datetime, time
from io import BytesIO

import xlsxwriter

from pipeline.definitions.model import WorkbookKind
from pipeline.definitions.sheets import CHECK_TITLE, FORM_TITLE, GUIDE_TITLE, LISTS_TITLE, STATE_TITLE
from pipeline.rules import Municipality, Rules
from pipeline.template.book import Book
from pipeline.template.check import write_check
from pipeline.template.form import write_form
from pipeline.template.guide import write_guide
from pipeline.template.layout import Layout
from pipeline.template.lists import define_names, write_lists
from pipeline.template.state import write_state
from pipeline.template.styles import Styles
from pipeline.template.tables import write_table


def template_bytes(rules: Rules, kind: WorkbookKind, municipality: Municipality | None = None) -> bytes:
    """The blank workbook of a kind, or a municipality's own copy of it; the same bytes on every call."""
    content = BytesIO()
    file = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_urls": False})
    created = datetime.combine(rules.project.start, time())
    file.set_properties({"title": f"{rules.project.short_title} – {kind.title}", "created": created})
    kind = rules.kinds[kind.id]
    titles = (GUIDE_TITLE, FORM_TITLE, *(t.title for t in kind.tables), CHECK_TITLE, STATE_TITLE, LISTS_TITLE)
    sheets = {title: file.add_worksheet(title) for title in titles}
    write(Book(file, rules, kind, municipality, Styles(file), Layout(kind, rules), sheets))
    file.close()
    return content.getvalue()


def write(book: Book) -> None:
    """All sheets, in the order of the tabs."""
    define_names(book)
    write_guide(book)
    write_form(book)
    for area in book.layout.areas.values():
        write_table(book, area)
    write_check(book)
    write_state(book)
    write_lists(book)
    book.sheets[GUIDE_TITLE].activate()
