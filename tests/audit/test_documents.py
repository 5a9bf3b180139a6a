"""``kisi verify``: files beside a report whose bytes differ are compared by what they contain."""

from __future__ import annotations

from email.message import EmailMessage
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from pipeline.audit.verify.documents import FilePair, compare_pairs

TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def document(text: str, level: int = 9, **more: str) -> bytes:
    """A Word form of one paragraph; ``level`` of compression differs from machine to machine."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in {
            "[Content_Types].xml": TYPES,
            "word/document.xml": f"<p>{text * 99}</p>",
            **more,
        }.items():
            archive.writestr(name, content)
    return out.getvalue()


def draft(attached: bytes) -> bytes:
    message = EmailMessage()
    message["To"], message["Subject"] = "stadt@example.org", "Rückmeldung"
    message.set_content("Guten Tag")
    message.add_attachment(attached, maintype="application", subtype="octet-stream", filename="Formular.docx")
    return message.as_bytes()


def lines(name: str, given: bytes, computed: bytes) -> list[str]:
    assert given != computed
    return list(compare_pairs([FilePair(name, given, computed)])[0].lines)


def test_a_word_form_packed_by_another_machine_is_the_same() -> None:
    assert lines("formulare/a.docx", document("30 von 50", level=1), document("30 von 50")) == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (document("31 von 50"), "1 Teil weicht ab (word/document.xml)"),
        (document("30 von 50", **{"word/neu.xml": "<a/>"}), "1 Teil gehört nicht dazu"),
        (b"PK kein Dokument", "ist nicht lesbar"),
    ],
)
def test_a_word_form_of_other_content_is_reported(given: bytes, shown: str) -> None:
    assert lines("formulare/a.docx", given, document("30 von 50")) == [f"formulare/a.docx: {shown}."]


def test_attachments_of_a_draft_are_compared_by_content() -> None:
    ours = draft(document("30 von 50"))
    assert lines("versand/a.eml", draft(document("30 von 50", level=1)), ours) == []
    assert lines("versand/a.eml", draft(document("31 von 50")), ours) == [
        "versand/a.eml: Anlage Formular.docx ist nicht die nachgerechnete."
    ]
