"""How a figure of the whole project came about: its sums, and the share of each municipality."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from pipeline.definitions.messages import german_date
from pipeline.definitions.model import Status
from pipeline.definitions.results import TargetResult
from pipeline.definitions.shares import about_percent
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.definitions.words import MILESTONE_WORDS, TARGET_WORDS
from pipeline.evaluate.consolidate import SUMMED, ProjectTarget
from pipeline.outcome import Outcome
from pipeline.rules import Milestone, Target


def project_target_lines(outcome: Outcome, target: Target) -> Iterator[str]:
    """Sums of each project year, the municipalities in them, and those left out with the reason."""
    for found in (t for t in outcome.project.targets if t.nr == target.id):
        word = TARGET_WORDS[found.status]
        yield f"{f'Projektjahr {found.year}: ' if found.year else ''}{word.label} – {word.meaning}"
        yield f"  {_sum(found)}"
        results = [r for r in outcome.results if (r.ags == LEAD_AGS) == target.by_lead]
        own = [(r.ags, t) for r in results for t in r.targets if (t.nr, t.year) == (target.id, found.year)]
        names = {m.ags: m.name for m in outcome.rules.members}
        for ags, one in own:
            if one.status in SUMMED:
                until = german_date(one.data_as_of) if one.data_as_of else ""
                yield f"  {names[ags]} ({ags}): {_figure(one)}, Daten bis {until} – {TARGET_WORDS[one.status].text}"
        for ags, one in own:
            if one.status not in SUMMED:
                yield f"  Nicht in der Summe: {names[ags]} ({ags}): {TARGET_WORDS[one.status].text}"


def _sum(found: ProjectTarget) -> str:
    words = []
    if found.numerator is not None:
        words.append(f"Summe {found.numerator}" + (f" ÷ {found.denominator}" if found.denominator else ""))
    if isinstance(found.value, Fraction):
        words[-1] += f" = {about_percent(found.value)}"
    if found.communes_evaluated:
        words.append(
            f"{found.communes_met} von {found.communes_evaluated} bewerteten Kommunen erreichen den Zielwert"
        )
    return "; ".join(words) or "Keine Summe: Keine Kommune ist bewertbar."


def _figure(one: TargetResult) -> str:
    if one.numerator is None:
        return "Angabe"
    return f"{one.numerator} ÷ {one.denominator}" if one.denominator is not None else f"{one.numerator}"


def project_milestone_lines(outcome: Outcome, milestone: Milestone) -> Iterator[str]:
    """Number and names of the municipalities by status."""
    names = {m.ags: m.name for m in outcome.rules.roster}
    standing: dict[Status, list[str]] = {}
    for result in outcome.results:
        for one in result.milestones:
            if one.nr == milestone.id:
                standing.setdefault(one.status, []).append(f"{names[result.ags]} ({result.ags})")
    found = next(m for m in outcome.project.milestones if m.nr == milestone.id)
    due = f", fällig am {german_date(found.due)}" if found.due else ""
    yield f"{milestone.id}{due}: {len(names)} Kommunen"
    for status in found.counts:
        who = standing.get(status, [])
        yield f"  {MILESTONE_WORDS[status].label} ({len(who)}): {', '.join(who)}"
