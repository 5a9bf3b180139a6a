"""Random damages: every Fehler that the check reports has its line in the sheet Prüfung, as LibreOffice computes it.

``python -m tests.properties.check_sheet 2000`` tries so many workbooks and prints what Prüfung leaves green.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import load_workbook

from pipeline.definitions.model import Finding, Severity, Workbook
from pipeline.definitions.sheets import CHECK_TITLE
from pipeline.engine.batch import examine_batch
from tests import builder
from tests.cell_edits import edited
from tests.properties.mending import damaged
from tests.template.office import recalculate

BATCH = 40  # workbooks for one start of LibreOffice
NO_LINE = {"W02"}  # LibreOffice computes a formula without result
LOCKED = {("Meilensteine", "C")}  # Fällig am, which nobody can change by hand


def unseen(seeds: Iterable[int]) -> Iterator[str]:
    """Yield seed, rule, sheet and column of each Fehler in whose column Prüfung counts none."""
    workbooks = {seed: edited(damaged(seed), builder.valid()) for seed in seeds}
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = {seed: folder / f"{seed}.xlsx" for seed in workbooks}
        for seed, path in files.items():
            path.write_bytes(workbooks[seed])
        out = recalculate(folder, list(files.values()))
        for seed, path in files.items():
            (checked,) = examine_batch([(path.name, workbooks[seed])], builder.rules())
            red = _red((out / path.name).read_bytes())
            for rule, place in _reported(checked):
                if place not in red | LOCKED and rule not in NO_LINE:
                    yield f"{seed}: {rule} {' '.join(place)}"


def _reported(checked: Workbook) -> Iterator[tuple[str, tuple[str, str]]]:
    for one in checked.findings:
        if one.severity is Severity.ERROR and one.sheet:
            yield from ((one.rule, place) for place in _columns(one))


def _columns(one: Finding) -> set[tuple[str, str]]:
    return {(one.sheet or "", cell.rstrip("0123456789")) for cell in one.addresses()}


def _red(recalculated: bytes) -> set[tuple[str, str]]:
    """Sheet and column of the lines of Prüfung that count a Fehler."""
    sheet = load_workbook(BytesIO(recalculated), data_only=True)[CHECK_TITLE]
    lines = sheet.iter_rows(min_row=5, max_col=4, values_only=True)
    return {(r[0], r[3].rstrip("0123456789")) for r in lines if r[0] and r[2] and "Fehler: " in r[1]}


def main(count: int) -> None:
    found = [
        one for start in range(0, count, BATCH) for one in unseen(range(start, min(start + BATCH, count)))
    ]
    print(f"{count} Mappen, {len(found)} Fehler ohne Zeile in Prüfung")  # noqa: T201
    print("\n".join(found))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else BATCH)
