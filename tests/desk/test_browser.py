"""A person with a keyboard and no terminal: from the opened page to the drafts and the report."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.desk.chromium import CHROMIUM, chromium
from tests.desk.quarter import quarter
from tests.desk.running import running
from tests.test_submissions import WRONG, sent

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(
        CHROMIUM is None or os.name == "nt", reason="NOTICE: no Chromium, the desk is not tried"
    ),
]
VIEWS = ("runde", "eingang", "bericht", "versand", "vorlagen", "regeln", "laeufe")
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


def _submissions(folder: Path) -> list[Path]:
    folder.mkdir()
    books = {
        "Büdingen.xlsx": sent(),
        "Karben.xlsx": sent(ags="06440012", Stammdaten_B10="", **WRONG),
    }
    for name, data in books.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in books]


def test_a_quarter_by_keyboard(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("browser")
    with running(folder) as browser, chromium(place / "profil") as tab:
        quarter(tab, browser.server.address, _submissions(place / "post"))
        drafts = browser.json("versand.json")["drafts"]
        assert {(d["title"], bool(d["path"])) for d in drafts} >= {("Rückmeldung", True)}
        (report,) = browser.json("bericht.json")["reports"]
        assert (folder / "output" / report["day"] / f"KISI_Bericht_{report['day']}.xlsx").is_file()
        commands = [r["command"].split()[1] for r in browser.json("laeufe.json")["runs"]]
        assert commands == ["verify", "report", "mail", "mail"]
        assert [entry for entry in tab.logged if "Refused" in entry] == []

        for width, dark in ((1280, False), (640, True), (360, False)):  # 640 is 1280 at 200 %
            tab.size(width, 800, dark=dark)
            for view in VIEWS:
                tab.open(f"http://{browser.host}{browser.base}/{view}")
                tab.until(f"document.querySelector('nav a[aria-current]')?.href.endsWith('/{view}')")
                assert not tab.value(TOO_WIDE), (view, width)

        tab.enter("Beenden")
        tab.at("Beendet")
        assert browser.desk.context.life.over()


def test_the_desk_ends_with_its_tab(folder: Path, tmp_path: Path) -> None:
    with running(folder, look=("true",)) as browser, chromium(tmp_path / "profil") as tab:
        tab.open(browser.server.address)
        tab.at("Runde")
        life = browser.desk.context.life
        tab.enter("Regeln")
        tab.at("Regeln")
        tab.until("performance.getEntriesByType('resource').some(e => e.name.includes('/takt'))")
        assert len(life.tabs) == 1
        assert life.left is None
        tab.open("about:blank")
        tab.until("location.href === 'about:blank'")
        for _ in range(100):
            if life.left is not None:
                break
            tab.value("new Promise(r => setTimeout(r, 100))")
        assert life.tabs == {}
        assert life.left is not None
