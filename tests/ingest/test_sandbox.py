"""Reading in processes of their own: whatever a file does, the run goes on."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter

from archive.errors import ArchiveError
from archive.ingest.identify import HEAD, sniff
from archive.ingest.readers.events import Part, Problem, RecordKey, Said, decode, encode
from archive.ingest.readers.outcome import Heard
from archive.ingest.sandbox import Job, Limits, Outcome, Sandbox
from archive.model import Field, Link, Meta, Page, Table, Word

UNRULY = """
import os, signal, socket, time
from pathlib import Path
from archive.ingest.readers import text
from archive.ingest.readers.events import Part, Problem

real = text.read

def read(path, context):
    yield from real(path, context)
    deed = path.read_bytes().split(b"\\n")[0]
    if deed == b"loop":
        while True:
            pass
    elif deed == b"sleep":
        time.sleep(60)
    elif deed == b"crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif deed == b"hoard":
        bytearray(3 << 30)
    elif deed == b"raise":
        raise ZeroDivisionError
    elif deed == b"print":
        print("+[]", flush=True)
        os.write(1, b"=[]\\n")
    elif deed == b"parent":
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    elif deed == b"part":
        yield Part(Path("/etc/passwd"), "passwd")
        yield Part(Path("part-0007"), "never written")
    elif deed == b"network":
        try:
            socket.create_connection(("127.0.0.1", int(os.environ["LISTENING"])), 1).close()
        except OSError:
            yield Problem("no network")

