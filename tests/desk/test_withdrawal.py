"""An entry in ruecknahmen.yaml: added at its end, valid, and everything else stays as it was."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from pipeline.desk.orders import Unclear
from pipeline.desk.withdrawal import withdraw
from pipeline.rules.loading.load import load_rules
from tests.builder import ROOT

SHA, OTHER = "a1" * 32, "b2" * 32
ON = date(2026, 10, 5)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    return tmp_path / "rules"


def _text(rules: Path) -> str:
    return (rules / "ruecknahmen.yaml").read_text("utf-8")


def test_two_entries_after_each_other(rules: Path) -> None:
    before = _text(rules)
    withdraw(rules, SHA, 'Falsche Mappe: "alt"', "Stadt Büdingen, E-Mail", ON)
    withdraw(rules, OTHER, "Doppelt\ngesendet", "Projektleitung", ON)
    shown = [(w.sha256, w.reason, w.by, w.on) for w in load_rules(rules).withdrawals]
    assert shown == [
        (SHA, 'Falsche Mappe: "alt"', "Stadt Büdingen, E-Mail", ON),
        (OTHER, "Doppelt gesendet", "Projektleitung", ON),
    ]
    assert _text(rules).startswith(before.removesuffix("withdrawals: []\n"))
    assert sorted(p.name for p in rules.iterdir() if p.name.startswith(".")) == []


def test_it_goes_on_as_the_list_is_written(rules: Path) -> None:
    text = f'withdrawals:\n- sha256: "{SHA}"\n  reason: "x"\n  by: "y"\n  date: 2026-07-03\n# Ende\n'
    (rules / "ruecknahmen.yaml").write_text(text.replace("\n", "\r\n"), "utf-8", newline="")
    withdraw(rules, OTHER, "Grund", "Stelle", ON)
    assert (
        _text(rules) == text + f'- sha256: "{OTHER}"\n  reason: "Grund"\n  by: "Stelle"\n  date: 2026-10-05\n'
    )


def test_without_the_file_it_is_made(rules: Path) -> None:
    (rules / "ruecknahmen.yaml").unlink()
    withdraw(rules, SHA, "Grund", "Stelle", ON)
    assert [w.sha256 for w in load_rules(rules).withdrawals] == [SHA]


def test_entries_made_at_once_are_all_kept(rules: Path) -> None:
    """Two tabs."""
    hashes = [f"{n:02x}" * 32 for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda sha256: withdraw(rules, sha256, "Grund", "Stelle", ON), hashes))
    assert sorted(w.sha256 or "" for w in load_rules(rules).withdrawals) == hashes


@pytest.mark.parametrize(
    ("text", "sha256", "reason", "said"),
    [
        ("withdrawals: []\n", SHA, "", "Geben Sie einen Grund an"),
        ("withdrawals: []\n", "kein Hash", "Grund", "ruecknahmen.yaml"),
        (f'withdrawals: [{{sha256: "{OTHER}", reason: "x", by: "y", date: 2026-07-03}}]\n', SHA, "Grund", "von Hand"),
        ("withdrawals: nichts davon\n", SHA, "Grund", "von Hand"),
        (f'withdrawals:\n  - sha256: "{SHA}"\n    reason: "x"\n    by: "y"\n    date: 2026-07-03\n', SHA, "x", "doppelt"),
    ],
)  # fmt: skip
def test_what_would_not_be_valid_is_not_written(
    rules: Path, text: str, sha256: str, reason: str, said: str
) -> None:
    (rules / "ruecknahmen.yaml").write_text(text, "utf-8", newline="\n")
    with pytest.raises(Unclear, match=said):
        withdraw(rules, sha256, reason, "Stelle", ON)
    assert _text(rules) == text
