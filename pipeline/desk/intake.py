"""Stores uploaded files in the folder of received files; none is ever overwritten."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path, PurePath

from pipeline.desk.place import refuse_link
from pipeline.desk.posted_form import Upload
from pipeline.disk.unwritable import german_errors
from pipeline.reading.containers.names import file_name, safe_name

UNNAMED = "Abgabe"


def lay_down(uploads: Iterable[Upload], folder: Path) -> list[Path]:
    """Stores the uploads; returns their paths in order. Raises CannotWrite; files stored before that stay."""
    refuse_link(folder)
    with german_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        return [_lay(one.path, folder, safe_name(file_name(one.name), UNNAMED)) for one in uploads]


def _lay(source: Path, folder: Path, name: str) -> Path:
    """Stores a file under its name or the first free one: ``Mappe (2).xlsx``."""
    for number in count(1):
        path = folder / _numbered(name, number)
        with suppress(FileExistsError):
            _put(source, path)
            return path
    raise AssertionError


def _numbered(name: str, number: int) -> str:
    pure = PurePath(name)
    return name if number == 1 else f"{pure.stem} ({number}){pure.suffix}"


def _put(source: Path, path: Path) -> None:
    """Publishes the file whole under its name; fails where there is one already."""
    try:
        os.link(source, path)
    except FileExistsError:
        raise
    except OSError:  # a share or a disk that knows no second names
        with source.open("rb") as data, path.open("xb") as target:
            shutil.copyfileobj(data, target)
