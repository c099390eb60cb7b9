"""What each reader finds in a document."""

from __future__ import annotations

import csv
import email.policy
import io
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from archive.errors import Unreadable
from archive.ingest import ocr, readers
from archive.ingest.identify import HEAD, final_type, sniff
from archive.ingest.readers import Context, NeedsPassword, pdf
from archive.ingest.readers.events import Event, Part, Problem, RecordKey
from archive.ingest.readers.html import text_of
from archive.ingest.readers.package import opened, part
from archive.ingest.readers.text import decode, delimiter_of
from archive.ingest.sandbox import Job, Outcome, Sandbox
from archive.ingest.xml import parse
from archive.model import Field, Link, Meta, Page, Table

from .test_ocr import TEXT, picture

E = TypeVar("E")
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


def read(path: Path, name: str = "", **told: Any) -> list[Event]:
    media_type = final_type(path, sniff(path.read_bytes()[:HEAD]), name or path.name)
    reader = readers.find(media_type)
    assert reader is not None
    scratch = path.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    return list(reader.read(path, Context(name or path.name, media_type, scratch, **told)))


def of(kind: type[E], events: list[Event]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def text(events: list[Event]) -> str:
    return "\f".join(page.text for page in of(Page, events))


def meta(events: list[Event]) -> dict[str, tuple[str, str]]:
    return {each.name: (each.value, each.source) for each in of(Meta, events)}


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# text, tables, Markdown


def test_text_has_plain_line_ends_and_form_feeds_part_its_pages(tmp_path: Path) -> None:
    assert [page.text for page in of(Page, read(write(tmp_path, "a.txt", "one\r\ntwo\rthree\fpage two\x0b")))] == [
        "one\ntwo\nthree",
        "page two ",
    ]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_text_is_decoded_whatever_its_alphabet(coding: str) -> None:
    words = "Prüfbericht für Gehäuse: Maß größer als 5 µm, geändert, überprüft und für gut befunden\n" * 4
    assert decode(words.encode(coding))[0] == words


@pytest.mark.parametrize(
    ("words", "coding"),
    [
        ("words ÿ", "cp1252"),
        ("Maß 5 µm", "cp1252"),
        ("naïve café — “quoted”", "cp1252"),
        ("Größe der Öffnung geändert; siehe Anlage §5", "latin-1"),
        ("Съешь же ещё этих мягких французских булок, да выпей чаю. " * 3, "cp1251"),
        ("日本語の文書です。仕様変更。" * 9, "shift_jis"),
    ],
)
def test_eight_bit_text_is_western_unless_its_letters_say_otherwise(words: str, coding: str) -> None:
    assert decode(words.encode(coding)) == (words, "")


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_of_a_table_is_seen(tmp_path: Path, sign: str) -> None:
    rows = [["part", "note", "qty"], ["1.10", "a, b; c", "012345"], ["x", "y", "z"]]
    out = io.StringIO()
    csv.writer(out, delimiter=sign).writerows(rows)
    events = read(write(tmp_path, "list.csv", out.getvalue()))
    assert of(Table, events) == [Table("list.csv", tuple(tuple(row) for row in rows))]
    assert "012345" in text(events)


@given(st.text())
def test_every_text_has_a_delimiter(words: str) -> None:
    assert delimiter_of(words) in ",;\t|"


def test_a_long_table_comes_in_pieces_that_know_their_rows(tmp_path: Path) -> None:
    tables = of(Table, read(write(tmp_path, "long.csv", "a,b\n" * 4_500)))
    assert [(table.first_row, len(table.rows)) for table in tables] == [(1, 2_000), (2_001, 2_000), (4_001, 500)]


RECORD = """---
kind: change_request
id: ECR-2024-0017
title: Harder seal
requester: Ada Example
requested_on: 2024-03-05
affects:
  - item: SPC-1001-02
    action: revise
---

## Description
The seal of SPC-1001-02 leaks.
"""


def test_front_matter_of_a_kind_makes_a_record(tmp_path: Path) -> None:
    events = read(write(tmp_path, "a.md", RECORD.replace("\n", "\r\n")))
    assert of(RecordKey, events) == [RecordKey("change_request", "ECR-2024-0017")]
    fields = {field.name: field for field in of(Field, events)}
    assert fields["affects"].value == [{"item": "SPC-1001-02", "action": "revise"}]
    place = fields["requester"]
    assert (text(events)[place.start : place.end], place.line) == ("Ada Example", 5)
    assert meta(events)["title"] == ("Harder seal", "record")
    assert meta(events)["date"] == ("2024-03-05", "record")
    assert of(Problem, events) == []


def test_what_is_wrong_in_a_record_is_said_with_its_line(tmp_path: Path) -> None:
    events = read(write(tmp_path, "a.md", RECORD.replace("2024-03-05", "yesterday")))
    assert any(problem.text.startswith("line 6: ") for problem in of(Problem, events))
    assert of(RecordKey, events)


def test_a_kind_nobody_knows_is_a_problem_and_the_text_is_read(tmp_path: Path) -> None:
    events = read(write(tmp_path, "a.md", "---\nkind: chnge_request\nid: X-1\n---\nwords\n"))
    assert of(RecordKey, events) == []
    assert of(Problem, events)
    assert "words" in text(events)


def test_the_kinds_of_the_house_are_known_and_a_broken_one_is_said(tmp_path: Path) -> None:
    path = write(tmp_path, "a.md", "---\nkind: visit\nid: VIS-1\n---\n")
    own = {"visit": 'title = "Visit"\nhelp = "A visit."\n[key]\nprefix = "VIS-"\n'}
    assert of(RecordKey, read(path, kinds=own)) == [RecordKey("visit", "VIS-1")]
    broken = of(Problem, read(path, kinds={"visit": "title = "}))
    assert broken[0].text.startswith("the archive's own kinds are not used")


def test_markdown_without_a_kind_is_a_note_with_the_title_of_its_heading(tmp_path: Path) -> None:
    events = read(write(tmp_path, "a.md", "# Minutes of May #\n\ntext\n"))
    assert meta(events) == {"title": ("Minutes of May", "first page")}
    assert of(Field, events) == []
    assert meta(read(write(tmp_path, "b.md", "---\ntitle: Stated\n---\n# Other\n")))["title"] == ("Stated", "embedded")


# HTML and XML


def test_html_gives_its_visible_words_title_and_links(tmp_path: Path) -> None:
    page = (
        "<html><head><title> The\ntitle </title><style>p{}</style></head><body><p>One <b>two</b></p><script>no</script>"
        '<table><tr><td>a</td><td>b</td></tr></table><a href="http://example.org/x">here</a><a href="#top">up</a>'
    )
    events = read(write(tmp_path, "a.html", page))
    assert text(events) == "One two\na | b\nhereup"
    assert meta(events) == {"title": ("The title", "embedded")}
    assert of(Link, events) == [Link("http://example.org/x", "here")]


def test_html_is_decoded_as_it_says(tmp_path: Path) -> None:
    page = '<html><meta charset="iso-8859-2"><p>Žluťoučký kůň'.encode("iso-8859-2")
    assert text(read(write(tmp_path, "a.html", page))) == "Žluťoučký kůň"


@given(st.text())
def test_any_text_can_be_read_as_html(words: str) -> None:
    assert isinstance(text_of(words), str)


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16"),
    ],
)
def test_xml_with_a_document_type_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable, match="refused"):
        parse(content)


