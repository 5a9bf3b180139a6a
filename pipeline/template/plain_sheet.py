"""A worksheet of xlsxwriter for formulas of functions that Excel has had since 2007, and so written faster."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet


class PlainSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """Give it to ``Workbook.add_worksheet`` as the class of the sheet.

    xlsxwriter looks for each of 150 newer functions in every formula, to put a prefix before their names; in a
    template this took most of the time. No formula of ours uses one, and a test holds that.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Return the formula without its equals sign and the braces of an array formula."""
        return formula.removeprefix("{").removeprefix("=").removesuffix("}")
