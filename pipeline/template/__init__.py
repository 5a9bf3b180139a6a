"""Sheet definitions + rules + roster → blank workbooks, the same bytes on every call.

``write_templates`` lays the files, ``template_bytes`` makes one. Contract: workbook.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from pipeline.definitions.model import WorkbookKind
from pipeline.definitions.sheets import MUNICIPALITY
from pipeline.disk.publish import publish_files
from pipeline.rules import Municipality, Rules
from pipeline.template.workbook import template_bytes

__all__ = ["blank_name", "copy_name", "template_bytes", "write_templates"]

_TRANSLITERATION = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
)


def _ascii(name: str) -> str:
    """A name for a file: umlauts spelled out, accents dropped, everything else a single ``_``."""
    spelled = unicodedata.normalize("NFC", name).translate(_TRANSLITERATION)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")


def blank_name(rules: Rules, kind: WorkbookKind) -> str:
    """File name of a blank workbook: ``KISI_Vorlage_Kommune.xlsx``."""
    return f"{rules.project.short_title}_Vorlage_{_ascii(kind.title)}.xlsx"


def copy_name(rules: Rules, municipality: Municipality) -> str:
    """File name of a municipality's own copy: ``KISI_06440004_Buedingen.xlsx``."""
    return f"{rules.project.short_title}_{municipality.ags}_{_ascii(municipality.name)}.xlsx"


def write_templates(rules: Rules, folder: Path, municipalities: Sequence[Municipality] = ()) -> list[Path]:
    """Writes the blank workbook of each kind and a prefilled copy for each municipality; returns the paths.

    CannotWrite when that fails; then the folder is as it was.
    """
    kinds, own = rules.kinds, rules.kinds[MUNICIPALITY.id]
    blank = ((blank_name(rules, kind), template_bytes(rules, kind)) for kind in kinds.values())
    copies = ((copy_name(rules, m), template_bytes(rules, own, m)) for m in municipalities)
    return publish_files(folder, chain(blank, copies))
