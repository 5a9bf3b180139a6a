"""Fills the blank template by writing its XML directly, the way a file looks that Excel has saved.

``pipeline.template.fill`` does the same with openpyxl in 0.7 s; a trial of 10,000 workbooks needs milliseconds. As
Excel does: every text is a shared string, empty cells of a record are left out, each row carries ``spans``
and ``x14ac:dyDescent``. ``tests/test_benchmarks.py`` holds both ways of filling against each other.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter

from benchmarks.zipped import Part, part_of, zipped
from pipeline.definitions.sheet_types import Sheet, WorkbookKind
from pipeline.definitions.sheets import FORM_TITLE, RULE_EVIDENCE, RULE_FULFILLED, RULE_NOTE, RULE_NR
from pipeline.template.fill import Content, Entry
from pipeline.template.layout import FIRST_ROW, LABEL, VALUE

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_X14AC = (
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac"'
    ' xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac">'
)
_DESCENT = ' x14ac:dyDescent="0.25">'
_STRINGS = "xl/sharedStrings.xml"
_EPOCH = date(1899, 12, 30).toordinal()


class Blank:
    """The blank workbook of a kind, taken apart once; ``fill`` makes as many copies as wanted."""

    def __init__(self, template: bytes, kind: WorkbookKind) -> None:
        self.kind = kind
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.texts = _texts(self.parts[_STRINGS])
        titles = [e.get("name", "") for e in ElementTree.fromstring(self.parts["xl/workbook.xml"])
                  .iter(f"{_MAIN}sheet")]  # fmt: skip
        self.part = {title: f"xl/worksheets/sheet{i}.xml" for i, title in enumerate(titles, start=1)}
        self.xml = {title: _as_excel(self.parts[part].decode()) for title, part in self.part.items()}
        self.styles = {sheet.title: _column_styles(self.xml[sheet.title], sheet) for sheet in kind.tables}
        self.rows = {title: self._rows_by_first_cell(title) for title in self._prefilled()}
        for title, part in self.part.items():
            self.parts[part] = self.xml[title].encode()
        self.packed = {name: part_of(data) for name, data in self.parts.items()}

    def _prefilled(self) -> tuple[str, ...]:
        return FORM_TITLE, *(s.title for s in self.kind.tables if s.prefill)

    def _rows_by_first_cell(self, title: str) -> dict[str, int]:
        """Text of column A (a label, a rule number) → Excel row."""
        letter = get_column_letter(LABEL + 1)
        cells = re.findall(rf'<c r="{letter}(\d+)"[^>]* t="s"><v>(\d+)</v>', self.xml[title])
        return {self.texts[int(index)].rstrip("*"): int(row) for row, index in cells}

    def fill(self, content: Content) -> Filled:
        """The filled workbook."""
        strings = Strings(self.texts)
        parts = {}
        parts[self.part[FORM_TITLE]] = self._form(content.form, strings)
        for sheet in self.kind.tables:
            if sheet.prefill:
                parts[self.part[sheet.title]] = self._entries(sheet, content.entries, strings)
            elif content.tables.get(sheet.title):
                parts[self.part[sheet.title]] = self._table(sheet, content.tables[sheet.title], strings)
        texts = strings.part(self.parts[_STRINGS])
        packed = {name: part_of(data) for name, data in parts.items()}
        return Filled(self.packed | packed | {_STRINGS: part_of(texts)}, texts)

    def _form(self, values: Mapping[str, Any], strings: Strings) -> bytes:
        rows, letter = self.rows[FORM_TITLE], get_column_letter(VALUE + 1)
        return _put(self.xml[FORM_TITLE], {f"{letter}{rows[n]}": v for n, v in values.items()}, strings)

    def _entries(self, sheet: Sheet, entries: Mapping[str, Entry], strings: Strings) -> bytes:
        assert sheet.names.index(RULE_NR.name) == LABEL
        rows, cells = self.rows[sheet.title], {}
        for nr, entry in entries.items():
            if nr in rows:
                given = ((RULE_FULFILLED, entry.on), (RULE_EVIDENCE, entry.evidence), (RULE_NOTE, entry.note))
                for column, value in given:
                    cells[f"{get_column_letter(sheet.names.index(column.name) + 1)}{rows[nr]}"] = value
        return _put(self.xml[sheet.title], cells, strings)

    def _table(self, sheet: Sheet, records: Sequence[Mapping[str, Any]], strings: Strings) -> bytes:
        width = len(sheet.columns)
        columns = [
            (name, get_column_letter(i), style)
            for i, (name, style) in enumerate(zip(sheet.names, self.styles[sheet.title], strict=True), 1)
        ]
        first = FIRST_ROW + 1
        rows, cell = [], strings.cell
        for row, record in enumerate(records, first):
            cells = [
                f'<c r="{letter}{row}" s="{style}"{cell(record[name])}</c>'
                for name, letter, style in columns
                if record.get(name) is not None
            ]
            rows.append(f'<row r="{row}" spans="1:{width}"{_DESCENT}{"".join(cells)}</row>')
        xml = self.xml[sheet.title].replace("</sheetData>", "".join(rows) + "</sheetData>")
        last = f"{get_column_letter(width)}{first + len(records) - 1}"
        return re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="A1:{last}"', xml, count=1).encode()


@dataclass(frozen=True)
class Filled:
    """A filled workbook in parts, ``texts`` being the shared strings."""

    parts: Mapping[str, Part]
    texts: bytes

    def data(self) -> bytes:
        return zipped(self.parts)

    def instead(self, texts: Mapping[str, str]) -> Filled:
        """The same workbook with other texts in its cells."""
        new = self.texts
        for before, after in texts.items():
            assert new.count(_string(before)) == 1, before
            new = new.replace(_string(before), _string(after))
        return Filled({**self.parts, _STRINGS: part_of(new)}, new)


def _string(text: str) -> bytes:
    return f"<si><t>{escape(text)}</t></si>".encode()


class Strings:
    """The shared strings of one workbook: those of the template, then the new ones in order of use."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.index = {text: i for i, text in enumerate(texts)}
        self.before = len(texts)
        self.uses = 0

    def cell(self, value: Any) -> str:
        """The end of a cell's start tag, and its value."""
        if isinstance(value, str):
            self.uses += 1
            return f' t="s"><v>{self.index.setdefault(value, len(self.index))}</v>'
        if isinstance(value, date):
            return f"><v>{value.toordinal() - _EPOCH}</v>"
        return f"><v>{value}</v>"

    def part(self, template: bytes) -> bytes:
        new = b"".join(map(_string, list(self.index)[self.before :])).decode()
        head, rest = template.decode().split("<si>", 1)
        count = int(re.findall(r'\bcount="(\d+)"', head)[0]) + self.uses
        head = re.sub(r'\bcount="\d+"', f'count="{count}"', head)
        head = re.sub(r'uniqueCount="\d+"', f'uniqueCount="{len(self.index)}"', head)
        return f"{head}<si>{rest.replace('</sst>', new + '</sst>')}".encode()


