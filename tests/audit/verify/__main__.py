"""Every manipulation by itself, and what finds it: ``python -m tests.audit.verify`` prints the table of docs/pruefung.md.

Takes minutes: for each one a report is saved, changed, and compared.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.audit.verify.compare_workbooks import compare_workbooks
from pipeline.audit.verify.opened_report import read_opened
from tests import demo_files
from tests.audit.verify import in_outputs
from tests.audit.verify.all import manipulations
from tests.audit.verify.edited import Edited
from tests.audit.verify.place import computed, original, resaved


def in_the_report() -> Iterator[tuple[str, str, str]]:
    """(what was changed, what is reported, whether it is found)."""
    for one in manipulations():
        edited = Edited(resaved())
        one.edit(edited)
        found = compare_workbooks(read_opened(edited.save()), computed())
        lines = found.uncompared if one.named else found.differences
        yield one.name, *_found(one.shown, lines)


def beside_the_report(folder: Path) -> Iterator[tuple[str, str, str]]:
    for number, one in enumerate(in_outputs.changes()):
        results = in_outputs.copied(original(), folder / str(number))
        one.edit(results)
        in_outputs.adapt(results)
        found = in_outputs.compared(results, original().folder)
        yield one.name, *_found(one.shown, [*found.differences, *found.uncompared])


def _found(wanted: str, lines: list[str]) -> tuple[str, str]:
    line = next((line for line in lines if wanted in line), "")
    return line or "; ".join(lines[:2]), "ja" if line else "nein"


def main() -> int:
    with TemporaryDirectory() as folder:
        demo_files.SHARED = Path(folder)
        rows = [*in_the_report(), *beside_the_report(Path(folder))]
    print("| Verändert | Gemeldet |\n|---|---|")  # noqa: T201
    for name, shown, found in rows:
        print(f"| {name} | {'' if found == 'ja' else '**nicht gefunden** '}{shown.replace('|', '/')} |")  # noqa: T201
    missed = [name for name, _, found in rows if found != "ja"]
    print(f"\n{len(rows)} Manipulationen, {len(missed)} nicht gefunden.", file=sys.stderr)  # noqa: T201
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
