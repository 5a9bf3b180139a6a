"""Lays files that were handed in on the page into the folder of received files; none is ever overwritten."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path, PurePath

from pipeline.desk.forms import Upload
from pipeline.desk.place import refuse_link
from pipeline.disk.unwritable import german_errors
from pipeline.reading.containers.names import file_name, safe_name

UNNAMED = "Abgabe"


def lay_down(uploads: Iterable[Upload], folder: Path) -> list[Path]:
    """Their paths, in the order given. Raises CannotWrite; what was laid down before that stays."""
    refuse_link(folder)
    with german_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        return [_lay(one.path, folder, safe_name(file_name(one.name), UNNAMED)) for one in uploads]


def _lay(source: Path, folder: Path, name: str) -> Path:
    """Under its name, or the first free one: ``Mappe (2).xlsx``."""
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
    """The file appears whole under its name, and fails where there is one already."""
    try:
        os.link(source, path)
    except FileExistsError:
        raise
    except OSError:  # a share or a disk that knows no second names
        with source.open("rb") as data, path.open("xb") as target:
            shutil.copyfileobj(data, target)
