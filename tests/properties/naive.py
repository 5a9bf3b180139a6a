"""A few figures counted from the rows in the plainest way, after catalogue.md. Nothing of the pipeline is used."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Row = dict[str, Any]
START = date(2025, 10, 1)


def _there(row: Row, since: str, until: str, day: date) -> bool:
    begin, end = row.get(since), row.get(until)
    return begin is not None and begin <= day and (end is None or end > day)


def _by(row: Row, column: str, day: date) -> bool:
    return row.get(column) is not None and row[column] <= day


def persons_share(rows: dict[str, list[Row]], column: str, day: date) -> Fraction | None:
    """Z1.1, Z1.2: present persons with checked paper and the date ÷ the latest stock."""
    stocks = [s for s in rows["Bestand"] if s["Stichtag"] <= day]
    if not stocks:
        return None
    stock = max(stocks, key=lambda s: s["Stichtag"])["Anzahl"]
    present = [p for p in rows["Personen"] if _there(p, "Zugang am", "Abgang am", day)]
    counted = [p for p in present if p["Aufenthaltspapier geprüft"] == "ja" and _by(p, column, day)]
    return Fraction(len(counted), stock)


def addressed(rows: dict[str, list[Row]], day: date) -> Fraction | None:
    """Z1.3: needs addressed ÷ needs recorded."""
    recorded = [n for n in rows["Bedarfe"] if _by(n, "Erfasst am", day)]
    done = [n for n in recorded if _by(n, "Adressiert am", day)]
    return Fraction(len(done), len(recorded)) if recorded else None


def active(rows: dict[str, list[Row]], day: date) -> list[Row]:
    """Z2.6: volunteers that are active."""
    return [v for v in rows["Ehrenamtliche"] if _there(v, "Aktiv ab", "Ausgeschieden am", day)]


def trained(rows: dict[str, list[Row]], day: date) -> Fraction | None:
    """Z2.5: active volunteers with an attended training by the day ÷ active volunteers."""
    held = {t["Schulung-Nr."] for t in rows["Schulungen"] if _by(t, "Datum", day)}
    who = {a["Kennung"] for a in rows["Schulungsteilnahmen"] if a["Schulung-Nr."] in held}
    there = active(rows, day)
    return Fraction(sum(v["Kennung"] in who for v in there), len(there)) if there else None


def in_year(records: list[Row], first: date, last: date, **where: str) -> int:
    """Z1.4, Z2.4: records of a project year."""
    return sum(first <= r["Datum"] <= last and all(r[k] == v for k, v in where.items()) for r in records)


def first_day(rows: dict[str, list[Row]], threshold: Fraction, until: date) -> date | None:
    """MS1.1a: the first day on which the share of recorded persons reached the threshold, day by day."""
    day = min([s["Stichtag"] for s in rows["Bestand"]], default=until)
    while day <= until:
        share = persons_share(rows, "Bedarf erfasst am", day)
        if share is not None and share >= threshold:
            return day
        day += timedelta(days=1)
    return None
