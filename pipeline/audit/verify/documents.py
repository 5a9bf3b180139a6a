"""Compares a file beside a report with the same file recomputed, in German lines; for files whose bytes
differ.

The files are untrusted: use in a child process. For files with rows of persons only places are named, never
values.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from email.message import EmailMessage as Message
from email.parser import BytesParser
from email.policy import default
from io import BytesIO
from itertools import zip_longest
from typing import Any

import lxml.html
import pyarrow as pa
import pyarrow.parquet as pq
from lxml import etree

from pipeline.audit.verify.compare_workbooks import workbook_remarks
from pipeline.audit.verify.opened_report import read_opened
from pipeline.audit.verify.remarks import Remark, instead, numbers, ranges
from pipeline.definitions.messages import number_of
from pipeline.reading.package import Refused, open_parts

MOST_LINES = 20
SAME = "anders gespeichert, der Inhalt ist der nachgerechnete"
_UNREADABLE = "ist nicht lesbar"
_LISTS = {
    "submissions": "Abgaben", "findings": "Befunde", "targets": "Zielwerte", "milestones": "Meilensteine",
    "evidence": "Nachweise", "municipalities": "Kommunen", "criteria": "Kriterien", "consolidated": "Projekt",
    "round": "Runde", "project": "Projektzeitraum", "rules": "Regeln",
}  # fmt: skip
_IDENTITY = ("ags", "nr", "year", "due", "file", "rule", "sheet", "cell")


@dataclass(frozen=True, slots=True)
class FilePair:
    """A file as found beside the report, and as computed."""

    name: str
    given: bytes
    computed: bytes


@dataclass(frozen=True, slots=True)
class FileComparison:
    """``lines``: differences. Without any, the content is the same and only its encoding differs."""

    lines: tuple[str, ...] = ()


def compare_pairs(batch: Sequence[FilePair]) -> list[FileComparison]:
    """For a child process: the comparison of each pair."""
    return [_answer(pair) for pair in batch]


def _answer(pair: FilePair) -> FileComparison:
    how = _HOW.get(pair.name.lower().rpartition(".")[2], _bytes)
    try:
        lines = list(how(pair.given, pair.computed))
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
        Refused,
        pa.ArrowException,
        etree.LxmlError,
    ):
        lines = [_UNREADABLE]
    if (more := len(lines) - MOST_LINES) > 0:
        lines[MOST_LINES:] = [f"… und {number_of(more, 'weitere Abweichung', 'weitere Abweichungen')}"]
    return FileComparison(tuple(f"{pair.name}: {line}." for line in lines))


def _bytes(_given: bytes, _computed: bytes) -> Iterator[str]:
    yield "der Inhalt ist nicht der nachgerechnete"


# --- JSON ---------------------------------------------------------------------------------------------


def _json(given: bytes, computed: bytes) -> Iterator[str]:
    yield from _json_differences(json.loads(given), json.loads(computed), ())


def _json_differences(is_: Any, should: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(is_, dict) and isinstance(should, dict):
        for key in [*should, *(k for k in is_ if k not in should)]:
            if key not in is_ or key not in should:
                yield f"{_place(path)}„{key}“ {'fehlt' if key in should else 'gehört nicht dazu'}"
            else:
                yield from _json_differences(is_[key], should[key], (*path, key))
    elif isinstance(is_, list) and isinstance(should, list):
        if len(is_) != len(should):
            yield f"{_place(path)}{number_of(len(is_), 'Eintrag', 'Einträge')}, nachgerechnet {len(should)}"
        for position, (one, other) in enumerate(zip(is_, should, strict=False), start=1):
            yield from _json_differences(one, other, (*path, _identity(other, position)))
    elif is_ != should or isinstance(is_, bool) != isinstance(should, bool):
        yield f"{_place(path)}{instead(_json_text(is_), _json_text(should))}"


def _json_text(value: Any) -> str | None:
    return (
        None if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    )


def _identity(entry: Any, position: int) -> str:
    known = [str(entry[k]) for k in _IDENTITY if entry.get(k) is not None] if isinstance(entry, dict) else []
    return " ".join(known[:3]) or f"Nr. {position}"


def _place(path: Sequence[str]) -> str:
    return f"{', '.join(_LISTS.get(step, step) for step in path)}: " if path else ""


# --- the page -----------------------------------------------------------------------------------------


def _page(given: bytes, computed: bytes) -> Iterator[str]:
    """Differences of the overview page: visible text, then links, scripts and styles."""
    is_: Any = lxml.html.document_fromstring(given)
    should: Any = lxml.html.document_fromstring(computed)
    here, there = list(_page_texts(is_)), list(_page_texts(should))
    yield from _text_differences(here, there)
    for what, part in (("Ziele von Links", "//@href | //@src"), ("Skripte", "//script/text()"), ("Gestaltung", "//style/text() | //@style | //@class | //@hidden")):  # fmt: skip
        if Counter(map(str, is_.xpath(part))) != Counter(map(str, should.xpath(part))):
            yield f"{what} weichen ab" if what != "Gestaltung" else f"{what} weicht ab"
    if here == there:
        yield from _drawn(is_, should)


def _page_texts(root: Any) -> Iterator[str]:
    for text in root.xpath(
        "//text()[not(parent::script) and not(parent::style)] | //@title | //@aria-label | //@alt"
    ):
        if plain := " ".join(str(text).split()):
            yield plain


def _text_differences(here: list[str], there: list[str]) -> Iterator[str]:
    start = next((i for i, (a, b) in enumerate(zip_longest(here, there)) if a != b), len(here))
    end = next((i for i, (a, b) in enumerate(zip(reversed(here[start:]), reversed(there[start:]), strict=False)) if a != b), 0)  # fmt: skip
    is_, should = here[start : len(here) - end], there[start : len(there) - end]
    if max(len(is_), len(should)) > 2000:
        yield f"{instead(' '.join(is_), ' '.join(should))}, und viele weitere Stellen"
        return
    for kind, a, b, c, d in SequenceMatcher(None, is_, should, autojunk=False).get_opcodes():
        if kind != "equal":
            yield instead(" ".join(is_[a:b]), " ".join(should[c:d]))


def _drawn(is_: Any, should: Any) -> Iterator[str]:
    """Differences in charts, whose figures are in SVG attributes."""
    marks = ("//@d", "//@width", "//@height", "//@x", "//@y", "//@points", "//@transform", "//@fill")
    if any(list(map(str, is_.xpath(m))) != list(map(str, should.xpath(m))) for m in marks):
        yield "Zeichnungen weichen ab"
    elif etree.tostring(is_, method="c14n") != etree.tostring(should, method="c14n"):
        yield "der Aufbau der Seite weicht ab"


# --- letters, rows, workbooks ---------------------------------------------------------------------------


def _letter(given: bytes, computed: bytes) -> Iterator[str]:
    here, there = (data.decode("utf-8", "surrogatepass").splitlines() for data in (given, computed))
    for kind, a, b, c, d in SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        if kind != "equal":
            yield f"Zeile {a + 1}: {instead(' '.join(here[a:b]), ' '.join(there[c:d]))}"


def _rows(given: bytes, computed: bytes) -> Iterator[str]:
    """Differences of tables with rows of persons: columns and row numbers, never values."""
    is_, should = (pq.read_table(BytesIO(data)) for data in (given, computed))
    if is_.schema.names != should.schema.names:
        yield "die Spalten sind nicht die nachgerechneten"
        return
    if is_.num_rows != should.num_rows:
        yield f"{number_of(is_.num_rows, 'Zeile', 'Zeilen')}, nachgerechnet {should.num_rows}"
        return
    for name in should.schema.names:
        one, other = is_.column(name).to_pylist(), should.column(name).to_pylist()
        differing = [row for row, (a, b) in enumerate(zip(one, other, strict=True), start=1) if a != b]
        if differing or is_.schema.field(name).type != should.schema.field(name).type:
            where = f"in Zeile {numbers(differing)}" if differing else "in der Art der Werte"
            yield f"Spalte „{name}“ weicht ab {where}"


def _workbook(given: bytes, computed: bytes) -> Iterator[str]:
    """Differences of an annotated copy or a form: cells, never values."""
    opened = read_opened(computed)
    remarks = workbook_remarks(read_opened(given), opened)
    facts = [*remarks.differences, *remarks.uncompared]
    for sheet in dict.fromkeys(f.sheet for f in facts):
        own = [f for f in facts if f.sheet == sheet]
        cells = list(dict.fromkeys(f.cell for f in own if f.cell))
        where = (
            f"Blatt {sheet}"
            if sheet in opened.sheets
            else "die Arbeitsmappe"
            if not sheet
            else "ein weiteres Blatt"
        )
        if cells:
            yield f"{where}: {number_of(len(cells), 'Zelle weicht', 'Zellen weichen')} ab ({ranges(cells)})"
        if beside := _beside(own):
            yield f"{where}: {beside}"


def _document(given: bytes, computed: bytes) -> Iterator[str]:
    """Differences of a Word form: its parts, never what stands in them."""
    is_, should = open_parts(given), open_parts(computed)
    differing = [name for name in should if is_.get(name) != should[name]]
    if differing:
        yield f"{number_of(len(differing), 'Teil weicht', 'Teile weichen')} ab ({', '.join(differing)})"
    if strange := is_.keys() - should.keys():
        yield f"{number_of(len(strange), 'Teil gehört', 'Teile gehören')} nicht dazu"


def _beside(facts: Iterable[Remark]) -> str:
    count = sum(not f.cell for f in facts)
    return (
        f"{number_of(count, 'Abweichung', 'Abweichungen')} in Aufbau, Seiten, Größen oder Zeichnungen"
        if count
        else ""
    )


def _draft(given: bytes, computed: bytes) -> Iterator[str]:
    """Differences of an e-mail: headers, text, attachments."""
    here, there = (BytesParser(policy=default).parsebytes(data) for data in (given, computed))
    for header, word in (("To", "Empfänger"), ("From", "Absender"), ("Cc", "Kopie an"), ("Bcc", "Blindkopie an"), ("Subject", "Betreff")):  # fmt: skip
        is_, should = here.get(header), there.get(header)
        if str(is_ or "") != str(should or ""):
            yield f"{word}: {instead(str(is_ or ''), str(should or ''))}"
    for line in _letter(_mail_text(here), _mail_text(there)):
        yield f"Text, {line}"
    is_, should = _attached(here), _attached(there)
    for name in sorted(is_.keys() | should.keys()):
        if name not in is_:
            yield f"Anlage {name} fehlt"
        elif name not in should:
            yield f"Anlage {name} gehört nicht dazu"
        elif is_[name] != should[name] and _answer(FilePair(name, is_[name], should[name])).lines:
            yield f"Anlage {name} ist nicht die nachgerechnete"


def _mail_text(message: Message) -> bytes:
    body = message.get_body(("plain", "html"))
    return str(body.get_content() if body else "").encode("utf-8", "surrogatepass")


def _attached(message: Message) -> dict[str, bytes]:
    found = ((p.get_filename() or "", p.get_content()) for p in message.iter_attachments())
    return {name: c if isinstance(c, bytes) else str(c).encode() for name, c in found}


_HOW: dict[str, Callable[[bytes, bytes], Iterator[str]]] = {
    "json": _json, "html": _page, "txt": _letter, "eml": _draft, "parquet": _rows, "xlsx": _workbook, "xlsm": _workbook,
    "docx": _document,
}  # fmt: skip
