"""Demo files for mishaps of a quarter: a late mail, a wrong reporting date, a withdrawn file, two copies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from pipeline.definitions.sheets import FORM_NUMBER, FORM_STICHTAG, MUNICIPALITY
from pipeline.demo import municipalities as m
from pipeline.demo.rows import contacts
from pipeline.rules import Municipality, Rules
from pipeline.rules.loading.withdrawal_file import WITHDRAWALS_FILE
from pipeline.template import OwnCopies
from pipeline.template.fill import Content, fill

BETWEEN = date(2026, 6, 30)  # a Stichtag for which only a late submission comes
LATE = datetime(2026, 8, 14, 9, 30, tzinfo=UTC)  # submissions for it were due on 2026-07-31
SLIP = date(2027, 9, 30)  # where 2026-09-30 was meant
NAUHEIM, HANAU, KARBEN = "06440002", "06415000", "06440012"
_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
WITHDRAWN = f"""\
withdrawals:
  - ags: "{HANAU}"
    stichtag: 2026-09-30
    abgabe_nr: 2
    reason: "Versehentlich die Mappe einer anderen Abteilung gesendet"
    by: "Stadt Hanau, E-Mail vom 12.10.2026"
    date: 2026-10-12
"""


def mishaps(rules: Rules, copies: OwnCopies) -> Iterator[tuple[str, bytes]]:
    """(path in the folder, content) of these files."""
    roster = {member.ags: member for member in rules.roster}

    def workbook(ags: str, content: Content) -> bytes:
        return fill(copies.of(roster[ags]), MUNICIPALITY, content)

    late = m.karben()
    late.form |= {FORM_STICHTAG.name: BETWEEN}
    name = f"KISI_{roster[KARBEN].name}.xlsx"
    yield "2026-06-30/Nachzuegler.eml", _mail(roster[KARBEN], name, workbook(KARBEN, late))
    slip = m.karben()
    slip.form |= {FORM_STICHTAG.name: SLIP}
    yield "2026-09-30/KISI_Karben_Tippfehler.xlsx", workbook(KARBEN, slip)
    withdrawn = m.hanau()
    withdrawn.form |= {FORM_NUMBER.name: 2}
    withdrawn.tables["Kontakte"] = []
    yield "2026-09-30/KISI_Hanau_zurueckgezogen.xlsx", workbook(HANAU, withdrawn)
    for colleague, number in (("AB", 4), ("CD", 7)):
        copy = m.bad_nauheim()
        copy.form |= {FORM_NUMBER.name: 2}
        copy.tables["Kontakte"] = contacts((number, "2026-05-04"))
        yield f"2026-09-30/KISI_Bad_Nauheim_{colleague}.xlsx", workbook(NAUHEIM, copy)


def write_withdrawals(rules_folder: Path) -> None:
    (rules_folder / WITHDRAWALS_FILE).write_text(WITHDRAWN, encoding="utf-8", newline="\n")


def _mail(sender: Municipality, name: str, data: bytes) -> bytes:
    """The same bytes on every call: date, id and boundary are given."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "rathaus@example.org"
    mail["To"] = "kisi@example.org"
    mail["Subject"] = f"KISI-Abgabe {sender.name}, etwas spät"
    mail["Date"] = LATE
    mail["Message-ID"] = "<nachzuegler@example.org>"
    mail.set_content("Guten Tag,\n\nanbei unsere Mappe. Bitte entschuldigen Sie die Verspätung.\n")
    mail.add_attachment(data, maintype=_XLSX[0], subtype=_XLSX[1], filename=name)
    mail.set_boundary("kisi-nachzuegler")
    return mail.as_bytes()
