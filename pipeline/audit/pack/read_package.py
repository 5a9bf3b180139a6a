"""Opens an untrusted package: unpacks it into a private folder, within limits, and checks it."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.audit.pack.bag import (
    DECLARATION,
    DECLARATION_FILE,
    INFO_FILE,
    MANIFEST_FILE,
    PAYLOAD,
    TAG_MANIFEST_FILE,
    bag_differences,
    read_bag_manifest,
    read_info,
)
from pipeline.audit.pack.places import DELETED_FILE, LEDGER_FILE

MAX_PACKAGE_INFLATED = 8_000_000_000  # bytes; ten thousand workbooks with their copies are half of that
MAX_RATIO = 200  # of what a member says it inflates to and its packed size
MAX_PACKAGE_FILES = 200_000
_STEP = 1 << 20
_ENTRY = b"PK\x01\x02"


class BadPackage(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """The file is no package of ours or must not be unpacked; the message is German."""


@dataclass(frozen=True)
class OpenedPackage:
    """A package while it is unpacked in ``folder``.

    ``payload``: path below ``data/`` → file; ``digests``: the same → SHA-256 as it is now. ``differences``:
    in German, what contradicts the package's own lists.
    """

    folder: Path
    payload: Mapping[str, Path]
    digests: Mapping[str, str]
    info: Mapping[str, str]
    differences: tuple[str, ...]

    @property
    def ledger(self) -> list[list[str]]:
        """The packages before this one, first one first."""
        return self._rows(LEDGER_FILE)

    @property
    def deleted(self) -> list[list[str]]:
        """Files that were taken out: path, SHA-256, reason."""
        return self._rows(DELETED_FILE)

    def _rows(self, name: str) -> list[list[str]]:
        if name not in self.payload:
            return []
        try:
            text = self.payload[name].read_text("utf-8-sig")
            return list(csv.reader(io.StringIO(text), delimiter=";"))[1:]
        except (ValueError, csv.Error):
            raise BadPackage(f"{PAYLOAD}{name} ist nicht lesbar.") from None


@contextmanager
def opened_package(path: Path) -> Iterator[OpenedPackage]:
    """Context manager: unpacks a package into a private temporary folder. Raises BadPackage."""
    with tempfile.TemporaryDirectory(prefix="kisi-paket-") as name:
        folder = Path(name)
        try:
            digests = _unpacked(path, folder)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
            raise BadPackage("Die Datei ist beschädigt oder kein Zip-Archiv.") from None
        yield _checked(folder, digests)


def _unpacked(path: Path, folder: Path) -> dict[str, str]:
    """Writes every member below ``folder``, without the bag's own folder; returns path → SHA-256."""
    if _entries(path) > MAX_PACKAGE_FILES:
        raise BadPackage("Das Archiv hat zu viele Einträge.")
    found: dict[str, str] = {}
    with zipfile.ZipFile(path) as archive:
        entries = [e for e in archive.infolist() if not e.is_dir()]
        _check_sizes(entries)
        tops = {PurePosixPath(e.filename).parts[0] for e in entries if PurePosixPath(e.filename).parts}
        if len(tops) != 1:
            raise BadPackage("Das Archiv ist kein KISI-Paket: Es hat nicht genau einen Ordner.")
        for entry in entries:
            inner = _inner(entry.filename)
            if inner in found:
                raise BadPackage(f"{inner} steht zweimal im Archiv.")
            target = folder / inner
            target.parent.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256()
            with archive.open(entry) as member, target.open("xb") as out:
                left = entry.file_size
                while chunk := member.read(min(_STEP, left + 1)):
                    left -= len(chunk)
                    if left < 0:
                        raise BadPackage("Ein Eintrag ist größer, als das Archiv sagt.")
                    digest.update(chunk)
                    out.write(chunk)
            found[inner] = digest.hexdigest()
    return found


def _entries(path: Path) -> int:
    """Number of entries in the zip directory, counted before a library keeps them all in memory."""
    count, rest = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_STEP):
            count += (rest + chunk).count(_ENTRY)
            rest = chunk[-len(_ENTRY) + 1 :]
    return count


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if sum(e.file_size for e in entries) > MAX_PACKAGE_INFLATED:
        raise BadPackage("Das Archiv ist ausgepackt zu groß.")
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if sum(e.file_size for e in entries) > free:
        raise BadPackage("Zum Auspacken ist auf dem Datenträger nicht genug Platz.")
    if any(e.file_size > 100_000 and e.file_size > MAX_RATIO * max(1, e.compress_size) for e in entries):
        raise BadPackage("Ein Eintrag ist ungewöhnlich stark gepackt; das Archiv wird nicht geöffnet.")
    if any((e.external_attr >> 16) & 0o170000 == 0o120000 for e in entries):
        raise BadPackage("Das Archiv enthält eine Verknüpfung und wird nicht geöffnet.")


def _inner(name: str) -> str:
    """Path inside the bag. Raises BadPackage for one that leads out of it."""
    parts = PurePosixPath(name).parts
    if name.startswith("/") or "\\" in name or ":" in name or "\0" in name or ".." in parts or len(parts) < 2:
        raise BadPackage("Das Archiv enthält einen Pfad, der aus ihm herausführt, und wird nicht geöffnet.")
    return "/".join(parts[1:])


def _checked(folder: Path, digests: Mapping[str, str]) -> OpenedPackage:
    try:
        if (folder / DECLARATION_FILE).read_text("utf-8") != DECLARATION:
            raise ValueError
        manifest = read_bag_manifest((folder / MANIFEST_FILE).read_bytes())
        tags = read_bag_manifest((folder / TAG_MANIFEST_FILE).read_bytes())
        info = read_info((folder / INFO_FILE).read_bytes())
    except (OSError, ValueError):
        raise BadPackage(
            "Das Archiv ist kein KISI-Paket: Seine Verzeichnisse fehlen oder sind nicht lesbar."
        ) from None
    payload = {p.removeprefix(PAYLOAD): folder / p for p in digests if p.startswith(PAYLOAD)}
    inside = {p.removeprefix(PAYLOAD): d for p, d in digests.items() if p.startswith(PAYLOAD)}
    return OpenedPackage(folder, payload, inside, info, tuple(bag_differences(digests, manifest, tags)))
