"""Writes the received files of the invented project into a folder, by filling the real templates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pipeline.definitions.sheets import FORM_AGS, MUNICIPALITY, PROJECT_LEAD
from pipeline.demo import municipalities as m
from pipeline.demo.mishaps import mishaps, write_withdrawals
from pipeline.disk.publish import publish
from pipeline.disk.working_folder import copy_rules
from pipeline.rules import Rules
from pipeline.rules.loading.load import load_rules
from pipeline.template import OwnCopies, template_bytes
from pipeline.template.fill import Content, fill

AS_OF_DATES = (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30))
FORMER_HANAU = "06435014"


def _submissions() -> Iterator[tuple[str, str, Content]]:
    """(path in the folder, AGS, content) of each municipality's file."""
    yield "2026-03-31/KISI_Buedingen.xlsx", "06440004", m.buedingen(second=False)
    yield "2026-03-31/KISI_Friedberg.xlsx", "06440008", m.friedberg_first()
    yield "2026-09-30/KISI_Bad_Homburg.xlsx", "06434001", m.bad_homburg(1)
    yield "2026-09-30/KISI_Bad_Homburg_korrigiert.xlsx", "06434001", m.bad_homburg(2)
    yield "2026-09-30/KISI_Bad_Nauheim.xlsx", "06440002", m.bad_nauheim()
    yield "2026-09-30/KISI_Buedingen.xlsx", "06440004", m.buedingen(second=True)
    yield "2026-09-30/KISI_Friedberg.xlsx", "06440008", m.friedberg_second()
    yield "2026-09-30/KISI_Hanau.xlsx", "06415000", m.hanau()
    yield "2026-09-30/KISI_Karben.xlsx", "06440012", m.karben()
    yield "2026-09-30/KISI_Oberursel.xlsx", "06434008", m.oberursel()


def _write_inputs(folder: Path, rules: Rules, copies: OwnCopies) -> None:
    """Fills and saves the received files of the quarters below ``folder``.

    ``rules`` need the municipalities of the sample roster. Nidda sends nothing, Karben the same file
    twice, Hanau a copy that still has its former AGS.
    """
    roster = {member.ags: member for member in rules.roster}
    for name, ags, content in _submissions():
        if roster[ags].former_ags:
            content.form[FORM_AGS.name] = FORMER_HANAU
        _save(folder / name, fill(copies.of(roster[ags]), MUNICIPALITY, content))
    karben = folder / "2026-09-30/KISI_Karben.xlsx"
    _save(folder / "2026-09-30/KISI_Karben_Kopie.xlsx", karben.read_bytes())
    lead = fill(template_bytes(rules, PROJECT_LEAD), PROJECT_LEAD, m.project_lead())
    _save(folder / "2026-09-30/KISI_Projektleitung.xlsx", lead)
    _save(folder / "2026-09-30/~$KISI_Hanau.xlsx", b"Sperrdatei")


def _save(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def lay_out(out: Path, rules_folder: Path) -> tuple[Path, Path]:
    """Writes received files into ``out/eingang`` and a copy of the rules into ``out/rules``; returns both
    folders.

    Raises CannotWrite.
    """

    def lay_rules(folder: Path) -> None:
        copy_rules(rules_folder, folder)
        write_withdrawals(folder)

    def receive(folder: Path) -> None:
        known = load_rules(rules)
        copies = OwnCopies(known)
        _write_inputs(folder, known, copies)
        for name, data in mishaps(known, copies):
            _save(folder / name, data)

    inputs, rules = out / "eingang", out / "rules"
    publish(rules, lay_rules)
    publish(inputs, receive)
    return inputs, rules
