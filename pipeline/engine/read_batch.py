"""Reads one batch of received files. Loads neither the rules nor pandas: a child that only reads starts fast."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.definitions.messages import finding
from pipeline.definitions.model import Workbook
from pipeline.engine.child import TaskLimits, limited
from pipeline.engine.packing import Packed, pack_workbook
from pipeline.reading.containers.source import Unread
from pipeline.reading.read import ReadingRules, read_workbook

Received = tuple[str, bytes | Unread]  # name, and the content or why there is none


def read(received: Received, rules: ReadingRules) -> Workbook:
    """Read one received file; a file without content gives a refused workbook with the reason as its finding."""
    name, content = received
    if isinstance(content, Unread):
        return unreadable(name, *content)
    return read_workbook(name, content, rules)


def unreadable(name: str, rule: str, sha256: str = "") -> Workbook:
    """Return the refused workbook for a file of which nothing could be read; ``rule`` is the rule id of the
    reason.
    """
    return Workbook(name, sha256, findings=(finding(rule),), refused=True)


def read_batch(rules: ReadingRules, limits: TaskLimits | None, batch: Sequence[Received]) -> list[Workbook]:
    """Read files without checking them, each within the limits; return the workbooks in order."""
    done = []
    for number, received in enumerate(batch):
        with limited(limits, item=number):
            done.append(read(received, rules))
    return done


def read_packed(rules: ReadingRules, limits: TaskLimits | None, batch: Sequence[Received]) -> list[Packed]:
    """The same with packed workbooks, for a single child whose parent checks meanwhile."""
    return [pack_workbook(w) for w in read_batch(rules, limits, batch)]
