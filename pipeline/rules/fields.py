"""The types of values in rule files; any other value is refused, in German where the text is ours."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _texts(value: object) -> object:
    return (value,) if isinstance(value, str) else _as_tuple(value)


def _percent(value: object) -> object:
    match = (
        re.fullmatch(r"([0-9]{1,3})(?:,([0-9]{1,4}))?[ \u00a0\u202f]?%", value)
        if isinstance(value, str)
        else None
    )
    if match is None:
        raise ValueError('ein Anteil in Anführungszeichen wird erwartet, z. B. "70 %"')
    whole, decimals = match[1], match[2] or ""
    share = Fraction(int(whole + decimals), 100 * 10 ** len(decimals))
    if not 0 < share <= 1:
        raise ValueError("der Anteil muss über 0 % liegen und höchstens 100 % sein")
    return share


def _as_pairs(value: object) -> object:
    if isinstance(value, dict):
        return tuple((k, _texts(v)) for k, v in value.items())
    return value


Many = BeforeValidator(_as_tuple)
Pairs = BeforeValidator(_as_pairs)
LONGEST_RULE_TEXT = 5000  # characters; a cell of a workbook holds 32,767, and a reader less
LARGEST_COUNT = 1_000_000


def _readable(value: str) -> str:
    if not value.isprintable() and any(unicodedata.category(c) in ("Cc", "Cs") and c != "\n" for c in value):
        raise ValueError("der Text enthält Steuerzeichen")
    return value


Text = Annotated[str, Field(min_length=1, max_length=LONGEST_RULE_TEXT), AfterValidator(_readable)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_texts)]
Percentage = Annotated[Fraction, BeforeValidator(_percent)]
Version = Annotated[str, Field(pattern=r"^[1-9][0-9]*$")]
Quarter = Annotated[str, Field(pattern=r"^20\d\d-Q[1-4]$")]


class StrictModel(BaseModel):
    """A pydantic model that refuses unknown keys and values of another type.

    Its validator is built when rules are first loaded, so not in workers, which get them loaded.
    """

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True, defer_build=True
    )
