"""Reads rules/kommunen.csv, the roster of the municipalities that must submit, as Excel saves it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipeline.definitions.model import Severity
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.definitions.spelling import comparable
from pipeline.rules import Municipality, RosterNote
from pipeline.rules.email_addresses import addresses_in
from pipeline.rules.loading.yaml_lines import Problem, RulesError

REQUIRED, OPTIONAL = ("ags", "name", "landkreis"), ("beitritt", "fruehere_ags", "e_mail")
HESSE = "06"


@dataclass(frozen=True, slots=True)
class Roster:
    """The municipalities of the roster, and remarks on lines that were corrected or look wrong."""

    municipalities: tuple[Municipality, ...]
    notes: tuple[RosterNote, ...]


def load_roster(path: Path) -> Roster:
    """Load the roster. Raises RulesError with file and line of every problem."""
    text, notes = _text(path)
    rows, problems = _rows(path, text)
    found: dict[str, tuple[int, Municipality]] = {}
    for line, row in rows:
        try:
            municipality, mended = _municipality(row)
            for ags in (municipality.ags, *municipality.former_ags):
                if ags in found:
                    raise ValueError(f"der AGS {ags} steht doppelt.")
                found[ags] = line, municipality
        except ValueError as error:
            problems.append(Problem(path.name, line, str(error)))
        else:
            notes += [RosterNote(Severity.NOTE, path.name, line, text) for text in mended]
    if not rows and not problems:
        problems.append(Problem(path.name, 0, "Die Liste der Kommunen ist leer."))
    if problems:
        raise RulesError(sorted(problems, key=lambda p: p.line))
    listed = sorted(set(found.values()), key=lambda entry: entry[0])
    notes += [RosterNote(Severity.WARNING, path.name, line, text) for line, text in _conspicuous(listed)]
    municipalities = tuple(sorted((m for _, m in listed), key=lambda m: m.ags))
    return Roster(municipalities, tuple(sorted(notes, key=lambda n: n.line)))


# --- the file -----------------------------------------------------------------------------------------


def _text(path: Path) -> tuple[str, list[RosterNote]]:
    try:
        data = path.read_bytes()
    except OSError:
        raise RulesError([Problem(path.name, 0, "Die Liste der Kommunen ist nicht lesbar.")]) from None
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    note = "als Windows-1252 gelesen; speichern Sie die Liste als „CSV UTF-8“."
    try:
        return data.decode("cp1252"), [RosterNote(Severity.NOTE, path.name, 0, note)]
    except UnicodeDecodeError:
        raise RulesError([Problem(path.name, 0, "Die Datei ist nicht in UTF-8 gespeichert.")]) from None


def _rows(path: Path, text: str) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    """Return (line, fields) of each record that is not empty, and a problem for each with another number of
    fields.
    """
    allowed = (*REQUIRED, *OPTIONAL)
    header: list[str] | None = None
    rows: list[tuple[int, dict[str, str]]] = []
    problems: list[Problem] = []
    for line, fields in _records(path, text):
        if not any(fields):
            continue
        if header is None:
            header = _without_empty_end(fields)
            if not set(REQUIRED) <= set(header) <= set(allowed) or len(set(header)) != len(header):
                wanted = f"die Kopfzeile muss lauten: {';'.join(allowed)}"
                raise RulesError([Problem(path.name, line, wanted)])
        elif len(given := _without_empty_end(fields, len(header))) == len(header):
            rows.append((line, dict(zip(header, given, strict=True))))
        else:
            problem = "die Zahl der Felder passt nicht zur Kopfzeile."
            problems.append(Problem(path.name, line, problem))
    return rows, problems


def _records(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, fields without surrounding blanks)."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    try:
        for fields in reader:
            yield reader.line_num, [field.strip() for field in fields]
    except csv.Error:
        raise RulesError([Problem(path.name, reader.line_num, "die Zeile ist nicht lesbar.")]) from None


def _without_empty_end(fields: list[str], least: int = 0) -> list[str]:
    """Drop the empty fields at the end, which Excel writes for columns once used; ``least`` fields stay."""
    end = len(fields)
    while end > least and not fields[end - 1]:
        end -= 1
    return fields[:end]


# --- one municipality ---------------------------------------------------------------------------------


def _municipality(row: dict[str, str]) -> tuple[Municipality, list[str]]:
    """Return one municipality and what was corrected in its line. Raises ValueError, in German."""
    given = [row["ags"], *filter(None, re.split(r"[,\s]+", row.get("fruehere_ags", "")))]
    keys = [f"0{ags}" if re.fullmatch(r"[1-9][0-9]{6}", ags) else ags for ags in given]
    if not all(re.fullmatch(r"[0-9]{8}", ags) for ags in keys) or LEAD_AGS in keys:
        raise ValueError("der AGS muss acht Ziffern haben.")
    if not row["name"]:
        raise ValueError("der Name fehlt.")
    mended = [f"führende Null ergänzt: {new}." for old, new in zip(given, keys, strict=True) if old != new]
    joined, e_mail = _joined(row.get("beitritt", "")), _e_mail(row.get("e_mail", ""))
    return Municipality(keys[0], row["name"], row["landkreis"], joined, tuple(keys[1:]), e_mail), mended


def _joined(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d.%m.%Y") if text else ():
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  - a day has no zone
        except ValueError:
            continue
    if text:
        raise ValueError("„beitritt“ muss ein Datum der Form 2025-10-01 oder 01.10.2025 oder leer sein.")
    return None


def _e_mail(text: str) -> str | None:
    """One address or several, separated by commas."""
    if addresses_in(text).unusable:
        raise ValueError("„e_mail“ muss eine E-Mail-Adresse, mehrere mit Komma dazwischen oder leer sein.")
    return text or None


def _conspicuous(listed: list[tuple[int, Municipality]]) -> Iterator[tuple[int, str]]:
    """Yield (line, text) for keys outside Hesse and for municipalities of the same name."""
    names: dict[str, str] = {}
    for line, one in listed:
        for ags in (one.ags, *one.former_ags):
            if not ags.startswith(HESSE):
                yield line, f"der AGS {ags} liegt nicht in Hessen ({HESSE}…)."
        if (other := names.setdefault(comparable(one.name), one.ags)) != one.ags:
            yield line, f"{one.name} steht auch mit dem AGS {other} in der Liste."
