"""Opens an untrusted Office package safely, or refuses it, before any library does.

The content of a file decides what it is, not its name. ``zipfile`` reads the directory; its claims are
compared with each member's own header, and members are inflated here, once, with the size limited and the CRC
checked. Everything after this works on the bytes of ``CheckedPackage.part``, so no second reader can see
something else. ActiveX controls, embedded objects and pictures do not refuse a file: nothing of ours opens
them.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable
from itertools import pairwise
from xml.parsers import expat

from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding
from pipeline.xlsx.relations import part_key

# A record takes some 350 bytes of XML, so 20,000 records in each of the four large tables, four times what the
# template holds, are 30 MB inflated. Reading a file of this size takes up to 450 MB of memory.
MAX_INFLATED = 60_000_000
MAX_PACKAGE = 400_000_000  # where all parts are wanted: reports and forms with their pictures
MAX_PARTS = 2_000
# XML of a filled sheet packs 10 to 30 times, of empty formatted cells up to 100 times, a bomb 1,000 times.
MAX_RATIO, RATIO_FROM, BOMB = 400, 1_000_000, 100

_XML = (".xml", ".rels", ".vml")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL, _END = b"PK\x03\x04", b"PK\x05\x06"
_UNKNOWN = 0xFFFFFFFF  # a size that stands in the zip64 field
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_STREAMED, _UTF_8 = 0x8, 0x800
_LINK = 0o12  # a link, in the part of the attributes that Unix writes
_BAD_NAME = re.compile(r"^$|^/|\\|[\x00-\x1f:]|(?:^|/)\.\.?(?:/|$)|//")
_ENCODING = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"']*)")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


class Refused(Exception):  # noqa: N818  - an answer, not a fault of ours
    """The file cannot be read; ``finding`` says why and what to do."""

    def __init__(self, reason: Finding) -> None:
        super().__init__(reason.rule)
        self.finding = reason


def broken() -> Refused:
    """The refusal of a file that is damaged or built as no program builds it."""
    return Refused(finding("D05"))


class CheckedPackage:
    """The members of a zip with a checked directory. Names compare as OOXML compares them."""

    def __init__(self, data: bytes, infos: list[zipfile.ZipInfo], limit: int) -> None:
        self._data = data
        self._infos = {part_key(i.filename): i for i in infos if not i.is_dir()}
        self._parts: dict[str, bytes] = {}
        self._left = limit

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(i.filename for i in self._infos.values())

    def __contains__(self, name: str) -> bool:
        return part_key(name) in self._infos

    def part(self, name: str) -> bytes:
        """A whole member. Raises Refused when it is missing, damaged or too large."""
        key = part_key(name)
        if key not in self._parts:
            info = self._infos.get(key)
            if info is None:
                raise broken()
            part = self._parts[key] = self._inflated(info)
            self._left -= len(part)
        return self._parts[key]

    def xml(self, name: str) -> bytes:
        """A whole member as XML in UTF-8 without a DTD."""
        return plain_xml(self.part(name))

    def check_rest(self) -> None:
        """Checks members not read so far: sound, and without DTD, as other programs will open them."""
        for key, info in self._infos.items():
            if key not in self._parts and self.part(info.filename) and key.endswith(_XML):
                _refuse_dtd(_utf_8(self._parts[key]))

    def _inflated(self, info: zipfile.ZipInfo) -> bytes:
        packed = _packed(self._data, info)
        bearable = max(RATIO_FROM, len(packed) * MAX_RATIO)
        limit = min(self._left, bearable)
        part = packed if info.compress_type == zipfile.ZIP_STORED else _unpacked(packed, limit)
        if len(part) > limit:
            raise broken() if limit > len(packed) * BOMB else Refused(finding("D22"))
        if len(part) != info.file_size or zlib.crc32(part) != info.CRC:
            raise broken()
        return part


def open_package(data: bytes, limit: int) -> CheckedPackage:
    """The package with a checked directory; at most ``limit`` bytes will be inflated from it."""
    if data.startswith(_OLE):
        raise Refused(finding(_closed(data)))
    if not data.startswith(b"PK") or data.startswith(_END):
        raise Refused(finding("D01"))
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception:  # whatever a library meets in hostile bytes
        raise broken() from None
    infos = archive.infolist()
    if len(infos) > MAX_PARTS:
        raise broken()
    _check_names([i.orig_filename for i in infos])
    _check_places(data, infos, archive.start_dir)
    return CheckedPackage(data, infos, limit)


def _closed(data: bytes) -> str:
    """Rule for an OLE file: an old workbook, or one encrypted by a password or a sensitivity label."""
    if "EncryptedPackage".encode("utf-16-le") not in data:
        return "D02"
    return "D23" if "DRMEncrypted".encode("utf-16-le") in data else "D03"


# --- zip ----------------------------------------------------------------------------------------------


def _check_names(names: Iterable[str]) -> None:
    folded = [name.casefold().rstrip("/") for name in names]
    keys = {part_key(name).casefold().rstrip("/") for name in folded}
    if len(keys) < len(folded) or any(_BAD_NAME.search(name) for name in folded):
        raise broken()


def _check_places(data: bytes, infos: list[zipfile.ZipInfo], directory: int) -> None:
    """Members lie one after the other from the first byte to the directory, and the zip ends the file."""
    places = sorted(_place(data, info) for info in infos)
    ends = [*places, (directory, directory)]
    if not places or places[0][0] != 0 or any(one[1] > other[0] for one, other in pairwise(ends)):
        raise broken()
    try:
        sound_end = _ends_well(data, len(infos), directory)
    except struct.error:
        raise broken() from None
    if not sound_end or any(i.volume for i in infos):
        raise broken()


def _ends_well(data: bytes, count: int, directory: int) -> bool:
    """Whether the end record, and that of zip64 if there, agree with the directory."""
    end = data.rfind(_END)
    *said, comment = struct.unpack_from("<4xHHHHIIH", data, end)
    big = data[end - 20 : end - 16] == b"PK\x06\x07"
    stop, stated = end, said
    if big:
        stop = struct.unpack_from("<8xQ", data, end - 20)[0]
        mark, length, *stated = struct.unpack_from("<4sQ4xIIQQQQ", data, stop)
        if mark != b"PK\x06\x06" or stop + 12 + length != end - 20:
            return False
    truth = [0, 0, count, count, stop - directory, directory]
    unknown = (0xFFFF, _UNKNOWN) if big else ()
    matches = all(own in (true, *unknown) for own, true in zip(said, truth, strict=True))
    return stated == truth and matches and len(data) == end + 22 + comment


def _place(data: bytes, info: zipfile.ZipInfo) -> tuple[int, int]:
    """First and last byte of a member whose own header agrees with the directory."""
    start = info.header_offset
    if start < 0 or start + 30 > len(data):
        raise broken()
    mark, flags, method = struct.unpack_from("<4s2xHH", data, start)
    crc, packed, size, name, extra = struct.unpack_from("<IIIHH", data, start + 14)
    claims = ((crc, info.CRC), (packed, info.compress_size), (size, info.file_size))
    written = data[start + 30 : start + 30 + name].decode("utf-8" if flags & _UTF_8 else "cp437", "replace")
    if (
        mark != _LOCAL
        or written != info.orig_filename
        or (flags | info.flag_bits) & _ENCRYPTED
        or info.external_attr >> 28 == _LINK
        or method != info.compress_type
        or method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        or (not flags & _STREAMED and any(own not in (other, _UNKNOWN) for own, other in claims))
    ):
        raise broken()
    return start, start + 30 + name + extra + info.compress_size


def _packed(data: bytes, info: zipfile.ZipInfo) -> bytes:
    name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
    start = info.header_offset + 30 + name + extra
    return data[start : start + info.compress_size]


def _unpacked(packed: bytes, limit: int) -> bytes:
    """The whole inflated stream; stops one byte above ``limit``."""
    stream = zlib.decompressobj(-15)
    try:
        part = stream.decompress(packed, limit + 1)
    except zlib.error:
        raise broken() from None
    if len(part) <= limit and (not stream.eof or stream.unused_data):
        raise broken()
    return part


# --- XML ----------------------------------------------------------------------------------------------


def _utf_8(xml: bytes) -> bytes:
    """UTF-8 or UTF-16 as UTF-8 without byte order mark; other encodings unchanged."""
    if xml.startswith(b"\xef\xbb\xbf"):
        return xml[3:]
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = xml.decode("utf-16", "replace")
    elif xml[:2] in (b"<\0", b"\0<"):
        text = xml.decode("utf-16-le" if xml[1] == 0 else "utf-16-be", "replace")
    else:
        return xml
    declaration = _DECLARATION.match(text)
    return text[declaration.end() if declaration else 0 :].encode("utf-8", "replace")


def _refuse_dtd(xml: bytes) -> None:
    if b"<!DOCTYPE" in xml:
        raise Refused(finding("D06"))


def plain_xml(part: bytes) -> bytes:
    """The part in UTF-8. Raises Refused for a DTD and for other encodings than UTF-8 and UTF-16."""
    xml = _utf_8(part)
    _refuse_dtd(xml)
    encoding = _ENCODING.match(xml)
    if encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii"):
        raise broken()
    return xml


def sound(xml: bytes) -> bool:
    """Whether the XML is well-formed, namespaces included."""
    return parsed(expat.ParserCreate(namespace_separator=" "), xml)


def parsed(parser: expat.XMLParserType, xml: bytes) -> bool:
    """Whether the parser reads the XML to its end without an error."""
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError):  # the last two for encodings
        return False
    return True
