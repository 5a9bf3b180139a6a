"""Checks rules/formular.yaml: every figure that it names must exist under these rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.rules import FormMapping, Rules
from pipeline.rules.loading.yaml_lines import NodePath, Problem, YamlDocument
from pipeline.rules.wording.figure_names import UnknownFigure, means_municipality, parse_figure

FORM_FILE = "formular.yaml"
ADDRESS = r"[^!]+![A-Z]{1,3}[1-9][0-9]{0,6}"  # sheet and cell: Bericht!B4
NAME = r"[^\W\d][\w.\\]*"  # a name that the form defines


def check_form(form: FormMapping, document: YamlDocument, rules: Rules) -> Iterator[Problem]:
    """Yield a problem for each unknown figure, each place that is no name or cell, and each repeated place."""
    places: list[tuple[str, NodePath]] = []
    for i, cell in enumerate(form.cells):
        places.append((cell.cell, ("cells", i, "cell")))
        yield from _wrong(cell.figure, ("cells", i, "figure"), document, rules, in_row=False)
    for i, table in enumerate(form.tables):
        places.append((table.start, ("tables", i, "start")))
        for j, name in enumerate(table.columns):
            if name is not None:
                yield from _wrong(name, ("tables", i, "columns", j), document, rules, in_row=True)
    seen: set[str] = set()
    for place, path in places:
        if not re.fullmatch(f"{ADDRESS}|{NAME}", place):
            text = f"„{place}“ ist weder ein Name noch eine Zelle der Form Blatt!B4."
            yield Problem(document.name, document.line(path), text)
        if place in seen:
            yield Problem(document.name, document.line(path), f"Die Stelle „{place}“ steht doppelt.")
        seen.add(place)


def _wrong(
    name: str, path: NodePath, document: YamlDocument, rules: Rules, *, in_row: bool
) -> Iterator[Problem]:
    try:
        parse_figure(name, rules, in_row=True) if in_row else _parse_any(name, rules)
    except UnknownFigure as error:
        yield Problem(document.name, document.line(path), str(error))


def _parse_any(name: str, rules: Rules) -> None:
    """The project's figure, or in a form for each municipality that one's; UnknownFigure for neither."""
    try:
        parse_figure(name, rules)
    except UnknownFigure:
        if not means_municipality(name, rules):
            raise
