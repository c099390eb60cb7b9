"""HTML: the words a browser would show, title and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from archive.ingest.readers import Context
from archive.ingest.readers.events import MAX_TEXT, Event, Problem, one_line
from archive.ingest.readers.text import MAX_BYTES, decode, page_of
from archive.ingest.xml import Element, attribute, inner_text, local, parse_html
from archive.model import Link, Meta

VERSION = "1"
LIBRARY = "lxml"
_HIDDEN = frozenset(("head", "script", "style", "template", "noscript", "title"))
_BLOCKS = re.compile(
    "address|article|aside|blockquote|br|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|li|main"
    "|nav|ol|option|p|pre|section|table|tbody|thead|tr|ul"
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)


def read(path: Path, context: Context) -> Iterator[Event]:
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        yield Problem(f"what stands beyond {MAX_BYTES // 10**6} MB is left out")
    text, doubt = _decoded(content[:MAX_BYTES])
    if doubt:
        yield Problem(doubt)
    root = parse_html(text)
    if root is None:
        return
    yield page_of(words_of(root)[:MAX_TEXT])
    title = next((one_line(inner_text(found)) for found in root.iter("title")), "")
    if title:
        yield Meta("title", title, "embedded")
    for anchor in root.iter("a"):
        target = one_line(attribute(anchor, "href"))
        if target and not target.startswith(("#", "javascript:", "data:")):
            yield Link(target, one_line(inner_text(anchor)))


def _decoded(content: bytes) -> tuple[str, str]:
    """Decode by the mark of the file, else as UTF-8, else as it says itself, else by guessing."""
    text, doubt = decode(content) if _is_sure(content) else ("", "")
    stated = _CHARSET.search(content[:4096])
    if text or not stated:
        return (text, doubt) if text else decode(content)
    try:
        return content.decode(stated[1].decode("ascii")), ""
    except (LookupError, UnicodeDecodeError):
        return decode(content)


def _is_sure(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:64]
    return True


def text_of(html: str) -> str:
    """Return the words of an HTML text, blocks as lines, cells of a row parted by `|`."""
    root = parse_html(html)
    return "" if root is None else words_of(root)


def words_of(root: Element) -> str:
    pieces: list[str] = []
    _gather(root, pieces)
    lines = (" ".join(line.split()).strip("| ") for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _gather(element: Element, pieces: list[str]) -> None:
    name = local(element).lower()
    if name not in _HIDDEN:
        edge = "\n" if _BLOCKS.fullmatch(name) else ""
        pieces += [edge, _flat(element.text)]
        for child in element:
            _gather(child, pieces)
        pieces.append(" | " if name in ("td", "th") else edge)
    pieces.append(_flat(element.tail))


def _flat(text: str | None) -> str:
    return " ".join(text.split("\n")) if text else ""
