"""The invented project with its report, written once for all tests of a run, and saved once by LibreOffice."""

from __future__ import annotations

import shutil
from datetime import date
from functools import cache
from pathlib import Path

from click.testing import CliRunner, Result

from pipeline.audit.verify.opened_report import OpenedReport, read_opened
from pipeline.cli import cli
from pipeline.dispatch.mail_text import Wording
from pipeline.dispatch.occasions import TEMPLATE_FILES, Occasion, mailings, sender_of
from pipeline.dispatch.write_drafts import write_drafts
from pipeline.report.ministry_form import plan_form
from pipeline.report.write import write_report
from pipeline.rules.loading.load import load_rules
from pipeline.run import run
from tests import demo_files
from tests.builder import ROOT
from tests.template.office import recalculate

AS_OF = date(2026, 9, 30)
NAME = f"KISI_Bericht_{AS_OF}.xlsx"
FORM = ROOT / "docs/beispiel/Formular_Ministerium.xlsx"


class Place:
    """Received files, rules, report."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.inputs, self.rules = folder, folder / "eingang", folder / "rules"
        self.results = folder / "out" / AS_OF.isoformat()
        self.report = self.results / NAME

    def verify(self) -> Result:
        arguments = ["verify", str(self.report), str(self.inputs), "--rules", str(self.rules)]
        return CliRunner().invoke(cli, arguments, prog_name="kisi")

    def copy(self, folder: Path) -> Place:
        shutil.copytree(self.folder, folder / "kopie")
        return Place(folder / "kopie")


@cache
def original() -> Place:
    """Not to be changed: other tests read it too."""
    return Place(demo_files.made_once("verify", lambda folder: _write(Place(folder))))


def _write(place: Place) -> None:
    shutil.copytree(ROOT / "rules", place.rules)
    _give_addresses(place.rules / "kommunen.csv")
    demo_files.lay_demo(place.inputs)
    rules = load_rules(place.rules)
    shutil.copyfile(FORM, place.folder / FORM.name)
    form = plan_form(FORM.name, FORM.read_bytes(), rules)
    outcome = run(place.inputs, rules, AS_OF)
    write_report(outcome, place.folder / "out", forms=[form])
    for occasion in (Occasion.FEEDBACK, Occasion.REMINDER):
        wording = Wording(place.rules, TEMPLATE_FILES[occasion])
        made = mailings(occasion, outcome, AS_OF)
        write_drafts(made, occasion, wording, sender_of(rules), place.results, every=False)


def _give_addresses(roster: Path) -> None:
    """So that there are drafts of e-mails."""
    head, *lines = roster.read_text(encoding="utf-8").splitlines()
    assert "e_mail" not in head
    addresses = [f"{line};rathaus-{number}@example.org" for number, line in enumerate(lines)]
    roster.write_text("\n".join([f"{head};e_mail", *addresses]) + "\n", encoding="utf-8")


@cache
def computed() -> OpenedReport:
    return read_opened(original().report.read_bytes())


@cache
def resaved() -> bytes:
    """The report as LibreOffice saves it."""

    def save(folder: Path) -> None:
        (recalculate(folder, [original().report]) / NAME).rename(folder / NAME)

    return (demo_files.made_once("verify-libreoffice", save) / NAME).read_bytes()
