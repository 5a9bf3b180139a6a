"""E-mail addresses as people write them into a cell: several, with names, with mistakes."""

from __future__ import annotations

import re
from typing import NamedTuple

MOST = 20  # addresses in one field
_SEPARATOR = re.compile(r"[;,\n]")
_IN_BRACKETS = re.compile(r"<([^<>]*)>\s*$")
# RFC 5321 without quoted local parts and addresses of machines, which nobody has in a town hall;
# nor one that a table program would take for a formula in versand.csv
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"(?P<local>(?![+=-]){_LOCAL})@(?P<domain>(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9])"
)


class Addresses(NamedTuple):
    """Those that can be written to, each once, and how many cannot."""

    usable: tuple[str, ...]
    unusable: int


def addresses_in(text: str | None) -> Addresses:
    """Separated by semicolon, comma or line break; a name before an address in angle brackets is left out."""
    parts = [part for part in map(str.strip, _SEPARATOR.split(text or "")) if part]
    found = [_address(part) for part in parts[:MOST]]
    usable = {a.lower(): a for a in found if a is not None}
    return Addresses(tuple(usable.values()), len(parts) - sum(a is not None for a in found))


def _address(part: str) -> str | None:
    """None for what is no address; a domain with umlauts is written as the network knows it."""
    in_brackets = _IN_BRACKETS.search(part)
    local, at, domain = (in_brackets[1] if in_brackets else part).strip().rpartition("@")
    try:
        address = f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None
    fits = len(address) <= 254 and len(local) <= 64
    return address if fits and _ADDRESS.fullmatch(address) else None
