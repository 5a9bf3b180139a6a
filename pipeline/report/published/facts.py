"""A report as flat facts: one text for each figure, status, file and value of the rules.

Facts are equal whether read from ergebnis.json or from the outcome being written. Only what the summary
workbook shows exactly is a fact: rows read and findings are not, as their exact numbers do not leave the
project lead (results.md, "Bedarfe und Angebote").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pipeline.definitions.foreign import escaped
from pipeline.definitions.model import State
from pipeline.definitions.shares import about_percent
from pipeline.definitions.words import (
    CRITERION_WORDS,
    EVIDENCE_WORDS,
    MILESTONE_WORDS,
    PROJECT,
    ROUND_WORDS,
    TARGET_WORDS,
    file_word,
)
from pipeline.report.ergebnis_schema import (
    CriterionEntry,
    EvidenceEntry,
    MilestoneEntry,
    ProjectTargetEntry,
    RoundEntry,
    RulesEntry,
    SubmissionEntry,
    TargetEntry,
)
from pipeline.rules.wording.rule_values import Values

STATE, RULES, EXEMPTIONS, SUBMISSIONS = "Stand", "Regeln", "Ausnahmen", "Abgaben"
TARGETS, MILESTONES = "Zielwerte", "Meilensteine"
CRITERIA, EVIDENCE = "Kriterien", "Nachweise"
GROUPS = (STATE, RULES, EXEMPTIONS, SUBMISSIONS, PROJECT, TARGETS, MILESTONES, CRITERIA, EVIDENCE)
SHOWN_OF_HASH = 16
LONGEST = 2000  # characters of a text; the longest wording in the rules has a quarter of that
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Fact:
    """Key of a fact: group, AGS, number or file, project year, and aspect (``subject``)."""

    group: str
    ags: str | None
    nr: str | None
    year: str | None
    subject: str


Facts = Mapping[Fact, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that differs between two reports; None where a report lacks it."""

    fact: Fact
    before: str | None
    now: str | None


def differences(before: Facts, now: Facts) -> list[Difference]:
    """The facts that differ, by group, then in the order of the later report."""
    keys = dict.fromkeys((*now, *before))
    found = [Difference(k, before.get(k), now.get(k)) for k in keys if before.get(k) != now.get(k)]
    return sorted(found, key=lambda d: GROUPS.index(d.fact.group))


def of_rule_files(fact: Fact) -> bool:
    """Whether only the manifest beside a report holds this fact."""
    return fact.group in (RULES, EXEMPTIONS) and fact.nr is not None


# --- from the document --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReportFacts:
    """The parts of ergebnis.json that are facts; lists when read back, else iterators."""

    as_of: str
    rules: RulesEntry
    round: RoundEntry
    submissions: Iterable[SubmissionEntry]
    targets: Iterable[TargetEntry]
    milestones: Iterable[MilestoneEntry]
    evidence: Iterable[EvidenceEntry]
    consolidated: Any


Found = Iterator[tuple[Fact, str]]


def facts_of(report: ReportFacts, values: tuple[Values, Values] | None) -> Found:
    """Every fact with its text; ``values``: (rules, exemptions), where known.

    Texts are safe to show: without control characters, and cut to ``LONGEST``.
    """
    for fact, text in _facts(report, values):
        nr = fact.nr if fact.nr is None else _readable(fact.nr)
        yield Fact(fact.group, fact.ags, nr, fact.year, _readable(fact.subject)), _readable(text)


