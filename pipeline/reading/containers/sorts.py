"""Classifies a received file: workbook by name or content, everything else by content."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from enum import Enum, auto

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv")
HEAD_BYTES = 65_536  # so many bytes tell a file's format, and the headers of an e-mail

_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY = b"PK\x01\x02"  # one in the directory of a zip
_MOST_ENTRIES = 100_000  # a directory that is not even listed
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]")
_MAIL_HEADERS = (b"mime-version:", b"from:")
_CLOSED_SUFFIXES = (".7z", ".rar", ".tar", ".gz", ".tgz", ".p7m", ".pst", ".oft", ".mbox")
_CLOSED_NAMES = ("winmail.dat",)


class Sort(Enum):
    """What a file is."""

    WORKBOOK = auto()  # a submission, accepted or refused
    ARCHIVE = auto()  # .zip
    MAIL = auto()  # .eml
    OUTLOOK = auto()  # .msg
    CLOSED = auto()  # may hold files, but nothing here opens it
    ENCLOSURE = auto()


CONTAINERS = (Sort.ARCHIVE, Sort.MAIL, Sort.OUTLOOK)
_BY_SUFFIX = {".zip": Sort.ARCHIVE, ".eml": Sort.MAIL, ".msg": Sort.OUTLOOK}


def by_name(name: str) -> Sort:
    """Classification by name alone."""
    lower = name.lower()
    if lower.endswith(WORKBOOK_SUFFIXES):
        return Sort.WORKBOOK
    if lower.endswith(_CLOSED_SUFFIXES) or lower.rsplit("/", 1)[-1] in _CLOSED_NAMES:
        return Sort.CLOSED
    return _BY_SUFFIX.get(lower[-4:], Sort.ENCLOSURE)


def sort_of(name: str, head: Callable[[], bytes], whole: Callable[[], bytes]) -> Sort:
    """Classification by name and content; ``head`` gives the first bytes, ``whole`` all, each called only if
    needed.
    """
    said = by_name(name)
    if said is Sort.WORKBOOK:
        return said
    start = head()
    if start.startswith(_ZIP):
        return _zip_sort(said, whole())
    if start.startswith(_OLE):
        return _ole_sort(said, name, whole())
    return Sort.MAIL if is_mail(start) else said


def is_mail(head: bytes) -> bool:
    """Whether the bytes begin with the headers of an e-mail."""
    block = re.split(rb"\r?\n\r?\n", head[:HEAD_BYTES], maxsplit=1)[0]
    lines = block.splitlines()
    if len(lines) < len(_MAIL_HEADERS) or not all(_HEADER.match(line) for line in lines[:-1]):
        return False
    return all(any(line.lower().startswith(h) for line in lines) for h in _MAIL_HEADERS)


def too_many_entries(data: bytes) -> bool:
    """Whether the directory of a zip would take too much memory to list."""
    return data.count(_ENTRY) > _MOST_ENTRIES


def _zip_sort(said: Sort, data: bytes) -> Sort:
    """Classification of a zip: workbook, other Office file, or archive."""
    if too_many_entries(data):
        return Sort.ARCHIVE
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name.lower() for name in archive.namelist()]
    except Exception:  # whatever a library meets in hostile bytes
        office = b"[Content_Types].xml" in data and b"xl/" in data
        return Sort.WORKBOOK if office and said is Sort.ENCLOSURE else Sort.ARCHIVE
    if "[content_types].xml" in names:
        return Sort.WORKBOOK if any(name.startswith("xl/") for name in names) else Sort.ENCLOSURE
    if names[:1] == ["mimetype"]:  # the first part of any OpenDocument file
        return Sort.WORKBOOK if b"opendocument.spreadsheet" in data[:200] else Sort.ENCLOSURE
    return Sort.ARCHIVE


def _ole_sort(said: Sort, name: str, data: bytes) -> Sort:
    """Classification of an OLE file: Outlook message, old or encrypted workbook, or other."""

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if has("__properties_version1.0"):
        return Sort.OUTLOOK
    if has("WordDocument") or has("PowerPoint Document") or name.lower().endswith((".docx", ".pptx", ".doc")):
        return Sort.ENCLOSURE
    if has("Workbook") or has("EncryptedPackage"):
        return Sort.WORKBOOK
    return said
