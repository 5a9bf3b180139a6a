"""Detects names, e-mail addresses, phone numbers and dates of birth where a key belongs.

Only used on texts that are no well-formed key. False alarms are preferred: a key column goes to the project
lead and on to auditors.
"""

from __future__ import annotations

import re

# P-001, p_12, X 7, NW001; also with letters that look like digits
_LIKE_A_KEY = re.compile(r"(?<![^\W_])[A-Za-z]{1,2}[-_. ]?[0-9OoIl]*[0-9][0-9OoIl]*", re.ASCII)
_STARTED_KEY = re.compile(r"[A-Za-z]{1,2}[-_]?[0-9]", re.ASCII)
_EMAIL = re.compile(r"[^\s@]@[^\s@]")
_DAY = re.compile(r"(?<!\d)(?:\d{1,2}[./ -]{1,2}\d{1,2}[./ -]{1,2}\d{2,4}|\d{4}-\d{1,2}-\d{1,2})(?!\d)")
_PHONE = re.compile(r"(?<![\w-])(?:\+|0)\d[\d\s()/.-]{5,}")
_DIGITS = re.compile(r"\+?[\d\s()/.-]{7,}")
# Two letters of any script, or one that is not Latin: 李
_WORD = re.compile(r"[^\W\d_]['’´`]?[^\W\d_]|[^\W\d_a-zA-Z]")
# A remark about evidence begins with a small letter ("siehe Akte", "liegt vor") or with what a document is.
_REMARK = re.compile(
    r"(?:(?:[a-zäöü]|Siehe\b|Folgt\b|Liegt\b|In Arbeit\b|Keine?r?\b|Noch\b|Vorhanden\b|Per\b|Im\b)"
    r"|(?:Akten?|Ordner|Anlagen?|Anhang|Protokolle?|Teilnehmerlisten?|Konzepte?|Leitfaden|Berichte?|Fotos?"
    r"|Veröffentlichung(?:en)?|Dokumentation(?:en)?|Auswertung(?:en)?|Nachweise?|E-Mail|Mail)(?![^\W\d_]))"
)
_NAME = r"[^\W\d_]{2,}+(?:[-'’][^\W\d_]++)*+"
_TWO_WORDS = re.compile(rf"(?=.*[^\W\d_]{{4}}){_NAME}(?:[ ,]++{_NAME})++")
_PSEUDONYM = re.compile(r"\b[PEpe][-_ ]?[0-9]{3,6}\b", re.ASCII)
_ADDRESSED = re.compile(
    r"\b(?:Herrn?|Frau|Familie|Fam\.|Dr\.|Eheleute|geb\.|geboren)\s+[^\W\d_]", re.IGNORECASE
)
_CAPITALS = re.compile(r"\b([A-ZÄÖÜ][^\W\d_]+(?:-[^\W\d_]+)*),?\s+[A-ZÄÖÜ][^\W\d_]+")
# What stands in front of a noun and begins a sentence; a name does not begin so.
_NO_NAME = frozenset(
    [
        "der",
        "die",
        "das",
        "den",
        "dem",
        "des",
        "ein",
        "eine",
        "einen",
        "einem",
        "einer",
        "kein",
        "keine",
        "keinen",
        "alle",
        "beide",
        "diese",
        "dieser",
        "dieses",
        "diesen",
        "diesem",
        "unser",
        "unsere",
        "unseren",
        "unserem",
        "unserer",
        "ihr",
        "ihre",
        "ihren",
        "in",
        "im",
        "am",
        "an",
        "ab",
        "auf",
        "aus",
        "bei",
        "beim",
        "bis",
        "durch",
        "für",
        "gegen",
        "laut",
        "mit",
        "nach",
        "ohne",
        "seit",
        "siehe",
        "über",
        "um",
        "unter",
        "vom",
        "von",
        "vor",
        "wegen",
        "zu",
        "zum",
        "zur",
        "wir",
        "sie",
        "es",
        "bitte",
        "nur",
        "ja",
        "nein",
        "neue",
        "neuer",
        "neues",
        "alte",
        "zwei",
        "drei",
        "vier",
        "fünf",
        "mehrere",
        "viele",
        "jede",
        "jeder",
        "jedes",
        "stadt",
        "gemeinde",
        "landkreis",
    ]
)


def names_somebody(text: str) -> bool:
    """Whether free text may hold a name, a pseudonym, an e-mail address, a phone number or a date."""
    if has_contact_data(text) or _PSEUDONYM.search(text) or _ADDRESSED.search(text):
        return True
    return any(m[1].casefold() not in _NO_NAME for m in _CAPITALS.finditer(text))


def has_contact_data(text: str) -> bool:
    """Whether a text holds an e-mail address, a phone number or a date."""
    return bool(_EMAIL.search(text) or _DAY.search(text) or _PHONE.search(text) or _DIGITS.fullmatch(text))


def looks_personal(text: str) -> bool:
    """Whether an ill-formed key may be a name, e-mail address, phone number or date of birth."""
    return has_contact_data(text) or bool(_WORD.search(_LIKE_A_KEY.sub(" ", text)))


def is_like_a_key(text: str) -> bool:
    """Whether a text begins with letter and number like a key, well-formed or not."""
    return _STARTED_KEY.match(text) is not None


def is_remark(text: str) -> bool:
    """Whether words in an evidence cell say where it is kept, and name nobody."""
    return bool(_REMARK.match(text)) and not has_contact_data(text)


def is_whole_name(text: str) -> bool:
    """Whether "initials" are given name and surname: two words or more, not all as short as initials."""
    return _TWO_WORDS.fullmatch(text) is not None
