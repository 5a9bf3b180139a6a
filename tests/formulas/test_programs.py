"""Every formula gives its stored value in LibreOffice, Gnumeric and IronCalc, which is as Excel reckons.

The demo's report and one of an invented project; the blank templates; filled workbooks, whose Prüfung and
Stand LibreOffice calculates first: it alone knows the names that grow with the entries.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from pipeline.demo import AS_OF_DATES
from pipeline.report.summary import summary_bytes
from pipeline.run import run
from tests import builder
from tests.demo_files import lay_demo
from tests.formulas.programs import (
    PROGRAMS,
    Values,
    differences,
    fixed_names,
    formulas,
    gnumeric,
    iron_calc,
    libreoffice,
    needs_gnumeric,
    stored,
)
from tests.template.invented import Invention
from tests.template.office import needs_libreoffice
from tests.template.test_check import faulty

REPORTS = ("demo", "erfunden")
TEMPLATES = ("kommune", "projektleitung")
Program = Callable[..., Values]


def known_to(program: Program, found: list[Any]) -> list[Any]:
    """Without Prüfung where IronCalc calculates: it knows no names that stand for a formula (docs/formeln.md).

    ``found``: ((sheet, cell), formula, stored, calculated) as ``differences`` gives them.
    """
    if program is not iron_calc:
        return found
    return [
        (place, formula, *values)
        for place, formula, *values in found
        if place[0] not in ("Prüfung", "Listen")
        and "Prüfung" not in formula
        and not (place[0] == "Stammdaten" and "Listen" in formula)
    ]


@cache
def book(name: str) -> bytes:
    rules = builder.rules()
    match name:
        case "demo" | "erfunden":
            with TemporaryDirectory() as place:
                folder = Path(place)
                if name == "demo":
                    lay_demo(folder)
                else:
                    (folder / "a.xlsx").write_bytes(book("gefüllt"))
                return summary_bytes(run(folder, rules, AS_OF_DATES[-1]))
        case "gefüllt":
            return builder.filled(Invention(rules, 5, date(2026, 9, 30)).content())
        case "fehlerhaft":
            return builder.filled(faulty(rules))
        case "leitung":
            return builder.lead_valid()
    return builder.blank(name)


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("office")
    return libreoffice(folder, {name: book(name) for name in (*REPORTS, "projektleitung", "leitung")})


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_report_is_the_same_in_every_program(name: str, program: Program, tmp_path: Path) -> None:
    assert len(formulas(book(name))) > 300
    assert differences(book(name), stored(book(name)), program(tmp_path, book(name))) == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_blank_template_of_the_lead_is_the_same_in_every_program(program: Program, tmp_path: Path) -> None:
    """That of a municipality takes Gnumeric half a minute."""
    data = book("projektleitung")
    found = program(tmp_path, data, fixed_names(stored(data)))
    assert known_to(program, differences(data, stored(data), found)) == []


def test_a_blank_template_of_a_municipality_is_the_same_in_ironcalc(tmp_path: Path) -> None:
    data = book("kommune")
    found = differences(data, stored(data), iron_calc(tmp_path, data, fixed_names(stored(data))))
    assert known_to(iron_calc, found) == []


@pytest.mark.parametrize("name", [*REPORTS, "projektleitung"])
@pytest.mark.libreoffice
@needs_libreoffice[1]
def test_libreoffice_gives_what_is_stored(name: str, by_libreoffice: dict[str, bytes]) -> None:
    """That of a municipality's blank template: tests/template/test_check.py, every cell of it."""
    assert differences(book(name), stored(book(name)), stored(by_libreoffice[name])) == []


@pytest.mark.libreoffice
@needs_libreoffice[1]
@needs_gnumeric
def test_filled_sheets_are_the_same_in_gnumeric(by_libreoffice: dict[str, bytes], tmp_path: Path) -> None:
    """Prüfung, Stand and the helper cells with entries; a municipality's take Gnumeric minutes."""
    data = by_libreoffice["leitung"]
    values = stored(data)
    assert values["Prüfung", "A3"] == "Nichts gefunden."
    assert differences(data, values, gnumeric(tmp_path, data, fixed_names(values))) == []
