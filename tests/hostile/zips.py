"""The zip itself: bombs, lies, twins. Contract: "broken or suspicious zip" is refused with one message."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace

from tests import builder, cell_edits
from tests.hostile.rawzip import STORED, Member, write
from tests.hostile.variant import Variant, accepted, parts, refused

SHEET = "Bestand"
BOMB = 1 << 30


def members() -> list[Member]:
    """The valid workbook, entry by entry, deflated."""
    return [Member(name.encode(), data) for name, data in parts().items()]


def of(title: str) -> bytes:
    return cell_edits.sheet_part(title).encode()


def changed(name: bytes, change: Callable[[Member], Member], **end: object) -> bytes:
    """The valid workbook with one entry written otherwise."""
    return write([change(m) if m.name == name else m for m in members()], **end)  # type: ignore[arg-type]


def plus(*more: Member, first: bool = False) -> bytes:
    return write([*more, *members()] if first else [*members(), *more])


def each(change: Callable[[Member], Member]) -> bytes:
    return write([change(m) for m in members()])


# --- bombs --------------------------------------------------------------------------------------------


def zeros(size: int) -> bytes:
    """``size`` zeros, deflated: one piece that stands for itself, many times."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return piece * (size >> 20) + b"\x03\x00"


def bomb(name: bytes, shown: int, **more: int) -> Member:
    return Member(name, b"", packed=zeros(BOMB), size=shown, **more)  # type: ignore[arg-type]


def overlapping() -> bytes:
    """Many names for one piece of data (Fifield 2019): small on disk, huge when all is taken out."""
    one = Member(b"xl/media/image0.bin", b"", packed=zeros(8 << 20), size=8 << 20)
    place = write([*members(), one]).find(one.name) - 30
    shown = {"packed": b"", "central_offset": place, "packed_size": len(one.body())}
    return write(
        [*members(), one, *(replace(one, name=b"xl/media/image%d.bin" % i, **shown) for i in range(1, 200))]
    )


def many_entries() -> bytes:
    return plus(*(Member(b"xl/media/%d.txt" % i, b"", method=STORED) for i in range(10_000)))


# --- what directory and local header say ----------------------------------------------------------------


def wrong_crc(name: bytes) -> bytes:
    return changed(name, lambda m: replace(m, crc=zlib.crc32(m.data) ^ 1))


def other_content(member: Member) -> Member:
    """The sheet as it should be, said to have a size that cuts off its second half."""
    return replace(member, size=len(member.data) // 2)


def flipped_byte() -> bytes:
    """One digit of a stored sheet changed in place: only the checksum knows."""
    data = bytearray(each(lambda m: replace(m, method=STORED)))
    place = data.find(b"<v>50</v>")
    assert place > 0
    data[place + 3 : place + 5] = b"90"
    return bytes(data)


def zip64_end(data: bytes, count: int | None = None) -> bytes:
    """End record in the form for big archives, as some programs write it for small ones too."""
    place = data.rfind(b"PK\x05\x06")
    *_, entries, size, offset, _ = struct.unpack("<4sHHHHLLH", data[place : place + 22])
    entries = entries if count is None else count
    end64 = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, place, 1)
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return data[:place] + end64 + locator + end


def zip64_sizes(member: Member, shown: int | None = None) -> Member:
    """Sizes in the extra field, as streaming programs write them."""
    size = len(member.data) if shown is None else shown
    extra = struct.pack("<HHQQ", 1, 16, size, len(member.body()))
    return replace(member, size=0xFFFFFFFF, packed_size=0xFFFFFFFF, extra=extra, central_extra=extra)


def compressed(method: int) -> bytes:
    """One sheet packed by a method that no spreadsheet program writes."""
    pack = {12: bz2.compress, 14: _lzma, 99: bytes, 97: bytes, 1: bytes}[method]
    return changed(of(SHEET), lambda m: replace(m, method=method, packed=pack(m.data)))


def _lzma(data: bytes) -> bytes:
    filters = [{"id": lzma.FILTER_LZMA1}]
    properties = lzma._encode_filter_properties(filters[0])  # type: ignore[attr-defined]
    raw = lzma.compress(data, lzma.FORMAT_RAW, filters=filters)
    return struct.pack("<BBH", 9, 4, len(properties)) + properties + raw


