"""A workbook that the ministry has made, filled with figures of the report; the rest of it stays as it is.

Cells are named in the form itself (``KISI_Z1.2.value``, ``KISI_MS1.1.counts.reached``) or in
rules/formular.yaml. Everything is looked at before anything is written: ``plan_form`` finds all problems,
``fill_form`` changes the XML of the cells alone. Contract: issue 4, "The ministry's own form".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lxml import etree

from pipeline.feedback import UNUSUAL
from pipeline.reading.package import Refused, open_parts
from pipeline.report.form.places import Form, FormError, FormPlace
from pipeline.report.form.stale import drop_stale
from pipeline.report.form.values import Shown, value_of
from pipeline.rules import Rules
from pipeline.rules.wording.figure_names import FigureName, parse_figure
from pipeline.run import Outcome
from pipeline.xlsx.cells import SheetCells
from pipeline.xlsx.package import Element, Package, local_name
from pipeline.xlsx.workbook import WorkbookPart

__all__ = [
    "UNREADABLE",
    "FormError",
    "FormPlan",
    "fill_each",
    "fill_form",
    "plan_each",
    "plan_form",
    "values_of",
]

PREFIX = "KISI_"
OURS = "kisi_bericht"  # so the summary workbook is called
UNREADABLE = "Die Datei ist keine lesbare Excel-Arbeitsmappe."
NOTHING = (
    "Im Formular ist keine Zelle benannt: Vergeben Sie Namen wie „KISI_Z1.2.value“, oder nennen Sie die Zellen "
    "in formular.yaml."
)
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)


@dataclass(frozen=True)
class FormPlan:
    """A form, and what each cell is to hold: (place, figure, municipality of a table's row)."""

    name: str
    data: bytes
    entries: tuple[tuple[FormPlace, FigureName, str | None], ...]


def plan_form(name: str, data: bytes, rules: Rules) -> FormPlan:
    """Finds every cell; FormError with all problems when one of them cannot be filled.

    ``name`` is the file's name, under which the filled form will lie among the results.
    """
    if not name.lower().endswith(".xlsx") or name.lower().startswith(OURS):
        raise FormError([f"Der Dateiname muss auf .xlsx enden und darf nicht mit „{OURS}“ beginnen."])
    try:
        open_parts(data)
        form = Form(Package(data))
    except Refused as refused:
        raise FormError([refused.finding.message]) from None
    except (AssertionError, KeyError, etree.XMLSyntaxError):
        raise FormError([UNREADABLE]) from None
    entries: list[tuple[FormPlace, FigureName, str | None]] = []
    problems: list[str] = []
    for place, figure, of_table in _wanted(form, rules):
        try:
            found = _entries(form.find(place), figure, of_table, rules)
        except ValueError as error:
            problems.append(str(error))
            continue
        entries += found
        problems += _refusals(form, found, must_be_empty=of_table is not None)
    problems += _double(entries)
    if problems or not entries:
        raise FormError(problems or [NOTHING])
    return FormPlan(name, data, tuple(entries))


Columns = tuple[str | None, ...]


def _wanted(form: Form, rules: Rules) -> Iterator[tuple[str, str, Columns | None]]:
    """(name or address, figure, columns of a table) of everything that is to be filled."""
    for name in form.names:
        if name.casefold().startswith(PREFIX.casefold()):
            yield name, name[len(PREFIX) :], None
    if rules.form is not None:
        for cell in rules.form.cells:
            yield cell.cell, cell.figure, None
        for table in rules.form.tables:
            yield table.start, "", table.columns


def _entries(
    start: FormPlace, figure: str, columns: Columns | None, rules: Rules
) -> list[tuple[FormPlace, FigureName, str | None]]:
    """One cell, or for a table a row for each municipality; UnknownFigure when there is no such figure."""
    if columns is None:
        return [(start, parse_figure(figure, rules), None)]
    names = [(i, parse_figure(c, rules, in_row=True)) for i, c in enumerate(columns) if c is not None]
    return [
        (start.below(row, right), name, municipality.ags)
        for row, municipality in enumerate(rules.roster)
        for right, name in names
    ]


def _refusals(
    form: Form, entries: list[tuple[FormPlace, FigureName, str | None]], *, must_be_empty: bool
) -> Iterator[str]:
    for place, _, _ in entries:
        reason = form.refusal(place, must_be_empty=must_be_empty)
        if reason is not None:
            yield f"{place} kann nicht ausgefüllt werden: {reason}."


def _double(entries: list[tuple[FormPlace, FigureName, str | None]]) -> Iterator[str]:
    for place, times in Counter(p for p, _, _ in entries).items():
        if times > 1:
            yield f"{place} soll mehrfach ausgefüllt werden."


# --- filling ------------------------------------------------------------------------------------------


def plan_each(rules: Rules, batch: Sequence[tuple[str, bytes]]) -> list[FormPlan | list[str]]:
    """For a child: a plan for each form, or its problems."""
    done: list[FormPlan | list[str]] = []
    for name, data in batch:
        try:
            done.append(plan_form(name, data, rules))
        except FormError as error:
            done.append(error.problems)
        except UNUSUAL:
            done.append([UNREADABLE])
    return done


Filled = tuple[FormPlan, Sequence[Shown]]


def values_of(plan: FormPlan, outcome: Outcome) -> Filled:
    """A form with the values of its cells: what a child needs to fill it."""
    return plan, [value_of(name, outcome, ags) for _, name, ags in plan.entries]


def fill_form(plan: FormPlan, outcome: Outcome) -> bytes:
    """The form with its cells filled."""
    return fill_each([values_of(plan, outcome)])[0]


def fill_each(batch: Sequence[Filled]) -> list[bytes]:
    """For a child: each form with its values in its cells."""
    return [_filled(plan, values) for plan, values in batch]


def _filled(plan: FormPlan, values: Sequence[Shown]) -> bytes:
    """Parts without such a cell, or a formula that rests on one, stay byte for byte."""
    form = Form(Package(plan.data))
    package = Package(plan.data)
    dates = form.date_styles()
    sheets: dict[str, SheetCells] = {}
    for (place, _, _), value in zip(plan.entries, values, strict=True):
        if place.sheet not in sheets:
            sheets[place.sheet] = SheetCells(package.xml(form.book.part(place.sheet) or ""))
        cell = sheets[place.sheet].get(place.cell)
        shown = value
        if isinstance(shown, date) and cell.get("s", "0") in dates:
            shown = (shown - (_EPOCH_1904 if form.base_1904 else _EPOCH)).days
        _put(cell, shown)
    stale = drop_stale(package, form, [place for place, _, _ in plan.entries])
    if stale and not form.calculates_on_load:
        _recalculate(package)
    return package.save()


def _put(cell: Element, value: Shown) -> None:
    """The value in place of what was there; the cell keeps its looks. A date without a date's format is text."""
    namespace = etree.QName(cell).namespace
    for child in list(cell):
        cell.remove(child)
    if "t" in cell.attrib:
        del cell.attrib["t"]
    if value is None:
        return
    if isinstance(value, date):
        value = f"{value:%d.%m.%Y}"
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, f"{{{namespace}}}is"), f"{{{namespace}}}t")
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        text.text = value
    else:
        etree.SubElement(cell, f"{{{namespace}}}v").text = _number(value)


def _number(value: Fraction | int) -> str:
    return repr(float(value)) if isinstance(value, Fraction) else str(value)


def _recalculate(package: Package) -> None:
    """Asks the program that opens the form to calculate it anew; else old results would stand there."""
    book = WorkbookPart(package)
    settings = next((e for e in book.root if local_name(e) == "calcPr"), None)
    if settings is None:
        settings = etree.Element(f"{{{book.ns}}}calcPr")
        names = [e for e in book.root if local_name(e) in ("definedNames", "externalReferences", "sheets")]
        names[-1].addnext(settings)
    settings.set("fullCalcOnLoad", "1")