def test_a_part_packed_too_tightly_or_missing_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("bomb", b"\0" * 3_000_000)
    with opened(tmp_path / "bomb.zip") as package:
        assert part(package, "none") == b""
        with pytest.raises(Unreadable, match="200 to 1"):
            part(package, "bomb")


# Word


def _word(folder: Path) -> Path:
    document = Document()
    document.core_properties.title = "Seal specification"
    document.core_properties.author = "Ada Example"
    document.sections[0].header.paragraphs[0].text = "SPC-1001-02 rev C"
    document.sections[0].footer.paragraphs[0].text = "Page foot"
    paragraph = document.add_paragraph("Torque ")
    for mark, word in (("ins", "nine"), ("del", "eight")):
        run = f"<w:r><w:{'t' if mark == 'ins' else 'delText'}>{word}</w:{'t' if mark == 'ins' else 'delText'}></w:r>"
        paragraph._p.append(parse_xml(f'<w:{mark} {nsdecls("w")} w:id="1" w:author="A">{run}</w:{mark}>'))
    control = "<w:sdt {}><w:sdtPr/><w:sdtContent><w:p><w:r><w:t>Approved</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    paragraph._p.addnext(parse_xml(control.format(nsdecls("w"))))
    box = (
        '<w:r {} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:AlternateContent>'
        '<mc:Choice Requires="wps"><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent></mc:Choice>'
        "<mc:Fallback><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    document.add_paragraph("Drawing")._p.append(parse_xml(box.format(nsdecls("w"))))
    table = document.add_table(2, 2)
    for cell, words in zip(
        (c for row in table.rows for c in row.cells), ("Requester", "Ada", "Date", "x"), strict=True
    ):
        cell.text = words
    run = document.add_paragraph("With a remark").runs[0]
    document.add_comment(run, "Please check", author="Ben")
    document.save(str(folder / "a.docx"))
    return folder / "a.docx"


def test_a_word_document_reads_as_its_reader_sees_it(tmp_path: Path) -> None:
    events = read(_word(tmp_path))
    lines = [line for line in text(events).split("\n") if line]
    assert lines == [
        "SPC-1001-02 rev C",
        "Torque nine",
        "Approved",
        "Drawing",
        "In a box",
        "Requester | Ada",
        "Date | x",
        "With a remark",
        "Comment by Ben: Please check",
        "Page foot",
    ]
    assert of(Table, events) == [Table("table 1", (("Requester", "Ada"), ("Date", "x")))]
    assert meta(events)["title"] == ("Seal specification", "embedded")
    assert meta(events)["author"] == ("Ada Example", "embedded")


@pytest.mark.parametrize("left_out", ["word/document.xml", "word/_rels/document.xml.rels", "docProps/core.xml"])
def test_a_word_document_may_lack_anything_but_its_main_part(tmp_path: Path, left_out: str) -> None:
    path = tmp_path / "less.docx"
    with zipfile.ZipFile(_word(tmp_path)) as whole, zipfile.ZipFile(path, "w") as less:
        for name in whole.namelist():
            if name != left_out:
                less.writestr(name, whole.read(name))
    if left_out == "word/document.xml":
        with pytest.raises(Unreadable, match="no main part"):
            read(path)
    else:
        assert "Torque nine" in text(read(path))


# mail


def _mail() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ada Example <ada@example.org>"
    message["To"] = "ben@example.org, cy@example.org"
    message["Subject"] = "Änderung ECR-2024-0017"
    message["Date"] = "Tue, 05 Mar 2024 23:30:00 -0500"
    message["Message-ID"] = "<1@example.org>"
    message.set_content("Please approve.\n")
    return message


def test_a_mail_gives_headers_and_body_and_its_attachments_as_parts(tmp_path: Path) -> None:
    message, inner = _mail(), _mail()
    inner.replace_header("Subject", "The older one")
    message.add_alternative("<p>Please <b>approve</b>.</p>", subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="../../drawing.pdf")
    message.add_attachment(inner)
    events = read(write(tmp_path, "a.eml", message.as_bytes()))
    assert text(events) == (
        "From: Ada Example <ada@example.org>\nTo: ben@example.org, cy@example.org\n"
        "Date: Tue, 05 Mar 2024 23:30:00 -0500\nSubject: Änderung ECR-2024-0017\n\nPlease approve.\n"
    )
    assert meta(events)["message-id"] == ("<1@example.org>", "mail header")
    assert meta(events)["date"] == ("2024-03-05", "mail header")
    assert meta(events)["title"] == ("Änderung ECR-2024-0017", "mail header")
    parts = of(Part, events)
    assert [(each.path.name, each.name) for each in parts] == [
        ("part-0001", "../../drawing.pdf"),
        ("part-0002", "The older one.eml"),
    ]
    assert parts[0].path.read_bytes() == b"%PDF-1.4"
    assert parts[1].path.read_bytes() == inner.as_bytes(policy=email.policy.default)


def test_a_mail_with_html_only_gives_its_words(tmp_path: Path) -> None:
    message = _mail()
    message.set_content("<p>One</p><p>two</p>", subtype="html")
    assert text(read(write(tmp_path, "a.eml", message.as_bytes()))).endswith("\n\nOne\ntwo")


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Type: text/plain; charset=klingon\n\nwords \xff\n",
        b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nd29yZHM=!!\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nwords",
        b"Content-Disposition: attachment; filename*=x'y'z%\n\nwords",
    ],
)
def test_a_malformed_mail_still_gives_what_can_be_read(tmp_path: Path, rest: bytes) -> None:
    head = b"From: =?x?q?a?= <<>\nTo: ,,;\nSubject: =?utf-8?b?####?=\nDate: soon\n"
    events = read(write(tmp_path, "a.eml", head + rest))
    assert "words" in text(events) or of(Part, events)
    assert any("date of the message" in problem.text for problem in of(Problem, events))


