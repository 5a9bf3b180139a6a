"""Reads a filled workbook of a visit: number of right and wrong records, and the limit for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pipeline.audit.sample.draw import Stratum
from pipeline.audit.sample.limits import CONFIDENCE, upper_limit
from pipeline.audit.sample.visit import (
    AGS,
    DRAWN,
    NOT_SHOWN,
    NUMBER,
    RESULT,
    RESULTS,
    RIGHT,
    ROWS,
    SAMPLE_TITLE,
    SHEET,
    STRATA_TITLE,
    WEIGHT,
    WRONG,
)
from pipeline.definitions.messages import quoted
from pipeline.definitions.shares import about_percent
from pipeline.reading.package import Refused, read_raw
from pipeline.xlsx.addresses import column_letters


class NoSample(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """The workbook is no filled sample; the message is German and names the cell."""


@dataclass(frozen=True)
class StratumResult:
    """Numbers of records of a stratum, or of all: population, drawn, right, wrong, not shown."""

    population: int
    drawn: int
    right: int = 0
    wrong: int = 0
    not_shown: int = 0

    @property
    def checked(self) -> int:
        return self.right + self.wrong

    @property
    def waiting(self) -> int:
        """Records not checked yet, or without paper: open until the next visit."""
        return self.drawn - self.checked


@dataclass(frozen=True)
class ReadBack:
    """Result of a visit. ``proportional``: the sample was allocated by number of records, not weighted by
    findings.
    """

    strata: Mapping[Stratum, StratumResult]
    waiting: tuple[int, ...]
    proportional: bool

    @property
    def whole(self) -> StratumResult:
        found = list(self.strata.values())
        return StratumResult(
            sum(s.population for s in found),
            sum(s.drawn for s in found),
            sum(s.right for s in found),
            sum(s.wrong for s in found),
            sum(s.not_shown for s in found),
        )


def read_back(data: bytes) -> ReadBack:
    """Read a filled workbook. Raises NoSample with the cell, and Refused for a file that must not be opened."""
    raw = read_raw(data, lambda name: name in (SAMPLE_TITLE, STRATA_TITLE))
    missing = [t for t in (SAMPLE_TITLE, STRATA_TITLE) if t not in raw.sheets]
    if missing:
        raise NoSample(f"Das Blatt {quoted(missing)} fehlt. Ist das die Mappe aus „kisi sample“?")
    strata = list(_records(STRATA_TITLE, raw.sheets[STRATA_TITLE].rows, (AGS, SHEET, ROWS, WEIGHT, DRAWN)))
    counts: Counter[tuple[Stratum, str]] = Counter()
    waiting = []
    for cells in _records(SAMPLE_TITLE, raw.sheets[SAMPLE_TITLE].rows, (NUMBER, AGS, SHEET, RESULT)):
        result = _result(cells[RESULT])
        counts[_stratum(cells), result] += 1
        if result not in (RIGHT, WRONG):
            waiting.append(_whole(cells[NUMBER]))
    found = {_stratum(cells): _stratum_result(cells, counts) for cells in strata}
    _check_complete(found, counts)
    proportional = all(_whole(c[WEIGHT]) == _whole(c[ROWS]) for c in strata)
    return ReadBack(found, tuple(waiting), proportional)


@dataclass(frozen=True)
class _Cell:
    where: str
    value: Any


def _records(title: str, rows: Sequence[Sequence[Any]], names: Sequence[str]) -> Iterator[dict[str, _Cell]]:
    """The filled rows below the header; sorted rows and further columns are allowed."""
    header = next((n for n, row in enumerate(rows) if set(names) <= {str(v).strip() for v in row}), None)
    if header is None:
        raise NoSample(f"Blatt {title}: Die Spalten {quoted(names)} stehen nicht in einer Zeile.")
    places = {name: [str(v).strip() for v in rows[header]].index(name) for name in names}
    for number, row in enumerate(rows[header + 1 :], start=header + 2):
        if str(row[places[names[0]]]).strip():
            yield {n: _Cell(f"{title}!{column_letters(p + 1)}{number}", row[p]) for n, p in places.items()}


def _stratum(cells: Mapping[str, _Cell]) -> Stratum:
    return Stratum(str(cells[AGS].value).strip(), str(cells[SHEET].value).strip())


def _whole(cell: _Cell) -> int:
    try:
        number = float(cell.value)
    except (TypeError, ValueError):
        number = -1.0
    if number < 0 or number != int(number):
        raise NoSample(
            f"{cell.where}: Hier gehört eine ganze Zahl hin. Nehmen Sie die Mappe, wie kisi sie schrieb."
        )
    return int(number)


def _result(cell: _Cell) -> str:
    text = " ".join(str(cell.value).split()).casefold()
    if text not in ("", *RESULTS):
        raise NoSample(
            f"{cell.where}: Unter „{RESULT}“ gibt es nur {', '.join(RESULTS)}. Wählen Sie eines davon."
        )
    return text


def _stratum_result(cells: Mapping[str, _Cell], counts: Mapping[tuple[Stratum, str], int]) -> StratumResult:
    stratum = _stratum(cells)
    found = [counts.get((stratum, result), 0) for result in (RIGHT, WRONG, NOT_SHOWN)]
    return StratumResult(_whole(cells[ROWS]), _whole(cells[DRAWN]), *found)


def _check_complete(found: Mapping[Stratum, StratumResult], counts: Counter[tuple[Stratum, str]]) -> None:
    rows: Counter[Stratum] = Counter()
    for (stratum, _), count in counts.items():
        rows[stratum] += count
    for stratum in sorted({*found, *rows}):
        drawn = found[stratum].drawn if stratum in found else 0
        if rows[stratum] != drawn:
            raise NoSample(
                f"Blatt {SAMPLE_TITLE}: Für {stratum.ags}, Blatt {stratum.sheet}, wurden {drawn} Zeilen gezogen, es "
                f"stehen aber {rows[stratum]} da. Nehmen Sie die Mappe mit allen Zeilen."
            )


# --- in words -----------------------------------------------------------------------------------------


def read_back_lines(found: ReadBack) -> Iterator[str]:
    """The result of the visit, in German lines."""
    whole = found.whole
    yield (
        f"Stichprobe: {whole.drawn} von {whole.population} Zeilen gezogen, {whole.checked} geprüft: "
        f"{whole.right} stimmen, {whole.wrong} falsch; {whole.not_shown} nicht vorgelegt, "
        f"{whole.waiting - whole.not_shown} noch nicht angesehen."
    )
    yield from _limit_lines(whole)
    if not found.proportional:
        yield (
            "Der Umfang ist nach Befunden gewichtet: Für alle Zeilen zusammen gilt die Grenze nicht, nur je Schicht."
        )
    yield ""
    for stratum, stated in found.strata.items():
        if stated.wrong or (stated.checked and stated.waiting):
            yield f"{stratum.ags}, Blatt {stratum.sheet}: {stated.wrong} von {stated.checked} geprüften falsch"
            yield from (f"  {line}" for line in _limit_lines(stated))
    if found.waiting:
        numbers = ", ".join(map(str, sorted(found.waiting)))
        yield f"Offen bis zum nächsten Besuch ({len(found.waiting)}): Nr. {numbers}"


def _limit_lines(stated: StratumResult) -> Iterator[str]:
    if stated.checked:
        most = upper_limit(stated.population, stated.checked, stated.wrong)
        yield f"Mit {CONFIDENCE} % Sicherheit sind höchstens {_of(most, stated.population)} Zeilen falsch."
    if stated.waiting:
        most = upper_limit(stated.population, stated.drawn, stated.wrong + stated.waiting)
        yield f"Wären alle {stated.waiting} offenen falsch: höchstens {_of(most, stated.population)}."


def _of(count: int, population: int) -> str:
    return f"{count} von {population} ({about_percent(Fraction(count, population))})"


def read_each(batch: Sequence[bytes]) -> list[list[str] | str]:
    """The lines of each workbook, or the German reason why there are none; for a child process."""
    return [_lines_or_reason(data) for data in batch]


def _lines_or_reason(data: bytes) -> list[str] | str:
    try:
        return list(read_back_lines(read_back(data)))
    except Refused as refused:
        return f"{refused.finding.message} {refused.finding.remedy}"
    except NoSample as reason:
        return str(reason)
