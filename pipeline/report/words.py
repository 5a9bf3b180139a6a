"""The German words for every status, with the symbol that stands before them: here and nowhere else.

A reader who sees no colour still has symbol and word. ``Tone`` says how good or bad a status is; each
output gives the tones its own colours. Contract: results.md, "German words".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pipeline.model import State, Status


class Tone(Enum):
    """What a status means for the project, from done to nothing to say."""

    GOOD = "good"
    LATE = "late"
    PENDING = "pending"
    WARNING = "warning"
    BAD = "bad"
    UNKNOWN = "unknown"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Word:
    """A status in German. ``label`` is what stands in a cell that shows both: ``✓ erreicht``."""

    text: str
    symbol: str
    tone: Tone

    @property
    def label(self) -> str:
        return f"{self.symbol} {self.text}"


_DONE, _LATE, _OPEN, _OVER, _UNKNOWN, _NOTHING = "✓", "(✓)", "○", "✗", "?", "□"
_NOT_EVALUABLE = Word("nicht bewertbar", _UNKNOWN, Tone.UNKNOWN)
_NO_SUBMISSION = Word("keine gültige Abgabe", _NOTHING, Tone.NONE)
_EVIDENCE_MISSING = Word("Nachweis fehlt", "◐", Tone.WARNING)
_STILL_OPEN = Word("offen", _OPEN, Tone.PENDING)
_OVERDUE = Word("überfällig", _OVER, Tone.BAD)

MILESTONE_WORDS: dict[Status, Word] = {
    Status.REACHED: Word("erreicht", _DONE, Tone.GOOD),
    Status.REACHED_LATE: Word("verspätet erreicht", _LATE, Tone.LATE),
    Status.EVIDENCE_MISSING: _EVIDENCE_MISSING,
    Status.OPEN: _STILL_OPEN,
    Status.AT_RISK: Word("gefährdet", "▲", Tone.WARNING),
    Status.OVERDUE: _OVERDUE,
    Status.NOT_EVALUABLE: _NOT_EVALUABLE,
    Status.NO_SUBMISSION: _NO_SUBMISSION,
    Status.UNDEFINED: Word("nicht festgelegt", "–", Tone.NONE),
}
TARGET_WORDS: dict[Status, Word] = {
    Status.MET: Word("erreicht", _DONE, Tone.GOOD),
    Status.OPEN: _STILL_OPEN,
    Status.MISSED: Word("verfehlt", _OVER, Tone.BAD),
    Status.NOT_EVALUABLE: _NOT_EVALUABLE,
    Status.INFO: Word("Erhebung", "i", Tone.NONE),
    Status.NO_SUBMISSION: _NO_SUBMISSION,
}
CRITERION_WORDS: dict[Status, Word] = {
    Status.MET: Word("erfüllt", _DONE, Tone.GOOD),
    Status.UNMET: _STILL_OPEN,
    Status.EVIDENCE_MISSING: _EVIDENCE_MISSING,
    Status.NOT_EVALUABLE: _NOT_EVALUABLE,
}
EVIDENCE_WORDS: dict[Status, Word] = {
    Status.PROVIDED: Word("vorgelegt", _DONE, Tone.GOOD),
    Status.PROVIDED_LATE: Word("verspätet vorgelegt", _LATE, Tone.LATE),
    Status.OPEN: _STILL_OPEN,
    Status.OVERDUE: _OVERDUE,
    Status.NOT_EVALUABLE: _NOT_EVALUABLE,
    Status.NO_SUBMISSION: _NO_SUBMISSION,
}
STATE_WORDS: dict[State, Word] = {
    State.ACCEPTED: Word("angenommen", _DONE, Tone.GOOD),
    State.REJECTED: Word("zurückgewiesen", _OVER, Tone.BAD),
    State.SUPERSEDED: Word("ersetzt", "»", Tone.UNKNOWN),
    State.DUPLICATE: Word("Dublette", "≡", Tone.UNKNOWN),
    State.EARLIER: Word("früher", "«", Tone.UNKNOWN),
    State.MISSING: Word("keine Abgabe", _NOTHING, Tone.NONE),
}
SUBSTITUTE = "ersatzweise"  # accepted, because a later submission was rejected
