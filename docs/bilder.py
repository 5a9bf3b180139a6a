"""Pictures for the documents: ``python -m docs.bilder`` writes docs/bilder/ anew from the demo's outputs.

Workbooks are printed by LibreOffice (soffice, with German numbers) and drawn by poppler's pdftotext and
pdftoppm; the overview page is drawn by Chromium. A picture is trimmed and stored with few colours. Each sheet of a
blank template and of a returned copy is drawn in two sets of fonts: with Carlito, which has the widths of Calibri,
and below without it.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops

from pipeline.definitions.sheets import (
    CHECK_TITLE,
    FEEDBACK_TITLE,
    FORM_TITLE,
    GUIDE_TITLE,
    MUNICIPALITY,
    STATE_TITLE,
)

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs/bilder"
DAY = "2026-09-30"
FILLED, WRONG = f"eingang/{DAY}/KISI_Buedingen.xlsx", f"eingang/{DAY}/KISI_Oberursel.xlsx"
MARKED = f"{DAY}/rueckmeldung/{DAY}/KISI_Oberursel.xlsx"
REPORT = f"{DAY}/KISI_Bericht_{DAY}.xlsx"
PAGE = f"{DAY}/uebersicht.html"


@dataclass(frozen=True)
class Cut:
    """A page of a workbook of the demo: the first one of ``sheet`` that shows the word ``needle``."""

    book: str
    sheet: str
    needle: str = ""
    rows: bool = False  # between the header and the first row with the needle all rows are left out
    height: int = 10_000  # pixels that are kept from the top


PICTURES = {
    "vorlage_stammdaten": Cut(FILLED, "Stammdaten"),
    "vorlage_personen": Cut(FILLED, "Personen"),
    "vorlage_farben": Cut(WRONG, "Personen"),
    "vorlage_nachweise": Cut(FILLED, "Nachweise"),
    "vorlage_meilensteine": Cut(FILLED, "Meilensteine", height=412),
    "vorlage_pruefung": Cut(WRONG, "Prüfung"),
    "vorlage_stand": Cut(FILLED, "Stand"),
    "rueckmeldung": Cut(MARKED, "Rückmeldung"),
    "rueckmeldung_personen": Cut(MARKED, "Personen"),
    "bericht_uebersicht": Cut(REPORT, "Übersicht"),
    "bericht_kontrolle": Cut(REPORT, "Freigabe", "Unterschrift"),
    "nachrechnen_zielwerte": Cut(REPORT, "Zielwerte", "06440004", rows=True, height=300),
    "nachrechnen_bedarfe": Cut(FILLED, "Bedarfe"),
}
BROWSED = "uebersicht"
BLANK = ROOT / "input_templates/KISI_Vorlage_Kommune.xlsx"
TITLES = (GUIDE_TITLE, CHECK_TITLE, FORM_TITLE, *(t.title for t in MUNICIPALITY.tables), STATE_TITLE)
PAGES = {GUIDE_TITLE: 2}  # of all others the first one
SHEETS = {  # name of a picture → workbook, sheet, page; the Anleitung of a copy is that of the template
    f"blatt_{book}_{title.lower().translate({228: 'ae', 246: 'oe', 252: 'ue', 223: 'ss'})}_{page + 1}": (
        book, title, page
    )
    for book, titles in (("vorlage", TITLES), ("kopie", (FEEDBACK_TITLE, *TITLES[1:])))
    for title in titles
    for page in range(PAGES.get(title, 1))
}  # fmt: skip
SMALL_DPI, FEW_COLOURS, GAP = 72, 48, 14
DPI, FOOTER, MARGIN, PADDING, COLOURS = 96, 0.925, 12, 2, 64  # FOOTER: where it begins, as part of the page
WINDOW = (1100, 1182)
WITHOUT_CARLITO = (  # for fontconfig: as if the font with the widths of Calibri were not installed
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
    '<include ignore_missing="yes">/etc/fonts/fonts.conf</include><selectfont><rejectfont><pattern>'
    '<patelt name="family"><string>Carlito</string></patelt></pattern></rejectfont></selectfont></fontconfig>'
)
GERMAN = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    '<item oor:path="/org.openoffice.Setup/L10N">'
    '<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>de-DE</value></prop></item></oor:items>'
)


def call(*command: str | Path, fonts: Path | None = None) -> bytes:
    """``fonts``: a file for fontconfig in place of that of the machine."""
    environment = dict(os.environ) | ({"FONTCONFIG_FILE": str(fonts)} if fonts else {})
    arguments = [str(c) for c in command]
    return subprocess.run(arguments, check=True, capture_output=True, timeout=600, env=environment).stdout


def without_carlito(folder: Path) -> Path:
    """A file for the environment variable ``FONTCONFIG_FILE``."""
    file = folder / "without_carlito.conf"
    file.write_text(WITHOUT_CARLITO, encoding="utf-8")
    return file


def print_book(book: Path, target: Path, profile: Path, fonts: Path | None = None) -> Path:
    """The pages of a workbook as PDF, in the folder ``target``."""
    if not profile.is_dir():
        (profile / "user").mkdir(parents=True)
        (profile / "user/registrymodifications.xcu").write_text(GERMAN, encoding="utf-8")
    office = ("soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "pdf")
    call(*office, "--outdir", target, book, fonts=fonts)
    return target / f"{book.stem}.pdf"


def print_books(folder: Path) -> dict[str, Path]:
    """Workbook of the demo → its pages as PDF. Workbooks of one name go into folders of their own."""
    books = sorted({cut.book for cut in PICTURES.values()})
    return {
        book: print_book(folder / "demo" / book, folder / str(number), folder / "profile")
        for number, book in enumerate(books)
    }


def pages_of(pdf: Path, sheet: str, needle: str = "") -> list[int]:
    """The pages whose footer names the sheet and that show the text."""
    pages = call("pdftotext", "-layout", pdf, "-").decode().split("\f")
    return [
        number
        for number, page in enumerate(pages, start=1)
        if needle in page
        and (lines := page.strip().splitlines())
        and sheet in lines[-1].replace("·", " ").split()
    ]


def picture_of(pdf: Path, number: int, dpi: int) -> Image.Image:
    """One page without its footer."""
    data = call("pdftoppm", "-r", str(dpi), "-f", str(number), "-l", str(number), "-png", pdf)
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    return picture.crop((0, 0, picture.width, int(picture.height * FOOTER)))


def draw(pdf: Path, cut: Cut, target: Path) -> None:
    number = pages_of(pdf, cut.sheet, cut.needle)[0]
    picture = picture_of(pdf, number, DPI)
    if cut.rows:
        page = ("-f", str(number), "-l", str(number))
        words = re.findall(
            r'yMin="([\d.]+)".*?>(.*?)</word>', call("pdftotext", "-bbox", *page, pdf, "-").decode()
        )
        picture = without_rows(picture, [(float(y) * DPI / 72, word) for y, word in words], cut.needle)
    store(picture, target, cut.height)


def without_rows(picture: Image.Image, words: Sequence[tuple[float, str]], needle: str) -> Image.Image:
    """Header and the rows from the needle on; every row begins with a municipality's key."""
    first = min(y for y, word in words if re.fullmatch(r"\d{8}", word))
    start = min(y for y, word in words if word == needle)
    header = picture.crop((0, 0, picture.width, int(first) - PADDING))
    rest = picture.crop((0, int(start) - PADDING, *picture.size))
    whole = Image.new("RGB", (picture.width, header.height + rest.height), "white")
    whole.paste(header, (0, 0))
    whole.paste(rest, (0, header.height))
    return whole


