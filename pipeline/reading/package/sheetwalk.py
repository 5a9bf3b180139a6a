"""Parses a sheet's XML that is not in the usual form with expat, and rewrites its cells in that form.

Missing addresses are counted; prefixes, comments and foreign elements are dropped; every cell becomes a value
that the reading library knows or an address in ``Special``. A sheet with ambiguous cells is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite
from xml.parsers import expat

from pipeline.definitions.messages import finding
from pipeline.reading.package.preflight import Refused, broken, parsed, sound
from pipeline.reading.package.special import (
    MAX_AREA,
    MAX_COLUMN,
    MAX_MERGES,
    MAX_ROW,
    SheetXml,
    Special,
    area,
)
from pipeline.xlsx.addresses import column_letters, column_number

_LAST_DATE = 2_958_465  # 9999-12-31; a larger number is no date, whatever its format
_REF = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
_FAR_REF = re.compile("[A-Z]{1,7}[1-9][0-9]{0,11}")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?", re.ASCII)
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)?)Z?", re.ASCII)
_INDEX = re.compile("[0-9]{1,9}", re.ASCII)
_ERROR = re.compile("#[A-Z0-9/_]+[!?]?")
_BOOLEANS = {"1": "1", "0": "0", "true": "1", "false": "0"}
_SPACE = " \t\r\n"
_CELL = "/sheetData/row/c"
_DEEPEST = 50  # elements within each other
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})


def walked(sheet: str, xml: bytes, strings: list[str]) -> SheetXml:
    """The rewritten sheet. ``strings``: shared strings of the workbook. Raises Refused, with a cell where
    possible.
    """
    walk = _SheetWalk(sheet, strings)
    if not walk.through(xml):
        raise Refused(finding("D05", sheet))
    return walk.result()


def shared_texts(xml: bytes) -> list[str]:
    """The shared strings, without phonetic text."""
    walk = _SharedTexts()
    if not walk.through(xml):
        raise broken()
    return walk.found


def text_element(tag: str, text: str) -> str:
    """XML of a text that keeps its spaces and line ends."""
    return f'<{tag} xml:space="preserve">{xml_escaped(text)}</{tag}>'


def xml_escaped(text: str) -> str:
    """A text escaped for XML. (``xml.sax.saxutils`` would load ``urllib.request`` in every process.)"""
    return text.translate(_ESCAPED)


class _Walk:
    """Parses XML and calls the handlers in ``starts`` and ``ends`` for the path of an element.

    A path is counted from below the root, without prefixes: ``/sheetData/row``. Text is collected in
    ``sink``.
    """

    def __init__(self) -> None:
        self.starts: dict[str, Callable[[dict[str, str]], None]] = {}
        self.ends: dict[str, Callable[[], None]] = {}
        self.sink: list[str] | None = None
        self.path, self.depth = "", 0

    def through(self, xml: bytes) -> bool:
        """Parses the XML; False when it is not well-formed."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        return sound(xml) and parsed(parser, xml)

    def unknown(self, tag: str) -> None:
        """Called for an element that has no entry in ``starts``."""

    def mixed(self) -> None:
        """Called for an element within a text or a value."""
        raise broken()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth == 1:
            return
        if self.depth > _DEEPEST:
            raise broken()
        if self.sink is not None:
            self.mixed()
        name = tag.rsplit(":", 1)[-1]
        self.path = f"{self.path}/{name}"
        handler = self.starts.get(self.path)
        if handler is not None:
            handler(attributes)
        else:
            self.unknown(name)

    def _text(self, text: str) -> None:
        if self.sink is not None:
            self.sink.append(text)

    def _end(self, _: str) -> None:
        handler = self.ends.get(self.path)
        if handler is not None:
            handler()
        self.path = self.path[: max(self.path.rfind("/"), 0)]
        self.depth -= 1


