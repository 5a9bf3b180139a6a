"""How each status is called in German. Nothing else words a status. Contract: results.md, "German words"."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeline.model import Status

_COMMON = {
    Status.OPEN: "offen",
    Status.NOT_EVALUABLE: "nicht bewertbar",
    Status.NO_SUBMISSION: "keine gültige Abgabe",
}
TARGET_WORDS: Mapping[Status, str] = MappingProxyType(
    {**_COMMON, Status.MET: "erreicht", Status.MISSED: "verfehlt", Status.INFO: "Erhebung"}
)
CRITERION_WORDS: Mapping[Status, str] = MappingProxyType(
    {
        Status.MET: "erfüllt",
        Status.UNMET: _COMMON[Status.OPEN],
        Status.EVIDENCE_MISSING: "Nachweis fehlt",
        Status.NOT_EVALUABLE: _COMMON[Status.NOT_EVALUABLE],
    }
)
