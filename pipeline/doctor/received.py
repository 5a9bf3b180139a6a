"""Checks received files, coming deadlines, and whether the last report includes all files."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from pipeline.audit.verify.manifest import Manifest, read_manifest
from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import german_date, number_of
from pipeline.definitions.model import Status
from pipeline.doctor.doctor_check import DoctorCheck, Urgency
from pipeline.outcome import Outcome
from pipeline.report.manifest import input_hashes
from pipeline.rules import Rules

_IN_USE = "N01"  # the lock file beside a workbook that somebody has open
_DONE = (
    Status.REACHED, Status.REACHED_LATE, Status.PROVIDED, Status.PROVIDED_LATE, Status.UNDEFINED,
)  # fmt: skip


def check_received(outcome: Outcome | None) -> DoctorCheck:
    if outcome is None or not outcome.received:
        remedy = "Legen Sie die ausgefüllten Mappen der Kommunen dorthin."
        return DoctorCheck(Urgency.TODO, "Eingang", "noch keine Mappe mit einem Berichtsstichtag", remedy)
    text = number_of(len(outcome.received), "Datei", "Dateien")
    in_use = [name for name, note in outcome.notes if note.rule == _IN_USE]
    if in_use:
        remedy = "Schließen Sie sie, damit gelesen wird, was gespeichert ist."
        return DoctorCheck(
            Urgency.TODO, "Eingang", f"{text}; gerade geöffnet: {', '.join(map(escaped, in_use))}", remedy
        )
    unknown = [s.workbook.file for s in outcome.submissions if s.workbook.key is None]
    if unknown:
        what = f"{text}; keiner Kommune und keinem Stichtag zuzuordnen: {', '.join(map(escaped, unknown))}"
        return DoctorCheck(Urgency.TODO, "Eingang", what, "kisi check nennt für jede Datei den Grund.")
    return DoctorCheck(Urgency.GOOD, "Eingang", text)


# --- what is due --------------------------------------------------------------------------------------


def check_coming_deadlines(rules: Rules, as_of: date, outcome: Outcome | None) -> DoctorCheck:
    """Coming deadlines of milestones and documents, with the number of municipalities that lack them."""
    days = rules.project.parameters.at_risk_days
    ahead = [d for d in _deadlines(rules) if as_of <= d[0] <= as_of + timedelta(days=days)]
    title = f"Fristen ab {german_date(as_of)}"
    if not ahead:
        return DoctorCheck(Urgency.GOOD, title, f"keine in den nächsten {days} Tagen")
    known = f"\nStand der Abgaben: {german_date(outcome.as_of)}." if outcome else ""
    text = "\n".join(f"{german_date(due)}: {nr}{_lacking(nr, due, outcome)}" for due, nr in ahead)
    mark = Urgency.GOOD if outcome and not any(_open(nr, due, outcome) for due, nr in ahead) else Urgency.TODO
    remedy = "Erinnern Sie die Kommunen an das, was fehlt." if mark is Urgency.TODO else ""
    return DoctorCheck(mark, title, text + known, remedy)


def _deadlines(rules: Rules) -> list[tuple[date, str]]:
    points = ((rules.month_end(m), p.id) for e in rules.measures for p in e.evidence for m in p.months)
    milestones = ((rules.due(m), m.id) for e in rules.measures for m in e.milestones if not m.undefined)
    return sorted([*points, *((due, nr) for due, nr in milestones if due)])


def _open(nr: str, due: date, outcome: Outcome) -> int:
    """Number of municipalities that have not reached a milestone, or not provided a document due that day."""
    entries = [(e.nr, e.due, e.status) for r in outcome.results for e in r.milestones]
    entries += [(e.nr, e.due, e.status) for r in outcome.results for e in r.evidence]
    return sum((one, end) == (nr, due) and status not in _DONE for one, end, status in entries)


def _lacking(nr: str, due: date, outcome: Outcome | None) -> str:
    if outcome is None:
        return ""
    count = _open(nr, due, outcome)
    total = number_of(len(outcome.rules.roster), "Kommune", "Kommunen")
    return f", fehlt noch bei {count} von {total}" if count else ", überall erreicht"


# --- the last report ----------------------------------------------------------------------------------


def check_last_report(results: Path, outcome: Outcome) -> DoctorCheck:
    """Whether the latest report was made from the present files and rules."""
    found = [m for p in sorted(results.glob("????-??-??")) if (m := read_manifest(p)) is not None]
    if not found:
        return DoctorCheck(Urgency.INFO, "Letzter Bericht", "noch keiner")
    last = found[-1]
    news = _news(last, outcome)
    text = f"Stand {german_date(last.as_of)}" + (
        f"; seither {', '.join(news)}" if news else ", auf dem neuesten Stand"
    )
    return DoctorCheck(Urgency.INFO, "Letzter Bericht", text)


def _news(last: Manifest, outcome: Outcome) -> list[str]:
    now = input_hashes(outcome.received)
    counts = (
        (len(now.keys() - last.inputs.keys()), "Datei hinzugekommen", "Dateien hinzugekommen"),
        (len(last.inputs.keys() - now.keys()), "Datei weggefallen", "Dateien weggefallen"),
        (
            sum(last.inputs[n] != now[n] for n in now.keys() & last.inputs.keys()),
            "Datei geändert",
            "Dateien geändert",
        ),
    )
    news = [number_of(count, one, many) for count, one, many in counts if count]
    return news + (["Regeln geändert"] if dict(last.rules) != dict(outcome.rules.files) else [])
