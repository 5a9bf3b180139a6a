"""A quarter with many municipalities, by keyboard alone: ``python -m tests.desk.large_quarter 30``.

Outside the suite, for it takes minutes. Every fifth workbook has an error.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.desk.chromium import chromium
from tests.desk.conftest import working_folder
from tests.desk.quarter import quarter
from tests.desk.running import running
from tests.test_submissions import WRONG, sent

FIRST = 6900000


def main() -> None:
    municipalities = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    with tempfile.TemporaryDirectory() as name:
        folder, post = Path(name, "projekt"), Path(name, "post")
        working_folder(folder)
        post.mkdir()
        lines = ["ags;name;landkreis"]
        for number in range(1, municipalities + 1):
            ags, place = f"{FIRST + number:08d}", f"Gemeinde {number}"
            lines.append(f"{ags};{place};Musterkreis")
            wrong = WRONG if number % 5 == 0 else {}
            (post / f"{place}.xlsx").write_bytes(sent(ags=ags, Stammdaten_B4=place, **wrong))
        (folder / "rules/kommunen.csv").write_text("\n".join([*lines, ""]), "utf-8")
        begun = time.monotonic()
        with running(folder) as browser, chromium(Path(name, "browser")) as tab:
            tab.size(1000, 800)
            quarter(tab, browser.server.address, sorted(post.iterdir()))
            drafts = browser.json("versand.json")["drafts"]
            runs = browser.json("laeufe.json")["runs"]
        shown = ", ".join(f"{r['command']} → {r['code']}" for r in reversed(runs))
        print(f"{municipalities} Kommunen, {sum(bool(d['path']) for d in drafts)} Entwürfe, {shown}")  # noqa: T201
        print(f"{time.monotonic() - begun:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main()
