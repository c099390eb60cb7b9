"""The one door of lxml: XML without entities, DTD or network, and forgiving HTML."""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from archive.errors import Unreadable

Element = etree._Element
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


def parse(content: bytes, name: str = "XML") -> Element:
    """Return the root; Unreadable when it is not well formed or brings a DTD, which could make it grow or reach out."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        raise Unreadable(f"damaged: {name} is not well formed") from problem
    if etree.ElementTree(root).docinfo.internalDTD is not None:
        raise Unreadable(f"refused: {name} brings a document type definition")
    return root


def parse_html(text: str) -> Element | None:
    """Return the root of an HTML text, or None when nothing stands in it."""
    parser = lxml_html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return lxml_html.document_fromstring(_DECLARATION.sub("", text, count=1).replace("\0", " "), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def local(element: Element) -> str:
    """Return the element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """Return an attribute by its name without namespace, empty where it is missing."""
    return next((str(value) for key, value in element.items() if str(key).rpartition("}")[2] == name), "")


def inner_text(element: Element) -> str:
    """Return all text inside an element."""
    return "".join(str(text) for text in element.itertext())
