"""Checks rules/ruecknahmen.yaml: each entry names a file in exactly one way, and each file once.

An entry that fits no received file is not refused here; the run reports it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.rules import Withdrawal, WithdrawalFile
from pipeline.rules.loading.yaml_lines import Problem, YamlDocument

WITHDRAWALS_FILE = "ruecknahmen.yaml"
_ONE_WAY = (
    "Eine Rücknahme nennt entweder „sha256“ oder „ags“, „stichtag“ und „abgabe_nr“ zusammen, nicht beides."
)


def check_withdrawals(file: WithdrawalFile, document: YamlDocument) -> Iterator[Problem]:
    """Yield a problem for each entry that names its file incompletely or in two ways, or is repeated."""
    seen = set()
    for i, one in enumerate(file.withdrawals):
        line = document.line(("withdrawals", i))
        if not _names_one_way(one):
            yield Problem(document.name, line, _ONE_WAY)
            continue
        named = (one.sha256 and one.sha256.lower(), one.ags, one.stichtag, one.abgabe_nr)
        if named in seen:
            yield Problem(document.name, line, "Diese Rücknahme steht doppelt.")
        seen.add(named)


def _names_one_way(one: Withdrawal) -> bool:
    key = [part is not None for part in (one.ags, one.stichtag, one.abgabe_nr)]
    return not any(key) if one.sha256 else all(key)
