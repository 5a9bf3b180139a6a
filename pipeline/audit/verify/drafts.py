"""Makes the e-mail drafts beside a report again and compares them.

Only the occasions of which drafts are found. A reminder's text depends on whether the deadline had passed
when it was written, so both versions are accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from pipeline.dispatch.draft import draft_bytes
from pipeline.dispatch.mail_text import Wording
from pipeline.dispatch.occasions import DRAFT_TITLES, TEMPLATE_FILES, Occasion, mailings, sender_of
from pipeline.dispatch.write_drafts import DISPATCH_FOLDER, DRAFT, EARLIER
from pipeline.engine.engine import Engine
from pipeline.outcome import Outcome
from pipeline.reading.containers.names import free_name

Drafts = dict[str, list[bytes]]


def lying_drafts(folder: Path) -> list[str]:
    """Relative paths of the drafts in the folder of results: those to be sent and earlier, unchanged ones."""
    places = (folder / DISPATCH_FOLDER, folder / DISPATCH_FOLDER / EARLIER)
    found = (p for place in places if place.is_dir() for p in place.iterdir() if p.suffix.lower() == DRAFT)
    return sorted(p.relative_to(folder).as_posix() for p in found if p.is_file())


def drafts_anew(names: list[str], outcome: Outcome, rules_folder: Path, engine: Engine | None) -> Drafts:
    """File name → contents that the draft may have. Raises WordingError for an unusable template of the
    rules.
    """
    wanted = {Path(name).name for name in names}
    found: Drafts = {}
    for occasion in Occasion:
        if any(name.startswith(_beginning(occasion)) for name in wanted):
            for today in _days(occasion, outcome):
                for name, data in _drafts(
                    occasion, outcome, today, Wording(rules_folder, TEMPLATE_FILES[occasion]), engine
                ):
                    found.setdefault(name, []).append(data)
    return found


def _beginning(occasion: Occasion) -> str:
    return DRAFT_TITLES[occasion].replace("ü", "ue")


def _days(occasion: Occasion, outcome: Outcome) -> tuple[date, ...]:
    due = outcome.round.due
    if occasion is not Occasion.REMINDER or due is None:
        return (outcome.as_of,)
    return due, due + timedelta(days=1)


def _drafts(
    occasion: Occasion, outcome: Outcome, today: date, wording: Wording, engine: Engine | None
) -> Iterator[tuple[str, bytes]]:
    taken: set[str] = set()
    sender = sender_of(outcome.rules)
    for mailing in mailings(occasion, outcome, today, engine):
        if mailing.values and mailing.addresses.usable:
            name = free_name(mailing.name + DRAFT, taken)
            taken.add(name.lower())
            worded = wording.worded(mailing.values)
            yield name, draft_bytes(mailing.addresses.usable, sender, worded, mailing.attachments)


Compared = Callable[[str, bytes, bytes], list[str]]


def compare_drafts(folder: Path, names: list[str], anew: Drafts, compare: Compared) -> Iterator[str]:
    """German lines on drafts that differ. ``compare`` is called for a draft and a new one whose bytes differ."""
    for name in names:
        candidates = anew.get(Path(name).name, [])
        given = (folder / name).read_bytes()
        if not candidates:
            yield f"{name}: ergibt sich nicht aus diesem Bericht."
        elif given not in candidates:
            yield from compare(name, given, candidates[0])
