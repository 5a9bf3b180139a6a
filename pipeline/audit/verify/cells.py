"""Compares a given workbook with the computed one, sheet by sheet and cell by cell; differences in German.

Our writer gives the same bytes for the same data, so a part that differs was changed, and its cells are
compared. A file saved again by a spreadsheet program has other bytes everywhere: then cells, formulas,
sheets, names, comments, links and charts are compared, and formats are not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.audit.verify.read import OpenedReport, OpenedSheet, ReportCell, normal
from pipeline.xlsx.addresses import column_letters, column_number

SIGN_OFF = "Freigabefelder"  # the defined name of the fields that people fill in
TOLERANCE = 1e-13  # programs write a number with 15 to 17 digits
LONGEST = 80
MOST_TOLD = 10_000
_FOREIGN = (
    "vbaproject", "externallinks/", "embeddings/", "activex/", "media/", "pivot", "connections.", "querytables/",
    "ctrlprops/", "customui", "macrosheets/", "dialogsheets/",
)  # fmt: skip
_BUILT_IN = "_xlnm."
_STATES = {"visible": "eingeblendet", "hidden": "ausgeblendet", "veryHidden": "tief ausgeblendet"}


@dataclass(slots=True)
class Comparison:
    """``differences`` mean: not as computed. ``resaved``: by another program, so formats are not compared."""

    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    resaved: bool = False
    cells: int = 0


def compare_workbooks(given: OpenedReport, computed: OpenedReport) -> Comparison:
    """Everything that differs. ``given`` is not trusted, ``computed`` is ours."""
    found = Comparison(cells=sum(len(s.cells) for s in computed.sheets.values()))
    changed = _changed_parts(given, computed)
    if not changed:
        return found
    found.resaved = _is_resaved(given, computed)
    structure = [*_sheets(given, computed), *_defined_names(given, computed, resaved=found.resaved)]
    found.differences += structure
    explained = set(_CONTAINERS) if structure else set()
    sign_off = _area(computed.names.get(SIGN_OFF, ""))
    for name, sheet in computed.sheets.items():
        if name in given.sheets:
            noted = len(found.notes)
            own = _sheet(given.sheets[name], sheet, found, sign_off)
            found.differences += own
            explained |= _parts_of(sheet, computed) if own or len(found.notes) > noted else set()
    found.differences += _foreign(given, computed)
    if found.resaved:
        found.notes.append(
            "Die Datei wurde mit einem anderen Programm neu gespeichert. Verglichen sind alle Zellen, Formeln, "
            "Blätter, Namen, Kommentare und Diagrammdaten, nicht aber die Formatierung."
        )
    else:
        found.differences += _unexplained(sorted(changed - explained), given, computed)
    return found


def shortened(found: Comparison) -> Comparison:
    """Not more differences than anybody reads; a file of another origin may have millions."""
    if (more := len(found.differences) - MOST_TOLD) > 0:
        found.differences[MOST_TOLD:] = [f"… und {more} weitere Abweichungen im Bericht."]
    return found


def _changed_parts(given: OpenedReport, computed: OpenedReport) -> set[str]:
    names = given.parts.keys() | computed.parts.keys()
    return {n for n in names if given.parts.get(n) != computed.parts.get(n)}


def _is_resaved(given: OpenedReport, computed: OpenedReport) -> bool:
    """Whoever saves a workbook writes every part anew and leaves a mark; whoever tampers touches single parts.

    A workbook of ours about other data differs in every sheet as well, but not in its head.
    """
    common = given.sheets.keys() & computed.sheets.keys()
    return _head(given) != _head(computed) and all(
        given.parts.get(given.sheets[n].part) != computed.parts[computed.sheets[n].part] for n in common
    )


def _head(opened: OpenedReport) -> bytes:
    return opened.parts[opened.main].partition(b"<sheets")[0]


# --- sheets and names ---------------------------------------------------------------------------------

_CONTAINERS = (
    "xl/workbook.xml", "[content_types].xml", "docprops/app.xml", "xl/_rels/workbook.xml.rels",
)  # fmt: skip


def _sheets(given: OpenedReport, computed: OpenedReport) -> Iterator[str]:
    for name in computed.sheets:
        if name not in given.sheets:
            yield f"Blatt {name}: fehlt oder wurde umbenannt."
    for name, sheet in given.sheets.items():
        if name not in computed.sheets:
            yield f"Blatt {name}: gehört nicht zum Bericht (hinzugefügt oder umbenannt)."
        elif sheet.state != computed.sheets[name].state:
            yield f"Blatt {name}: ist {_STATES.get(sheet.state, sheet.state)}, nachgerechnet {_STATES['visible']}."
    here = [n for n in given.sheets if n in computed.sheets]
    wanted = [n for n in computed.sheets if n in given.sheets]
    for position, (is_, should) in enumerate(zip(here, wanted, strict=True), start=1):
        if is_ != should:
            yield f"Blatt {is_}: steht an {position}. Stelle, dorthin gehört {should}."
            break
    if given.date1904 != computed.date1904:
        yield "Die Arbeitsmappe zählt Tage anders (Datumssystem 1904): Alle Daten sind verschoben."


def _defined_names(given: OpenedReport, computed: OpenedReport, *, resaved: bool) -> Iterator[str]:
    for name in sorted(given.names.keys() | computed.names.keys()):
        if resaved and _BUILT_IN in name:
            continue
        is_, should = given.names.get(name), computed.names.get(name)
        if is_ != should:
            yield f"Definierter Name {name}: im Bericht {_shown(is_)}, nachgerechnet {_shown(should)}."


def _foreign(given: OpenedReport, computed: OpenedReport) -> Iterator[str]:
    """Parts that none of our reports has: macros, links to other files, pictures."""
    for name in sorted(given.parts.keys() - computed.parts.keys()):
        if any(mark in name.lower() for mark in _FOREIGN):
            yield f"Dateiteil {given.written[name]}: gehört nicht zum Bericht."


def _parts_of(sheet: OpenedSheet, computed: OpenedReport) -> set[str]:
    """What a change in a sheet may touch: its own part, the shared texts and the charts."""
    charts = {n for n in computed.parts if n.startswith(("xl/charts/", "xl/drawings/"))}
    return {sheet.part, "xl/sharedstrings.xml", "xl/styles.xml"} | (charts if sheet.drawn else set())


def _unexplained(parts: Iterable[str], given: OpenedReport, computed: OpenedReport) -> Iterator[str]:
    by_part = {s.part: f" (Blatt {s.name})" for s in computed.sheets.values()}
    for name in parts:
        if name not in given.parts:
            yield f"Dateiteil {computed.written[name]}{by_part.get(name, '')}: fehlt."
        elif name not in computed.parts:
            yield f"Dateiteil {given.written[name]}: gehört nicht zum Bericht."
        else:
            yield f"Dateiteil {given.written[name]}{by_part.get(name, '')}: weicht ab (Formatierung, Aufbau oder Eigenschaften)."


# --- one sheet ----------------------------------------------------------------------------------------


def _sheet(
    given: OpenedSheet, computed: OpenedSheet, found: Comparison, sign_off: Callable[[str, str], bool]
) -> list[str]:
    told: list[str] = []
    empty = ReportCell(None, None, ())
    without_result = []
    for address in sorted(given.cells.keys() | computed.cells.keys(), key=_reading_order):
        is_, should = given.cells.get(address, empty), computed.cells.get(address, empty)
        if is_ == should or (found.resaved and _same(is_, should)):
            continue
        if found.resaved and is_.value is None and is_.formula and _same_formula(is_, should):
            without_result.append(address)
        elif should is empty and sign_off(computed.name, address):
            found.notes.append(f"Blatt {computed.name}, Zelle {address}: Freigabefeld ausgefüllt.")
        else:
            told.append(f"Blatt {computed.name}, Zelle {address}: {_difference(is_, should)}")
    if without_result:
        told.append(
            f"Blatt {computed.name}: In {len(without_result)} Zellen mit Formel fehlt der gespeicherte Wert "
            f"(die erste ist {without_result[0]})."
        )
    return told + [f"Blatt {computed.name}: {text}" for text in _around(given, computed)]


def _around(given: OpenedSheet, computed: OpenedSheet) -> Iterator[str]:
    """What is no cell: hidden rows and columns, links, comments, drawings, charts."""
    if hidden := [h for h in given.hidden if h not in computed.hidden]:
        more = f" und {len(hidden) - 1} weitere" if len(hidden) > 1 else ""
        yield f"{hidden[0]}{more} ausgeblendet."
    for what, is_, should in (
        ("Link", given.links, computed.links),
        ("Kommentar", given.comments, computed.comments),
    ):
        for address in sorted(is_.keys() | should.keys()):
            if is_.get(address) != should.get(address):
                yield f"{what} an Zelle {address}: im Bericht {_shown(is_.get(address))}, nachgerechnet {_shown(should.get(address))}."
    if given.drawn != computed.drawn:
        yield "Diagramme, Bilder oder Formen wurden hinzugefügt oder entfernt."
    elif given.series != computed.series:
        yield "Die Daten eines Diagramms weichen ab."


def _same(is_: ReportCell, should: ReportCell) -> bool:
    return _same_formula(is_, should) and _same_value(is_.value, should.value)


def _same_formula(is_: ReportCell, should: ReportCell) -> bool:
    if is_.formula is None or should.formula is None:
        return is_.formula == should.formula
    return normal(is_.formula) == normal(should.formula)


def _same_value(is_: str | float | None, should: str | float | None) -> bool:
    if isinstance(is_, float) and isinstance(should, float):
        return math.isclose(is_, should, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return (is_ or None) == (should or None) if not isinstance(is_, float) else False


def _difference(is_: ReportCell, should: ReportCell) -> str:
    if not _same_formula(is_, should):
        return f"Formel im Bericht {_formula(is_)}, nachgerechnet {_formula(should)}"
    if is_.value != should.value:
        return f"im Bericht {_shown(is_.value)}, nachgerechnet {_shown(should.value)}"
    return f"Wert {_shown(is_.value)} stimmt, aber Formatierung oder Art der Zelle wurde geändert"


def _formula(cell: ReportCell) -> str:
    return (
        f"„={_short(cell.formula)}“" if cell.formula is not None else f"keine, sondern {_shown(cell.value)}"
    )


def _shown(value: str | float | None) -> str:
    if value is None:
        return "leer"
    text = f"{value:.15g}".replace(".", ",") if isinstance(value, float) else value
    return f"„{_short(text)}“"


def _short(text: str) -> str:
    """On one line and printable; the middle is left out where it is long."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST // 2]} … {plain[-LONGEST // 2 :]}"


# --- addresses ----------------------------------------------------------------------------------------

_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]+)")
_RANGE = re.compile(r"(.+)!\$([A-Z]+)\$([0-9]+):\$([A-Z]+)\$([0-9]+)")


def _reading_order(address: str) -> tuple[int, int, str]:
    match = _ADDRESS.match(address)
    return (int(match[2]), column_number(match[1]), address) if match else (0, 0, address)


def _area(range_: str) -> Callable[[str, str], bool]:
    """Whether a cell of a sheet lies in a range such as ``SHEET!$B$2:$D$4``."""
    match = _RANGE.fullmatch(range_)
    if match is None:
        return lambda _sheet, _address: False
    sheet, left, top, right, bottom = match.groups()
    columns = {column_letters(c) for c in range(column_number(left), column_number(right) + 1)}

    def inside(name: str, address: str) -> bool:
        at = _ADDRESS.fullmatch(address)
        if at is None or normal(name) != sheet:
            return False
        return at[1] in columns and int(top) <= int(at[2]) <= int(bottom)

    return inside