# PDF and pictures


def _page(writer: PdfWriter, content: str) -> None:
    page = writer.add_blank_page(300, 200)
    stream = StreamObject()
    stream.set_data(content.encode())
    page[NameObject("/Contents")] = writer._add_object(stream)
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1")})
    font[NameObject("/BaseFont")] = NameObject("/Helvetica")
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
    )


def _pdf(folder: Path) -> Path:
    writer = PdfWriter()
    _page(writer, "BT /F1 12 Tf 20 100 Td (Torque of SPC-1001-02 rev C) Tj 0 -20 Td (second line) Tj ET")
    _page(writer, "BT /F1 12 Tf 20 100 Td (Page two of the specification) Tj ET")
    writer.add_metadata({"/Title": "Seal", "/Author": "Ada", "/CreationDate": "D:20240305120000+01'00'"})
    writer.add_attachment("note.txt", b"attached")
    writer.write(folder / "a.pdf")
    return folder / "a.pdf"


def test_a_pdf_gives_the_text_of_each_page_its_metadata_and_attachments(tmp_path: Path) -> None:
    events = read(_pdf(tmp_path))
    assert [(page.text, page.source) for page in of(Page, events)] == [
        ("Torque of SPC-1001-02 rev C\nsecond line", "embedded"),
        ("Page two of the specification", "embedded"),
    ]
    assert meta(events)["title"] == ("Seal", "embedded")
    assert meta(events)["created"] == ("2024-03-05T12:00:00+01:00", "embedded")
    attached = of(Part, events)
    assert (attached[0].name, attached[0].path.read_bytes()) == ("note.txt", b"attached")


