"""Pictures of the workbooks for the documents: ``python docs/bilder.py`` writes docs/bilder/ anew.

Runs the demo, prints its workbooks with LibreOffice (soffice) and draws single pages with poppler's pdftotext
and pdftoppm. A page is trimmed to what stands on it and stored with 256 colours.
"""

from __future__ import annotations

import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs/bilder"
DAY = "2026-09-30"
FILLED, FAULTY = f"eingang/{DAY}/KISI_Buedingen.xlsx", f"{DAY}/rueckmeldung/{DAY}/KISI_Oberursel.xlsx"
REPORT = f"{DAY}/KISI_Bericht_{DAY}.xlsx"
PICTURES = {  # name → workbook of the demo, sheet
    "vorlage_stammdaten": (FILLED, "Stammdaten"),
    "vorlage_personen": (FILLED, "Personen"),
    "vorlage_pruefung": (FAULTY, "Prüfung"),
    "vorlage_stand": (FILLED, "Stand"),
    "rueckmeldung": (FAULTY, "Rückmeldung"),
    "rueckmeldung_personen": (FAULTY, "Personen"),
    "bericht_uebersicht": (REPORT, "Übersicht"),
}
DPI, FOOTER, MARGIN = 96, 0.925, 12  # the footer begins at this part of the page's height

Pixel = tuple[int, int, int]


def call(*command: str | Path) -> bytes:
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, timeout=600).stdout  # noqa: S603


def print_books(folder: Path) -> dict[str, Path]:
    """Workbook of the demo → its pages as PDF."""
    call(sys.executable, "-m", "pipeline", "demo", "--out", folder / "demo")
    books = sorted({book for book, _ in PICTURES.values()})
    office = [
        "soffice",
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    call(*office, "--outdir", folder, *(folder / "demo" / book for book in books))
    return {book: folder / f"{Path(book).stem}.pdf" for book in books}


def page_of(pdf: Path, sheet: str) -> int:
    """The first page whose footer names the sheet."""
    pages = call("pdftotext", "-layout", pdf, "-").decode().split("\f")
    for number, page in enumerate(pages, start=1):
        lines = page.strip().splitlines()
        if lines and sheet in lines[-1].replace("·", " ").split():
            return number
    raise KeyError(sheet)


def draw(pdf: Path, page: int) -> list[list[Pixel]]:
    """Rows of pixels of one page, in 16 steps for each colour."""
    ppm = call("pdftoppm", "-r", str(DPI), "-f", str(page), "-l", str(page), pdf)
    _, size, _, pixels = ppm.split(b"\n", 3)
    width, height = map(int, size.split())
    coarse = bytes((v + 8) // 17 * 17 for v in range(256))
    pixels = pixels.translate(coarse)
    rows = [pixels[3 * width * y : 3 * width * (y + 1)] for y in range(int(height * FOOTER))]
    return [list(zip(row[::3], row[1::3], row[2::3], strict=True)) for row in rows]


def trim(rows: list[list[Pixel]]) -> list[list[Pixel]]:
    white = (255, 255, 255)
    ys = [y for y, row in enumerate(rows) if any(p != white for p in row)]
    xs = [x for x in range(len(rows[0])) if any(row[x] != white for row in rows)]
    top, bottom = max(0, ys[0] - MARGIN), ys[-1] + MARGIN
    left, right = max(0, xs[0] - MARGIN), xs[-1] + MARGIN
    return [row[left:right] for row in rows[top:bottom]]


def png(rows: list[list[Pixel]]) -> bytes:
    """With a palette of the 256 most frequent colours; any other becomes the nearest of them."""
    counts = Counter(p for row in rows for p in row)
    palette = [colour for colour, _ in counts.most_common(256)]
    index = {colour: palette.index(nearest(colour, palette)) for colour in counts}
    lines = b"".join(b"\0" + bytes(index[p] for p in row) for row in rows)
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", bytes(v for c in palette for v in c)))
    chunks += ((b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in chunks)


def nearest(colour: Pixel, palette: list[Pixel]) -> Pixel:
    return min(palette, key=lambda other: sum((a - b) ** 2 for a, b in zip(colour, other, strict=True)))


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def main() -> None:
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        pdfs = print_books(Path(name))
        for picture, (book, sheet) in PICTURES.items():
            rows = trim(draw(pdfs[book], page_of(pdfs[book], sheet)))
            (OUT / f"{picture}.png").write_bytes(png(rows))


if __name__ == "__main__":
    main()
