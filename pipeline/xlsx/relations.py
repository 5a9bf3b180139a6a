"""Names and relationships of the parts of a package (ECMA-376, part 2): the one place that knows how they compare.

Part names do not differ by case, nor by how a character is percent-encoded. What a part is, the type of the
relationship says that leads to it, never its path. Works on the elements of either XML library and loads none.
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
    """``type``: the whole URI. ``target``: a part's name, or the address outside as it stands there."""

    id: str
    type: str
    target: str
    external: bool

    @property
    def kind(self) -> str:
        """Last step of the type, the same in Strict and Transitional: "worksheet", "styles"."""
        return self.type.rsplit("/", 1)[-1]


def part_key(name: str) -> str:
    """What is equal for names of the same part."""
    return unquote(name).lstrip("/").lower()


def relations_name(part: str) -> str:
    """The part that holds the relationships of ``part``; of the package itself for ``""``."""
    folder, file = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{file}.rels")


def relations_owner(name: str) -> str | None:
    """The part whose relationships the part ``name`` holds; None when it holds none."""
    folder, file = posixpath.split(name)
    above, last = posixpath.split(folder)
    if last.lower() != "_rels" or not file.lower().endswith(".rels"):
        return None
    return posixpath.join(above, file[: -len(".rels")])


def is_harmless(target: str) -> bool:
    """Whether a link leads to the web, to a mailbox, or to a file on this machine: no server, no script."""
    return _HARMLESS.match(target.strip()) is not None


def target_part(part: str, target: str) -> str:
    """The name of the part that a target inside the package means, seen from ``part``."""
    joined = posixpath.join("/", posixpath.dirname(part), unquote(target))
    return posixpath.normpath(joined).lstrip("/")


def relations_in(elements: Iterable[Any], part: str) -> Iterator[Relation]:
    """The relationships of ``part``, outside ones too; ``elements`` are those of its part of relationships."""
    for element in elements:
        tag = element.tag
        if not isinstance(tag, str) or tag.rsplit("}", 1)[-1] != "Relationship":
            continue
        target, external = element.get("Target", ""), element.get("TargetMode") == "External"
        place = target if external else target_part(part, target)
        yield Relation(element.get("Id", ""), element.get("Type", ""), place, external)
