"""What Excel is known to reckon otherwise than LibreOffice stands in no formula; Excel itself cannot be run here.

Known: SUMPRODUCT counts the bare TRUE of a comparison as 0; TRUE and FALSE are above every number; LEFT,
SUBSTITUTE and the like give one value for a whole range inside SUMPRODUCT in some programs, and IF and IFERROR
in Excel, unless the formula is an array formula.
"""

from __future__ import annotations

import re

import pytest
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from tests.formulas.programs import formulas
from tests.formulas.test_programs import REPORTS, TEMPLATES, book

PLAIN = {"COUNTIF", "COUNTIFS", "SUMIF", "SUMIFS"}  # take ranges and give what SUMPRODUCT adds up
COMPARISON = re.compile(r"[=<>]")
COMPARED_WITH_NUMBER = re.compile(r"\(\([^()]*(?:=|<>|<|>)[^()]*\)(?:>|<|>=|<=|=|<>)\d+\)")


def faults(formula: str) -> list[str]:
    """In words; none for a formula that means the same everywhere. An array formula stands in braces."""
    array, formula = formula.startswith("{"), formula.strip("{}")
    found = ["truth compared with a number"] if COMPARED_WITH_NUMBER.search(formula) else []
    for arguments in _arguments(formula, "SUMPRODUCT"):
        for argument in arguments:
            functions = set(re.findall(r"([A-Z]+)\(", argument)) - PLAIN
            if functions and not array:
                found.append(f"{', '.join(sorted(functions))} of a range in SUMPRODUCT")
            if _is_bare_comparison(argument):
                found.append("bare comparison in SUMPRODUCT")
    return found


def _arguments(formula: str, function: str) -> list[list[str]]:
    """The arguments of each call, as text."""
    found: list[list[str]] = []
    calls: list[list[str] | None] = []  # the calls and brackets that are open; None: not the one asked for
    for token in Tokenizer(formula).items:
        if token.subtype == Token.CLOSE:
            done = calls.pop()
            if done is not None:
                found.append(done)
        if token.type == Token.SEP and calls and calls[-1] is not None:
            calls[-1].append("")
            continue
        for call in calls:
            if call is not None:
                call[-1] += token.value
        if token.subtype == Token.OPEN:
            calls.append([""] if token.value == f"{function}(" else None)
    return found


def _is_bare_comparison(argument: str) -> bool:
    """One comparison in brackets or without, with no sum, product or sign that makes a number of it."""
    texts_gone = re.sub(r'"[^"]*"', "", argument)
    names_gone = re.sub(r"'[^']*'", "", texts_gone)
    calls_gone = re.sub(r"[A-Z]+\([^()]*\)", "", names_gone)
    return bool(COMPARISON.search(calls_gone)) and not re.search(r"[-+*/]", calls_gone)


@pytest.mark.parametrize(
    ("formula", "fault"),
    [
        ('=SUMPRODUCT((A1:A9="x"),B1:B9)', "bare comparison in SUMPRODUCT"),
        ('=SUMPRODUCT(--(A1:A9="x"),B1:B9)', None),
        ('=SUMPRODUCT((A1:A9="x")*(B1:B9="y"))', None),
        ('=1+SUMPRODUCT(B1:B9,\'a-b\'!A1:A9<>"-")', "bare comparison in SUMPRODUCT"),
        ('=SUMPRODUCT(--(LEFT(A1:A9,2)="✓ "))', "LEFT of a range in SUMPRODUCT"),
        ('=SUMPRODUCT(COUNTIF(A1:A9,B1:B3))', None),
        ('=SUM(((A1:A9="x")>0)*(B1:B9=""))', "truth compared with a number"),
        ('=SUM(((A1:A9="x")+(A1:A9="y")>0)*(B1:B9=""))', None),
    ],
)  # fmt: skip
def test_a_fault_is_seen(formula: str, fault: str | None) -> None:
    assert faults(formula) == ([fault] if fault else [])


@pytest.mark.parametrize("name", [*REPORTS, *TEMPLATES])
def test_no_formula_is_known_to_be_read_differently(name: str) -> None:
    shown = {place: faults(text) for place, text in formulas(book(name)).items()}
    assert {place: found for place, found in shown.items() if found} == {}
