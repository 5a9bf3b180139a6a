"""The German word and symbol for every status.

The symbol makes a status readable without colour. ``Tone`` says how good or bad a status is; each output
gives the tones its own colours. Contract: results.md, "German words".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pipeline.definitions.model import ExemptionState, RoundStatus, State, Status

PROJECT, SUM = "Projekt", "Zusammen"  # all municipalities together; a sum below its parts


class Tone(Enum):
    """How good or bad a status is for the project."""

    GOOD = "good"
    LATE = "late"
    PENDING = "pending"
    WARNING = "warning"
    BAD = "bad"
    UNKNOWN = "unknown"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Word:
    """A status in German, with its symbol, its tone and its meaning in one sentence."""

    text: str
    symbol: str
    tone: Tone
    meaning: str

    @property
    def label(self) -> str:
        """Symbol and word: ``✓ erreicht``."""
        return f"{self.symbol} {self.text}"


_DONE, _LATE, _OPEN, _OVER, _UNKNOWN, _NOTHING = "✓", "(✓)", "○", "✗", "?", "□"
_NO_SUBMISSION = Word(
    "keine gültige Abgabe",
    _NOTHING,
    Tone.NONE,
    "Es kam nichts, oder alles Eingegangene wurde zurückgewiesen. Zählt nie als null.",
)

MILESTONE_WORDS: dict[Status, Word] = {
    Status.REACHED: Word("erreicht", _DONE, Tone.GOOD, "Alle Kriterien sind bis zur Frist erfüllt."),
    Status.REACHED_LATE: Word(
        "verspätet erreicht", _LATE, Tone.LATE, "Alle Kriterien sind erfüllt, das letzte nach der Frist."
    ),
    Status.EVIDENCE_MISSING: Word(
        "Nachweis fehlt", "◐", Tone.WARNING, "Alle Kriterien sind erfüllt, mindestens eines ist nicht belegt."
    ),
    Status.OPEN: Word("offen", _OPEN, Tone.PENDING, "Ein Kriterium ist noch offen, die Frist liegt später."),
    Status.AT_RISK: Word(
        "gefährdet", "▲", Tone.WARNING, "Ein Kriterium ist noch offen, und die Frist rückt nahe."
    ),
    Status.OVERDUE: Word("überfällig", _OVER, Tone.BAD, "Ein Kriterium war am Tag der Frist noch offen."),
    Status.NOT_EVALUABLE: Word(
        "nicht bewertbar",
        _UNKNOWN,
        Tone.UNKNOWN,
        "Die Daten reichen nicht: Ein Blatt ist leer ohne Leermeldung, ein Bestand fehlt, oder die Daten "
        "enden vor der Frist.",
    ),
    Status.NO_SUBMISSION: _NO_SUBMISSION,
    Status.UNDEFINED: Word(
        "nicht festgelegt", "–", Tone.NONE, "Die Quelle nennt weder Kriterien noch Frist; wird nie bewertet."
    ),
}
TARGET_WORDS: dict[Status, Word] = {
    Status.MET: Word("erreicht", _DONE, Tone.GOOD, "Die Schwelle ist am Tag der Daten erreicht."),
    Status.OPEN: Word("offen", _OPEN, Tone.PENDING, "Noch nicht erreicht; der Zeitraum läuft noch."),
    Status.MISSED: Word("verfehlt", _OVER, Tone.BAD, "Nicht erreicht, und der Zeitraum ist vorbei."),
    Status.NOT_EVALUABLE: Word(
        "nicht bewertbar",
        _UNKNOWN,
        Tone.UNKNOWN,
        "Die Daten reichen nicht: Ein Blatt ist leer ohne Leermeldung, der Nenner fehlt oder ist 0, oder das "
        "Projektjahr hatte am Tag der Daten noch nicht begonnen.",
    ),
    Status.INFO: Word("Erhebung", "i", Tone.NONE, "Die Zahl wird gezeigt und nicht bewertet."),
    Status.NO_SUBMISSION: _NO_SUBMISSION,
}
CRITERION_WORDS: dict[Status, Word] = {
    Status.MET: Word("erfüllt", _DONE, Tone.GOOD, "Das Kriterium galt an einem Tag; es bleibt erfüllt."),
    Status.UNMET: Word("offen", _OPEN, Tone.PENDING, "Das Kriterium ist noch nicht erfüllt."),
    Status.EVIDENCE_MISSING: Word(
        "Nachweis fehlt", "◐", Tone.WARNING, "Das Kriterium ist erfüllt, aber nicht belegt."
    ),
    Status.NOT_EVALUABLE: Word("nicht bewertbar", _UNKNOWN, Tone.UNKNOWN, "Die Daten reichen nicht."),
}
EVIDENCE_WORDS: dict[Status, Word] = {
    Status.PROVIDED: Word("vorgelegt", _DONE, Tone.GOOD, "Mindestens ein Dokument steht im Verzeichnis."),
    Status.PROVIDED_LATE: Word(
        "verspätet vorgelegt", _LATE, Tone.LATE, "Das Dokument ist nach der Frist datiert."
    ),
    Status.OPEN: Word("offen", _OPEN, Tone.PENDING, "Noch kein Dokument; keine Frist ist verstrichen."),
    Status.OVERDUE: Word("überfällig", _OVER, Tone.BAD, "Am Tag der Frist fehlte das Dokument."),
    Status.NOT_EVALUABLE: Word(
        "nicht bewertbar", _UNKNOWN, Tone.UNKNOWN, "Die Daten enden vor der Frist, der Stichtag liegt danach."
    ),
    Status.NO_SUBMISSION: _NO_SUBMISSION,
}
STATE_WORDS: dict[State, Word] = {
    State.ACCEPTED: Word(
        "angenommen", _DONE, Tone.GOOD, "Diese Abgabe zählt: spätester Stichtag, dann höchste Abgabe-Nr."
    ),
    State.REJECTED: Word(
        "zurückgewiesen",
        _OVER,
        Tone.BAD,
        "Die Datei enthält mindestens einen Fehler und zählt als Ganzes nicht.",
    ),
    State.SUPERSEDED: Word(
        "ersetzt", "»", Tone.UNKNOWN, "Eine gültige Abgabe mit höherer Nr. zum selben Stichtag liegt vor."
    ),
    State.DUPLICATE: Word(
        "Dublette", "≡", Tone.UNKNOWN, "Wiederholt eine andere Datei; deren Befunde gelten auch hier."
    ),
    State.EARLIER: Word(
        "früher", "«", Tone.UNKNOWN, "Gültige Abgabe zu einem früheren Stichtag; dient dem Vergleich."
    ),
    State.LATER: Word(
        "später",
        "›",
        Tone.UNKNOWN,
        "Der Stichtag liegt nach dem Stand des Berichts; die Datei nimmt nicht teil.",
    ),
    State.WITHDRAWN: Word(
        "zurückgezogen", "⊘", Tone.UNKNOWN, "Steht in ruecknahmen.yaml und wirkt nicht mehr."
    ),
    State.MISSING: Word("keine Abgabe", _NOTHING, Tone.NONE, "Von dieser Stelle kam keine Datei."),
}
CLOSED = Word(
    "erledigt", "✓", Tone.UNKNOWN, "Zurückgewiesen, aber von einer gültigen Abgabe derselben Stelle überholt."
)


def file_word(state: State, *, closed: bool) -> Word:
    """Return the word for a received file; ``closed``: a rejection that a later valid submission has settled."""
    return CLOSED if closed else STATE_WORDS[state]


REPORTED_WORDS = tuple(  # of files in the report, where later ones do not stand
    word
    for state in STATE_WORDS
    if state is not State.LATER
    for word in ((STATE_WORDS[state], CLOSED) if state is State.REJECTED else (STATE_WORDS[state],))
)
ROUND_WORDS: dict[RoundStatus, Word] = {
    RoundStatus.DELIVERED: Word(
        "abgegeben", _DONE, Tone.GOOD, "Eine gültige Abgabe mit einem Stichtag dieser Runde liegt vor."
    ),
    RoundStatus.REJECTED: Word(
        "zurückgewiesen", _OVER, Tone.BAD, "Für diese Runde kam etwas, aber nichts davon ist gültig."
    ),
    RoundStatus.OUTSTANDING: Word("ausstehend", _NOTHING, Tone.NONE, "Für diese Runde kam noch nichts."),
}
WORDS: dict[str, Mapping[Any, Word]] = {  # what has a status, with the words for it
    "Zielwert": TARGET_WORDS,
    "Meilenstein": MILESTONE_WORDS,
    "Kriterium": CRITERION_WORDS,
    "Nachweis": EVIDENCE_WORDS,
    "Abgabe": STATE_WORDS,
    "Runde": ROUND_WORDS,
}
USE_WORDS: dict[ExemptionState, Word] = {
    ExemptionState.USED: Word("angewendet", _DONE, Tone.GOOD, "Ein Fehler dieser Kommune gilt als Warnung."),
    ExemptionState.EXPIRED: Word(
        "abgelaufen", _OVER, Tone.WARNING, "Der Fehler bleibt; die Ausnahme galt nur früher."
    ),
    ExemptionState.UNUSED: Word("nicht benötigt", _NOTHING, Tone.NONE, "Keine Abgabe hat sie gebraucht."),
}
SUBSTITUTE = "ersatzweise"  # accepted, because another submission was rejected and is not closed
