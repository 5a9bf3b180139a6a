"""How a requirement is decided, in German words generated from its ``decide`` value."""

from __future__ import annotations

from datetime import date

from pipeline.definitions.messages import german_date
from pipeline.definitions.shares import percent
from pipeline.definitions.sheets import (
    CRITERIA,
    EVIDENCE,
    EVIDENCE_POINT,
    RULE_EVIDENCE,
    RULE_FULFILLED,
    TARGETS,
)
from pipeline.rules import (
    Attested,
    Count,
    Criterion,
    Every,
    EvidencePoint,
    Exemption,
    Info,
    Latest,
    Linked,
    Milestone,
    Rows,
    Rules,
    Share,
    Target,
    Withdrawal,
    quarter_end,
)

UNDEFINED = "Nicht festgelegt: Die Quelle nennt weder Kriterien noch Frist. Wird nicht bewertet."
BASES = {"months": "der Text", "quarter": "die Zeitschiene"}  # what decides on a deadline
YEARS = {"project_year": "Projektjahr", "calendar_year": "Kalenderjahr"}
_SEVERAL = 2


def how_decided(requirement: Target | Criterion, rules: Rules) -> str:
    """Return one paragraph: kind, sheets and columns, comparison."""
    lead = "Aus der Arbeitsmappe der Projektleitung. " if requirement.by_lead else ""
    return lead + _kind(requirement, rules)


def _kind(requirement: Target | Criterion, rules: Rules) -> str:
    match requirement.decide:
        case Share() as share:
            return _share(share)
        case Count() as count:
            return _count(count, rules) + _with_evidence(requirement, count, rules)
        case Every() as every:
            return (
                f"Jede Zeile: Im Blatt „{every.sheet}“ steht in jeder Zeile unter „{every.date}“ ein Datum bis "
                "zum Tag der Daten; das Blatt hat mindestens eine Zeile."
            )
        case Attested():
            sheet = TARGETS if isinstance(requirement, Target) else CRITERIA
            return (
                f"Angabe der berichtenden Stelle im Blatt „{sheet.title}“: „{RULE_FULFILLED.name}“ bis zum Tag "
                f"der Daten und mindestens eine „{RULE_EVIDENCE.name}“."
            )
        case Info(rows=rows):
            return f"Erhebung: Gezeigt wird die Zahl der {_rows(rows)}. Sie wird nicht bewertet."


def _share(share: Share) -> str:
    below = share.denominator
    if isinstance(below, Latest):
        base = f"die letzte „{below.latest}“ im Blatt „{below.sheet}“ („{below.date}“ bis zum Tag der Daten)"
    else:
        base = f"die Zahl der {_rows(below)}"
    return (
        f"Anteil: Zahl der {_rows(share.numerator)}, geteilt durch {base}; mindestens "
        f"{percent(share.at_least)}, verglichen ohne Rundung."
    )


def _count(count: Count, rules: Rules) -> str:
    within = f" im jeweiligen {YEARS[rules.project.parameters.year_basis]}," if count.per_year else ""
    return f"Anzahl: {_rows(count.rows, within)}; mindestens {count.at_least}."


def _with_evidence(requirement: Target | Criterion, count: Count, rules: Rules) -> str:
    sheet = rules.kinds[requirement.reported_by].table(count.rows.sheet)
    if isinstance(requirement, Target) or count.rows.until or sheet.evidence_column is None:
        return ""
    return f" Es zählen nur Zeilen mit „{sheet.evidence_column}“; ohne sie heißt es „Nachweis fehlt“."


def _rows(rows: Rows, within: str = "") -> str:
    parts = [f"{_list(rows.dates)}{within} bis zum Tag der Daten"]
    if rows.until:
        parts.append(f"„{rows.until}“ leer oder später")
    parts += [f"„{column}“ = {' oder '.join(values)}" for column, values in rows.where]
    if rows.linked:
        parts.append(_linked(rows.linked))
    return f"Zeilen im Blatt „{rows.sheet}“ mit {', '.join(parts)}"


def _linked(linked: Linked) -> str:
    return (
        f"mindestens einer Zeile im Blatt „{linked.sheet}“ (über „{linked.column}“), datiert nach „{linked.date}“ "
        f"im Blatt „{linked.dated_sheet}“ (über „{linked.dated_by}“)"
    )


def _list(names: tuple[str, ...]) -> str:
    quoted = [f"„{n}“" for n in names]
    return quoted[0] if len(quoted) < _SEVERAL else f"{', '.join(quoted[:-1])} und {quoted[-1]}"


