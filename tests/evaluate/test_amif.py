"""Persons supported, by hand, each person once; the first record of a sheet stands in Excel row 5."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.evaluate.amif import Supported, supported
from pipeline.evaluate.records import SubmissionRecords
from pipeline.rules import AmifIndicator
from tests import builder

DAY = date(2026, 6, 30)
ALL = AmifIndicator(id="O.2.3", text="t", reading="r")
LANGUAGE = AmifIndicator(id="O.2.3.1", text="t", reading="r", field="Sprache")
TABLES = {
    # 1 recorded on the day; 2 the day after; 3 and 7 take part; 4 comes later; 5 unchecked; 6 no answers, recorded on the day;
    # 8 has no day of arrival; 9 takes part in what nobody offers.
    "Personen": """
        Kennung | Aufenthaltspapier geprüft | Zugang am  | Bedarf erfasst am | Altersgruppe | Geschlecht
        P-0001  | ja                        | 2026-06-30 | 2026-06-30        | unter 18     | weiblich
        P-0002  | ja                        | 2026-01-12 | 2026-07-01        | unter 18     | weiblich
        P-0003  | ja                        | 2026-01-12 |                   | 18 bis 60    | männlich
        P-0004  | ja                        | 2026-07-01 | 2026-06-30        | unter 18     | weiblich
        P-0005  | nein                      | 2026-01-12 | 2026-02-01        | unter 18     | weiblich
        P-0006  | ja                        | 2026-01-12 | 2026-06-30        |              |
        P-0007  |                           | 2026-01-12 |                   | unter 18     | divers
        P-0008  | ja                        |            | 2026-02-01        | unter 18     | weiblich
        P-0009  | ja                        | 2026-01-12 |                   | unter 18     | weiblich
        P-0010  | ja                        | 2026-01-12 | 2026-02-01        | unter 18     | weiblich
    """,
    "Angebote": """
        Angebot-Nr. | Bedarfsfeld
        A-001       | Sprache
        A-002       | Wohnen
    """,
    "Teilnahmen": """
        Kennung | Angebot-Nr. | Beginn
        P-0003  | A-002       | 2026-06-30
        P-0007  | A-001       | 2026-03-01
        P-0002  | A-001       | 2026-07-01
        P-0009  | A-099       | 2026-03-01
        P-0010  | A-001       |
        P-0001  | A-001       | 2026-06-30
        P-0001  | A-001       | 2026-03-01
    """,
}
GIRL, MAN = ("unter 18", "weiblich"), ("18 bis 60", "männlich")


@pytest.mark.parametrize(
    ("indicator", "on", "persons", "unchecked"),
    [
        (ALL, DAY, {GIRL: 2, MAN: 1, (None, None): 1}, 2),
        (ALL, date(2026, 6, 29), {GIRL: 1}, 2),
        (ALL, date(2026, 7, 1), {GIRL: 4, MAN: 1, (None, None): 1}, 2),
        (LANGUAGE, DAY, {GIRL: 1}, 1),
        (LANGUAGE, date(2026, 7, 1), {GIRL: 2}, 1),
        (LANGUAGE, date(2026, 2, 28), {}, 0),
    ],
)
def test_supported_persons_on_a_day(
    indicator: AmifIndicator, on: date, persons: dict[tuple[str | None, str | None], int], unchecked: int
) -> None:
    data = SubmissionRecords(builder.built(tables=TABLES), builder.rules())
    assert supported(data, indicator, on) == Supported(tuple(persons.items()), unchecked)


@pytest.mark.parametrize(
    ("silent", "shown"), [("Personen", False), ("Teilnahmen", False), ("Angebote", True), ("Bedarfe", True)]
)
def test_a_sheet_that_says_nothing_is_no_zero(silent: str, shown: bool) -> None:
    data = SubmissionRecords(builder.built(silent=[silent]), builder.rules())
    assert supported(data, ALL, DAY) == (Supported((), 0) if shown else None)
