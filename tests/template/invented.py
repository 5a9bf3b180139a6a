"""Invented contents for a municipality's workbook, by chance but the same on every run."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from pipeline.definitions.sheet_types import Column, Kind
from pipeline.definitions.sheets import nil_return_label
from pipeline.rules import Rules
from pipeline.template.fill import Content, Entry

START = date(2025, 8, 1)  # some days before the project
Row = dict[str, Any]


class Invention:
    """One municipality up to its Berichtsstichtag. ``size`` scales every sheet; 0 leaves all empty."""

    def __init__(self, rules: Rules, seed: int, stichtag: date, size: float = 1) -> None:
        self.rules, self.random, self.stichtag, self.size = rules, Random(seed), stichtag, size  # noqa: S311
        self.groups = [g.choice for g in rules.project.target_groups.groups if not g.relative_of]

    def number(self, least: int, most: int) -> int:
        return round(self.random.randint(least, most) * self.size)

    def day(self, earliest: date | None = None) -> date:
        first = earliest or START
        return first + timedelta(self.random.randint(0, max(0, (self.stichtag - first).days)))

    def maybe(self, value: Any, chance: float = 0.6) -> Any:
        return value if self.random.random() < chance else None

    def evidence(self, chance: float = 0.5) -> str | None:
        numbers = [f"NW-{n:03d}" for n in self.random.sample(range(1, 10), self.random.randint(1, 3))]
        return self.maybe("; ".join(numbers), chance)

    def choice(self, sheet: str, column: str) -> str:
        return self.random.choice(self.rules.kinds["kommune"].table(sheet).column(column).choices)

    def persons(self) -> list[Row]:
        rows = []
        for i in range(self.number(10, 120)):
            arrived = self.day()
            approached = self.maybe(self.day(arrived), 0.85)
            recorded = self.maybe(self.day(approached), 0.7) if approached else None
            left = self.maybe(self.day(arrived), 0.15)
            rows.append(
                {
                    "Kennung": f"P-{i:04d}",
                    "Zielgruppe": self.random.choice(self.groups),
                    "Aufenthaltspapier geprüft": self.maybe("ja", 0.85) or "nein",
                    "Zugang am": arrived,
                    "Angesprochen am": approached,
                    "Bedarf erfasst am": recorded,
                    "Abgang am": left,
                }
            )
        return rows

    def needs(self, persons: list[Row], offers: list[Row]) -> list[Row]:
        rows = []
        for person in persons:
            first = person["Bedarf erfasst am"]
            for _ in range(self.random.randint(0, 3) if first else 0):
                recorded = self.day(first)
                addressed = self.maybe(self.day(recorded)) if offers else None
                rows.append(
                    {
                        "Bedarf-Nr.": f"B-{len(rows):04d}",
                        "Kennung": person["Kennung"],
                        "Bedarfsfeld": self.choice("Bedarfe", "Bedarfsfeld"),
                        "Erfasst am": recorded,
                        "Adressiert am": addressed,
                        "Angebot-Nr.": self.random.choice(offers)["Angebot-Nr."] if addressed else None,
                    }
                )
        return rows

    def value(self, column: Column, i: int) -> Any:
        """Something that the column accepts; nothing for a reference to another sheet."""
        match column.kind:
            case Kind.KEY:
                return f"{column.prefix}-{i:03d}"
            case Kind.DATE:
                return self.day()
            case Kind.INTEGER:
                return self.random.randint(200, 300)
            case Kind.TEXT:
                return f"T{i}"
            case Kind.CHOICE:
                return self.random.choice(column.choices)
            case Kind.REFERENCES:
                return self.evidence(0.6)
            case _:
                return None

    def generic(self, title: str, rows: int) -> list[Row]:
        """Rows of any sheet, without regard to the order of dates."""
        columns = self.rules.kinds["kommune"].table(title).columns
        return [
            {c.name: self.value(c, i) if c.required else self.maybe(self.value(c, i)) for c in columns}
            for i in range(rows)
        ]

    def volunteers(self) -> list[Row]:
        rows = []
        for i in range(self.number(1, 25)):
            won = self.day()
            active = self.maybe(self.day(won), 0.85)
            left = self.maybe(self.day(active), 0.2) if active else None
            rows.append(
                {"Kennung": f"E-{i:03d}", "Gewonnen am": won, "Aktiv ab": active, "Ausgeschieden am": left}
            )
        return rows

    def attendances(self, trainings: list[Row], volunteers: list[Row]) -> list[Row]:
        suitable = [t["Schulung-Nr."] for t in trainings if t["Zielgruppe"] == "Ehrenamtliche"]
        pairs = [(t, v["Kennung"]) for v in volunteers for t in suitable if self.random.random() < 0.5]
        return [{"Schulung-Nr.": t, "Kennung": v} for t, v in pairs]

    def tables(self) -> dict[str, list[Row]]:
        persons, offers = self.persons(), self.generic("Angebote", self.number(1, 12))
        for offer in offers:
            offer["Ende"] = None
        volunteers, trainings = self.volunteers(), self.generic("Schulungen", self.number(0, 12))
        return {
            "Bestand": self.generic("Bestand", self.number(0, 4)),
            "Personen": persons,
            "Bedarfe": self.needs(persons, offers),
            "Angebote": offers,
            "Kontakte": self.generic("Kontakte", self.number(0, 90)),
            "Veranstaltungen": self.generic("Veranstaltungen", self.number(0, 20)),
            "Ehrenamtliche": volunteers,
            "Schulungen": trainings,
            "Schulungsteilnahmen": self.attendances(trainings, volunteers),
            "Verwaltung": self.units(),
            "Nachweise": [self.document(n) for n in range(1, 10)],
        }

    def units(self) -> list[Row]:
        rows = self.generic("Verwaltung", self.number(0, 4))
        done = self.random.choice(["Vorgestellt am", "Vernetzt am", "Leitfaden bekannt am"])
        return [row | {done: self.day()} for row in rows]

    def document(self, n: int) -> Row:
        row = self.generic("Nachweise", 1)[0]
        return row | {"Nachweis-Nr.": f"NW-{n:03d}", "Nachweispunkt": self.maybe("N1.2; N3.1")}

    def entries(self) -> dict[str, Entry]:
        wanted = [*self.rules.criteria_of("kommune"), *self.rules.targets_of("kommune")]
        attested = [r.id for r in wanted if r.decide.kind == "attested"]
        return {nr: Entry(self.maybe(self.day()), self.evidence(0.7), self.maybe("Text")) for nr in attested}

    def content(self) -> Content:
        tables = self.tables()
        form: dict[str, Any] = {
            "Kommune": "Büdingen",
            "AGS": "06440004",
            "Berichtsstichtag": self.stichtag,
            "Abgabe-Nr.": 1,
            "Integrationsguide(s)": "AB",
        }
        for sheet in self.rules.kinds["kommune"].tables:
            if sheet.nil_return and not tables.get(sheet.title):
                form[nil_return_label(sheet)] = self.maybe("ja", 0.5)
        return Content(form, tables, self.entries())  # type: ignore[arg-type]
