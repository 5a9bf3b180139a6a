"""Writes an Outlook message (.msg) as [MS-CFB] and [MS-OXMSG] describe it: no library that is free does.

Sectors of 512 bytes; streams below 4,096 bytes lie in the mini stream, in sectors of 64.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

SECTOR, MINI, CUTOFF = 512, 64, 4096
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
STORAGE, STREAM, ROOT = 1, 2, 5
Tree = dict[str, "bytes | Tree"]


def _padded(data: bytes, size: int) -> bytes:
    return data + bytes(-len(data) % size)


@dataclass
class _Node:
    name: str
    kind: int
    data: bytes = b""
    kids: list[int] = field(default_factory=list)
    right: int = FREE
    start: int = END


def compound_file(tree: Tree) -> bytes:
    """The bytes of a compound file with these streams and storages."""
    nodes = [_Node("Root Entry", ROOT)]
    _collect(nodes, 0, tree)
    mini_fat: list[int] = []
    mini = b""
    for node in nodes:
        if node.kind == STREAM and 0 < len(node.data) < CUTOFF:
            node.start = len(mini) // MINI
            mini += _padded(node.data, MINI)
            mini_fat += [*range(node.start + 1, len(mini) // MINI), END]
    nodes[0].data = mini
    fat: list[int] = []
    body = b""

    def lay(data: bytes) -> int:
        nonlocal body
        start = len(body) // SECTOR
        body += _padded(data, SECTOR)
        fat.extend([*range(start + 1, len(body) // SECTOR), END])
        return start if data else END

    for node in nodes:
        if node.kind == ROOT or (node.kind == STREAM and len(node.data) >= CUTOFF):
            node.start = lay(node.data)
    mini_start = lay(_padded(struct.pack(f"<{len(mini_fat)}I", *mini_fat), SECTOR))
    directory = lay(_padded(b"".join(_entry(n) for n in nodes), SECTOR))
    fat_sectors = 1
    while (len(fat) + fat_sectors) * 4 > fat_sectors * SECTOR:
        fat_sectors += 1
    fat_start = len(fat)
    fat += [FAT] * fat_sectors
    table = struct.pack(f"<{len(fat)}I", *fat) + b"\xff" * (fat_sectors * SECTOR - 4 * len(fat))
    mini_sectors = (len(mini_fat) * 4 + SECTOR - 1) // SECTOR
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
        0, fat_sectors, directory, 0, CUTOFF, mini_start, mini_sectors, END, 0, 0,
    )[:-4]  # fmt: skip
    places = [*range(fat_start, fat_start + fat_sectors)]
    header += struct.pack("<109I", *places, *[FREE] * (109 - len(places)))
    assert len(header) == SECTOR
    return header + body + table


def _collect(nodes: list[_Node], parent: int, tree: Tree) -> None:
    """Siblings hang on each other to the right: a tree that is no balanced one, and is read all the same."""
    before = None
    for name in sorted(tree, key=lambda n: (len(n), n.upper())):
        value = tree[name]
        number = len(nodes)
        nodes.append(_Node(name, STREAM if isinstance(value, bytes) else STORAGE))
        if before is None:
            nodes[parent].kids.append(number)
        else:
            nodes[before].right = number
        before = number
        if isinstance(value, bytes):
            nodes[number].data = value
        else:
            _collect(nodes, number, value)


def _entry(node: _Node) -> bytes:
    name = node.name.encode("utf-16-le") + b"\0\0"
    child = node.kids[0] if node.kids else FREE
    return struct.pack(
        "<64sHBBIII16xI16xIQ", name, len(name), node.kind, 1, FREE, node.right, child, 0, node.start,
        len(node.data),
    )  # fmt: skip


# --- the message ----------------------------------------------------------------------------------------


def _properties(header: bytes, streams: Tree, *segments: bytes) -> bytes:
    """The list of properties: those with a stream of their own by its name, others as they are given."""
    listed = b"".join(
        struct.pack("<HHIQ", int(name[-4:], 16), int(name[-8:-4], 16), 6, len(value))
        for name, value in streams.items()
        if isinstance(value, bytes)
    )
    return header + listed + b"".join(segments)


def _text(pid: int, value: str) -> Tree:
    return {f"__substg1.0_{pid:04X}001F": value.encode("utf-16-le")}


def outlook_message(
    attachments: Iterable[tuple[str, bytes]],
    date: str | None = None,
    sent: datetime | None = None,
    attached: str = "",
) -> bytes:
    """A message with attachments; ``date`` is its ``Date`` header, ``sent`` when Outlook sent it.

    ``attached``: the message lies in another one, under this name.
    """
    tree = _message(list(attachments), date, sent)
    if attached:
        streams = _text(0x3707, attached)
        method = struct.pack("<HHIQ", 0x0003, 0x3705, 6, 5)
        inside: Tree = {
            **streams,
            "__substg1.0_3701000D": tree,
            "__properties_version1.0": _properties(bytes(8), streams, method),
        }
        tree = {**_message([], date, sent), "__attach_version1.0_#00000000": inside}
    return compound_file(tree)


def _message(attachments: Sequence[tuple[str, bytes]], date: str | None, sent: datetime | None) -> Tree:
    tree: Tree = {}
    for number, (name, data) in enumerate(attachments):
        streams: Tree = {**_text(0x3707, name), "__substg1.0_37010102": data}
        method = struct.pack("<HHIQ", 0x0003, 0x3705, 6, 1)
        tree[f"__attach_version1.0_#{number:08X}"] = {
            **streams,
            "__properties_version1.0": _properties(bytes(8), streams, method),
        }
    streams = {**_text(0x001A, "IPM.Note"), **_text(0x0037, "Abgabe")}
    if date:
        streams |= _text(0x007D, f"Date: {date}\r\nFrom: kommune@example.org\r\n")
    times = ()
    if sent:
        ticks = int((sent - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds() * 10_000_000)
        times = (struct.pack("<HHIQ", 0x0040, 0x0039, 6, ticks),)
    head = struct.pack("<8xIIII8x", 0, len(attachments), 0, len(attachments))
    tree |= streams
    tree["__properties_version1.0"] = _properties(head, streams, *times)
    return tree