text.read = read
"""


@pytest.fixture
def unruly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the reading processes start with a text reader that misbehaves on command."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(UNRULY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))


@pytest.fixture(scope="module")
def pool() -> Iterator[Sandbox]:
    with Sandbox(1) as sandbox:
        yield sandbox


def submit(sandbox: Sandbox, folder: Path, content: bytes, name: str = "note.txt") -> Future[Outcome]:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "object"
    path.write_bytes(content)
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return sandbox.submit(Job(path, sniff(content[:HEAD]), name, scratch))


def test_a_document_comes_back_as_a_reading(pool: Sandbox, tmp_path: Path) -> None:
    outcome = submit(pool, tmp_path, b"one\fto").result()
    assert (outcome.status, outcome.reason, outcome.tool) == ("stored", "", "text")
    assert [page.text for page in outcome.reading.pages] == ["one", "to"]


def test_many_small_texts_each_get_their_own_reading(pool: Sandbox, tmp_path: Path) -> None:
    futures = [submit(pool, tmp_path / str(number), b"note %d" % number) for number in range(200)]
    assert [future.result().reading.text for future in futures] == [f"note {number}" for number in range(200)]


def test_small_texts_of_other_kinds_among_them_are_read_too(pool: Sandbox, tmp_path: Path) -> None:
    names = ["a.txt", "b.html", "c.md", "d.csv"] * 5
    futures = [submit(pool, tmp_path / str(n), b"<p>word</p>", name) for n, name in enumerate(names)]
    texts = [future.result().reading.text for future in futures]
    assert texts == ["<p>word</p>", "word", "<p>word</p>", "<p>word</p>"] * 5


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", "stored_no_text"),
        (b"\0\1\2\3", "stored_no_text"),
        (b"  \n", "stored_no_text"),
        (b"%PDF-1.7\n", "unreadable"),
        (b"PK\x03\x04cut", "unreadable"),
        (b"\x89PNG\r\n\x1a\n", "unreadable"),
        (b"II*\0", "unreadable"),
    ],
)
def test_empty_unknown_and_damaged_files_have_an_outcome_with_a_reason(
    pool: Sandbox, tmp_path: Path, content: bytes, status: str
) -> None:
    outcome = submit(pool, tmp_path, content).result()
    assert outcome.status == status
    assert outcome.reason


def test_a_file_that_is_gone_is_an_outcome(pool: Sandbox, tmp_path: Path) -> None:
    outcome = pool.submit(Job(tmp_path / "gone", "text/plain", "gone", tmp_path)).result()
    assert (outcome.status, outcome.reason) == ("unreadable", "cannot be read: No such file or directory")


def test_a_locked_pdf_needs_a_password(pool: Sandbox, tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    outcome = submit(pool, tmp_path, (tmp_path / "locked.pdf").read_bytes()).result()
    assert (outcome.status, outcome.reason) == ("needs_password", "a password is needed to open it")


@pytest.mark.usefixtures("unruly")
@pytest.mark.parametrize(
    ("deed", "limits", "reason"),
    [
        pytest.param("loop", Limits(cpu_s=1), "stopped after 1 s of work", marks=pytest.mark.long),
        ("sleep", Limits(wall_s=0.4), "stopped after 0.4 s"),
        ("crash", Limits(), "its reader crashed (signal 11)"),
        ("hoard", Limits(memory_mb=1024), "needs more memory than a reader may have"),
        ("raise", Limits(), "the reader failed: ZeroDivisionError"),
        ("parent", Limits(), "the reading process ended unexpectedly"),
    ],
)
def test_what_was_read_before_a_reader_was_stopped_is_kept_and_the_run_goes_on(
    tmp_path: Path, deed: str, limits: Limits, reason: str
) -> None:
    with Sandbox(1, limits) as sandbox:
        futures = [submit(sandbox, tmp_path / word, word.encode()) for word in ("before", deed, "after")]
        first, bad, last = (future.result() for future in futures)
    assert (first.status, last.status) == ("stored", "stored")
    if deed == "parent":
        assert (bad.status, bad.reason) == ("unreadable", reason)
    else:
        assert (bad.status, bad.reading.text, bad.reason) == ("stored", deed, f"read in part only: {reason}")
    assert bad.reading.problems


@pytest.mark.usefixtures("unruly")
def test_prints_of_a_reader_do_not_disturb_the_answer(tmp_path: Path) -> None:
    with Sandbox(1) as sandbox:
        outcome = submit(sandbox, tmp_path, b"print\nmore").result()
    assert (outcome.status, outcome.reason) == ("stored", "")


@pytest.mark.usefixtures("unruly")
def test_a_part_outside_the_scratch_folder_is_not_believed(tmp_path: Path) -> None:
    with Sandbox(1) as sandbox:
        outcome = submit(sandbox, tmp_path, b"part").result()
    assert outcome.parts == ()
    assert "a part it announced is not there" in outcome.reading.problems


@pytest.mark.usefixtures("unruly")
def test_a_reader_reaches_no_network_where_the_system_allows_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/proc/self/ns/net").exists() or os.geteuid() != 0:
        pytest.skip("whether an ordinary user may leave the network depends on the system")
    with socket.create_server(("127.0.0.1", 0)) as server, Sandbox(1) as sandbox:
        monkeypatch.setenv("LISTENING", str(server.getsockname()[1]))
        assert submit(sandbox, tmp_path, b"network").result().reason == "no network"


def test_without_fork_a_process_per_document_gives_the_same_reading(pool: Sandbox, tmp_path: Path) -> None:
    content = b"---\nkind: product\nid: P-1\nname: Pump\n---\n"
    with Sandbox(1, fork=False) as sandbox:
        spawned = submit(sandbox, tmp_path / "a", content).result()
    assert spawned == submit(pool, tmp_path / "b", content).result()


@pytest.mark.long
@pytest.mark.usefixtures("unruly")
def test_without_fork_a_document_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with Sandbox(1, Limits(wall_s=2.0), fork=False) as sandbox:
        outcome = submit(sandbox, tmp_path, b"sleep").result()
    assert (outcome.reading.text, outcome.reason) == ("sleep", "read in part only: stopped after 2 s")


@pytest.mark.usefixtures("unruly")
def test_closing_cancels_what_is_not_finished_and_leaves_no_process(tmp_path: Path) -> None:
    others = set(psutil.Process().children(recursive=True))
    sandbox = Sandbox(2)
    futures = [submit(sandbox, tmp_path / str(number), b"sleep") for number in range(6)]
    started: set[psutil.Process] = set()
    while len(started) < 4:
        time.sleep(0.02)
        started = set(psutil.Process().children(recursive=True)) - others
    sandbox.close()
    sandbox.close()
    for future in futures:
        with pytest.raises(CancelledError):
            future.result()
    while any(_is_alive(process) for process in started):
        time.sleep(0.02)
    with pytest.raises(ArchiveError, match="closed"):
        submit(sandbox, tmp_path, b"late")


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_document_that_was_cancelled_does_not_hinder_the_others(pool: Sandbox, tmp_path: Path) -> None:
    futures = [submit(pool, tmp_path / str(number), b"word") for number in range(30)]
    cancelled = futures[20].cancel()
    assert all(future.result().status == "stored" for future in futures[:20] + futures[21:])
    assert cancelled == futures[20].cancelled()


def test_nothing_is_started_before_it_is_needed() -> None:
    before = threading.active_count()
    with Sandbox(4):
        assert threading.active_count() == before


def test_processes_that_cannot_start_are_an_error_not_a_bad_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Sandbox(1) as sandbox, pytest.raises(ArchiveError, match="does not start"):
        submit(sandbox, tmp_path / "x", b"word").result()


def _flipped(content: bytes, places: list[tuple[int, int]]) -> bytes:
    changed = bytearray(content)
    for place, value in places:
        changed[place % len(changed)] = value
    return bytes(changed)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    from docx import Document

    folder = tmp_path_factory.mktemp("samples")
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.add_attachment("a.txt", b"attached")
    writer.write(folder / "a.pdf")
    document = Document()
    document.add_paragraph("word")
    document.add_table(2, 2)
    document.save(str(folder / "a.docx"))
    Image.new("L", (20, 20), 255).save(folder / "a.tif")
    mail = b"From: a@example.org\nTo: b\nSubject: =?utf-8?q?x?=\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n"
    (folder / "a.eml").write_bytes(mail + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nhello\n--b--\n')
    return [path.read_bytes() for path in sorted(folder.iterdir())]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_the_bytes_are_there_is_an_outcome(
    pool: Sandbox, samples: list[bytes], tmp_path: Path, data: st.DataObject
) -> None:
    content = data.draw(st.sampled_from(samples))
    spots = data.draw(st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=8))
    cut = data.draw(st.integers(1, len(content)))
    content = data.draw(st.one_of(st.just(_flipped(content, spots)), st.just(content[:cut]), st.binary(max_size=99)))
    outcome = submit(pool, tmp_path, content).result()
    assert isinstance(outcome, Outcome)
    assert outcome.status == "stored" or outcome.reason


WORDS = (Word(0, 3, 0.1, 0.2, 0.3, 0.4, 91.5),)
SAID = [
    Page("one two", "ocr", 91.5, WORDS),
    Field("affects", [{"item": "SPC-1"}, "x"], 1, 4, 10, 12),
    Field("title", "T"),
    Table("sheet", (("a", "b"), ("c",)), 3, 2),
    Link("http://example.org", "here", 2),
    Meta("title", "T", "embedded"),
    Problem("bad"),
    RecordKey("product", "P-1"),
    Part(Path("part-0001"), "a.pdf", "application/pdf"),
    Said("end", ("", "")),
]


@pytest.mark.parametrize("event", SAID, ids=lambda event: type(event).__name__)
def test_what_a_reader_says_crosses_the_pipe_unchanged(event: Any) -> None:
    assert decode(encode(event)) == event


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'["page"]',
        b'["page", 1, "embedded", null, []]',
        b'["page", "a", "magic", null, []]',
        b'["page", "a", "ocr", NaN, []]',
        b'["page", "a", "ocr", 1, [[0, 2, 0, 0, 1, 1, 9]]]',
        b'["page", "a", "ocr", 1, [[0, 1, 0, 0, 1]]]',
        b'["field", "a", {"b": "c"}, 1, 0, 0, 0]',
        b'["field", "a", "b", 0, 0, 0, 0]',
        b'["field", "a", "b", true, 0, 0, 0]',
        b'["part", "../x", "n", "", "attachment_of"]',
        b'["part", "/etc/passwd", "n", "", "attachment_of"]',
        b'["said", "exec", "x"]',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_line_that_is_no_statement_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        decode(line)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=8))
def test_any_json_is_a_statement_or_refused(value: Any) -> None:
    for line in (json.dumps(value), json.dumps(["page", value]), json.dumps(["field", "n", value, 1, 0, 0, 0])):
        try:
            assert decode(line.encode())
        except ValueError:
            continue


def test_no_text_from_a_reader_holds_what_cannot_be_stored() -> None:
    page = decode(b'["page", "a\\ud800b\\u0000c\\fd\\ne", "embedded", null, []]')
    assert isinstance(page, Page)
    assert page.text == "a\ufffdb c d\ne"


def test_pieces_of_a_long_table_are_joined() -> None:
    heard = Heard("text/csv")
    heard.take(Table("s", (("a",), ("b",)), 1))
    heard.take(Table("s", (("c",),), 3))
    heard.take(Table("other", (("d",),), 1))
    tables = heard.outcome("").reading.tables
    assert [table.rows for table in tables] == [(("a",), ("b",), ("c",)), (("d",),)]


def test_a_link_in_the_scratch_folder_is_no_part(tmp_path: Path) -> None:
    (tmp_path / "part-0001").symlink_to("/etc/passwd")
    (tmp_path / "part-0002").write_bytes(b"x")
    heard = Heard("message/rfc822", tmp_path)
    for name in ("part-0001", "part-0002", "part-0002"):
        heard.take(Part(Path(name), name))
    assert [part.path for part in heard.outcome("").parts] == [tmp_path / "part-0002"]
