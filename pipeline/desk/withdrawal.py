"""Adds an entry to rules/ruecknahmen.yaml, leaving everything else in the file unchanged, comments included."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import threading
from datetime import date
from pathlib import Path

from pipeline.desk.orders import Unclear
from pipeline.disk.publish import output_lock, publish_files
from pipeline.rules.loading.load import load_rules
from pipeline.rules.loading.withdrawal_file import WITHDRAWALS_FILE
from pipeline.rules.loading.yaml_lines import RulesError

_ONE_AT_A_TIME = threading.Lock()  # the lock of the folder keeps other processes off, not other threads
_EMPTY = re.compile(r"^withdrawals:[ \t]*\[[ \t]*\][ \t]*$", re.MULTILINE)
_LIST = re.compile(r"^withdrawals:[ \t]*$", re.MULTILINE)
_ITEM = re.compile(r"^([ \t]*)- ", re.MULTILINE)


def withdraw(rules: Path, sha256: str, reason: str, by: str, on: date) -> None:
    """Withdraws the file with these bytes (SHA-256). The rules file is replaced at once, and only if valid.

    Raises Unclear, or CannotWrite while another process writes into the folder of rules.
    """
    if not (reason and by):
        raise Unclear("Geben Sie einen Grund an, und wer die Rücknahme veranlasst hat.")
    with _ONE_AT_A_TIME, output_lock(rules):
        _withdraw(rules, sha256, reason, by, on)


def _withdraw(rules: Path, sha256: str, reason: str, by: str, on: date) -> None:
    file = rules / WITHDRAWALS_FILE
    try:
        text = file.read_bytes().decode("utf-8-sig") if file.exists() else "withdrawals: []\n"
    except (OSError, UnicodeDecodeError):
        raise Unclear(f"{WITHDRAWALS_FILE} ist nicht lesbar oder nicht in UTF-8 gespeichert.") from None
    changed = _added(text.replace("\r\n", "\n"), sha256, reason, by, on)
    _check(rules, changed, sha256)
    publish_files(rules, [(WITHDRAWALS_FILE, changed.encode())])


def _added(text: str, sha256: str, reason: str, by: str, on: date) -> str:
    """The text with one entry appended, indented as the others."""
    if _EMPTY.search(text):
        text = _EMPTY.sub("withdrawals:", text, count=1)
    listed = _LIST.search(text)
    if listed is None:
        raise Unclear(
            f"Tragen Sie die Rücknahme von Hand in {WITHDRAWALS_FILE} ein: Die Liste dort ist anders geschrieben."
        )
    items = _ITEM.findall(text[listed.end() :])
    space = items[-1] if items else "  "
    lines = (
        f"sha256: {json.dumps(sha256)}",
        f"reason: {_quoted(reason)}",
        f"by: {_quoted(by)}",
        f"date: {on.isoformat()}",
    )
    entry = f"{space}- " + f"\n{space}  ".join(lines) + "\n"
    return f"{text.rstrip()}\n{entry}"


def _quoted(text: str) -> str:
    """A double-quoted YAML string, which is the JSON notation."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def _check(rules: Path, changed: str, sha256: str) -> None:
    """Loads the rules with the new file in place of the old one; raises Unclear."""
    with tempfile.TemporaryDirectory(prefix="kisi-") as folder:
        trial = Path(folder) / "rules"
        shutil.copytree(rules, trial, ignore=shutil.ignore_patterns(".*"))
        (trial / WITHDRAWALS_FILE).write_bytes(changed.encode())
        try:
            withdrawals = load_rules(trial).withdrawals
        except RulesError as error:
            raise Unclear("; ".join(map(str, error.problems))) from None
        if sum((w.sha256 or "").lower() == sha256.lower() for w in withdrawals) != 1:
            raise Unclear(f"Tragen Sie die Rücknahme von Hand in {WITHDRAWALS_FILE} ein.")
