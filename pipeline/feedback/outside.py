"""What a copy must not keep: targets that load from elsewhere, and a signature that the marks would break.

Whoever opens the copy would fetch a picture, run a script or send its sign-in to a foreign server. The place
of such a target stays, so that the package is whole; it leads nowhere. Links to the web and to mailboxes stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.definitions.messages import number_of
from pipeline.xlsx.package import Package, local_name, parse_xml
from pipeline.xlsx.relations import is_harmless, relations_owner

NOWHERE = "about:blank"
_SIGNATURE = "digital-signature"
_LINKED_BOOK = "externalLinkPath"  # formulas need it; programs ask before they follow it, and M14 tells of it
_IN_DRAWING = re.compile(
    rb"""((?:src|o:href)\s{0,20}=\s{0,20}["'])(?:https?:|file:|ftp:|\\\\|//)[^"'<>]*""", re.IGNORECASE
)
_OF_CONNECTION = {"webPr": "url", "dbPr": "connection"}


def without_outside(package: Package) -> tuple[str, ...]:
    """Takes it out; returns in German what was taken."""
    count = sum(_neutralise(package, owner) for owner in _owners(package))
    count += sum(_blank_drawing(package, name) for name in package.names if name.lower().endswith(".vml"))
    count += sum(_still(package, name) for name in _linked(package))
    told = []
    if count:
        what = number_of(count, "Verweis, der", "Verweise, die")
        told.append(f"{what} Inhalte von anderswo laden oder ausführen (Bilder, Objekte, Verknüpfungen)")
    if _unsign(package):
        told.append("die digitale Signatur, denn sie gilt nur für Ihre unveränderte Datei")
    return tuple(told)


def _owners(package: Package) -> list[str]:
    """Every part that has relationships."""
    return [owner for name in package.names if (owner := relations_owner(name)) is not None]


def _neutralise(package: Package, owner: str) -> int:
    """Makes the targets of a part lead nowhere that load by themselves or are no link to the web."""

    def loads(kind: str, target: str) -> bool:
        return kind != _LINKED_BOOK and not (kind == "hyperlink" and is_harmless(target))

    wanted = {r.id for r in package.relations(owner) if r.external and loads(r.kind, r.target)}
    if wanted:
        for element in package.relations_tree(owner):
            if element.get("Id", "") in wanted and element.get("TargetMode") == "External":
                element.set("Target", NOWHERE)
    return len(wanted)


def _blank_drawing(package: Package, name: str) -> int:
    content, count = _IN_DRAWING.subn(rb"\1" + NOWHERE.encode(), package.read(name))
    if count:
        package.put(name, content)
    return count


def _linked(package: Package) -> Iterator[str]:
    """Links to other programs and connections to data: they name their source in the part itself."""
    kinds = ("externalLink", "connections")
    for owner in _owners(package):
        found = (r for r in package.relations(owner) if r.kind in kinds and not r.external)
        yield from (r.target for r in found if r.target in package)


def _still(package: Package, name: str) -> int:
    """Takes a source out of a part; it is changed only where there is one."""
    found, root = 0, parse_xml(package.read(name))
    for element in root.iter():
        kind = local_name(element)
        if kind == "ddeLink":
            element.set("ddeService", "entfernt")
            element.set("ddeTopic", "entfernt")
        elif kind in _OF_CONNECTION and element.get(_OF_CONNECTION[kind]):
            element.set(_OF_CONNECTION[kind], NOWHERE)
        elif kind == "connection" and element.get("refreshOnLoad") in ("1", "true"):
            del element.attrib["refreshOnLoad"]
        else:
            continue
        found += 1
    if found:
        package.put(name, root)
    return found


def _unsign(package: Package) -> bool:
    """Takes the digital signatures of the package out."""
    origins = [r.target for r in package.relations("") if _SIGNATURE in r.type and not r.external]
    for origin in origins:
        for signature in package.relations(origin):
            if not signature.external:
                package.remove(signature.target)
        package.remove(origin)
    package.unrelate("", lambda r: _SIGNATURE in r.type)
    return bool(origins)
