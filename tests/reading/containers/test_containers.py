"""Archives and e-mails: what in them is a submission, what is a note, and what is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.reading.containers.opened import contents
from pipeline.reading.containers.source import Member, Unread, received_on
from pipeline.submissions import receive, receive_paths
from tests import builder
from tests.outlook import compound_file, outlook_message

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Files = Iterable[tuple[str, bytes]]


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, (2026, 7, 3, 9, 0, 0)), data, method)
    return out.getvalue()


def mail(
    files: Files = (), when: str | None = "Fri, 03 Jul 2026 23:30:00 +0200", text: str = "Anbei"
) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "kommune@example.org", "kisi@example.org", "Abgabe"
    if when:
        message["Date"] = when
    message.set_content(text)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def forwarded(inner: bytes) -> bytes:
    """An e-mail with an e-mail attached, as mail programs forward them."""
    message = EmailMessage()
    message["From"], message["Date"] = "amt@example.org", "Mon, 06 Jul 2026 08:00:00 +0200"
    message["MIME-Version"] = "1.0"
    message.set_content("Zur Kenntnis")
    message.add_attachment(message_from_bytes(inner, policy=policy.default))
    return message.as_bytes()


def received(folder: Path, name: str, data: bytes) -> tuple[list[str], list[tuple[str, str]]]:
    """Names of submissions, and notes with their rules."""
    (folder / name).write_bytes(data)
    found = receive(folder)
    return [n for n, _ in found.files], [(n, note.rule) for n, note in found.notes]


def read(folder: Path) -> dict[str, bytes | Unread]:
    return {name: contents(source) for name, source in receive(folder).files}


MAKERS: dict[str, Callable[[Files], bytes]] = {".zip": zipped, ".eml": mail, ".msg": outlook_message}
FILES = (
    ("Mappe.xlsx", b"PK eins"),
    ("Liste.CSV", b"a;b"),
    ("Alt.xls", b"zwei"),
    ("Brief.pdf", b"%PDF-1.7"),
    ("image001.png", b"\x89PNG"),
    ("~$Mappe.xlsx", b"lock"),
    (".versteckt.xlsx", b"hidden"),
    ("winmail.dat", b'x\x9f>"tnef'),
)


@pytest.mark.parametrize("ending", MAKERS)
def test_workbooks_are_submissions_and_the_rest_are_notes(ending: str, tmp_path: Path) -> None:
    name = f"Abgabe{ending}"
    files, notes = received(tmp_path, name, MAKERS[ending](FILES))
    assert files == [f"{name}/Alt.xls", f"{name}/Liste.CSV", f"{name}/Mappe.xlsx"]
    assert notes == [
        (f"{name}/Brief.pdf", "N30"),
        (f"{name}/image001.png", "N30"),
        (f"{name}/versteckt.xlsx", "N02"),
        (f"{name}/winmail.dat", "N33"),
        (f"{name}/~$Mappe.xlsx", "N01"),
    ]
    assert read(tmp_path) == {
        f"{name}/Alt.xls": b"zwei", f"{name}/Liste.CSV": b"a;b", f"{name}/Mappe.xlsx": b"PK eins",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "day"),
    [
        ("a.eml", mail(FILES), date(2026, 7, 3)),  # by the sender's clock, not by UTC or the machine's
        ("b.eml", mail(FILES, "keine Ahnung"), None),
        ("c.eml", mail(FILES, None), None),
        ("d.msg", outlook_message(FILES, "Fri, 03 Jul 2026 23:30:00 +0200"), date(2026, 7, 3)),
        ("e.msg", outlook_message(FILES, sent=datetime(2026, 7, 4, 6, tzinfo=UTC)), date(2026, 7, 4)),
        ("f.msg", outlook_message(FILES), None),
        ("g.zip", zipped(FILES), None),
        ("h.zip", zipped([("Post/a.eml", mail(FILES))]), date(2026, 7, 3)),
        ("i.eml", mail([("alle.zip", zipped(FILES))]), date(2026, 7, 3)),
    ],
)
def test_the_date_of_an_email_is_kept_with_its_workbooks(
    name: str, data: bytes, day: date | None, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    found = receive(tmp_path).files
    assert len(found) == 3
    assert {received_on(source) for _, source in found} == {day}


def test_content_decides_what_the_name_does_not_say(tmp_path: Path) -> None:
    workbook = builder.valid()
    for name, data in {
        "ohne Endung": workbook,
        "Mappe.zip": workbook,  # as some mail programs rename it
        "Brief.docx": zipped([("[Content_Types].xml", b""), ("word/document.xml", b"")]),
        "Tabelle": zipped(
            [("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")], zipfile.ZIP_STORED
        ),
        "Text": zipped([("mimetype", b"application/vnd.oasis.opendocument.text")], zipfile.ZIP_STORED),
        "alt": compound_file({"Workbook": b"x" * 5000}),
        "Brief": compound_file({"WordDocument": b"x" * 5000}),
        "Passwort": compound_file({"EncryptedPackage": b"x" * 5000}),
        "Post.txt": mail([("Mappe.xlsx", b"PK")]),
        "Archiv": zipped([("Mappe.xlsx", b"PK")]),
        "Outlook": outlook_message([("Mappe.xlsx", b"PK")]),
        "LIESMICH.txt": b"From: hier steht nur Text\nund noch eine Zeile",
        "leer": b"",
    }.items():
        (tmp_path / name).write_bytes(data)
    found = receive(tmp_path)
    assert [name for name, _ in found.files] == [
        "Archiv/Mappe.xlsx", "Mappe.zip", "Outlook/Mappe.xlsx", "Passwort", "Post.txt/Mappe.xlsx", "Tabelle",
        "alt", "ohne Endung",
    ]  # fmt: skip
    assert [(name, note.rule) for name, note in found.notes] == [
        ("Brief", "N30"), ("Brief.docx", "N30"), ("LIESMICH.txt", "N30"), ("Text", "N30"), ("leer", "N30"),
    ]  # fmt: skip
    assert read(tmp_path)["ohne Endung"] == workbook


# --- nesting ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "inner"),
    [
        ("a.zip", zipped([("Ordner/b.zip", zipped([("tief/x.xlsx", b"PK")]))]), "Ordner/b.zip/tief/x.xlsx"),
        ("a.eml", mail([("b.zip", zipped([("x.xlsx", b"PK")]))]), "b.zip/x.xlsx"),
        ("a.zip", zipped([("b.msg", outlook_message([("x.xlsx", b"PK")]))]), "b.msg/x.xlsx"),
        ("a.msg", outlook_message([("b.eml", mail([("x.xlsx", b"PK")]))]), "b.eml/x.xlsx"),
        ("a.eml", forwarded(mail([("x.xlsx", b"PK")])), "Anhang 2.eml/x.xlsx"),
        (
            "a.msg",
            outlook_message([("Wtr: Abgabe", outlook_message([("x.xlsx", b"PK")]))]),
            "Wtr_ Abgabe/x.xlsx",
        ),
    ],
)
def test_a_container_in_a_container_is_opened(name: str, data: bytes, inner: str, tmp_path: Path) -> None:
    assert received(tmp_path, name, data) == ([f"{name}/{inner}"], [])
    assert read(tmp_path) == {f"{name}/{inner}": b"PK"}


def test_an_outlook_message_in_another_is_opened(tmp_path: Path) -> None:
    """Outlook attaches it as a folder of streams, not as a file."""
    data = outlook_message([("x.xlsx", b"PK")], attached="Weitergeleitet")
    assert received(tmp_path, "a.msg", data) == (["a.msg/Weitergeleitet/x.xlsx"], [])
    assert read(tmp_path) == {"a.msg/Weitergeleitet/x.xlsx": b"PK"}


def test_deeper_it_is_not_opened_and_said(tmp_path: Path) -> None:
    deep = zipped([("c.zip", zipped([("x.xlsx", b"PK")]))])
    assert received(tmp_path, "a.zip", zipped([("b.zip", deep)])) == (
        [],
        [("a.zip", "N31"), ("a.zip/b.zip", "N31"), ("a.zip/b.zip/c.zip", "N32")],
    )
    deep_mail = forwarded(forwarded(mail([("x.xlsx", b"PK")])))
    files, notes = received(tmp_path, "z.eml", deep_mail)
    assert files == []
    assert ("z.eml/Anhang 2.eml/Anhang 2.eml", "N32") in notes


@pytest.mark.parametrize("ending", MAKERS)
def test_one_without_a_workbook_is_said(ending: str, tmp_path: Path) -> None:
    assert received(tmp_path, f"leer{ending}", MAKERS[ending](())) == ([], [(f"leer{ending}", "N31")])


# --- names --------------------------------------------------------------------------------------------

NAMES = {
    "../../etc/x.xlsx": "x.xlsx",
    "/absolut/x.xlsx": "x.xlsx",
    "C:\\Users\\x.xlsx": "x.xlsx",
    "a\u202excod.xlsx": "a_xcod.xlsx",
    "a\x07b\x00.xlsx": "a_b_.xlsx",
    "con.xlsx": "_con.xlsx",
    "  Mappe . xlsx .xlsx": "Mappe . xlsx .xlsx",
    "Bu\u0308dingen.xlsx": "Büdingen.xlsx",
    'Mappe?*|<>".xlsx': "Mappe______.xlsx",
    "ü" * 200 + ".xlsx": "ü" * 72 + ".xlsx",  # 144 + 5 bytes
    "=cmd|'/c calc'!A1.xlsx": "c calc'!A1.xlsx",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_attachments_stay_in_their_folder(name: str, tmp_path: Path) -> None:
    files, notes = received(tmp_path, "a.msg", outlook_message([(name, b"PK")]))
    assert (files, notes) == ([f"a.msg/{NAMES[name]}"], [])
    assert all(len(part.encode()) < 250 for part in files[0].split("/"))


def test_attachments_of_one_name_are_numbered(tmp_path: Path) -> None:
    same = [("Mappe.xlsx", b"1"), ("mappe.XLSX", b"2"), ("Mappe.xlsx", b"3"), ("Mappe (2).xlsx", b"4")]
    received(tmp_path, "a.eml", mail(same))
    assert read(tmp_path) == {
        "a.eml/Mappe (2) (2).xlsx": b"4",
        "a.eml/Mappe (3).xlsx": b"3",
        "a.eml/Mappe.xlsx": b"1",
        "a.eml/mappe (2).XLSX": b"2",
    }


@pytest.mark.parametrize(
    "header",
    [
        'filename="=?utf-8?Q?B=C3=BCdingen.xlsx?="',
        "filename*=utf-8''B%C3%BCdingen.xlsx",
        "filename*0*=utf-8''B%C3%BC; filename*1=dingen.xlsx",
        'filename="=?iso-8859-1?B?QvxkaW5nZW4ueGxzeA==?="',
    ],
)
def test_names_in_all_usual_encodings(header: str, tmp_path: Path) -> None:
    data = (
        "From: a@example.org\nMIME-Version: 1.0\nContent-Type: application/octet-stream\n"
        f"Content-Disposition: attachment; {header}\nContent-Transfer-Encoding: base64\n\nUEs=\n"
    ).encode()
    assert received(tmp_path, "a.eml", data) == (["a.eml/Büdingen.xlsx"], [])
    assert read(tmp_path) == {"a.eml/Büdingen.xlsx": b"PK"}


def test_an_attachment_without_a_name_is_known_by_its_type(tmp_path: Path) -> None:
    data = f"From: a@example.org\nMIME-Version: 1.0\nContent-Type: {XLSX}\n\nPK\n".encode()
    assert received(tmp_path, "a.eml", data)[0] == ["a.eml/Anhang 1.xlsx"]


# --- refused ------------------------------------------------------------------------------------------


def locked() -> bytes:
    """The flag of a password at the one entry, in both of its headers."""
    data = bytearray(zipped([("x.xlsx", b"PK" * 100)]))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def many_parts(count: int) -> bytes:
    part = b"--x\nContent-Type: text/plain\n\nhallo\n"
    return (
        b"From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
        + part * count
    )


def nested_parts(count: int) -> bytes:
    levels = (f"Content-Type: multipart/mixed; boundary=x{n}\n\n--x{n}\n".encode() for n in range(count))
    return b"From: a@example.org\nMIME-Version: 1.0\n" + b"".join(levels)


def with_header(at: int, value: int) -> bytes:
    data = bytearray(outlook_message([("x.xlsx", b"x" * 9000)]))
    data[at : at + 4] = value.to_bytes(4, "little")
    return bytes(data)


def looped() -> bytes:
    """An attachment of 9,000 bytes that says it has a gigabyte, in sectors of which the second follows itself."""
    data = bytearray(outlook_message([("x.xlsx", b"x" * 9000)]))
    entry = data.index("__substg1.0_37010102".encode("utf-16-le"))
    start = int.from_bytes(data[entry + 116 : entry + 120], "little")
    data[entry + 120 : entry + 124] = (1 << 30).to_bytes(4, "little")
    table = 512 * (1 + int.from_bytes(data[76:80], "little")) + 4 * start
    data[table : table + 4] = start.to_bytes(4, "little")
    return bytes(data)


REFUSED: dict[str, tuple[str, bytes, str]] = {
    "password": ("a.zip", locked(), "D40"),
    "cut off": ("a.zip", zipped([("x.xlsx", b"PK" * 1000)])[:60], "D41"),
    "no zip": ("a.zip", b"PK\x03\x04 und sonst nichts", "D41"),
    "text": ("a.zip", b"gar kein Archiv", "D41"),
    "same name twice": ("a.zip", zipped([("x.xlsx", b"1"), ("X.xlsx", b"2")]), "D41"),
    "out of the folder": ("a.zip", zipped([("../x.xlsx", b"1")]), "D41"),
    "absolute": ("a.zip", zipped([("/etc/x.xlsx", b"1")]), "D41"),
    "control characters": ("a.zip", zipped([("a\x07b.xlsx", b"1")]), "D41"),
    "too many entries": ("a.zip", zipped((f"{n}.txt", b"") for n in range(2001)), "D42"),
    "no mail": ("a.eml", b"\x00\x01\x02 nichts", "D41"),
    "empty mail": ("a.eml", b"", "D41"),
    "10,000 parts": ("a.eml", many_parts(10_000), "D42"),
    "10,000 parts without a type": (
        "a.eml",
        many_parts(20_001).replace(b"Content-Type: text/plain\n", b""),
        "D42",
    ),
    "parts in parts": ("a.eml", nested_parts(5_000), "D42"),
    "no message": ("a.msg", b"kein Outlook", "D41"),
    "cut message": ("a.msg", outlook_message([("x.xlsx", b"x" * 9000)])[:3000], "D41"),
    "a stream that leads back to itself": ("a.msg", looped(), "D41"),
    "more tables than the file has room for": ("a.msg", with_header(0x2C, 1 << 31), "D41"),
    "a table of tables without end": ("a.msg", with_header(0x48, 1 << 31), "D41"),
    "sectors of two bytes": ("a.msg", with_header(0x1E, 0x60001), "D41"),
    "head of a message alone": ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "D41"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_opened_is_refused_by_its_own_name(case: str, tmp_path: Path) -> None:
    name, data, rule = REFUSED[case]
    assert received(tmp_path, name, data) == ([name], [])
    answer = read(tmp_path)[name]
    assert isinstance(answer, Unread)
    assert answer.rule == rule
    assert len(answer.sha256) == 64


def test_a_damaged_container_does_not_take_its_neighbours_along(tmp_path: Path) -> None:
    data = mail([("a.zip", locked()), ("Mappe.xlsx", b"PK")])
    assert received(tmp_path, "a.eml", data) == (["a.eml/Mappe.xlsx", "a.eml/a.zip"], [])
    answers = read(tmp_path)
    assert answers["a.eml/Mappe.xlsx"] == b"PK"
    assert isinstance(answers["a.eml/a.zip"], Unread)
    assert answers["a.eml/a.zip"].rule == "D40"


def test_a_bomb_in_an_archive_is_not_inflated_and_its_neighbour_is_read(tmp_path: Path) -> None:
    bomb = zipped([("bombe.xlsx", bytes(60_000_000)), ("gut.xlsx", b"PK")])
    received(tmp_path, "a.zip", bomb)
    assert read(tmp_path) == {"a.zip/bombe.xlsx": Unread("D05"), "a.zip/gut.xlsx": b"PK"}


def test_a_damaged_file_in_an_archive_is_damaged(tmp_path: Path) -> None:
    data = bytearray(zipped([("x.xlsx", b"inhalt"), ("y.xlsx", b"anderer")], zipfile.ZIP_STORED))
    data[data.index(b"inhalt")] ^= 1
    received(tmp_path, "a.zip", bytes(data))
    assert read(tmp_path) == {"a.zip/x.xlsx": Unread("D05"), "a.zip/y.xlsx": b"anderer"}


def test_attachments_of_a_broken_message_are_damaged_one_by_one(tmp_path: Path) -> None:
    """The list of properties names a content that is not there."""
    whole = outlook_message([("x.xlsx", b"x" * 5000), ("y.xlsx", b"y" * 5000)])
    name = "__substg1.0_37010102".encode("utf-16-le")
    broken = whole.replace(name, "__substg1.0_37010199".encode("utf-16-le"), 1)
    received(tmp_path, "a.msg", broken)
    assert read(tmp_path) == {"a.msg/x.xlsx": Unread("D41"), "a.msg/y.xlsx": b"y" * 5000}


def test_a_broken_message_in_a_message_is_refused_by_its_own_name(tmp_path: Path) -> None:
    """Bytes changed at random had found this: its list of properties is not there."""
    whole = outlook_message([("x.xlsx", b"PK")], attached="Wtr")
    name = "__properties_version1.0".encode("utf-16-le")
    at = [i for i in range(len(whole)) if whole.startswith(name, i)]
    for place in at:
        broken = whole[:place] + b"X" + whole[place + 1 :]
        names, _ = received(tmp_path, "a.msg", broken)
        assert set(names) <= {"a.msg", "a.msg/Wtr", "a.msg/Wtr/x.xlsx", "a.msg/Anhang 1.msg/x.xlsx"}
        assert all(isinstance(answer, bytes | Unread) for answer in read(tmp_path).values())
    assert len(at) == 4  # of both messages and both attachments


def test_a_container_that_changes_meanwhile_is_not_read(tmp_path: Path) -> None:
    received(tmp_path, "a.zip", zipped([("x.xlsx", b"eins")]))
    ((_, source),) = receive(tmp_path).files
    assert contents(source) == b"eins"
    (tmp_path / "a.zip").write_bytes(zipped([("anders.xlsx", b"zwei und mehr")]))
    assert contents(source) == Unread("D18")
    (tmp_path / "a.zip").unlink()
    assert contents(source) == Unread("D18")


# --- on the command line --------------------------------------------------------------------------------


def test_a_container_named_with_its_folder_counts_once(tmp_path: Path) -> None:
    container = tmp_path / "a.eml"
    container.write_bytes(mail([("x.xlsx", b"PK"), ("Brief.pdf", b"%PDF")]))
    found = receive_paths([container, tmp_path])
    assert [(name, type(source)) for name, source in found.files] == [("a.eml/x.xlsx", Member)]
    assert {note.rule for _, note in found.notes} == {"N30"}
