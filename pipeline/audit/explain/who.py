"""What is asked, and of whom: finds a municipality by AGS (a former one too, or without its leading zero) or by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from pipeline.definitions.messages import either
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.rules import Criterion, EvidencePoint, Milestone, Municipality, Rules, Target

SUGGESTED = 3
_NUMBER = re.compile("[0-9]+")
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


Asked = Target | Criterion | Milestone | EvidencePoint


class UnknownQuestion(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """Unknown number or municipality, or the requirement does not concern it; the text is German."""


def find_municipality(rules: Rules, text: str) -> Municipality:
    """The municipality of the roster, or the project lead. Raises UnknownQuestion with suggestions."""
    asked = text.strip()
    if is_number := _NUMBER.fullmatch(asked):
        key = f"0{asked}" if len(asked) == len(LEAD_AGS) - 1 else asked  # Excel had taken it for a number
        found = {**rules.by_ags, LEAD_AGS: rules.lead}.get(key)
        matches = [found] if found else []
    else:
        matches = _by_name(rules, asked)
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise UnknownQuestion(
            f"„{asked}“ kann mehrere Kommunen meinen: {_listed(matches)}. Nennen Sie den AGS."
        )
    what = f"Der AGS „{asked}“" if is_number else f"„{asked}“"
    raise UnknownQuestion(
        f"{what} steht nicht auf der Liste der Kommunen (kommunen.csv).{_suggestion(rules, asked)}"
    )


def _by_name(rules: Rules, asked: str) -> list[Municipality]:
    """Municipalities of that name, else those beginning with it: „Bad Homburg“ for „Bad Homburg v. d. Höhe“."""
    everybody, wanted = (rules.lead, *rules.roster), _folded(asked)
    exact = [m for m in everybody if _folded(m.name) == wanted]
    return exact or [m for m in everybody if wanted and f"{_folded(m.name)} ".startswith(f"{wanted} ")]


def _folded(name: str) -> str:
    """Comparable form of a name: no case, umlauts spelled out, only letters, digits and single spaces."""
    text = unicodedata.normalize("NFC", name).casefold().translate(_SPELLED)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


def _suggestion(rules: Rules, asked: str) -> str:
    if _NUMBER.fullmatch(asked):
        words, wanted = dict(rules.by_ags), asked
    else:
        words, wanted = {_folded(m.name): m for m in rules.roster}, _folded(asked)
    close = get_close_matches(wanted, words, SUGGESTED)
    near = list(dict.fromkeys(words[word] for word in close))
    return f" Meinten Sie {_listed(near)}?" if near else ""


def _listed(municipalities: Iterable[Municipality]) -> str:
    return either(f"{m.name} ({m.ags})" for m in municipalities)
