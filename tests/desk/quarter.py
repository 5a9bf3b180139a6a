"""A quarter by keyboard alone, from the opened page to the drafts; for the test and for the pictures of docs/."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.desk.chromium import Tab

Picture = Callable[[str], None]


def quarter(tab: Tab, address: str, files: list[Path], picture: Picture = lambda _: None) -> None:
    """Hand in, look, draft feedback and reminders, report, recompute."""
    tab.open(address)
    tab.at("Runde")
    tab.until("!('wait' in document.body.dataset)")
    picture("runde")
    tab.enter("Eingang")
    tab.at("Eingang")
    tab.choose_files("Mappen, E-Mails", files)
    picture("hineinlegen")
    tab.enter("Hineinlegen und prüfen")
    tab.says("Gerade hineingelegt")
    tab.until("document.querySelector('article.file')")
    if tab.value("Boolean(document.querySelector('article.file table'))"):
        tab.tab_to("Befunde zu")
    picture("befunde")
    tab.enter("Zur Runde")
    tab.at("Runde")
    picture("wer_ist_dran")
    tab.enter("Versand")
    tab.at("Versand")
    _run(tab, "Rückmeldungen entwerfen", picture=picture)
    tab.at("Versand")
    picture("entwuerfe")
    tab.enter("Entwurf Rückmeldung")
    tab.says("Betreff")
    picture("entwurf")
    tab.enter("Zurück zum Versand")
    tab.at("Versand")
    _run(tab, "Erinnerungen entwerfen")
    tab.at("Versand")
    tab.enter("Bericht")
    tab.at("Bericht")
    picture("bericht")
    _run(tab, "Bericht schreiben")
    tab.at("Bericht")
    tab.says("Geschriebene Berichte")
    picture("berichte")
    tab.tab_to("Bericht 3")  # Bericht 30.09.2026 nachrechnen
    tab.press("Enter")
    tab.says("Der Bericht stimmt")
    tab.until("document.querySelector('main a.main')")
    picture("nachgerechnet")
    tab.enter("Protokoll")
    tab.at("Protokoll")


def _run(tab: Tab, button: str, picture: Picture = lambda _: None) -> None:
    """Start a run, follow it to its end, go on."""
    tab.enter(button)
    tab.says("Was der Lauf sagt")
    picture("lauf")
    tab.until("document.querySelector('main a.main')")
    tab.enter("Weiter")
