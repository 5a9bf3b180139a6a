"""Which file counts for whom, without files: workbooks by key, content and errors alone.

That the same holds of files that were read is tested in test_submissions.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipeline.definitions.messages import finding
from pipeline.definitions.model import RoundStatus, State, Workbook
from pipeline.definitions.words import CLOSED, STATE_WORDS
from pipeline.rules import Rules, Withdrawal
from pipeline.selection import (
    Delivery,
    Round,
    Submission,
    choose,
    next_numbers,
    previous_of,
    replaced_by,
    round_of,
    submissions_of,
    withdrawal_uses,
    withdraws,
)
from tests import builder

RULES = builder.rules()
BUEDINGEN, HANAU, HANAU_ONCE, KARBEN, LEAD = "06440004", "06415000", "06435014", "06440012", "00000000"
MARCH, JUNE, SEPTEMBER = date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)
ERROR, NOTE = finding("W10", "Bestand", "C6", "Quelle"), finding("N01")


def book(
    file: str,
    stichtag: date | None = JUNE,
    number: int | None = 1,
    ags: str | None = BUEDINGEN,
    *,
    content: str | None = None,
    valid: bool = True,
    **more: Any,
) -> Workbook:
    """A checked workbook; a valid one has a note all the same."""
    findings = (NOTE,) if valid else (NOTE, ERROR)
    own = file if content is None else content
    known = {"sha256": f"sha-{file}", "content": own, "findings": findings, **more}
    return Workbook(file, ags=ags, stichtag=stichtag, number=number, **known)


def submitted(
    books: Iterable[Workbook], rules: Rules = RULES, as_of: date | None = JUNE
) -> tuple[Submission, ...]:
    known = list(books)
    return submissions_of(known, choose(known, rules, as_of))


def states(books: Iterable[Workbook], rules: Rules = RULES, as_of: date | None = JUNE) -> dict[str, str]:
    return {s.workbook.file: s.state.value for s in submitted(books, rules, as_of)}


def withdrawal(**named: Any) -> Withdrawal:
    return Withdrawal(reason="Falsche Mappe", by="Projektleitung", date=date(2026, 7, 3), **named)


def taken_back(*entries: Withdrawal) -> Rules:
    return replace(RULES, withdrawals=entries)


KEY = {"ags": BUEDINGEN, "stichtag": JUNE, "abgabe_nr": 2}

# --- which counts -------------------------------------------------------------------------------------


def test_the_latest_stichtag_counts_and_of_it_the_highest_number() -> None:
    books = [
        book("10", number=10),
        book("2", number=2),
        book("9", number=9),
        book("h", MARCH, 3, HANAU),
        book("maerz", MARCH, 99),
        book("p", number=1, ags=LEAD),
    ]
    assert states(books) == {
        "10": "accepted", "2": "superseded", "9": "superseded", "h": "accepted", "maerz": "earlier", "p": "accepted",
    }  # fmt: skip
    assert states(books[::-1]) == states(books)


@pytest.mark.parametrize(
    ("as_of", "state"),
    [(date(2026, 6, 29), "later"), (JUNE, "accepted"), (date(2026, 7, 1), "accepted"), (None, "accepted")],
)
def test_a_stichtag_after_the_as_of_date_takes_no_part(as_of: date | None, state: str) -> None:
    assert states([book("a")], as_of=as_of) == {"a": state}


def test_a_file_without_a_stichtag_is_never_later() -> None:
    assert states([book("a", None, valid=False)], as_of=MARCH) == {"a": "rejected"}


def test_a_later_file_hides_nothing_and_is_in_no_conflict() -> None:
    books = [
        book("a"),
        book("b", SEPTEMBER, 1),
        book("c", SEPTEMBER, 1),
        book("d", SEPTEMBER, 1, content="b"),
    ]
    assert states(books) == {"a": "accepted", "b": "later", "c": "later", "d": "later"}


def test_an_invalid_file_is_rejected_and_hides_no_valid_one() -> None:
    books = [book("1"), book("2", number=2, valid=False), book("3", SEPTEMBER, 1, valid=False)]
    assert states(books, as_of=SEPTEMBER) == {"1": "accepted", "2": "rejected", "3": "rejected"}


@pytest.mark.parametrize("lost", [{"ags": None}, {"stichtag": None}, {"number": None}])
def test_without_a_key_a_file_is_rejected_though_it_has_no_error(lost: dict[str, None]) -> None:
    assert states([book("a", **lost), book("b")]) == {"a": "rejected", "b": "accepted"}


# --- conflicts and copies -----------------------------------------------------------------------------


def test_one_key_with_different_content_rejects_all_of_its_files() -> None:
    books = [
        book("a", content="x"),
        book("b", content="y"),
        book("c", content="x"),
        book("d", number=2, content="x"),
        book("e", content="z", valid=False),
        book("h", ags=HANAU, content="x"),
    ]
    choices = choose(books, RULES, JUNE)
    assert {file: c.state.value for file, c in choices.items()} == {
        "a": "rejected", "b": "rejected", "c": "rejected", "d": "accepted", "e": "rejected", "h": "accepted",
    }  # fmt: skip
    shown = {file: c.conflict for file, c in choices.items() if c.conflict}
    assert shown == {
        "a": finding("A01", files="„b“, „c“"),
        "b": finding("A01", files="„a“, „c“"),
        "c": finding("A01", files="„a“, „b“"),
    }


def test_files_without_a_key_are_in_no_conflict() -> None:
    choices = choose([book("a", ags=None), book("b", ags=None)], RULES, JUNE)
    assert [(c.state.value, c.conflict) for c in choices.values()] == [("rejected", None)] * 2


def test_the_first_of_several_equal_files_counts() -> None:
    books = [book(file, content="x") for file in "abc"]
    assert states(books) == {"a": "accepted", "b": "duplicate", "c": "duplicate"}


def test_equal_content_under_another_key_is_no_copy() -> None:
    books = [
        book("a", content="x"),
        book("b", number=2, content="x"),
        book("c", MARCH, content="x"),
        book("h", ags=HANAU, content="x"),
    ]
    assert states(books) == {"a": "superseded", "b": "accepted", "c": "earlier", "h": "accepted"}


def test_a_valid_file_repeats_no_rejected_one() -> None:
    books = [
        book("a", content="x", valid=False),
        book("b", content="x"),
        book("c", content="x", valid=False),
    ]
    assert states(books) == {"a": "rejected", "b": "accepted", "c": "duplicate"}


def test_files_that_nothing_was_read_from_are_reported_by_their_bytes() -> None:
    """Their ``content`` is empty, so it must not make them copies of each other."""
    unread: dict[str, Any] = {"ags": None, "valid": False, "refused": True, "content": ""}
    books = [
        book("a", sha256="1", **unread),
        book("b", sha256="2", **unread),
        book("c", sha256="1", **unread),
    ]
    assert states(books) == {"a": "rejected", "b": "rejected", "c": "duplicate"}


# --- closed, and standing in --------------------------------------------------------------------------

CLOSED_BY_2_OF_JUNE = {
    "same number": (JUNE, 2, True),
    "lower number": (JUNE, 1, True),
    "higher number": (JUNE, 3, False),
    "earlier Stichtag": (MARCH, 9, True),
    "no number": (JUNE, None, False),
    "no number, earlier Stichtag": (MARCH, None, True),
    "no Stichtag": (None, 1, False),
}


@pytest.mark.parametrize("name", CLOSED_BY_2_OF_JUNE)
def test_a_rejection_is_closed_or_the_accepted_file_stands_in(name: str) -> None:
    stichtag, number, closed = CLOSED_BY_2_OF_JUNE[name]
    books = [book("a", number=2), book("b", stichtag, number, valid=False), book("h", ags=HANAU)]
    accepted, rejected, other = submitted(books)
    assert (rejected.state, rejected.closed, rejected.substitute) == (State.REJECTED, closed, False)
    assert (accepted.state, accepted.closed, accepted.substitute) == (State.ACCEPTED, False, not closed)
    assert (other.closed, other.substitute) == (False, False)  # another municipality
    assert rejected.open_rejection is not closed
    assert not accepted.open_rejection
    assert rejected.word == (CLOSED if closed else STATE_WORDS[State.REJECTED])
    assert accepted.word == STATE_WORDS[State.ACCEPTED]


def test_nothing_closes_where_nothing_is_accepted() -> None:
    (one,) = submitted([book("a", valid=False)])
    assert (one.state, one.closed, one.substitute) == (State.REJECTED, False, False)


def test_one_open_rejection_beside_a_closed_one_makes_a_substitute() -> None:
    books = [book("a"), book("b", MARCH, valid=False), book("c", number=2, valid=False)]
    assert [(s.closed, s.substitute) for s in submitted(books)] == [
        (False, True), (True, False), (False, False),
    ]  # fmt: skip


def test_only_the_accepted_file_stands_in() -> None:
    books = [book("1"), book("2", number=2), book("3", number=3, valid=False), book("0", MARCH)]
    assert [(s.workbook.file, s.substitute) for s in submitted(books)] == [
        ("1", False), ("2", True), ("3", False), ("0", False),
    ]  # fmt: skip


# --- withdrawn ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "hit"),
    [
        ({}, True),
        ({"ags": HANAU}, False),
        ({"ags": "06999999"}, False),  # not on the roster
        ({"stichtag": MARCH}, False),
        ({"abgabe_nr": 1}, False),
    ],
)
def test_a_withdrawal_names_a_file_by_its_whole_key(changes: dict[str, Any], hit: bool) -> None:
    assert withdraws(withdrawal(**KEY | changes), book("a", number=2), RULES) is hit


def test_a_withdrawal_may_name_the_former_key_of_a_municipality() -> None:
    assert withdraws(withdrawal(**KEY | {"ags": HANAU_ONCE}), book("h", JUNE, 2, HANAU), RULES)
    assert withdraws(withdrawal(**KEY | {"ags": HANAU}), book("h", JUNE, 2, HANAU), RULES)


def test_an_unknown_municipality_can_be_withdrawn() -> None:
    assert withdraws(withdrawal(**KEY | {"ags": "06999999"}), book("a", JUNE, 2, "06999999"), RULES)


def test_a_withdrawal_by_hash_looks_at_nothing_else() -> None:
    by_hash = withdrawal(sha256="AB" * 32)
    assert withdraws(by_hash, book("a", sha256="ab" * 32, ags=None), RULES)
    assert not withdraws(by_hash, book("b", sha256="ac" * 32), RULES)
    assert not withdraws(by_hash, book("c", None, None, None), RULES)


def test_a_withdrawn_file_neither_counts_nor_conflicts_nor_closes() -> None:
    books = [
        book("1", valid=False),
        book("2", number=2),
        book("3", number=2),
        book("0", MARCH),
    ]
    rules = taken_back(withdrawal(sha256="0" * 64), withdrawal(**KEY))
    found = submitted(books, rules)
    assert [(s.workbook.file, s.state.value, s.closed, s.substitute) for s in found] == [
        ("1", "rejected", False, False),
        ("2", "withdrawn", False, False),
        ("3", "withdrawn", False, False),
        ("0", "accepted", False, True),
    ]


def test_what_each_withdrawal_takes_back() -> None:
    september = withdrawal(**KEY | {"stichtag": SEPTEMBER})
    unused = withdrawal(**KEY | {"abgabe_nr": 7})
    rules = taken_back(september, unused, withdrawal(**KEY))
    books = [book("a", number=2), book("b", SEPTEMBER, 2), book("c", number=2), book("d")]
    found = withdrawal_uses(iter(submitted(books, rules)), rules)
    assert [(u.withdrawal, u.files, u.later) for u in found] == [
        (september, (), ("b",)),
        (unused, (), ()),
        (rules.withdrawals[2], ("a", "c"), ()),
    ]
    assert states(books, rules) == {"a": "withdrawn", "b": "later", "c": "withdrawn", "d": "accepted"}


# --- before and next ----------------------------------------------------------------------------------

OTHERS = [
    book("juni 1"),
    book("juni 3", number=3),
    book("juni 2", number=2),
    book("märz 2", MARCH, 2),
    book("märz 9", MARCH, 9),
    book("märz 1", MARCH, 1),
    book("dezember", date(2025, 12, 31), 99),
    book("hanau", JUNE, 3, HANAU),
    book("hanau märz", MARCH, 50, HANAU),
    book("ohne", ags=None),
    book("september", SEPTEMBER, 1),
]


@pytest.mark.parametrize(
    ("stichtag", "number", "before", "earlier"),
    [
        (JUNE, 4, "juni 3", "märz 9"),
        (JUNE, 3, "juni 2", "märz 9"),
        (JUNE, 2, "juni 1", "märz 9"),
        (JUNE, 1, None, "märz 9"),
        (MARCH, 3, "märz 2", "dezember"),
        (date(2025, 12, 31), 99, None, None),
        (SEPTEMBER, 2, "september", "juni 3"),
        (date(2026, 7, 1), 1, None, "juni 3"),
    ],
)
def test_what_a_submission_replaces_and_what_came_before_it(
    stichtag: date, number: int, before: str | None, earlier: str | None
) -> None:
    one = book("x", stichtag, number)
    replaced, previous = replaced_by(one, OTHERS), previous_of(one, OTHERS)
    assert (replaced and replaced.file, previous and previous.file) == (before, earlier)


def test_without_a_key_nothing_came_before() -> None:
    assert replaced_by(book("x", number=None), OTHERS) is None
    assert previous_of(book("x", number=None), OTHERS) is None


def test_of_two_with_one_key_the_first_came_before() -> None:
    twice = [book("a"), book("b")]
    assert replaced_by(book("x", number=2), twice) is twice[0]
    assert previous_of(book("x", SEPTEMBER), twice) is twice[0]


def test_the_next_number_is_one_more_than_the_highest_whatever_became_of_the_file() -> None:
    books = [
        book("a", number=3),
        book("b", number=12, valid=False),
        book("c", number=5),
        book("d", SEPTEMBER, 1),
        book("e", number=None),
        book("h", number=2, ags=HANAU),
    ]
    assert next_numbers(submitted(books)) == {
        (BUEDINGEN, JUNE): 13, (BUEDINGEN, SEPTEMBER): 2, (HANAU, JUNE): 3,
    }  # fmt: skip


# --- the round ----------------------------------------------------------------------------------------

DELIVERED, REJECTED, OUTSTANDING = RoundStatus.DELIVERED, RoundStatus.REJECTED, RoundStatus.OUTSTANDING


def test_the_round_counts_stichtage_from_the_planned_one_to_the_as_of_date() -> None:
    """The round of 30 June: the day before is too early, the day after the as-of date too late."""
    as_of = date(2026, 8, 15)
    friedberg, nauheim = "06440008", "06440002"
    books = [
        book("a"),
        book("b", date(2026, 6, 29), ags=HANAU),
        book("c", as_of, ags=KARBEN),
        book("d", date(2026, 8, 16), ags=LEAD),
        book("e", ags=friedberg, valid=False),
        book("f", date(2026, 6, 29), ags=friedberg),
        book("g", None, ags=nauheim, valid=False),
        book("i", date(2026, 6, 29), ags=nauheim, valid=False),
        book("k", number=2, valid=False),
        book("l", number=1, content="a"),
    ]
    found = round_of(submitted(books, as_of=as_of), RULES, as_of)
    assert (found.stichtag, found.due) == (JUNE, date(2026, 7, 31))
    assert [d.member for d in found.deliveries] == [RULES.lead, *RULES.roster]
    shown = {d.member.ags: (d.status, d.file) for d in found.deliveries if d.status is not OUTSTANDING}
    assert shown == {
        BUEDINGEN: (DELIVERED, "a"),
        friedberg: (REJECTED, None),
        KARBEN: (DELIVERED, "c"),
    }
    assert {d.file for d in found.deliveries if d.status is OUTSTANDING} == {None}
    assert found.counts == {DELIVERED: 2, REJECTED: 1, OUTSTANDING: 6}
    assert list(found.counts) == [DELIVERED, REJECTED, OUTSTANDING]
    assert [m.ags for m in found.members(DELIVERED)] == [BUEDINGEN, KARBEN]
    assert [m.ags for m in found.members(REJECTED)] == [friedberg]


def test_only_accepted_and_rejected_files_say_something_of_the_round() -> None:
    rules = taken_back(withdrawal(**KEY))
    found = round_of(submitted([book("a", number=2)], rules), rules, JUNE)
    assert found.counts == {OUTSTANDING: 9}


def test_before_the_first_planned_stichtag_nobody_has_delivered() -> None:
    early = date(2025, 12, 30)
    found = round_of(submitted([book("a", early)], as_of=early), RULES, early)
    assert (found.stichtag, found.due) == (None, None)
    assert found.deliveries == tuple(Delivery(m, OUTSTANDING, None) for m in (RULES.lead, *RULES.roster))
    assert round_of([], RULES, date(2025, 12, 31)).stichtag == date(2025, 12, 31)


def test_a_round_covers_its_stichtag_and_what_comes_after() -> None:
    of_june, none_yet = Round(JUNE, date(2026, 7, 31), ()), Round(None, None, ())
    assert of_june.covers(JUNE)
    assert of_june.covers(date(2026, 7, 1))
    assert not of_june.covers(date(2026, 6, 29))
    assert not of_june.covers(None)
    assert none_yet.covers(MARCH)
    assert not none_yet.covers(None)
