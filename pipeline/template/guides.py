"""Handbook and guides as self-contained HTML pages, from the Markdown in docs/.

``kisi init`` writes them into the working folder for a project lead who has installed the program.
"""

from __future__ import annotations

import base64
import html
import itertools
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.token import Token

GUIDE_PAGES = {  # page of docs/ → name of the page in the working folder
    "handbuch.md": "Handbuch.html",
    "kisi-im-browser.md": "KISI_im_Browser.html",
    "anleitung-kommune.md": "Anleitung_Kommune.html",
    "rueckmeldung.md": "Rueckmeldung.html",
    "datenschutz.md": "Datenschutz.html",
    "pruefung.md": "Pruefung.html",
    "nachrechnen.md": "Nachrechnen.html",
    "referenz/pruefungen.md": "Verzeichnis_Pruefungen.html",
    "referenz/kennzahlen.md": "Verzeichnis_Kennzahlen.html",
}
SAMPLES = "beispiel"  # folder of docs/ with invented forms
SAMPLE_SUFFIXES = (".xlsx", ".docx")
_STYLE = """\
body { font: 11pt/1.5 Carlito, Calibri, "Liberation Sans", Arial, sans-serif; color: #1a1a1a; background: #fff;
  max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.25; break-after: avoid; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { border: 1px solid #767676; padding: .25rem .5rem; text-align: left; vertical-align: top; }
tr, img, pre { break-inside: avoid; }
img { max-width: 100%; height: auto; border: 1px solid #767676; }
code { font-family: "Liberation Mono", Consolas, monospace; overflow-wrap: anywhere; }
pre { padding: .5rem; border: 1px solid #767676; white-space: pre-wrap; }
@page { size: A4; margin: 2cm; }
"""


def guides(docs: Path) -> Iterator[tuple[str, bytes]]:
    """(file name, content) of each guide and sample form. ``docs`` is the folder that comes with the program."""
    for source, name in GUIDE_PAGES.items():
        yield name, _page(docs, source).encode()
    yield from samples(docs)


def samples(docs: Path) -> Iterator[tuple[str, bytes]]:
    """(file name, content) of each invented form."""
    for path in sorted((docs / SAMPLES).iterdir()):
        if path.suffix in SAMPLE_SUFFIXES:
            yield path.name, path.read_bytes()


def _page(docs: Path, source: str) -> str:
    markdown = MarkdownIt("commonmark").enable("table")
    tokens = markdown.parse((docs / source).read_text(encoding="utf-8"))
    title = next(t.content for before, t in itertools.pairwise(tokens) if before.tag == "h1")
    _name_headings(tokens)
    for token in tokens:
        token.children = _linked(token.children or [], docs, PurePosixPath(source).parent)
    body = markdown.renderer.render(tokens, markdown.options, {})
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>\n{_STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="de">\n<head>{head}</head>\n<body>\n{body}</body>\n</html>\n'


def _name_headings(tokens: list[Token]) -> None:
    """Gives headings the anchors that Markdown links expect: „8. Die Liste“ is ``#8-die-liste``."""
    for heading, text in itertools.pairwise(tokens):
        if heading.type == "heading_open":
            words = re.sub(r"[^\w\- ]", "", text.content.lower())
            heading.attrSet("id", words.replace(" ", "-"))


def _linked(tokens: list[Token], docs: Path, folder: PurePosixPath) -> list[Token]:
    """Embeds pictures; keeps links to pages that are written as well; turns other links into plain text."""
    kept, dropped = [], 0
    for token in tokens:
        if token.type == "image":
            token.attrSet("src", _picture(docs / str(folder / str(token.attrGet("src")))))
        elif token.type == "link_open":
            target = _target(str(token.attrGet("href")), folder)
            if target is None:
                dropped += 1
                continue
            token.attrSet("href", target)
        elif token.type == "link_close" and dropped:
            dropped -= 1
            continue
        kept.append(token)
    return kept


def _target(link: str, folder: PurePosixPath) -> str | None:
    page, mark, anchor = link.partition("#")
    if not page:
        return link
    path = folder / page
    if str(path) in GUIDE_PAGES:
        return GUIDE_PAGES[str(path)] + mark + anchor
    return path.name if path.parent.name == SAMPLES and path.suffix in SAMPLE_SUFFIXES else None


def _picture(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()
