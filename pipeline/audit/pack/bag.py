"""BagIt (RFC 8493): the text files that make a folder of payload a bag, and the check of them. Pure.

A bag's paths are relative to its one folder; payload lies below ``data/``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

DECLARATION_FILE, INFO_FILE = "bagit.txt", "bag-info.txt"
MANIFEST_FILE, TAG_MANIFEST_FILE = "manifest-sha256.txt", "tagmanifest-sha256.txt"
DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD = "data/"
TAG_FILES = (DECLARATION_FILE, INFO_FILE, MANIFEST_FILE)
_ESCAPES = (("%", "%25"), ("\n", "%0A"), ("\r", "%0D"))


def tag_files(payload: Mapping[str, str], info: Sequence[tuple[str, str]]) -> dict[str, bytes]:
    """Return the tag files of a bag. ``payload``: path below ``data/`` → SHA-256; ``info``: lines of bag-info.txt."""
    files = {
        DECLARATION_FILE: DECLARATION.encode(),
        INFO_FILE: "".join(f"{label}: {' '.join(value.split())}\n" for label, value in info).encode(),
        MANIFEST_FILE: _manifest({PAYLOAD + path: digest for path, digest in payload.items()}),
    }
    tags = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    return files | {TAG_MANIFEST_FILE: _manifest(tags)}


def _manifest(digests: Mapping[str, str]) -> bytes:
    return "".join(f"{digest}  {_escaped(path)}\n" for path, digest in sorted(digests.items())).encode()


def _escaped(path: str) -> str:
    for plain, escape in _ESCAPES:
        path = path.replace(plain, escape)
    return path


def read_bag_manifest(data: bytes) -> dict[str, str]:
    """Return path → digest. Raises ValueError for a line that is none, or a path that stands twice."""
    found: dict[str, str] = {}
    for line in data.decode("utf-8").splitlines():
        digest, _, path = line.partition(" ")
        path = path.strip()
        for plain, escape in reversed(_ESCAPES):
            path = path.replace(escape, plain)
        if len(digest) != 64 or not path or path in found:
            raise ValueError(line)
        found[path] = digest.lower()
    return found


def read_info(data: bytes) -> dict[str, str]:
    """Return label → value of bag-info.txt; of a label that repeats the first."""
    found: dict[str, str] = {}
    for line in data.decode("utf-8").splitlines():
        label, colon, value = line.partition(":")
        if colon:
            found.setdefault(label.strip(), value.strip())
    return found


def bag_differences(
    files: Mapping[str, str], manifest: Mapping[str, str], tags: Mapping[str, str]
) -> Iterator[str]:
    """Yield in German what is changed, missing or added. ``files``: every path of the bag → its SHA-256."""
    named = {**manifest, **tags}
    for path in sorted(named):
        if path not in files:
            yield f"{path} fehlt."
        elif files[path] != named[path]:
            yield f"{path} wurde verändert: Die Prüfsumme ist eine andere."
    for path in sorted(files):
        if path not in named and path != TAG_MANIFEST_FILE:
            yield f"{path} gehört nicht zum Paket: Das Verzeichnis nennt die Datei nicht."
    yield from (
        f"{name} steht nicht im Verzeichnis {TAG_MANIFEST_FILE}." for name in TAG_FILES if name not in tags
    )
