"""Which municipality gets which e-mail: feedback on submissions, reminders of missing ones, blank templates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath

from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import german_date, number_of
from pipeline.definitions.model import RoundStatus, Severity, State, Workbook
from pipeline.definitions.sheets import FORM_EMAIL, LEAD_AGS
from pipeline.dispatch.draft import Attachment
from pipeline.engine.engine import Engine
from pipeline.feedback.advice import SENDER, ask
from pipeline.outcome import Outcome
from pipeline.report.feedback_files import files_back, letter_contexts, made_copies
from pipeline.report.feedback_places import feedback_places
from pipeline.rules import Municipality, Rules
from pipeline.rules.email_addresses import Addresses, addresses_in
from pipeline.selection import Submission
from pipeline.template import copies_of, copy_name

NOBODY = "unbekannt"


class Occasion(StrEnum):
    """Kind of e-mail, as the command line names it."""

    FEEDBACK = "feedback"
    REMINDER = "reminder"
    TEMPLATES = "templates"


DRAFT_TITLES = {
    Occasion.FEEDBACK: "Rückmeldung",
    Occasion.REMINDER: "Erinnerung",
    Occasion.TEMPLATES: "Vorlage",
}
TEMPLATE_FILES = {
    Occasion.FEEDBACK: "rueckmeldung.j2",
    Occasion.REMINDER: "erinnerung.j2",
    Occasion.TEMPLATES: "vorlage.j2",
}


@dataclass(frozen=True, slots=True)
class Mailing:
    """One e-mail to one municipality.

    ``name``: file name of the draft without its ending. ``file``: the submission it is about. ``silent``: why
    nothing is sent although the address is known. ``values``: what the text template may use; empty when
    there is no draft.
    """

    ags: str
    municipality: str
    name: str
    addresses: Addresses
    file: str = ""
    silent: str = ""
    values: dict[str, object] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


def mailings(
    occasion: Occasion, outcome: Outcome, today: date, engine: Engine | None = None
) -> Iterator[Mailing]:
    """The mailings of an occasion in a fixed order.

    ``today`` decides whether a reminder says that the deadline has passed. ``engine`` makes
    annotated copies, without one this process does.
    """
    match occasion:
        case Occasion.FEEDBACK:
            return _feedback(outcome, engine)
        case Occasion.REMINDER:
            return _reminders(outcome, today)
        case Occasion.TEMPLATES:
            return _templates(outcome)


def sender_of(rules: Rules) -> str | None:
    """Address of the project lead's contact, None where it is missing or unusable."""
    contact = rules.project.contact
    return next(iter(addresses_in(contact.e_mail if contact else None).usable), None)


# --- common to all ------------------------------------------------------------------------------------


def _values(rules: Rules, who: str, **more: object) -> dict[str, object]:
    contact = rules.project.contact
    signature = (contact.signature or (contact.name,)) if contact else (SENDER,)
    return {
        "projekt": rules.project.short_title,
        "kommune": who,
        "fragen": ask(rules),
        "unterschrift": "\n".join(signature),
        "ort": (contact.place if contact else None) or "",
        **more,
    }


def _day(value: date | None) -> str:
    return german_date(value) if value else ""


def _addresses(outcome: Outcome, member: Municipality | None, own: Workbook | None = None) -> Addresses:
    """From the submission concerned, else from the one that counts, else from the roster or projekt.yaml."""
    counting = outcome.accepted(member.ags) if member else None
    contact = outcome.rules.project.contact
    places: list[object] = [w.form.get(FORM_EMAIL.name) for w in (own, counting and counting.workbook) if w]
    places += [member.e_mail] if member else []
    places += [contact.e_mail] if contact and member and member.ags == LEAD_AGS else []
    found = [addresses_in(str(text)) for text in places if text]
    return next((a for a in found if a.usable), found[0] if found else Addresses((), 0))


def _draft_name(occasion: Occasion, outcome: Outcome, member: Municipality | None) -> str:
    who = PurePosixPath(copy_name(outcome.rules, member)).stem if member else NOBODY
    return f"{DRAFT_TITLES[occasion].replace('ü', 'ue')}_{who}"