def _readable(text: str) -> str:
    return escaped(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def _facts(report: ReportFacts, values: tuple[Values, Values] | None) -> Found:
    yield Fact(STATE, None, None, None, "Stand des Berichts"), _day(report.as_of)
    yield Fact(STATE, None, None, None, "Runde zum"), _day(report.round["stichtag"])
    yield Fact(STATE, None, None, None, "Abgabe bis"), _day(report.round["due"])
    yield Fact(RULES, None, None, None, "Regelversion"), report.rules["version"]
    yield Fact(RULES, None, None, None, "Prüfsumme"), _hash(report.rules["sha256"])
    for group, texts in zip((RULES, EXEMPTIONS), values or (), strict=False):
        for nr, subjects in texts.items():
            for subject, text in subjects.items():
                yield Fact(group, None, nr, None, subject), text
    for one in report.round["municipalities"]:
        yield Fact(SUBMISSIONS, one["ags"], None, None, "in der Runde"), ROUND_WORDS[one["status"]].text
    for submission in report.submissions:
        yield from _submission(submission)
    yield from _consolidated(report.consolidated)
    for target in report.targets:
        yield from _target(Fact(TARGETS, target["ags"], target["nr"], target["year"], ""), target)
    for milestone in report.milestones:
        yield from _milestone(milestone)
    yield from _evidence(report.evidence)


def _of(fact: Fact, **subjects: str | None) -> Found:
    """The fact with each subject that has a text; ``erreicht_am`` is read as ``erreicht am``."""
    for subject, text in subjects.items():
        if text is not None:
            words = subject.replace("_", " ")
            yield Fact(fact.group, fact.ags, fact.nr, fact.year, words), text


def _submission(one: SubmissionEntry) -> Found:
    state = one["state"]
    if one["file"] is None or state is State.LATER:
        return
    fact = Fact(SUBMISSIONS, one["ags"], one["file"], None, "")
    number = one["abgabe_nr"]
    yield from _of(
        fact,
        Zustand=file_word(state, closed=bool(one["closed"])).text,
        Stichtag=_day(one["stichtag"]) if one["stichtag"] else None,
        Nummer=f"Abgabe-Nr. {number}" if number is not None else None,
        Prüfsumme=_hash(one["sha256"]) if one["sha256"] else None,
    )


def _target(fact: Fact, target: TargetEntry) -> Found:
    yield from _of(
        fact,
        Wert=_figure(target["value"], target["numerator"], target["denominator"]),
        Schwelle=_figure(target["threshold"]),
        Status=TARGET_WORDS[target["status"]].text,
        Daten_bis=_day(target["data_as_of"]) if target["data_as_of"] else None,
    )


def _milestone(milestone: MilestoneEntry) -> Found:
    yield from _of(
        Fact(MILESTONES, milestone["ags"], milestone["nr"], None, ""),
        Frist=_day(milestone["due"]),
        Status=MILESTONE_WORDS[milestone["status"]].text,
        erreicht_am=_day(milestone["reached_on"]) if milestone["reached_on"] else None,
    )
    for criterion in milestone["criteria"]:
        yield from _criterion(Fact(CRITERIA, milestone["ags"], criterion["nr"], None, ""), criterion)


def _criterion(fact: Fact, criterion: CriterionEntry) -> Found:
    yield from _of(
        fact,
        Wert=_figure(criterion["value"]),
        Schwelle=_figure(criterion["threshold"]),
        Status=CRITERION_WORDS[criterion["status"]].text,
        erfüllt_am=_day(criterion["reached_on"]) if criterion["reached_on"] else None,
        Nachweise=", ".join(criterion["evidence"]) or None,
    )


def _evidence(listed: Iterable[EvidenceEntry]) -> Found:
    """Evidence; several deadlines of one point are distinguished by their dates."""
    for one in listed:
        nr = f"{one['nr']} bis {_day(one['due'])}" if one["due"] else one["nr"]
        yield from _of(
            Fact(EVIDENCE, one["ags"], nr, None, ""),
            Dokumente=None if one["count"] is None else str(one["count"]),
            Status=EVIDENCE_WORDS[one["status"]].text,
        )


def _consolidated(consolidated: Any) -> Found:
    targets: list[ProjectTargetEntry] = consolidated["targets"]
    for t in targets:
        fact = Fact(PROJECT, None, t["nr"], t["year"], "")
        met, judged, total = t["communes_met"], t["communes_evaluated"], t["communes_total"]
        yield from _of(
            fact,
            Wert=_figure(t["value"], t["numerator"], t["denominator"]),
            Status=TARGET_WORDS[t["status"]].text,
            Kommunen=None if met is None else f"{met} von {total} erreicht, {judged} bewertet",
        )
    for m in consolidated["milestones"]:
        counts = ", ".join(f"{n} {MILESTONE_WORDS[s].text}" for s, n in m["counts"].items())
        yield from _of(Fact(PROJECT, None, m["nr"], None, ""), Frist=_day(m["due"]), Kommunen=counts or None)


def _figure(
    value: str | int | None, numerator: int | None = None, denominator: int | None = None
) -> str | None:
    """``24 % (6 von 25)``, ``12``, or None."""
    if value is None:
        return None
    if isinstance(value, int):
        return str(value)
    if denominator:
        counts = f"{numerator} von {denominator}"
        return f"{about_percent(Fraction(numerator or 0, denominator))} ({counts})"
    return about_percent(Fraction(value))


def _day(text: str | None) -> str:
    """``2026-06-30`` as ``30.06.2026``, converted as text, since a date from a file may not exist."""
    match = _DAY.fullmatch(text or "")
    return f"{match[3]}.{match[2]}.{match[1]}" if match else "keine"


def _hash(sha256: str) -> str:
    return f"SHA-256 {sha256[:SHOWN_OF_HASH]}…"