def test_a_locked_pdf_asks_for_a_password_and_an_empty_one_opens(tmp_path: Path) -> None:
    for word in ("", "secret"):
        writer = PdfWriter(clone_from=PdfReader(_pdf(tmp_path)))
        writer.encrypt(word, owner_password="owner", algorithm="RC4-128")
        writer.write(tmp_path / f"locked{word}.pdf")
    assert "Torque" in text(read(tmp_path / "locked.pdf"))
    with pytest.raises(NeedsPassword):
        read(tmp_path / "lockedsecret.pdf")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("D:20240305120000Z", "2024-03-05T12:00:00Z"),
        ("D:20240305120000+01'00'", "2024-03-05T12:00:00+01:00"),
        ("20240305", "2024-03-05"),
        ("D:2024", ""),
        ("D:20241399", ""),
        ("yesterday", ""),
    ],
)
def test_dates_of_pdf_metadata_are_written_as_iso(theirs: str, ours: str) -> None:
    assert pdf.iso_date(theirs) == ours


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    picture().save(tmp_path / "scan.pdf", resolution=300)
    return tmp_path / "scan.pdf"


def test_a_scanned_page_is_read_by_ocr(scan: Path) -> None:
    (page,) = of(Page, read(scan))
    assert page.source == "ocr"
    assert TEXT[1] in page.text
    assert page.words


