"""The floor: inflate every part of a workbook, parse the XML with expat, and do nothing with it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.parsers import expat


def inflate_and_parse(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            if name.endswith((".xml", ".rels")):
                expat.ParserCreate().Parse(data, True)


def inflate_and_deflate(path: Path, copy: Path) -> None:
    """The least that a marked copy of a workbook can cost: read every part, write every part."""
    with (
        zipfile.ZipFile(path) as archive,
        zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in archive.namelist():
            new.writestr(name, archive.read(name))
