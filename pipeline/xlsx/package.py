"""An OOXML package that is edited part by part; parts that are not changed keep their bytes.

The usual libraries lose things when they save a workbook (conditional formats of newer Excel versions,
drawings, form controls), so copies for municipalities are made by editing the XML of their own files.
"""

from __future__ import annotations

import io
import itertools
import re
import struct
import zipfile
from collections.abc import Callable, Collection
from typing import cast

from lxml import etree

from pipeline.xlsx.relations import CONTENT_TYPES, Relation, part_key, relations_in, relations_name

_TYPES_NS = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 4096
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # a program would read a character for it
_FAST = 1  # level of zlib: higher ones take two to three times as long and save 3 % of a copy
_READABLE = 0o600 << 16  # as ``writestr`` says
_PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCAL_HEADER = struct.Struct("<26x2H")  # lengths of name and extra field stand at its end
# openpyxl does the same where it is loaded: the bytes must not depend on which process makes a copy.
etree.register_namespace("r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, load_dtd=False)

Element = etree._Element


def parse_xml(data: bytes) -> Element:
    """Parse XML without entities and network; the caller has already refused documents with a DTD."""
    return cast("Element", etree.fromstring(data, _PARSER))


def new_root(namespace: str, name: str) -> Element:
    """Return a root element whose namespace is the default namespace of its document."""
    return parse_xml(f'<{name} xmlns="{namespace}"/>'.encode())


def xml_text(text: str) -> str:
    """Return the text with � for characters that XML cannot hold."""
    return _NOT_XML.sub("�", text)


def set_text(element: Element, text: str) -> None:
    """Set an element's text as workbooks hold it: characters that XML cannot hold become �, spaces are kept."""
    element.text = xml_text(_ESCAPE.sub("_x005F_", text))
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def remove_element(element: Element) -> None:
    """Remove an element from its parent."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def local_name(element: Element) -> str:
    """Return an element's name without its namespace; empty for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


class Package:
    """The parts of a zip archive by name; trees from ``xml(name)`` are written back by ``save``.

    Names are compared by the rules of OOXML (``relations.part_key``). Parts are inflated on access; unchanged
    parts are copied in their compressed form.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        infos = [i for i in self._archive.infolist() if not i.is_dir()]
        self._names = {part_key(i.filename): i.filename for i in infos}
        self._packed = {part_key(i.filename): i for i in infos}
        self._parts: dict[str, bytes | None] = dict.fromkeys(self._packed)  # None: as in the archive
        self._trees: dict[str, Element] = {}
        self._looked: dict[str, dict[str, list[Relation]]] = {}  # part of relationships → owner as asked for

    def __contains__(self, name: str) -> bool:
        return part_key(name) in self._parts

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts as written, in the order of the archive."""
        return tuple(self._names[key] for key in self._parts)

    def read(self, name: str) -> bytes:
        key = part_key(name)
        content = self._parts[key]
        return self._archive.read(self._packed[key]) if content is None else content

    def head(self, name: str, end: bytes) -> bytes:
        """Return the part up to ``end``, or all of it, inflating little more than that."""
        if self._parts[part_key(name)] is not None:
            return self.read(name).partition(end)[0]
        found, seam = [], b""
        with self._archive.open(self._packed[part_key(name)]) as part:
            while end not in seam and (more := part.read(_CHUNK)):
                found.append(more)
                seam = seam[-len(end) :] + more
        return b"".join(found).partition(end)[0]

    def xml(self, name: str) -> Element:
        """Return the tree of a part; changes to it are saved."""
        key = part_key(name)
        if key not in self._trees:
            self._trees[key] = parse_xml(self.read(name))
        return self._trees[key]

    def free_name(self, pattern: str) -> str:
        """Return the first unused part name, ``*`` standing for a number."""
        names = (pattern.replace("*", str(n)) for n in itertools.count(1))
        return next(name for name in names if name not in self)

    def put(self, name: str, content: bytes | Element) -> None:
        """Add or replace a part."""
        key = part_key(name)
        self._names.setdefault(key, name)
        if isinstance(content, bytes):
            self._parts[key] = content
        else:
            self._parts.setdefault(key, b"")
            self._trees[key] = content

    def remove(self, name: str) -> None:
        """Remove a part with its relationships and its content type."""
        self.undeclare(name)
        for key in (part_key(name), part_key(relations_name(name))):
            for known in (self._parts, self._trees, self._looked):
                known.pop(key, None)

    def save(self) -> bytes:
        """Return the package as bytes, the same for the same content."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for key in self._parts:
                info = zipfile.ZipInfo(self._names[key], _EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                known = self._packed.get(key)
                if self._is_untouched(key) and known and known.compress_type in _PLAIN_METHODS:
                    _write_packed(archive, info, known, self._data)
                else:
                    archive.writestr(info, self._serialised(key), compresslevel=_FAST)
        return out.getvalue()

    def _is_untouched(self, key: str) -> bool:
        return self._parts[key] is None and key not in self._trees

    def _serialised(self, key: str) -> bytes:
        tree = self._trees.get(key)
        if tree is None:
            return self.read(key)
        return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)

    # --- relationships ---

    def relations(self, part: str) -> list[Relation]:
        """Return the relationships of a part, or of the package for ``""``; not to be changed."""
        name = relations_name(part)
        key = part_key(name)
        if key not in self._parts:
            return []
        known = self._looked.setdefault(key, {})
        if part not in known:
            tree = self._trees.get(key)
            elements = parse_xml(self.read(name)) if tree is None else tree
            known[part] = list(relations_in(elements, part))
        return known[part]

    def related(self, part: str, kind: str) -> str | None:
        """Return the part that ``part`` refers to by a relationship of that kind (end of its type); None
        without.
        """
        found = (r.target for r in self.relations(part) if r.kind == kind and not r.external)
        return next(found, None)

    def relation(self, part: str, id_: str) -> Relation | None:
        """Return the relationship of that id; None without."""
        return next((r for r in self.relations(part) if r.id == id_), None)

    def related_by_id(self, part: str, id_: str) -> str | None:
        found = self.relation(part, id_)
        return found.target if found else None

    def _relations_to_change(self, part: str) -> Element:
        """Return the tree of a part's relationships, made where there is none; forget what was read of it."""
        name = relations_name(part)
        self._looked.pop(part_key(name), None)
        if name not in self:
            self.put(name, new_root(_RELATIONS_NS, "Relationships"))
        return self.xml(name)

    def relate(self, part: str, kind: str, target: str, base: str) -> str:
        """Add a relationship and return its id; ``base`` is the namespace of relationship types."""
        relations = self._relations_to_change(part)
        used = {r.get("Id") for r in relations}
        id_ = next(i for n in itertools.count(1) if (i := f"rIdKisi{n}") not in used)
        element = etree.SubElement(relations, f"{{{_RELATIONS_NS}}}Relationship")
        element.set("Id", id_)
        element.set("Type", f"{base}/{kind}")
        element.set("Target", "/" + target)
        return id_

    def unrelate(self, part: str, unwanted: Callable[[Relation], bool]) -> None:
        """Remove the relationships for which ``unwanted`` is true."""
        if not any(map(unwanted, self.relations(part))):
            return
        tree = self._relations_to_change(part)
        for element in list(tree):
            if any(map(unwanted, relations_in([element], part))):
                tree.remove(element)

    def retarget(self, part: str, ids: Collection[str], target: str) -> None:
        """Let the external relationships of these ids lead to ``target``."""
        for element in self._relations_to_change(part):
            if element.get("Id", "") in ids and element.get("TargetMode") == "External":
                element.set("Target", target)

    # --- content types ---

    def declare(self, part: str, content_type: str) -> None:
        element = etree.SubElement(self.xml(CONTENT_TYPES), f"{{{_TYPES_NS}}}Override")
        element.set("PartName", "/" + part)
        element.set("ContentType", content_type)

    def declare_extension(self, extension: str, content_type: str) -> None:
        root = self.xml(CONTENT_TYPES)
        known = {e.get("Extension", "").lower() for e in root if local_name(e) == "Default"}
        if extension not in known:
            element = etree.Element(f"{{{_TYPES_NS}}}Default")
            element.set("Extension", extension)
            element.set("ContentType", content_type)
            root.insert(0, element)

    def undeclare(self, part: str) -> None:
        root = self.xml(CONTENT_TYPES)
        for element in list(root):
            if part_key(element.get("PartName", "")) == part_key(part):
                root.remove(element)


def _write_packed(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, known: zipfile.ZipInfo, source: bytes
) -> None:
    """Copy a part from another archive in its compressed form."""
    name, extra = _LOCAL_HEADER.unpack_from(source, known.header_offset)
    start = known.header_offset + _LOCAL_HEADER.size + name + extra
    info.compress_type, info.CRC = known.compress_type, known.CRC
    info.compress_size, info.file_size = known.compress_size, known.file_size
    info.external_attr = _READABLE
    stream = cast("io.BytesIO", archive.fp)
    info.header_offset = stream.tell()
    stream.write(info.FileHeader(zip64=False))
    stream.write(source[start : start + known.compress_size])
    archive.filelist.append(info)
    archive.NameToInfo[info.filename] = info
    archive.start_dir = stream.tell()
