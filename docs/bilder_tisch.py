"""Pictures of the desk: ``python -m docs.bilder_tisch`` writes docs/bilder/tisch_*.png anew.

A quarter is gone through by keyboard in Chromium, with the invented project on 15 November 2026; four of its
workbooks come while we look.
"""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path

from PIL import Image

from docs.bilder import COLOURS, OUT, ROOT
from pipeline.demo import lay_out
from tests.desk.chromium import chromium
from tests.desk.quarter import quarter
from tests.desk.running import running

LATE = ("KISI_Oberursel", "KISI_Buedingen", "KISI_Friedberg", "KISI_Karben")


def lay(folder: Path) -> list[Path]:
    """The working folder, and the workbooks that come later."""
    lay_out(folder, ROOT / "rules")
    roster = folder / "rules/kommunen.csv"
    first, *lines = roster.read_text("utf-8").splitlines()
    assert "e_mail" not in first
    mailed = [f"{line};guides@{line.split(';')[0]}.example" for line in lines]
    roster.write_text("\n".join([f"{first};e_mail", *mailed]) + "\n", "utf-8")
    (folder / "output").mkdir()
    post = folder / "post"
    post.mkdir()
    late = [p for p in sorted((folder / "eingang/2026-09-30").iterdir()) if p.stem in LATE]
    return [p.rename(post / p.name) for p in late]


def main() -> None:
    for old in OUT.glob("tisch_*.png"):
        old.unlink()
    numbers = count(1)
    with tempfile.TemporaryDirectory() as name:
        late = lay(Path(name, "projekt"))
        with running(Path(name, "projekt")) as browser, chromium(Path(name, "browser")) as tab:

            def picture(what: str) -> None:
                shot = Path(name, "shot.png")
                tab.picture(shot)
                target = OUT / f"tisch_{next(numbers):02}_{what}.png"
                Image.open(shot).convert("RGB").quantize(COLOURS).save(target, optimize=True)

            tab.size(1000, 720)
            quarter(tab, browser.server.address, late, picture)


if __name__ == "__main__":
    main()
