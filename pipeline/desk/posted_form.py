"""Parses a posted form: fields in memory, uploads streamed into a folder of the desk's own.

Starlette's parser keeps a file open for each upload until the end; a thousand mails at once exceed what a
system allows.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BufferedWriter
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_FIELDS, MOST_FILES = 200, 2_000
LONGEST_FIELD = 20_000
_UNDER_WAY = "unterwegs-"


class BadForm(Exception):  # noqa: N818  - an answer to the client, not a fault of ours
    """The request body is no form as our pages send it; the text is German."""

    def __init__(self, text: str = "") -> None:
        again = "Die Angaben kamen nicht vollständig an. Gehen Sie zurück, und versuchen Sie es noch einmal."
        super().__init__(text or again)


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file: its name as the browser sent it, and its path until the request is answered."""

    name: str
    path: Path


@dataclass
class PostedForm:
    """Fields and uploads of a form by name."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[Upload]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    def uploads(self, name: str) -> list[Upload]:
        return self.files.get(name, [])


@asynccontextmanager
async def posted_form(request: Request, own: Path) -> AsyncIterator[PostedForm]:
    """Context manager: the form of a request; its uploads are deleted at the end. Raises BadForm."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    folder = Path(tempfile.mkdtemp(prefix=_UNDER_WAY, dir=own))
    try:
        if kind == b"multipart/form-data":
            yield await _multipart(request, options.get(b"boundary", b""), folder)
        else:
            yield _urlencoded(await request.body())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_leftovers(own: Path) -> None:
    """Deletes uploads of a desk that was killed."""
    for folder in own.glob(f"{_UNDER_WAY}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _urlencoded(body: bytes) -> PostedForm:
    try:
        found = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise BadForm from None
    return PostedForm(dict(found))


async def _multipart(request: Request, boundary: bytes, folder: Path) -> PostedForm:
    parts = _Parts(folder)
    try:
        parser = MultipartParser(boundary, parts.callbacks())
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
    except (FormParserError, UnicodeDecodeError, ValueError):
        raise BadForm from None
    finally:
        parts.close()
    if not parts.whole:
        raise BadForm
    return parts.form


class _Parts:
    """Collects the parts that the multipart parser reports."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.form, self.whole = folder, PostedForm(), False
        self._file: BufferedWriter | None = None
        self._count = 0
        self._begin()

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin(self) -> None:
        self._field, self._value, self._text = bytearray(), bytearray(), bytearray()
        self._disposition = b""
        self._name = ""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if bytes(self._field).lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._field, self._value = bytearray(), bytearray()

    def _headers_finished(self) -> None:
        self._count += 1
        if self._count > MOST_FIELDS + MOST_FILES:
            raise BadForm(f"Das sind zu viele Dateien auf einmal; es gehen höchstens {MOST_FILES}.")
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode()
        if b"filename" not in options:
            return
        name = options[b"filename"].decode("utf-8", "replace")
        files = self.form.files.setdefault(self._name, [])
        path = self.folder / str(self._count)
        self._file = path.open("wb")
        if name:  # a browser sends an empty one where nothing was chosen
            files.append(Upload(name, path))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(data[start:end])
        elif len(self._text) + end - start > LONGEST_FIELD:
            raise BadForm
        else:
            self._text += data[start:end]

    def _part_end(self) -> None:
        if self._file is not None:
            self.close()
        else:
            self.form.fields[self._name] = self._text.decode()

    def _end(self) -> None:
        self.whole = True