def two_workbooks() -> bytes:
    """Two workbooks glued together: which one counts depends on the program that opens it."""
    return cell_edits.edited({"Bestand!B7": 90}) + builder.valid()


def second_end() -> bytes:
    """A whole second archive inside the comment of the first."""
    inner = cell_edits.pack({"[Content_Types].xml": b"<Types/>"})
    return write(members(), comment=inner)


GOOD = builder.valid

VARIANTS: tuple[Variant, ...] = (
    # what some program writes and Excel reads
    accepted("zip deflated", lambda: write(members())),
    accepted("zip sizes behind the data", lambda: each(lambda m: replace(m, descriptor=True))),
    accepted("zip64 end record", lambda: zip64_end(write(members()))),
    accepted("zip64 sizes in the extra field", lambda: each(zip64_sizes)),
    accepted("zip comment", lambda: write(members(), comment=b"KISI 2026")),
    accepted("zip date of zero", lambda: each(lambda m: replace(m, stamp=0))),
    accepted("zip date that does not exist", lambda: each(lambda m: replace(m, stamp=0xFFFFFFFF))),
    accepted("zip folder entries", lambda: plus(Member(b"xl/media/", b"", method=STORED))),
    accepted("zip attributes of Unix", lambda: each(lambda m: replace(m, attributes=0o100644 << 16))),
    accepted("zip entries in another order", lambda: write(members()[::-1])),
    accepted("zip names flagged as UTF-8", lambda: each(lambda m: replace(m, flags=0x800))),
    accepted("zip a picture inside", lambda: plus(Member(b"xl/media/image1.png", b"\x89PNG" + bytes(2000)))),
    accepted("zip a small zip inside", lambda: plus(Member(b"xl/media/a.zip", write(members()[:1])))),
    # bombs
    refused("bomb that says its size", lambda: plus(bomb(b"xl/media/image1.bin", BOMB)), "D22", risky=True),
    refused("bomb that lies about its size", lambda: plus(bomb(b"xl/media/image1.bin", 100)), "D22", risky=True),
    refused("bomb in the place of a sheet", lambda: changed(of(SHEET), lambda m: bomb(m.name, BOMB)), "D22", risky=True),
    refused("bomb in the place of a sheet that lies", lambda: changed(of(SHEET), lambda m: bomb(m.name, 9)), "D22", risky=True),
    refused("bomb in the place of the texts", lambda: plus(bomb(b"xl/sharedStrings.xml", 9)), "D22", risky=True),
    refused("bomb in the place of the styles", lambda: changed(b"xl/styles.xml", lambda m: bomb(m.name, 9)), "D22", risky=True),
    refused("bomb in the place of the relations", lambda: changed(b"_rels/.rels", lambda m: bomb(m.name, 9)), "D22", risky=True),
    refused("bomb in zip64", lambda: plus(zip64_sizes(replace(bomb(b"a.bin", 0), extra=b""), shown=1 << 50)), "D22", risky=True),
    refused("bomb of overlapping entries", overlapping, "D05", risky=True),
    refused("10,000 entries", many_entries, "D05"),
    # names
    refused("name twice", lambda: plus(Member(b"xl/workbook.xml", b"<workbook/>")), "D05"),
    refused("name twice, first", lambda: plus(Member(b"xl/workbook.xml", b"<workbook/>"), first=True), "D05"),
    refused("name twice, a sheet", lambda: plus(*[m for m in members() if m.name == of(SHEET)]), "D05"),
    refused("names that differ in case", lambda: plus(Member(of(SHEET).upper(), b"<worksheet/>")), "D05"),
    refused("name with ..", lambda: plus(Member(b"../../etc/passwd", b"x")), "D05"),
    refused("name with .. inside", lambda: plus(Member(b"xl/../../evil.xml", b"<x/>")), "D05"),
    refused("name that is absolute", lambda: plus(Member(b"/etc/passwd", b"x")), "D05"),
    refused("name with a drive", lambda: plus(Member(b"C:\\Windows\\evil.dll", b"x")), "D05"),
    refused("name with backslashes", lambda: plus(Member(b"xl\\worksheets\\sheet1.xml", b"<x/>")), "D05"),
    refused("name with a zero byte", lambda: plus(Member(b"xl/workbook.xml\0.txt", b"x")), "D05"),
    refused("name that is empty", lambda: plus(Member(b"", b"x")), "D05"),
    refused("name that is a link", lambda: plus(Member(b"xl/media/a", b"/etc/passwd", attributes=0o120777 << 16)), "D05"),
    # lies
    refused("checksum of a sheet is wrong", lambda: wrong_crc(of(SHEET)), "D05"),
    refused("checksum of a sheet that is not read is wrong", lambda: wrong_crc(of("Anleitung")), "D05"),
    refused("checksum of the styles is wrong", lambda: wrong_crc(b"xl/styles.xml"), "D05"),
    refused("checksum of the relations is wrong", lambda: wrong_crc(b"xl/_rels/workbook.xml.rels"), "D05"),
    refused("a digit flipped in a stored sheet", flipped_byte, "D05"),
    refused("size that cuts a sheet", lambda: changed(of(SHEET), other_content), "D05"),
    refused("size larger than the content", lambda: changed(of(SHEET), lambda m: replace(m, size=len(m.data) + 9)), "D05"),
    refused("size in the directory differs", lambda: changed(of(SHEET), lambda m: replace(m, central_size=9)), "D05"),
    refused("name in the local header differs", lambda: changed(of(SHEET), lambda m: replace(m, central_name=m.name, name=b"xl/other.xml")), "D05"),
    refused("method in the local header differs", lambda: changed(of(SHEET), lambda m: replace(m, central_method=STORED)), "D05"),
    refused("place of a sheet is wrong", lambda: changed(of(SHEET), lambda m: replace(m, central_offset=3)), "D05"),
    refused("place beyond the end", lambda: changed(of(SHEET), lambda m: replace(m, central_offset=1 << 30)), "D05"),
    refused("entry on another disk", lambda: changed(of(SHEET), lambda m: replace(m, disk=3)), "D05"),
    refused("directory longer than stated", lambda: write(members(), count=5), "D05"),
    refused("directory shorter than stated", lambda: write(members(), count=500), "D05"),
    refused("directory is elsewhere", lambda: write(members(), shift=-20_000), "D05"),
    refused("zip64 end record that lies", lambda: zip64_end(write(members()), count=1 << 40), "D05"),
    refused("encrypted flag", lambda: each(lambda m: replace(m, flags=1)), "D05"),
    refused("encrypted flag on one sheet", lambda: changed(of(SHEET), lambda m: replace(m, flags=1)), "D05"),
    refused("strong encryption flag", lambda: each(lambda m: replace(m, flags=0x41)), "D05"),
    refused("packed by bzip2", lambda: compressed(12), "D05"),
    refused("packed by lzma", lambda: compressed(14), "D05"),
    refused("packed by WinZip AES", lambda: compressed(99), "D05"),
    refused("packed by an unknown method", lambda: compressed(97), "D05"),
    refused("packed by shrink", lambda: compressed(1), "D05"),
    refused("deflated data broken", lambda: changed(of(SHEET), lambda m: replace(m, packed=m.body()[:300] + bytes(40) + m.body()[340:])), "D05"),
    # cut, glued
    refused("cut at the directory", lambda: GOOD()[:-500], "D05"),
    refused("cut in half", lambda: GOOD()[: len(GOOD()) // 2], "D05"),
    refused("cut by one byte", lambda: GOOD()[:-1], "D05"),
    refused("bytes in front", lambda: b"MZ" + bytes(98) + GOOD(), "D01"),
    refused("bytes in front that look like a zip", lambda: b"PK\x03\x04" + bytes(96) + GOOD(), "D05"),
    refused("bytes behind", lambda: GOOD() + bytes(100), "D05"),
    refused("two workbooks glued together", two_workbooks, "D05"),
    refused("an archive in the comment", second_end, "D05"),
)  # fmt: skip
