"""Errors of the operating system about a place that cannot be written, in plain German."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class CannotWrite(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """The output cannot be written; the text is German and names the reason. Earlier results are intact."""


_ELSEWHERE = "Wählen Sie mit --out einen anderen Ort."
_NO_FOLDER = f"ein Teil des Pfades ist kein Ordner. {_ELSEWHERE}"
_FULL = "Schaffen Sie Platz, oder wählen Sie mit --out einen anderen Ort."
_TOO_LONG = "Wählen Sie mit --out einen Ordner mit kürzerem Pfad."
_LOCKED = (
    "keine Berechtigung, oder eine Datei darin ist geöffnet. Schließen Sie sie (zum Beispiel in Excel), "
)
_LOCKED += "oder wählen Sie mit --out einen anderen Ort."
_REASONS = {
    errno.EACCES: _LOCKED,
    errno.EPERM: _LOCKED,
    errno.EBUSY: _LOCKED,
    errno.ENOSPC: f"auf dem Datenträger ist kein Platz mehr. {_FULL}",
    getattr(errno, "EDQUOT", -1): f"der Speicherplatz, der Ihnen zusteht, ist ausgeschöpft. {_FULL}",
    errno.EFBIG: f"eine Datei würde größer, als hier erlaubt ist. {_ELSEWHERE}",
    errno.EROFS: f"der Datenträger ist schreibgeschützt. {_ELSEWHERE}",
    errno.ENOTDIR: _NO_FOLDER,
    errno.EEXIST: _NO_FOLDER,
    errno.EISDIR: f"dort liegt ein Ordner gleichen Namens. {_ELSEWHERE}",
    errno.ENAMETOOLONG: f"der Name oder der Pfad ist zu lang. {_TOO_LONG}",
    errno.ENOENT: f"der Ordner ist nicht mehr da, oder der Pfad ist zu lang. {_TOO_LONG}",
    errno.EIO: "der Datenträger meldet einen Fehler. Prüfen Sie ihn, oder fragen Sie Ihre IT.",
}


@contextmanager
def german_errors(target: Path) -> Iterator[None]:
    """Turn an OSError about ``target`` into a CannotWrite with a German text."""
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, f"Systemfehler {error.errno}.")
        raise CannotWrite(f"{target} lässt sich nicht schreiben: {reason}") from None
