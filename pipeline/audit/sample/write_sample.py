"""Writes OUT/<as-of>/stichprobe_…/: the workbook for the visit, and everything needed to repeat the draw."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

from pipeline.audit.sample.draw import Sample
from pipeline.audit.sample.recipe import POPULATION_FILE, PROGRAM_FILE, RANK_SCRIPT, STRATA_FILE
from pipeline.audit.sample.visit import STRATA_COLUMNS, strata_rows, visit_workbook
from pipeline.disk.csv_table import csv_table
from pipeline.disk.publish import MANIFEST, publish
from pipeline.disk.system_calls import keep_private, sha256_of_file, write_text
from pipeline.reading.containers.names import safe_name
from pipeline.rules import Rules

VISIT_FILE = "KISI_Stichprobe.xlsx"


def sample_folder(sample: Sample, results: Path) -> Path:
    """The folder of a sample: one for each seed and size, so that none replaces another."""
    name = safe_name(sample.seed, "startwert").replace("/", "_")[:40]
    mark = hashlib.sha256(f"{sample.seed}\n{len(sample.drawn)}\n{sample.weighted}".encode()).hexdigest()[:8]
    return results / f"stichprobe_{name}_{mark}"


def write_sample(sample: Sample, rules: Rules, as_of: date, results: Path) -> Path:
    """Write the folder and return it; a workbook that was filled in meanwhile is kept as ``…_geaendert``.

    Raises CannotWrite; then nothing has changed.
    """
    target = sample_folder(sample, results)

    def fill(folder: Path) -> None:
        (folder / VISIT_FILE).write_bytes(visit_workbook(sample, rules, as_of))
        (folder / POPULATION_FILE).write_bytes(sample.listing)
        (folder / STRATA_FILE).write_bytes(
            csv_table([name for name, _ in STRATA_COLUMNS], strata_rows(sample))
        )
        write_text(folder / PROGRAM_FILE, RANK_SCRIPT)
        outputs = {p.name: sha256_of_file(p) for p in sorted(folder.iterdir())}
        write_text(folder / MANIFEST, json.dumps({"outputs": outputs}, indent=1) + "\n")
        keep_private(folder)

    publish(target, fill)
    return target