def _texts(xml: bytes) -> list[str]:
    """The shared strings of the template; parts of a rich text are joined."""
    return ["".join(t.text or "" for t in si.iter(f"{_MAIN}t")) for si in ElementTree.fromstring(xml)]


def _as_excel(xml: str) -> str:
    """A worksheet with the attributes that Excel adds on saving."""
    head, rest = xml.split("<worksheet", 1)
    root, rest = rest.split(">", 1)
    rest = re.sub(r"(<row [^>/]*)>", rf"\1{_DESCENT}", rest)
    rest = rest.replace("<sheetFormatPr defaultRowHeight=\"15\"/>",
                        '<sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/>')  # fmt: skip
    return f"{head}<worksheet{root}{_X14AC}{rest}"


def _column_styles(xml: str, sheet: Sheet) -> list[str]:
    """The style of each column of a table; one that stands for all rows below the header."""
    styles = [""] * len(sheet.columns)
    for first, last, style in re.findall(r'<col min="(\d+)" max="(\d+)"[^>]*? style="(\d+)"', xml):
        for i in range(int(first), min(int(last), len(styles)) + 1):
            styles[i - 1] = style
    return styles


def _put(xml: str, values: Mapping[str, Any], strings: Strings) -> bytes:
    """Values into cells that the template has as empty, styled ones."""
    for address, value in values.items():
        if value is not None:
            cell = re.compile(rf'(<c r="{address}" s="\d+")/>')
            xml, found = cell.subn(lambda m, v=value: f"{m[1]}{strings.cell(v)}</c>", xml)  # type: ignore[misc]
            assert found == 1, address
    return xml.encode()
