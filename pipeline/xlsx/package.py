"""An OOXML package that is changed part by part: what is not touched stays byte for byte.

The usual libraries lose things when they save a workbook again (conditional formats of newer Excel versions,
drawings, form controls); so the copy for the municipality is made by editing the XML of its own file.
"""

from __future__ import annotations

import io
import itertools
import posixpath
import re
import struct
import zipfile
from collections.abc import Iterable
from typing import cast

from lxml import etree

CONTENT_TYPES = "[Content_Types].xml"
_TYPES_NS = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 4096
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # a program would read a character for it
_READABLE = 0o600 << 16  # as ``writestr`` says
_PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCAL_HEADER = struct.Struct("<26x2H")  # lengths of name and extra field stand at its end
# openpyxl does the same where it is loaded: the bytes must not depend on which process makes a copy.
etree.register_namespace("r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, load_dtd=False)

Element = etree._Element


def parse(data: bytes) -> Element:
    """XML without entities and network; the caller has refused documents with a DTD."""
    return cast("Element", etree.fromstring(data, _PARSER))


def new_root(namespace: str, name: str) -> Element:
    """An element whose namespace is the default one of its document."""
    return parse(f'<{name} xmlns="{namespace}"/>'.encode())


def set_text(element: Element, text: str) -> None:
    """Gives an element a text as a workbook has it: what XML cannot hold is shown as �, spaces stay."""
    element.text = _NOT_XML.sub("�", _ESCAPE.sub("_x005F_", text))
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def drop(element: Element) -> None:
    """Takes an element out of its parent."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def local(element: Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


class Package:
    """Parts of a zip by name. ``xml(name)`` gives a tree that is written back on ``save``.

    A part is inflated when it is asked for; one that stays as it is goes on as it was packed.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._packed = {i.filename: i for i in self._archive.infolist() if not i.is_dir()}
        self._parts: dict[str, bytes | None] = dict.fromkeys(self._packed)  # None: as in the archive
        self._trees: dict[str, Element] = {}
        self._looked: dict[str, Element] = {}  # relationships, read only

    def __contains__(self, name: str) -> bool:
        return name in self._parts or name in self._trees

    def read(self, name: str) -> bytes:
        content = self._parts[name]
        return self._archive.read(self._packed[name]) if content is None else content

    def head(self, name: str, end: bytes) -> bytes:
        """The part up to ``end``, or all of it; not much more of it is inflated."""
        if self._parts[name] is not None:
            return self.read(name).partition(end)[0]
        found = b""
        with self._archive.open(self._packed[name]) as part:
            while end not in found and (more := part.read(_CHUNK)):
                found += more
        return found.partition(end)[0]

    def xml(self, name: str) -> Element:
        if name not in self._trees:
            self._trees[name] = parse(self.read(name))
        return self._trees[name]

    def free_name(self, pattern: str) -> str:
        """The first name that no part has, ``*`` being a number: other files may hold parts of ours already."""
        taken = {name.lower() for name in self._parts}
        names = (pattern.replace("*", str(n)) for n in itertools.count(1))
        return next(name for name in names if name.lower() not in taken)

    def put(self, name: str, content: bytes | Element) -> None:
        if isinstance(content, bytes):
            self._parts[name] = content
        else:
            self._parts.setdefault(name, b"")
            self._trees[name] = content

    def remove(self, name: str) -> None:
        for known in (self._parts, self._trees, self._looked):
            known.pop(name, None)

    def save(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in self._parts:
                info = zipfile.ZipInfo(name, _EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                known = self._packed.get(name)
                if self._is_untouched(name) and known and known.compress_type in _PLAIN_METHODS:
                    _write_packed(archive, info, known, self._data)
                else:
                    archive.writestr(info, self._serialised(name))
        return out.getvalue()

    def _is_untouched(self, name: str) -> bool:
        return self._parts[name] is None and name not in self._trees

    def _serialised(self, name: str) -> bytes:
        tree = self._trees.get(name)
        if tree is None:
            return self.read(name)
        return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)

    # --- relationships ---

    @staticmethod
    def relations_name(part: str) -> str:
        folder, file = posixpath.split(part)
        return posixpath.join(folder, "_rels", file + ".rels")

    def relations(self, part: str) -> Element:
        name = self.relations_name(part)
        if name not in self:
            self.put(name, new_root(_RELATIONS_NS, "Relationships"))
        return self.xml(name)

    def _look(self, part: str) -> Iterable[Element]:
        """Relationships to read only: the part stays as it is."""
        name = self.relations_name(part)
        if name not in self:
            return ()
        if name in self._trees:
            return self._trees[name]
        if name not in self._looked:
            self._looked[name] = parse(self.read(name))
        return self._looked[name]

    def related(self, part: str, kind: str) -> str | None:
        """The part that ``part`` refers to with a relationship of that kind (end of its type)."""
        for relation in self._look(part):
            if relation.get("Type", "").endswith("/" + kind) and relation.get("TargetMode") != "External":
                return self.target(part, relation)
        return None

    def related_by_id(self, part: str, id_: str) -> str | None:
        found = (r for r in self._look(part) if r.get("Id") == id_)
        return next((self.target(part, r) for r in found), None)

    @staticmethod
    def target(part: str, relation: Element) -> str:
        joined = posixpath.join("/" + posixpath.dirname(part), relation.get("Target", ""))
        return posixpath.normpath(joined).lstrip("/")

    def relate(self, part: str, kind: str, target: str, base: str) -> str:
        """Adds a relationship and returns its id; ``base`` is the namespace of relationship types."""
        relations = self.relations(part)
        used = {r.get("Id") for r in relations}
        id_ = next(i for n in itertools.count(1) if (i := f"rIdKisi{n}") not in used)
        element = etree.SubElement(relations, f"{{{_RELATIONS_NS}}}Relationship")
        element.set("Id", id_)
        element.set("Type", f"{base}/{kind}")
        element.set("Target", "/" + target)
        return id_

    def unrelate(self, part: str, target: str) -> None:
        relations = self.relations(part)
        for relation in list(relations):
            if relation.get("TargetMode") != "External" and self.target(part, relation) == target:
                relations.remove(relation)

    # --- content types ---

    def declare(self, part: str, content_type: str) -> None:
        element = etree.SubElement(self.xml(CONTENT_TYPES), f"{{{_TYPES_NS}}}Override")
        element.set("PartName", "/" + part)
        element.set("ContentType", content_type)

    def declare_extension(self, extension: str, content_type: str) -> None:
        root = self.xml(CONTENT_TYPES)
        known = {e.get("Extension", "").lower() for e in root if local(e) == "Default"}
        if extension not in known:
            element = etree.Element(f"{{{_TYPES_NS}}}Default")
            element.set("Extension", extension)
            element.set("ContentType", content_type)
            root.insert(0, element)

    def undeclare(self, part: str) -> None:
        root = self.xml(CONTENT_TYPES)
        for element in list(root):
            if element.get("PartName") == "/" + part:
                root.remove(element)


def _write_packed(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, known: zipfile.ZipInfo, source: bytes
) -> None:
    """Adds a part with the bytes it has in another archive: neither inflated nor deflated again."""
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
