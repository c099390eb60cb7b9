"""Word documents, by a walk over their parts: what a reader of the page sees, tracked changes accepted.

Elements are known by their names without namespace, so that strict and transitional files read alike.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from archive.errors import Unreadable
from archive.ingest.readers import Context
from archive.ingest.readers.events import MAX_TEXT, Event, Problem, one_line, safe
from archive.ingest.readers.package import opened, part
from archive.ingest.readers.text import page_of
from archive.ingest.xml import Element, attribute, local, parse
from archive.model import Link, Meta, Table

VERSION = "1"
LIBRARY = "lxml"
_DELETED = frozenset(("del", "moveFrom", "delText", "delInstrText"))
_LEFT_OUT = _DELETED | {"instrText", "rPr", "pPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr", "Fallback"}
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_CORE = {
    "title": "title",
    "creator": "author",
    "subject": "subject",
    "keywords": "keywords",
    "description": "description",
    "category": "category",
    "contentStatus": "status",
    "lastModifiedBy": "modified by",
    "created": "created",
    "modified": "modified",
}


def read(path: Path, context: Context) -> Iterator[Event]:
    with opened(path) as package:
        main = _main_part(package)
        walk = _Walk(_targets(package, main))
        around = _parts_beside(package, main)
        sections = [name for name in around if "header" in name] + [main]
        sections += [name for name in around if "header" not in name]
        for name in sections:
            content = part(package, name)
            if content:
                walk.section(parse(content, name))
        if not part(package, main):
            raise Unreadable("damaged: it has no main part")
        text = "\n".join(walk.lines)
        if len(text) > MAX_TEXT:
            yield Problem(f"the text beyond {MAX_TEXT} characters is left out")
        yield page_of(text[:MAX_TEXT])
        yield from walk.tables
        yield from walk.links
        yield from _properties(package)


def _main_part(package: zipfile.ZipFile) -> str:
    content = part(package, "_rels/.rels")
    for relation in parse(content, "_rels/.rels") if content else ():
        if attribute(relation, "Type").endswith("/officeDocument"):
            return attribute(relation, "Target").lstrip("/")
    return "word/document.xml"


def _parts_beside(package: zipfile.ZipFile, main: str) -> list[str]:
    """List headers, footnotes, endnotes, comments, footers, in this order."""
    folder = re.escape(posixpath.dirname(main))
    order = ("header", "footnotes", "endnotes", "comments", "footer")
    pattern = re.compile(rf"{folder}/(header|footnotes|endnotes|comments|footer)\d*\.xml")
    found = [(order.index(match[1]), name) for name in package.namelist() if (match := pattern.fullmatch(name))]
    return [name for _, name in sorted(set(found))]


def _targets(package: zipfile.ZipFile, main: str) -> dict[str, str]:
    folder, name = posixpath.split(main)
    content = part(package, f"{folder}/_rels/{name}.rels")
    relations = parse(content, "relations") if content else ()
    return {
        attribute(relation, "Id"): attribute(relation, "Target")
        for relation in relations
        if attribute(relation, "TargetMode") == "External"
    }


class _Walk:
    """Lines, tables and links gathered in reading order."""

    def __init__(self, targets: dict[str, str]) -> None:
        self.targets = targets
        self.lines: list[str] = []
        self.tables: list[Table] = []
        self.links: list[Link] = []

    def section(self, root: Element) -> None:
        """Take one part; notes that Word draws itself (separators) hold no text."""
        for comment in root.iter("{*}comment"):
            inside = self._inside(comment)
            self.lines.append(f"Comment by {one_line(attribute(comment, 'author')) or 'unknown'}: {inside}")
        if local(root) != "comments":
            self.blocks(root)

    def blocks(self, element: Element) -> None:
        for child in element:
            name = local(child)
            if name == "p":
                self._paragraph(child)
            elif name == "tbl":
                self._table(child)
            elif name not in _LEFT_OUT:
                self.blocks(child)

    def _paragraph(self, paragraph: Element) -> None:
        """Take a paragraph as a line, then the text boxes anchored in it."""
        boxes: list[Element] = []
        self.lines.append("".join(self._pieces(paragraph, boxes)))
        for box in boxes:
            self.blocks(box)

    def _pieces(self, element: Element, boxes: list[Element]) -> Iterator[str]:
        for child in element:
            name = local(child)
            if name == "t":
                yield child.text or ""
            elif name == "txbxContent":
                boxes.append(child)
            elif name == "tab" and len(child) == 0 and local(element) == "tabs":
                continue
            elif name in _SIGNS:
                yield _SIGNS[name]
            elif name == "hyperlink":
                yield self._link(child, boxes)
            elif name == "AlternateContent":
                yield from self._pieces(_preferred(child), boxes)
            elif name not in _LEFT_OUT:
                yield from self._pieces(child, boxes)

    def _link(self, element: Element, boxes: list[Element]) -> str:
        words = "".join(self._pieces(element, boxes))
        target = self.targets.get(attribute(element, "id"), "")
        if target:
            self.links.append(Link(one_line(target), one_line(words)))
        return words

    def _table(self, table: Element) -> None:
        rows = [tuple(self._inside(cell) for cell in _inner(row, "tc")) for row in _inner(table, "tr")]
        rows = [row for row in rows if row]
        self.lines += [" | ".join(" ".join(cell.split()) for cell in row) for row in rows]
        self.tables.append(Table(f"table {len(self.tables) + 1}", tuple(rows)))

    def _inside(self, element: Element) -> str:
        inner = _Walk(self.targets)
        inner.blocks(element)
        self.tables += inner.tables
        self.links += inner.links
        return safe("\n".join(inner.lines).strip())


def _preferred(alternatives: Element) -> Element:
    """Return the newest drawing of the same thing, so that its text counts once."""
    named = {local(child): child for child in alternatives}
    return named.get("Choice", named.get("Fallback", alternatives))


def _inner(element: Element, wanted: str) -> Iterator[Element]:
    """Yield rows of a table or cells of a row, also those inside content controls; deleted rows are left out."""
    for child in element:
        name = local(child)
        if name == wanted:
            if not any(local(mark) == "del" for marks in child if local(marks) == "trPr" for mark in marks):
                yield child
        elif name not in _LEFT_OUT and name != "tbl":
            yield from _inner(child, wanted)


def _properties(package: zipfile.ZipFile) -> Iterator[Event]:
    content = part(package, "docProps/core.xml")
    for element in parse(content, "docProps/core.xml") if content else ():
        name, value = _CORE.get(local(element)), one_line(element.text or "")
        if name and value:
            yield Meta(name, value, "embedded")