# --- feedback -----------------------------------------------------------------------------------------


def _feedback(outcome: Outcome, engine: Engine | None) -> Iterator[Mailing]:
    """One for each submission; a draft only for accepted ones and open rejections."""
    going_back = files_back(outcome)
    back = [s for s, _ in going_back]
    files = [(s, source) for s, source in going_back if s.state is State.ACCEPTED or s.open_rejection]
    asked = [s for s, _ in files]
    places = feedback_places(s.workbook.file for s in back)
    members = {m.ags: m for m in outcome.rules.members}
    copies = made_copies(files, outcome.rules, letter_contexts(back, outcome), engine)
    for submission in back:
        workbook = submission.workbook
        member = members.get(workbook.ags or "")
        mailing = Mailing(
            ags=workbook.ags or "",
            municipality=member.name if member else "",
            name=_draft_name(Occasion.FEEDBACK, outcome, member),
            addresses=_addresses(outcome, member, workbook),
            file=workbook.file,
            silent=f"{submission.word.text}: nichts zu tun",
        )
        if submission not in asked:
            yield mailing
            continue
        copy, letter = next(copies)
        place = places[workbook.file]
        attached = [Attachment(place.copy.name, copy)] if copy is not None else []
        attached.append(Attachment(place.letter.name, letter.encode("utf-8", "backslashreplace")))
        yield Mailing(
            mailing.ags, mailing.municipality, mailing.name, mailing.addresses, workbook.file,
            values=_feedback_values(submission, outcome, mailing.municipality, copied=copy is not None),
            attachments=tuple(attached),
        )  # fmt: skip


def _feedback_values(
    submission: Submission, outcome: Outcome, who: str, *, copied: bool
) -> dict[str, object]:
    workbook, rules = submission.workbook, outcome.rules
    planned = rules.planned(workbook.stichtag) if workbook.stichtag else rules.round_of(outcome.as_of)
    due = planned.due if planned and planned.due >= outcome.as_of else None
    return _values(
        rules,
        who,
        datei=escaped(PurePosixPath(workbook.file).name),
        stichtag=_day(workbook.stichtag),
        nummer=str(workbook.number or ""),
        stand=submission.word.text,
        zurueckgewiesen=submission.open_rejection,
        fehler=number_of(workbook.count(Severity.ERROR), "Fehler", "Fehler"),
        warnungen=number_of(workbook.count(Severity.WARNING), "Warnung", "Warnungen"),
        frist=_day(due),
        kopie=copied,
    )


# --- reminders ----------------------------------------------------------------------------------------


def _reminders(outcome: Outcome, today: date) -> Iterator[Mailing]:
    """One for each member that has not submitted in the round; a rejected one gets feedback instead."""
    due = outcome.round.due
    if due is None:
        return
    for member in outcome.round.members(RoundStatus.OUTSTANDING):
        yield Mailing(
            member.ags,
            member.name,
            _draft_name(Occasion.REMINDER, outcome, member),
            _addresses(outcome, member),
            values=_values(
                outcome.rules,
                member.name,
                stichtag=_day(outcome.round.stichtag),
                frist=_day(due),
                ueberfaellig=today > due,
            ),
        )


# --- templates ----------------------------------------------------------------------------------------


def _templates(outcome: Outcome) -> Iterator[Mailing]:
    """One for each municipality of the roster, with its own blank copy for the round's reporting date."""
    rules, asked = outcome.rules, outcome.round
    made = copies_of(rules, rules.roster, asked.stichtag)
    for member, (name, data) in zip(rules.roster, made, strict=True):
        yield Mailing(
            member.ags,
            member.name,
            _draft_name(Occasion.TEMPLATES, outcome, member),
            _addresses(outcome, member),
            values=_values(rules, member.name, stichtag=_day(asked.stichtag), frist=_day(asked.due)),
            attachments=(Attachment(name, data),),
        )
