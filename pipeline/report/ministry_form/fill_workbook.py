"""Fills a workbook form: cells that carry names (``KISI_Z1.2.value``) or stand in rules/formular.yaml.

A name of a table (``KISI_MS1.1.criteria``) stands for cells whose first row is the pattern: each cell's text
names the figure of a row (``KISI_status``). Only the XML of the cells is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from lxml import etree

from pipeline.report.ministry_form.figure_values import FigureValue, figure_text
from pipeline.report.ministry_form.form_workbook import FormPlace, FormWorkbook
from pipeline.report.ministry_form.plan import (
    PREFIX,
    Asked,
    FormError,
    FormPlan,
    asked_for,
    figure_in,
    is_for_each,
    table_asked,
)
from pipeline.report.ministry_form.row_heights import fit_rows
from pipeline.report.ministry_form.stale import drop_results, stale_cells
from pipeline.rules import FormMapping, Rules
from pipeline.rules.wording.figure_names import is_table
from pipeline.xlsx.package import Element, Package, local_name, set_text
from pipeline.xlsx.sheet_cells import SheetCells
from pipeline.xlsx.workbook import WorkbookPart

NO_FIELDS = (
    "Im Formular ist keine Zelle benannt: Vergeben Sie Namen wie „KISI_Z1.2.value“, oder nennen Sie die Zellen "
    "in formular.yaml."
)


@dataclass(frozen=True, slots=True)
class CellPlace:
    """A cell to fill. ``anchor``: the name or address it was found by; ``offset``: rows below and columns
    right of it.

    ``like``: cell of the pattern whose format it gets, in a table that grows. ``must_be_empty``: it must be
    empty in the form.
    """

    place: FormPlace
    anchor: str
    offset: tuple[int, int] = (0, 0)
    like: FormPlace | None = None
    must_be_empty: bool = False


_Entry = tuple[Asked | None, CellPlace]


def plan_workbook(name: str, data: bytes, rules: Rules) -> FormPlan:
    """Finds every cell. Raises FormError with all problems when one of them cannot be filled."""
    form = FormWorkbook(Package(data))
    names = {n: figure for n in form.names if (figure := figure_in(n)) is not None}
    mapping = _mapping_for(form, names, rules)
    for_each = not mapping.tables and is_for_each(
        [*names.values(), *(c.figure for c in mapping.cells)], rules
    )
    entries: list[_Entry] = []
    problems: list[str] = []
    for work in _finders(form, names, mapping, rules, for_each=for_each):
        try:
            found = list(work)
        except ValueError as error:
            problems.append(str(error))
            continue
        entries += found
        problems += _refusals(form, found)
    problems += _double(entries)
    if problems or not entries:
        raise FormError(problems or [NO_FIELDS])
    asked, places = zip(*entries, strict=True)
    stale = stale_cells(form, [at.place for at in places])
    return FormPlan(name, data, for_each, asked, places, tuple(sorted(names)), stale)


def _mapping_for(form: FormWorkbook, names: dict[str, str], rules: Rules) -> FormMapping:
    """The mapping of formular.yaml for this form; empty where the form names its own cells and none of the
    mapping.
    """
    mapping = rules.form or FormMapping()
    places = [*(c.cell for c in mapping.cells), *(t.start for t in mapping.tables)]
    named = {p.casefold() for p in places if "!" not in p}
    known = {n.casefold() for n in form.names}
    return FormMapping() if names and named and not named & known else mapping


def _finders(
    form: FormWorkbook, names: dict[str, str], mapping: FormMapping, rules: Rules, *, for_each: bool
) -> Iterator[Iterator[_Entry]]:
    """For each name or line of the mapping the entries it asks for; each may raise ValueError."""
    for name, figure in names.items():
        if is_table(figure):
            yield _table(form, name, figure, rules, for_each=for_each)
        else:
            yield _cell(form, name, figure, rules, for_each=for_each)
    for cell in mapping.cells:
        yield _cell(form, cell.cell, cell.figure, rules, for_each=for_each)
    for table in mapping.tables:
        yield _municipalities(form, table.start, table.columns, rules)


def _cell(form: FormWorkbook, anchor: str, figure: str, rules: Rules, *, for_each: bool) -> Iterator[_Entry]:
    yield asked_for(figure, rules, for_each=for_each), CellPlace(form.find(anchor), anchor)


def _municipalities(
    form: FormWorkbook, anchor: str, columns: Sequence[str | None], rules: Rules
) -> Iterator[_Entry]:
    """A table of formular.yaml: from its first cell on a row per municipality."""
    start = form.find(anchor)
    wanted = [(i, c) for i, c in enumerate(columns) if c is not None]
    for down, row in enumerate(table_asked("communes", [c for _, c in wanted], rules, for_each=False)):
        for (right, _), one in zip(wanted, row, strict=True):
            yield one, CellPlace(start.below(down, right), anchor, (down, right), must_be_empty=True)


def _table(form: FormWorkbook, anchor: str, figure: str, rules: Rules, *, for_each: bool) -> Iterator[_Entry]:
    """A named table: rows below one pattern row, or within the block that the name stands for."""
    sheet, (left, top, last, bottom) = form.block(anchor)
    pattern = [FormPlace(sheet, top, column) for column in range(left, last + 1)]
    wanted = [(i, c) for i, p in enumerate(pattern) if (c := figure_in(form.text(p).strip())) is not None]
    if not wanted:
        raise ValueError(
            f"Der Name „{anchor}“ bezeichnet eine Tabelle; in ihrer ersten Zeile muss als Text stehen, was in "
            f"jede Spalte soll, z. B. {PREFIX}nr und {PREFIX}status."
        )
    rows = table_asked(figure, [c for _, c in wanted], rules, for_each=for_each)
    room = bottom - top + 1
    if 1 < room < len(rows):
        raise ValueError(f"Die Tabelle „{anchor}“ braucht {len(rows)} Zeilen; der Name umfasst nur {room}.")
    for down in range(max(room, len(rows))):
        row: Sequence[Asked | None] = rows[down] if down < len(rows) else [None] * len(wanted)
        for (right, _), one in zip(wanted, row, strict=True):
            below = down >= room
            like = pattern[right] if room == 1 else None
            place = CellPlace(pattern[right].below(down, 0), anchor, (down, right), like, must_be_empty=below)
            yield one, place


def _refusals(form: FormWorkbook, entries: Sequence[_Entry]) -> Iterator[str]:
    for _, at in entries:
        reason = form.refusal(at.place, must_be_empty=at.must_be_empty)
        if reason is not None:
            yield f"{at.place} kann nicht ausgefüllt werden: {reason}."


def _double(entries: Sequence[_Entry]) -> Iterator[str]:
    for place, times in Counter(at.place for _, at in entries).items():
        if times > 1:
            yield f"{place} soll mehrfach ausgefüllt werden."


# --- filling ------------------------------------------------------------------------------------------


def fill_workbook(plan: FormPlan, values: Sequence[FigureValue]) -> bytes:
    """The form with its cells filled.

    Parts without such a cell, or a formula that depends on one, stay byte for byte.
    """
    form = FormWorkbook(Package(plan.data))
    package = Package(plan.data)
    sheets: dict[str, SheetCells] = {}
    grown: dict[str, list[Element]] = {}
    for at, value in zip(plan.places, values, strict=True):
        place = at.place
        if place.sheet not in sheets:
            sheets[place.sheet] = SheetCells(package.xml(form.book.part(place.sheet) or ""))
        cell = sheets[place.sheet].get(place.cell)
        if at.like is not None:
            _look_like(cell, form.cells(place.sheet)[at.like.cell])
            grown.setdefault(place.sheet, []).append(cell)
        shown = value
        if isinstance(shown, date) and cell.get("s", "0") in form.date_styles:
            shown = (shown - form.epoch).days
        _put(cell, shown)
    for sheet, cells in grown.items():
        fit_rows(form, sheets[sheet].root, cells)
    drop_results(package, form, plan.stale)
    if plan.stale and not form.calculates_on_load:
        _recalculate(package)
    return package.save()


def _look_like(cell: Element, pattern: Element) -> None:
    if style := pattern.get("s"):
        cell.set("s", style)


def _put(cell: Element, value: FigureValue) -> None:
    """Replaces the value of a cell; its format stays. A date in a cell without a date format becomes text."""
    namespace = etree.QName(cell).namespace
    for child in list(cell):
        cell.remove(child)
    if "t" in cell.attrib:
        del cell.attrib["t"]
    if value is None:
        return
    if isinstance(value, date):
        value = figure_text(value)
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        set_text(etree.SubElement(etree.SubElement(cell, f"{{{namespace}}}is"), f"{{{namespace}}}t"), value)
    else:
        etree.SubElement(cell, f"{{{namespace}}}v").text = _number(value)


def _number(value: Fraction | int) -> str:
    return repr(float(value)) if isinstance(value, Fraction) else str(value)


def _recalculate(package: Package) -> None:
    """Makes the program that opens the form recalculate it."""
    book = WorkbookPart(package)
    settings = next((e for e in book.root if local_name(e) == "calcPr"), None)
    if settings is None:
        settings = etree.Element(f"{{{book.ns}}}calcPr")
        names = [e for e in book.root if local_name(e) in ("definedNames", "externalReferences", "sheets")]
        names[-1].addnext(settings)
    settings.set("fullCalcOnLoad", "1")


# --- reading back -------------------------------------------------------------------------------------


def workbook_texts(plan: FormPlan, data: bytes) -> dict[str, str]:
    """Label of each figure of ``plan`` → its text in a workbook that was filled earlier."""
    form = FormWorkbook(Package(data))
    found = {}
    for one, at in zip(plan.asked, plan.places, strict=True):
        if one is None:
            continue
        try:
            sheet, box = form.block(at.anchor)
        except ValueError:  # not in the earlier one
            continue
        place = FormPlace(sheet, box[1], box[0]).below(*at.offset)
        found[one.label] = _text_in(form, place)
    return found


def _text_in(form: FormWorkbook, place: FormPlace) -> str:
    """Text of a cell in the notation of ``figure_text``."""
    cell = form.cells(place.sheet).get(place.cell)
    stored = next((e.text for e in cell if local_name(e) == "v"), None) if cell is not None else None
    if cell is None or cell.get("t", "n") != "n" or not stored:
        return form.text(place) or figure_text(None)
    number, style = Fraction(stored), cell.get("s", "0")
    if style in form.date_styles:
        return figure_text(form.epoch + timedelta(days=int(number)))
    share = style in form.percent_styles or number.denominator != 1
    return figure_text(number if share else int(number))


def workbook_names(data: bytes) -> set[str]:
    """Names that a workbook asks for."""
    return {name for name in FormWorkbook(Package(data)).names if figure_in(name) is not None}
