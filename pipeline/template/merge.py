"""Merges two filled workbooks of one municipality whose colleagues each filled in a copy.

``combine`` joins their content, ``fill`` makes the workbook.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding, Workbook
from pipeline.engine.batch import examine_batch
from pipeline.feedback.earlier_answers import with_answer_sheet
from pipeline.reading.containers.source import Unread
from pipeline.reading.package import Refused
from pipeline.rules import Rules
from pipeline.template import template_bytes
from pipeline.template.combine import Clash, combine
from pipeline.template.fill import Content, fill
from pipeline.template.take_over import Move, take_over


@dataclass(frozen=True, slots=True)
class FilledCopy:
    """One of the two files, with the name that messages use for it."""

    name: str
    data: bytes | Unread


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged workbook, None where records clash; German lines on what was done besides.

    ``refused``: which file could not be read, and why. ``findings``: those of the check on the new workbook.
    """

    data: bytes | None = None
    clashes: tuple[Clash, ...] = ()
    notes: tuple[str, ...] = ()
    refused: tuple[str, Finding] | None = None
    findings: tuple[Finding, ...] = ()


def merge_each(rules: Rules, renumber: bool, batch: Sequence[tuple[FilledCopy, FilledCopy]]) -> list[Merged]:
    """For a worker process: each pair merged."""
    return [merge(*pair, rules, renumber=renumber) for pair in batch]


def merge(one: FilledCopy, other: FilledCopy, rules: Rules, *, renumber: bool = False) -> Merged:
    """Merges two workbooks: equal records once, further records of ``other`` after those of ``one``.

    ``renumber``: clashing records of ``other`` get new keys.
    """
    sides = []
    for copy in (one, other):
        try:
            sides.append(_taken(copy, rules))
        except Refused as refused:
            return Merged(refused=(copy.name, refused.finding))
    first, second = sides
    if first.kind is not second.kind:
        return Merged(refused=(other.name, finding("D43", other=one.name)))
    template = template_bytes(rules, first.kind, first.municipality)

    def examined(content: Content) -> Workbook:
        """What the check reads in a workbook with this content."""
        return examine_batch([("", fill(template, first.kind, content))], rules)[0]

    found = combine(first, second, (one.name, other.name), renumber=renumber, examined=examined)
    if found.clashes:
        return Merged(clashes=found.clashes, notes=found.notes)
    data = with_answer_sheet(fill(template, first.kind, found.content), found.answers)
    (workbook,) = examine_batch([("", data)], rules)
    return Merged(data, notes=found.notes, findings=workbook.findings)


def _taken(copy: FilledCopy, rules: Rules) -> Move:
    if isinstance(copy.data, Unread):
        raise Refused(finding(copy.data.rule))
    return take_over(copy.data, rules)


def clash_lines(clashes: Sequence[Clash], names: tuple[str, str]) -> Iterator[str]:
    """One German line per clash: its cell in both files."""
    for clash in clashes:
        here, there = (f"{name} {cell}" for name, cell in zip(names, clash.cells, strict=True))
        yield f"{clash.sheet}, „{clash.column}“: {here} und {there} sind verschieden."
