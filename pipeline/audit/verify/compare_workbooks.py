"""Compares a given workbook with the computed one: everything that changes what a reader sees.

Our writer gives the same bytes for the same data. A file that an office program has saved again has other bytes
everywhere; then the question is whether it shows the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.audit.verify.compare_cells import CellComparison
from pipeline.audit.verify.compare_surroundings import compare_surroundings
from pipeline.audit.verify.opened_report import OpenedReport, normal
from pipeline.audit.verify.remarks import Remark, Remarks, instead, remark_lines
from pipeline.audit.verify.signoff import sign_off_notes, sign_off_of

_STATES = {"visible": "eingeblendet", "hidden": "ausgeblendet", "veryHidden": "tief ausgeblendet"}
_FILTER = "_xlnm._FilterDatabase"  # reported with the sheet
_NAMES = {"_xlnm.Print_Area": "Druckbereich", "_xlnm.Print_Titles": "Auf jeder Seite wiederholt"}
_LABELS = "MSIP_Label_"  # how Microsoft 365 marks the confidentiality of a file


@dataclass(slots=True)
class Comparison:
    """The comparison of two workbooks, as German lines.

    ``resaved``: another program has saved the given one, so comparing bytes would say nothing.
    """

    differences: list[str] = field(default_factory=list)
    uncompared: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    resaved: bool = False


def compare_workbooks(given: OpenedReport, computed: OpenedReport) -> Comparison:
    """All differences between a given workbook (untrusted) and the computed one."""
    found = Comparison()
    changed = {
        n for n in given.parts.keys() | computed.parts.keys() if given.parts.get(n) != computed.parts.get(n)
    }
    if not changed:
        return found
    remarks = workbook_remarks(given, computed)
    found.notes += sign_off_notes(given, computed)
    found.notes += remark_lines(remarks.notes) + list(_labels(given))
    found.resaved = is_resaved(given, computed)
    if found.resaved:
        found.notes.append(
            "Die Datei wurde mit einem anderen Programm neu gespeichert. Verglichen ist, was zu sehen ist: Werte, "
            "Formeln, Formate, Größen, Seiten, Diagramme, Kommentare, Links, Namen und Eigenschaften."
        )
    elif not remarks.differences and not remarks.uncompared and changed - _of_sign_off(computed):
        remarks.uncompared.append(
            Remark(
                "Die Datei wurde verändert, aber von keinem Tabellenprogramm gespeichert; zu sehen ist davon nichts."
            )
        )
    found.differences, found.uncompared = remark_lines(remarks.differences), remark_lines(remarks.uncompared)
    return found


def workbook_remarks(given: OpenedReport, computed: OpenedReport) -> Remarks:
    """All differences between two workbooks, one remark per place."""
    remarks = Remarks()
    remarks.differences += [
        *_sheets(given, computed),
        *_defined_names(given, computed),
        *_whole(given, computed),
    ]
    remarks.uncompared += (Remark(f"Die Datei enthält {text}.") for text in given.unknown)
    free = sign_off_of(computed)
    for name, sheet in computed.sheets.items():
        if name in given.sheets:
            CellComparison(given.sheets[name], given.styles, sheet, computed.styles, free.has).compare(
                remarks
            )
            compare_surroundings(given.sheets[name], sheet, remarks)
    return remarks


def _of_sign_off(computed: OpenedReport) -> set[str]:
    """Parts that change when somebody fills in the sign-off."""
    area = sign_off_of(computed)
    own = {s.part for s in computed.sheets.values() if area.sheet and normal(s.name) == area.sheet}
    return own | {"xl/sharedstrings.xml", "xl/styles.xml"}


def is_resaved(given: OpenedReport, computed: OpenedReport) -> bool:
    """Whether an office program has saved the workbook again: then every part is rewritten and the main part
    differs.

    A manipulation touches single parts; a report on other data differs in every sheet, but not in the main
    part.
    """
    common = given.sheets.keys() & computed.sheets.keys()
    return _head(given) != _head(computed) and all(
        given.parts.get(given.sheets[n].part) != computed.parts[computed.sheets[n].part] for n in common
    )


def _head(opened: OpenedReport) -> bytes:
    return opened.parts[opened.main].partition(b"<sheets")[0]


def _sheets(given: OpenedReport, computed: OpenedReport) -> Iterator[Remark]:
    for name in computed.sheets:
        if name not in given.sheets:
            yield Remark("fehlt oder wurde umbenannt.", name)
    for name, sheet in given.sheets.items():
        if name not in computed.sheets:
            yield Remark("gehört nicht zum Bericht (hinzugefügt oder umbenannt).", name)
        elif sheet.state != computed.sheets[name].state:
            yield Remark(
                f"ist {_STATES.get(sheet.state, sheet.state)}, nachgerechnet {_STATES['visible']}.", name
            )
    here = [n for n in given.sheets if n in computed.sheets]
    wanted = [n for n in computed.sheets if n in given.sheets]
    for position, (is_, should) in enumerate(zip(here, wanted, strict=True), start=1):
        if is_ != should:
            yield Remark(f"steht an {position}. Stelle, dorthin gehört {should}.", is_)
            break


def _defined_names(given: OpenedReport, computed: OpenedReport) -> Iterator[Remark]:
    for name in sorted(given.names.keys() | computed.names.keys()):
        sheet, _, last = name.rpartition("!")
        is_, should = given.names.get(name), computed.names.get(name)
        if is_ == should or last == _FILTER:
            continue
        if last in _NAMES:
            yield Remark(f"{_NAMES[last]}: {instead(is_, should)}.", sheet)
        else:
            yield Remark(f"Definierter Name {name}: {instead(is_, should)}.")


def _whole(given: OpenedReport, computed: OpenedReport) -> Iterator[Remark]:
    """Differences that concern the file as a whole."""
    for is_, should, what in (
        (given.properties, computed.properties, "Eigenschaften der Datei, "),
        (given.settings, computed.settings, "Einstellung der Arbeitsmappe, "),
    ):
        for name in sorted(is_.keys() | should.keys()):
            if is_.get(name) != should.get(name) and _LABELS not in name:
                yield Remark(f"{what}{name}: {instead(is_.get(name), should.get(name))}.")
    for text in given.foreign:
        if text not in computed.foreign:
            yield Remark(f"Die Datei enthält etwas, das nicht zum Bericht gehört: {text}.")


def _labels(given: OpenedReport) -> Iterator[str]:
    if any(_LABELS in name for name in given.properties):
        yield "Die Datei trägt eine Vertraulichkeitsbezeichnung, die ein Office-Programm vergeben hat."
