"""Runde: standing of each municipality, whose turn it is and what is next; one page per municipality."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import number_of
from pipeline.definitions.model import RoundStatus
from pipeline.definitions.sheets import PROJECT_LEAD
from pipeline.desk.desk_context import DeskContext
from pipeline.desk.page import Page
from pipeline.desk.written_drafts import Draft, drafts
from pipeline.dispatch.occasions import DRAFT_TITLES, Occasion

LEAD, MEMBER, NOBODY = PROJECT_LEAD.title, "Kommune", "niemand"
Entry = dict[str, Any]


def round_page(context: DeskContext, request: Request) -> Page:
    look = context.look()
    data: Entry = {"look": {"busy": look.busy, "progress": look.progress, "problem": look.problem}}
    if look.state is None:
        return Page("waiting.html.j2", "runde", "Runde", data, wait=look.busy)
    state = look.state
    made = drafts(context.place, state["as_of"])
    data |= {
        "as_of": state["as_of_text"],
        "round": state["round"],
        "running": state["running"],
        "tasks": state["tasks"],
        "members": [_member_entry(member, state, made) for member in state["members"]],
    }
    return Page("board.html.j2", "runde", "Runde", data, wait=look.busy)


def _member_entry(member: Entry, state: Entry, made: list[Draft]) -> Entry:
    turn, following = _turn(member, state["round"], made)
    return member | {"turn": turn, "next": following}


def _turn(member: Entry, of: Entry, made: list[Draft]) -> tuple[str, str]:
    """(whose turn it is, what is to be done). A draft counts as sent: the desk cannot see the outbox."""
    feedback = {escaped(d.file) for d in made if d.title == DRAFT_TITLES[Occasion.FEEDBACK] and d.draft}
    reminded = {d.ags for d in made if d.title == DRAFT_TITLES[Occasion.REMINDER] and d.draft}
    if member["new_answers"]:
        return LEAD, f"{number_of(member['new_answers'], 'neue Antwort', 'neue Antworten')} lesen"
    if member["status"] == RoundStatus.DELIVERED:
        return _after_delivery(member, feedback)
    if member["status"] == RoundStatus.REJECTED or member["rejected"]:
        if feedback.issuperset(member["rejected"]):
            return MEMBER, "berichtigt und sendet neu"
        return LEAD, "Rückmeldung senden"
    if member["late"] and member["ags"] not in reminded:
        return LEAD, "erinnern"
    return MEMBER, "sendet die Mappe"


def _after_delivery(member: Entry, feedback: set[str]) -> tuple[str, str]:
    if not feedback.issuperset({*member["rejected"], member["counting"]}):
        return LEAD, "Rückmeldung senden"
    if member["rejected"]:
        return MEMBER, "berichtigt und sendet neu"
    if member["warnings"]:
        return MEMBER, f"beantwortet {number_of(member['warnings'], 'Warnung', 'Warnungen')}"
    return NOBODY, "nichts zu tun"


def member_page(context: DeskContext, request: Request) -> Page:
    """Submissions, findings, answers and letters of one municipality."""
    look = context.look()
    ags = request.path_params["ags"]
    data: Entry = {"look": {"busy": look.busy, "progress": look.progress, "problem": look.problem}}
    if look.state is None:
        return Page("waiting.html.j2", "runde", "Runde", data, wait=look.busy)
    state = look.state
    member = next((m for m in state["members"] if m["ags"] == ags), None)
    if member is None:
        raise HTTPException(404)
    made = drafts(context.place, state["as_of"])
    files = [f | {"letters": _letters(context, f, state["as_of"])} for f in state["files"] if f["ags"] == ags]
    data |= {
        "as_of": state["as_of_text"],
        "as_of_day": state["as_of"],
        "member": _member_entry(member, state, made),
        "files": files,
        "drafts": [vars(d) for d in made if d.ags == ags],
    }
    return Page("member.html.j2", "runde", member["name"], data, wait=look.busy)


def _letters(context: DeskContext, file: Entry, as_of: str) -> list[Entry]:
    """Letter and annotated copy where a report has written them."""
    found = []
    for title, name in (("Anschreiben", file["letter"]), ("markierte Kopie", file["copy"])):
        path = f"output/{as_of}/rueckmeldung/{name}"
        if name and context.place.file(path):
            found.append({"title": title, "path": path})
    return found
