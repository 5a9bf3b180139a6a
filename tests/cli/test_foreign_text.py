"""Names of files are others' words: nothing in them moves the cursor, ends a line, or turns one around."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.definitions.foreign import escaped
from tests import builder

FORGED = "a.xlsx\nb.xlsx – Bad Nauheim: angenommen (0 Fehler).xlsx"
NAMES = [
    FORGED,
    "c\x1b[2K\x1b[1A.xlsx",
    "d\x9b1A.xlsx",
    "e\u202excod.xlsx",
    "f\u2028g.xlsx",
    "h\rb.xlsx: angenommen.xlsx",
]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Büdingen – Straße 1.xlsx", "Büdingen – Straße 1.xlsx"),
        ("schmal\u202fund\xa0fest", "schmal\u202fund\xa0fest"),
        ("a\x1b[1Ab", "a\\x1b[1Ab"),
        ("\x9b\x00\x7f", "\\x9b\\x00\\x7f"),
        ("a\nb\rc\u2028d\u2029e\x85f", "a\\x0ab\\x0dc\\u2028d\\u2029e\\x85f"),
        ("\u202e\u2066\u200b\ufeff\xad", "\\u202e\\u2066\\u200b\\ufeff\\xad"),
        ("b\udcfcdingen\uffff\U000e0041", "b\\udcfcdingen\\uffff\\U000e0041"),
    ],
)
def test_what_is_not_seen_is_written_out(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_line_ends_may_stay_where_they_do_no_harm() -> None:
    assert escaped("a\nb\x1bc", keep="\n") == "a\nb\\x1bc"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_forges_no_line_on_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Terminal, letters, report and overview page."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KISI_JOBS", "0")
    (tmp_path / "eingang").mkdir()
    for name in NAMES:
        (tmp_path / "eingang" / name).write_bytes(b"kein Excel " + name.encode())
    for note in (f"~${FORGED}", f"{FORGED}.pdf"):
        (tmp_path / "eingang" / note).write_bytes(b"")
    listed = ""
    for command in (["check", "eingang"], ["report", "eingang", "--as-of", "2026-06-30", "--no-rows"]):
        answer = CliRunner().invoke(cli, [*command, "--rules", str(builder.ROOT / "rules")], prog_name="kisi")
        assert answer.exit_code == 1, answer.output
        listed += answer.output
    results = tmp_path / "output/2026-06-30"
    texts = [listed, (results / "uebersicht.html").read_text(encoding="utf-8")]
    letters = list((tmp_path / "output/rueckmeldung").iterdir())
    assert len(letters) == len(NAMES)
    texts += [letter.read_text(encoding="utf-8") for letter in letters]
    book = openpyxl.load_workbook(results / "KISI_Bericht_2026-06-30.xlsx", read_only=True)
    texts += [v for s in book for row in s.iter_rows(values_only=True) for v in row if isinstance(v, str)]
    for text in texts:
        assert not any(line.startswith("b.xlsx") for line in text.splitlines()), text
        assert not {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") and c != "\n"}
