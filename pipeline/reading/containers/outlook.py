"""Reads e-mails as Outlook saves them (.msg), with python-oxmsg."""

from __future__ import annotations

import struct
from datetime import date
from functools import partial
from typing import Any

from olefile import OleFileIO
from oxmsg import Message
from oxmsg.attachment import Attachment
from oxmsg.storage import Storage

from pipeline.reading.containers.names import file_name
from pipeline.reading.containers.parts import (
    MAX_FILES,
    MAX_MAIL,
    ContainerPart,
    ContainerParts,
    damaged,
    day_of,
    too_large,
)
from pipeline.reading.containers.sorts import HEAD_BYTES

_ATTACHED_MAIL = "__substg1.0_3701000D"  # PidTagAttachDataObject
_SHORT_NAME = 0x3704  # PidTagAttachFilename, where there is no long one


def take_apart_outlook(data: bytes) -> ContainerParts:
    """The attachments of an e-mail. Raises Refused for a too large one; a damaged one may raise anything."""
    if len(data) > MAX_MAIL:
        raise too_large()
    _check_header(data)
    with OleFileIO(data) as file:
        _check_sizes(file, len(data))
        root = Storage.from_ole(file)
    return _apart(root, _received_on(Message(root)))


def _check_header(data: bytes) -> None:
    """Checks sector size and number of sectors, which the library trusts.

    Ten kilobytes with a sector table that leads back to itself would fill the memory.
    """
    sector, mini = struct.unpack_from("<HH", data, 0x1E)
    tables, mini_tables, more_tables = (struct.unpack_from("<I", data, at)[0] for at in (0x2C, 0x40, 0x48))
    room = len(data) >> 9
    if sector not in (9, 12) or mini != 6 or max(tables, mini_tables, more_tables) > room:
        raise damaged()


def _check_sizes(file: Any, size: int) -> None:
    """Checks that no stream, nor all together, are larger than the file; small ones lie in one that is
    counted too.
    """
    sizes = [entry.size for entry in file.direntries if entry is not None]
    if max(sizes, default=0) > size or sum(sizes) > 2 * size:
        raise damaged()


def _apart(storage: Storage, received: date | None = None) -> ContainerParts:
    attachments = list(storage.iter_attachment_storages())
    if len(attachments) > MAX_FILES:
        raise too_large()
    return ContainerParts(tuple(_part(one, number) for number, one in enumerate(attachments, 1)), received)


def _received_on(message: Message) -> date | None:
    """The date of the sent header, else the time at which Outlook sent it, in UTC."""
    if (day := day_of(message.message_headers.get("Date"))) is not None:
        return day
    sent = message.sent_date
    return sent.date() if sent else None


def _part(storage: Storage, number: int) -> ContainerPart:
    attachment = Attachment(storage)
    message = next((s for s in storage.storages if s.name == _ATTACHED_MAIL), None)

    def whole() -> bytes:
        try:
            return attachment.file_bytes or b""
        except Exception:  # whatever a library meets in hostile bytes
            raise damaged() from None

    name = file_name(attachment.file_name or attachment.properties.str_prop_value(_SHORT_NAME) or "")
    ending = ".msg" if message else ""
    nested = partial(_apart, message) if message else None
    return ContainerPart(
        name.rstrip("\0") or f"Anhang {number}{ending}", whole, lambda: whole()[:HEAD_BYTES], nested
    )
