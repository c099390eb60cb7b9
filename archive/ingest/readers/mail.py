"""Mail messages: headers, the body a person would read, and everything attached as documents of their own."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from archive.ingest.readers import Context
from archive.ingest.readers.events import MAX_TEXT, Event, Problem, one_line, safe
from archive.ingest.readers.html import text_of
from archive.ingest.readers.text import decode, page_of
from archive.model import Meta

VERSION = "1"
LIBRARY = ""
MAX_DEPTH = 30
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_KEPT = (*_SHOWN, "Bcc", "Sender", "Reply-To", "Message-ID", "In-Reply-To", "References")
_MALFORMED = (LookupError, ValueError, AttributeError, TypeError)
"""What the standard library raises on broken headers and bodies."""


def read(path: Path, context: Context) -> Iterator[Event]:
    with path.open("rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    headers = {name: value for name in _KEPT if (value := _header(message, name))}
    body = _body(message)
    if body is None:
        yield Problem("the message has no body that can be read")
    shown = "\n".join(f"{name}: {headers[name]}" for name in _SHOWN if name in headers)
    yield page_of(f"{shown}\n\n{body or ''}".replace("\f", " ")[:MAX_TEXT])
    yield from _meta(headers)
    for number, leaf in enumerate(_attached(message, 0), 1):
        yield from _part(leaf, number, context)


def _header(message: Message, name: str) -> str:
    """Return a header as one line, all of its occurrences joined; the raw words where it is malformed."""
    try:
        values = [str(value) for value in message.get_all(name, [])]
    except _MALFORMED:
        values = [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]
    return one_line(", ".join(values), 20_000)


def _meta(headers: dict[str, str]) -> Iterator[Event]:
    for name, value in headers.items():
        if name != "Date":
            yield Meta(name.lower(), value, "mail header")
    if "Subject" in headers:
        yield Meta("title", headers["Subject"], "mail header")
    if "Date" not in headers:
        return
    try:
        sent = parsedate_to_datetime(headers["Date"])
    except _MALFORMED:
        yield Problem(f"the date of the message cannot be read: {headers['Date'][:100]}")
        return
    yield Meta("sent at", sent.isoformat(), "mail header")
    yield Meta("date", sent.date().isoformat(), "mail header")


def _body(message: Any) -> str | None:
    """Return the plain body, else the words of the HTML one; None where there is neither."""
    for sort in ("plain", "html"):
        try:
            found = message.get_body(preferencelist=(sort,))
        except _MALFORMED:
            found = message if not message.is_multipart() else None
        if found is not None:
            text = _text(found)
            return text_of(text) if found.get_content_type() == "text/html" else text
    return None


def _text(leaf: Any) -> str:
    """Return a text part in the alphabet it states, else in the one its bytes suggest."""
    content = _content(leaf)
    try:
        text = content.decode(leaf.get_content_charset() or "ascii")
    except (LookupError, UnicodeError):
        text = decode(content)[0]
    return safe(text.replace("\r\n", "\n").replace("\r", "\n"))


def _content(leaf: Any) -> bytes:
    try:
        content = leaf.get_payload(decode=True)
    except _MALFORMED:
        content = None
    return content if isinstance(content, bytes) else b""


def _attached(message: Any, depth: int) -> Iterator[Any]:
    """Yield the parts that are documents of their own, in order; messages inside are not opened here."""
    if message.get_content_maintype() == "message" and depth > 0:
        yield message
    elif message.is_multipart() and depth < MAX_DEPTH:
        for inner in message.get_payload():
            yield from _attached(inner, depth + 1)
    elif _filename(message) or message.get_content_maintype() not in ("text", "multipart"):
        yield message


def _filename(leaf: Any) -> str:
    try:
        return one_line(leaf.get_filename() or "", 255)
    except _MALFORMED:
        return ""


def _part(leaf: Any, number: int, context: Context) -> Iterator[Event]:
    name, media_type = _filename(leaf), leaf.get_content_type()
    inner = leaf.get_payload()
    if leaf.get_content_maintype() == "message" and isinstance(inner, list) and inner:
        try:
            content = inner[0].as_bytes(policy=email.policy.default.clone(refold_source="none"))
        except _MALFORMED:
            yield Problem(f"the message attached as number {number} cannot be taken out")
            return
        name = name or f"{_header(inner[0], 'Subject') or f'message {number}'}.eml"
    else:
        content = _content(leaf)
    if content:
        yield context.keep_part(content, name or f"part {number}", media_type)
    else:
        yield Problem(f"attachment {name or number} is empty or damaged")
