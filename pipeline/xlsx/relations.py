"""Part names and relationships of an OOXML package (ECMA-376, part 2), and how they compare.

Part names compare without case and percent-encoding. The kind of a part follows from the type of the
relationship that refers to it, never from its path. Works on elements of either XML library and loads none.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

CONTENT_TYPES = "[Content_Types].xml"
MAIN_PART = "officeDocument"
_HARMLESS = re.compile(r"(?:https?|mailto):|file:///[A-Za-z]:|#|(?![/\\]{2})[^:]*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship: ``type`` is the whole URI, ``target`` a part's name, or an external address as
    written.
    """

    id: str
    type: str
    target: str
    external: bool

    @property
    def kind(self) -> str:
        """The last step of the type, the same in Strict and Transitional files: "worksheet", "styles"."""
        return self.type.rsplit("/", 1)[-1]


def part_key(name: str) -> str:
    """Return a key that is equal for all names of the same part."""
    return unquote(name).lstrip("/").lower()


def relations_name(part: str) -> str:
    """Return the name of the part with the relationships of ``part``; of the package for ``""``."""
    folder, file = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{file}.rels")


def relations_owner(name: str) -> str | None:
    """Return the part whose relationships the part ``name`` holds; None when it holds none."""
    folder, file = posixpath.split(name)
    above, last = posixpath.split(folder)
    if last.lower() != "_rels" or not file.lower().endswith(".rels"):
        return None
    return posixpath.join(above, file[: -len(".rels")])


def is_harmless(target: str) -> bool:
    """Return whether a link leads to the web, a mailbox or a local file, not to a server share or a script."""
    return _HARMLESS.match(target.strip()) is not None


def target_part(part: str, target: str) -> str:
    """Return the name of the part that an internal target means, seen from ``part``."""
    joined = posixpath.join("/", posixpath.dirname(part), unquote(target))
    return posixpath.normpath(joined).lstrip("/")


def relations_in(elements: Iterable[Any], part: str) -> Iterator[Relation]:
    """Yield the relationships of ``part``, external ones included, from the elements of its relationships
    part.
    """
    for element in elements:
        tag = element.tag
        if not isinstance(tag, str) or tag.rsplit("}", 1)[-1] != "Relationship":
            continue
        target, external = element.get("Target", ""), element.get("TargetMode") == "External"
        place = target if external else target_part(part, target)
        yield Relation(element.get("Id", ""), element.get("Type", ""), place, external)
