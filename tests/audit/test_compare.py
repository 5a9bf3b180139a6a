"""``kisi compare`` and the section of the sheet Änderungen: two published reports held against each other."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from pipeline.cli import cli
from pipeline.report.write import write_report
from pipeline.rules.loading.load import load_rules
from pipeline.run import run
from tests.builder import LATER_VERSION, ROOT, RULES_VERSION
from tests.report.conftest import fill, form_of, persons

FIRST, SECOND = date(2026, 3, 31), date(2026, 6, 30)
STOCK = [{"Stichtag": date(2026, 1, 31), "Anzahl": 30, "Quelle": "Meldebehörde"}]
EXEMPTION = """exceptions:
  - rule: "P11"
    ags: "06440004"
    sheet: "Bestand"
    reason: "Die Zahl kommt erst zum Jahresende"
    decided_by: "Referat Integration"
    valid_until: 2026-12-31
"""


def kisi(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments], prog_name="kisi")


class Place:
    """Received files, rules, and two reports: 9 of 30 recorded, then 12 of 30 and a threshold of 40 %."""

    def __init__(self, folder: Path) -> None:
        self.inputs, self.rules, self.out = folder / "eingang", folder / "rules", folder / "out"
        self.old, self.new = self.out / FIRST.isoformat(), self.out / SECOND.isoformat()
        self.report = self.new / f"KISI_Bericht_{SECOND}.xlsx"

    def write(self, as_of: date) -> None:
        outcome = run(self.inputs, load_rules(self.rules), as_of)
        write_report(outcome, self.out, with_feedback=False, with_rows=False)

    def change_rules(self, name: str, change: Callable[[str], str]) -> None:
        file = self.rules / name
        file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("vergleich"))
    shutil.copytree(ROOT / "rules", place.rules)
    kind = load_rules(place.rules).kinds["kommune"]
    for name, stichtag, recorded in (("a", FIRST, 9), ("b", SECOND, 12)):
        tables = {"Bestand": STOCK, "Personen": persons(13, recorded, date(2026, 2, 10))}
        fill(
            place.inputs / f"{name}.xlsx",
            kind,
            load_rules(place.rules),
            form_of("06415000", "Hanau", stichtag),
            tables,
        )
    place.write(FIRST)
    place.change_rules(
        "massnahme_1.yaml", lambda text: text.replace('at_least: "70 %"', 'at_least: "40 %"', 1)
    )
    place.change_rules(
        "projekt.yaml",
        lambda text: text.replace(f'version: "{RULES_VERSION}"', f'version: "{LATER_VERSION}"'),
    )
    (place.rules / "ausnahmen.yaml").write_text(EXEMPTION, encoding="utf-8")
    place.write(SECOND)
    return place


@pytest.fixture
def place(original: Place, tmp_path: Path) -> Place:
    shutil.copytree(original.out.parent, tmp_path / "kopie")
    return Place(tmp_path / "kopie")


# --- the command --------------------------------------------------------------------------------------


def test_a_report_does_not_differ_from_itself(original: Place) -> None:
    answer = kisi("compare", original.old, original.old / "ergebnis.json")
    assert answer.exit_code == 0
    assert answer.output.endswith("\nKein Unterschied.\n")


def test_what_differs_is_reported_in_groups_with_both_values(original: Place) -> None:
    answer = kisi("compare", original.old, original.new)
    assert answer.exit_code == 1
    groups = [line for line in answer.output.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert groups[1:] == [
        "Stand:", "Regeln:", "Ausnahmen:", "Abgaben:", "Projekt:",
        "Zielwerte:", "Meilensteine:", "Kriterien:",
    ]  # fmt: skip
    for shown in (
        "    Stand des Berichts: 31.03.2026 → 30.06.2026\n",
        f"    Regelversion: {RULES_VERSION} → {LATER_VERSION}\n",
        "  Z1.2\n    Entscheidung: ",
        "    Schwelle: 70 % → 40 %\n",
        "    Ausnahme von P11, Blatt „Bestand“: nicht angegeben → bis 31.12.2026: Die Zahl",
        "  Hanau (06415000), a.xlsx\n    Zustand: angenommen → früher\n",
        "  Hanau (06415000), b.xlsx\n    Zustand: nicht angegeben → angenommen\n",
        "  Hanau (06415000), Z1.2\n    Wert: 30 % (9 von 30) → 40 % (12 von 30)\n    Schwelle: 70 % → 40 %\n    Status: offen → erreicht\n",
        "  Hanau (06415000), MS1.2\n    Status: offen → überfällig\n",
    ):
        assert shown in answer.output


def test_exact_numbers_of_rows_and_findings_are_not_reported(place: Place) -> None:
    """They may be counts of 1 or 2 persons; reports that differ in nothing else do not differ here."""
    other = place.out / "andere"
    shutil.copytree(place.new, other)
    document = json.loads((other / "ergebnis.json").read_bytes())
    document["submissions"][0] |= {"rows_read": 99, "rows_accepted": 99, "warnings": 98}
    document["findings"] = []
    (other / "ergebnis.json").write_text(json.dumps(document), encoding="utf-8")
    answer = kisi("compare", place.new, other)
    assert answer.exit_code == 0
    assert answer.output.endswith("Kein Unterschied.\n")


def test_without_the_manifest_rules_are_compared_by_version_and_hash(place: Place) -> None:
    (place.old / "manifest.json").unlink()
    answer = kisi("compare", place.old, place.new)
    assert f"Regelversion: {RULES_VERSION} → {LATER_VERSION}" in answer.output
    assert "Entscheidung" not in answer.output
    assert "Ausnahme von P11" not in answer.output
    assert f"Neben {place.old} liegt keine lesbare manifest.json" in answer.output


HOSTILE = {
    "leer": b"",
    "kein JSON": b"Bericht",
    "Liste": b"[]",
    "tief": b"[" * 100_000,
    "fremd": b'{"as_of": "2026-06-30"}',
    "kein UTF-8": b'{"as_of": "\xff"}',
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_report_is_one_german_message(place: Place, content: bytes) -> None:
    (place.old / "ergebnis.json").write_bytes(content)
    answer = kisi("compare", place.old, place.new)
    assert answer.exit_code == 2
    assert answer.output.count("\n") == 1
    assert "ist kein Bericht dieses Programms" in answer.output


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["targets"][0].update(status="overdue"),
        lambda d: d["targets"][0].update(value="9" * 5000 + ".000000"),
        lambda d: d.update(as_of="2026-02-31"),
        lambda d: d["milestones"][0].update(extra=1),
    ],
    ids=["a status of others", "a huge number", "no such day", "an unknown key"],
)
def test_a_document_that_is_wrong_inside_is_no_report(place: Place, change: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
    document = json.loads((place.old / "ergebnis.json").read_bytes())
    change(document)
    (place.old / "ergebnis.json").write_text(json.dumps(document), encoding="utf-8")
    answer = kisi("compare", place.old, place.new)
    assert (answer.exit_code, answer.output.count("\n")) == (2, 1)


def test_a_folder_without_a_report(place: Place) -> None:
    answer = kisi("compare", place.inputs, place.new)
    assert answer.exit_code == 2
    assert "ergebnis.json fehlt. Nennen Sie den Ordner eines Berichts" in answer.output


def test_control_characters_of_a_report_cannot_act_on_the_terminal(place: Place) -> None:
    document = json.loads((place.old / "ergebnis.json").read_bytes())
    document["rules"]["version"] = "1\x1b[2J"
    (place.old / "ergebnis.json").write_text(json.dumps(document), encoding="utf-8")
    output = kisi("compare", place.old, place.new).output
    assert f"Regelversion: 1\\x1b[2J → {LATER_VERSION}" in output


# --- the sheet ----------------------------------------------------------------------------------------


def section(report: Path) -> list[tuple[object, ...]]:
    """The rows below the title of the section, its header first."""
    rows = list(
        openpyxl.load_workbook(BytesIO(report.read_bytes()))["Änderungen"].iter_rows(values_only=True)
    )
    start = [n for n, r in enumerate(rows) if str(r[0]).startswith("Gegenüber dem veröffentlichten")]
    return rows[start[0] + 1 :] if start else []


def test_the_sheet_tells_what_the_earlier_report_said(original: Place) -> None:
    header, *rows = section(original.report)
    assert (header[4], header[5], header[10], header[11]) == ("Art", "Nr. oder Datei", "damals", "jetzt")
    shown = {(r[0], *r[4:8]): r[10:12] for r in rows}
    assert shown[(None, "Regeln", "Z1.2", "Schwelle", None)] == ("70 %", "40 %")
    assert shown[(None, "Projekt", "Z1.2", "Wert", None)] == ("30 % (9 von 30)", "40 % (12 von 30)")
    assert shown[("06415000", "Zielwerte", "Z1.2", "Status", None)] == ("offen", "erreicht")
    assert shown[("06415000", "Abgaben", "b.xlsx", "Zustand", None)] == ("–", "angenommen")


def test_the_first_report_has_no_such_section(original: Place) -> None:
    assert section(original.old / f"KISI_Bericht_{FIRST}.xlsx") == []
    assert "previous" not in json.loads((original.old / "manifest.json").read_bytes())


def test_a_damaged_earlier_report_is_passed_over(place: Place) -> None:
    (place.old / "ergebnis.json").write_bytes(b"{")
    place.write(SECOND)
    assert section(place.report) == []


# --- verify -------------------------------------------------------------------------------------------


def verified(place: Place, report: Path | None = None) -> Result:
    return kisi("verify", report or place.report, place.inputs, "--rules", place.rules)


def test_verify_finds_the_earlier_report_beside(place: Place) -> None:
    answer = verified(place)
    assert answer.exit_code == 0, answer.output
    assert "früher" not in answer.output


def test_verify_says_when_the_earlier_report_is_another(place: Place) -> None:
    document = json.loads((place.old / "ergebnis.json").read_bytes())
    document["consolidated"]["targets"][0]["communes_met"] = 7
    (place.old / "ergebnis.json").write_text(json.dumps(document), encoding="utf-8")
    answer = verified(place)
    assert answer.exit_code == 1
    assert "2026-03-31/ergebnis.json: ist nicht der frühere Bericht" in answer.output
    assert "Änderungen!" not in answer.output, "what the sheet says of then is taken as it stands"


def test_verify_without_the_earlier_report_takes_what_is_reported_of_then(place: Place) -> None:
    shutil.rmtree(place.old)
    answer = verified(place)
    assert answer.exit_code == 3, answer.output
    assert "Der frühere Bericht 2026-03-31 liegt nicht neben diesem" in answer.output


def test_verify_of_the_report_alone(place: Place, tmp_path: Path) -> None:
    alone = tmp_path / "allein" / place.report.name
    alone.parent.mkdir()
    shutil.copy(place.report, alone)
    answer = verified(place, alone)
    assert answer.exit_code == 3, answer.output
    assert "liegt nicht neben diesem" in answer.output


@pytest.mark.parametrize(("column", "with_earlier"), [("K", True), ("L", True), ("L", False)])
def test_verify_finds_a_changed_text_of_the_section(place: Place, column: str, with_earlier: bool) -> None:
    book = openpyxl.load_workbook(place.report)
    sheet = book["Änderungen"]
    row = next(r for r in range(1, sheet.max_row) if sheet.cell(r, 5).value == "Projekt")
    sheet[f"{column}{row}"] = "99 %"
    book.save(place.report)
    if not with_earlier:
        shutil.rmtree(place.old)
    answer = verified(place)
    assert answer.exit_code == 1
    assert re.search(rf"Änderungen.*\b{column}{row}\b", answer.output)


def test_verify_finds_a_forged_value_of_the_rules_in_the_manifest(place: Place) -> None:
    document = json.loads((place.new / "manifest.json").read_bytes())
    document["rules"]["values"]["Z1.2"]["Schwelle"] = "20 %"
    (place.new / "manifest.json").write_text(json.dumps(document), encoding="utf-8")
    answer = verified(place)
    assert answer.exit_code == 1
    assert "manifest.json: Die Angaben zu den Regeln sind nicht die der Regeldateien." in answer.output
