"""Where a document breaks the JSON Schema of ergebnis.json (docs/referenz/ergebnis.schema.json)."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.builder import ROOT


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads((ROOT / "docs/referenz/ergebnis.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker(["date"]))


def problems(document: Any) -> list[tuple[str, str]]:
    """(place, what is wrong) of everything that does not fit."""
    plain = json.loads(json.dumps(document))
    return [
        (".".join(map(str, e.absolute_path)), e.message)
        for e in sorted(_validator().iter_errors(plain), key=lambda e: e.absolute_path)
    ]
