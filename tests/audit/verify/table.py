"""One manipulation of a report, and the places in a report that the tables of manipulations speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.audit.verify.cellwalk import ReportCell
from pipeline.audit.verify.opened_report import OpenedReport
from pipeline.xlsx.addresses import column_number
from tests.audit.verify.edited import Edited

TARGETS, OVERVIEW, TIMELINE, SIGN_OFF = "Zielwerte", "Übersicht", "Zeitschiene", "Kontrollsummen und Freigabe"
FILES, REGISTER = "Abgaben", "Nachweisregister"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"


@dataclass(frozen=True)
class Manipulation:
    """``shown`` stands in the answer; ``apart`` where another change of the table would hide it.

    ``named``: what is not compared, so that verify ends with 3.
    """

    name: str
    edit: Callable[[Edited], None]
    shown: str
    apart: bool = False
    named: bool = False


class Spots:
    """Places in the computed report, found by what stands there."""

    def __init__(self, computed: OpenedReport) -> None:
        self._computed = computed
        self.shares = list(
            self.all(TARGETS, lambda c, f: isinstance(c.value, float) and "%" in f and c.formula is not None)
        )
        self.share = self.shares[0]
        self.count = next(
            self.all(TARGETS, lambda c, f: isinstance(c.value, float) and "#" in f and c.formula is None)
        )
        self.statuses = list(
            self.all(TARGETS, lambda c, _: c.value in ("offen", "erreicht", "verfehlt") and c.formula is None)
        )
        self.titles = list(
            self.all(
                OVERVIEW, lambda c, _: isinstance(c.value, str) and c.formula is None and len(c.value) > 20
            )
        )

    def all(self, sheet: str, wanted: Callable[[ReportCell, str], bool]) -> Iterator[str]:
        for address, cell in self._computed.sheets[sheet].cells.items():
            if wanted(cell, self._computed.styles.look(cell.style).format):
                yield address


def row_of(address: str) -> int:
    return int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def column_of(address: str) -> int:
    return column_number(address.rstrip("0123456789"))
