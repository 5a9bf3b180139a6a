"""Bytes of one e-mail draft (.eml) that Outlook and Thunderbird open as unsent.

The same content gives the same bytes: no date, no message id (the mail program sets both when it sends), and
boundaries derived from the content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from pipeline.dispatch.mail_text import Worded
from pipeline.reading.containers.names import file_name, safe_name

XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
TEXT = ("text", "plain")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a draft; ``name`` may be a path."""

    name: str
    data: bytes

    @property
    def safe_name(self) -> str:
        """The file name without characters that a system or a mail header could not carry."""
        return safe_name(file_name(self.name), "Anhang")

    @property
    def kind(self) -> tuple[str, str]:
        """MIME type as (main, sub)."""
        return XLSX if self.name.lower().endswith(".xlsx") else TEXT


def draft_bytes(
    recipients: Sequence[str], sender: str | None, worded: Worded, attachments: Sequence[Attachment]
) -> bytes:
    """The draft. ``recipients`` and ``sender`` must have been checked (``addresses_in``)."""
    message = EmailMessage(SMTP)
    message["X-Unsent"] = "1"
    if sender:
        message["From"] = sender
    message["To"] = ", ".join(recipients)
    message["Subject"] = worded.subject
    message.set_content(worded.text, cte="quoted-printable")
    for one in attachments:
        main, sub = one.kind
        message.add_attachment(one.data, maintype=main, subtype=sub, filename=one.safe_name)
        if one.kind == TEXT:
            list(message.iter_attachments())[-1].set_param("charset", "utf-8")
    if message.is_multipart():
        message.set_boundary(f"=_{_digest(worded, attachments)}")
    return message.as_bytes()


def _digest(worded: Worded, attachments: Sequence[Attachment]) -> str:
    """Hash of text and attachments, for the MIME boundary."""
    digest = hashlib.sha256("\0".join(worded).encode("utf-8", "backslashreplace"))
    for one in attachments:
        digest.update(one.data)
    return digest.hexdigest()[:40]
