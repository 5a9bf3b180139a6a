"""Reads e-mails as mail programs save them (.eml), with Python's parser; only attachments are used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from functools import partial
from mimetypes import guess_extension

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

# The reader takes every line through all the parts that are open at it, and goes down one call a level.
MAX_LEVELS = 100
_PART = re.compile(rb"^content-type[ \t]*:", re.IGNORECASE | re.MULTILINE)
_LEVEL = re.compile(rb"multipart/|message/rfc822", re.IGNORECASE)
_BOUNDARY = b"\n--"
_KNOWN = ("From", "Date", "Subject", "Content-Type", "Received")


def take_apart_mail(data: bytes) -> ContainerParts:
    """The attachments of an e-mail. Raises Refused for what is no e-mail, is too large or has too many parts.

    A malformed e-mail may raise anything else.
    """
    if (
        len(data) > MAX_MAIL
        or len(_PART.findall(data)) > MAX_FILES
        or data.count(_BOUNDARY) > 10 * MAX_FILES
        or len(_LEVEL.findall(data)) > MAX_LEVELS
    ):
        raise too_large()
    message = message_from_bytes(data)
    if not any(name in message for name in _KNOWN):
        raise damaged()
    return _apart(message)


def _apart(message: Message) -> ContainerParts:
    return ContainerParts(tuple(_parts(message)), day_of(message["Date"]))


def _parts(message: Message) -> Iterator[ContainerPart]:
    """Attachments in their order, without the texts of the e-mail itself."""
    for number, part in enumerate(_leaves(message), start=1):
        name, kind = _name(part), part.get_content_type()
        attached = _attached_mail(part) if kind == "message/rfc822" else None
        if not name and attached is None and part.get_content_maintype() in ("text", "message"):
            continue
        ending = ".eml" if attached else guess_extension(kind) or ""
        whole = partial(_decoded, part)
        nested = partial(_apart, attached) if attached else None
        yield ContainerPart(name or f"Anhang {number}{ending}", whole, partial(_head, whole), nested)


def _leaves(message: Message) -> Iterator[Message]:
    """Parts that hold no others; an attached e-mail counts as one."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [one for one in reversed(payload) if isinstance(one, Message)]
        else:
            yield part


def _name(part: Message) -> str:
    """The file name in the header of a part, in any of the usual encodings."""
    try:
        name = part.get_filename() or ""
        return file_name(str(make_header(decode_header(name))) if "=?" in name else name)
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _attached_mail(part: Message) -> Message | None:
    """An attached e-mail, already parsed."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    return inner if isinstance(inner, Message) else None


def _decoded(part: Message) -> bytes:
    """The content of an attachment; Refused as damaged where the parser fails."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError):
        raise damaged() from None
    return content if isinstance(content, bytes) else b""


def _head(whole: partial[bytes]) -> bytes:
    return whole()[:HEAD_BYTES]