def draw_sheets(folder: Path) -> None:
    """Each sheet in both sets of fonts, one below the other."""
    books = {"vorlage": BLANK, "kopie": folder / "demo" / MARKED}
    sets = {"with": None, "without": without_carlito(folder)}
    printed = {
        (book, fonts): print_book(path, folder / book / fonts, folder / f"profile_{fonts}", sets[fonts])
        for book, path in books.items()
        for fonts in sets
    }
    for name, (book, title, page) in SHEETS.items():
        pictures = []
        for fonts in sets:
            pdf = printed[book, fonts]
            pictures.append(trimmed(picture_of(pdf, pages_of(pdf, title)[page], SMALL_DPI)))
        size = max(p.width for p in pictures), sum(p.height for p in pictures) + GAP
        both = Image.new("RGB", size, "white")
        both.paste(pictures[0], (0, 0))
        both.paste("#999999", (0, pictures[0].height + GAP // 2, size[0], pictures[0].height + GAP // 2 + 1))
        both.paste(pictures[1], (0, pictures[0].height + GAP))
        both.quantize(FEW_COLOURS).save(OUT / f"{name}.png", optimize=True)


def browse(page: Path, folder: Path, target: Path) -> None:
    """The top of a page as a browser shows it."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"
    shot = folder / "shot.png"
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=de-DE")
    size = "{},{}".format(*WINDOW)
    profile = f"--user-data-dir={folder / 'browser'}"
    call(browser, *options, profile, f"--window-size={size}", f"--screenshot={shot}", page.as_uri())
    store(Image.open(shot).convert("RGB"), target, WINDOW[1])


def trimmed(picture: Image.Image, height: int = 10_000) -> Image.Image:
    """What differs from the paper, with a margin; no more than ``height`` pixels from the top."""
    paper = Image.new("RGB", picture.size, "white")
    left, top, right, bottom = ImageChops.difference(picture, paper).getbbox() or (0, 0, *picture.size)
    bottom = min(bottom + MARGIN, top + height, picture.height)
    box = (max(0, left - MARGIN), max(0, top - MARGIN), min(right + MARGIN, picture.width), bottom)
    return picture.crop(box)


def store(picture: Image.Image, target: Path, height: int) -> None:
    trimmed(picture, height).quantize(COLOURS).save(target, optimize=True)


def main() -> None:
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call(sys.executable, "-m", "pipeline", "demo", "--out", folder / "demo")
        pages = print_books(folder)
        for picture, cut in PICTURES.items():
            draw(pages[cut.book], cut, OUT / f"{picture}.png")
        draw_sheets(folder)
        browse(folder / "demo" / PAGE, folder, OUT / f"{BROWSED}.png")
        wanted = {f"{picture}.png" for picture in (*PICTURES, *SHEETS, BROWSED)}
        for old in OUT.glob("*.png"):
            if old.name not in wanted and not old.name.startswith("tisch_"):  # those are of bilder_tisch.py
                old.unlink()


if __name__ == "__main__":
    main()
