"""A worksheet of xlsxwriter that takes a whole record at once, and so needs a fraction of the time.

A report of all municipalities has a million cells in long tables. xlsxwriter keeps each as an object and asks
it for its XML in the end; here a record is its XML from the start. Everything else is xlsxwriter's: rows,
formats, shared strings, what surrounds the cells. A test holds the sheets of both against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import StringIO
from typing import Any, NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.xlsx.addresses import column_letters

OUTSIDE = -1  # as xlsxwriter answers
ROW = "\0"  # stands for the number of the row in the XML of a cell, where this character cannot stand


class _Record(NamedTuple):
    """Stands in the first cell of its row for all of them."""

    xml: str


class FastSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """Give it to ``Workbook.add_worksheet`` as the class of the sheet.

    A cell of a record is given as its XML: ``of_…`` return what follows its address, ``at`` puts it there.
    """

    def __init__(self) -> None:
        self.fh: Any
        self.dim_rowmin: Any
        self.dim_rowmax: Any
        super().__init__()
        self.links: dict[tuple[int, int], str] = {}  # row and column from 0 → place in this workbook
        # points → what xlsxwriter keeps of such a row
        self._heights: dict[float | None, tuple[Any, Any]] = {}
        self._looks: dict[int, str] = {}  # the same → attributes of the row

    def write_record(self, row: int, cells: Sequence[str], known_texts: int = 0) -> int:
        """Writes a row of cells, from the left; 0 when it is written.

        ``known_texts``: texts that ``of_text`` was asked for in an earlier row, and that stand here again.
        """
        if row < 0 or row >= self.xls_rowmax or (self.constant_memory and row < self.previous_row):
            return OUTSIDE
        if self.constant_memory and row > self.previous_row:
            self._write_single_row(row)
        self._check_dimensions(row, max(0, len(cells) - 1))
        self.dim_colmin = 0
        self.table[row][0] = _Record("".join(cells).replace(ROW, str(row + 1)))
        if not self.constant_memory:
            self.str_table.count += known_texts
        return 0

    def set_row(self, row: int, height: float | None = None, *look: Any) -> int:
        """As xlsxwriter does; rows of one height and no look of their own share what it keeps of them."""
        known = None if look else self._heights.get(height)
        if known is None:
            code = int(super().set_row(row, height, *look))
            if not (code or look):
                self._heights[height] = (self.row_info[row], self.row_sizes[row])
            return code
        if self._check_dimensions(row, self.dim_colmin or 0):
            return OUTSIDE
        self.row_info[row], self.row_sizes[row] = known
        return 0

    def mark_table(self, name: str, header: int, last: int, titles: Sequence[str]) -> None:
        """Marks cells that are written, from column A on, as an Excel table with a header row and filter buttons.

        ``add_table`` would write the titles itself, and refuses a streamed sheet. Rows from 0; each title as it
        stands in its cell, on one line, and none twice.
        """
        assert len({title.lower() for title in titles}) == len(titles)
        cells = f"A{header + 1}:{column_letters(len(titles))}{last + 1}"
        columns = [{"id": n, "name": title, "format": None} for n, title in enumerate(titles, 1)]
        self.tables.append(
            {
                "name": name,
                "range": cells,
                "autofilter": cells,
                "columns": columns,
                "style": "",
                "header_row_count": 1,
                "totals_row_shown": False,
                **dict.fromkeys(
                    ("show_first_col", "show_last_col", "show_row_stripes", "show_col_stripes"), False
                ),
            }
        )

    def at(self, letters: str, rest: str) -> str:
        """A cell of the column with these letters, in any row."""
        return f'<c r="{letters}{ROW}{rest}'

    def of_text(self, text: str, style: Format) -> str:
        head = f'" s="{style._get_xf_index()}"'
        if not self.constant_memory:
            return f'{head} t="s"><v>{self.str_table._get_shared_string_index(text)}</v></c>'
        kept = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
        return f'{head} t="inlineStr"><is><t{kept}>{self._escaped(text)}</t></is></c>'

    def of_number(self, number: float, style: Format) -> str:
        return f'" s="{style._get_xf_index()}"><v>{number:.16G}</v></c>'

    def of_date(self, day: date, style: Format) -> str:
        return self.of_number(self._convert_date_time(day), style)

    def of_formula(self, formula: str, result: float | str, style: Format) -> str:
        """``formula`` with its sign, and nothing in it that Excel brought after 2007."""
        kind = ' t="str"' if isinstance(result, str) and result else ""
        text = self._escape_data(formula.removeprefix("="))
        value = self._escape_data(result)
        return f'" s="{style._get_xf_index()}"{kind}><f>{text}</f><v>{value}</v></c>'

    def of_nothing(self, style: Format) -> str:
        return f'" s="{style._get_xf_index()}"/>'

    def _escaped(self, text: str) -> Any:
        return self._escape_data(self._escape_control_characters(text))

    # --- what xlsxwriter does with the rows in the end ---

    def _assemble_xml_file(self) -> None:
        """Nobody asks for the cells once the sheet is written; the other sheets still need room."""
        super()._assemble_xml_file()
        self.table.clear()
        self.row_info.clear()

    def _write_rows(self) -> None:
        """As xlsxwriter does, without looking into each column of a row that is one record."""
        first, last = self.dim_rowmin, self.dim_rowmax
        for row in range(first, last + 1):
            cells = self.table.get(row)
            if cells and len(cells) == 1 and isinstance(cells.get(0), _Record):
                self.fh.write(f'<row r="{row + 1}"{self._look(row)}>{cells[0].xml}</row>')
            else:
                self.dim_rowmin = self.dim_rowmax = row
                super()._write_rows()
        self.dim_rowmin, self.dim_rowmax = first, last

    def _look(self, row: int) -> str:
        """The attributes of a row behind its number, as xlsxwriter writes them."""
        known = self.row_info.get(row)
        if id(known) not in self._looks:
            file, self.fh = self.fh, StringIO()
            self._write_row(0, None, known)
            self._looks[id(known)] = self.fh.getvalue().removeprefix('<row r="1"').removesuffix(">")
            self.fh = file
        return self._looks[id(known)]

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        if isinstance(cell, _Record):
            self.fh.write(cell.xml)
        else:
            super()._write_cell(row, col, cell)

    def _write_hyperlinks(self) -> None:
        """Those of the report all stay within it."""
        if not self.links:
            return
        self._xml_start_tag("hyperlinks")
        for (row, column), location in sorted(self.links.items()):
            cell = f"{column_letters(column + 1)}{row + 1}"
            self._xml_empty_tag("hyperlink", [("ref", cell), ("location", location)])
        self._xml_end_tag("hyperlinks")

    def _calculate_spans(self) -> None:
        """A hint of where cells stand, which nobody needs."""
        self.row_spans: dict[int, str] = {}

    def _write_single_row(self, current_row_num: int = 0) -> None:
        """In a streamed sheet a row that is written need not be remembered either."""
        written = self.previous_row
        super()._write_single_row(current_row_num)
        if written < current_row_num:
            self.row_info.pop(written, None)
            self.row_sizes.pop(written, None)
