"""Writes OUT/<as-of>/versand/: drafts that are new or changed since the last run, and the list versand.csv.

Unchanged drafts of earlier runs are moved to ``frueher``: what is at the top is to be sent.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pipeline.disk.csv_table import csv_table
from pipeline.disk.publish import MANIFEST, publish
from pipeline.disk.system_calls import keep_private, sha256_of_file
from pipeline.dispatch.draft import draft_bytes
from pipeline.dispatch.mail_text import Wording
from pipeline.dispatch.occasions import DRAFT_TITLES, Mailing, Occasion
from pipeline.reading.containers.names import free_name

DISPATCH_FOLDER, LIST, EARLIER, DRAFT = "versand", "versand.csv", "frueher", ".eml"
COLUMNS = (
    "Anlass",
    "AGS",
    "Kommune",
    "Datei",
    "Empfänger",
    "Betreff",
    "Entwurf",
    "Anlagen",
    "Stand",
    "Anmerkung",
)
NO_ADDRESS = "keine Adresse: weder in der Mappe noch in kommunen.csv (e_mail)"


class Standing(StrEnum):
    """How a mailing compares with the last run."""

    NEW = "neu"
    CHANGED = "geändert"
    UNCHANGED = "unverändert"
    NONE = "ohne Entwurf"


@dataclass(slots=True)
class Dispatch:
    """Outcome of one run: number of mailings by standing, and those without a draft as (municipality or file,
    reason).
    """

    folder: Path
    counts: Counter[Standing] = field(default_factory=Counter)
    without: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _LastRun:
    """``drafts``: name and SHA-256 by identity of the mailing. ``rows``: lines of the list by occasion."""

    drafts: dict[str, tuple[str, str]] = field(default_factory=dict)
    rows: dict[str, list[list[str]]] = field(default_factory=dict)


def write_drafts(
    made: Iterable[Mailing],
    occasion: Occasion,
    wording: Wording,
    sender: str | None,
    out: Path,
    *,
    every: bool,
) -> Dispatch:
    """Writes drafts and list below ``out``, the folder of the results; ``every``: unchanged drafts as new
    ones.

    Raises CannotWrite, WordingError; then the folder is as it was.
    """
    target = out / DISPATCH_FOLDER
    done = Dispatch(target)

    def fill(folder: Path) -> None:
        run = _Run(occasion, wording, sender, target, folder, every=every)
        for mailing in made:
            standing = run.add(mailing)
            done.counts[standing] += 1
            if standing is Standing.NONE and not mailing.silent:
                done.without.append((mailing.municipality or mailing.file, run.rows[-1][-1]))
        run.finish()
        keep_private(folder)

    publish(target, fill)
    return done


class _Run:
    """One run: compares each mailing with the last run, whose folder is ``old``, and writes into ``new``."""

    def __init__(
        self, occasion: Occasion, wording: Wording, sender: str | None, old: Path, new: Path, *, every: bool
    ) -> None:
        self.occasion, self.wording, self.sender = occasion, wording, sender
        self.old, self.new, self.every = old, new, every
        self.last = _last_run(old)
        self.drafts: dict[str, tuple[str, str]] = {}
        self.rows: list[list[str]] = []
        self._names: set[str] = set()

    def add(self, mailing: Mailing) -> Standing:
        """Writes the draft of a mailing, or lists why there is none."""
        note = f"{mailing.addresses.unusable} nicht verwendbar" if mailing.addresses.unusable else ""
        if not mailing.values or not mailing.addresses.usable:
            why = mailing.silent or "; ".join(filter(None, (NO_ADDRESS, note)))
            self._list(mailing, "", "", Standing.NONE, why)
            return Standing.NONE
        worded = self.wording.worded(mailing.values)
        data = draft_bytes(mailing.addresses.usable, self.sender, worded, mailing.attachments)
        identity = f"{self.occasion}/{mailing.ags}/{mailing.file}"
        name = free_name(mailing.name + DRAFT, self._names)
        self._names.add(name.lower())
        sha256 = hashlib.sha256(data).hexdigest()
        before = self.last.drafts.get(identity)
        self.drafts[identity] = (name, sha256)
        standing = Standing.NEW if before is None else Standing.CHANGED
        standing = Standing.UNCHANGED if before and before[1] == sha256 else standing
        if standing is Standing.UNCHANGED and not self.every:
            self._list(mailing, worded.subject, f"{EARLIER}/{name}", standing, note)
            self._keep(before[0] if before else name, name)
        else:
            (self.new / name).write_bytes(data)
            self._list(mailing, worded.subject, name, standing, note)
        return standing

    def _keep(self, before: str, name: str) -> None:
        """Copies an unchanged draft of the last run into ``frueher``."""
        found = next((p for p in (self.old / before, self.old / EARLIER / before) if p.is_file()), None)
        if found is not None:
            (self.new / EARLIER).mkdir(exist_ok=True)
            shutil.copy2(found, self.new / EARLIER / name)

    def _list(self, mailing: Mailing, subject: str, draft: str, standing: Standing, note: str) -> None:
        attached = "; ".join(a.safe_name for a in mailing.attachments)
        to = "; ".join(mailing.addresses.usable)
        row = [
            DRAFT_TITLES[self.occasion],
            mailing.ags,
            mailing.municipality,
            mailing.file,
            to,
            subject,
            draft,
        ]
        self.rows.append([*row, attached, standing.value, note])

    def finish(self) -> None:
        """Copies the drafts of other occasions, writes the list and the state that the next run reads."""
        own = f"{self.occasion}/"
        others = {i: d for i, d in self.last.drafts.items() if not i.startswith(own)}
        for name, _ in others.values():
            for place in (name, f"{EARLIER}/{name}"):
                if (self.old / place).is_file() and not (self.new / place).exists():
                    (self.new / place).parent.mkdir(exist_ok=True)
                    shutil.copy2(self.old / place, self.new / place)
        rows = {**self.last.rows, self.occasion.value: self.rows}
        (self.new / LIST).write_bytes(
            csv_table(COLUMNS, [row for kind in Occasion for row in rows.get(kind.value, [])])
        )
        drafts = {i: list(d) for i, d in sorted({**others, **self.drafts}.items())}
        outputs = {
            p.relative_to(self.new).as_posix(): sha256_of_file(p)
            for p in sorted(self.new.rglob("*"))
            if p.is_file()
        }
        state = {"outputs": outputs, "drafts": drafts, "rows": rows}
        (self.new / MANIFEST).write_text(
            json.dumps(state, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n"
        )


def _last_run(folder: Path) -> _LastRun:
    """What the last run left in its manifest; empty where there is none or it is damaged."""
    try:
        state: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        drafts = {str(i): (Path(str(name)).name, str(sha)) for i, (name, sha) in state["drafts"].items()}
        rows = {str(k): [[str(v) for v in row] for row in found] for k, found in state["rows"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return _LastRun()
    return _LastRun(drafts, rows)
