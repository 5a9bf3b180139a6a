"""E-mail addresses as people write them."""

from __future__ import annotations

import pytest

from pipeline.rules.email_addresses import addresses_in


@pytest.mark.parametrize(
    ("text", "usable", "unusable"),
    [
        ("a@example.org", ["a@example.org"], 0),
        (" A.B+c@Example.org ", ["A.B+c@Example.org"], 0),
        (
            "a@example.org; b@example.org,c@example.org\nd@example.org",
            [f"{c}@example.org" for c in "abcd"],
            0,
        ),
        (
            "Erika Muster <erika@example.org>; Amt 50 <amt50@example.org>",
            ["erika@example.org", "amt50@example.org"],
            0,
        ),
        ("a@example.org; A@EXAMPLE.org", ["A@EXAMPLE.org"], 0),
        ("post@büdingen.de", ["post@xn--bdingen-n2a.de"], 0),
        ("", [], 0),
        (None, [], 0),
        (";,;", [], 0),
        ("siehe Anlage", [], 1),
        ("a@localhost; b@example.org", ["b@example.org"], 1),
        ("a@@example.org", [], 1),
        ("a b@example.org", [], 1),
        ("müller@example.org", [], 1),
        (".a@example.org", [], 1),
        ("a..b@example.org", [], 1),
        ("a@-example.org", [], 1),
        ("=cmd@example.org", [], 1),
        ("a@example.org\rBcc: x@example.org", [], 1),
        ("a@example.org\nBcc: x@evil.example", ["a@example.org"], 1),
        ("a@example.org%0aBcc:x@evil.example", [], 1),
        ("<a@example.org>", ["a@example.org"], 0),
        ('"Bcc: x" <a@example.org>', ["a@example.org"], 0),
        ("a@example.org\x00", [], 1),
        ("a" * 65 + "@example.org", [], 1),
        ("a@" + "b" * 64 + ".de", [], 1),
    ],
)
def test_addresses(text: str | None, usable: list[str], unusable: int) -> None:
    assert addresses_in(text) == (tuple(usable), unusable)


def test_a_field_full_of_addresses_is_cut() -> None:
    found = addresses_in(";".join(f"a{n}@example.org" for n in range(1000)))
    assert (len(found.usable), found.unusable) == (20, 980)
