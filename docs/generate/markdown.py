"""Markdown from values: pages, sections, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

MADE = "<!-- Aus den Definitionen erzeugt („make docs“). Bitte nicht von Hand ändern. -->"


def page(title: str, *blocks: str) -> str:
    """A file: title, a word of warning to those who would edit it, blocks with a blank line between."""
    return "\n\n".join((f"# {title}", MADE, *filter(None, blocks))) + "\n"


def section(title: str, *blocks: str, level: int = 2) -> str:
    return "\n\n".join((f"{'#' * level} {title}", *filter(None, blocks)))


def table(headers: Iterable[str], rows: Iterable[Iterable[str | None]]) -> str:
    """Cells may hold Markdown; bars and line breaks are kept from tearing the table."""
    header = tuple(headers)
    lines = [_line(header), _line("---" for _ in header)]
    lines += [_line(row) for row in rows]
    return "\n".join(lines)


def _line(cells: Iterable[str | None]) -> str:
    return "| " + " | ".join((c or "").replace("|", "\\|").replace("\n", "<br>") for c in cells) + " |"


def plain(text: str) -> str:
    """A text of the definitions as it is: no sign in it is Markdown or HTML."""
    return re.sub(r"([\\`*_<\[\]])", r"\\\1", text)


def code(text: object) -> str:
    return f"`{text}`"


def anchor(id_: str) -> str:
    """A place that ``link`` leads to."""
    return f'<a id="{id_.lower()}"></a>{id_}'


def link(id_: str, file: str = "") -> str:
    return f"[{id_}]({file}#{id_.lower()})"
