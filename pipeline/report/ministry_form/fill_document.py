"""Fills a Word document: content controls whose tag names a figure (``KISI_Z1.2.value``).

The tag of a table (``KISI_MS1.1.criteria``) belongs to a repeating section, or to a control around a table
row; the controls in its first row name the figures of each row (``KISI_status``). Only the parts with such
controls are changed (docs/adr/0020).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.report.ministry_form.controls import (
    controls,
    fields_in,
    figure_of,
    is_inside,
    put_text,
    repeat,
    rows_in,
    tag_of,
    text_in,
    text_parts,
    why_not,
)
from pipeline.report.ministry_form.figure_values import FigureValue, figure_text
from pipeline.report.ministry_form.plan import (
    PREFIX,
    Asked,
    FormError,
    FormPlan,
    asked_for,
    is_for_each,
    table_asked,
)
from pipeline.rules import Rules
from pipeline.rules.wording.figure_names import is_table
from pipeline.xlsx.package import Element, Package

NO_FIELDS = (
    "Im Formular ist kein Inhaltssteuerelement benannt: Geben Sie ihm ein Tag wie „KISI_Z1.2.value“ "
    "(Entwicklertools → Eigenschaften)."
)


@dataclass(frozen=True, slots=True)
class ControlPlace:
    """A content control by its number in its part; for a table with its number of rows and columns."""

    part: str
    number: int
    tag: str
    rows: int = 0
    columns: int = 0


def plan_document(name: str, data: bytes, rules: Rules) -> FormPlan:
    """Finds every control. Raises FormError with all problems when one of them cannot be filled."""
    package = Package(data)
    found = [(part, *one) for part in text_parts(package) for one in _ours(package.xml(part))]
    for_each = is_for_each([figure for _, _, _, figure in found], rules)
    asked: list[Asked] = []
    places: list[ControlPlace] = []
    problems: list[str] = []
    for part, number, control, figure in found:
        try:
            wanted, place = _wanted(
                control, ControlPlace(part, number, tag_of(control).strip()), figure, rules, for_each=for_each
            )
        except ValueError as error:
            problems.append(str(error))
            continue
        problems += _refusals(control, package.xml(part))
        asked += wanted
        places.append(place)
    if problems or not places:
        raise FormError(list(dict.fromkeys(problems)) or [NO_FIELDS])
    names = tuple(sorted({p.tag for p in places}))
    return FormPlan(name, data, for_each, tuple(asked), tuple(places), names)


def _ours(root: Element) -> Iterator[tuple[int, Element, str]]:
    """(number, control, figure) of each of our controls; those in the rows of a table belong to it."""
    tables: list[Element] = []
    for number, control in enumerate(controls(root)):
        figure = figure_of(control)
        if figure is None or is_inside(control, tables):
            continue
        if is_table(figure):
            tables.append(control)
        yield number, control, figure


def _wanted(
    control: Element, place: ControlPlace, figure: str, rules: Rules, *, for_each: bool
) -> tuple[list[Asked], ControlPlace]:
    if not is_table(figure):
        return [asked_for(figure, rules, for_each=for_each)], place
    fields = [f for e in fields_in(rows_in(control)[0]) if (f := figure_of(e)) is not None]
    if not fields:
        raise ValueError(
            f"Das Tag „{place.tag}“ bezeichnet eine Tabelle; in ihrer ersten Zeile braucht es Steuerelemente "
            f"mit Tags wie {PREFIX}nr und {PREFIX}status."
        )
    rows = table_asked(figure, fields, rules, for_each=for_each)
    sized = ControlPlace(place.part, place.number, place.tag, len(rows), len(fields))
    return [one for row in rows for one in row], sized


def _refusals(control: Element, root: Element) -> Iterator[str]:
    fields = fields_in(rows_in(control)[0]) if is_table(figure_of(control) or "") else [control]
    for field in fields:
        reason = why_not(field, root)
        if reason is not None:
            yield f"„{tag_of(field)}“ kann nicht ausgefüllt werden: {reason}."


# --- filling ------------------------------------------------------------------------------------------


def fill_document(plan: FormPlan, values: Sequence[FigureValue]) -> bytes:
    """The form with its controls filled; parts without such a control stay byte for byte."""
    package = Package(plan.data)
    left = iter(values)
    for part, places in _by_part(plan):
        known = controls(package.xml(part))  # before any row is repeated
        for place in places:
            for control in _fields(known[place.number], place):
                _put(control, next(left))
    return package.save()


def _by_part(plan: FormPlan) -> Iterator[tuple[str, list[ControlPlace]]]:
    for part in dict.fromkeys(p.part for p in plan.places):
        yield part, [p for p in plan.places if p.part == part]


def _fields(control: Element, place: ControlPlace) -> Iterator[Element]:
    if not place.columns:
        yield control
        return
    for row in repeat(control, place.rows):
        yield from row


def _put(control: Element, value: FigureValue) -> None:
    put_text(control, figure_text(value), value.isoformat() if isinstance(value, date) else None)


def document_texts(plan: FormPlan, data: bytes) -> dict[str, str]:
    """Label of each figure of ``plan`` → its text in a document that was filled earlier."""
    package = Package(data)
    there = {tag_of(c).strip(): c for part in text_parts(package) for _, c, _ in _ours(package.xml(part))}
    labels = iter([one.label if one else "" for one in plan.asked])
    found: dict[str, str] = {}
    for place in plan.places:
        wanted = [[next(labels) for _ in range(place.columns)] for _ in range(place.rows)] or [[next(labels)]]
        control = there.get(place.tag)
        if control is None:
            continue
        rows = [fields_in(row) for row in rows_in(control)] if place.columns else [[control]]
        found |= {
            label: text_in(field)
            for row, fields in zip(wanted, rows, strict=False)
            for label, field in zip(row, fields, strict=False)
        }
    return found


def document_names(data: bytes) -> set[str]:
    """Names that a document asks for."""
    package = Package(data)
    return {tag_of(c).strip() for part in text_parts(package) for _, c, _ in _ours(package.xml(part))}