def test_without_an_engine_or_with_ocr_off_a_scan_has_a_page_without_text(
    scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture().save(tmp_path / "a.png")
    for path in (scan, tmp_path / "a.png"):
        events = read(path, ocr=False)
        assert of(Page, events) == [Page("", "none")]
        assert of(Problem, events) == [Problem("OCR pending: switched off")]
    monkeypatch.setattr(ocr, "available", lambda: "no engine")
    assert of(Problem, read(scan)) == [Problem("OCR pending: no engine")]


def test_each_page_of_a_tiff_is_read(tmp_path: Path) -> None:
    pages = [picture().convert("1"), Image.new("1", (200, 200), 1)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:], dpi=(300, 300), compression="group4")
    assert [page.source for page in of(Page, read(tmp_path / "a.tif"))] == ["ocr", "none"]


def test_a_picture_too_large_or_broken_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture().save(tmp_path / "a.png")
    half = write(tmp_path, "half.png", (tmp_path / "a.png").read_bytes()[:900])
    with pytest.raises(Unreadable, match="breaks off"):
        read(half)
    monkeypatch.setattr("archive.ingest.readers.image.MAX_PIXELS", 1_000)
    with pytest.raises(Unreadable, match="pixels"):
        read(tmp_path / "a.png")


# the corpus beside the checkout

PHRASES = (
    *("01_040669.pdf", "02_testPDF_bad_page_303226.pdf", "03_QualityHosting.pdf", "05_r6-empty-password.pdf"),
    *("06_testPDFPackage.pdf", "08_invisible_text_layer.pdf", "09_sample_with_rotation_mismatch.pdf", "10_jbig2.pdf"),
    *("12_multi-page-mixed.pdf", "13_epson.pdf", "15_8087_054.3B.tif", "17_delins.docx", "18_Bug54849.docx"),
    *("19_testWORD_text_box.docx", "20_docx_comments.docx", "29_example-steelJIS-datasheet-utf-16.html"),
)
"""Rows whose phrase the plain readers find; the others wait for the OCR ladder and further formats."""


@pytest.fixture(scope="module")
def corpus() -> Iterator[dict[str, str]]:
    if not CORPUS.is_dir():
        pytest.skip("the corpus of real files is not beside this checkout")
    with (CORPUS / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        yield {row["file"]: row["expected"] for row in csv.DictReader(file, delimiter="\t")}


def _outcomes(folder: Path, names: tuple[str, ...]) -> dict[str, Outcome]:
    futures = {}
    with Sandbox(2) as sandbox:
        for name in names:
            (folder / name).mkdir()
            head = (CORPUS / name).read_bytes()[:HEAD]
            futures[name] = sandbox.submit(Job(CORPUS / name, sniff(head), name, folder / name))
        return {name: future.result() for name, future in futures.items()}


@pytest.mark.long
def test_the_phrases_of_real_files_are_found(corpus: dict[str, str], tmp_path: Path) -> None:
    outcomes = _outcomes(tmp_path, PHRASES)
    missed = [name for name in PHRASES if corpus[name] not in " ".join(outcomes[name].reading.text.split())]
    assert missed == []
    assert [each.name for each in outcomes["06_testPDFPackage.pdf"].parts] == ["PDF1.pdf", "PDF2.pdf"]


def test_hostile_real_files_have_the_outcome_they_should(corpus: dict[str, str], tmp_path: Path) -> None:
    names = tuple(name for name in corpus if name[:2] in ("31", "34", "36", "37"))
    found = {name[:2]: outcome for name, outcome in _outcomes(tmp_path, names).items()}
    assert {row: outcome.status for row, outcome in found.items()} == {
        "31": "needs_password",
        "34": "unreadable",
        "36": "unreadable",
        "37": "unreadable",
    }


@pytest.mark.long
def test_a_giant_declared_picture_is_drawn_small_enough(corpus: dict[str, str], tmp_path: Path) -> None:
    assert _outcomes(tmp_path, ("35_hugemono.pdf",))["35_hugemono.pdf"].status in ("stored", "stored_no_text")
