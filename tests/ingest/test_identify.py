"""What a file is, told from its bytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from archive.errors import Unreadable
from archive.ingest.identify import HEAD, UNKNOWN, final_type, sniff

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAIL = b"From: Ada <ada@example.org>\r\nTo: Ben <ben@example.org>\r\nSubject: Hello\r\n\r\nText\r\n"


def _picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\r\n\r\n%PDF-1.4\n", "application/pdf"),
        (b"PK\x03\x04rest", "application/zip"),
        (_picture("PNG"), "image/png"),
        (_picture("JPEG"), "image/jpeg"),
        (_picture("TIFF"), "image/tiff"),
        (_picture("BMP"), "image/bmp"),
        (MAIL, "message/rfc822"),
        (b"Received: by mx\n\tfor x\nDate: now\nFrom: x\nX-Y: z\n\nbody", "message/rfc822"),
        (b"From: a\nTo: b\nand then prose that is no header\n", "text/plain"),
        (b"BM is how this note begins\n", "text/plain"),
        ("Grüße aus München".encode(), "text/plain"),
        ("Grüße aus München".encode("latin-1"), "text/plain"),
        ("Grüße aus München".encode("utf-16"), "text/plain"),
        ("Plain words in UTF-16".encode("utf-16-le"), "text/plain"),
        (b"\x1f\x8b\x08", "application/gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (b"{\\rtf1", "application/rtf"),
        (b"\0\1\2\3 binary", UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_the_first_bytes_tell_the_media_type(head: bytes, media_type: str) -> None:
    assert sniff(head) == media_type


def test_a_letter_cut_in_two_at_the_end_of_the_head_is_still_text() -> None:
    assert sniff(b"a" * (HEAD - 1) + "é".encode()) == "text/plain"


@given(st.binary(max_size=200))
def test_any_bytes_have_a_media_type(head: bytes) -> None:
    assert "/" in sniff(head)


@given(st.text(alphabet=st.characters(exclude_categories=("C",)), min_size=1))
def test_decodable_text_is_never_taken_for_unknown(text: str) -> None:
    assert sniff(("Note " + text).encode()) in ("text/plain", "message/rfc822")


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("note.md", "# Title\n", "text/markdown"),
        ("list.CSV", "a,b\n", "text/csv"),
        ("page", "<!DOCTYPE html><p>x", "text/html"),
        ("page.htm", "words", "text/html"),
        ("record.txt", "---\nid: P-1\nkind: product\n---\n", "text/markdown"),
        ("rule.txt", "---\nno front matter\n---\n", "text/plain"),
        ("record.md", "---\nkind: product\n---\n", "text/markdown"),
    ],
)
def test_a_look_inside_tells_kinds_of_text_apart(tmp_path: Path, name: str, content: str, media_type: str) -> None:
    path = tmp_path / "object"
    path.write_text(content)
    assert final_type(path, "text/plain", name) == media_type


def test_a_look_inside_tells_word_from_other_containers(tmp_path: Path) -> None:
    Document().save(str(tmp_path / "word"))
    with zipfile.ZipFile(tmp_path / "plain", "w") as members:
        members.writestr("a.txt", "x")
    with zipfile.ZipFile(tmp_path / "open", "w") as members:
        members.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    assert final_type(tmp_path / "word", "application/zip", "x.bin") == WORD
    assert final_type(tmp_path / "plain", "application/zip", "x.docx") == "application/zip"
    assert final_type(tmp_path / "open", "application/zip", "x") == "application/vnd.oasis.opendocument.text"


def test_a_broken_container_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "half").write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(Unreadable, match="damaged"):
        final_type(tmp_path / "half", "application/zip", "x.docx")
