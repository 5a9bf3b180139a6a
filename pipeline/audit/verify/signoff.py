"""The sign-off of a report: fields that people filled in, and whether two persons signed.

Contract: results.md, "Kontrollsummen und Freigabe".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.audit.verify.cellwalk import EMPTY
from pipeline.audit.verify.opened_report import OpenedReport, normal
from pipeline.report.summary.tracing.control import SIGN_OFF_NAME
from pipeline.xlsx.addresses import column_letters, column_number

_RANGE = re.compile(r"(.+)!\$([A-Z]+)\$([0-9]+):\$([A-Z]+)\$([0-9]+)")
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_TITLES = re.compile(r"\b(?:dr|prof|dipl|ing|herr|frau|med|jur|phil)\b\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SignOff:
    """Cells of the sign-off: one step per row, named in the column to the left; names in the first column."""

    sheet: str = ""
    left: int = 0
    right: int = -1
    top: int = 0
    bottom: int = -1

    def has(self, sheet: str, address: str) -> bool:
        match = _ADDRESS.fullmatch(address)
        if match is None or normal(sheet) != self.sheet:
            return False
        return self.left <= column_number(match[1]) <= self.right and self.top <= int(match[2]) <= self.bottom


def sign_off_of(computed: OpenedReport) -> SignOff:
    match = _RANGE.fullmatch(computed.names.get(SIGN_OFF_NAME, ""))
    if match is None:
        return SignOff()
    sheet, left, top, right, bottom = match.groups()
    return SignOff(sheet, column_number(left), column_number(right), int(top), int(bottom))


def sign_off_notes(given: OpenedReport, computed: OpenedReport) -> list[str]:
    """German notes: which steps are signed, and names that stand in several of them."""
    area = sign_off_of(computed)
    name = next((n for n in computed.sheets if normal(n) == area.sheet), "")
    if name not in given.sheets:
        return []
    is_, should = given.sheets[name].cells, computed.sheets[name].cells
    signed: dict[str, str] = {}
    steps = []
    for row in range(area.top, area.bottom + 1):
        step = str(should.get(f"{column_letters(area.left - 1)}{row}", EMPTY).value or row)
        steps.append(step)
        entries = (
            is_.get(f"{column_letters(c)}{row}", EMPTY).value for c in range(area.left, area.right + 1)
        )
        if any(entry not in (None, "") for entry in entries):
            signed[step] = str(is_.get(f"{column_letters(area.left)}{row}", EMPTY).value or "")
    return list(_notes(signed, steps)) if signed else []


def _notes(signed: dict[str, str], steps: list[str]) -> Iterator[str]:
    open_ = [step for step in steps if step not in signed]
    yield f"Freigabe: ausgefüllt ist {_and(list(signed))}" + (f"; offen ist {_and(open_)}." if open_ else ".")
    nameless = [step for step, name in signed.items() if not name.strip()]
    if nameless:
        yield f"Freigabe: Bei {_and(nameless)} fehlt der Name."
    for same in _alike(signed):
        if len(same) == len(steps):
            yield (
                "Freigabe: Eine Person hat erstellt, geprüft und freigegeben. Verlangt sind zwei verschiedene Personen; "
                "lassen Sie den Bericht von einer zweiten Person prüfen."
            )
        else:
            yield f"Freigabe: Bei {_and(same)} steht derselbe Name. Verlangt sind zwei verschiedene Personen."


def _alike(signed: dict[str, str]) -> Iterator[list[str]]:
    groups: dict[frozenset[str], list[str]] = {}
    for step, name in signed.items():
        if person := _person(name):
            groups.setdefault(person, []).append(step)
    yield from (group for group in groups.values() if len(group) > 1)


def _person(name: str) -> frozenset[str]:
    """Comparable form of a name, without titles, order and case: ``Beispiel, Dr. Max`` equals ``Max
    Beispiel``.
    """
    return frozenset(re.findall(r"\w+", _TITLES.sub(" ", name).casefold()))


def _and(words: list[str]) -> str:
    return " und ".join(filter(None, (", ".join(words[:-1]), words[-1])))
