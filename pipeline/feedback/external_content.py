"""Removes from the copy what would load content from elsewhere, and signatures that the marks make invalid.

Opening the copy must not fetch a picture, run a script or send a sign-in to a foreign server. The
relationship stays, so that the package is valid, but its target becomes ``about:blank``. Links to the web and
to mailboxes stay.
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


def remove_external_content(package: Package) -> tuple[str, ...]:
    """Changes the package; returns in German what was removed, one text per kind."""
    count = sum(_neutralise(package, owner) for owner in _owners(package))
    count += sum(_blank_drawing(package, name) for name in package.names if name.lower().endswith(".vml"))
    count += sum(_remove_source(package, name) for name in _parts_with_sources(package))
    left_out = []
    if count:
        what = number_of(count, "Verweis, der", "Verweise, die")
        left_out.append(f"{what} Inhalte von anderswo laden oder ausführen (Bilder, Objekte, Verknüpfungen)")
    if _unsign(package):
        left_out.append("die digitale Signatur, denn sie gilt nur für Ihre unveränderte Datei")
    return tuple(left_out)


def _owners(package: Package) -> list[str]:
    """Names of the parts that have relationships."""
    return [owner for name in package.names if (owner := relations_owner(name)) is not None]


def _neutralise(package: Package, owner: str) -> int:
    """Blanks the external targets of a part, save harmless links and linked workbooks; returns how many."""

    def loads(kind: str, target: str) -> bool:
        return kind != _LINKED_BOOK and not (kind == "hyperlink" and is_harmless(target))

    wanted = {r.id for r in package.relations(owner) if r.external and loads(r.kind, r.target)}
    if wanted:
        package.retarget(owner, wanted, NOWHERE)
    return len(wanted)


def _blank_drawing(package: Package, name: str) -> int:
    """Blanks the external addresses in a VML drawing; returns how many."""
    content, count = _IN_DRAWING.subn(rb"\1" + NOWHERE.encode(), package.read(name))
    if count:
        package.put(name, content)
    return count


def _parts_with_sources(package: Package) -> Iterator[str]:
    """Parts of links to other programs and of data connections, which name their source themselves."""
    kinds = ("externalLink", "connections")
    for owner in _owners(package):
        found = (r for r in package.relations(owner) if r.kind in kinds and not r.external)
        yield from (r.target for r in found if r.target in package)


def _remove_source(package: Package, name: str) -> int:
    """Removes the source from such a part; returns how many places were changed."""
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
    """Removes the digital signatures; whether there were any."""
    origins = [r.target for r in package.relations("") if _SIGNATURE in r.type and not r.external]
    for origin in origins:
        for signature in package.relations(origin):
            if not signature.external:
                package.remove(signature.target)
        package.remove(origin)
    package.unrelate("", lambda r: _SIGNATURE in r.type)
    return bool(origins)
