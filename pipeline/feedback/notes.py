"""Cell notes: the comments part and the VML drawing that shows it. The municipality's own notes are kept."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping

from lxml import etree

from pipeline.xlsx.package import Element, Package, local_name, new_root, remove_element, set_text
from pipeline.xlsx.sheet_cells import SheetCells, split_address

AUTHOR = "KISI-Berichtswesen"
HEADING = "Rückmeldung:"
_DIVIDER = f"\n— {HEADING}"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_SHAPE = (
    '<v:shape{declared} id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;visibility:hidden" '
    'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" '
    'obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div '
    'style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/>'
    "<x:SizeWithCells/><x:Anchor>{left},15,{top},2,{right},31,{bottom},9</x:Anchor><x:AutoFill>False"
    "</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
# Excel's drawings of notes need not be well-formed XML, and each program has prefixes of its own.
_SHAPE_TAG = re.compile(rb"<(/?)(\w{1,20}):shape(?=[\s/>])")
_LONGEST_TAG = 10_000  # bytes of a shape's first tag
_ROW, _COLUMN = (
    re.compile(rb"<(?:\w{1,20}:)?" + name + rb">\s{0,20}(\d{1,7})") for name in (b"Row", b"Column")
)
_PREFIXES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _PREFIXES.items())
_VML = (
    f'<xml {_DECLARED}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" '
    'o:connecttype="rect"/></v:shapetype></xml>'
)


class Notes:
    """The notes of one sheet. ``rel``: namespace of the relationships in this workbook."""

    def __init__(self, package: Package, part: str, rel: str) -> None:
        self.package, self.part, self.rel = package, part, rel
        self.ns = etree.QName(package.xml(part)).namespace or ""

    def remove_ours(self) -> None:
        """Removes what an earlier Rückmeldung has written; text of others in the same note stays."""
        comments = self.package.related(self.part, "comments")
        if comments is None:
            return
        root = self.package.xml(comments)
        authors = [a.text or "" for a in root.iter(f"{{{self.ns}}}author")]
        gone = []
        for comment in list(root.iter(f"{{{self.ns}}}comment")):
            author = authors[int(comment.get("authorId", "0"))] if authors else ""
            if _text(comment).startswith(HEADING) or author == AUTHOR:
                remove_element(comment)
                gone.append(comment.get("ref", ""))
            else:
                _cut_ours(comment)
        self._remove_shapes(gone)

    def addresses(self) -> list[str]:
        """Addresses of the cells that have a note."""
        comments = self.package.related(self.part, "comments")
        entries = self.package.xml(comments).iter(f"{{{self.ns}}}comment") if comments else ()
        return [c.get("ref", "") for c in entries]

    def _remove_shapes(self, addresses: list[str]) -> None:
        drawing = self._known_drawing()
        if drawing is None or not addresses:
            return
        places = {split_address(a) for a in addresses}

        content, kept, end = self.package.read(drawing), [], 0
        for start, stop in _shapes(content):
            if _place_of(content[start:stop]) in places:
                kept.append(content[end:start])
                end = stop
        self.package.put(drawing, b"".join((*kept, content[end:])))

    def add(self, texts: Mapping[str, str]) -> list[str]:
        """Adds one note at each address; text is appended where the cell has a note already.

        Returns the addresses at which a comment thread stands: recent Excel shows only the thread, so nothing
        is written into its placeholder.
        """
        if not texts:
            return []
        root = self._comments()
        authors = next(e for e in root if local_name(e) == "authors")
        author = self._author(authors)
        entries = next(e for e in root if local_name(e) == "commentList")
        present = {c.get("ref"): c for c in entries}
        threads = [a for a in texts if a in present and self._is_thread(present[a], authors)]
        new = []
        for address, text in texts.items():
            if address in threads:
                continue
            if address in present:
                self._append_text(present[address], f"{_DIVIDER} {text}")
            else:
                comment = etree.SubElement(entries, f"{{{self.ns}}}comment")
                comment.set("ref", address)
                comment.set("authorId", str(author))
                etree.SubElement(comment, f"{{{self.ns}}}text")
                self._append_text(comment, f"{HEADING} {text}")
                new.append(address)
        entries[:] = sorted(entries, key=lambda c: split_address(c.get("ref", "")))
        self._add_shapes(new)
        return threads

    @staticmethod
    def _is_thread(comment: Element, authors: Element) -> bool:
        """Whether a comment is the placeholder of a thread: its author is the id of the thread."""
        number = int(comment.get("authorId", "0"))
        return number < len(authors) and (authors[number].text or "").startswith("tc=")

    def _author(self, authors: Element) -> int:
        """Index of our entry in the list of authors, added if missing."""
        names = [a.text for a in authors]
        if AUTHOR not in names:
            etree.SubElement(authors, f"{{{self.ns}}}author").text = AUTHOR
            names.append(AUTHOR)
        return names.index(AUTHOR)

    def _append_text(self, comment: Element, text: str) -> None:
        body = next(e for e in comment if local_name(e) == "text")
        run = etree.SubElement(body, f"{{{self.ns}}}r")
        properties = etree.SubElement(run, f"{{{self.ns}}}rPr")
        etree.SubElement(properties, f"{{{self.ns}}}sz").set("val", "9")
        etree.SubElement(properties, f"{{{self.ns}}}rFont").set("val", "Tahoma")
        t = etree.SubElement(run, f"{{{self.ns}}}t")
        set_text(t, text)

    def _comments(self) -> Element:
        name = self.package.related(self.part, "comments")
        if name is not None:
            return self.package.xml(name)
        name = self.package.free_name("xl/commentsKisi*.xml")
        root = new_root(self.ns, "comments")
        etree.SubElement(root, f"{{{self.ns}}}authors")
        etree.SubElement(root, f"{{{self.ns}}}commentList")
        self.package.put(name, root)
        self.package.declare(name, _COMMENTS_TYPE)
        self.package.relate(self.part, "comments", name, self.rel)
        return root

    def _known_drawing(self) -> str | None:
        """The VML drawing of the notes; another one may hold pictures of header and footer."""
        for element in self.package.xml(self.part):
            if local_name(element) == "legacyDrawing":
                return self.package.related_by_id(self.part, element.get(f"{{{self.rel}}}id", ""))
        return None

    def _drawing(self) -> str:
        name = self._known_drawing()
        if name is None:
            name = self.package.free_name("xl/drawings/vmlDrawingKisi*.vml")
            self.package.put(name, _VML.encode())
            self.package.declare_extension("vml", _VML_TYPE)
            id_ = self.package.relate(self.part, "vmlDrawing", name, self.rel)
            SheetCells(self.package.xml(self.part)).add_legacy_drawing(self.rel, id_)
        return name

    def _add_shapes(self, addresses: list[str]) -> None:
        if not addresses:
            return
        name = self._drawing()
        drawing = self.package.read(name)
        used = [int(n) for n in re.findall(rb"_x0000_s(\d{1,9})", drawing)]
        first = max([1024, *used]) + 1
        declared = "" if all(f"xmlns:{p}=".encode() in drawing for p in _PREFIXES) else f" {_DECLARED}"
        shapes = "".join(_shape(first + i, address, declared) for i, address in enumerate(addresses))
        end = drawing.rindex(b"</xml>")
        self.package.put(name, drawing[:end] + shapes.encode() + drawing[end:])


def _shapes(drawing: bytes) -> Iterator[tuple[int, int]]:
    """First and last byte of each shape, in one pass over all tags: linear in the length of the drawing."""
    tags = list(_SHAPE_TAG.finditer(drawing))
    closing: dict[bytes, list[int]] = {}
    for tag in tags:
        if tag[1]:
            closing.setdefault(tag[2], []).append(tag.start())
    end = 0
    for tag in tags:
        bracket = drawing.find(b">", tag.end(), tag.end() + _LONGEST_TAG)
        if tag[1] or tag.start() < end or bracket < 0:
            continue
        if drawing[bracket - 1 : bracket] == b"/":
            end = bracket + 1
        else:
            ends = closing.get(tag[2], [])
            found = bisect_left(ends, bracket)
            if found == len(ends):
                continue
            end = ends[found] + len(b"</:shape>") + len(tag[2])
        yield tag.start(), end


def _place_of(shape: bytes) -> tuple[int, int] | None:
    """(row, column) from 0 of the cell whose note a shape shows; None for other shapes."""
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    return (int(row[1]) + 1, int(column[1]) + 1) if row and column else None


def _shape(id_: int, address: str, declared: str) -> str:
    row, column = split_address(address)
    return _SHAPE.format(
        id=id_,
        declared=declared,
        left=column,
        right=column + 4,
        top=max(0, row - 2),
        bottom=row + 5,
        row=row - 1,
        column=column - 1,
    )


def _text(comment: Element) -> str:
    return "".join(t.text or "" for t in comment.iter() if local_name(t) == "t")


def _cut_ours(comment: Element) -> None:
    """Removes our addition from a note of somebody else; a program may have merged both into one run."""
    cut = False
    for t in [t for t in comment.iter() if local_name(t) == "t"]:
        if cut:
            t.text = ""
        elif _DIVIDER.strip() in (t.text or ""):
            t.text = (t.text or "").split(_DIVIDER.strip())[0].rstrip("\n")
            cut = True
