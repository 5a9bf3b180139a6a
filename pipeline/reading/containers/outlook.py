"""E-mails as Outlook saves them (.msg), read by python-oxmsg."""

from __future__ import annotations

from datetime import date
from functools import partial

from olefile import OleFileIO
from oxmsg import Message
from oxmsg.attachment import Attachment
from oxmsg.storage import Storage

from pipeline.reading.containers.names import file_name
from pipeline.reading.containers.parts import MAX_FILES, MAX_MAIL, Apart, Part, damaged, day_of, too_large
from pipeline.reading.containers.sorts import HEAD
from pipeline.reading.package.preflight import Refused

_ATTACHED_MAIL = "__substg1.0_3701000D"  # PidTagAttachDataObject
_SHORT_NAME = 0x3704  # PidTagAttachFilename, where there is no long one


def take_apart_outlook(data: bytes) -> Apart:
    """Refused for what is no such file, and for one that is too large."""
    if len(data) > MAX_MAIL:
        raise too_large()
    try:
        with OleFileIO(data) as file:
            root = Storage.from_ole(file)
        return _apart(root, _received_on(Message(root)))
    except Refused:
        raise
    except Exception:  # whatever a library meets in hostile bytes
        raise damaged() from None


def _apart(storage: Storage, received: date | None = None) -> Apart:
    attachments = list(storage.iter_attachment_storages())
    if len(attachments) > MAX_FILES:
        raise too_large()
    return Apart(tuple(_part(one, number) for number, one in enumerate(attachments, 1)), received)


def _received_on(message: Message) -> date | None:
    """By the header as it was sent; else the time at which Outlook sent it, in UTC."""
    if (day := day_of(message.message_headers.get("Date"))) is not None:
        return day
    sent = message.sent_date
    return sent.date() if sent else None


def _part(storage: Storage, number: int) -> Part:
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
    return Part(name.rstrip("\0") or f"Anhang {number}{ending}", whole, lambda: whole()[:HEAD], nested)
