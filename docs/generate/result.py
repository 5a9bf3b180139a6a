"""Page "ergebnis.json": from its JSON Schema, with the words for each status."""

from __future__ import annotations

from typing import Any

from docs.generate.markdown import code, page, plain, section, table
from pipeline.definitions.words import USE_WORDS, WORDS
from pipeline.engine.packed_rows import ORIGIN
from pipeline.report.ergebnis_schema import json_schema
from pipeline.report.row_files import DATA_FOLDER
from pipeline.rules import Rules

TYPES = {
    "string": "Text",
    "integer": "ganze Zahl",
    "boolean": "true oder false",
    "null": "null",
    "array": "Liste",
    "object": "Objekt",
    "date": "Datum",
}
Schema = dict[str, Any]


def result_page(rules: Rules) -> str:
    schema = json_schema()
    entries: dict[str, Schema] = {"": schema} | _below(schema, schema)
    origin = ", ".join(name for name, _ in ORIGIN)
    return page(
        "ergebnis.json",
        "Alles, was der Bericht sagt, für Programme. Die Form steht auch als JSON Schema (2020-12) in "
        "[ergebnis.schema.json](ergebnis.schema.json); jeder Schlüssel ist immer da, andere gibt es nicht.",
        *(_entry(name, entry) for name, entry in entries.items()),
        section("Statuswörter", *(_words(what) for what in (*WORDS, "Ausnahme"))),
        section(
            f"{DATA_FOLDER}/",
            f"Je Blatt eine Parquet-Datei mit den Zeilen aller angenommenen Abgaben: {origin}, danach die Spalten, "
            "wie sie unter [Blätter und Spalten](blaetter.md) stehen. Nur für den eingeschränkten Gebrauch.",
        ),
    )


def _below(entry: Schema, whole: Schema, path: str = "") -> dict[str, Schema]:
    """Path → object, for every object inside, in the order of the keys."""
    found: dict[str, Schema] = {}
    for key, value in entry["properties"].items():
        many = value.get("type") == "array"
        reference = (value["items"] if many else value).get("$ref")
        if reference:
            name = f"{path}{key}{'[]' if many else ''}"
            inner = whole["$defs"][reference.rsplit("/", 1)[1]]
            found |= {name: inner} | _below(inner, whole, f"{name}.")
    return found


def _entry(name: str, entry: Schema) -> str:
    rows = (
        (code(key), _type(value), plain(value.get("description", "siehe unten")))
        for key, value in entry["properties"].items()
    )
    columns = table(("Schlüssel", "Art", "Bedeutung"), rows)
    return section(name or "Das Dokument", plain(entry["description"]), columns, level=3 if name else 2)


def _type(value: Schema) -> str:
    if "anyOf" in value:
        return " oder ".join(_type(one) for one in value["anyOf"])
    if "enum" in value:
        return " · ".join(code(v) for v in value["enum"])
    if "$ref" in value:
        return TYPES["object"]
    if value.get("type") == "array":
        return TYPES["array"]
    if value.get("format"):
        return TYPES[value["format"]]
    pattern = value.get("pattern")
    return TYPES[value["type"]] + (f" {code(pattern)}" if pattern else "")


def _words(what: str) -> str:
    words = WORDS.get(what, USE_WORDS)
    rows = ((code(key.value), word.symbol, word.text, plain(word.meaning)) for key, word in words.items())
    return section(what, table(("Wert", "Zeichen", "Wort", "Wann"), rows), level=3)