def how_evidence(point: EvidencePoint) -> str:
    """Return how the documents of an evidence point are counted."""
    rows = f"Zeilen im Blatt „{EVIDENCE.title}“ mit „{EVIDENCE_POINT.name}“ {point.id}"
    if point.months:
        return f"Nachweis: {rows}; das erste, zweite … Dokument nach Datum dient der ersten, zweiten … Frist."
    return f"Nachweis: {rows} und „Datum“ bis zum Tag der Daten; mindestens eine."


def how_milestone(milestone: Milestone) -> str:
    """Return when a milestone is reached."""
    if milestone.undefined:
        return UNDEFINED
    return "Erreicht, wenn alle Kriterien erfüllt sind; am spätesten Tag seiner Kriterien."


def exemption_place(exemption: Exemption) -> str:
    """Return where an exemption holds: ``Blatt „Bestand“, Spalte „Anzahl“``."""
    if exemption.sheet is None:
        return "alle Blätter"
    return f"Blatt „{exemption.sheet}“" + (f", Spalte „{exemption.column}“" if exemption.column else "")


def withdrawn_file(one: Withdrawal) -> str:
    """Return which file was withdrawn: ``06440004, 30.06.2026, Abgabe-Nr. 2``, or its SHA-256."""
    if one.sha256 is not None or one.stichtag is None:
        return f"SHA-256 {one.sha256}"
    return f"{one.ags}, {german_date(one.stichtag)}, Abgabe-Nr. {one.abgabe_nr}"


def data_age(oldest: date | None, youngest: date | None) -> str:
    """Return how old the data of a sum are; empty where it sums nothing."""
    if oldest is None or youngest is None:
        return ""
    if oldest == youngest:
        return f"Daten vom {german_date(oldest)}"
    return f"Daten vom {german_date(oldest)} (älteste) bis {german_date(youngest)} (jüngste)"


# --- parameters ---------------------------------------------------------------------------------------


def threshold_words(requirement: Target | Criterion, rules: Rules) -> str:
    """Return the minimum in words; empty when nothing is measured."""
    match requirement.decide:
        case Share(at_least=share):
            return f"Schwelle: {percent(share)}"
        case Count(at_least=number, per_year=yearly):
            year = f" je {YEARS[rules.project.parameters.year_basis]}" if yearly else ""
            return f"Schwelle: {number}{year}"
        case Every():
            return "Schwelle: jede Zeile"
        case Attested() | Info():
            return ""


def deadline_words(milestone: Milestone, rules: Rules) -> tuple[str, ...]:
    """Return the deadline by the text, by the timeline, and, where they differ, which of them decides."""
    lines = []
    if milestone.months is not None:
        text = german_date(rules.month_end(milestone.months))
        lines.append(f"Text: {milestone.months} Monate nach Projektbeginn = {text}")
    if milestone.quarter is not None:
        lines.append(
            f"Zeitschiene: {quarter_words(milestone.quarter)} (bis {german_date(quarter_end(milestone.quarter))})"
        )
    if deadlines_disagree(milestone, rules):
        lines.append(f"Text und Zeitschiene weichen ab. Es gilt {deciding_words(milestone, rules)}.")
    return tuple(lines)


def deadlines_compared(milestone: Milestone, rules: Rules) -> str:
    """Return both deadlines of a milestone, of which text and timeline disagree, in one line."""
    assert milestone.months is not None
    assert milestone.quarter is not None
    text = german_date(rules.month_end(milestone.months))
    basis = BASES[rules.project.parameters.deadline_basis]
    return f"laut Text {text}, laut Zeitschiene {quarter_words(milestone.quarter)}; es gilt {basis}"


def deciding_words(milestone: Milestone, rules: Rules) -> str:
    """Return what decides on the deadline, and the deadline: ``der Text: 30.06.2026``."""
    due = rules.due(milestone)
    deadline = german_date(due) if due else "keine Frist"
    return f"{BASES[rules.project.parameters.deadline_basis]}: {deadline}"


def deadlines_disagree(milestone: Milestone, rules: Rules) -> bool:
    """Return whether the deadline by the text lies in another quarter than that of the timeline."""
    if milestone.months is None or milestone.quarter is None:
        return False
    by_text = rules.month_end(milestone.months)
    return quarter_of(by_text) != milestone.quarter


def quarter_of(on: date) -> str:
    """Return the quarter of a day: ``2026-Q1``."""
    return f"{on.year}-Q{(on.month + 2) // 3}"


def quarter_words(name: str) -> str:
    """Return ``2026-Q1`` as ``1. Quartal 2026``."""
    year, number = name.split("-Q")
    return f"{number}. Quartal {year}"