class _Strings(_Walk):
    """Collects the ``<t>`` of a string item; spaces at its ends count only where the file says so."""

    def __init__(self, item: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.keep = False
        for path in (f"{item}/t", f"{item}/r/t"):
            self.starts[path], self.ends[path] = self._start_run, self._end_run

    def _start_run(self, attributes: dict[str, str]) -> None:
        self.sink, self.keep = [], attributes.get("xml:space") == "preserve"

    def _end_run(self) -> None:
        text, self.sink = "".join(self.sink or ()), None
        self.parts.append(text if self.keep else text.strip(_SPACE))


class _SharedTexts(_Strings):
    """Parses the table of shared strings."""

    def __init__(self) -> None:
        super().__init__("/si")
        self.found: list[str] = []
        self.ends["/si"] = self._end_item

    def _end_item(self) -> None:
        self.found.append("".join(self.parts))
        self.parts = []


class _SheetWalk(_Strings):
    """Parses one sheet."""

    def __init__(self, sheet: str, strings: list[str]) -> None:
        super().__init__(f"{_CELL}/is")
        self.sheet, self.strings = sheet, strings
        self.special = Special()
        self.rows: dict[int, list[str]] = {}
        self.seen: set[tuple[int, int]] = set()
        self.row = self.column = self.last_row = self.last_column = 0
        self.cell: dict[str, str] = {}
        self.value: list[str] = []
        self.begun = self.has_value = self.has_formula = self.has_inline = False
        self.starts |= {
            "/sheetData": self._start_data,
            "/sheetData/row": self._start_row,
            _CELL: self._start_cell,
            f"{_CELL}/f": self._start_formula,
            f"{_CELL}/v": self._start_value,
            f"{_CELL}/is": self._start_inline,
            "/mergeCells/mergeCell": self._merge,
        }
        self.ends |= {_CELL: self._end_cell, f"{_CELL}/v": self._end_value}

    def refused(self, rule: str = "D05", cell: str | None = None) -> Refused:
        return Refused(finding(rule, self.sheet, cell))

    # --- elements ---

    def unknown(self, tag: str) -> None:
        """Refuses rows, cells and parts of cells in places where programs would read them differently."""
        if tag == "sheetData" or (tag in ("row", "c") and self.path.startswith("/sheetData")):
            raise self.refused()
        if self.path == f"{_CELL}/{tag}" and tag != "extLst":
            raise self.refused("D05", self._address)
        if self.path == f"{_CELL}/is/{tag}" and tag not in ("r", "rPh", "phoneticPr"):
            raise self.refused("D05", self._address)

    def mixed(self) -> None:
        raise self.refused("D05", self._address)

    def _start_data(self, _: dict[str, str]) -> None:
        if self.begun:
            raise self.refused()
        self.begun = True

    def _once(self, has: bool) -> None:
        """Refuses a second part of one kind, as programs differ in which one counts."""
        if has:
            raise self.refused("D05", self._address)

    def _start_formula(self, _: dict[str, str]) -> None:
        self._once(self.has_formula)
        self.has_formula = True

    def _start_value(self, _: dict[str, str]) -> None:
        self._once(self.has_value)
        self.has_value, self.value = True, []
        self.sink = self.value

    def _end_value(self) -> None:
        self.sink = None

    def _start_inline(self, _: dict[str, str]) -> None:
        self._once(self.has_inline)
        self.has_inline, self.parts = True, []

    def _merge(self, attributes: dict[str, str]) -> None:
        if len(self.special.merged) < MAX_MERGES and (place := area(attributes.get("ref", ""))) is not None:
            self.special.merged.append(place)

    # --- places ---

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", str(self.row + 1))
        if not _INDEX.fullmatch(number) or number == "0":
            raise self.refused()
        self.row, self.column = int(number), 0
        if attributes.get("hidden") in ("1", "true"):
            self.special.hidden_rows.add(self.row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.cell, self.column = attributes, self.column + 1
        self.has_value = self.has_formula = self.has_inline = False
        ref = attributes.get("r")
        if ref is None:
            return
        match = _REF.fullmatch(ref)
        if match is None:
            raise self.refused("D17", ref) if _FAR_REF.fullmatch(ref) else self.refused()
        self.column = column_number(match[1])
        if int(match[2]) != self.row:
            raise self.refused("D05", ref)

    @property
    def _address(self) -> str:
        return f"{column_letters(self.column)}{self.row}"

    def _take_place(self) -> None:
        """Records the place of each filled cell."""
        at = (self.row, self.column)
        if self.row > MAX_ROW or self.column > MAX_COLUMN:
            raise self.refused("D17", self._address)
        if at in self.seen:
            raise self.refused("D05", self._address)
        self.seen.add(at)
        self.last_row, self.last_column = max(self.last_row, self.row), max(self.last_column, self.column)
        if self.last_row * self.last_column > MAX_AREA:
            raise self.refused("D17", self._address)

    # --- content ---

    def _end_cell(self) -> None:
        if not (self.has_formula or self.has_value or self.has_inline or self.cell.get("t") == "e"):
            return
        at, kind = (self.row, self.column), self.cell.get("t", "n")
        value = "".join(self.value) if self.has_value else ""
        if kind == "n" and _ERROR.fullmatch(value.strip(_SPACE)):
            kind = "e"
        written = "" if kind == "e" else self._written(kind, value)
        if written is None:
            self.special.unreadable.add(at)
        if kind == "e":
            self.special.errors.add(at)
            if _INDEX.fullmatch(number := self.cell.get("vm", "")):
                self.special.rich[at] = int(number)
        if self.has_formula:
            self.special.formulas.add(at)
            if kind != "e" and not (self.has_value if kind == "str" else value.strip(_SPACE)):
                self.special.without_result.add(at)
        if written != "" or kind == "e" or self.has_formula:
            self._take_place()
        if written:
            self.rows.setdefault(self.row, []).append(f'<c r="{self._address}"{written}</c>')

    def _written(self, kind: str, value: str) -> str | None:
        """The rest of the cell's element; empty for an empty cell, None for unreadable content."""
        text = value.strip(_SPACE)
        if self.has_inline or kind == "inlineStr":
            return self._inline(kind, text)
        if kind == "str":
            return f' t="str">{text_element("v", value)}' if value else ""
        if not text:
            return ""
        if kind == "n":
            return self._number(text)
        if kind == "s" and _INDEX.fullmatch(text) and int(text) < len(self.strings):
            return f' t="s"><v>{int(text)}</v>' if self.strings[int(text)] else ""
        if kind == "b" and text in _BOOLEANS:
            return f' t="b"><v>{_BOOLEANS[text]}</v>'
        if kind == "d" and (match := _DATE.fullmatch(text)):
            return f' t="d"><v>{match[1]}</v>'
        return None

    def _inline(self, kind: str, value: str) -> str | None:
        text = "".join(self.parts) if self.has_inline else ""
        if value or (text and kind != "inlineStr"):
            return None
        return f' t="inlineStr"><is>{text_element("t", text)}</is>' if text else ""

    def _number(self, text: str) -> str | None:
        if not _NUMBER.fullmatch(text) or not isfinite(float(text)):
            return None
        style = self.cell.get("s", "")
        plain = not _INDEX.fullmatch(style) or not 0 <= float(text) <= _LAST_DATE
        return f"><v>{text}</v>" if plain else f' s="{style}"><v>{text}</v>'

    def result(self) -> SheetXml:
        rows = "".join(f'<row r="{r}">{"".join(cells)}</row>' for r, cells in sorted(self.rows.items()))
        values = sum(map(len, self.rows.values()))
        body = f"<sheetData>{rows}</sheetData>".encode("utf-8", "replace")
        return SheetXml(body, self.special, values, self.last_row * self.last_column)
