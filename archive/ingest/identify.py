"""What a file is, by its bytes: from its head alone at accession, by a look inside when it is read."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePath

from archive.errors import Unreadable

HEAD = 4096
"""Bytes of the head that `sniff` wants."""

UNKNOWN = "application/octet-stream"
_OFFICE = "application/vnd.openxmlformats-officedocument."

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"PK\x07\x08", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"{\\rtf", "application/rtf"),
    (b"%!PS", "application/postscript"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ", "application/x-executable"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
)
_BINARY_MAGIC = ("image/bmp", "application/x-executable", "application/x-bzip2")
_HEADER = re.compile(rb"(?:From |[!-9;-~]+:)[^\n]*\n(?:[ \t][^\n]*\n)*")
_MAIL = frozenset(
    b"from to cc subject date message-id mime-version received return-path delivered-to content-type sender".split()
)
_ORIGIN = frozenset(b"from received return-path message-id".split())
_SUFFIXES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".htm": "text/html",
    ".html": "text/html",
    ".xhtml": "text/html",
    ".json": "application/json",
    ".xml": "application/xml",
    ".eml": "message/rfc822",
}
_HTML = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?:[^\n]*\n){0,200}?kind[ \t]*:")


def sniff(head: bytes) -> str:
    """Return the media type the first bytes prove; any ZIP is `application/zip`, anything unknown `UNKNOWN`.

    Text is what decodes as UTF-8, UTF-16 or an eight-bit alphabet without control characters.
    """
    head = head[:HEAD]
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    for magic, media_type in _MAGIC:
        if head.startswith(magic) and not (media_type in _BINARY_MAGIC and _is_text(head)):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if not _is_text(head):
        return UNKNOWN
    return "message/rfc822" if _is_mail(head) else "text/plain"


def _is_text(head: bytes) -> bool:
    if not head:
        return False
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return len(head) > 2
    if utf16_without_mark(head):
        return True
    controls = sum(head.count(code) for code in (*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)))
    if controls:
        return False
    try:
        head.decode("utf-8")
        return True
    except UnicodeDecodeError as problem:
        if problem.start >= len(head) - 3 and problem.reason == "unexpected end of data":
            return True
    return sum(byte >= 0x80 for byte in head) / len(head) < 0.4


def utf16_without_mark(head: bytes) -> str:
    """Return the byte order (`utf-16-le`, `utf-16-be`) of Western text in UTF-16 that bears no mark, else empty."""
    even, odd = head[0::2], head[1::2]
    if len(head) < 8 or not odd:
        return ""
    low, high = even.count(0) / len(even), odd.count(0) / len(odd)
    if high > 0.6 and low < 0.02:
        return "utf-16-le"
    return "utf-16-be" if low > 0.6 and high < 0.02 else ""


def _is_mail(head: bytes) -> bool:
    lines = head.replace(b"\r\n", b"\n").lstrip(b"\n")
    block, ended, _ = lines.partition(b"\n\n")
    block += b"\n"
    names: set[bytes] = set()
    place = 0
    while found := _HEADER.match(block, place):
        names.add(block[place : found.end()].partition(b":")[0].lower())
        place = found.end()
    whole = place >= len(block) or (not ended and len(head) == HEAD and place > 0)
    return whole and len(names & _MAIL) >= 3 and bool(names & _ORIGIN)


def final_type(path: Path, sniffed: str, name: str) -> str:
    """Return the media type after the look inside; opens the file, so only a sandboxed process calls it.

    Raises Unreadable for a broken container.

    Args:
        name: what the file was called; it only decides between kinds of text.
    """
    if sniffed == "application/zip":
        return _zip_type(path)
    if sniffed not in ("text/plain", "message/rfc822"):
        return sniffed
    suffix = PurePath(name).suffix.lower()
    with path.open("rb") as file:
        head = file.read(HEAD * 4)
    opening = _opening(head)
    if _FRONT_MATTER.match(opening):
        return "text/markdown"
    if sniffed == "message/rfc822" and suffix not in (".md", ".markdown", ".csv", ".txt"):
        return sniffed
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    return "text/html" if _HTML.match(opening) else sniffed


def _opening(head: bytes) -> str:
    coding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else utf16_without_mark(head) or "utf-8-sig"
    return head.decode(coding, "replace")


def _zip_type(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as members:
            names = set(members.namelist())
            stated = _stated_type(members) if "mimetype" in names else ""
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as problem:
        raise Unreadable("damaged: the container cannot be opened") from problem
    if stated:
        return stated
    if "[Content_Types].xml" not in names:
        return "application/zip"
    macro = any(member.endswith("vbaProject.bin") for member in names)
    if any(member.startswith("word/") for member in names):
        return "application/vnd.ms-word.document.macroenabled.12" if macro else _OFFICE + "wordprocessingml.document"
    if any(member.startswith("xl/") for member in names):
        return "application/vnd.ms-excel.sheet.macroenabled.12" if macro else _OFFICE + "spreadsheetml.sheet"
    if any(member.startswith("ppt/") for member in names):
        return _OFFICE + "presentationml.presentation"
    return "application/zip"


def _stated_type(members: zipfile.ZipFile) -> str:
    with members.open("mimetype") as file:
        stated = file.read(128).decode("ascii", "replace").strip()
    return stated if re.fullmatch(r"application/[a-z0-9.+-]+", stated) else ""
