"""Copies a filled workbook of an earlier template version into the current template and lists what has no
place in it.

What is copied, and how, says ``take_over``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding
from pipeline.definitions.sheets import (
    FORM_STICHTAG,
)
from pipeline.feedback.earlier_answers import with_answer_sheet
from pipeline.reading.containers.source import Unread
from pipeline.reading.package import Refused
from pipeline.rules import Rules
from pipeline.template import template_bytes
from pipeline.template.fill import fill
from pipeline.template.take_over import take_over


@dataclass(frozen=True, slots=True)
class Migrated:
    """The new workbook, the version of the old one, and what was left behind (a German line per place).

    ``answers``: how many answers of the municipality were copied.
    """

    data: bytes
    version: str
    left: tuple[str, ...]
    answers: int = 0


def migrate_each(rules: Rules, batch: Sequence[bytes | Unread]) -> list[Migrated | Finding]:
    """For a worker process: each file migrated, or the finding why it is refused."""
    done: list[Migrated | Finding] = []
    for data in batch:
        try:
            done.append(finding(data.rule) if isinstance(data, Unread) else migrate(data, rules))
        except Refused as refused:
            done.append(refused.finding)
    return done


def migrate(data: bytes, rules: Rules) -> Migrated:
    """The workbook in the current template. Raises Refused as ``take_over`` does."""
    move = take_over(data, rules)
    template = template_bytes(rules, move.kind, move.municipality)
    new = with_answer_sheet(fill(template, move.kind, move.content), move.answers)
    return Migrated(new, str(move.version), tuple(move.left), len(move.answers))


def holds_entries(rules: Rules, batch: Sequence[Sequence[bytes]]) -> list[list[bool]]:
    """For a worker process: whether somebody has filled in each workbook; True where that is unknown."""
    return [[_holds_entries(data, rules) for data in files] for files in batch]


def _holds_entries(data: bytes, rules: Rules) -> bool:
    try:
        moved = take_over(data, rules, values_only=True)
    except Refused:
        return True
    given = moved.content
    return bool(
        given.form.keys() - {FORM_STICHTAG.name} or any(given.tables.values()) or given.entries or moved.left
    )
