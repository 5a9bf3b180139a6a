"""Other answers to open questions, as rules that can be evaluated: only what they would decide otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.rules import Rules
from pipeline.rules.decisions import Count, Decision, Info, Rows, Share
from pipeline.rules.requirements import Alternative, Measure, Milestone


@dataclass(frozen=True)
class OtherReading:
    """An open question with the reading in force and another one.

    ``rules`` hold only the targets and milestones that the other reading may decide otherwise.
    """

    id: str
    question: str
    other: str
    rules: Rules

    @property
    def numbers(self) -> frozenset[str]:
        """The targets and milestones that it concerns."""
        return frozenset(numbers_of(self.rules))


def numbers_of(rules: Rules) -> tuple[str, ...]:
    """Return the numbers of all targets and milestones, in the order of the rules."""
    return (*(t.id for t in rules.targets), *(m.id for m in rules.milestones))


def other_readings(rules: Rules) -> Iterator[OtherReading]:
    """Yield each open reading that has an alternative, in the order of the rules."""
    for one in rules.readings:
        if one.alternative is not None:
            changed = _changed_only(rules, _under(rules, one.alternative))
            yield OtherReading(one.id, one.question, one.alternative.reading, changed)


def _under(rules: Rules, alternative: Alternative) -> Rules:
    """Return all rules as the alternative reads them."""
    parameters = rules.project.parameters.model_copy(update=alternative.set_parameters)
    project = rules.project.model_copy(update={"parameters": parameters})
    return replace(rules, project=project, measures=tuple(_measure(m, alternative) for m in rules.measures))


def _measure(measure: Measure, alternative: Alternative) -> Measure:
    targets = tuple(
        t.model_copy(update={"decide": _decision(t.decide, alternative)}) for t in measure.targets
    )
    milestones = tuple(_milestone(m, alternative) for m in measure.milestones)
    return measure.model_copy(update={"targets": targets, "milestones": milestones})


def _milestone(milestone: Milestone, alternative: Alternative) -> Milestone:
    criteria = tuple(
        c.model_copy(update={"decide": _decision(c.decide, alternative)}) for c in milestone.criteria
    )
    return milestone.model_copy(update={"criteria": criteria})


def _decision(decide: Decision, alternative: Alternative) -> Decision:
    match decide:
        case Share(numerator=top, denominator=below):
            parts = {"numerator": _rows(top, alternative)}
            if isinstance(below, Rows):
                parts["denominator"] = _rows(below, alternative)
            return decide.model_copy(update=parts)
        case Count(rows=rows) | Info(rows=rows):
            return decide.model_copy(update={"rows": _rows(rows, alternative)})
        case _:
            return decide


def _rows(rows: Rows, alternative: Alternative) -> Rows:
    dropped = {
        column for sheet, columns in alternative.without_where for column in columns if sheet == rows.sheet
    }
    where = tuple((column, values) for column, values in rows.where if column not in dropped)
    until = None if rows.sheet in alternative.without_until else rows.until
    return rows.model_copy(update={"where": where, "until": until})


def _changed_only(rules: Rules, other: Rules) -> Rules:
    targets, milestones = {t.id: t for t in rules.targets}, {m.id: m for m in rules.milestones}
    years_differ = rules.years != other.years
    measures = []
    for measure in other.measures:
        own_targets = tuple(t for t in measure.targets if t != targets[t.id] or (t.per_year and years_differ))
        own_milestones = tuple(
            m
            for m in measure.milestones
            if m != milestones[m.id] or (m.criteria and other.due(m) != rules.due(milestones[m.id]))
        )
        own = {"targets": own_targets, "milestones": own_milestones, "evidence": ()}
        measures.append(measure.model_copy(update=own))
    return replace(other, measures=tuple(measures))
