"""rules/kommunen.csv: who takes part and must submit."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

from pipeline.definitions.sheets import LEAD_AGS
from pipeline.rules import Municipality
from pipeline.rules.loading.yaml_lines import Problem, RulesError

REQUIRED, OPTIONAL = ("ags", "name", "landkreis"), ("beitritt", "fruehere_ags")


def load_roster(path: Path) -> tuple[Municipality, ...]:
    """Municipalities by AGS; RulesError names file and line of everything that is wrong."""
    rows, problems = _rows(path)
    found: dict[str, Municipality] = {}
    for line, row in rows:
        try:
            municipality = _municipality(row)
            for ags in (municipality.ags, *municipality.former_ags):
                if ags in found:
                    raise ValueError(f"der AGS {ags} steht doppelt.")
                found[ags] = municipality
        except ValueError as error:
            problems.append(Problem(path.name, line, str(error)))
    if not rows and not problems:
        problems.append(Problem(path.name, 0, "Die Liste der Kommunen ist leer."))
    if problems:
        raise RulesError(sorted(problems, key=lambda p: p.line))
    return tuple(sorted(set(found.values()), key=lambda m: m.ags))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError:
        raise RulesError([Problem(path.name, 0, "Die Liste der Kommunen ist nicht lesbar.")]) from None
    except UnicodeDecodeError:
        raise RulesError([Problem(path.name, 0, "Die Datei ist nicht in UTF-8 gespeichert.")]) from None


def _rows(path: Path) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    """(line, fields) of each record, and the records whose number of fields does not fit."""
    reader = csv.DictReader(_text(path).splitlines(), delimiter=";")
    header, allowed = list(reader.fieldnames or ()), (*REQUIRED, *OPTIONAL)
    if not set(REQUIRED) <= set(header) <= set(allowed) or len(set(header)) != len(header):
        raise RulesError([Problem(path.name, 1, f"die Kopfzeile muss lauten: {';'.join(allowed)}")])
    rows: list[tuple[int, dict[str, str]]] = []
    problems: list[Problem] = []
    for row in reader:
        if None in row or None in row.values():
            text = "die Zahl der Felder passt nicht zur Kopfzeile."
            problems.append(Problem(path.name, reader.line_num, text))
        else:
            rows.append((reader.line_num, {k: v.strip() for k, v in row.items()}))
    return rows, problems


def _municipality(row: dict[str, str]) -> Municipality:
    """One municipality; ValueError says in German what is wrong."""
    former = tuple(filter(None, re.split(r"[,\s]+", row.get("fruehere_ags", ""))))
    for ags in (row["ags"], *former):
        if not re.fullmatch(r"[0-9]{8}", ags) or ags == LEAD_AGS:
            raise ValueError("der AGS muss acht Ziffern haben.")
    if not row["name"]:
        raise ValueError("der Name fehlt.")
    try:
        joined = date.fromisoformat(row["beitritt"]) if row.get("beitritt") else None
    except ValueError:
        raise ValueError("„beitritt“ muss ein Datum der Form 2025-10-01 oder leer sein.") from None
    return Municipality(row["ags"], row["name"], row["landkreis"], joined, former)
