"""Pictures of the workbooks for the documents: ``python docs/bilder.py`` writes docs/bilder/ anew.

Runs the demo, prints its workbooks with LibreOffice (soffice) and draws single pages with poppler's pdftotext
and pdftoppm. A page is trimmed to what stands on it and stored with 256 colours.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageOps

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs/bilder"
DAY = "2026-09-30"
FILLED, FAULTY = f"eingang/{DAY}/KISI_Buedingen.xlsx", f"{DAY}/rueckmeldung/{DAY}/KISI_Oberursel.xlsx"
REPORT = f"{DAY}/KISI_Bericht_{DAY}.xlsx"
PICTURES = {  # name → workbook of the demo, sheet, text on the page
    "vorlage_stammdaten": (FILLED, "Stammdaten", ""),
    "vorlage_personen": (FILLED, "Personen", ""),
    "vorlage_pruefung": (FAULTY, "Prüfung", ""),
    "vorlage_stand": (FILLED, "Stand", ""),
    "rueckmeldung": (FAULTY, "Rückmeldung", ""),
    "rueckmeldung_personen": (FAULTY, "Personen", ""),
    "bericht_uebersicht": (REPORT, "Übersicht", ""),
    "nachrechnen_zielwerte": (REPORT, "Zielwerte", "06440004"),
    "nachrechnen_herkunft": (REPORT, "Herkunft", "06440004"),
    "nachrechnen_bedarfe": (FILLED, "Bedarfe", ""),
}
DPI, FOOTER, MARGIN = 96, 0.925, 12  # the footer begins at this part of the page's height


def call(*command: str | Path) -> bytes:
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, timeout=600).stdout


def print_books(folder: Path) -> dict[str, Path]:
    """Workbook of the demo → its pages as PDF."""
    call(sys.executable, "-m", "pipeline", "demo", "--out", folder / "demo")
    books = sorted({book for book, _, _ in PICTURES.values()})
    office = [
        "soffice",
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    call(*office, "--outdir", folder, *(folder / "demo" / book for book in books))
    return {book: folder / f"{Path(book).stem}.pdf" for book in books}


def page_of(pdf: Path, sheet: str, needle: str) -> int:
    """The first page whose footer names the sheet and that shows the text."""
    pages = call("pdftotext", "-layout", pdf, "-").decode().split("\f")
    for number, page in enumerate(pages, start=1):
        lines = page.strip().splitlines()
        if lines and needle in page and sheet in lines[-1].replace("·", " ").split():
            return number
    raise KeyError(sheet)


def draw(pdf: Path, page: int, target: Path) -> None:
    """One page without its footer, trimmed, with 256 colours."""
    data = call("pdftoppm", "-r", str(DPI), "-f", str(page), "-l", str(page), "-png", pdf)
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, int(picture.height * FOOTER)))
    box = ImageOps.invert(picture).getbbox() or (0, 0, picture.width, picture.height)
    left, top, right, bottom = box
    picture = picture.crop((max(0, left - MARGIN), max(0, top - MARGIN), right + MARGIN, bottom + MARGIN))
    picture.quantize(64).save(target, optimize=True)


def main() -> None:
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        pdfs = print_books(Path(name))
        for picture, (book, sheet, needle) in PICTURES.items():
            draw(pdfs[book], page_of(pdfs[book], sheet, needle), OUT / f"{picture}.png")


if __name__ == "__main__":
    main()
