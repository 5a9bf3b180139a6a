"""Blank workbooks from sheet definitions, rules and roster (the same bytes on every call); migrating and
merging filled ones.

``write_templates`` writes files, ``template_bytes`` makes one workbook. Contract: workbook.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import Path

from pipeline.definitions.sheet_types import WorkbookKind
from pipeline.definitions.spelling import for_file_name
from pipeline.disk.publish import publish_files
from pipeline.rules import Municipality, Rules
from pipeline.template.template_workbook import OwnCopies, template_bytes

__all__ = ["OwnCopies", "blank_name", "copies_of", "copy_name", "template_bytes", "write_templates"]


def blank_name(rules: Rules, kind: WorkbookKind) -> str:
    """File name of a blank workbook: ``KISI_Vorlage_Kommune.xlsx``."""
    return f"{rules.project.short_title}_Vorlage_{for_file_name(kind.title)}.xlsx"


def copy_name(rules: Rules, municipality: Municipality) -> str:
    """File name of a municipality's own copy: ``KISI_06440004_Buedingen.xlsx``."""
    return f"{rules.project.short_title}_{municipality.ags}_{for_file_name(municipality.name)}.xlsx"


def write_templates(
    rules: Rules,
    folder: Path,
    municipalities: Sequence[Municipality] = (),
    stichtag: date | None = None,
    kept: Callable[[Sequence[Path]], Container[Path]] = tuple,
) -> list[Path]:
    """Writes the blank workbook of each kind and a prefilled copy for each municipality; returns the paths.

    ``stichtag``: the Berichtsstichtag in the copies, by default the first of the Berichtsplan. ``kept``: which
    of the files that are there already must stay, for somebody has filled them. CannotWrite when writing
    fails; then the folder is as it was.
    """
    blank = ((blank_name(rules, kind), template_bytes(rules, kind)) for kind in rules.kinds.values())
    names = [
        *(blank_name(rules, k) for k in rules.kinds.values()),
        *(copy_name(rules, m) for m in municipalities),
    ]
    stay = kept([path for name in names if os.path.lexists(path := folder / name)])
    files = chain(blank, copies_of(rules, municipalities, stichtag))
    return publish_files(folder, ((n, content) for n, content in files if folder / n not in stay))


def copies_of(
    rules: Rules, municipalities: Iterable[Municipality], stichtag: date | None = None
) -> Iterator[tuple[str, bytes]]:
    """(file name, content) of each municipality's own copy; the workbook itself is written once."""
    own: OwnCopies | None = None
    for municipality in municipalities:
        own = own or OwnCopies(rules, stichtag)
        yield copy_name(rules, municipality), own.of(municipality)
